//! How the machine does: findings, each with what to do about it. Nothing is changed and nothing is asked of the network.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::Machine;
use crate::nix::profile::Profile;

mod configuration;
mod running;
mod storage;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It should be looked at some day.
    Warning,
    /// It should be looked at now.
    Problem,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at; a public name: `store_space`.
    pub id: &'static str,
    /// How it is.
    pub state: State,
    /// In a few words.
    pub title: String,
    /// In a sentence or two.
    pub detail: String,
    /// What to do: a request to ask-nix, or a command.
    pub advice: Option<String>,
}

/// What the caller knows already.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The profile of the system.
    pub profile: &'a Profile,
    /// Nix's state directory, usually `/nix/var/nix`.
    pub state: &'a Path,
    /// The store, usually `/nix/store`.
    pub store: &'a Path,
    /// The file of the configuration: `flake.nix` or `configuration.nix`.
    pub configuration: Option<&'a Path>,
    /// Whether the configuration is a flake.
    pub flake: bool,
    /// The date of what the system is built from: of the lock file's nixpkgs, or of the last update of the channels.
    pub updated: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// Looks at everything that can be looked at; what does not exist on this machine has no finding.
pub fn examine(machine: &impl Machine, known: &Known<'_>) -> Vec<Finding> {
    [
        storage::store_space(machine, known.store),
        storage::boot_space(machine),
        storage::generations(known.profile),
        storage::boot_entries(machine, known.profile),
        running::pending_reboot(machine),
        running::profile_mismatch(machine, known.profile),
        running::failed_units(machine),
        running::daemon(machine, known.state),
        configuration::update_age(known.updated, known.now),
        Some(configuration::file(machine, known.configuration)),
        configuration::git(machine, known),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The worst state among findings.
pub fn worst(findings: &[Finding]) -> State {
    findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok)
}

impl Finding {
    fn new(id: &'static str, state: State, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { id, state, title: title.into(), detail: detail.into(), advice: None }
    }

    fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

#[cfg(test)]
mod tests;
