//! From a model's answer to a [`Recognition`], with every check that the answer has to pass; what fails one is no answer.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::grounded::Words;
use super::schema::{LONGEST_LIST, LONGEST_TEXT, Shape, UNKNOWN, offered, slots};
use super::trouble::Trouble;
use crate::catalogue::data::Intent;
use crate::recognition::{Alternative, By, Mode, OUT_OF_SCOPE, Recognition};

/// The longest answer that keeps to the schema.
const LONGEST: usize = 8 * 1024;
/// How sure a model's reading makes when only the model has it. Its own confidence is no evidence.
const ALONE: f32 = 0.6;
/// When the rules, unsure, thought of the same.
const AGREED: f32 = 0.8;
/// When the model itself is not sure: too little to act on, enough to ask.
const LOW: f32 = 0.4;

/// The answer as the schema asks for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    intent: String,
    mode: Mode,
    confidence: Confidence,
    slots: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Confidence {
    Low,
    Medium,
    High,
}

/// Whether an answer has the shape that it was asked to have, whatever it says.
pub(super) fn keeps_to_schema(text: &str, intents: &[Intent<'_>]) -> bool {
    let Ok(answer) = serde_json::from_str::<Answer>(text) else { return false };
    if answer.intent == UNKNOWN {
        return answer.slots.is_empty();
    }
    let Some(intent) = offered(intents).find(|intent| intent.id == answer.intent) else { return false };
    answer.slots.iter().all(|(name, value)| {
        slots(intent).find(|(slot, _)| slot.name == *name).is_some_and(|(_, shape)| fits(value, &shape))
    })
}

/// Reads an answer to `words`; none when the model found nothing that fits. `rules` is what the rules made of them.
pub(super) fn read(
    text: &str,
    words: &str,
    rules: &Recognition,
    intents: &[Intent<'_>],
) -> Result<Option<Recognition>, Trouble> {
    if text.len() > LONGEST {
        return Err(Trouble::Disobedient("the answer is too long"));
    }
    // Nothing is mended: what is not JSON to the last letter was not held to the schema.
    let answer: Answer =
        serde_json::from_str(text).map_err(|_| Trouble::Disobedient("the answer has another shape"))?;
    if answer.intent == UNKNOWN {
        return Ok(None);
    }
    let intent = offered(intents)
        .find(|intent| intent.id == answer.intent)
        .ok_or(Trouble::Disobedient("there is no such request"))?;
    let said = Words::new(words);
    for (name, value) in &answer.slots {
        let (_, shape) = slots(intent)
            .find(|(slot, _)| slot.name == *name)
            .ok_or(Trouble::Disobedient("the request has no such slot"))?;
        if !fits(value, &shape) {
            return Err(Trouble::Disobedient("a slot holds what it cannot hold"));
        }
        if !was_said(value, &shape, &said) {
            return Err(Trouble::Disobedient("a slot holds what nobody said"));
        }
    }
    let thought_of = rules.intent == intent.id || rules.alternatives.iter().any(|other| other.intent == intent.id);
    let recognition = Recognition {
        intent: answer.intent,
        mode: answer.mode,
        slots: answer.slots.into_iter().collect(),
        confidence: match answer.confidence {
            Confidence::Low => LOW,
            Confidence::Medium | Confidence::High if thought_of => AGREED,
            Confidence::Medium | Confidence::High => ALONE,
        },
        by: By::Model,
        alternatives: rules_readings(rules, intent.id),
        ..Recognition::default()
    };
    // The same check that the rules' slots have to pass.
    recognition.operation().map_err(|_| Trouble::Disobedient("the slots do not pass their checks"))?;
    Ok(Some(recognition))
}

/// What the rules thought of, as other readings of the words.
fn rules_readings(rules: &Recognition, chosen: &str) -> Vec<Alternative> {
    let best = Alternative { intent: rules.intent.clone(), slots: rules.slots.clone(), confidence: rules.confidence };
    let known =
        |other: &Alternative| !other.intent.is_empty() && other.intent != OUT_OF_SCOPE && other.intent != chosen;
    std::iter::once(best).chain(rules.alternatives.iter().cloned()).filter(known).collect()
}

fn fits(value: &Value, shape: &Shape) -> bool {
    match (shape, value) {
        (Shape::Number, Value::Number(number)) => number.as_u64().is_some_and(|number| number <= 1_000_000),
        (Shape::Truth, Value::Bool(_)) => true,
        (Shape::OneOf(words), Value::String(text)) => words.contains(text),
        (Shape::Text | Shape::Age, Value::String(text)) => {
            !text.is_empty() && text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
        }
        (Shape::List(of), Value::Array(values)) => {
            !values.is_empty() && values.len() <= LONGEST_LIST && values.iter().all(|value| fits(value, of))
        }
        _ => false,
    }
}

fn was_said(value: &Value, shape: &Shape, said: &Words) -> bool {
    match (shape, value) {
        // One of a few words that the catalogue has: choosing among them is what the model is asked for.
        (Shape::OneOf(_) | Shape::Truth, _) => true,
        (Shape::Age, Value::String(age)) => said.say_age(age),
        _ => said.say(value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::catalogue;

    fn reading(words: &str, answer: &str) -> Result<Option<Recognition>, Trouble> {
        read(answer, words, &Recognition::default(), catalogue::intents())
    }

    fn answer(intent: &str, slots: &Value) -> String {
        json!({"intent": intent, "mode": "do", "confidence": "high", "slots": slots}).to_string()
    }

    #[test]
    fn an_answer_that_passes_every_check_is_a_recognition() {
        let got =
            reading("toss what is older than two weeks", &answer("delete_generations", &json!({"older_than": "14d"})));
        let got = got.unwrap().unwrap();
        assert_eq!((got.intent.as_str(), got.by, got.confidence), ("delete_generations", By::Model, ALONE));
        assert_eq!(got.slots["older_than"], "14d");
        assert_eq!(reading("sing a song", &answer(UNKNOWN, &json!({}))), Ok(None));
        let rules = Recognition {
            alternatives: vec![Alternative { intent: "disk_usage".to_owned(), slots: [].into(), confidence: 0.4 }],
            ..Recognition::default()
        };
        let got = read(&answer("disk_usage", &json!({})), "x", &rules, catalogue::intents()).unwrap().unwrap();
        assert!(got.confidence > ALONE, "what the rules thought of, too, is surer");
    }

    #[test]
    fn anything_else_is_no_answer() {
        let words = "roll back to generation 42 please";
        for wrong in [
            String::new(),
            "roll back".to_owned(),
            "[]".to_owned(),
            "null".to_owned(),
            format!("```json\n{}\n```", answer("disk_usage", &json!({}))),
            format!("{} and more", answer("disk_usage", &json!({}))),
            answer("disk_usage", &json!({}))[..40].to_owned(),
            answer("confirm", &json!({})),
            answer("out_of_scope", &json!({})),
            answer("rm -rf /", &json!({})),
            answer("disk_usage", &json!({"command": "rm"})),
            answer("disk_usage", &json!([])),
            answer("rollback_system", &json!({"generation": 41})),
            answer("rollback_system", &json!({"generation": -42})),
            answer("rollback_system", &json!({"generation": "42"})),
            answer("rollback_system", &json!({"generation": null})),
            answer("rollback_system", &json!({"when": "generation\n42"})),
            answer("update_system", &json!({"inputs": ["nixpkgs"]})),
            answer("update_system", &json!({"activation": "now"})),
            answer("upgrade_release", &json!({})),
            answer("upgrade_release", &json!({"release": "generation"})),
            answer("explain_error", &json!({"text": "please"})),
            json!({"intent": "disk_usage", "mode": "do", "confidence": "high", "slots": {}, "run": "x"}).to_string(),
            json!({"intent": "disk_usage", "mode": "do", "confidence": "certain", "slots": {}}).to_string(),
            json!({"intent": "disk_usage", "slots": {}}).to_string(),
            answer("disk_usage", &json!({})) + &" ".repeat(9000),
        ] {
            assert!(matches!(reading(words, &wrong), Err(Trouble::Disobedient(_))), "{wrong}");
        }
        assert!(reading(words, &answer("rollback_system", &json!({"generation": 42}))).is_ok());
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(answer in "\\PC{0,80}", intent in "[a-z_]{0,20}", number in any::<i64>(), text in "\\PC{0,20}") {
            let _ = reading("go back to 3", &answer);
            let _ = reading("go back to 3", &self::answer(&intent, &json!({"generation": number, "when": text})));
            let _ = reading(&text, &self::answer("rollback_system", &json!({"generation": number, "when": text})));
        }
    }
}
