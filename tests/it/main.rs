//! The tests of the whole: one binary, a file per feature.

mod education;
mod log;
mod understand;
