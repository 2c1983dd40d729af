//! Channels: what is subscribed to, and what of it is there.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::Machine;

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// Its name, as in `<nixos>`.
    pub name: String,
    /// Where it comes from; none when it is there without a subscription.
    pub url: Option<String>,
    /// The version of what is there: `25.11.20251114.9da7f1c`; none before the first update.
    pub version: Option<String>,
    /// The Git revision of what is there.
    pub revision: Option<String>,
    /// What is there, in the store.
    pub store_path: Option<String>,
}

/// Where a person's channels are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Places {
    /// The list of subscriptions, `.nix-channels`.
    pub list: PathBuf,
    /// The profile that holds what was fetched.
    pub profile: PathBuf,
}

impl Places {
    /// Those of root, which are the machine's. `state` is Nix's state directory, usually `/nix/var/nix`.
    pub fn of_root(machine: &impl Machine, state: &Path) -> Self {
        let legacy = state.join("profiles/per-user/root/channels");
        let (modern, list) =
            (machine.at("/root/.local/state/nix/profiles/channels"), machine.at("/root/.nix-channels"));
        let profile = if machine.link(&legacy).is_err() && machine.link(&modern).is_ok() { modern } else { legacy };
        // `nix-channel` keeps the list in the home of whoever runs it; who may change this profile is who does.
        let own = machine.variable("HOME").map(|home| Path::new(&home).join(".nix-channels"));
        let list = own.filter(|_| machine.writable(&profile)).unwrap_or(list);
        Self { list, profile }
    }

    /// Those of the person, when they have a home.
    pub fn of_user(machine: &impl Machine, state: &Path) -> Option<Self> {
        let home = PathBuf::from(machine.variable("HOME")?);
        let states = machine.variable("XDG_STATE_HOME").map_or_else(|| home.join(".local/state"), PathBuf::from);
        let list = [home.join(".nix-channels"), states.join("nix/channels")];
        let mut profiles = vec![states.join("nix/profiles/channels")];
        if let Some(user) = machine.variable("USER").filter(|user| !user.contains('/')) {
            profiles.push(state.join("profiles/per-user").join(user).join("channels"));
        }
        Some(Self {
            list: first(list, |path| machine.status(path).is_ok())?,
            profile: first(profiles, |path| machine.link(path).is_ok())?,
        })
    }

    /// The channels: those that are subscribed to in the order of the list, then those that are there without.
    ///
    /// # Errors
    /// When the list is there and cannot be read.
    pub fn read(&self, machine: &impl Machine) -> io::Result<Vec<Channel>> {
        let subscribed = match machine.read(&self.list) {
            Ok(text) => parse(&String::from_utf8_lossy(&text)),
            // Root's list is for root's eyes on most machines; what is there can be seen all the same.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let environment = follow(machine, &self.profile);
        let there = machine.list(&environment).unwrap_or_default();
        let mut channels: Vec<Channel> = Vec::new();
        for (name, url) in subscribed {
            channels.push(channel(machine, &environment, name, Some(url)));
        }
        for name in there {
            let known = channels.iter().any(|channel| channel.name == name);
            // The rest of a user environment: manifest.nix, and the directory of a channel's own scripts.
            if !known && !matches!(name.as_str(), "manifest.nix" | "manifest.json" | "bin" | "binary-caches") {
                channels.push(channel(machine, &environment, name, None));
            }
        }
        Ok(channels)
    }

    /// When the channels were updated last: the time of the profile's newest link.
    pub fn updated(&self, machine: &impl Machine) -> Option<Timestamp> {
        let target = machine.link(&self.profile).ok()?;
        let link = self.profile.parent()?.join(target.file_name()?);
        let time = machine.status(&link).or_else(|_| machine.status(&self.profile)).ok()?.modified;
        Timestamp::try_from(time).ok()
    }
}

/// Reads the list of subscriptions: an address and a name a line. Without a name the last part of the address is it.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let mut channels: Vec<(String, String)> = Vec::new();
    for line in text.lines().map(|line| line.split('#').next().unwrap_or("")) {
        let mut words = line.split_whitespace();
        let Some(url) = words.next() else { continue };
        let last = || url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
        let name = words.next().unwrap_or_else(|| last().trim_end_matches("-unstable").trim_end_matches("-stable"));
        channels.retain(|(known, _)| known != name);
        channels.push((name.to_owned(), url.to_owned()));
    }
    channels
}

fn channel(machine: &impl Machine, environment: &Path, name: String, url: Option<String>) -> Channel {
    let entry = environment.join(&name);
    let directory = follow(machine, &entry);
    let text = |file: &str| {
        let bytes = machine.read(&directory.join(file)).ok()?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let version = text(".version").or_else(|| text("lib/.version"));
    let store_path = machine.link(&entry).ok().map(|target| store_path(&target));
    Channel {
        name,
        url,
        version: version.map(|version| version + &text(".version-suffix").unwrap_or_default()),
        revision: text(".git-revision").or_else(|| text("svn-revision")),
        store_path,
    }
}

/// The store path that a file belongs to: what stands directly in a directory `store`.
fn store_path(target: &Path) -> String {
    let top = target.ancestors().find(|path| path.parent().is_some_and(|above| above.ends_with("store")));
    top.unwrap_or(target).display().to_string()
}

/// Follows links by hand, so that absolute ones stay on the machine worked on.
fn follow(machine: &impl Machine, path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..8 {
        let Ok(target) = machine.link(&path) else { break };
        path = match target.to_str() {
            Some(text) if target.is_absolute() => machine.at(text),
            _ => path.parent().unwrap_or(Path::new("/")).join(target),
        };
    }
    path
}

/// The first that fits, else the first.
fn first(paths: impl IntoIterator<Item = PathBuf>, fits: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut paths = paths.into_iter();
    let first = paths.next()?;
    if fits(&first) { Some(first) } else { paths.find(|path| fits(path)).or(Some(first)) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::nix::fixture_machine::FixtureMachine;

    #[test]
    fn subscriptions_are_read() {
        let text = "https://nixos.org/channels/nixos-25.11 nixos\n\n# a comment\nhttps://x.org/home-manager-unstable\n";
        let channels = parse(text);
        assert_eq!(channels[0], ("nixos".to_owned(), "https://nixos.org/channels/nixos-25.11".to_owned()));
        assert_eq!(channels[1].0, "home-manager");
        assert_eq!(parse("a x\nb x\n"), [("x".to_owned(), "b".to_owned())]);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test makes the machine that it reads")]
    fn what_is_there_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let machine = FixtureMachine::new(directory.path());
        let state = machine.at("/nix/var/nix");
        let profiles = state.join("profiles/per-user/root");
        std::fs::create_dir_all(&profiles).unwrap();
        std::fs::create_dir_all(machine.at("/root")).unwrap();
        std::fs::create_dir_all(machine.at("/nix/store/env")).unwrap();
        let nixos = machine.at("/nix/store/abc-nixos-25.11/nixos");
        std::fs::create_dir_all(&nixos).unwrap();
        std::fs::write(nixos.join(".version"), "25.11").unwrap();
        std::fs::write(nixos.join(".version-suffix"), ".20251114.9da7f1c\n").unwrap();
        std::fs::write(nixos.join(".git-revision"), "9da7f1c").unwrap();
        std::fs::write(machine.at("/root/.nix-channels"), "https://c/nixos-25.11 nixos\nhttps://h hm\n").unwrap();
        symlink("channels-1-link", profiles.join("channels")).unwrap();
        symlink("/nix/store/env", profiles.join("channels-1-link")).unwrap();
        symlink("/nix/store/abc-nixos-25.11/nixos", machine.at("/nix/store/env/nixos")).unwrap();
        symlink("/nix/store/gone", machine.at("/nix/store/env/manifest.nix")).unwrap();
        symlink("/nix/store/old", machine.at("/nix/store/env/old")).unwrap();
        let places = Places::of_root(&machine, &state);
        let channels = places.read(&machine).unwrap();
        assert_eq!(channels.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["nixos", "hm", "old"]);
        assert_eq!(channels[0].version.as_deref(), Some("25.11.20251114.9da7f1c"));
        assert_eq!(channels[0].revision.as_deref(), Some("9da7f1c"));
        assert_eq!(channels[0].store_path.as_deref(), Some("/nix/store/abc-nixos-25.11"));
        assert_eq!((&channels[1].version, &channels[2].url), (&None, &None));
        assert!(places.updated(&machine).is_some());
    }
}
