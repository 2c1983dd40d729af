//! One picture of the running step: a head line, what runs now, the totals.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::amount;
use super::line::{Ink, Line, fit};
use super::state::State;
use crate::event::{Running, RunningKind};

/// Below this many columns only names and times are shown.
const NARROW: usize = 40;

/// The lines of the picture with the columns that they take, at most `columns`; the list takes at most a third of the rows.
pub(super) fn frame(state: &State, now: Duration, columns: usize, rows: usize, colour: bool) -> Vec<(String, usize)> {
    let mut lines = vec![head(state, now, columns)];
    let running = &state.progress.running;
    if let Some((words, time)) = state.doing(now) {
        lines.push(item(&words, &[amount::time(time)], columns));
    }
    let room = (rows / 3).max(1);
    let shown = if running.len() > room { room - 1 } else { running.len() };
    let names = running.iter().take(shown).map(|running| running.name.width()).max().unwrap_or(0);
    lines.extend(running.iter().take(shown).map(|running| entry(running, names, columns)));
    if shown < running.len() {
        let more = running.len() - shown;
        lines.push(
            Line::default()
                .and(Ink::Faint, if shown == 0 { format!("  {more} at work") } else { format!("  … and {more} more") }),
        );
    }
    let totals = totals(state, now);
    if !totals.is_empty() {
        lines.push(totals);
    }
    lines.iter().map(|line| (line.render(columns, colour), line.width().min(columns))).collect()
}

/// The title gives way to the time.
fn head(state: &State, now: Duration, columns: usize) -> Line {
    let number = if state.of > 1 { format!("[{}/{}] ", state.step, state.of) } else { String::new() };
    let time = format!(" · {}", amount::time(state.elapsed(now)));
    let title = if state.title.is_empty() { "Working" } else { &state.title };
    let title = fit(title, columns.saturating_sub(number.width() + time.width()).max(8));
    Line::default().and(Ink::Faint, number).and(Ink::Title, title).and(Ink::Faint, time)
}

fn totals(state: &State, now: Duration) -> Line {
    let mut line = Line::default();
    for (number, total) in state.totals(now).into_iter().enumerate() {
        line = line.and(Ink::Faint, if number == 0 { "  " } else { " · " });
        let ink = if total.ends_with("failed") { Ink::Bad } else { Ink::Plain };
        line = line.and(ink, total);
    }
    line
}

fn entry(running: &Running, names: usize, columns: usize) -> Line {
    let time = amount::seconds(running.seconds);
    if columns < NARROW {
        return item(&running.name, &[time], columns);
    }
    let (verb, ink) = match running.kind {
        RunningKind::Build => ("build", Ink::Good),
        RunningKind::Copy | RunningKind::Download => ("fetch", Ink::Warning),
        RunningKind::Other => ("     ", Ink::Plain),
    };
    // Names stand in a column, as long as it leaves room for the rest.
    let column = names.min(columns / 2);
    let name = fit(&running.name, column);
    let gap = " ".repeat(column.saturating_sub(name.width()));
    let bytes = running.bytes.filter(|bytes| bytes.done + bytes.expected > 0).map(amount::transfer);
    let details = [Some(time), bytes, running.phase.clone(), running.waiting.clone(), host(running)];
    let details: Vec<String> = details.into_iter().flatten().collect();
    Line::default()
        .and(Ink::Plain, "  ")
        .and(ink, verb)
        .and(Ink::Plain, format!(" {name}{gap}  "))
        .and(Ink::Faint, details.join(" · "))
}

/// A builder is worth naming, the cache that everything comes from is not.
fn host(running: &Running) -> Option<String> {
    let host = running.host.as_deref().filter(|_| running.kind == RunningKind::Build)?;
    Some(format!("on {}", host.split_once("://").map_or(host, |(_, host)| host)))
}

/// A line whose end must be seen: the text gives way.
fn item(text: &str, details: &[String], columns: usize) -> Line {
    let details = details.join(" · ");
    let room = columns.saturating_sub(details.width() + 4);
    Line::default().and(Ink::Plain, format!("  {}  ", fit(text, room))).and(Ink::Faint, details)
}
