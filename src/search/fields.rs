//! What an entry says, word by word: where a word stands, and how surely the entry is then what is meant. The one place
//! that weighs this, for making the index as for asking it.

use std::collections::HashMap;

use super::rank::{REPAIRED, Term};
use super::words::{is_silent, stem, stems, tokens};
use super::{Entry, Kind};

/// What the stem of a word is worth, by where it stands.
const NAME: f64 = 8.5;
const COMMANDS: f64 = 8.0;
const CALLED: f64 = 7.5;
const LIKE: f64 = 6.5;
const SETS: f64 = 5.0;
const PURPOSE: f64 = 6.8;
const ABOUT: Falling = Falling { most: 7.0, step: 0.15, least: 5.0 };
const TOLD: Falling = Falling { most: 5.0, step: 0.1, least: 3.5 };

/// What says it first says it best.
struct Falling {
    most: f64,
    step: f64,
    least: f64,
}

impl Falling {
    #[expect(clippy::cast_precision_loss, reason = "places of words")]
    fn at(&self, place: usize) -> f64 {
        (self.most - self.step * place as f64).max(self.least)
    }
}

/// The words of an entry, by where they stand.
pub(super) struct Fields {
    name: Vec<String>,
    sets: Vec<String>,
    /// Words of names, and how much of its name each is.
    called: Vec<(String, f64)>,
    like: Vec<(String, f64)>,
    commands: Vec<String>,
    pub(super) about: Vec<String>,
    /// Stems of what it is wanted for.
    purposes: Vec<Vec<String>>,
    told: Vec<String>,
}

impl Fields {
    /// Of an entry.
    pub(super) fn of(entry: &Entry) -> Self {
        let (name, sets) = match (entry.kind, entry.name.rsplit_once('.')) {
            (Kind::Package, Some((sets, last))) => (tokens(last), tokens(sets)),
            _ => (tokens(&entry.name), Vec::new()),
        };
        Self {
            name,
            sets,
            called: shares(&entry.called, 0.2),
            like: shares(&entry.like, 0.5),
            commands: entry.commands.iter().map(|command| command.to_lowercase()).collect(),
            about: stems(&entry.is),
            purposes: entry.purposes.iter().map(|purpose| stems(purpose)).collect(),
            told: stems(&entry.description),
        }
    }

    /// How well an entry answers to a word, from 0 to 10.
    pub(super) fn best(&self, term: &Term) -> f64 {
        let own = self.of_word(&term.word, &term.stem);
        let alike = term.alike.iter().map(|(same, share)| self.of_stem(same) * share);
        let repaired = term.repaired.iter().map(|word| self.of_word(word, &stem(word)) * REPAIRED);
        alike.chain(repaired).fold(own, f64::max)
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths of words")]
    fn of_word(&self, word: &str, stem: &str) -> f64 {
        let share = |other: &str| (word.len() as f64 / other.len() as f64).sqrt();
        let plain = |words: &[String], most: f64, least: usize, fits: &dyn Fn(&str) -> bool| {
            let fitting = words.iter().filter(|other| word.len() >= least && fits(other));
            fitting.map(|other| most * share(other)).fold(0.0, f64::max)
        };
        let named = |words: &[(String, f64)], most: f64, fits: &dyn Fn(&str) -> bool| {
            let fitting = words.iter().filter(|(other, _)| fits(other));
            fitting.map(|(other, part)| most * part * share(other)).fold(0.0, f64::max)
        };
        let same = |other: &str| other == word;
        let begins = |other: &str| word.len() >= 2 && other.starts_with(word);
        let has = |other: &str| other.contains(word);
        [
            plain(&self.name, 10.0, 1, &same),
            named(&self.called, 8.5, &same),
            plain(&self.commands, 8.0, 1, &same),
            named(&self.like, 7.5, &same),
            plain(&self.sets, 6.0, 1, &same),
            plain(&self.name, 7.0, 2, &begins),
            named(&self.called, 6.0, &begins),
            named(&self.like, 5.0, &begins),
            plain(&self.name, 5.0, 3, &has),
            plain(&self.about, 3.0, 2, &begins),
            plain(&self.told, 2.0, 2, &begins),
            self.of_stem(stem),
        ]
        .into_iter()
        .fold(0.0, f64::max)
    }

    fn of_stem(&self, wanted: &str) -> f64 {
        let place = |words: &[String], worth: &Falling| {
            words.iter().position(|word| word == wanted).map_or(0.0, |at| worth.at(at))
        };
        let plain =
            |words: &[String], most: f64| if words.iter().any(|word| stem(word) == wanted) { most } else { 0.0 };
        let named = |words: &[(String, f64)], most: f64| {
            let fitting = words.iter().filter(|(word, _)| stem(word) == wanted);
            fitting.map(|(_, part)| most * part).fold(0.0, f64::max)
        };
        [
            place(&self.about, &ABOUT),
            place(&self.told, &TOLD),
            if self.purposes.iter().flatten().any(|word| word == wanted) { PURPOSE } else { 0.0 },
            plain(&self.name, NAME),
            named(&self.called, CALLED),
            named(&self.like, LIKE),
            plain(&self.sets, SETS),
        ]
        .into_iter()
        .fold(0.0, f64::max)
    }

    /// How many of the words stand beside the next one, in their order, in what it is for or is called: from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    pub(super) fn together(&self, entry: &Entry, terms: &[Term]) -> f64 {
        let said = |words: &[String]| words.iter().filter(|word| !is_silent(word)).cloned().collect::<Vec<String>>();
        let mut phrases = vec![said(&self.about), said(&self.told)];
        phrases.extend(self.purposes.iter().map(|words| said(words)));
        phrases.extend(entry.called.iter().map(|name| stems(name)));
        let beside = |pair: &&[Term]| {
            let [first, second] = pair else { return false };
            let mut places = phrases.iter().flat_map(|words| words.windows(2));
            places.any(|place| matches!(place, [one, other] if *one == first.stem && *other == second.stem))
        };
        let pairs = terms.windows(2);
        let all = pairs.len().max(1) as f64;
        pairs.filter(beside).count() as f64 / all
    }
}

/// The words of some names. One of three words says less than a name that is one word; the power says how much less.
#[expect(clippy::cast_precision_loss, reason = "a handful of words")]
fn shares(names: &[String], power: f64) -> Vec<(String, f64)> {
    let one = |name: &String| {
        let words = tokens(name);
        let part = (words.len().max(1) as f64).powf(-power);
        words.into_iter().map(move |word| (word, part)).collect::<Vec<_>>()
    };
    names.iter().flat_map(one).collect()
}

/// The stems of an entry, with what each is worth, from 0 to [`FULL`]: what stands in the index.
pub(super) fn impacts(entry: &Entry) -> HashMap<String, u8> {
    let fields = Fields::of(entry);
    let mut found: HashMap<String, u8> = HashMap::new();
    let mut add = |stem: &str, worth: f64| {
        let impact = impact(if entry.popular { worth * 1.15 } else { worth });
        match found.get_mut(stem) {
            Some(known) => *known = impact.max(*known),
            None => {
                found.insert(stem.to_owned(), impact);
            }
        }
    };
    for (at, stem) in fields.about.iter().enumerate() {
        add(stem, ABOUT.at(at));
    }
    for (at, stem) in fields.told.iter().enumerate() {
        add(stem, TOLD.at(at));
    }
    for stem in fields.purposes.iter().flatten() {
        add(stem, PURPOSE);
    }
    for word in &fields.name {
        add(&stem(word), NAME);
    }
    for word in &fields.sets {
        add(&stem(word), SETS);
    }
    for command in &fields.commands {
        for word in tokens(command) {
            add(&stem(&word), COMMANDS);
        }
    }
    for (word, part) in &fields.called {
        add(&stem(word), CALLED * part);
    }
    for (word, part) in &fields.like {
        add(&stem(word), LIKE * part);
    }
    found
}

/// The greatest impact.
pub(super) const FULL: f64 = 200.0;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 200")]
fn impact(worth: f64) -> u8 {
    (worth * FULL / 10.0).clamp(1.0, FULL) as u8
}
