//! A module: a set, within the function, the `let` and the `with` around it.

use std::cell::RefCell;
use std::collections::VecDeque;

use rnix::ast::{AttrSet, Entry, Expr, HasEntry as _, Param};

use super::Cannot;
use super::path::AttributePath;
use super::scope::{self, peel};
use super::text::{Lines, bytes};

/// A module, taken apart as far as its set.
pub(super) struct Module {
    /// The function that gives the set, when it is one.
    pub function: Option<Param>,
    pub top: Expr,
    pub body: AttrSet,
    /// Whether definitions stand below `config`.
    pub split: bool,
}

impl Module {
    pub(super) fn parse(text: Lines<'_>) -> Result<Self, Cannot> {
        let parse = parsed(text.0);
        if let Some(error) = parse.errors().first() {
            return Err(syntax_error(error, text));
        }
        let top = parse.tree().expr().ok_or(Cannot::NoModule)?;
        let mut function = None;
        let mut expression = top.clone();
        let body = loop {
            let inner = match peel(expression) {
                Expr::Lambda(lambda) => {
                    function = lambda.param();
                    lambda.body()
                }
                Expr::LetIn(binding) => binding.body(),
                Expr::With(with) => with.body(),
                Expr::Assert(assert) => assert.body(),
                Expr::AttrSet(set) => break set,
                _ => None,
            };
            expression = inner.ok_or(Cannot::NoModule)?;
        };
        if body.entries().any(|entry| foreign(&entry)) {
            return Err(Cannot::NoModule);
        }
        let split = body.entries().any(|entry| match entry {
            Entry::AttrpathValue(entry) => entry.attrpath().is_some_and(|path| {
                if !["config", "options"].iter().any(|name| scope::may_begin(&path, name)) {
                    return false;
                }
                let first = scope::names(&path).into_iter().next().flatten();
                first.is_some_and(|first| first == "config" || first == "options")
            }),
            Entry::Inherit(_) => false,
        });
        Ok(Self { function, top, body, split })
    }

    /// The path of an option in this module.
    pub(super) fn path(&self, option: &AttributePath) -> Vec<String> {
        // What a module imports is no option, and stands beside them.
        let beside = option.names().first().is_some_and(|first| first == "imports");
        let config = (self.split && !beside).then(|| "config".to_owned());
        config.into_iter().chain(option.names().iter().cloned()).collect()
    }
}

/// Whether an entry is one of a flake or of a module of flake-parts, whose options are others than those of a system.
fn foreign(entry: &Entry) -> bool {
    let Entry::AttrpathValue(entry) = entry else { return false };
    let Some(path) = entry.attrpath() else { return false };
    let first = scope::names(&path).into_iter().next().flatten();
    first.is_some_and(|first| ["flake", "perSystem", "outputs"].contains(&first.as_str()))
}

/// So many texts are kept taken apart.
const KEPT: usize = 32;

thread_local! {
    /// The texts that were parsed last: one change looks at the same files several times.
    static PARSED: RefCell<VecDeque<(String, rnix::Parse<rnix::Root>)>> = const { RefCell::new(VecDeque::new()) };
}

/// The text, taken apart by the parser.
fn parsed(text: &str) -> rnix::Parse<rnix::Root> {
    PARSED.with_borrow_mut(|kept| {
        if let Some((_, parse)) = kept.iter().find(|(known, _)| known == text) {
            return parse.clone();
        }
        let parse = rnix::Root::parse(text);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((text.to_owned(), parse.clone()));
        parse
    })
}

fn syntax_error(error: &rnix::ParseError, text: Lines<'_>) -> Cannot {
    use rnix::ParseError as E;
    let at = match error {
        E::Unexpected(range)
        | E::UnexpectedExtra(range)
        | E::UnexpectedWanted(_, range, _)
        | E::UnexpectedDoubleBind(range)
        | E::DuplicatedArgs(range, _) => bytes(*range).start,
        _ => text.0.trim_end().len(),
    };
    Cannot::Syntax { line: text.number(at) }
}
