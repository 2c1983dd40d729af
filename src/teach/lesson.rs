//! A lesson as it stands in the reply.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bindings::Bindings;
use super::template::{fill, fill_line, items};
use crate::catalogue::education::format::{Concept, ErrorLesson, OperationLesson};
use crate::recognition::Slots;

/// How much is taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// All parts.
    Full,
    /// The first sentence and the commands; all parts the first time a lesson is met.
    #[default]
    Brief,
    /// Nothing.
    Off,
}

/// How a request ended, as far as teaching goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was done.
    Done,
    /// Its plan was shown.
    Planned,
    /// The person said no.
    Declined,
    /// It will not be done.
    Refused,
    /// It failed.
    Failed,
}

impl Ending {
    pub(super) fn teaches_the_operation(self) -> bool {
        matches!(self, Self::Done | Self::Planned)
    }
}

/// The lessons that a person has met, and how often. Plain data; the session keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Met {
    times: BTreeMap<String, u32>,
}

impl Met {
    /// How often a lesson was met.
    pub fn times(&self, id: &str) -> u32 {
        self.times.get(id).copied().unwrap_or(0)
    }

    /// Remembers that these were shown; true when that is worth writing down. What was met often is not counted on: it
    /// would cost a write at every answer and tell nothing.
    pub fn remember(&mut self, lessons: &[Lesson]) -> bool {
        const OFTEN: u32 = 9;
        let mut news = false;
        for lesson in lessons {
            let times = self.times.entry(lesson.id.clone()).or_insert(0);
            if *times < OFTEN {
                *times += 1;
                news = true;
            }
        }
        news
    }

    /// All of them, by id.
    pub fn all(&self) -> impl Iterator<Item = (&str, u32)> {
        self.times.iter().map(|(id, times)| (id.as_str(), *times))
    }

    /// Forgets all of them.
    pub fn forget(&mut self) {
        self.times.clear();
    }

    /// A lesson that is met for the first time is given in full.
    pub(super) fn level(&self, id: &str, wanted: Level) -> Level {
        if wanted == Level::Brief && self.times(id) == 0 { Level::Full } else { wanted }
    }
}

/// What is taught: Markdown of the light kind (paragraphs, lists, `code`, fenced blocks), names filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Lesson {
    /// Its id: an intent, or the id of an error.
    pub id: String,
    /// In one line.
    pub title: String,
    /// What was done, or what went wrong.
    pub what: String,
    /// Why; empty when told briefly.
    pub why: String,
    /// How to mend it: each a way of its own, with its commands and snippets. Empty beside a result.
    pub fix: Vec<String>,
    /// Concepts to read about.
    pub learn: Vec<String>,
    /// What to do next, or what to take along; empty when told briefly.
    pub next: String,
    /// What a person would have typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl Lesson {
    pub(super) fn of_error(lesson: &ErrorLesson, bindings: &Bindings, level: Level) -> Self {
        Self {
            title: fill_line(&lesson.head.title, bindings).unwrap_or_else(|| lesson.id.replace('-', " ")),
            fix: items(&lesson.fix, bindings),
            command: None,
            ..Self::told(&lesson.id, level, &lesson.head.learn, [&lesson.what, &lesson.why, &lesson.learn], bindings)
        }
    }

    pub(super) fn of_operation(lesson: &OperationLesson, slots: &Slots, level: Level) -> Self {
        Self {
            title: lesson.title.clone(),
            command: command(&lesson.command, slots),
            ..Self::told(&lesson.id, level, &lesson.learn, [&lesson.what, &lesson.why, &lesson.next], slots)
        }
    }

    pub(super) fn of_concept(concept: &Concept, level: Level) -> Self {
        let parts = [&concept.what, &concept.why, &concept.try_it];
        Self { title: concept.title.clone(), ..Self::told(&concept.id, level, &concept.see, parts, &Bindings::new()) }
    }

    fn told(id: &str, level: Level, learn: &[String], [what, why, next]: [&String; 3], bindings: &Bindings) -> Self {
        let what = fill(what, bindings);
        let full = level == Level::Full;
        Self {
            id: id.to_owned(),
            title: String::new(),
            what: if full { what } else { first_sentence(&what) },
            why: if full { fill(why, bindings) } else { String::new() },
            fix: Vec::new(),
            learn: learn.to_vec(),
            next: if full { fill(next, bindings) } else { String::new() },
            command: None,
        }
    }
}

/// The commands with the names of this request in them. A line whose names are not known is left out.
fn command(template: &str, slots: &Slots) -> Option<String> {
    let filled = fill(&format!("```sh\n{template}\n```"), slots);
    Some(filled.strip_prefix("```sh\n")?.strip_suffix("\n```")?.to_owned())
}

/// Up to the first full stop that ends a sentence, outside of `code`.
fn first_sentence(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let mut code = false;
    let mut letters = paragraph.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        code ^= letter == '`';
        let ends = letters.peek().is_none_or(|(_, next)| next.is_whitespace());
        if !code && ends && matches!(letter, '.' | '!' | '?') {
            return paragraph.get(..=at).unwrap_or(&paragraph).to_owned();
        }
    }
    paragraph
}
