//! From a request to its outcome: the plan is made, shown, agreed to and carried out.

use super::consent::{Person, asks_before_changing, first_question, needed};
use super::planned::{Answered, Planned};
use super::{Open, Session, log_directory, result};
use crate::execute::journal::Journal;
use crate::execute::{Consent, Frontend, Run, execute};
use crate::machine::Machine;
use crate::operation::{Level as DryLevel, Operation};
use crate::outcome::Ending;
use crate::plan::{self, Action, Risk};
use crate::recognition::{By, Mode, Recognition};
use crate::reply::{Outcome, Status};

/// So many logs of runs are kept.
const LOGS: usize = 30;

impl<M: Machine> Session<M> {
    /// Plans a request and carries it out, once more when a permission or another text makes it possible.
    pub(super) async fn plan_and_do(
        &mut self,
        query: &str,
        recognition: &Recognition,
        frontend: &mut dyn Frontend,
        agreed: bool,
    ) -> Answered {
        let mut recognition = recognition.clone();
        self.allowed.clear();
        self.go_on = false;
        loop {
            let mut done = self.plan_and_do_once(query, &mut recognition, frontend, agreed).await;
            if !self.once_more(&recognition, done.0.as_ref(), &done.1, frontend) {
                self.tell_of_copy(done.0.as_ref(), &mut done.1);
                return done;
            }
        }
    }

    async fn plan_and_do_once(
        &mut self,
        query: &str,
        recognition: &mut Recognition,
        frontend: &mut dyn Frontend,
        agreed: bool,
    ) -> Answered {
        let Planned { operation, facts, plan, last } = match self.plan_for(recognition, frontend) {
            Ok(planned) => planned,
            Err(answered) => return *answered,
        };
        let only_looks = plan
            .steps
            .iter()
            .all(|step| matches!(&step.action, Action::Look(probe) if !matches!(probe, plan::Probe::MakeIndex { .. })));
        let preview = matches!(operation, Operation::DryRun { level: DryLevel::Plan }) && !only_looks;
        if recognition.mode == Mode::Explain || (self.options.dry_run && !only_looks) || preview {
            // In a conversation "do it" carries out the plan that was shown.
            let intent = if preview { "apply_configuration".to_owned() } else { recognition.intent.clone() };
            let slots = if preview { crate::recognition::Slots::new() } else { recognition.slots.clone() };
            self.keep_open(Recognition { intent, slots, ..recognition.clone() }, false);
            let (outcome, lessons) = self.planned(recognition);
            return (Some(plan), outcome, lessons);
        }
        let risk = plan.risk();
        let yes = recognition.by != By::Model && self.options.yes >= needed(risk);
        let mut person = Person { inner: frontend, yes };
        if risk > Risk::Reads && !yes {
            person.inner.show_plan(&plan);
            if !person.inner.present() {
                return (Some(plan), result::nobody_agreed(risk), Vec::new());
            }
            // A plan that asks on its way, with more to show by then, still does so after "do it".
            let ask_first = !agreed && !asks_before_changing(&plan);
            if ask_first && person.inner.consent(&first_question(risk)) == Consent::No {
                self.keep_open(recognition.clone(), true);
                return (Some(plan), Outcome::new(Status::Declined, "Nothing was done."), Vec::new());
            }
        } else if risk > Risk::Reads {
            person.inner.show_plan(&plan);
        }
        // A shell may stay open for days, and changes nothing.
        let lends = plan.steps.iter().any(|step| matches!(step.action, Action::HandOver(_)));
        let lock = if only_looks || (lends && risk == Risk::Reads) {
            None
        } else {
            Some(self.machine.lock(&facts.state.join("lock")))
        };
        if let Some(Ok(None)) = lock {
            let refusal = plan::Refusal::new(
                "another-run",
                "Another ask-nix is at work on this machine; wait until it has finished.",
            );
            let (outcome, lessons) = self.refused(recognition, &refusal);
            return (Some(plan), outcome, lessons);
        }
        self.open = None;
        self.forget_old_logs();
        self.runs += 1;
        let id = run_id(self.runs);
        let journal = Journal::new(
            &facts.state,
            id.clone(),
            query,
            &recognition.intent,
            &plan.title,
            last.map(|entry| entry.run),
        );
        person.inner.working(true);
        let execution = execute(&plan, &self.machine, &mut person, Run { facts: &facts, id: &id, journal }).await;
        person.inner.working(false);
        self.tidy(&plan, &execution);
        if execution.ending == Ending::Declined {
            self.keep_open(recognition.clone(), true);
        }
        let (outcome, lessons) = self.finished(recognition, &facts, &plan, &execution);
        (Some(plan), outcome, lessons)
    }

    fn keep_open(&mut self, recognition: Recognition, declined: bool) {
        self.open = Some(Open { recognition, turn: self.turn, declined });
    }

    /// Logs are for looking up what went wrong lately; without an end they would fill the disk.
    fn forget_old_logs(&self) {
        let directory = log_directory(&self.machine);
        let names = self.machine.list(&directory).unwrap_or_default();
        for name in names.iter().take(names.len().saturating_sub(LOGS)) {
            let _ = self.machine.remove(&directory.join(name));
        }
    }
}

/// Names the run: by time, so that logs sort, and by process and count, so that no two are the same.
fn run_id(count: u32) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{now}-{}-{count}", std::process::id())
}
