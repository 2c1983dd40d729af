//! The names in an error: package, option, file, line … as `outcome.error.bindings` has them.

use std::collections::BTreeMap;

use regex::{Captures, Regex};
use serde_json::Value;

use super::evidence::{Position, Report};
use super::nearest::offered;

/// Names by the words of the contract.
pub type Bindings = BTreeMap<String, Value>;

/// The names that lessons may bind and use.
pub const NAMES: &[&str] = &[
    "attribute",
    "column",
    "command",
    "derivation",
    "exit_code",
    "feature",
    "file",
    "flag",
    "generation",
    "hash_got",
    "hash_wanted",
    "host",
    "line",
    "name",
    "nearest",
    "option",
    "option_files",
    "package",
    "path",
    "port",
    "reason",
    "replacement",
    "setting",
    "signal",
    "system",
    "type",
    "unit",
    "url",
    "user",
    "value",
    "variable",
];

/// Takes over the named groups of a match; what is bound already stays. A pattern with several forms may write `path` in
/// one and `path_` in another.
pub(super) fn capture(bindings: &mut Bindings, regex: &Regex, captures: &Captures<'_>) {
    for group in regex.capture_names().flatten() {
        let Some(found) = captures.name(group) else { continue };
        let name = group.trim_end_matches('_');
        let text = found.as_str().trim();
        if !text.is_empty() && !bindings.contains_key(name) {
            bindings.insert(name.to_owned(), value(name, text));
        }
    }
}

fn value(name: &str, text: &str) -> Value {
    let number = matches!(name, "line" | "column" | "exit_code" | "generation" | "port");
    match text.parse::<i64>() {
        Ok(parsed) if number => Value::from(parsed),
        // What the lock file knows about a flake is not part of its address.
        _ if name == "url" && (text.starts_with("path:") || text.starts_with("git+file:")) => {
            Value::from(text.split('?').next().unwrap_or(text))
        }
        _ if matches!(name, "file" | "path") => Value::from(without_store(text)),
        _ => Value::from(text),
    }
}

/// Adds what every error of Nix says in the same way: where it is, what Nix offers instead, which files define an option.
pub(super) fn complete(bindings: &mut Bindings, report: &Report) {
    if !bindings.contains_key("file")
        && let Some(at) = place(report)
    {
        bindings.insert("file".to_owned(), Value::from(without_store(&at.file)));
        if at.line > 0 {
            bindings.insert("line".to_owned(), Value::from(at.line));
            bindings.insert("column".to_owned(), Value::from(at.column));
        }
    }
    let names = offered(&report.message);
    if !names.is_empty() {
        bindings.insert("nearest".to_owned(), Value::from(names));
    }
    let mut files: Vec<String> = Vec::new();
    for line in report.message.lines() {
        let quoted =
            line.trim().strip_prefix("- In ").and_then(|rest| rest.split_once(['\'', '’', '"']).map(|(file, _)| file));
        if let Some(file) = quoted {
            let file = without_store(file.trim_start_matches(['`', '‘', '"', '\''])).to_owned();
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    if let Some(first) = files.first() {
        bindings.entry("file".to_owned()).or_insert_with(|| Value::from(first.as_str()));
        bindings.insert("option_files".to_owned(), Value::from(files));
    }
    let package = bindings.get("derivation").and_then(Value::as_str).and_then(derivation_name).map(Value::from);
    if let Some(package) = package {
        bindings.entry("package".to_owned()).or_insert(package);
    }
    let name = bindings.get("package").and_then(Value::as_str).map(without_version).map(Value::from);
    if let Some(name) = name {
        bindings.entry("name".to_owned()).or_insert(name);
    }
}

/// The place that a person can do something about: the error's own when it is in a file of theirs, else the innermost
/// frame that is.
fn place(report: &Report) -> Option<Position> {
    let own = |at: &Position| !is_library(&at.file);
    if let Some(at) = report.at.as_ref().filter(|at| own(at)) {
        return Some(at.clone());
    }
    report.trace.iter().rev().find_map(|frame| {
        let named = frame.text.split_once("definitions from ").or_else(|| frame.text.split_once("\" in \""));
        let named = named.or_else(|| frame.text.split_once("' in \"")).map(|(_, rest)| rest);
        let file = named.map(|rest| rest.trim_end_matches(':').trim_matches(['`', '\'', '"', '‘', '’']));
        let defined = file.map(|file| Position { file: file.to_owned(), line: 0, column: 0 });
        defined.filter(own).or_else(|| frame.at.clone().filter(own))
    })
}

/// Whether a file belongs to Nix, nixpkgs or the command line, so that a person cannot be sent there.
fn is_library(file: &str) -> bool {
    const LIBRARY: &[&str] = &["lib/", "nixos/modules/", "nixos/lib/", "nixos/default.nix", "pkgs/"];
    if file.starts_with(['«', '<']) || file.starts_with("(string)") {
        return true;
    }
    let inside = without_store(file);
    let nixpkgs =
        file.split_once("/nixpkgs/").or_else(|| file.split_once("/nixos/nixos/")).map_or(inside, |(_, rest)| rest);
    let in_store = inside.len() < file.len();
    (in_store && LIBRARY.iter().any(|start| inside.starts_with(start)))
        || (nixpkgs.len() < file.len() && LIBRARY.iter().any(|start| nixpkgs.starts_with(start)))
}

/// A file of a flake without the store path that Nix copied it to: `configuration.nix`.
pub(super) fn without_store(path: &str) -> &str {
    let Some(rest) = path.strip_prefix("/nix/store/") else { return path };
    match rest.split_once('/') {
        Some((name, inside)) if name.ends_with("-source") && !inside.is_empty() => inside,
        _ => path,
    }
}

/// `hello` of `hello-2.12.1`: a version begins at the first dash that no letter follows.
fn without_version(package: &str) -> &str {
    let version = package.match_indices('-').find(|(at, _)| {
        let next = package.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|letter| !letter.is_alphabetic())
    });
    version.and_then(|(at, _)| package.get(..at)).unwrap_or(package)
}

/// `hello-2.12.1` of `/nix/store/…-hello-2.12.1.drv`.
pub(super) fn derivation_name(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next()?;
    let (_, name) = file.split_once('-')?;
    Some(name.split(".drv").next().unwrap_or(name))
}
