//! Carrying out a plan: the only place where a plan becomes deeds. Each change is written down before it is made; when a
//! later step fails, or the person declines, what was changed is put back.

mod activate;
mod edit;
mod evaluated;
mod hand_over;
pub mod journal;
mod probe;
mod program;
mod put_back;
mod services;
mod texts;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::event::{Event, StepResult};
use crate::machine::facts::Facts;
use crate::machine::{Command, Machine};
use crate::nix::comparison;
use crate::nix::log::Failure;
use crate::operation::SwitchAction;
use crate::outcome::{Answer, Ending, Execution, StepFailure};
use crate::plan::{Action, Collect, Plan, Probe, Question, Reversal, Step};
use crate::search::gather;
use journal::Journal;

/// The person: the second seam.
pub trait Frontend {
    /// Something happened.
    fn event(&mut self, event: &Event);
    /// Time passes; said about ten times a second while a program runs, so that timers can move.
    fn tick(&mut self);
    /// Something was found out that the person wants to see before the plan goes on.
    fn answer(&mut self, answer: &Answer);
    /// More of a text that comes piece by piece, already safe to show.
    fn prose(&mut self, text: &str);
    /// Shows a plan before it is agreed to or carried out.
    fn show_plan(&mut self, plan: &Plan);
    /// A question that yes or no answers. Nobody there means no.
    fn consent(&mut self, question: &str) -> Consent;
    /// A question that only the person can answer; none when nobody is there or they do not want to.
    fn ask(&mut self, question: &Question) -> Option<String>;
    /// Whether somebody is there who can be asked.
    fn present(&self) -> bool;
    /// Clears the way for a program that has the terminal to itself; false where there is none to give.
    fn lend_terminal(&mut self) -> bool;
    /// Whether the person, or a signal, wants the work to stop.
    fn stopped(&mut self) -> bool;
    /// Carrying out begins, or has ended.
    fn working(&mut self, yes: bool);
}

/// What the person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Yes,
    /// No, or nobody is there to ask.
    No,
}

/// What a run needs beside the plan.
#[derive(Debug)]
pub struct Run<'a> {
    /// What is known about the machine.
    pub facts: &'a Facts,
    /// The run's id; the log file is named by it.
    pub id: &'a str,
    /// Where changes are written down.
    pub journal: Journal,
}

/// Why a step did not succeed.
enum Stop {
    Declined,
    Failed(Box<StepFailure>),
    Interrupted,
}

/// Carries out a plan.
pub async fn execute(plan: &Plan, machine: &impl Machine, frontend: &mut dyn Frontend, mut run: Run<'_>) -> Execution {
    let mut state = State {
        run: &mut run,
        answers: Vec::new(),
        changed: Vec::new(),
        warnings: Vec::new(),
        log_file: None,
        same: false,
        settled: false,
    };
    let mut ending = Ending::Done;
    let mut failure = None;
    for (index, step) in plan.steps.iter().enumerate() {
        // A file that was changed since is found before anything is done, not half-way; so is a missing terminal.
        let checked = match &step.action {
            Action::Edit(edit) => edit::check(edit, machine).map(drop),
            Action::HandOver(program) => hand_over::check(program, frontend),
            _ => Ok(()),
        };
        if let Err(why) = checked {
            let Stop::Failed(why) = failed(index + 1, why) else { continue };
            return state.finish(Ending::Failed, Some(*why), machine, frontend).await;
        }
    }
    for (index, step) in plan.steps.iter().enumerate() {
        let number = index + 1;
        let skipped = state.settled || state.same && matches!(step.action, Action::Confirm { .. });
        // A question that is answered at once needs no heading, and asking is shown by the question itself.
        let quiet = match step.action {
            Action::Look(_) => plan.steps.len() == 1,
            Action::Confirm { .. } => true,
            _ => state.settled,
        };
        if !quiet {
            frontend.event(&Event::StepStarted { step: number, of: plan.steps.len(), title: step.title.clone() });
        }
        let started = Instant::now();
        let stop = if frontend.stopped() {
            Some(Stop::Interrupted)
        } else if skipped {
            None
        } else {
            state.step(number, step, machine, frontend).await.err()
        };
        let result = match (&stop, skipped) {
            (None, true) => StepResult::Skipped,
            (None, false) => StepResult::Done,
            (Some(_), _) => StepResult::Failed,
        };
        if !quiet {
            frontend.event(&Event::StepFinished { step: number, result, seconds: started.elapsed().as_secs_f64() });
        }
        ending = match stop {
            None => continue,
            Some(Stop::Declined) => Ending::Declined,
            Some(Stop::Interrupted) => Ending::Interrupted,
            Some(Stop::Failed(why)) => {
                failure = Some(*why);
                Ending::Failed
            }
        };
        break;
    }
    state.finish(ending, failure, machine, frontend).await
}

/// What has come of the run so far.
struct State<'a, 'b> {
    run: &'a mut Run<'b>,
    answers: Vec<Answer>,
    changed: Vec<Reversal>,
    warnings: Vec<String>,
    log_file: Option<PathBuf>,
    /// The last comparison found no difference, so there is nothing to ask about.
    same: bool,
    /// What was made is what was there, so nothing is left to do.
    settled: bool,
}

impl State<'_, '_> {
    async fn step(
        &mut self,
        number: usize,
        step: &Step,
        machine: &impl Machine,
        frontend: &mut dyn Frontend,
    ) -> Result<(), Stop> {
        match &step.action {
            Action::Look(probe) => {
                let answer = probe::answer(probe, machine, self.run.facts).map_err(|why| failed(number, why))?;
                self.same |= matches!(probe, Probe::Inputs { before, after } if same_text(machine, before, after));
                self.settled |= matches!(&answer, Answer::Rewritten { diff, .. } if diff.is_empty());
                self.tell(answer, frontend);
            }
            Action::Compare { from, to } => self.compare(from, to, machine, frontend),
            Action::HandOver(program) => {
                let log = self.log_path();
                let answer = hand_over::run(number, program, machine, frontend, log).await?;
                self.tell(answer, frontend);
            }
            Action::Confirm { question } => {
                if frontend.consent(question) == Consent::No {
                    return Err(if frontend.stopped() { Stop::Interrupted } else { Stop::Declined });
                }
            }
            Action::Edit(edit) => {
                let before = edit::check(edit, machine).map_err(|why| failed(number, why))?;
                let after = edit::content(edit, machine).map_err(|why| failed(number, why))?;
                if before != after {
                    let reversal = Reversal::File { path: edit.path.clone(), before, after: after.clone() };
                    self.write_down(number, step, machine, Some(&reversal), Vec::new())?;
                    edit::apply(edit, after.as_deref(), machine, self.run.facts)
                        .await
                        .map_err(|why| failed(number, why))?;
                    self.changed.push(reversal);
                }
            }
            Action::Run(work) => {
                if let Collect::Index { part, source, local, .. } = &work.collect
                    && gather::have(machine, *part, source, local.as_deref())
                {
                    return Ok(());
                }
                let workshop = &self.run.facts.workshop;
                machine.make_directory(workshop).map_err(|error| {
                    let message = format!("{} could not be made: {error}.", workshop.display());
                    failed(number, edit::Trouble::from_io(message, &error))
                })?;
                let command = settle(&work.command, &self.run.facts.workshop, machine);
                if work.risk > crate::plan::Risk::Reads {
                    let reversal = services::as_it_is(step.reversal.clone(), machine);
                    self.write_down(number, step, machine, reversal.as_ref(), command.vector())?;
                    // Also when it fails it may have done half of its work.
                    self.changed.extend(reversal);
                }
                if work.collect == Collect::Garbage {
                    for link in self.run.facts.builds() {
                        machine.remove(&link).map_err(|error| {
                            failed(
                                number,
                                edit::Trouble::from_io(
                                    format!("{} could not be removed: {error}.", link.display()),
                                    &error,
                                ),
                            )
                        })?;
                    }
                }
                let mut done = program::run(number, &command, &work.collect, machine, frontend, self.log_path()).await;
                evaluated::complete(&mut done, &work.collect, machine, self.run.facts);
                self.keep(&done);
                self.finished(number, done, frontend)?;
                if let Some(answer) = self.what_now(machine, &command) {
                    self.tell(answer, frontend);
                }
            }
            Action::Activate { command, how, system } => {
                return self.activate(number, step, command, *how, system, machine, frontend).await;
            }
        }
        Ok(())
    }

    fn compare(&mut self, from: &Path, to: &Path, machine: &impl Machine, frontend: &mut dyn Frontend) {
        let (Ok(from), Ok(to)) = (machine.resolve(from), machine.resolve(to)) else { return };
        self.same = from == to;
        let state = self.run.facts.store_database.parent().map(Path::to_owned).unwrap_or_default();
        let comparison = if self.same {
            comparison::Comparison::default()
        } else {
            match comparison::compare(machine, &state, &from.to_string_lossy(), &to.to_string_lossy()) {
                Ok(comparison) => comparison,
                Err(why) => {
                    self.warnings.push(format!("The two systems could not be compared: {why}"));
                    return;
                }
            }
        };
        self.tell(Answer::Differs { comparison, system: to.display().to_string() }, frontend);
    }

    /// Takes over what a program said that outlives its step.
    fn keep(&mut self, done: &program::Done) {
        self.warnings.extend(done.log.warnings.iter().cloned());
        if let Some(path) = &done.log_file {
            self.log_file = Some(path.clone());
        }
    }

    fn finished(&mut self, number: usize, done: program::Done, frontend: &mut dyn Frontend) -> Result<(), Stop> {
        use crate::machine::Exit;
        match done.exit {
            Some(Exit::Status(0)) if done.message.is_none() => {
                if let Some(answer) = done.answer {
                    self.tell(answer, frontend);
                }
                Ok(())
            }
            Some(Exit::Interrupted) => Err(Stop::Interrupted),
            Some(Exit::Status(_) | Exit::Signal(_)) | None if frontend.stopped() => Err(Stop::Interrupted),
            exit => Err(Stop::Failed(Box::new(StepFailure {
                step: number,
                exit_code: exit.and_then(Exit::status),
                message: done.message.unwrap_or_else(|| match exit {
                    Some(Exit::Signal(signal)) => format!("{} was killed by signal {signal}.", done.program),
                    Some(Exit::Status(status)) => format!("{} ended with status {status}.", done.program),
                    Some(Exit::Interrupted) | None => format!("{} could not be run.", done.program),
                }),
                id: done.id,
                log: done.log,
                activation: None,
            }))),
        }
    }

    fn tell(&mut self, answer: Answer, frontend: &mut dyn Frontend) {
        frontend.answer(&answer);
        self.answers.push(answer);
    }

    /// After a build: the system that it left.
    fn what_now(&self, machine: &impl Machine, command: &Command) -> Option<Answer> {
        let link = self.run.facts.workshop.join("system");
        let wrote = command.arguments.windows(2).any(|pair| pair[0] == "--out-link" && Path::new(&pair[1]) == link);
        let system = machine.resolve(&link).ok().filter(|_| wrote)?;
        Some(Answer::Built { system: system.display().to_string() })
    }

    fn write_down(
        &mut self,
        number: usize,
        step: &Step,
        machine: &impl Machine,
        reversal: Option<&Reversal>,
        command: Vec<String>,
    ) -> Result<(), Stop> {
        self.run.journal.step(machine, &step.title, reversal, command).map_err(|error| {
            let message = format!("What ask-nix does could not be written down ({error}), so it was not done.");
            failed(number, edit::Trouble::from_io(message, &error))
        })
    }

    fn log_path(&self) -> PathBuf {
        self.run.facts.state.join("logs").join(format!("{}.log", self.run.id))
    }

    /// Puts back what must not stay, and ends the journal's entry.
    async fn finish(
        mut self,
        ending: Ending,
        failure: Option<StepFailure>,
        machine: &impl Machine,
        frontend: &mut dyn Frontend,
    ) -> Execution {
        let (mut put_back, mut not_put_back) = (Vec::new(), Vec::new());
        // What was done and made no difference needs no undo: an update that found nothing newer.
        let had_changes = !self.changed.is_empty();
        self.changed.retain(|reversal| put_back::makes_a_difference(reversal, machine));
        // A machine that is between two systems is left as it is: which of them is wanted is the person's choice.
        let activated = self
            .changed
            .iter()
            .any(|reversal| matches!(reversal, Reversal::Activate { how, .. } if *how != SwitchAction::Boot));
        if ending != Ending::Done && !activated && !self.changed.is_empty() {
            (put_back, not_put_back) =
                put_back::put_back(&self.changed, machine, self.run.facts, frontend, self.log_path()).await;
            if not_put_back.is_empty() {
                self.changed.clear();
            }
        }
        if had_changes
            && self.changed.is_empty()
            && let Err(error) = self.run.journal.put_back(machine)
        {
            self.warnings.push(format!("The journal could not be written: {error}"));
        }
        if let Err(error) = self.run.journal.ended(machine, ending) {
            self.warnings.push(format!("The journal could not be written: {error}"));
        }
        Execution {
            ending,
            answers: self.answers,
            failure,
            warnings: self.warnings,
            put_back,
            not_put_back,
            changed: self.changed,
            log_file: self.log_file,
        }
    }
}

/// Whether two files say the same, byte for byte.
fn same_text(machine: &impl Machine, one: &Path, other: &Path) -> bool {
    matches!((machine.read(one), machine.read(other)), (Ok(one), Ok(other)) if one == other)
}

fn failed(step: usize, why: edit::Trouble) -> Stop {
    Stop::Failed(Box::new(StepFailure {
        step,
        exit_code: None,
        message: why.message,
        id: why.id,
        log: Failure { plain_tail: why.said, ..Failure::default() },
        activation: None,
    }))
}

/// The command with links of the workshop replaced by what they point at now: root must not be led by a link that
/// somebody else could exchange.
fn settle(command: &Command, workshop: &Path, machine: &impl Machine) -> Command {
    let settled = |word: &String| -> String {
        let path = Path::new(word);
        if !path.starts_with(workshop) {
            return word.clone();
        }
        let mut known = PathBuf::new();
        for part in path.components() {
            known.push(part);
            if known.starts_with(workshop) && machine.link(&known).is_ok() {
                known = machine.resolve(&known).unwrap_or(known);
            }
        }
        known.display().to_string()
    };
    let mut result = Command { program: settled(&command.program), ..command.clone() };
    let mut previous = "";
    for (word, old) in result.arguments.iter_mut().zip(&command.arguments) {
        // These options name files to be written, not read.
        if !matches!(previous, "--out-link" | "--output-lock-file") {
            *word = settled(old);
        }
        previous = old;
    }
    result
}
