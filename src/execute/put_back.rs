//! Putting back what a plan changed before it failed or was declined.

use std::path::PathBuf;

use super::{Frontend, edit, program};
use crate::machine::facts::Facts;
use crate::machine::{Command, Exit, Machine};
use crate::operation::SwitchAction;
use crate::plan::undo::step;
use crate::plan::{Action, Collect, Reversal};

/// Puts back, newest change first. Gives what was put back and what could not be, in words.
pub(super) async fn put_back(
    changed: &[Reversal],
    machine: &impl Machine,
    facts: &Facts,
    frontend: &mut dyn Frontend,
    log_path: PathBuf,
) -> (Vec<String>, Vec<String>) {
    let (mut done, mut not_done) = (Vec::new(), Vec::new());
    // The boot menu is written from the profile, so it comes after it.
    let is_menu = |reversal: &&Reversal| matches!(reversal, Reversal::Activate { .. });
    let ordered = changed.iter().rev().filter(|one| !is_menu(one)).chain(changed.iter().rev().filter(is_menu));
    for reversal in ordered {
        let mut step = step(facts, reversal);
        let result = match &step.action {
            Action::Edit(edit) => put_file_back(edit, machine, facts).await,
            Action::Run(run) => run_back(&run.command, machine, frontend, log_path.clone()).await,
            Action::Activate { command, how: SwitchAction::Boot, .. } => {
                "Write the boot menu as it was".clone_into(&mut step.title);
                run_back(command, machine, frontend, log_path.clone()).await
            }
            // Never among the changes that are put back by themselves: activating is the person's decision.
            Action::Activate { .. }
            | Action::Look(_)
            | Action::Compare { .. }
            | Action::HandOver(_)
            | Action::Confirm { .. } => continue,
        };
        match result {
            Ok(()) => done.push(step.title),
            Err(why) => not_done.push(format!("{}: {why}", step.title)),
        }
    }
    (done, not_done)
}

async fn run_back(
    command: &Command,
    machine: &impl Machine,
    frontend: &mut dyn Frontend,
    log_path: PathBuf,
) -> Result<(), String> {
    // Whoever stopped the plan did not mean its cleaning up.
    let command = Command { critical: true, ..command.clone() };
    let ended = program::run(0, &command, &Collect::Nothing, machine, frontend, log_path).await;
    match ended.exit {
        Some(Exit::Status(0)) => Ok(()),
        _ => Err(ended.message.unwrap_or_else(|| ended.log.plain_tail.last().cloned().unwrap_or_default())),
    }
}

async fn put_file_back(edit: &crate::plan::Edit, machine: &impl Machine, facts: &Facts) -> Result<(), String> {
    let present = edit::check(edit, machine).map_err(|why| why.message)?;
    let after = edit::content(edit, machine).map_err(|why| why.message)?;
    if present == after {
        return Ok(());
    }
    edit::apply(edit, after.as_deref(), machine, facts).await.map_err(|why| why.message)
}

/// Whether the machine is not as it was before a step with this reversal.
pub(super) fn makes_a_difference(reversal: &Reversal, machine: &impl Machine) -> bool {
    match reversal {
        Reversal::Profile { profile, generation } => {
            let now = crate::nix::generation::numbers(machine, profile).ok().and_then(|(_, current)| current);
            now != Some(*generation)
        }
        // Whether it runs says nothing about the boot menu, so only what merely activates can be told.
        Reversal::Activate { system, how: SwitchAction::Switch | SwitchAction::Test } => {
            machine.resolve(&machine.at("/run/current-system")).ok().as_ref() != Some(system)
        }
        Reversal::File { path, before, .. } => {
            let now = machine.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            now != *before || (before.is_none() && machine.status(path).is_ok())
        }
        Reversal::Unit { unit, active } => crate::nix::unit_state::is_active(machine, unit) != *active,
        Reversal::Activate { .. } | Reversal::Run { .. } => true,
    }
}
