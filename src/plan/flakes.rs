//! Plans about the flake at hand: that of the directory where the person is, else that of the machine.

use std::path::{Path, PathBuf};

use super::rebuild::Rebuild;
use super::refusal::{Refusal, Unplanned, needs_nix, needs_privilege};
use super::{Action, Collect, Content, Edit, HandOver, Plan, Reversal, Risk, Step};
use crate::machine::facts::Configuration;
use crate::operation::slots::{FlakeAddress, FlakeAttribute, InputName};

impl Rebuild<'_> {
    /// `update_flake`.
    pub(super) fn update_flake(&self, inputs: &[InputName]) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let directory = self.directory()?;
        let lock = directory.join("flake.lock");
        let new = self.facts.workshop.join("project.lock");
        let edit = Edit {
            root: self.facts.needs_root(&lock),
            path: lock.clone(),
            after: Content::From(new.clone()),
            before: None,
            risk: Risk::Changes,
        };
        let steps = vec![
            self.lock_inputs(&directory, inputs, &new),
            Self::show_inputs(&directory, &new),
            Step {
                title: "Ask before anything changes".to_owned(),
                action: Action::Confirm { question: "Put the new lock file in place?".to_owned() },
                reversal: None,
            },
            Step {
                title: "Put the new lock file in place".to_owned(),
                reversal: Some(Reversal::File { path: lock, before: None, after: None }),
                action: Action::Edit(edit),
            },
        ];
        let what = if inputs.is_empty() { "the inputs".to_owned() } else { super::rebuild::join(inputs) };
        let machine = self.of_the_machine(&directory);
        let plan = Plan {
            title: format!("Update {what} of the flake {}", directory.display()),
            steps,
            notes: machine
                .then(|| "Only flake.lock changes. The system changes when it is rebuilt.".to_owned())
                .into_iter()
                .collect(),
            undo: Some("ask-nix undo".to_owned()),
        };
        needs_privilege(self.facts, plan.needs_root())?;
        Ok(plan)
    }

    /// `show_flake`.
    pub(super) fn show_flake(&self, flake: Option<&FlakeAddress>) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let reference = match flake {
            Some(flake) => flake.to_string(),
            None => self.reference()?,
        };
        let metadata = self.tools.flake_metadata(&reference);
        let outputs = self.tools.flake_show(&reference);
        Ok(plan(
            format!("Show what the flake {reference} gives"),
            vec![
                Step::run("Read what it is made of", metadata, Risk::Reads, Collect::Metadata),
                Step::run("Ask what it gives", outputs, Risk::Reads, Collect::Outputs),
            ],
        ))
    }

    /// `check_flake`.
    pub(super) fn check_flake(&self) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let reference = self.reference()?;
        let check = self.tools.flake_check(&reference);
        let collect = Collect::Checked { flake: reference.clone() };
        let step = Step::run("Evaluate all of it and build its checks", check, Risk::Reads, collect);
        Ok(plan(format!("Check the flake {reference}"), vec![step]))
    }

    /// `build_project`.
    pub(super) fn build_project(&self, attribute: Option<&FlakeAttribute>) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let directory = self.project()?;
        let build = self.tools.build_project(&directory, attribute);
        let collect = Collect::Products { link: directory.join("result") };
        let step = Step::run("Build it", build, Risk::Reads, collect);
        Ok(plan(format!("Build the project in {}", directory.display()), vec![step]))
    }

    /// `enter_dev_shell`.
    pub(super) fn enter_dev_shell(&self) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        let directory = self.project()?;
        let prepare = self.tools.prepare_dev_shell(&directory);
        let shell = HandOver {
            command: self.tools.dev_shell(&directory),
            what: "The shell".to_owned(),
            alone: false,
            copy: None,
        };
        Ok(plan(
            format!("Enter the development shell of {}", directory.display()),
            vec![
                Step::run("Make it ready", prepare, Risk::Reads, Collect::Nothing),
                Step { title: "Enter it; exit leaves it".to_owned(), action: Action::HandOver(shell), reversal: None },
            ],
        ))
    }

    /// The flake where the person is.
    fn project(&self) -> Result<PathBuf, Refusal> {
        self.facts
            .project
            .clone()
            .ok_or_else(|| Refusal::new("no-flake", "There is no flake.nix in this directory, nor in one above it."))
    }

    /// The flake where the person is, else the machine's, when it is a directory.
    fn directory(&self) -> Result<PathBuf, Refusal> {
        match (self.project(), &self.facts.configuration) {
            (Ok(project), _) => Ok(project),
            (_, Configuration::Flake { directory: Some(directory), .. }) => Ok(directory.clone()),
            (Err(why), _) => Err(why),
        }
    }

    fn reference(&self) -> Result<String, Refusal> {
        match (self.directory(), &self.facts.configuration) {
            (Err(_), Configuration::Flake { reference, .. }) => Ok(reference.clone()),
            (directory, _) => directory.map(|directory| directory.display().to_string()),
        }
    }

    fn of_the_machine(&self, directory: &Path) -> bool {
        matches!(&self.facts.configuration, Configuration::Flake { directory: Some(own), .. } if own == directory)
    }
}

fn plan(title: String, steps: Vec<Step>) -> Plan {
    Plan { title, steps, notes: Vec::new(), undo: None }
}
