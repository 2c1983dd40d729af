//! The database of the store, `<state>/db/db.sqlite`: only ever read, and only for a moment. The library opens it by
//! its path, the one exception to reading through the machine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::machine::Machine;
use crate::nix::closure::{Graph, Index};

/// The schema that this module knows; Nix has used it since 2016.
const SCHEMA: &str = "10";

/// Why the database could not be read. Asking `nix` itself is then what remains.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error("there is no store database at {}", .0.display())]
    Missing(PathBuf),
    /// It is of another time.
    #[error("the store database has schema '{0}', not 10")]
    Schema(String),
    /// The database library says no.
    #[error("the store database cannot be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// How the database was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Beside others that may write.
    ReadOnly,
    /// As a file that nobody changes; right when no write-ahead log lies beside it.
    Immutable,
}

/// The open database. Drop it soon.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    file: PathBuf,
    mode: Mode,
}

/// The store with what only the garbage collector looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Store {
    /// Every valid path.
    pub graph: Graph,
    /// Which derivation made a path, as far as it still exists: (path, derivation).
    pub derivers: Vec<(Index, Index)>,
    /// What a derivation makes, as far as it exists: (derivation, path).
    pub outputs: Vec<(Index, Index)>,
}

impl Database {
    /// Opens the database below the state directory, usually `/nix/var/nix`.
    ///
    /// # Errors
    /// When there is none, it has another schema, or this person may not read it.
    pub fn open(machine: &impl Machine, state: &Path) -> Result<Self, Error> {
        let directory = state.join("db");
        let file = directory.join("db.sqlite");
        machine.status(&file).map_err(|_| Error::Missing(file.clone()))?;
        let schema = machine.read(&directory.join("schema")).unwrap_or_default();
        let schema = String::from_utf8_lossy(&schema).trim().to_owned();
        if schema != SCHEMA {
            return Err(Error::Schema(schema));
        }
        match connect(&file, Mode::ReadOnly) {
            Ok(connection) => Ok(Self { connection, file, mode: Mode::ReadOnly }),
            // Whoever may not create the shared memory beside the database can read it all the same while nobody writes.
            Err(error) if needs_immutable(&error) => {
                let written = machine.status(&directory.join("db.sqlite-wal")).is_ok_and(|status| status.bytes > 0);
                if written {
                    return Err(error.into());
                }
                let connection = connect(&file, Mode::Immutable)?;
                Ok(Self { connection, file, mode: Mode::Immutable })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// How it was opened.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// These store paths and all that they need. Paths that are not in the store are left out.
    ///
    /// # Errors
    /// When the database cannot be read, twice.
    pub fn reachable<T: AsRef<str>>(&self, paths: &[T]) -> Result<Graph, Error> {
        self.query(|connection| reachable(connection, paths))
    }

    /// The whole store.
    ///
    /// # Errors
    /// When the database cannot be read, twice.
    pub fn whole(&self) -> Result<Store, Error> {
        self.query(whole)
    }

    /// What these paths refer to themselves, without what that needs in turn.
    ///
    /// # Errors
    /// When the database cannot be read, twice.
    pub fn references(&self, path: &str) -> Result<Vec<String>, Error> {
        self.query(|connection| {
            connection
                .prepare_cached(
                    "select t.path from ValidPaths f join Refs r on r.referrer = f.id \
                     join ValidPaths t on t.id = r.reference where f.path = ?1 and f.id != t.id order by t.path",
                )?
                .query_map([path], |row| row.get(0))?
                .collect()
        })
    }

    /// The paths that refer to this one, sorted, without itself.
    ///
    /// # Errors
    /// When the database cannot be read, twice.
    pub fn referrers(&self, path: &str) -> Result<Vec<String>, Error> {
        self.query(|connection| {
            connection
                .prepare(
                    "select f.path from ValidPaths t join Refs r on r.reference = t.id \
                     join ValidPaths f on f.id = r.referrer where t.path = ?1 and f.id != t.id order by f.path",
                )?
                .query_map([path], |row| row.get(0))?
                .collect()
        })
    }

    /// Asks, and once more on a new connection when the file changed underneath.
    fn query<T>(&self, ask: impl Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        match ask(&self.connection) {
            Err(error) if is_passing(&error) => Ok(ask(&connect(&self.file, self.mode)?)?),
            result => Ok(result?),
        }
    }
}

fn connect(file: &Path, mode: Mode) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(file, mode), flags)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    // Opening alone reads nothing; this says whether reading works, and whether it is a store's database.
    connection.query_row("select exists (select 1 from ValidPaths)", [], |_| Ok(()))?;
    Ok(connection)
}

/// The address of a database that nobody changes, such as one in the store.
pub fn immutable(file: &Path) -> String {
    uri(file, Mode::Immutable)
}

fn uri(file: &Path, mode: Mode) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut uri = "file:".to_owned();
    for &byte in file.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str(match mode {
        Mode::ReadOnly => "?mode=ro",
        Mode::Immutable => "?mode=ro&immutable=1",
    });
    uri
}

fn needs_immutable(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

fn is_passing(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::SchemaChanged))
}

fn size(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0)
}

fn reachable<T: AsRef<str>>(connection: &Connection, paths: &[T]) -> rusqlite::Result<Graph> {
    let mut by_path = connection.prepare("select id, narSize from ValidPaths where path = ?1")?;
    let mut by_id = connection.prepare("select path, narSize from ValidPaths where id = ?1")?;
    let mut references = connection.prepare("select reference from Refs where referrer = ?1")?;
    let mut graph = Graph::default();
    let mut places: HashMap<i64, Index> = HashMap::new();
    let mut waiting = Vec::new();
    for path in paths {
        let mut rows = by_path.query([path.as_ref()])?;
        if let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let at = graph.add(path.as_ref(), Some(size(row.get(1)?)));
            if places.insert(id, at).is_none() {
                waiting.push((id, at));
            }
        }
    }
    while let Some((from, at)) = waiting.pop() {
        let mut rows = references.query([from])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let to = if let Some(&known) = places.get(&id) {
                known
            } else {
                let mut found = by_id.query([id])?;
                let Some(row) = found.next()? else { continue };
                let to = graph.add(row.get_ref(0)?.as_str()?, Some(size(row.get(1)?)));
                places.insert(id, to);
                waiting.push((id, to));
                to
            };
            graph.refer(at, to);
        }
    }
    Ok(graph)
}

fn whole(connection: &Connection) -> rusqlite::Result<Store> {
    let mut store = Store::default();
    let mut places: HashMap<i64, Index> = HashMap::new();
    let mut derivers: Vec<(Index, String)> = Vec::new();
    let mut paths = connection.prepare("select id, path, narSize, deriver from ValidPaths")?;
    let mut rows = paths.query([])?;
    while let Some(row) = rows.next()? {
        let at = store.graph.add(row.get_ref(1)?.as_str()?, Some(size(row.get(2)?)));
        places.insert(row.get(0)?, at);
        if let Some(deriver) = row.get(3)? {
            derivers.push((at, deriver));
        }
    }
    store.derivers = derivers.into_iter().filter_map(|(at, deriver)| Some((at, store.graph.find(&deriver)?))).collect();
    let mut references = connection.prepare("select referrer, reference from Refs")?;
    let mut rows = references.query([])?;
    while let Some(row) = rows.next()? {
        if let (Some(&from), Some(&to)) = (places.get(&row.get(0)?), places.get(&row.get(1)?)) {
            store.graph.refer(from, to);
        }
    }
    let mut outputs = connection.prepare("select drv, path from DerivationOutputs")?;
    let mut rows = outputs.query([])?;
    while let Some(row) = rows.next()? {
        let output = store.graph.find(row.get_ref(1)?.as_str()?);
        if let (Some(&derivation), Some(output)) = (places.get(&row.get(0)?), output) {
            store.outputs.push((derivation, output));
        }
    }
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix::fixture_machine::FixtureMachine;

    #[expect(clippy::disallowed_methods, reason = "the test makes the database that it reads")]
    fn state(schema: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("db");
        std::fs::create_dir(&database).unwrap();
        std::fs::write(database.join("schema"), schema).unwrap();
        let connection = Connection::open(database.join("db.sqlite")).unwrap();
        connection
            .execute_batch(
                "create table ValidPaths (id integer primary key, path text, narSize integer, deriver text);
                 create table Refs (referrer integer, reference integer);
                 create table DerivationOutputs (drv integer, id text, path text);
                 insert into ValidPaths values (1, '/s/a', 10, '/s/a.drv'), (2, '/s/b', 20, null), (9, '/s/a.drv', 1, null);
                 insert into Refs values (1, 2), (2, 2), (1, 77);
                 insert into DerivationOutputs values (9, 'out', '/s/a'), (9, 'dev', '/s/gone');",
            )
            .unwrap();
        directory
    }

    #[test]
    fn reads_closures_and_the_whole() {
        let directory = state("10");
        let database = Database::open(&FixtureMachine::new("/"), directory.path()).unwrap();
        let graph = database.reachable(&["/s/a", "/s/unknown"]).unwrap();
        assert_eq!((graph.len(), graph.sum(&graph.all())), (2, 30));
        let store = database.whole().unwrap();
        let place = |path| store.graph.find(path).unwrap();
        assert_eq!(store.graph.len(), 3);
        assert_eq!(store.derivers, [(place("/s/a"), place("/s/a.drv"))]);
        assert_eq!(store.outputs, [(place("/s/a.drv"), place("/s/a"))]);
        assert_eq!(database.referrers("/s/b").unwrap(), ["/s/a"]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let machine = FixtureMachine::new("/");
        let directory = state("11");
        assert!(matches!(Database::open(&machine, directory.path()), Err(Error::Schema(found)) if found == "11"));
        assert!(matches!(Database::open(&machine, Path::new("/nowhere")), Err(Error::Missing(_))));
    }

    #[test]
    fn strange_letters_in_the_path_are_no_options() {
        assert_eq!(uri(Path::new("/a b?c#/ü"), Mode::ReadOnly), "file:/a%20b%3Fc%23/%C3%BC?mode=ro");
    }
}
