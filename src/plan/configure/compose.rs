//! A configuration put together from parts: which ones come along, what they set, and how that is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::describe::Described;
use super::permissions::unfree_names;
use super::{AttributePath, Value, path};
use crate::catalogue::starter::{self, Part};
use crate::nix::edit::path::attribute;
use crate::nix::edit::value::quoted;
use crate::nix::modules::Modules;
use crate::plan::rebuild::join;

/// A configuration in the making.
#[derive(Debug, Default)]
pub(super) struct Composition {
    sections: Vec<Section>,
    packages: Vec<String>,
    /// Packages whose licences are not free, as nixpkgs calls them.
    pub unfree: Vec<String>,
    /// What is in it because it was said, in words.
    pub understood: Vec<String>,
    /// What comes along with that, in words.
    pub along: Vec<String>,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// What one part sets.
#[derive(Debug)]
struct Section {
    is: String,
    settings: Vec<(AttributePath, Right)>,
}

/// The right side of a setting.
#[derive(Clone, Debug, PartialEq)]
enum Right {
    /// Items, to which other parts may add.
    Items(Vec<Value>),
    /// Anything else, as it is written.
    Text(String),
}

/// Puts together what a description names, leaving out what the present configuration has already.
pub(super) fn compose(described: &Described, parts: &BTreeMap<String, Part>, present: &Modules) -> Composition {
    let mut chosen = Chosen { parts, described, names: Vec::new(), notes: Vec::new() };
    for name in &described.parts {
        chosen.choose(name, 0);
    }
    let Chosen { names, notes, .. } = chosen;
    let mut composition = Composition { notes, ..Composition::default() };
    let mut lists: BTreeMap<AttributePath, (usize, usize)> = BTreeMap::new();
    for name in &names {
        let is = is(name, parts);
        if described.parts.contains(name) {
            composition.understood.push(is.clone());
        } else {
            composition.along.push(is.clone());
        }
        composition.add(name, &is, parts, present, &mut lists);
    }
    composition.settings("The firewall", ports(described), present, &mut lists);
    composition.settings("The machine", machine(described), present, &mut lists);
    let groups = if names.iter().any(|name| name == "networkmanager") { " \"networkmanager\"" } else { "" };
    for person in &described.people {
        composition.person(person, groups, present);
    }
    for package in &described.packages {
        composition.package(package, present);
    }
    composition.sections.retain(|section| !section.settings.is_empty());
    composition
}

/// The parts that are taken, each before what comes along with it.
struct Chosen<'a> {
    parts: &'a BTreeMap<String, Part>,
    described: &'a Described,
    names: Vec<String>,
    notes: Vec<String>,
}

/// Parts do not lead to one another more deeply.
const DEEPEST: usize = 6;

impl Chosen<'_> {
    fn wanted(&self, name: &str) -> bool {
        self.described.parts.iter().any(|known| known == name)
    }

    fn choose(&mut self, name: &str, depth: usize) {
        let taken = self.names.iter().any(|known| known == name);
        if taken || depth > DEEPEST || self.described.without.iter().any(|not| not == name) {
            return;
        }
        // Of some things, a machine has one: the first that was said.
        let kin = self.parts.values().find(|part| part.exclusive && part.one_of.iter().any(|one| one == name));
        if let Some(other) = kin.and_then(|kin| kin.one_of.iter().find(|one| self.names.contains(one))) {
            self.notes.push(format!("{name} was left out: there is {other}, and a machine has one of them."));
            return;
        }
        self.names.push(name.to_owned());
        let Some(part) = self.parts.get(name) else { return };
        for other in &part.with {
            self.choose(other, depth + 1);
        }
        match part.one_of.iter().find(|one| self.wanted(one)) {
            Some(wanted) => self.choose(wanted, depth + 1),
            None if part.one_of.iter().any(|one| self.names.contains(one)) => {}
            None => {
                let unwanted = |one: &&String| !self.described.without.contains(*one);
                let Some(taken) = part.one_of.iter().find(unwanted) else { return };
                let others: Vec<&String> = part.one_of.iter().filter(|one| *one != taken).take(3).collect();
                // Between two, one is what everybody takes.
                if others.len() > 1 {
                    let note = format!(
                        "For {}, {taken} was taken, since none was named; others are {}.",
                        part.is,
                        join(&others)
                    );
                    self.notes.push(note);
                }
                self.choose(taken, depth + 1);
            }
        }
    }
}

/// What a part or a service is, in a few words.
fn is(name: &str, parts: &BTreeMap<String, Part>) -> String {
    let part = parts.get(name).map(|part| part.is.clone());
    part.or_else(|| starter::service(name).map(|service| service.is)).unwrap_or_else(|| name.to_owned())
}

type Lists = BTreeMap<AttributePath, (usize, usize)>;

impl Composition {
    fn add(&mut self, name: &str, is: &str, parts: &BTreeMap<String, Part>, present: &Modules, lists: &mut Lists) {
        let part = parts.get(name).cloned().unwrap_or_default();
        let mut settings = Vec::new();
        if let Some(service) = starter::service(name) {
            settings.push(format!("{} = true", service.option));
            settings.extend(service.with);
            self.unfree.extend(service.package.iter().flat_map(|package| unfree_names(package)));
        }
        settings.extend(part.settings);
        self.unfree.extend(part.unfree);
        self.settings(&capital(is), settings, present, lists);
        for package in &part.packages {
            self.package(package, present);
        }
        self.notes.extend(part.tell);
    }

    fn package(&mut self, name: &str, present: &Modules) {
        let Some(parsed) = AttributePath::parse(name) else { return };
        let there = present.items(&path(&["environment", "systemPackages"])).contains(&Value::Package(parsed));
        if !there && !self.packages.iter().any(|known| known == name) {
            self.unfree.extend(unfree_names(name));
            self.packages.push(name.to_owned());
        }
    }

    fn person(&mut self, name: &str, groups: &str, present: &Modules) {
        if present.children(&path(&["users", "users"])).iter().any(|known| known == name) {
            return;
        }
        let account = path(&["users", "users", name]);
        let settings = vec![
            (account.child("isNormalUser"), Right::Text("true".to_owned())),
            (account.child("extraGroups"), Right::Text(format!("[{groups} ]"))),
        ];
        self.understood.push(format!("an account for {name}"));
        self.sections.push(Section { is: format!("The account of {name}"), settings });
        self.notes.push(format!("{name} has no password yet. Give one afterwards: sudo passwd {name}"));
    }

    /// Takes over settings, as far as nothing says them yet.
    fn settings(&mut self, is: &str, settings: Vec<String>, present: &Modules, lists: &mut Lists) {
        let index = self.sections.len();
        self.sections.push(Section { is: is.to_owned(), settings: Vec::new() });
        for setting in settings {
            let Some((option, right)) = setting.split_once(" = ") else { continue };
            let Some(option) = AttributePath::parse(option.trim()) else { continue };
            let value = Value::parse(right);
            if let Some(Value::List(items)) = value {
                let there = present.items(&option);
                let items: Vec<Value> = items.into_iter().filter(|item| !there.contains(item)).collect();
                let known = lists.get(&option).copied();
                let entry = known.and_then(|(section, at)| self.sections.get_mut(section)?.settings.get_mut(at));
                match entry {
                    Some((_, Right::Items(known))) => known.extend(items),
                    _ if items.is_empty() => {}
                    _ => {
                        lists.insert(option.clone(), (index, self.sections[index].settings.len()));
                        self.sections[index].settings.push((option, Right::Items(items)));
                    }
                }
                continue;
            }
            let said = present.said(&option);
            if let Some((_, said)) = said.first() {
                if said.value != value {
                    self.notes.push(format!(
                        "{option} is set otherwise in the present configuration, and stays so; here it would be {right}."
                    ));
                }
                continue;
            }
            let mut before = self.sections.iter().flat_map(|section| &section.settings);
            if !before.any(|(known, _)| *known == option) {
                self.sections[index].settings.push((option, Right::Text(right.to_owned())));
            }
        }
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.packages.is_empty()
    }

    /// The module as text.
    pub(super) fn text(&self, description: &str, with_permissions: bool) -> String {
        let described: String = description.chars().filter(|c| !c.is_control()).collect();
        let mut text =
            format!("# {described}\n# Put together by ask-nix from this description; from now on it is yours.\n");
        text.push_str("{ lib, pkgs, ... }:\n\n{\n");
        for section in &self.sections {
            let _ = writeln!(text, "  # {}.", section.is);
            for (option, right) in &section.settings {
                let right = match right {
                    Right::Text(text) => text.clone(),
                    Right::Items(items) => list(items),
                };
                let _ = writeln!(text, "  {option} = {right};");
            }
            text.push('\n');
        }
        if !self.packages.is_empty() {
            text.push_str("  # Packages.\n  environment.systemPackages = with pkgs; [\n");
            for package in &self.packages {
                let names: Vec<String> = package.split('.').map(attribute).collect();
                let _ = writeln!(text, "    {}", names.join("."));
            }
            text.push_str("  ];\n\n");
        }
        if with_permissions && !self.unfree.is_empty() {
            let mut names: Vec<String> = self.unfree.iter().map(|name| quoted(name)).collect();
            names.sort();
            names.dedup();
            text.push_str("  # Allowed although their licences are not free.\n");
            text.push_str("  nixpkgs.config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [\n");
            for name in names {
                let _ = writeln!(text, "    {name}");
            }
            text.push_str("  ];\n\n");
        }
        text.truncate(text.trim_end().len());
        text.push_str("\n}\n");
        let (lib, pkgs) = (text.contains("lib."), text.contains("pkgs.") || text.contains("with pkgs;"));
        let arguments = match (lib, pkgs) {
            (true, _) => "{ lib, pkgs, ... }:",
            (false, true) => "{ pkgs, ... }:",
            (false, false) => "{ ... }:",
        };
        text.replacen("{ lib, pkgs, ... }:", arguments, 1)
    }
}

fn list(items: &[Value]) -> String {
    let mut seen: Vec<&Value> = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    let items: Vec<String> = seen.into_iter().map(Value::in_list).collect();
    format!("[ {} ]", items.join(" "))
}

fn ports(described: &Described) -> Vec<String> {
    let ports: Vec<String> = described.ports.iter().map(ToString::to_string).collect();
    let setting = format!("networking.firewall.allowedTCPPorts = [ {} ]", ports.join(" "));
    if ports.is_empty() { Vec::new() } else { vec![setting] }
}

fn machine(described: &Described) -> Vec<String> {
    let host = described.host.as_ref().map(|host| format!("networking.hostName = {}", quoted(host)));
    let zone = described.zone.as_ref().map(|zone| format!("time.timeZone = {}", quoted(zone)));
    host.into_iter().chain(zone).collect()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
