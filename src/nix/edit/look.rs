//! Looking without changing: what a module says about an option, which names it has below a path, what it imports.

use rnix::ast::{self, AttrSet, BinOpKind, Entry, Expr, HasEntry as _, InterpolPart};
use rowan::ast::AstNode as _;

use super::list::Pieces;
use super::path::AttributePath;
use super::scope::{may_begin, names, peel};
use super::survey::{Call, Survey};
use super::text::{Lines, bytes};
use super::value::{Value, literal};
use super::{Cannot, Module, place};

/// A definition of an option in a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Where, from 1.
    pub line: usize,
    /// What, when it is plain data.
    pub value: Option<Value>,
    /// Whether `mkForce` puts it above all others.
    pub forced: bool,
    /// Whether it gives way to a definition without a priority.
    pub default: bool,
    /// Why it holds only sometimes.
    pub only: Option<Cannot>,
}

/// What a module says about an option. Nothing where the text is no module.
pub fn said(text: &str, option: &AttributePath) -> Vec<Said> {
    see(text, option, None).said
}

/// What is seen of an option in a module at one look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Its definitions.
    pub said: Vec<Said>,
    /// How near the module comes to it: so many names of its path the module has.
    pub near: usize,
    /// Whether it always has the item that was looked for.
    pub has: bool,
}

/// Looks for an option in a module, and for an item in its list. Nothing is seen where the text is no module.
pub fn see(text: &str, option: &AttributePath, item: Option<&Value>) -> Seen {
    let lines = Lines(text);
    let Ok(module) = Module::parse(lines) else { return Seen::default() };
    let survey = Survey::of(&module.body, &module.path(option), lines);
    let told = survey.exact.iter().map(|definition| {
        let function = match peel(definition.value.clone()) {
            Expr::Apply(apply) => Call::of(&apply).name,
            _ => String::new(),
        };
        let inner = place::exchangeable(&definition.value, lines).ok();
        Said {
            line: lines.number(bytes(definition.entry.syntax().text_range()).start),
            value: inner.and_then(|inner| Value::read(&inner)),
            forced: function == "mkForce",
            default: matches!(function.as_str(), "mkDefault" | "mkOptionDefault"),
            only: definition.only.clone(),
        }
    });
    let siblings = survey.siblings.iter().map(|sibling| sibling.common);
    let containers = survey.containers.iter().map(|(_, depth)| *depth);
    let near = siblings.chain(containers).max().unwrap_or_default();
    Seen {
        said: told.collect(),
        near: near.saturating_sub(usize::from(module.split)),
        has: item.is_some_and(|item| super::listed(&survey, item, lines)),
    }
}

/// The items of a list option that always hold, as far as they are plain data.
pub fn items(text: &str, option: &AttributePath) -> Vec<Value> {
    let lines = Lines(text);
    let Ok(module) = Module::parse(lines) else { return Vec::new() };
    let survey = Survey::of(&module.body, &module.path(option), lines);
    let whole = survey.exact.iter().filter(|definition| definition.only.is_none());
    let lists = whole.flat_map(|definition| Pieces::of(&definition.value, lines).lists);
    let items = lists.filter(|piece| piece.only.is_none()).flat_map(|piece| piece.list.items());
    items.filter_map(|item| Value::read(&item)).collect()
}

/// How the packages of a list are called in it, as far as they are called by a name.
pub fn names_of_packages(text: &str, option: &AttributePath) -> Vec<String> {
    let lines = Lines(text);
    let Ok(module) = Module::parse(lines) else { return Vec::new() };
    let survey = Survey::of(&module.body, &module.path(option), lines);
    let lists = survey.exact.iter().flat_map(|definition| Pieces::of(&definition.value, lines).lists);
    let items = lists.flat_map(|piece| piece.list.items().collect::<Vec<_>>());
    let called = items.map(|item| peel(item).syntax().text().to_string());
    let plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-'".contains(c));
    called.filter(plain).map(|name| name.strip_prefix("pkgs.").unwrap_or(&name).to_owned()).collect()
}

/// The names that a module has right below a path: the users of `users.users`.
pub fn children(text: &str, above: &AttributePath) -> Vec<String> {
    let Ok(module) = Module::parse(Lines(text)) else { return Vec::new() };
    let mut found: Vec<String> = below(&module.body, &module.path(above)).into_iter().map(|(name, _)| name).collect();
    found.dedup();
    found
}

/// The names below a path with what is given to them, however sets and dots are mixed. Also what holds only sometimes.
pub(in crate::nix) fn below(set: &AttrSet, above: &[String]) -> Vec<(String, Option<Expr>)> {
    let mut found = Vec::new();
    for entry in set.entries() {
        let Entry::AttrpathValue(entry) = entry else { continue };
        let Some(path) = entry.attrpath() else { continue };
        if above.first().is_some_and(|wanted| !may_begin(&path, wanted)) {
            continue;
        }
        let Some(value) = entry.value() else { continue };
        let names: Option<Vec<String>> = names(&path).into_iter().collect();
        let Some(names) = names else { continue };
        let same = names.iter().zip(above).take_while(|(name, wanted)| name == wanted).count();
        if same == above.len() && names.len() > same {
            found.push((names[same].clone(), Some(value).filter(|_| names.len() == same + 1)));
        } else if same == names.len() {
            for inner in sets(&value) {
                found.extend(below(&inner, &above[same..]));
            }
        }
    }
    found
}

/// The sets that a value is made of: itself, or what `mkIf`, `mkMerge` and the like are given.
fn sets(value: &Expr) -> Vec<AttrSet> {
    match peel(value.clone()) {
        Expr::AttrSet(set) => vec![set],
        Expr::With(with) => with.body().iter().flat_map(sets).collect(),
        Expr::LetIn(binding) => binding.body().iter().flat_map(sets).collect(),
        Expr::List(list) => list.items().flat_map(|item| sets(&item)).collect(),
        Expr::BinOp(operation) => [operation.lhs(), operation.rhs()].iter().flatten().flat_map(sets).collect(),
        Expr::Apply(apply) => Call::of(&apply).arguments.last().map(sets).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// What a module, or a value that is one, imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// A file or directory: its path as it is written, with nothing in it that is computed but, in braces, names.
    Path(String),
    /// Something that is not followed, as it is written.
    Unseen(String),
}

/// What a text imports as a module; and what the homes in it import, by the names of their persons.
pub fn imports(text: &str) -> (Vec<Import>, Vec<(String, Vec<Import>)>) {
    let Ok(module) = Module::parse(Lines(text)) else { return Default::default() };
    let homes = module.path(&AttributePath::new(["home-manager", "users"]));
    let homes = below(&module.body, &homes).into_iter().filter_map(|(name, value)| {
        let value = value?;
        let own = imported(&value);
        Some((name, own.map_or_else(|| of_module(&value), |own| vec![own])))
    });
    let mut by_name: Vec<(String, Vec<Import>)> = Vec::new();
    for (name, mut found) in homes {
        match by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.append(&mut found),
            None => by_name.push((name, found)),
        }
    }
    (of_set(&module.body), by_name)
}

/// What a set, or a function that gives one, has as `imports`.
fn of_module(value: &Expr) -> Vec<Import> {
    match peel(value.clone()) {
        Expr::AttrSet(set) => of_set(&set),
        Expr::Lambda(lambda) => lambda.body().as_ref().map(of_module).unwrap_or_default(),
        Expr::LetIn(binding) => binding.body().as_ref().map(of_module).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn of_set(set: &AttrSet) -> Vec<Import> {
    let entries = set.attrpath_values().filter(|entry| {
        let path = entry.attrpath().filter(|path| may_begin(path, "imports"));
        let path = path.map(|path| names(&path)).unwrap_or_default();
        matches!(path.as_slice(), [Some(name)] if name == "imports")
    });
    let values = entries.filter_map(|entry| entry.value());
    values.flat_map(|value| listed(&value)).collect()
}

/// The imports of a list, put together or not. What holds only sometimes is imported as well.
pub(in crate::nix) fn listed(value: &Expr) -> Vec<Import> {
    let whole = value.syntax().text().to_string();
    let pieces = Pieces::of(value, Lines(&whole));
    let items = pieces.lists.iter().flat_map(|piece| piece.list.items());
    let unseen = |item: &Expr| Import::Unseen(item.syntax().text().to_string());
    items.map(|item| imported(&item).unwrap_or_else(|| unseen(&item))).collect()
}

/// The file that an expression names, by itself or through `import`.
pub(in crate::nix) fn imported(item: &Expr) -> Option<Import> {
    let item = peel(item.clone());
    if let Some(path) = path_of(&item) {
        return Some(Import::Path(path));
    }
    let Expr::Apply(apply) = item else { return None };
    let call = Call::of(&apply);
    let path = call.arguments.first().cloned().map(peel).and_then(|path| path_of(&path));
    path.filter(|_| call.name == "import").map(Import::Path)
}

fn path_of(item: &Expr) -> Option<String> {
    match item {
        Expr::PathRel(path) => Some(parts(&path.parts())),
        Expr::PathAbs(path) => Some(parts(&path.parts())),
        Expr::Str(text) => literal(text).filter(|text| text.starts_with('/')),
        Expr::BinOp(sum) if sum.operator() == Some(BinOpKind::Add) => {
            let (Expr::PathRel(base), Expr::Str(rest)) = (peel(sum.lhs()?), peel(sum.rhs()?)) else { return None };
            Some(format!("{}{}", parts(&base.parts()), literal(&rest)?))
        }
        _ => None,
    }
}

/// A path as it is written; a name that is put in stands between braces.
fn parts(parts: &[InterpolPart<ast::PathContent>]) -> String {
    let part = |part: &InterpolPart<ast::PathContent>| match part {
        InterpolPart::Literal(text) => text.text().to_owned(),
        InterpolPart::Interpolation(inner) => {
            format!("{{{}}}", inner.expr().map(|expression| expression.syntax().text().to_string()).unwrap_or_default())
        }
    };
    parts.iter().map(part).collect()
}
