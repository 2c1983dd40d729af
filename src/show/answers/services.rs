//! How services do, and what they said.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::palette::Palette;
use super::super::words::bytes;
use super::{day, table};
use crate::nix::journal::{Digest, Line};
use crate::nix::settings::Setting;
use crate::nix::unit_state::UnitState;

pub(super) fn service(
    name: &str,
    option: Option<&str>,
    configured: &[Setting],
    units: &[UnitState],
    log: Option<&Digest>,
    palette: Palette,
    zone: &TimeZone,
) -> String {
    let mut text = String::new();
    for state in units {
        let _ = writeln!(text, "{}", unit(state, palette, zone));
    }
    let exists = units.iter().any(|unit| unit.exists);
    match (option, configured) {
        (Some(_), [_, ..]) => {
            for setting in configured {
                let place = format!("{}:{}", setting.file.display(), setting.line);
                let _ = writeln!(text, "The configuration says {} ({place})", palette.code(setting.text.trim()));
            }
        }
        (Some(option), []) if exists => {
            let _ = writeln!(
                text,
                "It is part of the system; none of your files sets {} themselves.",
                palette.code(option)
            );
        }
        (Some(option), []) => {
            let _ = writeln!(
                text,
                "It is not part of this system. {} turns it on: ask-nix \"enable {name}\".",
                palette.code(&format!("{option} = true;"))
            );
        }
        (None, _) => {}
    }
    if let Some(log) = log {
        text.push('\n');
        text.push_str(&digest(log, palette, zone));
    }
    text
}

pub(super) fn running(units: &[UnitState], palette: Palette, zone: &TimeZone) -> String {
    if units.is_empty() {
        return "No service runs.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = units
        .iter()
        .map(|unit| {
            let state = if unit.failed() { "failed" } else { &unit.state };
            let name = unit.unit.trim_end_matches(".service");
            let memory = unit.memory_bytes.map(bytes).unwrap_or_default();
            let since = unit.since.map(|time| day(time, zone)).unwrap_or_default();
            vec![name.to_owned(), state.to_owned(), since, memory, unit.description.clone()]
        })
        .collect();
    table(&["SERVICE", "STATE", "SINCE", "MEMORY", "WHAT IT IS"], &rows, palette)
}

fn unit(state: &UnitState, palette: Palette, zone: &TimeZone) -> String {
    let since = |word: &str| state.since.map(|time| format!(" {word} {}", day(time, zone))).unwrap_or_default();
    let name = palette.bold(&state.unit);
    let is = if !state.exists {
        palette.dim("is not there")
    } else if state.failed() {
        let how = match (&state.result, state.exit_status) {
            (Some(result), Some(status)) if result == "exit-code" => format!(" with status {status}"),
            (Some(result), _) => format!(" ({result})"),
            _ => String::new(),
        };
        format!("{}{how}{}", palette.bad("failed"), since("on"))
    } else {
        match (state.active.as_str(), state.state.as_str()) {
            ("active", "exited") => format!("{}{}", palette.good("has done its work"), since("on")),
            ("active", "listening" | "waiting") => format!("{}{}", palette.good("waits to be needed"), since("since")),
            ("active" | "reloading" | "refreshing", _) => format!("{}{}", palette.good("runs"), since("since")),
            ("activating", _) => palette.odd("is starting"),
            ("deactivating", _) => palette.odd("is stopping"),
            _ => format!("{}{}", palette.odd("does not run"), since("since")),
        }
    };
    let mut more = Vec::new();
    more.extend(state.process.map(|process| format!("process {process}")));
    more.extend(state.memory_bytes.map(bytes));
    if state.restarts > 0 {
        more.push(format!("started again by itself {} times", state.restarts));
    }
    if !state.started_by.is_empty() && !state.works() {
        more.push(format!("started by {} when needed", state.started_by.join(", ")));
    }
    let more = if more.is_empty() { String::new() } else { palette.dim(&format!(" ({})", more.join(", "))) };
    let what = if state.description.is_empty() { String::new() } else { format!(", {}", state.description) };
    format!("{name}{what}: {is}{more}")
}

pub(super) fn logs(service: Option<&str>, log: &Digest, only_own: bool, palette: Palette, zone: &TimeZone) -> String {
    let mut text = if log.is_empty() {
        match service {
            Some(service) => format!("{service} said nothing that is still in the journal.\n"),
            None => "Nothing in the journal is worth a warning since the machine was started.\n".to_owned(),
        }
    } else {
        digest(log, palette, zone)
    };
    if only_own && log.is_empty() {
        text.push_str(
            &palette.dim("Only root and members of the groups wheel and systemd-journal can read all of it."),
        );
        text.push('\n');
    }
    text
}

fn digest(log: &Digest, palette: Palette, zone: &TimeZone) -> String {
    let mut text = String::new();
    // Where the end is nothing but the errors it is not told twice.
    let repeats = log.end.iter().all(|line| log.errors.iter().any(|error| error.text == line.text));
    for (head, lines) in [("What went wrong", &log.errors), ("The last lines", &log.end)] {
        if lines.is_empty() || (head == "The last lines" && repeats) {
            continue;
        }
        let _ = writeln!(text, "{}", palette.bold(head));
        for line in lines {
            let _ = writeln!(text, "  {}", entry(line, palette, zone));
        }
    }
    text
}

fn entry(line: &Line, palette: Palette, zone: &TimeZone) -> String {
    let time = line.at.map(|time: Timestamp| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let said = if line.priority <= 3 { palette.bad(&line.text) } else { line.text.clone() };
    let times = if line.times > 1 { palette.dim(&format!(" ({} times)", line.times)) } else { String::new() };
    format!("{} {}: {said}{times}", palette.dim(&time.unwrap_or_default()), line.from).trim_start().to_owned()
}
