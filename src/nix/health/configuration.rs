//! The configuration: whether it is there, known to Git, and built from something recent.

use std::path::Path;

use jiff::Timestamp;

use super::{Finding, Known, State};
use crate::machine::{Command, Machine};

/// From these ages on, in days, updates are missed, and the release is likely past its end.
const OLD: i64 = 45;
const VERY_OLD: i64 = 210;

pub(super) fn update_age(updated: Option<Timestamp>, now: Timestamp) -> Option<Finding> {
    let updated = updated?;
    let days = now.duration_since(updated).as_hours() / 24;
    let date = updated.strftime("%Y-%m-%d");
    let detail = format!("The packages are those of {date}, {days} days ago.");
    Some(match days {
        ..0 => {
            let detail = format!("The packages are dated {date}, which lies ahead: the clock may be wrong.");
            Finding::new("update_age", State::Warning, "The packages are of the future", detail)
        }
        VERY_OLD.. => {
            let detail = detail + " Releases are cared for about seven months.";
            Finding::new("update_age", State::Problem, "The system is very old", detail)
                .advise("ask-nix update my system")
        }
        OLD.. => {
            Finding::new("update_age", State::Warning, "The system is old", detail).advise("ask-nix update my system")
        }
        _ => Finding::new("update_age", State::Ok, "The system is up to date", detail),
    })
}

pub(super) fn file(machine: &impl Machine, configuration: Option<&Path>) -> Finding {
    let Some(path) = configuration else {
        let detail = "There is neither a flake nor a configuration.nix where they usually are.";
        let finding = Finding::new("configuration", State::Warning, "No configuration found", detail);
        return finding.advise("ask-nix --flake DIRECTORY system health");
    };
    let shown = path.display();
    match machine.read(path) {
        Ok(_) => Finding::new("configuration", State::Ok, "The configuration is there", format!("It is {shown}.")),
        Err(error) => {
            let detail = format!("{shown} cannot be read: {error}.");
            Finding::new("configuration", State::Problem, "The configuration cannot be read", detail)
        }
    }
}

/// A flake in a Git repository is built from what Git knows: a file that was never added does not exist for it.
pub(super) fn git(machine: &impl Machine, known: &Known<'_>) -> Option<Finding> {
    let directory = known.configuration?.parent()?;
    directory.ancestors().take(16).find(|path| machine.status(&path.join(".git")).is_ok())?;
    let shown = directory.display().to_string();
    let mut command = Command::new("git")
        .args(["-C", &shown, "status", "--porcelain", "-z", "--untracked-files=all", "--", "."])
        // Looking must not write the index.
        .variable("GIT_OPTIONAL_LOCKS", "0");
    command.quiet = true;
    let (exit, output) = machine.capture(&command).ok()?;
    if !exit.success() {
        let detail = format!("Git does not read {shown}; perhaps it belongs to somebody else.");
        return Some(Finding::new("git", State::Warning, "Git does not read the configuration", detail));
    }
    let output = String::from_utf8_lossy(&output);
    let (untracked, changed) = changes(&output);
    let new: Vec<&str> = untracked
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "nix"))
        .collect();
    if known.flake && !new.is_empty() {
        let detail = format!("A flake does not see files that Git does not know: {}.", new.join(", "));
        let finding = Finding::new("git", State::Warning, "New files are not known to Git", detail);
        // Git tells paths from the top of the repository.
        let paths = new.iter().map(|path| format!("':(top){path}'")).collect::<Vec<_>>().join(" ");
        return Some(finding.advise(format!("git -C {shown} add {paths}")));
    }
    Some(if changed == 0 {
        Finding::new("git", State::Ok, "The configuration is committed", "There are no changes that Git does not have.")
    } else {
        let files = if changed == 1 { "One file has" } else { "Some files have" };
        let detail = format!("{files} changes that are not committed.");
        Finding::new("git", State::Ok, "The configuration has changes", detail)
    })
}

/// The untracked files, and how many tracked ones differ, from `git status --porcelain -z`. A renamed file is followed
/// by its old name.
fn changes(output: &str) -> (Vec<&str>, usize) {
    let (mut untracked, mut changed) = (Vec::new(), 0);
    let mut entries = output.split('\0').filter(|entry| !entry.is_empty());
    while let Some(entry) = entries.next() {
        let (Some(state), Some(path)) = (entry.get(..2), entry.get(3..)) else { continue };
        if state == "??" {
            untracked.push(path);
        } else {
            changed += 1;
            if state.contains(['R', 'C']) {
                entries.next();
            }
        }
    }
    (untracked, changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_status_is_read() {
        let output = " M flake.nix\0R  new.nix\0old.nix\0?? my disk.nix\0?? notes\0";
        assert_eq!(changes(output), (vec!["my disk.nix", "notes"], 2));
        assert_eq!(changes(""), (Vec::new(), 0));
    }

    #[test]
    fn age_is_judged() {
        let now: Timestamp = "2025-11-20T00:00:00Z".parse().unwrap();
        let state = |date: &str| update_age(Some(date.parse().unwrap()), now).unwrap().state;
        assert_eq!(state("2025-11-19T00:00:00Z"), State::Ok);
        assert_eq!(state("2025-09-01T00:00:00Z"), State::Warning);
        assert_eq!(state("2025-01-01T00:00:00Z"), State::Problem);
        assert_eq!(state("2026-01-01T00:00:00Z"), State::Warning);
        assert_eq!(update_age(None, now), None);
    }
}
