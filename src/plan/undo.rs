//! The plan that takes the last change back, from what the journal kept.

use std::path::PathBuf;

use super::generations::remove_link;
use super::rebuild::activate;
use super::refusal::{Refusal, Unplanned, needs_privilege};
use super::{Action, Collect, Content, Edit, Plan, Reversal, Risk, Run, Step};
use crate::machine::Command;
use crate::machine::facts::Facts;
use crate::nix::command;

/// The change that is to be taken back.
#[derive(Clone, Debug)]
pub struct Undoable {
    /// What was done, as its plan was called.
    pub title: String,
    /// What takes its steps back, in the order of the steps.
    pub reversals: Vec<Reversal>,
}

impl Undoable {
    /// The files that it puts back.
    pub fn files(&self) -> Vec<PathBuf> {
        let file = |reversal: &Reversal| match reversal {
            Reversal::File { path, .. } => Some(path.clone()),
            _ => None,
        };
        self.reversals.iter().filter_map(file).collect()
    }
}

/// `undo_last`.
pub(super) fn undo(facts: &Facts, last: Option<&Undoable>) -> Result<Plan, Unplanned> {
    let Some(last) = last else {
        return Err(Refusal::new(
            "nothing-to-undo",
            "ask-nix has not changed anything on this machine that it could take back.",
        )
        .into());
    };
    let mut reversals: Vec<&Reversal> = last.reversals.iter().collect();
    // The profile comes first, so that a machine that stops half-way boots what it should; then what runs; then the files.
    reversals.sort_by_key(|reversal| match reversal {
        Reversal::Profile { .. } => 0,
        Reversal::Activate { .. } => 1,
        Reversal::Run { .. } | Reversal::Unit { .. } => 2,
        Reversal::File { .. } => 3,
    });
    let plan = Plan {
        title: format!("Take back: {}", lower_first(&last.title)),
        steps: reversals.into_iter().map(|reversal| step(facts, reversal)).collect(),
        notes: Vec::new(),
        undo: Some("ask-nix undo".to_owned()),
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// The step that does what a reversal says.
pub fn step(facts: &Facts, reversal: &Reversal) -> Step {
    match reversal {
        Reversal::Profile { profile, generation } => {
            let root = facts.needs_root(profile);
            let now = if *profile == facts.profile.path { facts.profile.current } else { facts.channels.1 };
            let what = if *profile == facts.profile.path { "generation" } else { "channel generation" };
            Step {
                title: format!("Make {what} {generation} the current one again"),
                action: Action::Run(Run {
                    command: facts.elevated(command::switch_generation(profile, *generation), root),
                    risk: Risk::Changes,
                    collect: Collect::Nothing,
                }),
                reversal: now.map(|now| Reversal::Profile { profile: profile.clone(), generation: now }),
            }
        }
        Reversal::Activate { system, how } => {
            let mut step = activate(facts, system, *how);
            "Activate the system that ran before".clone_into(&mut step.title);
            step
        }
        Reversal::File { path, before: None, after } => remove_link(facts, path, after.clone()),
        Reversal::File { path, before: Some(before), after } => {
            restore(facts, path.clone(), before.clone(), after.clone())
        }
        Reversal::Unit { unit, active } => super::services::back(facts, unit, *active),
        Reversal::Run { title, vector, root } => {
            let mut words = vector.iter().cloned();
            let command = Command::new(words.next().unwrap_or_default()).args(words);
            let root = *root && facts.needs_root(&facts.channels.0);
            Step::run(title, facts.elevated(command, root), Risk::Changes, Collect::Nothing)
        }
    }
}

fn restore(facts: &Facts, path: PathBuf, before: String, after: Option<String>) -> Step {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Step {
        title: format!("Put {name} back as it was"),
        reversal: Some(Reversal::File { path: path.clone(), before: None, after: None }),
        action: Action::Edit(Edit {
            root: facts.needs_root(&path),
            path,
            after: Content::Text(before),
            before: after,
            risk: Risk::Changes,
        }),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}
