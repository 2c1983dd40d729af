//! The commands of Nix that ask-nix runs, as argument vectors. Every word of a person comes in as a checked slot or a
//! path, and stands behind an option that takes it or behind `--`.

mod evaluate;
mod flakes;

use std::path::Path;

use crate::machine::Command;
use crate::operation::slots::{ChannelName, ChannelUrl, InputName};
use crate::operation::{GenerationNumber, SwitchAction};
pub use flakes::PackageSet;

/// A part of what the machine has, which Nix is asked for when the index is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The packages of the machine's package set.
    Packages,
    /// The options of the machine's configuration.
    Options,
}

impl Part {
    /// The file in which a channel publishes it.
    pub fn file(self) -> &'static str {
        match self {
            Self::Packages => "packages.json.br",
            Self::Options => "options.json.br",
        }
    }
}

/// What all commands of a run have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools {
    /// Arguments that the person wants passed on to Nix, from after `--`.
    pub passed_on: Vec<String>,
    /// No network at all.
    pub offline: bool,
}

impl Tools {
    /// A subcommand of the `nix` program. The features are named each time: a machine without them in `nix.conf` is not
    /// an error that a person should have to solve first.
    fn nix(&self, subcommand: &[&str]) -> Command {
        self.common(
            Command::new("nix")
                .args(["--extra-experimental-features", "nix-command flakes"])
                .args(subcommand.iter().copied()),
        )
    }

    fn common(&self, command: Command) -> Command {
        if self.offline {
            command.args(["--option", "substitute", "false", "--option", "tarball-ttl", "4294967295"])
        } else {
            command
        }
    }

    /// `nix flake update` into a lock file elsewhere: the person's own is exchanged only after consent.
    pub fn flake_update(&self, directory: &Path, inputs: &[InputName], lock: &Path) -> Command {
        let command = self.nix(&["flake", "update"]);
        let command = command.args(inputs.iter().map(ToString::to_string));
        command.arg("--flake").path(directory).arg("--output-lock-file").path(lock)
    }

    /// Builds a host's system from a flake, leaving a link that keeps it from the garbage collector.
    pub fn build_flake(&self, target: &FlakeTarget<'_>, link: &Path) -> Command {
        let command =
            self.nix(&["build", &target.attribute("config.system.build.toplevel")]).arg("--out-link").path(link);
        target.with_lock(command).args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// What building a host's system would build and fetch.
    pub fn dry_build_flake(&self, target: &FlakeTarget<'_>) -> Command {
        let command = self.nix(&["build", &target.attribute("config.system.build.toplevel"), "--dry-run", "--no-link"]);
        target.with_lock(command).args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// All packages of the nixpkgs that a flake has locked, as JSON.
    pub fn search_flake(&self, target: &FlakeTarget<'_>) -> Command {
        let command = self.nix(&["search", "--json", "--no-write-lock-file", "--inputs-from", target.reference]);
        data(command.args(["nixpkgs", "^"]), &self.passed_on)
    }

    /// All packages of a channel, as JSON.
    pub fn search_channels(&self, source: &ChannelSource<'_>) -> Command {
        let nixpkgs = source.nixpkgs.map_or_else(|| "<nixpkgs>".to_owned(), |path| path.display().to_string());
        let command = Command::new("nix-env").args(["--file", &nixpkgs, "--query", "--available", "--attr-path"]);
        data(self.common(command.args(["--json", "--meta"])), &self.passed_on)
    }

    /// All options of a host's configuration, as JSON.
    pub fn options_flake(&self, target: &FlakeTarget<'_>) -> Command {
        let host = target.host.replace(['"', '\\'], "");
        let system = format!("{}#nixosConfigurations.\"{host}\"", target.reference);
        let command = self.nix(&["eval", "--json", "--no-write-lock-file", &system, "--apply", OPTIONS]);
        data(command, &self.passed_on)
    }

    /// All options of a configuration that is built from channels, as JSON.
    pub fn options_channels(&self, source: &ChannelSource<'_>) -> Command {
        let expression = format!("({OPTIONS}) (import <nixpkgs/nixos> {{ }})");
        let command = Command::new("nix-instantiate").args(["--eval", "--strict", "--json", "--expr", &expression]);
        let mut command = command.arg("-I").arg(format!("nixos-config={}", source.file.display()));
        if let Some(nixpkgs) = source.nixpkgs {
            command = command.arg("-I").arg(format!("nixpkgs={}", nixpkgs.display()));
        }
        data(self.common(command), &self.passed_on)
    }

    /// Fetches a file into the store and prints, as JSON, where it is. One that does not come within a minute is given up.
    pub fn fetch_file(&self, url: &str) -> Command {
        let command = self.nix(&["store", "prefetch-file", "--json", url, "--option", "connect-timeout", "10"]);
        let command =
            command.args(["--option", "stalled-download-timeout", "60", "--option", "download-attempts", "2"]);
        Command { quiet: true, ..command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone()) }
    }

    /// Builds the virtual machine of a host.
    pub fn build_flake_vm(&self, target: &FlakeTarget<'_>, link: &Path) -> Command {
        let command = self.nix(&["build", &target.attribute("config.system.build.vm")]).arg("--out-link").path(link);
        target.with_lock(command).args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// Builds the system of a configuration file from channels.
    pub fn build_channels(&self, source: &ChannelSource<'_>, attribute: &str, link: &Path) -> Command {
        let command = self.channels(source, attribute).arg("--out-link").path(link);
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// What building from channels would build and fetch.
    pub fn dry_build_channels(&self, source: &ChannelSource<'_>) -> Command {
        let command = self.channels(source, "system").args(["--dry-run", "--no-out-link"]);
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// Evaluates an expression over a host of a flake, or over a home; `machine` is what the expression calls it.
    pub fn evaluate_flake(&self, target: &FlakeTarget<'_>, kind: &str, expression: &str) -> Command {
        let host = target.host.replace(['"', '\\'], "");
        let command = self.nix(&["eval", "--json", &format!("{}#{kind}.\"{host}\"", target.reference)]);
        let command = command.args(["--apply", &format!("machine: {expression}")]);
        Command { quiet: true, ..command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone()) }
    }

    /// Evaluates an expression over the system of a configuration file; `machine` is what the expression calls it.
    pub fn evaluate_channels(&self, source: &ChannelSource<'_>, expression: &str) -> Command {
        let command = Command::new("nix-instantiate").args(["--eval", "--strict", "--json"]);
        let command = with_paths(command, source);
        let command = command.arg("--expr").arg(format!("let machine = import <nixpkgs/nixos> {{ }}; in {expression}"));
        let command = self.common(command).args(["--log-format", "internal-json", "-v"]);
        Command { quiet: true, ..command.args(self.passed_on.clone()) }
    }

    /// Builds what makes a home, leaving a link that keeps it from the garbage collector.
    pub fn build_home(&self, target: &FlakeTarget<'_>, link: &Path) -> Command {
        let home = target.host.replace(['"', '\\'], "");
        let attribute = format!("{}#homeConfigurations.\"{home}\".activationPackage", target.reference);
        let command = self.nix(&["build", &attribute]).arg("--out-link").path(link);
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    fn channels(&self, source: &ChannelSource<'_>, attribute: &str) -> Command {
        let command = Command::new("nix-build").args(["<nixpkgs/nixos>", "-A", attribute]);
        self.common(with_paths(command, source))
    }
}

/// With the places that a configuration file is evaluated with.
fn with_paths(command: Command, source: &ChannelSource<'_>) -> Command {
    let command = command.arg("-I").arg(format!("nixos-config={}", source.file.display()));
    match source.nixpkgs {
        Some(nixpkgs) => command.arg("-I").arg(format!("nixpkgs={}", nixpkgs.display())),
        None => command,
    }
}

/// From an evaluated system to a list of what its options are. Every word of it stands here; nothing is put in.
const OPTIONS: &str = "s: map (o: { inherit (o) name; type = o.type or null; \
    description = o.description.text or (o.description or null); default = o.default.text or null; \
    example = o.example.text or null; }) (builtins.filter (o: !(o.internal or false) && o.visible or true != false) \
    (s.pkgs.lib.optionAttrSetToDocList s.options))";

/// A command whose standard output is data, with what the person passes on.
fn data(command: Command, passed_on: &[String]) -> Command {
    Command { quiet: true, ..command.args(["--log-format", "internal-json"]).args(passed_on.to_vec()) }
}

/// A host's system in a flake.
#[derive(Clone, Copy, Debug)]
pub struct FlakeTarget<'a> {
    /// The flake: a directory, or any reference that Nix understands.
    pub reference: &'a str,
    /// The name below `nixosConfigurations`.
    pub host: &'a str,
    /// A lock file that is used instead of the flake's own.
    pub lock: Option<&'a Path>,
}

impl FlakeTarget<'_> {
    /// The installable of an attribute of this host. The name is quoted: host names may hold dots.
    fn attribute(&self, attribute: &str) -> String {
        let host = self.host.replace(['"', '\\'], "");
        format!("{}#nixosConfigurations.\"{host}\".{attribute}", self.reference)
    }

    fn with_lock(&self, command: Command) -> Command {
        match self.lock {
            Some(lock) => command.arg("--reference-lock-file").path(lock).arg("--no-write-lock-file"),
            None => command,
        }
    }
}

/// A configuration that is built from channels.
#[derive(Clone, Copy, Debug)]
pub struct ChannelSource<'a> {
    /// `configuration.nix`.
    pub file: &'a Path,
    /// The channel to build from, when `NIX_PATH` does not say it.
    pub nixpkgs: Option<&'a Path>,
}

/// Makes a system the profile's current generation, under Nix's own profile lock.
pub fn set_profile(profile: &Path, system: &Path) -> Command {
    Command::new("nix-env").arg("--profile").path(profile).arg("--set").path(system)
}

/// Points a profile at one of its generations, under Nix's own profile lock.
pub fn switch_generation(profile: &Path, generation: GenerationNumber) -> Command {
    Command::new("nix-env").arg("--profile").path(profile).args(["--switch-generation", &generation.to_string()])
}

/// Deletes generations of a profile by number. Never `old`: after a rollback that takes the newer ones along.
pub fn delete_generations(profile: &Path, generations: &[GenerationNumber]) -> Command {
    Command::new("nix-env")
        .arg("--profile")
        .path(profile)
        .arg("--delete-generations")
        .args(generations.iter().map(ToString::to_string))
}

/// Deletes every path that no root keeps.
pub fn collect_garbage() -> Command {
    Command::new("nix-store").args(["--gc", "--log-format", "internal-json", "-v"])
}

/// Hard-links identical files of the store.
pub fn optimise() -> Command {
    Command::new("nix-store").args(["--optimise", "--log-format", "internal-json", "-v"])
}

/// Checks every path of the store against its hash.
pub fn verify(repair: bool) -> Command {
    let command = Command::new("nix-store").args(["--verify", "--check-contents"]);
    let command = if repair { command.arg("--repair") } else { command };
    command.args(["--log-format", "internal-json", "-v"])
}

/// Fetches the newest state of root's channels, all or the named ones.
pub fn channel_update(channels: &[InputName]) -> Command {
    Command::new("nix-channel").arg("--update").args(channels.iter().map(ToString::to_string))
}

/// Subscribes to a channel.
pub fn channel_add(url: &ChannelUrl, name: &ChannelName) -> Command {
    Command::new("nix-channel").arg("--add").arg(url.as_str()).arg(name.as_str())
}

/// Unsubscribes from a channel.
pub fn channel_remove(name: &ChannelName) -> Command {
    Command::new("nix-channel").arg("--remove").arg(name.as_str())
}

/// Runs a system's `switch-to-configuration`. Where systemd runs it becomes a unit of its own, as nixos-rebuild does it, so
/// that it survives a lost terminal or a restarted display manager.
pub fn activation(system: &Path, how: SwitchAction, systemd: bool) -> Command {
    let program = system.join("bin/switch-to-configuration").display().to_string();
    let command = if systemd {
        Command::new("systemd-run")
            .args(["-E", "LOCALE_ARCHIVE", "-E", "NIXOS_INSTALL_BOOTLOADER", "-E", "NIXOS_NO_CHECK"])
            .args(["--collect", "--no-ask-password", "--pipe", "--quiet", "--service-type=exec"])
            .args(["--unit=ask-nix-switch-to-configuration", "--"])
            .args([program.as_str(), how.as_str()])
    } else {
        Command::new(program).arg(how.as_str())
    };
    // What a dry activation says is data.
    let dry = how == SwitchAction::DryActivate;
    Command { critical: !dry, quiet: dry, ..command }
}
