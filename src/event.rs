//! What is told while a plan is carried out. Frontends draw it, `--events` prints it as it is.

use serde::Serialize;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step begins.
    StepStarted {
        /// Its number in the plan, from 1.
        step: usize,
        /// How many steps the plan has.
        of: usize,
        /// What it does, in words.
        title: String,
    },
    /// How far the running step is. Coalesced: at most about ten a second.
    Progress {
        /// The step that this is about.
        step: usize,
        /// The state of its work.
        #[serde(flatten)]
        progress: Progress,
    },
    /// A line that a person may want to see: output of a program, a warning, a message of Nix. Free of escape sequences.
    Log {
        /// The step that printed it.
        step: usize,
        /// How much it matters.
        level: Level,
        /// The derivation whose build printed it, by name.
        #[serde(skip_serializing_if = "Option::is_none")]
        derivation: Option<String>,
        /// The line.
        line: String,
    },
    /// A step ended.
    StepFinished {
        /// Its number, from 1.
        step: usize,
        /// How it ended.
        result: StepResult,
        /// How long it took.
        seconds: f64,
    },
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// It did what its title says.
    Done,
    /// There was nothing to do.
    Skipped,
    /// It failed; the reply says why.
    Failed,
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is odd.
    Warning,
    /// What people normally want to know.
    Info,
    /// Output of builds and details.
    Detail,
}

/// What a step is busy with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing has been heard yet.
    #[default]
    Starting,
    /// Nix expressions are read and evaluated.
    Evaluating,
    /// Inputs or sources are fetched, caches are asked.
    Fetching,
    /// Paths are downloaded or built.
    Realising,
}

/// A snapshot of running work, from Nix's structured log.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Progress {
    /// What the work is at.
    pub phase: Phase,
    /// What Nix says that it is doing, when it is neither building nor downloading: "querying info about missing paths".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// Nix files evaluated so far.
    pub files_evaluated: u64,
    /// Derivations.
    pub builds: Count,
    /// Store paths copied from caches.
    pub downloads: Count,
    /// Bytes of these downloads.
    pub bytes: Count,
    /// What runs now, longest-running first.
    pub running: Vec<Running>,
    /// What ended since the snapshot before this one, however short it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finished: Vec<Finished>,
}

/// One build or download that ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finished {
    /// Which kind of work.
    pub kind: RunningKind,
    /// The name of the store path, without its hash.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// It failed, as far as Nix has said so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// So many of so many. Nix's expectations are estimates that may exceed the truth at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Finished.
    pub done: u64,
    /// Expected in all, 0 when not known.
    pub expected: u64,
    /// Failed.
    pub failed: u64,
}

/// One build or download that runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Running {
    /// Which kind of work.
    pub kind: RunningKind,
    /// The name of the store path, without its hash.
    pub name: String,
    /// A build's phase: `buildPhase`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// How long it has been running.
    pub seconds: f64,
    /// Bytes so far and in all, for downloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Count>,
    /// The machine that builds it, when it is not this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What it waits for: a lock, a free build user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// Kinds of running work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunningKind {
    /// A derivation is built.
    Build,
    /// A store path is downloaded or copied.
    Copy,
    /// A file is downloaded: a source, a channel.
    Download,
    /// Something else that takes time.
    Other,
}
