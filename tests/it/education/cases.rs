use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use ask_nix::catalogue::education::format::Severity;
use ask_nix::catalogue::education::{Education, Kind};
use ask_nix::teach::Tutor;
use serde_json::Value;

use super::{shared, tutor};

fn errors(tutor: &Tutor, text: &str) -> Vec<String> {
    let found = tutor.diagnose_text(text).into_iter();
    found.filter(|each| each.severity == Severity::Error).map(|each| each.id).collect()
}

#[test]
fn each_lesson_knows_its_own_samples_and_no_other() {
    let (education, tutor) = (Education::default(), tutor());
    let mut wrong = Vec::new();
    for id in education.ids(Kind::Error) {
        for sample in education.error(&id).unwrap().head.sample {
            let found = tutor.diagnose_text(&sample);
            let first = found.first().map(|each| each.id.clone()).unwrap_or_default();
            let mut others = errors(&tutor, &sample);
            others.retain(|other| *other != id);
            if first != id || !others.is_empty() {
                wrong.push(format!("{id}: found {first:?} {others:?} in {sample}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_errors_are_diagnosed_in_every_version() {
    let Some(shared) = shared() else { return };
    let (education, tutor) = (Education::default(), tutor());
    let written = education.ids(Kind::Error);
    let folder = shared.join("data/nix-errors");
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(folder.join("cases.json")).unwrap()).unwrap();
    let mut right: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["case"].as_str().unwrap();
        let ids: Vec<&str> = case["ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for entry in fs::read_dir(folder.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let version = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            // Old Nix without a word about it, or without the check: nothing to diagnose there.
            let silent = name == "world-writable-store-parent" && !text.contains("world-writable");
            // A message in somebody's own words, without the trace that tells that it was thrown.
            let bare = name == "throw" && !text.contains("'throw' builtin");
            if silent || bare {
                continue;
            }
            let known = ids.iter().any(|id| written.iter().any(|each| each == id));
            let found = tutor.diagnose_text(&text);
            let first = found.first().map_or("nothing", |each| each.id.as_str());
            let good = ids.contains(&first) || (!known && matches!(first, "unknown" | "nothing"));
            let tally = right.entry(version.clone()).or_default();
            tally.0 += u32::from(ids.contains(&first));
            tally.1 += 1;
            if !good {
                wrong.push(format!("{name} {version}: {first} instead of {ids:?}"));
            }
        }
    }
    eprintln!("diagnosed (right, of): {right:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_about_what_went_well() {
    let Some(shared) = shared() else { return };
    let tutor = tutor();
    for entry in fs::read_dir(shared.join("data/nix-streams")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = tutor.diagnose_text(&fs::read_to_string(&path).unwrap());
        let first = found.first().map(|each| each.id.clone());
        let wanted = match name.split_once('-').map_or("", |(_, rest)| rest) {
            "build-fail-dep.jsonl" | "build-fail-keepgoing.jsonl" => Some("builder-failed"),
            "eval-error.jsonl" => Some("attribute-missing"),
            "substituter-unreachable.jsonl" => Some("substituter-unreachable"),
            _ => None,
        };
        assert_eq!(first.as_deref(), wanted, "{name}: {found:?}");
    }
}

#[test]
fn no_input_makes_it_stumble() {
    let tutor = tutor();
    for text in [
        "",
        "\n",
        "error:",
        "error: \n",
        "@nix {",
        "@nix {}",
        "\u{1b}",
        "\u{1b}[",
        "\u{1b}]",
        "error:\n       …",
        "«»",
        "\u{0}\r\r\n",
        "[",
        "> ",
        "┃",
    ] {
        tutor.diagnose_text(text);
    }
    let real =
        "error:\n       … while x\n         at a.nix:1:2:\n       error: attribute ‘é’ missing\n       at ü.nix:1:2:\n";
    for end in 0..real.len() {
        if let Some(part) = real.get(..end) {
            tutor.diagnose_text(part);
        }
    }
}

#[test]
fn a_long_log_passes_fast() {
    let line = "cc -O2 -c src/module/file_with_a_long_name.c -o build/module/file_with_a_long_name.o -Iinclude\n";
    let mut log = line.repeat(50_000);
    log.push_str(
        "error: builder for '/nix/store/zbpg6gxj0id16v7wj5k120cgb7rap6y3-big-1.0.drv' failed with exit code 2\n",
    );
    let tutor = tutor();
    tutor.diagnose_text("error: x");
    let start = Instant::now();
    let found = tutor.diagnose_text(&log);
    let took = start.elapsed();
    eprintln!("{} MB in {took:?}", log.len() / 1_000_000);
    assert_eq!(found.first().map(|each| each.id.as_str()), Some("builder-failed"));
    assert!(took.as_secs() < 20, "{took:?}");
}
