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
