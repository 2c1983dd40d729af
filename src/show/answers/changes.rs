//! What differs: packages, inputs, channels, units; and what building would bring.

use std::fmt::Write as _;

use super::super::palette::Palette;
use super::super::words::{byte_difference, bytes, count};
use super::LIST;
use crate::nix::comparison::Comparison;
use crate::nix::lock_file::InputChange;
use crate::nix::units::UnitChanges;

pub(super) fn differences(comparison: &Comparison, palette: Palette) -> String {
    let mut text = String::new();
    let mut list = |sign: &str, lines: Vec<String>| {
        for line in lines.iter().take(LIST) {
            let _ = writeln!(text, "  {sign} {line}");
        }
        if lines.len() > LIST {
            let _ = writeln!(text, "  {sign} and {} more", lines.len() - LIST);
        }
    };
    let package = |package: &crate::nix::comparison::Package| {
        format!("{} {}", package.name, package.version).trim_end().to_owned()
    };
    list(&palette.good("+"), comparison.added.iter().map(package).collect());
    list(&palette.bad("-"), comparison.removed.iter().map(package).collect());
    list(
        &palette.odd("~"),
        comparison.changed.iter().map(|change| format!("{}  {} -> {}", change.name, change.from, change.to)).collect(),
    );
    if text.is_empty() {
        text.push_str("  No package is added, removed or of another version.\n");
    }
    let mut rest = Vec::new();
    if comparison.rebuilt > 0 {
        rest.push(format!("{} rebuilt in the same version", count(comparison.rebuilt, "package")));
    }
    if comparison.files_changed > 0 {
        rest.push(format!("{} changed", count(comparison.files_changed, "configuration file")));
    }
    rest.push(byte_difference(comparison.bytes));
    let _ = writeln!(text, "  {}", palette.dim(&rest.join(", ")));
    text
}

pub(super) fn input_changes(inputs: &[InputChange], palette: Palette) -> String {
    if inputs.is_empty() {
        return "All inputs are up to date.\n".to_owned();
    }
    let mut text = palette.bold("Newer inputs") + "\n";
    for input in inputs {
        let stand = |stand: &Option<crate::nix::lock_file::Stand>| {
            stand.as_ref().map_or_else(|| "not there".to_owned(), |stand| stand.description.clone())
        };
        let _ = writeln!(
            text,
            "  {}\n    from {}\n    to   {}",
            palette.code(&input.name),
            stand(&input.from),
            stand(&input.to)
        );
    }
    text
}

pub(super) fn channel_news(name: &str, revision: Option<&str>, newest: Option<&str>, palette: Palette) -> String {
    let short =
        |revision: Option<&str>| revision.map_or_else(|| "unknown".to_owned(), |text| text.chars().take(7).collect());
    let name = palette.code(name);
    match newest {
        Some(newest)
            if revision.is_some_and(|revision| revision.starts_with(newest) || newest.starts_with(revision)) =>
        {
            format!("{name} is up to date ({}).\n", short(revision))
        }
        Some(newest) => {
            format!("{name} has a newer version: {} instead of {}.\n", short(Some(newest)), short(revision))
        }
        None => format!("{name} did not tell its newest version.\n"),
    }
}

pub(super) fn dry_build(
    build: &[String],
    fetch: &[String],
    download: Option<u64>,
    unpacked: Option<u64>,
    palette: Palette,
) -> String {
    if build.is_empty() && fetch.is_empty() {
        return "Nothing would be built or fetched.\n".to_owned();
    }
    let mut text = String::new();
    let mut list = |head: String, names: &[String]| {
        if names.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", palette.bold(&head));
        for name in names.iter().take(LIST) {
            let _ = writeln!(text, "  {name}");
        }
        if names.len() > LIST {
            let _ = writeln!(text, "  and {} more", names.len() - LIST);
        }
    };
    list(format!("{} would be built", count(build.len(), "derivation")), build);
    let sizes = match (download, unpacked) {
        (Some(download), Some(unpacked)) => {
            format!(" ({} to download, {} in the store)", bytes(download), bytes(unpacked))
        }
        _ => String::new(),
    };
    list(format!("{} would be fetched{sizes}", count(fetch.len(), "path")), fetch);
    text
}

pub(super) fn unit_changes(units: &UnitChanges, palette: Palette) -> String {
    let mut text = String::new();
    for (what, names) in [
        ("failed", &units.failed),
        ("stopped", &units.stopped),
        ("started", &units.started),
        ("restarted", &units.restarted),
        ("reloaded", &units.reloaded),
        ("left alone although changed", &units.left_alone),
    ] {
        if !names.is_empty() {
            let what = if what == "failed" { palette.bad(what) } else { palette.bold(what) };
            let _ = writeln!(text, "Units {what}: {}", names.join(", "));
        }
    }
    text
}
