//! A text as pieces: one form of every character, split at white space and punctuation, and put together again where somebody
//! spelled.

use unicode_normalization::UnicodeNormalization;

use super::{Line, MOST_LETTERS};
use crate::catalogue::lexicon::Lexicon;

/// One form of every character, no escape sequences, plain quotes.
pub(super) fn clean(text: &str) -> String {
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
    if clean.is_ascii() { clean } else { clean.nfkc().collect() }
}

#[derive(Clone)]
pub(super) enum Piece {
    Word(String),
    Quoted(String),
    Break,
    Shell,
}

/// Puts together what was said with its dots: "services dot openssh dot enable", "ten dot zero dot zero dot five".
pub(super) fn dotted(lexicon: &Lexicon<'_>, pieces: Vec<Piece>) -> Vec<Piece> {
    let dot = |piece: Option<&Piece>| matches!(piece, Some(Piece::Word(word)) if word == "dot");
    if !pieces.iter().any(|piece| dot(Some(piece))) {
        return pieces;
    }
    let mut joined = Vec::with_capacity(pieces.len());
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let mut length = 1;
        let mut text = match first {
            Piece::Word(word) => word.clone(),
            _ => String::new(),
        };
        while !text.is_empty()
            && dot(rest.get(length))
            && let Some(Piece::Word(next)) = rest.get(length + 1)
        {
            text = format!("{text}.{next}");
            length += 2;
        }
        if length > 3 || length == 3 && lexicon.find(&text.to_lowercase()).is_some() {
            joined.push(Piece::Word(text));
        } else {
            length = 1;
            joined.push(first.clone());
        }
        rest = &rest[length..];
    }
    joined
}

/// Puts together what was said letter by letter: "v l c", "s s h".
pub(super) fn joined(lexicon: &Lexicon<'_>, pieces: Vec<Piece>) -> Vec<Piece> {
    let letter = |piece: &Piece| matches!(piece, Piece::Word(word) if word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic());
    if !pieces.windows(2).any(|pair| pair.iter().all(letter)) {
        return pieces;
    }
    let mut joined = Vec::with_capacity(pieces.len());
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let run = rest.iter().take(MOST_LETTERS).take_while(|piece| letter(piece)).count();
        let text = |pieces: &[Piece]| {
            pieces
                .iter()
                .map(|piece| if let Piece::Word(word) = piece { word.as_str() } else { "" })
                .collect::<String>()
                .to_lowercase()
        };
        let known = (2..=run).rev().find(|&length| lexicon.find(&text(&rest[..length])).is_some());
        let (piece, length) = match known {
            Some(length) => (Piece::Word(text(&rest[..length])), length),
            None => (first.clone(), 1),
        };
        joined.push(piece);
        rest = &rest[length..];
    }
    joined
}

/// Splits at white space and punctuation. What a shell would expand or redirect ends the line; what it would run next
/// is a clause of its own.
pub(super) fn pieces(text: &str, line: &mut Line) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut word = String::new();
    let mut quotes = false;
    // Where single quotation marks close.
    let mut closes = None;
    let characters: Vec<char> = text.chars().collect();
    let mut place = 0;
    while place < characters.len() {
        let character = characters[place];
        let next = characters.get(place + 1).copied().unwrap_or(' ');
        let after_word = |word: &mut String, pieces: &mut Vec<Piece>| push(word, pieces, quotes);
        match character {
            '`' | '$' if opens(&characters, place) => {
                line.cut = true;
                break;
            }
            '"' => {
                push(&mut word, &mut pieces, quotes);
                quotes = !quotes;
            }
            '\'' if closes == Some(place) || word.is_empty() && !quotes && quoted_to(&characters, place).is_some() => {
                push(&mut word, &mut pieces, quotes);
                closes = if quotes { None } else { quoted_to(&characters, place) };
                quotes = !quotes;
            }
            // "dpkg -l | grep openssl" asks for one thing.
            '|' if characters[place + 1..].iter().take(12).collect::<String>().trim_start().starts_with("grep ") => {
                after_word(&mut word, &mut pieces);
            }
            '|' => {
                line.cut = true;
                break;
            }
            '>' | '<' if !word.ends_with('-') && !word.ends_with('=') && next != '-' => {
                line.cut = true;
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
                let glued = |other: char| other.is_ascii_lowercase();
                let between = next == '&' || word.ends_with(glued) && glued(next);
                after_word(&mut word, &mut pieces);
                if between {
                    place += usize::from(next == '&');
                    pieces.push(Piece::Shell);
                } else {
                    pieces.push(Piece::Word("and".to_owned()));
                }
            }
            '/' if word.is_empty() && next.is_whitespace() => pieces.push(Piece::Break),
            '+' if word.is_empty() && next.is_whitespace() => pieces.push(Piece::Word("and".to_owned())),
            '-' | '=' if next == '>' => {
                after_word(&mut word, &mut pieces);
                pieces.push(Piece::Word("to".to_owned()));
                place += 1;
            }
            ',' | '!' | '?' | '\n' | '(' | ')' | '\u{2192}' => {
                line.asks |= character == '?';
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
    push(&mut word, &mut pieces, quotes);
    pieces
}

/// Where several words in single quotation marks end: "call it 'before the move'".
fn quoted_to(characters: &[char], place: usize) -> Option<usize> {
    /// Nothing that has a name has a longer one.
    const LONGEST: usize = 60;
    let within = characters.get(place + 1..)?;
    let end = within.iter().take(LONGEST).position(|&c| c == '\'')?;
    let before = place.checked_sub(1).map_or(' ', |before| characters[before]);
    let apart = !before.is_alphanumeric() && within.get(end + 1).is_none_or(|after| !after.is_alphanumeric());
    let words = within[..end].iter().all(|&c| c.is_alphanumeric() || " -_.".contains(c));
    let several = within[..end].contains(&' ') && within[0] != ' ' && within[end - 1] != ' ';
    (apart && words && several).then_some(place + 1 + end)
}

/// Whether a backtick or dollar begins something that a shell would run. One plain word in backticks is a quotation, unless
/// it is a command that everybody tries there.
fn opens(characters: &[char], place: usize) -> bool {
    const COMMANDS: [&str; 10] =
        ["whoami", "id", "reboot", "uname", "hostname", "ls", "date", "pwd", "poweroff", "shutdown"];
    if characters[place] == '$' {
        return matches!(characters.get(place + 1), Some('(' | '{'));
    }
    let end = characters[place + 1..].iter().position(|&character| character == '`' || character == '\'');
    let quoted = |end: usize| characters[place + 1..place + 1 + end].iter().collect::<String>();
    match end {
        Some(end) if COMMANDS.contains(&quoted(end).as_str()) => true,
        Some(0) | None => characters[place + 1..].iter().any(|character| !character.is_whitespace()),
        Some(end) => !characters[place + 1..place + 1 + end].iter().all(|&c| c.is_alphanumeric() || "-_.".contains(c)),
    }
}

fn push(word: &mut String, pieces: &mut Vec<Piece>, quotes: bool) {
    let in_quotes = quotes || word.len() > 2 && word.starts_with('\'') && word.ends_with('\'');
    let trimmed =
        word.trim_matches(|c| matches!(c, '\'' | ':' | '=' | '*' | '~')).trim_end_matches(['.', '-', '/', '#']);
    if !trimmed.is_empty() {
        let trimmed = trimmed.to_owned();
        pieces.push(if in_quotes { Piece::Quoted(trimmed) } else { Piece::Word(trimmed) });
    }
    word.clear();
}
