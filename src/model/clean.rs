//! A model's words made safe to show: they come in pieces, and may hold whatever a terminal would obey.

/// Takes escape sequences, control characters, direction overrides and invisible characters out of text that comes in
/// pieces. A sequence may be cut anywhere; what is begun is remembered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cleaner {
    state: State,
}

/// Where in a sequence of ECMA-48 the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind ESC.
    Escape,
    /// In a control sequence, until its final byte.
    Control,
    /// In a string (OSC, DCS and the like), until its terminator.
    String,
    /// In a string, behind ESC.
    StringEscape,
}

impl State {
    /// Where a character leads. A line end ends what was begun and never ended: nothing of an answer is swallowed for good.
    #[expect(clippy::match_same_arms, reason = "earlier arms come before later ones")]
    fn after(self, c: char) -> Self {
        match (self, c) {
            (_, '\n') => Self::Text,
            (Self::String, '\u{1b}') => Self::StringEscape,
            (_, '\u{1b}') => Self::Escape,
            (Self::Text, '\u{9b}') | (Self::Escape, '[') => Self::Control,
            (Self::Text, '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}') | (Self::Escape, ']' | 'P' | 'X' | '^' | '_') => {
                Self::String
            }
            (Self::Escape, ' '..='/') => Self::Escape,
            (Self::Control, '\u{40}'..='\u{7e}')
            | (Self::String, '\u{7}' | '\u{9c}')
            | (Self::StringEscape, '\\')
            | (Self::Text | Self::Escape, _) => Self::Text,
            (Self::Control, _) => Self::Control,
            (Self::String | Self::StringEscape, _) => Self::String,
        }
    }
}

impl Cleaner {
    /// What of the piece may be shown.
    pub(super) fn feed(&mut self, piece: &str) -> String {
        let mut shown = String::with_capacity(piece.len());
        for c in piece.chars() {
            if self.state == State::Text && c == '\t' {
                shown.push_str("    ");
            } else if c == '\n' || self.state == State::Text && !c.is_control() && !invisible(c) {
                shown.push(c);
            }
            self.state = self.state.after(c);
        }
        shown
    }
}

/// Characters that are not seen and change what is: direction overrides, zero-width ones, tags, the byte order mark.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A whole text made safe, at most so many characters of it.
pub(super) fn clean(text: &str, most: usize) -> String {
    Cleaner::default().feed(text).chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cleaner, clean};

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (text, shown) in [
            ("a\u{1b}[31mb\u{1b}[0mc", "abc"),
            ("a\u{1b}]52;c;ZXZpbA==\u{7}b", "ab"),
            ("a\u{1b}]0;title\u{1b}\\b", "ab"),
            ("a\u{9b}2Jb", "ab"),
            ("a\u{1b}(Bb\u{1b}cd", "abd"),
            ("a\rb\u{8}c\u{0}d", "abcd"),
            ("a\u{202e}b\u{200b}c\u{feff}", "abc"),
            ("one\n\ttwo", "one\n    two"),
            ("a\u{1b}]never ended\nb", "a\nb"),
            ("Grüße, 雪", "Grüße, 雪"),
        ] {
            assert_eq!(clean(text, 100), shown, "{text:?}");
        }
        assert_eq!(clean("abcdef", 3), "abc");
    }

    proptest! {
        #[test]
        fn pieces_or_whole_it_is_the_same(text in "[\u{1b}\u{9b}\u{7}\\[\\]\\\\Pa-m0-9;\n\t]{0,60}", cut in 0_usize..60) {
            let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let mut cleaner = Cleaner::default();
            let pieces = cleaner.feed(&text[..cut]) + &cleaner.feed(&text[cut..]);
            prop_assert_eq!(&pieces, &Cleaner::default().feed(&text));
            prop_assert!(!pieces.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
