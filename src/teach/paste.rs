//! What people paste is often set in as a whole, or broken at the edge of a terminal. Both are taken back before the text
//! is read: a place of a file or the name of an option may stand on two lines.

use std::borrow::Cow;

use super::clean::{bare, without_lost_colours};

/// A terminal, a mail or a chat is not narrower than this.
const NARROWEST: usize = 60;

/// The text with every line that is as long as the longest one taken for broken. That is a guess, good for a second look
/// at a text in which nothing was understood.
pub(super) fn guessed(text: &str) -> Option<String> {
    let text = without_lost_colours(text);
    let text = flush(&text).map_or(text, Cow::Owned);
    let longest = text.lines().map(|line| line.chars().count()).max().filter(|longest| *longest >= NARROWEST)?;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line);
        if line.chars().count() < longest {
            out.push('\n');
        }
    }
    Some(out)
}

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
    if common == 0 {
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
    let word = next.chars().next().is_some_and(|first| !first.is_whitespace()) && bare(next).len() == next.len();
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
