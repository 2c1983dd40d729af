//! What a line means after the lines before it: "only five", "is that safe?", "that one".

use super::line::{Cost, Line};
use super::slots;
use crate::catalogue::data::Packed;
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition, Request};

/// Completes or replaces a weak reading by what was said before.
pub(super) fn apply(packed: &Packed, line: &Line, context: &super::Context, recognition: &mut Recognition) {
    let Some(previous) = context.previous.iter().rev().find(|previous| previous.intent != OUT_OF_SCOPE) else {
        return;
    };
    let Some(intent) = packed.intents.iter().find(|intent| intent.id == previous.intent) else { return };
    if intent.group == "conversation" || recognition.intent != OUT_OF_SCOPE && recognition.confidence >= 0.7 {
        return;
    }
    // "is that safe", "would that need a reboot": a question about what was just asked for.
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let points = line.tokens.iter().any(|token| matches!(token.text.as_str(), "that" | "it" | "this"));
    let unknown = line.tokens.iter().filter(|token| token.weight == Cost::Unknown).count();
    if points && unknown <= 1 && matches!(first, "is" | "would" | "will" | "does" | "can" | "should" | "how" | "what") {
        *recognition = again(previous);
        recognition.mode = Mode::Explain;
        recognition.confidence = 0.75;
        return;
    }
    // "only five", "make it two weeks": another value for a slot that the request before has.
    for slot in &intent.slots {
        for place in 0..line.tokens.len() {
            if line.tokens[place].negated.is_none()
                && let Some((length, value)) = slots::read(slot.kind, line, place)
                && slots::tells(slot.kind)
                && line.tokens[place].text != "one"
            {
                let others = line.tokens.iter().enumerate().filter(|(other, token)| {
                    !(place..place + length).contains(other)
                        && matches!(token.weight, Cost::Unknown | Cost::Elsewhere | Cost::Number)
                });
                if others.count() <= 1 {
                    let mut next = again(previous);
                    next.slots.insert(slot.name.clone(), value);
                    *recognition = next;
                    return;
                }
            }
        }
    }
}

fn again(previous: &Recognition) -> Recognition {
    Recognition {
        by: By::Context,
        confidence: 0.8,
        alternatives: Vec::new(),
        corrections: Vec::new(),
        then: Vec::<Request>::new(),
        ..previous.clone()
    }
}
