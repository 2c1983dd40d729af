//! The whole program with a model beside it.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rexpect::session::{PtySession, spawn_command};
use serde_json::{Value, json};

use super::canned::{Act, Canned, choice, ollama_says, open_head};
use crate::demo::{Demo, Said};

const PROMPT: &str = "ask-nix> ";
/// Words that no rule understands.
const STRANGE: &str = "wubba lubba with the gizmo";

fn always(intent: &str, slots: &Value) -> Canned {
    let text = choice(intent, slots);
    Canned::ollama(move |_| ollama_says(&text))
}

fn said(demo: &Demo, server: &Canned, arguments: &[&str]) -> Said {
    let mut command = demo.command();
    command.env("OLLAMA_HOST", server.url()).args(arguments);
    Said::from(command.output().unwrap())
}

fn talk(demo: &Demo, server: &Canned, arguments: &[&str]) -> PtySession {
    let mut command = demo.command();
    command.stdin(Stdio::inherit()).env("TERM", "xterm").env("OLLAMA_HOST", server.url());
    command.args(["--lessons", "off", "--color", "never"]).args(arguments);
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_string(PROMPT).unwrap();
    session
}

fn say(session: &mut PtySession, words: &str, expected: &str) {
    session.send_line(words).unwrap();
    session.exp_string(expected).unwrap_or_else(|error| panic!("{words}: {error}"));
}

#[test]
fn what_only_looks_is_answered_and_says_who_understood() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("list_generations", &json!({}));
    let said = said(&demo, &server, &["--json", STRANGE]);
    let reply = said.json();
    assert_eq!(
        (&reply["recognition"]["by"], &reply["recognition"]["intent"]),
        (&json!("model"), &json!("list_generations"))
    );
    assert_eq!((said.code, reply["outcome"]["data"]["generations"].as_array().map(Vec::len)), (0, Some(3)));
}

#[test]
fn a_sure_reading_is_never_asked_about() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("collect_garbage", &json!({}));
    for (words, intent) in
        [("list generations", "list_generations"), ("what is the weather", "out_of_scope"), ("help", "help")]
    {
        let reply = said(&demo, &server, &["--json", words]).json();
        assert_eq!((&reply["recognition"]["intent"], &reply["recognition"]["by"]), (&json!(intent), &json!("rules")));
    }
    let off = said(&demo, &server, &["--json", "--model", "off", STRANGE]);
    assert_eq!((off.code, off.json()["recognition"]["by"].as_str()), (3, Some("rules")));
    let understood = said(&demo, &server, &["recognize", STRANGE]);
    assert!(understood.out.starts_with("out_of_scope"), "recognize is about the rules");
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[test]
fn what_the_model_does_not_know_stays_unknown() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("unknown", &json!({}));
    let with = said(&demo, &server, &["--json", STRANGE]);
    assert_eq!(server.questions().len(), 1);
    let without = demo.run(&["--json", STRANGE]);
    assert_eq!((with.code, without.code), (3, 3));
    assert_eq!(with.json()["recognition"], without.json()["recognition"]);
    assert_eq!(with.json()["outcome"]["message"], without.json()["outcome"]["message"]);
}

#[test]
fn a_change_that_a_model_read_is_agreed_to_by_a_person_alone() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(false);
    for (intent, slots) in [
        ("rollback_system", json!({})),
        ("collect_garbage", json!({})),
        ("update_system", json!({})),
        ("delete_generations", json!({})),
        ("undo_last", json!({})),
    ] {
        let server = always(intent, &slots);
        for yes in ["--yes", "--yes=destroy"] {
            let said = said(&demo, &server, &["--json", yes, STRANGE]);
            let reply = said.json();
            assert_eq!(reply["recognition"]["by"], "model", "{intent}");
            assert_ne!(reply["outcome"]["status"], "done", "{intent}: {reply:#}");
            if !reply["plan"].is_null() {
                assert_eq!((said.code, reply["outcome"]["status"].as_str()), (4, Some("declined")), "{intent}");
            }
        }
    }
    assert_eq!(demo.fingerprint(false), before);
}

#[test]
fn what_follows_from_a_models_reading_is_the_models() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("delete_generations", &json!({}));
    let before = demo.fingerprint(false);
    let mut command = demo.command();
    command.env("OLLAMA_HOST", server.url()).args(["--json", "--yes=destroy"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = format!("{STRANGE}\nonly 1\nyes\ndo it\n");
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let replies: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(replies.len(), 4);
    assert_eq!(
        (&replies[1]["recognition"]["intent"], &replies[1]["recognition"]["by"]),
        (&json!("delete_generations"), &json!("model"))
    );
    assert!(
        replies.iter().all(|reply| reply["plan"].is_null() || reply["outcome"]["status"] != "done"),
        "{replies:#?}"
    );
    assert_eq!(demo.fingerprint(false), before);
}

#[test]
fn a_person_who_saw_the_plan_can_agree() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("rollback_system", &json!({}));
    let mut session = talk(&demo, &server, &["--yes"]);
    say(&mut session, STRANGE, "Switch to generation 2 now? [y/N]");
    say(&mut session, "n", "Nothing was done.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 3, "no means no, --yes or not");
    say(&mut session, STRANGE, "Switch to generation 2 now? [y/N]");
    say(&mut session, "y", "Generation 2 is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 2);
}

#[test]
fn more_is_explained_in_the_models_words_until_they_break_off_or_are_stopped() {
    let Some(demo) = Demo::new("flake") else { return };
    let piece = |text: &str| json!({"message": {"content": text}}).to_string() + "\n";
    let dying =
        Canned::ollama(move |_| vec![open_head(), Act::Bytes(piece("It is \u{1b}[31mlike a recipe").into_bytes())]);
    let mut session = talk(&demo, &dying, &[]);
    say(&mut session, "explain more", "nothing yet");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "explain flakes", "Beside it");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "explain more", "From the language model qwen3:4b on Ollama, which may be wrong:");
    session.exp_string("It is like a recipe").unwrap();
    session.exp_string("broke off").unwrap();
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "list generations", "booted");
    let question = dying.questions().pop().unwrap();
    let sent = question["messages"][1]["content"].as_str().unwrap();
    assert!(sent.contains("----- data ") && sent.contains("flake.nix"), "{sent}");

    let endless =
        Canned::ollama(move |_| vec![open_head(), Act::Bytes(piece("And so on").into_bytes()), Act::Wait(30_000)]);
    let mut session = talk(&demo, &endless, &[]);
    say(&mut session, "explain flakes", "Beside it");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "explain more", "And so on");
    session.send_control('c').unwrap();
    session.exp_string("stopped before it was finished").unwrap();
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "list generations", "booted");
}

#[test]
fn without_a_model_there_is_more_to_read() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut command = demo.command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).arg("--json");
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"explain flakes\nexplain more\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let last: Value = serde_json::from_str(String::from_utf8(output.stdout).unwrap().lines().last().unwrap()).unwrap();
    assert_eq!((&last["recognition"]["intent"], &last["outcome"]["status"]), (&json!("explain_more"), &json!("done")));
    assert!(!last["lessons"].as_array().unwrap().is_empty());
    assert!(last["outcome"]["message"].as_str().unwrap().contains("is my model working"));
}

#[test]
fn it_is_said_whether_the_model_works_and_no_proxy_hears_of_it() {
    let Some(demo) = Demo::new("flake") else { return };
    let proxy = Canned::new(|_| Vec::new());
    let server = always("list_generations", &json!({}));
    let asked = |arguments: &[&str]| {
        let mut command = demo.command();
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"] {
            command.env(name, proxy.url());
        }
        Said::from(command.args(arguments).arg("is my model working").output().unwrap())
    };
    let works = asked(&["--json", "--model", &server.url()]);
    let data = &works.json()["outcome"]["data"]["model"];
    assert_eq!(
        (works.code, &data["configured"], &data["answers"], &data["set_by"]),
        (0, &json!(true), &json!(true), &json!("--model"))
    );
    assert_eq!((&data["server"]["kind"], &data["chosen"]), (&json!("ollama"), &json!("qwen3:4b")));
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
    let text = asked(&["--model", &server.url()]).out;
    assert!(text.contains("Ollama 0.21.1") && text.contains("It works.") && text.contains("never asked"), "{text}");

    let closed = asked(&["--json", "--model", "http://127.0.0.1:9"]);
    let reply = closed.json();
    assert_eq!((closed.code, &reply["outcome"]["data"]["model"]["answers"]), (0, &json!(false)));
    assert_eq!(reply["lessons"][0]["id"], "model-server-unreachable");
    let off = asked(&[]).out;
    assert!(off.contains("No language model is set up") && off.contains("enabled = \"auto\""), "{off}");
}

#[test]
fn settings_and_bad_values_are_told_about() {
    let Some(demo) = Demo::new("flake") else { return };
    let server = always("list_generations", &json!({}));
    let settings = format!("[model]\nenabled = \"openai\"\nbase_url = \"{}\"\ntimeout_secs = \"soon\"\n", server.url());
    demo.write("/home/.config/ask-nix/config.toml", &settings);
    let asked = demo.run(&["--json", STRANGE]);
    assert_eq!(asked.json()["recognition"]["by"], "model");
    assert!(asked.err.contains("timeout_secs = soon"), "{}", asked.err);
    let wrong = demo.run(&["--json", "--model", "llama3", STRANGE]);
    assert_eq!((wrong.code, wrong.json()["outcome"]["status"].as_str()), (2, Some("refused")));
    let unreachable = demo.run(&["--json", "--model", "http://127.0.0.1:9", STRANGE]);
    assert_eq!((unreachable.code, unreachable.json()["outcome"]["status"].as_str()), (3, Some("not_understood")));
    assert!(unreachable.err.is_empty() || unreachable.err.contains("timeout_secs"), "{}", unreachable.err);
}

#[test]
fn a_model_that_fails_changes_no_answer_takes_no_time_and_is_told_about_once() {
    let Some(demo) = Demo::new("flake") else { return };
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"message\":{\"content\":\"{\\\"intent\\\":";
    let dying = Canned::ollama(move |_| vec![Act::Bytes(half.to_vec())]);
    let ignoring = Canned::ollama(|_| ollama_says("Sure! I have deleted everything."));
    for server in [dying.url(), ignoring.url(), "http://127.0.0.1:9".to_owned()] {
        for words in [STRANGE, "make it go brrr"] {
            let mut without = demo.reply(&["--model", "off", words]);
            let started = Instant::now();
            let mut with = demo.reply(&["--model", &server, words]);
            assert!(started.elapsed() < Duration::from_secs(5), "{server}: {:?}", started.elapsed());
            for reply in [&mut without, &mut with] {
                reply["outcome"]["seconds"].take();
            }
            assert_eq!(with, without, "{server}: {words}");
        }
        let mut command = demo.command();
        command.stdin(Stdio::inherit()).env("TERM", "xterm").args(["--color", "never", "--model", &server]);
        let mut session = spawn_command(command, Some(60_000)).unwrap();
        session.exp_string(PROMPT).unwrap();
        say(&mut session, STRANGE, "The language model is of no help");
        session.exp_string(PROMPT).unwrap();
        session.send_line(STRANGE).unwrap();
        let again = session.exp_string(PROMPT).unwrap();
        session.send_line("list generations").unwrap();
        let next = session.exp_string("booted").unwrap();
        assert!(!again.contains("of no help") && !next.contains("of no help"), "{server}: {again} {next}");
    }
}
