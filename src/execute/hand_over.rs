//! Programs that have the terminal to themselves.

use std::path::{Path, PathBuf};

use super::edit::Trouble;
use super::{Consent, Frontend, Stop, failed, program};
use crate::machine::{Exit, Machine};
use crate::outcome::Answer;
use crate::plan::{Collect, Copy, HandOver};

/// Refuses before anything is fetched where a shell would find nobody.
pub(super) fn check(hand_over: &HandOver, frontend: &dyn Frontend) -> Result<(), Trouble> {
    if hand_over.alone || frontend.present() {
        return Ok(());
    }
    let what = if hand_over.copy.is_some() { "the editor" } else { "the shell" };
    let message = format!("There is no terminal that {what} could be started on.");
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
    if let Some(copy) = &hand_over.copy {
        lay_out(copy, machine, frontend).map_err(|error| {
            failed(step, Trouble::from_io(format!("{} could not be written: {error}.", copy.file.display()), &error))
        })?;
    }
    let ended = |exit: Exit, output| Answer::Ended { program: hand_over.what.clone(), status: exit.status(), output };
    if frontend.lend_terminal() {
        let exit = machine.interact(&hand_over.command).map_err(|error| {
            let message = format!("{} could not be started: {error}.", hand_over.command.program);
            failed(step, Trouble::from_io(message, &error))
        })?;
        // An editor that says it failed was left without wanting what is in it.
        if hand_over.copy.is_some() && !exit.success() {
            let message = format!("{} ended with an error, so nothing was taken over.", hand_over.what);
            return Err(failed(step, Trouble { message, id: None, said: Vec::new() }));
        }
        return Ok(ended(exit, None));
    }
    let done = program::run(step, &hand_over.command, &Collect::Nothing, machine, frontend, log).await;
    match done.exit {
        Some(Exit::Interrupted) => Err(Stop::Interrupted),
        Some(exit) => Ok(ended(exit, Some(done.out))),
        None => Err(failed(step, Trouble { message: done.message.unwrap_or_default(), id: done.id, said: Vec::new() })),
    }
}

/// Writes the copy that is worked on. One that was begun before is gone on with, if the person wants that; else it is kept
/// beside.
fn lay_out(copy: &Copy, machine: &impl Machine, frontend: &mut dyn Frontend) -> std::io::Result<()> {
    let begun = machine.read(&copy.file).ok().filter(|begun| begun != copy.text.as_bytes());
    if let Some(begun) = begun {
        let name = copy.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let question = format!("You began to edit {name} before, and it was not written. Go on with that?");
        if copy.go_on || frontend.consent(&question) == Consent::Yes {
            return Ok(());
        }
        let aside = Path::new(&copy.file).with_file_name(format!("{name}.before"));
        machine.write(&aside, &begun)?;
    }
    if let Some(directory) = copy.file.parent() {
        machine.make_directory(directory)?;
    }
    machine.write(&copy.file, copy.text.as_bytes())
}
