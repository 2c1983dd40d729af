//! What Nix prints as data, read with what is known about the machine.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::Done;
use super::texts::own_files;
use crate::machine::facts::{Configuration, Facts};
use crate::machine::{Exit, Machine};
use crate::nix::settings;
use crate::nix::value::{self, Evaluated, Found};
use crate::outcome::{Answer, Output, SourceOfPackages};
use crate::plan::Collect;

/// So many things that a flake gives are told.
const OUTPUTS: usize = 200;

/// Reads the result of a program that ended well.
pub(super) fn complete(done: &mut Done, collect: &Collect, machine: &impl Machine, facts: &Facts) {
    if done.exit != Some(Exit::Status(0)) {
        return;
    }
    // What is longer than a line may be comes in pieces.
    let text = done.out.concat();
    let answer = match collect {
        Collect::Checked { flake } => Some(Answer::Checked { checked: flake.clone() }),
        Collect::Hosts { this } => hosts(&text, this),
        Collect::Metadata => metadata(&text),
        Collect::Outputs => outputs(&text),
        Collect::Products { link } => {
            let paths = done.out.iter().map(|line| line.trim().to_owned()).filter(|line| line.starts_with('/'));
            Some(Answer::Products { paths: paths.collect(), link: link.clone() })
        }
        Collect::Text { file } => {
            let lines: String = done.out.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
            if let Err(error) = machine.write(file, lines.as_bytes()) {
                done.message = Some(format!("{} could not be written: {error}.", file.display()));
            }
            return;
        }
        Collect::Valid => Some(Answer::Valid { derivation: text.trim().to_owned() }),
        Collect::Value { path } => evaluated(&text, path, machine, facts),
        _ => return,
    };
    if let Some(Answer::Evaluated(Evaluated { selector, found: Found::Missing { below, nearest, .. } })) = &answer {
        let near = if nearest.is_empty() { String::new() } else { format!(" Near to it: {}.", nearest.join(", ")) };
        let place = if below.is_empty() { "the configuration".to_owned() } else { below.clone() };
        done.message = Some(format!("There is no {selector}: {place} has nothing of that name.{near}"));
        done.id = Some("option-does-not-exist");
    } else if answer.is_none() {
        done.message = Some("What Nix answered could not be read.".to_owned());
    }
    done.answer = answer;
}

fn evaluated(text: &str, path: &[String], machine: &impl Machine, facts: &Facts) -> Option<Answer> {
    let files = own_files(machine, facts);
    let place = |file: &str, option: &[String]| {
        let own = own_path(file, machine, facts);
        let shown = own.clone().unwrap_or_else(|| PathBuf::from(file));
        let defined =
            settings::definitions(&files, option).into_iter().find(|setting| Some(&setting.file) == own.as_ref());
        (shown.display().to_string(), defined.map(|setting| setting.line))
    };
    value::read(text, path, &place).map(Answer::Evaluated)
}

/// The person's file behind the name that Nix has for it: a flake is evaluated from a copy in the store.
fn own_path(file: &str, machine: &impl Machine, facts: &Facts) -> Option<PathBuf> {
    let path = match (&facts.configuration, value::in_copy(file)) {
        (Configuration::Flake { directory: Some(directory), .. }, Some(below)) => directory.join(below),
        (_, None) => Path::new(file).to_owned(),
        _ => return None,
    };
    machine.resolve(&path).ok()
}

fn hosts(text: &str, this: &str) -> Option<Answer> {
    let hosts: Vec<String> = serde_json::from_str(text).ok()?;
    let this = hosts.iter().find(|host| *host == this).cloned();
    Some(Answer::Hosts { hosts, this })
}

fn metadata(text: &str) -> Option<Answer> {
    let json: Value = serde_json::from_str(text).ok()?;
    let string = |value: &Value| value.as_str().map(|text| crate::nix::log::clean(text, 300).into_owned());
    let locks = json.get("locks").map(ToString::to_string).unwrap_or_default();
    let lock = crate::nix::lock_file::parse(locks.as_bytes()).ok();
    let inputs = lock.iter().flat_map(crate::nix::lock_file::LockFile::direct).map(|input| SourceOfPackages {
        name: input.name.clone(),
        url: input.follows.as_ref().map_or_else(|| input.source(), |follows| format!("the same as {follows}")),
        version: input.follows.is_none().then(|| input.stand_in_words()).filter(|words| !words.is_empty()),
    });
    Some(Answer::Flake {
        description: json.get("description").and_then(string),
        url: ["resolvedUrl", "url"].iter().find_map(|name| json.get(name).and_then(string)).unwrap_or_default(),
        made_of: inputs.collect(),
    })
}

fn outputs(text: &str) -> Option<Answer> {
    let json: Value = serde_json::from_str(text).ok()?;
    let mut outputs = Vec::new();
    gather(&json, &mut Vec::new(), &mut outputs);
    Some(Answer::Outputs { outputs })
}

/// Leaves have a `type`; everything above is a set of names.
fn gather(json: &Value, path: &mut Vec<String>, outputs: &mut Vec<Output>) {
    let Some(object) = json.as_object() else { return };
    if let Some(kind) = object.get("type").and_then(Value::as_str) {
        let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let description = text("description").or_else(|| text("name"));
        let kind = match kind {
            "nixos-configuration" => "machine",
            "nixos-module" => "module",
            "derivation" if path.first().is_some_and(|first| first == "devShells") => "development shell",
            "derivation" if path.first().is_some_and(|first| first == "checks") => "check",
            "derivation" => "package",
            "nixpkgs-overlay" => "overlay",
            other => other,
        };
        if outputs.len() < OUTPUTS {
            outputs.push(Output {
                attribute: crate::operation::selector::shown(path),
                kind: crate::nix::log::clean(kind, 60).into_owned(),
                description: description.map(|text| crate::nix::log::clean(text, 200).into_owned()),
            });
        }
        return;
    }
    for (name, value) in object {
        path.push(crate::nix::log::clean(name, 100).into_owned());
        gather(value, path, outputs);
        path.pop();
    }
}
