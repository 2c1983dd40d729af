//! Why something is on the machine: the shortest ways from what was chosen to what it needs.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;

use crate::nix::closure::{Graph, Index};
use crate::nix::package_name::PackageName;

/// A way from something that is kept to the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// What it begins with, in words: "the system".
    pub from: String,
    /// What the second step means, where that can be said: "one of the system's packages".
    pub means: Option<String>,
    /// Names with their versions, from the first to the package.
    pub names: Vec<String>,
    /// Their store paths.
    pub store_paths: Vec<String>,
}

/// The shortest ways to each of the wanted paths: one for each thing that refers to it directly, the shortest first.
pub fn chains(graph: &Graph, roots: &[(String, Index)], wanted: &[Index], most: usize) -> Vec<Chain> {
    let mut found: Vec<Chain> = Vec::new();
    for (label, root) in roots {
        let before = tree(graph, *root);
        for &target in wanted {
            if target == *root {
                continue;
            }
            for referrer in graph.referrers(target) {
                // A way that leads over another wanted one is that one's.
                let Some(mut way) = way(&before, *root, referrer) else { continue };
                if way.iter().any(|step| wanted.contains(step)) {
                    continue;
                }
                way.push(target);
                found.push(chain(graph, label, &way));
            }
        }
    }
    found.sort_by_key(|chain| chain.names.len());
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|chain| seen.insert((chain.from.clone(), chain.names.clone())));
    found.truncate(most);
    found
}

/// For each path that the root needs, the one before it on a shortest way.
fn tree(graph: &Graph, root: Index) -> HashMap<Index, Index> {
    let mut before = HashMap::from([(root, root)]);
    let mut waiting = VecDeque::from([root]);
    while let Some(at) = waiting.pop_front() {
        for &next in graph.references(at) {
            before.entry(next).or_insert_with(|| {
                waiting.push_back(next);
                at
            });
        }
    }
    before
}

fn way(before: &HashMap<Index, Index>, root: Index, target: Index) -> Option<Vec<Index>> {
    let mut way = vec![target];
    let mut at = target;
    while at != root {
        at = *before.get(&at)?;
        way.push(at);
    }
    way.reverse();
    Some(way)
}

fn chain(graph: &Graph, from: &str, way: &[Index]) -> Chain {
    let store_paths: Vec<String> = way.iter().map(|at| graph.path(*at).to_owned()).collect();
    let names: Vec<String> = store_paths.iter().map(|path| name(path)).collect();
    let means = names.get(1).filter(|_| names.len() > 2).and_then(|second| means(second));
    Chain { from: from.to_owned(), means, names, store_paths }
}

/// A store path without directory and hash.
fn name(path: &str) -> String {
    let base = path.rsplit('/').next().unwrap_or(path);
    let hash = PackageName::of_path(path).hash;
    base.strip_prefix(hash).map_or(base, |rest| rest.trim_start_matches('-')).to_owned()
}

/// What the parts of a system are, in words.
fn means(part: &str) -> Option<String> {
    let words = match part {
        "system-path" => "it is one of the system's packages, or one of them needs it",
        "etc" => "a file in /etc, or a service, needs it",
        "user-environment" => "it is one of a user's packages, or one of them needs it",
        "home-manager-path" => "it is one of the packages of Home Manager, or one of them needs it",
        other if other.starts_with("linux-") => "the kernel needs it",
        other if other.starts_with("initrd") => "the start of the machine needs it",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_of_each_referrer_is_told() {
        let mut graph = Graph::default();
        let name = |name: &str| format!("/nix/store/{}-{name}", "0".repeat(32));
        let [system, path, git, perl, etc, tool] =
            ["system", "system-path", "git-2", "perl-5", "etc", "tool-1"].map(|part| graph.add(&name(part), None));
        for (from, to) in
            [(system, path), (system, etc), (path, git), (git, perl), (etc, tool), (tool, git), (tool, perl)]
        {
            graph.refer(from, to);
        }
        let found = chains(&graph, &[("the system".to_owned(), system)], &[perl], 5);
        let names: Vec<String> = found.iter().map(|chain| chain.names.join(" ")).collect();
        assert_eq!(names, ["system system-path git-2 perl-5", "system etc tool-1 perl-5"]);
        assert!(chains(&graph, &[("tool".to_owned(), tool)], &[etc], 5).is_empty());
    }
}
