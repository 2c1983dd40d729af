//! The answer to a request, as one value: rendered for people and for scripts from the same source. The shape is the
//! public interface that `ask-nix schema` describes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::machine::Command;
use crate::outcome::Answer;
use crate::plan::{Action, Content, Edit, Plan, Risk, Step};
use crate::recognition::Recognition;
use crate::teach::Lesson;

/// The version of the shape; it changes only when a field changes its meaning.
pub const SCHEMA: u32 = 1;

/// The answer to one request.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Reply {
    /// The version of this shape.
    pub schema: u32,
    /// What was said.
    pub query: String,
    /// What was understood; none when the command line itself was wrong.
    pub recognition: Option<Recognition>,
    /// What was, or would be, done.
    pub plan: Option<PlanView>,
    /// What came of it.
    pub outcome: Outcome,
    /// What there is to learn.
    pub lessons: Vec<Lesson>,
    /// The replies to further requests of the same line.
    pub then: Vec<Reply>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was done, or answered.
    #[default]
    Done,
    /// The plan was shown; nothing was done.
    Planned,
    /// Nobody agreed.
    Declined,
    /// It will not be done.
    Refused,
    /// It was tried and failed.
    Failed,
    /// No intent fits.
    NotUnderstood,
    /// An answer is needed first.
    Question,
}

/// What came of a request.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// What was found out or done.
    #[serde(rename = "data", serialize_with = "data")]
    #[schemars(with = "Map<String, Value>")]
    pub answers: Vec<Answer>,
    /// What went wrong.
    pub error: Option<Failure>,
    /// Further things that went wrong, or were warned about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Failure>,
    /// A sentence for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Likely answers to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What was put back after a failure or a no.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_back: Vec<String>,
    /// In which state the machine is, when that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What can be said next to get on: requests, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Next>,
    /// What would mend the error; only said, never done by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
    /// What is wrong in the person's own files; the first outcome of a run says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How long it took.
    pub seconds: f64,
    /// The person or a signal stopped it.
    #[serde(skip)]
    pub interrupted: bool,
}

/// A request that would help now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Next {
    /// What it does, as a question: "Go back to the system that ran before?".
    pub question: String,
    /// What to say.
    pub query: String,
}

/// What would mend an error.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Repair {
    /// In a line: "Allow the unfree package vscode"; a question, when the person has to choose.
    pub title: String,
    /// What to say to have it done.
    pub query: String,
    /// What would be done; null when that depends on a choice, or when only the request was wrong.
    pub plan: Option<PlanView>,
    /// What there is to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// Something that went wrong, diagnosed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// An id of the error catalogue, or `unknown`.
    pub id: String,
    /// In one sentence.
    pub message: String,
    /// The line that matters.
    pub root_cause: String,
    /// The step of the plan, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The exit status of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The last lines of the log.
    pub log_tail: Vec<String>,
    /// Where the whole log is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_file: Option<String>,
    /// The names in it: package, option, file, line …
    pub bindings: BTreeMap<String, Value>,
}

/// A plan as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanView {
    /// What it is about.
    pub title: String,
    /// `reads`, `changes` or `destroys`.
    pub risk: String,
    /// Whether any step needs root.
    pub needs_root: bool,
    /// The command that takes it back; null when nothing does.
    pub undo: Option<String>,
    /// The steps.
    pub steps: Vec<StepView>,
    /// What should be known before agreeing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A step as it is shown.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct StepView {
    /// What it does.
    pub title: String,
    /// `look`, `edit`, `run`, `hand_over`, `compare` or `confirm`.
    pub kind: &'static str,
    /// The file that is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The change, as a unified diff, when it is known before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The argument vector: complete, and no shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Whether it needs root.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub root: bool,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        let risk = match plan.risk() {
            Risk::Reads => "reads",
            Risk::Changes => "changes",
            Risk::Destroys => "destroys",
        };
        Self {
            title: plan.title.clone(),
            risk: risk.to_owned(),
            needs_root: plan.needs_root(),
            undo: plan.undo.clone().filter(|_| plan.risk() == Risk::Changes),
            steps: plan.steps.iter().map(StepView::from).collect(),
            notes: plan.notes.clone(),
        }
    }
}

impl From<&Step> for StepView {
    fn from(step: &Step) -> Self {
        let base = Self { title: step.title.clone(), ..Self::default() };
        let command = |kind, command: &Command| Self {
            kind,
            command: Some(command.vector()),
            root: command.root,
            ..base.clone()
        };
        match &step.action {
            Action::Look(_) => Self { kind: "look", ..base },
            Action::Compare { .. } => Self { kind: "compare", ..base },
            Action::Confirm { .. } => Self { kind: "confirm", ..base },
            Action::Run(run) => command("run", &run.command),
            Action::HandOver(hand_over) => command("hand_over", &hand_over.command),
            Action::Activate { command: run, .. } => command("run", run),
            Action::Edit(edit) => Self {
                kind: "edit",
                path: Some(edit.path.display().to_string()),
                diff: diff(edit),
                root: edit.root,
                ..base
            },
        }
    }
}

/// The change of an edit whose both sides are known.
fn diff(edit: &Edit) -> Option<String> {
    let Content::Text(after) = &edit.after else { return None };
    let name = edit.path.display().to_string();
    let old = if edit.before.is_some() { name.as_str() } else { "/dev/null" };
    let before = edit.before.as_deref().unwrap_or_default();
    Some(similar::TextDiff::from_lines(before, after).unified_diff().header(old, &name).to_string())
}

impl Outcome {
    /// An outcome of a status, with a sentence.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: Some(message.into()), ..Self::default() }
    }
}

impl Reply {
    /// A reply without a plan.
    pub fn talk(query: &str, recognition: Recognition, outcome: Outcome) -> Self {
        Self {
            schema: SCHEMA,
            query: query.to_owned(),
            recognition: Some(recognition),
            plan: None,
            outcome,
            lessons: Vec::new(),
            then: Vec::new(),
        }
    }

    /// A reply to a command line that is wrong in itself.
    pub fn wrong_usage(query: &str, message: &str) -> Self {
        Self {
            schema: SCHEMA,
            query: query.to_owned(),
            recognition: None,
            plan: None,
            outcome: Outcome::new(Status::Refused, message),
            lessons: Vec::new(),
            then: Vec::new(),
        }
    }

    /// The repair of what was tried and failed. Whoever only asked about an error, or was warned, is not pressed.
    pub fn to_repair(&self) -> Option<&Repair> {
        let tried = matches!(self.outcome.status, Status::Failed | Status::Refused);
        self.outcome.repair.as_ref().filter(|_| tried)
    }

    /// The exit status of the program, for this reply and those to further requests: the highest.
    pub fn exit_code(&self) -> u8 {
        let own = if self.outcome.interrupted {
            130
        } else {
            match self.outcome.status {
                Status::Done | Status::Planned => 0,
                Status::Refused if self.recognition.is_none() => 2,
                Status::Failed | Status::Refused => 1,
                Status::NotUnderstood | Status::Question => 3,
                Status::Declined => 4,
            }
        };
        self.then.iter().map(Self::exit_code).fold(own, u8::max)
    }
}

/// Answers as the one object of `data`: what was asked for stands at the top, what was found on the way under its name.
fn data<S: Serializer>(answers: &[Answer], serializer: S) -> Result<S::Ok, S::Error> {
    let mut data = Map::new();
    for answer in answers {
        if let Ok(Value::Object(object)) = serde_json::to_value(answer) {
            data.extend(object);
        }
    }
    data.serialize(serializer)
}
