//! Where the values of slots stand in labelled utterances, which of a few values a slot has, and where one request of a line
//! ends and the next begins, so that all three can be learned. Runs in `build.rs`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::data::Kind;
use super::learning::Pointed;
use super::lexicon::{Lexicon, Sense, Table};
use super::utterances::Utterance;
use crate::understand::features::{choosing, intent_hash};
use crate::understand::joints::{Joint, joints, likeliest, likely, seen};
use crate::understand::line::{Line, Token};
use crate::understand::pointing::{Surroundings, choice, role};
use crate::understand::ranker::Ranker;
use crate::understand::senses::Span;

/// The kinds of the slots of each intent, by their names.
pub type Slots = BTreeMap<String, BTreeMap<String, Kind>>;

/// Every word of the utterances whose slots were found in them, and whether it is a part of the value.
pub fn pointed(said: &[Utterance], slots: &Slots, lexicon: &Lexicon<'_>) -> Vec<Pointed> {
    let mut all = Vec::new();
    for utterance in said.iter().filter(|utterance| utterance.then.is_empty()) {
        let Some(intent) = utterance.intent.first() else { continue };
        let Some(slots) = slots.get(intent) else { continue };
        let line = Line::read(lexicon, &utterance.text);
        let spans = line.spans(lexicon);
        let surroundings = Surroundings::new(lexicon, &line, spans);
        for (name, kind) in slots {
            let Some(role) = role(*kind) else { continue };
            let value = utterance.slots.get(name);
            // What is not there, when something else is, is pointed at nowhere. Without any slot nobody wrote them down.
            let Some(places) = value.map_or_else(
                || (!utterance.slots.is_empty()).then(Vec::new),
                |value| places(lexicon, &line, spans, *kind, value),
            ) else {
                continue;
            };
            for place in 0..line.tokens.len() {
                let mut features = surroundings.of_word(&line, place);
                features.extend(surroundings.of_intent(&line, place, intent_hash(intent)));
                all.push(Pointed { features, role, here: places.contains(&place) });
            }
        }
    }
    all
}

/// The words of a value. None when it does not stand in the line as such, or only a part of a list does.
fn places(lexicon: &Lexicon<'_>, line: &Line, spans: &[Span], kind: Kind, value: &Value) -> Option<Vec<usize>> {
    match value {
        Value::String(text) => one(lexicon, line, spans, kind, text),
        Value::Array(list) => {
            let found = list.iter().map(|value| one(lexicon, line, spans, kind, value.as_str()?));
            Some(found.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}

fn one(lexicon: &Lexicon<'_>, line: &Line, spans: &[Span], kind: Kind, text: &str) -> Option<Vec<usize>> {
    let named = |span: &&Span| {
        let name = match span.sense {
            Sense::Package(place) => lexicon.name(Table::Packages, place),
            Sense::Service(place) => lexicon.name(Table::Services, place),
            Sense::Stack(place) => lexicon.name(Table::Stacks, place),
            _ => return false,
        };
        name == text && matches!(kind, Kind::Package | Kind::Packages | Kind::Service | Kind::Stack | Kind::Language)
    };
    if let Some(span) = spans.iter().filter(named).max_by_key(|span| span.length) {
        return Some((span.start..span.end()).collect());
    }
    let lower = text.to_lowercase();
    let says = |token: &Token| {
        token.text == lower || token.raw.to_lowercase() == lower || token.typed.as_deref() == Some(lower.as_str())
    };
    let around = |token: &Token| {
        let raw = token.raw.to_lowercase();
        raw.len() > lower.len()
            && ['#', '=', '@', '/', ':', '.']
                .iter()
                .any(|mark| raw.ends_with(&format!("{mark}{lower}")) || raw.starts_with(&format!("{lower}{mark}")))
    };
    if let Some(place) = line.tokens.iter().position(says).or_else(|| line.tokens.iter().position(around)) {
        return Some(vec![place]);
    }
    // Several words in a row.
    let words: Vec<String> =
        lower.split([' ', '-', ',', ';']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let fits = |tokens: &[Token]| {
        tokens.iter().zip(&words).all(|(token, word)| token.text == *word || token.raw.to_lowercase() == *word)
    };
    let start = (words.len() > 1).then(|| line.tokens.windows(words.len()).position(fits)).flatten()?;
    Some((start..start + words.len()).collect())
}

/// A value that fewer utterances have teaches nothing, and there is room for so many.
const LEAST: usize = 4;
const MOST: usize = 240;

/// The values of slots that hold one of a few: their names ([`choice`]), and every utterance that could have one of them.
pub fn chosen(said: &[Utterance], slots: &Slots, lexicon: &Lexicon<'_>) -> (Vec<String>, Vec<Pointed>) {
    let single: Vec<&Utterance> = said.iter().filter(|utterance| utterance.then.is_empty()).collect();
    let names = |utterance: &Utterance| -> Vec<(String, Option<String>)> {
        let Some(intent) = utterance.intent.first() else { return Vec::new() };
        let kinds = slots.get(intent).into_iter().flatten();
        kinds
            .filter_map(|(name, kind)| {
                let group = choice(intent, name, *kind)?;
                // Most say nothing of what can be chosen. An option or value that is missing was not written down.
                if utterance.slots.is_empty() && matches!(group.as_str(), "option" | "switch") {
                    return None;
                }
                let value = match utterance.slots.get(name) {
                    Some(Value::String(text)) if group != "switch" => Some(format!("{group}={text}")),
                    Some(Value::Bool(truth)) => Some(format!("{group}={truth}")),
                    _ => None,
                };
                Some((group, value))
            })
            .collect()
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in single.iter().flat_map(|utterance| names(utterance)).filter_map(|(_, value)| value) {
        *counts.entry(value).or_default() += 1;
    }
    let mut classes: Vec<(usize, String)> =
        counts.into_iter().filter(|(_, count)| *count >= LEAST).map(|(name, count)| (count, name)).collect();
    classes.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    classes.truncate(MOST);
    let classes: Vec<String> = classes.into_iter().map(|(_, name)| name).collect();
    let mut all = Vec::new();
    for utterance in single {
        let values = names(utterance);
        if values.is_empty() {
            continue;
        }
        let line = Line::read(lexicon, &utterance.text);
        let features = choosing(lexicon, &line);
        for (group, value) in values {
            let of_group = |class: &&String| class.split_once('=').is_some_and(|(other, _)| other == group);
            for (role, class) in classes.iter().enumerate().filter(|(_, class)| of_group(class)) {
                all.push(Pointed { features: features.clone(), role, here: value.as_ref() == Some(class) });
            }
        }
    }
    (classes, all)
}

/// A line of several requests whose parts fit their intents worse than this (a sum of logarithms) teaches nothing.
const FITS: f32 = -5.0;

/// A joint of a line, and how likely each intent is for what stands before and behind it.
type Split = (Joint, Vec<f32>, Vec<f32>);

/// The joints of an utterance, the one at which its first request ends if it has several and they fit, and how likely each
/// intent is for the whole.
struct Taken {
    line: Line,
    whole: Vec<f32>,
    split: Vec<Split>,
    wanted: Vec<usize>,
    real: Option<usize>,
}

fn taken(utterance: &Utterance, ids: &[&str], lexicon: &Lexicon<'_>, ranker: &Ranker<'_>) -> Option<Taken> {
    let line = Line::read(lexicon, &utterance.text);
    let places = joints(&line);
    if places.is_empty() {
        return None;
    }
    let follows = follows(utterance, ids, lexicon, ranker);
    let all = utterance.intent.iter().take(1).chain(&utterance.then);
    let wanted: Vec<usize> = all.map(|id| ids.binary_search(&id.as_str()).ok()).collect::<Option<_>>()?;
    let likely = |part: &Line, follows| likely(lexicon, ranker, part, follows, ids.len());
    let whole = likely(&line, follows);
    let split: Vec<Split> = places
        .into_iter()
        .map(|joint| {
            let left = likely(&line.part(0..joint.end_of_left), follows);
            let right = line.part(joint.start_of_right..line.tokens.len());
            let right = likely(&right, Some(intent_hash(ids[likeliest(&left).0])));
            (joint, left, right)
        })
        .collect();
    // The first request ends where the parts fit best.
    let fit = |(_, left, right): &Split| left[wanted[0]].ln() + right[wanted[1]].ln();
    let best = || split.iter().enumerate().max_by(|a, b| fit(a.1).total_cmp(&fit(b.1)));
    let real =
        if wanted.len() > 1 { best().filter(|(_, best)| fit(best) > FITS).map(|(place, _)| place) } else { None };
    Some(Taken { line, whole, split, wanted, real })
}

/// The intent of what was said before an utterance, as a feature.
pub fn follows(utterance: &Utterance, ids: &[&str], lexicon: &Lexicon<'_>, ranker: &Ranker<'_>) -> Option<u32> {
    let line = Line::read(lexicon, utterance.context.last()?);
    Some(intent_hash(ids[likeliest(&likely(lexicon, ranker, &line, None, ids.len())).0]))
}

/// Every place of the utterances where a request may end, and whether one does.
pub fn joined(said: &[Utterance], ids: &[&str], lexicon: &Lexicon<'_>, ranker: &Ranker<'_>) -> Vec<Pointed> {
    let mut all = Vec::new();
    for utterance in said {
        let Some(taken) = taken(utterance, ids, lexicon, ranker) else { continue };
        if taken.wanted.len() > 1 && taken.real.is_none() {
            continue;
        }
        for (place, (joint, left, right)) in taken.split.iter().enumerate() {
            // Of three requests, the second joint is as real as the first.
            if taken.wanted.len() > 2 && taken.real.is_some_and(|real| place > real) {
                continue;
            }
            let features = seen(lexicon, &taken.line, joint, (&taken.whole, left, right));
            all.push(Pointed { features, role: 0, here: taken.real == Some(place) });
        }
    }
    all
}

/// The parts of utterances of two requests, each with its intent, and the second with the first as what was said before.
pub fn parts(
    said: &[Utterance],
    ids: &[&str],
    lexicon: &Lexicon<'_>,
    ranker: &Ranker<'_>,
) -> Vec<(Line, usize, Option<u32>)> {
    let mut parts = Vec::new();
    for utterance in said.iter().filter(|utterance| utterance.then.len() == 1) {
        let Some(taken) = taken(utterance, ids, lexicon, ranker) else { continue };
        let Some(real) = taken.real else { continue };
        let (joint, ..) = &taken.split[real];
        let line = &taken.line;
        let explain = utterance.mode.as_deref() == Some("explain");
        if explain {
            continue;
        }
        parts.push((line.part(0..joint.end_of_left), taken.wanted[0], None));
        let before = intent_hash(ids[taken.wanted[0]]);
        parts.push((line.part(joint.start_of_right..line.tokens.len()), taken.wanted[1], Some(before)));
    }
    parts
}
