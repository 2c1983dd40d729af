//! A name that is given twice in the same set.

use rnix::ast::{self, AttrpathValue, Expr};
use rowan::ast::AstNode as _;

use super::{Cannot, good};
use crate::nix::edit::path::AttributePath;
use crate::nix::edit::scope::{peel, plain_names};
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

/// The entries of these lines that are this name, or the end of it: one in each, and not the same one.
fn entries(text: &str, name: &AttributePath, lines: (usize, usize)) -> Option<(AttrpathValue, AttrpathValue)> {
    let parse = rnix::Root::parse(text);
    let all = parse.tree().syntax().descendants().filter_map(AttrpathValue::cast);
    let is = |entry: &AttrpathValue| {
        let written = entry.attrpath().and_then(|path| plain_names(&path));
        written.is_some_and(|written| name.names().ends_with(&written))
    };
    let named: Vec<AttrpathValue> = all.filter(is).collect();
    let line = |entry: &AttrpathValue| Lines(text).number(bytes(entry.syntax().text_range()).start);
    let one = |wanted: usize| {
        let mut there = named.iter().filter(|entry| line(entry) == wanted);
        there.next().filter(|_| there.next().is_none()).cloned()
    };
    let (first, second) = (one(lines.0)?, one(lines.1)?);
    (first != second).then_some((first, second))
}

/// What a name is given in two lines of a text. None where that is not plain.
pub fn pair(text: &str, name: &AttributePath, lines: (usize, usize)) -> Option<Pair> {
    let (first, second) = entries(text, name, lines)?;
    let (one, other) = (first.value()?, second.value()?);
    let written = |value: &Expr| value.syntax().text().to_string();
    let same = match (Value::read(&one), Value::read(&other)) {
        (Some(one), Some(other)) => one == other,
        _ => written(&one) == written(&other),
    };
    let lists = list(&one).is_some() && list(&other).is_some();
    Some(Pair { first: written(&one), second: written(&other), same, lists })
}

/// The text without the second or the first of the two.
///
/// # Errors
/// When the two are not found, or the result would be no Nix.
pub fn without(text: &str, name: &AttributePath, lines: (usize, usize), second: bool) -> Result<String, Cannot> {
    let (first, other) = entries(text, name, lines).ok_or(Cannot::Unsure)?;
    let goes = if second { other } else { first };
    good(spliced(text, &[place::remove(&goes, Lines(text))]))
}

/// The text with both lists in one, where the longer of them is; an item that both have stays once.
///
/// # Errors
/// When they are no two lists, or the result would be no Nix.
pub fn both(text: &str, name: &AttributePath, lines: (usize, usize)) -> Result<String, Cannot> {
    let (first, second) = entries(text, name, lines).ok_or(Cannot::Unsure)?;
    let value = |entry: &AttrpathValue| entry.value().as_ref().and_then(list);
    let (Some(one), Some(other)) = (value(&first), value(&second)) else { return Err(Cannot::Unsure) };
    let second_is_longer = other.1.items().count() > one.1.items().count();
    let ((into, from), (stays, goes)) =
        if second_is_longer { ((other, one), (second, first)) } else { ((one, other), (first, second)) };
    let lines = Lines(text);
    let mut splices = vec![place::remove(&goes, lines)];
    if into.0 == from.0 {
        splices.extend(added(&into.1, &from.1, lines));
    } else {
        // What names mean differs in the two, so each keeps what is around it.
        let (Some(kept), Some(more)) = (stays.value(), goes.value()) else { return Err(Cannot::Unsure) };
        splices.push(Splice {
            range: bytes(kept.syntax().text_range()),
            text: format!("{} ++ {}", operand(&kept), operand(&more)),
        });
    }
    good(spliced(text, &splices))
}

/// The splice that adds to a list the items of another which it does not have.
fn added(into: &ast::List, from: &ast::List, text: Lines<'_>) -> Option<Splice> {
    let known: Vec<String> = into.items().map(|item| item.syntax().text().to_string()).collect();
    let new: Vec<String> = from.items().map(|item| item.syntax().text().to_string()).collect();
    let new: Vec<&String> = new.iter().filter(|item| !known.contains(item)).collect();
    let closing = bytes(into.syntax().text_range()).end - 1;
    let end = into.items().last().map(|item| bytes(item.syntax().text_range()).end);
    if new.is_empty() {
        return None;
    }
    if !text.leads(closing) {
        let items = new.iter().fold(String::new(), |items, item| items + " " + item);
        return Some(Splice::insert(end.unwrap_or(closing), items));
    }
    let indentation = match end {
        Some(end) if text.start(end) > bytes(into.syntax().text_range()).start => text.indentation(end).to_owned(),
        _ => format!("{}{}", text.indentation(closing), text.step()),
    };
    let newline = text.newline(closing);
    let items = new.iter().fold(String::new(), |items, item| items + &indentation + item + newline);
    Some(Splice::insert(text.start(closing), items))
}

/// A value as it stands beside an operator.
fn operand(value: &Expr) -> String {
    let written = value.syntax().text().to_string();
    if matches!(value, Expr::With(_)) { format!("({written})") } else { written }
}

/// A list, by itself or behind `with …;`, and what is written before it.
fn list(value: &Expr) -> Option<(String, ast::List)> {
    match peel(value.clone()) {
        Expr::List(list) => Some((String::new(), list)),
        Expr::With(with) => match (with.namespace()?, peel(with.body()?)) {
            (around, Expr::List(list)) => Some((around.syntax().text().to_string(), list)),
            _ => None,
        },
        _ => None,
    }
}
