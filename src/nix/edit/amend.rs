//! Mending a module whose text is Nix and yet wrong: a name that is another now, a name given twice, a definition that must
//! win, a list in a function. Like changes, these are the smallest splices, and what cannot be done safely is not done.

mod duplicate;
mod forgotten;

pub use duplicate::{Pair, both, pair, without};
pub use forgotten::{Forgotten, forgotten};

use rnix::SyntaxKind;
use rnix::ast::{self, AttrpathValue, Expr, HasEntry as _};
use rowan::ast::AstNode as _;

use super::path::{AttributePath, dotted};
use super::scope::{self, peel};
use super::survey::{Call, Definition, Survey};
use super::text::{Lines, Splice, bytes, spliced};
use super::value::Value;
use super::{Cannot, Module, place};

/// Gives an option another name wherever the module sets it or a part of it, also where that holds only sometimes. None
/// when the module does not set it.
///
/// # Errors
/// When the text is no module, or a definition would have to move to where it means something else.
pub fn rename_option(text: &str, from: &AttributePath, to: &AttributePath) -> Result<Option<String>, Cannot> {
    let lines = Lines(text);
    let module = Module::parse(lines)?;
    let (old, new) = (module.path(from), module.path(to));
    let survey = Survey::of(&module.body, &old, lines);
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let there = Survey::of(&module.body, &new, lines);
    let mut splices = Vec::new();
    let entries = survey.exact.iter().map(|definition| &definition.entry).chain(&survey.parts);
    for entry in entries {
        let Some(attrpath) = entry.attrpath() else { continue };
        let depth = depth(entry, &survey, old.len());
        let definition = survey.exact.iter().find(|definition| definition.entry == *entry);
        if let (Some(definition), false) = (definition, there.exact.is_empty()) {
            splices.push(told_twice(definition, &there, lines)?);
        } else if depth <= same {
            // The names on the way stay: only what stands in this entry is another.
            let written: Vec<_> = attrpath.attrs().take(old.len() - depth).collect();
            let (Some(first), Some(last)) = (written.first(), written.last()) else { continue };
            let range = bytes(first.syntax().text_range()).start..bytes(last.syntax().text_range()).end;
            splices.push(Splice { range, text: dotted(&new[depth..]) });
        } else {
            splices.extend(moved(entry, &module, &survey, &new, lines)?);
        }
    }
    if splices.is_empty() {
        return Ok(None);
    }
    let changed = good(spliced(text, &splices))?;
    let module = Module::parse(Lines(&changed))?;
    let left = Survey::of(&module.body, &old, Lines(&changed));
    if left.exact.is_empty() && left.parts.is_empty() { Ok(Some(changed)) } else { Err(Cannot::Unsure) }
}

/// Under its other name the option is defined as well: what says the same can go.
fn told_twice(definition: &Definition, there: &Survey, text: Lines<'_>) -> Result<Splice, Cannot> {
    let value = Value::read(&definition.value);
    let same = |other: &Definition| other.only.is_none() && value.is_some() && Value::read(&other.value) == value;
    if definition.only.is_none() && there.exact.iter().any(same) {
        Ok(place::remove(&definition.entry, text))
    } else {
        Err(Cannot::Unsure)
    }
}

/// So many names lead to the set that an entry stands in.
fn depth(entry: &AttrpathValue, survey: &Survey, length: usize) -> usize {
    let known = survey.siblings.iter().find(|sibling| sibling.entry == *entry).map(|sibling| sibling.depth);
    let own = entry.attrpath().map_or(0, |path| path.attrs().count());
    known.unwrap_or_else(|| length.saturating_sub(own))
}

/// Takes a definition out and makes it anew where its other name belongs.
fn moved(
    entry: &AttrpathValue,
    module: &Module,
    survey: &Survey,
    new: &[String],
    text: Lines<'_>,
) -> Result<Vec<Splice>, Cannot> {
    let definition = survey.exact.iter().find(|definition| definition.entry == *entry).ok_or(Cannot::Unsure)?;
    if let Some(only) = &definition.only {
        return Err(only.clone());
    }
    let value = Value::Code(definition.value.syntax().text().to_string());
    let there = Survey::of(&module.body, new, text);
    if !(there.exact.is_empty() && there.parts.is_empty()) {
        return Err(Cannot::Unsure);
    }
    Ok(vec![place::remove(entry, text), place::define(&there, new, &value, text)?])
}

/// Gives a name that is used in a line another spelling. None when it is not used there, or more than once.
///
/// # Errors
/// When the text is no Nix.
pub fn rename_use(text: &str, line: usize, from: &str, to: &AttributePath) -> Result<Option<String>, Cannot> {
    let lines = Lines(text);
    let parse = rnix::Root::parse(text);
    if !parse.errors().is_empty() {
        return Err(Cannot::Syntax { line });
    }
    let key = |token: &rnix::SyntaxToken| {
        let path = token.parent_ancestors().find_map(ast::Attrpath::cast);
        path.and_then(|path| path.syntax().parent()).is_some_and(|parent| AttrpathValue::can_cast(parent.kind()))
    };
    let tokens = parse.tree().syntax().descendants_with_tokens().filter_map(rowan::NodeOrToken::into_token);
    let found: Vec<_> = tokens
        .filter(|token| token.kind() == SyntaxKind::TOKEN_IDENT && token.text() == from && !key(token))
        .filter(|token| line == 0 || lines.number(bytes(token.text_range()).start) == line)
        .collect();
    let [only] = found.as_slice() else { return Ok(None) };
    let splice = Splice { range: bytes(only.text_range()), text: dotted(to.names()) };
    good(spliced(text, &[splice])).map(Some)
}

/// Takes one more argument, so that the module knows this name. None when it knows it.
///
/// # Errors
/// When the text is no module, or its function cannot take it.
pub fn take_argument(text: &str, name: &'static str) -> Result<Option<String>, Cannot> {
    let lines = Lines(text);
    let module = Module::parse(lines)?;
    let inside =
        module.body.entries().next().map_or_else(|| module.body.syntax().clone(), |entry| entry.syntax().clone());
    let splices = scope::with_arguments(&inside, &[name], &module, lines)?;
    if splices.is_empty() { Ok(None) } else { good(spliced(text, &splices)).map(Some) }
}

/// Puts the definition of an option above all others with `lib.mkForce`. None when the module does not always define it, or
/// the definition is above already.
///
/// # Errors
/// When the text is no module, or the definition cannot be given a priority.
pub fn force(text: &str, option: &AttributePath) -> Result<Option<String>, Cannot> {
    let lines = Lines(text);
    let module = Module::parse(lines)?;
    let survey = Survey::of(&module.body, &module.path(option), lines);
    let Some(definition) = survey.exact.iter().find(|definition| definition.only.is_none()) else { return Ok(None) };
    let mut value = definition.value.clone();
    if let Expr::Apply(apply) = peel(value.clone()) {
        let call = Call::of(&apply);
        match (call.name.as_str(), call.arguments.last()) {
            ("mkForce", _) => return Ok(None),
            // A weaker priority gives way to this one.
            ("mkDefault" | "mkOverride", Some(content)) => value = content.clone(),
            _ => {}
        }
    }
    let written = value.syntax().text().to_string();
    let one = matches!(
        value,
        Expr::Literal(_)
            | Expr::Str(_)
            | Expr::List(_)
            | Expr::AttrSet(_)
            | Expr::Ident(_)
            | Expr::Paren(_)
            | Expr::Select(_)
    );
    let forced = if one { format!("lib.mkForce {written}") } else { format!("lib.mkForce ({written})") };
    let mut splices = scope::with_arguments(definition.value.syntax(), &["lib"], &module, lines)?;
    splices.push(Splice { range: bytes(definition.value.syntax().text_range()), text: forced });
    good(spliced(text, &splices)).map(Some)
}

/// The text, if it is Nix.
fn good(text: Option<String>) -> Result<String, Cannot> {
    text.filter(|text| rnix::Root::parse(text).errors().is_empty()).ok_or(Cannot::Unsure)
}

#[cfg(test)]
mod tests;
