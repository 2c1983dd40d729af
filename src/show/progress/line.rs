//! A line of coloured pieces that is cut by what it takes on the screen, not by its letters.

use owo_colors::{OwoColorize, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a piece means; colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Title,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Ink {
    fn colours(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Title => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => Style::new().green(),
            Self::Warning => Style::new().yellow(),
            Self::Bad => Style::new().red(),
        }
    }
}

/// Pieces of text.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Vec<(Ink, String)>);

impl Line {
    /// With another piece.
    pub(super) fn and(mut self, ink: Ink, text: impl Into<String>) -> Self {
        self.0.push((ink, text.into()));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns that it takes, uncut.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// The text, coloured or not, cut where the columns end.
    pub(super) fn render(&self, columns: usize, colour: bool) -> String {
        let cut = self.width() > columns;
        let mut room = if cut { columns.saturating_sub(1) } else { columns };
        let mut result = String::new();
        for (ink, text) in &self.0 {
            let piece = prefix(text, room);
            if colour && *ink != Ink::Plain && !piece.is_empty() {
                result.push_str(&piece.style(ink.colours()).to_string());
            } else {
                result.push_str(piece);
            }
            room -= piece.width().min(room);
            if piece.len() < text.len() {
                break;
            }
        }
        if cut && columns > 0 {
            result.push('…');
        }
        result
    }
}

/// As much of the text as has room.
fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (start, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return text.get(..start).unwrap_or_default();
        }
    }
    text
}

/// The text cut to the columns, with an ellipsis.
pub(super) fn fit(text: &str, columns: usize) -> String {
    Line::default().and(Ink::Plain, text).render(columns, false)
}

#[cfg(test)]
mod tests {
    use super::{Ink, Line, fit};

    #[test]
    fn cut_by_columns() {
        assert_eq!(fit("short", 5), "short");
        assert_eq!(fit("longer", 5), "long…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("x", 0), "");
        let line = Line::default().and(Ink::Good, "good").and(Ink::Plain, " and more");
        assert_eq!(line.render(20, true), "\u{1b}[32mgood\u{1b}[0m and more");
        assert_eq!(line.render(7, true), "\u{1b}[32mgood\u{1b}[0m a…");
        assert_eq!(line.render(7, false), "good a…");
    }
}
