//! The optional model in the flow: asked where the rules are unsure, asked whether it works, and asked to explain further.
//! Without an answer from it everything is as if there were none.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::time::{Duration, Instant};

use super::Session;
use super::unclear::unsure;
use crate::event::{Event, Level, StepResult};
use crate::execute::Frontend;
use crate::machine::Machine;
use crate::model::{Subject, TEST, Trouble};
use crate::outcome::Answer;
use crate::query::Query;
use crate::recognition::{By, Recognition};
use crate::reply::{Failure, Outcome, Reply, Status};
use crate::teach::{Lesson, Level as Depth};
use crate::understand::Context;

/// How often it is looked whether the person wants to stop.
const LOOK: Duration = Duration::from_millis(50);
/// After so long it is said why.
const LONG: Duration = Duration::from_secs(3);
/// Lines of a log that go with an error that is to be explained.
const TAIL: usize = 15;
/// Among so many intents a model chooses: those that the rules think likeliest, and none of them.
const CHOICES: usize = 10;
/// What there is to read beside an explanation, when no model can add to it.
const BESIDE: usize = 2;

/// What was explained last, so that more can be said of it.
#[derive(Clone, Debug)]
pub(super) struct Explained {
    subject: Subject,
    lesson: Option<Lesson>,
}

/// A frontend that the work and those who wait for it both talk to, in turn.
type Shared<'a> = RefCell<&'a mut dyn Frontend>;

impl<M: Machine> Session<M> {
    /// What the words mean when the model helps. A sure reading is never touched, and whatever goes wrong leaves the rules'
    /// reading as it is. Nothing comes back when the person stopped it.
    pub(super) async fn second_opinion(
        &mut self,
        words: &str,
        rules: Recognition,
        frontend: &mut dyn Frontend,
    ) -> Option<Recognition> {
        if !self.model.may_be_asked() || !unsure(&rules) || words.contains('\n') {
            return Some(rules);
        }
        let among = self.recognizer.nearest(&Query::new(words), &self.context, CHOICES);
        let shared = RefCell::new(frontend);
        let told = self.told_of_distance;
        let work = async {
            let far = self.model.reach().await?.filter(|_| !told);
            if let Some(address) = &far {
                warn(&shared, &format!("What the rules do not understand is sent to {address}, another computer."));
            }
            Ok::<_, Trouble>((self.model.choose(words, &rules, &among).await?, far.is_some()))
        };
        match watched("Ask the language model what is meant", &shared, &Cell::new(false), work).await? {
            Ok((chosen, told_now)) => {
                self.told_of_distance |= told_now;
                Some(chosen.unwrap_or(rules))
            }
            Err(trouble) => {
                // Once is enough: the model is a help, not a need.
                if !self.told_of_trouble {
                    self.told_of_trouble = true;
                    warn(
                        &shared,
                        &format!("The language model is of no help, so the rules alone are used: {trouble}."),
                    );
                }
                Some(rules)
            }
        }
    }

    /// A reading that was completed by what a model read before is the model's: nobody may agree to it beforehand.
    pub(super) fn credited(&self, mut recognition: Recognition) -> Recognition {
        let from_model = self.context.previous.iter().any(|previous| previous.by == By::Model);
        if recognition.by == By::Context && from_model {
            recognition.by = By::Model;
        }
        recognition
    }

    /// Whether the model works.
    pub(super) async fn model_status(&mut self, frontend: &mut dyn Frontend) -> (Outcome, Vec<Lesson>) {
        let among = self.recognizer.nearest(&Query::new(TEST.0), &Context::default(), CHOICES);
        let shared = RefCell::new(frontend);
        let work = self.model.report(&among);
        let done = watched("Ask the language model something", &shared, &Cell::new(false), work).await;
        let Some((report, trouble)) = done else { return (interrupted(), Vec::new()) };
        let lessons = if let Some(trouble) = trouble.as_ref() {
            self.lessons_of_trouble(trouble)
        } else {
            let recognition = Recognition { intent: "model_status".to_owned(), ..Recognition::default() };
            self.lessons(&recognition, crate::teach::Ending::Done, &[])
        };
        let answer = Answer::Model { model: Box::new(report) };
        shared.into_inner().answer(&answer);
        (Outcome { answers: vec![answer], ..Outcome::default() }, lessons)
    }

    fn lessons_of_trouble(&self, trouble: &Trouble) -> Vec<Lesson> {
        let bindings = match trouble {
            Trouble::Unreachable { address, .. } | Trouble::Stranger { address } => ("url", address),
            Trouble::Missing { name, .. } => ("value", name),
            _ => ("", &String::new()),
        };
        let bindings = [(bindings.0.to_owned(), bindings.1.as_str().into())].into();
        let diagnosis = trouble.lesson().map(|id| self.tutor.name(id, &trouble.to_string(), bindings));
        let lesson = diagnosis.filter(|_| self.options.lessons != Depth::Off);
        lesson.and_then(|diagnosis| self.tutor.error_lesson(&diagnosis, Depth::Full)).into_iter().collect()
    }

    /// Remembers what a reply explained.
    pub(super) fn note_explained(&mut self, reply: &Reply) {
        let asked = reply.recognition.as_ref().map(|recognition| recognition.intent.as_str());
        if matches!(asked, Some("explain_more" | "model_status" | "help")) {
            return;
        }
        let lesson = reply.lessons.first();
        let error = reply.outcome.error.as_ref();
        let title = error.map(|error| error.message.clone()).or_else(|| lesson.map(|lesson| lesson.title.clone()));
        let Some(title) = title else { return };
        let text =
            [error.map(error_text), lesson.map(lesson_text)].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let subject = Subject { title, text, error: error.is_some() };
        self.explained = Some(Explained { subject, lesson: lesson.cloned() });
    }

    /// More about what was explained last: the model's words as they come, or without it what there is to read.
    pub(super) async fn explain_more(&mut self, frontend: &mut dyn Frontend) -> (Outcome, Vec<Lesson>) {
        let Some(explained) = self.explained.clone() else {
            let message = "There is nothing yet that I explained. Ask about something, such as \"explain flakes\".";
            return (Outcome::new(Status::NotUnderstood, message), Vec::new());
        };
        if !self.model.is_on() {
            let message = "This is what there is to read about it. A language model on this computer could say more; \
                           ask \"is my model working\" to see how to set one up.";
            return (Outcome::new(Status::Done, message), self.beside(&explained));
        }
        let shared = RefCell::new(frontend);
        let begun = Cell::new(false);
        let title = "Ask the language model to explain";
        let started = Instant::now();
        let mut hear = |source: &crate::model::Source, piece: &str| {
            let mut frontend = shared.borrow_mut();
            if !begun.replace(true) {
                // From here on the words show that it goes on.
                frontend.event(&finished(StepResult::Done, started));
                let (model, server) = (&source.model, source.server.name());
                frontend.prose(&format!("From the language model {model} on {server}, which may be wrong:\n\n"));
            }
            frontend.prose(piece);
        };
        let work = self.model.explain(&explained.subject, &mut hear);
        let told = watched(title, &shared, &begun, work).await;
        let frontend = shared.into_inner();
        if begun.get() {
            frontend.prose("\n");
        }
        match told {
            None => (interrupted(), Vec::new()),
            Some(Ok((source, told))) => {
                let cut = told.cut.then(|| "The answer was longer than it may be and was cut.".to_owned());
                let answers =
                    vec![Answer::Prose { explanation: told.text, model: source.model, server: source.server }];
                (Outcome { answers, message: cut, ..Outcome::default() }, Vec::new())
            }
            Some(Err(trouble)) => {
                let message = format!("There is no more from the model: {trouble}. This is what there is to read.");
                (Outcome::new(Status::Done, message), self.beside(&explained))
            }
        }
    }

    /// Lessons about what an explanation rests on, else the explanation itself.
    fn beside(&self, explained: &Explained) -> Vec<Lesson> {
        let Some(lesson) = &explained.lesson else { return Vec::new() };
        let concepts = lesson.learn.iter().filter_map(|id| self.tutor.concept_lesson(id, Depth::Full));
        let mut lessons: Vec<Lesson> = concepts.take(BESIDE).collect();
        if lessons.is_empty() {
            lessons.push(lesson.clone());
        }
        lessons
    }
}

/// Waits for work, shows that it goes on until it shows that itself, and gives up when the person wants that.
async fn watched<T>(title: &str, shared: &Shared<'_>, shows: &Cell<bool>, work: impl Future<Output = T>) -> Option<T> {
    let started = Instant::now();
    {
        let mut frontend = shared.borrow_mut();
        frontend.working(true);
        frontend.event(&Event::StepStarted { step: 1, of: 1, title: title.to_owned() });
    }
    let mut work = pin!(work);
    let mut told = false;
    let mut looks = tokio::time::interval(LOOK);
    let done = loop {
        tokio::select! {
            done = &mut work => break Some(done),
            _ = looks.tick() => {
                let mut frontend = shared.borrow_mut();
                if !shows.get() {
                    frontend.tick();
                    if !told && started.elapsed() >= LONG {
                        told = true;
                        let line = "The server may have to load the model first, which can take a minute.".to_owned();
                        frontend.event(&Event::Log { step: 1, level: Level::Info, derivation: None, line });
                    }
                }
                if frontend.stopped() {
                    break None;
                }
            }
        }
    };
    let result = if done.is_some() { StepResult::Done } else { StepResult::Failed };
    let mut frontend = shared.borrow_mut();
    if !shows.get() {
        frontend.event(&finished(result, started));
    }
    frontend.working(false);
    done
}

fn finished(result: StepResult, started: Instant) -> Event {
    Event::StepFinished { step: 1, result, seconds: started.elapsed().as_secs_f64() }
}

fn warn(shared: &Shared<'_>, text: &str) {
    shared.borrow_mut().event(&Event::Log { step: 1, level: Level::Warning, derivation: None, line: text.to_owned() });
}

/// The person did not want to wait.
pub(super) fn interrupted() -> Outcome {
    let message = "It was stopped before it was finished.".to_owned();
    let error = Failure {
        id: "interrupted".to_owned(),
        message: message.clone(),
        root_cause: message.clone(),
        ..Failure::default()
    };
    Outcome { interrupted: true, error: Some(error), ..Outcome::new(Status::Failed, message) }
}

fn error_text(error: &Failure) -> String {
    let tail = &error.log_tail[error.log_tail.len().saturating_sub(TAIL)..];
    [error.message.as_str(), error.root_cause.as_str()]
        .into_iter()
        .chain(tail.iter().map(String::as_str))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn lesson_text(lesson: &Lesson) -> String {
    let parts = [&lesson.title, &lesson.what, &lesson.why].into_iter().chain(&lesson.fix).chain([&lesson.next]);
    parts.filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}
