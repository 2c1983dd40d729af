//! Entries of sets: putting a new one where its like stand, changing one, taking one out.

use rnix::ast::{AttrSet, AttrpathValue, Expr, HasEntry as _};
use rowan::ast::AstNode as _;

use super::path::dotted;
use super::scope::peel;
use super::survey::{Call, Survey};
use super::text::{Lines, Splice, bytes, only_comment};
use super::value::{Style, Value};
use super::{Cannot, Why};

/// The splice that defines the option anew, beside what is most like it.
pub(super) fn define(survey: &Survey, path: &[String], value: &Value, text: Lines<'_>) -> Result<Splice, Cannot> {
    if let Some(barrier) = &survey.barrier {
        return Err(barrier.clone());
    }
    if let (["imports"], Some((set, 0))) =
        (&*path.iter().map(String::as_str).collect::<Vec<_>>(), survey.containers.first())
        && let Some(splice) = at_the_top(set, path, value, text)
    {
        return Ok(splice);
    }
    let sibling = survey.siblings.iter().max_by_key(|sibling| sibling.common);
    let container = survey.containers.iter().max_by_key(|(_, depth)| *depth);
    match (sibling, container) {
        (Some(sibling), Some((_, depth))) if sibling.common > *depth => {
            Ok(behind(&sibling.entry, &path[sibling.depth..], value, Some(sibling.common), text))
        }
        (_, Some((set, depth))) => Ok(into(set, &path[*depth..], value, *depth == 0, text)),
        (_, None) => Err(Cannot::NoModule),
    }
}

fn written(path: &[String], value: &Value, style: &Style<'_>) -> String {
    format!("{} = {};", dotted(path), value.written(style))
}

/// Behind an entry: on a line of its own where the entry has one.
fn behind(entry: &AttrpathValue, path: &[String], value: &Value, common: Option<usize>, text: Lines<'_>) -> Splice {
    let range = bytes(entry.syntax().text_range());
    if !text.leads(range.start) || !only_comment(text.after(range.end)) {
        return Splice::insert(range.end, format!(" {}", written(path, value, &Style::PLAIN)));
    }
    let (newline, indentation) = (text.newline(range.end), text.indentation(range.start));
    let new = written(path, value, &Style { newline, indentation, step: text.step() });
    let spread = text.start(range.start) != text.start(range.end);
    let told = text.above(range.start).is_some_and(|above| above.trim_start().starts_with('#'));
    // What is only distantly alike gets a paragraph of its own, or it would seem to belong to the comment above.
    let apart = new.contains('\n') || common.is_none_or(|common| common < 2 && (spread || told));
    let blank = if apart && paragraphs(entry, text) { newline } else { "" };
    Splice::insert(text.end(range.end), format!("{newline}{blank}{indentation}{new}"))
}

/// Whether the set of an entry has empty lines in it, or nothing but this entry.
fn paragraphs(entry: &AttrpathValue, text: Lines<'_>) -> bool {
    let Some(set) = entry.syntax().parent() else { return false };
    let inside = text.0.get(bytes(set.text_range())).unwrap_or_default();
    inside.lines().any(|line| line.trim().is_empty())
}

/// As the first entry of a set: where people look for what a module imports. None where the set begins in the middle of a line.
fn at_the_top(set: &AttrSet, path: &[String], value: &Value, text: Lines<'_>) -> Option<Splice> {
    let opening = bytes(set.l_curly_token()?.text_range()).end;
    let first = set.entries().next()?;
    let begins = bytes(first.syntax().text_range()).start;
    if !text.leads(begins) || !only_comment(text.after(opening)) {
        return None;
    }
    let (newline, indentation) = (text.newline(opening), text.indentation(begins));
    let new = written(path, value, &Style { newline, indentation, step: text.step() });
    let blank = if text.line(text.next(opening)).trim().is_empty() { "" } else { newline };
    Some(Splice::insert(text.end(opening), format!("{newline}{indentation}{new}{blank}")))
}

/// At the end of a set.
fn into(set: &AttrSet, path: &[String], value: &Value, root: bool, text: Lines<'_>) -> Splice {
    let range = bytes(set.syntax().text_range());
    let closing = range.end - 1;
    // What the first installation wrote at the end stays there.
    let stays = |entry: &AttrpathValue| {
        let path = entry.attrpath().map(|path| path.syntax().text().to_string());
        root && path.is_some_and(|path| path == "system.stateVersion")
    };
    let others = set.attrpath_values().filter(|entry| !stays(entry)).last();
    if let Some(last) = others.or_else(|| set.attrpath_values().last()) {
        let inherited = set.inherits().last().map_or(0, |inherit| bytes(inherit.syntax().text_range()).start);
        if bytes(last.syntax().text_range()).start > inherited {
            let apart = if root { None } else { Some(2) };
            return behind(&last, path, value, apart, text);
        }
    }
    let (newline, indentation) = (text.newline(closing), text.indentation(closing));
    let deeper = format!("{indentation}{}", text.step());
    let new = written(path, value, &Style { newline, indentation: &deeper, step: text.step() });
    if text.leads(closing) && text.start(closing) > range.start {
        return Splice::insert(text.start(closing), format!("{deeper}{new}{newline}"));
    }
    let opening = bytes(set.l_curly_token().map_or(set.syntax().text_range(), |token| token.text_range())).end;
    let blank = text.0.get(opening..closing).unwrap_or_default().trim().is_empty();
    if root && blank {
        return Splice { range: opening..closing, text: format!("{newline}{deeper}{new}{newline}{indentation}") };
    }
    let new = written(path, value, &Style::PLAIN);
    match text.0.get(opening..closing) {
        Some("") => Splice::insert(closing, format!(" {new} ")),
        Some(inside) if inside.ends_with([' ', '\t']) => Splice::insert(closing, format!("{new} ")),
        _ => Splice::insert(closing, format!(" {new} ")),
    }
}

/// The part of a value that can be exchanged: what a priority is given to, or the whole.
pub(super) fn exchangeable(value: &Expr, text: Lines<'_>) -> Result<Expr, Cannot> {
    let because = |why: Why| Cannot::At { why, line: text.number(bytes(value.syntax().text_range()).start) };
    match peel(value.clone()) {
        Expr::Apply(apply) => {
            let call = Call::of(&apply);
            match (call.name.as_str(), call.arguments.last()) {
                ("mkForce" | "mkDefault" | "mkOverride" | "mkBefore" | "mkAfter" | "mkOrder", Some(content)) => {
                    exchangeable(content, text)
                }
                ("mkIf", _) => Err(because(Why::Conditional(call.written))),
                ("mkMerge", _) => Err(because(Why::Merged)),
                _ => Err(because(Why::Computed)),
            }
        }
        Expr::Lambda(lambda) if super::list::of_predicate(&lambda).is_some() => Ok(value.clone()),
        Expr::IfElse(_) => Err(because(Why::Conditional("if".to_owned()))),
        Expr::BinOp(_) | Expr::Lambda(_) | Expr::LetIn(_) | Expr::LegacyLet(_) | Expr::Assert(_) | Expr::Error(_) => {
            Err(because(Why::Computed))
        }
        _ => Ok(value.clone()),
    }
}

/// The splice that gives an entry another value.
pub(super) fn exchange(old: &Expr, value: &Value, text: Lines<'_>) -> Splice {
    let range = bytes(old.syntax().text_range());
    let style =
        Style { newline: text.newline(range.start), indentation: text.indentation(range.start), step: text.step() };
    // What is given to a function binds more tightly than a sign.
    let argument = old.syntax().parent().is_some_and(|parent| rnix::ast::Apply::can_cast(parent.kind()));
    let new = if argument { value.as_item(&style) } else { value.written(&style) };
    Splice { range, text: new }
}

/// The splice that takes an entry out: with its lines where it has them to itself.
pub(super) fn remove(entry: &AttrpathValue, text: Lines<'_>) -> Splice {
    let range = bytes(entry.syntax().text_range());
    if text.leads(range.start) && only_comment(text.after(range.end)) {
        let (mut start, end) = (text.start(range.start), text.next(range.end));
        let blank = |line: &str| line.trim().is_empty();
        let below = text.line(end);
        // One of the empty lines around a paragraph went with it.
        if text.above(start).is_some_and(blank) && (blank(below) || below.trim_start().starts_with(['}', ']'])) {
            start = text.start(start - 1);
        }
        return Splice::cut(start..end);
    }
    let before = text.before(range.start);
    let white = before.len() - before.trim_end_matches([' ', '\t']).len();
    if white > 0 && !text.leads(range.start) {
        return Splice::cut(range.start - white..range.end);
    }
    let after = text.after(range.end);
    Splice::cut(range.start..range.end + after.len() - after.trim_start_matches([' ', '\t']).len())
}
