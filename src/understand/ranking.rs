//! Which of the readings of a request is the best, and how sure it is.

use serde_json::Value;

use super::line::{Cost, Line};
use super::matching::{Hits, Mask, Match, content, fit};
use super::mood::Mood;
use crate::catalogue::data::{Datum, Intent, Kind, Packed, Pattern};
use crate::recognition::{Alternative, Mode, OUT_OF_SCOPE, Recognition, Slots};

/// Below this a reading is only an alternative.
const ENOUGH: f32 = 0.5;
/// Alternatives below this are noise.
const WORTH_SAYING: f32 = 0.3;

/// A reading of a request.
#[derive(Clone, Debug)]
struct Reading<'a> {
    intent: &'a Intent,
    slots: Slots,
    mode: Mode,
    confidence: f32,
    rank: f32,
    mask: Mask,
}

/// What cannot be acted on.
pub(super) fn nothing(confidence: f32) -> Recognition {
    Recognition { intent: OUT_OF_SCOPE.to_owned(), confidence, ..Recognition::default() }
}

/// The best reading of a line as one request.
pub(super) fn best(packed: &Packed, line: &Line) -> (Recognition, Mask) {
    let hits = Hits::new(packed, line);
    let mood = Mood::of(packed, line, &hits);
    let mut readings: Vec<Reading<'_>> = Vec::new();
    for intent in &packed.intents {
        let mut best: Option<Reading<'_>> = None;
        for pattern in &intent.patterns {
            if let Some(found) = fit(line, &hits, Some(intent), pattern)
                && let Some(reading) = reading(line, &mood, intent, pattern, &found)
                && best.as_ref().is_none_or(|best| reading.rank > best.rank)
            {
                best = Some(reading);
            }
        }
        readings.extend(best);
    }
    readings.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    // Beside a change something else is asked for that nobody here can do: acting on half of a line is risky.
    let other = readings
        .iter()
        .find(|reading| reading.intent.id == OUT_OF_SCOPE && reading.confidence >= 0.3)
        .map(|other| other.mask);
    if let (Some(other), Some(first)) = (other, readings.first_mut())
        && first.intent.changes
        && first.mask & other == 0
    {
        first.confidence = (first.confidence - 0.3).max(0.0);
    }
    let mut readings = readings.into_iter();
    let Some(first) = readings.next() else { return (nothing(0.4), 0) };
    let mut alternatives: Vec<Alternative> = readings
        .filter(|reading| reading.confidence >= WORTH_SAYING && reading.intent.id != OUT_OF_SCOPE)
        .take(3)
        .map(alternative)
        .collect();
    if first.confidence < ENOUGH {
        if first.confidence >= WORTH_SAYING && first.intent.id != OUT_OF_SCOPE {
            alternatives.insert(0, alternative(first));
        }
        return (Recognition { alternatives, ..nothing(0.4) }, 0);
    }
    let mask = first.mask;
    let recognition = Recognition {
        intent: first.intent.id.clone(),
        slots: first.slots,
        mode: first.mode,
        confidence: first.confidence,
        alternatives,
        ..Recognition::default()
    };
    (recognition, mask)
}

fn alternative(reading: Reading<'_>) -> Alternative {
    Alternative { intent: reading.intent.id.clone(), slots: reading.slots, confidence: reading.confidence }
}

fn reading<'a>(line: &Line, mood: &Mood, intent: &'a Intent, pattern: &Pattern, found: &Match) -> Option<Reading<'a>> {
    let explained = content(line, found.mask);
    let left = left_over(line, mood, intent, found, explained);
    let beside = |(place, token): (usize, &super::line::Token)| {
        found.mask & (1 << place) == 0
            && !matches!(token.weight, Cost::Filler | Cost::Flag)
            && (mood.question | mood.request) & (1 << place) == 0
    };
    if pattern.whole && line.tokens.iter().enumerate().any(beside) {
        return None;
    }
    let mended = line
        .tokens
        .iter()
        .enumerate()
        .filter(|(place, token)| found.mask & (1 << place) != 0 && token.typed.is_some())
        .fold(0.0, |sum, _| sum + 0.04);
    let confidence = (pattern.weight - left - mended).clamp(0.0, 1.0);
    let mut slots = Slots::new();
    for (name, datum) in &pattern.gives {
        slots.insert(name.clone(), value(datum));
    }
    for (place, value) in &found.slots {
        let slot = &intent.slots[usize::from(*place)];
        match (slots.get_mut(&slot.name), value) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more.iter().cloned()),
            _ => {
                slots.insert(slot.name.clone(), value.clone());
            }
        }
    }
    if intent.slots.iter().any(|slot| slot.required && !slots.contains_key(&slot.name)) {
        return None;
    }
    // Shell syntax has no way into a slot: what is left of it here was part of a word.
    let unsafe_text =
        |text: &str| text.chars().any(|c| c.is_control() || "`$;|<>&\"\\".contains(c)) || text.contains("..");
    if slots.values().any(|value| match value {
        Value::String(text) => unsafe_text(text),
        Value::Array(list) => list.iter().any(|value| value.as_str().is_some_and(unsafe_text)),
        _ => false,
    }) {
        return None;
    }
    let topical = matches!(intent.slots.first().map(|slot| slot.kind), Some(Kind::Concepts));
    let answers = topical || intent.group == "conversation" && !intent.changes;
    let explain = pattern.explain || (!answers && mood.asks(line, found.mask, intent.changes));
    let mode = if explain { Mode::Explain } else { Mode::Do };
    let rank = confidence + 0.06 * explained.min(8.0);
    Some(Reading { intent, slots, mode, confidence, rank, mask: found.mask })
}

/// What the words cost that the pattern did not ask for.
fn left_over(line: &Line, mood: &Mood, intent: &Intent, found: &Match, explained: f32) -> f32 {
    // One word proves little: whatever else is said must then be harmless. More words carry more.
    let strict: f32 = match explained {
        few if few < 1.3 => 4.0,
        few if few < 2.3 => {
            if intent.changes {
                1.8
            } else {
                1.3
            }
        }
        few if few < 3.3 => 0.8,
        _ => 0.45,
    } * if intent.changes { 1.0 } else { 0.7 };
    let span = found.mask.trailing_zeros() as usize..128 - found.mask.leading_zeros() as usize;
    let in_match = |clause: u8| {
        line.tokens.iter().enumerate().any(|(place, token)| token.clause == clause && found.mask & (1 << place) != 0)
    };
    // Looking does no harm, and who names a release of NixOS hardly means another machine.
    let release = found.slots.iter().any(|(slot, _)| intent.slots[usize::from(*slot)].kind == Kind::Release);
    let doubt: f32 = if release || !intent.changes { 0.5 } else { 1.0 };
    let (mut words, mut elsewhere) = (0.0_f32, 0.0_f32);
    for (place, token) in line.tokens.iter().enumerate() {
        if (found.mask | mood.question | mood.request) & (1 << place) != 0 || token.negated.is_some() {
            continue;
        }
        let near = if in_match(token.clause) {
            1.0
        } else if explained < 1.3 && intent.changes {
            0.6
        } else {
            0.2
        };
        match token.weight {
            Cost::Filler => {}
            Cost::Known => words += 0.07 * near * if explained < 1.3 { 3.0 } else { strict.min(1.3) },
            Cost::Flag => words += 0.03 * near,
            // A word in the midst of a request is what the request is about: it makes all the difference.
            Cost::Unknown if intent.changes && span.contains(&place) && near > 0.5 => elsewhere += 0.3,
            Cost::Unknown => words += 0.14 * near * strict,
            Cost::Number => words += 0.18 * near * strict,
            Cost::Elsewhere => elsewhere += if near < 0.5 && explained >= 2.0 { 0.45 * doubt } else { 0.6 * doubt },
        }
    }
    // "Bring it up to date": what is "it", when names were said before?
    let names = |token: &super::line::Token| matches!(token.weight, Cost::Unknown | Cost::Elsewhere);
    let points = |(place, token): (usize, &super::line::Token)| {
        found.mask & (1 << place) == 0
            && (span.start..=span.end).contains(&place)
            && matches!(token.text.as_str(), "it" | "them" | "its")
    };
    if intent.changes
        && intent.group != "conversation"
        && line.tokens.iter().enumerate().any(points)
        && line.tokens.iter().any(names)
    {
        elsewhere += 0.3;
    }
    // "Only the blender": the rest of the line is not the whole system.
    let narrows = line.tokens.iter().enumerate().any(|(place, token)| {
        matches!(token.text.as_str(), "only" | "just")
            && line.tokens[place + 1..]
                .iter()
                .enumerate()
                .find(|(_, next)| next.weight != Cost::Filler)
                .is_some_and(|(next, token)| names(token) && found.mask & (1 << (place + 1 + next)) == 0)
    });
    if intent.changes && narrows {
        elsewhere += 0.3;
    }
    let most = match explained {
        few if few < 1.3 => 1.0,
        few if few < 2.3 => 0.6,
        _ => 0.42,
    };
    words.min(most) + elsewhere
}

/// A value of the data files as a value of a recognition.
pub(super) fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Truth(truth) => Value::from(*truth),
        Datum::Number(number) => Value::from(*number),
        Datum::Text(text) => Value::from(text.as_str()),
        Datum::List(list) => Value::Array(list.iter().map(value).collect()),
    }
}
