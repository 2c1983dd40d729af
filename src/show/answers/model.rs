//! Whether the language model works, and what to do when it does not.

use std::fmt::Write as _;

use super::super::human::Layout;
use super::super::words::{bytes, count};
use super::LIST;
use crate::model::report::Report;

pub(super) fn status(report: &Report, layout: Layout) -> String {
    let palette = layout.palette;
    let mut text = String::new();
    let mut say = |line: &str| {
        let _ = writeln!(text, "{}", layout.paragraph(line, ""));
    };
    if !report.configured {
        match report.set_by {
            Some(by) => say(&format!("The language model is turned off by {by}.")),
            None => say("No language model is set up, and none is needed: the rules understand words by themselves."),
        }
        say(
            "To have one help where the rules are unsure, start Ollama, LM Studio or llama-server on this computer, and add \
             to the settings (~/.config/ask-nix/config.toml):",
        );
        let _ = writeln!(text, "\n    {}\n    {}\n", palette.code("[model]"), palette.code("enabled = \"auto\""));
        let _ = writeln!(text, "For one request: {}", palette.code("ask-nix --model auto \"is my model working\""));
        return text;
    }
    if let Some(server) = &report.server {
        let version = server.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let place = if server.local { "on this computer" } else { "on another computer" };
        let by = report.set_by.map(|by| format!(" (set by {by})")).unwrap_or_default();
        say(&format!("There is {}{version} at {}, {place}{by}.", server.kind.name(), server.address));
        let names: Vec<String> = report.models.iter().take(LIST).map(described).collect();
        match names.as_slice() {
            [] => say("It has no model."),
            names => say(&format!("It has {}: {}.", count(names.len(), "model"), names.join(", "))),
        }
    }
    if let Some(chosen) = &report.chosen {
        say(&format!("{chosen} is asked where the rules are unsure."));
    }
    if let Some([plan, review]) = &report.explains {
        if plan == review {
            say(&format!("{plan} explains more, when you ask for it."));
        } else {
            say(&format!("{plan} explains more, when you ask for it; {review} explains errors."));
        }
    }
    if let Some(by) = &report.answered_by {
        say(&format!("The server says that {by} answered instead."));
    }
    if let Some(seconds) = report.seconds {
        let loading = if report.loaded == Some(false) { ", with loading it" } else { "" };
        say(&format!("It answered a question in {seconds:.1} s{loading}."));
    }
    let useless = match (report.keeps_to_schema, report.understands) {
        (Some(false), _) => Some("Its answer was not of the kind that it was asked for"),
        (_, Some(false)) => Some("It did not understand an easy sentence"),
        _ => None,
    };
    if let Some(why) = useless {
        say(&format!("{why}, so it will rarely be of use. Another model may do better."));
    }
    match &report.problem {
        None => {
            let works = if useless.is_some() { palette.odd("It answers.") } else { palette.good("It works.") };
            let _ = writeln!(text, "{works}");
        }
        Some(problem) => {
            let _ =
                writeln!(text, "{} {}", palette.bad("It does not work:"), layout.paragraph(&format!("{problem}."), ""));
            let _ = writeln!(text, "Everything that the rules understand works without it.");
        }
    }
    text
}

fn described(model: &crate::model::Listed) -> String {
    let notes: Vec<String> = [
        model.bytes.map(bytes),
        (model.loaded == Some(true)).then(|| "loaded".to_owned()),
        model.cloud.then(|| "in a cloud, never asked".to_owned()),
        (!model.chats).then(|| "not for words".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if notes.is_empty() { model.name.clone() } else { format!("{} ({})", model.name, notes.join(", ")) }
}
