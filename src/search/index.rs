//! The index as it is used: opened, made when it is missing, made again when it is damaged or of another program.

use rusqlite::{Connection, ErrorCode};
use serde::Serialize;

use super::Error;
use super::build::{Material, in_memory, replace};
use super::store::{self, Stamp};
use crate::machine::Machine;

/// How the index was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// As it was made before.
    #[default]
    Ready,
    /// There was none, so it was made of what ask-nix knows.
    New,
    /// It was damaged, so it was made again.
    Damaged,
    /// Another version of ask-nix had made it, so it was made again.
    Old,
}

/// The open index.
#[derive(Debug)]
pub struct Index {
    pub(super) connection: Connection,
    /// What it says about itself.
    pub stamp: Stamp,
    /// How it was found.
    pub opened: Opened,
    /// What the one before it held of the machine, when it had to be made again.
    pub lost: Option<Stamp>,
}

impl Index {
    /// Opens the index; what is missing or of no use is made of what ask-nix knows by itself, in a moment.
    ///
    /// # Errors
    /// When not even that can be done.
    pub fn open(machine: &impl Machine) -> Result<Self, Error> {
        let place = store::file(machine);
        if machine.status(&place).is_err() {
            return Self::make(machine, Opened::New, None);
        }
        let opened = store::open(&place).and_then(|connection| Ok((store::stamp(&connection)?, connection)));
        match opened {
            Ok((stamp, connection)) if stamp.current() => {
                Ok(Self { connection, stamp, opened: Opened::Ready, lost: None })
            }
            Ok((stamp, connection)) => {
                drop(connection);
                let lost = Some(stamp).filter(|stamp| !stamp.source.is_empty());
                Self::make(machine, Opened::Old, lost)
            }
            Err(error) if is_busy(&error) => Err(error.into()),
            Err(_) => Self::make(machine, Opened::Damaged, None),
        }
    }

    /// What is known about the index, without making one.
    pub fn look(machine: &impl Machine) -> Option<(Opened, Stamp, u64)> {
        let place = store::file(machine);
        let bytes = machine.status(&place).ok()?.bytes;
        let whole = |connection: &Connection| {
            connection
                .query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0))
                .is_ok_and(|said| said == "ok")
        };
        let opened = store::open(&place).and_then(|connection| Ok((store::stamp(&connection)?, connection)));
        Some(match opened {
            Ok((stamp, connection)) if whole(&connection) => {
                (if stamp.current() { Opened::Ready } else { Opened::Old }, stamp, bytes)
            }
            _ => (Opened::Damaged, Stamp::default(), bytes),
        })
    }

    /// Asks the index. When it turns out to be damaged it is made again and asked once more.
    ///
    /// # Errors
    /// When it cannot be read, twice.
    pub fn ask<T>(machine: &impl Machine, question: impl Fn(&Self) -> Result<T, Error>) -> Result<(T, Self), Error> {
        let index = Self::open(machine)?;
        match question(&index) {
            Err(Error::Sqlite(error)) if is_damage(&error) && index.opened == Opened::Ready => {
                let lost = Some(index.stamp).filter(|stamp| !stamp.source.is_empty());
                drop(index.connection);
                let index = Self::make(machine, Opened::Damaged, lost)?;
                Ok((question(&index)?, index))
            }
            answer => Ok((answer?, index)),
        }
    }

    fn make(machine: &impl Machine, opened: Opened, lost: Option<Stamp>) -> Result<Self, Error> {
        let (connection, stamp) = match replace(machine, Material::default()) {
            Ok(stamp) => (store::open(&store::file(machine))?, stamp),
            // A home that cannot be written, a full disk: it is made for this one answer.
            Err(_) => in_memory(Material::default())?,
        };
        Ok(Self { connection, stamp, opened, lost })
    }

    /// An index of what ask-nix knows, for tests and where nothing can be written.
    ///
    /// # Errors
    /// When the database library says no.
    pub fn of_starter() -> Result<Self, Error> {
        let (connection, stamp) = in_memory(Material::default())?;
        Ok(Self { connection, stamp, opened: Opened::New, lost: None })
    }

    /// Whether it holds the packages of the machine.
    pub fn knows_machine(&self) -> bool {
        self.stamp.packages_here > 0
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    !is_busy(error) && !matches!(error, rusqlite::Error::QueryReturnedNoRows)
}
