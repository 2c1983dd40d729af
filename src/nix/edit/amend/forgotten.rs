//! A sign that was forgotten: what is written is no Nix, and with one sign more it is.

use super::Cannot;
use crate::nix::edit::text::{Lines, Splice, spliced};

/// So many lines with code are looked at: that where the parser stopped, and those before it.
const LINES: usize = 3;

/// What was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// At the end of a line.
    Semicolon,
    /// Before the end of a line.
    Quote,
    /// On a line of its own, with its semicolon.
    Bracket(&'static str),
}

/// What was forgotten where the parser stopped, or shortly before; the line, and the text with it. None when nothing
/// helps, or more than one thing would.
///
/// # Errors
/// When the text is Nix already.
pub fn forgotten(text: &str, line: usize) -> Result<Option<(Forgotten, usize, String)>, Cannot> {
    if rnix::Root::parse(text).errors().is_empty() {
        return Err(Cannot::Unsure);
    }
    let lines = Lines(text);
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let written = |number: usize| {
        let start = *starts.get(number.checked_sub(1)?)?;
        let code = lines.line(start).split(" #").next().unwrap_or_default().trim_end();
        (!code.trim().is_empty() && !code.trim_start().starts_with('#')).then_some((number, start, code))
    };
    let mut found = Vec::new();
    for (number, start, code) in (1..=line).rev().filter_map(written).take(LINES) {
        let end = start + code.len();
        if !code.ends_with([';', '{', '[', '(', '=']) {
            found.extend(parsed(text, end, ";").map(|text| (Forgotten::Semicolon, number, text)));
        }
        let indentation = outdented(lines.indentation(start));
        for bracket in ["];", "};"] {
            let closing = format!("{}{indentation}{bracket}", lines.newline(end));
            found
                .extend(parsed(text, lines.end(end), &closing).map(|text| (Forgotten::Bracket(bracket), number, text)));
        }
    }
    // An open quote swallows lines, so the parser stops far behind it.
    for (number, start, code) in (1..=starts.len()).filter_map(written) {
        if code.ends_with(';') && code.matches('"').count() % 2 == 1 {
            let end = start + code.len() - 1;
            found.extend(parsed(text, end, "\"").map(|text| (Forgotten::Quote, number, text)));
        }
    }
    // Several that would be Nix mean different things.
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The text with something at a place, if that is Nix.
fn parsed(text: &str, at: usize, more: &str) -> Option<String> {
    let changed = spliced(text, &[Splice { range: at..at, text: more.to_owned() }])?;
    rnix::Root::parse(&changed).errors().is_empty().then_some(changed)
}

/// One step less of indentation.
fn outdented(indentation: &str) -> &str {
    indentation.strip_suffix("  ").or_else(|| indentation.strip_suffix('\t')).unwrap_or(indentation)
}
