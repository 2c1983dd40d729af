//! From words to a [`Recognition`]: read, split into requests, match the patterns of the catalogue, rank.
//!
//! Nothing here touches the machine. A wrong action is worse than a question: what is only half understood comes out
//! as `out_of_scope` with the guess among the alternatives.

mod context;
pub(crate) mod features;
pub(crate) mod joints;
pub(crate) mod line;
mod matching;
mod mood;
mod pasted;
pub(crate) mod pointing;
pub(crate) mod ranker;
mod ranking;
pub(crate) mod repair;
mod requests;
pub(crate) mod senses;
mod slots;

use crate::catalogue::{self, data::Packed};
use crate::query::Query;
use crate::recognition::{Correction, OUT_OF_SCOPE, Recognition};

/// What was said before, as far as it matters for the next line.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// What was understood of the lines before, oldest first.
    pub previous: Vec<Recognition>,
    /// Whether a plan or question stands open, so that "yes" and "no" answer it.
    pub plan_open: bool,
    /// Whether something failed lately, so that "fix it" means that.
    pub failed: bool,
    /// The names that were shown last, in their order, for "the second one".
    pub listed: Vec<String>,
}

/// The rules, ready to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Recognizer {
    packed: &'static Packed<'static>,
}

impl Default for Recognizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Recognizer {
    /// The rules of the embedded catalogue.
    pub fn new() -> Self {
        Self { packed: catalogue::packed() }
    }

    /// What the words mean. Always an answer: `out_of_scope` when they mean nothing to us.
    pub fn recognize(&self, query: &Query, context: &Context) -> Recognition {
        if query.text().len() > crate::query::LONGEST {
            return ranking::nothing(0.9);
        }
        if let Some(recognition) = pasted::recognize(self.packed, query.text()) {
            return recognition;
        }
        let line = line::Line::read(catalogue::lexicon(), query.text());
        if context.failed
            && let Some(recognition) = ranking::said_whole(self.packed, &line, "repair_last")
        {
            return recognition;
        }
        let mut recognition = requests::recognize(self.packed, &line, context);
        context::apply(self.packed, &line, context, &mut recognition);
        if recognition.intent != OUT_OF_SCOPE {
            recognition.corrections = line
                .tokens
                .iter()
                .filter_map(|token| {
                    let from = token.typed.clone()?;
                    Some(Correction { from, to: token.text.clone() })
                })
                .collect();
        }
        recognition
    }
}

impl Recognizer {
    /// What a line is about, without the words that say what is to be done with it: "install a web browser" is about a
    /// web browser.
    pub fn sought(&self, query: &Query) -> Option<String> {
        slots::sought(&line::Line::read(catalogue::lexicon(), query.text()))
    }

    /// What spoke most for an intent, in words, most first: the weight of each and what it was.
    pub fn evidence(&self, query: &Query, context: &Context, intent: &str) -> Vec<(f32, String)> {
        let Some(ranker) = ranking::ranker() else { return Vec::new() };
        let Some(class) = self.packed.intents.iter().position(|known| known.id == intent) else { return Vec::new() };
        let line = line::Line::read(catalogue::lexicon(), query.text());
        let features = ranking::features_of(&line, context);
        let mut evidence: Vec<(f32, String)> = Vec::new();
        for (weight, feature) in ranker.evidence(&features, class) {
            let words = features::describe(&feature, &line);
            match evidence.iter_mut().find(|(_, known)| *known == words) {
                Some((sum, _)) => *sum += weight,
                None => evidence.push((weight, words)),
            }
        }
        evidence.sort_by(|a, b| b.0.total_cmp(&a.0));
        evidence
    }
}

#[cfg(test)]
mod tests;
