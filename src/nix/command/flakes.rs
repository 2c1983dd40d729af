//! Commands about any flake, and about packages that are not installed.

use std::path::Path;

use super::Tools;
use crate::machine::Command;
use crate::operation::slots::{Argument, FlakeAttribute, PackageName};

/// Where packages come from that are only tried: what the machine itself is made of.
#[derive(Clone, Copy, Debug)]
pub enum PackageSet<'a> {
    /// The input `nixpkgs` of the machine's flake, as it is locked.
    Flake(&'a str),
    /// The channel that the machine is built from; none where `NIX_PATH` says it.
    Channel(Option<&'a Path>),
    /// Whatever the registry calls `nixpkgs`.
    Registry,
}

impl Tools {
    /// What a flake says of itself, and what it is made of.
    pub fn flake_metadata(&self, reference: &str) -> Command {
        self.telling(self.nix(&["flake", "metadata", "--json", "--no-write-lock-file", reference]))
    }

    /// What a flake gives.
    pub fn flake_show(&self, reference: &str) -> Command {
        self.telling(self.nix(&["flake", "show", "--json", "--no-write-lock-file", reference]))
    }

    /// Evaluates what a flake gives and builds its checks.
    pub fn flake_check(&self, reference: &str) -> Command {
        let command = self.nix(&["flake", "check", "--no-write-lock-file", reference]);
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// Builds what a flake gives, leaving the link `result` beside it.
    pub fn build_project(&self, directory: &Path, attribute: Option<&FlakeAttribute>) -> Command {
        let mut what = directory.display().to_string();
        if let Some(attribute) = attribute {
            what.push('#');
            what.push_str(attribute.as_str());
        }
        let command = self.nix(&["build", &what, "--print-out-paths", "--out-link"]).path(&directory.join("result"));
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// Makes the development shell of a flake ready, without entering it.
    pub fn prepare_dev_shell(&self, directory: &Path) -> Command {
        let command = self.nix(&["develop"]).path(directory);
        let command = command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone());
        command.args(["--command", "true"])
    }

    /// Enters the development shell of a flake.
    pub fn dev_shell(&self, directory: &Path) -> Command {
        self.nix(&["develop"]).path(directory)
    }

    /// Fetches or builds packages, leaving nothing that would keep them.
    pub fn fetch(&self, set: PackageSet<'_>, packages: &[PackageName]) -> Command {
        let command = self.packages("build", set, packages).arg("--no-link");
        command.args(["--log-format", "internal-json", "-v"]).args(self.passed_on.clone())
    }

    /// A shell with packages.
    pub fn shell(&self, set: PackageSet<'_>, packages: &[PackageName]) -> Command {
        self.packages("shell", set, packages)
    }

    /// Runs a package's program. What follows `--` is the program's own.
    pub fn run(&self, set: PackageSet<'_>, package: &PackageName, arguments: &[Argument]) -> Command {
        let command = self.packages("run", set, std::slice::from_ref(package)).arg("--");
        command.args(arguments.iter().map(ToString::to_string))
    }

    /// Names of packages begin with a letter or a digit, so none can be taken for an option.
    fn packages(&self, subcommand: &str, set: PackageSet<'_>, packages: &[PackageName]) -> Command {
        let command = self.nix(&[subcommand]);
        match set {
            PackageSet::Flake(reference) => command
                .args(["--inputs-from", reference])
                .args(packages.iter().map(|package| format!("nixpkgs#{package}"))),
            PackageSet::Registry => command.args(packages.iter().map(|package| format!("nixpkgs#{package}"))),
            PackageSet::Channel(nixpkgs) => {
                let command = match nixpkgs {
                    Some(nixpkgs) => command.arg("-I").arg(format!("nixpkgs={}", nixpkgs.display())),
                    None => command,
                };
                command.args(["--file", "<nixpkgs>"]).args(packages.iter().map(ToString::to_string))
            }
        }
    }
}
