//! Making an index: entries in, tables out. A new file is made beside and put in place whole, or not at all.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rusqlite::{Connection, params};

use super::store::{FORMAT, Stamp, create, file, number, set_stamp};
use super::words::{squashed, stems, tokens};
use super::{Entry, Error, Kind, starter};
use crate::machine::Machine;

/// What of the machine goes into an index.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// Packages and options.
    pub(super) entries: Vec<Entry>,
    /// Commands, and the packages that bring them.
    pub(super) programs: Vec<(String, String)>,
    /// Where they come from, in words.
    pub(super) source: String,
    /// When, RFC 3339.
    pub(super) made: String,
}

/// How surely a text means an entry. The values stand in the index.
pub(super) mod weight {
    /// Its own name.
    pub(in crate::search) const NAME: i64 = 10;
    /// The last part of its name, or the name of its store paths.
    pub(in crate::search) const LAST: i64 = 9;
    /// What people call it.
    pub(in crate::search) const CALLED: i64 = 8;
    /// A command that it brings.
    pub(in crate::search) const COMMAND: i64 = 7;
    /// What it takes the place of.
    pub(in crate::search) const LIKE: i64 = 6;
}

/// Makes an index in the place of the old one.
pub(super) fn replace(machine: &impl Machine, material: Material) -> Result<Stamp, Error> {
    let place = file(machine);
    let fail = |error| Error::File(place.clone(), error);
    let directory = place.parent().unwrap_or(Path::new("/"));
    machine.make_directory(directory).map_err(fail)?;
    // Another run may be at it; each makes a file of its own, and the last one stays.
    let beside = tempfile::Builder::new().prefix(".index-").tempfile_in(directory).map_err(fail)?;
    let stamp = {
        let connection = create(Some(beside.path()))?;
        fill(&connection, material)?
    };
    beside.persist(&place).map_err(|error| Error::File(place.clone(), error.error))?;
    Ok(stamp)
}

/// Makes an index that lives as long as this process: the cache cannot be written.
pub(super) fn in_memory(material: Material) -> Result<(Connection, Stamp), Error> {
    let connection = create(None)?;
    let stamp = fill(&connection, material)?;
    Ok((connection, stamp))
}

/// What ask-nix knows comes first, so that the best-known have the lowest numbers; then what only the machine has.
pub(super) fn merged(found: Vec<Entry>) -> Vec<Entry> {
    let mut entries = starter::entries();
    let mut places: HashMap<(Kind, String), usize> =
        entries.iter().enumerate().map(|(at, entry)| ((entry.kind, entry.name.clone()), at)).collect();
    // The switch of a service is an option as well.
    for at in 0..entries.len() {
        let Some(switch) = entries.get(at).and_then(switch) else { continue };
        let key = (Kind::Option, switch.name.clone());
        if let Some(known) = places.get(&key).and_then(|at| entries.get_mut(*at)) {
            (known.with, known.units, known.ports) = (switch.with, switch.units, switch.ports);
            let new: Vec<String> = switch.called.into_iter().filter(|name| !known.called.contains(name)).collect();
            known.called.extend(new);
        } else {
            places.insert(key, entries.len());
            entries.push(switch);
        }
    }
    for entry in found {
        let key = (entry.kind, entry.name.clone());
        if let Some(known) = places.get(&key).and_then(|at| entries.get_mut(*at)) {
            enrich(known, entry);
        } else {
            places.insert(key, entries.len());
            entries.push(entry);
        }
    }
    entries
}

/// The option that turns a service on.
fn switch(service: &Entry) -> Option<Entry> {
    let name = service.option.clone().filter(|_| service.kind == Kind::Service)?;
    let called = std::iter::once(service.name.clone()).chain(service.called.iter().cloned());
    let boolean = name.ends_with(".enable");
    Some(Entry {
        kind: Kind::Option,
        name,
        is: service.is.clone(),
        called: called.collect(),
        type_of: boolean.then(|| "boolean".to_owned()),
        default: boolean.then(|| "false".to_owned()),
        example: boolean.then(|| "true".to_owned()),
        with: service.with.clone(),
        units: service.units.clone(),
        ports: service.ports.clone(),
        known: true,
        ..Entry::default()
    })
}

/// What the machine says about an entry is newer than what ask-nix knows; what it does not say stays.
fn enrich(known: &mut Entry, found: Entry) {
    known.here |= found.here;
    known.description = found.description;
    known.unfree |= found.unfree;
    for command in found.commands {
        if !known.commands.contains(&command) {
            known.commands.push(command);
        }
    }
    let fields = [
        (&mut known.pname, found.pname),
        (&mut known.version, found.version),
        (&mut known.license, found.license),
        (&mut known.homepage, found.homepage),
        (&mut known.type_of, found.type_of),
        (&mut known.default, found.default),
        (&mut known.example, found.example),
    ];
    for (known, found) in fields {
        if found.is_some() {
            *known = found;
        }
    }
}

fn fill(connection: &Connection, material: Material) -> Result<Stamp, Error> {
    let entries = merged(material.entries);
    let mut stamp = Stamp {
        format: FORMAT,
        starter: starter::FINGERPRINT.to_owned(),
        source: material.source,
        made: material.made,
        ..Stamp::default()
    };
    connection.execute_batch("begin")?;
    let mut frequencies: BTreeMap<String, u32> = BTreeMap::new();
    let mut aliases: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let mut programs: Vec<(String, String)> = material.programs;
    {
        let mut entry_row = connection.prepare("insert into entry(id, kind, name, data) values (?1, ?2, ?3, ?4)")?;
        let mut words_row =
            connection.prepare("insert into words(rowid, name, called, like, about) values (?1, ?2, ?3, ?4, ?5)")?;
        for (place, entry) in (1_i64..).zip(&entries) {
            let id = number(entry.kind, entry.known, place);
            count(&mut stamp, entry);
            let data = serde_json::to_string(entry).unwrap_or_default();
            entry_row.execute(params![id, entry.kind.number(), entry.name, data])?;
            let called: Vec<&str> = entry.called.iter().chain(&entry.commands).map(String::as_str).collect();
            let about =
                if entry.known { format!("{} {}", entry.is, entry.description) } else { entry.text().to_owned() };
            words_row.execute(params![
                id,
                stems(&entry.name).join(" "),
                stems(&called.join(" ")).join(" "),
                stems(&entry.like.join(" ")).join(" "),
                stems(&about).join(" "),
            ])?;
            for (text, weight) in names(entry) {
                let known = aliases.entry((text, id)).or_insert(0);
                *known = weight.max(*known);
            }
            vocabulary(entry, &mut frequencies);
            if entry.kind == Kind::Package {
                programs.extend(entry.commands.iter().map(|command| (command.clone(), entry.name.clone())));
            }
        }
        let mut alias_row = connection.prepare("insert or ignore into alias(text, id, weight) values (?1, ?2, ?3)")?;
        for ((text, id), weight) in &aliases {
            alias_row.execute(params![text, id, weight])?;
        }
        programs.sort();
        programs.dedup();
        let mut program_row = connection.prepare("insert or ignore into program(name, package) values (?1, ?2)")?;
        for (name, package) in &programs {
            program_row.execute(params![name, package])?;
        }
        let mut vocabulary_row = connection.prepare("insert into word(text, times) values (?1, ?2)")?;
        for (word, times) in &frequencies {
            vocabulary_row.execute(params![word, times])?;
        }
    }
    programs.dedup_by(|one, other| one.0 == other.0);
    stamp.commands = programs.len();
    set_stamp(connection, &stamp)?;
    connection.execute_batch("insert into words(words) values('optimize'); commit")?;
    Ok(stamp)
}

fn count(stamp: &mut Stamp, entry: &Entry) {
    let here = usize::from(entry.here);
    match entry.kind {
        Kind::Package => {
            stamp.packages += 1;
            stamp.packages_here += here;
        }
        Kind::Option => {
            stamp.options += 1;
            stamp.options_here += here;
        }
        Kind::Service => stamp.services += 1,
    }
}

/// What an entry is found by as a whole, squashed.
fn names(entry: &Entry) -> Vec<(String, i64)> {
    let mut names = vec![(squashed(&entry.name), weight::NAME)];
    if entry.kind != Kind::Option {
        names.push((squashed(entry.last()), weight::LAST));
    }
    names.extend(entry.pname.iter().map(|name| (squashed(name), weight::LAST)));
    names.extend(entry.called.iter().map(|name| (squashed(name), weight::CALLED)));
    names.extend(entry.commands.iter().map(|name| (squashed(name), weight::COMMAND)));
    names.extend(entry.like.iter().map(|name| (squashed(name), weight::LIKE)));
    names.retain(|(name, _)| !name.is_empty());
    names
}

/// The words that a typing error may be meant to be: all of what ask-nix knows, only names of the rest.
fn vocabulary(entry: &Entry, frequencies: &mut BTreeMap<String, u32>) {
    let mut add = |text: &str| {
        for word in tokens(text).into_iter().filter(|word| word.len() >= 3) {
            *frequencies.entry(word).or_insert(0) += 1;
        }
    };
    add(entry.last());
    if entry.known {
        add(&entry.name);
        add(&entry.is);
        entry.called.iter().chain(&entry.like).chain(&entry.commands).for_each(|name| add(name));
    }
}
