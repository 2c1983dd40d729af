//! A configuration from a description: a new file of its own beside the main one, which imports it. Nothing that is there is
//! overwritten; without a machine to write it for, it is only shown.

use std::collections::BTreeMap;

use super::compose::{Composition, compose};
use super::describe::{Described, described};
use super::draft::Draft;
use super::{Configuration, Plan, Rebuild, Unplanned, ask, permissions};
use crate::catalogue::starter::{self, Part};
use crate::nix::modules::Modules;
use crate::operation::slots::Phrase;
use crate::plan::Probe;
use crate::plan::rebuild::join;
use crate::plan::refusal::{needs_configuration, needs_nix, needs_nixos};

/// What is proposed to whoever described nothing that is known.
const FOR_EXAMPLE: [&str; 5] = [
    "a web server with nginx and postgresql",
    "a laptop with gnome and a german keyboard",
    "a gaming desktop with plasma and nvidia",
    "a file server with samba and automatic updates",
    "a development machine with docker, rust and python",
];
/// A file's name has the names of so many parts.
const NAMES: usize = 3;

/// `generate_config`.
pub(super) fn generate(rebuild: &Rebuild<'_>, description: &Phrase) -> Result<Plan, Unplanned> {
    let parts = starter::parts();
    let words = described(description.as_str(), &parts);
    let facts = rebuild.facts;
    let machine = needs_nixos(facts).is_ok()
        && needs_nix(facts).is_ok()
        && needs_configuration(facts).is_ok()
        && !matches!(facts.configuration, Configuration::Flake { directory: None, .. });
    let nobody = Modules::default();
    let present = if machine { &facts.modules } else { &nobody };
    let mut composition = compose(&words, &parts, present);
    if words.parts.is_empty() && composition.is_empty() {
        let text = format!("I know no part of a configuration by \"{description}\". What should the machine be?");
        return Err(ask(&text, FOR_EXAMPLE.map(str::to_owned).to_vec(), "description").into());
    }
    let mut notes = told(&words, &composition, &parts);
    if composition.is_empty() {
        return Err(Unplanned::Nothing(format!(
            "Nothing has to be written: the present configuration has all of it. {}",
            notes.join(" ")
        )));
    }
    notes.extend(composition.notes.iter().cloned());
    let name = file_name(&words, &facts.surroundings.names);
    let title = format!("Write a configuration: {description}");
    if !machine {
        notes.push(format!(
            "To use it, save it as {name} beside the configuration.nix of a NixOS machine, and add ./{name} to its imports."
        ));
        let text = composition.text(description.as_str(), true);
        return Ok(Plan::look(&title, Probe::Written { name, text, notes }));
    }
    let mut draft = Draft::system(rebuild);
    draft.notes = notes;
    let own = permissions::unsaid(&draft);
    composition.unfree = permissions::wanted(rebuild, composition.unfree);
    if !own {
        permissions::allow_unfree(&mut draft, &composition.unfree)?;
    }
    permissions::allow_insecure(&mut draft, rebuild)?;
    draft.add_file(&name, composition.text(description.as_str(), own))?;
    draft.notes.push(
        "It is written and evaluated, not built. To build it and switch to it: ask-nix \"apply my changes\"".to_owned(),
    );
    draft.only_written(title)
}

/// What was understood and what was not.
fn told(words: &Described, composition: &Composition, parts: &BTreeMap<String, Part>) -> Vec<String> {
    let mut told = Vec::new();
    let mut understood = composition.understood.clone();
    understood.extend(words.packages.iter().cloned());
    understood.extend(words.ports.iter().map(|port| format!("port {port}")));
    if !understood.is_empty() {
        told.push(format!("Understood: {}.", understood.join("; ")));
    }
    if !composition.along.is_empty() {
        told.push(format!("Along with that: {}.", composition.along.join("; ")));
    }
    if !words.without.is_empty() {
        let names: Vec<&str> =
            words.without.iter().map(|name| parts.get(name).map_or(name.as_str(), |part| &part.is)).collect();
        told.push(format!("Left out, as you said: {}.", names.join("; ")));
    }
    if !words.unclear.is_empty() {
        told.push(format!("Not understood, and not in it: {}.", join(&words.unclear)));
    }
    told
}

/// A name that no file has yet, made of what the description is about.
fn file_name(words: &Described, taken: &[String]) -> String {
    let named = words.parts.iter().chain(&words.packages).chain(&words.people).take(NAMES);
    let plain = |name: &String| {
        let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        letters.collect::<String>().trim_matches('-').to_owned()
    };
    let mut name = named.map(plain).filter(|name| !name.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() {
        "described".clone_into(&mut name);
    }
    let free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|number| format!("{name}-{number}.nix"));
    std::iter::once(format!("{name}.nix")).chain(numbered).find(free).unwrap_or_default()
}
