//! What Nix is: its commands and its log; its profiles, its store, its lock files, read without asking Nix wherever that is
//! possible.

pub mod channel;
pub mod closure;
pub mod command;
pub mod comparison;
pub mod database;
pub mod disk_usage;
pub mod edit;
pub mod flake_source;
pub mod garbage;
pub mod generation;
pub mod health;
pub mod installed;
pub mod journal;
pub mod lock_file;
pub mod log;
pub mod modules;
pub mod package_name;
pub mod path_info;
pub mod profile;
pub mod release;
pub mod settings;
pub mod system_info;
pub mod unit_state;
pub mod units;
pub mod value;
pub mod version;
pub mod why;

#[cfg(test)]
pub(crate) mod fixture_machine;
