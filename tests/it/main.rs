//! The tests of the whole: one binary, a file per feature.

mod education;
mod log;
mod native_reading;
mod real_nix;
mod understand;
