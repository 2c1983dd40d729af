//! Words as the index and the search see them: small letters, no accents, cut to their stems, and what means the same.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words of a search that say nothing about what is searched.
const SILENT: &str = include_str!("../../starter/words/silent.txt");
/// Words that say what kind of thing is searched; they count only when nothing else was said.
const WEAK: &str = include_str!("../../starter/words/weak.txt");
/// Words that mean the same to somebody who searches, a line each.
const ALIKE: &str = include_str!("../../starter/words/alike.txt");

static SILENT_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(SILENT).collect());

/// Other spellings of words, with the one that stands for all.
static SPELLINGS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    lines(include_str!("../../starter/words/spellings.txt")).filter_map(|line| line.split_once(" = ")).collect()
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The words of a text: small letters without accents, and numbers. Where small letters go over to capitals a new word
/// begins, so that `allowedTCPPorts` is three.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let characters: Vec<char> =
        if text.is_ascii() { text.chars().collect() } else { text.nfkd().filter(|c| !is_combining_mark(*c)).collect() };
    for (at, &character) in characters.iter().enumerate() {
        let after_small = before.is_lowercase() && character.is_uppercase();
        let next_small = characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let ends_capitals = before.is_uppercase() && character.is_uppercase() && next_small;
        // c++ and c# are names.
        let sign = matches!(character, '+' | '#') && !word.is_empty() && !next_small;
        if !(character.is_alphanumeric() || sign) || after_small || ends_capitals {
            push(&mut words, &mut word);
        }
        if character.is_alphanumeric() || sign {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// A text without anything but its letters and digits: `VS Code`, `vs-code` and `vscode` are the same.
pub(super) fn squashed(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '+' | '#');
    if text.is_ascii() {
        return text.chars().filter(kept).map(|c| c.to_ascii_lowercase()).collect();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).filter(kept).flat_map(char::to_lowercase).collect()
}

/// What is left of a word when its ending is taken off: `editors`, `editing` and `edit` are one.
pub(super) fn stem(word: &str) -> String {
    let short = |rest: &str| rest.chars().count() < 3;
    let word = SPELLINGS.get(word).copied().unwrap_or(word);
    let mut rest = word;
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    // movie and movies, library and libraries
    let singular = rest.strip_suffix("ies").or_else(|| rest.strip_suffix("ie"));
    if let Some(stem) = singular.filter(|rest| !short(rest)) {
        return format!("{stem}y");
    }
    if let Some(stem) = rest.strip_suffix('s').filter(|rest| !short(rest) && !rest.ends_with(['s', 'u', 'i'])) {
        rest = stem;
    }
    for ending in ["ing", "er", "or", "ed", "e"] {
        if let Some(stem) = rest.strip_suffix(ending).filter(|rest| !short(rest)) {
            let mut stem = stem.to_owned();
            // plotting, plotter: plot
            let last = stem.bytes().last().unwrap_or_default();
            let doubled = stem.len() > 3 && stem.as_bytes()[stem.len() - 2] == last && !b"aeiouls".contains(&last);
            if doubled && ending != "e" {
                stem.pop();
            }
            return stem;
        }
    }
    rest.to_owned()
}

/// The words of a text, each cut to its stem.
pub(super) fn stems(text: &str) -> Vec<String> {
    tokens(text).iter().map(|word| stem(word)).collect()
}

/// So much of a search is looked at; nobody types more.
const LONGEST: usize = 300;
const MOST_WORDS: usize = 12;

/// The words of a search that matter; all of them when none does.
pub(super) fn wanted(query: &str) -> Vec<String> {
    let query = query.char_indices().nth(LONGEST).map_or(query, |(end, _)| &query[..end]);
    let all = tokens(query);
    let without = |lists: &[&'static str]| -> Vec<String> {
        all.iter().filter(|word| !lists.iter().any(|list| lines(list).any(|known| known == *word))).cloned().collect()
    };
    let kept = [without(&[SILENT, WEAK]), without(&[SILENT])].into_iter().find(|kept| !kept.is_empty());
    let mut kept = kept.unwrap_or(all);
    let mut seen = std::collections::BTreeSet::new();
    kept.retain(|word| seen.insert(word.clone()));
    kept.truncate(MOST_WORDS);
    kept
}

/// Whether a word says nothing.
pub(super) fn is_silent(word: &str) -> bool {
    SILENT_WORDS.contains(word)
}

/// Stems of words that mean the same as this one, without itself.
pub(super) fn alike(word: &str) -> Vec<String> {
    let own = stem(word);
    let mut found: Vec<String> = Vec::new();
    for group in lines(ALIKE) {
        let group = || group.split(", ");
        if group().any(|same| stem(same) == own) {
            // Several words that mean one are found by their own names; here each stands alone.
            found.extend(group().filter(|same| !same.contains([' ', '-'])).map(stem));
        }
    }
    found.retain(|same| *same != own);
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_names() {
        assert_eq!(
            tokens("networking.firewall.allowedTCPPorts"),
            ["networking", "firewall", "allowed", "tcp", "ports"]
        );
        assert_eq!(tokens("Café C++ g++ 7zip"), ["cafe", "c++", "g++", "7zip"]);
        assert_eq!(squashed("Visual Studio-Code"), "visualstudiocode");
    }

    #[test]
    fn stems_meet() {
        for (one, other) in [
            ("editor", "editing"),
            ("photos", "photo"),
            ("browse", "browser"),
            ("plotting", "plotter"),
            ("manager", "manage"),
            ("viewer", "viewing"),
            ("libraries", "library"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert_eq!(stem("vim"), "vim");
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        assert_eq!(wanted("a program to edit my photos"), ["edit", "photos"]);
        assert_eq!(wanted("excel replacement"), ["excel"]);
        assert_eq!(wanted("software"), ["software"]);
        assert!(alike("pictures").contains(&stem("photo")));
    }
}
