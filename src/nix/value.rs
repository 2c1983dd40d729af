//! What a configuration says about a path once it is evaluated: the question for Nix, and its answer.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::selector;

/// The question, as a function of a machine: of what `nixosSystem` or `<nixpkgs/nixos>` gives.
const QUESTION: &str = include_str!("value.nix");

/// The question about a path, for `--apply`.
pub fn question(path: &[String]) -> String {
    let lines: Vec<&str> = QUESTION.lines().map(str::trim).collect();
    lines.join(" ").replace("@path@", &selector::literals(path))
}

/// What a configuration says about a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluated {
    /// The path that was asked for, as it is written.
    pub selector: String,
    /// What lies there.
    #[serde(flatten)]
    pub found: Found,
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Found {
    /// A value.
    Value {
        /// The value; what is no data stands between angle brackets: `<package vim-9.1>`.
        value: Value,
        /// The option that it belongs to.
        option: String,
        /// What the option takes.
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        takes: Option<String>,
        /// Where it was said; empty for a default.
        definitions: Vec<Definition>,
    },
    /// A set of options.
    Group {
        /// The names in it.
        names: Vec<String>,
        /// The options in it that the configuration itself sets.
        set: Vec<SetOption>,
    },
    /// Nothing.
    Missing {
        /// The name that is not there.
        missing: String,
        /// Where it is not.
        below: String,
        /// Names that come near.
        nearest: Vec<String>,
    },
}

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    /// The file.
    pub file: String,
    /// The line, where the file says it in so many words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What was said there.
    pub value: Value,
}

/// An option that a configuration sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetOption {
    /// Its path.
    pub option: String,
    /// Its value.
    pub value: Value,
    /// Where it was said.
    pub definitions: Vec<Definition>,
}

/// What Nix answers.
#[derive(Debug, Deserialize)]
struct Raw {
    kind: String,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    option: Vec<String>,
    #[serde(default, rename = "type")]
    takes: Option<String>,
    #[serde(default)]
    definitions: Vec<RawDefinition>,
    #[serde(default)]
    missing: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    set: Vec<RawSet>,
}

#[derive(Debug, Deserialize)]
struct RawDefinition {
    file: String,
    value: Value,
}

#[derive(Debug, Deserialize)]
struct RawSet {
    path: Vec<String>,
    value: Value,
    definitions: Vec<RawDefinition>,
}

/// From a file as Nix names it, and an option: the file as the person knows it, and the line that defines the option.
pub type Place<'a> = &'a dyn Fn(&str, &[String]) -> (String, Option<usize>);

/// Reads the answer. `place` names a file as the person knows it, and the line in it that defines an option.
pub fn read(text: &str, asked: &[String], place: Place<'_>) -> Option<Evaluated> {
    let raw: Raw = serde_json::from_str(text).ok()?;
    let located = |definitions: Vec<RawDefinition>, option: &[String]| -> Vec<Definition> {
        let one = |raw: RawDefinition| {
            let (file, line) = place(&raw.file, option);
            Definition { file, line, value: raw.value }
        };
        definitions.into_iter().map(one).collect()
    };
    let found = match raw.kind.as_str() {
        "value" => Found::Value {
            value: raw.value,
            definitions: located(raw.definitions, &raw.option),
            option: selector::shown(&raw.option),
            takes: raw.takes,
        },
        "group" => Found::Group {
            names: raw.names.into_iter().filter(|name| !name.starts_with('_')).collect(),
            set: raw
                .set
                .into_iter()
                .map(|set| SetOption {
                    option: selector::shown(&set.path),
                    definitions: located(set.definitions, &set.path),
                    value: set.value,
                })
                .collect(),
        },
        "missing" => Found::Missing {
            nearest: nearest(&raw.missing, raw.names),
            missing: raw.missing,
            below: selector::shown(&raw.path),
        },
        _ => return None,
    };
    Some(Evaluated { selector: selector::shown(asked), found })
}

/// The names that come near to one, best first.
pub fn nearest(name: &str, names: Vec<String>) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut rated: Vec<(f64, String)> = names
        .into_iter()
        .map(|other| {
            let lower = other.to_lowercase();
            (rapidfuzz::distance::jaro_winkler::similarity(wanted.chars(), lower.chars()), other)
        })
        .filter(|(rate, _)| *rate > 0.75)
        .collect();
    rated.sort_by(|one, other| other.0.total_cmp(&one.0));
    rated.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The path of a file of the flake below the flake's directory: what follows the copy's name in the store.
pub fn in_copy(file: &str) -> Option<&Path> {
    let rest = file.strip_prefix("/nix/store/").or_else(|| file.split_once("/nix/store/").map(|(_, rest)| rest))?;
    let (name, below) = rest.split_once('/')?;
    name.ends_with("-source").then(|| Path::new(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_nix_and_holds_the_path_as_strings() {
        let path = selector::parts("users.users.\"a b\".shell").unwrap();
        let question = question(&path);
        assert!(rnix::Root::parse(&question).errors().is_empty(), "{question}");
        assert!(question.contains("path = [ \"users\" \"users\" \"a b\" \"shell\" ];"), "{question}");
    }

    #[test]
    fn answers_are_read() {
        let asked = ["a".to_owned(), "b".to_owned()];
        let place = |file: &str, _: &[String]| (file.to_uppercase(), Some(3));
        let text = r#"{"kind":"value","path":["a","b"],"option":["a","b"],"value":true,"type":"boolean","definitions":[{"file":"x","value":true}]}"#;
        let Some(Evaluated { selector, found: Found::Value { value, definitions, .. } }) = read(text, &asked, &place)
        else {
            panic!("a value")
        };
        assert_eq!((selector.as_str(), value), ("a.b", Value::Bool(true)));
        assert_eq!((definitions[0].file.as_str(), definitions[0].line), ("X", Some(3)));
        let text = r#"{"kind":"missing","path":["networking"],"missing":"hostname","names":["hostName","domain"]}"#;
        let Some(Evaluated { found: Found::Missing { nearest, below, .. }, .. }) = read(text, &asked, &place) else {
            panic!("nothing")
        };
        assert_eq!((nearest, below.as_str()), (vec!["hostName".to_owned()], "networking"));
        assert!(read("[]", &asked, &place).is_none());
    }

    #[test]
    fn copies_of_the_flake_are_told_from_other_files() {
        assert_eq!(in_copy("/nix/store/abc-source/hosts/a.nix"), Some(Path::new("hosts/a.nix")));
        assert_eq!(in_copy("/tmp/d/nix/store/abc-source/a.nix"), Some(Path::new("a.nix")));
        assert_eq!(in_copy("/etc/nixos/a.nix"), None);
    }
}
