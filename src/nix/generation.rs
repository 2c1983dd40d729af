//! The generations of a profile, read from the links beside it: no program is started, and what two generations share is
//! read once.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::Machine;
use crate::nix::package_name::PackageName;
use crate::operation::GenerationNumber;

/// One generation of a profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Generation {
    /// Its number, counted from 1.
    pub number: GenerationNumber,
    /// When it was made: the time of the profile's link, to the second.
    pub date: Timestamp,
    /// The profile points to it.
    pub current: bool,
    /// The machine was started with it.
    pub booted: bool,
    /// The version of NixOS, as in `nixos-version`: `25.11.20251114.9da7f1c`.
    pub nixos_version: Option<String>,
    /// The version of the Linux kernel.
    pub kernel: Option<String>,
    /// The Git revision of the configuration, where the configuration tells it.
    pub configuration_revision: Option<String>,
    /// The names of its specialisations, sorted.
    pub specialisations: Vec<String>,
    /// The store path that it is.
    pub store_path: String,
    /// The store path is gone: the link dangles, and nothing more is known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// The size of its closure, in bytes, when somebody asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure_bytes: Option<u64>,
    /// The label of its pin, where somebody pinned it; filled in by who knows the pins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<String>,
}

/// All generations of a profile, the oldest first.
///
/// # Errors
/// When the directory of the profile cannot be read. A generation that cannot be read is left out, or marked as missing.
pub fn read(machine: &impl Machine, profile: &Path) -> io::Result<Vec<Generation>> {
    let (directory, name, current) = locate(machine, profile);
    let mut links: Vec<_> = machine
        .links(&directory, &|entry| number_in(entry, &name).is_some())?
        .into_iter()
        .filter_map(|link| Some((number_in(&link.name, &name)?, link)))
        .collect();
    links.sort_unstable_by_key(|&(number, _)| number);
    let booted = machine.link(&machine.at("/run/booted-system")).ok();
    let mut systems = Systems { machine, known: HashMap::new(), kernels: HashMap::new(), revisions: HashMap::new() };
    let mut generations = Vec::with_capacity(links.len());
    for (number, link) in links {
        let system = systems.read(&directory, &link.target);
        generations.push(Generation {
            number,
            date: to_the_second(link.modified),
            current: current == Some(number),
            booted: false,
            nixos_version: system.nixos_version,
            kernel: system.kernel,
            configuration_revision: system.configuration_revision,
            specialisations: system.specialisations,
            store_path: text(link.target),
            missing: system.missing,
            closure_bytes: None,
            pinned: None,
        });
    }
    if let Some(at) = booted.and_then(|booted| find_booted(machine, &generations, &booted)) {
        generations[at].booted = true;
    }
    Ok(generations)
}

/// Only the numbers of a profile's generations, sorted, and the current one: a single look into the directory.
///
/// # Errors
/// When the directory of the profile cannot be read.
pub fn numbers(
    machine: &impl Machine,
    profile: &Path,
) -> io::Result<(Vec<GenerationNumber>, Option<GenerationNumber>)> {
    let (directory, name, current) = locate(machine, profile);
    let mut numbers: Vec<_> = machine.list(&directory)?.iter().filter_map(|entry| number_in(entry, &name)).collect();
    numbers.sort_unstable();
    Ok((numbers, current))
}

/// Where the link of one generation lies: `system-42-link` beside `system`. Links that lead to the profile, as
/// `~/.nix-profile` does, are followed.
pub fn link_of(machine: &impl Machine, profile: &Path, number: GenerationNumber) -> PathBuf {
    let (directory, name, _) = locate(machine, profile);
    directory.join(link_name(&name, number))
}

fn link_name(profile: &str, number: GenerationNumber) -> String {
    format!("{profile}-{number}-link")
}

/// The number in `<profile>-<number>-link`. Nix writes numbers without leading zeros.
fn number_in(name: &str, profile: &str) -> Option<GenerationNumber> {
    let digits = name.strip_prefix(profile)?.strip_prefix('-')?.strip_suffix("-link")?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

/// The directory and name of a profile, and the number that its link points to. A link that is no profile itself but
/// leads to one is followed.
fn locate(machine: &impl Machine, profile: &Path) -> (PathBuf, String, Option<GenerationNumber>) {
    let mut profile = profile.to_path_buf();
    for _ in 0..8 {
        let directory = profile.parent().unwrap_or(Path::new("/")).to_path_buf();
        let name = profile.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(target) = machine.link(&profile) else { return (directory, name, None) };
        let current = target.file_name().and_then(|last| number_in(last.to_str()?, &name));
        // A target without generations around it is no other profile but, say, a link into the store.
        let elsewhere = place(machine, &directory, &target);
        if current.is_some() || machine.link(&elsewhere).is_err() {
            return (directory, name, current);
        }
        profile = elsewhere;
    }
    (PathBuf::from("/"), String::new(), None)
}

/// Where the target of a link lies on this computer.
fn place(machine: &impl Machine, directory: &Path, target: &Path) -> PathBuf {
    match target.to_str() {
        Some(text) if target.is_absolute() => machine.at(text),
        _ => directory.join(target),
    }
}

/// A path in UTF-8, as all of Nix's are.
fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap_or_else(|path| path.to_string_lossy().into_owned())
}

/// Seconds are what Nix and people tell generations apart by.
fn to_the_second(time: std::time::SystemTime) -> Timestamp {
    Timestamp::try_from(time).and_then(|time| Timestamp::from_second(time.as_second())).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The generation that the machine runs since it was started: by its store path, or by that of a specialisation. Of
/// several that are the same, the current one, then the newest.
fn find_booted(machine: &impl Machine, generations: &[Generation], booted: &Path) -> Option<usize> {
    let best = |matches: &dyn Fn(&Generation) -> bool| {
        let mut found = (0..generations.len()).rev().filter(|&at| matches(&generations[at]));
        let newest = found.next()?;
        if generations[newest].current {
            Some(newest)
        } else {
            found.find(|&at| generations[at].current).or(Some(newest))
        }
    };
    best(&|generation| generation.store_path.as_str() == booted.as_os_str()).or_else(|| {
        best(&|generation| {
            let directory = machine.at(&generation.store_path).join("specialisation");
            generation
                .specialisations
                .iter()
                .any(|name| machine.link(&directory.join(name)).is_ok_and(|to| to == booted))
        })
    })
}

/// What is known of a system.
#[derive(Clone, Default)]
struct System {
    nixos_version: Option<String>,
    kernel: Option<String>,
    configuration_revision: Option<String>,
    specialisations: Vec<String>,
    missing: bool,
}

/// Reads systems, and remembers by the targets of links what several of them share.
struct Systems<'a, M> {
    machine: &'a M,
    /// By what the links say: to compare paths part by part would cost more than to read them.
    known: HashMap<OsString, System>,
    kernels: HashMap<PathBuf, Option<String>>,
    revisions: HashMap<PathBuf, Option<String>>,
}

impl<M: Machine> Systems<'_, M> {
    fn read(&mut self, directory: &Path, target: &Path) -> System {
        if let Some(known) = self.known.get(target.as_os_str()) {
            return known.clone();
        }
        let system = place(self.machine, directory, target);
        let nixos_version = self.first_line(&system.join("nixos-version"));
        let found = if nixos_version.is_none() && self.machine.status(&system).is_err() {
            System { missing: true, ..System::default() }
        } else {
            System {
                kernel: self.kernel(&system),
                configuration_revision: self.configuration_revision(&system),
                specialisations: self.machine.list(&system.join("specialisation")).unwrap_or_default(),
                nixos_version,
                missing: false,
            }
        };
        self.known.insert(target.into(), found.clone());
        found
    }

    fn first_line(&self, path: &Path) -> Option<String> {
        let bytes = self.machine.read(path).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().next()?.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    /// The version that the modules are for; else the one in the store name of the kernel itself.
    fn kernel(&mut self, system: &Path) -> Option<String> {
        let modules = self.follow(system, "kernel-modules");
        if let Some(known) = self.kernels.get(&modules) {
            return known.clone();
        }
        let version = self
            .machine
            .list(&modules.join("lib/modules"))
            .ok()
            .and_then(|names| names.into_iter().find(|name| name.starts_with(|c: char| c.is_ascii_digit())))
            .or_else(|| {
                let kernel = self.machine.link(&system.join("kernel")).ok()?;
                let package =
                    kernel.ancestors().find(|path| path.parent().is_some_and(|above| above.ends_with("store")));
                let version = PackageName::of_path(package?.to_str()?).version.to_owned();
                (!version.is_empty()).then_some(version)
            });
        // Without modules the kernel's own link decided, and that is another system's too only by chance.
        if modules != system.join("kernel-modules") {
            self.kernels.insert(modules, version.clone());
        }
        version
    }

    /// NixOS keeps the revision only in the script `nixos-version`.
    fn configuration_revision(&mut self, system: &Path) -> Option<String> {
        let programs = self.follow(system, "sw").join("bin");
        let script = self.follow(&programs, "nixos-version");
        if let Some(known) = self.revisions.get(&script) {
            return known.clone();
        }
        let revision = self
            .machine
            .read(&script)
            .ok()
            .or_else(|| self.machine.read(&system.join("nixos-version.json")).ok())
            .and_then(|bytes| configuration_revision(&String::from_utf8_lossy(&bytes)));
        self.revisions.insert(script, revision.clone());
        revision
    }

    /// Follows one link by hand, so that an absolute one stays on the machine worked on.
    fn follow(&self, directory: &Path, name: &str) -> PathBuf {
        let path = directory.join(name);
        match self.machine.link(&path) {
            Ok(target) => place(self.machine, directory, &target),
            Err(_) => path,
        }
    }
}

/// The revision in the text of `nixos-version`, a script that holds its answer as JSON.
fn configuration_revision(script: &str) -> Option<String> {
    let (_, after) = script.split_once("\"configurationRevision\"")?;
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (revision, _) = value.split_once('"')?;
    let plain = !revision.is_empty() && !revision.contains(['@', '$', '\\', '\n']);
    plain.then(|| revision.to_owned())
}

#[cfg(test)]
mod tests;
