//! Which of the candidates is meant: the obvious first.

use std::collections::{BTreeMap, BTreeSet};

use super::build::weight;
use super::repair::repaired;
use super::words::{alike, squashed, stem, stems, tokens, wanted};
use super::{Entry, Error, Index, Kind};

/// A word that was searched.
#[derive(Debug)]
struct Term {
    word: String,
    stem: String,
    /// Stems that mean the same.
    alike: Vec<String>,
    /// What it may have been meant to be.
    repaired: Vec<String>,
    /// How much it says: the more, the fewer entries have it.
    weight: f64,
}

/// An entry that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// How well it fits.
    pub score: f64,
    /// Whether it has something for every word of the search.
    pub whole: bool,
    /// Whether the search is one of its names.
    pub named: bool,
}

/// What a search came to.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The best first.
    pub found: Vec<Found>,
    /// Words that nothing has, and what was searched in their place.
    pub repaired: Vec<(String, String)>,
}

/// The weight of a word that nothing has: the others decide.
const UNKNOWN: f64 = 1.0;
/// What is far worse than the best is not shown.
const SHARE: f64 = 0.35;

impl Index {
    /// Finds entries of a kind by name, part of a name, purpose, brand, also with typing errors.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(&self, query: &str, kind: Kind, most: usize) -> Result<Search, Error> {
        let words = wanted(query);
        if words.is_empty() {
            return Ok(Search::default());
        }
        let mut terms = Vec::new();
        for word in words {
            terms.push(self.term(word)?);
        }
        let whole: String = terms.iter().map(|term| term.word.as_str()).collect();
        let mut exact: BTreeMap<i64, i64> = BTreeMap::new();
        let mut texts = BTreeSet::from([whole.clone(), squashed(query)]);
        // What was mistyped may be a name as a whole.
        if terms.iter().any(|term| !term.repaired.is_empty()) {
            let mended = |term: &Term| term.repaired.first().unwrap_or(&term.word).clone();
            texts.insert(terms.iter().map(mended).collect());
        }
        for text in texts {
            for (id, weight) in self.named(&text, kind)? {
                let best = exact.entry(id).or_insert(0);
                *best = weight.max(*best);
            }
        }
        let ids = self.candidates(&terms, &whole, exact.keys().copied().collect(), kind)?;
        let mut found = Vec::new();
        for id in ids {
            if let Some(entry) = self.entry(id)? {
                let named = exact.get(&id).copied();
                found.extend(self.scored(entry, &terms, named));
            }
        }
        found.sort_by(|one: &Found, other| {
            other.score.total_cmp(&one.score).then_with(|| one.entry.name.len().cmp(&other.entry.name.len()))
        });
        let limit = found.first().map_or(0.0, |best| best.score * SHARE);
        found.retain(|one| one.score >= limit);
        found.truncate(most);
        let repaired = terms.into_iter().filter_map(|term| Some((term.word, term.repaired.into_iter().next()?)));
        Ok(Search { found, repaired: repaired.collect() })
    }

    fn term(&self, word: String) -> Result<Term, Error> {
        let stem = stem(&word);
        let alike = alike(&word);
        let mut term = Term { word, stem, alike, repaired: Vec::new(), weight: UNKNOWN };
        // What means the same is often a plainer word; it must not make this one count for less.
        let mut times = self.times(&prefix(&term.stem, &term.word))?;
        if times == 0 && !term.alike.is_empty() {
            times = self.times(&term.expression())?;
        }
        if times == 0 {
            term.repaired = repaired(self, &term.word)?;
            times = self.times(&term.expression())?;
        }
        if times > 0 {
            let all = u32::try_from(self.stamp.packages + self.stamp.options).unwrap_or(u32::MAX);
            term.weight = (1.0 + f64::from(all) / f64::from(times + 1)).ln();
        }
        Ok(term)
    }

    fn candidates(
        &self,
        terms: &[Term],
        whole: &str,
        mut ids: BTreeSet<i64>,
        kind: Kind,
    ) -> Result<BTreeSet<i64>, Error> {
        if whole.chars().count() >= 2 {
            ids.extend(self.beginning(whole, kind)?);
        }
        let any: Vec<String> = terms.iter().map(Term::expression).collect();
        ids.extend(self.matching(&any.join(" AND "), kind)?);
        if terms.len() > 1 && ids.len() < 20 {
            ids.extend(self.matching(&any.join(" OR "), kind)?);
        }
        if ids.len() < 3 {
            for term in terms.iter().filter(|term| term.word.chars().count() >= 3) {
                ids.extend(self.with_part(&term.word, kind)?);
            }
        }
        Ok(ids)
    }

    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    fn scored(&self, entry: Entry, terms: &[Term], named: Option<i64>) -> Option<Found> {
        let fields = Fields::of(&entry);
        let scores: Vec<f64> = terms.iter().map(|term| fields.best(term)).collect();
        let hit = scores.iter().filter(|score| **score > 0.0).count();
        let all: f64 = terms.iter().map(|term| term.weight).sum();
        let weighed = || terms.iter().zip(&scores);
        let share = weighed().filter(|(_, score)| **score > 0.0).map(|(term, _)| term.weight).sum::<f64>() / all;
        let mut score = weighed().map(|(term, score)| term.weight * score).sum::<f64>() / all * share.powf(1.5);
        score += match named {
            Some(weight::NAME) => 14.0,
            Some(weight::LAST) => 12.0,
            Some(weight::CALLED) => 11.0,
            Some(weight::COMMAND) => 9.0,
            Some(weight::LIKE) => 8.0,
            _ => 0.0,
        };
        if score <= 0.0 {
            return None;
        }
        if terms.len() > 1 && fields.has_phrase(terms) {
            score += 2.0;
        }
        score += if entry.known { 2.5 } else { 0.0 };
        score += 0.25 * entry.like.len().min(6) as f64 + 0.1 * entry.called.len().min(5) as f64;
        score -= 0.05 * fields.about.len().min(30) as f64;
        if entry.kind == Kind::Package {
            score -= if entry.name.contains('.') { 2.0 } else { 0.0 };
            score -= if self.knows_machine() && !entry.here { 4.0 } else { 0.0 };
        } else {
            // The shorter path is the more general setting, and the switch comes before its details.
            score -= 0.3 * entry.name.split('.').count().saturating_sub(3) as f64;
            score += if entry.name.ends_with(".enable") { 0.6 } else { 0.0 };
        }
        Some(Found { entry, score, whole: hit == terms.len(), named: named.is_some() })
    }
}

impl Term {
    /// As a query of the words' table: the word itself, what begins like it, and what means the same.
    fn expression(&self) -> String {
        let mut parts = vec![prefix(&self.stem, &self.word)];
        parts.extend(self.alike.iter().map(|same| quoted(same)));
        parts.extend(self.repaired.iter().map(|word| quoted(&stem(word))));
        format!("({})", parts.join(" OR "))
    }
}

/// The stem, and for words of some length also what only begins like it.
fn prefix(stem: &str, word: &str) -> String {
    if word.chars().count() < 3 { quoted(stem) } else { format!("({} OR {}*)", quoted(stem), quoted(word)) }
}

/// Between quotes nothing means anything to the query language.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', ""))
}

/// The words of an entry, by where they stand.
struct Fields {
    name: Vec<String>,
    sets: Vec<String>,
    /// Words of names, and how much of its name each is.
    called: Vec<(String, f64)>,
    like: Vec<(String, f64)>,
    commands: Vec<String>,
    about: Vec<String>,
    told: Vec<String>,
}

impl Fields {
    fn of(entry: &Entry) -> Self {
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
            told: stems(&entry.description),
        }
    }

    /// How well an entry answers to a word, from 0 to 10.
    fn best(&self, term: &Term) -> f64 {
        let own = self.of_word(&term.word, &term.stem);
        let alike = term.alike.iter().map(|same| self.of_stem(same) * 0.8);
        let repaired = term.repaired.iter().map(|word| self.of_word(word, &stem(word)) * 0.85);
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

    #[expect(clippy::cast_precision_loss, reason = "places of words")]
    fn of_stem(&self, wanted: &str) -> f64 {
        let place = |words: &[String], most: f64, step: f64, least: f64| {
            let at = words.iter().position(|word| word == wanted);
            at.map_or(0.0, |at| (most - step * at as f64).max(least))
        };
        let plain =
            |words: &[String], most: f64| if words.iter().any(|word| stem(word) == wanted) { most } else { 0.0 };
        let named = |words: &[(String, f64)], most: f64| {
            let fitting = words.iter().filter(|(word, _)| stem(word) == wanted);
            fitting.map(|(_, part)| most * part).fold(0.0, f64::max)
        };
        [
            place(&self.about, 7.0, 0.15, 5.0),
            place(&self.told, 5.0, 0.1, 3.5),
            plain(&self.name, 8.5),
            named(&self.called, 7.5),
            named(&self.like, 6.5),
            plain(&self.sets, 5.0),
        ]
        .into_iter()
        .fold(0.0, f64::max)
    }

    /// Whether the words stand together, in their order, in what it is for or is called.
    fn has_phrase(&self, terms: &[Term]) -> bool {
        let wanted: Vec<&str> = terms.iter().map(|term| term.stem.as_str()).collect();
        let together = |words: &[String]| words.windows(wanted.len()).any(|window| window == wanted);
        let called: Vec<String> = self.called.iter().map(|(word, _)| stem(word)).collect();
        together(&self.about) || together(&self.told) || together(&called)
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
