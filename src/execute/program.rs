//! Running a program of a plan: its log followed and kept, its result read.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Frontend;
use crate::event::{Event, Level};
use crate::machine::{Command, Exit, Heard, Machine, Stream};
use crate::nix::log::{Failure, Tracker, clean};
use crate::nix::units::UnitChanges;
use crate::outcome::Answer;
use crate::plan::Collect;
use crate::search::gather;

/// What came of a program.
pub(super) struct Done {
    /// Its name, for messages.
    pub program: String,
    /// How it ended; none when it did not start.
    pub exit: Option<Exit>,
    /// What went wrong, and the last lines.
    pub log: Failure,
    /// What was found out.
    pub answer: Option<Answer>,
    /// Units, when it was an activation.
    pub units: UnitChanges,
    /// Where its whole output is.
    pub log_file: Option<PathBuf>,
    /// A sentence that explains a failure better than the status.
    pub message: Option<String>,
    /// An id of the error catalogue, when it is known here.
    pub id: Option<&'static str>,
    /// The lines of its standard output, where that is its result.
    pub out: Vec<String>,
}

/// A line of output that is kept for reading units may be this long.
const LINE: usize = 4096;
/// So many lines of a program's result are kept.
const LINES: usize = 100;

/// Runs a program of Nix.
pub(super) async fn run(
    step: usize,
    command: &Command,
    collect: &Collect,
    machine: &impl Machine,
    frontend: &mut dyn Frontend,
    log_path: PathBuf,
) -> Done {
    let whole = matches!(collect, Collect::Text { .. });
    let (mut done, tracker) = follow(step, command, whole, machine, frontend, log_path).await;
    done.answer = match collect {
        // These are read where the machine is known better.
        Collect::Nothing
        | Collect::Checked { .. }
        | Collect::Hosts { .. }
        | Collect::Metadata
        | Collect::Outputs
        | Collect::Products { .. }
        | Collect::Valid
        | Collect::Text { .. }
        | Collect::Value { .. } => None,
        Collect::DryBuild => {
            let planned = tracker.planned();
            let names = |paths: &[String]| paths.iter().map(|path| path_name(path)).collect();
            Some(Answer::DryBuild {
                would_build: names(&planned.builds),
                would_fetch: names(&planned.fetches),
                download_bytes: planned.download_bytes,
                unpacked_bytes: planned.unpacked_bytes,
            })
        }
        Collect::Garbage => tracker
            .garbage()
            .map(|garbage| Answer::Freed { bytes_freed: garbage.freed_bytes, paths_deleted: garbage.paths }),
        Collect::Optimise => {
            let optimised = tracker.optimised().unwrap_or_default();
            Some(Answer::Optimised { bytes_saved: optimised.freed_bytes, files_linked: optimised.files })
        }
        Collect::Verify => {
            let damage = tracker.damage();
            if !(damage.corrupted.is_empty() && damage.missing.is_empty()) {
                done.id = Some("store-corrupt");
                done.message = Some("The store is damaged.".to_owned());
            }
            Some(Answer::Verified {
                corrupted: damage.corrupted.clone(),
                missing: damage.missing.clone(),
                untrusted: damage.untrusted.clone(),
            })
        }
        Collect::Holds(expectations) => {
            if done.exit.is_some_and(Exit::success)
                && let Some(why) = crate::plan::Expectation::unmet(expectations, &done.out.concat())
            {
                done.id = Some("setting-overridden");
                done.message = Some(why);
            }
            None
        }
        Collect::Mended { signs } => {
            let still = done.log.errors.iter().any(|error| crate::plan::repair::still(signs, &error.message));
            // Something else that is wrong is for the next repair.
            if !still && matches!(done.exit, Some(Exit::Status(1..))) && !done.log.errors.is_empty() {
                done.exit = Some(Exit::Status(0));
            }
            None
        }
        Collect::Index { part, source, published, .. } => {
            let said = done.out.first().map(String::as_bytes).unwrap_or_default();
            let good = done.exit.is_some_and(Exit::success);
            let keep = || {
                if *published {
                    gather::keep_fetched(machine, *part, source, said)
                } else {
                    gather::keep(machine, *part, source, said)
                }
            };
            if let Some(Err(why)) = good.then(keep) {
                done.message = Some(format!("{why}."));
            }
            None
        }
        Collect::Channel { name, revision } => {
            Some(super::probe::channel_news(&done.out, name.clone(), revision.clone(), machine))
        }
    };
    done
}

/// Runs a system's `switch-to-configuration`.
pub(super) async fn activate(
    step: usize,
    command: &Command,
    machine: &impl Machine,
    frontend: &mut dyn Frontend,
    log_path: PathBuf,
) -> Done {
    follow(step, command, false, machine, frontend, log_path).await.0
}

/// Programs whose standard output is their result rather than talk: paths and hashes.
fn prints_data(command: &Command) -> bool {
    matches!(command.program.as_str(), "nix" | "nix-build" | "nix-instantiate" | "nix-prefetch-url")
        || command.quiet && matches!(command.program.as_str(), "nix-env")
}

/// The one text that all of the output becomes.
fn result_text(out: &mut Vec<String>) -> &mut String {
    if out.is_empty() {
        out.push(String::new());
    }
    &mut out[0]
}

/// What a quiet command says is its answer and is shown as such; only what is wrong is told on the way.
fn worth_telling(event: &Event, command: &Command) -> bool {
    !command.quiet || !matches!(event, Event::Log { level: Level::Info | Level::Detail, .. })
}

async fn follow(
    step: usize,
    command: &Command,
    whole: bool,
    machine: &impl Machine,
    frontend: &mut dyn Frontend,
    log_path: PathBuf,
) -> (Done, Tracker) {
    let started = Instant::now();
    let mut tracker = Tracker::new(step);
    let mut log = LogFile::new(&log_path, command);
    let mut units = UnitChanges::default();
    let mut out = Vec::new();
    let data = whole || prints_data(command);
    let mut now = Duration::ZERO;
    let ended = machine
        .run(command, &mut |heard| {
            match heard {
                Heard::More => now = started.elapsed(),
                Heard::Line(stream, line) => {
                    let result = stream == Stream::Out && data;
                    if result && command.quiet {
                        // Megabytes of data, in one line that comes in pieces or in very many.
                        result_text(&mut out).push_str(&String::from_utf8_lossy(line));
                        return;
                    }
                    log.line(machine, line);
                    if result {
                        if whole || out.len() < LINES {
                            out.push(String::from_utf8_lossy(line).into_owned());
                        }
                        return;
                    }
                    if !line.starts_with(b"@nix ") && line.len() < LINE {
                        units.read(&clean(&String::from_utf8_lossy(line), LINE));
                    }
                    tracker.feed(line, now, &mut |event| {
                        if worth_telling(&event, command) {
                            frontend.event(&event);
                        }
                    });
                }
                Heard::Silence => {
                    now = started.elapsed();
                    log.flush_now_and_then();
                    tracker.tick(now, &mut |event| frontend.event(&event));
                    frontend.tick();
                }
            }
        })
        .await;
    tracker.finish(started.elapsed(), &mut |event| frontend.event(&event));
    let program = program_name(command);
    let (exit, message, id) = match ended {
        Ok(exit) => (Some(exit), None, None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            (None, Some(format!("There is no program {program} on PATH.")), Some(missing(&program)))
        }
        Err(error) => (None, Some(format!("{program} could not be started: {error}.")), None),
    };
    let failure = tracker.failure();
    (Done { program, exit, log: failure, answer: None, units, log_file: log.finish(), message, id, out }, tracker)
}

/// The name in a store path, without `.drv`.
fn path_name(path: &str) -> String {
    let package = crate::nix::package_name::PackageName::of_path(path.trim_end_matches(".drv"));
    let parts = [package.name, package.version, package.output];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn missing(program: &str) -> &'static str {
    if program.starts_with("nix") { "nix-missing" } else { "command-not-found" }
}

/// The name of the program that does the work, behind `sudo env …` and the like.
fn program_name(command: &Command) -> String {
    let program = Path::new(&command.program);
    program.file_name().map_or_else(|| command.program.clone(), |name| name.to_string_lossy().into_owned())
}

/// The file with everything that a run's programs said; begun with the first line, so that quick steps leave none.
struct LogFile<'a> {
    path: &'a Path,
    head: String,
    file: Option<Box<dyn std::io::Write>>,
    /// Writing failed (a full disk): the work matters more than its log.
    given_up: bool,
    flushed: Instant,
}

impl<'a> LogFile<'a> {
    fn new(path: &'a Path, command: &Command) -> Self {
        let head = format!("$ {}\n", super::journal::shell_words(&command.vector()));
        Self { path, head, file: None, given_up: false, flushed: Instant::now() }
    }

    fn line(&mut self, machine: &impl Machine, line: &[u8]) {
        if self.given_up {
            return;
        }
        if self.file.is_none() {
            self.file = machine.extend(self.path).ok();
            if let Some(file) = &mut self.file {
                self.given_up = file.write_all(self.head.as_bytes()).is_err();
            }
        }
        let Some(file) = &mut self.file else {
            self.given_up = true;
            return;
        };
        self.given_up |= file.write_all(line).and_then(|()| file.write_all(b"\n")).is_err();
    }

    /// Someone may be reading along.
    fn flush_now_and_then(&mut self) {
        if let Some(file) = self.file.as_mut().filter(|_| self.flushed.elapsed() > Duration::from_secs(1)) {
            self.given_up |= file.flush().is_err();
            self.flushed = Instant::now();
        }
    }

    fn finish(self) -> Option<PathBuf> {
        let mut file = self.file?;
        file.flush().ok().map(|()| self.path.to_owned())
    }
}
