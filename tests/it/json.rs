//! The JSON that scripts rely on, read by types of their own: a field that comes, goes or changes its type fails here.

#![expect(dead_code, reason = "the shape is what is tested")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::demo::{Demo, Said};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    schema: u32,
    query: String,
    recognition: Option<Recognition>,
    plan: Option<Plan>,
    outcome: Outcome,
    lessons: Vec<Lesson>,
    then: Vec<Reply>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recognition {
    intent: String,
    mode: String,
    slots: BTreeMap<String, Value>,
    confidence: f64,
    by: String,
    corrections: Vec<Correction>,
    alternatives: Vec<Alternative>,
    then: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alternative {
    intent: String,
    slots: BTreeMap<String, Value>,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    title: String,
    risk: String,
    needs_root: bool,
    undo: Option<String>,
    steps: Vec<Step>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    title: String,
    kind: String,
    path: Option<String>,
    diff: Option<String>,
    command: Option<Vec<String>>,
    #[serde(default)]
    root: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    status: String,
    data: BTreeMap<String, Value>,
    error: Option<Failure>,
    #[serde(default)]
    also: Vec<Failure>,
    message: Option<String>,
    question: Option<String>,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    put_back: Vec<String>,
    state: Option<String>,
    #[serde(default)]
    next: Vec<Value>,
    seconds: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    id: String,
    message: String,
    root_cause: String,
    step: Option<usize>,
    exit_code: Option<i32>,
    log_tail: Vec<String>,
    log_file: Option<String>,
    bindings: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lesson {
    id: String,
    title: String,
    what: String,
    why: String,
    fix: Vec<String>,
    learn: Vec<String>,
    next: String,
    command: Option<String>,
}

fn reply(said: &Said) -> Reply {
    serde_json::from_value(said.json()).unwrap_or_else(|error| panic!("{error}: {}", said.out))
}

#[test]
fn every_ending_has_the_same_shape() {
    let Some(demo) = Demo::new("flake") else { return };
    for (arguments, status, code) in [
        (&["list generations"][..], "done", 0),
        (&["--dry-run", "update my system"], "planned", 0),
        (&["how do I roll back?"], "planned", 0),
        (&["roll back"], "declined", 4),
        (&["go back to generation 42"], "refused", 1),
        (&["what is the weather"], "not_understood", 3),
        (&["help"], "done", 0),
        (&["what is a closure"], "done", 0),
        (&["list generations and then show history"], "done", 0),
        (&["--no-such-option"], "refused", 2),
        (&["--yes=perhaps", "roll back"], "refused", 2),
    ] {
        let said = demo.run(&[&["--json"], arguments].concat());
        let reply = reply(&said);
        assert_eq!((reply.outcome.status.as_str(), said.code), (status, code), "{arguments:?}");
        assert_eq!(reply.recognition.is_none(), code == 2, "only wrong usage is not recognised at all");
        assert_eq!(reply.schema, 1);
    }
}

#[test]
fn a_failure_names_step_cause_and_log() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.configure("    firefox", "    firefox broken-build");
    let said = demo.run(&["--json", "--yes", "apply my changes"]);
    let reply = reply(&said);
    let error = reply.outcome.error.unwrap();
    assert_eq!((said.code, error.id.as_str(), error.step), (1, "builder-failed", Some(1)));
    assert!(
        error.bindings["derivation"].as_str().is_some_and(|name| name.contains("broken-build")),
        "{:?}",
        error.bindings
    );
    assert!(!error.log_tail.is_empty());
    let log = std::path::PathBuf::from(error.log_file.unwrap());
    assert!(log.is_file(), "the whole log is kept");
    assert_eq!(reply.lessons[0].id, "builder-failed");
}

#[test]
fn generations_have_the_promised_fields() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["list generations"]);
    let last = &reply["outcome"]["data"]["generations"][2];
    let keys: Vec<&str> = last.as_object().unwrap().keys().map(String::as_str).collect();
    for key in [
        "number",
        "date",
        "current",
        "booted",
        "nixos_version",
        "kernel",
        "configuration_revision",
        "specialisations",
        "store_path",
    ] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    assert_eq!((&last["number"], &last["current"], &last["booted"]), (&3.into(), &true.into(), &true.into()));
    assert!(last["date"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "RFC 3339: {}", last["date"]);
}

#[test]
fn events_are_one_object_a_line_with_the_reply_last() {
    let Some(demo) = Demo::new("flake") else { return };
    let said = demo.run(&["--json", "--events", "--yes", "update my system"]);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events.first(), Some(&"step_started"));
    assert_eq!(events.iter().filter(|event| **event == "reply").count(), 1);
    assert_eq!(events.last(), Some(&"reply"));
    for event in ["step_started", "step_finished", "progress", "log"] {
        assert!(events.contains(&event), "{event} in {events:?}");
    }
    assert_eq!(lines.last().unwrap()["reply"]["outcome"]["status"], "done");
}

#[test]
fn several_lines_give_several_replies_and_the_highest_status() {
    use std::io::Write as _;
    let Some(demo) = Demo::new("flake") else { return };
    let mut command = demo.command();
    command.arg("--json").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"list generations\n\nwhat is the weather\nhelp\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let statuses: Vec<String> =
        text.lines().map(|line| serde_json::from_str::<Reply>(line).unwrap().outcome.status).collect();
    assert_eq!(
        (statuses, output.status.code()),
        (vec!["done".to_owned(), "not_understood".to_owned(), "done".to_owned()], Some(3))
    );
}

#[test]
fn the_schema_describes_the_reply() {
    let Some(demo) = Demo::new("flake") else { return };
    let schema: Value = serde_json::from_str(&demo.run(&["schema"]).out).unwrap();
    let mut described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let reply = demo.done(&["list generations"]);
    let mut there: Vec<&String> = reply.as_object().unwrap().keys().collect();
    described.sort();
    there.sort();
    assert_eq!(described, there);
}
