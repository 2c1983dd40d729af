//! Requests that need no plan: help, history, explanations, courtesies.

use super::Session;
use crate::catalogue::data::Intent;
use crate::catalogue::{self, education::outside};
use crate::execute::journal;
use crate::machine::Machine;
use crate::machine::facts::state_directory;
use crate::operation::slots::Phrase;
use crate::operation::{Operation, Teaching};
use crate::outcome::{Answer, HelpEntry};
use crate::recognition::{Mode, Recognition};
use crate::reply::{Failure, Outcome, Status};
use crate::teach::{Diagnosis, Lesson, Level};

impl<M: Machine> Session<M> {
    /// The answer to talk, none when the operation needs a plan.
    pub(super) fn talk(
        &mut self,
        query: &str,
        operation: &Operation,
        recognition: &Recognition,
    ) -> Option<(Outcome, Vec<Lesson>)> {
        let said = |text: &str| Some((Outcome::new(Status::Done, text), Vec::new()));
        match operation {
            Operation::Help { .. } => Some((self.help(), Vec::new())),
            Operation::SmallTalk {} => said(small_talk(query)),
            Operation::OutOfScope {} => Some((not_understood(query, recognition), Vec::new())),
            Operation::ShowHistory { topic } if topic.as_ref().is_some_and(|topic| topic.as_str() == "lessons") => {
                Some((self.lessons_met(), Vec::new()))
            }
            Operation::ShowHistory { .. } => {
                Some((self.history(), self.lessons(recognition, crate::teach::Ending::Done, &[])))
            }
            Operation::SetLessons { level } => Some((self.set_lessons(*level), Vec::new())),
            Operation::ExplainConcept { topics } => Some(self.explain(topics)),
            Operation::ExplainError { text } => Some(self.explain_error(text.as_deref())),
            _ => None,
        }
    }

    /// A request that lacks something, or says something that cannot be.
    pub(super) fn incomplete(recognition: &Recognition, why: &serde_json::Error) -> Outcome {
        let said = why.to_string();
        let title = intent_title(&recognition.intent);
        let question = match super::follow_up::missing(why) {
            // Who asks how it is done learns it from the words that do it.
            Some(slot) if recognition.mode == Mode::Explain => {
                let example = catalogue::intent(&recognition.intent).and_then(first_example);
                let example = example.map(|say| format!(" Say it, for example: ask-nix \"{say}\"")).unwrap_or_default();
                format!("{title}: which {}?{example}", slot.replace('_', " "))
            }
            Some(slot) => format!("{title}: which {}?", slot.replace('_', " ")),
            None if said.starts_with("unknown variant") => {
                return Outcome::new(
                    Status::NotUnderstood,
                    format!("{title}: that is a part of ask-nix that does not exist yet."),
                );
            }
            None => format!("{title}: {said}. How should it be?"),
        };
        Outcome { question: Some(question.clone()), ..Outcome::new(Status::Question, question) }
    }

    fn help(&self) -> Outcome {
        let shown = |intent: &&Intent<'_>| !matches!(intent.id, "confirm" | "cancel" | "small_talk" | "out_of_scope");
        let entry = |intent: &Intent<'_>, example: String, written: Option<String>| HelpEntry {
            intent: intent.id.to_owned(),
            title: intent.title.to_owned(),
            example,
            written,
        };
        let all = catalogue::intents();
        let intents =
            all.iter().filter(shown).map(|intent| entry(intent, first_example(intent).unwrap_or_default(), None));
        let own = self.options.own_words.words.phrases.iter().filter_map(|phrase| {
            Some(entry(all.get(phrase.intent)?, phrase.say.clone(), Some(phrase.written.to_string())))
        });
        let answers = vec![Answer::Help { intents: intents.collect(), own: own.collect() }];
        Outcome { answers, ..Outcome::default() }
    }

    fn history(&self) -> Outcome {
        let mut entries = match journal::read(&self.machine, &state_directory(&self.machine)) {
            Ok(entries) => entries,
            Err(error) => return super::result::no_journal(&error),
        };
        entries.reverse();
        let answers = vec![Answer::History {
            entries: entries.iter().map(serde_json::to_value).filter_map(Result::ok).collect(),
        }];
        Outcome { answers, ..Outcome::default() }
    }

    fn lessons_met(&self) -> Outcome {
        let met = self.memory().met();
        let lessons = met.all().map(|(id, times)| serde_json::json!({"id": id, "times": times})).collect();
        let answers = vec![Answer::LessonsMet { lessons }];
        Outcome { answers, ..Outcome::default() }
    }

    /// How much is taught is the person's, and so is what is remembered about them.
    fn set_lessons(&mut self, level: Teaching) -> Outcome {
        if self.options.dry_run {
            return Outcome::new(Status::Planned, "Nothing was done: this is only a look.");
        }
        let (depth, name, message) = match level {
            Teaching::Full => (
                Level::Full,
                "full",
                "From now on each lesson is told in full. \"Short lessons\" makes them brief again.",
            ),
            Teaching::Brief => {
                (Level::Brief, "brief", "From now on a lesson is told in full when it is new, and then in a sentence.")
            }
            Teaching::Off => {
                (Level::Off, "off", "From now on there are no lessons. \"Turn the lessons on\" brings them back.")
            }
            Teaching::Forget => {
                let memory = self.memory();
                let mut met = memory.met();
                met.forget();
                return match memory.write(&met) {
                    Ok(()) => Outcome::new(
                        Status::Done,
                        "Forgotten. Every lesson is new again, and told in full the next time.",
                    ),
                    Err(error) => super::result::failed(format!("What you have met could not be forgotten: {error}.")),
                };
            }
        };
        self.options.lessons = depth;
        match crate::settings::remember(&self.machine, "lessons", name) {
            Ok(_) => Outcome::new(Status::Done, message),
            Err(error) => super::result::failed(format!("That could not be remembered: {error}.")),
        }
    }

    fn explain(&self, topics: &[Phrase]) -> (Outcome, Vec<Lesson>) {
        let mut lessons: Vec<Lesson> = Vec::new();
        for topic in topics {
            // Two names can lead to one lesson: mkForce and mkDefault.
            let found = self.tutor.concept_lesson(topic.as_str(), crate::teach::Level::Full);
            lessons.extend(found.filter(|lesson| lessons.iter().all(|other| other.id != lesson.id)));
        }
        if lessons.is_empty() {
            let topics = topics.iter().map(Phrase::as_str).collect::<Vec<_>>().join(", ");
            return (Outcome::new(Status::NotUnderstood, format!("I have no lesson about {topics}.")), lessons);
        }
        (Outcome::default(), lessons)
    }

    /// The diagnosis of a text, or of the last error.
    pub(super) fn explain_error(&mut self, text: Option<&str>) -> (Outcome, Vec<Lesson>) {
        let given = match self.options.given_text.take() {
            Some(super::Given::Found(found)) => return self.diagnosed(&found),
            Some(super::Given::Text(given)) => Some(given),
            None => None,
        };
        let Some(text) = given.as_deref().or(text) else {
            if let Some(lesson) = self.lesson_of_last().filter(|_| !self.failed_last) {
                return (Outcome::default(), vec![lesson]);
            }
            return match self.failed().map(|failed| failed.failure) {
                Some(failure) => {
                    let diagnosis = self.tutor.name(&failure.id, &failure.message, failure.bindings.clone());
                    let lessons = self.tutor.error_lesson(&diagnosis, crate::teach::Level::Full).into_iter().collect();
                    (Outcome { error: Some(failure.clone()), ..Outcome::new(Status::Done, failure.message) }, lessons)
                }
                None => self.explain_last_log(),
            };
        };
        if let Some(lesson) = self.tutor.education().error(text) {
            let diagnosis = self.tutor.name(&lesson.id, "", std::collections::BTreeMap::new());
            return (
                Outcome::default(),
                self.tutor.error_lesson(&diagnosis, crate::teach::Level::Full).into_iter().collect(),
            );
        }
        self.diagnosed(&self.tutor.diagnose_text(text))
    }

    /// What there is to learn about what was asked last, in a conversation: "why?" and "what does that mean?" when nothing
    /// failed.
    fn lesson_of_last(&self) -> Option<Lesson> {
        let full = crate::teach::Level::Full;
        self.context.previous.iter().rev().take(4).find_map(|last| {
            let topic = last.slots.get("topics").and_then(|topics| topics.get(0)?.as_str());
            let concept = topic.and_then(|topic| self.tutor.concept_lesson(topic, full));
            concept.or_else(|| self.tutor.operation_lesson(&last.intent, &self.taught_with(last), full))
        })
    }

    /// After a one-shot that failed, the log of the last run is all that is left.
    fn explain_last_log(&self) -> (Outcome, Vec<Lesson>) {
        let directory = super::log_directory(&self.machine);
        let last = self.machine.list(&directory).unwrap_or_default().pop();
        let text = last.and_then(|name| self.machine.read(&directory.join(name)).ok());
        match text {
            Some(text) => self.diagnosed(&self.tutor.diagnose_text(&String::from_utf8_lossy(&text))),
            None => (
                Outcome::new(
                    Status::NotUnderstood,
                    "There is no error that I know of. Pass one on: nixos-rebuild switch 2>&1 | ask-nix explain-error",
                ),
                Vec::new(),
            ),
        }
    }

    fn diagnosed(&self, diagnoses: &[Diagnosis]) -> (Outcome, Vec<Lesson>) {
        let failure = |diagnosis: &Diagnosis| Failure {
            id: diagnosis.id.clone(),
            message: diagnosis.message.clone(),
            root_cause: diagnosis.root_cause.clone(),
            bindings: diagnosis.bindings.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            ..Failure::default()
        };
        let Some((first, rest)) = diagnoses.split_first() else {
            let unknown = Failure {
                id: "unknown".to_owned(),
                message: "I find no error in this text.".to_owned(),
                ..Failure::default()
            };
            let message = unknown.message.clone();
            return (Outcome { error: Some(unknown), ..Outcome::new(Status::NotUnderstood, message) }, Vec::new());
        };
        let status = if first.is_known() { Status::Done } else { Status::NotUnderstood };
        let outcome = Outcome {
            error: Some(failure(first)),
            also: rest.iter().map(failure).collect(),
            ..Outcome::new(status, first.message.clone())
        };
        let lessons = diagnoses
            .iter()
            .take(2)
            .filter_map(|one| self.tutor.error_lesson(one, crate::teach::Level::Full))
            .collect();
        (outcome, lessons)
    }
}

/// What is said back to somebody who only talks.
fn small_talk(query: &str) -> &'static str {
    const THANKS: [&str; 7] = ["thanks", "thank", "thx", "cheers", "merci", "danke", "gracias"];
    const FAREWELLS: [&str; 4] = ["bye", "goodbye", "goodnight", "farewell"];
    let said = query.to_lowercase();
    let says = |words: &[&str]| said.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    let asks = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    if says(&THANKS) {
        "You are welcome."
    } else if says(&FAREWELLS) || asks(&["good night", "see you"]) {
        "Goodbye. \"exit\" ends a conversation."
    } else if asks(&["who are you", "what are you", "are you a ", "are you an ", "your name"]) {
        "I am ask-nix, a program that understands requests about NixOS by rules. Say \"help\" to see what I can do."
    } else {
        "Hello. Tell me what you want from this machine, or say \"help\"."
    }
}

/// A sentence for what cannot be acted on, and the nearest thing that can.
fn not_understood(query: &str, recognition: &Recognition) -> Outcome {
    let nearest = recognition.alternatives.first().filter(|other| other.confidence > 0.3);
    // A line with a shell's commands was understood in part, and nothing of it was done.
    let shell = query.contains([';', '|', '`']) || query.contains("&&") || query.contains("$(");
    let message = match (nearest, outside::topic(query)) {
        (Some(other), _) if shell => format!(
            "Nothing was done: this line has commands for a shell in it, which I do not run. Without them I can: {}.",
            lower_first(&intent_title(&other.intent))
        ),
        (Some(other), _) => {
            // "Install it", "delete the last three": what is to be done is clear, and not with what.
            let half_said = other.confidence >= 0.9 && other.slots.is_empty();
            let why = if half_said { "What exactly is meant was not said." } else { "I did not understand that." };
            let example = catalogue::intent(&other.intent).and_then(first_example);
            let example = example.map_or_else(String::new, |say| format!(", as in: ask-nix \"{say}\""));
            let nearest = lower_first(&intent_title(&other.intent));
            format!("{why} The nearest thing that I can do: {nearest}{example}.")
        }
        (None, Some(topic)) => {
            let asked = topic.ask.iter().map(|ask| format!("ask-nix \"{ask}\"")).collect::<Vec<_>>().join(", ");
            if asked.is_empty() { topic.say } else { format!("{} What I can do: {asked}.", topic.say) }
        }
        (None, None) => "I cannot do that. Say \"help\" to see what I can do.".to_owned(),
    };
    Outcome::new(Status::NotUnderstood, message)
}

/// What an intent is called in its file.
pub(super) fn intent_title(id: &str) -> String {
    catalogue::intent(id).map_or_else(|| id.replace('_', " "), |intent| intent.title.to_owned())
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// Words that an intent is asked for with.
fn first_example(intent: &Intent<'_>) -> Option<String> {
    intent.examples().into_iter().next().map(|example| example.say)
}
