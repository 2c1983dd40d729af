//! What follows on a question or a failure: an answer that completes a request, a permission that is given, a text that is
//! edited again.

use std::fmt::Write as _;

use serde_json::Value;

use super::Session;
use crate::execute::{Consent, Frontend};
use crate::machine::Machine;
use crate::nix::package_name::PackageName;
use crate::outcome::{Ending, Execution};
use crate::plan::{Action, Answers, Permission, Plan, Question};
use crate::recognition::{By, Mode, Recognition};
use crate::reply::{Failure, Outcome, Status};

/// A question that nobody has answered yet.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    recognition: Recognition,
    slot: String,
    choices: Vec<String>,
}

/// An answer has so many words at most; more are a new request.
const SHORT: usize = 4;
/// From here on a reading is one of these.
const SURE: f32 = 0.6;
/// From here on a reading is a request of its own.
const CERTAIN: f32 = 0.95;
/// What names are read as that stand alone.
const NAMES_ALONE: [&str; 5] = ["package_info", "out_of_scope", "explain_concept", "explain_option", "deploy_host"];
/// Requests that are never answers.
const NO_ANSWER: [&str; 6] = ["cancel", "confirm", "help", "undo_last", "small_talk", "show_history"];
/// Requests that bring packages along, which nixpkgs may refuse.
const BRINGING: [&str; 4] = ["install_package", "enable_service", "generate_config", "update_package"];

/// Whether a request that stops at this error asks for permission by itself.
pub(super) fn asks_to_allow(intent: &str, error: &str) -> bool {
    BRINGING.contains(&intent) && matches!(error, "unfree-package" | "insecure-package")
}

impl<M: Machine> Session<M> {
    /// Remembers that a slot of a request was asked for.
    pub(super) fn ask_later(&mut self, recognition: &Recognition, slot: &str, choices: &[String]) {
        self.asked = Some(Asked { recognition: recognition.clone(), slot: slot.to_owned(), choices: choices.to_vec() });
    }

    /// The request that was asked about, completed by what is said now. None when that is no answer, but something new.
    pub(super) fn completed(&mut self, said: &str, reading: &Recognition) -> Option<Recognition> {
        let asked = self.asked.take()?;
        let said = said.trim().trim_end_matches(['.', '!']);
        let number = said.parse::<usize>().ok().and_then(|number| asked.choices.get(number.checked_sub(1)?));
        let choice = number.or_else(|| asked.choices.iter().find(|choice| choice.eq_ignore_ascii_case(said)));
        // A name may look like a yes or a no with typing errors: only a sure one counts.
        let sure = reading.corrections.is_empty() && reading.confidence >= SURE;
        let other = sure && NO_ANSWER.contains(&reading.intent.as_str());
        // A request that is one beyond doubt is no answer either; a bare name is read as many things.
        let named = NAMES_ALONE.contains(&reading.intent.as_str()) || reading.intent == asked.recognition.intent;
        let other = other || !named && reading.confidence >= CERTAIN;
        let new = other || reading.mode == Mode::Explain || said.split_whitespace().count() > SHORT;
        if choice.is_none() && new {
            return None;
        }
        let answer = choice.map_or(said, String::as_str);
        let completed = with_slot(&asked.recognition, &asked.slot, answer)?;
        Some(Recognition { by: By::Context, then: Vec::new(), ..completed })
    }

    /// Takes up the answer to a question.
    pub(super) fn take_answer(
        &mut self,
        recognition: &mut Recognition,
        question: &Question,
        answer: &str,
    ) -> Result<(), String> {
        match question.answers {
            Answers::Setting(setting) => {
                let directory = crate::settings::flake_directory(&self.machine, answer)?.display().to_string();
                crate::settings::remember(&self.machine, setting, &directory)
                    .map_err(|error| format!("The answer could not be remembered: {error}."))?;
                self.options.choices.flake = Some(directory);
                Ok(())
            }
            Answers::Slot(slot) => {
                *recognition = with_slot(recognition, slot, answer)
                    .ok_or_else(|| format!("'{answer}' is no answer to that. {}", question.text))?;
                Ok(())
            }
        }
    }

    /// Whether what failed is tried once more: with a permission that the person gives, or edited again.
    pub(super) fn once_more(
        &mut self,
        recognition: &Recognition,
        plan: Option<&Plan>,
        outcome: &Outcome,
        frontend: &mut dyn Frontend,
    ) -> bool {
        let Some(error) = outcome.error.as_ref().filter(|_| outcome.status == Status::Failed) else { return false };
        if outcome.interrupted || recognition.mode == Mode::Explain || !frontend.present() {
            return false;
        }
        let step = error.step.and_then(|step| plan?.steps.get(step.checked_sub(1)?));
        if recognition.intent == "edit_config" && step.is_some_and(|step| matches!(step.action, Action::Run(_))) {
            frontend.prose(&told(error));
            self.go_on = frontend.consent("Nothing was written. Edit it again?") == Consent::Yes;
            return self.go_on;
        }
        let named = error.bindings.get("package").and_then(Value::as_str);
        let Some(package) = named.filter(|_| BRINGING.contains(&recognition.intent.as_str())) else { return false };
        let (permission, question) = match error.id.as_str() {
            "unfree-package" => {
                let name = PackageName::of_path(package).name.to_owned();
                let question = format!("{name} has a licence that is not free. Allow {name}, and go on?");
                (Permission::Unfree(name), question)
            }
            "insecure-package" => {
                let question =
                    format!("{package} has known holes that nobody mends. Allow it all the same, and go on?");
                (Permission::Insecure(package.to_owned()), question)
            }
            _ => return false,
        };
        if self.allowed.contains(&permission) || frontend.consent(&question) == Consent::No {
            return false;
        }
        self.allowed.push(permission);
        true
    }

    /// Says that what was edited is still there, when it was not written.
    pub(super) fn tell_of_copy(&self, plan: Option<&Plan>, outcome: &mut Outcome) {
        let edited = plan.into_iter().flat_map(|plan| &plan.steps).find_map(|step| match &step.action {
            Action::HandOver(hand_over) => hand_over.copy.as_ref(),
            _ => None,
        });
        let Some(copy) = edited.filter(|_| matches!(outcome.status, Status::Failed | Status::Declined)) else { return };
        if self.machine.read(&copy.file).is_ok_and(|text| text != copy.text.as_bytes()) {
            let kept = "What you edited is kept: \"edit my config\" goes on with it.";
            outcome.state = Some(outcome.state.take().map_or(kept.to_owned(), |state| format!("{state} {kept}")));
        }
    }

    /// Removes the copy that was edited, once it is written.
    pub(super) fn tidy(&self, plan: &Plan, execution: &Execution) {
        if execution.ending != Ending::Done {
            return;
        }
        for step in &plan.steps {
            if let Action::HandOver(hand_over) = &step.action
                && let Some(copy) = &hand_over.copy
            {
                // A copy that stays is found again, and asked about.
                let _ = self.machine.remove(&copy.file);
            }
        }
    }
}

/// The slot that a request lacks.
pub(super) fn missing(why: &serde_json::Error) -> Option<String> {
    let why = why.to_string();
    let (slot, _) = why.strip_prefix("missing field `")?.split_once('`')?;
    Some(slot.to_owned())
}

/// An error in a few lines: what, where, and in the words of Nix.
fn told(error: &Failure) -> String {
    let mut text = error.message.clone();
    if let Some(line) = error.bindings.get("line").and_then(Value::as_u64) {
        let _ = write!(text, " (line {line})");
    }
    text.push('\n');
    if !error.root_cause.is_empty() && error.root_cause.trim() != error.message.trim() {
        let _ = writeln!(text, "  {}", error.root_cause.trim());
    }
    text
}

/// The request with this answer in a slot; none when its operation does not take that.
fn with_slot(recognition: &Recognition, slot: &str, answer: &str) -> Option<Recognition> {
    let separated = answer.split([',', ' ']).filter(|word| !word.is_empty() && *word != "and");
    let value = match slot {
        "packages" | "groups" => separated.map(str::to_lowercase).collect(),
        "ports" => separated.map(|word| word.parse::<u64>().map(Value::from)).collect::<Result<_, _>>().ok()?,
        "user" => Value::from(answer.to_lowercase()),
        _ => Value::from(answer),
    };
    let mut completed = recognition.clone();
    completed.slots.insert(slot.to_owned(), value);
    completed.confidence = 1.0;
    completed.operation().ok().map(|_| completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_of_the_kind_that_is_asked_for() {
        let request = |intent: &str| Recognition { intent: intent.to_owned(), ..Recognition::default() };
        let install = with_slot(&request("install_package"), "packages", "Firefox and vlc").unwrap();
        assert_eq!(install.slots["packages"], serde_json::json!(["firefox", "vlc"]));
        let open = with_slot(&request("open_port"), "ports", "80, 443").unwrap();
        assert_eq!(open.slots["ports"], serde_json::json!([80, 443]));
        assert!(with_slot(&request("open_port"), "ports", "the web").is_none());
        assert!(with_slot(&request("open_port"), "ports", "70000").is_none());
        assert!(with_slot(&request("add_user"), "user", "a; b").is_none());
    }
}
