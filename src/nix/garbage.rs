//! What collecting garbage would free, before anything is deleted: the roots as Nix tells them, and all that hangs on
//! them in the store's database.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::machine::{Command, Exit, Machine};
use crate::nix::closure::{Index, PathSet};
use crate::nix::database::{self, Database, Store};

/// Beyond this many different roots their shares are not told.
const MOST_ROOTS: usize = 500;

/// Why there is no forecast.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `nix-store` could not be started.
    #[error("nix-store cannot be started: {0}")]
    NoNix(#[from] io::Error),
    /// `nix-store` failed.
    #[error("nix-store could not tell the roots of the store")]
    Failed(Exit),
    /// The store cannot be read.
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// Something that keeps a store path alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Root {
    /// Where it is: a link, a file below `/proc`, or `{censored}` where only root may know.
    pub link: String,
    /// The store path that it keeps.
    pub path: String,
}

/// What the collector keeps beside what is needed to run: the settings `keep-derivations` and `keep-outputs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Keep {
    /// The derivations that living paths were built from.
    pub derivations: bool,
    /// What living derivations have built.
    pub outputs: bool,
}

/// What would go, and what holds the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// How many store paths would go.
    pub paths: usize,
    /// Their size in bytes; an upper bound where files are hard-linked with others that stay.
    pub bytes: u64,
    /// How many store paths would stay.
    pub kept_paths: usize,
    /// Their size in bytes.
    pub kept_bytes: u64,
    /// What holds most, by what only it holds.
    pub holders: Vec<Holder>,
}

/// A store path that roots keep, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The store path.
    pub path: String,
    /// The roots that keep it, sorted.
    pub links: Vec<String>,
    /// The size of its closure, in bytes.
    pub bytes: u64,
    /// What would go with it, in bytes.
    pub unique_bytes: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self { derivations: true, outputs: false }
    }
}

impl Keep {
    /// Reads the two settings as the daemon has them, from `nix.conf`.
    pub fn read(machine: &impl Machine) -> Self {
        let directory = machine.variable("NIX_CONF_DIR").map_or_else(|| machine.at("/etc/nix"), PathBuf::from);
        let text = machine.read(&directory.join("nix.conf")).unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&text))
    }

    /// Reads the two settings from the text of `nix.conf`; the last line of a setting holds.
    pub fn parse(text: &str) -> Self {
        let mut keep = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or("");
            let Some((name, value)) = line.split_once('=') else { continue };
            let value = value.trim() == "true";
            match name.trim() {
                "keep-derivations" | "gc-keep-derivations" => keep.derivations = value,
                "keep-outputs" | "gc-keep-outputs" => keep.outputs = value,
                _ => {}
            }
        }
        keep
    }
}

/// The command that tells the roots.
pub fn roots_command() -> Command {
    let mut command = Command::new("nix-store").args(["--gc", "--print-roots"]);
    command.quiet = true;
    command
}

/// The roots as Nix finds them, without the passing ones of running builds.
///
/// # Errors
/// When `nix-store` cannot be started or fails.
pub fn roots(machine: &impl Machine) -> Result<Vec<Root>, Error> {
    let (exit, output) = machine.capture(&roots_command())?;
    if !exit.success() {
        return Err(Error::Failed(exit));
    }
    Ok(parse_roots(&String::from_utf8_lossy(&output)))
}

/// Reads lines `LINK -> PATH`. Newer versions of Nix put the link in quotes.
pub fn parse_roots(text: &str) -> Vec<Root> {
    text.lines()
        .filter_map(|line| line.rsplit_once(" -> "))
        .map(|(link, path)| Root { link: unquoted(link.trim()), path: path.trim().to_owned() })
        .filter(|root| root.path.starts_with('/') && !root.link.starts_with("{temp:"))
        .collect()
}

fn unquoted(link: &str) -> String {
    let Some(inner) = link.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return link.to_owned() };
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    text
}

/// What the collector would free, after the generations with these links are deleted.
///
/// # Errors
/// When the roots or the store cannot be read.
pub fn read(machine: &impl Machine, state: &Path, deleted: &[PathBuf], most: usize) -> Result<Forecast, Error> {
    let roots = roots(machine)?;
    let store = Database::open(machine, state)?.whole()?;
    // Nix tells where the links really lie, whatever links lead to their directory.
    let real = |link: &PathBuf| Some(machine.resolve(link.parent()?).ok()?.join(link.file_name()?));
    let deleted: Vec<PathBuf> = deleted.iter().cloned().chain(deleted.iter().filter_map(real)).collect();
    Ok(Forecast::of(&store, &roots, &deleted, Keep::read(machine), most))
}

impl Forecast {
    /// Counts what no root holds. `most` is how many holders are told.
    pub fn of(store: &Store, roots: &[Root], deleted: &[PathBuf], keep: Keep, most: usize) -> Self {
        let graph = &store.graph;
        let deleted: BTreeSet<&Path> = deleted.iter().map(PathBuf::as_path).collect();
        let mut held: BTreeMap<Index, BTreeSet<&str>> = BTreeMap::new();
        for root in roots.iter().filter(|root| !deleted.contains(Path::new(&root.link))) {
            if let Some(at) = graph.find(&root.path) {
                held.entry(at).or_default().insert(&root.link);
            }
        }
        let living = living(store, held.keys().copied(), keep);
        let dead = graph.all().without(&living);
        Self {
            paths: dead.len(),
            bytes: graph.sum(&dead),
            kept_paths: living.len(),
            kept_bytes: graph.sum(&living),
            holders: if held.len() <= MOST_ROOTS { holders(store, &held, keep, most) } else { Vec::new() },
        }
    }
}

/// What stays: what the roots need, and what the settings keep beside it.
fn living(store: &Store, roots: impl Iterator<Item = Index>, keep: Keep) -> PathSet {
    let derivers = if keep.derivations { store.derivers.as_slice() } else { &[] };
    let outputs = if keep.outputs { store.outputs.as_slice() } else { &[] };
    let mut living = store.graph.closure(roots);
    if derivers.is_empty() && outputs.is_empty() {
        return living;
    }
    loop {
        let more: Vec<Index> = derivers
            .iter()
            .chain(outputs)
            .filter(|(from, to)| living.contains(*from) && !living.contains(*to))
            .map(|(_, to)| *to)
            .collect();
        if more.is_empty() {
            return living;
        }
        living.unite(&store.graph.closure(more));
    }
}

fn holders(store: &Store, held: &BTreeMap<Index, BTreeSet<&str>>, keep: Keep, most: usize) -> Vec<Holder> {
    let graph = &store.graph;
    if most == 0 {
        return Vec::new();
    }
    let sets: Vec<PathSet> = held.keys().map(|&root| living(store, std::iter::once(root), keep)).collect();
    let mut counts = vec![0_u16; graph.len()];
    for at in sets.iter().flat_map(PathSet::iter) {
        if let Some(count) = counts.get_mut(at as usize) {
            *count = count.saturating_add(1);
        }
    }
    let alone = |at: &Index| counts.get(*at as usize) == Some(&1);
    let mut holders: Vec<Holder> = held
        .iter()
        .zip(&sets)
        .map(|((&root, links), set)| Holder {
            path: graph.path(root).to_owned(),
            links: links.iter().map(|&link| link.to_owned()).collect(),
            bytes: graph.sum(set),
            unique_bytes: set.iter().filter(alone).map(|at| graph.bytes(at)).sum(),
        })
        .collect();
    holders.sort_by(|a, b| (b.unique_bytes, b.bytes, &a.path).cmp(&(a.unique_bytes, a.bytes, &b.path)));
    holders.truncate(most);
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two systems that share a library, a derivation of one of them, and a path that nothing holds.
    fn store() -> Store {
        let mut store = Store::default();
        let graph = &mut store.graph;
        let [one, two, library, only, loose, derivation] =
            [("/s/one", 1), ("/s/two", 2), ("/s/lib", 4), ("/s/only", 8), ("/s/loose", 16), ("/s/one.drv", 32)]
                .map(|(path, bytes)| graph.add(path, Some(bytes)));
        graph.refer(one, library);
        graph.refer(one, only);
        graph.refer(two, library);
        store.derivers = vec![(one, derivation)];
        store.outputs = vec![(derivation, loose)];
        store
    }

    const ROOTS: &str = "\"/p/system-1-link\" -> /s/one\n/p/system-2-link -> /s/two\n{censored} -> /s/two\n\
                         {temp:123} -> /s/loose\nfinding garbage collector roots...\n/run/x -> /s/unknown\n";

    fn forecast(deleted: &[&str], derivations: bool, outputs: bool) -> Forecast {
        let deleted: Vec<PathBuf> = deleted.iter().map(PathBuf::from).collect();
        Forecast::of(&store(), &parse_roots(ROOTS), &deleted, Keep { derivations, outputs }, 5)
    }

    #[test]
    fn counts_what_nothing_holds() {
        let found = forecast(&[], true, false);
        assert_eq!((found.paths, found.bytes, found.kept_bytes), (1, 16, 47));
        assert_eq!(forecast(&[], false, false).bytes, 48);
        assert_eq!(forecast(&[], true, true).bytes, 0);
        assert_eq!(forecast(&["/p/system-1-link"], true, false).bytes, 57);
        assert_eq!(forecast(&["/p/system-2-link"], true, false).bytes, 16, "a censored root holds it too");
    }

    #[test]
    fn tells_what_holds_most() {
        let holders = forecast(&[], false, false).holders;
        assert_eq!((holders[0].path.as_str(), holders[0].bytes, holders[0].unique_bytes), ("/s/one", 13, 9));
        assert_eq!(holders[1].links, ["/p/system-2-link", "{censored}"]);
    }

    #[test]
    fn quotes_around_links_are_taken_off() {
        assert_eq!(parse_roots(r#""/a \"b\"\\c" -> /s/x"#)[0].link, r#"/a "b"\c"#);
        assert_eq!(parse_roots("/a -> b -> /s/x")[0].link, "/a -> b");
    }

    #[test]
    fn settings_are_read() {
        assert_eq!(Keep::parse(""), Keep::default());
        let text = "# keep-outputs = false\nkeep-outputs = true # yes\nkeep-derivations=false\nnonsense\n";
        assert_eq!(Keep::parse(text), Keep { derivations: false, outputs: true });
    }
}
