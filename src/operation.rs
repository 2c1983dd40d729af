//! All that ask-nix can be asked: one enum that rules, model, conversation and scripts speak.
//!
//! Variants are named as the intents of the catalogue, their fields as its slots; both are public names. The values of
//! the slots are checked here, at the door ([`slots`]), and nowhere after.

pub mod selector;
pub mod slots;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::recognition::Slots;
use slots::{
    Age, Argument, ChannelName, ChannelUrl, FlakeAddress, FlakeAttribute, GroupName, InputName, Label, OptionPath,
    PackageName, Phrase, Port, Protocol, Release, Scope, Selector, ServiceName, SpecialisationName, UserName,
};

/// When a new system starts to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Now, and at every boot.
    #[default]
    Switch,
    /// At the next boot.
    Boot,
}

/// What `switch-to-configuration` is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of switch-to-configuration itself")]
pub enum SwitchAction {
    Switch,
    Boot,
    Test,
    DryActivate,
}

impl SwitchAction {
    /// As `switch-to-configuration` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Switch => "switch",
            Self::Boot => "boot",
            Self::Test => "test",
            Self::DryActivate => "dry-activate",
        }
    }
}

/// What `switch-to-configuration` is asked when a system is to start now, or at the next boot.
impl From<Activation> for SwitchAction {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Switch => Self::Switch,
            Activation::Boot => Self::Boot,
        }
    }
}

/// How deep a preview looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The steps; nothing runs.
    Plan,
    /// What Nix would build and fetch; nothing is built.
    #[default]
    Build,
    /// Which units would stop, start and restart; the system is built for that.
    Activate,
}

/// What is asked about a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Field {
    Version,
    License,
    Homepage,
    Description,
}

/// What is done to a service now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of systemctl itself")]
pub enum UnitAction {
    Start,
    Stop,
    Restart,
    Reload,
}

impl UnitAction {
    /// As `systemctl` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Reload => "reload",
        }
    }
}

/// How much is taught from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teaching {
    /// All parts of a lesson, always.
    Full,
    /// All parts the first time, then a sentence.
    Brief,
    /// Nothing.
    Off,
    /// As before, with every lesson new again.
    Forget,
}

/// How one package alone becomes newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWay {
    /// With everything else, which is no matter of one package.
    Everything,
    /// Out of a second, newer nixpkgs.
    #[serde(alias = "only this one")]
    Newer,
}

/// Add or remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelAction {
    /// Subscribe.
    Add,
    /// Unsubscribe.
    Remove,
}

/// The number of a generation of a profile, counted by Nix from 1.
pub type GenerationNumber = u64;

/// A request that passed every check. Unit variants have braces on purpose: serde would let unknown fields pass in an
/// internally tagged unit variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "every variant and field is an intent and a slot of intents/, described there")]
pub enum Operation {
    UpdateSystem {
        #[serde(default)]
        inputs: Vec<InputName>,
        #[serde(default)]
        activation: Activation,
    },
    CheckUpdates {},
    UpgradeRelease {
        release: Release,
    },
    ApplyConfiguration {},
    BootConfiguration {},
    TestConfiguration {},
    BuildSystem {},
    DryRun {
        #[serde(default)]
        level: Level,
    },
    RollbackSystem {
        #[serde(default)]
        generation: Option<GenerationNumber>,
        #[serde(default)]
        steps: Option<u32>,
        #[serde(default)]
        when: Option<Phrase>,
    },
    ListGenerations {
        #[serde(default)]
        limit: Option<usize>,
    },
    CompareGenerations {
        #[serde(default)]
        from: Option<GenerationNumber>,
        #[serde(default)]
        to: Option<GenerationNumber>,
    },
    DeleteGenerations {
        #[serde(default)]
        generations: Vec<GenerationNumber>,
        #[serde(default)]
        keep: Option<usize>,
        #[serde(default)]
        older_than: Option<Age>,
    },
    CollectGarbage {
        #[serde(default)]
        older_than: Option<Age>,
    },
    OptimizeStore {},
    VerifyStore {
        #[serde(default)]
        repair: bool,
    },
    DiskUsage {},
    SystemInfo {},
    SystemHealth {},
    PinGeneration {
        #[serde(default)]
        generation: Option<GenerationNumber>,
        #[serde(default)]
        label: Option<Label>,
    },
    SwitchSpecialisation {
        name: SpecialisationName,
    },
    BuildVm {},
    ManageChannel {
        action: ChannelAction,
        channel: ChannelName,
        #[serde(default)]
        url: Option<ChannelUrl>,
    },
    ListChannels {},
    InstallPackage {
        packages: Vec<PackageName>,
        #[serde(default)]
        scope: Option<Scope>,
        /// Whose packages they are, when the scope is one person. No words lead here; a question does.
        #[serde(default)]
        user: Option<UserName>,
    },
    RemovePackage {
        packages: Vec<PackageName>,
        #[serde(default)]
        scope: Option<Scope>,
        #[serde(default)]
        user: Option<UserName>,
    },
    UpdatePackage {
        package: PackageName,
        /// How; no words lead here, a question does.
        #[serde(default)]
        way: Option<UpdateWay>,
    },
    SetOption {
        option: OptionPath,
        value: Value,
    },
    EnableService {
        service: ServiceName,
    },
    DisableService {
        service: ServiceName,
    },
    OpenPort {
        ports: Vec<Port>,
        #[serde(default)]
        protocol: Option<Protocol>,
    },
    ClosePort {
        ports: Vec<Port>,
        #[serde(default)]
        protocol: Option<Protocol>,
    },
    AddUser {
        user: UserName,
        #[serde(default)]
        groups: Vec<GroupName>,
    },
    RemoveUser {
        user: UserName,
    },
    AddUserToGroup {
        #[serde(default)]
        user: Option<UserName>,
        groups: Vec<GroupName>,
    },
    TryPackage {
        packages: Vec<PackageName>,
    },
    RunPackage {
        package: PackageName,
        #[serde(default)]
        args: Vec<Argument>,
    },
    QueryConfig {
        selector: Selector,
    },
    ShowConfig {
        #[serde(default)]
        topic: Option<Phrase>,
    },
    ValidateConfig {},
    GenerateConfig {
        description: Phrase,
    },
    EditConfig {},
    HardwareConfig {},
    ServiceStatus {
        #[serde(default)]
        service: Option<ServiceName>,
    },
    ServiceLogs {
        #[serde(default)]
        service: Option<ServiceName>,
    },
    ControlService {
        service: ServiceName,
        action: UnitAction,
    },
    EnterDevShell {},
    UpdateFlake {
        #[serde(default)]
        inputs: Vec<InputName>,
    },
    ShowFlake {
        #[serde(default)]
        flake: Option<FlakeAddress>,
    },
    CheckFlake {},
    BuildProject {
        #[serde(default)]
        attribute: Option<FlakeAttribute>,
    },
    ListHosts {},
    ExplainOption {
        option: Phrase,
    },
    FindProvider {
        command: Phrase,
    },
    ListInstalled {
        #[serde(default)]
        filter: Option<Phrase>,
    },
    PackageInfo {
        package: Phrase,
        #[serde(default)]
        field: Option<Field>,
    },
    SearchOption {
        query: Phrase,
    },
    SearchPackage {
        query: Phrase,
    },
    WhyInstalled {
        package: Phrase,
    },
    /// `ask-nix index status`; no words lead here.
    IndexStatus {},
    /// `ask-nix index update`; no words lead here.
    UpdateIndex {
        /// Fetch what the channel publishes, instead of evaluating.
        #[serde(default)]
        download: bool,
    },
    ShowHistory {
        #[serde(default)]
        topic: Option<Phrase>,
    },
    SetLessons {
        level: Teaching,
    },
    UndoLast {},
    RepairLast {
        #[serde(default)]
        answer: Option<String>,
    },
    ModelStatus {},
    Help {
        #[serde(default)]
        topic: Option<Phrase>,
    },
    Confirm {},
    Cancel {},
    SmallTalk {},
    OutOfScope {},
    ExplainError {
        #[serde(default)]
        text: Option<String>,
    },
    ExplainConcept {
        topics: Vec<Phrase>,
    },
    ExplainMore {},
}

impl Operation {
    /// Whether it changes what the configuration says, so that planning needs its text.
    pub fn edits(&self) -> bool {
        matches!(
            self,
            Self::InstallPackage { .. }
                | Self::RemovePackage { .. }
                | Self::SetOption { .. }
                | Self::EnableService { .. }
                | Self::DisableService { .. }
                | Self::OpenPort { .. }
                | Self::ClosePort { .. }
                | Self::AddUser { .. }
                | Self::RemoveUser { .. }
                | Self::AddUserToGroup { .. }
                | Self::UpdatePackage { .. }
                | Self::GenerateConfig { .. }
                | Self::EditConfig {}
                | Self::HardwareConfig {}
        )
    }

    /// The operation that an intent and its slots name.
    ///
    /// # Errors
    /// When there is no such operation, a required slot is missing, or a value fails its check.
    pub fn from_slots(intent: &str, slots: &Slots) -> Result<Self, serde_json::Error> {
        let mut object: serde_json::Map<String, Value> = slots.clone().into_iter().collect();
        object.insert("operation".to_owned(), Value::from(intent));
        serde_json::from_value(Value::Object(object))
    }
}
