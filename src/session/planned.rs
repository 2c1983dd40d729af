//! From a request to its plan: the machine is looked at as far as that needs it, and the person is asked what only they know.

use super::{Session, result};
use crate::execute::Frontend;
use crate::execute::journal;
use crate::machine::Machine;
use crate::machine::facts::{Configuration, Facts};
use crate::operation::Operation;
use crate::plan::{self, Answers, Plan, Unplanned, Wish};
use crate::recognition::Recognition;
use crate::reply::{Outcome, Status};

/// The plan of a request, and what it was made from.
pub(super) struct Planned {
    pub operation: Operation,
    pub facts: Facts,
    pub plan: Plan,
    pub last: Option<journal::Entry>,
}

/// What came of a request: its plan, its outcome, what there is to learn.
pub(super) type Answered = (Option<Plan>, Outcome, Vec<crate::teach::Lesson>);

impl<M: Machine> Session<M> {
    /// The plan for a request, with an answer of the person where one is needed for it; else what is said instead.
    pub(super) fn plan_for(
        &mut self,
        recognition: &mut Recognition,
        frontend: &mut dyn Frontend,
    ) -> Result<Planned, Box<Answered>> {
        let instead = |outcome: Outcome, lessons| Err(Box::new((None, outcome, lessons)));
        let mut asked_before = false;
        loop {
            let Ok(operation) = recognition.operation() else { return instead(Outcome::default(), Vec::new()) };
            let (facts, last) = match self.survey(&operation) {
                Ok(known) => known,
                Err(outcome) => return instead(*outcome, Vec::new()),
            };
            let to_undo = last.as_ref().map(journal::Entry::to_undo);
            let wish = Wish {
                operation: &operation,
                tools: &self.options.tools,
                last: to_undo.as_ref(),
                fault: self.fault.as_ref(),
                allowed: &self.allowed,
                go_on: self.go_on,
            };
            match plan::plan(wish, &facts) {
                Ok(Some(mut plan)) => {
                    if self.fault.is_some() {
                        plan.notes.extend(self.notes_of_repair());
                    }
                    return Ok(Planned { operation, facts, plan, last });
                }
                Ok(None) => return instead(Outcome::default(), Vec::new()),
                Err(Unplanned::Refused(refusal)) => {
                    let (outcome, lessons) = self.refused(recognition, &refusal);
                    return instead(outcome, lessons);
                }
                Err(Unplanned::Nothing(why)) => {
                    let lessons = self.lessons(recognition, crate::teach::Ending::Declined, &[]);
                    return instead(Outcome::new(Status::Done, why), lessons);
                }
                Err(Unplanned::Question(question)) => {
                    let answer = if asked_before { None } else { frontend.ask(&question) };
                    match answer.map(|answer| self.take_answer(recognition, &question, &answer)) {
                        Some(Ok(())) => asked_before = true,
                        Some(Err(why)) => return instead(Outcome::new(Status::Question, why), Vec::new()),
                        None => {
                            if let Answers::Slot(slot) = question.answers {
                                self.ask_later(recognition, slot, &question.choices);
                            }
                            return instead(result::question(&question), Vec::new());
                        }
                    }
                }
            }
        }
    }

    /// What is known about the machine, as far as the operation needs it, and the change that it would take back.
    fn survey(&mut self, operation: &Operation) -> Result<(Facts, Option<journal::Entry>), Box<Outcome>> {
        let mut facts = Facts::survey(&self.machine, &self.options.choices)
            .map_err(|error| result::failed(format!("The machine could not be looked at: {error}.")))?;
        if let Configuration::Flake { reference, .. } = &facts.configuration {
            self.flake = Some(reference.clone());
        }
        if operation.edits() || self.fault.is_some() {
            facts.read_modules(&self.machine);
        }
        let undoes = matches!(operation, Operation::UndoLast {});
        let last = if undoes { self.last_change(&facts).map_err(|error| result::no_journal(&error))? } else { None };
        let files = last.iter().flat_map(|entry| entry.to_undo().files());
        facts.look_at(&self.machine, files.collect::<Vec<_>>());
        Ok((facts, last))
    }

    /// The newest change that was not taken back.
    fn last_change(&self, facts: &Facts) -> std::io::Result<Option<journal::Entry>> {
        Ok(journal::read(&self.machine, &facts.state)?.into_iter().rev().find(journal::Entry::undoable))
    }
}
