//! Answers that are read, not run: generations, comparisons, sizes, channels.

mod packages;
mod search;

use std::path::{Path, PathBuf};

use super::edit::Trouble;
use crate::machine::Machine;
use crate::machine::facts::{Configuration, Facts};
use crate::nix::channel::Places;
use crate::nix::health::Finding;
use crate::nix::lock_file::LockFile;
use crate::nix::system_info::SystemInfo;
use crate::nix::{comparison, disk_usage, garbage, health, lock_file, system_info};
use crate::operation::GenerationNumber;
use crate::outcome::{Answer, SourceOfPackages};
use crate::plan::Probe;

/// So many of the largest things are told.
const MOST: usize = 10;

/// Answers a question by reading.
pub(super) fn answer(probe: &Probe, machine: &impl Machine, facts: &Facts) -> Result<Answer, Trouble> {
    let state = facts.store_database.parent().unwrap_or(Path::new("/nix/var/nix"));
    match probe {
        Probe::Generations { limit } => {
            let all = &facts.profile.generations;
            let skip = limit.map_or(0, |limit| all.len().saturating_sub(limit));
            Ok(Answer::Generations { generations: all[skip..].to_vec() })
        }
        Probe::Compare { from, to } => {
            let path =
                |number: &GenerationNumber| facts.profile.get(*number).map_or("", |generation| &generation.store_path);
            let comparison = comparison::compare(machine, state, path(from), path(to))
                .map_err(|why| trouble(format!("The two generations could not be compared: {why}")))?;
            Ok(Answer::Compared { from: *from, to: *to, comparison })
        }
        Probe::Garbage { deleted } => {
            let deleted = deleted.iter().map(|number| facts.generation_link(*number));
            let links: Vec<_> = deleted.chain(facts.builds()).collect();
            let would_free = garbage::read(machine, state, &links, MOST)
                .map_err(|why| trouble(format!("What could be freed cannot be told: {why}")))?;
            Ok(Answer::Forecast { would_free })
        }
        Probe::Inputs { before, after } => {
            let new = lock_file::read(machine, after).map_err(|why| damaged(after, &why))?;
            // Without a lock file every input is new.
            let old = match lock_file::read(machine, before) {
                Ok(old) => old,
                Err(lock_file::Error::Unreadable(_)) => {
                    lock_file::LockFile { version: new.version, inputs: Vec::new() }
                }
                Err(why) => return Err(damaged(before, &why)),
            };
            Ok(Answer::Inputs { inputs: lock_file::diff(&old, &new) })
        }
        Probe::DiskUsage => {
            let store = machine.at("/nix/store");
            let usage = disk_usage::read(machine, state, &store, &facts.profile.generations, MOST)
                .map_err(|why| trouble(format!("The store could not be measured: {why}")))?;
            Ok(Answer::DiskUsage(usage))
        }
        Probe::SystemInfo => Ok(Answer::SystemInfo(Box::new(system_info(machine, facts)))),
        Probe::SystemHealth => Ok(Answer::Health { findings: health(machine, facts, state) }),
        Probe::Service { service } => super::services::status(service, machine, facts),
        Probe::Services => super::services::running(machine),
        Probe::Logs { service } => super::services::logs(service.as_ref(), machine, facts),
        Probe::Settings { topic } => super::texts::settings(topic.as_deref(), machine, facts),
        Probe::Syntax => super::texts::syntax(machine, facts),
        Probe::Written { name, text, notes } => {
            Ok(Answer::Written { name: name.clone(), text: text.clone(), notes: notes.clone() })
        }
        Probe::Rewritten { path, before, after } => super::texts::rewritten(path, before.as_deref(), after, machine),
        Probe::Channels => Ok(Answer::Channels { channels: sources(machine, facts) }),
        Probe::ExplainOption { option } => search::explain_option(machine, facts, option),
        Probe::FindProvider { command } => search::find_provider(machine, facts, command),
        Probe::ListInstalled { filter } => packages::list(machine, facts, state, filter.as_deref()),
        Probe::PackageInfo { package, field } => search::package_info(machine, facts, package, *field),
        Probe::SearchOption { query } => search::options(machine, facts, query),
        Probe::SearchPackage { query } => search::packages(machine, facts, query),
        Probe::WhyInstalled { package } => packages::why(machine, facts, state, package),
        Probe::IndexStatus => Ok(search::status(machine, facts)),
        Probe::MakeIndex { source, channel } => search::make_index(machine, facts, source, channel.as_deref()),
    }
}

fn system_info(machine: &impl Machine, facts: &Facts) -> SystemInfo {
    let (file, lock) = configuration(machine, facts);
    let known = system_info::Known {
        profile: &facts.profile,
        nix: facts.nix.as_ref(),
        configuration: file.as_deref(),
        channels: if lock.is_some() { &[] } else { &facts.channel_list },
        lock: lock.as_ref(),
    };
    system_info::read(machine, &known)
}

fn health(machine: &impl Machine, facts: &Facts, state: &Path) -> Vec<Finding> {
    let (file, lock) = configuration(machine, facts);
    let locked = lock.as_ref().and_then(|lock| lock.get("nixpkgs")).and_then(|input| input.last_modified);
    let known = health::Known {
        profile: &facts.profile,
        state,
        store: &machine.at("/nix/store"),
        configuration: file.as_deref(),
        flake: matches!(facts.configuration, Configuration::Flake { .. }),
        updated: locked.or_else(|| Places::of_root(machine, state).updated(machine)),
        now: facts.now.timestamp(),
    };
    health::examine(machine, &known)
}

/// The file of the configuration, and its lock file when it is a flake.
pub(super) fn configuration(machine: &impl Machine, facts: &Facts) -> (Option<PathBuf>, Option<LockFile>) {
    match &facts.configuration {
        Configuration::Flake { directory: Some(directory), .. } => {
            (Some(directory.join("flake.nix")), lock_file::read(machine, &directory.join("flake.lock")).ok())
        }
        Configuration::Channels { file, .. } => (Some(file.clone()), None),
        Configuration::Flake { directory: None, .. } | Configuration::Missing { .. } => (None, None),
    }
}

pub(super) fn trouble(message: String) -> Trouble {
    Trouble { message, id: None, said: Vec::new() }
}

fn damaged(path: &Path, why: &lock_file::Error) -> Trouble {
    let message = format!("{} cannot be used: {why}.", path.display());
    Trouble { message, id: Some("lock-file-corrupt"), said: Vec::new() }
}

/// Where packages come from: the inputs of the flake, or root's channels.
fn sources(machine: &impl Machine, facts: &Facts) -> Vec<SourceOfPackages> {
    if let Configuration::Flake { directory: Some(directory), .. } = &facts.configuration {
        let Ok(lock) = lock_file::read(machine, &directory.join("flake.lock")) else { return Vec::new() };
        let source = |input: &lock_file::LockedInput| SourceOfPackages {
            name: input.name.clone(),
            url: input.follows.as_ref().map_or_else(|| input.source(), |follows| format!("the same as {follows}")),
            version: input.follows.is_none().then(|| input.stand_in_words()).filter(|words| !words.is_empty()),
        };
        return lock.direct().map(source).collect();
    }
    let channel = |channel: &crate::nix::channel::Channel| SourceOfPackages {
        name: channel.name.clone(),
        url: channel.url.clone().unwrap_or_else(|| "not subscribed to".to_owned()),
        version: channel.version.clone(),
    };
    facts.channel_list.iter().map(channel).collect()
}

/// Reads what `nix-prefetch-url` brought: the newest revision of a channel, beside the one that is here.
pub(super) fn channel_news(out: &[String], name: String, revision: Option<String>, machine: &impl Machine) -> Answer {
    let path = out.iter().find(|line| line.starts_with('/'));
    let text = path.and_then(|path| machine.read(Path::new(path.trim())).ok());
    let newest = text.map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    Answer::ChannelNews { channel: name, revision, newest }
}
