//! What the sentences and names of a person may be: the checks that built-in data has to pass as well.

use toml::de::DeValue;

use super::super::line::{self, Line};
use super::super::ranking;
use super::super::repair::distance;
use super::super::requests::VERBS;
use crate::catalogue;
use crate::catalogue::data::{Datum, Intent};
use crate::catalogue::lexicon::{Sense, Table};
use crate::operation::Operation;
use crate::recognition::Slots;

/// What something is called has no more words.
const MOST_WORDS: usize = 6;
/// Nor more letters.
const LONGEST: usize = 200;

/// The intent of this id, with its place, unless it cannot be said in other words.
pub(super) fn intent(id: &str) -> Result<(usize, &'static Intent<'static>), String> {
    if id == "confirm" {
        return Err("'confirm' has no other words: what is agreed to is agreed to in plain ones".to_owned());
    }
    let known = catalogue::intents().iter().enumerate().find(|(_, intent)| intent.id == id);
    known.ok_or_else(|| {
        let near = |intent: &&Intent<'_>| distance(intent.id.as_bytes(), id.as_bytes(), 3);
        let nearest = catalogue::intents().iter().filter(|intent| near(intent) <= 3).min_by_key(near);
        let hint = nearest.map(|intent| format!("; did you mean '{}'?", intent.id)).unwrap_or_default();
        format!("there is no intent '{id}'{hint}")
    })
}

pub(super) fn declared(intent: &Intent<'_>, name: &str) -> Result<usize, String> {
    intent.slots.iter().position(|slot| slot.name == name).ok_or_else(|| {
        let slots: Vec<&str> = intent.slots.iter().map(|slot| slot.name).collect();
        match slots.as_slice() {
            [] => format!("{} has no slots, so there is no '{name}'", intent.id),
            slots => format!("{} has no slot '{name}'; its slots are {}", intent.id, slots.join(", ")),
        }
    })
}

/// Whether the operation takes these values, by the same checks as all others.
pub(super) fn accepted(intent: &Intent<'_>, given: &[(String, Datum)]) -> Result<(), String> {
    let slots: Slots = given.iter().map(|(name, datum)| (name.clone(), ranking::value(datum))).collect();
    match Operation::from_slots(intent.id, &slots) {
        Ok(_) => Ok(()),
        Err(error) => {
            let why = error.to_string();
            // What is missing may be said; and some intents are understood and have no operation yet.
            let said = why.starts_with("missing field") || why.starts_with(&format!("unknown variant `{}`", intent.id));
            if said { Ok(()) } else { Err(format!("{} does not take these slots: {why}", intent.id)) }
        }
    }
}

/// Whether something may be called so: not by words that requests are made of.
pub(super) fn may_be_called(line: &Line, text: &str) -> Result<(), String> {
    const NEEDED: [&str; 10] =
        ["help", "question", "negation", "yes", "no", "greeting", "then", "follow", "only", "politeness"];
    if text.len() > LONGEST || line.tokens.len() > MOST_WORDS {
        return Err(format!("what something is called has at most {MOST_WORDS} words"));
    }
    if line.cut || line.tokens.is_empty() {
        return Err(format!("\"{text}\" has no words that something could be called by"));
    }
    let lexicon = catalogue::lexicon();
    let needed = |token: &line::Token| {
        token.known.is_some_and(|word| {
            lexicon.senses(word).any(|sense| match sense {
                Sense::Class(class) => {
                    let class = lexicon.name(Table::Classes, class);
                    VERBS.contains(&class) || NEEDED.contains(&class)
                }
                _ => false,
            })
        })
    };
    let fillers = line.tokens.iter().all(|token| token.filler);
    if fillers || line.tokens.len() == 1 && line.tokens.iter().all(needed) {
        return Err(format!("\"{text}\" is what requests are made of; call it something else"));
    }
    Ok(())
}

pub(super) fn datum(value: &DeValue<'_>) -> Result<Datum, String> {
    Ok(match value {
        DeValue::Boolean(truth) => Datum::Truth(*truth),
        DeValue::Integer(number) => Datum::Number(
            i64::from_str_radix(number.as_str(), number.radix()).map_err(|_| "this number is too big".to_owned())?,
        ),
        DeValue::String(text) => Datum::Text(text.to_string()),
        DeValue::Array(list) => Datum::List(list.iter().map(|value| datum(value.get_ref())).collect::<Result<_, _>>()?),
        other => return Err(format!("a slot holds no {}", other.type_str())),
    })
}
