//! The index as it is used: opened, made when it is missing, made again when it is damaged or of another program.

use std::cell::OnceCell;
use std::io;

use serde::Serialize;

use super::Error;
use super::build::{Material, made};
use super::format::{ALL, Reader, Section};
use super::store::{self, Ranges, Stamp};
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
    /// It may not be read, so what ask-nix knows by itself has to do.
    Unreadable,
}

/// The open index.
#[derive(Debug)]
pub struct Index {
    pub(super) reader: Reader,
    pub(super) ranges: Ranges,
    pub(super) names: OnceCell<fst::Map<Vec<u8>>>,
    pub(super) terms: OnceCell<fst::Map<Vec<u8>>>,
    pub(super) lines: OnceCell<Vec<u8>>,
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
        let file = match machine.open(&store::file(machine)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::make(machine, Opened::New, None),
            Err(_) => return Self::of_starter().map(|index| Self { opened: Opened::Unreadable, ..index }),
        };
        match Reader::of_file(file).and_then(|reader| Self::of(reader, Opened::Ready)) {
            Ok(index) if index.stamp.current() => Ok(index),
            Ok(index) => Self::make(machine, Opened::Old, Some(index.stamp).filter(|stamp| !stamp.source.is_empty())),
            // What it held cannot be told, since its form is not known.
            Err(Error::OtherForm) => Self::make(machine, Opened::Old, None),
            Err(Error::Unreadable(_)) => Self::of_starter().map(|index| Self { opened: Opened::Unreadable, ..index }),
            Err(_) => Self::make(machine, Opened::Damaged, None),
        }
    }

    fn of(reader: Reader, opened: Opened) -> Result<Self, Error> {
        let stamp = serde_json::from_slice(&reader.section(Section::Stamp)?).map_err(|_| Error::Damaged("stamp"))?;
        let ranges = serde_json::from_slice(&reader.section(Section::Ranges)?).map_err(|_| Error::Damaged("ranges"))?;
        let (names, terms, lines) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Ok(Self { reader, ranges, names, terms, lines, stamp, opened, lost: None })
    }

    /// What is known about the index, without making one.
    pub fn look(machine: &impl Machine) -> Option<(Opened, Stamp, u64)> {
        let place = store::file(machine);
        let bytes = machine.status(&place).ok()?.bytes;
        let read = machine.open(&place).map_err(Error::Unreadable).and_then(Reader::of_file);
        Some(match read.and_then(|reader| Self::of(reader, Opened::Ready)) {
            Ok(index) if !index.stamp.current() => (Opened::Old, index.stamp, bytes),
            Ok(index) if index.reader.verify(&ALL) => (Opened::Ready, index.stamp, bytes),
            Err(Error::OtherForm) => (Opened::Old, Stamp::default(), bytes),
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
            Err(Error::Damaged(_) | Error::Table(_) | Error::Unreadable(_)) if index.opened == Opened::Ready => {
                let lost = Some(index.stamp).filter(|stamp| !stamp.source.is_empty());
                let index = Self::make(machine, Opened::Damaged, lost)?;
                Ok((question(&index)?, index))
            }
            answer => Ok((answer?, index)),
        }
    }

    fn make(machine: &impl Machine, opened: Opened, lost: Option<Stamp>) -> Result<Self, Error> {
        let (bytes, _) = made(Material::default())?;
        let place = store::file(machine);
        // A home that cannot be written, a full disk: it is then for this one answer.
        let _ = machine.make_directory(&store::directory(machine)).and_then(|()| machine.keep(&place, &bytes));
        Ok(Self { lost, ..Self::of(Reader::of_memory(bytes)?, opened)? })
    }

    /// An index of what ask-nix knows, for tests and where nothing can be written.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn of_starter() -> Result<Self, Error> {
        Self::of(Reader::of_memory(made(Material::default())?.0)?, Opened::New)
    }

    /// Whether it holds the packages of the machine.
    pub fn knows_machine(&self) -> bool {
        self.stamp.packages_here > 0
    }
}
