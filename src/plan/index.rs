//! The plan that reads the machine's packages and options into the index.

use super::rebuild::{Rebuild, Source};
use super::{Action, Collect, Plan, Probe, Risk, Step};
use crate::nix::command::Part;

/// `ask-nix index update`. Without Nix or a configuration only what ask-nix knows by itself goes in.
pub(super) fn update(rebuild: &Rebuild<'_>) -> Plan {
    let facts = rebuild.facts;
    let works = facts.nix.as_ref().is_some_and(crate::nix::version::NixVersion::supported);
    let source = facts.packages_from.clone().filter(|_| works && facts.mounted.is_none());
    let mut steps = Vec::new();
    let mut notes = Vec::new();
    if let Some(source) = &source {
        let (packages, options) = match rebuild.source() {
            Source::Flake(target) => (rebuild.tools.search_flake(&target), rebuild.tools.options_flake(&target)),
            Source::Channels(channel) => {
                (rebuild.tools.search_channels(&channel), rebuild.tools.options_channels(&channel))
            }
        };
        for (title, command, part) in [
            ("Read the packages of this machine's package set", packages, Part::Packages),
            ("Read the options of this machine's configuration", options, Part::Options),
        ] {
            let collect = Collect::Index { part, source: source.clone() };
            steps.push(Step::run(title, command, Risk::Reads, collect));
        }
        notes.push("All packages are evaluated, which takes a while; nothing is built. An update that is stopped goes on where it was.".to_owned());
    } else {
        notes.push("There is no Nix, or no configuration, so only what ask-nix knows by itself goes in.".to_owned());
    }
    let channel = facts.channel_list.iter().find(|channel| channel.name == "nixos");
    let channel = channel.map(|_| facts.channels.0.join("nixos"));
    steps.push(Step {
        title: "Make the index".to_owned(),
        action: Action::Look(Probe::MakeIndex { source: source.unwrap_or_default(), channel }),
        reversal: None,
    });
    Plan { title: "Bring the index of packages and options up to date".to_owned(), steps, notes, undo: None }
}
