//! A person's own words in a line: their names become the names of the things, and a sentence of theirs that takes a whole
//! request is that request. What they mean passes every check that built-in readings pass.

mod check;
pub mod read;

use std::sync::Arc;

use super::line::{self, Line};
use super::matching::{Hits, Match, content, fit};
use super::mood::Mood;
use super::ranking::{Reading, gathered, lacks, openings, unsafe_slots};
use crate::catalogue;
use crate::catalogue::data::{Intent, Packed, Pattern};
use crate::catalogue::lexicon::Lexicon;
use crate::catalogue::own_words::{OwnName, OwnPhrase, OwnWords};
use crate::recognition::{Mode, Recognition, Slots};

/// The line as the person's own words have it: what they call something is its name.
pub(super) fn read(lexicon: &Lexicon<'_>, own: Option<&Arc<OwnWords>>, text: &str) -> Line {
    let Some(own) = own else { return Line::read(lexicon, text) };
    let line = Line::read_with(lexicon, Some(Arc::clone(own)), text);
    if own.names.is_empty() { line } else { renamed(lexicon, &line, own) }
}

/// The longest name that begins at a token.
fn named<'a>(line: &Line, at: usize, own: &'a OwnWords) -> Option<&'a OwnName> {
    let clause = line.tokens.get(at)?.clause;
    let called = |name: &&OwnName| {
        let tokens = line.tokens.get(at..at + name.called.len());
        tokens.is_some_and(|tokens| {
            tokens.iter().zip(&name.called).all(|(token, word)| token.text == *word && token.clause == clause)
        })
    };
    own.names.iter().filter(called).max_by_key(|name| name.called.len())
}

fn renamed(lexicon: &Lexicon<'_>, line: &Line, own: &OwnWords) -> Line {
    let mut tokens = Vec::with_capacity(line.tokens.len());
    let mut at = 0;
    while let Some(token) = line.tokens.get(at) {
        let Some(name) = named(line, at, own) else {
            tokens.push(token.clone());
            at += 1;
            continue;
        };
        // Any name of a person: what tells users and hosts from words is what such a name can mean.
        let like = if name.person { "alice".to_owned() } else { name.name.to_lowercase() };
        tokens.push(line::Token {
            known: line::find(lexicon, &like),
            shape: line::shape(&name.name),
            text: name.name.clone(),
            raw: name.name.clone(),
            filler: false,
            typed: None,
            own: true,
            ..token.clone()
        });
        at += name.called.len();
    }
    line.with(tokens)
}

/// The sentence of the person's own that takes the whole line, how it fits, and how much of it are words.
fn whole<'a>(packed: &Packed<'_>, line: &Line, own: &'a OwnWords) -> Option<(&'a OwnPhrase, &'a Pattern, Match)> {
    let line = numbered(line, own);
    let mut best: Option<(f32, (&OwnPhrase, &Pattern, Match))> = None;
    for phrase in &own.phrases {
        let Some(intent) = packed.intents.get(phrase.intent) else { continue };
        let hits = Hits::new(&phrase.rules, &line);
        for pattern in &phrase.rules.patterns {
            let Some(found) = fit(&line, &hits, &intent.slots, pattern) else { continue };
            let outside = |place: usize| found.mask & (1 << place) == 0;
            if line.tokens.iter().enumerate().any(|(place, token)| outside(place) && !token.filler) {
                continue;
            }
            // What a slot swallows says less than a word of the sentence.
            let said = content(&line, found.mask) - found.slots.iter().map(|_| 0.5).sum::<f32>();
            if best.as_ref().is_none_or(|(other, _)| said > *other) {
                best = Some((said, (phrase, pattern, found)));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The line with numbers also for those words that only the person has.
fn numbered(line: &Line, own: &OwnWords) -> Line {
    let tokens = line.tokens.iter().map(|token| line::Token {
        known: token.known.or_else(|| own.numbers.get(&token.text).copied()),
        ..token.clone()
    });
    line.with(tokens.collect())
}

/// A line, or a part of one, that is a sentence of the person's own.
pub(super) fn reading(packed: &'static Packed<'static>, line: &Line) -> Option<Reading> {
    let own = line.own.as_deref().filter(|own| !own.phrases.is_empty())?;
    let (phrase, pattern, found) = whole(packed, line, own)?;
    let intent: &'static Intent<'static> = packed.intents.get(phrase.intent)?;
    let said: Slots = found.slots.iter().map(|(place, value)| (place.to_string(), value.clone())).collect();
    let slots = gathered(intent, Some((pattern, &found)));
    if unsafe_slots(&said) {
        return None;
    }
    let asked = pattern.explain || Mood::of(openings(), line).asks(line, found.mask, intent.changes);
    Some(Reading {
        intent,
        lacks: lacks(intent, &slots),
        slots,
        mode: if asked { Mode::Explain } else { Mode::Do },
        confidence: 1.0,
        mask: found.mask,
    })
}

/// The same as a recognition.
pub(super) fn recognition(packed: &'static Packed<'static>, line: &Line) -> Option<Recognition> {
    let Reading { intent, slots, mode, confidence, .. } = reading(packed, line)?;
    // Behind shell syntax that was cut off may stand anything.
    (!line.cut).then(|| Recognition { intent: intent.id.to_owned(), slots, mode, confidence, ..Recognition::default() })
}

/// What of the person's own words stands in a text that was understood as `meant`, and where it was written.
pub(super) fn evidence(packed: &Packed<'_>, own: &Arc<OwnWords>, text: &str, meant: &Recognition) -> Vec<String> {
    let lexicon = catalogue::lexicon();
    let line = Line::read_with(lexicon, Some(Arc::clone(own)), text);
    let mut evidence: Vec<String> = Vec::new();
    for line in [&line, &renamed(lexicon, &line, own)] {
        let line = numbered(line, own);
        for phrase in &own.phrases {
            let Some(intent) = packed.intents.get(phrase.intent) else { continue };
            let means = meant.intent == intent.id || meant.then.iter().any(|then| then.intent == intent.id);
            let hits = Hits::new(&phrase.rules, &line);
            let fits = |pattern: &Pattern| fit(&line, &hits, &intent.slots, pattern).is_some();
            let words = format!("your own words in {}: \"{}\"", phrase.written, phrase.say);
            if means && phrase.rules.patterns.iter().any(fits) && !evidence.contains(&words) {
                evidence.push(words);
            }
        }
    }
    for name in (0..line.tokens.len()).filter_map(|at| named(&line, at, own)) {
        evidence.push(format!("your own words in {}: \"{}\" is {}", name.written, name.called.join(" "), name.name));
    }
    evidence
}

#[cfg(test)]
mod tests;
