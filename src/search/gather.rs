//! What the machine has, for the index: what Nix printed about packages and options, and the commands of a channel. What
//! was read is kept until the index is made, so that an update that was stopped goes on where it was.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::build::{Material, replace};
use super::{Entry, Error, Kind, Stamp, said, store};
use crate::machine::Machine;
use crate::nix::command::Part;

/// What was read is used again for so long.
const FRESH: Duration = Duration::from_secs(24 * 3600);

pub(super) fn name(part: Part) -> &'static str {
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
fn is_there(machine: &impl Machine, part: Part, source: &str) -> bool {
    let file = place(machine, part);
    let fresh = machine.status(&file).is_ok_and(|status| status.modified.elapsed().is_ok_and(|age| age < FRESH));
    fresh && kept(machine, part).is_some_and(|kept| kept.source == source)
}

/// Whether a part need not be asked for: it was read already, or a published list of it is on the machine.
pub fn have(machine: &impl Machine, part: Part, source: &str, local: Option<&Path>) -> bool {
    // A list that cannot be read is none: then Nix is asked.
    is_there(machine, part, source) || local.is_some_and(|file| keep_published(machine, part, source, file).is_ok())
}

/// Keeps what Nix said about a part; how many entries it is.
///
/// # Errors
/// When that is not what was asked for, or cannot be written.
pub fn keep(machine: &impl Machine, part: Part, source: &str, said: &[u8]) -> Result<usize, Error> {
    store_away(machine, part, source, said::read(part, said)?)
}

/// Keeps the list that `nix store prefetch-file --json` says it has fetched.
///
/// # Errors
/// When it is no such list, or cannot be written.
pub fn keep_fetched(machine: &impl Machine, part: Part, source: &str, said: &[u8]) -> Result<usize, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Fetched {
        store_path: PathBuf,
    }
    let fetched: Fetched = serde_json::from_slice(said).map_err(|why| Error::Json(name(part), why))?;
    keep_published(machine, part, source, &fetched.store_path)
}

/// Keeps a list that a channel publishes.
fn keep_published(machine: &impl Machine, part: Part, source: &str, file: &Path) -> Result<usize, Error> {
    let open = machine.open(file).map_err(Error::Unreadable)?;
    store_away(machine, part, source, said::published(part, open)?)
}

fn store_away(machine: &impl Machine, part: Part, source: &str, entries: Vec<Entry>) -> Result<usize, Error> {
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

/// Names go into configurations and command lines, so what could be anything else stays out.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= said::NAME
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '`' | '$' | ';' | '|' | '&'))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_that_could_be_code_stay_out() {
        for bad in ["", "-rf", "a b", "a;b", "$(x)", "a`b", "a\u{1b}[0m"] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(is_name("python3Packages.numpy") && is_name("users.users.<name>.shell") && is_name("["));
    }
}
