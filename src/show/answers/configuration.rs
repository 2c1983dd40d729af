//! The configuration: what it says, where, and what comes of it.

use std::fmt::Write as _;

use serde_json::Value;

use super::super::human::{Layout, coloured_diff};
use super::super::palette::Palette;
use super::super::words::count;
use super::LIST;
use crate::nix::settings::{Broken, File, Setting};
use crate::nix::value::{Definition, Evaluated, Found};

pub(super) fn syntax(files: usize, broken: &[Broken], palette: Palette) -> String {
    let mut text = format!("{} read.\n", count(files, "file"));
    for one in broken {
        let place = format!("{}:{}", one.file.display(), one.line);
        let _ = writeln!(text, "{} {place}: {}", palette.bad("not Nix"), one.message);
    }
    text
}

pub(super) fn valid(derivation: &str, palette: Palette) -> String {
    let name = derivation.rsplit('/').next().unwrap_or_default().trim_end_matches(".drv");
    let name = name.split_once('-').map_or(name, |(_, name)| name);
    format!(
        "{} The configuration can be evaluated. It makes {}; nothing was built.\n",
        palette.good("ok"),
        palette.code(name)
    )
}

pub(super) fn files(files: &[File], palette: Palette) -> String {
    let mut text = String::new();
    for file in files {
        let _ = writeln!(text, "{}\n{}", palette.bold(&file.path.display().to_string()), file.text.trim_end());
        text.push('\n');
    }
    text
}

pub(super) fn written(text: &str, notes: &[String], layout: Layout) -> String {
    let mut shown = text.to_owned();
    shown.push('\n');
    for note in notes {
        let _ = writeln!(shown, "{}", layout.paragraph(note, ""));
    }
    shown
}

pub(super) fn rewritten(file: &str, diff: &str, palette: Palette) -> String {
    if diff.is_empty() {
        return format!("Nothing has changed: {file} stays as it is.\n");
    }
    coloured_diff(diff, palette)
}

pub(super) fn settings(topic: &str, settings: &[Setting], palette: Palette) -> String {
    if settings.is_empty() {
        return format!(
            "None of the configuration's files says anything about {topic}. What is not set has its default.\n"
        );
    }
    let mut text = String::new();
    for setting in settings {
        let place = format!("{}:{}", setting.file.display(), setting.line);
        let _ = writeln!(text, "{}  {}", palette.dim(&place), palette.bold(&setting.path));
        for line in setting.text.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

pub(super) fn evaluated(evaluated: &Evaluated, palette: Palette) -> String {
    match &evaluated.found {
        Found::Value { value, definitions, takes, .. } => {
            let mut text = format!("{} = {}\n", palette.bold(&evaluated.selector), palette.code(&nix(value, 0)));
            for definition in definitions {
                let _ = writeln!(text, "  set in {}", place(definition));
            }
            if definitions.is_empty() {
                text.push_str("  not set anywhere: this is the default\n");
            }
            if let Some(takes) = takes {
                let _ = writeln!(text, "  {}", palette.dim(&format!("it takes: {takes}")));
            }
            text
        }
        Found::Group { names, set } => {
            let mut text = String::new();
            for one in set {
                let places: Vec<String> = one.definitions.iter().map(place).collect();
                let _ = writeln!(text, "{} = {}", palette.bold(&one.option), palette.code(&nix(&one.value, 0)));
                let _ = writeln!(text, "  {}", palette.dim(&places.join(", ")));
            }
            if set.is_empty() {
                let _ = writeln!(text, "The configuration sets nothing below {}.", evaluated.selector);
            }
            let shown: Vec<&str> = names.iter().take(LIST).map(String::as_str).collect();
            let more = if names.len() > LIST { format!(" and {} more", names.len() - LIST) } else { String::new() };
            let _ =
                writeln!(text, "{}", palette.dim(&format!("{} has {}{more}", evaluated.selector, shown.join(", "))));
            text
        }
        // Said as what went wrong.
        Found::Missing { .. } => String::new(),
    }
}

fn place(definition: &Definition) -> String {
    match definition.line {
        Some(line) => format!("{}:{line}", definition.file),
        None => definition.file.clone(),
    }
}

/// A value as it is written in Nix.
fn nix(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match value {
        Value::Array(items) if items.is_empty() => "[ ]".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| nix(item, depth + 1)).collect();
            let line = format!("[ {} ]", items.join(" "));
            if line.len() <= 80 && !line.contains('\n') {
                return line;
            }
            format!("[\n{indent}{}\n{end}]", items.join(&format!("\n{indent}")))
        }
        Value::Object(fields) if fields.is_empty() => "{ }".to_owned(),
        Value::Object(fields) => {
            let lines = fields.iter().map(|(name, value)| {
                let name = crate::operation::selector::shown(std::slice::from_ref(name));
                format!("{indent}{name} = {};\n", nix(value, depth + 1))
            });
            format!("{{\n{}{end}}}", lines.collect::<String>())
        }
        Value::String(text) if text.starts_with('<') && text.ends_with('>') => clean(text),
        Value::String(text) => format!("\"{}\"", clean(text)),
        other => other.to_string(),
    }
}

fn clean(text: &str) -> String {
    crate::nix::log::clean(text, 4000).into_owned()
}
