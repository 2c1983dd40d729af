//! One of what was shown or offered: "the second one", "number 3", "the other".

use serde_json::Value;

use super::follow::has_verb;
use super::previous;
use crate::catalogue::data::{Intent, Kind, Slot};
use crate::recognition::{By, Recognition, Slots};
use crate::understand::Context;
use crate::understand::line::{Line, Shape};

/// "The second one", "the last", "number 3": which of the things that were listed.
pub(super) fn listed<'a>(line: &Line, listed: &'a [String]) -> Option<&'a str> {
    const ORDER: [(&str, usize); 12] = [
        ("first", 0),
        ("1st", 0),
        ("second", 1),
        ("2nd", 1),
        ("third", 2),
        ("3rd", 2),
        ("fourth", 3),
        ("fifth", 4),
        ("sixth", 5),
        ("seventh", 6),
        ("eighth", 7),
        ("top", 0),
    ];
    let content = line.tokens.iter().filter(|token| !token.filler).count();
    let text = |place: Option<usize>| place.and_then(|place| line.tokens.get(place)).map(|token| token.text.as_str());
    line.tokens.iter().enumerate().find_map(|(place, token)| {
        let before = text(place.checked_sub(1));
        // "Try it first" points to nothing.
        let points = matches!(before, Some("the" | "number" | "no" | "nr" | "that" | "this" | "option" | "choice"))
            || matches!(text(Some(place + 1)), Some("one" | "result" | "entry" | "package" | "option"))
            || content <= 1;
        let last = place + 1 == line.tokens.len();
        let place = match ORDER.iter().find(|(word, _)| *word == token.text) {
            Some((_, place)) if points => *place,
            None if token.text == "last" && points => listed.len().checked_sub(1)?,
            None if token.shape == Shape::Number && (points || last) => {
                token.text.parse::<usize>().ok()?.checked_sub(1)?
            }
            _ => return None,
        };
        listed.get(place).map(String::as_str)
    })
}

/// "The other": of two that were shown, the one that was not asked for last.
pub(super) fn other<'a>(line: &Line, context: &'a Context) -> Option<&'a str> {
    let [first, second] = context.listed.as_slice() else { return None };
    line.tokens.iter().any(|token| token.text == "other").then_some(())?;
    let asked = |name: &str| {
        let said =
            |value: &Value| value == name || value.as_array().is_some_and(|list| list.contains(&Value::from(name)));
        previous(context).is_some_and(|previous| previous.slots.values().any(said))
    };
    match (asked(first), asked(second)) {
        (true, false) => Some(second),
        (false, true) => Some(first),
        _ => None,
    }
}

/// The reading that was chosen among those that were offered: "2", "the first one"; "yes" when there was only one.
pub(super) fn choice(line: &Line, context: &Context, recognition: &Recognition) -> Option<Recognition> {
    if context.offered.is_empty() || line.tokens.iter().filter(|token| !token.filler).count() > 2 || has_verb(line) {
        return None;
    }
    let places: Vec<String> = (0..context.offered.len()).map(|place| place.to_string()).collect();
    let only = || (recognition.intent == "confirm" && places.len() == 1).then_some("0");
    let place: usize = listed(line, &places).or_else(only)?.parse().ok()?;
    let offered = context.offered.get(place)?.clone();
    // What a model read stays the model's.
    let by = if offered.by == By::Model { By::Model } else { By::Context };
    Some(Recognition { confidence: 1.0, by, ..offered })
}

/// The slots of an intent about the one of the things shown that a line points to.
pub(super) fn chosen(intent: &Intent<'_>, line: &Line, context: &Context) -> Option<Slots> {
    let other = || other(line, context);
    let one = listed(line, &context.listed).or_else(other)?;
    let numbers = context.listed.iter().all(|name| name.parse::<u64>().is_ok());
    let searched = context.previous.iter().rev().find(|previous| previous.intent.starts_with("search_"));
    let options = searched.is_some_and(|previous| previous.intent == "search_option");
    let wanted = |slot: &&Slot<'_>| match slot.kind {
        Kind::Package | Kind::Packages => !numbers && !options,
        Kind::Setting => options,
        // "Keep the last two" counts; only "the second one" points to a generation.
        Kind::Number | Kind::Numbers => numbers && slot.name.starts_with("generation") && !counts(line),
        _ => false,
    };
    let slot = intent.slots.iter().find(wanted)?;
    let one = if numbers { Value::from(one.parse::<u64>().ok()?) } else { Value::from(one) };
    let many = matches!(slot.kind, Kind::Packages | Kind::Numbers);
    Some(Slots::from([(slot.name.to_owned(), if many { Value::Array(vec![one]) } else { one })]))
}

/// Whether a line has a number in digits, or an end that may be either: "go back to 2", "the last one".
pub(super) fn counts(line: &Line) -> bool {
    line.tokens.iter().any(|token| token.shape == Shape::Number || matches!(token.text.as_str(), "last" | "top"))
}
