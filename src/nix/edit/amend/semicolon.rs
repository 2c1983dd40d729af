//! A semicolon that was forgotten.

use super::Cannot;
use crate::nix::edit::text::{Lines, Splice, spliced};

/// So many lines with code are looked at: that where the parser stopped, and those before it.
const LINES: usize = 3;

/// The text with a semicolon at the end of a line, and that line: where the parser stopped, or shortly before. None when it
/// does not help, or could stand in more than one place.
///
/// # Errors
/// When the text is Nix already.
pub fn semicolon(text: &str, line: usize) -> Result<Option<(usize, String)>, Cannot> {
    if rnix::Root::parse(text).errors().is_empty() {
        return Err(Cannot::Unsure);
    }
    let lines = Lines(text);
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let mut found: Option<(usize, String)> = None;
    let code = |start: &usize| lines.line(*start).split(" #").next().unwrap_or_default().trim_end();
    let written = (1..=line).rev().filter_map(|number| Some((number, *starts.get(number - 1)?)));
    let written = written.map(|(number, start)| (number, start, code(&start)));
    let written = written.filter(|(.., code)| !code.trim().is_empty() && !code.trim_start().starts_with('#'));
    for (number, start, code) in written.take(LINES) {
        if code.ends_with([';', '{', '[', '(', '=']) {
            continue;
        }
        let at = start + code.len();
        let Some(changed) = spliced(text, &[Splice { range: at..at, text: ";".to_owned() }]) else { continue };
        if rnix::Root::parse(&changed).errors().is_empty() {
            // Two places that both parse mean different things.
            if found.is_some() {
                return Ok(None);
            }
            found = Some((number, changed));
        }
    }
    Ok(found)
}
