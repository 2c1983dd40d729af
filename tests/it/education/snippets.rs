use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ask_nix::catalogue::education::{Education, Kind};
use ask_nix::teach::Level;

use super::tutor;

/// All fenced blocks of a language in a text.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = text.split(&fence).skip(1);
    parts.filter_map(|part| part.split("\n```").next()).map(str::to_owned).collect()
}

/// Every Nix snippet as a person would see it: those of errors with the names of their samples.
fn snippets() -> Vec<(String, String)> {
    let (education, tutor) = (Education::default(), tutor());
    let mut found = Vec::new();
    for id in education.ids(Kind::Error) {
        for sample in education.error(&id).unwrap().head.sample {
            let diagnosis = &tutor.diagnose_text(&sample)[0];
            let lesson = tutor.error_lesson(diagnosis, Level::Full).unwrap();
            let all = [lesson.what, lesson.why, lesson.fix.join("\n\n"), lesson.next].join("\n\n");
            found.extend(blocks(&all, "nix").into_iter().map(|block| (id.clone(), block)));
        }
    }
    for (kind, ids) in [Kind::Concept, Kind::Operation].map(|kind| (kind, education.ids(kind))) {
        for id in ids {
            found.extend(
                blocks(&education.text(kind, &id).unwrap(), "nix").into_iter().map(|block| (id.clone(), block)),
            );
        }
    }
    found
}

/// A snippet that is some settings is what one pastes between the braces of a configuration; all may use its arguments.
fn as_file(snippet: &str) -> String {
    let whole = snippet.starts_with(['{', '(']) || snippet.starts_with("final:") || snippet.starts_with("pkgs");
    let given = "{ config, lib, pkgs, nixpkgs, ... }:";
    if whole { format!("{given}\n{snippet}") } else { format!("{given} {{\n{snippet}\n}}") }
}

#[test]
fn nix_snippets_are_nix() {
    let snippets = snippets();
    assert!(snippets.len() > 20);
    for (id, snippet) in snippets {
        let parsed = rnix::Root::parse(&as_file(&snippet));
        assert!(parsed.errors().is_empty(), "{id}: {:?}\n{snippet}", parsed.errors());
    }
}

#[test]
fn nix_itself_takes_the_snippets() {
    let named = std::env::var_os("ASK_NIX_TEST_NIX").map(|dir| PathBuf::from(dir).join("nix-instantiate"));
    let program = named.unwrap_or_else(|| PathBuf::from("nix-instantiate"));
    if Command::new(&program).arg("--version").output().is_err() {
        eprintln!("SKIPPED: no nix-instantiate; set ASK_NIX_TEST_NIX to the directory that has it");
        return;
    }
    let state = tempfile::tempdir().unwrap();
    let parse = |text: &str| {
        let mut child = Command::new(&program)
            .args(["--parse", "-"])
            .env("HOME", state.path())
            .env("NIX_STATE_DIR", state.path().join("state"))
            .env("NIX_STORE_DIR", state.path().join("store"))
            .env("NIX_CONF_DIR", state.path())
            .env_remove("NIX_REMOTE")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    let snippets = snippets();
    let all: Vec<String> = snippets.iter().map(|(_, snippet)| format!("({})", as_file(snippet))).collect();
    if parse(&format!("[\n{}\n]", all.join("\n"))).is_ok() {
        return;
    }
    for (id, snippet) in snippets {
        let outcome = parse(&as_file(&snippet));
        assert!(outcome.is_ok(), "{id}: {}\n{snippet}", outcome.unwrap_err());
    }
}

#[test]
fn shell_snippets_are_shell() {
    let (education, tutor) = (Education::default(), tutor());
    let unfilled = regex::Regex::new(r"(^|[^$])\{[!?]?[a-z_]+[*|}]").unwrap();
    let mut found = Vec::new();
    for id in education.ids(Kind::Error) {
        for sample in education.error(&id).unwrap().head.sample {
            let lesson = tutor.error_lesson(&tutor.diagnose_text(&sample)[0], Level::Full).unwrap();
            found.extend(blocks(&lesson.fix.join("\n\n"), "sh").into_iter().map(|block| (id.clone(), block)));
        }
    }
    for (kind, id) in education.ids(Kind::Concept).into_iter().map(|id| (Kind::Concept, id)) {
        found.extend(blocks(&education.text(kind, &id).unwrap(), "sh").into_iter().map(|block| (id.clone(), block)));
    }
    for (id, block) in found {
        let output = Command::new("sh").args(["-n", "-c", &block]).output().unwrap();
        assert!(output.status.success(), "{id}: {}\n{block}", String::from_utf8_lossy(&output.stderr));
        assert!(!unfilled.is_match(&block), "{id}: {block}");
    }
}
