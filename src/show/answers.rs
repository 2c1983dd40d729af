//! What was found out, in words and tables.

mod changes;
mod configuration;
mod flakes;
mod model;
mod search;
mod services;
mod system;

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use changes::{channel_news, differences, dry_build, input_changes, unit_changes};
use system::{disk_usage, health, system_info};

use super::human::Layout;
use super::palette::Palette;
use super::words::{bytes, count};
use crate::nix::comparison::Comparison;
use crate::nix::garbage::Forecast;
use crate::nix::generation::Generation;
use crate::outcome::{Answer, HelpEntry};

/// At most so many packages of a kind are listed one by one.
const LIST: usize = 20;

/// An answer as lines of text, ending with a line end; empty when there is nothing to say.
pub fn answer(answer: &Answer, layout: Layout, zone: &TimeZone) -> String {
    let palette = layout.palette;
    match answer {
        Answer::Generations { generations } => generation_table(generations, palette, zone),
        Answer::Compared { from, to, comparison } => {
            let head = format!("From generation {from} to generation {to}");
            format!("{}\n{}", palette.bold(&head), differences(comparison, palette))
        }
        Answer::Differs { comparison, .. } if *comparison == Comparison::default() => {
            "It is the system that runs already.\n".to_owned()
        }
        Answer::Differs { comparison, .. } => {
            format!("{}\n{}", palette.bold("Compared with the running system"), differences(comparison, palette))
        }
        Answer::Inputs { inputs } => input_changes(inputs, palette),
        Answer::ChannelNews { channel, revision, newest } => {
            channel_news(channel, revision.as_deref(), newest.as_deref(), palette)
        }
        Answer::Forecast { would_free } => forecast(would_free, palette),
        Answer::Freed { bytes_freed, paths_deleted } => {
            let size = bytes_freed.map(|freed| format!(", {} freed", bytes(freed))).unwrap_or_default();
            format!("{} deleted{size}.\n", count(usize::try_from(*paths_deleted).unwrap_or(usize::MAX), "store path"))
        }
        Answer::Optimised { bytes_saved, files_linked } => match files_linked {
            0 => "No two files were alike; there was nothing to save.\n".to_owned(),
            files => format!("{files} files now share their space: {} saved.\n", bytes(*bytes_saved)),
        },
        Answer::Verified { corrupted, missing, untrusted } => verified(corrupted, missing, untrusted, palette),
        Answer::DryBuild { would_build, would_fetch, download_bytes, unpacked_bytes } => {
            dry_build(would_build, would_fetch, *download_bytes, *unpacked_bytes, palette)
        }
        Answer::Units { units } => unit_changes(units, palette),
        Answer::DiskUsage(usage) => disk_usage(usage, palette, zone),
        Answer::SystemInfo(info) => system_info(info, palette),
        Answer::Health { findings } => health(findings, layout),
        Answer::Channels { channels } => {
            if channels.is_empty() {
                return "There are no channels and no flake inputs.\n".to_owned();
            }
            let rows = channels
                .iter()
                .map(|channel| {
                    vec![channel.name.clone(), channel.version.clone().unwrap_or_default(), channel.url.clone()]
                })
                .collect::<Vec<_>>();
            table(&["NAME", "VERSION", "FROM"], &rows, palette)
        }
        Answer::PackagesFound(found) => search::packages_found(found, layout),
        Answer::OptionsFound(found) => search::options_found(found, layout),
        Answer::PackageAbout(about) => search::package_about(about, layout),
        Answer::OptionAbout(about) => search::option_about(about, layout),
        Answer::Providers(found) => search::providers(found, layout),
        Answer::Installed { filter, packages, needed_by_others, nearest } => {
            search::installed(filter.as_deref(), packages, (*needed_by_others, nearest), layout, zone)
        }
        Answer::Why { package, here, chains } => search::why(package, here, chains, layout),
        Answer::IndexStatus { index } => search::index_status(index, layout),
        Answer::History { entries } => history(entries, palette, zone),
        Answer::LessonsMet { lessons } => {
            if lessons.is_empty() {
                return "You have not met any lesson yet.\n".to_owned();
            }
            let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let rows: Vec<_> = lessons.iter().map(|lesson| vec![text(&lesson["id"]), text(&lesson["times"])]).collect();
            table(&["LESSON", "TIMES"], &rows, palette)
        }
        Answer::Help { intents, own } => help(intents, own, palette),
        Answer::Model { model } => model::status(model, layout),
        // It was shown as it came.
        Answer::Prose { .. } => String::new(),
        Answer::Service { service, option, configured, units, log } => {
            services::service(service, option.as_deref(), configured, units, log.as_ref(), palette, zone)
        }
        Answer::Services { units } => services::running(units, palette, zone),
        Answer::Logs { service, log, only_own } => services::logs(service.as_deref(), log, *only_own, palette, zone),
        Answer::Syntax { files, broken } => configuration::syntax(files.len(), broken, palette),
        Answer::Valid { derivation } => configuration::valid(derivation, palette),
        Answer::Evaluated(evaluated) => configuration::evaluated(evaluated, palette),
        Answer::Settings { topic, settings } => configuration::settings(topic, settings, palette),
        Answer::Configuration { files } => configuration::files(files, palette),
        Answer::Written { text, notes, .. } => configuration::written(text, notes, layout),
        Answer::Rewritten { rewritten, diff } => configuration::rewritten(rewritten, diff, palette),
        Answer::Hosts { hosts, this } => flakes::hosts(hosts, this.as_deref(), palette),
        Answer::Flake { description, url, made_of } => flakes::flake(description.as_deref(), url, made_of, palette),
        Answer::Outputs { outputs } => flakes::outputs(outputs, palette),
        Answer::Checked { checked } => format!("{} Nothing is wrong with {checked}.\n", palette.good("ok")),
        Answer::Products { paths, link } => flakes::products(paths, link, palette),
        Answer::Ended { program, status, output } => flakes::ended(program, *status, output.as_deref(), palette),
        Answer::Built { system } => format!("{} {system}\n", palette.dim("Built")),
        Answer::NowCurrent { generation } => format!("Generation {generation} is the current one.\n"),
    }
}

fn day(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Aligned columns under headings; the last column is not padded.
fn table<T: AsRef<str>>(heads: &[&str], rows: &[Vec<T>], palette: Palette) -> String {
    // A column in which no row says anything is left out.
    let used: Vec<usize> = (0..heads.len()).filter(|at| rows.iter().any(|row| !row[*at].as_ref().is_empty())).collect();
    let widest = |at: usize| rows.iter().map(|row| width(row[at].as_ref())).max().unwrap_or(0).max(width(heads[at]));
    let columns: Vec<(usize, usize)> = used.into_iter().map(|at| (at, widest(at))).collect();
    let mut head = String::new();
    push_line(&mut head, heads, &columns);
    let mut text = palette.dim(&head);
    text.reserve(rows.len() * columns.iter().map(|(_, width)| width + 2).sum::<usize>());
    for row in rows {
        text.push('\n');
        push_line(&mut text, row, &columns);
    }
    text.push('\n');
    text
}

fn push_line<T: AsRef<str>>(text: &mut String, cells: &[T], columns: &[(usize, usize)]) {
    for &(at, widest) in columns {
        let cell = cells[at].as_ref();
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', widest + 2 - width(cell)));
    }
    text.truncate(text.trim_end_matches(' ').len());
}

/// How many columns of a terminal the text takes.
fn width(text: &str) -> usize {
    // Asked for every cell of long lists, nearly all of them plain.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        text.len()
    } else {
        unicode_width::UnicodeWidthStr::width(text)
    }
}

fn generation_table(generations: &[Generation], palette: Palette, zone: &TimeZone) -> String {
    if generations.is_empty() {
        return "There are no generations of the system.\n".to_owned();
    }
    let rows: Vec<Vec<Cow<'_, str>>> = generations
        .iter()
        .map(|generation| {
            let marks = [
                generation.current.then(|| "current".to_owned()),
                generation.booted.then(|| "booted".to_owned()),
                generation.pinned.as_ref().map(|label| format!("pinned: {label}")),
                generation.missing.then(|| "files are gone".to_owned()),
            ];
            let marks: Vec<_> = marks.into_iter().flatten().collect();
            vec![
                generation.number.to_string().into(),
                day(generation.date, zone).into(),
                Cow::Borrowed(generation.nixos_version.as_deref().unwrap_or_default()),
                Cow::Borrowed(generation.kernel.as_deref().unwrap_or_default()),
                generation.specialisations.join(", ").into(),
                marks.join(", ").into(),
            ]
        })
        .collect();
    table(&["GENERATION", "DATE", "NIXOS", "KERNEL", "SPECIALISATIONS", ""], &rows, palette)
}

fn forecast(forecast: &Forecast, palette: Palette) -> String {
    if forecast.paths == 0 {
        return "Everything in the store is needed; nothing would be freed.\n".to_owned();
    }
    format!(
        "{} would be freed ({}); {} stay.\n",
        palette.bold(&format!("About {}", bytes(forecast.bytes))),
        count(forecast.paths, "store path"),
        bytes(forecast.kept_bytes)
    )
}

fn verified(corrupted: &[String], missing: &[String], untrusted: &[String], palette: Palette) -> String {
    if corrupted.is_empty() && missing.is_empty() && untrusted.is_empty() {
        return "Every file in the store is as it was when it was built.\n".to_owned();
    }
    let mut text = String::new();
    for (what, paths) in [("damaged", corrupted), ("missing", missing), ("not signed by anyone trusted", untrusted)] {
        for path in paths {
            let _ = writeln!(text, "{}: {path}", palette.bad(what));
        }
    }
    text
}

fn history(entries: &[serde_json::Value], palette: Palette, zone: &TimeZone) -> String {
    if entries.is_empty() {
        return "ask-nix has not changed anything on this machine yet.\n".to_owned();
    }
    let mut text = String::new();
    for entry in entries {
        let field = |name: &str| entry[name].as_str().unwrap_or_default();
        let time = field("at").parse::<Timestamp>().map(|time| day(time, zone)).unwrap_or_default();
        let ending = match (entry["undone"].as_bool(), field("ending")) {
            (Some(true), _) => "taken back",
            (_, "done") => "done",
            (_, "declined") => "declined",
            (_, "failed") => "failed",
            (_, "interrupted") => "stopped",
            _ => "never finished",
        };
        let _ = writeln!(text, "{}  {} ({ending})", palette.dim(&time), palette.bold(field("title")));
        let _ = writeln!(text, "    asked: {}", field("query"));
        for command in entry["commands"].as_array().into_iter().flatten().filter_map(|command| command.as_str()) {
            let _ = writeln!(text, "    {}", palette.dim(&format!("$ {command}")));
        }
    }
    text
}

fn help(intents: &[HelpEntry], own: &[HelpEntry], palette: Palette) -> String {
    let mut text = String::from("Say what you want in your own words. Some of what can be asked:\n\n");
    let width = intents.iter().map(|intent| intent.title.chars().count()).max().unwrap_or(0);
    for intent in intents {
        let _ = writeln!(text, "  {:width$}  {}", intent.title, palette.code(&intent.example));
    }
    if !own.is_empty() {
        text.push_str("\nIn your own words:\n\n");
    }
    for phrase in own {
        let _ = writeln!(text, "  {:width$}  {}", phrase.title, palette.code(&phrase.example));
    }
    text.push_str("\nWords of your own go into files in ~/.config/ask-nix/intents; the README says how.");
    text.push_str("\nAdd --dry-run to see what would be done without doing it.\n");
    text
}
