//! What failed last, and its repair: a plan like any other, after which the request that failed goes on.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::own_paths;
use super::follow_up::asks_to_allow;
use super::{Session, Yes};
use crate::execute::Frontend;
use crate::machine::Machine;
use crate::machine::facts::{Configuration, Facts, state_directory};
use crate::plan::repair::{self, Fault, Instead};
use crate::plan::{Action, Plan, Unplanned};
use crate::recognition::{By, Recognition};
use crate::reply::{Failure, Next, Outcome, PlanView, Repair, Reply, Status};
use crate::teach::{Lesson, Level};

/// What a person says to have what failed last repaired.
pub const FIX_IT: &str = "fix it";
/// The intent of these words.
const REPAIR_LAST: &str = "repair_last";
/// After so many hours nobody means an error by "it" any more.
const HOURS: i64 = 24;

/// What failed last. It is kept, so that another run of the program can explain and repair it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    at: Timestamp,
    /// What the person had said.
    query: String,
    /// What was understood of it and goes on after the repair; nothing when it went well or was only asked about.
    request: Option<Recognition>,
    /// The error.
    pub failure: Failure,
    /// Whether the person had named a machine of the flake.
    #[serde(default)]
    host_named: bool,
    /// Whether it is an error, not a warning beside a success.
    error: bool,
    /// Whether the person had agreed to what failed. Another run does not know that.
    #[serde(skip)]
    agreed: bool,
}

/// A request that goes on.
#[derive(Debug)]
pub(super) struct GoesOn {
    query: String,
    request: Recognition,
    agreed: bool,
}

impl<M: Machine> Session<M> {
    fn failed_path(&self) -> PathBuf {
        state_directory(&self.machine).join("last-failure.json")
    }

    /// What failed last, in this run of the program or the one before.
    pub(super) fn failed(&self) -> Option<Failed> {
        self.failed.clone().or_else(|| {
            // A file that is damaged, or of another version, tells nothing.
            let text = self.machine.read(&self.failed_path()).ok()?;
            serde_json::from_slice(&text).ok()
        })
    }

    /// Whether something failed so lately that "fix it" means it.
    pub(super) fn failed_lately(&self) -> bool {
        let lately = |failed: &Failed| Timestamp::now().duration_since(failed.at) < SignedDuration::from_hours(HOURS);
        self.failed().is_some_and(|failed| lately(&failed))
    }

    /// Remembers what went wrong, and names its repair in the outcome. `told` is whether the error came with the request,
    /// or was remembered.
    pub(super) fn note_failed(
        &mut self,
        query: &str,
        recognition: &Recognition,
        outcome: &mut Outcome,
        told: bool,
        present: bool,
    ) {
        // What a repair fails at is about a text that was put back.
        if recognition.intent == REPAIR_LAST {
            return;
        }
        let asked = matches!(recognition.intent.as_str(), "explain_error" | "explain_more" | "model_status");
        let went_wrong = matches!(outcome.status, Status::Failed | Status::Refused);
        let warned = || outcome.also.iter().find(|one| self.deed(one).is_some());
        let Some(failure) = outcome.error.as_ref().or_else(|| warned().filter(|_| self.options.lessons != Level::Off))
        else {
            return;
        };
        let request = Some(recognition.clone()).filter(|_| went_wrong && !asked);
        let failed = Failed {
            at: Timestamp::now(),
            query: query.to_owned(),
            request,
            failure: failure.clone(),
            host_named: self.options.choices.host.is_some(),
            error: outcome.error.is_some(),
            agreed: outcome.status == Status::Failed,
        };
        // Whoever was asked to allow it, and did not, is not asked again.
        if !(present && asks_to_allow(&recognition.intent, &failure.id)) {
            outcome.repair = self.offer(&failed);
        }
        if !told {
            return;
        }
        if !self.options.dry_run
            && let Ok(text) = serde_json::to_vec(&failed)
        {
            // Where it cannot be kept, only this run can repair it.
            let _ = self.machine.keep(&self.failed_path(), &text);
        }
        self.failed = Some(failed);
    }

    fn forget_failed(&mut self) {
        self.failed = None;
        let _ = self.machine.remove(&self.failed_path());
    }

    /// What the lesson of an error says is to be done, when all names for it are there.
    fn deed(&self, failure: &Failure) -> Option<crate::catalogue::education::repair::Action> {
        let repair = self.tutor.education().error(&failure.id)?.head.repair?;
        repair.needs.iter().all(|name| failure.bindings.contains_key(name)).then_some(repair.action)
    }

    /// The error as planning wants it: with the person's own files, as far as they are there.
    fn fault(&self, failed: &Failed, facts: &Facts) -> Option<Fault> {
        let deed = self.deed(&failed.failure)?;
        let mut bindings = failed.failure.bindings.clone();
        for name in ["file", "path"] {
            if let Some(Value::String(text)) = bindings.get_mut(name) {
                *text = own_paths(text, facts, &self.machine);
            }
        }
        let directory = match &facts.configuration {
            Configuration::Flake { directory: Some(directory), .. } => directory.clone(),
            _ => PathBuf::new(),
        };
        let named = ["file", "path"].iter().filter_map(|name| bindings.get(*name)?.as_str());
        let there = named.map(|name| directory.join(name)).filter(|path| self.machine.status(path).is_ok()).collect();
        let slots = failed.request.iter().flat_map(|request| request.slots.values());
        let requested = slots.flat_map(texts).collect();
        Some(Fault { deed, bindings, there, requested, answer: None })
    }

    fn survey_for_repair(&self) -> Option<Facts> {
        let mut facts = Facts::survey(&self.machine, &self.options.choices).ok()?;
        facts.read_modules(&self.machine);
        if let Configuration::Flake { directory: Some(directory), .. } = &facts.configuration {
            let index = directory.join(".git");
            facts.look_at(&self.machine, [index]);
        }
        Some(facts)
    }

    /// The repair of an error, when there is one on this machine.
    fn offer(&self, failed: &Failed) -> Option<Repair> {
        self.deed(&failed.failure)?;
        let facts = self.survey_for_repair()?;
        let fault = self.fault(failed, &facts)?;
        let offered = |title: String| Repair { title, query: FIX_IT.to_owned(), plan: None, choices: Vec::new() };
        if let Some(instead) = repair::instead(&fault, &facts) {
            return failed.request.is_some().then(|| offered(instead.title()));
        }
        match repair::repair(&fault, &facts, &self.options.tools) {
            Ok(plan) => Some(Repair { plan: Some(PlanView::from(&plan)), ..offered(plan.title.clone()) }),
            Err(Unplanned::Question(question)) => Some(Repair { choices: question.choices, ..offered(question.text) }),
            Err(Unplanned::Refused(_) | Unplanned::Nothing(_)) => None,
        }
    }

    /// Offers the repair of what failed last, as it is offered to people: nobody agreed to it beforehand, whatever they
    /// agreed to.
    pub async fn repair(&mut self, frontend: &mut dyn Frontend) -> Reply {
        let recognition =
            Recognition { intent: REPAIR_LAST.to_owned(), confidence: 1.0, by: By::Context, ..Recognition::default() };
        let yes = std::mem::replace(&mut self.options.yes, Yes::Ask);
        let mut reply = self.answer_recognition(FIX_IT, recognition, frontend, false).await;
        self.options.yes = yes;
        self.carry_on(&mut reply, frontend).await;
        reply
    }

    /// The request that failed goes on, when its repair was done.
    pub(super) async fn carry_on(&mut self, reply: &mut Reply, frontend: &mut dyn Frontend) {
        let Some(GoesOn { query, request, agreed }) = self.goes_on.take() else { return };
        let then = self.answer_recognition(&query, request.clone(), frontend, agreed).await;
        self.context.previous.push(request);
        reply.then.push(then);
    }

    /// Answers `repair_last`.
    pub(super) async fn repair_last(
        &mut self,
        query: &str,
        recognition: &Recognition,
        frontend: &mut dyn Frontend,
        agreed: bool,
    ) -> (Option<Plan>, Outcome, Vec<Lesson>) {
        let Some(failed) = self.failed() else {
            let message = "Nothing failed lately that I know of.";
            return (None, Outcome::new(Status::Done, message), Vec::new());
        };
        let facts = self.survey_for_repair();
        let fault = facts.as_ref().and_then(|facts| self.fault(&failed, facts));
        let (Some(facts), Some(fault)) = (facts, fault) else { return self.no_repair(&failed) };
        if let (Some(instead), Some(request)) = (repair::instead(&fault, &facts), &failed.request) {
            return self.again(&failed, request, instead);
        }
        self.fault = Some(fault);
        let (plan, mut outcome, mut lessons) = self.plan_and_do(query, recognition, frontend, agreed).await;
        self.fault = None;
        if plan.is_none() && outcome.status == Status::Done {
            return self.no_repair(&failed);
        }
        if outcome.status == Status::Done {
            self.forget_failed();
            let edited = plan.iter().flat_map(|plan| &plan.steps).any(|step| matches!(step.action, Action::Edit(_)));
            let activated =
                plan.iter().flat_map(|plan| &plan.steps).any(|step| matches!(step.action, Action::Activate { .. }));
            if failed.request.is_none() && failed.error && edited && !activated {
                outcome.next.push(Next {
                    question: "Build the configuration and switch to it now?".to_owned(),
                    query: "apply my changes".to_owned(),
                });
            }
            // What goes on has a lesson of its own; two would be one too many.
            if failed.request.is_some() {
                lessons.clear();
            }
            self.goes_on = failed.request.map(|request| GoesOn { query: failed.query, request, agreed: failed.agreed });
        }
        (plan, outcome, lessons)
    }

    /// Says the request as it should have been said.
    fn again(
        &mut self,
        failed: &Failed,
        request: &Recognition,
        instead: Instead,
    ) -> (Option<Plan>, Outcome, Vec<Lesson>) {
        let mut request = request.clone();
        let mut message = format!("{}.", instead.title());
        match instead {
            Instead::Host(host) => {
                // Nobody named another one: this computer and its entry in the flake have different names, as they will
                // tomorrow.
                if !failed.host_named && crate::settings::remember(&self.machine, "host", &host).is_ok() {
                    message.push_str(" The settings of ask-nix remember that from now on.");
                }
                self.options.choices.host = Some(host);
            }
            Instead::Name { from, to } => {
                for value in request.slots.values_mut() {
                    exchange(value, &from, &to);
                }
            }
        }
        self.forget_failed();
        // It is another request now, so its plan is agreed to anew.
        self.goes_on = Some(GoesOn { query: failed.query.clone(), request, agreed: false });
        (None, Outcome::new(Status::Done, message), Vec::new())
    }

    /// What the plan of a repair says beside its own notes.
    pub(super) fn notes_of_repair(&self) -> Vec<String> {
        let request = self.failed().filter(|failed| failed.request.is_some());
        request.map(|failed| format!("Then what failed goes on: \"{}\".", failed.query)).into_iter().collect()
    }

    fn no_repair(&self, failed: &Failed) -> (Option<Plan>, Outcome, Vec<Lesson>) {
        let message = "There is no repair for this that I could make by myself; what you can do stands below.";
        let diagnosis = self.tutor.name(&failed.failure.id, &failed.failure.message, failed.failure.bindings.clone());
        let lessons = self.tutor.error_lesson(&diagnosis, Level::Full).into_iter().collect();
        (None, Outcome { error: Some(failed.failure.clone()), ..Outcome::new(Status::Refused, message) }, lessons)
    }
}

/// The texts in a value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Puts one text in the place of another, in a value or a list of them.
fn exchange(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| exchange(item, from, to)),
        _ => {}
    }
}
