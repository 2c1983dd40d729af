//! Where a module defines an option, where it could, and what stands in the way.

use rnix::ast::{self, Attr, AttrSet, AttrpathValue, Entry, Expr, HasEntry as _};
use rowan::ast::AstNode as _;

use super::scope::{self, may_begin, names, peel};
use super::text::{Lines, bytes};
use super::{Cannot, Why};

/// What was found about one option.
#[derive(Default)]
pub(super) struct Survey {
    /// Entries that define it, whole.
    pub exact: Vec<Definition>,
    /// Entries that define parts of it: `users.users.bob.shell` for `users.users.bob`.
    pub parts: Vec<AttrpathValue>,
    /// Sets that could hold a definition, with the number of names of the path that lead there.
    pub containers: Vec<(AttrSet, usize)>,
    /// Entries of these sets that have the beginning of the path in common.
    pub siblings: Vec<Sibling>,
    /// What makes it impossible to say or to add anything here.
    pub barrier: Option<Cannot>,
}

/// An entry that has the beginning of the path in common.
pub(super) struct Sibling {
    pub entry: AttrpathValue,
    /// So many names lead to the set that it is in.
    pub depth: usize,
    /// So many names are the same.
    pub common: usize,
}

/// An entry that defines the option.
pub(super) struct Definition {
    pub entry: AttrpathValue,
    pub value: Expr,
    /// Why it holds only sometimes, or not as it stands.
    pub only: Option<Cannot>,
}

impl Survey {
    /// Looks through a set for the path.
    pub(super) fn of(set: &AttrSet, path: &[String], text: Lines<'_>) -> Self {
        let mut survey = Self::default();
        Walk { path, text, survey: &mut survey }.set(set, 0, None);
        survey
    }
}

struct Walk<'a> {
    path: &'a [String],
    text: Lines<'a>,
    survey: &'a mut Survey,
}

impl Walk<'_> {
    fn line(&self, node: &rnix::SyntaxNode) -> usize {
        self.text.number(bytes(node.text_range()).start)
    }

    fn because(&self, why: Why, node: &rnix::SyntaxNode) -> Cannot {
        Cannot::At { why, line: self.line(node) }
    }

    fn bar(&mut self, cannot: Cannot) {
        self.survey.barrier.get_or_insert(cannot);
    }

    /// A set that the first `depth` names of the path lead to.
    fn set(&mut self, set: &AttrSet, depth: usize, only: Option<&Cannot>) {
        if only.is_none() {
            self.survey.containers.push((set.clone(), depth));
        }
        for entry in set.entries() {
            match entry {
                Entry::Inherit(inherit) => {
                    let wanted = self.path.get(depth);
                    let named = |attribute: Attr| match attribute {
                        Attr::Ident(name) => wanted.is_some_and(|wanted| name.syntax().text() == wanted.as_str()),
                        Attr::Str(_) | Attr::Dynamic(_) => false,
                    };
                    if inherit.attrs().any(named) {
                        let cannot = self.because(Why::Computed, inherit.syntax());
                        self.bar(cannot);
                    }
                }
                Entry::AttrpathValue(entry) => self.entry(entry, depth, only),
            }
        }
    }

    fn entry(&mut self, entry: AttrpathValue, depth: usize, only: Option<&Cannot>) {
        let Some(attrpath) = entry.attrpath() else { return };
        if self.path.get(depth).is_some_and(|wanted| !may_begin(&attrpath, wanted)) {
            return;
        }
        let Some(value) = entry.value() else { return };
        let (names, rest) = (names(&attrpath), &self.path[depth..]);
        let mut same = 0;
        for (name, wanted) in names.iter().zip(rest) {
            match name {
                Some(name) if name == wanted => same += 1,
                Some(_) => break,
                None if depth == usize::from(self.path[0] == "config") && named_by_argument(&attrpath) => return,
                None => {
                    // It may be the one, and it may not.
                    let cannot = self.because(Why::Dynamic, attrpath.syntax());
                    self.bar(cannot);
                    return;
                }
            }
        }
        if same > 0 && only.is_none() {
            self.survey.siblings.push(Sibling { entry: entry.clone(), depth, common: depth + same });
        }
        if same == rest.len() {
            if names.len() == same {
                self.survey.exact.push(Definition { entry, value, only: only.cloned() });
            } else if let Some(only) = only {
                self.bar(only.clone());
            } else {
                self.survey.parts.push(entry);
            }
        } else if same == names.len() {
            self.value(&value, depth + same, only);
        }
    }

    /// A value that the first `depth` names lead to; the option lies in it, if it is there.
    fn value(&mut self, value: &Expr, depth: usize, only: Option<&Cannot>) {
        match peel(value.clone()) {
            Expr::AttrSet(set) => self.set(&set, depth, only),
            Expr::With(with) => {
                if let Some(body) = with.body() {
                    self.value(&body, depth, only);
                }
            }
            Expr::LetIn(binding) => {
                if let Some(body) = binding.body() {
                    self.value(&body, depth, only);
                }
            }
            Expr::IfElse(choice) => {
                let cannot = self.because(Why::Conditional("if".to_owned()), choice.syntax());
                for branch in [choice.body(), choice.else_body()].into_iter().flatten() {
                    self.value(&branch, depth, Some(&cannot));
                }
                self.bar(cannot);
            }
            Expr::BinOp(operation) => {
                let cannot = self.because(Why::Computed, operation.syntax());
                for side in [operation.lhs(), operation.rhs()].into_iter().flatten() {
                    self.value(&side, depth, Some(&cannot));
                }
                self.bar(cannot);
            }
            Expr::Apply(apply) => self.call(&apply, depth, only),
            // What a person's home holds may be a module of its own in here.
            Expr::Lambda(lambda) if depth == 3 && self.path.first().is_some_and(|first| first == "home-manager") => {
                if let Some(body) = lambda.body() {
                    self.value(&body, depth, only);
                }
            }
            other => {
                let cannot = self.because(Why::Computed, other.syntax());
                self.bar(cannot);
            }
        }
    }

    fn call(&mut self, apply: &ast::Apply, depth: usize, only: Option<&Cannot>) {
        let call = Call::of(apply);
        let why = match call.name.as_str() {
            "mkIf" => Why::Conditional(call.written.clone()),
            "mkMerge" => Why::Merged,
            "mkForce" | "mkDefault" | "mkOverride" | "mkBefore" | "mkAfter" | "mkOrder" => {
                Why::Priority(call.written.clone())
            }
            _ => Why::Computed,
        };
        let cannot = self.because(why.clone(), apply.syntax());
        let content = call.arguments.last().cloned().map(peel);
        match (why, content) {
            (Why::Merged, Some(Expr::List(list))) => {
                for item in list.items() {
                    self.value(&item, depth, Some(only.unwrap_or(&cannot)));
                }
            }
            (Why::Computed, _) | (_, None) => {}
            (_, Some(content)) => self.value(&content, depth, Some(only.unwrap_or(&cannot))),
        }
        self.bar(cannot);
    }
}

/// Whether a path begins with an argument of the module: `${namespace}.audio`. Frameworks name their own options
/// like that. If it were the one that is wanted, Nix would refuse the second definition.
fn named_by_argument(path: &ast::Attrpath) -> bool {
    let first = path.attrs().next();
    let Some(Attr::Dynamic(first)) = first else { return false };
    let Some(Expr::Ident(name)) = first.expr() else { return false };
    let written = name.syntax().text().to_string();
    matches!(scope::lookup(name.syntax(), &written), Some(scope::Binding::Unseen))
}

/// A function and what it is given, arguments taken apart.
pub(super) struct Call {
    /// Its name without the set that it is in: `mkIf` of `lib.mkIf`.
    pub name: String,
    /// Its name as it is written.
    pub written: String,
    pub arguments: Vec<Expr>,
}

impl Call {
    pub(super) fn of(apply: &ast::Apply) -> Self {
        let mut arguments: Vec<Expr> = apply.argument().into_iter().collect();
        let mut function = apply.lambda();
        while let Some(Expr::Apply(inner)) = function.clone().map(peel) {
            arguments.extend(inner.argument());
            function = inner.lambda();
        }
        arguments.reverse();
        let written = function.map(|function| function.syntax().text().to_string()).unwrap_or_default();
        let name = written.rsplit('.').next().unwrap_or_default().trim().to_owned();
        Self { name, written, arguments }
    }
}
