//! What somebody said, before anything is made of it.

use serde::Serialize;

/// One request in the person's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Query(String);

/// Longer input than this is refused instead of understood: nobody says 16 KiB in one request, and a file that was
/// piped in by mistake deserves a clear answer at once.
pub const LONGEST: usize = 16 * 1024;

impl Query {
    /// Takes the words as they were typed, without surrounding white space and without control characters: what is said
    /// is shown again, in history and replies, and must not be able to steer a terminal.
    pub fn new(text: impl AsRef<str>) -> Self {
        let shown = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c };
        Self(text.as_ref().trim().chars().map(shown).collect())
    }

    /// The words of a command line, joined as the person would have typed them.
    pub fn from_words(words: &[String]) -> Self {
        Self::new(words.join(" "))
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.0
    }
}
