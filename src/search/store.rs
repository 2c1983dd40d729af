//! Where the index lies, what it says about itself, and how its entries are numbered.

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::starter::FINGERPRINT;
use super::{Entry, Kind};
use crate::machine::Machine;

/// The form of the tables. An index of another form is made again.
pub(super) const FORMAT: u32 = 2;

/// What an index says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The form of its tables.
    pub format: u32,
    /// The tables of the program that it was made with.
    pub starter: String,
    /// What of the machine is in it; empty when it holds only what ask-nix knows by itself.
    #[serde(default)]
    pub source: String,
    /// When it was made, RFC 3339.
    #[serde(default)]
    pub made: String,
    /// Packages in it.
    pub packages: usize,
    /// Options in it.
    pub options: usize,
    /// Services in it.
    pub services: usize,
    /// Commands in it.
    pub commands: usize,
    /// Packages that came from the machine's package set.
    pub packages_here: usize,
    /// Options that came from the machine's configuration.
    pub options_here: usize,
}

impl Stamp {
    /// Whether this program made it, in the form that it reads.
    pub fn current(&self) -> bool {
        self.format == FORMAT && self.starter == FINGERPRINT
    }
}

/// Which numbers entries have: where each kind ends, the best-known of it and all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ranges {
    ends: [(u32, u32); 3],
}

impl Ranges {
    /// Of entries that are sorted by kind, the best-known first.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut ranges = Self::default();
        let upto = |end: usize| u32::try_from(end).unwrap_or(u32::MAX);
        for (kind, end) in (0_u8..).zip(&mut ranges.ends) {
            let known = entries.partition_point(|entry| (entry.kind.number(), !entry.known) <= (kind, false));
            let all = entries.partition_point(|entry| entry.kind.number() <= kind);
            *end = (upto(known), upto(all));
        }
        ranges
    }

    /// The best-known of a kind, and the others.
    pub(super) fn get(&self, kind: Kind) -> (Range<u32>, Range<u32>) {
        let at = usize::from(kind.number());
        let (known, all) = self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |before| before.1);
        (start..known, known..all)
    }

    /// All of a kind.
    pub(super) fn all(&self, kind: Kind) -> Range<u32> {
        let (known, others) = self.get(kind);
        known.start..others.end
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> usize {
        self.ends.iter().map(|end| end.1 as usize).max().unwrap_or_default()
    }
}

/// Where the index and what it is made of lie.
pub fn directory(machine: &impl Machine) -> PathBuf {
    crate::machine::facts::cache_directory(machine).join("index")
}

/// The file of the index.
pub fn file(machine: &impl Machine) -> PathBuf {
    directory(machine).join("index.bin")
}
