//! Finding packages, options, services and commands: one local index of what ask-nix knows by itself and of what the
//! machine has. Nothing here reaches for the network.

pub mod answer;
mod build;
mod entry;
mod fields;
mod format;
pub mod gather;
mod index;
mod libraries;
mod lookup;
mod near;
mod postings;
mod rank;
mod said;
mod starter;
mod store;
mod words;

pub use entry::{Entry, Kind};
pub use index::{Index, Opened};
pub use libraries::package as library;
pub use store::{Stamp, directory, file};

/// Why the index could not be used or made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not what was written: cut short, overwritten.
    #[error("the index is damaged (its {0})")]
    Damaged(&'static str),
    /// Another version of ask-nix wrote it.
    #[error("the index has another form")]
    OtherForm,
    /// The system does not let it be read.
    #[error("the index could not be read: {0}")]
    Unreadable(std::io::Error),
    /// A table of words could not be made or read.
    #[error("the index could not be made: {0}")]
    Table(#[from] fst::Error),
    /// A file could not be read or written.
    #[error("{path} could not be written: {why}", path = .0.display(), why = .1)]
    File(std::path::PathBuf, std::io::Error),
    /// What Nix printed is not what was asked for.
    #[error("what Nix said about {0} could not be read: {1}")]
    Json(&'static str, serde_json::Error),
}

#[cfg(test)]
mod tests;
