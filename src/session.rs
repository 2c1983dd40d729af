//! The flow, on one screen: words are understood, a plan is made from the facts, it is shown or carried out, and what came
//! of it is taught. Whatever happens becomes a [`Reply`].

mod consent;
mod evidence;
mod follow_up;
mod index;
mod memory;
mod model;
mod planned;
mod result;
mod talk;
mod unclear;

use std::path::PathBuf;
use std::time::Instant;

use crate::execute::journal::Journal;
use crate::execute::{Consent, Frontend, Run, execute};
use crate::machine::Machine;
use crate::machine::facts::{Choices, state_directory};
use crate::model::Model;
use crate::model::choice::Choice as ModelChoice;
use crate::nix::command::Tools;
use crate::operation::{Level as DryLevel, Operation};
use crate::outcome::Ending;
use crate::plan::{self, Action, Permission, Risk};
use crate::query::{LONGEST, Query};
use crate::recognition::{By, Mode, OUT_OF_SCOPE, Recognition};
use crate::reply::{Outcome, PlanView, Reply, Status};
use crate::settings::own_words::Own;
use crate::teach::{Level, Tutor};
use crate::understand::{Context, Recognizer};
pub use consent::Yes;
use consent::{Person, asks_before_changing, first_question, needed};
use follow_up::Asked;
use memory::Memory;
use planned::{Answered, Planned};
use talk::intent_title;
use unclear::unclear;

/// How requests are answered.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Plans are shown, not carried out.
    pub dry_run: bool,
    /// What was agreed to beforehand.
    pub yes: Yes,
    /// How much is taught.
    pub lessons: Level,
    /// What the person chose about the machine.
    pub choices: Choices,
    /// How Nix is called.
    pub tools: Tools,
    /// The optional language model.
    pub model: ModelChoice,
    /// The person's own words.
    pub own_words: Own,
    /// Words from standard input that go with a request to explain an error.
    pub given_text: Option<String>,
    /// Whether an update of the index may fetch what the channel publishes.
    pub download: bool,
}

/// So many logs of runs are kept.
const LOGS: usize = 30;

/// Answers requests, one after another, and remembers what was said.
#[derive(Debug)]
pub struct Session<M> {
    machine: M,
    /// How requests are answered; a conversation may change it.
    pub options: Options,
    recognizer: Recognizer,
    tutor: Tutor,
    context: Context,
    /// The last plan that was shown and not carried out, with what was understood.
    open: Option<Recognition>,
    /// A question that nobody has answered yet.
    asked: Option<Asked>,
    /// What the person allowed, having been asked, for the present request.
    allowed: Vec<Permission>,
    /// Whether an edit that was begun is gone on with.
    go_on: bool,
    /// The machine's flake, as far as it is known by now.
    flake: Option<String>,
    /// The last error, for "why did that fail?".
    last_failure: Option<crate::reply::Failure>,
    /// Whether it came of the last request, so that "why?" asks about it.
    failed_last: bool,
    runs: u32,
    model: Model,
    /// What was explained last, for "explain more".
    explained: Option<model::Explained>,
    /// What was wrong before anything was asked; the first reply says it.
    warnings: Vec<String>,
    /// That the model does not answer was said.
    told_of_trouble: bool,
    /// That the model is on another computer was said.
    told_of_distance: bool,
}

impl<M: Machine> Session<M> {
    /// A session that works on this machine.
    pub fn new(machine: M, options: Options) -> Self {
        let model = Model::new(options.model.clone(), options.tools.offline);
        Self {
            model,
            explained: None,
            told_of_trouble: false,
            told_of_distance: false,
            machine,
            warnings: options.own_words.problems.iter().map(ToString::to_string).collect(),
            recognizer: Recognizer::new().with_own_words(&options.own_words.words),
            tutor: Tutor::default(),
            context: Context::default(),
            open: None,
            asked: None,
            allowed: Vec::new(),
            go_on: false,
            flake: None,
            last_failure: None,
            failed_last: false,
            runs: 0,
            options,
        }
    }

    /// The machine that it works on.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// Only says what is understood.
    pub fn recognize(&self, query: &Query, context: &Context) -> Recognition {
        if query.text().is_empty() || query.text().len() > LONGEST {
            return Recognition { intent: OUT_OF_SCOPE.to_owned(), ..Recognition::default() };
        }
        let recognition = self.recognizer.recognize(query, context);
        // The ids of lessons about errors are public names that can be asked for.
        match self.tutor.error_named(query.text()).filter(|_| recognition.intent == OUT_OF_SCOPE) {
            Some(id) => Recognition {
                intent: "explain_error".to_owned(),
                slots: [("text".to_owned(), id.into())].into(),
                confidence: 1.0,
                ..Recognition::default()
            },
            None => recognition,
        }
    }

    /// What of the person's own words led to this reading.
    pub fn own_evidence(&self, query: &Query, meant: &Recognition) -> Vec<String> {
        self.recognizer.own_evidence(query, meant)
    }

    /// Answers one request, with all further requests of the same line. The first failure ends the line.
    pub async fn answer(&mut self, query: &Query, frontend: &mut dyn Frontend) -> Reply {
        if query.text().len() > LONGEST {
            let message = format!("That is more text than a request can be ({} KiB at most).", LONGEST / 1024);
            let recognition = Recognition { intent: OUT_OF_SCOPE.to_owned(), ..Recognition::default() };
            return Reply::talk("", recognition, Outcome::new(Status::NotUnderstood, message));
        }
        self.context.plan_open = self.open.is_some();
        let reading = self.recognize(query, &self.context);
        if let Some(completed) = self.completed(query.text(), &reading) {
            return self.answer_recognition(query.text(), completed, frontend).await;
        }
        let rules = self.credited(reading);
        let Some(recognition) = self.second_opinion(query.text(), rules.clone(), frontend).await else {
            return Reply::talk(query.text(), rules, model::interrupted());
        };
        let mut reply = self.answer_recognition(query.text(), recognition.clone(), frontend).await;
        reply.outcome.warnings = std::mem::take(&mut self.warnings);
        let mut good = reply.exit_code() == 0;
        for request in recognition.then.clone() {
            if !good {
                break;
            }
            let next = request.into_recognition(recognition.by, recognition.confidence);
            let then = self.answer_recognition(query.text(), next, frontend).await;
            good = then.exit_code() == 0;
            reply.then.push(then);
        }
        self.context.previous.push(recognition);
        reply
    }

    /// Answers a request that was understood elsewhere: `query` is how it was said. The same checks and questions apply.
    pub async fn answer_understood(
        &mut self,
        query: &str,
        recognition: Recognition,
        frontend: &mut dyn Frontend,
    ) -> Reply {
        self.answer_recognition(query, recognition, frontend).await
    }

    async fn answer_recognition(
        &mut self,
        query: &str,
        recognition: Recognition,
        frontend: &mut dyn Frontend,
    ) -> Reply {
        let started = Instant::now();
        let (plan, mut outcome, lessons) = self.respond(query, &recognition, frontend).await;
        outcome.seconds = started.elapsed().as_secs_f64();
        if outcome.error.is_some() {
            self.last_failure.clone_from(&outcome.error);
        }
        if recognition.intent != "explain_error" {
            self.failed_last = outcome.error.is_some();
        }
        let reply =
            Reply { plan: plan.as_ref().map(PlanView::from), lessons, ..Reply::talk(query, recognition, outcome) };
        self.note_explained(&reply);
        self.note_listed(&reply);
        reply
    }

    async fn respond(&mut self, query: &str, recognition: &Recognition, frontend: &mut dyn Frontend) -> Answered {
        if let Some(unclear) = unclear(recognition) {
            return (None, unclear, Vec::new());
        }
        let operation = match recognition.operation() {
            Ok(operation) => operation,
            Err(why) => {
                let Some(search) = self.instead(query, recognition) else {
                    if let Some(slot) = follow_up::missing(&why) {
                        self.ask_later(recognition, &slot, &[]);
                    }
                    return (None, Self::incomplete(recognition, &why), Vec::new());
                };
                let (plan, mut outcome, lessons) = self.plan_and_do(query, &search, frontend, false).await;
                if outcome.status == Status::Done {
                    outcome.status = Status::Question;
                    let question = format!("{}: which of these?", intent_title(&recognition.intent));
                    outcome.message = Some(question.clone());
                    outcome.question = Some(question);
                }
                return (plan, outcome, lessons);
            }
        };
        match operation {
            Operation::Confirm {} => {
                // Whoever agrees to a plan that was only explained wants it done.
                let open = self.open.take().map(|open| Recognition { mode: Mode::Do, ..open });
                let Some(open) = open else {
                    let message = "There is no plan that waits for a yes.";
                    return (None, Outcome::new(Status::Done, message), Vec::new());
                };
                return self.plan_and_do(query, &open, frontend, true).await;
            }
            Operation::Cancel {} => {
                let message = if self.open.take().is_some() { "Nothing was done." } else { "All right." };
                return (None, Outcome::new(Status::Done, message), Vec::new());
            }
            Operation::ModelStatus {} => {
                let (outcome, lessons) = self.model_status(frontend).await;
                return (None, outcome, lessons);
            }
            Operation::ExplainMore {} => {
                let (outcome, lessons) = self.explain_more(frontend).await;
                return (None, outcome, lessons);
            }
            _ => {}
        }
        if let Some((outcome, lessons)) = self.talk(&operation, recognition) {
            for answer in &outcome.answers {
                frontend.answer(answer);
            }
            return (None, outcome, lessons);
        }
        self.plan_and_do(query, recognition, frontend, false).await
    }

    /// For a request that needs a package and names none, the search for what it describes.
    fn instead(&self, query: &str, recognition: &Recognition) -> Option<Recognition> {
        let needs = matches!(recognition.intent.as_str(), "install_package" | "try_package" | "run_package");
        if !needs || recognition.slots.contains_key("packages") || recognition.slots.contains_key("package") {
            return None;
        }
        let sought = self.recognizer.sought(&Query::new(query))?;
        Some(Recognition {
            intent: "search_package".to_owned(),
            slots: [("query".to_owned(), sought.into())].into(),
            mode: Mode::Do,
            ..recognition.clone()
        })
    }

    async fn plan_and_do(
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
            Err(outcome) => return *outcome,
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
            self.open = Some(Recognition { intent, slots, ..recognition.clone() });
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
                self.open = Some(recognition.clone());
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
            self.open = Some(recognition.clone());
        }
        let (outcome, lessons) = self.finished(recognition, &facts, &plan, &execution);
        (Some(plan), outcome, lessons)
    }

    /// Logs are for looking up what went wrong lately; without an end they would fill the disk.
    fn forget_old_logs(&self) {
        let directory = log_directory(&self.machine);
        let names = self.machine.list(&directory).unwrap_or_default();
        for name in names.iter().take(names.len().saturating_sub(LOGS)) {
            let _ = self.machine.remove(&directory.join(name));
        }
    }

    fn memory(&self) -> Memory<'_, M> {
        Memory { machine: &self.machine, state: state_directory(&self.machine) }
    }
}

/// Names the run: by time, so that logs sort, and by process and count, so that no two are the same.
fn run_id(count: u32) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{now}-{}-{count}", std::process::id())
}

/// Where the log files of a machine's runs are.
pub fn log_directory(machine: &impl Machine) -> PathBuf {
    state_directory(machine).join("logs")
}

/// How an execution ended, as teaching sees it.
fn teach_ending(ending: Ending) -> crate::teach::Ending {
    match ending {
        Ending::Done => crate::teach::Ending::Done,
        Ending::Declined => crate::teach::Ending::Declined,
        Ending::Failed | Ending::Interrupted => crate::teach::Ending::Failed,
    }
}
