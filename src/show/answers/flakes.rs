//! Flakes, and programs that ran.

use std::fmt::Write as _;
use std::path::Path;

use super::super::palette::Palette;
use super::table;
use crate::nix::log::clean;
use crate::outcome::{Output, SourceOfPackages};

/// A line of a program is cut to this length.
const LINE: usize = 1000;

pub(super) fn hosts(hosts: &[String], this: Option<&str>, palette: Palette) -> String {
    if hosts.is_empty() {
        return "The flake defines no machine.\n".to_owned();
    }
    let mut text = String::new();
    for host in hosts {
        let mark = if this == Some(host.as_str()) { palette.dim("  this machine") } else { String::new() };
        let _ = writeln!(text, "{}{mark}", clean(host, 200));
    }
    text
}

pub(super) fn flake(description: Option<&str>, url: &str, made_of: &[SourceOfPackages], palette: Palette) -> String {
    let mut text = format!("{}\n", palette.bold(url));
    if let Some(description) = description {
        let _ = writeln!(text, "{description}");
    }
    let rows: Vec<_> = made_of
        .iter()
        .map(|input| vec![input.name.clone(), input.version.clone().unwrap_or_default(), input.url.clone()])
        .collect();
    if !rows.is_empty() {
        text.push_str(&table(&["INPUT", "VERSION", "FROM"], &rows, palette));
    }
    text
}

pub(super) fn outputs(outputs: &[Output], palette: Palette) -> String {
    if outputs.is_empty() {
        return "It gives nothing that Nix knows a kind of.\n".to_owned();
    }
    let rows: Vec<_> = outputs
        .iter()
        .map(|output| {
            vec![output.attribute.clone(), output.kind.clone(), output.description.clone().unwrap_or_default()]
        })
        .collect();
    table(&["OUTPUT", "KIND", ""], &rows, palette)
}

pub(super) fn products(paths: &[String], link: &Path, palette: Palette) -> String {
    let mut text = String::new();
    for path in paths {
        let _ = writeln!(text, "{} {}", palette.dim("Built"), clean(path, LINE));
    }
    let _ = writeln!(text, "{} points at it.", palette.code(&link.display().to_string()));
    text
}

pub(super) fn ended(program: &str, status: Option<i32>, output: Option<&[String]>, palette: Palette) -> String {
    let mut text = String::new();
    for line in output.unwrap_or_default() {
        let _ = writeln!(text, "{}", clean(line, LINE));
    }
    match status {
        Some(0) if output.is_some() => {}
        Some(0) => {
            let _ = writeln!(text, "{}", palette.dim(&format!("{program} has ended; nothing was installed.")));
        }
        Some(status) => {
            let _ = writeln!(text, "{program} ended with status {status}.");
        }
        None => {
            let _ = writeln!(text, "{program} was stopped.");
        }
    }
    text
}
