//! Readings that are not sure enough to act on.

use super::talk::intent_title;
use crate::catalogue;
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition};
use crate::reply::{Outcome, Status};

/// From here on a reading is good enough to look something up.
const LIKELY: f32 = 0.5;
/// From here on a reading is good enough to plan a change.
const SURE: f32 = 0.75;

/// From here on there is certainly nothing for us in what was said.
const NOTHING: f32 = 0.93;

/// Whether a second opinion is wanted: the rules found nothing, without being sure that there is nothing to find, or too
/// little to act on. What was found of several requests in a line is not thrown away for one.
pub(super) fn unsure(rules: &Recognition) -> bool {
    let nothing_found = rules.intent == OUT_OF_SCOPE && rules.confidence < NOTHING;
    rules.by == By::Rules && rules.then.is_empty() && (nothing_found || unclear(rules).is_some())
}

fn harmless(intent: &str) -> bool {
    matches!(intent, "help" | "small_talk" | "confirm" | "cancel" | OUT_OF_SCOPE)
}

/// The readings that are offered to choose among, best first.
pub(super) fn offered(recognition: &Recognition) -> Vec<Recognition> {
    let others = recognition.alternatives.iter().map(|other| Recognition {
        intent: other.intent.clone(),
        slots: other.slots.clone(),
        mode: recognition.mode,
        by: recognition.by,
        ..Recognition::default()
    });
    let best = Recognition { alternatives: Vec::new(), ..recognition.clone() };
    std::iter::once(best).chain(others).filter(|reading| !harmless(&reading.intent)).take(3).collect()
}

/// A reading that is not sure enough to act on.
pub(super) fn unclear(recognition: &Recognition) -> Option<Outcome> {
    if harmless(&recognition.intent) {
        return None;
    }
    // A reading that only looks does no harm when it is the wrong one; one that changes something must be sure.
    let changes = catalogue::intent(&recognition.intent).is_some_and(|intent| intent.changes);
    // What a model read is never done without a person who saw the plan, so it need not be as sure.
    let to_be_sure = changes && recognition.mode == Mode::Do && recognition.by != By::Model;
    let enough = if to_be_sure { SURE } else { LIKELY };
    if recognition.confidence >= enough {
        return None;
    }
    let choices = offered(recognition).iter().map(|reading| intent_title(&reading.intent)).collect();
    Some(Outcome {
        question: Some("What do you mean?".to_owned()),
        choices,
        ..Outcome::new(Status::Question, "I am not sure what you mean. Could you say it in other words?")
    })
}
