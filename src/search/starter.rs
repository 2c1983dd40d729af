//! What ask-nix knows by itself: the tables of `starter/`, which are in the program, read when an index is made.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Entry, Kind};
use crate::catalogue::starter::FILES;

/// A line of any of the tables.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    is: String,
    called: Vec<String>,
    like: Vec<String>,
    #[serde(rename = "for")]
    purposes: Vec<String>,
    commands: Vec<String>,
    popular: bool,
    unfree: bool,
    option: Option<String>,
    #[serde(rename = "type")]
    type_of: Option<String>,
    default: Option<String>,
    example: Option<String>,
    package: Option<String>,
    units: Vec<String>,
    ports: Vec<u16>,
    with: Vec<String>,
}

/// All entries. A file that cannot be read is left out; a test reads them all.
pub(super) fn entries() -> Vec<Entry> {
    let mut entries = Vec::with_capacity(4096);
    for (name, text) in FILES {
        let kind = match name.split('/').next() {
            Some("packages") => Kind::Package,
            Some("options") => Kind::Option,
            Some("services") => Kind::Service,
            _ => continue,
        };
        let lines: BTreeMap<String, Line> = toml::from_str(text).unwrap_or_default();
        entries.extend(lines.into_iter().map(|(name, line)| entry(kind, name, line)));
    }
    entries
}

fn entry(kind: Kind, name: String, line: Line) -> Entry {
    Entry {
        kind,
        name,
        is: line.is,
        called: line.called,
        like: line.like,
        purposes: line.purposes,
        commands: line.commands,
        popular: line.popular,
        unfree: line.unfree,
        option: line.option,
        type_of: line.type_of,
        default: line.default,
        example: line.example,
        package: line.package,
        units: line.units,
        ports: line.ports,
        with: line.with,
        known: true,
        ..Entry::default()
    }
}

/// Tells one set of tables from another, so that an index of an older program is known as such.
pub(super) const FINGERPRINT: &str = env!("ASK_NIX_STARTER");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_can_be_read() {
        let known = |name: &&str| ["packages/", "options/", "services/"].iter().any(|kind| name.starts_with(kind));
        for (name, text) in FILES.iter().filter(|(name, _)| known(name)) {
            if let Err(error) = toml::from_str::<BTreeMap<String, Line>>(text) {
                panic!("{name}: {error}");
            }
        }
        let entries = entries();
        let mut seen = std::collections::BTreeSet::new();
        for entry in &entries {
            assert!(seen.insert((entry.kind, &entry.name)), "{} stands there twice", entry.name);
        }
        let of = |kind| entries.iter().filter(|entry| entry.kind == kind).count();
        assert!(of(Kind::Package) > 2500 && of(Kind::Option) > 600 && of(Kind::Service) > 250);
    }
}
