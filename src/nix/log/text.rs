//! Text from programs, made safe to show: no escape sequences, no control characters, not too long.

use std::borrow::Cow;
use std::collections::VecDeque;

/// No line is kept or shown beyond this many bytes.
pub(super) const LINE_LIMIT: usize = 4096;
/// Messages of many lines are kept up to this many bytes: a trace is worth more than a line.
pub(super) const MESSAGE_LIMIT: usize = 64 * 1024;
/// So many last lines are kept of a build and of plain text.
pub(super) const TAIL_LINES: usize = 25;

/// The text without escape sequences, control characters (line feeds stay, tabs become spaces) and direction overrides,
/// at most `limit` bytes long and an ellipsis. Of a line that a program overwrote with carriage returns, the last state
/// stays.
pub fn clean(text: &str, limit: usize) -> Cow<'_, str> {
    // Counted rather than found, so that the compiler looks at many bytes at once: nearly all lines are plain.
    let odd = text.bytes().filter(|&byte| byte < 0x20 || matches!(byte, 0x7f | 0xc2 | 0xe2)).count();
    if odd == 0 {
        return clip(text, limit);
    }
    let text = last_state(text);
    let mut result = String::with_capacity(text.len().min(limit));
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if result.len() >= limit {
            result.push('…');
            break;
        }
        match character {
            '\u{1b}' => skip_escape(&mut characters),
            '\u{9b}' => skip_control(&mut characters),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut characters),
            '\n' => result.push('\n'),
            '\t' => result.push_str("    "),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            control if control.is_control() => {}
            character => result.push(character),
        }
    }
    Cow::Owned(result)
}

/// What a terminal would show after the carriage returns of one line.
fn last_state(text: &str) -> &str {
    let trimmed = text.trim_end_matches(['\r', '\n']);
    if trimmed.contains('\n') {
        return trimmed;
    }
    trimmed.rsplit('\r').next().unwrap_or(trimmed)
}

fn clip(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    Cow::Owned(format!("{}…", &text[..end]))
}

/// After ESC.
fn skip_escape(characters: &mut std::str::Chars<'_>) {
    match characters.clone().next() {
        Some('[') => {
            characters.next();
            skip_control(characters);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            characters.next();
            skip_string(characters);
        }
        // Intermediate bytes and one final byte: character sets and the like.
        Some(' '..='/') => {
            while matches!(characters.clone().next(), Some(' '..='/')) {
                characters.next();
            }
            skip_if(characters, |final_byte| matches!(final_byte, '0'..='~'));
        }
        Some('0'..='~') => {
            characters.next();
        }
        _ => {}
    }
}

/// After CSI: parameters and one final byte. Anything else ends the sequence and stays.
fn skip_control(characters: &mut std::str::Chars<'_>) {
    while matches!(characters.clone().next(), Some(' '..='?')) {
        characters.next();
    }
    skip_if(characters, |final_byte| matches!(final_byte, '@'..='~'));
}

/// After OSC, DCS and their like: up to the string terminator, or all the rest.
fn skip_string(characters: &mut std::str::Chars<'_>) {
    while let Some(character) = characters.next() {
        match character {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                skip_if(characters, |terminator| terminator == '\\');
                return;
            }
            _ => {}
        }
    }
}

fn skip_if(characters: &mut std::str::Chars<'_>, wanted: impl Fn(char) -> bool) {
    if characters.clone().next().is_some_and(wanted) {
        characters.next();
    }
}

/// The last lines of something endless.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail(VecDeque<String>);

impl Tail {
    /// Adds a line and forgets the oldest beyond [`TAIL_LINES`]. The memory of the forgotten one is used again.
    pub(super) fn push(&mut self, line: &str) {
        let mut slot = if self.0.len() >= TAIL_LINES { self.0.pop_front().unwrap_or_default() } else { String::new() };
        slot.clear();
        slot.push_str(line);
        self.0.push_back(slot);
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Tail, clean};

    #[test]
    fn escapes_are_gone() {
        let cases = [
            ("plain", "plain"),
            ("\u{1b}[31;1merror:\u{1b}[0m no", "error: no"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{9b}1mC1\u{9b}0m", "C1"),
            ("\u{1b}(Bset", "set"),
            ("a\u{8}\u{7}b\u{7f}c", "abc"),
            ("10%\r20%\r30%", "30%"),
            ("windows\r\n", "windows"),
            ("a\tb", "a    b"),
            ("evil\u{202e}txt", "eviltxt"),
            ("«\u{1b}[35;1mstring\u{1b}[0m»", "«string»"),
            ("end \u{1b}", "end "),
            ("unfinished \u{1b}]0;never", "unfinished "),
            ("two\nlines", "two\nlines"),
        ];
        for (dirty, expected) in cases {
            assert_eq!(clean(dirty, 100), expected, "{dirty:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        assert_eq!(clean("ääää", 3), "ä…");
        assert_eq!(clean(&"\u{1b}[1mx".repeat(100), 5), "xxxxx…");
    }

    #[test]
    fn a_tail_is_short() {
        let mut tail = Tail::default();
        for number in 0..1000 {
            tail.push(&number.to_string());
        }
        assert_eq!(tail.lines().len(), super::TAIL_LINES);
        assert_eq!(tail.lines().last().map(String::as_str), Some("999"));
    }
}
