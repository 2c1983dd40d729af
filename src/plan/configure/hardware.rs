//! The hardware described anew, by the program that described it when the machine was installed.

use super::by_hand::write;
use super::{Plan, Rebuild, Refusal, Step, Unplanned};
use crate::machine::Command;
use crate::nix::edit::look::children;
use crate::nix::modules::{Fixed, ModuleFile};
use crate::plan::refusal::needs_privilege;
use crate::plan::{Action, Collect, Probe, Risk};

/// `hardware_config`.
pub(super) fn rescan(rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let Some(scan) = &facts.surroundings.hardware_scan else {
        let message = "nixos-generate-config, which describes the hardware, is not on this machine. It belongs to NixOS: it is in the package nixos-install-tools, and away where system.disableInstallerTools is true.";
        return Err(Refusal::new("command-not-found", message).with("command", "nixos-generate-config").into());
    };
    let files = facts.modules.system.iter().filter(|file| file.fixed == Some(Fixed::Hardware));
    let files: Vec<&ModuleFile> = files.collect();
    let found = facts.workshop.join("hardware-configuration.nix");
    // Who mounts the disks by other means, such as disko, has no file systems in that file, and wants none.
    let disks = crate::nix::edit::path::AttributePath::new(["fileSystems"]);
    let no_disks = files.first().is_some_and(|file| children(&file.text, &disks).is_empty());
    let command = Command::new(scan.display().to_string()).arg("--show-hardware-config");
    let command = if no_disks { command.arg("--no-filesystems") } else { command };
    let root = facts.privilege != crate::machine::facts::Privilege::Root;
    let scanned = Step::run(
        "Look at the hardware",
        facts.elevated(command, root),
        Risk::Reads,
        Collect::Text { file: found.clone() },
    );
    let title = "Describe the hardware anew".to_owned();
    let look = |title: &str, action: Action| Step { title: title.to_owned(), action, reversal: None };
    let mut notes = Vec::new();
    let steps = match files.as_slice() {
        [file] => {
            let shown = file.path.display();
            notes.push(format!(
                "What was changed in {shown} by hand goes; the difference shows it before anything is written."
            ));
            let before = Some(file.text.clone());
            vec![
                scanned,
                look(
                    "Compare it with the present description",
                    Action::Look(Probe::Rewritten {
                        path: file.path.clone(),
                        before: before.clone(),
                        after: found.clone(),
                    }),
                ),
                Step::run("Read it as Nix does", rebuild.tools.parse(&found), Risk::Reads, Collect::Nothing),
                look("Ask before it is written", Action::Confirm { question: format!("Write this to {shown}?") }),
                write(rebuild, file.path.clone(), before, found),
                rebuild.evaluate_step(),
            ]
        }
        others => {
            notes.push(if others.is_empty() {
                "This configuration has no hardware-configuration.nix, so what is found is only shown.".to_owned()
            } else {
                "This configuration has more than one hardware-configuration.nix, so what is found is only shown."
                    .to_owned()
            });
            let path = facts.surroundings.directory.join("hardware-configuration.nix");
            vec![scanned, look("Show it", Action::Look(Probe::Rewritten { path, before: None, after: found }))]
        }
    };
    let undo = (steps.len() > 2).then(|| "ask-nix undo".to_owned());
    let plan = Plan { title, steps, notes, undo };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}
