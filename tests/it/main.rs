//! The tests of the whole: one binary, a file per feature.

mod log;
mod log_lines;
mod paper;
mod progress;
