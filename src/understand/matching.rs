//! Whether a pattern fits a line, and which tokens it takes.

use serde_json::Value;

use super::line::{Line, Shape, negates};
use super::slots::read;
use crate::catalogue::data::{Pattern, Rules, Slot, Step, Want};

/// Tokens as bits.
pub(super) type Mask = u128;

/// Where the phrases of every set of some rules stand in a line: set by set, start and length.
pub(super) struct Hits(Vec<Vec<(u8, u8)>>);

impl Hits {
    pub(super) fn new(rules: &Rules, line: &Line) -> Self {
        let mut places: Vec<(u32, u8)> =
            line.tokens.iter().zip(0_u8..).filter_map(|(token, place)| Some((token.known?, place))).collect();
        places.sort_unstable();
        // Most phrases begin with a word that is nowhere in the line: a bit for each that is, by the end of its number.
        let mut there = [0_u64; 16];
        for (word, _) in &places {
            there[*word as usize / 64 % 16] |= 1 << (word % 64);
        }
        let find = |phrase: &Vec<u32>, hits: &mut Vec<(u8, u8)>| {
            let Some(first) = phrase.first() else { return };
            if there[*first as usize / 64 % 16] & 1 << (first % 64) == 0 {
                return;
            }
            let from = places.partition_point(|(word, _)| word < first);
            for (_, place) in places[from..].iter().take_while(|(word, _)| word == first) {
                let tokens = &line.tokens[usize::from(*place)..];
                let fits = tokens.len() >= phrase.len()
                    && phrase.iter().zip(tokens).all(|(word, token)| token.known == Some(*word));
                if fits && let Ok(length) = u8::try_from(phrase.len()) {
                    hits.push((*place, length));
                }
            }
        };
        Self(
            rules
                .sets
                .iter()
                .map(|set| {
                    let mut hits = Vec::new();
                    for phrase in set {
                        find(phrase, &mut hits);
                    }
                    hits
                })
                .collect(),
        )
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
        .map(|(_, token)| if token.filler { 0.4 } else { 1.0 })
        .sum()
}

/// The best fit of a pattern, if it fits at all.
pub(super) fn fit(line: &Line, hits: &Hits, slots: &[Slot<'_>], pattern: &Pattern) -> Option<Match> {
    // Most patterns fail here.
    if misses(hits, pattern) {
        return None;
    }
    if pattern.loose {
        return loose(line, hits, slots, pattern);
    }
    let mut search = Search { line, hits, slots, best: None, budget: 600 };
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

/// The tokens that a pattern takes at each place where it fits: of the openings of questions and requests.
pub(super) fn fits(line: &Line, hits: &Hits, pattern: &Pattern, mut each: impl FnMut(usize, Mask)) {
    if misses(hits, pattern) {
        return;
    }
    let mut at = |start: usize| {
        let mut search = Search { line, hits, slots: &[], best: None, budget: 200 };
        search.walk(&pattern.steps, start, &Match::default(), false);
        if let Some((_, best)) = search.best {
            each(start, best.mask);
        }
    };
    match pattern.steps.first() {
        Some(Step { want: Want::Set(set), optional: false }) => {
            let mut starts: Vec<u8> = hits.of(*set).iter().map(|(start, _)| *start).collect();
            starts.sort_unstable();
            starts.dedup();
            for start in starts {
                at(usize::from(start));
            }
        }
        _ => (0..line.tokens.len()).for_each(at),
    }
}

/// Whether something that a pattern needs is nowhere in the line.
fn misses(hits: &Hits, pattern: &Pattern) -> bool {
    let missing = |step: &Step| matches!(step.want, Want::Set(set) if !step.optional && hits.of(set).is_empty());
    pattern.steps.iter().any(missing)
}

struct Search<'a> {
    line: &'a Line,
    hits: &'a Hits,
    slots: &'a [Slot<'a>],
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
                    let kind = self.slots.get(usize::from(slot)).map(|slot| slot.kind);
                    if let Some((length, value)) = kind.and_then(|kind| read(kind, self.line, at))
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
            if so_far.mask != 0 && !gap && clause != Some(self.line.tokens[at].clause) && self.line.tokens[at].filler {
                break;
            }
            // A gap never leads into the next request.
            if matches!(self.line.tokens[at].text.as_str(), "then" | "afterwards")
                || self.line.tokens[at].after_shell && so_far.mask == 0
            {
                break;
            }
            let filler = self.line.tokens[at].filler;
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

/// What may stand in front of a command: nothing that asks, such as "how do I".
pub(super) fn introduces(token: &super::line::Token) -> bool {
    matches!(token.text.as_str(), "sudo" | "doas" | "run0" | "please" | "ok" | "okay" | "hey" | "just" | "then" | "now")
}

/// A line of a command: the words of the pattern in their order from the beginning; between them only flags may stand,
/// and before them such as `sudo`, and nothing but flags behind them.
pub(super) fn command(line: &Line, hits: &Hits, slots: &[Slot<'_>], pattern: &Pattern) -> Option<Match> {
    if misses(hits, pattern) {
        return None;
    }
    let mut found = Match::default();
    let mut at = 0;
    'steps: for step in &pattern.steps {
        let mut skipped = at;
        loop {
            let token = line.tokens.get(skipped);
            let here = match step.want {
                Want::Set(set) => hits
                    .of(set)
                    .iter()
                    .filter(|(from, _)| usize::from(*from) == skipped)
                    .map(|(_, length)| (usize::from(*length), None))
                    .max_by_key(|(length, _)| *length),
                Want::Slot(slot) => {
                    let kind = slots.get(usize::from(slot))?.kind;
                    read(kind, line, skipped)
                        .filter(|_| token.is_some_and(|token| token.shape != Shape::Flag))
                        .map(|(length, value)| (length, Some((slot, value))))
                }
                Want::Gap => None,
            };
            if let Some((length, value)) = here {
                found.mask |= (skipped..skipped + length).fold(0, |mask, place| mask | 1 << place);
                found.slots.extend(value);
                at = skipped + length;
                continue 'steps;
            }
            match token {
                // `nix-env -iA nixos.firefox`: what is no flag of the pattern is passed.
                Some(token) if token.shape == Shape::Flag || (found.mask == 0 && introduces(token)) => skipped += 1,
                _ => break,
            }
        }
        if !step.optional {
            return None;
        }
    }
    let rest = &line.tokens[at..];
    let harmless = |token: &super::line::Token| token.shape == Shape::Flag || token.text == "please";
    (found.mask != 0 && rest.iter().all(harmless)).then_some(found)
}

/// All that a loose pattern asks for, in any order, each from tokens of its own.
fn loose(line: &Line, hits: &Hits, slots: &[Slot<'_>], pattern: &Pattern) -> Option<Match> {
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
                let kind = slots.get(usize::from(slot))?.kind;
                for from in 0..line.tokens.len() {
                    if found.mask & (1 << from) == 0
                        && let Some((length, value)) = read(kind, line, from)
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
