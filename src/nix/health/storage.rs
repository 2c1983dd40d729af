//! Room: on the disk, in `/boot`, and in the boot menu.

use std::path::Path;

use super::{Finding, State};
use crate::machine::{Machine, Space};
use crate::nix::profile::Profile;

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;
/// More generations than this make a boot menu that nobody reads.
const MANY_GENERATIONS: usize = 50;
/// Where boot loaders keep kernels.
const BOOT_DIRECTORIES: [&str; 3] = ["/boot", "/boot/efi", "/efi"];

pub(super) fn store_space(machine: &impl Machine, store: &Path) -> Option<Finding> {
    let space = machine.space(store).ok().filter(|space| space.total > 0)?;
    let share = percent(space);
    // A build of a system needs a few GiB for a while; on a small disk a share of it.
    let state = match space.free {
        free if free < GIB.min(space.total / 20) => State::Problem,
        free if free < (5 * GIB).min(space.total / 5) || share < 5 => State::Warning,
        _ => State::Ok,
    };
    let title = if state == State::Ok { "Enough room on the disk" } else { "Little room on the disk" };
    let detail = format!("{} of {} are free where the store is ({share} %).", bytes(space.free), bytes(space.total));
    let finding = Finding::new("store_space", state, title, detail);
    Some(if state == State::Ok { finding } else { finding.advise("ask-nix clean up my system") })
}

/// Only where `/boot` is a file system of its own.
pub(super) fn boot_space(machine: &impl Machine) -> Option<Finding> {
    let root = machine.space(&machine.at("/")).ok()?;
    let (directory, space) = BOOT_DIRECTORIES.iter().find_map(|directory| {
        let space = machine.space(&machine.at(directory)).ok()?;
        (space.total > 0 && space.total != root.total).then_some((directory, space))
    })?;
    let detail = format!("{} of {} are free in {directory}.", bytes(space.free), bytes(space.total));
    // A kernel and its initial RAM disk take 30 to 150 MiB, and are written beside the old ones.
    Some(match space.free {
        free if free < 40 * MIB => Finding::new("boot_space", State::Problem, format!("{directory} is full"), detail)
            .advise("ask-nix keep only the last 3 generations"),
        free if free < 150 * MIB => {
            Finding::new("boot_space", State::Warning, format!("{directory} is nearly full"), detail)
                .advise("ask-nix keep only the last 5 generations")
        }
        _ => Finding::new("boot_space", State::Ok, format!("Enough room in {directory}"), detail),
    })
}

pub(super) fn generations(profile: &Profile) -> Option<Finding> {
    let count = profile.generations.len();
    let missing = profile.generations.iter().filter(|generation| generation.missing).count();
    if count == 0 {
        return None;
    }
    if missing > 0 {
        let detail = format!("{missing} of {count} generations lead to store paths that do not exist any more.");
        let finding = Finding::new("generations", State::Warning, "Some generations are broken", detail);
        return Some(finding.advise("ask-nix list generations"));
    }
    let detail = format!("There are {count} generations to go back to.");
    Some(match count {
        1 => Finding::new("generations", State::Ok, "One generation", "There is nothing to go back to yet."),
        count if count > MANY_GENERATIONS => {
            Finding::new("generations", State::Warning, "Many generations", detail + " The old ones hold disk space.")
                .advise("ask-nix delete generations older than 30 days")
        }
        _ => Finding::new("generations", State::Ok, "Generations", detail),
    })
}

/// Entries of systemd-boot for generations that are gone would not start. Often only root may look.
pub(super) fn boot_entries(machine: &impl Machine, profile: &Profile) -> Option<Finding> {
    let names = BOOT_DIRECTORIES
        .iter()
        .find_map(|directory| machine.list(&machine.at(directory).join("loader/entries")).ok())?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| entry_number(name)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() || profile.generations.is_empty() {
        return None;
    }
    let gone: Vec<String> =
        numbers.iter().filter(|&&number| profile.get(number).is_none()).map(u64::to_string).collect();
    if gone.is_empty() {
        let detail = format!("{} generations are in the boot menu.", numbers.len());
        return Some(Finding::new("boot_entries", State::Ok, "Boot menu", detail));
    }
    let detail = format!("The boot menu still lists generations that are deleted: {}.", gone.join(", "));
    let finding = Finding::new("boot_entries", State::Warning, "The boot menu is out of date", detail);
    Some(finding.advise("ask-nix use my configuration at the next boot"))
}

/// The number in `nixos-generation-42.conf`, also with a specialisation or the counter of boot assessment.
fn entry_number(name: &str) -> Option<u64> {
    let rest = name.strip_prefix("nixos-generation-")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest.get(..end)?.parse().ok()
}

fn percent(space: Space) -> u64 {
    u64::try_from(u128::from(space.free) * 100 / u128::from(space.total.max(1))).unwrap_or(100)
}

/// A size as people read it; tenths below ten.
fn bytes(number: u64) -> String {
    let (unit, name) = if number >= GIB { (GIB, "GiB") } else { (MIB, "MiB") };
    let tenths = u128::from(number) * 10 / u128::from(unit);
    if tenths < 100 { format!("{}.{} {name}", tenths / 10, tenths % 10) } else { format!("{} {name}", tenths / 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(
            [0, 5 * MIB, 300 * MIB, GIB + GIB / 2, 40 * GIB].map(bytes),
            ["0.0 MiB", "5.0 MiB", "300 MiB", "1.5 GiB", "40 GiB"]
        );
    }

    #[test]
    fn entries_have_numbers() {
        for name in
            ["nixos-generation-42.conf", "nixos-generation-42-specialisation-x.conf", "nixos-generation-42+3.conf"]
        {
            assert_eq!(entry_number(name), Some(42), "{name}");
        }
        assert_eq!(entry_number("windows.conf"), None);
    }
}
