//! The lines that went by last. What a build printed is its log where Nix does not repeat the end of it in its error, as
//! `nix-build` never does.

use super::bindings::{derivation_name, without_version};

/// So many lines are kept; those of a build that matter are the last.
const KEPT: usize = 80;
/// Of a longer line the beginning says enough.
const LONGEST: usize = 400;

/// A ring of lines. Their room is used again, so that a long log costs no allocations.
#[derive(Default)]
pub(super) struct Recent {
    lines: Vec<String>,
    count: usize,
}

impl Recent {
    pub(super) fn push(&mut self, line: &str) {
        let end = (0..=LONGEST.min(line.len())).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
        let line = line.get(..end).unwrap_or(line);
        match self.lines.get_mut(self.count % KEPT) {
            Some(old) => {
                old.clear();
                old.push_str(line);
            }
            None => self.lines.push(line.to_owned()),
        }
        self.count += 1;
    }

    /// How many lines went by so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Forgets all of them: they have found their build.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.count = 0;
    }

    /// What the build of a derivation printed before so many lines had gone by.
    pub(super) fn of_build(&self, derivation: &str, until: usize) -> Vec<String> {
        let start = self.count.saturating_sub(KEPT);
        let before: Vec<&str> = (start..until).filter_map(|at| self.lines.get(at % KEPT)).map(String::as_str).collect();
        let name = derivation_name(derivation).unwrap_or_default();
        // `nix build -L` puts the name of the package before each line of its log.
        let marked: Vec<String> = before.iter().filter_map(|line| after_mark(line, name)).map(str::to_owned).collect();
        if !marked.is_empty() {
            return marked;
        }
        let begun = before.iter().rposition(|line| line.starts_with("building '") && line.contains(derivation));
        let own = before.get(begun.map_or(0, |at| at + 1)..).unwrap_or_default();
        own.iter().filter(|line| !is_of_nix(line)).map(|line| (*line).to_owned()).collect()
    }
}

fn after_mark<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (mark, rest) = line.split_once('>')?;
    let whole = !name.is_empty() && (mark == name || mark == without_version(name));
    whole.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// What Nix says itself while it builds.
fn is_of_nix(line: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "building '",
        "copying path '",
        "error: builder for '",
        "error: Cannot build '",
        "these ",
        "this derivation will be built",
        "this path will be fetched",
        "  /nix/store/",
        "warning: ",
    ];
    line.trim().is_empty() || BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
}
