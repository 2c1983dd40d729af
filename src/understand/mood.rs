//! Whether something is asked for or asked about.

use super::line::Line;
use super::matching::{Hits, Mask, fits};
use crate::catalogue::data::Rules;

/// The tokens of the longest of some openings that begins at each token.
fn longest(openings: &Rules, line: &Line) -> Vec<Mask> {
    let hits = Hits::new(openings, line);
    let mut longest: Vec<Mask> = vec![0; line.tokens.len()];
    for pattern in &openings.patterns {
        fits(line, &hits, pattern, |start, mask| {
            if mask.count_ones() >= longest[start].count_ones() {
                longest[start] = mask;
            }
        });
    }
    longest
}

/// The mood of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Mood {
    /// The tokens of openings that ask about an action: "how do I", "is it safe to".
    pub question: Mask,
    /// The same, one by one.
    openings: Vec<Mask>,
    /// The tokens of openings that make a question a request: "can you".
    pub request: Mask,
}

impl Mood {
    /// Reads it by two lists of openings: of questions, and of requests.
    pub(super) fn of(openings: &[Rules], line: &Line) -> Self {
        let mut mood = Self::default();
        let [questions, requests] = openings else { return mood };
        let (asked, requested) = (longest(questions, line), longest(requests, line));
        for (start, (question, request)) in asked.into_iter().zip(requested).enumerate() {
            mood.request |= request;
            // "Signal on the desktop, how?"
            let question =
                if question == 0 && start > 0 && start + 1 == line.tokens.len() && line.tokens[start].text == "how" {
                    1 << start
                } else {
                    question
                };
            if question != 0 && mood.request & (1 << start) == 0 {
                mood.question |= question;
                mood.openings.push(question);
            }
        }
        mood
    }

    /// Whether the line begins with such an opening, after words that say nothing.
    pub(super) fn begins(&self, line: &Line) -> bool {
        let first = |opening: &Mask| usize::try_from(opening.trailing_zeros()).unwrap_or(usize::MAX);
        let silent =
            |place: usize| line.tokens.get(..place).is_some_and(|before| before.iter().all(|token| token.filler));
        // What stands behind "what would" may be too long for an opening: "what would 'build, then switch' do".
        let would = line
            .tokens
            .windows(2)
            .position(|pair| pair[0].text == "what" && matches!(pair[1].text.as_str(), "would" | "will" | "does"));
        self.openings.iter().map(first).chain(would).any(silent)
    }

    /// Whether the line has an opening that asks about an action, whatever else it says.
    pub(super) fn questions(&self) -> bool {
        !self.openings.is_empty()
    }

    /// Whether a request that took these tokens is only asked about. What changes the machine is asked about as soon
    /// as its clause begins like a question and is not a polite request.
    pub(super) fn asks(&self, line: &Line, taken: Mask, changes: bool) -> bool {
        // Without a pattern the whole line is the request.
        let all = if taken == 0 { Mask::MAX } else { taken };
        if taken == 0 && changes && !self.openings.is_empty() {
            return true;
        }
        let taken = all;
        // A wording that looks may itself be a question; one that changes something never makes a question a request.
        if self.openings.iter().any(|opening| opening & !taken != 0 && (changes || opening & taken == 0)) {
            return true;
        }
        changes
            && self.request == 0
            && line.tokens.iter().enumerate().any(|(place, token)| {
                let opens = place == 0 || line.tokens[place - 1].clause != token.clause;
                let in_clause = line
                    .tokens
                    .iter()
                    .enumerate()
                    .any(|(other, part)| part.clause == token.clause && taken & (1 << other) != 0);
                opens
                    && in_clause
                    && (taken == Mask::MAX || taken & (1 << place) == 0)
                    && matches!(
                        token.text.as_str(),
                        "is" | "are"
                            | "does"
                            | "do"
                            | "will"
                            | "would"
                            | "can"
                            | "could"
                            | "should"
                            | "why"
                            | "when"
                            | "what"
                            | "which"
                            | "how"
                            | "did"
                            | "has"
                            | "who"
                            | "where"
                            | "was"
                            | "may"
                            | "shall"
                            | "must"
                    )
                    && line.tokens.get(place + 1).is_some_and(|next| {
                        !matches!(next.text.as_str(), "it" | "that" | "so" | "the") || token.text != "do"
                    })
            })
    }
}
