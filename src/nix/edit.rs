//! Editing modules: from one change to the smallest splice of a text. Everything else stays, byte for byte; what cannot be
//! done safely is not done, and the reason is given.

pub mod amend;
mod list;
pub mod look;
mod module;
pub mod path;
mod place;
mod scope;
mod survey;
mod text;
pub mod value;

#[cfg(test)]
mod tests;

use std::fmt;

use rnix::ast::{Expr, HasEntry as _};
use rowan::ast::AstNode as _;

use list::Pieces;
use module::Module;
use path::AttributePath;
use survey::{Definition, Survey};
pub use text::Splice;
use text::{Lines, bytes, spliced};
use value::Value;

/// One change of one option.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An item into a list.
    Add(AttributePath, Value),
    /// An item out of a list.
    Remove(AttributePath, Value),
    /// A value, whatever it was before.
    Set(AttributePath, Value),
    /// No definition any more, nor of any part of it.
    Unset(AttributePath),
}

impl Change {
    /// The option that changes.
    pub fn option(&self) -> &AttributePath {
        match self {
            Self::Add(option, _) | Self::Remove(option, _) | Self::Set(option, _) | Self::Unset(option) => option,
        }
    }

    /// The lines that a person would write to have it.
    pub fn by_hand(&self) -> String {
        match self {
            Self::Add(option, item) => {
                value::by_hand(option, &alone(option.names().last().map_or("", String::as_str), item))
            }
            Self::Set(option, wanted) => value::by_hand(option, wanted),
            Self::Remove(option, item) => format!("{option}: without {}", list::shown(item)),
            Self::Unset(option) => format!("{option}: no definition"),
        }
    }
}

/// What a change comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text with the change, and what was exchanged for it.
    Text(String, Vec<Splice>),
    /// It says so already.
    Already,
}

/// Why an option is not changed where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is defined under a condition: `lib.mkIf`, `lib.optionals`, `if`.
    Conditional(String),
    /// It is put together with `mkMerge`.
    Merged,
    /// A whole set has a priority: `lib.mkForce { … }`.
    Priority(String),
    /// It is the result of a function, or of anything else that is not plain data.
    Computed,
    /// A name on the way is computed.
    Dynamic,
    /// It comes from a list of this name, which others use, too.
    Shared(String),
}

/// Why a text is not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cannot {
    /// It is no Nix.
    Syntax {
        /// Where, from 1.
        line: usize,
    },
    /// It is Nix, but no module that is written out.
    NoModule,
    /// Something stands in the way.
    At {
        /// What.
        why: Why,
        /// Where, from 1.
        line: usize,
    },
    /// This argument is not known there, and nothing can be added that would make it known.
    NoArgument(&'static str),
    /// The option is a set of parts here, not a value.
    Parts {
        /// Where, from 1.
        line: usize,
    },
    /// The result would not say what it should; a shape that was not thought of.
    Unsure,
}

impl Cannot {
    /// The line that it is about.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Syntax { line } | Self::At { line, .. } | Self::Parts { line } => Some(*line),
            Self::NoModule | Self::NoArgument(_) | Self::Unsure => None,
        }
    }
}

impl fmt::Display for Cannot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line } => write!(f, "it has a syntax error in line {line}"),
            Self::NoModule => f.write_str("it is no module of a system that is written out as a set"),
            Self::At { why, line } => match why {
                Why::Conditional(condition) => {
                    write!(f, "line {line} makes it depend on a condition ({condition})")
                }
                Why::Merged => write!(f, "line {line} puts it together with mkMerge"),
                Why::Priority(function) => write!(f, "line {line} gives a priority to the set around it ({function})"),
                Why::Computed => write!(f, "line {line} computes it"),
                Why::Shared(name) => {
                    write!(f, "line {line} is the list {name}, and more than this is made of it")
                }
                Why::Dynamic => write!(f, "line {line} has a name that is computed, which may or may not be this one"),
            },
            Self::NoArgument(name) => write!(f, "the module does not take {name}, and could not be made to"),
            Self::Parts { line } => write!(f, "line {line} defines parts of it"),
            Self::Unsure => f.write_str("its shape is not one that ask-nix knows"),
        }
    }
}

/// Makes a change in the text of a module.
///
/// # Errors
/// When the text is no module, or the change cannot be made there safely.
pub fn apply(text: &str, change: &Change) -> Result<Edited, Cannot> {
    let lines = Lines(text);
    let module = Module::parse(lines)?;
    let path = module.path(change.option());
    let survey = Survey::of(&module.body, &path, lines);
    let splices = match change {
        Change::Add(_, item) => add(&module, &survey, &path, item, lines)?,
        Change::Remove(_, item) => remove(&survey, item, lines)?,
        Change::Set(_, value) => set(&module, &survey, &path, value, lines)?,
        Change::Unset(_) => unset(&survey, lines)?,
    };
    if splices.is_empty() {
        return Ok(Edited::Already);
    }
    let changed = spliced(text, &splices).ok_or(Cannot::Unsure)?;
    // The parser and the search must agree that it says now what it should.
    if holds(&changed, change) { Ok(Edited::Text(changed, splices)) } else { Err(Cannot::Unsure) }
}

/// Whether the text of a module says what a change wants.
pub fn holds(text: &str, change: &Change) -> bool {
    let lines = Lines(text);
    let Ok(module) = Module::parse(lines) else { return false };
    let survey = Survey::of(&module.body, &module.path(change.option()), lines);
    match change {
        Change::Add(_, item) => listed(&survey, item, lines),
        Change::Remove(_, item) => !listed(&survey, item, lines),
        Change::Set(_, value) => survey.exact.iter().any(|definition| {
            let inner = place::exchangeable(&definition.value, lines);
            definition.only.is_none() && (value.is(&definition.value) || inner.is_ok_and(|inner| value.is(&inner)))
        }),
        Change::Unset(_) => survey.exact.is_empty() && survey.parts.is_empty(),
    }
}

/// Whether a list always has an item.
fn listed(survey: &Survey, item: &Value, text: Lines<'_>) -> bool {
    let whole = survey.exact.iter().filter(|definition| definition.only.is_none());
    let mut pieces = whole.map(|definition| Pieces::of(&definition.value, text));
    pieces.any(|pieces| {
        let mut lists = pieces.lists.iter().filter(|piece| piece.only.is_none());
        let mut inherits = pieces.inherits.iter();
        lists.any(|piece| list::find(&piece.list, item).is_some())
            || inherits.any(|inherit| list::find_inherited(inherit, item).is_some())
    })
}

/// The definition that can be changed; what stands in its way when there are only others.
fn whole(survey: &Survey) -> Result<Option<&Definition>, Cannot> {
    match survey.exact.iter().find(|definition| definition.only.is_none()) {
        Some(definition) => Ok(Some(definition)),
        None => match survey.exact.iter().find_map(|definition| definition.only.clone()) {
            Some(only) => Err(only),
            None => Ok(None),
        },
    }
}

fn add(
    module: &Module,
    survey: &Survey,
    path: &[String],
    item: &Value,
    text: Lines<'_>,
) -> Result<Vec<Splice>, Cannot> {
    let Some(definition) = whole(survey)? else {
        let wanted = alone(path.last().map_or("", String::as_str), item);
        return define(module, survey, path, &wanted, text);
    };
    let pieces = Pieces::of(&definition.value, text);
    if listed(survey, item, text) {
        return Ok(Vec::new());
    }
    let mut plain = pieces.lists.iter().filter(|piece| piece.free());
    let inherited = pieces.inherits.first().and_then(|inherit| list::inherit(inherit, item, text));
    match (plain.next(), pieces.barrier) {
        (Some(piece), _) => list::add(&piece.list, item, module, text),
        (None, _) if inherited.is_some() => Ok(inherited.into_iter().collect()),
        (None, Some(barrier)) => Err(barrier),
        (None, None) if pieces.unseen && names_a_list(&definition.value) => {
            list::append(&definition.value, item, module, text)
        }
        (None, None) => Err(computed(&definition.value, text)),
    }
}

/// What an option is that has nothing but this item.
fn alone(option: &str, item: &Value) -> Value {
    match item {
        Value::Text(name) if option.ends_with("Predicate") => Value::Predicate(vec![name.clone()]),
        _ => Value::List(vec![item.clone()]),
    }
}

/// Whether a value only names lists, so that another can stand behind it.
fn names_a_list(value: &Expr) -> bool {
    match value {
        Expr::Ident(_) | Expr::Select(_) | Expr::BinOp(_) | Expr::Paren(_) => true,
        Expr::With(with) => with.body().is_some_and(|body| names_a_list(&body)),
        _ => false,
    }
}

fn computed(value: &Expr, text: Lines<'_>) -> Cannot {
    Cannot::At { why: Why::Computed, line: text.number(bytes(value.syntax().text_range()).start) }
}

fn define(
    module: &Module,
    survey: &Survey,
    path: &[String],
    value: &Value,
    text: Lines<'_>,
) -> Result<Vec<Splice>, Cannot> {
    if let Some(part) = survey.parts.first() {
        return Err(Cannot::Parts { line: text.number(bytes(part.syntax().text_range()).start) });
    }
    let mut splices = Vec::new();
    let needs = value.needs();
    if !needs.is_empty() {
        let inside =
            module.body.entries().next().map_or_else(|| module.body.syntax().clone(), |entry| entry.syntax().clone());
        splices = scope::with_arguments(&inside, &needs, module, text)?;
    }
    splices.push(place::define(survey, path, value, text)?);
    Ok(splices)
}

fn remove(survey: &Survey, item: &Value, text: Lines<'_>) -> Result<Vec<Splice>, Cannot> {
    let mut splices = Vec::new();
    let mut sometimes = None;
    for definition in &survey.exact {
        let pieces = Pieces::of(&definition.value, text);
        let inherits = pieces.inherits.iter().filter(|_| definition.only.is_none());
        let inherited = inherits.filter_map(|inherit| list::find_inherited(inherit, item));
        splices.extend(inherited.map(|attribute| list::disinherit(&attribute, text)));
        for piece in pieces.lists {
            let Some(found) = list::find(&piece.list, item) else { continue };
            match definition.only.as_ref().or(piece.only.as_ref()).or(piece.shared.as_ref()) {
                Some(only) => sometimes = Some(only.clone()),
                None => splices.push(list::remove(&piece.list, &found, text)),
            }
        }
    }
    match (splices.is_empty(), sometimes) {
        (true, Some(only)) => Err(only),
        _ => Ok(splices),
    }
}

fn set(
    module: &Module,
    survey: &Survey,
    path: &[String],
    value: &Value,
    text: Lines<'_>,
) -> Result<Vec<Splice>, Cannot> {
    let Some(definition) = whole(survey)? else { return define(module, survey, path, value, text) };
    let old = place::exchangeable(&definition.value, text)?;
    if value.is(&old) {
        return Ok(Vec::new());
    }
    let mut splices = scope::with_arguments(old.syntax(), &value.needs(), module, text)?;
    splices.push(place::exchange(&old, value, text));
    Ok(splices)
}

fn unset(survey: &Survey, text: Lines<'_>) -> Result<Vec<Splice>, Cannot> {
    if let Some(only) = survey.exact.iter().find_map(|definition| definition.only.clone()) {
        return Err(only);
    }
    let entries = survey.exact.iter().map(|definition| &definition.entry).chain(&survey.parts);
    let splices: Vec<Splice> = entries.map(|entry| place::remove(entry, text)).collect();
    match &survey.barrier {
        Some(barrier) if splices.is_empty() => Err(barrier.clone()),
        _ => Ok(splices),
    }
}
