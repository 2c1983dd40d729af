//! Nothing is left lying about in the files of the project: no notes to self, no half-done code, no paths of the computer
//! that it was written on. And what the project says about itself is there.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test reads the sources")]

use std::path::{Path, PathBuf};

/// What must not stand anywhere. Put together here, so that this file does not hold it either.
fn unwanted() -> Vec<String> {
    let macros = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    let notes =
        [["FIX", "ME"], ["XX", "X"], ["HA", "CK"], ["<<<<", "<<<"], [">>>>", ">>>"]].map(|parts| parts.concat());
    // A machine's own folders, and where crates are fetched from.
    let places = [["/wo", "rk/"], ["/op", "t/"], ["index.crates", ".io"], ["static.crates", ".io"]];
    let places = places.map(|parts| parts.concat());
    [macros.as_slice(), &notes, &places].concat()
}

/// Whether a text holds the word by itself: `mktemp -t a.XXXXXX` is not a note.
fn holds(text: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let own = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !letter(before) && (!own(word.chars().next_back()) || !letter(after))
    })
}

/// The files of the project: all but what Git does not keep either.
fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "target" | ".git" | ".direnv") && !path.is_symlink() {
                files(&path, found);
            }
        } else if !(name == ".git" || name.starts_with("result") || path.is_symlink()) {
            found.push(path);
        }
    }
}

#[test]
fn nothing_is_left_lying_about() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    files(project, &mut all);
    assert!(all.len() > 100, "the project has files");
    let mut wrong = Vec::new();
    for path in all {
        let name = path.strip_prefix(project).unwrap().display().to_string();
        // The list of crates is cargo's; recordings and samples of errors are what somebody's computer said.
        let foreign =
            name == "Cargo.lock" || name.starts_with("tests/streams/") || name.starts_with("education/errors/");
        let Ok(text) = String::from_utf8(std::fs::read(&path).unwrap()) else { continue };
        for word in unwanted().iter().filter(|_| !foreign) {
            wrong.extend(holds(&text, word).then(|| format!("{name}: {word}")));
        }
        if !(foreign || text.is_empty() || text.ends_with('\n')) {
            wrong.push(format!("{name}: its last line has no end"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_people_run_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    for script in ["tests/run", "demo/run", "demo/get-nix", ".ci/run"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        assert!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o111 == 0o111, "{script} is executable");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("#!/bin/sh\n"), "{script} is for any shell");
    }
}
