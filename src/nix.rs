//! What Nix is: its commands, its log, its profiles, store and channels.

pub mod command;
