//! Typing errors in the words that patterns know. Names are never touched: only words that nothing knows are looked
//! at, and only command words are offered.

use crate::catalogue::data::Packed;

/// The one command word that this unknown word is likely to be.
pub(super) fn repair(packed: &Packed, word: &str) -> Option<String> {
    if word.len() < 4 || word.len() > 24 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let most = if word.len() >= 8 { 2 } else { 1 };
    let mut best: Option<(usize, &str)> = None;
    for known in packed.words.iter().filter(|known| known.repair) {
        let candidate = known.text.as_str();
        // One and many are different things, not an error: "program" names one, "programs" may mean all.
        let plural = candidate.strip_suffix('s') == Some(word) || word.strip_suffix('s') == Some(candidate);
        if candidate.len().abs_diff(word.len()) > most || plural || !same_start(word, candidate) {
            continue;
        }
        let distance = distance(word.as_bytes(), candidate.as_bytes(), most);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// The first letter is right, or changed places with the second.
fn same_start(word: &str, candidate: &str) -> bool {
    let (word, candidate) = (word.as_bytes(), candidate.as_bytes());
    word[0] == candidate[0] || word.get(..2) == Some(&[candidate[1], candidate[0]])
}

/// Edits between two words, where two letters that changed places are one edit (optimal string alignment). Gives up
/// above `most`.
fn distance(a: &[u8], b: &[u8], most: usize) -> usize {
    let mut before: [u8; 32] = [0; 32];
    let mut previous: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).unwrap_or(u8::MAX));
    for row in 1..=a.len() {
        let mut current = [u8::try_from(row).unwrap_or(u8::MAX); 32];
        let mut least = current[0];
        for column in 1..=b.len().min(31) {
            let change = u8::from(a[row - 1] != b[column - 1]);
            let mut edits = (previous[column - 1] + change).min(previous[column] + 1).min(current[column - 1] + 1);
            if row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1] {
                edits = edits.min(before[column - 2] + 1);
            }
            current[column] = edits;
            least = least.min(edits);
        }
        if usize::from(least) > most {
            return most + 1;
        }
        before = previous;
        previous = current;
    }
    usize::from(previous[b.len().min(31)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transpositions_are_one_edit() {
        assert_eq!(distance(b"udpate", b"update", 2), 1);
        assert_eq!(distance(b"generatoins", b"generations", 2), 1);
        assert_eq!(distance(b"firefox", b"rollback", 2), 3);
    }

    #[test]
    fn names_and_short_words_stay() {
        let packed = crate::catalogue::packed();
        for word in ["vim", "gimp", "htop", "x86_64", "/nix/stoer"] {
            assert_eq!(repair(packed, word), None, "{word}");
        }
        assert_eq!(repair(packed, "udpate").as_deref(), Some("update"));
    }
}
