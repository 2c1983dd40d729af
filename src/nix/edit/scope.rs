//! What names mean at a place: bindings around it, `with`, and how a package is called there.

use rnix::SyntaxNode;
use rnix::ast::{self, Attr, Entry, Expr, HasEntry as _, InterpolPart, Param};
use rowan::ast::AstNode as _;

use super::path::{dotted, is_identifier};
use super::text::{Lines, Splice, bytes};
use super::value::literal;
use super::{Cannot, Module};

/// Parentheses mean nothing.
pub(super) fn peel(expression: Expr) -> Expr {
    let mut expression = expression;
    while let Expr::Paren(paren) = &expression {
        match paren.expr() {
            Some(inner) => expression = inner,
            None => break,
        }
    }
    expression
}

/// The names of a path; none where one of them is computed.
pub(super) fn plain_names(path: &ast::Attrpath) -> Option<Vec<String>> {
    path.attrs().map(|attribute| plain_name(&attribute)).collect()
}

fn plain_name(attribute: &Attr) -> Option<String> {
    match attribute {
        Attr::Ident(name) => Some(name.syntax().text().to_string()),
        Attr::Str(text) => literal(text),
        Attr::Dynamic(_) => None,
    }
}

/// Whether a path may begin with a name: it does, or its first name is not plain. Most do not, and need no closer look.
pub(super) fn may_begin(path: &ast::Attrpath, name: &str) -> bool {
    match path.attrs().next() {
        Some(Attr::Ident(first)) => first.syntax().text() == name,
        _ => true,
    }
}

/// The names of a path, each none where it is computed from more than a text that a `let` of the same file gives.
pub(super) fn names(path: &ast::Attrpath) -> Vec<Option<String>> {
    path.attrs()
        .map(|attribute| {
            let computed = match &attribute {
                Attr::Dynamic(dynamic) => dynamic.expr(),
                Attr::Str(text) => match text.normalized_parts().as_slice() {
                    [InterpolPart::Interpolation(only)] => only.expr(),
                    _ => None,
                },
                Attr::Ident(_) => None,
            };
            plain_name(&attribute).or_else(|| match peel(computed?) {
                Expr::Str(text) => literal(&text),
                Expr::Ident(name) => match lookup(name.syntax(), &name.syntax().text().to_string())? {
                    Binding::Let(Expr::Str(text)) => literal(&text),
                    _ => None,
                },
                _ => None,
            })
        })
        .collect()
}

/// What a name is bound to.
pub(super) enum Binding {
    /// This expression, by `let` or in a `rec` set.
    Let(Expr),
    /// A package of this set, by `inherit (pkgs) vim`: what the set is called.
    Inherited(String),
    /// Something that is not seen here: an argument of a function, an inherited name.
    Unseen,
}

/// What a name means at a place, as far as bindings say it; `with` gives way to all of them.
pub(super) fn lookup(at: &SyntaxNode, name: &str) -> Option<Binding> {
    at.ancestors().skip(1).find_map(|node| {
        if let Some(binding) = ast::LetIn::cast(node.clone()) {
            return bound(binding.entries(), name);
        }
        if let Some(set) = ast::AttrSet::cast(node.clone()) {
            return set.rec_token().and_then(|_| bound(set.entries(), name));
        }
        let named = match ast::Lambda::cast(node)?.param()? {
            Param::IdentParam(only) => only.syntax().text() == name,
            Param::Pattern(pattern) => takes(&pattern, name),
        };
        named.then_some(Binding::Unseen)
    })
}

/// Whether a pattern of arguments has a name.
fn takes(pattern: &ast::Pattern, name: &str) -> bool {
    let entries = pattern.pat_entries().filter_map(|entry| entry.ident());
    let all = pattern.pat_bind().and_then(|bind| bind.ident());
    entries.chain(all).any(|ident| ident.syntax().text() == name)
}

fn bound(entries: impl Iterator<Item = Entry>, name: &str) -> Option<Binding> {
    entries.into_iter().find_map(|entry| match entry {
        Entry::Inherit(inherit) => {
            let named = inherit.attrs().any(|attribute| plain_name(&attribute).as_deref() == Some(name));
            let from = inherit.from().and_then(|from| from.expr()).map(|from| from.syntax().text().to_string());
            let packages = from.filter(|from| from == "pkgs" || from.starts_with("pkgs."));
            named.then(|| packages.map_or(Binding::Unseen, Binding::Inherited))
        }
        Entry::AttrpathValue(entry) => {
            let mut path = names(&entry.attrpath()?).into_iter();
            (path.next()?.as_deref() == Some(name)).then(|| match (path.next(), entry.value()) {
                (None, Some(value)) => Binding::Let(value),
                _ => Binding::Unseen,
            })
        }
    })
}

/// How often a name that a `let` binds is used below that `let`.
pub(super) fn uses(value: &Expr, name: &str) -> usize {
    let Some(scope) = value
        .syntax()
        .ancestors()
        .skip(1)
        .find(|node| ast::LetIn::can_cast(node.kind()) || ast::AttrSet::can_cast(node.kind()))
    else {
        return 0;
    };
    let is_use = |node: &SyntaxNode| {
        let key = node.parent().is_some_and(|parent| ast::Attrpath::can_cast(parent.kind()));
        ast::Ident::can_cast(node.kind()) && node.text() == name && !key
    };
    scope.descendants().filter(is_use).count()
}

/// The sets that `with` opens at a place, the innermost first, as they are written.
pub(super) fn opened(at: &SyntaxNode) -> Vec<String> {
    let inside = |with: &ast::With, from: &SyntaxNode| {
        with.body().is_some_and(|body| body.syntax().text_range().contains_range(from.text_range()))
    };
    at.ancestors()
        .skip(1)
        .filter_map(ast::With::cast)
        .filter(|with| inside(with, at))
        .filter_map(|with| Some(with.namespace()?.syntax().text().to_string()))
        .collect()
}

/// How a package is called at a place: `firefox` behind `with pkgs;`, else `pkgs.firefox`; and what must be added to the
/// module, so that it knows `pkgs` at all.
pub(super) fn package(
    at: &SyntaxNode,
    path: &[String],
    module: &Module,
    text: Lines<'_>,
) -> Result<(String, Vec<Splice>), Cannot> {
    let first = path.first().map(String::as_str).unwrap_or_default();
    let open = opened(at).first().is_some_and(|innermost| innermost == "pkgs");
    if open && is_identifier(first) && lookup(at, first).is_none() {
        return Ok((dotted(path), Vec::new()));
    }
    Ok((format!("pkgs.{}", dotted(path)), with_arguments(at, &["pkgs"], module, text)?))
}

/// The splices that make names such as `pkgs` and `lib` known at a place; none where they are.
pub(super) fn with_arguments(
    at: &SyntaxNode,
    names: &[&'static str],
    module: &Module,
    text: Lines<'_>,
) -> Result<Vec<Splice>, Cannot> {
    let missing: Vec<&'static str> = names.iter().copied().filter(|name| lookup(at, name).is_none()).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    match &module.function {
        Some(Param::Pattern(pattern)) => Ok(vec![add_arguments(pattern, &missing, text)]),
        // A function of one name is not given any arguments that it does not ask for.
        Some(Param::IdentParam(_)) => Err(Cannot::NoArgument(missing[0])),
        None => {
            let newline = text.newline(0);
            let start = bytes(module.top.syntax().text_range()).start;
            Ok(vec![Splice::insert(start, format!("{{ {}, ... }}:{newline}{newline}", missing.join(", ")))])
        }
    }
}

/// Names among the arguments of a function, written as the others are.
fn add_arguments(pattern: &ast::Pattern, names: &[&str], text: Lines<'_>) -> Splice {
    let last = pattern.pat_entries().last().map(|entry| bytes(entry.syntax().text_range()).end);
    match (pattern.ellipsis_token(), last) {
        (Some(ellipsis), last) => {
            let at = bytes(ellipsis.text_range()).start;
            // What separates the last name from the dots separates the new ones from them, too.
            let separator = last
                .and_then(|last| text.0.get(last..at))
                .filter(|between| !between.contains(['#', '*']) && between.matches(',').count() == 1)
                .unwrap_or(", ");
            Splice::insert(at, names.iter().fold(String::new(), |all, name| all + name + separator))
        }
        (None, Some(last)) => Splice::insert(last, format!(", {}", names.join(", "))),
        (None, None) => {
            let start = bytes(pattern.syntax().text_range()).start;
            Splice::insert(start + 1, format!(" {}, ...", names.join(", ")))
        }
    }
}
