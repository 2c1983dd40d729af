//! Terminal progress.
