//! What came of carrying out a plan.

use std::path::PathBuf;

use serde::Serialize;

use crate::model::report::Report;
use crate::nix::comparison::Comparison;
use crate::nix::disk_usage::DiskUsage;
use crate::nix::garbage::Forecast;
use crate::nix::generation::Generation;
use crate::nix::health::Finding;
use crate::nix::installed::Installed;
use crate::nix::journal::Digest;
use crate::nix::lock_file::InputChange;
use crate::nix::log::Failure;
use crate::nix::settings::{Broken, File, Setting};
use crate::nix::system_info::SystemInfo;
use crate::nix::unit_state::UnitState;
use crate::nix::units::UnitChanges;
use crate::nix::value::Evaluated;
use crate::nix::why::Chain;
use crate::operation::GenerationNumber;
use crate::plan::Reversal;
use crate::search;
use crate::search::answer::{OptionAbout, OptionsFound, PackageAbout, PackagesFound, Providers};

/// Something that was found out or done, as data. Frontends word it, `--json` prints it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The generations of the system.
    Generations {
        /// Oldest first.
        generations: Vec<Generation>,
    },
    /// What differs between two generations.
    Compared {
        /// The older one.
        from: GenerationNumber,
        /// The newer one.
        to: GenerationNumber,
        /// The differences.
        #[serde(flatten)]
        comparison: Comparison,
    },
    /// What differs between the running and the new system.
    Differs {
        /// The differences.
        comparison: Comparison,
        /// The new system's store path.
        system: String,
    },
    /// Flake inputs that differ.
    Inputs {
        /// One for each input that differs.
        inputs: Vec<InputChange>,
    },
    /// What a channel says is its newest revision.
    ChannelNews {
        /// The channel's name.
        channel: String,
        /// The revision that this machine has.
        revision: Option<String>,
        /// The newest revision.
        newest: Option<String>,
    },
    /// What collecting garbage would free.
    Forecast {
        /// The forecast.
        would_free: Forecast,
    },
    /// What the collector freed.
    Freed {
        /// Bytes, as Nix counted them.
        bytes_freed: Option<u64>,
        /// Store paths.
        paths_deleted: u64,
    },
    /// What hard-linking saves.
    Optimised {
        /// Bytes that are no longer stored twice.
        bytes_saved: u64,
        /// Files that became links.
        files_linked: u64,
    },
    /// Damage that verifying found.
    Verified {
        /// Store paths whose content is not what it was.
        corrupted: Vec<String>,
        /// Store paths that are listed and not there.
        missing: Vec<String>,
        /// Store paths without a signature that is trusted.
        untrusted: Vec<String>,
    },
    /// What would be built and fetched.
    DryBuild {
        /// The derivations that would be built, by name.
        would_build: Vec<String>,
        /// The store paths that would be fetched, by name.
        would_fetch: Vec<String>,
        /// Bytes of these downloads.
        download_bytes: Option<u64>,
        /// Bytes that they take in the store.
        unpacked_bytes: Option<u64>,
    },
    /// Units that activation would or did stop, start and restart.
    Units {
        /// The units.
        units: UnitChanges,
    },
    /// What takes the space.
    DiskUsage(DiskUsage),
    /// What this system is.
    SystemInfo(Box<SystemInfo>),
    /// What is well and what is not.
    Health {
        /// One for each thing that was looked at.
        findings: Vec<Finding>,
    },
    /// Where packages come from.
    Channels {
        /// Channels or flake inputs.
        channels: Vec<SourceOfPackages>,
    },
    /// Packages that a search found.
    PackagesFound(PackagesFound),
    /// Options that a search found.
    OptionsFound(OptionsFound),
    /// About a package.
    PackageAbout(Box<PackageAbout>),
    /// About an option.
    OptionAbout(Box<OptionAbout>),
    /// Which packages bring a command.
    Providers(Providers),
    /// What is installed.
    Installed {
        /// Only what fits this.
        filter: Option<String>,
        /// The packages.
        packages: Vec<Installed>,
        /// Nobody chose it, but something that is installed needs it.
        needed_by_others: bool,
        /// Names of installed packages that are near, when none fits.
        nearest: Vec<String>,
    },
    /// Why a package is there.
    Why {
        /// The package.
        package: String,
        /// What of it is on the machine, by name and version.
        here: Vec<String>,
        /// The shortest ways to it.
        chains: Vec<Chain>,
    },
    /// The state of the index.
    IndexStatus {
        /// The state.
        index: Box<search::answer::Status>,
    },
    /// What ask-nix did, newest first.
    History {
        /// The journal's entries.
        entries: Vec<serde_json::Value>,
    },
    /// The lessons that the person has met.
    LessonsMet {
        /// Ids, and how often.
        lessons: Vec<serde_json::Value>,
    },
    /// What can be asked.
    Help {
        /// One for each intent.
        intents: Vec<HelpEntry>,
        /// The person's own sentences.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        own: Vec<HelpEntry>,
    },
    /// Whether the language model works.
    Model {
        /// What was found out.
        model: Box<Report>,
    },
    /// What the language model said; only ever shown.
    Prose {
        /// Its words, cleaned.
        explanation: String,
        /// Its name.
        model: String,
        /// What runs it.
        server: crate::model::Kind,
    },
    /// How a service does.
    Service {
        /// Its name.
        service: String,
        /// The option that turns it on.
        #[serde(skip_serializing_if = "Option::is_none")]
        option: Option<String>,
        /// Where the configuration says so.
        configured: Vec<Setting>,
        /// Its units.
        units: Vec<UnitState>,
        /// What it said, when it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        log: Option<Digest>,
    },
    /// The services that run, and those that failed, which come first.
    Services {
        /// Their units.
        units: Vec<UnitState>,
    },
    /// What services said.
    Logs {
        /// The service; none for all.
        service: Option<String>,
        /// What matters of it.
        #[serde(flatten)]
        log: Digest,
        /// Whether the person may read only a part of the journal.
        only_own: bool,
    },
    /// The files of the configuration were read.
    Syntax {
        /// The files.
        files: Vec<PathBuf>,
        /// Where they are not Nix.
        broken: Vec<Broken>,
    },
    /// The configuration can be evaluated.
    Valid {
        /// What would be built.
        derivation: String,
    },
    /// What the configuration says about a path.
    Evaluated(Evaluated),
    /// Parts of the configuration.
    Settings {
        /// What they are about.
        topic: String,
        /// The parts.
        settings: Vec<Setting>,
    },
    /// The files of the configuration.
    Configuration {
        /// The main one first.
        files: Vec<File>,
    },
    /// A configuration that was put together, and is written nowhere.
    Written {
        /// What a file of it would be called.
        name: String,
        /// Its text.
        text: String,
        /// What should be known about it.
        notes: Vec<String>,
    },
    /// What differs between a file and what was made to take its place.
    Rewritten {
        /// The file.
        rewritten: String,
        /// The difference; empty where there is none.
        diff: String,
    },
    /// The machines that a flake defines.
    Hosts {
        /// Their names.
        hosts: Vec<String>,
        /// The one that this machine is, if it is among them.
        this: Option<String>,
    },
    /// What a flake says of itself.
    Flake {
        /// Its description.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Where it is.
        url: String,
        /// What it is made of.
        made_of: Vec<SourceOfPackages>,
    },
    /// What a flake gives.
    Outputs {
        /// One for each thing.
        outputs: Vec<Output>,
    },
    /// A flake was checked, and nothing is wrong.
    Checked {
        /// The flake.
        checked: String,
    },
    /// What was built in a project.
    Products {
        /// Store paths.
        paths: Vec<String>,
        /// The link to the first.
        link: PathBuf,
    },
    /// A program that had the terminal, or ran by itself, has ended.
    Ended {
        /// What it was.
        program: String,
        /// Its status, when it ended by itself.
        status: Option<i32>,
        /// What it printed, when it had no terminal.
        #[serde(skip_serializing_if = "Option::is_none")]
        output: Option<Vec<String>>,
    },
    /// A system that was built.
    Built {
        /// Its store path.
        system: String,
    },
    /// The generation that is current now.
    NowCurrent {
        /// Its number.
        generation: GenerationNumber,
    },
}

/// Something that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HelpEntry {
    /// The intent's id.
    pub intent: String,
    /// What it does.
    pub title: String,
    /// How to say it.
    pub example: String,
    /// The file and line of a sentence of the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

/// Something that a flake gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Where it is: `packages.x86_64-linux.default`.
    pub attribute: String,
    /// What it is: a package, a module, a machine …
    pub kind: String,
    /// Its name or description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A channel, or an input of the system's flake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceOfPackages {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub url: String,
    /// Its version or revision, and its date, as far as they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How carrying out a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything was done.
    Done,
    /// The person said no.
    Declined,
    /// A step failed.
    Failed,
    /// The person stopped it.
    Interrupted,
}

/// What came of a plan.
#[derive(Clone, Debug)]
pub struct Execution {
    /// How it ended.
    pub ending: Ending,
    /// What was found out, in the order of the steps.
    pub answers: Vec<Answer>,
    /// The step that failed.
    pub failure: Option<StepFailure>,
    /// What Nix warned about on the way.
    pub warnings: Vec<String>,
    /// What was put back after a failure or a no, in words.
    pub put_back: Vec<String>,
    /// What could not be put back, in words.
    pub not_put_back: Vec<String>,
    /// What changed and stayed; an undo would take it back.
    pub changed: Vec<Reversal>,
    /// Where the whole log is.
    pub log_file: Option<std::path::PathBuf>,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct StepFailure {
    /// Its number, from 1.
    pub step: usize,
    /// The exit status, when a program ran and ended by itself.
    pub exit_code: Option<i32>,
    /// In one sentence.
    pub message: String,
    /// An id of the error catalogue, when the step itself knows it.
    pub id: Option<&'static str>,
    /// What Nix and the program said.
    pub log: Failure,
    /// It was the activation of a system: the machine may be between two systems.
    pub activation: Option<ActivationFailure>,
}

/// What an activation that failed left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivationFailure {
    /// Nothing was switched; the new system can only be booted.
    NeedsReboot,
    /// The new system runs, some of its units failed.
    UnitsFailed,
    /// The new system was activated in part.
    Partly,
}
