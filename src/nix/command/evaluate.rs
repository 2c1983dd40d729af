//! Commands that only evaluate.

use std::path::Path;

use super::{ChannelSource, FlakeTarget, Tools};
use crate::machine::Command;

impl Tools {
    /// Evaluates a host's system as far as what would be built.
    pub fn instantiate_flake(&self, target: &FlakeTarget<'_>) -> Command {
        let attribute = target.attribute("config.system.build.toplevel.drvPath");
        self.telling(self.nix(&["eval", "--raw", &attribute, "--no-write-lock-file"]))
    }

    /// Evaluates the system of a configuration file as far as what would be built.
    pub fn instantiate_channels(&self, source: &ChannelSource<'_>) -> Command {
        self.over_channels(source, "--raw", "(import <nixpkgs/nixos> { }).system.drvPath")
    }

    /// Reads a file as Nix does, and nothing more.
    pub fn parse(&self, file: &Path) -> Command {
        let command = Command::new("nix-instantiate").arg("--parse").path(file);
        Command { quiet: true, ..command.args(["--log-format", "internal-json"]) }
    }

    /// Asks a function about a host of a flake.
    pub fn ask_flake(&self, target: &FlakeTarget<'_>, function: &str) -> Command {
        let host = target.host.replace(['"', '\\'], "");
        let host = format!("{}#nixosConfigurations.\"{host}\"", target.reference);
        self.telling(self.nix(&["eval", "--json", &host, "--no-write-lock-file", "--apply", function]))
    }

    /// Asks a function about the system of a configuration file.
    pub fn ask_channels(&self, source: &ChannelSource<'_>, function: &str) -> Command {
        self.over_channels(source, "--json", &format!("({function}) (import <nixpkgs/nixos> {{ }})"))
    }

    /// The names of the machines that a flake defines.
    pub fn hosts(&self, reference: &str) -> Command {
        let machines = format!("{reference}#nixosConfigurations");
        let names = ["eval", "--json", &machines, "--no-write-lock-file", "--apply", "builtins.attrNames"];
        self.telling(self.nix(&names))
    }

    fn over_channels(&self, source: &ChannelSource<'_>, form: &str, expression: &str) -> Command {
        let mut command = self.nix(&["eval", "--impure", form]);
        command = command.arg("-I").arg(format!("nixos-config={}", source.file.display()));
        if let Some(nixpkgs) = source.nixpkgs {
            command = command.arg("-I").arg(format!("nixpkgs={}", nixpkgs.display()));
        }
        self.telling(command.args(["--expr", expression]))
    }

    /// With Nix's log in a form that can be read; the result is data.
    pub(super) fn telling(&self, command: Command) -> Command {
        let command = command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone());
        Command { quiet: true, ..command }
    }
}
