//! What a number of a line counts or names: generations, steps back, how many are to stay.

use serde_json::Value;

use super::{numbers, read, times};
use crate::catalogue::data::{Intent, Kind, Slot};
use crate::recognition::Slots;
use crate::understand::line::{Line, Shape};

/// A number that says by its neighbours what it counts: "generation 12", "last 5 generations", "2 steps back".
pub(super) fn numbered(intent: &Intent<'_>, slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let tokens = &line.tokens;
    let text = |place: Option<usize>| place.and_then(|place| tokens.get(place)).map_or("", |token| token.text.as_str());
    let thing = |word: &str| {
        matches!(
            word,
            "generation"
                | "generations"
                | "version"
                | "versions"
                | "snapshot"
                | "snapshots"
                | "entry"
                | "entries"
                | "gens"
                | "gen"
        )
    };
    let keeps = keeps(line);
    for (place, token) in tokens.iter().enumerate() {
        // "Never delete generation 7" names one to be kept, "just not the ten newest" how many.
        if token.negated.is_some() && intent.id != "pin_generation" && slot.name != "keep" {
            continue;
        }
        let Some((length, value)) = read(slot.kind, line, place) else { continue };
        if length == 1 && matches!(token.text.as_str(), "one" | "a" | "this") {
            continue;
        }
        let before = text(place.checked_sub(1));
        let behind = text(Some(place + length));
        let named = thing(before)
            || matches!(before, "number" | "nr" | "#")
            || before == "system" && token.shape == Shape::Number && slot.name == "generation";
        // "Two system versions".
        let after = if behind == "system" { text(Some(place + length + 1)) } else { behind };
        let counted = thing(after) || matches!(behind, "steps" | "times" | "back");
        let fits = match slot.name {
            "generation" | "generations" | "from" | "to" => named && slot.name != "to",
            "steps" => (counted || before == "by") && !named,
            "keep" => {
                (keeps || token.negated.is_some())
                    && (ranks(before)
                        || ranks(behind)
                        || matches!(before, "keep" | "--keep" | "just" | "only" | "merely" | "to"))
                    && !named
            }
            "limit" => (counted || matches!(before, "last" | "latest" | "newest" | "first")) && !named,
            _ => true,
        };
        if fits {
            return Some(value);
        }
    }
    None
}

/// Whether something is to stay: "only the three newest, the rest can go", "trim them to five".
fn keeps(line: &Line) -> bool {
    const STAYS: &str = "keep keeps kept keeping --keep --oldkernels retain retaining leave leaving preserve spare save rest \
                         others other except but apart remain remaining stay enough plenty";
    const SHRINKS: &str = "trim reduce limit shrink cut prune down";
    let says = |words: &str| line.tokens.iter().any(|token| words.split(' ').any(|word| word == token.text));
    says(STAYS) || says(SHRINKS) && says("to")
}

/// Whether a word beside a number says which ones by their age.
fn ranks(word: &str) -> bool {
    matches!(word, "last" | "newest" | "latest" | "recent" | "most" | "first" | "oldest")
}

/// Whether a line says how many, and not which: "delete the last three".
pub(in crate::understand) fn only_counts(line: &Line) -> bool {
    let text = |place: usize| line.tokens.get(place).map_or("", |token| token.text.as_str());
    let counted = |place: usize| {
        let Some((length, numbers)) = numbers::numbers(&line.tokens[place..]) else { return false };
        let behind = text(place + length);
        let several = matches!(behind, "generations" | "versions" | "gens" | "snapshots" | "entries");
        let asked = line.tokens[place].negated.is_none();
        asked && numbers.len() == 1 && (ranks(behind) || several || place > 0 && ranks(text(place - 1)))
    };
    !keeps(line) && (0..line.tokens.len()).any(counted)
}

/// A list of numbers, which can name nothing else: "17, 18 and 20 can go".
pub(super) fn listed(slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let list = (0..line.tokens.len()).find_map(|place| {
        let token = &line.tokens[place];
        let (length, numbers) = numbers::numbers(&line.tokens[place..])?;
        let counts = times::age(line.tokens.get(place + length - 1..)?).is_some();
        (numbers.len() > 1 && token.shape == Shape::Number && token.negated.is_none() && !counts).then_some(numbers)
    });
    list.filter(|_| slot.name == "generations").map(Value::from)
}

/// Puts the older of two generations first, unless somebody said which is held against which: "compare 300 with 298".
pub(super) fn in_order(line: &Line, slots: &mut Slots) {
    let number = |name: &str| slots.get(name).and_then(Value::as_u64);
    let (Some(from), Some(to)) = (number("from"), number("to")) else { return };
    let between = line.tokens.iter().skip_while(|token| token.text != from.to_string());
    let said = between
        .take_while(|token| token.text != to.to_string())
        .any(|token| matches!(token.text.as_str(), "with" | "to"));
    if from > to && !said {
        slots.insert("from".to_owned(), to.into());
        slots.insert("to".to_owned(), from.into());
    }
}

/// The first or the second number of a line that has two: "between number 118 and number 121".
pub(super) fn one_of_two(slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let place = ["from", "to"].iter().position(|name| *name == slot.name)?;
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < line.tokens.len() {
        let read = read(Kind::Number, line, at).filter(|(length, _)| *length > 1 || line.tokens[at].text != "one");
        at += read.as_ref().map_or(1, |(length, _)| *length);
        numbers.extend(read.map(|(_, number)| number));
    }
    if numbers.len() == 2 { numbers.into_iter().nth(place) } else { None }
}

/// The number of a line that has one, for an intent that takes no other: "make 188 a gc root".
pub(super) fn the_only_number(intent: &Intent<'_>, slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let counts = |slot: &&Slot<'_>| matches!(slot.kind, Kind::Number | Kind::Numbers | Kind::Age);
    if intent.slots.iter().filter(counts).count() > 1 || slot.name != "generation" {
        return None;
    }
    let mut numbers = line.tokens.iter().filter(|token| token.shape == Shape::Number && token.negated.is_none());
    let (number, another) = (numbers.next()?, numbers.next());
    if another.is_some() { None } else { number.text.parse::<u64>().ok().map(Value::from) }
}
