//! Plans about channels: list, add, remove. On a machine with a flake the same words mean registry entries.

use super::refusal::{Answers, Question, Unplanned, needs_nix, needs_privilege};
use super::{Action, Collect, Plan, Reversal, Risk, Run, Step};
use crate::machine::Command;
use crate::machine::facts::{Configuration, Facts, Privilege};
use crate::nix::command;
use crate::operation::ChannelAction;
use crate::operation::slots::{ChannelName, ChannelUrl};

/// `manage_channel`.
pub(super) fn manage(
    facts: &Facts,
    action: ChannelAction,
    name: &ChannelName,
    url: Option<&ChannelUrl>,
) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    let flake = matches!(facts.configuration, Configuration::Flake { .. });
    let present = facts.channel_list.iter().find(|channel| channel.name == name.as_str());
    let plan = match action {
        ChannelAction::Add => {
            let url = match url {
                Some(url) => url.clone(),
                None => known(name, flake).ok_or_else(|| Question {
                    text: format!("Which address has the channel {name}?"),
                    choices: Vec::new(),
                    answers: Answers::Slot("url"),
                })?,
            };
            if flake { add_registry_entry(name, &url) } else { add_channel(facts, name, &url) }
        }
        ChannelAction::Remove if flake => remove_registry_entry(name),
        ChannelAction::Remove => {
            let reversal = present.and_then(|channel| channel.url.as_deref()).map(|url| {
                let title = format!("Subscribe to {name} again");
                let add = of_root(facts, Command::new("nix-channel").args(["--add", url, name.as_str()]));
                Reversal::Run { title, vector: add.vector(), root: true }
            });
            let remove = of_root(facts, command::channel_remove(name));
            let root = facts.needs_root(&facts.channels.0);
            Plan {
                title: format!("Remove the channel {name}"),
                steps: vec![Step {
                    title: format!("Unsubscribe root from {name}"),
                    action: Action::Run(Run {
                        command: facts.elevated(remove, root),
                        risk: Risk::Changes,
                        collect: Collect::Nothing,
                    }),
                    reversal,
                }],
                notes: vec!["A configuration that says <".to_owned() + name.as_str() + "> will no longer build."],
                undo: Some("ask-nix undo".to_owned()),
            }
        }
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

fn add_channel(facts: &Facts, name: &ChannelName, url: &ChannelUrl) -> Plan {
    let root = facts.needs_root(&facts.channels.0);
    let add = of_root(facts, command::channel_add(url, name));
    let remove = of_root(facts, command::channel_remove(name));
    let update = of_root(facts, Command::new("nix-channel").args(["--update", name.as_str()]));
    Plan {
        title: format!("Add the channel {name}"),
        steps: vec![
            Step {
                title: format!("Subscribe root to {url} as {name}"),
                action: Action::Run(Run {
                    command: facts.elevated(add, root),
                    risk: Risk::Changes,
                    collect: Collect::Nothing,
                }),
                reversal: Some(Reversal::Run {
                    title: format!("Unsubscribe from {name}"),
                    vector: remove.vector(),
                    root: true,
                }),
            },
            Step {
                title: "Download it".to_owned(),
                action: Action::Run(Run {
                    command: facts.elevated(update, root),
                    risk: Risk::Changes,
                    collect: Collect::Nothing,
                }),
                reversal: None,
            },
        ],
        notes: vec![format!(
            "The configuration can then say <{name}>. The system does not change until it is rebuilt."
        )],
        undo: Some("ask-nix undo".to_owned()),
    }
}

fn add_registry_entry(name: &ChannelName, url: &ChannelUrl) -> Plan {
    let nix = || Command::new("nix").args(["--extra-experimental-features", "nix-command flakes", "registry"]);
    let remove = nix().args(["remove", name.as_str()]);
    Plan {
        title: format!("Give the flake {url} the name {name}, for you"),
        steps: vec![Step {
            title: "Add it to your flake registry".to_owned(),
            action: Action::Run(Run {
                command: nix().args(["add", name.as_str(), url.as_str()]),
                risk: Risk::Changes,
                collect: Collect::Nothing,
            }),
            reversal: Some(Reversal::Run { title: format!("Remove {name} from the registry"), vector: remove.vector(), root: false }),
        }],
        notes: vec![
            "This machine is described by a flake, which has inputs instead of channels. The registry gives names to flakes for commands; to use it in the configuration, add it to the inputs of flake.nix.".to_owned(),
        ],
        undo: Some("ask-nix undo".to_owned()),
    }
}

fn remove_registry_entry(name: &ChannelName) -> Plan {
    let command = Command::new("nix").args([
        "--extra-experimental-features",
        "nix-command flakes",
        "registry",
        "remove",
        name.as_str(),
    ]);
    Plan {
        title: format!("Remove {name} from your flake registry"),
        steps: vec![Step::run("Remove it", command, Risk::Changes, Collect::Nothing)],
        notes: vec!["This machine is described by a flake, which has inputs instead of channels; the inputs in flake.nix stay as they are.".to_owned()],
        undo: None,
    }
}

/// Channels of the system are root's: `nix-channel` keeps the list in the home directory of whoever runs it.
pub(super) fn of_root(facts: &Facts, command: Command) -> Command {
    match facts.privilege {
        Privilege::Helper(_) if facts.needs_root(&facts.channels.0) => command.variable("HOME", "/root"),
        _ => command,
    }
}

/// Addresses of channels that people ask for by name.
fn known(name: &ChannelName, flake: bool) -> Option<ChannelUrl> {
    let name = name.as_str();
    let url = match (name, flake) {
        (_, true) if name.starts_with("nixos-") || name.starts_with("nixpkgs-") => {
            format!("github:NixOS/nixpkgs/{name}")
        }
        ("unstable", true) => "github:NixOS/nixpkgs/nixos-unstable".to_owned(),
        ("nixpkgs", true) => "github:NixOS/nixpkgs".to_owned(),
        ("nixos-hardware", true) => "github:NixOS/nixos-hardware".to_owned(),
        ("home-manager", true) => "github:nix-community/home-manager".to_owned(),
        ("home-manager", false) => "https://github.com/nix-community/home-manager/archive/master.tar.gz".to_owned(),
        ("nixos-hardware", false) => "https://github.com/NixOS/nixos-hardware/archive/master.tar.gz".to_owned(),
        ("unstable", false) => "https://channels.nixos.org/nixos-unstable".to_owned(),
        (_, false) if name.starts_with("nixos-") || name.starts_with("nixpkgs-") => {
            format!("https://channels.nixos.org/{name}")
        }
        _ => return None,
    };
    ChannelUrl::try_from(url).ok()
}
