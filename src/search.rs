//! Finding packages, options, services and commands: one local index of what ask-nix knows by itself and of what the
//! machine has. Nothing here reaches for the network.

pub mod answer;
mod build;
mod entry;
pub mod gather;
mod index;
mod libraries;
mod lookup;
mod rank;
mod repair;
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
    /// The database library says no.
    #[error("the index cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("{path} could not be written: {why}", path = .0.display(), why = .1)]
    File(std::path::PathBuf, std::io::Error),
    /// What Nix printed is not what was asked for.
    #[error("what Nix said about {0} could not be read: {1}")]
    Json(&'static str, serde_json::Error),
}

#[cfg(test)]
mod tests;
