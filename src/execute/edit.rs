//! Changing files: checked against what was planned, whole or not at all, as root only where that is needed.

use std::io;

use crate::machine::facts::Facts;
use crate::machine::{Command, Exit, Machine};
use crate::plan::{Content, Edit};

/// Why a file could not be read or changed.
#[derive(Debug)]
pub(super) struct Trouble {
    /// In one sentence.
    pub message: String,
    /// An id of the error catalogue, where one fits.
    pub id: Option<&'static str>,
}

impl Trouble {
    pub(super) fn from_io(message: String, error: &io::Error) -> Self {
        let id = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("disk-full"),
            io::ErrorKind::ReadOnlyFilesystem => Some("read-only-store"),
            io::ErrorKind::PermissionDenied => Some("permission-denied"),
            _ => None,
        };
        Self { message, id }
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
        })?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory && matches!(edit.after, Content::Absent) => {
            Some(String::new())
        }
        Err(error) => return Err(Trouble::from_io(format!("{path} could not be read: {error}."), &error)),
    };
    // A file that already says what it should become is no conflict: the change was interrupted before it was made.
    let arrived = matches!((&edit.after, &present), (Content::Text(after), Some(present)) if after == present);
    if edit.before.is_some() && edit.before != present && !arrived {
        return Err(Trouble {
            message: format!("{path} has been changed since, so it was left as it is."),
            id: Some("file-changed"),
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
    let done = if edit.root {
        as_root(edit, after, machine, facts).await
    } else {
        match after {
            Some(text) => machine.write(&edit.path, text.as_bytes()),
            None => machine.remove(&edit.path),
        }
    };
    done.map_err(|error| Trouble::from_io(format!("{} could not be written: {error}.", edit.path.display()), &error))
}

/// Root runs this very program for the one file: the same whole-or-nothing write as without root.
async fn as_root(edit: &Edit, after: Option<&str>, machine: &impl Machine, facts: &Facts) -> io::Result<()> {
    let program = machine.own_program()?;
    let command = Command::new(program.display().to_string()).arg("internal");
    let waiting = facts.workshop.join("for-root");
    let command = match after {
        Some(text) => {
            machine.write(&waiting, text.as_bytes())?;
            command.arg("write").path(&waiting).path(&edit.path)
        }
        None => command.arg("remove").path(&edit.path),
    };
    let mut said = String::new();
    let ended = machine
        .run(&facts.elevated(command, true), &mut |heard| {
            if let crate::machine::Heard::Line(_, line) = heard {
                said = String::from_utf8_lossy(line).into_owned();
            }
        })
        .await;
    machine.remove(&waiting)?;
    match ended? {
        Exit::Status(0) => Ok(()),
        _ => Err(io::Error::other(if said.is_empty() { "root could not do it".to_owned() } else { said })),
    }
}
