//! Where the system is described, and how that is found out.

use std::path::{Path, PathBuf};

use super::{Choices, home};
use crate::machine::Machine;
use crate::nix::channel::Channel;
use crate::nix::lock_file;

/// Where the system is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Configuration {
    /// In a flake.
    Flake {
        /// As Nix is told: a directory or a reference.
        reference: String,
        /// The directory, when it is one of this computer.
        directory: Option<PathBuf>,
        /// The name below `nixosConfigurations`.
        host: String,
    },
    /// In a file that is built from channels.
    Channels {
        /// `configuration.nix`.
        file: PathBuf,
        /// The channel to build from, when `NIX_PATH` does not say it.
        nixpkgs: Option<PathBuf>,
    },
    /// Nowhere that we know of.
    Missing {
        /// Flakes in the person's home that define machines.
        likely: Vec<PathBuf>,
    },
}

/// What the person chose, else what lies in `/etc/nixos`.
pub(super) fn configuration(machine: &impl Machine, choices: &Choices, host: &str) -> Configuration {
    let host = |named: Option<&str>| {
        named.map(str::to_owned).or_else(|| choices.host.clone()).unwrap_or_else(|| host.to_owned())
    };
    if let Some(chosen) = &choices.flake {
        let (place, named) = match chosen.split_once('#') {
            Some((place, named)) => (place, Some(named).filter(|named| !named.is_empty())),
            None => (chosen.as_str(), None),
        };
        let directory = std::path::absolute(place.strip_prefix("path:").unwrap_or(place)).ok().filter(|directory| {
            machine.status(&directory.join("flake.nix")).is_ok() || machine.resolve(directory).is_ok()
        });
        let reference =
            directory.as_ref().map_or_else(|| place.to_owned(), |directory| directory.display().to_string());
        // Someone who names a host by option means it more than the flake's own suffix.
        let host = choices.host.clone().unwrap_or_else(|| host(named));
        return Configuration::Flake { reference, directory, host };
    }
    if let Some(file) = &choices.file {
        return channels(machine, std::path::absolute(file).unwrap_or_else(|_| file.clone()));
    }
    // A link /etc/nixos/flake.nix points into the directory where the person really works; Nix must see that one.
    let flake = machine.at("/etc/nixos/flake.nix");
    if let Ok(real) = machine.resolve(&flake) {
        let directory = real.parent().map_or_else(|| machine.at("/etc/nixos"), Path::to_owned);
        return Configuration::Flake {
            reference: directory.display().to_string(),
            directory: Some(directory),
            host: host(None),
        };
    }
    let file = machine.at("/etc/nixos/configuration.nix");
    if machine.status(&file).is_ok() {
        return channels(machine, file);
    }
    Configuration::Missing { likely: likely_flakes(machine) }
}

/// Which packages the machine has, in words that change when these do; and the directory on the network that has the
/// channel's lists of packages and options: what the person subscribed to, or what a flake's nixpkgs was fetched from as an
/// archive. Nothing else is guessed.
pub(super) fn packages(
    machine: &impl Machine,
    configuration: &Configuration,
    channels: &[Channel],
) -> (Option<String>, Option<String>) {
    let (from, address) = match configuration {
        Configuration::Flake { directory: Some(directory), .. } => {
            let Ok(lock) = lock_file::read(machine, &directory.join("flake.lock")) else { return (None, None) };
            let Some(input) = lock.get("nixpkgs") else { return (None, None) };
            let url = input.url.as_deref().and_then(|url| url.split(['?', '#']).next());
            let archive = url.and_then(|url| url.strip_suffix("/nixexprs.tar.xz"));
            (format!("{} {}", input.source(), input.stand_in_words()), archive.map(str::to_owned))
        }
        Configuration::Flake { reference, .. } => (reference.clone(), None),
        Configuration::Channels { .. } => {
            let channel = channels.iter().find(|channel| channel.name == "nixos").or_else(|| channels.first());
            let Some(channel) = channel else { return (None, None) };
            let version = channel.version.as_deref().or(channel.store_path.as_deref()).unwrap_or_default();
            let url = channel.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
            (format!("channel {} {version}", channel.name), url)
        }
        Configuration::Missing { .. } => return (None, None),
    };
    let published = address.filter(|address| address.starts_with("https://") || address.starts_with("http://"));
    (Some(from.trim().to_owned()), published)
}

fn channels(machine: &impl Machine, file: PathBuf) -> Configuration {
    let said =
        machine.variable("NIX_PATH").is_some_and(|path| path.split(':').any(|entry| entry.starts_with("nixpkgs=")));
    let channel = machine.at("/nix/var/nix/profiles/per-user/root/channels/nixos");
    let nixpkgs = if said || machine.resolve(&channel).is_err() { None } else { Some(channel) };
    Configuration::Channels { file, nixpkgs }
}

/// Places where people keep the flake of their machine, when it is not in `/etc/nixos`.
fn likely_flakes(machine: &impl Machine) -> Vec<PathBuf> {
    const PLACES: [&str; 9] = [
        "nixos",
        "nixos-config",
        "nix-config",
        "nix",
        "dotfiles",
        ".dotfiles",
        ".config/nixos",
        ".config/nix-config",
        ".config/home-manager",
    ];
    let home = home(machine);
    let defines_machines = |directory: &PathBuf| {
        machine
            .read(&directory.join("flake.nix"))
            .is_ok_and(|text| memchr::memmem::find(&text, b"nixosConfigurations").is_some())
    };
    PLACES.iter().map(|place| home.join(place)).filter(defines_machines).collect()
}
