//! The plan that reads the machine's packages and options into the index.

use super::rebuild::{Rebuild, Source};
use super::{Action, Collect, Plan, Probe, Risk, Step};
use crate::nix::command::Part;

/// `ask-nix index update`. Without Nix or a configuration only what ask-nix knows by itself goes in. When `download` is
/// set, what the channel publishes is fetched; else all is evaluated here.
pub(super) fn update(rebuild: &Rebuild<'_>, download: bool) -> Plan {
    let facts = rebuild.facts;
    let works = facts.nix.as_ref().is_some_and(crate::nix::version::NixVersion::supported);
    let source = facts.packages_from.clone().filter(|_| works && facts.mounted.is_none());
    let published = facts.published_at.as_ref().filter(|_| download && !rebuild.tools.offline);
    let channel = facts.channel_list.iter().any(|channel| channel.name == "nixos");
    let channel = channel.then(|| facts.channels.0.join("nixos"));
    let mut steps = Vec::new();
    let mut notes = Vec::new();
    if let Some(source) = &source {
        let (packages, options) = match (published, rebuild.source()) {
            (Some(address), _) => (
                rebuild.tools.fetch_file(&list(address, Part::Packages)),
                rebuild.tools.fetch_file(&list(address, Part::Options)),
            ),
            (None, Source::Flake(target)) => {
                (rebuild.tools.search_flake(&target), rebuild.tools.options_flake(&target))
            }
            (None, Source::Channels(channel)) => {
                (rebuild.tools.search_channels(&channel), rebuild.tools.options_channels(&channel))
            }
        };
        let titles = match published {
            Some(_) => ["Fetch the channel's list of packages", "Fetch the channel's list of options"],
            None => {
                ["Read the packages of this machine's package set", "Read the options of this machine's configuration"]
            }
        };
        for (title, (command, part)) in titles.into_iter().zip([(packages, Part::Packages), (options, Part::Options)]) {
            // Options of the configuration's own modules are in no published list.
            let local = channel.as_ref().filter(|_| part == Part::Packages).map(|channel| channel.join(part.file()));
            let collect = Collect::Index { part, source: source.clone(), published: published.is_some(), local };
            steps.push(Step::run(title, command, Risk::Reads, collect));
        }
        notes.extend(match (published, download) {
            (Some(address), _) => vec![format!(
                "The lists come from {address}; they may be newer than what this machine has, and options of your own modules are not in them."
            )],
            (None, true) if rebuild.tools.offline => {
                vec!["--offline forbids fetching, so all packages are evaluated, which takes a while.".to_owned()]
            }
            (None, true) => vec![
                "This machine's packages come from no channel that publishes lists, so they are evaluated, which takes a while.".to_owned(),
            ],
            (None, false) => vec!["All packages are evaluated, which takes a while; nothing is built. An update that is stopped goes on where it was.".to_owned()],
        });
    } else {
        notes.push("There is no Nix, or no configuration, so only what ask-nix knows by itself goes in.".to_owned());
    }
    steps.push(Step {
        title: "Make the index".to_owned(),
        action: Action::Look(Probe::MakeIndex { source: source.unwrap_or_default(), channel }),
        reversal: None,
    });
    Plan { title: "Bring the index of packages and options up to date".to_owned(), steps, notes, undo: None }
}

fn list(address: &str, part: Part) -> String {
    format!("{address}/{}", part.file())
}
