//! The first recogniser on its own examples, on hostile input, and on what people really say.

mod conversations;
mod hostile;
mod measure;

use ask_nix::catalogue::{self, data::Datum};
use ask_nix::query::Query;
use ask_nix::recognition::{Mode, Recognition};
use ask_nix::understand::{Context, Recognizer};
use serde_json::Value;

fn recognize(text: &str) -> Recognition {
    Recognizer::new().recognize(&Query::new(text), &Context::default())
}

fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Truth(truth) => Value::from(*truth),
        Datum::Number(number) => Value::from(*number),
        Datum::Text(text) => Value::from(text.as_str()),
        Datum::List(list) => Value::Array(list.iter().map(value).collect()),
    }
}

#[test]
fn every_example_means_what_its_file_says() {
    let mut wrong = Vec::new();
    for intent in catalogue::intents() {
        for example in &intent.examples() {
            let got = recognize(&example.say);
            let slots = example.slots.iter().map(|(name, datum)| (name.clone(), value(datum))).collect();
            let mode = if example.explain { Mode::Explain } else { Mode::Do };
            let then: Vec<&str> = got.then.iter().map(|request| request.intent.as_str()).collect();
            if got.intent != intent.id || got.slots != slots || got.mode != mode || then != example.then {
                wrong.push(format!(
                    "{}: {:?}\n     got {} {:?} {:?} then {then:?} ({})",
                    intent.id, example.say, got.intent, got.slots, got.mode, got.confidence
                ));
            }
            // What is understood and cannot be done yet is said as such.
            let known = got.operation().err().is_none_or(|error| error.to_string().starts_with("unknown variant"));
            if got.intent != "out_of_scope" && !known {
                wrong.push(format!("{}: {:?} is no operation: {:?}", intent.id, example.say, got.operation()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

/// What is asked for, request by request: the intent and what it is about.
fn requests(text: &str) -> Vec<String> {
    let got = recognize(text);
    let said = |intent: &str, slots: &ask_nix::recognition::Slots| {
        let about =
            ["service", "packages", "action"].iter().filter_map(|name| slots.get(*name)).map(ToString::to_string);
        std::iter::once(intent.to_owned()).chain(about).collect::<Vec<_>>().join(" ")
    };
    let then = got.then.iter().map(|request| said(&request.intent, &request.slots));
    std::iter::once(said(&got.intent, &got.slots)).chain(then).collect()
}

#[test]
fn nothing_of_a_list_is_lost() {
    for (text, wanted) in [
        ("enable ssh and printing", &[r#"enable_service "openssh""#, r#"enable_service "printing""#][..]),
        (
            "turn bluetooth off and printing as well",
            &[r#"disable_service "bluetooth""#, r#"disable_service "printing""#],
        ),
        ("restart nginx and redis", &[r#"control_service "nginx" "restart""#, r#"control_service "redis" "restart""#]),
        (
            "enable docker, tailscale and avahi, then update",
            &[
                r#"enable_service "docker""#,
                r#"enable_service "tailscale""#,
                r#"enable_service "avahi""#,
                "update_system",
            ],
        ),
        ("is nginx up and redis", &[r#"service_status "nginx""#, r#"service_status "redis""#]),
        (
            "add blender n krita then delete gimp",
            &[r#"install_package ["blender","krita"]"#, r#"remove_package ["gimp"]"#],
        ),
        ("uninstall chrome and zoom", &[r#"remove_package ["google-chrome","zoom-us"]"#]),
    ] {
        assert_eq!(requests(text), wanted, "{text}");
    }
    // Which are the oldest no slot says: neither number 3 nor all of them are meant.
    for text in ["delete the three oldest generations", "delete the oldest generation", "the 3 oldest of them, out"] {
        assert_eq!(requests(text), ["out_of_scope"], "{text}");
    }
    // Names alone tell nobody to do anything.
    let names = recognize("docker, nginx, redis, postgres, grafana, ssh, printing, avahi, samba");
    assert!(!catalogue::intent(&names.intent).unwrap().changes || names.intent == "generate_config", "{names:?}");
}
