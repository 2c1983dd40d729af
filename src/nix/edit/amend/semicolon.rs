//! A semicolon that was forgotten.

use super::Cannot;
use crate::nix::edit::text::{Lines, Splice, spliced};

/// How many lines before the place where the parser stopped the forgotten one may be.
const BEFORE: usize = 2;

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
    for number in line.saturating_sub(BEFORE).max(1)..=line {
        let Some(&start) = starts.get(number - 1) else { continue };
        let whole = lines.line(start);
        let code = whole.split(" #").next().unwrap_or_default().trim_end();
        if code.trim().is_empty() || code.trim_start().starts_with('#') || code.ends_with([';', '{', '[', '(', '=']) {
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
