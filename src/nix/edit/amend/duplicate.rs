//! A name that is given twice in the same set.

use rnix::ast::{AttrpathValue, Expr};
use rowan::ast::AstNode as _;

use super::{Cannot, good, last_name};
use crate::nix::edit::scope::peel;
use crate::nix::edit::text::{Lines, Splice, bytes, spliced};
use crate::nix::edit::{place, value::Value};

/// The two values of a name, as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The first.
    pub first: String,
    /// The second.
    pub second: String,
    /// Whether both say the same.
    pub same: bool,
    /// Whether both are lists, which can be one.
    pub lists: bool,
}

/// The entries of these lines that end in this name: one in each, and not the same one.
fn entries(text: &str, name: &str, lines: (usize, usize)) -> Option<(AttrpathValue, AttrpathValue)> {
    let parse = rnix::Root::parse(text);
    let all = parse.tree().syntax().descendants().filter_map(AttrpathValue::cast);
    let named: Vec<AttrpathValue> = all.filter(|entry| last_name(entry).as_deref() == Some(name)).collect();
    let line = |entry: &AttrpathValue| Lines(text).number(bytes(entry.syntax().text_range()).start);
    let one = |wanted: usize| {
        let mut there = named.iter().filter(|entry| line(entry) == wanted);
        there.next().filter(|_| there.next().is_none()).cloned()
    };
    let (first, second) = (one(lines.0)?, one(lines.1)?);
    (first != second).then_some((first, second))
}

/// What a name is given in two lines of a text. None where that is not plain.
pub fn pair(text: &str, name: &str, lines: (usize, usize)) -> Option<Pair> {
    let (first, second) = entries(text, name, lines)?;
    let (one, other) = (first.value()?, second.value()?);
    let written = |value: &Expr| value.syntax().text().to_string();
    let same = match (Value::read(&one), Value::read(&other)) {
        (Some(one), Some(other)) => one == other,
        _ => written(&one) == written(&other),
    };
    let lists = matches!((list(&one), list(&other)), (Some((one, _)), Some((other, _))) if one == other);
    Some(Pair { first: written(&one), second: written(&other), same, lists })
}

/// The text without the second or the first of the two.
///
/// # Errors
/// When the two are not found, or the result would be no Nix.
pub fn without(text: &str, name: &str, lines: (usize, usize), second: bool) -> Result<String, Cannot> {
    let (first, other) = entries(text, name, lines).ok_or(Cannot::Unsure)?;
    let goes = if second { other } else { first };
    good(spliced(text, &[place::remove(&goes, Lines(text))]))
}

/// The text with the items of the second list behind those of the first; an item that both have stays once.
///
/// # Errors
/// When they are no two lists, or the result would be no Nix.
pub fn both(text: &str, name: &str, lines: (usize, usize)) -> Result<String, Cannot> {
    let (first, second) = entries(text, name, lines).ok_or(Cannot::Unsure)?;
    let value = |entry: &AttrpathValue| entry.value().as_ref().and_then(list).map(|(_, list)| list);
    let (Some(into), Some(from)) = (value(&first), value(&second)) else { return Err(Cannot::Unsure) };
    let known: Vec<String> = into.items().map(|item| item.syntax().text().to_string()).collect();
    let new: Vec<String> = from.items().map(|item| item.syntax().text().to_string()).collect();
    let new: Vec<&String> = new.iter().filter(|item| !known.contains(item)).collect();
    let lines = Lines(text);
    let mut splices = vec![place::remove(&second, lines)];
    let closing = bytes(into.syntax().text_range()).end - 1;
    let end = into.items().last().map(|item| bytes(item.syntax().text_range()).end);
    if !new.is_empty() {
        splices.push(if lines.leads(closing) {
            let indentation = match end {
                Some(end) if lines.start(end) > bytes(into.syntax().text_range()).start => lines.indentation(end).to_owned(),
                _ => format!("{}{}", lines.indentation(closing), lines.step()),
            };
            let newline = lines.newline(closing);
            let items: String = new.iter().map(|item| format!("{indentation}{item}{newline}")).collect();
            Splice { range: lines.start(closing)..lines.start(closing), text: items }
        } else {
            let items: String = new.iter().map(|item| format!(" {item}")).collect();
            let at = end.unwrap_or(closing);
            Splice { range: at..at, text: items }
        });
    }
    good(spliced(text, &splices))
}

/// A list, by itself or behind `with …;`, and what is written before it.
fn list(value: &Expr) -> Option<(String, rnix::ast::List)> {
    match peel(value.clone()) {
        Expr::List(list) => Some((String::new(), list)),
        Expr::With(with) => match (with.namespace()?, peel(with.body()?)) {
            (around, Expr::List(list)) => Some((around.syntax().text().to_string(), list)),
            _ => None,
        },
        _ => None,
    }
}

