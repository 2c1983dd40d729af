//! Text as people paste it, made plain: no colours, no time stamps, no marks of quoting.

use std::borrow::Cow;

/// The text without escape sequences and carriage returns. Borrows when there are none.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == 0x1b || byte == b'\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '\r']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix('\r') {
            if !after.starts_with('\n') {
                out.push('\n');
            }
            rest = after;
        } else {
            rest = after_escape(from.get(1..).unwrap_or_default());
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What follows an escape sequence whose ESC is already gone.
fn after_escape(text: &str) -> &str {
    let end = if let Some(control) = text.strip_prefix('[') {
        let last = control.bytes().position(|byte| (0x40..=0x7e).contains(&byte));
        last.map_or(text.len(), |at| at + 2)
    } else if let Some(command) = text.strip_prefix(']') {
        let bell = command.find('\u{7}').map(|at| at + 2);
        let string = command.find("\u{1b}\\").map(|at| at + 3);
        bell.into_iter().chain(string).min().unwrap_or(text.len())
    } else {
        text.chars().next().map_or(0, char::len_utf8)
    };
    text.get(end..).unwrap_or_default()
}

/// A line without what logs, journals and quoting put before it. Its own indentation stays.
pub fn bare(line: &str) -> &str {
    let mut line = line;
    for _ in 0..4 {
        let next = without_one_prefix(line);
        if next.len() == line.len() {
            break;
        }
        line = next;
    }
    line
}

fn without_one_prefix(line: &str) -> &str {
    let Some(first) = line.bytes().next() else { return line };
    match first {
        b'>' => line.strip_prefix("> ").unwrap_or(line),
        0xe2 => line.strip_prefix("┃ ").or_else(|| line.strip_prefix("│ ")).unwrap_or(line),
        b'0'..=b'9' => stamp(line).unwrap_or(line),
        b'[' => line.find("] ").and_then(|end| bracket(line, end)).unwrap_or(line),
        b'A'..=b'Z' => journal(line).unwrap_or(line),
        _ => line,
    }
}

/// `2026-11-21T02:14:00.123Z rest`, `2026-11-21 02:14:00 rest`, `02:14:00 rest`
fn stamp(line: &str) -> Option<&str> {
    let end = line.find(|c: char| !(c.is_ascii_digit() || "-:.,+TZ".contains(c)))?;
    let (stamp, rest) = line.split_at(end);
    let whole = stamp.len() >= 8 && (stamp.contains(':') || stamp.matches('-').count() == 2);
    if whole { rest.strip_prefix(' ') } else { None }
}

/// `[2026-11-21 02:14] rest`, `[  12.345678] rest`, `[3/1/4 built] rest`
fn bracket(line: &str, end: usize) -> Option<&str> {
    let inside = line.get(1..end)?;
    let counts = inside.trim_start().starts_with(|c: char| c.is_ascii_digit()) && inside.len() <= 60;
    if counts { line.get(end + 2..) } else { None }
}

/// `Nov 21 02:14:00 host program[123]: rest`
fn journal(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    if bytes.get(3) != Some(&b' ') || bytes.get(9) != Some(&b':') || bytes.get(12) != Some(&b':') {
        return None;
    }
    let (before, rest) = line.get(15..)?.split_once(": ")?;
    if before.split_whitespace().count() == 2 { Some(rest) } else { None }
}
