//! What takes the space: the store as a whole, each generation, and the largest packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::{Machine, Space};
use crate::nix::closure::{Graph, PathSet};
use crate::nix::database::{self, Database};
use crate::nix::generation::Generation;
use crate::nix::package_name::{PackageName, compare_versions};
use crate::operation::GenerationNumber;

/// What all recipes of builds together are called among the packages.
pub const DERIVATIONS: &str = "derivations";

/// What takes the space.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiskUsage {
    /// The size of all store paths, in bytes. Hard links between equal files are not taken off.
    pub store_bytes: u64,
    /// How many store paths there are.
    pub store_paths: usize,
    /// Room on the file system of the store.
    pub space: Option<Space>,
    /// The generations, in the order that they came in.
    pub by_generation: Vec<GenerationUsage>,
    /// The largest packages, all versions and outputs together.
    pub largest: Vec<PackageUsage>,
}

/// What a generation takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GenerationUsage {
    /// Its number.
    pub number: GenerationNumber,
    /// When it was made.
    pub date: Timestamp,
    /// The profile points to it.
    pub current: bool,
    /// The size of all that it needs, in bytes.
    pub closure_bytes: u64,
    /// What no other of these generations needs, in bytes.
    pub unique_bytes: u64,
}

/// What a package takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageUsage {
    /// Its name.
    pub name: String,
    /// Its versions, the oldest first.
    pub versions: Vec<String>,
    /// How many store paths belong to it.
    pub paths: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

/// Measures the store at `store`, whose database is below `state`. `most` is how many packages are told.
///
/// # Errors
/// When the database cannot be read.
pub fn read(
    machine: &impl Machine,
    state: &Path,
    store: &Path,
    generations: &[Generation],
    most: usize,
) -> Result<DiskUsage, database::Error> {
    let graph = Database::open(machine, state)?.whole()?.graph;
    Ok(DiskUsage { space: machine.space(store).ok(), ..DiskUsage::of(&graph, generations, most) })
}

/// Fills in the size of each generation's closure. Generations that the graph does not have stay without.
pub fn fill_closure_bytes(graph: &Graph, generations: &mut [Generation]) {
    let mut known: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for generation in generations {
        generation.closure_bytes = *known
            .entry(generation.store_path.clone())
            .or_insert_with(|| graph.closure_of(&generation.store_path).map(|closure| graph.sum(&closure)));
    }
}

impl DiskUsage {
    /// Measures a graph of the whole store.
    pub fn of(graph: &Graph, generations: &[Generation], most: usize) -> Self {
        Self {
            store_bytes: graph.sum(&graph.all()),
            store_paths: graph.len(),
            space: None,
            by_generation: by_generation(graph, generations),
            largest: largest(graph, most),
        }
    }
}

fn by_generation(graph: &Graph, generations: &[Generation]) -> Vec<GenerationUsage> {
    let sets: Vec<Option<PathSet>> = generations.iter().map(|g| graph.closure_of(&g.store_path)).collect();
    let mut counts = vec![0_u32; graph.len()];
    for at in sets.iter().flatten().flat_map(PathSet::iter) {
        if let Some(count) = counts.get_mut(at as usize) {
            *count = count.saturating_add(1);
        }
    }
    let usage = |(generation, set): (&Generation, &Option<PathSet>)| {
        let set = set.as_ref()?;
        let alone = set.iter().filter(|&at| counts.get(at as usize) == Some(&1));
        Some(GenerationUsage {
            number: generation.number,
            date: generation.date,
            current: generation.current,
            closure_bytes: graph.sum(set),
            unique_bytes: alone.map(|at| graph.bytes(at)).sum(),
        })
    };
    generations.iter().zip(&sets).filter_map(usage).collect()
}

fn largest(graph: &Graph, most: usize) -> Vec<PackageUsage> {
    let mut packages: BTreeMap<&str, (BTreeSet<&str>, usize, u64)> = BTreeMap::new();
    let all = graph.all();
    for at in all.iter() {
        let path = graph.path(at);
        let derivation = path.strip_suffix(".drv").is_some();
        let package = PackageName::of_path(path);
        let name = if derivation { DERIVATIONS } else { package.name };
        let (versions, paths, bytes) = packages.entry(name).or_default();
        if !derivation && !package.version.is_empty() {
            versions.insert(package.version);
        }
        *paths += 1;
        *bytes = bytes.saturating_add(graph.bytes(at));
    }
    let mut packages: Vec<_> = packages.into_iter().collect();
    packages.sort_by(|(a, (_, _, x)), (b, (_, _, y))| (y, a).cmp(&(x, b)));
    packages
        .into_iter()
        .take(most)
        .map(|(name, (versions, paths, bytes))| {
            let mut versions: Vec<String> = versions.into_iter().map(str::to_owned).collect();
            versions.sort_by(|a, b| compare_versions(a, b));
            PackageUsage { name: name.to_owned(), versions, paths, bytes }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(number: GenerationNumber, store_path: &str) -> Generation {
        Generation {
            number,
            date: Timestamp::UNIX_EPOCH,
            current: false,
            booted: false,
            nixos_version: None,
            kernel: None,
            configuration_revision: None,
            specialisations: Vec::new(),
            store_path: store_path.to_owned(),
            missing: false,
            closure_bytes: None,
            pinned: None,
        }
    }

    #[test]
    fn tells_what_each_generation_takes_alone() {
        let mut graph = Graph::default();
        let [one, two, shared, old, new] =
            [("/s/one", 1), ("/s/two", 2), ("/s/h-glibc-2.40", 4), ("/s/h-firefox-9", 8), ("/s/h-firefox-10", 16)]
                .map(|(path, bytes)| graph.add(path, Some(bytes)));
        for (from, to) in [(one, shared), (two, shared), (one, old), (two, new)] {
            graph.refer(from, to);
        }
        let mut generations = [generation(1, "/s/one"), generation(2, "/s/two"), generation(3, "/s/gone")];
        let usage = DiskUsage::of(&graph, &generations, 1);
        let told: Vec<_> = usage.by_generation.iter().map(|g| (g.number, g.closure_bytes, g.unique_bytes)).collect();
        assert_eq!(told, [(1, 13, 9), (2, 22, 18)]);
        assert_eq!(usage.store_bytes, 31);
        fill_closure_bytes(&graph, &mut generations);
        assert_eq!(generations.map(|g| g.closure_bytes), [Some(13), Some(22), None]);
    }

    #[test]
    fn packages_are_put_together() {
        let mut graph = Graph::default();
        let hash = "0".repeat(32);
        for (name, bytes) in [("gcc-9.5", 10), ("gcc-14.1-lib", 20), ("gcc-14.1.drv", 2), ("etc", 5), ("small-1", 1)] {
            graph.add(&format!("/nix/store/{hash}-{name}"), Some(bytes));
        }
        let largest = DiskUsage::of(&graph, &[], 2).largest;
        assert_eq!((largest[0].name.as_str(), largest[0].bytes, largest[0].paths), ("gcc", 30, 2));
        assert_eq!(largest[0].versions, ["9.5", "14.1"]);
        assert_eq!(largest[1].name, "etc");
    }
}
