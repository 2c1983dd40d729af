//! Items of lists: finding them, adding one, taking one out.

use rnix::SyntaxNode;
use rnix::ast::{self, Attr, BinOpKind, Expr, HasEntry as _};
use rowan::ast::AstNode as _;

use super::path::{dotted, is_identifier};
use super::scope::{self, Binding, lookup, opened, peel};
use super::survey::Call;
use super::text::{Lines, Splice, bytes, only_comment};
use super::value::{Style, Value};
use super::{Cannot, Module, Why};

/// A list that belongs to the value of an option.
pub(super) struct Piece {
    pub list: ast::List,
    /// Why it counts only sometimes.
    pub only: Option<Cannot>,
    /// Why it is not this option's own, so that nothing in it is changed: others use it, too.
    pub shared: Option<Cannot>,
}

impl Piece {
    /// Whether it always holds and may be changed.
    pub(super) fn free(&self) -> bool {
        self.only.is_none() && self.shared.is_none()
    }
}

/// What the value of a list option is made of.
#[derive(Default)]
pub(super) struct Pieces {
    pub lists: Vec<Piece>,
    /// `inherit (pkgs) vim git;` of an `attrValues`, which is a list of these packages.
    pub inherits: Vec<ast::Inherit>,
    /// Parts that are not seen here.
    pub unseen: bool,
    /// The first part that makes adding something to the whole unsafe.
    pub barrier: Option<Cannot>,
}

/// So many names are followed to their `let`.
const DEEPEST: usize = 8;

impl Pieces {
    /// Takes a value apart.
    pub(super) fn of(value: &Expr, text: Lines<'_>) -> Self {
        let mut pieces = Self::default();
        pieces.read(value, None, text, 0);
        pieces
    }

    /// A list that others use as well: its items are seen, and left alone.
    fn share(&mut self, bound: &Expr, name: &str, only: Option<&Cannot>, text: Lines<'_>, depth: usize) {
        let mut inner = Self::default();
        inner.read(bound, only, text, depth + 1);
        let line = text.number(bytes(bound.syntax().text_range()).start);
        let cannot = Cannot::At { why: Why::Shared(name.to_owned()), line };
        self.lists.extend(inner.lists.into_iter().map(|piece| Piece { shared: Some(cannot.clone()), ..piece }));
        self.unseen = true;
    }

    fn read(&mut self, value: &Expr, only: Option<&Cannot>, text: Lines<'_>, depth: usize) {
        let because =
            |why: Why, node: &SyntaxNode| Cannot::At { why, line: text.number(bytes(node.text_range()).start) };
        match peel(value.clone()) {
            Expr::List(list) => self.lists.push(Piece { list, only: only.cloned(), shared: None }),
            Expr::With(with) => {
                if let Some(body) = with.body() {
                    self.read(&body, only, text, depth);
                }
            }
            Expr::LetIn(binding) => {
                if let Some(body) = binding.body() {
                    self.read(&body, only, text, depth);
                }
            }
            Expr::BinOp(operation) if operation.operator() == Some(BinOpKind::Concat) => {
                for side in [operation.lhs(), operation.rhs()].into_iter().flatten() {
                    self.read(&side, only, text, depth);
                }
            }
            Expr::IfElse(choice) => {
                let cannot = because(Why::Conditional("if".to_owned()), choice.syntax());
                for branch in [choice.body(), choice.else_body()].into_iter().flatten() {
                    self.read(&branch, Some(&cannot), text, depth);
                }
                self.barrier.get_or_insert(cannot);
            }
            Expr::Ident(name) => {
                let written = name.syntax().text().to_string();
                match lookup(name.syntax(), &written) {
                    // A list that others use, too, is not this option's own.
                    Some(Binding::Let(bound)) if depth < DEEPEST && scope::uses(&bound, &written) == 1 => {
                        self.read(&bound, only, text, depth + 1);
                    }
                    Some(Binding::Let(bound)) if depth < DEEPEST => self.share(&bound, &written, only, text, depth),
                    _ => self.unseen = true,
                }
            }
            Expr::Select(_) => self.unseen = true,
            Expr::Apply(apply) => {
                let call = Call::of(&apply);
                if let Some(inherit) = inherited(&call).filter(|_| only.is_none()) {
                    self.inherits.push(inherit);
                    return;
                }
                let why = match call.name.as_str() {
                    "mkForce" | "mkDefault" | "mkBefore" | "mkAfter" | "mkOverride" | "mkOrder" => None,
                    "mkIf" | "optionals" | "optional" => Some(Why::Conditional(call.written.clone())),
                    "mkMerge" => Some(Why::Merged),
                    _ => Some(Why::Computed),
                };
                let cannot = why.clone().map(|why| because(why, apply.syntax()));
                let content = call.arguments.last().filter(|_| why != Some(Why::Computed) && call.name != "optional");
                match (&why, content.cloned().map(peel)) {
                    (Some(Why::Merged), Some(Expr::List(list))) => {
                        for item in list.items() {
                            self.read(&item, only.or(cannot.as_ref()), text, depth);
                        }
                    }
                    (_, Some(content)) => self.read(&content, only.or(cannot.as_ref()), text, depth),
                    (_, None) => {}
                }
                if let Some(cannot) = cannot {
                    self.barrier.get_or_insert(cannot);
                }
            }
            Expr::Lambda(lambda) => match of_predicate(&lambda) {
                Some(list) => self.lists.push(Piece { list, only: only.cloned(), shared: None }),
                None => {
                    self.barrier.get_or_insert(because(Why::Computed, lambda.syntax()));
                }
            },
            other => {
                self.barrier.get_or_insert(because(Why::Computed, other.syntax()));
            }
        }
    }
}

/// The names that `pkg: builtins.elem (lib.getName pkg) [ "steam" ]` is true for.
pub(super) fn of_predicate(lambda: &ast::Lambda) -> Option<ast::List> {
    let Expr::Apply(apply) = peel(lambda.body()?) else { return None };
    let call = Call::of(&apply);
    let [asked, names] = call.arguments.as_slice() else { return None };
    let asked = asked.syntax().text().to_string();
    let by_name = ["getName", "pname", "parseDrvName"].iter().any(|way| asked.contains(way));
    match peel(names.clone()) {
        Expr::List(list) if call.name == "elem" && by_name => Some(list),
        _ => None,
    }
}

/// The names that `attrValues { inherit (pkgs) vim git; }` lists; none where more than that is in it.
fn inherited(call: &Call) -> Option<ast::Inherit> {
    let Expr::AttrSet(set) = peel(call.arguments.first().filter(|_| call.name == "attrValues")?.clone()) else {
        return None;
    };
    let mut inherits = set.inherits();
    let from_packages = |inherit: &ast::Inherit| {
        let from = inherit.from().and_then(|from| from.expr());
        from.is_some_and(|from| from.syntax().text() == "pkgs")
    };
    inherits.find(from_packages)
}

/// The name of a package among inherited ones.
pub(super) fn find_inherited(inherit: &ast::Inherit, wanted: &Value) -> Option<Attr> {
    let Value::Package(path) = wanted else { return None };
    let [name] = path.names() else { return None };
    inherit.attrs().find(|attribute| attribute.syntax().text() == name.as_str())
}

/// The splice that inherits one more package; none where that is not written as one name.
pub(super) fn inherit(inherit: &ast::Inherit, item: &Value, text: Lines<'_>) -> Option<Splice> {
    let Value::Package(path) = item else { return None };
    let [name] = path.names() else { return None };
    let last = inherit.attrs().last().map(|last| bytes(last.syntax().text_range()))?;
    // Names that have lines of their own get one more such line.
    let spread = inherit.attrs().count() > 1 && text.leads(last.start) && only_comment(text.after(last.end));
    let before =
        if spread { format!("{}{}", text.newline(last.end), text.indentation(last.start)) } else { " ".to_owned() };
    let at = if spread { text.end(last.end) } else { last.end };
    is_identifier(name).then(|| Splice::insert(at, format!("{before}{name}")))
}

/// The splice that inherits a package no longer.
pub(super) fn disinherit(attribute: &Attr, text: Lines<'_>) -> Splice {
    let range = bytes(attribute.syntax().text_range());
    if text.leads(range.start) && only_comment(text.after(range.end)) {
        return Splice::cut(text.start(range.start)..text.next(range.end));
    }
    let before = text.before(range.start);
    Splice::cut(range.start - (before.len() - before.trim_end_matches([' ', '\t']).len())..range.end)
}

/// The item of a list that is the wanted one.
pub(super) fn find(list: &ast::List, wanted: &Value) -> Option<Expr> {
    list.items().find(|item| is(item, wanted))
}

fn is(item: &Expr, wanted: &Value) -> bool {
    match wanted {
        Value::Package(path) => called(item).is_some_and(|(names, node)| {
            let wanted = path.names();
            match names.split_first() {
                Some((first, rest)) if first == "pkgs" => rest == wanted,
                _ => match names.first().and_then(|first| lookup(&node, first)) {
                    Some(Binding::Inherited(set)) => lies_in(&set, &names, wanted),
                    Some(_) => false,
                    None => opened(&node).iter().any(|open| lies_in(open, &names, wanted)),
                },
            }
        }),
        other => Value::read(item).as_ref() == Some(other),
    }
}

/// Whether names in a set of packages, as that is written, are the wanted package.
fn lies_in(set: &str, names: &[String], wanted: &[String]) -> bool {
    let below = set.strip_prefix("pkgs").filter(|rest| rest.is_empty() || rest.starts_with('.'));
    below.is_some_and(|below| {
        let prefix = below.split('.').filter(|name| !name.is_empty()).map(str::to_owned);
        prefix.chain(names.iter().cloned()).eq(wanted.iter().cloned())
    })
}

/// How a package is called in an item: `vim`, `pkgs.vim`, and also `(vim.override { … })`, which is vim after all.
fn called(item: &Expr) -> Option<(Vec<String>, SyntaxNode)> {
    match peel(item.clone()) {
        Expr::Ident(name) => Some((vec![name.syntax().text().to_string()], name.syntax().clone())),
        Expr::Select(select) if select.default_expr().is_none() => {
            let (mut names, node) = called(&select.expr()?)?;
            names.extend(scope::plain_names(&select.attrpath()?)?);
            Some((names, node))
        }
        Expr::Apply(apply) => {
            let function = Call::of(&apply);
            let changes = ["override", "overrideAttrs", "withPackages", "overridePythonAttrs", "withExtensions"];
            if !changes.contains(&function.name.as_str()) {
                return None;
            }
            let mut base = apply.lambda()?;
            while let Expr::Apply(inner) = peel(base.clone()) {
                base = inner.lambda()?;
            }
            let (mut names, node) = called(&base)?;
            names.pop();
            Some((names, node))
        }
        _ => None,
    }
}

/// The splices that add an item at the end of a list.
pub(super) fn add(list: &ast::List, item: &Value, module: &Module, text: Lines<'_>) -> Result<Vec<Splice>, Cannot> {
    let range = bytes(list.syntax().text_range());
    // Names mean in the list what they mean to something that stands in it.
    let inside = list.items().next().map_or_else(|| inner(list), |first| first.syntax().clone());
    let (written, mut splices) = write(item, &inside, module, text)?;
    let end = list.items().last().map(|item| bytes(item.syntax().text_range()));
    let closing = range.end - 1;
    splices.push(match end {
        Some(end) if text.leads(closing) => {
            // The closing bracket has a line of its own, so have items.
            let indentation = if text.start(end.start) > range.start {
                text.indentation(end.start).to_owned()
            } else {
                format!("{}{}", text.indentation(closing), text.step())
            };
            let newline = text.newline(end.end);
            if only_comment(text.after(end.end)) {
                Splice::insert(text.end(end.end), format!("{newline}{indentation}{written}"))
            } else {
                Splice::insert(end.end, format!(" {written}"))
            }
        }
        Some(end) => Splice::insert(end.end, format!(" {written}")),
        None if text.leads(closing) => {
            let (newline, indentation) = (text.newline(closing), text.indentation(closing));
            let deeper = format!("{indentation}{}", text.step());
            Splice::insert(text.start(closing), format!("{deeper}{written}{newline}"))
        }
        None => {
            let empty = text.0.get(range.start + 1..closing).unwrap_or_default();
            match empty {
                "" => Splice::insert(closing, written),
                blank if blank.trim().is_empty() => Splice::insert(range.start + 1, format!(" {written}")),
                // Behind a comment, which may be anything but a line comment here.
                _ => Splice::insert(closing, format!("{written} ")),
            }
        }
    });
    Ok(splices)
}

/// A node that sees what an item of an empty list would see.
fn inner(list: &ast::List) -> SyntaxNode {
    list.syntax().clone()
}

/// An item as it is written at a place.
fn write(item: &Value, at: &SyntaxNode, module: &Module, text: Lines<'_>) -> Result<(String, Vec<Splice>), Cannot> {
    match item {
        Value::Package(path) => scope::package(at, path.names(), module, text),
        other => Ok((other.as_item(&Style::PLAIN), Vec::new())),
    }
}

/// The splices that make a list out of a value that only names one, by putting another behind it.
pub(super) fn append(value: &Expr, item: &Value, module: &Module, text: Lines<'_>) -> Result<Vec<Splice>, Cannot> {
    let (written, mut splices) = write(item, value.syntax(), module, text)?;
    let end = bytes(value.syntax().text_range()).end;
    splices.push(Splice::insert(end, format!(" ++ [ {written} ]")));
    Ok(splices)
}

/// The splice that takes an item out, along with the white space that belonged to it.
pub(super) fn remove(list: &ast::List, item: &Expr, text: Lines<'_>) -> Splice {
    let (range, bounds) = (bytes(item.syntax().text_range()), bytes(list.syntax().text_range()));
    let starts = text.start(range.start);
    let alone = text.leads(range.start) && only_comment(text.after(range.end));
    // A line of its own goes as a whole, with the comment behind it.
    if alone && starts > bounds.start && text.next(range.end) <= bounds.end {
        return Splice::cut(starts..text.next(range.end));
    }
    let white = |part: &str| part.len() - part.trim_end_matches([' ', '\t']).len();
    let before = white(text.0.get(bounds.start + 1..range.start).unwrap_or_default());
    if before > 0 && !text.leads(range.start) {
        return Splice::cut(range.start - before..range.end);
    }
    let behind = text.0.get(range.end..bounds.end - 1).unwrap_or_default();
    let after = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    Splice::cut(range.start..range.end + after)
}

/// An item for messages: `firefox`, `8080`, `"wheel"`.
pub(super) fn shown(item: &Value) -> String {
    match item {
        Value::Package(path) => dotted(path.names()),
        other => other.written(&Style::PLAIN),
    }
}
