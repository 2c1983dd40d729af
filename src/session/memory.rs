//! What is remembered about the person's learning: which lessons they have met.

use std::io;
use std::path::PathBuf;

use crate::machine::Machine;
use crate::teach::{Lesson, Met};

/// Reads and writes what is remembered.
pub(super) struct Memory<'a, M> {
    pub machine: &'a M,
    pub state: PathBuf,
}

impl<M: Machine> Memory<'_, M> {
    fn path(&self) -> PathBuf {
        self.state.join("lessons.json")
    }

    /// The lessons met so far. A damaged file is as good as none: at worst a lesson is told in full once more.
    pub(super) fn met(&self) -> Met {
        let text = self.machine.read(&self.path()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Remembers lessons that were shown, after those met before. Failing to is no reason to trouble anyone.
    pub(super) fn remember(&self, mut met: Met, lessons: &[Lesson]) {
        if !met.remember(lessons) {
            return;
        }
        let _ = self.write(&met);
    }

    /// Writes down the lessons met.
    pub(super) fn write(&self, met: &Met) -> io::Result<()> {
        self.machine.keep(&self.path(), &serde_json::to_vec(met)?)
    }
}
