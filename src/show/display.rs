//! Which display of progress is right: one that moves on a terminal, lines that stay elsewhere, or none.

use std::io::{IsTerminal as _, stderr};

use super::progress::{Look, PlainProgress, Terminal, TerminalProgress, Verbosity};
use crate::event::Event;

/// The display of progress.
pub enum Display {
    /// On a terminal.
    Moving(Box<TerminalProgress>),
    /// In a file, a pipe, or a terminal that only appends.
    Lines(Box<PlainProgress>),
    /// Nowhere.
    None,
}

impl Display {
    /// The display for standard error. `dumb` terminals, and screen readers behind them, get lines.
    pub fn for_standard_error(colour: bool, verbosity: u8, dumb: bool) -> Self {
        let verbosity = match verbosity {
            0 => Verbosity::Quiet,
            1 | 2 => Verbosity::Normal,
            _ => Verbosity::Verbose,
        };
        let look = Look { colour, verbosity };
        if stderr().is_terminal() && !dumb {
            Self::Moving(Box::new(TerminalProgress::new(Box::new(Terminal(stderr())), look)))
        } else {
            Self::Lines(Box::new(PlainProgress::new(Box::new(stderr()), look)))
        }
    }

    /// Takes an event.
    pub fn event(&mut self, event: &Event) {
        match self {
            Self::Moving(display) => display.event(event),
            Self::Lines(display) => display.event(event),
            Self::None => {}
        }
    }

    /// Lets timers move.
    pub fn tick(&mut self) {
        match self {
            Self::Moving(display) => display.tick(),
            Self::Lines(display) => display.tick(),
            Self::None => {}
        }
    }

    /// Makes room for something else on the terminal.
    pub fn suspend(&mut self) {
        match self {
            Self::Moving(display) => display.suspend(|| ()),
            Self::Lines(display) => display.suspend(|| ()),
            Self::None => {}
        }
    }

    /// Shows nothing more until the next step.
    pub fn finish(&mut self) {
        match self {
            Self::Moving(display) => display.finish(),
            Self::Lines(display) => display.finish(),
            Self::None => {}
        }
    }
}
