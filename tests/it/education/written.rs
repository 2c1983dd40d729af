//! Errors as people meet and paste them, each with what is to be found in it, and texts that are no error of Nix. See
//! `tests/errors/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use ask_nix::teach::{Diagnosis, Level, Tutor};
use serde_json::Value;

use super::{folder, shared, tutor};

/// A text with what stands in the head before it.
struct Case {
    name: String,
    head: toml::Table,
    text: String,
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The texts of a folder: each begins with a head in TOML between two lines of `+++`.
fn cases(kind: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir(tests().join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    for file in files {
        let all = fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let rest =
            all.trim_end_matches('\n').strip_prefix("+++\n").unwrap_or_else(|| panic!("{name} begins with a head"));
        let parts: Vec<&str> = rest.split("\n+++\n").collect();
        assert_eq!(parts.len() % 2, 0, "{name}: each text has a head");
        for (number, pair) in parts.chunks(2).enumerate() {
            let head = toml::from_str(pair[0]).unwrap_or_else(|error| panic!("{name}, text {number}: {error}"));
            cases.push(Case { name: format!("{name}, text {number}"), head, text: format!("{}\n", pair[1]) });
        }
    }
    cases
}

/// What is found otherwise than it is written down.
fn difference(wanted: &toml::Table, found: Option<&Diagnosis>, normal: fn(&str) -> String) -> Option<String> {
    let Some(found) = found else { return Some("nothing was found".to_owned()) };
    let mut wrong = Vec::new();
    let text = |key: &str| wanted.get(key).and_then(toml::Value::as_str);
    if let Some(id) = text("id").filter(|id| *id != found.id) {
        wrong.push(format!("{} instead of {id}", found.id));
    }
    if let Some(cause) = text("cause").filter(|cause| *cause != normal(&found.root_cause)) {
        wrong.push(format!("cause {:?} instead of {cause:?}", normal(&found.root_cause)));
    }
    let bindings = wanted.get("bindings").and_then(toml::Value::as_table);
    for (name, value) in bindings.into_iter().flatten() {
        let is = found.bindings.get(name).map(|is| normal(&is.to_string()));
        let should = normal(&serde_json::to_value(value).unwrap().to_string());
        if is.as_ref() != Some(&should) {
            wrong.push(format!("{name} is {is:?} instead of {should}"));
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// What the lesson leaves unsaid with the names that were found.
fn untold(tutor: &Tutor, found: &Diagnosis) -> Option<String> {
    let lesson = tutor.error_lesson(found, Level::Full)?;
    let whole = !found.message.is_empty() && !lesson.what.is_empty() && !lesson.fix.is_empty();
    (!whole).then(|| format!("the lesson has gaps: {lesson:?}"))
}

fn same(text: &str) -> String {
    text.to_owned()
}

#[test]
fn written_errors_are_understood() {
    let tutor = tutor();
    let cases = cases("errors");
    assert!(cases.len() >= 250, "{}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let found = tutor.diagnose_text(&case.text);
            let wrong = difference(&case.head, found.first(), same).or_else(|| untold(&tutor, found.first()?));
            wrong.map(|wrong| format!("{}: {wrong}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Each line with something before it.
fn each_line(text: &str, before: impl Fn(usize) -> String) -> String {
    text.lines().enumerate().map(|(number, line)| format!("{}{line}\n", before(number))).collect()
}

/// The ways in which the same text comes to us.
fn presentations(text: &str) -> Vec<(&'static str, String)> {
    vec![
        ("after a prompt", format!("[ada@atlas:~]$ sudo nixos-rebuild switch\n{text}[ada@atlas:~]$ \n")),
        ("in a journal", each_line(text, |_| "Nov 27 10:03:11 atlas nixos-upgrade-start[4411]: ".to_owned())),
        ("in a journal of its own form", each_line(text, |_| "2026-11-27T10:03:11+0100 atlas sh[41]: ".to_owned())),
        ("in a log with times", each_line(text, |at| format!("2026-11-27T10:03:{:02}.1234567Z ", at % 60))),
        ("in GitHub's log", each_line(text, |_| "build\tRun nix build\t2026-11-27T10:03:11.1234567Z ".to_owned())),
        ("in a log of several machines", each_line(text, |_| "atlas | ".to_owned())),
        ("in a build of Docker", each_line(text, |at| format!("#12 {at}.403 "))),
        ("quoted", each_line(text, |_| "> ".to_owned())),
        ("set in", each_line(text, |_| "    ".to_owned())),
        ("with carriage returns", text.replace('\n', "\r\n")),
        (
            "in colours",
            text.replace("error:", "\u{1b}[31;1merror:\u{1b}[0m").replace("warning:", "\u{1b}[35;1mwarning:\u{1b}[0m"),
        ),
        (
            "in colours that were lost",
            text.replace("error:", "[31;1merror:[0m").replace("warning:", "^[[35;1mwarning:^[[0m"),
        ),
    ]
}

#[test]
fn it_does_not_matter_how_a_text_comes() {
    let tutor = tutor();
    let mut wrong = Vec::new();
    for case in cases("errors") {
        // What has such marks already is not marked twice.
        if case.text.starts_with(|c: char| c.is_ascii_digit()) || case.text.starts_with("Nov ") {
            continue;
        }
        for (way, text) in presentations(&case.text) {
            let found = tutor.diagnose_text(&text);
            wrong.extend(
                difference(&case.head, found.first(), same).map(|wrong| format!("{} {way}: {wrong}", case.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The text as a terminal of a width breaks it.
fn broken(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let letters: Vec<char> = line.chars().collect();
        for part in letters.chunks(width) {
            out.extend(part);
            out.push('\n');
        }
        if letters.is_empty() {
            out.push('\n');
        }
    }
    out
}

#[test]
fn lines_that_a_terminal_broke_are_joined() {
    let tutor = tutor();
    let (mut wrong, mut all) = (Vec::new(), 0);
    for case in cases("errors") {
        for width in [80, 97, 120] {
            let text = broken(&case.text, width);
            if text == case.text {
                continue;
            }
            all += 1;
            let found = tutor.diagnose_text(&text);
            let id = case.head["id"].as_str().unwrap();
            if found.first().is_none_or(|first| first.id != id) {
                wrong.push(format!("{} at {width}: {:?} instead of {id}", case.name, found.first().map(|it| &it.id)));
            }
        }
    }
    eprintln!("broken: {} of {all} are understood", all - wrong.len());
    assert!(wrong.len() * 20 <= all, "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Quotes and copies in the store differ between versions and runs.
fn normal(text: &str) -> String {
    let hash = regex::Regex::new("/nix/store/[a-z0-9]{32}-").unwrap();
    hash.replace_all(text, "/nix/store/…-").replace("\\\"", "'").replace('"', "'")
}

#[test]
fn recorded_errors_say_what_a_person_wants_to_read() {
    let Some(shared) = shared() else { return };
    let tutor = tutor();
    let table: toml::Table = fs::read_to_string(tests().join("errors/recorded.toml")).unwrap().parse().unwrap();
    let recorded = shared.join("data/nix-errors");
    let listed: Vec<Value> = serde_json::from_str(&fs::read_to_string(recorded.join("cases.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in &listed {
        let name = case["case"].as_str().unwrap();
        let Some(wanted) = table.get(name).and_then(toml::Value::as_table) else {
            wrong.push(format!("{name}: nothing is written down"));
            continue;
        };
        for entry in fs::read_dir(recorded.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let version = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            // Old Nix without a word about it, without the check, or without the trace that tells that it was thrown.
            let silent = name == "world-writable-store-parent" && !text.contains("world-writable");
            let bare = name == "throw" && !text.contains("'throw' builtin");
            if silent || bare {
                continue;
            }
            let mut wanted = wanted.clone();
            let except = wanted.remove("except");
            let except = except.as_ref().and_then(|all| all.get(&version)).and_then(toml::Value::as_table);
            wanted.extend(except.cloned().into_iter().flatten());
            for key in ["cause", "id"] {
                if let Some(toml::Value::String(text)) = wanted.get_mut(key) {
                    *text = normal(text);
                }
            }
            let found = tutor.diagnose_text(&text);
            wrong.extend(difference(&wanted, found.first(), normal).map(|wrong| format!("{name} {version}: {wrong}")));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What another program says may be unknown; nothing that has a lesson may be made of it.
fn false_lesson(tutor: &Tutor, text: &str) -> Option<String> {
    let found = tutor.diagnose_text(text).into_iter().find(Diagnosis::is_known)?;
    Some(format!("{}: {}", found.id, found.root_cause))
}

#[test]
fn no_lesson_is_given_where_nothing_failed() {
    let tutor = tutor();
    let cases = cases("no-errors");
    assert!(cases.len() >= 200, "{}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let what = case.head.get("what").and_then(toml::Value::as_str).unwrap_or_default();
            false_lesson(&tutor, &case.text).map(|wrong| format!("{} ({what}): {wrong}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn no_lesson_is_given_on_what_one_reads() {
    let tutor = tutor();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "docs/architecture.md", "demo/README.md"]
        .iter()
        .map(|name| here.join(name))
        .collect();
    for kind in ["concepts", "operations"] {
        texts.extend(fs::read_dir(folder(kind)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let wrong: Vec<String> = texts
        .iter()
        .filter_map(|path| {
            let wrong = false_lesson(&tutor, &fs::read_to_string(path).unwrap())?;
            Some(format!("{}: {wrong}", path.display()))
        })
        .collect();
    assert!(texts.len() > 200 && wrong.is_empty(), "{}", wrong.join("\n"));
}
