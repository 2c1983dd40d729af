//! One option, set to one value of the right type.

use serde_json::Value as Json;

use super::draft::Draft;
use super::{AttributePath, Plan, Rebuild, Refusal, Unplanned, Value};
use crate::catalogue::starter;
use crate::nix::edit::Change;
use crate::operation::slots::OptionPath;

/// `set_option`.
pub(super) fn set(rebuild: &Rebuild<'_>, option: &OptionPath, value: &Json) -> Result<Plan, Unplanned> {
    let Some(path) = AttributePath::parse(option.as_str()) else {
        return Err(Refusal::new("option-does-not-exist", format!("'{option}' is not the path of an option.")).into());
    };
    // People do not mind capitals; Nix does.
    let path = starter::spelled(path.names()).map_or(path, AttributePath::new);
    let entry = starter::option(path.names());
    let typed = match &entry {
        Some(entry) => typed(&entry.kind, value).ok_or_else(|| {
            Refusal::new(
                "option-wrong-type",
                format!("{option} wants {}, and {value} is not that.", in_words(&entry.kind)),
            )
            .with("option", option.as_str())
            .with("type", entry.kind.as_str())
        })?,
        None => Value::from_json(value).ok_or_else(|| {
            let message = format!("{value} cannot be written as a value of {option}.");
            Refusal::new("option-wrong-type", message).with("option", option.as_str())
        })?,
    };
    let mut draft = Draft::system(rebuild);
    draft.make(Change::Set(path.clone(), typed))?;
    if path.to_string() == "system.stateVersion" {
        draft.notes.push("system.stateVersion does not say which release runs; it tells old data from new. Changing it can break what programs have stored.".to_owned());
    }
    if path.to_string() == "networking.hostName" && draft.has_flake() {
        draft.notes.push("A flake finds a machine by its name: when nixosConfigurations has no entry of the new name, say --host with the old one.".to_owned());
    }
    let shown = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    draft.plan(format!("Set {path} to {shown}"), || format!("Nothing has to be done: {path} is {shown} already."))
}

/// A type as people say it.
fn in_words(kind: &str) -> String {
    let kind = kind.replace("16 bit unsigned integer; between 0 and 65535 (both inclusive)", "port");
    let (list, one) = match kind.strip_prefix("list of ") {
        Some(one) => ("a list, each item ", one),
        None => ("", kind.as_str()),
    };
    let one = match one {
        "boolean" => "true or false",
        "signed integer" => "a whole number",
        "port" => "a port",
        "string" => "a text",
        other => other,
    };
    format!("{list}{one}")
}

/// The value in the type that an option has, as its description tells it; none when it does not fit. What is not
/// understood here is left to Nix.
pub(super) fn typed(kind: &str, value: &Json) -> Option<Value> {
    if let Some(rest) = kind.strip_prefix("null or ") {
        let nothing = value.is_null() || value == "null" || value == "none";
        return if nothing { Some(Value::Null) } else { typed(rest, value) };
    }
    if let Some(inner) = kind.strip_prefix("list of ").or_else(|| kind.strip_prefix("non-empty (list of ")) {
        let inner = inner.trim_end_matches(')');
        let items = match value {
            Json::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        return items.iter().map(|item| typed(inner, item)).collect::<Option<Vec<_>>>().map(Value::List);
    }
    if let Some(choices) = kind.strip_prefix("one of ") {
        let said = match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let choice = |choice: &&str| choice.trim_matches('"').eq_ignore_ascii_case(&said);
        let choice = choices.split(", ").find(choice)?;
        return if choice.starts_with('"') {
            Some(Value::Text(choice.trim_matches('"').to_owned()))
        } else {
            Value::parse(choice)
        };
    }
    // The alternatives of a type, where one of them is plain.
    if let Some((first, second)) = kind.split_once(" or ") {
        return typed(first, value).or_else(|| typed(second, value));
    }
    if kind.contains("package") {
        return as_package(value);
    }
    if kind.starts_with("boolean") {
        return match value {
            Json::Bool(truth) => Some(Value::Truth(*truth)),
            Json::String(text) => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" => Some(Value::Truth(true)),
                "false" | "no" | "off" => Some(Value::Truth(false)),
                _ => None,
            },
            _ => None,
        };
    }
    if kind.contains("integer") {
        return whole(kind, value).map(Value::Number);
    }
    if kind.starts_with("floating point") {
        return match value {
            Json::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Decimal),
            other => other.as_f64().map(Value::Decimal),
        };
    }
    if kind.starts_with("string") || kind.starts_with("strings") || kind.contains("path") {
        return match value {
            Json::String(text) => Some(Value::Text(text.clone())),
            Json::Number(number) => Some(Value::Text(number.to_string())),
            _ => None,
        };
    }
    match value {
        // A value of Nix's own, such as pkgs.linuxPackages_latest, is not text here.
        Json::String(text) if text.starts_with("pkgs.") => as_package(value),
        other => Value::from_json(other),
    }
}

fn as_package(value: &Json) -> Option<Value> {
    let text = value.as_str()?;
    if text.starts_with('/') {
        return Some(Value::Text(text.to_owned()));
    }
    AttributePath::parse(text.strip_prefix("pkgs.").unwrap_or(text)).map(Value::Package)
}

fn whole(kind: &str, value: &Json) -> Option<i64> {
    let number = match value {
        Json::String(text) => text.trim().parse().ok()?,
        other => other.as_i64()?,
    };
    let bounds = kind.split_once("between ").and_then(|(_, rest)| {
        let (low, rest) = rest.split_once(" and ")?;
        let high: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
        Some((low.trim().parse::<i64>().ok()?, high.parse::<i64>().ok()?))
    });
    let low = if kind.contains("unsigned") {
        0
    } else if kind.contains("positive") {
        1
    } else {
        i64::MIN
    };
    let (low, high) = bounds.unwrap_or((low, i64::MAX));
    (low..=high).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn values_take_the_type_of_their_option() {
        let port = "16 bit unsigned integer; between 0 and 65535 (both inclusive)";
        let package = |name: &str| Value::Package(AttributePath::parse(name).unwrap());
        for (kind, given, wanted) in [
            ("boolean", json!(true), Some(Value::Truth(true))),
            ("boolean", json!("off"), Some(Value::Truth(false))),
            ("boolean", json!("maybe"), None),
            ("boolean", json!(1), None),
            ("string", json!("a"), Some(text("a"))),
            ("string", json!(25), Some(text("25"))),
            ("string", json!(["a"]), None),
            ("null or string", json!("UTC"), Some(text("UTC"))),
            ("null or string", json!(null), Some(Value::Null)),
            ("signed integer", json!("5"), Some(Value::Number(5))),
            ("signed integer", json!("five"), None),
            ("unsigned integer, meaning >=0", json!(-1), None),
            (port, json!(65536), None),
            (port, json!(80), Some(Value::Number(80))),
            ("list of string", json!("a"), Some(Value::List(vec![text("a")]))),
            ("list of string", json!(["a", "b"]), Some(Value::List(vec![text("a"), text("b")]))),
            ("list of string", json!([["a"]]), None),
            ("one of \"yes\", \"no\"", json!("Yes"), Some(text("yes"))),
            ("one of \"yes\", \"no\"", json!("maybe"), None),
            ("one of 1, 2", json!(2), Some(Value::Number(2))),
            ("null or one of \"yes\", \"no\"", json!("no"), Some(text("no"))),
            ("null or package or absolute path", json!("zsh"), Some(package("zsh"))),
            ("package", json!("pkgs.zsh"), Some(package("zsh"))),
            ("package", json!("zsh; rm"), None),
            ("string or absolute path", json!("de"), Some(text("de"))),
            ("raw value", json!("pkgs.linuxPackages_latest"), Some(package("linuxPackages_latest"))),
            (
                "attribute set of (submodule)",
                json!({"a": 1}),
                Some(Value::Set(vec![(AttributePath::new(["a"]), Value::Number(1))])),
            ),
            ("floating point number", json!("0.5"), Some(Value::Decimal(0.5))),
        ] {
            assert_eq!(typed(kind, &given), wanted, "{given} as {kind}");
        }
    }
}
