//! What both displays remember of a step.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::event::{Count, Event, Level, Phase, Progress, StepResult};
use crate::show::progress::{INITIAL_DELAY, Verbosity, amount};

/// Last lines are remembered of so many builds, and so many lines of each.
const TAILS_LIMIT: usize = 64;
const TAIL_LINES: usize = 10;

/// The time since a display was made.
#[derive(Debug)]
pub(super) struct Clock {
    since: Instant,
    last: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self { since: Instant::now(), last: Duration::ZERO }
    }
}

impl Clock {
    pub(super) fn now(&mut self) -> Duration {
        self.last = self.since.elapsed();
        self.last
    }

    /// The time of an event. A line of a build is of the time that was told last, a twentieth of a second ago: builds print
    /// millions, and to ask for the time costs more than to remember the line.
    pub(super) fn at(&mut self, event: &Event) -> Duration {
        if matches!(event, Event::Log { level: Level::Detail, .. }) { self.last } else { self.now() }
    }
}

/// The step that is shown.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) step: usize,
    pub(super) of: usize,
    pub(super) title: String,
    pub(super) progress: Progress,
    /// When the step began; `None` between steps.
    pub(super) since: Option<Duration>,
    /// What is being waited for, without numbers, and since when.
    doing: Option<(String, Duration)>,
    /// When the first byte came.
    first_byte: Option<(Duration, u64)>,
    tails: VecDeque<(String, VecDeque<String>)>,
    told_failures: Vec<String>,
}

impl State {
    /// Takes an event in.
    pub(super) fn take(&mut self, event: &Event, now: Duration) {
        match event {
            Event::StepStarted { step, of, title } => {
                *self = Self { step: *step, of: *of, title: title.clone(), since: Some(now), ..Self::default() };
            }
            Event::Progress { progress, .. } => {
                self.since.get_or_insert(now);
                self.progress.clone_from(progress);
                if self.first_byte.is_none() && progress.bytes.done > 0 {
                    self.first_byte = Some((now, progress.bytes.done));
                }
            }
            Event::Log { derivation: Some(name), level: Level::Detail, line, .. } => self.remember(name, line),
            Event::Log { .. } | Event::StepFinished { .. } => {}
        }
        let doing = self.doing_words().map(|words| words.replace(|letter: char| letter.is_ascii_digit(), ""));
        if self.doing.as_ref().map(|(words, _)| words) != doing.as_ref() {
            self.doing = doing.map(|words| (words, now));
        }
    }

    fn remember(&mut self, name: &str, line: &str) {
        let position = self.tails.iter().position(|(known, _)| known == name);
        let mut entry = position
            .and_then(|position| self.tails.remove(position))
            .unwrap_or_else(|| (name.to_owned(), VecDeque::new()));
        if entry.1.len() >= TAIL_LINES {
            entry.1.pop_front();
        }
        entry.1.push_back(line.to_owned());
        if self.tails.len() >= TAILS_LIMIT {
            self.tails.pop_front();
        }
        self.tails.push_back(entry);
    }

    /// Whether the step has run for long enough to be shown.
    pub(super) fn visible(&self, now: Duration) -> bool {
        self.since.is_some_and(|since| now.saturating_sub(since) >= INITIAL_DELAY)
    }

    /// For how long the step has been running.
    pub(super) fn elapsed(&self, now: Duration) -> Duration {
        self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// What goes on beside builds and downloads, and for how long: "evaluating, 312 files".
    pub(super) fn doing(&self, now: Duration) -> Option<(String, Duration)> {
        let since = self.doing.as_ref()?.1;
        Some((self.doing_words()?, now.saturating_sub(since)))
    }

    fn doing_words(&self) -> Option<String> {
        let progress = &self.progress;
        if !progress.running.is_empty() {
            return None;
        }
        match (&progress.activity, progress.phase) {
            (Some(activity), _) => Some(activity.clone()),
            (None, Phase::Evaluating) if progress.files_evaluated > 1 => {
                Some(format!("evaluating, {} files", progress.files_evaluated))
            }
            (None, Phase::Evaluating) => Some("evaluating".to_owned()),
            (None, Phase::Fetching) => Some("fetching".to_owned()),
            (None, Phase::Starting | Phase::Realising) => None,
        }
    }

    /// "3 of 12 built", "4 of 9 fetched (12.3 of 80.0 MiB)", "1 failed", "about 40 s left"; what there is of it.
    pub(super) fn totals(&self, now: Duration) -> Vec<String> {
        let Progress { builds, downloads, bytes, .. } = &self.progress;
        let mut totals = Vec::new();
        if builds.done + builds.expected > 0 {
            totals.push(format!("{} built", amount::count(*builds)));
        }
        if downloads.done + downloads.expected > 0 {
            let size = if bytes.done + bytes.expected > 0 {
                format!(" ({})", amount::transfer(*bytes))
            } else {
                String::new()
            };
            totals.push(format!("{} fetched{size}", amount::count(*downloads)));
        }
        let failed = builds.failed + downloads.failed;
        if failed > 0 {
            totals.push(format!("{failed} failed"));
        }
        totals.extend(self.time_left(now).map(|left| format!("about {} left", amount::time(left))));
        totals
    }

    /// An estimate from the bytes so far; only when downloads are all that is left, for nobody knows how long a build takes.
    fn time_left(&self, now: Duration) -> Option<Duration> {
        let Count { done, expected, .. } = self.progress.bytes;
        let (since, at_first) = self.first_byte?;
        let (took, came) = (now.saturating_sub(since), done.saturating_sub(at_first));
        let Progress { builds, downloads, .. } = &self.progress;
        let downloading = downloads.done < downloads.expected && builds.done >= builds.expected;
        if !downloading || took < Duration::from_secs(3) || came == 0 || done >= expected {
            return None;
        }
        let millis = took.as_millis() * u128::from(expected - done) / u128::from(came);
        Some(Duration::from_secs(u64::try_from(millis / 1000).ok()?.max(1)))
    }

    /// Lines to print above or instead of bars for a log event: what it says, or nothing.
    pub(super) fn log(&mut self, event: &Event, verbosity: Verbosity) -> Option<(Level, Vec<String>)> {
        let Event::Log { level, derivation, line, .. } = event else { return None };
        let wanted = match verbosity {
            Verbosity::Quiet => *level == Level::Error,
            Verbosity::Normal => *level <= Level::Info,
            Verbosity::Verbose => true,
        };
        if !wanted {
            return None;
        }
        let lines = match (level, derivation) {
            (Level::Error, Some(name)) => self.failed(name, line, verbosity)?,
            // What Nix says of itself is in the reply, explained.
            (Level::Error, None) if verbosity < Verbosity::Verbose => return None,
            (Level::Error, None) => {
                let marked = line.starts_with("error") || line.starts_with(' ');
                vec![if marked { line.clone() } else { format!("error: {line}") }]
            }
            (Level::Warning, _) => vec![format!("warning: {line}")],
            (_, Some(name)) => vec![format!("{name}> {line}")],
            (_, None) => vec![line.clone()],
        };
        Some((*level, lines.iter().flat_map(|line| line.split('\n')).map(str::to_owned).collect()))
    }

    /// A failed build's name and last lines, once.
    fn failed(&mut self, name: &str, line: &str, verbosity: Verbosity) -> Option<Vec<String>> {
        if self.told_failures.iter().any(|known| known == name) || self.told_failures.len() >= TAILS_LIMIT {
            return None;
        }
        self.told_failures.push(name.to_owned());
        let mut lines = vec![format!("{name} {line}")];
        if verbosity < Verbosity::Verbose
            && let Some((_, tail)) = self.tails.iter().find(|(known, _)| known == name)
        {
            lines.extend(tail.iter().map(|line| format!("    | {line}")));
        }
        Some(lines)
    }

    /// "Build the new system: done in 12 s, 5 of 5 built"
    pub(super) fn summary(&self, result: StepResult, seconds: f64) -> String {
        let took = amount::seconds(seconds);
        let result = match result {
            StepResult::Done => format!("done in {took}"),
            StepResult::Skipped => "nothing to do".to_owned(),
            StepResult::Failed => format!("failed after {took}"),
        };
        let Progress { builds, downloads, bytes, .. } = &self.progress;
        let mut summary = vec![format!("{}: {result}", self.title)];
        if builds.done > 0 {
            summary.push(format!("{} built", builds.done));
        }
        if downloads.done > 0 {
            summary.push(format!("{} fetched ({})", downloads.done, amount::size(bytes.done)));
        }
        summary.join(", ")
    }
}
