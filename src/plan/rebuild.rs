//! Plans that build the system: update, apply, boot, test, build, try in a virtual machine, preview, another release.
//!
//! Nothing of the person's is touched before they have seen what would change: new flake inputs are locked into a file
//! beside, the system is built from that, and only after consent the lock file, the profile and the running system are
//! changed, in this order. Channels belong to root and have no such lock; they are updated first and put back when the
//! build fails or the person declines.

use std::path::{Path, PathBuf};

use super::refusal::{Refusal, Unplanned, needs_configuration, needs_nix, needs_nixos, needs_privilege};
use super::{Action, Collect, Content, Edit, Permission, Plan, Probe, Reversal, Risk, Run, Step};
use crate::machine::Command;
use crate::machine::facts::{Configuration, Facts};
use crate::nix::command::{self, ChannelSource, FlakeTarget, Tools};
use crate::operation::slots::{InputName, Release};
use crate::operation::{Activation, Level, SwitchAction};

/// Everything that these plans are made from.
pub(super) struct Rebuild<'a> {
    pub facts: &'a Facts,
    pub tools: &'a Tools,
    /// What the person allowed beside.
    pub allowed: &'a [Permission],
}

impl Rebuild<'_> {
    /// `update_system`.
    pub(super) fn update(&self, inputs: &[InputName], activation: Activation) -> Result<Plan, Unplanned> {
        self.ready()?;
        let mut steps = Vec::new();
        let mut lock = None;
        match &self.facts.configuration {
            Configuration::Flake { directory: Some(directory), .. } => {
                let new = self.facts.workshop.join("flake.lock");
                steps.push(self.lock_inputs(directory, inputs, &new));
                steps.push(Self::show_inputs(directory, &new));
                lock = Some(new);
            }
            Configuration::Flake { reference, .. } => return Err(not_here(reference).into()),
            _ => steps.push(self.update_channels(inputs)),
        }
        let title = match (inputs, activation) {
            ([], Activation::Switch) => "Update the system and switch to it".to_owned(),
            ([], Activation::Boot) => "Update the system, to start at the next boot".to_owned(),
            (some, _) => format!("Update {} and rebuild the system", join(some)),
        };
        self.build_and_activate(title, steps, activation.into(), lock)
    }

    /// `upgrade_release`.
    pub(super) fn upgrade(&self, release: &Release) -> Result<Plan, Unplanned> {
        self.ready()?;
        let branch = release.branch();
        let title = format!("Move the system to {branch} and switch to it");
        let mut steps = Vec::new();
        let mut lock = None;
        match &self.facts.configuration {
            Configuration::Flake { directory: Some(directory), .. } => {
                let (edit, inputs) = super::release::edit_flake(self.facts, directory, &branch)?;
                let path = edit.path.clone();
                steps.push(Step {
                    title: format!("Let flake.nix follow {branch}"),
                    reversal: Some(Reversal::File { path, before: None, after: None }),
                    action: Action::Edit(edit),
                });
                let new = self.facts.workshop.join("flake.lock");
                steps.push(self.lock_inputs(directory, &inputs, &new));
                steps.push(Self::show_inputs(directory, &new));
                lock = Some(new);
            }
            Configuration::Flake { reference, .. } => return Err(not_here(reference).into()),
            _ => {
                steps.extend(super::release::change_channel(self.facts, &branch)?);
                steps.push(self.update_channels(&[]));
            }
        }
        let mut plan = self.build_and_activate(title, steps, SwitchAction::Switch, lock)?;
        plan.notes.push("Read the release notes first: some options change between releases. system.stateVersion stays as it is; it does not name the release that runs.".to_owned());
        Ok(plan)
    }

    /// `apply_configuration`, `boot_configuration` and `test_configuration`.
    pub(super) fn activate(&self, how: SwitchAction) -> Result<Plan, Unplanned> {
        self.ready()?;
        let title = match how {
            SwitchAction::Boot => "Build the configuration, to start at the next boot",
            SwitchAction::Test => "Build the configuration and try it, without a boot entry",
            SwitchAction::Switch | SwitchAction::DryActivate => "Build the configuration and switch to it",
        };
        self.build_and_activate(title.to_owned(), Vec::new(), how, None)
    }

    /// `build_system`.
    pub(super) fn build(&self) -> Result<Plan, Unplanned> {
        self.ready()?;
        let steps = vec![self.build_step(&self.link(), None), self.compare_step()];
        Ok(Plan {
            title: "Build the configuration, without activating it".to_owned(),
            steps,
            notes: Vec::new(),
            undo: None,
        })
    }

    /// `build_vm`.
    pub(super) fn virtual_machine(&self) -> Result<Plan, Unplanned> {
        self.ready()?;
        let link = self.facts.workshop.join("vm");
        let build = match self.source() {
            Source::Flake(target) => self.tools.build_flake_vm(&target, &link),
            Source::Channels(source) => self.tools.build_channels(&source, "vm", &link),
        };
        let start = Command::new(link.join(format!("bin/run-{}-vm", self.facts.host)).display().to_string());
        Ok(Plan {
            title: "Build the configuration as a virtual machine and start it".to_owned(),
            steps: vec![
                Step::run("Build the virtual machine", build, Risk::Reads, Collect::Nothing),
                Step::run("Start it; closing its window ends it", start, Risk::Reads, Collect::Nothing),
            ],
            notes: vec![format!(
                "Its disk is the file {}.qcow2 in the present directory; delete that to start afresh.",
                self.facts.host
            )],
            undo: None,
        })
    }

    /// `dry_run`. The first level has no plan of its own: it is the plan of applying, shown.
    pub(super) fn preview(&self, level: Level) -> Result<Plan, Unplanned> {
        self.ready()?;
        match level {
            Level::Plan => self.activate(SwitchAction::Switch),
            Level::Build => {
                let command = match self.source() {
                    Source::Flake(target) => self.tools.dry_build_flake(&target),
                    Source::Channels(source) => self.tools.dry_build_channels(&source),
                };
                let steps =
                    vec![Step::run("Ask Nix what it would build and fetch", command, Risk::Reads, Collect::DryBuild)];
                Ok(Plan {
                    title: "Show what rebuilding would build and fetch".to_owned(),
                    steps,
                    notes: Vec::new(),
                    undo: None,
                })
            }
            Level::Activate => {
                let link = self.link();
                let root = self.facts.needs_root(&self.facts.running);
                needs_privilege(self.facts, root)?;
                let command = command::activation(&self.system(&link), SwitchAction::DryActivate, false);
                let steps = vec![
                    self.build_step(&link, None),
                    self.compare_step(),
                    Step {
                        title: "Ask the new system which units it would stop, start and restart".to_owned(),
                        action: Action::Activate {
                            command: self.facts.elevated(command, root),
                            how: SwitchAction::DryActivate,
                            system: link,
                        },
                        reversal: None,
                    },
                ];
                Ok(Plan {
                    title: "Show which units switching would restart".to_owned(),
                    steps,
                    notes: vec!["For this answer the system is really built; nothing is activated.".to_owned()],
                    undo: None,
                })
            }
        }
    }

    /// `check_updates`.
    pub(super) fn check(&self) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        needs_configuration(self.facts)?;
        let steps = match &self.facts.configuration {
            Configuration::Flake { directory: Some(directory), .. } => {
                let new = self.facts.workshop.join("flake.lock");
                vec![self.lock_inputs(directory, &[], &new), Self::show_inputs(directory, &new)]
            }
            Configuration::Flake { reference, .. } => return Err(not_here(reference).into()),
            _ => super::release::ask_channels(self.facts)?,
        };
        Ok(Plan { title: "See whether there are updates".to_owned(), steps, notes: Vec::new(), undo: None })
    }

    pub(super) fn ready(&self) -> Result<(), Unplanned> {
        needs_nixos(self.facts)?;
        needs_nix(self.facts)?;
        needs_configuration(self.facts)?;
        Ok(())
    }

    /// The link that a build leaves: it keeps the result from the garbage collector until the next build.
    fn link(&self) -> PathBuf {
        self.facts.workshop.join("system")
    }

    /// The built system, or the specialisation of it that the person chose.
    fn system(&self, link: &Path) -> PathBuf {
        match &self.facts.specialisation {
            Some(name) => link.join("specialisation").join(name),
            None => link.to_owned(),
        }
    }

    pub(super) fn source(&self) -> Source<'_> {
        match &self.facts.configuration {
            Configuration::Flake { reference, host, .. } => Source::Flake(FlakeTarget { reference, host, lock: None }),
            Configuration::Channels { file, nixpkgs } => {
                Source::Channels(ChannelSource { file, nixpkgs: nixpkgs.as_deref() })
            }
            // `ready` has asked before.
            Configuration::Missing { .. } => {
                Source::Flake(FlakeTarget { reference: "/etc/nixos", host: &self.facts.host, lock: None })
            }
        }
    }

    pub(super) fn lock_inputs(&self, directory: &Path, inputs: &[InputName], new: &Path) -> Step {
        let title = if inputs.is_empty() {
            "Find the newest versions of the flake's inputs".to_owned()
        } else {
            format!("Find the newest version of {}", join(inputs))
        };
        Step::run(&title, self.tools.flake_update(directory, inputs, new), Risk::Reads, Collect::Nothing)
    }

    pub(super) fn show_inputs(directory: &Path, new: &Path) -> Step {
        Step {
            title: "Compare them with the present ones".to_owned(),
            action: Action::Look(Probe::Inputs { before: directory.join("flake.lock"), after: new.to_owned() }),
            reversal: None,
        }
    }

    fn update_channels(&self, inputs: &[InputName]) -> Step {
        let (profile, generation) = &self.facts.channels;
        let root = self.facts.needs_root(profile);
        Step {
            title: if inputs.is_empty() {
                "Update the channels".to_owned()
            } else {
                format!("Update the channel {}", join(inputs))
            },
            action: Action::Run(Run {
                command: self
                    .facts
                    .elevated(super::channels::of_root(self.facts, command::channel_update(inputs)), root),
                risk: Risk::Changes,
                collect: Collect::Nothing,
            }),
            reversal: generation.map(|generation| Reversal::Profile { profile: profile.clone(), generation }),
        }
    }

    fn build_step(&self, link: &Path, lock: Option<&Path>) -> Step {
        let command = match self.source() {
            Source::Flake(target) => self.tools.build_flake(&FlakeTarget { lock, ..target }, link),
            Source::Channels(source) => self.tools.build_channels(&source, "system", link),
        };
        Step::run("Build the new system", command, Risk::Reads, Collect::Nothing)
    }

    fn compare_step(&self) -> Step {
        Step {
            title: "Compare it with the running system".to_owned(),
            action: Action::Compare { from: self.facts.running.clone(), to: self.link() },
            reversal: None,
        }
    }

    pub(super) fn build_and_activate(
        &self,
        title: String,
        mut steps: Vec<Step>,
        how: SwitchAction,
        lock: Option<PathBuf>,
    ) -> Result<Plan, Unplanned> {
        let facts = self.facts;
        let link = self.link();
        steps.push(self.build_step(&link, lock.as_deref()));
        steps.push(self.compare_step());
        // With an edit before it, a file has changed by then, though the machine has not.
        let edited = steps.iter().any(|step| matches!(step.action, Action::Edit(_)));
        steps.push(Step {
            title: if edited { "Ask before the system changes" } else { "Ask before anything changes" }.to_owned(),
            action: Action::Confirm {
                question: match how {
                    SwitchAction::Boot => "Make this the system of the next boot?",
                    SwitchAction::Test => "Start this system now, without a boot entry?",
                    SwitchAction::Switch | SwitchAction::DryActivate => "Switch to this system now?",
                }
                .to_owned(),
            },
            reversal: None,
        });
        if let (Some(new), Configuration::Flake { directory: Some(directory), .. }) = (lock, &facts.configuration) {
            let path = directory.join("flake.lock");
            steps.push(Step {
                title: "Put the new lock file in place".to_owned(),
                reversal: Some(Reversal::File { path: path.clone(), before: None, after: None }),
                action: Action::Edit(Edit {
                    root: facts.needs_root(&path),
                    path,
                    after: Content::From(new),
                    before: None,
                    risk: Risk::Changes,
                }),
            });
        }
        if how != SwitchAction::Test {
            steps.push(set_profile(facts, &link));
        }
        steps.push(activate(facts, &self.system(&link), how));
        let plan = Plan { title, steps, notes: Vec::new(), undo: Some("ask-nix undo".to_owned()) };
        needs_privilege(facts, plan.needs_root())?;
        Ok(plan)
    }
}

/// Where a system is built from.
pub(super) enum Source<'a> {
    Flake(FlakeTarget<'a>),
    Channels(ChannelSource<'a>),
}

/// Makes what `link` points at the profile's current generation.
fn set_profile(facts: &Facts, link: &Path) -> Step {
    let root = facts.needs_root(&facts.profile.path);
    Step {
        title: "Make it the newest generation".to_owned(),
        action: Action::Run(Run {
            command: facts.elevated(command::set_profile(&facts.profile.path, link), root),
            risk: Risk::Changes,
            collect: Collect::Nothing,
        }),
        reversal: facts
            .profile
            .current()
            .map(|current| Reversal::Profile { profile: facts.profile.path.clone(), generation: current.number }),
    }
}

/// Runs a system's `switch-to-configuration`.
pub(super) fn activate(facts: &Facts, system: &Path, how: SwitchAction) -> Step {
    let root = facts.needs_root(&facts.running);
    let command = command::activation(system, how, facts.systemd);
    Step {
        title: match how {
            SwitchAction::Switch => "Activate it, now and at every boot",
            SwitchAction::Boot => "Put it first in the boot menu",
            SwitchAction::Test => "Activate it, now",
            SwitchAction::DryActivate => "Ask it what activating would do",
        }
        .to_owned(),
        action: Action::Activate { command: facts.elevated(command, root), how, system: system.to_owned() },
        reversal: facts.running_system.clone().map(|system| Reversal::Activate { system, how }),
    }
}

pub(super) fn not_here(reference: &str) -> Refusal {
    Refusal::new(
        "flake-not-found",
        format!("The flake {reference} is not a directory of this computer, so its lock file cannot be changed here."),
    )
    .with("url", reference)
}

/// "nixpkgs", "nixpkgs and home-manager", "a, b and c".
pub(super) fn join<T: ToString>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
