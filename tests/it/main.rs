//! The one test binary: a file for each feature.

mod education;
mod zz_dump;
