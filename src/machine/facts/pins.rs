//! Pins: roots of the garbage collector that keep generations which a person never wants to lose.

use std::path::{Path, PathBuf};

use crate::machine::{Kind, Machine};
use crate::operation::GenerationNumber;

/// Where the pins of a profile are: `/nix/var/nix/gcroots/ask-nix` for the system profile, so that the garbage collector
/// keeps what they point at even when somebody deletes the generation by other means.
pub(super) fn directory(profile: &Path) -> PathBuf {
    let state =
        profile.ancestors().find(|path| path.file_name().is_some_and(|name| name == "profiles")).and_then(Path::parent);
    state.unwrap_or_else(|| Path::new("/nix/var/nix")).join("gcroots/ask-nix")
}

/// A pin is a link `<profile>-<number>-<label>` to the pinned system.
pub(super) fn pins(machine: &impl Machine, profile: &Path) -> Vec<(GenerationNumber, String)> {
    let Some(name) = profile.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let directory = directory(profile);
    let names = machine.list(&directory).unwrap_or_default();
    let pin = |entry: &String| {
        let (number, label) = entry.strip_prefix(name)?.strip_prefix('-')?.split_once('-')?;
        let is_link = machine.status(&directory.join(entry)).is_ok_and(|status| status.kind == Kind::Link);
        Some((number.parse().ok().filter(|_| is_link)?, label.replace('_', " ")))
    };
    names.iter().filter_map(pin).collect()
}
