//! A pasted error message is a question about that error, whatever words stand in it.

use serde_json::Value;

use crate::catalogue::data::{Kind, Packed};
use crate::recognition::{Recognition, Slots};

/// Longer messages are cut: the cause stands at the beginning, and a whole log is no slot.
const LONGEST: usize = 4000;

/// The text that an intent's markers find, as that intent.
pub(super) fn recognize(packed: &Packed, text: &str) -> Option<Recognition> {
    let lower = text.to_ascii_lowercase();
    for intent in packed.intents.iter().filter(|intent| !intent.markers.is_empty()) {
        let slot = intent.slots.iter().find(|slot| slot.kind == Kind::Pasted)?;
        // ASCII lower-casing keeps every position, so a place in one text is a place in the other.
        let found = intent.markers.iter().filter_map(|marker| Some((lower.find(marker.as_str())?, marker))).min();
        if let Some((place, _)) = found {
            let from = text.get(place..).unwrap_or(text);
            // In quotation marks the message ends where they close.
            let quoted = text.get(..place).is_some_and(|before| before.ends_with(['"', '\u{201c}']));
            let end = if quoted { from.find(['"', '\u{201d}']) } else { None };
            let from = end.map_or(from, |end| &from[..end]);
            let message: String =
                from.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(LONGEST).collect();
            let mut slots = Slots::new();
            slots.insert(slot.name.clone(), Value::from(message.trim()));
            return Some(Recognition { intent: intent.id.clone(), slots, confidence: 0.95, ..Recognition::default() });
        }
    }
    None
}
