//! What collecting garbage, optimising and verifying the store say about their outcome. The sums are printed by
//! `nix-store --gc`, `nix-collect-garbage` and `nix store gc` as plain lines on standard output, in MiB before 2.30 or so
//! and in fitting units since; the rest is in the log.

use super::size::parse_size;

const PATH_LIMIT: usize = 1_000;

/// What the garbage collector did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Store paths that are gone.
    pub paths: u64,
    /// Bytes that are free now; rounded by Nix, `None` until it said so.
    pub freed_bytes: Option<u64>,
}

/// What hard-linking equal files did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Optimised {
    /// Files that became links.
    pub files: u64,
    /// Bytes that are free now.
    pub freed_bytes: u64,
}

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Store paths whose content is not what it was.
    pub corrupted: Vec<String>,
    /// Store paths that nobody trusted has signed.
    pub untrusted: Vec<String>,
    /// Store paths that are known but not there.
    pub missing: Vec<String>,
}

/// Collects all three.
#[derive(Debug, Default)]
pub(super) struct Upkeep {
    pub(super) garbage: Option<Garbage>,
    pub(super) optimised: Option<Optimised>,
    pub(super) damage: Damage,
    /// The sum line has been seen; counting goes over to it.
    told: bool,
}

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// A sum, worth reading.
    Sum,
    /// One path of many.
    Item,
    /// Something is wrong with a path.
    Damage,
}

impl Upkeep {
    /// Reads a (clean) line of any origin.
    pub(super) fn read(&mut self, line: &str) -> Option<Finding> {
        if let Some(rest) = line.strip_prefix("deleting '").or_else(|| line.strip_prefix("deleting \"")) {
            if !self.told && rest.starts_with('/') {
                self.garbage.get_or_insert_default().paths += 1;
            }
            return Some(Finding::Item);
        }
        if let Some(size) = line.strip_suffix(" freed")
            && let Some((paths, size)) = size.split_once(" store paths deleted, ")
        {
            let sum = Garbage { paths: paths.trim().parse().ok()?, freed_bytes: parse_size(size) };
            let before = if self.told { self.garbage.unwrap_or_default() } else { Garbage::default() };
            // Two collections in one step add up: `nix-collect-garbage` for root and for the person.
            self.garbage = Some(Garbage {
                paths: before.paths.saturating_add(sum.paths),
                freed_bytes: match (before.freed_bytes, sum.freed_bytes) {
                    (Some(before), Some(bytes)) => Some(before.saturating_add(bytes)),
                    (before, bytes) => bytes.or(before),
                },
            });
            self.told = true;
            return Some(Finding::Sum);
        }
        if let Some((size, files)) = line.split_once(" freed by hard-linking ") {
            let files = files.strip_suffix(" files").and_then(|files| files.parse().ok())?;
            let linked = self.optimised.get_or_insert_default();
            // What the single results added up to is exact; the line is rounded.
            if linked.files != files {
                *linked = Optimised { files, freed_bytes: parse_size(size).unwrap_or(linked.freed_bytes) };
            }
            return Some(Finding::Sum);
        }
        self.read_damage(line)
    }

    fn read_damage(&mut self, line: &str) -> Option<Finding> {
        let rest = line.strip_prefix("error: ").unwrap_or(line).strip_prefix("path '")?;
        let (path, fault) = rest.split_once('\'')?;
        if fault.starts_with(" was modified!") {
            self.corrupted(path);
        } else if fault.starts_with(" is untrusted") {
            self.untrusted(path);
        } else if fault.starts_with(" disappeared") {
            add(&mut self.damage.missing, path);
        } else {
            return None;
        }
        Some(Finding::Damage)
    }

    /// A `FileLinked` result.
    pub(super) fn linked(&mut self, bytes: u64) {
        let linked = self.optimised.get_or_insert_default();
        linked.files += 1;
        linked.freed_bytes = linked.freed_bytes.saturating_add(bytes);
    }

    /// A `CorruptedPath` result.
    pub(super) fn corrupted(&mut self, path: &str) {
        add(&mut self.damage.corrupted, path);
    }

    /// An `UntrustedPath` result.
    pub(super) fn untrusted(&mut self, path: &str) {
        add(&mut self.damage.untrusted, path);
    }
}

/// The same path is told as a result and in words.
fn add(list: &mut Vec<String>, path: &str) {
    if list.len() < PATH_LIMIT && !list.iter().any(|known| known == path) {
        list.push(path.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Garbage, Optimised, Upkeep};

    #[test]
    fn sums_of_both_versions() {
        let mut upkeep = Upkeep::default();
        assert_eq!(upkeep.read("deleting '/nix/store/z-a'"), Some(Finding::Item));
        assert_eq!(upkeep.garbage, Some(Garbage { paths: 1, freed_bytes: None }));
        assert_eq!(upkeep.read("28 store paths deleted, 1.50 MiB freed"), Some(Finding::Sum));
        assert_eq!(upkeep.read("10 store paths deleted, 13.2 KiB freed"), Some(Finding::Sum));
        assert_eq!(upkeep.garbage, Some(Garbage { paths: 38, freed_bytes: Some(1_572_864 + 13_516) }));
        assert_eq!(upkeep.read("3.2 GiB freed by hard-linking 600 files"), Some(Finding::Sum));
        assert_eq!(upkeep.optimised, Some(Optimised { files: 600, freed_bytes: 3_435_973_836 }));
        assert_eq!(upkeep.read("building"), None);
    }

    #[test]
    fn damage_is_told_once() {
        let mut upkeep = Upkeep::default();
        upkeep.corrupted("/nix/store/z-a");
        assert_eq!(
            upkeep.read("path '/nix/store/z-a' was modified! expected hash 'x', got 'y'"),
            Some(Finding::Damage)
        );
        assert_eq!(upkeep.read("path '/nix/store/z-b' is untrusted"), Some(Finding::Damage));
        assert_eq!(
            upkeep.read("path '/nix/store/z-c' disappeared, but it still has valid referrers!"),
            Some(Finding::Damage)
        );
        assert_eq!(upkeep.damage.corrupted, ["/nix/store/z-a"]);
        assert_eq!(upkeep.damage.untrusted, ["/nix/store/z-b"]);
        assert_eq!(upkeep.damage.missing, ["/nix/store/z-c"]);
    }
}
