//! Which of the candidates is meant: the obvious first.

use std::collections::{BTreeMap, BTreeSet};

use super::build::weight;
use super::fields::{FULL, Fields};
use super::postings::Posting;
use super::words::{alike, squashed, stem, wanted};
use super::{Entry, Error, Index, Kind};

/// A word that was searched.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) word: String,
    pub(super) stem: String,
    /// Stems that mean the same, and what each counts for beside the word itself.
    pub(super) alike: Vec<(String, f64)>,
    /// What it may have been meant to be.
    pub(super) repaired: Option<String>,
    /// How much it says: the more, the fewer entries have it.
    weight: f64,
    /// Where it stands, and how well.
    places: Vec<(f64, Vec<Posting>)>,
}

/// A search whose words were looked up.
#[derive(Debug)]
pub struct Asked {
    query: String,
    terms: Vec<Term>,
    tally: Tally,
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

/// Of two words the rarer says more, and by more than it is rarer.
const SHARPER: f64 = 1.4;
/// A number says little.
const NUMBER: f64 = 0.4;
/// The weight of a word that nothing has: the others decide.
const UNKNOWN: f64 = 1.0;
/// What means the same, what was meant, and what only begins alike, beside the word itself.
const ALIKE: f64 = 0.8;
pub(super) const REPAIRED: f64 = 0.85;
const BEGINS: f64 = 0.6;
/// So many of the best-known are looked at closely, and half as many of the others.
const CLOSELY: usize = 60;
/// What most people mean counts for more.
const POPULAR: f64 = 1.5;
/// What is far worse than the best is not shown.
const SHARE: f64 = 0.35;
const MOST: f64 = 12.0;

impl Index {
    /// Finds entries of a kind by name, part of a name, purpose, brand, also with typing errors.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(&self, query: &str, kind: Kind, most: usize) -> Result<Search, Error> {
        self.search_in(&self.asked(query)?, kind, most)
    }

    /// Looks up the words of a search, which then can be asked of several kinds.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn asked(&self, query: &str) -> Result<Asked, Error> {
        let terms = wanted(query).into_iter().map(|word| self.term(word)).collect::<Result<Vec<_>, _>>()?;
        let tally = Tally::of(&terms, self.ranges.count());
        Ok(Asked { query: query.chars().take(100).collect(), terms, tally })
    }

    /// Finds entries of a kind.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search_in(&self, asked: &Asked, kind: Kind, most: usize) -> Result<Search, Error> {
        let Asked { query, terms, .. } = asked;
        if terms.is_empty() {
            return Ok(Search::default());
        }
        let whole: String = terms.iter().map(|term| term.word.as_str()).collect();
        let mut exact: BTreeMap<u32, u8> = BTreeMap::new();
        let mut texts = BTreeSet::from([whole.clone(), squashed(query)]);
        // What was mistyped may be a name as a whole.
        if terms.iter().any(|term| term.repaired.is_some()) {
            texts.insert(terms.iter().map(|term| term.repaired.as_ref().unwrap_or(&term.word).as_str()).collect());
        }
        for text in texts {
            for Posting { entry, worth } in self.named(&text, kind)? {
                let best = exact.entry(entry).or_insert(0);
                *best = worth.max(*best);
            }
        }
        let numbers = self.candidates(asked, &whole, exact.keys().copied().collect(), kind)?;
        let mut found = Vec::new();
        for number in numbers {
            found.extend(self.scored(self.entry(number)?, terms, exact.get(&number).copied()));
        }
        found.sort_by(|one: &Found, other| {
            other.score.total_cmp(&one.score).then_with(|| one.entry.name.len().cmp(&other.entry.name.len()))
        });
        // That one is called exactly so does not make the others unfit.
        let limit = found.first().map_or(0.0, |best| best.score.min(MOST) * SHARE);
        found.retain(|one| one.score >= limit);
        found.truncate(most);
        let repaired = terms.iter().filter_map(|term| Some((term.word.clone(), term.repaired.clone()?)));
        Ok(Search { found, repaired: repaired.collect() })
    }

    fn term(&self, word: String) -> Result<Term, Error> {
        let stem = stem(&word);
        let mut places = vec![(1.0, self.with_stem(&stem)?)];
        if word.chars().count() >= 3 {
            places.push((BEGINS, self.with_beginning(&word, &stem)?));
        }
        // What means the same is often a plainer word; it must not make this one count for less.
        let own = count(&places);
        let mut same = Vec::new();
        for other in alike(&word) {
            let list = self.with_stem(&other)?;
            same.push((other, list));
        }
        let others: u32 = same.iter().map(|(_, list)| length(list)).sum();
        let mut weight = self.weight(if own > 0 { own } else { others });
        let mut repaired = None;
        if own + others == 0 {
            repaired = self.nearest_word(&word)?;
            if let Some(repaired) = &repaired {
                places.push((REPAIRED, self.with_stem(&super::words::stem(repaired))?));
            }
            weight = self.weight(count(&places));
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            weight *= NUMBER;
        }
        let mut alike = Vec::new();
        for (other, list) in same {
            // Nor may the plainer word, which many have, count for as much as the one that was typed.
            let share = if own > 0 { ALIKE * (self.weight(length(&list)) / weight).clamp(0.25, 1.0) } else { ALIKE };
            places.push((share, list));
            alike.push((other, share));
        }
        Ok(Term { word, stem, alike, repaired, weight, places })
    }

    /// What a word says that so many entries have.
    fn weight(&self, times: u32) -> f64 {
        if times == 0 {
            return UNKNOWN;
        }
        let all = u32::try_from(self.stamp.packages + self.stamp.options).unwrap_or(u32::MAX);
        (1.0 + f64::from(all) / f64::from(times + 1)).ln().powf(SHARPER)
    }

    /// The entries that are worth a closer look: those that have most of what was searched, and those of such a name.
    fn candidates(
        &self,
        asked: &Asked,
        whole: &str,
        mut numbers: BTreeSet<u32>,
        kind: Kind,
    ) -> Result<BTreeSet<u32>, Error> {
        if whole.chars().count() >= 2 {
            numbers.extend(self.beginning(whole, kind)?);
        }
        let (known, others) = self.numbers(kind);
        numbers.extend(asked.tally.best(known, CLOSELY));
        numbers.extend(asked.tally.best(others, CLOSELY / 2));
        if numbers.len() < 3 {
            for term in asked.terms.iter().filter(|term| term.word.chars().count() >= 3) {
                numbers.extend(self.with_part(&term.word, kind)?);
            }
        }
        Ok(numbers)
    }

    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    fn scored(&self, entry: Entry, terms: &[Term], named: Option<u8>) -> Option<Found> {
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
            Some(weight::PURPOSE) => 2.0,
            _ => 0.0,
        };
        if score <= 0.0 {
            return None;
        }
        if terms.len() > 1 && hit > 1 {
            score += 2.0 * fields.together(&entry, terms);
        }
        score += if entry.known { 2.5 } else { 0.0 } + if entry.popular { POPULAR * share } else { 0.0 };
        score += (0.15 * entry.like.len().min(6) as f64 + 0.1 * entry.called.len().min(5) as f64) * share;
        score -= 0.05 * fields.about.len().min(30) as f64;
        if entry.kind == Kind::Package {
            score -= if in_a_set(&entry) { 2.0 } else { 0.0 };
            score -= if self.knows_machine() && !entry.here { 4.0 } else { 0.0 };
        } else {
            // The shorter path is the more general setting, and the switch comes before its details.
            score -= 0.3 * entry.name.split('.').count().saturating_sub(3) as f64;
            score += if entry.name.ends_with(".enable") { 0.6 } else { 0.0 };
        }
        let named = named.is_some_and(|weight| weight > weight::PURPOSE);
        Some(Found { entry, score, whole: hit == terms.len(), named })
    }
}

/// Whether a package is one of a language's libraries, which few mean who do not name it.
fn in_a_set(entry: &Entry) -> bool {
    let set = entry.name.split_once('.').map(|(set, _)| set);
    set.is_some_and(|set| !entry.known || set.ends_with("Packages") && set != "kdePackages")
}

/// How many entries have a word; those that have it in two ways may count twice.
fn count(places: &[(f64, Vec<Posting>)]) -> u32 {
    places.iter().map(|(_, list)| length(list)).sum()
}

fn length(list: &[Posting]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// What each entry has of a search, at a glance.
#[derive(Debug)]
struct Tally {
    /// For each entry: its score, and the weight of the words that it has.
    sums: Vec<(f32, f32)>,
    all: f32,
}

impl Tally {
    #[expect(clippy::cast_possible_truncation, reason = "a glance")]
    fn of(terms: &[Term], entries: usize) -> Self {
        let mut sums = vec![(0.0, 0.0); entries];
        let mut best: Vec<f32> = vec![0.0; entries];
        let mut touched: Vec<u32> = Vec::new();
        for term in terms {
            let weight = term.weight as f32;
            for (share, list) in &term.places {
                let share = (*share * 10.0 / FULL) as f32;
                for posting in list {
                    let Some(known) = best.get_mut(posting.entry as usize) else { continue };
                    if *known == 0.0 {
                        touched.push(posting.entry);
                    }
                    *known = known.max(f32::from(posting.worth) * share);
                }
            }
            for number in touched.drain(..) {
                let at = number as usize;
                if let (Some(sum), Some(best)) = (sums.get_mut(at), best.get_mut(at)) {
                    sum.0 += weight * *best;
                    sum.1 += weight;
                    *best = 0.0;
                }
            }
        }
        Self { sums, all: terms.iter().map(|term| term.weight as f32).sum() }
    }

    /// The numbers of a range that have most.
    fn best(&self, range: std::ops::Range<u32>, most: usize) -> Vec<u32> {
        let sums = self.sums.get(range.start as usize..range.end as usize).unwrap_or_default();
        let order = |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        let mut found: Vec<(f32, u32)> = Vec::with_capacity(8 * most);
        // What is worse than `most` others is out, and need not be kept until the end.
        let mut least = 0.0;
        for (number, (score, weight)) in (range.start..).zip(sums) {
            let share = weight / self.all;
            let score = score * share * share.sqrt();
            if score <= least {
                continue;
            }
            found.push((score, number));
            if found.len() == 8 * most {
                found.select_nth_unstable_by(most, order);
                found.truncate(most);
                least = found.iter().map(|(score, _)| *score).fold(f32::INFINITY, f32::min);
            }
        }
        if found.len() > most {
            found.select_nth_unstable_by(most, order);
            found.truncate(most);
        }
        found.into_iter().map(|(_, number)| number).collect()
    }
}
