//! Progress where nothing can be drawn again: pipes, files, `TERM=dumb`, screen readers. Lines that say something new,
//! and one every ten seconds while nothing new happens.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use super::line::{Ink, Line};
use super::state::{Clock, State};
use super::{Look, Verbosity, amount};
use crate::event::{Event, Level, Progress, Running, RunningKind};

/// After so long a silence it is said that work goes on.
const STILL_EVERY: Duration = Duration::from_secs(10);

/// The display.
pub struct PlainProgress {
    sink: Box<dyn Write + Send>,
    look: Look,
    state: State,
    titled: bool,
    /// Builds whose beginning was told.
    started: Vec<String>,
    spoke_at: Duration,
    clock: Clock,
}

impl PlainProgress {
    /// A display that writes there.
    pub fn new(sink: Box<dyn Write + Send>, look: Look) -> Self {
        Self {
            sink,
            look,
            state: State::default(),
            titled: false,
            started: Vec::new(),
            spoke_at: Duration::ZERO,
            clock: Clock::default(),
        }
    }

    /// Takes an event.
    pub fn event(&mut self, event: &Event) {
        let now = self.clock.at(event);
        self.event_at(event, now);
    }

    /// Lets time pass; call it about ten times a second.
    pub fn tick(&mut self) {
        let now = self.clock.now();
        self.tick_at(now);
    }

    /// Takes an event at a time since the display was made.
    pub fn event_at(&mut self, event: &Event, now: Duration) {
        self.state.take(event, now);
        match event {
            Event::StepStarted { .. } => {
                self.titled = false;
                self.started.clear();
                self.spoke_at = now;
            }
            Event::Log { .. } => self.log(event, now),
            Event::Progress { progress, .. } => {
                self.tell(progress, now);
                self.tick_at(now);
            }
            Event::StepFinished { result, seconds, .. } => {
                if self.titled || self.state.visible(now) {
                    self.say(&self.state.summary(*result, *seconds), now);
                }
                self.state.since = None;
            }
        }
    }

    /// [`Self::tick`] at a time since the display was made.
    pub fn tick_at(&mut self, now: Duration) {
        if self.state.visible(now) {
            self.title(now);
            if now.saturating_sub(self.spoke_at) >= STILL_EVERY {
                self.say(&self.still(now), now);
            }
        }
    }

    /// Runs something that writes to the terminal itself. Lines stay where they are, so there is nothing to clear.
    pub fn suspend<T>(&mut self, action: impl FnOnce() -> T) -> T {
        action()
    }

    /// Says nothing more until the next step.
    pub fn finish(&mut self) {
        self.state = State::default();
    }

    fn tell(&mut self, progress: &Progress, now: Duration) {
        for ended in progress.finished.iter().filter(|ended| ended.kind == RunningKind::Build && !ended.failed) {
            self.say(&format!("built {} in {}", ended.name, amount::seconds(ended.seconds)), now);
        }
        for ended in &progress.finished {
            self.started.retain(|name| *name != ended.name);
        }
        let builds = progress.running.iter().filter(|running| running.kind == RunningKind::Build);
        for running in builds {
            if !self.started.contains(&running.name) {
                self.started.push(running.name.clone());
                self.say(&format!("building {}", running.name), now);
            }
        }
    }

    /// "still building linux-6.6 (buildPhase), 2 min 00 s"
    fn still(&self, now: Duration) -> String {
        let running = &self.state.progress.running;
        let builds: Vec<&Running> = running.iter().filter(|running| running.kind == RunningKind::Build).collect();
        if let Some(build) = builds.first() {
            let phase = build.phase.as_ref().map(|phase| format!(" ({phase})")).unwrap_or_default();
            let waiting = build.waiting.as_ref().map(|waiting| format!(", {waiting}")).unwrap_or_default();
            let others = if builds.len() > 1 { format!(" and {} more", builds.len() - 1) } else { String::new() };
            return format!(
                "still building {}{phase}{others}, {}{waiting}",
                build.name,
                amount::seconds(build.seconds)
            );
        }
        if let Some((words, time)) = self.state.doing(now) {
            return format!("still {words}, {}", amount::time(time));
        }
        let totals = self.state.totals(now);
        match running.first() {
            Some(first) if totals.is_empty() => format!("still at {}, {}", first.name, amount::seconds(first.seconds)),
            Some(_) => format!("still fetching, {}", totals.join(", ")),
            None => format!("still at work, {}", amount::time(self.state.elapsed(now))),
        }
    }

    fn log(&mut self, event: &Event, now: Duration) {
        let Some((level, lines)) = self.state.log(event, self.look.verbosity) else { return };
        self.title(now);
        let ink = match level {
            Level::Error => Ink::Bad,
            Level::Warning => Ink::Warning,
            Level::Info | Level::Detail => Ink::Plain,
        };
        for (number, line) in lines.iter().enumerate() {
            self.write(line, if number == 0 { ink } else { Ink::Plain });
        }
        self.spoke_at = now;
    }

    /// The step's title, before the first thing that is said in it.
    fn title(&mut self, now: Duration) {
        if self.titled || self.state.title.is_empty() {
            return;
        }
        self.titled = true;
        let state = &self.state;
        let title =
            if state.of > 1 { format!("[{}/{}] {}", state.step, state.of, state.title) } else { state.title.clone() };
        if self.look.verbosity > Verbosity::Quiet {
            self.write(&title, Ink::Title);
            self.spoke_at = now;
        }
    }

    fn say(&mut self, line: &str, now: Duration) {
        if self.look.verbosity > Verbosity::Quiet {
            self.title(now);
            self.write(line, Ink::Plain);
            self.spoke_at = now;
        }
    }

    fn write(&mut self, line: &str, ink: Ink) {
        let line = Line::default().and(ink, line).render(usize::MAX, self.look.colour);
        // A sink that cannot be written to is gone; the work goes on.
        let _ = writeln!(self.sink, "{line}").and_then(|()| self.sink.flush());
    }
}

impl fmt::Debug for PlainProgress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PlainProgress")
            .field("look", &self.look)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
