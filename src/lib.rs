//! ask-nix: say what you want from a NixOS machine, see the plan, agree, and learn on the way.
//!
//! The sentence that is the program: *a query is understood as an operation; the operation and the facts make a plan;
//! the plan is shown or executed, telling events as it goes; what came of it is taught and shown.*
//! `docs/architecture.md` is the map.

pub mod catalogue;
pub mod event;
pub mod machine;
pub mod operation;
pub mod plan;
pub mod query;
pub mod recognition;
pub mod teach;
