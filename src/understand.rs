//! From words to a [`Recognition`]: read, split into requests, match the patterns of the catalogue, rank.
//!
//! Nothing here touches the machine. A wrong action is worse than a question: what is only half understood comes out
//! as `out_of_scope` with the guess among the alternatives.

mod caution;
mod context;
pub(crate) mod features;
pub(crate) mod joints;
pub(crate) mod line;
mod matching;
mod mood;
pub mod own_words;
mod pasted;
pub(crate) mod pointing;
pub(crate) mod ranker;
mod ranking;
pub(crate) mod repair;
mod requests;
pub(crate) mod scores;
pub(crate) mod senses;
mod slots;

use std::sync::Arc;

use crate::catalogue::own_words::OwnWords;
use crate::catalogue::{self, data::Packed};
use crate::query::Query;
use crate::recognition::{Correction, OUT_OF_SCOPE, Recognition};

/// A line that only mentions what went wrong is read as another request when that is so sure.
const SURE: f32 = 0.6;

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
    /// Readings of the last line among which the person was asked to choose.
    pub offered: Vec<Recognition>,
}

/// The rules, ready to be asked.
#[derive(Clone, Debug)]
pub struct Recognizer {
    packed: &'static Packed<'static>,
    own: Option<Arc<OwnWords>>,
}

impl Default for Recognizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Recognizer {
    /// The rules of the embedded catalogue.
    pub fn new() -> Self {
        Self { packed: catalogue::packed(), own: None }
    }

    /// The same with a person's own words.
    #[must_use]
    pub fn with_own_words(self, own: &Arc<OwnWords>) -> Self {
        let any = !own.phrases.is_empty() || !own.names.is_empty();
        Self { own: any.then(|| Arc::clone(own)), ..self }
    }

    fn line(&self, text: &str) -> line::Line {
        own_words::read(catalogue::lexicon(), self.own.as_ref(), text)
    }

    /// What the words mean. Always an answer: `out_of_scope` when they mean nothing to us.
    pub fn recognize(&self, query: &Query, context: &Context) -> Recognition {
        if query.text().len() > crate::query::LONGEST {
            return ranking::nothing(0.9);
        }
        if let Some(recognition) = self.in_own_words(query, context) {
            return recognition;
        }
        let Some(message) = pasted::recognize(self.packed, query.text()) else { return self.read(query, context) };
        if !pasted::is_only_mentioned(query.text()) {
            return message;
        }
        let read = self.read(query, context);
        let sure = read.confidence >= SURE && read.intent != OUT_OF_SCOPE && read.intent != message.intent;
        if sure { read } else { message }
    }

    /// What the words of a line mean that is no message.
    fn read(&self, query: &Query, context: &Context) -> Recognition {
        let line = self.line(query.text());
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

    /// A whole line that the person gave a meaning. While a plan waits, the words that answer it keep theirs.
    fn in_own_words(&self, query: &Query, context: &Context) -> Option<Recognition> {
        let own = self.own.as_ref()?;
        // With the names of things in it; a sentence may also have the very words that something is called by.
        let as_said = || line::Line::read_with(catalogue::lexicon(), Some(Arc::clone(own)), query.text());
        let recognition = own_words::recognition(self.packed, &self.line(query.text()))
            .or_else(|| own_words::recognition(self.packed, &as_said()))?;
        if context.plan_open {
            let built_in = Self::new().recognize(query, context);
            if matches!(built_in.intent.as_str(), "confirm" | "cancel") {
                return Some(built_in);
            }
        }
        Some(recognition)
    }

    /// What of the person's own words stands in a query that was understood like this: which, and in which file and line.
    pub fn own_evidence(&self, query: &Query, meant: &Recognition) -> Vec<String> {
        self.own.as_ref().map_or_else(Vec::new, |own| own_words::evidence(self.packed, own, query.text(), meant))
    }
}

impl Recognizer {
    /// What a line is about, without the words that say what is to be done with it: "install a web browser" is about a
    /// web browser.
    pub fn sought(&self, query: &Query) -> Option<String> {
        let only_points =
            |words: &String| matches!(words.as_str(), "it" | "this" | "that" | "them" | "these" | "those");
        slots::sought(&self.line(query.text())).filter(|words| !only_points(words))
    }

    /// The intents that a query is nearest to by what was learned, best first, at most so many; whatever rules and slots say.
    pub fn nearest(&self, query: &Query, context: &Context, most: usize) -> Vec<&'static str> {
        let Some(ranker) = ranking::ranker() else { return Vec::new() };
        let scores = ranker.scores(&ranking::features_of(&self.line(query.text()), context));
        let mut order: Vec<(f32, &'static str)> =
            scores.into_iter().zip(self.packed.intents.iter().map(|intent| intent.id)).collect();
        order.retain(|(_, id)| *id != OUT_OF_SCOPE);
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        order.into_iter().take(most).map(|(_, id)| id).collect()
    }

    /// What spoke most for an intent, in words, most first: the weight of each and what it was.
    pub fn evidence(&self, query: &Query, context: &Context, intent: &str) -> Vec<(f32, String)> {
        let Some(ranker) = ranking::ranker() else { return Vec::new() };
        let Some(class) = self.packed.intents.iter().position(|known| known.id == intent) else { return Vec::new() };
        let line = self.line(query.text());
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
