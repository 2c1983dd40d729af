//! A profile as a whole: which generation comes before which, and which ones a wish to delete means.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::machine::Machine;
use crate::nix::generation::{self, Generation};
use crate::operation::GenerationNumber;

/// A profile and its generations, the oldest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// Where it lies on this computer.
    pub path: PathBuf,
    /// Its generations.
    pub generations: Vec<Generation>,
    /// The one that the profile points to.
    pub current: Option<GenerationNumber>,
}

/// Which generations shall go. What is given must all hold; nothing given means every one that may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these; empty for any.
    pub numbers: Vec<GenerationNumber>,
    /// Not the newest ones, this many of them.
    pub keep: Option<usize>,
    /// Only those made longer ago, in seconds.
    pub older_than: Option<u64>,
}

/// What a selection comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deletion {
    /// These go, the oldest first.
    pub deleted: Vec<GenerationNumber>,
    /// These stay, and why.
    pub kept: Vec<Kept>,
    /// These were asked for and do not exist.
    pub unknown: Vec<GenerationNumber>,
}

/// A generation that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Which one.
    pub number: GenerationNumber,
    /// The strongest reason.
    pub why: Why,
}

/// Why a generation stays, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The profile points to it.
    Current,
    /// The machine was started with it.
    Booted,
    /// Somebody pinned it.
    Pinned,
    /// It was not asked for by its number.
    NotNamed,
    /// It is one of the newest.
    Newest,
    /// It is too young.
    TooYoung,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// When its directory cannot be read.
    pub fn read(machine: &impl Machine, path: &Path) -> io::Result<Self> {
        let generations = generation::read(machine, path)?;
        let current = generations.iter().find(|generation| generation.current).map(|generation| generation.number);
        Ok(Self { path: path.to_path_buf(), generations, current })
    }

    /// The generation with this number.
    pub fn get(&self, number: GenerationNumber) -> Option<&Generation> {
        self.generations.iter().find(|generation| generation.number == number)
    }

    /// The current generation.
    pub fn current(&self) -> Option<&Generation> {
        self.get(self.current?)
    }

    /// The one that the machine was started with.
    pub fn booted(&self) -> Option<&Generation> {
        self.generations.iter().find(|generation| generation.booted)
    }

    /// The one before the current one, which a rollback goes to.
    pub fn previous(&self) -> Option<&Generation> {
        self.back(1)
    }

    /// The one this many steps before the current one; those that are gone from the store are not counted.
    pub fn back(&self, steps: usize) -> Option<&Generation> {
        let current = self.current?;
        match steps {
            0 => self.get(current),
            _ => self.generations.iter().rev().filter(|g| g.number < current && !g.missing).nth(steps - 1),
        }
    }

    /// The newest one that existed then. After a rollback another one may have been in use.
    pub fn at(&self, time: Timestamp) -> Option<&Generation> {
        self.generations
            .iter()
            .filter(|generation| generation.date <= time)
            .max_by_key(|generation| (generation.date, generation.number))
    }

    /// Those made longer ago than this many seconds.
    pub fn older_than(&self, seconds: u64, now: Timestamp) -> Vec<&Generation> {
        self.generations.iter().filter(|generation| is_older(generation, seconds, now)).collect()
    }

    /// What `nix-collect-garbage --delete-older-than` deletes of this profile: all that are older, but not the newest of
    /// them, which was in use then, and not the current one.
    pub fn deleted_by_collector(&self, seconds: u64, now: Timestamp) -> Vec<GenerationNumber> {
        let older = self.older_than(seconds, now);
        let in_use = older.iter().map(|generation| generation.number).max();
        older
            .iter()
            .map(|g| g.number)
            .filter(|&number| Some(number) != in_use && Some(number) != self.current)
            .collect()
    }
}

/// Which generations a wish means. Never the current one, never the booted one, never a pinned one.
pub fn delete_selection(
    generations: &[Generation],
    selection: &Selection,
    pinned: &BTreeSet<GenerationNumber>,
    now: Timestamp,
) -> Deletion {
    let newest: BTreeSet<GenerationNumber> = {
        let mut numbers: Vec<_> = generations.iter().map(|generation| generation.number).collect();
        numbers.sort_unstable();
        numbers.into_iter().rev().take(selection.keep.unwrap_or(0)).collect()
    };
    let mut result = Deletion::default();
    for generation in generations {
        let number = generation.number;
        let reasons = [
            (generation.current, Why::Current),
            (generation.booted, Why::Booted),
            (pinned.contains(&number), Why::Pinned),
            (!selection.numbers.is_empty() && !selection.numbers.contains(&number), Why::NotNamed),
            (newest.contains(&number), Why::Newest),
            (selection.older_than.is_some_and(|age| !is_older(generation, age, now)), Why::TooYoung),
        ];
        match reasons.into_iter().find(|(holds, _)| *holds) {
            Some((_, why)) => result.kept.push(Kept { number, why }),
            None => result.deleted.push(number),
        }
    }
    let exists = |number: &GenerationNumber| generations.iter().any(|generation| generation.number == *number);
    let unknown: BTreeSet<_> = selection.numbers.iter().copied().filter(|number| !exists(number)).collect();
    result.unknown = unknown.into_iter().collect();
    result
}

fn is_older(generation: &Generation, seconds: u64, now: Timestamp) -> bool {
    let age = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.checked_sub(age).is_ok_and(|limit| generation.date < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    fn now() -> Timestamp {
        "2025-11-20T12:00:00Z".parse().unwrap()
    }

    /// Generations by number and age in days; 5 is current, 2 is booted.
    fn profile() -> Profile {
        let generation = |number, days: i64| Generation {
            number,
            date: now() - SignedDuration::from_hours(24 * days),
            current: number == 5,
            booted: number == 2,
            nixos_version: None,
            kernel: None,
            configuration_revision: None,
            specialisations: Vec::new(),
            store_path: format!("/nix/store/{number}"),
            missing: number == 4,
            closure_bytes: None,
            pinned: None,
        };
        let generations = vec![
            generation(1, 90),
            generation(2, 60),
            generation(3, 40),
            generation(4, 20),
            generation(5, 10),
            generation(7, 1),
        ];
        Profile { path: "/profile".into(), generations, current: Some(5) }
    }

    fn deleted(selection: &Selection, pinned: &[u64]) -> Vec<u64> {
        delete_selection(&profile().generations, selection, &pinned.iter().copied().collect(), now()).deleted
    }

    #[test]
    fn finds_generations_by_their_place() {
        let profile = profile();
        let number = |generation: Option<&Generation>| generation.map(|g| g.number);
        assert_eq!(number(profile.previous()), Some(3), "4 is gone from the store");
        assert_eq!(number(profile.back(0)), Some(5));
        assert_eq!(number(profile.back(3)), Some(1));
        assert_eq!(number(profile.back(4)), None);
        assert_eq!(number(profile.back(usize::MAX)), None);
        assert_eq!(number(profile.at(now())), Some(7));
        assert_eq!(number(profile.at(now() - SignedDuration::from_hours(24 * 50))), Some(2));
        assert_eq!(number(profile.at(Timestamp::UNIX_EPOCH)), None);
        assert_eq!(profile.older_than(30 * DAY, now()).iter().map(|g| g.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(profile.deleted_by_collector(30 * DAY, now()), [1, 2]);
    }

    #[test]
    fn never_deletes_what_is_needed() {
        let all = Selection::default();
        assert_eq!(deleted(&all, &[]), [1, 3, 4, 7]);
        assert_eq!(deleted(&all, &[3, 99]), [1, 4, 7]);
        assert_eq!(deleted(&Selection { numbers: vec![5, 2, 1], ..all }, &[]), [1]);
    }

    #[test]
    fn every_wish_must_hold() {
        let selection = Selection { keep: Some(3), ..Selection::default() };
        assert_eq!(deleted(&selection, &[]), [1, 3]);
        let selection = Selection { older_than: Some(30 * DAY), keep: Some(4), ..Selection::default() };
        assert_eq!(deleted(&selection, &[]), [1]);
        assert_eq!(deleted(&Selection { older_than: Some(u64::MAX), ..Selection::default() }, &[]), [] as [u64; 0]);
        assert_eq!(deleted(&Selection { keep: Some(0), ..Selection::default() }, &[]), [1, 3, 4, 7]);
    }

    #[test]
    fn says_why_a_generation_stays() {
        let selection = Selection { numbers: vec![1, 5, 12], older_than: Some(DAY), ..Selection::default() };
        let deletion = delete_selection(&profile().generations, &selection, &BTreeSet::from([1]), now());
        assert_eq!(deletion.unknown, [12]);
        assert_eq!(deletion.deleted, [] as [u64; 0]);
        let why = |number| deletion.kept.iter().find(|kept| kept.number == number).unwrap().why;
        assert_eq!((why(1), why(2), why(3), why(5)), (Why::Pinned, Why::Booted, Why::NotNamed, Why::Current));
    }
}
