//! From what happened to what is told: outcome, error, state of the machine, and how to get on.

use serde_json::Value;

use super::evidence::{as_here, evidence, own_paths};
use super::{Session, teach_ending};
use crate::machine::Machine;
use crate::machine::facts::Facts;
use crate::outcome::{ActivationFailure, Answer, Ending, Execution, StepFailure};
use crate::plan::{Action, Plan, Probe, Question, Refusal, Risk};
use crate::recognition::{Recognition, Slots};
use crate::reply::{Failure, Next, Outcome, Status};
use crate::teach::{Diagnosis, Lesson};

/// Lessons about one request: more would be in the way.
const LESSONS: usize = 3;

impl<M: Machine> Session<M> {
    /// The outcome of a plan that was only shown.
    pub(super) fn planned(&self, recognition: &Recognition) -> (Outcome, Vec<Lesson>) {
        let mut lessons = self.lessons(recognition, crate::teach::Ending::Planned, &[]);
        for lesson in &mut lessons {
            // These parts tell what was done; nothing was.
            lesson.what.clear();
            lesson.next.clear();
        }
        (Outcome { status: Status::Planned, ..Outcome::default() }, lessons)
    }

    /// The outcome of something that will not be done.
    pub(super) fn refused(&self, recognition: &Recognition, refusal: &Refusal) -> (Outcome, Vec<Lesson>) {
        let failure = Failure {
            id: refusal.id.to_owned(),
            message: refusal.message.clone(),
            root_cause: refusal.message.clone(),
            bindings: refusal.bindings.clone(),
            ..Failure::default()
        };
        let diagnosis = self.tutor.name(refusal.id, &refusal.message, refusal.bindings.clone());
        let lessons = self.lessons(recognition, crate::teach::Ending::Refused, &[diagnosis]);
        (Outcome { error: Some(failure), ..Outcome::new(Status::Refused, refusal.message.clone()) }, lessons)
    }

    /// The outcome of a plan that was carried out, as far as it went.
    pub(super) fn finished(
        &mut self,
        recognition: &Recognition,
        facts: &Facts,
        plan: &Plan,
        execution: &Execution,
    ) -> (Outcome, Vec<Lesson>) {
        let status = match execution.ending {
            Ending::Done => Status::Done,
            Ending::Declined => Status::Declined,
            Ending::Failed | Ending::Interrupted => Status::Failed,
        };
        let mut outcome = Outcome {
            status,
            put_back: execution.put_back.clone(),
            interrupted: execution.ending == Ending::Interrupted,
            ..Outcome::default()
        };
        // What was wrong in a copy is told of the file that it is to become.
        let copies = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Look(Probe::Rewritten { path, after, .. }) => {
                Some((after.display().to_string(), path.display().to_string()))
            }
            _ => None,
        });
        let copies: Vec<(String, String)> = copies.collect();
        let own = |text: &str| {
            let text = own_paths(text, facts, &self.machine);
            copies.iter().fold(text, |text, (copy, file)| text.replace(copy, file))
        };
        let mut diagnoses =
            self.tutor.diagnose(&evidence(execution.failure.as_ref().map(|step| &step.log), &execution.warnings, &own));
        for diagnosis in &mut diagnoses {
            as_here(&mut diagnosis.bindings, &self.machine);
        }
        if let Some(first) = diagnoses.first_mut() {
            self.name_package(recognition, first);
            name_host(facts, first);
        }
        match &execution.failure {
            Some(step) => {
                let first = self.first_cause(step, &mut diagnoses);
                outcome.message = Some(first.message.clone());
                outcome.error = Some(first);
            }
            None if execution.ending == Ending::Interrupted => {
                diagnoses.insert(
                    0,
                    self.tutor.name(
                        "interrupted",
                        "It was stopped before it was finished.",
                        std::collections::BTreeMap::new(),
                    ),
                );
                outcome.error = Some(failure_of(&diagnoses[0]));
                outcome.message = Some("It was stopped before it was finished.".to_owned());
            }
            None => {}
        }
        if let (Some(error), Some(file)) = (&mut outcome.error, &execution.log_file) {
            error.log_file = Some(file.display().to_string());
        }
        let skip = usize::from(outcome.error.is_some());
        outcome.also = diagnoses.iter().skip(skip).filter(|diagnosis| diagnosis.is_known()).map(failure_of).collect();
        outcome.state = state_in_words(facts, plan, execution);
        outcome.next = next(recognition, execution);
        outcome.answers.clone_from(&execution.answers);
        let mut ending = teach_ending(execution.ending);
        // Every step went well and nothing is different: there is nothing to teach about, and nothing to boast of.
        let idle = execution.changed.is_empty() && plan.steps.iter().any(|step| step.reversal.is_some());
        if execution.ending == Ending::Done && idle {
            // What was edited and stayed as it was has said so.
            let told = execution.answers.iter().any(|answer| matches!(answer, Answer::Rewritten { .. }));
            outcome.message = (!told).then(|| "Nothing had to change: the machine was like that already.".to_owned());
            ending = crate::teach::Ending::Declined;
        }
        let lessons = self.lessons(recognition, ending, &diagnoses);
        (outcome, lessons)
    }

    /// A name that Nix does not know and that the person gave for a package is a package that there is not.
    fn name_package(&self, recognition: &Recognition, diagnosis: &mut Diagnosis) {
        let unknown = ["undefined-variable", "attribute-missing"].contains(&diagnosis.id.as_str());
        let name = ["variable", "attribute"].iter().find_map(|name| diagnosis.bindings.get(*name)?.as_str());
        let asked = recognition.slots.get("packages").and_then(Value::as_array);
        let Some(name) = name.filter(|name| unknown && asked.is_some_and(|asked| asked.iter().any(|one| one == name)))
        else {
            return;
        };
        let near = crate::catalogue::starter::packages_like(name);
        let hint = near.first().map(|near| format!(" Is {near} meant?")).unwrap_or_default();
        let message = format!("There is no package {name} in the nixpkgs of this machine.{hint}");
        let mut bindings = std::collections::BTreeMap::from([("package".to_owned(), Value::from(name))]);
        if !near.is_empty() {
            bindings.insert("nearest".to_owned(), Value::from(near));
        }
        *diagnosis = self.tutor.name("package-not-found", &message, bindings);
    }

    /// The first cause of a failed step: what the step itself knows comes before what its log shows.
    fn first_cause(&self, step: &StepFailure, diagnoses: &mut Vec<Diagnosis>) -> Failure {
        let known_here = step.id.filter(|id| {
            diagnoses.first().is_none_or(|first| !first.is_known() || step.activation.is_some() && first.id != *id)
        });
        if let Some(id) = known_here {
            diagnoses.insert(0, self.tutor.name(id, &step.message, std::collections::BTreeMap::new()));
        }
        let tail = match step.log.failed.first() {
            Some(build) => build.tail.clone(),
            None => step.log.plain_tail.clone(),
        };
        let mut failure = match diagnoses.first() {
            Some(first) if first.is_known() => failure_of(first),
            Some(first) => Failure { message: step.message.clone(), ..failure_of(first) },
            None => Failure {
                id: "unknown".to_owned(),
                message: step.message.clone(),
                root_cause: tail.last().cloned().unwrap_or_else(|| step.message.clone()),
                ..Failure::default()
            },
        };
        failure.step = Some(step.step).filter(|step| *step > 0);
        failure.exit_code = step.exit_code;
        failure.log_tail = tail;
        failure
    }

    /// What a lesson is filled in with.
    pub(super) fn taught_with(&self, recognition: &Recognition) -> Slots {
        let mut slots = recognition.slots.clone();
        // The commands behind an operation differ between flakes and channels.
        if let Some(flake) = &self.flake {
            slots.insert("flake".to_owned(), flake.as_str().into());
        }
        slots
    }

    /// What to teach, and remembers that it was taught.
    pub(super) fn lessons(
        &self,
        recognition: &Recognition,
        ending: crate::teach::Ending,
        diagnoses: &[Diagnosis],
    ) -> Vec<Lesson> {
        let memory = self.memory();
        let met = memory.met();
        let slots = self.taught_with(recognition);
        let mut lessons =
            self.tutor.lessons_for(&recognition.intent, &slots, ending, diagnoses, self.options.lessons, &met);
        lessons.truncate(LESSONS);
        if !self.options.dry_run {
            memory.remember(met, &lessons);
        }
        lessons
    }
}

/// A machine that the flake does not have is named along with those that it has.
fn name_host(facts: &Facts, diagnosis: &mut Diagnosis) {
    let attribute = diagnosis.bindings.get("attribute").and_then(Value::as_str).unwrap_or_default();
    let missing = matches!(diagnosis.id.as_str(), "flake-attribute-missing" | "flake-host-missing");
    if !missing || !attribute.contains("nixosConfigurations") {
        return;
    }
    let hosts = crate::nix::modules::hosts(facts.flake_source.as_deref().unwrap_or_default());
    if !hosts.is_empty() {
        diagnosis.message = format!("The flake has no machine {}; it has {}.", facts.host, hosts.join(", "));
        diagnosis.bindings.insert("nearest".to_owned(), Value::from(hosts));
    }
}

/// An outcome that waits for an answer.
pub(super) fn question(question: &Question) -> Outcome {
    Outcome {
        question: Some(question.text.clone()),
        choices: question.choices.clone(),
        ..Outcome::new(Status::Question, question.text.clone())
    }
}

/// Something went wrong that no lesson is about.
pub(super) fn failed(message: String) -> Outcome {
    let failure = Failure {
        id: "unknown".to_owned(),
        message: message.clone(),
        root_cause: message.clone(),
        ..Failure::default()
    };
    Outcome { error: Some(failure), ..Outcome::new(Status::Failed, message) }
}

/// What was done before is not known.
pub(super) fn no_journal(error: &std::io::Error) -> Outcome {
    failed(format!("The journal of what ask-nix did cannot be read: {error}."))
}

/// Nobody was there to agree.
pub(super) fn nobody_agreed(risk: Risk) -> Outcome {
    let how = if risk == Risk::Destroys { "--yes=destroy" } else { "--yes" };
    Outcome::new(
        Status::Declined,
        format!("Nothing was done: there is no terminal to ask on. Add {how} to agree beforehand."),
    )
}

fn failure_of(diagnosis: &Diagnosis) -> Failure {
    Failure {
        id: diagnosis.id.clone(),
        message: diagnosis.message.clone(),
        root_cause: diagnosis.root_cause.clone(),
        bindings: diagnosis
            .bindings
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<std::collections::BTreeMap<String, Value>>(),
        ..Failure::default()
    }
}

/// In which state the machine is after something went wrong.
fn state_in_words(facts: &Facts, plan: &Plan, execution: &Execution) -> Option<String> {
    if execution.ending == Ending::Done || plan.risk() == Risk::Reads {
        return None;
    }
    if !execution.not_put_back.is_empty() {
        return Some(format!("Not everything could be put back. {}.", execution.not_put_back.join(". ")));
    }
    let before = facts.profile.current.map(|number| format!("generation {number}"));
    let activation = execution.failure.as_ref().and_then(|failure| failure.activation);
    let words = match (activation, before) {
        (Some(ActivationFailure::UnitsFailed), Some(before)) => {
            format!("The new system runs, but some of its units failed. What ran before, {before}, is still there.")
        }
        (Some(ActivationFailure::Partly), Some(before)) => {
            format!("The new system was activated only in part. What ran before, {before}, is still there.")
        }
        (Some(ActivationFailure::NeedsReboot), _) => "Nothing was switched: the machine runs as before.".to_owned(),
        _ if execution.changed.is_empty() => "The machine is as it was before.".to_owned(),
        _ => "Some of the plan's steps were done before it stopped; \"ask-nix undo\" takes them back.".to_owned(),
    };
    Some(words)
}

/// What would help now.
fn next(recognition: &Recognition, execution: &Execution) -> Vec<Next> {
    let activation = execution.failure.as_ref().and_then(|failure| failure.activation);
    match activation {
        Some(ActivationFailure::NeedsReboot) => {
            let query = match recognition.intent.as_str() {
                "update_system" => "get the latest updates and reboot into them later",
                _ => "rebuild for the next boot",
            };
            vec![Next { question: "Make it the system of the next boot instead?".to_owned(), query: query.to_owned() }]
        }
        Some(ActivationFailure::UnitsFailed | ActivationFailure::Partly) => {
            vec![Next { question: "Go back to the system that ran before?".to_owned(), query: "undo that".to_owned() }]
        }
        None if written_only(recognition, execution) => {
            vec![Next { question: "Build it and switch to it now?".to_owned(), query: "apply my changes".to_owned() }]
        }
        None => about_the_service(recognition, execution),
    }
}

/// Whether the configuration says something new by now, and nothing was built of it.
fn written_only(recognition: &Recognition, execution: &Execution) -> bool {
    let writes = matches!(recognition.intent.as_str(), "generate_config" | "edit_config" | "hardware_config");
    writes && execution.ending == Ending::Done && !execution.changed.is_empty()
}

/// A service that could not be started has said why.
fn about_the_service(recognition: &Recognition, execution: &Execution) -> Vec<Next> {
    let service = recognition.slots.get("service").and_then(Value::as_str);
    let failed = recognition.intent == "control_service" && execution.ending == Ending::Failed;
    let next = |service: &str| Next {
        question: "Read what it said?".to_owned(),
        query: format!("show the logs of {service}"),
    };
    service.filter(|_| failed).map(next).into_iter().collect()
}
