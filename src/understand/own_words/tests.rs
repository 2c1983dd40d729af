use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::read::{Problem, read};
use crate::query::Query;
use crate::recognition::{Mode, OUT_OF_SCOPE, Recognition};
use crate::understand::{Context, Recognizer};

const MINE: &str = r#"
[[phrase]]
say = ["fix my wifi", "(wlan|wi-fi) is (down|broken) again"]
intent = "control_service"
slots = { service = "networkmanager", action = "restart" }

[[phrase]]
say = "gimme dat {packages} [innit]"
intent = "install_package"

[[phrase]]
say = "frobnicate the blorx"
intent = "list_generations"
slots = { limit = 5 }

[[phrase]]
say = "what would the blorx do"
intent = "update_system"
mode = "explain"

[[phrase]]
say = "do the monday thing"
intent = "update_system"

[packages]
neovim = ["my editor", "scribbler"]
"python3Packages.requests" = "the http thing"

[services]
nginx = "my site"

[hosts]
atlas = "the big box"

[users]
ada = "mum"
"#;

fn files(text: &str) -> (Recognizer, Vec<Problem>) {
    let (own, problems) = read(&[("mine.toml".to_owned(), text.to_owned())]);
    (Recognizer::new().with_own_words(&Arc::new(own)), problems)
}

fn mine() -> Recognizer {
    let (recognizer, problems) = files(MINE);
    assert_eq!(problems, Vec::new());
    recognizer
}

fn read_as(recognizer: &Recognizer, text: &str) -> Recognition {
    recognizer.recognize(&Query::new(text), &Context::default())
}

#[test]
fn sentences_of_ones_own_mean_what_was_written() {
    let recognizer = mine();
    let wifi = json!({"action": "restart", "service": "networkmanager"});
    for (text, intent, slots, mode) in [
        ("fix my wifi", "control_service", wifi.clone(), Mode::Do),
        ("Fix my WIFI, please!", "control_service", wifi.clone(), Mode::Do),
        ("can you fix my wifi", "control_service", wifi.clone(), Mode::Do),
        ("how do I fix my wifi?", "control_service", wifi.clone(), Mode::Explain),
        ("wlan is down again", "control_service", wifi, Mode::Do),
        ("gimme dat firefox", "install_package", json!({"packages": ["firefox"]}), Mode::Do),
        ("gimme dat vim and htop innit", "install_package", json!({"packages": ["vim", "htop"]}), Mode::Do),
        ("gimme dat scribbler", "install_package", json!({"packages": ["neovim"]}), Mode::Do),
        ("frobnicate the blorx", "list_generations", json!({"limit": 5}), Mode::Do),
        ("what would the blorx do", "update_system", json!({}), Mode::Explain),
        ("do the monday thing", "update_system", json!({}), Mode::Do),
    ] {
        let got = read_as(&recognizer, text);
        assert_eq!(
            (got.intent.as_str(), json!(got.slots), got.mode, got.confidence),
            (intent, slots, mode, 1.0),
            "{text}"
        );
        assert!(got.operation().is_ok() && got.corrections.is_empty(), "{text}: {got:?}");
    }
    let got = read_as(&recognizer, "frobnicate the blorx, then do the monday thing");
    assert_eq!((got.intent.as_str(), got.then[0].intent.as_str()), ("list_generations", "update_system"));
}

#[test]
fn what_is_not_the_whole_request_is_read_as_ever() {
    let recognizer = mine();
    for text in ["don't fix my wifi", "never do the monday thing", "before I fix my wifi, help me"] {
        let got = read_as(&recognizer, text);
        assert!(got.intent != "control_service" && got.intent != "update_system", "{text}: {got:?}");
    }
    // As ever, what a shell would run is none of it, and is said to be left.
    let got = read_as(&recognizer, "fix my wifi $(reboot)");
    assert_eq!(got.then.last().map(|then| then.intent.as_str()), Some(OUT_OF_SCOPE));
    let got = read_as(&recognizer, "update my system");
    assert_eq!(got, read_as(&Recognizer::new(), "update my system"));
}

#[test]
fn things_have_the_names_that_one_gave_them() {
    let recognizer = mine();
    for (text, intent, slots) in [
        ("install my editor", "install_package", json!({"packages": ["neovim"]})),
        ("remove scribbler and htop", "remove_package", json!({"packages": ["neovim", "htop"]})),
        ("install the http thing", "install_package", json!({"packages": ["python3Packages.requests"]})),
        ("restart my site", "control_service", json!({"action": "restart", "service": "nginx"})),
        ("delete the user mum", "remove_user", json!({"user": "ada"})),
    ] {
        let got = read_as(&recognizer, text);
        assert_eq!((got.intent.as_str(), json!(got.slots)), (intent, slots), "{text}");
        assert_eq!(got.corrections, Vec::new(), "{text}");
    }
}

#[test]
fn a_word_of_ones_own_is_no_typing_error() {
    assert_eq!(read_as(&Recognizer::new(), "install firefoxx").slots["packages"], json!(["firefox"]));
    let (recognizer, _) = files("[packages]\nfirefoxx = \"foxy\"\n");
    for text in ["install firefoxx", "install foxy"] {
        let got = read_as(&recognizer, text);
        assert_eq!((json!(got.slots["packages"]), got.corrections), (json!(["firefoxx"]), Vec::new()), "{text}");
    }
}

#[test]
fn yes_and_no_stay_what_they_are_while_a_plan_waits() {
    let (recognizer, problems) = files("[[phrase]]\nsay = [\"yes\", \"no\"]\nintent = \"collect_garbage\"\n");
    assert_eq!(problems, Vec::new());
    let before = Recognizer::new().recognize(&Query::new("update my system"), &Context::default());
    let waits = Context { previous: vec![before], plan_open: true, ..Context::default() };
    assert_eq!(recognizer.recognize(&Query::new("no"), &waits).intent, "cancel");
    assert_eq!(recognizer.recognize(&Query::new("yes"), &waits).intent, "confirm");
    assert_eq!(read_as(&recognizer, "no").intent, "collect_garbage");
}

#[test]
fn evidence_names_the_file() {
    let recognizer = mine();
    let evidence = |text: &str| {
        let query = Query::new(text);
        let meant = recognizer.recognize(&query, &Context::default());
        recognizer.own_evidence(&query, &meant)
    };
    assert_eq!(evidence("fix my wifi"), ["your own words in mine.toml:3: \"fix my wifi\""]);
    assert_eq!(evidence("install my editor"), ["your own words in mine.toml:26: \"my editor\" is neovim"]);
    assert_eq!(evidence("update my system"), Vec::<String>::new());
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_the_rest_counts() {
    for (text, line, message) in [
        ("[[phrase]]\nsay = \"x y\"\nintent = \"control_servise\"\n", 3, "did you mean 'control_service'?"),
        ("[[phrase]]\nsay = \"x y\"\nintent = \"confirm\"\n", 3, "plain ones"),
        ("[[phrase]]\nsay = \"x y\"\n", 1, "this phrase has no intent"),
        ("[[phrase]]\nintent = \"update_system\"\n", 1, "this phrase has no say"),
        ("[[phrase]]\nsay = 3\nintent = \"update_system\"\n", 2, "a text in quotation marks"),
        ("[[phrase]]\nsay = \"x\"\nintent = \"update_system\"\nslot = {}\n", 4, "'slot' is no part of a phrase"),
        (
            "[[phrase]]\nsay = \"x\"\nintent = \"update_system\"\nslots = { when = 1 }\n",
            4,
            "update_system has no slot 'when'; its slots are",
        ),
        (
            "[[phrase]]\nsay = \"x\"\nintent = \"control_service\"\nslots = { service = \"nginx\", action = \"eat\" }\n",
            4,
            "control_service does not take these slots: unknown variant `eat`",
        ),
        (
            "[[phrase]]\nsay = \"x\"\nintent = \"control_service\"\nslots = { service = \"-rf /\", action = \"stop\" }\n",
            4,
            "control_service does not take these slots",
        ),
        (
            "[[phrase]]\nsay = [\n  \"x y\",\n  \"x z\",\n]\nintent = \"install_package\"\n",
            3,
            "install_package needs 'packages'",
        ),
        ("[[phrase]]\nsay = \"a (b\"\nintent = \"update_system\"\n", 2, "a bracket is not closed"),
        ("[[phrase]]\nsay = \"a {b}\"\nintent = \"update_system\"\n", 2, "update_system has no slot 'b'"),
        ("[[phrase]]\nsay = \"a <update>\"\nintent = \"update_system\"\n", 2, "write the words"),
        ("[[phrase]]\nsay = \"[please]\"\nintent = \"update_system\"\n", 2, "no word that must be said"),
        ("[[phrase]]\nsay = \"x `rm -rf`\"\nintent = \"update_system\"\n", 2, "shell syntax"),
        (
            "[[phrase]]\nsay = \"{action} it\"\nintent = \"control_service\"\nslots = { service = \"nginx\" }\n",
            2,
            "cannot be read from words",
        ),
        ("[pakages]\nvim = \"v\"\n", 1, "'pakages' is no part of such a file"),
        ("[packages]\n\"a;b\" = \"v\"\n", 2, "'a;b' is not"),
        ("[packages]\nvim = \"update\"\n", 2, "\"update\" is what requests are made of"),
        ("[packages]\nvim = \"it\"\n", 2, "\"it\" is what requests are made of"),
        ("[packages]\nvim = \"zap\"\nemacs = \"zap\"\n", 3, "\"zap\" is"),
        ("[packages]\nvim = \"the big old slow loud red zap box\"\n", 2, "at most 6 words"),
        ("[users]\n\"Root Of All\" = \"mum\"\n", 2, "'Root Of All' is not"),
        ("[[phrase]\nsay = 1", 1, "this is no TOML, so the file is not used"),
    ] {
        let good = "[[phrase]]\nsay = \"frobnicate\"\nintent = \"disk_usage\"\n";
        let wrong = ("wrong.toml".to_owned(), text.to_owned());
        let (own, problems) = read(&[wrong, ("good.toml".to_owned(), good.to_owned())]);
        let found = problems.first().map(|problem| (problem.written.to_string(), problem.message.clone()));
        let (place, why) = found.unwrap_or_default();
        assert_eq!(place, format!("wrong.toml:{line}"), "{text}: {why}");
        assert!(why.contains(message), "{text}: {why}");
        let recognizer = Recognizer::new().with_own_words(&Arc::new(own));
        assert_eq!(read_as(&recognizer, "frobnicate").intent, "disk_usage", "{text}");
    }
}

#[test]
fn hostile_files_are_read_quickly_or_refused() {
    let nested = format!("[[phrase]]\nsay = \"{}\"\nintent = \"disk_usage\"\n", "(".repeat(190));
    let wide = "[{packages} zap] ".repeat(11);
    let wide = format!("[[phrase]]\nsay = \"{wide} x\"\nintent = \"install_package\"\n");
    for text in [nested, wide] {
        let started = std::time::Instant::now();
        let (own, problems) = read(&[("a.toml".to_owned(), text)]);
        assert!(own.phrases.is_empty() && problems.len() == 1, "{problems:?}");
        assert!(started.elapsed().as_millis() < 500);
    }
    let (own, problems) = read(&[("a.toml".to_owned(), "[packages]\n\"a\u{1b}[2Jb\" = \"x\"\n".to_owned())]);
    assert!(own.names.is_empty() && problems.iter().all(|problem| !problem.to_string().contains('\u{1b}')));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sentence_is_read_or_refused_and_understood_or_not(say in "\\PC{0,60}", called in "\\PC{0,30}", query in "\\PC{0,60}") {
        let text = format!(
            "[[phrase]]\nsay = {}\nintent = \"disk_usage\"\n[packages]\nvim = {}\n",
            toml::Value::from(say.as_str()),
            toml::Value::from(called.as_str()),
        );
        let (recognizer, problems) = files(&text);
        prop_assert!(problems.iter().all(|problem| (2..=5).contains(&problem.written.line)), "{problems:?}");
        for text in [say, called, query] {
            let got = read_as(&recognizer, &text);
            prop_assert!(!got.intent.is_empty());
            prop_assert!(got.intent == OUT_OF_SCOPE || got.confidence <= 1.0);
        }
    }

    #[test]
    fn any_text_is_a_file_or_none(text in "\\PC{0,200}") {
        let _ = files(&text);
    }
}
