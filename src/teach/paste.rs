//! What people paste is often set in as a whole, or broken at the edge of a terminal. Both are taken back before the text
//! is read: a place of a file or the name of an option may stand on two lines.

use std::borrow::Cow;

use super::clean::without_lost_colours;

/// A terminal, a mail or a chat is not narrower than this.
const NARROWEST: usize = 60;

/// The text as it was before it was set in and broken.
pub(super) fn unfolded(text: &str) -> Cow<'_, str> {
    let text = without_lost_colours(text);
    let text = flush(&text).map_or(text, Cow::Owned);
    match edge(&text) {
        Some(edge) => Cow::Owned(joined(&text, edge)),
        None => text,
    }
}

/// Without the blanks that every line begins with, when there are any.
fn flush(text: &str) -> Option<String> {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let filled = || text.lines().filter(|line| !line.trim().is_empty());
    let common = filled().map(blanks).min().unwrap_or(0);
    // Of a line alone it cannot be said that all are set in.
    if common == 0 || filled().count() < 2 {
        return None;
    }
    let lines: Vec<&str> = text.lines().map(|line| line.get(common..).unwrap_or_default()).collect();
    Some(lines.join("\n"))
}

/// The column at which a text was broken: no line is longer, and more than one is exactly so long and goes on without a
/// blank at the beginning of the next line, which no program would do by itself.
fn edge(text: &str) -> Option<usize> {
    let width = |line: &str| line.chars().count();
    let longest = text.lines().map(width).max().filter(|longest| *longest >= NARROWEST)?;
    let full = || text.lines().zip(text.lines().skip(1)).filter(|(line, _)| width(line) == longest);
    let broken = full().filter(|(line, next)| goes_on(line, next)).count();
    (broken > 1 && broken == full().count() || broken == 1 && is_terminal(longest)).then_some(longest)
}

/// Widths that terminals really have.
fn is_terminal(width: usize) -> bool {
    matches!(width, 80 | 100 | 120 | 132 | 160)
}

/// Whether a line may be the rest of the one before it. Lines of a list begin alike.
fn goes_on(line: &str, next: &str) -> bool {
    const BEGINNINGS: &[&str] =
        &["error", "warning", "building ", "copying ", "trace: ", "/nix/store/", "(", "$ ", "# ", "[", "- ", "> "];
    let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let word = next.chars().next().is_some_and(|first| !first.is_whitespace());
    word && first(line) != first(next) && !BEGINNINGS.iter().any(|beginning| next.starts_with(beginning))
}

fn joined(text: &str, edge: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        let whole = line.chars().count() < edge || !lines.peek().is_some_and(|next| goes_on(line, next));
        if whole {
            out.push('\n');
        }
    }
    out
}
