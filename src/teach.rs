//! Lessons: what to tell a person beside a result, and what went wrong beside a failure.
//!
//! Pure, and untangled from the rest: without it everything works, silently.

pub mod bindings;
mod builds;
pub mod clean;
pub mod diagnosis;
pub mod evidence;
pub mod index;
pub mod lesson;
pub mod nearest;
mod paste;
pub mod reader;
mod recent;
mod report;
mod structured;
pub mod template;

use std::fmt;
use std::io::{BufRead, Read as _};
use std::sync::OnceLock;

pub use bindings::Bindings;
pub use diagnosis::Diagnosis;
pub use evidence::Evidence;
pub use lesson::{Ending, Lesson, Level, Met};
pub use nearest::nearest;
pub use reader::Reader;

use crate::catalogue::education::Education;
use crate::catalogue::education::format::Severity;
use crate::recognition::Slots;
use index::Index;

/// What is not longer may be a paste, and is looked at as a whole.
const LONGEST_PASTE: usize = 64 << 10;

/// Knows all lessons, and which to give.
#[derive(Default)]
pub struct Tutor {
    education: Education,
    index: OnceLock<Index>,
}

impl Tutor {
    /// A tutor with the embedded lessons and a person's own.
    pub fn new(education: Education) -> Self {
        Self { education, index: OnceLock::new() }
    }

    /// What it teaches from.
    pub fn education(&self) -> &Education {
        &self.education
    }

    /// Collects evidence from text, line by line.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self.index())
    }

    /// What went wrong: first the first cause, last the warnings. Empty when there is nothing to say.
    pub fn diagnose(&self, evidence: &Evidence) -> Vec<Diagnosis> {
        // Most runs leave none, and to look through all lessons for what to seek takes milliseconds.
        if evidence.pieces().is_empty() {
            return Vec::new();
        }
        diagnosis::diagnose(self.index(), evidence)
    }

    /// The same from text alone: what a terminal showed, a log, Nix's structured log, or all of them mixed.
    pub fn diagnose_text(&self, text: &str) -> Vec<Diagnosis> {
        let read = |text: &str| {
            let mut reader = self.reader();
            reader.text(text);
            self.diagnose(&reader.finish())
        };
        let understood = |found: &[Diagnosis]| found.iter().any(Diagnosis::is_known);
        let found = read(text);
        if understood(&found) || text.len() > LONGEST_PASTE {
            return found;
        }
        // A terminal or a chat may have broken the very line that says it.
        let again = paste::guessed(&clean::plain(text)).map(|text| read(&text));
        again.filter(|again| understood(again)).unwrap_or(found)
    }

    /// The same from a stream of any length, of which a line at a time is kept.
    pub fn diagnose_stream(&self, mut stream: impl BufRead) -> Vec<Diagnosis> {
        let mut start = Vec::new();
        let limit = LONGEST_PASTE as u64;
        // What was read before an error is all that there is.
        if (&mut stream).take(limit).read_to_end(&mut start).is_err() || (start.len() as u64) < limit {
            return self.diagnose_text(&String::from_utf8_lossy(&start));
        }
        let mut reader = self.reader();
        reader.stream(start.as_slice().chain(stream));
        self.diagnose(&reader.finish())
    }

    /// What to teach now. `slots` fill the placeholders of the operation's command.
    pub fn lessons_for(
        &self,
        intent: &str,
        slots: &Slots,
        ending: Ending,
        diagnoses: &[Diagnosis],
        level: Level,
        met: &Met,
    ) -> Vec<Lesson> {
        if level == Level::Off {
            return Vec::new();
        }
        let of_errors =
            diagnoses.iter().filter_map(|diagnosis| self.error_lesson(diagnosis, met.level(&diagnosis.id, level)));
        let about_it =
            (ending.teaches_the_operation()).then(|| self.operation_lesson(intent, slots, met.level(intent, level)));
        let mut lessons: Vec<Lesson> = about_it.flatten().into_iter().chain(of_errors).collect();
        let mut ids: Vec<String> = Vec::new();
        lessons.retain(|lesson| {
            let new = !ids.contains(&lesson.id);
            ids.push(lesson.id.clone());
            new
        });
        lessons
    }

    /// The lesson about an error, with its names filled in.
    pub fn error_lesson(&self, diagnosis: &Diagnosis, level: Level) -> Option<Lesson> {
        let entry = self.index().entry(&diagnosis.id)?;
        Some(Lesson::of_error(&entry.lesson, &diagnosis.bindings, level))
    }

    /// The id of the error lesson that is asked for by name: `infinite-recursion` in "explain infinite recursion". What is
    /// also the name of a concept is that.
    pub fn error_named(&self, request: &str) -> Option<String> {
        const BEFORE: [&str; 10] = [
            "please ",
            "explain ",
            "what is ",
            "what does ",
            "what means ",
            "the error ",
            "error ",
            "an ",
            "a ",
            "the ",
        ];
        const AFTER: [&str; 4] = [" mean", " to me", " error", " message"];
        let request = request.to_lowercase();
        let mut name = request.trim().trim_end_matches(['?', '.', '!']).trim();
        let whole = name.len();
        for before in BEFORE {
            name = name.strip_prefix(before).unwrap_or(name);
        }
        if name.len() == whole {
            return None;
        }
        for after in AFTER {
            name = name.strip_suffix(after).unwrap_or(name);
        }
        let id = name.split_whitespace().collect::<Vec<_>>().join("-");
        let lesson = self.education.error(&id)?;
        self.education.find_concept(&id).is_none().then_some(lesson.id)
    }

    /// The lesson about an operation.
    pub fn operation_lesson(&self, intent: &str, slots: &Slots, level: Level) -> Option<Lesson> {
        self.education.operation(intent).map(|lesson| Lesson::of_operation(&lesson, slots, level))
    }

    /// A concept as a lesson, by its id or another of its names: "flake", "flakes", "garbage collector".
    pub fn concept_lesson(&self, name: &str, level: Level) -> Option<Lesson> {
        self.education.find_concept(name).map(|concept| Lesson::of_concept(&concept, level))
    }

    /// A diagnosis by the id of its lesson, for what is known without any text to read.
    pub fn name(&self, id: &str, message: &str, bindings: Bindings) -> Diagnosis {
        let severity = self.index().entry(id).map_or(Severity::Error, |entry| entry.lesson.head.severity);
        Diagnosis { id: id.to_owned(), message: message.to_owned(), root_cause: message.to_owned(), bindings, severity }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.education))
    }
}

impl fmt::Debug for Tutor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tutor").field("education", &self.education).finish_non_exhaustive()
    }
}

fn embedded() -> &'static Tutor {
    static EMBEDDED: OnceLock<Tutor> = OnceLock::new();
    EMBEDDED.get_or_init(Tutor::default)
}

/// What went wrong, by the embedded lessons: first the first cause, last the warnings.
pub fn diagnose(evidence: &Evidence) -> Vec<Diagnosis> {
    embedded().diagnose(evidence)
}

/// The same from text alone.
pub fn diagnose_text(text: &str) -> Vec<Diagnosis> {
    embedded().diagnose_text(text)
}

/// The same from a stream of any length, of which a line at a time is kept.
pub fn diagnose_stream(stream: impl BufRead) -> Vec<Diagnosis> {
    embedded().diagnose_stream(stream)
}
