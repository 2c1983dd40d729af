//! What of the running work is shown, and how.

use std::io::Write as _;

use super::palette::Palette;
use crate::event::{Event, Level};

/// The display of progress.
pub struct Display {
    verbosity: u8,
    palette: Palette,
}

impl Display {
    /// On standard error.
    pub fn for_standard_error(palette: Palette, verbosity: u8) -> Self {
        Self { verbosity, palette }
    }
    /// Nowhere.
    pub fn none() -> Self {
        Self { verbosity: 0, palette: Palette::default() }
    }
    /// x
    pub fn event(&mut self, event: &Event) {
        if self.verbosity == 0 { return }
        let mut err = std::io::stderr().lock();
        let _ = match event {
            Event::StepStarted { step, of, title } => writeln!(err, "{} {title}", self.palette.dim(&format!("[{step}/{of}]"))),
            Event::Log { line, level, .. } if *level <= Level::Warning => writeln!(err, "{line}"),
            _ => Ok(()),
        };
    }
    /// x
    pub fn suspend(&mut self) {}
}
