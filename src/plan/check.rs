//! Whether an edited configuration really says what it was edited to say: an expression for Nix, and what must come of it.

use serde_json::Value as Json;

use crate::nix::edit::Change;
use crate::nix::edit::path::{AttributePath, attribute};
use crate::nix::edit::value::{Value, quoted};

/// What the evaluated configuration must say about an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    option: AttributePath,
    /// What Nix is asked.
    expression: String,
    /// What it must answer.
    want: Want,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Want {
    /// This, or a text or list that has this in it.
    Is(Json),
    /// A list with this in it.
    Has(Json),
    /// A list without this in it.
    HasNot(Json),
    /// Anything: that it can be evaluated is enough.
    Anything,
}

impl Expectation {
    /// What must hold after a change. `above` is where the option lies, when not at the top.
    pub(super) fn of(change: &Change, above: &AttributePath) -> Self {
        let option = change.option().below(above);
        let value = format!("machine.config.{option}");
        let (expression, want) = match change {
            Change::Add(_, Value::Text(name)) if is_predicate(&option) => {
                (accepts(&value, std::slice::from_ref(name)), Want::Is(Json::Bool(true)))
            }
            Change::Set(_, Value::Predicate(names)) => (accepts(&value, names), Want::Is(Json::Bool(true))),
            Change::Add(_, Value::Package(_)) | Change::Remove(_, Value::Package(_)) => {
                let names = format!("map (package: package.name or \"\") {value}");
                (format!("builtins.deepSeq ({names}) true"), Want::Anything)
            }
            Change::Add(_, item) => (value, item.to_json().map_or(Want::Anything, Want::Has)),
            Change::Remove(_, item) => (value, item.to_json().map_or(Want::Anything, Want::HasNot)),
            Change::Set(_, Value::Set(_)) => (format!("builtins.attrNames {value}"), Want::Anything),
            Change::Set(_, wanted) => match wanted.to_json() {
                Some(json) => (value, Want::Is(json)),
                None => (format!("{value}.name or \"\""), Want::Anything),
            },
            Change::Unset(_) => {
                let (last, above) = option.names().split_last().map_or(("", [].as_slice()), |(l, a)| (l.as_str(), a));
                let above = AttributePath::new(above.to_vec());
                (format!("machine.config.{above} ? {}", attribute(last)), Want::Is(Json::Bool(false)))
            }
        };
        Self { option, expression, want }
    }

    /// The expression that asks for all of them.
    pub(super) fn question(expectations: &[Self]) -> String {
        let each: Vec<String> =
            expectations.iter().map(|expectation| format!("({})", expectation.expression)).collect();
        format!("[ {} ]", each.join(" "))
    }

    /// What is not as expected, in a sentence.
    pub fn unmet(expectations: &[Self], answers: &str) -> Option<String> {
        let answers = serde_json::from_str::<Vec<Json>>(answers).ok();
        let Some(answers) = answers.filter(|answers| answers.len() == expectations.len()) else {
            return Some("Nix did not say what the edited configuration has.".to_owned());
        };
        let wrong = expectations.iter().zip(&answers).find(|(expectation, answer)| !expectation.want.met(answer))?;
        let (expectation, answer) = wrong;
        let mut shown = answer.to_string();
        if shown.chars().count() > 200 {
            shown = shown.chars().take(200).chain(['…']).collect();
        }
        let option = &expectation.option;
        Some(match &expectation.want {
            Want::HasNot(item) => format!("{option} still has {item}: another part of the system puts it there."),
            Want::Is(Json::Bool(false)) if expectation.expression.contains(" ? ") => {
                format!("{option} is still there: another part of the configuration defines it.")
            }
            Want::Is(_) | Want::Has(_) | Want::Anything => {
                format!("{option} is {shown} in spite of the edit: another part of the configuration overrides it.")
            }
        })
    }
}

/// Whether an option is a function of a package.
fn is_predicate(option: &AttributePath) -> bool {
    option.names().last().is_some_and(|last| last.ends_with("Predicate"))
}

/// Asks whether a function is true for packages of all these names.
fn accepts(function: &str, names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("builtins.all (name: {function} {{ inherit name; pname = name; }}) [ {} ]", names.join(" "))
}

impl Want {
    fn met(&self, answer: &Json) -> bool {
        match (self, answer) {
            (Self::Is(Json::Number(wanted)), Json::Number(answer)) => wanted.as_f64() == answer.as_f64(),
            // Definitions of some types are joined.
            (Self::Is(Json::String(wanted)), Json::String(answer)) => answer.contains(wanted),
            (Self::Is(Json::Array(wanted)), Json::Array(answer)) => wanted.iter().all(|item| answer.contains(item)),
            // An option may make another type of what it is given.
            (Self::Is(wanted), answer) => {
                wanted == answer || std::mem::discriminant(wanted) != std::mem::discriminant(answer)
            }
            (Self::Has(item), Json::Array(answer)) => answer.contains(item),
            (Self::HasNot(item), Json::Array(answer)) => !answer.contains(item),
            (Self::Anything | Self::Has(_) | Self::HasNot(_), _) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> AttributePath {
        AttributePath::parse(text).unwrap()
    }

    fn expects(change: &Change, answer: &str) -> Option<String> {
        let expectations = [Expectation::of(change, &AttributePath::new(Vec::<String>::new()))];
        Expectation::unmet(&expectations, &format!("[{answer}]"))
    }

    #[test]
    fn what_nix_says_is_held_against_what_was_wanted() {
        let on = Change::Set(path("a.b"), Value::Truth(true));
        assert_eq!(expects(&on, "true"), None);
        assert_eq!(expects(&on, "{}"), None, "it may have become another type");
        assert!(expects(&on, "null").is_none() && expects(&on, "1").is_none());
        let off = expects(&Change::Set(path("a.b"), Value::Number(1)), "2").unwrap();
        assert_eq!(off, "a.b is 2 in spite of the edit: another part of the configuration overrides it.");
        let zone = Change::Set(path("time.timeZone"), Value::Text("UTC".to_owned()));
        assert_eq!(expects(&zone, "\"UTC\""), None);
        assert!(expects(&zone, "\"Europe/Berlin\"").is_some());
        let open = Change::Add(path("a.\"b c\""), Value::Number(80));
        assert_eq!(expects(&open, "[22,80]"), None);
        assert!(expects(&open, "[22]").is_some());
        let close = Change::Remove(path("a.b"), Value::Number(22));
        assert!(expects(&close, "[22]").unwrap().contains("still has 22"));
        assert!(expects(&Change::Unset(path("users.users.bob")), "true").unwrap().contains("still there"));
        assert!(expects(&on, "").is_some());
    }

    #[test]
    fn the_question_is_nix() {
        let none = AttributePath::new(Vec::<String>::new());
        let changes = [
            Change::Set(path("a.\"b.c\".d"), Value::Truth(true)),
            Change::Add(path("x.y"), Value::Package(path("git"))),
            Change::Unset(path("users.users.\"b b\"")),
            Change::Set(path("x.shell"), Value::Package(path("zsh"))),
            Change::Set(path("x.s"), Value::Set(vec![])),
        ];
        let expectations: Vec<_> = changes.iter().map(|change| Expectation::of(change, &none)).collect();
        let question = Expectation::question(&expectations);
        assert!(rnix::Root::parse(&question).errors().is_empty(), "{question}");
    }
}
