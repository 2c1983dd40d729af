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
        let mut shown = String::with_capacity(text.as_ref().len());
        let mut characters = text.as_ref().trim().chars();
        while let Some(character) = characters.next() {
            match character {
                // Of an escape sequence nothing is left, not its letters either.
                '\u{1b}' => {
                    let rest = characters.as_str();
                    if let Some(sequence) = rest.strip_prefix('[') {
                        let end =
                            sequence.find(|c: char| ('@'..='~').contains(&c)).map_or(sequence.len(), |end| end + 1);
                        characters = sequence[end..].chars();
                    }
                    shown.push(' ');
                }
                _ if character.is_control() && !matches!(character, '\n' | '\t') => shown.push(' '),
                _ => shown.push(character),
            }
        }
        Self(shown)
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
