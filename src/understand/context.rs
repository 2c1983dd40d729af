//! What a line means after the lines before it: "and htop too", "only five", "is that safe?", "its licence?", "the second
//! one". What was said before is data; nothing here knows a terminal.

use serde_json::Value;

use super::line::{Line, Shape};
use super::{Context, slots};
use crate::catalogue::data::{Intent, Kind, Packed};
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition, Request, Slots};

/// From here on a line's own reading stands, whatever was said before.
const STANDS: f32 = 0.7;

/// The last thing that was asked for.
fn previous(context: &Context) -> Option<&Recognition> {
    context.previous.iter().rev().find(|previous| {
        previous.intent != OUT_OF_SCOPE
            && !matches!(previous.intent.as_str(), "confirm" | "cancel" | "small_talk" | "help")
    })
}

/// Slots that a line leaves open and the one before it named: "and its licence?", "why is it there?".
pub(super) fn borrow(intent: &Intent<'_>, line: &Line, context: &Context, slots: &mut Slots) {
    let points = |token: &super::line::Token| {
        matches!(token.text.as_str(), "it" | "its" | "that" | "this" | "them" | "they" | "those" | "there" | "one")
    };
    if line.tokens.len() > 9 || !(line.tokens.iter().any(points) || line.tokens.len() <= 4) {
        return;
    }
    if let Some(chosen) = chosen(intent, line, context) {
        slots.extend(chosen);
        return;
    }
    for slot in intent.slots.iter().filter(|slot| slot.required && !slots.contains_key(slot.name)).collect::<Vec<_>>() {
        let found = context.previous.iter().rev().find_map(|previous| lend(slot.kind, &previous.slots));
        if let Some(value) = found {
            slots.insert(slot.name.to_owned(), value);
        }
    }
}

/// A value of such a kind among slots that were filled before.
fn lend(kind: Kind, slots: &Slots) -> Option<Value> {
    let single = |value: &Value| match value {
        Value::Array(list) => list.first().cloned(),
        other => Some(other.clone()),
    };
    let many = |value: &Value| if value.is_array() { value.clone() } else { Value::Array(vec![value.clone()]) };
    let any = |names: &[&str]| names.iter().find_map(|name| slots.get(*name));
    match kind {
        Kind::Package => any(&["package", "packages", "service", "command", "filter"]).and_then(single),
        Kind::Packages => any(&["packages", "package", "filter"]).map(many),
        Kind::Service => any(&["service", "package", "packages"]).and_then(single),
        Kind::Setting | Kind::Selector => any(&["option", "selector"]).and_then(single),
        Kind::User => any(&["user"]).and_then(single),
        Kind::Ports => any(&["ports"]).map(many),
        Kind::Host => any(&["host", "hosts"]).and_then(single),
        Kind::Hosts => any(&["hosts", "host"]).map(many),
        _ => None,
    }
}

/// "The second one", "the last", "number 3": which of the things that were listed.
fn listed<'a>(line: &Line, listed: &'a [String]) -> Option<&'a str> {
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
    line.tokens.iter().find_map(|token| {
        let place = match ORDER.iter().find(|(word, _)| *word == token.text) {
            Some((_, place)) => *place,
            None if token.text == "last" => listed.len().checked_sub(1)?,
            None if token.shape == Shape::Number => token.text.parse::<usize>().ok()?.checked_sub(1)?,
            None => return None,
        };
        listed.get(place).map(String::as_str)
    })
}

/// The slots of an intent about the one of the things shown that a line points to.
fn chosen(intent: &Intent<'_>, line: &Line, context: &Context) -> Option<Slots> {
    let wanted = |kind| matches!(kind, Kind::Package | Kind::Packages | Kind::Setting);
    let slot = intent.slots.iter().find(|slot| wanted(slot.kind))?;
    let one = Value::from(listed(line, &context.listed)?);
    let value = if slot.kind == Kind::Packages { Value::Array(vec![one]) } else { one };
    Some(Slots::from([(slot.name.to_owned(), value)]))
}

/// Completes or replaces a weak reading by what was said before.
pub(super) fn apply(packed: &Packed<'_>, line: &Line, context: &Context, recognition: &mut Recognition) {
    let Some(previous) = previous(context) else { return };
    let Some(intent) = packed.intents.iter().find(|intent| intent.id == previous.intent) else { return };
    // "Install a web browser" showed some; "the second one" is then to be installed.
    let looked = matches!(previous.intent.as_str(), "search_package" | "search_option" | "package_info");
    if !looked
        && matches!(recognition.intent.as_str(), "package_info" | OUT_OF_SCOPE)
        && let Some(slots) = chosen(intent, line, context)
    {
        *recognition = again(previous, slots);
        return;
    }
    let adds = adds(line);
    // Nobody says yes or no in many words that name something.
    let answers = matches!(recognition.intent.as_str(), "confirm" | "cancel") && !adds;
    let topic = intent.group == "conversation";
    if topic || answers || recognition.intent != OUT_OF_SCOPE && recognition.confidence >= STANDS && !adds {
        return;
    }
    // "is that safe", "would that need a reboot": a question about what was just asked for.
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let points = line.tokens.iter().any(|token| matches!(token.text.as_str(), "that" | "it" | "this"));
    let unknown = line.tokens.iter().filter(|token| token.known.is_none()).count();
    let asks = matches!(first, "is" | "would" | "will" | "does" | "can" | "should" | "how" | "what");
    if points && unknown <= 1 && asks && recognition.intent == OUT_OF_SCOPE {
        *recognition = again(previous, previous.slots.clone());
        recognition.mode = Mode::Explain;
        recognition.confidence = 0.75;
        return;
    }
    // A verb of its own makes it a request of its own.
    if recognition.intent != OUT_OF_SCOPE
        && recognition.intent != previous.intent
        && recognition.confidence >= 0.6
        && !matches!(recognition.intent.as_str(), "confirm" | "cancel" | "package_info" | "small_talk")
    {
        return;
    }
    if line.tokens.len() > 9 {
        return;
    }
    if let Some(slots) = chosen(intent, line, context) {
        *recognition = again(previous, slots);
        return;
    }
    if let Some(slots) = another(intent, line, previous) {
        *recognition = again(previous, slots);
    }
}

/// Whether a line goes on with what was said: "and the other", "htop too", "no, all of them".
fn adds(line: &Line) -> bool {
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let says = |words: &[&str]| line.tokens.iter().any(|token| words.contains(&token.text.as_str()));
    line.tokens.len() > 1
        && (matches!(first, "and" | "or" | "also" | "plus" | "make" | "only" | "but" | "same")
            || says(&["too", "also", "same", "instead", "likewise", "ditto", "rather"])
            || matches!(first, "no" | "wait" | "sorry" | "actually")
                && line.tokens.len() > 2
                && says(&["all", "both", "not", "instead", "mean", "meant"]))
}

/// The slots of the request before with other values, when this line brings any. The longest reading says most ("two
/// weeks" is an age, not the number two), and a slot that was given before is the likely one.
fn another(intent: &Intent<'_>, line: &Line, previous: &Recognition) -> Option<Slots> {
    let mut best: Option<((usize, bool), &str, Value)> = None;
    for slot in intent.slots.iter().filter(|slot| slots::tells(slot.kind)) {
        for (place, token) in line.tokens.iter().enumerate() {
            if token.negated.is_some() || token.text == "one" {
                continue;
            }
            let Some((length, value)) = slots::read(slot.kind, line, place) else { continue };
            let rank = (length, previous.slots.contains_key(slot.name));
            let beside = |(other, token): &(usize, &super::line::Token)| {
                !(place..place + length).contains(other) && (token.known.is_none() || token.shape == Shape::Number)
            };
            if line.tokens.iter().enumerate().filter(beside).count() <= 1
                && best.as_ref().is_none_or(|(found, ..)| rank > *found)
            {
                best = Some((rank, slot.name, value));
            }
        }
    }
    if let Some((_, name, value)) = best {
        let mut slots = previous.slots.clone();
        slots.insert(name.to_owned(), value);
        return Some(slots);
    }
    let mut found = Slots::new();
    slots::fill(intent, line, true, &mut found);
    let names = intent.slots.iter().any(|slot| {
        let named = matches!(
            slot.kind,
            Kind::Package
                | Kind::Packages
                | Kind::Service
                | Kind::Ports
                | Kind::User
                | Kind::Hosts
                | Kind::Host
                | Kind::Setting
                | Kind::Program
                | Kind::Stack
                | Kind::Concepts
                | Kind::Choice
                | Kind::Groups
        );
        named && found.get(slot.name).is_some_and(|value| previous.slots.get(slot.name) != Some(value))
    });
    names.then(|| {
        let mut slots = previous.slots.clone();
        slots.extend(found);
        slots
    })
}

fn again(previous: &Recognition, slots: Slots) -> Recognition {
    Recognition {
        by: By::Context,
        confidence: 0.8,
        slots,
        alternatives: Vec::new(),
        corrections: Vec::new(),
        then: Vec::<Request>::new(),
        ..previous.clone()
    }
}
