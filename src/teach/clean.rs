//! Text as people paste it, made plain: no colours, no time stamps, no marks of quoting.

use std::borrow::Cow;

use memchr::{memchr_iter, memchr2};

/// The text without escape sequences and carriage returns. Borrows when there are none.
pub fn plain(text: &str) -> Cow<'_, str> {
    if memchr2(0x1b, b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr2(0x1b, b'\r', rest.as_bytes()) {
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
    } else if text.starts_with(['(', ')']) {
        2
    } else {
        text.chars().next().map_or(0, char::len_utf8)
    };
    text.get(end..).unwrap_or_default()
}

/// The text without colours whose escape character was lost, or written out, on the way through a log or a page:
/// `[31;1merror:[0m`, `^[[31;1merror:^[[0m`.
pub(super) fn without_lost_colours(text: &str) -> Cow<'_, str> {
    if !text.contains("[0m") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in memchr_iter(b'[', text.as_bytes()) {
        let (Some(before), Some(after)) = (text.get(from..at), text.get(at + 1..)) else { continue };
        let numbers = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').len();
        if numbers == 0 || !after[numbers..].starts_with('m') {
            continue;
        }
        let before = ["^[", "\\e", "\\033", "\\x1b", "\\u001b"].iter().find_map(|mark| before.strip_suffix(mark));
        out.push_str(before.unwrap_or(&text[from..at]));
        from = at + 1 + numbers + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
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
    let rest = match first {
        b'>' => line.strip_prefix("> "),
        0xe2 => line.strip_prefix("┃ ").or_else(|| line.strip_prefix("│ ")),
        b'0'..=b'9' => stamp(line),
        b'[' => line.find("] ").and_then(|end| bracket(line, end)),
        b'#' => line.strip_prefix("##[error]").or_else(|| step(line)),
        b'^' => line.strip_prefix("^C"),
        b'A'..=b'Z' => journal(line).or_else(|| column(line)),
        b'a'..=b'z' => column(line),
        _ => None,
    };
    rest.unwrap_or(line)
}

/// `2026-11-21T02:14:00.123Z rest`, `2026-11-21 02:14:00 rest`, `02:14:00 rest`, and with a journal's host and program
/// behind it.
fn stamp(line: &str) -> Option<&str> {
    let end = line.find(|c: char| !(c.is_ascii_digit() || "-:.,+TZ".contains(c)))?;
    let (stamp, rest) = line.split_at(end);
    let whole = stamp.len() >= 8 && (stamp.contains(':') || stamp.matches('-').count() == 2);
    let rest = rest.strip_prefix(' ').filter(|_| whole)?;
    Some(source(rest).unwrap_or(rest))
}

/// `host program[123]: rest`
fn source(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once(": ")?;
    let (host, program) = before.trim_start().split_once(' ')?;
    let process = program.strip_suffix(']').and_then(|program| program.rsplit_once('['));
    let number = process.is_some_and(|(_, id)| id.bytes().all(|byte| byte.is_ascii_digit()));
    (number && !host.contains(['\'', '"'])).then_some(rest)
}

/// `[2026-11-21 02:14] rest`, `[  12.345678] rest`, `[3/1/4 built] rest`, `[ERROR] rest`
fn bracket(line: &str, end: usize) -> Option<&str> {
    let inside = line.get(1..end)?.trim();
    let counts = inside.starts_with(|c: char| c.is_ascii_digit()) && inside.len() <= 60;
    let level = matches!(inside, "ERROR" | "WARN" | "INFO" | "DEBUG" | "stderr" | "stdout");
    let rest = line.get(end + 2..).filter(|_| counts || level)?;
    Some(rest.strip_prefix("stderr) ").unwrap_or(rest))
}

/// `#12 3.456 rest`, as Docker numbers the steps of a build.
fn step(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
    let (seconds, rest) = rest.split_once(' ')?;
    let counts = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (counts(number) && counts(seconds) && seconds.contains('.')).then_some(rest)
}

/// `Nov 21 02:14:00 host program[123]: rest`, `Sat 2026-11-21 02:14:00 UTC host program[123]: rest`
fn journal(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    if bytes.get(3) != Some(&b' ') {
        return None;
    }
    if bytes.get(9) == Some(&b':') && bytes.get(12) == Some(&b':') {
        let (before, rest) = line.get(15..)?.split_once(": ")?;
        return (before.split_whitespace().count() == 2).then_some(rest);
    }
    let rest = line.get(4..).filter(|_| bytes.get(8) == Some(&b'-') && bytes.get(17) == Some(&b':'))?;
    source(rest.get(20..)?.split_once(' ')?.1)
}

/// `machine | rest`, as programs that work on several machines or services at once write it; and the tabs of
/// GitHub's logs, `job<TAB>step<TAB>2026-11-21T02:14:00Z rest`.
fn column(line: &str) -> Option<&str> {
    const WIDEST: usize = 40;
    let end = line.bytes().take(WIDEST).position(|byte| !(byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte)))?;
    let rest = line.get(end..)?;
    if let Some(rest) = rest.trim_start_matches(' ').strip_prefix("| ").filter(|_| rest.starts_with(' ')) {
        return Some(rest);
    }
    let (_, last) = line.rsplit_once('\t')?;
    last.starts_with("20").then(|| stamp(last)).flatten()
}
