//! ask-nix: say what you want from a NixOS machine, see the plan, agree, and learn on the way.
//!
//! The sentence that is the program: *a query is understood as an operation; the operation and the facts make a plan;
//! the plan is shown or executed, telling events as it goes; what came of it is taught and shown.*
//! `docs/architecture.md` is the map.

pub mod catalogue;
pub mod cli;
pub mod event;
pub mod exchange;
pub mod execute;
pub mod machine;
pub mod model;
pub mod nix;
mod numerals;
pub mod operation;
pub mod outcome;
pub mod plan;
pub mod query;
pub mod recognition;
pub mod repl;
pub mod reply;
pub mod run;
pub mod search;
pub mod session;
pub mod settings;
pub mod show;
pub mod teach;
pub mod understand;
