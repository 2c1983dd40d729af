//! Running a system's `switch-to-configuration`: what it says and how it ends have meanings of their own.

use std::path::Path;

use super::{Frontend, State, Stop, program, settle};
use crate::machine::facts::Facts;
use crate::machine::{Command, Machine};
use crate::nix::units::Refused;
use crate::operation::SwitchAction;
use crate::outcome::{ActivationFailure, Answer};
use crate::plan::{Reversal, Step};

/// The exit status of `switch-to-configuration` when everything was activated and some units did not start.
const UNITS_FAILED: i32 = 4;

impl State<'_, '_> {
    #[expect(clippy::too_many_arguments, reason = "the parts of one action")]
    pub(super) async fn activate(
        &mut self,
        number: usize,
        step: &Step,
        command: &Command,
        how: SwitchAction,
        system: &Path,
        machine: &impl Machine,
        frontend: &mut dyn Frontend,
    ) -> Result<(), Stop> {
        let wanted = machine.resolve(system).ok();
        let ran_before = machine.resolve(&self.run.facts.running).ok();
        let command = settle(command, &self.run.facts.workshop, machine);
        if how != SwitchAction::DryActivate {
            self.write_down(number, step, machine, step.reversal.as_ref(), command.vector())?;
            self.changed.extend(step.reversal.clone());
        }
        let mut done = program::activate(number, &command, machine, frontend, self.log_path()).await;
        self.keep(&done);
        if !done.units.is_empty() {
            let answer = Answer::Units { units: done.units.clone() };
            // What an activation does has just been seen line by line; what it would do is the answer.
            if how == SwitchAction::DryActivate {
                frontend.answer(&answer);
            }
            self.answers.push(answer);
        }
        let starts = matches!(how, SwitchAction::Switch | SwitchAction::Test);
        let runs_now = machine.resolve(&self.run.facts.running).ok();
        let arrived = !starts || wanted.is_none() || runs_now == wanted;
        if done.exit.is_some_and(crate::machine::Exit::success) && !arrived {
            done.message = Some(
                "The activation ended without an error, but another system runs than the one that was asked for."
                    .to_owned(),
            );
        }
        if done.exit.is_some_and(crate::machine::Exit::success) && arrived {
            if let (true, Some(current)) =
                (how != SwitchAction::DryActivate, current_generation(machine, self.run.facts))
            {
                self.tell(Answer::NowCurrent { generation: current }, frontend);
            }
            return Ok(());
        }
        let status = done.exit.and_then(crate::machine::Exit::status);
        let inhibited = Refused::recognise(status, &done.log.plain_tail);
        let failure = match inhibited {
            Some(_) => ActivationFailure::NeedsReboot,
            None if arrived && starts && status == Some(UNITS_FAILED) => ActivationFailure::UnitsFailed,
            None => ActivationFailure::Partly,
        };
        if inhibited == Some(Refused::Inhibited) {
            // It spoke before it did anything, so there is nothing to put back.
            self.changed.retain(|reversal| !matches!(reversal, Reversal::Activate { .. }));
        } else if !starts || runs_now == ran_before {
            // Nothing was switched, but the boot menu may have been written: that alone is put back.
            for reversal in &mut self.changed {
                if let Reversal::Activate { how, .. } = reversal {
                    *how = SwitchAction::Boot;
                }
            }
        }
        match self.finished(number, done, frontend) {
            Err(Stop::Failed(mut why)) => {
                why.activation = Some(failure);
                if why.id.is_none() {
                    why.id = match failure {
                        ActivationFailure::NeedsReboot => Some("switch-inhibited"),
                        ActivationFailure::UnitsFailed => Some("unit-failed"),
                        ActivationFailure::Partly => None,
                    };
                }
                Err(Stop::Failed(why))
            }
            other => other,
        }
    }
}

fn current_generation(machine: &impl Machine, facts: &Facts) -> Option<u64> {
    crate::nix::generation::numbers(machine, &facts.profile.path).ok()?.1
}
