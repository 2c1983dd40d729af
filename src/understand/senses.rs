//! What the words and phrases of a line can mean, and where.

use super::line::{Line, Shape};
use crate::catalogue::lexicon::{Lexicon, Sense};
use crate::numerals;

/// A phrase of the line that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first token.
    pub start: usize,
    /// How many tokens it has.
    pub length: usize,
    /// What it means.
    pub sense: Sense,
}

impl Span {
    /// The token behind it.
    pub(crate) fn end(&self) -> usize {
        self.start + self.length
    }
}

/// All that the line's phrases can mean, by their place.
pub(crate) fn spans(lexicon: &Lexicon<'_>, line: &Line) -> Vec<Span> {
    let mut spans = Vec::with_capacity(line.tokens.len() * 2);
    for (start, first) in line.tokens.iter().enumerate() {
        // A phrase never goes over a comma.
        let words = line.tokens[start..]
            .iter()
            .take(6)
            .take_while(|token| token.clause == first.clause)
            .map(|token| token.text.as_str());
        let mut whole = false;
        lexicon.phrases(words, |length, phrase| {
            whole |= length == 1;
            spans.extend(lexicon.senses(phrase).map(|sense| Span { start, length, sense }));
        });
        // A word that is only known by its stem means what the stem means.
        if !whole && let Some(stem) = first.known {
            let senses = lexicon.senses(stem).filter(|sense| !matches!(sense, Sense::Filler | Sense::Common));
            spans.extend(senses.map(|sense| Span { start, length: 1, sense }));
        }
    }
    spans
}

/// The longest name that begins at each token: its length and which kinds of thing it can be, a bit each.
pub(crate) fn names(line: &Line, spans: &[Span]) -> Vec<(usize, u16)> {
    let mut names = vec![(0, 0); line.tokens.len()];
    for span in spans {
        let bit = match span.sense {
            Sense::Package(_) => 1,
            Sense::Service(_) => 2,
            Sense::Setting(_) => 4,
            Sense::Concept(_) => 8,
            Sense::Stack(_) => 16,
            Sense::Person => 32,
            Sense::Everyday(_) => 64,
            _ => continue,
        };
        let name: &mut (usize, u16) = &mut names[span.start];
        match span.length.cmp(&name.0) {
            std::cmp::Ordering::Greater => *name = (span.length, bit),
            std::cmp::Ordering::Equal => name.1 |= bit,
            std::cmp::Ordering::Less => {}
        }
    }
    for (name, token) in names.iter_mut().zip(&line.tokens) {
        let bit = match token.shape {
            Shape::Word if !numerals::is_large(&token.text) => continue,
            Shape::Number | Shape::Word => 128,
            Shape::Release => 256,
            Shape::Path => 512,
            Shape::Address => 1024,
            Shape::Host => 2048,
            Shape::Flag => 4096,
            Shape::File => 8192,
        };
        // A path that is an option is an option that is written as a path.
        *name = (name.0.max(1), name.1 | bit);
    }
    names
}
