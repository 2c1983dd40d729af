//! Programs that have the terminal to themselves.

use std::path::PathBuf;

use super::edit::Trouble;
use super::{Frontend, Stop, failed, program};
use crate::machine::{Exit, Machine};
use crate::outcome::Answer;
use crate::plan::{Collect, HandOver};

/// Refuses before anything is fetched where a shell would find nobody.
pub(super) fn check(hand_over: &HandOver, frontend: &dyn Frontend) -> Result<(), Trouble> {
    if hand_over.alone || frontend.present() {
        return Ok(());
    }
    let message = "There is no terminal that the shell could be started on.".to_owned();
    Err(Trouble { message, id: Some("terminal-missing"), said: Vec::new() })
}

/// Runs it to its end. How it ends is its own affair, and told.
pub(super) async fn run(
    step: usize,
    hand_over: &HandOver,
    machine: &impl Machine,
    frontend: &mut dyn Frontend,
    log: PathBuf,
) -> Result<Answer, Stop> {
    let ended = |exit: Exit, output| Answer::Ended { program: hand_over.what.clone(), status: exit.status(), output };
    if frontend.lend_terminal() {
        let exit = machine.interact(&hand_over.command).map_err(|error| {
            let message = format!("{} could not be started: {error}.", hand_over.command.program);
            failed(step, Trouble::from_io(message, &error))
        })?;
        return Ok(ended(exit, None));
    }
    let done = program::run(step, &hand_over.command, &Collect::Nothing, machine, frontend, log).await;
    match done.exit {
        Some(Exit::Interrupted) => Err(Stop::Interrupted),
        Some(exit) => Ok(ended(exit, Some(done.out))),
        None => Err(failed(step, Trouble { message: done.message.unwrap_or_default(), id: done.id, said: Vec::new() })),
    }
}
