//! Follows a running Nix: lines in, events out, and at the end the facts that replies are made from.

use std::borrow::Cow;
use std::time::Duration;

use super::activity::{Activities, Activity};
use super::failure::{Failure, FailureReader};
use super::kind::{ActivityKind, ResultKind};
use super::message::{Fields, Message, Note};
use super::planned::{Planned, PlannedReader};
use super::running::{ended, label, running, saying};
use super::text::{LINE_LIMIT, Tail, clean};
use super::upkeep::{Damage, Finding, Garbage, Optimised, Upkeep};
use crate::event::{Count, Event, Finished, Level, Phase, Progress};

/// The least time between two snapshots: more than ten a second nobody sees.
const SNAPSHOT_EVERY: Duration = Duration::from_millis(100);
/// So often a snapshot comes even when nothing is heard, for its timers.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How a warning begins that the person's configuration has asked Nix to print. Other warnings are Nix's own.
pub const EVALUATED: &str = "evaluation warning: ";
/// How Nix says that another Nix has the store, or a path of it.
const LOCKED: [&str; 3] = ["waiting for lock on", "waiting for the big", "waiting for exclusive access"];
/// A snapshot tells of so many ended works; the counts tell of the rest.
const FINISHED_LIMIT: usize = 200;

/// The state of one step's Nix. Time is passed in: since the step began, never backwards.
#[derive(Debug)]
pub struct Tracker {
    step: usize,
    activities: Activities,
    phase: Phase,
    files_evaluated: u64,
    asked: u64,
    /// A build has begun.
    building: bool,
    /// Builds that failed by count but have not ended yet.
    failing: u64,
    talk: Option<String>,
    finished: Vec<Finished>,
    planned: PlannedReader,
    failures: FailureReader,
    upkeep: Upkeep,
    plain_tail: Tail,
    changed: bool,
    told_at: Option<Duration>,
}

impl Tracker {
    /// A tracker for the step of this number; it stands in the events.
    pub fn new(step: usize) -> Self {
        Self {
            step,
            activities: Activities::default(),
            phase: Phase::default(),
            files_evaluated: 0,
            asked: 0,
            building: false,
            failing: 0,
            talk: None,
            finished: Vec::new(),
            planned: PlannedReader::default(),
            failures: FailureReader::default(),
            upkeep: Upkeep::default(),
            plain_tail: Tail::default(),
            changed: false,
            told_at: None,
        }
    }

    /// Takes a line, without its line end, from either stream of the program.
    pub fn feed(&mut self, line: &[u8], now: Duration, tell: &mut dyn FnMut(Event)) {
        // `from_utf8_lossy` alone looks at every character of what is mostly plain.
        let line = str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed);
        match Message::parse(&line) {
            Message::Start { id, parent, kind, text, fields } => {
                self.start(id, Activity::new(kind, parent, &text, &fields, now));
            }
            Message::Stop { id } => self.stop(id, now),
            Message::Result { id, kind, fields } => self.result(id, kind, &fields, tell),
            Message::Note(note) => self.note(&note, tell),
            Message::Other(text) => self.log(Level::Detail, None, &text, tell),
            Message::Plain(line) => self.plain(line, tell),
        }
        if self.changed {
            self.snapshot_if_due(SNAPSHOT_EVERY, now, tell);
        }
    }

    /// Lets timers move while nothing is heard. Call it now and then.
    pub fn tick(&mut self, now: Duration, tell: &mut dyn FnMut(Event)) {
        self.snapshot_if_due(if self.changed { SNAPSHOT_EVERY } else { HEARTBEAT }, now, tell);
    }

    /// The program has ended: tells the last state, if it has not been told.
    pub fn finish(&mut self, now: Duration, tell: &mut dyn FnMut(Event)) {
        if self.changed {
            self.snapshot_if_due(Duration::ZERO, now, tell);
        }
    }

    /// What Nix said that it would build and fetch.
    pub fn planned(&self) -> &Planned {
        &self.planned.planned
    }

    /// What went wrong, so far.
    pub fn failure(&self) -> Failure {
        let live = |derivation: &str| {
            let mut builds = self.activities.iter().filter(|(_, activity)| activity.kind == ActivityKind::Build);
            builds.find(|(_, build)| build.subject == derivation).map(|(_, build)| build.tail.lines())
        };
        self.failures.failure(live, self.plain_tail.lines())
    }

    /// What the garbage collector did, when it ran.
    pub fn garbage(&self) -> Option<Garbage> {
        self.upkeep.garbage
    }

    /// What hard-linking equal files did, when it was done.
    pub fn optimised(&self) -> Option<Optimised> {
        self.upkeep.optimised
    }

    /// What verifying the store found.
    pub fn damage(&self) -> &Damage {
        &self.upkeep.damage
    }

    /// Store paths that were checked, of so many.
    pub fn verified(&self) -> Count {
        self.activities.sum(ActivityKind::VerifyPaths)
    }

    /// The state of the work.
    pub fn progress(&self, now: Duration) -> Progress {
        let planned = &self.planned.planned;
        let mut builds = self.activities.sum(ActivityKind::Builds);
        let mut downloads = self.activities.sum(ActivityKind::CopyPaths);
        // Nix counts goals as it finds them, too few at first and one too many at the end; what it announced is right,
        // unless an import from a derivation built something before.
        for (count, announced, kind) in [
            (&mut builds, planned.build_count, ActivityKind::Builds),
            (&mut downloads, planned.fetch_count, ActivityKind::CopyPaths),
        ] {
            if announced > 0 {
                count.expected = announced.max(count.done + count.failed + self.running_of(kind));
            }
        }
        // A goal counts as a build until it is found in a cache.
        if downloads.expected > 0 && planned.build_count == 0 && !self.building {
            builds.expected = builds.done + builds.failed;
        }
        let transfers = self.activities.sum(ActivityKind::FileTransfer);
        let copies = self.activities.sum(ActivityKind::CopyPath);
        Progress {
            phase: self.phase,
            activity: saying(&self.activities, self.asked).or_else(|| self.talk.clone()),
            files_evaluated: self.files_evaluated,
            builds,
            downloads,
            bytes: if transfers.expected > 0 { transfers } else { copies },
            running: running(&self.activities, now),
            finished: Vec::new(),
        }
    }

    fn running_of(&self, kind: ActivityKind) -> u64 {
        let counters = self.activities.iter().filter(|(_, activity)| activity.kind == kind);
        counters.map(|(_, counter)| counter.counts.running).sum()
    }

    fn snapshot_if_due(&mut self, interval: Duration, now: Duration, tell: &mut dyn FnMut(Event)) {
        if self.told_at.is_some_and(|told| now.saturating_sub(told) < interval) {
            return;
        }
        self.told_at = Some(now);
        self.changed = false;
        let mut progress = self.progress(now);
        progress.finished = std::mem::take(&mut self.finished);
        tell(Event::Progress { step: self.step, progress });
    }

    fn start(&mut self, id: u64, activity: Activity) {
        self.changed = true;
        self.phase = match activity.kind {
            ActivityKind::Realise | ActivityKind::Build | ActivityKind::Substitute => Phase::Realising,
            ActivityKind::Unknown if activity.text.starts_with("evaluating") => Phase::Evaluating,
            // While paths are realised their caches are asked too, and once more at the end.
            _ if self.phase == Phase::Realising => Phase::Realising,
            ActivityKind::FetchTree | ActivityKind::FileTransfer | ActivityKind::QueryPathInfo => Phase::Fetching,
            ActivityKind::Unknown if activity.text.starts_with("querying") => Phase::Fetching,
            _ => self.phase,
        };
        if activity.kind == ActivityKind::QueryPathInfo {
            self.asked += 1;
        }
        self.building |= activity.kind == ActivityKind::Build;
        if activity.kind == ActivityKind::BuildWaiting {
            // The display says so while it lasts; afterwards a person may want to know why it took so long.
            self.failures.warning(&activity.text);
        }
        self.talk = None;
        self.activities.start(id, activity);
    }

    fn stop(&mut self, id: u64, now: Duration) {
        self.changed = true;
        let Some(activity) = self.activities.stop(id) else { return };
        let failed = activity.kind == ActivityKind::Build && self.failing > 0;
        if failed {
            self.failing -= 1;
        }
        if let Some(kind) = ended(&self.activities, &activity).filter(|_| self.finished.len() < FINISHED_LIMIT) {
            let seconds = now.saturating_sub(activity.since).as_secs_f64();
            self.finished.push(Finished { kind, name: label(&activity), seconds, failed });
        }
        if activity.kind == ActivityKind::Build {
            self.failures.ended(activity.subject, activity.tail, failed);
        }
    }

    fn result(&mut self, id: u64, kind: ResultKind, fields: &Fields<'_>, tell: &mut dyn FnMut(Event)) {
        match kind {
            ResultKind::BuildLogLine | ResultKind::PostBuildLogLine => {
                let line = clean(fields.text(0).unwrap_or_default(), LINE_LIMIT);
                let activity = self.activities.get_mut(id);
                let derivation = activity.map(|activity| {
                    activity.tail.push(&line);
                    activity.name.clone()
                });
                tell(Event::Log { step: self.step, level: Level::Detail, derivation, line: line.into_owned() });
            }
            ResultKind::Progress => {
                let failed = self.activities.progress(id, fields);
                if self.activities.get(id).is_some_and(|activity| activity.kind == ActivityKind::Builds) {
                    self.failing = self.failing.saturating_add(failed);
                }
                self.changed = true;
            }
            ResultKind::SetExpected => {
                self.activities.announce(id, fields);
                self.changed = true;
            }
            ResultKind::SetPhase => {
                let phase = fields.text(0).map(|phase| clean(phase, LINE_LIMIT).into_owned());
                if let Some(activity) = self.activities.get_mut(id) {
                    activity.phase = phase;
                    self.changed = true;
                }
            }
            ResultKind::FetchStatus => {
                let status = clean(fields.text(0).unwrap_or_default(), LINE_LIMIT);
                if let Some(activity) = self.activities.get_mut(id).filter(|_| !status.is_empty()) {
                    activity.text = status.into_owned();
                    self.changed = true;
                }
            }
            ResultKind::FileLinked => self.upkeep.linked(fields.number(0).unwrap_or_default()),
            ResultKind::CorruptedPath => self.upkeep.corrupted(&clean(fields.text(0).unwrap_or_default(), LINE_LIMIT)),
            ResultKind::UntrustedPath => self.upkeep.untrusted(&clean(fields.text(0).unwrap_or_default(), LINE_LIMIT)),
            ResultKind::Other(_) => {
                if let Some(text) = fields.text(0) {
                    self.log(Level::Detail, None, text, tell);
                }
            }
        }
    }

    fn note(&mut self, note: &Note<'_>, tell: &mut dyn FnMut(Event)) {
        if note.text.starts_with("evaluating file '") {
            self.files_evaluated += 1;
            self.changed = true;
            if !self.activities.any(ActivityKind::Realise) {
                self.phase = Phase::Evaluating;
            }
            return;
        }
        let text = clean(&note.text, LINE_LIMIT);
        if self.planned.read(&text) {
            return self.log(Level::Detail, None, &text, tell);
        }
        match self.upkeep.read(&text) {
            Some(Finding::Item) => return self.talk("deleting garbage", Level::Detail, &text, tell),
            Some(Finding::Sum) => return self.log(Level::Info, None, &text, tell),
            Some(Finding::Damage) | None => {}
        }
        // Lix and old Nix warn at level 0, behind the word for what `builtins.trace` prints.
        let traced = text.strip_prefix("trace: ");
        let evaluated = traced.unwrap_or(&text).strip_prefix(EVALUATED);
        let evaluated = evaluated.or_else(|| traced.and_then(|traced| traced.strip_prefix("warning: ")));
        let warned = evaluated.or_else(|| text.strip_prefix("warning: "));
        if LOCKED.iter().any(|waits| text.starts_with(waits)) {
            self.failures.warning(&text);
        }
        match (note.level, warned) {
            (0 | 1, Some(warning)) if evaluated.is_some() => {
                self.warn_of(&format!("{EVALUATED}{warning}"), warning, tell);
            }
            (0 | 1, Some(warning)) => self.warn(warning, tell),
            (1, None) => self.warn(&text, tell),
            (0, None) if traced.is_none() => self.error(note, tell),
            (0 | 2, _) => self.log(Level::Info, None, &text, tell),
            (3, _) => self.talk(&text, Level::Detail, &text, tell),
            _ => self.log(Level::Detail, None, &text, tell),
        }
    }

    fn error(&mut self, note: &Note<'_>, tell: &mut dyn FnMut(Event)) {
        let Some(error) = self.failures.error(note).cloned() else { return };
        match FailureReader::failed_build(&error) {
            // That something could not be built because of something else is no news; the reply draws the line from it.
            Some(build) if build.cause == super::Cause::Dependency => {
                self.log(Level::Detail, Some(&build.name), &format!("not built: {}", build.reason), tell);
            }
            Some(build) => self.log(Level::Error, Some(&build.name), &format!("failed: {}", build.reason), tell),
            None => self.log(Level::Error, None, error.message.lines().next().unwrap_or_default(), tell),
        }
    }

    fn warn(&mut self, warning: &str, tell: &mut dyn FnMut(Event)) {
        self.warn_of(warning, warning, tell);
    }

    /// A warning that is kept in other words than it is told.
    fn warn_of(&mut self, kept: &str, told: &str, tell: &mut dyn FnMut(Event)) {
        if self.failures.warning(kept) {
            self.log(Level::Warning, None, told, tell);
        }
    }

    fn plain(&mut self, line: &str, tell: &mut dyn FnMut(Event)) {
        let line = clean(line, LINE_LIMIT);
        let level = if self.planned.read(&line) {
            Level::Detail
        } else if self.failures.plain(&line) {
            Level::Error
        } else if let Some(warning) = line.strip_prefix("warning: ") {
            self.plain_tail.push(&line);
            return self.warn(warning, tell);
        } else {
            match self.upkeep.read(&line) {
                Some(Finding::Item) => return self.talk("deleting garbage", Level::Detail, &line, tell),
                Some(Finding::Damage) => Level::Error,
                Some(Finding::Sum) | None => Level::Info,
            }
        };
        self.plain_tail.push(&line);
        self.log(level, None, &line, tell);
    }

    /// Something that Nix says about what it does now.
    fn talk(&mut self, talk: &str, level: Level, line: &str, tell: &mut dyn FnMut(Event)) {
        self.talk = Some(match self.upkeep.garbage {
            Some(garbage) if talk == "deleting garbage" => format!("{talk}, {} paths so far", garbage.paths),
            _ => talk.to_owned(),
        });
        self.changed = true;
        self.log(level, None, line, tell);
    }

    fn log(&self, level: Level, derivation: Option<&str>, line: &str, tell: &mut dyn FnMut(Event)) {
        let line = clean(line, LINE_LIMIT);
        if line.trim().is_empty() {
            return;
        }
        let derivation = derivation.map(str::to_owned);
        tell(Event::Log { step: self.step, level, derivation, line: line.into_owned() });
    }
}
