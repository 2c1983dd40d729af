//! Free text: what is looked for, described, or narrowed to; and names that only stand for themselves.

use serde_json::Value;

use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Line, Shape, Token};

/// The rest of a command's line.
pub(super) fn rest(tokens: &[Token]) -> Option<(usize, Value)> {
    let said: Vec<&str> =
        tokens.iter().filter(|token| token.shape != Shape::Flag).map(|token| token.text.as_str()).collect();
    (!said.is_empty()).then(|| (tokens.len(), Value::from(said.join(" "))))
}

/// The name of a program or a file.
pub(super) fn program(token: &Token) -> Option<String> {
    let text = token.raw.trim_matches(|c: char| !c.is_alphanumeric());
    let text = token.typed.as_deref().map_or(text, |typed| typed);
    // Where programs lie is no part of their names.
    let text = text.rsplit_once("bin/").map_or(text, |(_, name)| name);
    let plain = !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+/".contains(c))
        && !text.contains("..");
    // `libGL.so.1` keeps its capitals; a program at the beginning of a sentence does not have them.
    let text = if text.contains(['.', '/']) { text.to_owned() } else { text.to_lowercase() };
    (plain && !matches!(token.shape, Shape::Flag | Shape::Number)).then_some(text)
}

/// A binary cache: an address, or the name of one.
pub(super) fn cache(token: &Token) -> Option<String> {
    let text = if token.shape == Shape::Address { &token.raw } else { token.typed.as_ref().unwrap_or(&token.text) };
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/@".contains(c)) && !text.contains("..");
    (plain && !token.filler && matches!(token.shape, Shape::Address | Shape::Word | Shape::Path)).then(|| text.clone())
}

/// A flake's reference.
pub(super) fn flake(token: &Token) -> Option<String> {
    let reference = matches!(token.shape, Shape::Address | Shape::File) || token.text == "nixpkgs";
    let plain = token.raw.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/@#+~?=&".contains(c));
    (reference && plain && !token.raw.contains("../..")).then(|| token.raw.clone())
}

/// An output of a flake: what stands behind the `#`.
pub(super) fn attribute(token: &Token) -> Option<String> {
    let text = token.raw.split_once('#').map(|(_, attribute)| attribute)?;
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    plain.then(|| text.to_owned())
}

/// Words that wrap what is looked for.
fn wraps(token: &Token, classes: &[&str]) -> bool {
    token.filler
        || matches!(token.shape, Shape::Flag)
        || token.known.is_some_and(|word| {
            let lexicon = catalogue::lexicon();
            lexicon.senses(word).any(|sense| match sense {
                Sense::Class(class) => classes.contains(&lexicon.name(Table::Classes, class)),
                _ => false,
            })
        })
}

/// The content of a line: without the words around it that say what is to be done with it.
pub(super) fn content(line: &Line, wrapping: &[&str]) -> Option<String> {
    let tokens = unwrapped(&line.tokens, wrapping);
    let said: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let said = said.join(" ");
    is_clean(&said).then_some(said)
}

/// Tokens without those around them that only say what is to be done.
pub(super) fn unwrapped<'a>(tokens: &'a [Token], wrapping: &[&str]) -> &'a [Token] {
    let mut tokens = tokens;
    // What asks stands in front, what is polite behind.
    while let Some((first, rest)) = tokens.split_first()
        && wraps(first, wrapping)
        && !rest.is_empty()
    {
        tokens = rest;
    }
    while let Some((last, rest)) = tokens.split_last()
        && (last.filler && !matches!(last.text.as_str(), "on" | "off" | "up")
            || wraps(last, &["politeness", "greeting"]))
        && !rest.is_empty()
    {
        tokens = rest;
    }
    tokens
}

/// Words with a comma where one clause ends and the next begins.
pub(super) fn listed(tokens: &[Token]) -> Option<String> {
    let mut said = String::new();
    for (place, token) in tokens.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| tokens[place].clause);
        said.push_str(match before {
            None => "",
            Some(clause) if clause == token.clause => " ",
            Some(_) => ", ",
        });
        said.push_str(&token.text);
    }
    is_clean(&said).then_some(said)
}

/// Words without the one for a configuration, which everything that describes one has.
pub(super) fn without_configuration(tokens: &[Token]) -> Vec<Token> {
    let names = |token: &&Token| !matches!(token.text.as_str(), "configuration" | "configuration.nix");
    tokens.iter().filter(names).cloned().collect()
}

/// "Browsers" are looked for among names that say "browser".
pub(super) fn one_of_them(filter: &str) -> String {
    let several =
        filter.len() > 4 && !filter.ends_with("ss") && !catalogue::lexicon().find(filter).is_some_and(is_a_name);
    let one = if several { filter.strip_suffix('s').unwrap_or(filter) } else { filter };
    one.to_owned()
}

fn is_a_name(phrase: u32) -> bool {
    catalogue::lexicon().senses(phrase).any(Sense::is_name)
}

/// What words say, without any mending.
pub(super) fn as_typed(tokens: &[Token]) -> Option<String> {
    let said: Vec<&str> = tokens.iter().map(Token::as_typed).collect();
    let said = said.join(" ");
    is_clean(&said).then_some(said)
}

/// Whether a text has something to say and nothing of a shell.
pub(super) fn is_clean(said: &str) -> bool {
    !said.is_empty() && !said.chars().any(|c| "`$;|<>&\"\\".contains(c)) && !said.contains("..")
}
