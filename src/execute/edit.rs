//! Changing files: checked against what was planned, whole or not at all, as root only where that is needed.

use std::io;

use crate::machine::facts::Facts;
use crate::machine::{Command, Heard, Machine};
use crate::nix::log::clean;
use crate::plan::{Content, Edit};

/// So many lines of a helper are kept, each at most this long.
const SAID: usize = 20;
const LINE: usize = 400;

/// Why a file could not be read or changed.
#[derive(Debug)]
pub(super) struct Trouble {
    /// In one sentence.
    pub message: String,
    /// An id of the error catalogue, where one fits.
    pub id: Option<&'static str>,
    /// What a program said about it.
    pub said: Vec<String>,
}

impl Trouble {
    pub(super) fn from_io(message: String, error: &io::Error) -> Self {
        let id = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("disk-full"),
            io::ErrorKind::ReadOnlyFilesystem => Some("read-only-store"),
            io::ErrorKind::PermissionDenied => Some("permission-denied"),
            _ => None,
        };
        Self { message, id, said: Vec::new() }
    }
}

/// The present text of the file, `None` when there is none; refuses when it is not the one that was planned with.
pub(super) fn check(edit: &Edit, machine: &impl Machine) -> Result<Option<String>, Trouble> {
    let path = edit.path.display();
    // A link to a directory (a pin, a store path) has no text; its being there is all that counts.
    let present = match machine.read(&edit.path) {
        Ok(bytes) => Some(String::from_utf8(bytes).map_err(|_| Trouble {
            message: format!("{path} is not UTF-8 text, so it was left as it is."),
            id: None,
            said: Vec::new(),
        })?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory && matches!(edit.after, Content::Absent) => {
            Some(String::new())
        }
        Err(error) => return Err(Trouble::from_io(format!("{path} could not be read: {error}."), &error)),
    };
    // A file that already says what it should become is no conflict: the change was interrupted before it was made.
    let arrived = match (&edit.after, &present) {
        (Content::Text(after), Some(present)) => after == present,
        (Content::Absent, None) => true,
        _ => false,
    };
    if edit.before.is_none() && matches!(edit.after, Content::Text(_)) && present.is_some() && !arrived {
        return Err(Trouble {
            message: format!("There is a file {path} by now, which nothing overwrites."),
            id: Some("file-changed"),
            said: Vec::new(),
        });
    }
    if edit.before.is_some() && edit.before != present && !arrived {
        return Err(Trouble {
            message: format!("{path} has been changed since, so it was left as it is."),
            id: Some("file-changed"),
            said: Vec::new(),
        });
    }
    Ok(present)
}

/// What the file becomes.
pub(super) fn content(edit: &Edit, machine: &impl Machine) -> Result<Option<String>, Trouble> {
    match &edit.after {
        Content::Text(text) => Ok(Some(text.clone())),
        Content::Absent => Ok(None),
        Content::From(path) => {
            let text = machine.read(path).and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
            text.map(Some)
                .map_err(|error| Trouble::from_io(format!("{} could not be read: {error}.", path.display()), &error))
        }
    }
}

/// Changes the file.
pub(super) async fn apply(
    edit: &Edit,
    after: Option<&str>,
    machine: &impl Machine,
    facts: &Facts,
) -> Result<(), Trouble> {
    if edit.root {
        return as_root(edit, after, machine, facts).await;
    }
    let done = match after {
        Some(text) => machine.write(&edit.path, text.as_bytes()),
        None => machine.remove(&edit.path),
    };
    done.map_err(|error| Trouble::from_io(format!("{} could not be written: {error}.", edit.path.display()), &error))
}

/// Root runs this very program for the one file: the same whole-or-nothing write as without root.
async fn as_root(edit: &Edit, after: Option<&str>, machine: &impl Machine, facts: &Facts) -> Result<(), Trouble> {
    let could_not =
        |error: io::Error| Trouble::from_io(format!("{} could not be written: {error}.", edit.path.display()), &error);
    let program = machine.own_program().map_err(could_not)?;
    let command = Command::new(program.display().to_string()).arg("internal");
    let waiting = facts.workshop.join("for-root");
    let command = match after {
        Some(text) => {
            machine.write(&waiting, text.as_bytes()).map_err(could_not)?;
            command.arg("write").path(&waiting).path(&edit.path)
        }
        None => command.arg("remove").path(&edit.path),
    };
    // Quick, and not to be stopped half-way.
    let command = Command { critical: true, ..command };
    let mut said = Vec::new();
    let ended = machine
        .run(&facts.elevated(command, true), &mut |heard| {
            if let Heard::Line(_, line) = heard
                && said.len() < SAID
            {
                said.push(clean(&String::from_utf8_lossy(line), LINE).into_owned());
            }
        })
        .await;
    machine.remove(&waiting).map_err(could_not)?;
    if ended.map_err(could_not)?.success() {
        return Ok(());
    }
    let why = said.last().map_or("root could not do it", String::as_str).trim_end_matches('.');
    let message = format!("{} could not be written: {why}.", edit.path.display());
    Err(Trouble { message, id: None, said })
}
