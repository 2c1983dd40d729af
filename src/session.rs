//! The flow, on one screen: words are understood, a plan is made from the facts, it is shown or carried out, and what came
//! of it is taught. Whatever happens becomes a [`Reply`].

mod carry_out;
mod consent;
mod evidence;
mod follow_up;
mod given;
mod index;
mod memory;
mod model;
mod planned;
mod repair;
mod result;
mod shown;
mod talk;
mod unclear;

use std::path::PathBuf;
use std::time::Instant;

use crate::execute::Frontend;
use crate::machine::Machine;
use crate::machine::facts::{Choices, state_directory};
use crate::model::Model;
use crate::model::choice::Choice as ModelChoice;
use crate::nix::command::Tools;
use crate::operation::Operation;
use crate::outcome::Ending;
use crate::plan::{self, Permission};
use crate::query::{LONGEST, Query};
use crate::recognition::{Mode, OUT_OF_SCOPE, Recognition};
use crate::reply::{Outcome, PlanView, Reply, Status};
use crate::settings::own_words::Own;
use crate::teach::{Level, Tutor};
use crate::understand::{Context, Recognizer};
pub use consent::Yes;
use follow_up::Asked;
pub use given::Given;
use memory::Memory;
use planned::Answered;
pub use repair::FIX_IT;
use talk::intent_title;
use unclear::{offered, unclear};

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
    /// What came from standard input with a request to explain an error.
    pub given_text: Option<Given>,
    /// Whether an update of the index may fetch what the channel publishes.
    pub download: bool,
}

/// Answers requests, one after another, and remembers what was said.
#[expect(clippy::struct_excessive_bools, reason = "what has happened so far, each by itself")]
#[derive(Debug)]
pub struct Session<M> {
    machine: M,
    /// How requests are answered; a conversation may change it.
    pub options: Options,
    recognizer: Recognizer,
    tutor: Tutor,
    context: Context,
    /// The last plan that was shown and not carried out.
    open: Option<Open>,
    /// How many requests were answered.
    turn: u32,
    /// A question that nobody has answered yet.
    asked: Option<Asked>,
    /// What the person allowed, having been asked, for the present request.
    allowed: Vec<Permission>,
    /// Whether an edit that was begun is gone on with.
    go_on: bool,
    /// The machine's flake, as far as it is known by now.
    flake: Option<String>,
    /// What failed last, for "why did that fail?" and "fix it".
    failed: Option<repair::Failed>,
    /// The error that is being repaired.
    fault: Option<plan::repair::Fault>,
    /// The request that goes on after a repair.
    goes_on: Option<repair::GoesOn>,
    /// Whether the last request failed, so that "why?" asks about it.
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
            turn: 0,
            asked: None,
            allowed: Vec::new(),
            go_on: false,
            flake: None,
            failed: None,
            fault: None,
            goes_on: None,
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
        // The ids of lessons about errors are public names that can be asked for.
        match self.tutor.error_named(query.text()) {
            Some(id) => Recognition {
                intent: "explain_error".to_owned(),
                slots: [("text".to_owned(), id.into())].into(),
                confidence: 1.0,
                ..Recognition::default()
            },
            None => self.recognizer.recognize(query, context),
        }
    }

    /// Answers one request, with all further requests of the same line. The first failure ends the line.
    pub async fn answer(&mut self, query: &Query, frontend: &mut dyn Frontend) -> Reply {
        if query.text().len() > LONGEST {
            let message = format!("That is more text than a request can be ({} KiB at most).", LONGEST / 1024);
            let recognition = Recognition { intent: OUT_OF_SCOPE.to_owned(), ..Recognition::default() };
            return Reply::talk("", recognition, Outcome::new(Status::NotUnderstood, message));
        }
        self.turn += 1;
        self.context.plan_open = self.open.is_some();
        self.context.failed = self.failed_lately();
        let reading = self.recognize(query, &self.context);
        self.context.offered.clear();
        if let Some(completed) = self.completed(query.text(), &reading) {
            // What completes a model's reading is still the model's, and what was said is remembered.
            let completed = self.credited(completed);
            self.context.previous.push(completed.clone());
            let mut reply = self.answer_recognition(query.text(), completed, frontend, false).await;
            self.carry_on(&mut reply, frontend).await;
            return reply;
        }
        let rules = self.credited(reading);
        let Some(recognition) = self.second_opinion(query.text(), rules.clone(), frontend).await else {
            return Reply::talk(query.text(), rules, model::interrupted());
        };
        let mut reply = self.answer_recognition(query.text(), recognition.clone(), frontend, false).await;
        self.carry_on(&mut reply, frontend).await;
        reply.outcome.warnings = std::mem::take(&mut self.warnings);
        let mut good = reply.exit_code() == 0;
        for request in recognition.then.clone() {
            if !good {
                break;
            }
            let next = request.into_recognition(recognition.by, recognition.confidence);
            let then = self.answer_recognition(query.text(), next, frontend, false).await;
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
        self.answer_recognition(query, recognition, frontend, false).await
    }

    async fn answer_recognition(
        &mut self,
        query: &str,
        recognition: Recognition,
        frontend: &mut dyn Frontend,
        agreed: bool,
    ) -> Reply {
        let started = Instant::now();
        // An error that was only asked about is the one before, not a new one.
        let told = recognition.intent != "explain_error"
            || self.options.given_text.is_some()
            || recognition.slots.contains_key("text");
        let (plan, mut outcome, lessons) = self.respond(query, &recognition, frontend, agreed).await;
        outcome.seconds = started.elapsed().as_secs_f64();
        self.note_failed(query, &recognition, &mut outcome, told, frontend.present());
        // Whoever does not want the repair still asks about what failed.
        let declined = recognition.intent == "repair_last" && outcome.status != Status::Done;
        if recognition.intent != "explain_error" && !declined {
            self.failed_last = outcome.error.is_some();
        }
        let reply =
            Reply { plan: plan.as_ref().map(PlanView::from), lessons, ..Reply::talk(query, recognition, outcome) };
        self.note_explained(&reply);
        self.note_listed(&reply);
        reply
    }

    async fn respond(
        &mut self,
        query: &str,
        recognition: &Recognition,
        frontend: &mut dyn Frontend,
        agreed: bool,
    ) -> Answered {
        if let Some(unclear) = unclear(recognition) {
            self.context.offered = offered(recognition);
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
                let Some(Open { recognition, turn, declined }) = self.open.take() else {
                    let message = "There is no plan that waits for a yes.";
                    return (None, Outcome::new(Status::Done, message), Vec::new());
                };
                // An "ok" to something else is no yes to what was shown long ago or declined: that is asked again.
                let agreed = !declined && turn + 1 == self.turn;
                // Whoever agrees to a plan that was only explained wants it done.
                let open = Recognition { mode: Mode::Do, ..recognition };
                if matches!(open.operation(), Ok(Operation::RepairLast { .. })) {
                    return self.repair_last(query, &open, frontend, agreed).await;
                }
                return self.plan_and_do(query, &open, frontend, agreed).await;
            }
            Operation::Cancel {} => {
                let message = if self.open.take().is_some() { "Nothing was done." } else { "All right." };
                return (None, Outcome::new(Status::Done, message), Vec::new());
            }
            Operation::RepairLast { .. } => return self.repair_last(query, recognition, frontend, agreed).await,
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
        if let Some((outcome, lessons)) = self.talk(query, &operation, recognition) {
            for answer in &outcome.answers {
                frontend.answer(answer);
            }
            return (None, outcome, lessons);
        }
        self.plan_and_do(query, recognition, frontend, agreed).await
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

    fn memory(&self) -> Memory<'_, M> {
        Memory { machine: &self.machine, state: state_directory(&self.machine) }
    }
}

/// A plan that was shown and not carried out.
#[derive(Debug)]
struct Open {
    /// What was understood.
    recognition: Recognition,
    /// When it was shown.
    turn: u32,
    /// Whether the person said no to it.
    declined: bool,
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
