//! Making an index: entries in, sections out. A new file is made beside and put in place whole, or not at all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fields::impacts;
use super::format::{Section, Writer, push_record};
use super::postings::{Posting, packed};
use super::store::{FORMAT, Ranges, Stamp, file};
use super::words::{squashed, tokens};
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
    pub(in crate::search) const NAME: u8 = 10;
    /// The last part of its name, or the name of its store paths.
    pub(in crate::search) const LAST: u8 = 9;
    /// What people call it.
    pub(in crate::search) const CALLED: u8 = 8;
    /// A command that it brings.
    pub(in crate::search) const COMMAND: u8 = 7;
    /// What it takes the place of.
    pub(in crate::search) const LIKE: u8 = 6;
    /// What it is wanted for, as others are.
    pub(in crate::search) const PURPOSE: u8 = 3;
}

/// Makes an index in the place of the old one. Another run may be at it; each writes a file of its own, and the last one
/// stays.
pub(super) fn replace(machine: &impl Machine, material: Material) -> Result<Stamp, Error> {
    let place = file(machine);
    let (bytes, stamp) = made(material)?;
    let write = || {
        machine.make_directory(&super::directory(machine))?;
        machine.keep(&place, &bytes)
    };
    write().map_err(|error| Error::File(place.clone(), error))?;
    Ok(stamp)
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

/// An index, and what it says about itself.
pub(super) fn made(material: Material) -> Result<(Vec<u8>, Stamp), Error> {
    let mut entries = merged(material.entries);
    // What is searched together has numbers that follow each other, and the best-known come first.
    entries.sort_by_key(|entry| (entry.kind.number(), !entry.known));
    let mut stamp = Stamp {
        format: FORMAT,
        starter: starter::FINGERPRINT.to_owned(),
        source: material.source,
        made: material.made,
        ..Stamp::default()
    };
    let mut programs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (command, package) in material.programs {
        programs.entry(command).or_default().insert(package);
    }
    let mut tables = Tables::default();
    for (number, entry) in (0_u32..).zip(&entries) {
        count(&mut stamp, entry);
        tables.add(number, entry)?;
        if entry.kind == Kind::Package {
            for command in &entry.commands {
                programs.entry(command.clone()).or_default().insert(entry.name.clone());
            }
        }
    }
    stamp.commands = programs.len();
    let mut writer = Writer::default();
    let json = |error| Error::Json("index", error);
    writer.put(Section::Stamp, serde_json::to_vec(&stamp).map_err(json)?);
    writer.put(Section::Ranges, serde_json::to_vec(&Ranges::of(&entries)).map_err(json)?);
    tables.write(&entries, &programs, &mut writer)?;
    Ok((writer.finish(), stamp))
}

/// The sections while they grow.
#[derive(Default)]
struct Tables {
    names: Vec<(String, Posting)>,
    terms: HashMap<String, Vec<Posting>>,
    words: BTreeSet<String>,
    lines: Vec<u8>,
    places: Vec<u8>,
    entries: Vec<u8>,
}

impl Tables {
    fn add(&mut self, number: u32, entry: &Entry) -> Result<(), Error> {
        let bytes = postcard::to_stdvec(entry).map_err(|_| Error::Damaged("entry"))?;
        let at = push_record(&mut self.entries, &bytes);
        self.places.extend(at.to_le_bytes());
        self.names.extend(names(entry).into_iter().map(|(name, worth)| (name, Posting { entry: number, worth })));
        for (stem, worth) in impacts(entry) {
            self.terms.entry(stem).or_default().push(Posting { entry: number, worth });
        }
        vocabulary(entry, &mut self.words);
        let line = if entry.kind == Kind::Option { squashed(&entry.name) } else { squashed(entry.last()) };
        self.lines.extend(line.bytes());
        self.lines.push(b'\n');
        Ok(())
    }

    fn write(
        mut self,
        entries: &[Entry],
        programs: &BTreeMap<String, BTreeSet<String>>,
        writer: &mut Writer,
    ) -> Result<(), Error> {
        self.names.sort_unstable_by(|one, other| {
            (&one.0, one.1.entry, other.1.worth).cmp(&(&other.0, other.1.entry, one.1.worth))
        });
        // A name means an entry once, and as much as it can.
        self.names.dedup_by(|second, first| second.0 == first.0 && second.1.entry == first.1.entry);
        let mut names = Map::new()?;
        for group in self.names.chunk_by(|one, other| one.0 == other.0) {
            let postings: Vec<Posting> = group.iter().map(|(_, posting)| *posting).collect();
            if let Some((name, _)) = group.first() {
                names.insert(name, &packed(&postings))?;
            }
        }
        names.write(writer, Section::Names, Section::Named)?;
        let mut stems: Vec<(String, Vec<Posting>)> = self.terms.into_iter().collect();
        stems.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let mut terms = Map::new()?;
        for (stem, postings) in &stems {
            terms.insert(stem, &packed(postings))?;
        }
        drop(stems);
        terms.write(writer, Section::Terms, Section::Postings)?;
        let mut commands = Map::new()?;
        for (command, packages) in programs {
            let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
            commands.insert(command, packages.join("\n").as_bytes())?;
        }
        commands.write(writer, Section::Commands, Section::Providers)?;
        let mut options: Vec<(&str, u64)> = (0_u64..)
            .zip(entries)
            .filter(|(_, entry)| entry.kind == Kind::Option)
            .map(|(number, entry)| (entry.name.as_str(), number))
            .collect();
        options.sort_unstable();
        writer.put(Section::Options, fst::Map::from_iter(options)?.into_fst().into_inner());
        writer.put(Section::Words, fst::Set::from_iter(&self.words)?.into_fst().into_inner());
        writer.put(Section::Lines, self.lines);
        writer.put(Section::Places, self.places);
        writer.put(Section::Entries, self.entries);
        Ok(())
    }
}

/// A map from texts, which come sorted, to records.
struct Map {
    keys: fst::MapBuilder<Vec<u8>>,
    records: Vec<u8>,
}

impl Map {
    fn new() -> Result<Self, Error> {
        Ok(Self { keys: fst::MapBuilder::new(Vec::new())?, records: Vec::new() })
    }

    fn insert(&mut self, key: &str, record: &[u8]) -> Result<(), Error> {
        let at = push_record(&mut self.records, record);
        Ok(self.keys.insert(key, at)?)
    }

    fn write(self, writer: &mut Writer, keys: Section, records: Section) -> Result<(), Error> {
        writer.put(keys, self.keys.into_inner()?);
        writer.put(records, self.records);
        Ok(())
    }
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
fn names(entry: &Entry) -> Vec<(String, u8)> {
    let mut names = vec![(squashed(&entry.name), weight::NAME)];
    if entry.kind != Kind::Option {
        names.push((squashed(entry.last()), weight::LAST));
    }
    names.extend(entry.pname.iter().map(|name| (squashed(name), weight::LAST)));
    names.extend(entry.called.iter().map(|name| (squashed(name), weight::CALLED)));
    names.extend(entry.commands.iter().map(|name| (squashed(name), weight::COMMAND)));
    names.extend(entry.like.iter().map(|name| (squashed(name), weight::LIKE)));
    names.extend(entry.purposes.iter().map(|name| (squashed(name), weight::PURPOSE)));
    names.retain(|(name, _)| !name.is_empty());
    names
}

/// The words that a typing error may be meant to be: all of what ask-nix knows, only names of the rest.
fn vocabulary(entry: &Entry, words: &mut BTreeSet<String>) {
    let mut add = |text: &str| words.extend(tokens(text).into_iter().filter(|word| word.len() >= 3));
    add(entry.last());
    if entry.known {
        add(&entry.name);
        add(&entry.is);
        entry.called.iter().chain(&entry.like).chain(&entry.purposes).chain(&entry.commands).for_each(|name| add(name));
    }
}
