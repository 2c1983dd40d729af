//! The person edits the configuration: a copy, in their own editor. What came of it is shown, agreed to, written and evaluated
//! like any other change.

use std::path::{Path, PathBuf};

use super::{Configuration, Plan, Rebuild, Refusal, Step, Unplanned};
use crate::machine::Command;
use crate::nix::modules::ModuleFile;
use crate::plan::refusal::needs_privilege;
use crate::plan::{Action, Collect, Content, Copy, Edit, HandOver, Probe, Reversal, Risk};

/// `edit_config`.
pub(super) fn edit(rebuild: &Rebuild<'_>, go_on: bool) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let (path, text) = main_file(rebuild)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((program, arguments)) = facts.surroundings.editor.split_first() else {
        let message = format!(
            "No editor was found: VISUAL and EDITOR name none that is there, and neither nano nor vim is. The file is {}; an editor is one of \"ask-nix install nano\".",
            path.display()
        );
        return Err(Refusal::new("command-not-found", message).with("command", "nano").into());
    };
    let editor =
        Path::new(program).file_name().map_or_else(|| program.clone(), |name| name.to_string_lossy().into_owned());
    let copy = copy_of(&facts.workshop, &name, &text);
    let command = Command::new(program.clone()).args(arguments.to_vec()).path(&copy);
    let look = |title: &str, action: Action| Step { title: title.to_owned(), action, reversal: None };
    let steps = vec![
        look(
            &format!("Edit a copy of {name} with {editor}"),
            Action::HandOver(HandOver {
                command,
                what: editor,
                alone: false,
                copy: Some(Copy { file: copy.clone(), text: text.clone(), go_on }),
            }),
        ),
        look(
            "See what has changed",
            Action::Look(Probe::Rewritten { path: path.clone(), before: Some(text.clone()), after: copy.clone() }),
        ),
        Step::run("Read it as Nix does", rebuild.tools.parse(&copy), Risk::Reads, Collect::Nothing),
        look("Ask before it is written", Action::Confirm { question: format!("Write this to {}?", path.display()) }),
        write(rebuild, path, Some(text), copy),
        rebuild.evaluate_step(),
    ];
    let plan = Plan {
        title: format!("Edit {name}"),
        steps,
        notes: vec!["Only a copy is edited: nothing is written before you have seen the difference.".to_owned()],
        undo: Some("ask-nix undo".to_owned()),
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// The step that writes what was made to the place of the file.
pub(super) fn write(rebuild: &Rebuild<'_>, path: PathBuf, before: Option<String>, made: PathBuf) -> Step {
    let facts = rebuild.facts;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let root = if before.is_some() { facts.needs_root(&path) } else { facts.new_files_need_root() };
    Step {
        title: format!("Write {name}"),
        reversal: Some(Reversal::File { path: path.clone(), before: None, after: None }),
        action: Action::Edit(Edit { path, after: Content::From(made), before, root, risk: Risk::Changes }),
    }
}

/// The main file of the configuration; the flake itself where its modules could not be found.
fn main_file(rebuild: &Rebuild<'_>) -> Result<(PathBuf, String), Refusal> {
    let facts = rebuild.facts;
    if let Some(ModuleFile { path, text, .. }) = facts.modules.system.iter().find(|file| file.fixed.is_none()) {
        return Ok((path.clone(), text.clone()));
    }
    if let (Configuration::Flake { directory: Some(directory), .. }, Some(text)) =
        (&facts.configuration, &facts.flake_source)
    {
        return Ok((directory.join("flake.nix"), text.clone()));
    }
    let place = match &facts.configuration {
        Configuration::Channels { file, .. } => file.display().to_string(),
        _ => "The configuration".to_owned(),
    };
    Err(Refusal::new("edit-by-hand", format!("{place} could not be read, so there is nothing to edit."))
        .with("file", place))
}

/// Where the copy of a text lies. The directory is named by the text, so that what was begun belongs to what it began with.
fn copy_of(workshop: &Path, name: &str, text: &str) -> PathBuf {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    workshop.join("edit").join(format!("{hash:016x}")).join(name)
}
