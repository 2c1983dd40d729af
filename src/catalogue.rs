//! The data that ask-nix is made of: what it understands and what it teaches.

pub mod education;
