//! The house: which part may know which. A module imports only from floors below its own, so that data flows one way:
//! from words over plan to deed and reply.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test reads the sources")]

use std::path::{Path, PathBuf};

/// Modules and their floors. `machine` is two: the seam itself at the bottom, what stands behind it further up.
const FLOORS: [(&str, u8); 32] = [
    ("query", 0),
    ("numerals", 0),
    ("operation", 0),
    ("event", 0),
    ("recognition", 0),
    ("machine", 0),
    ("catalogue", 1),
    // What only build.rs and tests use: it reads utterances as the program will.
    ("catalogue::aligning", 4),
    ("catalogue::learning", 4),
    ("catalogue::lexicon_writer", 4),
    ("catalogue::source", 4),
    ("catalogue::utterances", 4),
    ("nix", 1),
    ("model", 2),
    ("understand", 3),
    ("settings", 4),
    ("machine::host", 3),
    ("machine::facts", 3),
    ("machine::demo", 3),
    ("plan", 4),
    ("search", 4),
    ("outcome", 5),
    ("execute", 6),
    ("teach", 6),
    ("reply", 7),
    ("session", 8),
    ("show", 8),
    ("exchange", 9),
    ("cli", 9),
    ("repl", 10),
    ("run", 11),
    ("main", 12),
];

fn floor(path: &str) -> Option<(&'static str, u8)> {
    let fits = |name: &str| path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"));
    FLOORS.into_iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len())
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let named = |path: &PathBuf| {
        let relative = path.strip_prefix(&root).unwrap().with_extension("");
        relative.display().to_string().replace('/', "::")
    };
    files.iter().map(|path| (named(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The paths after `crate::` in a text, grouped imports taken apart as far as the first two parts.
fn imports(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    text.split("crate::").skip(1).map(|rest| rest.chars().take_while(|c| is_path(*c)).collect()).collect()
}

#[test]
fn modules_import_only_from_floors_below() {
    let mut wrong = Vec::new();
    for (module, text) in all_sources() {
        if module == "lib" {
            continue;
        }
        let Some((own, height)) = floor(&module) else { panic!("{module} has no floor: add it to FLOORS") };
        for import in imports(&text) {
            let Some((other, below)) = floor(&import) else { continue };
            let kin = own.split("::").next() == other.split("::").next();
            if other != own && !kin && below >= height && height > 0 {
                wrong.push(format!("{module} (floor {height}) imports {import} (floor {below})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_of_a_size_that_can_be_read() {
    let long: Vec<_> = all_sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > 500)
        .map(|(module, text)| format!("{module}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn every_refusal_has_a_lesson() {
    let errors = Path::new(env!("CARGO_MANIFEST_DIR")).join("education/errors");
    let mut seen = 0;
    for (module, text) in all_sources() {
        for after in text.split("Refusal::new(").skip(1) {
            let Some(id) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            assert!(errors.join(format!("{id}.md")).is_file(), "{module} refuses with {id}, which nothing explains");
            seen += 1;
        }
    }
    assert!(seen > 10, "refusals are found");
}
