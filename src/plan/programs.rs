//! Plans for programs that are not installed: a shell with them, or one run.

use super::rebuild::{Rebuild, join};
use super::refusal::{Unplanned, needs_nix};
use super::{Action, Collect, HandOver, Plan, Risk, Step};
use crate::machine::facts::Configuration;
use crate::nix::command::PackageSet;
use crate::operation::slots::{Argument, PackageName};

impl Rebuild<'_> {
    /// `try_package`.
    pub(super) fn try_packages(&self, packages: &[PackageName]) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let set = self.package_set();
        let shell = HandOver {
            command: self.tools.shell(set, packages),
            what: "The shell".to_owned(),
            alone: false,
            copy: None,
        };
        let mut notes = vec!["Nothing is installed: when you leave the shell, everything is as before.".to_owned()];
        if packages.iter().any(|package| package.as_str().contains("Packages.")) {
            notes.push(
                "A library of a language is only found by programs of that language that were made with it.".to_owned(),
            );
        }
        Ok(Plan {
            title: format!("Try {} in a shell", join(packages)),
            steps: vec![
                Step::run("Fetch or build", self.tools.fetch(set, packages), Risk::Reads, Collect::Nothing),
                Step {
                    title: "Start the shell; exit leaves it".to_owned(),
                    action: Action::HandOver(shell),
                    reversal: None,
                },
            ],
            notes,
            undo: None,
        })
    }

    /// `run_package`.
    pub(super) fn run_package(&self, package: &PackageName, arguments: &[Argument]) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let set = self.package_set();
        let fetch = self.tools.fetch(set, std::slice::from_ref(package));
        let run = HandOver {
            command: self.tools.run(set, package, arguments),
            what: package.to_string(),
            alone: true,
            copy: None,
        };
        Ok(Plan {
            title: format!("Run {package} once"),
            steps: vec![
                Step::run("Fetch or build it", fetch, Risk::Reads, Collect::Nothing),
                Step { title: format!("Run {package}"), action: Action::HandOver(run), reversal: None },
            ],
            notes: Vec::new(),
            undo: None,
        })
    }

    /// What the machine itself is made of, so that what is tried is what would be installed.
    fn package_set(&self) -> PackageSet<'_> {
        match &self.facts.configuration {
            Configuration::Flake { reference, .. } => PackageSet::Flake(reference),
            Configuration::Channels { nixpkgs, .. } => PackageSet::Channel(nixpkgs.as_deref()),
            Configuration::Missing { .. } => PackageSet::Registry,
        }
    }
}
