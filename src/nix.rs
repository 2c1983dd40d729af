//! What Nix is: its commands, its structured log, its files.

pub mod log;
