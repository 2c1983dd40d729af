//! What the machine is, how it does, and what takes its space.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::super::human::Layout;
use super::super::palette::Palette;
use super::super::words::{bytes, count};
use super::{day, table};
use crate::nix::disk_usage::DiskUsage;
use crate::nix::health::{Finding, State};
use crate::nix::system_info::SystemInfo;

pub(super) fn disk_usage(usage: &DiskUsage, palette: Palette, zone: &TimeZone) -> String {
    let mut text =
        format!("The store holds {} in {}.", palette.bold(&bytes(usage.store_bytes)), count(usage.store_paths, "path"));
    if let Some(space) = usage.space {
        let _ = write!(text, " Its disk has {} free of {}.", bytes(space.free), bytes(space.total));
    }
    text.push_str("\n\n");
    let rows: Vec<_> = usage
        .by_generation
        .iter()
        .map(|one| {
            let mark = if one.current { "current" } else { "" };
            vec![
                one.number.to_string(),
                day(one.date, zone),
                bytes(one.closure_bytes),
                bytes(one.unique_bytes),
                mark.to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&table(&["GENERATION", "DATE", "SIZE", "ONLY IN IT", ""], &rows, palette));
        text.push('\n');
    }
    let rows: Vec<_> =
        usage.largest.iter().map(|one| vec![one.name.clone(), one.versions.join(", "), bytes(one.bytes)]).collect();
    text.push_str(&table(&["LARGEST PACKAGES", "VERSIONS", "SIZE"], &rows, palette));
    text
}

pub(super) fn system_info(info: &SystemInfo, palette: Palette) -> String {
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let kernel = match (&info.kernel, &info.system_kernel) {
        (Some(running), Some(system)) if running != system => {
            Some(format!("{running} (the present system would start {system})"))
        }
        (running, system) => running.clone().or_else(|| system.clone()),
    };
    let generation = info.generation.map(|current| match info.booted_generation {
        Some(booted) if booted != current => format!("{current} of {} (booted: {booted})", info.generations),
        _ => format!("{current} of {}", info.generations),
    });
    let channels = info.channels.iter().map(|channel| {
        format!("{} {}", channel.name, channel.version.as_deref().or(channel.url.as_deref()).unwrap_or_default())
    });
    let rows = [
        ("Host", Some(info.host.clone())),
        ("System", info.operating_system.clone()),
        ("NixOS", info.nixos_version.clone()),
        ("Kernel", kernel),
        ("Architecture", info.architecture.clone()),
        ("Nix", info.nix.as_ref().map(|nix| nix.text.clone())),
        ("Generation", generation.or_else(|| number(info.booted_generation))),
        ("Configuration", info.configuration.as_ref().map(|path| path.display().to_string())),
        ("Revision", info.configuration_revision.clone()),
        ("Inputs", Some(info.inputs.join("\n")).filter(|text| !text.is_empty())),
        ("Channels", Some(channels.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        for (at, line) in value.iter().flat_map(|value| value.lines()).enumerate() {
            let name = if at == 0 { name } else { "" };
            let _ = writeln!(text, "{}  {line}", palette.dim(&format!("{name:14}")));
        }
    }
    text
}

pub(super) fn health(findings: &[Finding], layout: Layout) -> String {
    let palette = layout.palette;
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.state {
            State::Ok => palette.good("ok     "),
            State::Warning => palette.odd("warning"),
            State::Problem => palette.bad("problem"),
        };
        let _ = writeln!(text, "{mark}  {}", finding.title);
        if finding.state != State::Ok {
            let _ = writeln!(text, "{}", layout.paragraph(&finding.detail, "         "));
            if let Some(advice) = &finding.advice {
                let _ = writeln!(text, "         What to do: {}", palette.code(advice));
            }
        }
    }
    let sum = match findings.iter().filter(|finding| finding.state != State::Ok).count() {
        0 => "All is well.".to_owned(),
        number => format!("{} to look at.", count(number, "thing")),
    };
    text + "\n" + &palette.bold(&sum) + "\n"
}
