//! The values of slots, read where they stand: numbers in words, ages, releases, names.

mod choices;
mod chosen;
mod counts;
mod fill;
mod names;
mod numbers;
mod objects;
mod people;
mod places;
mod pointed;
mod settings;
mod texts;
mod times;

use serde_json::Value;

pub(super) use counts::only_counts;
pub(super) use fill::{fill, fill_by, sought};

use super::line::{Line, Shape, Token};
use crate::catalogue::data::Kind;

/// Reads a value that begins at this token: how many tokens it takes, and the value as scripts want it.
pub(super) fn read(kind: Kind, line: &Line, at: usize) -> Option<(usize, Value)> {
    let tokens = line.tokens.get(at..)?;
    let one = |text: Option<String>| text.map(|text| (1, Value::from(text)));
    match kind {
        // "twenty five oh five" is a release, never a generation.
        Kind::Number if times::release(tokens).is_some_and(|(length, _)| length > 1) => None,
        Kind::Number => numbers::number(tokens).map(|(length, number)| (length, Value::from(number))),
        Kind::Numbers => numbers::numbers(tokens).map(|(length, numbers)| (length, Value::from(numbers))),
        Kind::Age => times::age(tokens),
        Kind::When => times::when(tokens),
        Kind::Release if times::comes_from(line, at) => None,
        Kind::Release => times::release(tokens),
        Kind::Inputs => inputs(tokens),
        Kind::Name | Kind::Secret => name(tokens.first()?).map(|name| (1, Value::from(name))),
        Kind::Address => address(tokens.first()?),
        Kind::Label => label(tokens),
        Kind::Topic => topic(tokens),
        Kind::Concepts => names::concepts(tokens),
        Kind::Package => names::package(tokens).map(|(length, name)| (length, Value::from(name))),
        Kind::Packages => names::packages(tokens).map(|(length, names)| (length, Value::from(names))),
        Kind::Service => names::service(tokens).map(|(length, name)| (length, Value::from(name))),
        Kind::Stack => names::stacks(tokens),
        Kind::Language => names::stack(tokens).map(|(length, name)| (length, Value::from(name))),
        Kind::Program => one(texts::program(tokens.first()?)),
        Kind::Setting | Kind::Selector => settings::setting(tokens).map(|(length, name)| (length, Value::from(name))),
        Kind::Value => Some((tokens.len(), settings::value(tokens)?)),
        Kind::Ports => people::ports(tokens).map(|(length, ports)| (length, Value::from(ports))),
        Kind::User => one(people::account(tokens.first()?)),
        Kind::Groups => people::groups(tokens).map(|(length, groups)| (length, Value::from(groups))),
        Kind::Host => one(people::host(tokens.first()?)),
        Kind::Hosts => people::hosts(tokens).map(|(length, hosts)| (length, Value::from(hosts))),
        Kind::Target => one(people::target(tokens.first()?)),
        Kind::Cache => one(texts::cache(tokens.first()?)),
        Kind::Flake => one(texts::flake(tokens.first()?)),
        Kind::Attribute => one(texts::attribute(tokens.first()?).or_else(|| name(&tokens[0]).map(str::to_owned))),
        Kind::Filter if tokens.first()?.text == "grep" => {
            texts::rest(&tokens[1..]).map(|(length, value)| (length + 1, value))
        }
        Kind::Query | Kind::Filter | Kind::Part | Kind::Description | Kind::Arguments => texts::rest(tokens),
        Kind::Truth | Kind::Choice | Kind::Pasted => None,
    }
}

/// Whether a value of this kind says by itself what it is for, so that it can stand alone in a conversation.
pub(super) fn tells(kind: Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Numbers | Kind::Age | Kind::Release)
}

/// A plain name: nothing that a path, a shell or an option would read otherwise.
fn name(token: &Token) -> Option<&str> {
    let text = token.as_typed();
    let fits = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 100
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
        && !text.contains("..");
    let meaning = token.shape == Shape::Word
        && !token.filler
        && !matches!(
            text,
            "channel"
                | "not"
                | "system"
                | "configuration"
                | "specialisation"
                | "profile"
                | "generation"
                | "home"
                | "user"
                | "shell"
        );
    (fits && meaning).then_some(text)
}

fn inputs(tokens: &[Token]) -> Option<(usize, Value)> {
    let mut names: Vec<&str> = Vec::new();
    let mut length = 0;
    loop {
        let token = tokens.get(length)?;
        let input = name(token).filter(|text| {
            !matches!(
                *text,
                "input" | "inputs" | "flake" | "all" | "everything" | "channel" | "other" | "one" | "these" | "new"
            )
        });
        let Some(input) = input else { break };
        names.push(input);
        length += 1;
        match tokens.get(length).map(|token| token.text.as_str()) {
            Some("and") => length += 1,
            _ => break,
        }
    }
    (!names.is_empty()).then(|| (length, Value::from(names)))
}

fn address(token: &Token) -> Option<(usize, Value)> {
    let text = token.text.as_str();
    let scheme = ["https://", "http://", "github:", "gitlab:", "sourcehut:", "git+https://"];
    let fits = scheme.iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    (fits && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+/:~@%=#".contains(c)) && !text.contains(".."))
        .then(|| (1, Value::from(text)))
}

/// The rest of the clause.
fn label(tokens: &[Token]) -> Option<(usize, Value)> {
    let clause = tokens.first()?.clause;
    let length = tokens.iter().take(8).take_while(|token| token.clause == clause).count();
    texts::as_typed(&tokens[..length]).map(|said| (length, Value::from(said)))
}

fn topic(tokens: &[Token]) -> Option<(usize, Value)> {
    let token = tokens.first()?;
    if token.text == "home" && tokens.get(1).is_some_and(|next| next.text == "manager") {
        return Some((2, Value::from("home-manager")));
    }
    name(token).map(|_| (1, Value::from(token.text.as_str())))
}
