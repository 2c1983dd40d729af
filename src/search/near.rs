//! Ways through a map of words: those that differ little from one, and those that begin like it.

use fst::Automaton;

/// Longer words are not mended.
const LONGEST: usize = 24;

/// Accepts words that differ from one in few letters: one too many, one missing, another one, or two that changed places.
#[derive(Debug)]
pub(super) struct Near<'a> {
    word: &'a [u8],
    limit: u8,
}

/// A row of the table of differences, with the one before it and the letter that led here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    now: [u8; LONGEST + 1],
    before: [u8; LONGEST + 1],
    letter: u8,
}

impl<'a> Near<'a> {
    /// Of a word; none when it is too short or too long for that.
    pub(super) fn new(word: &'a str) -> Option<Self> {
        let word = word.as_bytes();
        // The longer a word is, the more of it may be wrong.
        let limit = match word.len() {
            3..=5 => 1,
            6..=11 => 2,
            12..=LONGEST => 3,
            _ => return None,
        };
        Some(Self { word, limit })
    }

    /// In how many letters a word differs; none when in too many.
    pub(super) fn distance(&self, other: &[u8]) -> Option<u8> {
        let mut row = self.start();
        for byte in other {
            row = self.accept(&row, *byte);
        }
        self.is_match(&row).then(|| row.now.get(self.word.len()).copied()).flatten()
    }
}

impl Automaton for Near<'_> {
    type State = Row;

    fn start(&self) -> Row {
        let mut now = [u8::MAX; LONGEST + 1];
        for (place, cell) in (0..).zip(now.iter_mut().take(self.word.len() + 1)) {
            *cell = place;
        }
        Row { now, before: [u8::MAX; LONGEST + 1], letter: 0 }
    }

    fn is_match(&self, row: &Row) -> bool {
        row.now.get(self.word.len()).is_some_and(|distance| *distance <= self.limit)
    }

    fn can_match(&self, row: &Row) -> bool {
        row.now.iter().take(self.word.len() + 1).any(|distance| *distance <= self.limit)
    }

    fn accept(&self, row: &Row, byte: u8) -> Row {
        let mut next = [u8::MAX; LONGEST + 1];
        next[0] = row.now[0].saturating_add(1);
        for at in 1..=self.word.len() {
            let letter = self.word[at - 1];
            let mut least = row.now[at - 1].saturating_add(u8::from(letter != byte));
            least = least.min(row.now[at].saturating_add(1)).min(next[at - 1].saturating_add(1));
            if at > 1 && letter == row.letter && self.word[at - 2] == byte {
                least = least.min(row.before[at - 2].saturating_add(1));
            }
            next[at] = least;
        }
        Row { now: next, before: row.now, letter: byte }
    }
}

/// Accepts texts that begin with another and are not much longer.
#[derive(Debug)]
pub(super) struct Begins<'a> {
    pub(super) start: &'a [u8],
    pub(super) longer: usize,
}

impl Automaton for Begins<'_> {
    /// How many bytes have come; none when one was wrong.
    type State = Option<usize>;

    fn start(&self) -> Option<usize> {
        Some(0)
    }

    fn is_match(&self, state: &Option<usize>) -> bool {
        state.is_some_and(|come| come >= self.start.len() && come <= self.start.len() + self.longer)
    }

    fn can_match(&self, state: &Option<usize>) -> bool {
        state.is_some_and(|come| come <= self.start.len() + self.longer)
    }

    fn accept(&self, state: &Option<usize>, byte: u8) -> Option<usize> {
        let come = (*state)?;
        let fits = self.start.get(come).is_none_or(|wanted| *wanted == byte);
        fits.then_some(come + 1)
    }
}

#[cfg(test)]
mod tests {
    use fst::{IntoStreamer as _, Set, Streamer as _};

    use super::*;

    #[test]
    fn letters_that_changed_places_are_one_difference() {
        let near = Near::new("inkscpae").unwrap();
        assert_eq!(near.distance(b"inkscape"), Some(1));
        assert_eq!(near.distance(b"inkscap"), Some(2));
        assert_eq!(near.distance(b"firefox"), None);
        assert_eq!(Near::new("gmip").unwrap().distance(b"gimp"), Some(1));
        assert!(Near::new("ab").is_none() && Near::new(&"x".repeat(25)).is_none());
    }

    #[test]
    fn a_set_is_walked_where_it_can_fit() {
        let set = Set::from_iter(["fire", "firefox", "firefoxes", "firewall", "foxfire"]).unwrap();
        let mut found = Vec::new();
        let mut stream = set.search(Begins { start: b"fire", longer: 3 }).into_stream();
        while let Some(key) = stream.next() {
            found.push(String::from_utf8_lossy(key).into_owned());
        }
        assert_eq!(found, ["fire", "firefox"]);
    }
}
