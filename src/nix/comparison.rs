//! What differs between two closures, in packages and versions as people know them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::machine::Machine;
use crate::nix::closure::{Graph, PathSet};
use crate::nix::package_name::{PackageName, compare_versions};
use crate::nix::path_info;

/// What is different in the second closure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Packages that are new, by name.
    pub added: Vec<Package>,
    /// Packages that are gone, by name.
    pub removed: Vec<Package>,
    /// Packages with another version, by name.
    pub changed: Vec<Change>,
    /// How much larger the second closure is, in bytes.
    pub bytes: i64,
    /// How many packages were built anew in the same version.
    pub rebuilt: usize,
    /// How many other things differ: configuration files, units, directories of links.
    pub files_changed: usize,
}

/// A package in a closure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version; several are separated by commas.
    pub version: String,
}

/// A package whose version changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// The version before; several are separated by commas.
    pub from: String,
    /// The version after.
    pub to: String,
}

/// Compares the closures of two store paths.
///
/// # Errors
/// When neither the database below `state` nor `nix` can tell them.
pub fn compare(machine: &impl Machine, state: &Path, from: &str, to: &str) -> Result<Comparison, path_info::Error> {
    let graph = path_info::closures(machine, state, &[from, to])?;
    let closure = |path: &str| graph.closure_of(path).unwrap_or_default();
    Ok(Comparison::of(&graph, &closure(from), &closure(to)))
}

/// What stands in one closure under one name.
#[derive(Default)]
struct Side<'a> {
    versions: BTreeSet<&'a str>,
    package: bool,
}

impl Comparison {
    /// Compares two closures of a graph.
    pub fn of(graph: &Graph, before: &PathSet, after: &PathSet) -> Self {
        let mut result = Self {
            bytes: i64::try_from(i128::from(graph.sum(after)) - i128::from(graph.sum(before))).unwrap_or(i64::MAX),
            ..Self::default()
        };
        // Most of two systems is the same; only names that stand on a differing path can differ.
        let (only_before, only_after) = (before.without(after), after.without(before));
        let mut names: BTreeSet<&str> = BTreeSet::new();
        names.extend(only_before.iter().chain(only_after.iter()).map(|at| PackageName::of_path(graph.path(at)).name));
        let (before, after) = (sides(graph, before, &names), sides(graph, after, &names));
        let nothing = Side::default();
        for name in names {
            let (old, new) = (before.get(name).unwrap_or(&nothing), after.get(name).unwrap_or(&nothing));
            if !old.package && !new.package {
                result.files_changed += 1;
            } else if old.versions == new.versions {
                result.rebuilt += 1;
            } else if old.versions.is_empty() {
                result.added.push(Package { name: name.to_owned(), version: join(&new.versions) });
            } else if new.versions.is_empty() {
                result.removed.push(Package { name: name.to_owned(), version: join(&old.versions) });
            } else {
                result.changed.push(change(name, &old.versions, &new.versions));
            }
        }
        result
    }

    /// Whether nothing that people care about differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// The closure by package name, for these names only. Files that share a package's name do not count beside it.
fn sides<'a>(graph: &'a Graph, set: &PathSet, names: &BTreeSet<&str>) -> BTreeMap<&'a str, Side<'a>> {
    let mut sides: BTreeMap<&str, Side<'_>> = BTreeMap::new();
    for at in set.iter() {
        let path = graph.path(at);
        let package = PackageName::of_path(path);
        if names.contains(package.name) {
            let side = sides.entry(package.name).or_default();
            if package.is_package() {
                side.package = true;
                side.versions.insert(package.version);
            }
        }
    }
    sides
}

/// Versions that stand on both sides are not told, unless nothing would be left to tell.
fn change(name: &str, old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> Change {
    let left: BTreeSet<&str> = old.difference(new).copied().collect();
    let right: BTreeSet<&str> = new.difference(old).copied().collect();
    let whole = left.is_empty() || right.is_empty();
    let (from, to) = if whole { (old, new) } else { (&left, &right) };
    Change { name: name.to_owned(), from: join(from), to: join(to) }
}

fn join(versions: &BTreeSet<&str>) -> String {
    let mut versions: Vec<&str> = versions.iter().copied().collect();
    versions.sort_by(|a, b| compare_versions(a, b));
    versions.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(before: &[&str], after: &[&str]) -> Comparison {
        let mut graph = Graph::default();
        let mut set = |names: &[&str]| {
            let mut set = PathSet::default();
            for name in names {
                set.insert(graph.add(&format!("/nix/store/{name}"), Some(100)));
            }
            set
        };
        let (before, after) = (set(before), set(after));
        Comparison::of(&graph, &before, &after)
    }

    /// A store name: 32 times the letter, then the name.
    fn named(text: &str) -> String {
        let (letter, name) = text.split_once('-').unwrap();
        format!("{}-{name}", letter.repeat(32))
    }

    fn told(before: &[&str], after: &[&str]) -> serde_json::Value {
        let names = |texts: &[&str]| texts.iter().map(|text| named(text)).collect::<Vec<_>>();
        let (before, after) = (names(before), names(after));
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let after: Vec<&str> = after.iter().map(String::as_str).collect();
        serde_json::to_value(comparison(&before, &after)).unwrap()
    }

    #[test]
    fn tells_packages_by_name_and_version() {
        let told = told(
            &["a-firefox-144.0", "a-hello-2.12", "a-hello-2.12-man", "a-gone-1", "a-same-1.0", "a-etc"],
            &["b-firefox-145.0", "a-hello-2.12", "b-new-3", "b-new-3-lib", "b-same-1.0", "b-etc", "b-unit-x.service"],
        );
        assert_eq!(told["added"], serde_json::json!([{"name": "new", "version": "3"}]));
        assert_eq!(told["removed"], serde_json::json!([{"name": "gone", "version": "1"}]));
        assert_eq!(told["changed"], serde_json::json!([{"name": "firefox", "from": "144.0", "to": "145.0"}]));
        assert_eq!((&told["rebuilt"], &told["files_changed"]), (&2.into(), &2.into()));
        assert_eq!(told["bytes"], 100);
    }

    #[test]
    fn several_versions_are_told_as_far_as_they_differ() {
        let told = told(
            &["a-llvm-9.1", "a-llvm-10.0", "a-python3-3.12", "a-nixos-system-demo-25.11.1", "a-linux-6.12.1"],
            &[
                "a-llvm-9.1",
                "b-llvm-11.0",
                "a-python3-3.12",
                "b-python3-3.13",
                "b-nixos-system-demo-25.11.2",
                "b-linux-6.12.2",
            ],
        );
        let change = |name: &str| {
            let found = told["changed"].as_array().unwrap().iter().find(|change| change["name"] == name).unwrap();
            format!("{} to {}", found["from"].as_str().unwrap(), found["to"].as_str().unwrap())
        };
        assert_eq!(change("llvm"), "10.0 to 11.0");
        assert_eq!(change("python3"), "3.12 to 3.12, 3.13");
        assert_eq!(change("nixos-system-demo"), "25.11.1 to 25.11.2");
        assert_eq!(change("linux"), "6.12.1 to 6.12.2");
    }

    #[test]
    fn the_same_is_the_same() {
        assert_eq!(told(&["a-x-1"], &["a-x-1"]), serde_json::to_value(Comparison::default()).unwrap());
        assert!(comparison(&[], &[]).is_empty());
    }
}
