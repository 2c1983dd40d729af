//! What went wrong: errors as values, and the builds that failed. Two families of texts are read: that of Nix up to 2.30
//! or so ("builder for '…' failed with exit code 2", "1 dependencies of derivation '…' failed to build") and the later
//! one ("Cannot build '…'." and a line "Reason: …"), see `src/libstore/build/` of either.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashSet, VecDeque};
use std::hash::Hasher;

use super::derivation_name;
use super::message::Note;
use super::text::{LINE_LIMIT, MESSAGE_LIMIT, Tail, clean};

const ERROR_LIMIT: usize = 50;
const WARNING_LIMIT: usize = 50;
/// Beyond so many different warnings nobody reads them.
const WARNED_LIMIT: usize = 1_000;
/// Nix tells a failure soon after the build's end: so many ended builds are remembered with their last lines.
const RECENT_LIMIT: usize = 32;

/// Everything that helps to say why a step failed.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// Errors of Nix in the order in which they came, the first fifty. The first one is nearest to the cause.
    pub errors: Vec<NixError>,
    /// Failed derivations, those that failed by themselves before those whose dependencies failed.
    pub failed: Vec<FailedBuild>,
    /// Different warnings, the first fifty.
    pub warnings: Vec<String>,
    /// The last lines that were not of the structured log.
    pub plain_tail: Vec<String>,
}

/// An error of Nix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NixError {
    /// The bare message: "attribute 'hostname' missing".
    pub message: String,
    /// All that Nix printed: with source excerpts, suggestions and "while evaluating".
    pub text: String,
    /// Where in the Nix code.
    pub position: Option<Position>,
    /// The calls that led there, innermost first.
    pub trace: Vec<Frame>,
    /// The derivation that it is about.
    pub derivation: Option<String>,
}

/// A place in Nix code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file, or "«string»".
    pub file: String,
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
}

/// One "while …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What was being done.
    pub message: String,
    /// Where.
    pub position: Option<Position>,
}

/// A derivation that could not be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedBuild {
    /// Its store path.
    pub derivation: String,
    /// Its name: "libbar-2.1".
    pub name: String,
    /// The builder's exit code, when it had one.
    pub exit_code: Option<i32>,
    /// In Nix's words: "builder failed with exit code 2", "1 dependency failed".
    pub reason: String,
    /// What kind of failure that is.
    pub cause: Cause,
    /// The last lines of its log.
    pub tail: Vec<String>,
}

/// Kinds of failed builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The builder said no.
    Builder,
    /// The builder was killed; by the kernel when memory is short.
    Signal,
    /// Something that it needs failed.
    Dependency,
    /// A download is not what was expected.
    HashMismatch,
    /// It took too long or was silent for too long.
    TimedOut,
    /// No machine here can build it.
    Platform,
    /// Something else.
    Other,
}

impl FailedBuild {
    /// Reads the (clean) message of an error; `None` when it is not about a build.
    pub(super) fn read(message: &str) -> Option<Self> {
        let derivation = quoted_derivation(message)?;
        let first = message.lines().next().unwrap_or_default();
        let reason = if first.starts_with("Cannot build '") {
            let reason = message.lines().find_map(|line| line.trim_start().strip_prefix("Reason: "));
            reason.unwrap_or(first).trim_end_matches('.').to_owned()
        } else if let Some(rest) = first.strip_prefix("builder for '") {
            let reason = rest.split_once("' ").map_or(rest, |(_, reason)| reason);
            format!("builder {}", reason.split([';', ':']).next().unwrap_or(reason))
        } else if let Some((number, _)) = first.split_once(" dependencies of derivation '") {
            format!("{number} {} failed", if number == "1" { "dependency" } else { "dependencies" })
        } else if first.starts_with("hash mismatch in ") {
            "hash mismatch".to_owned()
        } else if first.contains("timed out after") {
            first.find("timed out").and_then(|start| first.get(start..)).unwrap_or(first).to_owned()
        } else if first.contains(" is required to build '") || first.contains("fail") {
            first.to_owned()
        } else {
            return None;
        };
        Some(Self {
            name: derivation_name(derivation).to_owned(),
            derivation: derivation.to_owned(),
            exit_code: number_after(&reason, "exit code "),
            cause: cause(&reason),
            reason,
            tail: quoted_tail(message),
        })
    }
}

fn cause(reason: &str) -> Cause {
    let rules = [
        ("exit code", Cause::Builder),
        ("signal", Cause::Signal),
        ("dependenc", Cause::Dependency),
        ("hash mismatch", Cause::HashMismatch),
        ("timed out", Cause::TimedOut),
        ("platform", Cause::Platform),
        ("is required to build", Cause::Platform),
        ("missing system features", Cause::Platform),
        ("local builds are disabled", Cause::Platform),
    ];
    rules.iter().find(|(words, _)| reason.contains(words)).map_or(Cause::Other, |(_, cause)| *cause)
}

fn number_after(text: &str, words: &str) -> Option<i32> {
    let rest = text.get(text.find(words)? + words.len()..)?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// The first quoted path of a derivation, without the outputs.
fn quoted_derivation(message: &str) -> Option<&str> {
    message.split('\'').skip(1).step_by(2).find_map(|quoted| {
        let path = quoted.split_once(".drv^").map_or(quoted, |(path, _)| quoted.get(..path.len() + 4).unwrap_or(path));
        (path.starts_with('/')
            && path.rsplit_once('.').is_some_and(|(_, ending)| ending == "drv")
            && !path.contains('\n'))
        .then_some(path)
    })
}

/// "last 10 log lines:" and lines that begin with ">": how Nix says it where there is no structured log.
fn quoted_tail(message: &str) -> Vec<String> {
    if !message.contains("log lines:") {
        return Vec::new();
    }
    let lines = message.lines().filter_map(|line| line.trim_start().strip_prefix('>'));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()).collect()
}

/// Collects [`Failure`].
#[derive(Debug, Default)]
pub(super) struct FailureReader {
    errors: Vec<NixError>,
    warnings: Vec<String>,
    /// Hashes of the warnings told.
    warned: HashSet<u64>,
    /// Last lines of failed builds, by derivation.
    tails: Vec<(String, Vec<String>)>,
    /// Ended builds, latest last: derivation, last lines, whether a failure was counted with it.
    recent: VecDeque<(String, Tail, bool)>,
    /// The last error is plain text and may have more lines to come.
    open: bool,
}

impl FailureReader {
    /// A build ended.
    pub(super) fn ended(&mut self, derivation: String, tail: Tail, failed: bool) {
        if failed && self.tails.len() < ERROR_LIMIT {
            self.tails.push((derivation.clone(), tail.lines()));
        }
        if self.recent.len() >= RECENT_LIMIT {
            self.recent.pop_front();
        }
        self.recent.push_back((derivation, tail, failed));
    }

    /// An error of the structured log; gives it back unless it was known already.
    pub(super) fn error(&mut self, note: &Note<'_>) -> Option<&NixError> {
        let text = clean(&note.text, MESSAGE_LIMIT);
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let message = note.raw.as_ref().map_or_else(|| text.into(), |raw| clean(raw, MESSAGE_LIMIT));
        let mut error = NixError {
            derivation: quoted_derivation(&message).map(str::to_owned),
            message: message.into_owned(),
            text: text.to_owned(),
            position: position(note),
            trace: note.trace.iter().map(frame).collect(),
        };
        // Nix 2.34 does not say what timed out: the build that just failed.
        if error.derivation.is_none() && error.message.starts_with("timed out after") {
            error.derivation = self.recent.iter().rev().find(|(_, _, failed)| *failed).map(|(path, ..)| path.clone());
        }
        self.push(error)
    }

    fn push(&mut self, error: NixError) -> Option<&NixError> {
        self.open = false;
        if self.errors.len() >= ERROR_LIMIT || self.errors.iter().any(|known| known.text == error.text) {
            return None;
        }
        if let Some(derivation) = &error.derivation
            && !self.tails.iter().any(|(known, _)| known == derivation)
            && let Some((_, tail, _)) = self.recent.iter().rev().find(|(known, ..)| known == derivation)
        {
            self.tails.push((derivation.clone(), tail.lines()));
        }
        self.errors.push(error);
        self.errors.last()
    }

    /// A plain line; whether it begins or continues an error.
    pub(super) fn plain(&mut self, line: &str) -> bool {
        if let Some(message) = line.strip_prefix("error:") {
            let message = message.trim();
            let derivation = quoted_derivation(message).map(str::to_owned);
            let error =
                NixError { message: message.to_owned(), text: message.to_owned(), derivation, ..NixError::default() };
            self.open = self.push(error).is_some();
            return true;
        }
        self.open = self.open && (line.is_empty() || line.starts_with("   "));
        let Some(error) = self.errors.last_mut().filter(|error| self.open && error.text.len() < MESSAGE_LIMIT) else {
            return false;
        };
        error.text.push('\n');
        error.text.push_str(line);
        // With a trace the message comes last.
        if let Some(message) = line.trim_start().strip_prefix("error: ") {
            message.clone_into(&mut error.message);
        } else if error.message.starts_with("Cannot build '") || error.message.starts_with("builder for '") {
            error.message.push('\n');
            error.message.push_str(line.strip_prefix("       ").unwrap_or(line));
        }
        true
    }

    /// A warning, clean; whether it is new. Numbers do not make it new: attempts and waiting times are counted in them.
    pub(super) fn warning(&mut self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.bytes().filter(|byte| !byte.is_ascii_digit()).for_each(|byte| hasher.write_u8(byte));
        if self.warned.len() >= WARNED_LIMIT || !self.warned.insert(hasher.finish()) {
            return false;
        }
        if self.warnings.len() < WARNING_LIMIT {
            self.warnings.push(clean(text, LINE_LIMIT).into_owned());
        }
        true
    }

    /// What is known so far. `live` gives the last lines of a build that has not ended.
    pub(super) fn failure(&self, live: impl Fn(&str) -> Option<Vec<String>>, plain_tail: Vec<String>) -> Failure {
        let mut failed: Vec<FailedBuild> = Vec::new();
        for error in &self.errors {
            let Some(mut build) = Self::failed_build(error) else { continue };
            if failed.iter().any(|known| known.derivation == build.derivation) {
                continue;
            }
            let known = self.tails.iter().find(|(path, _)| *path == build.derivation);
            if let Some(tail) = known.map(|(_, tail)| tail.clone()).or_else(|| live(&build.derivation)) {
                build.tail = tail;
            }
            failed.push(build);
        }
        failed.sort_by_key(|build| build.cause == Cause::Dependency);
        Failure { errors: self.errors.clone(), failed, warnings: self.warnings.clone(), plain_tail }
    }

    /// The build that an error is about.
    pub(super) fn failed_build(error: &NixError) -> Option<FailedBuild> {
        let known = FailedBuild::read(&error.message);
        known.or_else(|| {
            let derivation = error.derivation.as_ref().filter(|_| error.message.starts_with("timed out"))?;
            Some(FailedBuild {
                derivation: derivation.clone(),
                name: derivation_name(derivation).to_owned(),
                exit_code: None,
                reason: error.message.clone(),
                cause: Cause::TimedOut,
                tail: Vec::new(),
            })
        })
    }
}

fn frame(note: &Note<'_>) -> Frame {
    Frame { message: clean(note.raw.as_deref().unwrap_or_default(), LINE_LIMIT).into_owned(), position: position(note) }
}

/// Newer Nix writes line and column into `file`; Nix before 2.9 puts the source text there, when it was no file.
fn position(note: &Note<'_>) -> Option<Position> {
    let (file, line, column) = (note.file.as_ref()?, note.line?, note.column.unwrap_or_default());
    let file = clean(file, LINE_LIMIT);
    let file = file.strip_suffix(&format!(":{line}:{column}")).unwrap_or(&file);
    let file = if file.starts_with(['/', '«', '<']) { file } else { "«string»" };
    (line > 0).then(|| Position { file: file.to_owned(), line, column })
}
