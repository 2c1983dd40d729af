//! What a line means after the lines before it: "and htop too", "only five", "is that safe?", "its licence?", "the second
//! one". What was said before is data; nothing here knows a terminal.

mod follow;
mod listed;

use serde_json::Value;

pub(super) use follow::has_verb;
use follow::{adds, judges, only_verb, points};
use listed::{choice, chosen, listed};

use super::line::{Line, Shape};
use super::{Context, ranking, slots};
use crate::catalogue::data::{Intent, Kind, Packed, Slot};
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition, Request, Slots};

/// From here on a line's own reading stands, whatever was said before.
const STANDS: f32 = 0.7;
/// From here on that of a line without a verb does, when it changes something.
const SURE: f32 = 0.9;

/// The last thing that was asked for.
fn previous(context: &Context) -> Option<&Recognition> {
    context.previous.iter().rev().find(|previous| {
        previous.intent != OUT_OF_SCOPE
            && !matches!(previous.intent.as_str(), "confirm" | "cancel" | "small_talk" | "help")
    })
}

/// Slots that a line leaves open and the one before it named: "and its licence?", "why is it there?".
pub(super) fn borrow(intent: &Intent<'_>, line: &Line, context: &Context, slots: &mut Slots) {
    let points = line.tokens.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "it" | "its"
                | "that"
                | "this"
                | "them"
                | "they"
                | "those"
                | "there"
                | "one"
                | "him"
                | "her"
                | "his"
                | "hers"
        )
    });
    if line.tokens.len() > 9 || !(points || line.tokens.len() <= 4) {
        return;
    }
    if let Some(chosen) = chosen(intent, line, context) {
        slots.extend(chosen);
        return;
    }
    // "Its logs", "add him": what need not be said is meant as well where something points to it.
    let things = |kind| matches!(kind, Kind::Package | Kind::Packages | Kind::Service | Kind::User | Kind::Filter);
    let open: Vec<_> = intent
        .slots
        .iter()
        .filter(|slot| (slot.required || points && things(slot.kind)) && !slots.contains_key(slot.name))
        .collect();
    for slot in open {
        let mut lenders = context.previous.iter().rev();
        let found = match lenders.next() {
            // What was searched for last is what was found, and only one is "it".
            Some(last) if last.intent == "search_package" && things(slot.kind) => match context.listed.as_slice() {
                [only] => lend(slot.kind, &Slots::from([("package".to_owned(), Value::from(only.as_str()))])),
                _ => None,
            },
            last => last.into_iter().chain(lenders).find_map(|previous| lend(slot.kind, &previous.slots)),
        };
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
        Kind::Filter => any(&["package", "packages", "filter"]).and_then(single),
        Kind::Service => any(&["service", "package", "packages"]).and_then(single),
        Kind::Setting | Kind::Selector => any(&["option", "selector"]).and_then(single),
        Kind::User => any(&["user"]).and_then(single),
        Kind::Ports => any(&["ports"]).map(many),
        Kind::Host => any(&["host", "hosts"]).and_then(single),
        Kind::Hosts => any(&["hosts", "host"]).map(many),
        _ => None,
    }
}

/// Completes or replaces a weak reading by what was said before.
pub(super) fn apply(packed: &'static Packed<'static>, line: &Line, context: &Context, recognition: &mut Recognition) {
    if let Some(offered) = choice(line, context, recognition) {
        *recognition = offered;
        return;
    }
    // What was dropped is not gone on with: "never mind", then "alice".
    let dropped = context.previous.last().is_some_and(|last| last.intent == "cancel");
    if dropped && ranking::an_unknown_name(line) {
        return;
    }
    let Some(previous) = previous(context) else { return };
    let Some(intent) = packed.intents.iter().find(|intent| intent.id == previous.intent) else { return };
    // "Install a web browser" showed some; "the second one" is then to be installed.
    let looked = matches!(previous.intent.as_str(), "search_package" | "search_option" | "package_info");
    let verb = has_verb(line);
    let bare = !verb && line.tokens.iter().filter(|token| !token.filler).count() <= 2;
    if !looked
        && (bare || !verb && matches!(recognition.intent.as_str(), "package_info" | OUT_OF_SCOPE))
        && let Some(slots) = chosen(intent, line, context)
    {
        *recognition = again(previous, slots);
        return;
    }
    if intent.changes && judges(line) {
        *recognition = again(previous, previous.slots.clone());
        recognition.mode = Mode::Explain;
        return;
    }
    let adds = adds(line);
    let own = packed.intents.iter().find(|own| own.id == recognition.intent);
    // Without a verb of its own, what goes on is about what was asked before, whatever its words alone could be: "and also
    // gimp" removes nothing. What only looks, and is sure, stands.
    let thin = recognition.confidence < if own.is_none_or(|own| own.changes) { SURE } else { STANDS }
        || intent.id == "explain_concept";
    let closes = matches!(recognition.intent.as_str(), "confirm" | "cancel" | "undo_last");
    if adds
        && !verb
        && thin
        && !closes
        && line.tokens.len() <= 9
        && let Some(slots) = chosen(intent, line, context).or_else(|| another(intent, line, previous))
    {
        *recognition = again(previous, slots);
        return;
    }
    // "What does the second one do", of a list of options: what is asked is asked of one of those.
    let lacks =
        own.is_some_and(|own| own.slots.iter().any(|slot| slot.required && !recognition.slots.contains_key(slot.name)));
    if lacks
        && (points(line) || listed(line, &context.listed).is_some())
        && let Some(reading) = pointing(packed, line, context)
    {
        *recognition = reading;
        return;
    }
    // "Enable it", "stop it": what it is was said before, so it is no answer to a plan, unless one may wait.
    if only_verb(line)
        && points(line)
        && matches!(recognition.intent.as_str(), "confirm" | "cancel" | OUT_OF_SCOPE)
        && (recognition.confidence < STANDS || !intent.changes || previous.slots.contains_key("service"))
        && let Some(reading) = pointing(packed, line, context).or_else(|| of_its_kind(packed, line, context))
    {
        *recognition = reading;
        return;
    }
    // "Actually, 41", after "go back to generation 42": another value of what is asked for again.
    if recognition.intent == previous.intent
        && recognition.slots.is_empty()
        && line.tokens.len() <= 9
        && let Some(slots) = another(intent, line, previous)
    {
        *recognition = again(previous, slots);
        return;
    }
    // Nobody says yes or no in many words that name something.
    let answers = matches!(recognition.intent.as_str(), "confirm" | "cancel") && !adds;
    let topic = intent.group == "conversation";
    if topic || answers || recognition.intent != OUT_OF_SCOPE && recognition.confidence >= STANDS && !adds {
        return;
    }
    // "is that safe", "would that need a reboot": a question about what was just asked for.
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let points = points(line);
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

/// A request of the kind that was made before, of which the line says a part and what was said before the rest: "stop it"
/// after a look at a service.
fn of_its_kind(packed: &'static Packed<'static>, line: &Line, context: &Context) -> Option<Recognition> {
    let group =
        packed.intents.iter().find(|intent| Some(intent.id) == previous(context).map(|p| p.intent.as_str()))?.group;
    packed.intents.iter().filter(|intent| intent.group == group && intent.changes).find_map(|intent| {
        let mut slots = Slots::new();
        slots::fill(intent, line, false, &mut slots);
        let said = !slots.is_empty();
        borrow(intent, line, context, &mut slots);
        let whole = intent.slots.iter().all(|slot| !slot.required || slots.contains_key(slot.name));
        (said && whole).then(|| Recognition {
            intent: intent.id.to_owned(),
            slots,
            confidence: 0.8,
            by: By::Context,
            ..Recognition::default()
        })
    })
}

/// The best reading of a line that points to something, in which that was found.
fn pointing(packed: &'static Packed<'static>, line: &Line, context: &Context) -> Option<Recognition> {
    let answer = |id: &str| matches!(id, "confirm" | "cancel" | "small_talk" | OUT_OF_SCOPE);
    let found = ranking::readings(packed, line, context)
        .into_iter()
        .find(|reading| !answer(reading.intent.id) && !reading.lacks && !reading.slots.is_empty())?;
    Some(Recognition {
        intent: found.intent.id.to_owned(),
        slots: found.slots,
        mode: found.mode,
        confidence: 0.8,
        by: By::Context,
        ..Recognition::default()
    })
}

/// The slots of the request before with other values, when this line brings any. The longest reading says most ("two
/// weeks" is an age, not the number two), and a slot that was given before is the likely one.
fn another(intent: &Intent<'_>, line: &Line, previous: &Recognition) -> Option<Slots> {
    // As many numbers as were asked for before are these, in their order: "and between 1 and 2".
    let numbered = |slot: &&Slot<'_>| slot.kind == Kind::Number && previous.slots.contains_key(slot.name);
    let asked: Vec<_> = intent.slots.iter().filter(numbered).collect();
    let numbers: Vec<Value> =
        (0..line.tokens.len()).filter_map(|place| Some(slots::read(Kind::Number, line, place)?.1)).collect();
    if asked.len() > 1 && numbers.len() == asked.len() {
        let said = asked.iter().map(|slot| slot.name.to_owned()).zip(numbers);
        return Some(previous.slots.clone().into_iter().chain(said).collect());
    }
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
    // What narrowed a list was the name of something.
    if let Some(filter) = intent.slots.iter().find(|slot| slot.kind == Kind::Filter && !found.contains_key(slot.name)) {
        let named = |place| slots::read(Kind::Package, line, place).filter(|_| line.tokens[place].known.is_some());
        found.extend((0..line.tokens.len()).find_map(named).map(|(_, value)| (filter.name.to_owned(), value)));
    }
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
                | Kind::Part
                | Kind::Filter
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
