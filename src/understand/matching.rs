//! Whether a pattern fits a line, and which tokens it takes.

use serde_json::Value;

use super::line::{Cost, Line, negates};
use super::slots;
use crate::catalogue::data::{Intent, Packed, Pattern, Step, Want};

/// Tokens as bits.
pub(super) type Mask = u128;

/// Where the phrases of every set stand in a line: set by set, start and length.
pub(super) struct Hits(Vec<Vec<(u8, u8)>>);

impl Hits {
    pub(super) fn new(packed: &Packed, line: &Line) -> Self {
        let mut hits = vec![Vec::new(); usize::from(packed.sets)];
        for (place, token) in line.tokens.iter().enumerate() {
            let Some(word) = token.word else { continue };
            let from = packed.entries.partition_point(|entry| packed.words_of(*entry).first() < Some(&word));
            for &entry in &packed.entries[from..] {
                let words = packed.words_of(entry);
                if words.first() != Some(&word) {
                    break;
                }
                let fits = line.tokens[place..].len() >= words.len()
                    && words.iter().zip(&line.tokens[place..]).all(|(word, token)| token.word == Some(*word));
                if fits {
                    #[expect(clippy::cast_possible_truncation, reason = "a line has at most 120 tokens")]
                    let hit = (place as u8, words.len() as u8);
                    for &set in packed.sets_of(entry) {
                        hits[usize::from(set)].push(hit);
                    }
                }
            }
        }
        Self(hits)
    }

    fn of(&self, set: u16) -> &[(u8, u8)] {
        self.0.get(usize::from(set)).map_or(&[], Vec::as_slice)
    }
}

/// A pattern that fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Match {
    /// The tokens it took.
    pub mask: Mask,
    /// The slots it read, by their place in the intent.
    pub slots: Vec<(u8, Value)>,
}

/// How much a match explains: words that mean something count whole, fillers half.
pub(super) fn content(line: &Line, mask: Mask) -> f32 {
    line.tokens
        .iter()
        .enumerate()
        .filter(|(place, _)| mask & (1 << place) != 0)
        .map(|(_, token)| if token.weight == Cost::Filler { 0.4 } else { 1.0 })
        .sum()
}

/// The best fit of a pattern, if it fits at all.
pub(super) fn fit(line: &Line, hits: &Hits, intent: Option<&Intent>, pattern: &Pattern) -> Option<Match> {
    // Most patterns fail here: something they need is nowhere in the line.
    let missing = |step: &Step| matches!(step.want, Want::Set(set) if !step.optional && hits.of(set).is_empty());
    if pattern.steps.iter().any(missing) {
        return None;
    }
    if pattern.loose {
        return loose(line, hits, intent, pattern);
    }
    let mut search = Search { line, hits, intent, best: None, budget: 2000 };
    match pattern.steps.first() {
        // It can only begin where its first words stand.
        Some(Step { want: Want::Set(set), optional: false }) => {
            let mut tried = None;
            for &(start, _) in hits.of(*set).iter().filter(|(start, _)| tried.replace(*start) != Some(*start)) {
                search.walk(&pattern.steps, usize::from(start), &Match::default(), false);
            }
        }
        _ => {
            for start in 0..line.tokens.len() {
                search.walk(&pattern.steps, start, &Match::default(), false);
            }
        }
    }
    search.best.map(|(_, best)| best)
}

/// A pattern that must begin where the caller says: the openings of questions and requests.
pub(super) fn fit_at(line: &Line, hits: &Hits, pattern: &Pattern, start: usize) -> Option<Mask> {
    if let Some(Step { want: Want::Set(set), optional: false }) = pattern.steps.first()
        && !hits.of(*set).iter().any(|(from, _)| usize::from(*from) == start)
    {
        return None;
    }
    let mut search = Search { line, hits, intent: None, best: None, budget: 200 };
    search.walk(&pattern.steps, start, &Match::default(), false);
    search.best.map(|(_, best)| best.mask)
}

struct Search<'a> {
    line: &'a Line,
    hits: &'a Hits,
    intent: Option<&'a Intent>,
    best: Option<(f32, Match)>,
    budget: u32,
}

impl Search<'_> {
    fn walk(&mut self, steps: &[Step], place: usize, so_far: &Match, gap: bool) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        let Some((step, rest)) = steps.split_first() else {
            let worth = content(self.line, so_far.mask);
            if so_far.mask != 0 && self.best.as_ref().is_none_or(|(best, _)| worth > *best) {
                self.best = Some((worth, so_far.clone()));
            }
            return;
        };
        if step.want == Want::Gap {
            return self.walk(rest, place, so_far, true);
        }
        // Before the first word that matches nothing is skipped: `fit` tries every start.
        let mut passed = 0;
        let mut at = place;
        while at < self.line.tokens.len() {
            match step.want {
                Want::Set(set) => {
                    for &(_, length) in self.hits.of(set).iter().filter(|(from, _)| usize::from(*from) == at) {
                        if let Some(mask) = take(self.line, so_far.mask, at, usize::from(length)) {
                            let next = Match { mask, slots: so_far.slots.clone() };
                            self.walk(rest, at + usize::from(length), &next, false);
                        }
                    }
                }
                Want::Slot(slot) => {
                    let kind = self.intent.and_then(|intent| intent.slots.get(usize::from(slot))).map(|slot| slot.kind);
                    if let Some((length, value)) = kind.and_then(|kind| slots::read(kind, self.line, at))
                        && let Some(mask) = take(self.line, so_far.mask, at, length)
                    {
                        let mut next = Match { mask, slots: so_far.slots.clone() };
                        next.slots.push((slot, value));
                        self.walk(rest, at + length, &next, false);
                    }
                }
                Want::Gap => {}
            }
            // Without a gap, words that stand together in a pattern stand in one clause.
            let clause = at.checked_sub(1).map(|before| self.line.tokens[before].clause);
            if so_far.mask != 0
                && !gap
                && clause != Some(self.line.tokens[at].clause)
                && self.line.tokens[at].weight == Cost::Filler
            {
                break;
            }
            // A gap never leads into the next request.
            if matches!(self.line.tokens[at].text.as_str(), "then" | "afterwards")
                || self.line.tokens[at].after_shell && so_far.mask == 0
            {
                break;
            }
            let filler = self.line.tokens[at].weight == Cost::Filler;
            passed += u32::from(!filler);
            if so_far.mask == 0 || passed > if gap { 6 } else { 0 } {
                break;
            }
            at += 1;
        }
        if step.optional {
            self.walk(rest, place, so_far, gap);
        }
    }
}

/// The mask with these tokens, unless a "not" that the pattern did not ask for governs one of them.
fn take(line: &Line, mask: Mask, from: usize, length: usize) -> Option<Mask> {
    let tokens = line.tokens.get(from..from + length)?;
    let added = (0..length).fold(mask, |mask, offset| mask | 1 << (from + offset));
    // After a "not" that the pattern asked for comes what it governs, not the next clause.
    let last = (mask != 0)
        .then(|| 127 - mask.leading_zeros() as usize)
        .and_then(|last| line.tokens.get(last).map(|token| (last, token)));
    if let Some((last, token)) = last
        && negates(&token.text)
        && from > last
        && tokens.first()?.negated != Some(last)
        && !negates(&tokens.first()?.text)
    {
        return None;
    }
    let allowed = tokens.iter().all(|token| token.negated.is_none_or(|by| added & (1 << by) != 0));
    allowed.then_some(added)
}

/// All that a loose pattern asks for, in any order, each from tokens of its own.
fn loose(line: &Line, hits: &Hits, intent: Option<&Intent>, pattern: &Pattern) -> Option<Match> {
    let mut found = Match::default();
    // A "not" that is asked for comes first, so that what it governs may be taken.
    let mut steps: Vec<&Step> = pattern.steps.iter().collect();
    steps.sort_by_key(|step| match step.want {
        Want::Set(set) => !hits.of(set).iter().any(|&(from, _)| negates(&line.tokens[usize::from(from)].text)),
        _ => true,
    });
    for step in steps {
        let mut taken = None;
        match step.want {
            Want::Set(set) => {
                for &(from, length) in hits.of(set) {
                    let (from, length) = (usize::from(from), usize::from(length));
                    let free = (from..from + length).all(|place| found.mask & (1 << place) == 0);
                    if let Some(mask) = take(line, found.mask, from, length).filter(|_| free) {
                        taken = Some(mask);
                        break;
                    }
                }
            }
            Want::Slot(slot) => {
                let kind = intent?.slots.get(usize::from(slot))?.kind;
                for from in 0..line.tokens.len() {
                    if found.mask & (1 << from) == 0
                        && let Some((length, value)) = slots::read(kind, line, from)
                        && let Some(mask) = take(line, found.mask, from, length)
                    {
                        found.slots.push((slot, value));
                        taken = Some(mask);
                        break;
                    }
                }
            }
            Want::Gap => {}
        }
        match taken {
            Some(mask) => found.mask = mask,
            None if step.optional => {}
            None => return None,
        }
    }
    (found.mask != 0).then_some(found)
}
