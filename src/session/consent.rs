//! Who agrees to what: beforehand, when the plan is shown, or on the way.

use crate::event::Event;
use crate::execute::{Consent, Frontend};
use crate::outcome::Answer;
use crate::plan::{self, Action, Collect, Plan, Risk};

/// What the person agreed to beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Yes {
    /// Nothing: each plan that changes something is asked about.
    #[default]
    Ask,
    /// Plans that change what can be changed back.
    Changes,
    /// All plans.
    Destroys,
}

/// Whether the plan itself asks before its first change; then asking twice would be a nuisance.
pub(super) fn asks_before_changing(plan: &Plan) -> bool {
    plan.steps
        .iter()
        .take_while(|step| harmless(&step.action))
        .any(|step| matches!(step.action, Action::Confirm { .. }))
}

/// Whether a step needs no consent before it: it looks, asks, or has the person at work on a copy.
fn harmless(action: &Action) -> bool {
    match action {
        Action::Look(_) | Action::Compare { .. } | Action::Confirm { .. } => true,
        Action::HandOver(hand_over) => hand_over.copy.is_some(),
        Action::Run(run) => match &run.collect {
            Collect::Text { .. } => true,
            Collect::Nothing => run.risk == Risk::Reads && run.command.program == "nix-instantiate",
            _ => false,
        },
        Action::Edit(_) | Action::Activate { .. } => false,
    }
}

pub(super) fn needed(risk: Risk) -> Yes {
    match risk {
        Risk::Reads => Yes::Ask,
        Risk::Changes => Yes::Changes,
        Risk::Destroys => Yes::Destroys,
    }
}

pub(super) fn first_question(risk: Risk) -> String {
    match risk {
        Risk::Destroys => "This cannot be undone. Go ahead?".to_owned(),
        Risk::Reads | Risk::Changes => "Go ahead?".to_owned(),
    }
}

/// The person in front of the frontend, who may have agreed beforehand.
pub(super) struct Person<'a> {
    pub inner: &'a mut dyn Frontend,
    pub yes: bool,
}

impl Frontend for Person<'_> {
    fn event(&mut self, event: &Event) {
        self.inner.event(event);
    }
    fn tick(&mut self) {
        self.inner.tick();
    }
    fn answer(&mut self, answer: &Answer) {
        self.inner.answer(answer);
    }
    fn consent(&mut self, question: &str) -> Consent {
        if self.yes { Consent::Yes } else { self.inner.consent(question) }
    }
    fn ask(&mut self, question: &plan::Question) -> Option<String> {
        self.inner.ask(question)
    }
    fn prose(&mut self, text: &str) {
        self.inner.prose(text);
    }
    fn show_plan(&mut self, plan: &Plan) {
        self.inner.show_plan(plan);
    }
    fn present(&self) -> bool {
        self.inner.present()
    }
    fn lend_terminal(&mut self) -> bool {
        self.inner.lend_terminal()
    }
    fn stopped(&mut self) -> bool {
        self.inner.stopped()
    }
    fn working(&mut self, yes: bool) {
        self.inner.working(yes);
    }
}
