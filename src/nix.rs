//! What Nix is: its commands and its log; its profiles, its store, its lock files, read without asking Nix wherever that is
//! possible.

pub mod closure;
pub mod command;
pub mod comparison;
pub mod database;
pub mod generation;
pub mod package_name;
pub mod path_info;
pub mod profile;
pub mod units;

#[cfg(test)]
pub(crate) mod fixture_machine;
