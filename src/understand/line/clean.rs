//! Text as it is read: without what only a terminal or a reader's eye would see.

use unicode_normalization::UnicodeNormalization;

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
