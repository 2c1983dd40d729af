//! The block of lines that an error or a warning is, to a [`Report`].

use super::evidence::{Frame, Position, Report};

/// The innermost message of a block, what surrounds it, and where it is.
pub(super) fn report(lines: &[String]) -> Report {
    let start = lines.iter().rposition(|line| inner_error(line).is_some()).unwrap_or(0);
    let mut report = Report { trace: frames(lines.get(..start).unwrap_or_default()), ..Report::default() };
    let mut message: Vec<String> = Vec::new();
    for (number, line) in lines.iter().enumerate().skip(start) {
        let trimmed = line.trim();
        if let Some(log) = trimmed.strip_prefix('>') {
            report.log.push(log.strip_prefix(' ').unwrap_or(log).to_owned());
        } else if let Some(at) = position(trimmed).filter(|_| number > start) {
            report.at = report.at.or(Some(at));
        } else if number > start && is_frame(trimmed) {
            report.trace.extend(frames(std::slice::from_ref(line)));
        } else if trimmed.starts_with("(use '--show-trace'") {
            report.trace.push(Frame { text: TRUNCATED.to_owned(), at: None });
        } else if !trimmed.is_empty() && !is_code(trimmed) && !is_remark(trimmed) {
            message.push(inner_error(line).filter(|_| number == start).unwrap_or(trimmed).to_owned());
        }
    }
    // Nix up to 2.3 said what it was doing before what went wrong.
    if message.first().is_some_and(|first| first.starts_with("while ") && first.ends_with(':')) && message.len() > 1 {
        let inner = message.split_off(message.len() - 1);
        report.trace.extend(message.into_iter().map(|text| Frame { text, at: None }));
        message = inner;
    }
    if report.at.is_none() {
        report.at = message.first_mut().and_then(place_at_end);
    }
    report.message = message.join("\n");
    report
}

/// Nix up to 2.3 says the place at the end of the line, "…, at <FILE:LINE:COLUMN>" or "… at <FILE:LINE:COLUMN>". It is taken
/// from there unless the sentence is about it.
fn place_at_end(line: &mut String) -> Option<Position> {
    let (before, at) = line.rsplit_once(" at ")?;
    let place = place_of(at)?;
    let part = ["already defined", "but got", "assertion failed", "located"];
    let sentence = part.iter().any(|words| before.contains(words)) || before.ends_with(',');
    if !sentence {
        let end = before.len();
        line.truncate(end);
    } else if before.starts_with("syntax error") {
        let end = before.len() - 1;
        line.truncate(end);
    }
    Some(place)
}

/// What Nix says where it leaves frames out, as the text of a frame.
const TRUNCATED: &str = "stack trace truncated";

fn inner_error(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("error:")?;
    if line.starts_with([' ', '\t']) { Some(rest.trim_start()) } else { None }
}

fn frames(lines: &[String]) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in lines {
        let trimmed = line.trim();
        if let Some(text) = trimmed.strip_prefix('…') {
            frames.push(Frame { text: text.trim().to_owned(), at: None });
        } else if trimmed.starts_with("(stack trace truncated") {
            frames.push(Frame { text: TRUNCATED.to_owned(), at: None });
        } else if let (Some(at), Some(frame)) = (position(trimmed), frames.last_mut()) {
            frame.at = Some(at);
        } else if let Some(frame) = frames.last_mut()
            && !is_code(trimmed)
            && !is_remark(trimmed)
            && !trimmed.is_empty()
        {
            frame.text.push(' ');
            frame.text.push_str(trimmed);
        }
    }
    frames
}

/// `at FILE:LINE:COLUMN:`, also with quotes around the place.
fn position(line: &str) -> Option<Position> {
    let place = line.strip_prefix("at ").or_else(|| line.strip_prefix("whose name attribute is located at "))?;
    place_of(place.trim_end_matches([':', '.']))
}

/// `FILE:LINE:COLUMN`
pub(super) fn place_of(place: &str) -> Option<Position> {
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let file = file.trim_matches(['\'', '"', '`']);
    if file.is_empty() || file.contains('\n') {
        return None;
    }
    Some(Position { file: file.to_owned(), line: line.parse().ok()?, column: column.parse().ok()? })
}

fn is_frame(line: &str) -> bool {
    line.starts_with('…') && !line.contains("Did you mean")
}

/// A quoted line of a Nix file: `12| text` or the mark below it.
fn is_code(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.starts_with('|')
}

fn is_remark(line: &str) -> bool {
    let last_lines = (line.starts_with("last ") || line.starts_with("Last ")) && line.ends_with(" log lines:");
    last_lines
        || line.starts_with("For full logs, run")
        || line.starts_with("(stack trace truncated")
        || line.starts_with("nix log /")
        || line.starts_with("nix-store -l /")
}
