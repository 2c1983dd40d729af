//! The command line: options and the few subcommands that are about the tool itself. Everything else is words.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{ArgAction, Parser, Subcommand, ValueEnum};

use crate::machine::demo::DemoKind;
use crate::model::choice::Wanted;
use crate::operation::slots::{HostName, Invalid, SpecialisationName};

/// Say what you want from this machine; see the plan; agree; learn on the way.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "ask-nix",
    version,
    about = "Say what you want from your NixOS machine, see the plan, agree, and learn on the way.",
    after_help = "Examples:\n  ask-nix \"update my system\"\n  ask-nix --dry-run \"update my system\"\n  ask-nix list generations\n  ask-nix \"what changed in the last update\"\n  ask-nix roll back\n  ask-nix --demo           (try everything on a throw-away machine)",
    disable_help_subcommand = true,
    subcommand_precedence_over_arg = true
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Arguments {
    /// What you want, in your own words; without words, a conversation
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,

    /// Show the plan; nothing is built, written, downloaded or activated
    #[arg(short = 'n', long, global = true)]
    pub dry_run: bool,

    /// Agree beforehand to plans that change something; =destroy also to those that cannot be taken back
    #[arg(short = 'y', long, global = true, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "changes")]
    pub yes: Option<YesTo>,

    /// Print one JSON object, and nothing else, on standard output
    #[arg(long, global = true)]
    pub json: bool,

    /// With --json: one JSON object a line while working, the reply last
    #[arg(long, global = true, requires = "json")]
    pub events: bool,

    /// Say less
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub quiet: u8,

    /// Say more; twice for the output of builds
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// How much is taught
    #[arg(long, global = true, value_enum, value_name = "LEVEL", env = "ASK_NIX_LESSONS")]
    pub lessons: Option<Lessons>,

    /// The flake that describes this machine, with or without #HOST
    #[arg(long, global = true, value_name = "REF")]
    pub flake: Option<String>,

    /// The configuration.nix that describes this machine
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "flake")]
    pub file: Option<PathBuf>,

    /// Which machine of the flake
    #[arg(short = 'H', long, global = true, value_name = "NAME", value_parser = checked::<HostName>)]
    pub host: Option<HostName>,

    /// The specialisation to activate
    #[arg(short, long, global = true, value_name = "NAME", value_parser = checked::<SpecialisationName>)]
    pub specialisation: Option<SpecialisationName>,

    /// The profile of the system
    #[arg(long, global = true, value_name = "PATH")]
    pub profile: Option<PathBuf>,

    /// Work on the machine mounted at DIR
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "demo")]
    pub root: Option<PathBuf>,

    /// Work on a throw-away machine; =DIR keeps it there
    // An empty word, which a parser of paths would refuse, stands for a directory that is removed afterwards.
    #[arg(long, global = true, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = "",
        value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub demo: Option<PathBuf>,

    /// What kind of machine a new demo is
    #[arg(long, global = true, value_name = "KIND", default_value = "flake")]
    pub demo_kind: DemoKind,

    /// The optional language model.
    #[arg(
        long,
        global = true,
        value_name = "WHICH",
        help = "The optional language model: off, auto, ollama, lmstudio, or an address [env: ASK_NIX_MODEL=]"
    )]
    pub model: Option<Wanted>,

    /// No network at all
    #[arg(long, global = true)]
    pub offline: bool,

    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<When>,

    /// A subcommand about ask-nix itself.
    #[command(subcommand)]
    pub command: Option<Tool>,

    /// Passed on to nix
    #[arg(last = true, value_name = "ARGS")]
    pub passed_on: Vec<String>,
}

fn checked<T: TryFrom<String, Error = Invalid>>(text: &str) -> Result<T, Invalid> {
    T::try_from(text.to_owned())
}

/// What `--yes` agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum YesTo {
    /// Plans that change what can be changed back
    Changes,
    /// All plans
    Destroy,
}

/// How much is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lessons {
    /// Everything
    Full,
    /// A sentence; everything the first time a lesson is met
    Brief,
    /// Nothing
    Off,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that wants them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Commands about the tool itself.
#[derive(Clone, Debug, Subcommand)]
pub enum Tool {
    /// Only say what is understood; touch nothing
    Recognize {
        /// The words; without them, one query a line from standard input
        words: Vec<String>,
    },
    /// Explain the error in the text on standard input
    ExplainError,
    /// The index of packages and options: bring it up to date, or say how it is
    Index {
        /// What to do
        #[arg(value_enum, default_value = "status")]
        what: IndexWork,
        /// Fetch the lists that the machine's channel publishes, instead of evaluating all packages
        #[arg(long)]
        download: bool,
    },
    /// Print the JSON Schema of --json
    Schema,
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    Man,
    /// Steps that ask-nix runs as root
    #[command(hide = true)]
    Internal {
        /// The step.
        #[command(subcommand)]
        step: Internal,
    },
}

/// What is done with the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IndexWork {
    /// Say what is in it and how old it is
    Status,
    /// Read this machine's packages and options
    Update,
}

/// Steps that a plan runs as root through this very program.
#[derive(Clone, Debug, Subcommand)]
pub enum Internal {
    /// Write a file, whole or not at all
    Write {
        /// The file with the new content.
        from: PathBuf,
        /// The file that is written.
        to: PathBuf,
    },
    /// Remove a file or link
    Remove {
        /// The file.
        path: PathBuf,
    },
}
