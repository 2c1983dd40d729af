//! Progress on a terminal: a few lines that are drawn again in place, log lines above them.
//!
//! The lines are written by hand, not by indicatif: that clears lines before it writes them and fills them with blanks
//! up to the edge, so that a terminal made narrower breaks every one of them. Here a picture is one write, each line is
//! overwritten and only its rest cleared, and after a resize the rows that the old lines take now are counted.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use super::frame::frame;
use super::line::{Ink, Line};
use super::state::{Clock, State};
use super::{Look, Verbosity};
use crate::event::{Event, Level, StepResult};

/// The least time between two pictures.
const REDRAW_EVERY: Duration = Duration::from_millis(90);
/// Log lines wait for the next picture, but not more than so many bytes of them.
const PENDING_LIMIT: usize = 64 * 1024;

const CLEAR_REST_OF_LINE: &str = "\u{1b}[K";
const CLEAR_BELOW: &str = "\u{1b}[J";

/// Where the picture is drawn.
pub trait Screen: Send {
    /// Columns and rows, now.
    fn size(&self) -> (usize, usize);
    /// Writes text with escape sequences, at once.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn write(&mut self, text: &str) -> io::Result<()>;
}

/// A real terminal: standard error.
#[derive(Debug)]
pub struct Terminal<W>(pub W);

impl<W: Write + AsFd + Send> Screen for Terminal<W> {
    fn size(&self) -> (usize, usize) {
        match rustix::termios::tcgetwinsize(&self.0) {
            // Some terminals, of serial lines and in containers, do not know their size.
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
            _ => (80, 24),
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())?;
        self.0.flush()
    }
}

/// The display.
pub struct TerminalProgress {
    screen: Box<dyn Screen>,
    look: Look,
    state: State,
    /// The picture on the screen, with the columns that each line takes.
    drawn: Vec<(String, usize)>,
    /// Lines to be printed above the next picture.
    pending: String,
    drawn_at: Duration,
    clock: Clock,
}

impl TerminalProgress {
    /// A display on this screen.
    pub fn new(screen: Box<dyn Screen>, look: Look) -> Self {
        Self {
            screen,
            look,
            state: State::default(),
            drawn: Vec::new(),
            pending: String::new(),
            drawn_at: Duration::ZERO,
            clock: Clock::default(),
        }
    }

    /// Takes an event.
    pub fn event(&mut self, event: &Event) {
        let now = self.clock.at(event);
        self.event_at(event, now);
    }

    /// Lets timers move; call it about ten times a second.
    pub fn tick(&mut self) {
        let now = self.clock.now();
        self.tick_at(now);
    }

    /// Takes an event at a time since the display was made.
    pub fn event_at(&mut self, event: &Event, now: Duration) {
        if matches!(event, Event::StepStarted { .. }) {
            self.clear();
        }
        self.state.take(event, now);
        match event {
            Event::StepStarted { .. } => {}
            Event::Log { .. } => self.log(event, now),
            Event::Progress { .. } => self.tick_at(now),
            Event::StepFinished { result, seconds, .. } => self.step_finished(*result, *seconds, now),
        }
    }

    /// [`Self::tick`] at a time since the display was made.
    pub fn tick_at(&mut self, now: Duration) {
        if self.look.verbosity == Verbosity::Quiet || !self.state.visible(now) {
            return;
        }
        if !self.drawn.is_empty() && now.saturating_sub(self.drawn_at) < REDRAW_EVERY {
            return;
        }
        self.drawn_at = now;
        let (columns, rows) = self.screen.size();
        // One column stays free: terminals differ in what they do at the end of a full line.
        let mut lines = frame(&self.state, now, columns.saturating_sub(1).max(1), rows, self.look.colour);
        lines.truncate(rows.saturating_sub(1).max(1));
        let mut text = self.rewind();
        if !self.pending.is_empty() {
            text.push_str(CLEAR_BELOW);
            text.push_str(&std::mem::take(&mut self.pending));
        }
        for (line, _) in &lines {
            text.push_str(line);
            text.push_str(CLEAR_REST_OF_LINE);
            text.push('\n');
        }
        text.push_str(CLEAR_BELOW);
        self.write(&text);
        self.drawn = lines;
    }

    /// Runs something that writes to the terminal itself: a question, a program with its own display.
    pub fn suspend<T>(&mut self, action: impl FnOnce() -> T) -> T {
        self.clear();
        action()
    }

    /// Removes the picture; nothing is shown until the next step.
    pub fn finish(&mut self) {
        self.clear();
        self.state = State::default();
    }

    fn step_finished(&mut self, result: StepResult, seconds: f64, now: Duration) {
        self.clear();
        let visible = self.state.visible(now);
        // Nothing is drawn from here on.
        self.state.since = None;
        if visible && self.look.verbosity > Verbosity::Quiet {
            let ink = if result == StepResult::Failed { Ink::Bad } else { Ink::Plain };
            self.print(&[self.state.summary(result, seconds)], ink, now);
        }
    }

    fn log(&mut self, event: &Event, now: Duration) {
        let Some((level, lines)) = self.state.log(event, self.look.verbosity) else { return };
        let ink = match level {
            Level::Error => Ink::Bad,
            Level::Warning => Ink::Warning,
            Level::Info => Ink::Plain,
            Level::Detail => Ink::Faint,
        };
        self.print(&lines, ink, now);
    }

    /// Prints above the picture. Long lines are left whole: they are read, copied and searched, and terminals wrap them.
    fn print(&mut self, lines: &[String], first: Ink, now: Duration) {
        for (number, line) in lines.iter().enumerate() {
            let ink = if number == 0 { first } else { Ink::Plain };
            self.pending.push_str(&Line::default().and(ink, line.as_str()).render(usize::MAX, self.look.colour));
            self.pending.push('\n');
        }
        if self.drawn.is_empty() || self.pending.len() > PENDING_LIMIT {
            self.clear();
        }
        self.tick_at(now);
    }

    /// Takes the picture away and prints what waited for the next one.
    fn clear(&mut self) {
        let mut text = self.rewind();
        if !self.drawn.is_empty() {
            text.push_str(CLEAR_BELOW);
        }
        text.push_str(&std::mem::take(&mut self.pending));
        self.drawn.clear();
        if !text.is_empty() {
            self.write(&text);
        }
    }

    /// To the first row of the picture. The terminal may have become narrower and wrapped its lines.
    fn rewind(&self) -> String {
        let columns = self.screen.size().0.max(1);
        let rows: usize = self.drawn.iter().map(|(_, width)| width.div_ceil(columns).max(1)).sum();
        if rows == 0 { String::new() } else { format!("\r\u{1b}[{rows}A") }
    }

    /// A terminal that cannot be written to is gone; the work goes on.
    fn write(&mut self, text: &str) {
        let _ = self.screen.write(text);
    }
}

impl Drop for TerminalProgress {
    fn drop(&mut self) {
        self.clear();
    }
}
