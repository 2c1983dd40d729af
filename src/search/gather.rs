//! What the machine has, for the index: what Nix printed about packages and options, and the commands of a channel. What
//! was read is kept until the index is made, so that an update that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::build::{Material, replace};
use super::{Entry, Error, Kind, Stamp, store};
use crate::machine::Machine;
use crate::nix::command::Part;
use crate::nix::log::clean;

/// What was read is used again for so long.
const FRESH: Duration = Duration::from_secs(24 * 3600);
/// Longer texts are cut: they are read in a terminal.
const TEXT: usize = 1200;
/// Names are never as long as this.
const NAME: usize = 200;

fn name(part: Part) -> &'static str {
    match part {
        Part::Packages => "packages",
        Part::Options => "options",
    }
}

fn place(machine: &impl Machine, part: Part) -> PathBuf {
    store::directory(machine).join(format!("{}.part", name(part)))
}

/// A part as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    source: String,
    entries: Vec<Entry>,
}

/// Whether a part was read already, by an update that was stopped.
pub fn is_there(machine: &impl Machine, part: Part, source: &str) -> bool {
    let file = place(machine, part);
    let fresh = machine.status(&file).is_ok_and(|status| status.modified.elapsed().is_ok_and(|age| age < FRESH));
    fresh && kept(machine, part).is_some_and(|kept| kept.source == source)
}

/// Keeps what Nix said about a part; how many entries it is.
///
/// # Errors
/// When that is not what was asked for, or cannot be written.
pub fn keep(machine: &impl Machine, part: Part, source: &str, said: &[u8]) -> Result<usize, Error> {
    let fail = |why| Error::Json(name(part), why);
    let entries = match part {
        Part::Packages => {
            let all: BTreeMap<String, Package> = serde_json::from_slice(said).map_err(fail)?;
            all.into_iter().map(|(name, package)| package.into_entry(&name)).collect::<Vec<_>>()
        }
        Part::Options => {
            let all: Vec<OptionSaid> = serde_json::from_slice(said).map_err(fail)?;
            all.into_iter().map(OptionSaid::into_entry).collect()
        }
    };
    let entries: Vec<Entry> = entries.into_iter().filter(|entry| is_name(&entry.name)).collect();
    let count = entries.len();
    let kept = Kept { source: source.to_owned(), entries };
    let bytes = postcard::to_stdvec(&kept).map_err(|_| Error::Damaged("entry"))?;
    let file = place(machine, part);
    let fail = |error| Error::File(file.clone(), error);
    machine.make_directory(&store::directory(machine)).map_err(fail)?;
    machine.keep(&file, &bytes).map_err(fail)?;
    Ok(count)
}

/// Makes the index of what was kept and of the commands that a channel lists; then what was kept goes.
///
/// # Errors
/// When it cannot be written. The old index is then still there.
pub fn finish(machine: &impl Machine, source: &str, made: &str, channel: Option<&Path>) -> Result<Stamp, Error> {
    let mut material = Material { source: source.to_owned(), made: made.to_owned(), ..Material::default() };
    for (part, kind) in [(Part::Packages, Kind::Package), (Part::Options, Kind::Option)] {
        let Some(kept) = kept(machine, part).filter(|kept| kept.source == source) else { continue };
        let entries = kept.entries.into_iter();
        material.entries.extend(entries.map(|entry| Entry { kind, here: true, ..entry }));
    }
    if let Some(channel) = channel {
        material.programs = programs(&channel.join("programs.sqlite"));
    }
    let stamp = replace(machine, material)?;
    for part in [Part::Packages, Part::Options] {
        // What is left over is only in the way; the next update writes it again.
        let _ = machine.remove(&place(machine, part));
    }
    Ok(stamp)
}

fn kept(machine: &impl Machine, part: Part) -> Option<Kept> {
    postcard::from_bytes(&machine.read(&place(machine, part)).ok()?).ok()
}

/// The commands of a channel. One that cannot be read has none: flakes have no such list at all.
fn programs(file: &Path) -> Vec<(String, String)> {
    let read = || -> rusqlite::Result<Vec<(String, String)>> {
        let uri = crate::nix::database::immutable(file);
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_URI;
        let connection = rusqlite::Connection::open_with_flags(uri, flags)?;
        let mut rows = connection.prepare("select distinct name, package from Programs")?;
        let found = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect()
    };
    let mut found = if file.is_file() { read().unwrap_or_default() } else { Vec::new() };
    found.retain(|(name, package)| is_name(name) && is_name(package));
    found
}

/// A package as `nix search` and `nix-env` print it.
#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    pname: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta {
    description: Value,
    main_program: Value,
    homepage: Value,
    license: Value,
    unfree: Value,
}

impl Package {
    fn into_entry(self, path: &str) -> Entry {
        // legacyPackages.<system>.<attribute>, or the attribute itself.
        let name = match path.strip_prefix("legacyPackages.").or_else(|| path.strip_prefix("packages.")) {
            Some(rest) => rest.split_once('.').map_or(rest, |(_, name)| name),
            None => path,
        };
        let description = self.description.as_deref().or_else(|| self.meta.description.as_str()).unwrap_or_default();
        let own = |value: &Value| value.as_str().map(|text| plain(text, NAME)).filter(|text| !text.is_empty());
        Entry {
            name: name.to_owned(),
            description: plain(description, TEXT),
            pname: self.pname.map(|name| plain(&name, NAME)),
            version: self.version.map(|version| plain(&version, NAME)).filter(|version| !version.is_empty()),
            commands: own(&self.meta.main_program).into_iter().filter(|name| is_name(name)).collect(),
            homepage: own(&self.meta.homepage).or_else(|| self.meta.homepage.get(0).and_then(own)),
            license: license(&self.meta.license),
            unfree: self.meta.unfree.as_bool().unwrap_or(false),
            ..Entry::default()
        }
    }
}

/// A licence is a text, a set with names, or a list of either.
fn license(value: &Value) -> Option<String> {
    let named = match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => Some(all.iter().filter_map(license).collect::<Vec<_>>().join(", ")),
        Value::Object(set) => {
            ["spdxId", "shortName", "fullName"].iter().find_map(|key| set.get(*key)?.as_str()).map(str::to_owned)
        }
        _ => None,
    };
    named.map(|text| plain(&text, NAME)).filter(|text| !text.is_empty())
}

/// An option as the expression in [`crate::nix::command`] gives it.
#[derive(Deserialize)]
struct OptionSaid {
    name: String,
    #[serde(default, rename = "type")]
    type_of: Value,
    #[serde(default)]
    description: Value,
    #[serde(default)]
    default: Value,
    #[serde(default)]
    example: Value,
}

impl OptionSaid {
    fn into_entry(self) -> Entry {
        let text = |value: &Value| value.as_str().map(|text| plain(text, TEXT)).filter(|text| !text.is_empty());
        Entry {
            name: self.name,
            description: text(&self.description).unwrap_or_default(),
            type_of: text(&self.type_of),
            default: text(&self.default),
            example: text(&self.example),
            ..Entry::default()
        }
    }
}

/// Text of packages, made safe to show: many hands wrote it.
fn plain(text: &str, limit: usize) -> String {
    clean(text.trim(), limit).into_owned()
}

/// Names go into configurations and command lines, so what could be anything else stays out.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '`' | '$' | ';' | '|' | '&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str, json: &str) -> Entry {
        serde_json::from_str::<Package>(json).unwrap().into_entry(path)
    }

    #[test]
    fn packages_are_read_from_either_program() {
        let searched = package(
            "legacyPackages.x86_64-linux.python3Packages.numpy",
            r#"{"pname":"python3.12-numpy","version":"2.3","description":"Arrays\u001b[31m red"}"#,
        );
        assert_eq!((searched.name.as_str(), searched.description.as_str()), ("python3Packages.numpy", "Arrays red"));
        let listed = package(
            "vscode",
            r#"{"name":"vscode-1","pname":"vscode","version":"1","meta":{"description":"Editor","mainProgram":"code",
                "homepage":["https://example.org"],"license":[{"spdxId":"MIT"},{"fullName":"Own"}],"unfree":true}}"#,
        );
        assert_eq!(listed.commands, ["code"]);
        assert_eq!(listed.homepage.as_deref(), Some("https://example.org"));
        assert_eq!(listed.license.as_deref(), Some("MIT, Own"));
        assert!(listed.unfree);
    }

    #[test]
    fn names_that_could_be_code_stay_out() {
        for bad in ["", "-rf", "a b", "a;b", "$(x)", "a`b", "a\u{1b}[0m"] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(is_name("python3Packages.numpy") && is_name("users.users.<name>.shell") && is_name("["));
    }
}
