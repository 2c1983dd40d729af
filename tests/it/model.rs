//! The optional model: every fault of a server, what may come of an answer, and what may not.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

pub(crate) mod canned;
mod llama;
mod whole;

use std::sync::atomic::{AtomicUsize, Ordering};

use ask_nix::model::choice::{Choice, Written};
use ask_nix::model::{Kind, Model, Subject, TEST, Trouble};
use ask_nix::query::Query;
use ask_nix::recognition::{By, OUT_OF_SCOPE, Recognition};
use ask_nix::understand::{Context, Recognizer};
use serde_json::{Value, json};

use canned::{Act, Acts, Canned, choice, chunked, ollama_says, open_head, openai_says, plain, whole};

const WORDS: &str = "how much room is there";

fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A model with settings and variables.
fn model(which: &str, settings: &str, variables: &[(&str, &str)]) -> Model {
    let written: Written = toml::from_str(settings).unwrap();
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let (choice, warnings) = Choice::gather(Some(&which.parse().unwrap()), &written, &variable);
    assert!(warnings.is_empty(), "{warnings:?}");
    Model::new(choice, false)
}

fn unsure() -> Recognition {
    Recognition { intent: OUT_OF_SCOPE.to_owned(), confidence: 0.4, ..Recognition::default() }
}

/// The intents that a model is offered.
fn nearest(words: &str) -> Vec<&'static str> {
    Recognizer::new().nearest(&Query::new(words), &Context::default(), 10)
}

fn chosen_by(model: &mut Model) -> Result<Option<Recognition>, Trouble> {
    wait_for(model.choose(WORDS, &unsure(), &nearest(WORDS)))
}

fn chosen(server: &Canned) -> Result<Option<Recognition>, Trouble> {
    chosen_by(&mut model(&server.url(), "", &[]))
}

fn explained_by(model: &mut Model, heard: &mut String) -> Result<String, Trouble> {
    let subject = Subject { title: "Flake".to_owned(), text: "A flake is a directory.".to_owned(), error: false };
    let told = wait_for(model.explain(&subject, &mut |_, piece| heard.push_str(piece)));
    told.map(|(_, explained)| explained.text)
}

fn explained(server: &Canned) -> (Result<String, Trouble>, String) {
    let mut heard = String::new();
    (explained_by(&mut model(&server.url(), "", &[]), &mut heard), heard)
}

fn disk_usage() -> String {
    choice("disk_usage", &json!({}))
}

#[test]
fn ollama_is_asked_in_its_own_dialect() {
    let server = Canned::ollama(|_| ollama_says(&disk_usage()));
    let got = chosen(&server).unwrap().unwrap();
    assert_eq!((got.intent.as_str(), got.by), ("disk_usage", By::Model));
    let question = server.questions().pop().unwrap();
    assert_eq!(
        (&question["model"], &question["stream"], &question["think"]),
        (&json!("qwen3:4b"), &json!(false), &json!(false))
    );
    assert_eq!(question["options"]["temperature"], 0.0);
    assert_eq!(question["format"]["anyOf"].as_array().map(Vec::len), Some(11), "the nearest ten, and none of them");
    assert!(question["messages"][1]["content"].as_str().unwrap().contains(WORDS));
    assert!(server.requests().iter().all(|request| !request.head.to_lowercase().contains("authorization")));
}

#[test]
fn lm_studio_is_asked_in_the_other() {
    let server = Canned::lmstudio(|_| openai_says(&json!({"role": "assistant", "content": disk_usage()})));
    let mut model = model(
        "lmstudio",
        "",
        &[("LMSTUDIO_HOST", &format!("localhost:{}/v1", server.port())), ("LM_API_TOKEN", "abc")],
    );
    assert_eq!(chosen_by(&mut model).unwrap().unwrap().intent, "disk_usage");
    let question = server.questions().pop().unwrap();
    assert_eq!(
        (&question["model"], &question["response_format"]["type"]),
        (&json!("phi-4-mini"), &json!("json_schema"))
    );
    assert!(server.requests().iter().all(|request| request.head.to_lowercase().contains("authorization: bearer abc")));
}

#[test]
fn where_bodies_are_cut_does_not_matter() {
    let text = json!({"model": "qwen3:4b", "message": {"content": choice("disk_usage", &json!({}))}, "done": true})
        .to_string();
    let lines = "{\"message\":{\"content\":\"Grü\"}}\n{\"message\":{\"content\":\"ße \u{1f680}\"}}\r\n{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n";
    let events = ": hello\n\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Grüße \u{1f680}\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n";
    for sizes in [&[1][..], &[1, 2, 3], &[7, 1], &[4096]] {
        let (body, cuts) = (text.clone(), sizes.to_vec());
        let server = Canned::ollama(move |_| chunked(&body, &cuts, true));
        assert!(chosen(&server).unwrap().is_some(), "{sizes:?}");
        let cuts = sizes.to_vec();
        let server = Canned::ollama(move |_| chunked(lines, &cuts, true));
        assert_eq!(explained(&server), (Ok("Grüße \u{1f680}".to_owned()), "Grüße \u{1f680}".to_owned()), "{sizes:?}");
        let cuts = sizes.to_vec();
        let server = Canned::lmstudio(move |_| chunked(events, &cuts, true));
        assert_eq!(explained(&server).0.as_deref(), Ok("Grüße \u{1f680}"), "{sizes:?}");
    }
}

/// What comes of an answer to a question, and how often was asked.
fn fault(chat: impl Fn() -> Acts + Send + Sync + 'static) -> (Trouble, usize) {
    let server = Canned::ollama(move |_| chat());
    let trouble = chosen(&server).unwrap_err();
    (trouble, server.questions().len())
}

fn studio_fault(chat: impl Fn() -> Acts + Send + Sync + 'static) -> (Trouble, usize) {
    let server = Canned::lmstudio(move |_| chat());
    let trouble = chosen(&server).unwrap_err();
    (trouble, server.questions().len())
}

#[test]
fn every_status_is_told_and_nothing_is_tried_again() {
    let refused = |status, message: &str| Trouble::Refused { status, message: message.to_owned() };
    assert_eq!(fault(|| plain(404, "404 page not found")), (refused(404, "404 page not found"), 1));
    assert_eq!(
        fault(|| whole(404, &json!({"error": "model 'x' not found"}))),
        (refused(404, "model 'x' not found"), 1)
    );
    assert_eq!(fault(|| whole(500, &json!({"error": "a\u{1b}[2Jb"}))), (refused(500, "ab"), 1));
    assert_eq!(fault(|| whole(503, &json!({"error": {"message": "Loading model"}}))), (Trouble::Loading, 1));
    assert_eq!(fault(|| plain(401, "")), (Trouble::NeedsToken, 1));
    assert_eq!(
        studio_fault(|| whole(404, &json!({"error": {"message": "No models loaded. Please load"}}))),
        (Trouble::NoModel, 1)
    );
    assert_eq!(fault(|| whole(200, &json!({"error": "out of memory"}))), (refused(200, "out of memory"), 1));
}

/// What servers say when they cannot answer: the status, their words, and whether they are told again as they are.
#[test]
fn whatever_a_server_says_instead_of_an_answer_is_told_and_no_answer() {
    let text = |error: &str| json!({ "error": error });
    let object = |error: &str, code: Value| json!({"error": {"message": error, "type": "invalid_request_error", "param": null, "code": code}});
    // An error that holds another, as a text, is not taken apart.
    let nested = r#"{"error":{"code":400,"message":"failed to parse grammar","type":"invalid_request_error"}}"#;
    for (status, body, words) in [
        (404, text("model 'nope:1b' not found"), "model 'nope:1b' not found"),
        (404, text("model \"x\" not found, try pulling it first"), "model \"x\" not found, try pulling it first"),
        (400, text("model is required"), "model is required"),
        (400, text("unexpected EOF"), "unexpected EOF"),
        (400, text("\"tiny\" does not support thinking"), "\"tiny\" does not support thinking"),
        (400, text("registry.ollama.ai/library/tiny:latest does not support tools"), "does not support tools"),
        (500, text("invalid format: \"yaml\"; expected \"json\" or a valid JSON Schema object"), "invalid format"),
        (400, text(nested), "failed to parse grammar"),
        (500, text("option \"temperature\" must be of type float32"), "must be of type float32"),
        (503, text("server busy, please try again.  maximum pending requests exceeded"), "server busy"),
        (403, text("ollama cloud is disabled: remote inference is unavailable"), "cloud is disabled"),
        (499, text("request canceled"), "request canceled"),
        (404, object("model \"x\" not found", Value::Null), "model \"x\" not found"),
        (400, object("the request exceeds the available context size", json!(400)), "available context size"),
        (
            500,
            object("The model produced output that does not match the expected peg-native format", json!(500)),
            "peg-native",
        ),
    ] {
        let answer = body.clone();
        let (trouble, asked) = fault(move || whole(status, &answer));
        let Trouble::Refused { status: told, message } = &trouble else { panic!("{body}: {trouble}") };
        assert!((*told, asked) == (status, 1) && message.contains(words), "{body}: {trouble}");
        let (other, asked) = studio_fault(move || whole(status, &body));
        assert_eq!((other, asked), (trouble, 1), "the other dialect tells the same");
    }
    assert_eq!(
        fault(|| plain(405, "405 method not allowed")).0.to_string(),
        "the model server says 405: 405 method not allowed"
    );
    // What has the right shape and breaks the schema inside of it is tried once more, since Ollama may have dropped it.
    for slots in [json!({"older_than": "soon"}), json!({"generations": "4"}), json!({"keep": -1}), json!([])] {
        let (trouble, asked) = fault(move || ollama_says(&choice("delete_generations", &slots)));
        assert!(matches!(trouble, Trouble::Disobedient(_)) && asked == 2, "{trouble}");
    }
    for text in ["{}", "[]", "null", "\"disk_usage\"", "{\"intent\": \"disk_usage\"}", "disk_usage", ""] {
        let (trouble, _) = fault(move || ollama_says(text));
        assert!(matches!(trouble, Trouble::Disobedient(_) | Trouble::Senseless(_)), "{text}: {trouble}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Canned::ollama(|_| ollama_says(&disk_usage()));
    let url = elsewhere.url();
    let moved = move || {
        let head =
            format!("HTTP/1.1 307 X\r\nLocation: {url}/api/chat\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        vec![Act::Bytes(head.into_bytes())]
    };
    assert_eq!(fault(moved), (Trouble::Redirects, 1));
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn an_answer_that_makes_no_sense_is_none() {
    assert!(matches!(fault(|| plain(200, "hello")), (Trouble::Senseless(_), 1)));
    assert!(matches!(fault(|| whole(200, &json!([]))), (Trouble::Senseless(_), 1)));
    assert!(matches!(studio_fault(|| whole(200, &json!({"choices": []}))), (Trouble::Senseless(_), 1)));
    assert!(matches!(studio_fault(|| openai_says(&json!({"content": null}))), (Trouble::Disobedient(_), 2)));
    let thinks = Canned::lmstudio(|_| openai_says(&json!({"content": "", "reasoning_content": disk_usage()})));
    assert!(chosen(&thinks).unwrap().is_some(), "JSON in the place of thoughts is taken");
}

#[test]
fn a_schema_that_is_ignored_is_tried_once_more_and_then_let_be() {
    let server = Canned::ollama(|_| ollama_says("Sure! You have plenty of room."));
    assert!(matches!(chosen(&server), Err(Trouble::Disobedient(_))));
    let questions = server.questions();
    assert_eq!(questions.len(), 2);
    assert_eq!((questions[0].get("think"), questions[1].get("think")), (Some(&json!(false)), None));
    let tries = AtomicUsize::new(0);
    let better = Canned::ollama(move |_| {
        ollama_says(&if tries.fetch_add(1, Ordering::SeqCst) == 0 { "hm".to_owned() } else { disk_usage() })
    });
    assert!(chosen(&better).unwrap().is_some());
}

#[test]
fn an_answer_that_was_cut_is_none() {
    let cut =
        || whole(200, &json!({"message": {"content": "{\"intent\":\"disk"}, "done": true, "done_reason": "length"}));
    assert_eq!(fault(cut), (Trouble::CutShort, 1));
    // Also when what is there would pass.
    let cut = || whole(200, &json!({"choices": [{"message": {"content": disk_usage()}, "finish_reason": "length"}]}));
    assert_eq!(studio_fault(cut), (Trouble::CutShort, 1));
}

#[test]
fn bodies_and_lines_and_streams_are_bounded() {
    let huge = || whole(200, &json!({"message": {"content": "x".repeat(3 << 20)}, "done": true}));
    assert_eq!(fault(huge).0, Trouble::TooLong);
    let forever = || vec![open_head(), Act::Forever(vec![b' '; 64 * 1024])];
    assert_eq!(fault(forever).0, Trouble::TooLong);
    let line = Canned::ollama(|_| vec![open_head(), Act::Forever(vec![b'x'; 64 * 1024])]);
    assert_eq!(explained(&line).0, Err(Trouble::TooLong));
    let words = Canned::ollama(|_| {
        let piece = json!({"message": {"content": "and ".repeat(100)}}).to_string() + "\n";
        vec![open_head(), Act::Forever(piece.into_bytes())]
    });
    let text = explained(&words).0.unwrap();
    assert!((40_000..50_000).contains(&text.len()), "{}", text.len());
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for() {
    let late = Canned::ollama(|_| vec![Act::Wait(5000)]);
    let mut patient = model(&late.url(), "timeout_secs = 1", &[]);
    assert_eq!(chosen_by(&mut patient), Err(Trouble::Late { seconds: 1 }));
    assert_eq!(late.questions().len(), 1, "a server that is too slow is not asked again");
    let slow = Canned::ollama(|_| {
        let bytes =
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".map(|byte| [Act::Bytes(vec![byte]), Act::Wait(50)]);
        bytes.into_iter().flatten().collect()
    });
    assert_eq!(chosen_by(&mut model(&slow.url(), "timeout_secs = 1", &[])), Err(Trouble::Late { seconds: 1 }));
    let silent = Canned::new(|_| vec![Act::Wait(5000)]);
    assert!(matches!(chosen(&silent), Err(Trouble::Late { .. })), "nor is a server that never says who it is");
}

#[test]
fn one_that_dies_in_mid_answer_has_said_what_it_said() {
    let half = json!({"message": {"content": "A flake is "}}).to_string() + "\n";
    let body = half.clone();
    let server = Canned::ollama(move |_| chunked(&body, &[9], false));
    assert_eq!(explained(&server), (Err(Trouble::BrokeOff), "A flake is ".to_owned()));
    let body = half.clone();
    let closed = Canned::ollama(move |_| vec![open_head(), Act::Bytes(body.clone().into_bytes())]);
    assert_eq!(explained(&closed), (Err(Trouble::BrokeOff), "A flake is ".to_owned()));
    let body = half + "{\"error\":\"the runner died\"}\n";
    let server = Canned::ollama(move |_| chunked(&body, &[3], true));
    let (trouble, heard) = explained(&server);
    assert_eq!(
        (trouble, heard.as_str()),
        (Err(Trouble::Refused { status: 200, message: "the runner died".to_owned() }), "A flake is ")
    );
    let dead = Canned::ollama(|_| vec![Act::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"mess".to_vec())]);
    assert_eq!(chosen(&dead), Err(Trouble::BrokeOff));
    let gone = Canned::ollama(|_| Vec::new());
    assert_eq!(chosen(&gone), Err(Trouble::BrokeOff));
}

#[test]
fn what_a_terminal_obeys_is_not_in_prose_wherever_it_is_cut() {
    let pieces = ["a\u{1b}", "[31", "mb\u{1b}]52;c;", "AAAA\u{7}", "c\u{202e}", "\u{9b}2Jd"];
    let body: String = pieces.iter().map(|piece| json!({"message": {"content": piece}}).to_string() + "\n").collect();
    let body = body + &json!({"done": true}).to_string();
    let server = Canned::ollama(move |_| chunked(&body, &[5], true));
    assert_eq!(explained(&server), (Ok("abcd".to_owned()), "abcd".to_owned()));
}

#[test]
fn a_model_that_is_set_must_be_there_and_here() {
    let server = Canned::ollama(|_| ollama_says(&disk_usage()));
    let with = |name: &str| chosen_by(&mut model(&server.url(), &format!("model = \"{name}\""), &[]));
    assert_eq!(
        with("llama3"),
        Err(Trouble::Missing { name: "llama3".to_owned(), installed: vec!["qwen3:4b".to_owned()] })
    );
    assert_eq!(with("gpt-oss:120b-cloud"), Err(Trouble::Cloud { name: "gpt-oss:120b-cloud".to_owned() }));
    assert!(with("qwen3:4b").is_ok());
    let elsewhere = || {
        whole(
            200,
            &json!({"model": "qwen3:4b", "remote_host": "https://ollama.com:443", "message": {"content": disk_usage()}, "done": true}),
        )
    };
    assert_eq!(fault(elsewhere).0, Trouble::Cloud { name: "qwen3:4b".to_owned() });
    let none = Canned::new(|request| match request.path.as_str() {
        "/api/version" => whole(200, &json!({"version": "0.5"})),
        _ => whole(200, &json!({"models": [{"name": "x:cloud"}, {"name": "nomic-embed-text"}]})),
    });
    assert_eq!(chosen(&none), Err(Trouble::NoModel));
}

#[test]
fn other_computers_are_not_asked() {
    let refused = |url: &str, settings: &str| wait_for(model(url, settings, &[]).reach()).unwrap_err();
    let far = "http://192.0.2.1:11434";
    assert_eq!(refused(far, ""), Trouble::NotLocal { address: far.to_owned() });
    assert_eq!(refused("http://3221225985:80", ""), Trouble::NotLocal { address: "http://3221225985:80".to_owned() });
    assert_eq!(
        refused("https://[2001:db8::1]", ""),
        Trouble::NotLocal { address: "https://[2001:db8::1]:443".to_owned() }
    );
    assert_eq!(refused(far, "allow_remote = true"), Trouble::InTheClear { address: far.to_owned() });
    let written: Written = toml::from_str("allow_remote = true").unwrap();
    let (choice, _) = Choice::gather(Some(&"https://192.0.2.1".parse().unwrap()), &written, &|_| None);
    let offline = wait_for(Model::new(choice, true).reach());
    assert_eq!(offline, Err(Trouble::Offline { address: "https://192.0.2.1:443".to_owned() }));
}

#[test]
fn who_fails_twice_is_not_asked_again() {
    let mut closed = model("http://127.0.0.1:9", "", &[]);
    for _ in 0..2 {
        assert!(matches!(chosen_by(&mut closed), Err(Trouble::Unreachable { .. })));
    }
    assert_eq!((chosen_by(&mut closed), closed.may_be_asked()), (Err(Trouble::GivenUp), false));
    let server = Canned::ollama(|_| ollama_says(&disk_usage()));
    let mut good = model(&server.url(), "", &[]);
    for _ in 0..4 {
        assert!(chosen_by(&mut good).is_ok());
    }
    assert_eq!(
        server.requests().iter().filter(|request| request.path == "/api/version").count(),
        1,
        "it is found once"
    );
    let mut off = model("off", "", &[]);
    assert_eq!(chosen_by(&mut off), Err(Trouble::Off));
}

#[test]
fn what_answers_must_be_a_model_server() {
    for answer in
        [plain(200, "Welcome to nginx!"), whole(200, &json!({})), whole(404, &json!({"error": "x"})), plain(302, "")]
    {
        let server = Canned::new(move |_| answer.clone());
        assert_eq!(chosen(&server), Err(Trouble::Stranger { address: server.url() }));
    }
    let locked = Canned::new(|_| plain(401, "Invalid API Key"));
    assert_eq!(chosen(&locked), Err(Trouble::NeedsToken));
}

#[test]
fn the_report_tells_who_answers_and_how() {
    let server = Canned::ollama(|_| ollama_says(&choice("list_generations", &json!({}))));
    let (report, trouble) = wait_for(model(&server.url(), "", &[]).report(&nearest(TEST.0)));
    assert_eq!((trouble, report.chosen.as_deref(), report.loaded), (None, Some("qwen3:4b"), Some(true)));
    assert_eq!((report.keeps_to_schema, report.understands), (Some(true), Some(true)));
    let found = report.server.unwrap();
    assert_eq!((found.kind, found.version.as_deref(), found.local), (Kind::Ollama, Some("0.21.1"), true));
    let other = Canned::lmstudio(|_| {
        whole(200, &json!({"model": "other", "choices": [{"message": {"content": "hm"}, "finish_reason": "stop"}]}))
    });
    let (report, _) = wait_for(model(&other.url(), "", &[]).report(&nearest(TEST.0)));
    assert_eq!((report.answered_by.as_deref(), report.keeps_to_schema), (Some("other"), Some(false)));
    let (report, trouble) = wait_for(model("http://127.0.0.1:9", "", &[]).report(&nearest(TEST.0)));
    assert!(report.problem.is_some_and(|problem| problem.contains("127.0.0.1:9")) && trouble.is_some());
}

#[test]
fn secrets_are_not_sent() {
    let server = Canned::ollama(|_| ollama_says(&choice("unknown", &json!({}))));
    let mut model = model(&server.url(), "", &[]);
    let words = "log in with ghp_0123456789abcdefghij and password hunter2!";
    assert_eq!(wait_for(model.choose(words, &unsure(), &nearest(words))), Ok(None));
    let sent = server.questions().pop().unwrap().to_string();
    assert!(!sent.contains("ghp_") && !sent.contains("hunter2"), "{sent}");
    let long = "please ".repeat(200);
    assert_eq!(wait_for(model.choose(&long, &unsure(), &nearest(&long))), Ok(None));
    assert_eq!(server.questions().len(), 1, "what is no sentence is not sent at all");
}

/// All that a model can say about a request, right and wrong.
#[test]
fn only_what_was_said_becomes_a_slot() {
    let answered = |words: &str, intent: &str, slots: Value| {
        let text = choice(intent, &slots);
        let server = Canned::ollama(move |_| ollama_says(&text));
        let got = wait_for(model(&server.url(), "", &[]).choose(words, &unsure(), &nearest(words)));
        got.ok().flatten().map(|got| got.intent)
    };
    assert_eq!(
        answered("chuck out numbers 4 and 5", "delete_generations", json!({"generations": [4, 5]})).as_deref(),
        Some("delete_generations")
    );
    assert_eq!(answered("chuck out numbers 4 and 5", "delete_generations", json!({"generations": [4, 5, 6]})), None);
    assert_eq!(answered("toss the oldies", "collect_garbage", json!({"older_than": "1d"})), None);
    assert_eq!(answered("yes", "confirm", json!({})), None);
    assert_eq!(
        answered(
            "add it",
            "manage_channel",
            json!({"action": "add", "channel": "evil", "url": "https://evil.example"})
        ),
        None
    );
}
