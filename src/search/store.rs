//! The file of the index: where it lies, what it says about itself, and how it is opened and exchanged.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use super::Kind;
use super::starter::FINGERPRINT;
use crate::machine::Machine;

/// The form of the tables. An index of another form is made again.
pub(super) const FORMAT: u32 = 1;

/// What an index says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The form of its tables.
    pub format: u32,
    /// The tables of the program that it was made with.
    pub starter: String,
    /// What of the machine is in it; empty when it holds only what ask-nix knows by itself.
    #[serde(default)]
    pub source: String,
    /// When it was made, RFC 3339.
    #[serde(default)]
    pub made: String,
    /// Packages in it.
    pub packages: usize,
    /// Options in it.
    pub options: usize,
    /// Services in it.
    pub services: usize,
    /// Commands in it.
    pub commands: usize,
    /// Packages that came from the machine's package set.
    pub packages_here: usize,
    /// Options that came from the machine's configuration.
    pub options_here: usize,
}

impl Stamp {
    /// Whether this program made it, in the form that it reads.
    pub fn current(&self) -> bool {
        self.format == FORMAT && self.starter == FINGERPRINT
    }
}

/// The tables. Words are cut to their stems before they come in, so that the database need not know any language.
const SCHEMA: &str = "
    create table stamp(json text not null);
    create table entry(id integer primary key, kind integer not null, name text not null, data text not null);
    create index entry_name on entry(name);
    create table alias(text text not null, id integer not null, weight integer not null, primary key(text, id)) without rowid;
    create table program(name text not null, package text not null, primary key(name, package)) without rowid;
    create table word(text text primary key, times integer not null) without rowid;
    create virtual table words using fts5(name, called, like, about, content='', tokenize=\"unicode61 tokenchars '+#'\");
";

/// Numbers of entries say their kind, and whether ask-nix knows them by itself: what is searched is then a range.
const KIND: i64 = 1 << 40;
/// Those that only the machine knows begin here.
const OTHERS: i64 = 1 << 20;

/// The number of an entry.
pub(super) fn number(kind: Kind, known: bool, count: i64) -> i64 {
    i64::from(kind.number()) * KIND + if known { 0 } else { OTHERS } + count
}

/// The numbers that entries of a kind have: the first and the last.
pub(super) fn range(kind: Kind, known: bool) -> (i64, i64) {
    let first = number(kind, known, 0);
    (first, if known { first + OTHERS - 1 } else { number(kind, true, 0) + KIND - 1 })
}

/// Where the index and what it is made of lie.
pub fn directory(machine: &impl Machine) -> PathBuf {
    crate::machine::facts::cache_directory(machine).join("index")
}

/// The file of the index.
pub fn file(machine: &impl Machine) -> PathBuf {
    directory(machine).join("index.sqlite")
}

/// Opens an index to read it.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(500))?;
    // Large indexes are read where they lie.
    connection.pragma_update(None, "mmap_size", 256_i64 << 20)?;
    Ok(connection)
}

/// An empty index, in a file or in memory.
pub(super) fn create(path: Option<&Path>) -> rusqlite::Result<Connection> {
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    // It is thrown away when anything goes wrong, so nothing needs to be safe on the way.
    connection.execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096;")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// What an index says about itself.
pub(super) fn stamp(connection: &Connection) -> rusqlite::Result<Stamp> {
    let json: String = connection.query_row("select json from stamp", [], |row| row.get(0))?;
    Ok(serde_json::from_str(&json).unwrap_or_default())
}

pub(super) fn set_stamp(connection: &Connection, stamp: &Stamp) -> rusqlite::Result<()> {
    let json = serde_json::to_string(stamp).unwrap_or_default();
    connection.execute("insert into stamp(json) values (?1)", [json])?;
    Ok(())
}
