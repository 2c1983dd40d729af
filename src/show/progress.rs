//! How running work is drawn: bars that move on a terminal ([`TerminalProgress`]), lines that stay elsewhere
//! ([`PlainProgress`]). Both take [`crate::event::Event`]s, one after the other, and a `tick` now and then for their
//! timers; neither knows Nix.

mod amount;
mod frame;
mod line;
mod plain;
mod state;
mod terminal;

pub use plain::PlainProgress;
pub use terminal::{Screen, Terminal, TerminalProgress};

use std::time::Duration;

/// For so long nothing is shown: what is done by then needs no progress.
const INITIAL_DELAY: Duration = Duration::from_millis(250);

/// How progress looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Whether colours may be used; the caller knows `NO_COLOR` and the terminal. Nothing is said by colour alone.
    pub colour: bool,
    /// How much is said.
    pub verbosity: Verbosity,
}

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What people normally want to know.
    #[default]
    Normal,
    /// The output of builds too.
    Verbose,
}
