//! What a line means after the lines before it: "only five", "is that safe?", "that one".

use serde_json::Value;

use super::line::{Line, Shape};
use super::slots;
use crate::catalogue::data::Packed;
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition, Request};

/// Completes or replaces a weak reading by what was said before.
pub(super) fn apply(packed: &Packed<'_>, line: &Line, context: &super::Context, recognition: &mut Recognition) {
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
    let unknown = line.tokens.iter().filter(|token| token.known.is_none()).count();
    if points && unknown <= 1 && matches!(first, "is" | "would" | "will" | "does" | "can" | "should" | "how" | "what") {
        *recognition = again(previous);
        recognition.mode = Mode::Explain;
        recognition.confidence = 0.75;
        return;
    }
    // "only five", "make it two weeks": another value for a slot of the request before. The longest reading says most
    // ("two weeks" is an age, not the number two), and a slot that was given before is the likely one.
    let mut best: Option<((usize, bool), &str, Value)> = None;
    for slot in intent.slots.iter().filter(|slot| slots::tells(slot.kind)) {
        for (place, token) in line.tokens.iter().enumerate() {
            if token.negated.is_some() || token.text == "one" {
                continue;
            }
            let Some((length, value)) = slots::read(slot.kind, line, place) else { continue };
            let rank = (length, previous.slots.contains_key(slot.name));
            let beside = |(other, token): &(usize, &super::line::Token)| {
                !(place..place + length).contains(other)
                    && (token.known.is_none() || token.shape == Shape::Number)
            };
            if line.tokens.iter().enumerate().filter(beside).count() <= 1
                && best.as_ref().is_none_or(|(found, ..)| rank > *found)
            {
                best = Some((rank, slot.name, value));
            }
        }
    }
    if let Some((_, name, value)) = best {
        let mut next = again(previous);
        next.slots.insert(name.to_owned(), value);
        *recognition = next;
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
