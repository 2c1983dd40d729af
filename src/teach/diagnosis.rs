//! Evidence to diagnoses. The first cause wins: what failed only because something else failed is passed over.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::bindings::{Bindings, capture, complete};
use super::builds::{failed_derivation, telling_line};
use super::evidence::{Evidence, FailedBuild, Piece, Report};
use super::index::{Entry, Index};
use super::nearest::nearest;
use super::template::fill_line;
use crate::catalogue::education::format::{On, Severity};

/// The id of what no lesson is about.
pub const UNKNOWN: &str = "unknown";

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The id of the lesson, or `unknown`.
    pub id: String,
    /// In a sentence.
    pub message: String,
    /// The line that names the cause, as it was printed.
    pub root_cause: String,
    /// The names in it.
    pub bindings: Bindings,
    /// How bad it is.
    pub severity: Severity,
}

impl Diagnosis {
    /// What no lesson is about: the line that says most is all there is to say.
    pub fn unknown(line: &str) -> Self {
        Self {
            id: UNKNOWN.to_owned(),
            message: "There is no lesson about this error yet.".to_owned(),
            root_cause: line.to_owned(),
            bindings: Bindings::new(),
            severity: Severity::Error,
        }
    }

    /// Whether there is a lesson about it.
    pub fn is_known(&self) -> bool {
        self.id != UNKNOWN
    }

    /// Offers names that are known here (options, packages, hosts), when Nix itself offered none.
    pub fn offer<'a>(&mut self, name: &str, candidates: impl IntoIterator<Item = &'a str>) {
        if self.bindings.contains_key("nearest") {
            return;
        }
        let Some(wanted) = self.bindings.get(name).and_then(Value::as_str) else { return };
        let near = nearest(wanted, candidates);
        if !near.is_empty() {
            self.bindings.insert("nearest".to_owned(), Value::from(near));
        }
    }
}

pub(super) fn diagnose(index: &Index, evidence: &Evidence) -> Vec<Diagnosis> {
    let mut doctor = Doctor {
        index,
        evidence,
        errors: Vec::new(),
        warnings: Vec::new(),
        weak: Vec::new(),
        unknown: None,
        builds: 0,
        seen: BTreeSet::new(),
    };
    for (number, piece) in evidence.pieces().iter().enumerate() {
        doctor.examine(number, piece);
    }
    let Doctor { mut errors, mut warnings, weak, unknown, .. } = doctor;
    if errors.is_empty() {
        errors.extend(unknown);
        errors.extend(weak);
    }
    warnings.sort_by_key(|found| found.severity);
    errors.extend(warnings);
    errors
}

/// The lesson about a build that ended with an error; what went wrong stands in the log of the build.
const OF_ITS_LOG: &str = "builder-failed";

/// Lines before a build that failed are searched for its cause for so many builds.
const MOST_BUILDS: usize = 20;

struct Doctor<'a> {
    index: &'a Index,
    evidence: &'a Evidence,
    errors: Vec<Diagnosis>,
    warnings: Vec<Diagnosis>,
    /// What counts only when there is no error.
    weak: Vec<Diagnosis>,
    unknown: Option<Diagnosis>,
    builds: usize,
    seen: BTreeSet<(String, String)>,
}

impl Doctor<'_> {
    fn examine(&mut self, number: usize, piece: &Piece) {
        match piece {
            Piece::Warning(report) => {
                let found = self.matching(&report.message, On::Warning, report);
                if let Some(found) = found.or_else(|| self.by_trace(report)) {
                    self.add(found);
                }
            }
            Piece::Error(report) if is_consequence(&report.message) => {}
            Piece::Error(report) => self.error(number, report),
            Piece::Build(build) => {
                let report = Report { log: build.tail.clone(), ..Report::new(build.message()) };
                self.build(number, &report, build);
            }
            Piece::Line(line) => match self.matching_rule(line, On::Text, &Report::new(line.as_str())) {
                Some((found, false)) => self.add(found),
                Some((found, true)) if self.weak.iter().all(|weak| weak.id != found.id) => self.weak.push(found),
                _ => {}
            },
        }
    }

    fn error(&mut self, number: usize, report: &Report) {
        if let Some(derivation) = failed_derivation(&report.message) {
            let build = FailedBuild { derivation: derivation.to_owned(), ..FailedBuild::default() };
            self.build(number, report, &build);
            return;
        }
        let found = self.matching(&report.message, On::Message, report);
        match found.or_else(|| self.by_trace(report)) {
            // What is a warning elsewhere ended the run here.
            Some(found) => self.add(Diagnosis { severity: Severity::Error, ..found }),
            None => self.unknown(&report.message),
        }
    }

    /// What Nix was doing tells what kind of message it is, when the message is in somebody's own words.
    fn by_trace(&self, report: &Report) -> Option<Diagnosis> {
        let frames: Vec<&str> = report.trace.iter().map(|frame| frame.text.as_str()).collect();
        let found = self.matching(&frames.join("\n"), On::Trace, report)?;
        Some(Diagnosis { root_cause: line_at(&report.message, 0).to_owned(), ..found })
    }

    /// A build's own log says more than Nix does about it.
    fn build(&mut self, number: usize, report: &Report, build: &FailedBuild) {
        self.builds += 1;
        let reach = if self.builds <= MOST_BUILDS { number } else { 0 };
        let lines = self.evidence.pieces().iter().take(reach).filter_map(|piece| match piece {
            Piece::Line(line) => Some(line.as_str()),
            _ => None,
        });
        let log = report.log.join("\n");
        let printed = lines.collect::<Vec<_>>().join("\n");
        let cause = [log, printed].into_iter().find_map(|log| self.matching(&log, On::Log, report));
        let cause = cause.or_else(|| self.of_builtin(&report.log));
        if let Some(mut found) = cause {
            found.bindings.entry("derivation".to_owned()).or_insert_with(|| Value::from(build.derivation.as_str()));
            complete(&mut found.bindings, report);
            self.add(found);
            return;
        }
        if report.log.is_empty() && !self.errors.is_empty() {
            return;
        }
        match self.matching(&report.message, On::Message, report) {
            Some(mut found) => {
                if let Some(line) = telling_line(&report.log).filter(|_| found.id == OF_ITS_LOG) {
                    line.clone_into(&mut found.root_cause);
                }
                self.add(found);
            }
            None => self.unknown(&report.message),
        }
    }

    /// Nix's own builders (downloads, profiles) log an error of Nix and nothing else.
    fn of_builtin(&self, log: &[String]) -> Option<Diagnosis> {
        let first = log.first()?.strip_prefix("error:")?.trim_start().to_owned();
        if log.len() > 12 {
            return None;
        }
        let lines: Vec<String> = std::iter::once(first).chain(log.iter().skip(1).cloned()).collect();
        let inner = super::report::report(&lines);
        self.matching(&inner.message, On::Message, &inner)
    }

    fn matching(&self, text: &str, on: On, report: &Report) -> Option<Diagnosis> {
        self.matching_rule(text, on, report).map(|(found, _)| found)
    }

    /// The first lesson that a text matches, and whether it is only a weak sign.
    fn matching_rule(&self, text: &str, on: On, report: &Report) -> Option<(Diagnosis, bool)> {
        self.index.candidates(text, on).find_map(|(entry, number)| {
            let (rule, regex) = entry.pattern(number)?;
            let anywhere = |word: &String| self.evidence.mentions(word);
            if rule.unless.iter().any(|word| text.contains(word.as_str()))
                || rule.without.iter().any(anywhere)
                || (!rule.with.is_empty() && !rule.with.iter().any(anywhere))
            {
                return None;
            }
            let captures = regex.captures(text)?;
            let mut bindings = Bindings::new();
            capture(&mut bindings, regex, &captures);
            around(&mut bindings, entry, report, &self.evidence.lines());
            complete(&mut bindings, report);
            let whole = captures.get(0).map_or(0, |found| found.start());
            let root_cause = cause_line(text, whole, &bindings);
            let found = Diagnosis {
                id: entry.lesson.id.clone(),
                message: fill_line(&entry.lesson.head.title, &bindings).unwrap_or_default(),
                root_cause,
                bindings,
                severity: entry.lesson.head.severity,
            };
            Some((found, rule.weak))
        })
    }

    fn unknown(&mut self, message: &str) {
        let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        if self.unknown.is_none() && !line.is_empty() {
            self.unknown = Some(Diagnosis::unknown(line));
        }
    }

    fn add(&mut self, found: Diagnosis) {
        let warning = found.severity > Severity::Error;
        let told = if warning { &mut self.warnings } else { &mut self.errors };
        // The error of a builder of Nix itself comes once from the builder and once as its log.
        if let Some(before) =
            told.iter_mut().find(|before| before.id == found.id && before.root_cause == found.root_cause)
        {
            for (name, value) in found.bindings {
                before.bindings.entry(name).or_insert(value);
            }
            return;
        }
        // The same trouble is often told twice, in other words; of several packages or options each is told.
        let about = ["derivation", "option", "attribute", "variable"].iter().find_map(|name| found.bindings.get(*name));
        let key = about.filter(|_| !warning).map(ToString::to_string).unwrap_or_default();
        if self.seen.insert((found.id.clone(), key)) {
            told.push(found);
        }
    }
}

/// Reads the names that a lesson wants from around its error.
fn around(bindings: &mut Bindings, entry: &Entry, report: &Report, lines: &[&str]) {
    for (bind, regex) in entry.binds() {
        let place = match bind.on {
            On::Trace => report.trace.iter().map(|frame| frame.text.as_str()).collect::<Vec<_>>().join("\n"),
            On::Log => report.log.join("\n"),
            On::Text => lines.join("\n"),
            On::Message | On::Warning => report.message.clone(),
        };
        if let Some(captures) = regex.captures_iter(&place).last() {
            capture(bindings, regex, &captures);
        }
    }
}

/// What is only said because something else failed before.
fn is_consequence(message: &str) -> bool {
    let first = message.lines().next().unwrap_or_default();
    let counted = first.contains("dependencies of derivation '") || first.contains("dependency of '");
    let new = first.starts_with("Cannot build '")
        && (message.contains("dependency failed") || message.contains("dependencies failed"));
    counted
        || new
        || message.is_empty()
        || first.starts_with("Build failed due to failed dependency")
        || first.starts_with("some substitutes for the outputs of derivation")
        || (first.starts_with("build of '") && first.ends_with("failed"))
        || first.starts_with("program 'git' failed with exit code")
        || first.starts_with("Command '[") && first.contains("returned non-zero exit status")
}

/// The line of the match, or the one that it only announces.
fn cause_line(text: &str, at: usize, bindings: &Bindings) -> String {
    let line = line_at(text, at);
    if line.starts_with("Cannot build ")
        && let Some(reason) = text.lines().find_map(|each| each.trim().strip_prefix("Reason: "))
    {
        return reason.to_owned();
    }
    match bindings.get("reason").and_then(Value::as_str) {
        Some(reason) if line.ends_with("assertions:") => reason.to_owned(),
        _ => line.trim_start_matches("- ").trim_start_matches("': ").to_owned(),
    }
}

fn line_at(text: &str, at: usize) -> &str {
    let (before, after) = text.split_at_checked(at).unwrap_or(("", text));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |end| at + end);
    text.get(start..end).unwrap_or(text).trim()
}
