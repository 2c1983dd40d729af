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
        _ if matches!(name, "file" | "path") => {
            let text = text.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(text);
            Value::from(without_store(text))
        }
        _ => Value::from(text),
    }
}

/// Adds what every error of Nix says in the same way: where it is, what Nix offers instead, which files define an option.
pub(super) fn complete(bindings: &mut Bindings, report: &Report) {
    // Where an option is defined says more than what Nix was doing when it met the definitions.
    let files = option_files(&report.message);
    if let Some(first) = files.first() {
        bindings.entry("file".to_owned()).or_insert_with(|| Value::from(first.as_str()));
        bindings.insert("option_files".to_owned(), Value::from(files));
    }
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
    let host = bindings.get("url").and_then(Value::as_str).and_then(host_of).map(Value::from);
    if let Some(host) = host {
        bindings.entry("host".to_owned()).or_insert(host);
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

/// The files that define an option: one a line with its value, or, as it was once said, all in one sentence.
fn option_files(message: &str) -> Vec<String> {
    let quoted = |text: &str| {
        let text = text.trim().trim_start_matches(['`', '‘', '"', '\'']);
        text.split(['\'', '’', '"']).next().map(|file| without_store(file.trim()).to_owned())
    };
    let mut files: Vec<String> =
        message.lines().filter_map(|line| quoted(line.trim().strip_prefix("- In ")?)).collect();
    if files.is_empty()
        && let Some((_, list)) =
            ["definitions, in ", "multiple times, in "].iter().find_map(|at| message.split_once(at))
    {
        let list = list.lines().next().unwrap_or_default();
        files.extend(list.split(" and ").flat_map(|part| part.split(", ")).filter_map(quoted));
    }
    let mut seen: Vec<String> = Vec::new();
    files.retain(|file| {
        let new = !file.is_empty() && !seen.contains(file);
        seen.push(file.clone());
        new
    });
    files
}

/// `cache.nixos.org` of `https://cache.nixos.org/nix-cache-info`.
fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty() && !scheme.contains("file")).then_some(host)
}

/// The place that a person can do something about: the error's own when it is in a file of theirs, else the innermost
/// frame that is.
fn place(report: &Report) -> Option<Position> {
    let library = Library::seen_in(report);
    let own = |at: &Position| !library.has(&at.file);
    if let Some(at) = report.at.as_ref().filter(|at| own(at)) {
        return Some(at.clone());
    }
    report.trace.iter().rev().find_map(|frame| {
        let defined = named_in(&frame.text).map(|file| Position { file: file.to_owned(), line: 0, column: 0 });
        defined.filter(own).or_else(|| frame.at.clone().filter(own))
    })
}

/// The file that a frame names: "while evaluating definitions from `FILE':", "… the module argument `x' in "FILE":"
fn named_in(frame: &str) -> Option<&str> {
    let named = frame.split_once("definitions from ").or_else(|| frame.split_once("\" in \""));
    let (_, rest) = named.or_else(|| frame.split_once("' in \""))?;
    Some(rest.trim_end_matches(':').trim_matches(['`', '\'', '"', '‘', '’']))
}

/// What of nixpkgs is seen in nearly every error, and hardly in anything else.
const OF_NIXPKGS: &[&str] = &[
    "/lib/attrsets.nix",
    "/lib/customisation.nix",
    "/lib/derivations.nix",
    "/lib/fixed-points.nix",
    "/lib/lists.nix",
    "/lib/modules.nix",
    "/lib/strings.nix",
    "/lib/trivial.nix",
    "/pkgs/build-support/",
    "/pkgs/stdenv/",
    "/pkgs/top-level/",
];

/// The files that belong to Nix, nixpkgs or the command line, so that a person cannot be sent there.
struct Library<'a> {
    /// Where nixpkgs lies, as far as that is seen.
    roots: Vec<&'a str>,
}

impl<'a> Library<'a> {
    fn seen_in(report: &'a Report) -> Self {
        let frames = report.trace.iter();
        let files = frames.flat_map(|frame| frame.at.iter().map(|at| at.file.as_str()).chain(named_in(&frame.text)));
        let files = report.at.iter().map(|at| at.file.as_str()).chain(files);
        let root = |file: &'a str| {
            let end = OF_NIXPKGS.iter().find_map(|known| file.find(known))?;
            file.get(..=end)
        };
        Self { roots: files.filter_map(root).collect() }
    }

    fn has(&self, file: &str) -> bool {
        const BUILT_IN: &[&str] = &["«", "<", "(string)", "//builtin/", "/builtin/", "/nix/var/nix/profiles/"];
        const LIBRARY: &[&str] = &["lib/", "nixos/modules/", "nixos/lib/", "nixos/default.nix", "pkgs/"];
        if BUILT_IN.iter().any(|start| file.starts_with(start)) || file.contains("/.nix-defexpr/") {
            return true;
        }
        if !self.roots.is_empty() {
            return self.roots.iter().any(|root| file.starts_with(root));
        }
        let inside = without_store(file);
        let nixpkgs =
            file.split_once("/nixpkgs/").or_else(|| file.split_once("/nixos/nixos/")).map_or(inside, |(_, rest)| rest);
        let in_store = inside.len() < file.len();
        (in_store && LIBRARY.iter().any(|start| inside.starts_with(start)))
            || (nixpkgs.len() < file.len() && LIBRARY.iter().any(|start| nixpkgs.starts_with(start)))
    }
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
pub(super) fn without_version(package: &str) -> &str {
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
