//! A line as tokens: cleaned, split, spelled out, with clauses, negations and the end of what can be trusted.

use unicode_normalization::UnicodeNormalization;

use super::repair;
use crate::catalogue::data::{Packed, Weight};

/// More tokens than this are not looked at: nobody says them, and every table stays small.
pub(super) const MOST: usize = 120;

/// A word of the line.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// The word as patterns see it.
    pub text: String,
    /// Its number in the catalogue.
    pub word: Option<u16>,
    /// What it weighs when nothing asks for it.
    pub weight: Cost,
    /// Which clause it stands in.
    pub clause: u8,
    /// The token that negates it.
    pub negated: Option<usize>,
    /// What was typed, when a typing error was mended.
    pub typed: Option<String>,
    /// Whether a shell would end the command before this token.
    pub after_shell: bool,
}

/// Why a token weighs what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    Filler,
    Known,
    Unknown,
    Number,
    Flag,
    Elsewhere,
}

/// The whole line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub tokens: Vec<Token>,
    /// Whether shell syntax was cut off; what stood behind it is not acted on.
    pub cut: bool,
}

impl Line {
    pub(super) fn read(packed: &Packed, text: &str) -> Self {
        let mut line = Self::default();
        let mut clause = 0;
        let mut after_shell = false;
        let pieces = pieces(&clean(text), &mut line.cut);
        for piece in pieces {
            match piece {
                Piece::Break => clause = (clause + 1).min(u8::MAX - 1),
                Piece::Shell => {
                    clause = (clause + 1).min(u8::MAX - 1);
                    after_shell = true;
                }
                Piece::Word(word) => {
                    for (text, typed) in spell(packed, &word) {
                        if line.tokens.len() == MOST {
                            break;
                        }
                        let mut token = token(packed, text, typed);
                        token.clause = clause;
                        token.after_shell = std::mem::take(&mut after_shell);
                        line.tokens.push(token);
                    }
                }
            }
        }
        line.negate();
        line
    }

    /// A part of the line as a line of its own.
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Self {
        let tokens = self.tokens.get(range).unwrap_or_default().to_vec();
        let mut part = Self { tokens, cut: false };
        part.negate();
        part
    }

    /// Marks what a "not" governs: to the end of its clause, or to a word that turns back ("but", "just", "only").
    fn negate(&mut self) {
        let mut by: Option<(usize, u8)> = None;
        for place in 0..self.tokens.len() {
            let clause = self.tokens[place].clause;
            // "Before I update, show me what would change" asks for no update either.
            let later = self.tokens[place].text == "before"
                && self.tokens.get(place + 1).is_some_and(|next| matches!(next.text.as_str(), "i" | "we" | "you"));
            if negates(&self.tokens[place].text) || later {
                by = Some((place, clause));
                self.tokens[place].negated = None;
                continue;
            }
            let turns =
                matches!(self.tokens[place].text.as_str(), "but" | "just" | "only" | "simply" | "rather" | "until");
            if turns || by.is_some_and(|(_, negated)| negated != clause) {
                by = None;
            }
            self.tokens[place].negated = by.map(|(place, _)| place);
        }
    }
}

/// Whether this word turns what follows into its opposite.
pub(super) fn negates(word: &str) -> bool {
    matches!(word, "not" | "no" | "never" | "without")
}

fn token(packed: &Packed, text: String, typed: Option<String>) -> Token {
    let word = find(packed, &text);
    let weight = match word.map(|word| packed.words[usize::from(word)].weight) {
        Some(Weight::Filler) => Cost::Filler,
        Some(Weight::Known) => Cost::Known,
        Some(Weight::Elsewhere) => Cost::Elsewhere,
        _ if text.starts_with('-') => Cost::Flag,
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => Cost::Number,
        _ => Cost::Unknown,
    };
    Token { text, word, weight, clause: 0, negated: None, typed, after_shell: false }
}

/// The number of a word, in the form it has or without its ending.
pub(super) fn find(packed: &Packed, text: &str) -> Option<u16> {
    let exact = |text: &str| {
        let place = packed.words.binary_search_by(|word| word.text.as_str().cmp(text)).ok()?;
        u16::try_from(place).ok()
    };
    let known = |text: &str| exact(text).filter(|word| packed.words[usize::from(*word)].weight != Weight::Common);
    exact(text).or_else(|| {
        if text.len() < 4 || !text.is_ascii() {
            return None;
        }
        if let Some(stem) = text.strip_suffix("ing") {
            let doubled = stem.as_bytes().last().is_some_and(|last| stem.as_bytes().iter().rev().nth(1) == Some(last));
            let single = if doubled { known(&stem[..stem.len() - 1]) } else { None };
            return known(stem).or(single).or_else(|| known(&format!("{stem}e")));
        }
        let plural = text.strip_suffix('s')?;
        known(plural).or_else(|| known(plural.strip_suffix('e')?))
    })
}

/// Lower-case, one form of every character, no escape sequences, plain quotes.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                if characters.next_if_eq(&'[').is_some() {
                    while characters.next().is_some_and(|next| !next.is_ascii_alphabetic()) {}
                }
            }
            '\n' => clean.push('\n'),
            '\u{2018}' | '\u{2019}' => clean.push('\''),
            '\u{201c}' | '\u{201d}' => clean.push('"'),
            '\u{2013}' | '\u{2014}' => clean.push_str(" - "),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            _ if character.is_control() => clean.push(' '),
            _ => clean.push(character),
        }
    }
    if clean.is_ascii() {
        clean.make_ascii_lowercase();
        return clean;
    }
    clean.nfkc().flat_map(char::to_lowercase).collect()
}

enum Piece {
    Word(String),
    Break,
    Shell,
}

/// Splits at white space and punctuation. What a shell would expand or redirect ends the line; what it would run next
/// is a clause of its own.
fn pieces(text: &str, cut: &mut bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = text.chars().collect();
    let mut place = 0;
    while place < characters.len() {
        let character = characters[place];
        let next = characters.get(place + 1).copied().unwrap_or(' ');
        let after_word = |word: &mut String, pieces: &mut Vec<Piece>| push(word, pieces);
        match character {
            '`' | '$' if opens(&characters, place) => {
                *cut = true;
                break;
            }
            '|' => {
                *cut = true;
                break;
            }
            '>' | '<' if !word.ends_with('-') && !word.ends_with('=') && next != '-' => {
                *cut = true;
                if word.bytes().all(|byte| byte.is_ascii_digit()) {
                    word.clear();
                }
                break;
            }
            ';' => {
                after_word(&mut word, &mut pieces);
                pieces.push(Piece::Shell);
            }
            '&' => {
                after_word(&mut word, &mut pieces);
                if next == '&' {
                    place += 1;
                    pieces.push(Piece::Shell);
                } else {
                    pieces.push(Piece::Word("and".to_owned()));
                }
            }
            '-' | '=' if next == '>' => {
                after_word(&mut word, &mut pieces);
                pieces.push(Piece::Word("to".to_owned()));
                place += 1;
            }
            ',' | '!' | '?' | '\n' | '(' | ')' | '\u{2192}' => {
                if character == '?' && word.is_empty() && pieces.is_empty() {
                    word.push('?');
                }
                after_word(&mut word, &mut pieces);
                pieces.push(Piece::Break);
            }
            '.' | ':'
                if next.is_whitespace()
                    || matches!(next, '!' | '?' | '.' | ')') && !word.bytes().all(|b| b.is_ascii_digit()) =>
            {
                after_word(&mut word, &mut pieces);
                pieces.push(Piece::Break);
            }
            '-' if word.is_empty() && !next.is_alphanumeric() && next != '-' => {
                if next == '>' {
                    place += 1;
                }
                pieces.push(Piece::Break);
            }
            _ if character.is_alphanumeric() || "._+-/@:#=~^%*'👍👎⏪".contains(character) => word.push(character),
            _ => after_word(&mut word, &mut pieces),
        }
        place += 1;
    }
    push(&mut word, &mut pieces);
    pieces
}

/// Whether a backtick or dollar begins something that a shell would run. One plain word in backticks is a quotation.
fn opens(characters: &[char], place: usize) -> bool {
    if characters[place] == '$' {
        return matches!(characters.get(place + 1), Some('(' | '{'));
    }
    let end = characters[place + 1..].iter().position(|&character| character == '`' || character == '\'');
    match end {
        Some(0) | None => characters[place + 1..].iter().any(|character| !character.is_whitespace()),
        Some(end) => !characters[place + 1..place + 1 + end].iter().all(|&c| c.is_alphanumeric() || "-_.".contains(c)),
    }
}

fn push(word: &mut String, pieces: &mut Vec<Piece>) {
    let trimmed =
        word.trim_matches(|c| matches!(c, '\'' | ':' | '=' | '*' | '~')).trim_end_matches(['.', '-', '/', '#']);
    if !trimmed.is_empty() {
        pieces.push(Piece::Word(trimmed.to_owned()));
    }
    word.clear();
}

/// One typed word as the words it stands for; beside each, what was typed when an error was mended.
fn spell(packed: &Packed, word: &str) -> Vec<(String, Option<String>)> {
    if let Some(spelled) = spelling(packed, word) {
        return spelled.iter().map(|word| (word.clone(), None)).collect();
    }
    if find(packed, word).is_some() {
        return vec![(word.to_owned(), None)];
    }
    // "88..91" is said as "88 to 91".
    if let Some((from, to)) = word.split_once("..")
        && [from, to].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return [from, "to", to].map(|word| (word.to_owned(), None)).into();
    }
    if word.contains('\'') {
        // "everybody's" and the like: the word without its ending.
        if let Some(stem) = word.strip_suffix("'s") {
            return vec![(stem.to_owned(), None)];
        }
    }
    for keep in [1, 2] {
        let shorter = shorten(word, keep);
        if shorter != word {
            if let Some(spelled) = spelling(packed, &shorter) {
                return spelled.iter().map(|word| (word.clone(), None)).collect();
            }
            if find(packed, &shorter).is_some() {
                return vec![(shorter, None)];
            }
        }
    }
    match repair::repair(packed, word) {
        Some(mended) => {
            let typed = Some(word.to_owned());
            match spelling(packed, &mended) {
                Some(spelled) => spelled.iter().map(|word| (word.clone(), typed.clone())).collect(),
                None => vec![(mended, typed)],
            }
        }
        None => vec![(word.to_owned(), None)],
    }
}

fn spelling<'a>(packed: &'a Packed, word: &str) -> Option<&'a [String]> {
    let place = packed.spelling.binary_search_by(|(from, _)| from.as_str().cmp(word)).ok()?;
    Some(&packed.spelling[place].1)
}

/// "updaaaate" is drawn out: runs of three and more letters become `keep`.
fn shorten(word: &str, keep: usize) -> String {
    let characters: Vec<char> = word.chars().collect();
    let mut short = String::with_capacity(word.len());
    for run in characters.chunk_by(|a, b| a == b) {
        let length = if run.len() >= 3 && run[0].is_alphabetic() { keep } else { run.len() };
        short.extend(run.iter().take(length));
    }
    short
}
