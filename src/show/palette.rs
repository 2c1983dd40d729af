//! Colours: few, never needed to understand, off where they do not belong.

use owo_colors::{OwoColorize as _, Style};

/// Styles for text, or none at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    /// Whether to colour.
    pub colour: bool,
}

impl Palette {
    fn paint(self, text: &str, style: Style) -> String {
        if self.colour { text.style(style).to_string() } else { text.to_owned() }
    }

    /// Headings.
    pub fn bold(self, text: &str) -> String {
        self.paint(text, Style::new().bold())
    }

    /// What may be passed over.
    pub fn dim(self, text: &str) -> String {
        self.paint(text, Style::new().dimmed())
    }

    /// What is well, or new.
    pub fn good(self, text: &str) -> String {
        self.paint(text, Style::new().green())
    }

    /// What is wrong, or gone.
    pub fn bad(self, text: &str) -> String {
        self.paint(text, Style::new().red())
    }

    /// What is odd, or changed.
    pub fn odd(self, text: &str) -> String {
        self.paint(text, Style::new().yellow())
    }

    /// Commands and names.
    pub fn code(self, text: &str) -> String {
        self.paint(text, Style::new().cyan())
    }
}
