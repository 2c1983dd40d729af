//! A plan: what will be done, as data. It is shown as it is, carried out as it is, and holds no code, so a preview cannot
//! differ from the deed.

mod channels;
mod check;
mod configure;
mod evaluate;
mod flakes;
mod generations;
mod index;
mod make;
mod programs;
mod rebuild;
mod refusal;
mod release;
pub mod repair;
mod services;
mod store;
pub mod undo;
mod when;

use std::path::PathBuf;

pub use check::Expectation;
pub use make::{Wish, plan};
pub use refusal::{Answers, Question, Refusal, Unplanned};
use serde::{Deserialize, Serialize};

use crate::machine::Command;
use crate::nix::command::Part;
use crate::operation::slots::ServiceName;
use crate::operation::{Field, GenerationNumber, SwitchAction};

/// What is going to happen, step by step.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In one line: "Update the system and switch to it".
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Things the person should know before agreeing, a sentence each.
    pub notes: Vec<String>,
    /// How to take it back: a command to type; none when it cannot be taken back.
    pub undo: Option<String>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// In words, an imperative: "Build the new system".
    pub title: String,
    /// What is done.
    pub action: Action,
    /// What takes it back, as far as it is known before. The runner adds what it sees (the file's old content).
    pub reversal: Option<Reversal>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Read and answer; changes nothing.
    Look(Probe),
    /// Change a file.
    Edit(Edit),
    /// Run a program.
    Run(Run),
    /// Show what would change between two systems. Told natively from the store's database.
    Compare {
        /// The older closure: a store path or a link to one.
        from: PathBuf,
        /// The newer one.
        to: PathBuf,
    },
    /// Run a program that has the terminal to itself: a shell.
    HandOver(HandOver),
    /// Ask the person, now that more is known.
    Confirm {
        /// A question that yes or no answers.
        question: String,
    },
    /// Run a system's switch-to-configuration, whose exit statuses and texts have meanings of their own.
    Activate {
        /// The whole command, with systemd-run and the privilege helper where they are used.
        command: Command,
        /// What is asked of it.
        how: SwitchAction,
        /// The system: a store path or a link to one. Afterwards it must be the one that runs.
        system: PathBuf,
    },
}

/// Risks, from none to what cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing is changed.
    Reads,
    /// Something is changed that can be changed back.
    Changes,
    /// Something is gone afterwards.
    Destroys,
}

/// A program run, and what it means.
#[derive(Clone, Debug)]
pub struct Run {
    /// The command.
    pub command: Command,
    /// What it does to the machine.
    pub risk: Risk,
    /// What is made of its output.
    pub collect: Collect,
}

/// Something that nixpkgs refuses until it is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// A package whose licence is not free, by its name without a version.
    Unfree(String),
    /// A package that is known to be insecure, in this version.
    Insecure(String),
}

/// A program that has the terminal to itself.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// The command.
    pub command: Command,
    /// What it is, for telling how it ended.
    pub what: String,
    /// Whether it makes sense without a terminal; its output is then the answer.
    pub alone: bool,
    /// The copy of a text that it works on.
    pub copy: Option<WorkingCopy>,
}

/// A copy of a file's text, for a person to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingCopy {
    /// Where it lies; it belongs to this text, so that what was begun is found again.
    pub file: PathBuf,
    /// The text as it is.
    pub text: String,
    /// Whether what was begun before is gone on with, without asking.
    pub go_on: bool,
}

/// A file's change.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The file.
    pub path: PathBuf,
    /// What it becomes.
    pub after: Content,
    /// The text it had when the plan was made. Execution refuses when the file has changed since.
    pub before: Option<String>,
    /// Whether only root can write it.
    pub root: bool,
    /// What it does to the machine, once that is as the file says.
    pub risk: Risk,
}

/// New content of a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// This text.
    Text(String),
    /// What stands in that file by then: a lock file that an earlier step made.
    From(PathBuf),
    /// The file goes away.
    Absent,
}

/// What is made of a program's output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Collect {
    /// Nothing beyond the log.
    #[default]
    Nothing,
    /// What would be built and fetched, from Nix's `--dry-run`.
    DryBuild,
    /// What the garbage collector freed.
    Garbage,
    /// How much hard-linking saves.
    Optimise,
    /// Which store paths are damaged.
    Verify,
    /// Whether the configuration says by evaluation what it was edited to say: a list of answers, one for each.
    Holds(Vec<Expectation>),
    /// Whether an error is gone: when the program fails, its messages must not have one of these signs, each of which is
    /// words that stand together. That it fails at something else is good enough.
    Mended {
        /// The signs.
        signs: Vec<Vec<String>>,
    },
    /// Nothing: that it went well is the answer, about this flake.
    Checked {
        /// The flake.
        flake: String,
    },
    /// The names of the machines of a flake.
    Hosts {
        /// The one that this machine is.
        this: String,
    },
    /// What a flake is made of.
    Metadata,
    /// What a flake gives.
    Outputs,
    /// What was built, and where the link to it is.
    Products {
        /// The link.
        link: PathBuf,
    },
    /// What a system was evaluated to.
    Valid,
    /// What the configuration says about a path.
    Value {
        /// The path.
        path: Vec<String>,
    },
    /// A text, which is kept in a file.
    Text {
        /// The file.
        file: PathBuf,
    },
    /// A part of the index of packages and options.
    Index {
        /// Which part.
        part: Part,
        /// Where it comes from.
        source: String,
        /// Whether the program fetches a published list, and prints where it is, instead of printing the part itself.
        published: bool,
        /// A published list that is on the machine already; where it is there, nothing is run.
        local: Option<PathBuf>,
    },
    /// The newest revision of a channel.
    Channel {
        /// Its name.
        name: String,
        /// The revision that this machine has.
        revision: Option<String>,
    },
}

/// A question that is answered by reading, natively.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is the operation of the same name, described in intents/")]
pub enum Probe {
    Generations {
        limit: Option<usize>,
    },
    Compare {
        from: GenerationNumber,
        to: GenerationNumber,
    },
    /// What collecting garbage would free, when these generations of the system are deleted before.
    Garbage {
        deleted: Vec<GenerationNumber>,
    },
    /// Which locked inputs differ between two lock files.
    Inputs {
        before: PathBuf,
        after: PathBuf,
    },
    DiskUsage,
    SystemInfo,
    SystemHealth,
    Channels,
    Service {
        service: ServiceName,
    },
    Services,
    Logs {
        service: Option<ServiceName>,
    },
    Settings {
        topic: Option<String>,
    },
    /// Whether the files of the configuration can be read.
    Syntax,
    /// A configuration that was put together and is written nowhere.
    Written {
        name: String,
        text: String,
        notes: Vec<String>,
    },
    /// What differs between a file and what it is to become.
    Rewritten {
        path: PathBuf,
        before: Option<String>,
        after: PathBuf,
    },
    ExplainOption {
        option: String,
    },
    FindProvider {
        command: String,
    },
    ListInstalled {
        filter: Option<String>,
    },
    PackageInfo {
        package: String,
        field: Option<Field>,
    },
    SearchOption {
        query: String,
    },
    SearchPackage {
        query: String,
    },
    WhyInstalled {
        package: String,
    },
    IndexStatus,
    /// Put the index together of what was read; the one that writes, and only into the cache.
    MakeIndex {
        source: String,
        channel: Option<PathBuf>,
    },
}

/// What takes a step back. Kept in the journal, so it must make sense weeks later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reversal", rename_all = "snake_case")]
pub enum Reversal {
    /// Put a file back. `before` is filled in by the runner; `None` means that there was no file.
    File {
        /// The file.
        path: PathBuf,
        /// Its old content.
        #[serde(default)]
        before: Option<String>,
        /// What the step wrote; when the file says something else by then, undoing refuses.
        #[serde(default)]
        after: Option<String>,
    },
    /// Point a profile at a generation that it had.
    Profile {
        /// The profile.
        profile: PathBuf,
        /// The generation that was current.
        generation: GenerationNumber,
    },
    /// Run a system's switch-to-configuration again.
    Activate {
        /// The system to activate.
        system: PathBuf,
        /// How.
        how: SwitchAction,
    },
    /// Start or stop a unit of systemd.
    Unit {
        /// The unit.
        unit: String,
        /// Whether it was active; filled in by the runner.
        #[serde(default)]
        active: Option<bool>,
    },
    /// Run a command that does the opposite.
    Run {
        /// In words.
        title: String,
        /// The command.
        vector: Vec<String>,
        /// Whether it needs root.
        root: bool,
    },
}

impl Action {
    /// What this step alone does to the machine.
    pub fn risk(&self) -> Risk {
        match self {
            Self::Look(_)
            | Self::Compare { .. }
            | Self::Confirm { .. }
            | Self::HandOver(_)
            | Self::Activate { how: SwitchAction::DryActivate, .. } => Risk::Reads,
            Self::Edit(edit) => edit.risk,
            Self::Activate { .. } => Risk::Changes,
            Self::Run(run) => run.risk,
        }
    }
}

impl Step {
    /// A step that runs a program and needs no taking back.
    pub fn run(title: &str, command: Command, risk: Risk, collect: Collect) -> Self {
        Self { title: title.to_owned(), action: Action::Run(Run { command, risk, collect }), reversal: None }
    }
}

impl Plan {
    /// A plan that answers one question by reading.
    pub fn look(title: &str, probe: Probe) -> Self {
        let step = Step { title: title.to_owned(), action: Action::Look(probe), reversal: None };
        Self { title: title.to_owned(), steps: vec![step], notes: Vec::new(), undo: None }
    }

    /// The greatest risk of any step.
    pub fn risk(&self) -> Risk {
        self.steps.iter().map(|step| step.action.risk()).max().unwrap_or(Risk::Reads)
    }

    /// Whether any step needs root.
    pub fn needs_root(&self) -> bool {
        self.steps.iter().any(|step| match &step.action {
            Action::Run(run) => run.command.root,
            Action::Activate { command, .. } => command.root,
            Action::Edit(edit) => edit.root,
            Action::HandOver(hand_over) => hand_over.command.root,
            Action::Look(_) | Action::Compare { .. } | Action::Confirm { .. } => false,
        })
    }
}
