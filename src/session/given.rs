//! The text that comes from standard input with a request to explain an error: a paste, or a log of any length.

use std::io::{BufRead, Read as _};

use crate::teach::{self, Diagnosis};

/// A text that is to be explained.
#[derive(Clone, Debug)]
pub enum Given {
    /// The text.
    Text(String),
    /// What was found in one that is too long to be kept.
    Found(Vec<Diagnosis>),
}

impl Given {
    /// Reads a stream to its end; of a long one only what it says about errors is kept.
    pub fn read(mut stream: impl BufRead) -> Self {
        const SHORT: u64 = 64 << 10;
        let mut start = Vec::new();
        // What was read before an error is all that there is.
        let ended = (&mut stream).take(SHORT).read_to_end(&mut start).map_or(true, |read| (read as u64) < SHORT);
        if ended {
            return Self::Text(String::from_utf8_lossy(&start).into_owned());
        }
        Self::Found(teach::diagnose_stream(start.as_slice().chain(stream)))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}
