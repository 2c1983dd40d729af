//! `flake.lock`: which revision each input stands at, and what an update changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::machine::Machine;

/// How deep inputs of inputs are followed, and how many there may be: a lock file comes from elsewhere.
const MOST_DEPTH: usize = 16;
const MOST_INPUTS: usize = 5000;

/// Why a lock file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the lock file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is no lock file.
    #[error("the lock file is damaged: {0}")]
    Damaged(String),
    /// It is of another time.
    #[error("the lock file has version {0}; 5, 6 and 7 are known")]
    Version(u64),
}

/// A lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LockFile {
    /// The version of the format.
    pub version: u64,
    /// All inputs, direct ones before those of the next depth, by name.
    pub inputs: Vec<LockedInput>,
}

/// An input as it is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LockedInput {
    /// Its name; an input of an input has the names of both, `home-manager/nixpkgs`.
    pub name: String,
    /// The input that it is the same as, where it follows one: `nixpkgs`.
    pub follows: Option<String>,
    /// The kind: `github`, `git`, `tarball`, `path`, `indirect` …
    #[serde(rename = "type")]
    pub kind: String,
    /// The address, for the kinds that have one; a path for `path`.
    pub url: Option<String>,
    /// The owner, at a forge.
    pub owner: Option<String>,
    /// The repository, at a forge.
    pub repo: Option<String>,
    /// The branch or tag that was asked for.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The revision that it is locked to.
    pub rev: Option<String>,
    /// The date of what it is locked to.
    pub last_modified: Option<Timestamp>,
    /// The hash of what it is locked to.
    pub nar_hash: Option<String>,
}

/// An input that stands elsewhere than before. Without `from` it is new, without `to` it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputChange {
    /// Its name.
    pub name: String,
    /// Where it stood.
    pub from: Option<Stand>,
    /// Where it stands.
    pub to: Option<Stand>,
}

/// Where an input stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stand {
    /// The revision.
    pub rev: Option<String>,
    /// The revision as people write it, seven characters.
    pub short: Option<String>,
    /// Its date.
    pub date: Option<Timestamp>,
    /// In one line: `github:NixOS/nixpkgs nixos-25.11 9da7f1c of 2025-11-14`.
    pub description: String,
}

/// Reads a lock file.
///
/// # Errors
/// When it cannot be read, is damaged or too new.
pub fn read(machine: &impl Machine, path: &Path) -> Result<LockFile, Error> {
    parse(&machine.read(path)?)
}

/// Reads the text of a lock file.
///
/// # Errors
/// When it is damaged or of an unknown version.
pub fn parse(text: &[u8]) -> Result<LockFile, Error> {
    let damaged = |what: &str| Error::Damaged(what.to_owned());
    let value: Value = serde_json::from_slice(text).map_err(|error| Error::Damaged(error.to_string()))?;
    let version = value.get("version").and_then(Value::as_u64).ok_or_else(|| damaged("no version"))?;
    if !(5..=7).contains(&version) {
        return Err(Error::Version(version));
    }
    let nodes = value.get("nodes").and_then(Value::as_object).ok_or_else(|| damaged("no nodes"))?;
    let root = value.get("root").and_then(Value::as_str).ok_or_else(|| damaged("no root"))?;
    let nodes = Nodes { nodes, root };
    Ok(LockFile { version, inputs: nodes.all() })
}

impl LockFile {
    /// The input with this name.
    pub fn get(&self, name: &str) -> Option<&LockedInput> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// The inputs that the flake itself names.
    pub fn direct(&self) -> impl Iterator<Item = &LockedInput> {
        self.inputs.iter().filter(|input| !input.name.contains('/'))
    }
}

impl LockedInput {
    /// The revision as people write it.
    pub fn short(&self) -> Option<&str> {
        let rev = self.rev.as_deref()?;
        Some(rev.get(..7).unwrap_or(rev))
    }

    /// Where it comes from, as a flake reference without the branch: `github:NixOS/nixpkgs`.
    pub fn source(&self) -> String {
        match (&self.owner, &self.repo, &self.url) {
            (Some(owner), Some(repo), _) => format!("{}:{owner}/{repo}", self.kind),
            (_, _, Some(url)) if self.kind == "path" => format!("path:{url}"),
            (_, _, Some(url)) if matches!(self.kind.as_str(), "git" | "hg") => format!("{}+{url}", self.kind),
            (_, _, Some(url)) => url.clone(),
            _ => self.kind.clone(),
        }
    }

    /// In one line: `github:NixOS/nixpkgs nixos-25.11 9da7f1c of 2025-11-14`.
    pub fn describe(&self) -> String {
        [self.source(), self.stand_in_words()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Branch, revision and date, as far as they are known: `nixos-25.11 9da7f1c of 2025-11-14`.
    pub fn stand_in_words(&self) -> String {
        let date = self.last_modified.map(|date| format!("of {}", date.strftime("%Y-%m-%d")));
        let parts = [self.reference.clone(), self.short().map(str::to_owned), date];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn stand(&self) -> Stand {
        Stand {
            rev: self.rev.clone(),
            short: self.short().map(str::to_owned),
            date: self.last_modified,
            description: self.describe(),
        }
    }
}

/// What differs between two lock files. Inputs that follow others are told only where those stand.
pub fn diff(old: &LockFile, new: &LockFile) -> Vec<InputChange> {
    let own = |file: &LockFile, name: &str| file.get(name).filter(|input| input.follows.is_none()).cloned();
    let names: Vec<&str> = {
        let mut seen = BTreeSet::new();
        new.inputs.iter().chain(&old.inputs).map(|i| i.name.as_str()).filter(|name| seen.insert(*name)).collect()
    };
    let mut changes = Vec::new();
    for name in names {
        let (from, to) = (own(old, name), own(new, name));
        if from != to {
            let (from, to) = (from.map(|input| input.stand()), to.map(|input| input.stand()));
            changes.push(InputChange { name: name.to_owned(), from, to });
        }
    }
    changes
}

/// The nodes of a lock file, and which of them is the flake itself.
struct Nodes<'a> {
    nodes: &'a Map<String, Value>,
    root: &'a str,
}

impl<'a> Nodes<'a> {
    fn all(&self) -> Vec<LockedInput> {
        let mut inputs = Vec::new();
        // Breadth first, so that direct inputs stand in front. Each has the nodes above it, against circles.
        let mut waiting: Vec<(String, &str, BTreeSet<&str>)> = vec![(String::new(), self.root, BTreeSet::new())];
        while !waiting.is_empty() && inputs.len() < MOST_INPUTS {
            let mut next = Vec::new();
            for (above, node, mut line) in waiting {
                if !line.insert(node) || line.len() > MOST_DEPTH {
                    continue;
                }
                for (name, target) in self.inputs_of(node) {
                    let path = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
                    let (found, follows) = match target {
                        Value::String(node) => (Some(node.as_str()), None),
                        Value::Array(steps) => (self.follow(steps, 0), Some(joined(steps))),
                        _ => continue,
                    };
                    let mut input = found.map(|node| self.input(node)).unwrap_or_default();
                    input.name.clone_from(&path);
                    if let (Some(node), true) = (found, follows.is_none()) {
                        next.push((path, node, line.clone()));
                    }
                    input.follows = follows;
                    inputs.push(input);
                    if inputs.len() >= MOST_INPUTS {
                        return inputs;
                    }
                }
            }
            waiting = next;
        }
        inputs
    }

    fn inputs_of(&self, node: &str) -> BTreeMap<&'a str, &'a Value> {
        let inputs = self.nodes.get(node).and_then(|node| node.get("inputs")).and_then(Value::as_object);
        inputs.into_iter().flatten().map(|(name, target)| (name.as_str(), target)).collect()
    }

    /// The node at the end of a path of input names from the flake itself.
    fn follow(&self, steps: &'a [Value], depth: usize) -> Option<&'a str> {
        if depth > MOST_DEPTH {
            return None;
        }
        let mut node: Option<&'a str> = None;
        for step in steps {
            let inputs = self.inputs_of(node.unwrap_or(self.root));
            node = Some(match inputs.get(step.as_str()?)? {
                Value::String(node) => node.as_str(),
                Value::Array(steps) => self.follow(steps, depth + 1)?,
                _ => return None,
            });
        }
        node
    }

    fn input(&self, node: &str) -> LockedInput {
        let part = |name: &str| self.nodes.get(node).and_then(|node| node.get(name));
        let (locked, original) = (part("locked"), part("original"));
        let text = |of: Option<&Value>, name: &str| of.and_then(|of| of.get(name)?.as_str()).map(str::to_owned);
        let locked_or_original = |name: &str| text(locked, name).or_else(|| text(original, name));
        let url = locked_or_original("url").or_else(|| locked_or_original("path"));
        LockedInput {
            name: String::new(),
            follows: None,
            kind: locked_or_original("type").unwrap_or_default(),
            // The address that was asked for is the one that people know; locked tarballs have one per revision.
            url: text(original, "url").or(url),
            owner: locked_or_original("owner"),
            repo: locked_or_original("repo"),
            reference: text(original, "ref").or_else(|| text(locked, "ref")),
            rev: text(locked, "rev").or_else(|| text(locked, "dirtyRev")),
            last_modified: locked
                .and_then(|locked| locked.get("lastModified")?.as_i64())
                .and_then(|seconds| Timestamp::from_second(seconds).ok()),
            nar_hash: text(locked, "narHash"),
        }
    }
}

fn joined(steps: &[Value]) -> String {
    steps.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(rev: &str, seconds: i64) -> String {
        format!(
            r#"{{"version":7,"root":"root","nodes":{{
              "root":{{"inputs":{{"nixpkgs":"nixpkgs","home-manager":"home-manager","local":"local"}}}},
              "nixpkgs":{{"locked":{{"lastModified":{seconds},"narHash":"sha256-x","owner":"NixOS","repo":"nixpkgs",
                "rev":"{rev}","type":"github"}},"original":{{"owner":"NixOS","ref":"nixos-25.11","repo":"nixpkgs","type":"github"}}}},
              "home-manager":{{"inputs":{{"nixpkgs":["nixpkgs"],"flake-utils":"flake-utils","gone":["a","b"]}},
                "locked":{{"type":"git","url":"https://x.org/hm","rev":"abc"}},"original":{{"type":"git","url":"https://x.org/hm"}}}},
              "flake-utils":{{"inputs":{{"again":"home-manager"}},"locked":{{"type":"tarball","url":"https://x.org/1.tar.gz"}}}},
              "local":{{"locked":{{"type":"path","path":"/src"}},"original":{{"type":"path","path":"/src"}}}}}}}}"#
        )
    }

    #[test]
    fn inputs_are_read_with_those_of_inputs() {
        let lock = parse(lock("9da7f1c0123456789", 1_763_121_600).as_bytes()).unwrap();
        let names: Vec<_> = lock.inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!(names[..3], ["home-manager", "local", "nixpkgs"]);
        assert_eq!(lock.direct().count(), 3);
        let nixpkgs = lock.get("nixpkgs").unwrap();
        assert_eq!(nixpkgs.describe(), "github:NixOS/nixpkgs nixos-25.11 9da7f1c of 2025-11-14");
        let followed = lock.get("home-manager/nixpkgs").unwrap();
        assert_eq!((followed.follows.as_deref(), &followed.rev), (Some("nixpkgs"), &nixpkgs.rev));
        assert_eq!(lock.get("home-manager/gone").unwrap().rev, None);
        assert_eq!(lock.get("home-manager").unwrap().describe(), "git+https://x.org/hm abc");
        assert_eq!(lock.get("local").unwrap().describe(), "path:/src");
        assert!(lock.get("home-manager/flake-utils/again").is_some(), "a circle ends");
    }

    #[test]
    fn what_an_update_changed() {
        let old = parse(lock("9da7f1c0123456789", 1_763_121_600).as_bytes()).unwrap();
        let new = parse(lock("fedcba9876543210", 1_763_726_400).as_bytes()).unwrap();
        let changes = diff(&old, &new);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].name, "nixpkgs");
        assert_eq!(changes[0].from.as_ref().unwrap().short.as_deref(), Some("9da7f1c"));
        assert_eq!(changes[0].to.as_ref().unwrap().date.unwrap().to_string(), "2025-11-21T12:00:00Z");
        assert_eq!(diff(&old, &old), []);
        let gone = diff(&old, &LockFile::default());
        assert!(gone.iter().all(|change| change.to.is_none()) && gone.len() >= 4);
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        assert!(matches!(parse(br#"{"version":8,"nodes":{},"root":"root"}"#), Err(Error::Version(8))));
        for text in ["", "[]", r#"{"version":7}"#, r#"{"version":7,"nodes":[],"root":"r"}"#] {
            assert!(matches!(parse(text.as_bytes()), Err(Error::Damaged(_))), "{text}");
        }
        let circle = r#"{"version":7,"root":"r","nodes":{"r":{"inputs":{"a":["b"],"b":["a"],"r":"r"}}}}"#;
        assert_eq!(parse(circle.as_bytes()).unwrap().inputs.len(), 3);
    }
}
