//! Moving to another release: which address changes to what, for flakes and for channels; and asking channels for news.

use std::path::Path;

use super::refusal::Refusal;
use super::{Action, Collect, Content, Edit, Reversal, Risk, Run, Step};
use crate::machine::Command;
use crate::machine::facts::Facts;
use crate::nix::channel::Channel;
use crate::nix::flake_source::{inputs, set_input_url};
use crate::nix::release::{branch_of, companion_release, nixos_input, with_release};
use crate::operation::slots::InputName;

/// The edit that lets a flake follow another branch, and the inputs that must be locked anew. Inputs that are released
/// along with NixOS (home-manager) go along.
pub(super) fn edit_flake(facts: &Facts, directory: &Path, branch: &str) -> Result<(Edit, Vec<InputName>), Refusal> {
    let path = directory.join("flake.nix");
    let by_hand = |why: String| {
        Refusal::new(
            "invalid-flake",
            format!("flake.nix was left as it is: {why}. Change the address of nixpkgs to {branch} by hand."),
        )
        .with("file", path.display().to_string())
    };
    let before = facts.flake_source.clone().ok_or_else(|| by_hand("it cannot be read".to_owned()))?;
    let known = inputs(&before).map_err(|why| by_hand(why.to_string()))?;
    let addresses: Vec<(&str, &str)> =
        known.iter().filter_map(|input| Some((input.name.as_str(), input.url.as_deref()?))).collect();
    let main = nixos_input(addresses.iter().copied()).ok_or_else(|| by_hand("no input of it is nixpkgs".to_owned()))?;
    let mut text = before.clone();
    let mut changed = Vec::new();
    for (name, url) in &addresses {
        let new = if *name == main { with_release(url, branch) } else { companion_release(url, branch) };
        let Some(new) = new.filter(|new| new != url) else { continue };
        text = set_input_url(&text, name, &new).map_err(|why| by_hand(why.to_string()))?;
        changed.extend(InputName::try_from((*name).to_owned()));
    }
    if changed.is_empty() {
        let there = addresses.iter().any(|(name, url)| *name == main && branch_of(url) == Some(branch));
        return Err(if there {
            Refusal::new(
                "already-there",
                format!("This machine follows {branch} already. To get its newest state, say: update my system."),
            )
        } else {
            by_hand(format!("the address of {main} names no release"))
        });
    }
    let edit = Edit {
        root: facts.needs_root(&path),
        path,
        after: Content::Text(text),
        before: Some(before),
        risk: Risk::Changes,
    };
    Ok((edit, changed))
}

/// The channel that NixOS itself comes from.
fn nixos_channel(facts: &Facts) -> Option<&Channel> {
    let addresses =
        facts.channel_list.iter().filter_map(|channel| Some((channel.name.as_str(), channel.url.as_deref()?)));
    let name = facts.channel_list.iter().find(|channel| channel.name == "nixos").map(|channel| channel.name.as_str());
    let name = name.or_else(|| nixos_input(addresses))?;
    facts.channel_list.iter().find(|channel| channel.name == name)
}

/// The steps that subscribe to another branch under the same name.
pub(super) fn change_channel(facts: &Facts, branch: &str) -> Result<Vec<Step>, Refusal> {
    let channel = nixos_channel(facts);
    let name = channel.map_or("nixos", |channel| channel.name.as_str());
    let old = channel.and_then(|channel| channel.url.clone());
    if old.as_deref().and_then(branch_of) == Some(branch) {
        return Err(Refusal::new(
            "already-there",
            format!("This machine follows {branch} already. To get its newest state, say: update my system."),
        ));
    }
    let url = old
        .as_deref()
        .and_then(|url| with_release(url, branch))
        .unwrap_or_else(|| format!("https://channels.nixos.org/{branch}"));
    let root = facts.needs_root(&facts.channels.0);
    let subscribe = |url: &str| super::channels::of_root(facts, Command::new("nix-channel").args(["--add", url, name]));
    let reversal = old.map(|old| Reversal::Run {
        title: format!("Let the channel {name} follow {old} again"),
        vector: subscribe(&old).vector(),
        root: true,
    });
    Ok(vec![Step {
        title: format!("Let the channel {name} follow {url}"),
        action: Action::Run(Run {
            command: facts.elevated(subscribe(&url), root),
            risk: Risk::Changes,
            collect: Collect::Nothing,
        }),
        reversal,
    }])
}

/// The steps that ask each channel for its newest revision: a file of forty characters beside the channel's archive.
pub(super) fn ask_channels(facts: &Facts) -> Result<Vec<Step>, Refusal> {
    let asked: Vec<Step> = facts
        .channel_list
        .iter()
        .filter_map(|channel| {
            let url = channel.url.as_deref().filter(|url| branch_of(url).is_some())?;
            let base = url.trim_end_matches('/').trim_end_matches("/nixexprs.tar.xz");
            let command = Command::new("nix-prefetch-url").args(["--print-path", "--name", "git-revision"]);
            let command = command.arg(format!("{base}/git-revision"));
            Some(Step::run(
                &format!("Ask for the newest revision of {}", channel.name),
                command,
                Risk::Reads,
                Collect::Channel { name: channel.name.clone(), revision: channel.revision.clone() },
            ))
        })
        .collect();
    if asked.is_empty() {
        return Err(Refusal::new(
            "nix-path-missing",
            "This machine has no NixOS channel that could be asked for updates.",
        ));
    }
    Ok(asked)
}
