//! Typing errors. A word that is known in any sense is never touched; what is offered is a word of our matters or a name.

use crate::catalogue::lexicon::{Lexicon, Sense, Table, deletions};

/// The one known word, or two that were run together, that this unknown word is likely to be.
pub(crate) fn repair(lexicon: &Lexicon<'_>, word: &str) -> Option<String> {
    if word.len() < 4 || word.len() > 24 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let most = if word.len() >= 8 { 2 } else { 1 };
    let mut best: Option<(usize, String)> = None;
    let mut seen: Vec<u32> = Vec::new();
    for hash in deletions(word) {
        for candidate in lexicon.mendable(hash) {
            if seen.contains(&candidate) {
                continue;
            }
            seen.push(candidate);
            let Some(text) = lexicon.phrase(candidate) else { continue };
            // One and many are different things, not an error: "program" names one, "programs" may mean all.
            let plural = text.strip_suffix('s') == Some(word) || word.strip_suffix('s') == Some(&text);
            if plural || !same_start(word, &text) {
                continue;
            }
            let distance = distance(word.as_bytes(), text.as_bytes(), most);
            // Of two that are as near, a word of the language is likelier than a name.
            let name = usize::from(lexicon.senses(candidate).any(Sense::is_name));
            let rank = distance * 2 + name;
            if distance <= most && best.as_ref().is_none_or(|(least, _)| rank < *least) {
                best = Some((rank, text));
            }
        }
    }
    best.map(|(_, text)| text).or_else(|| apart(lexicon, word))
}

/// "updatemysystem", "installfirefox": words without the spaces between them, when all of them are known and none is tiny.
fn apart(lexicon: &Lexicon<'_>, word: &str) -> Option<String> {
    // Only behind a verb: "bigbox" is a name.
    const VERBS: [&str; 12] = [
        "install", "remove", "update", "rebuild", "search", "show", "enable", "disable", "start", "stop", "restart",
        "clean",
    ];
    if word.len() < 7 {
        return None;
    }
    let verb = |part: &str| {
        lexicon.find(part).is_some_and(|known| {
            lexicon.senses(known).any(|sense| match sense {
                Sense::Class(class) => VERBS.contains(&lexicon.name(Table::Classes, class)),
                _ => false,
            })
        })
    };
    (3..=word.len() - 2).rev().find_map(|end| {
        let (first, rest) = word.split_at(end);
        if !verb(first) {
            return None;
        }
        // "updatemysystem": the rest may be two words again.
        let known = |text: &str| text.len() >= 2 && lexicon.find(text).is_some();
        if known(rest) && rest.len() >= 3 {
            return Some(format!("{first} {rest}"));
        }
        (2..rest.len().saturating_sub(2)).find_map(|middle| {
            let (second, third) = rest.split_at(middle);
            (known(second) && known(third) && third.len() >= 3).then(|| format!("{first} {second} {third}"))
        })
    })
}

/// The first letter is right, or changed places with the second.
fn same_start(word: &str, candidate: &str) -> bool {
    let (word, candidate) = (word.as_bytes(), candidate.as_bytes());
    word[0] == candidate[0] || word.get(..2) == Some(&[candidate[1], candidate[0]])
}

/// Edits between two words, where two letters that changed places are one edit (optimal string alignment). Gives up
/// above `most`.
pub(crate) fn distance(a: &[u8], b: &[u8], most: usize) -> usize {
    if a.len() > 31 || b.len() > 31 {
        return most + 1;
    }
    let mut before: [u8; 32] = [0; 32];
    let mut previous: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).unwrap_or(u8::MAX));
    for row in 1..=a.len() {
        let mut current = [u8::try_from(row).unwrap_or(u8::MAX); 32];
        let mut least = current[0];
        for column in 1..=b.len() {
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
    usize::from(previous[b.len()])
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
    fn known_words_and_short_words_stay() {
        let lexicon = crate::catalogue::lexicon();
        for word in ["vim", "x86_64", "/nix/stoer", "zzgimp"] {
            assert_eq!(repair(lexicon, word), None, "{word}");
        }
        assert_eq!(repair(lexicon, "udpate").as_deref(), Some("update"));
        assert_eq!(repair(lexicon, "updatesystem").as_deref(), Some("update system"));
    }
}
