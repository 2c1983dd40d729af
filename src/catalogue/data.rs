//! The shape of the catalogue as it is packed: built once by `build.rs` from `intents/`, read by the library.

use serde::{Deserialize, Serialize};

/// A value of a slot as data files write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Datum {
    /// `true`, `false`.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Datum>),
}

/// What a slot holds, and so how its words are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A number, in digits or words.
    Number,
    /// Several numbers, or a range.
    Numbers,
    /// How old: `14d`.
    Age,
    /// A time as it was said: "yesterday".
    When,
    /// A release of NixOS: `25.11`, `unstable`.
    Release,
    /// Names of flake inputs.
    Inputs,
    /// A name: of a channel, a specialisation.
    Name,
    /// An address.
    Address,
    /// A short label in the person's own words.
    Label,
    /// What help is wanted with.
    Topic,
    /// Concepts of `intents/names/concepts.toml`.
    Concepts,
    /// `true` or `false`; given by patterns only.
    Truth,
    /// One of a few words; given by patterns only.
    Choice,
    /// Text that was pasted; found before patterns are tried.
    Pasted,
    /// One package.
    Package,
    /// Several packages.
    Packages,
    /// What is looked for: the content words.
    Query,
    /// A program or file that some package brings.
    Program,
    /// The words behind the name of a program.
    Arguments,
    /// A service, program or desktop that has an `enable`.
    Service,
    /// An option by its path, or a well-known setting by its name.
    Setting,
    /// The value for the option beside it.
    Value,
    /// A path into the configuration, or a setting by its name.
    Selector,
    /// Ports.
    Ports,
    /// A user.
    User,
    /// Groups of users.
    Groups,
    /// A description in the person's words.
    Description,
    /// A host.
    Host,
    /// Several hosts, or all.
    Hosts,
    /// Where a machine is reached: `root@192.0.2.7`.
    Target,
    /// A binary cache by its name or address.
    Cache,
    /// Languages and tools to develop with.
    Stack,
    /// One of these.
    Language,
    /// A flake by its reference.
    Flake,
    /// An output of a flake.
    Attribute,
    /// A part of the configuration, by its topic.
    Part,
    /// A word that narrows a list.
    Filter,
    /// The name of a secret.
    Secret,
}

/// One slot of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot<'a> {
    /// Its name, a public one.
    pub name: &'a str,
    /// What it holds.
    pub kind: Kind,
    /// Whether the intent makes no sense without it.
    pub required: bool,
}

/// What one step of a pattern asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Want {
    /// One of the phrases of a set, by its place in [`Rules::sets`].
    Set(u16),
    /// The value of a slot, by its place in [`Intent::slots`].
    Slot(u8),
    /// Up to a few words of any kind.
    Gap,
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it asks for.
    pub want: Want,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A way to say an intent. Alternatives with slots in them are several patterns by now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// What must be there, in this order.
    pub steps: Vec<Step>,
    /// Whether the order does not matter and other words may stand between.
    pub loose: bool,
    /// Whether nothing else may be said beside it.
    pub whole: bool,
    /// How sure it makes, from 0 to 1.
    pub weight: f32,
    /// Whether this wording is a question about the action.
    pub explain: bool,
    /// Slots that the wording itself fills.
    pub gives: Vec<(String, Datum)>,
}

/// The patterns of an intent, unpacked when it is a candidate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Sets of phrases; each phrase is a list of words, by their numbers in the lexicon.
    pub sets: Vec<Vec<Vec<u32>>>,
    /// Ways to say it.
    pub patterns: Vec<Pattern>,
    /// Lines of commands, of Nix and of other systems, that mean it. They begin with the name of a program.
    pub commands: Vec<Pattern>,
}

/// A sentence and what it means: documentation, test and material for a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The sentence.
    pub say: String,
    /// Its slots.
    pub slots: Vec<(String, Datum)>,
    /// Whether it is a question about the action.
    pub explain: bool,
    /// The intents of further requests in it.
    pub then: Vec<String>,
}

/// One intent of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent<'a> {
    /// Its id, a public name.
    pub id: &'a str,
    /// The group: the directory of its file.
    pub group: &'a str,
    /// A title of a few words.
    pub title: &'a str,
    /// One sentence for help.
    pub summary: &'a str,
    /// Whether it changes the machine: such an intent is held to a higher standard.
    pub changes: bool,
    /// Its slots.
    #[serde(borrow)]
    pub slots: Vec<Slot<'a>>,
    /// What pasted text of this intent contains.
    pub markers: Vec<&'a str>,
    /// [`Rules`], packed.
    pub rules: &'a [u8],
    /// Sentences with their meaning: a list of [`Example`], packed.
    pub examples: &'a [u8],
}

/// The whole catalogue. Text is borrowed from where it lies, and what is seldom needed stays packed, so that starting
/// costs little.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Packed<'a> {
    /// The intents, sorted by id.
    #[serde(borrow)]
    pub intents: Vec<Intent<'a>>,
    /// Openings that make a sentence a question about an action, and those that make a question a request ("can you"):
    /// two lists of [`Rules`], packed.
    pub openings: &'a [u8],
    /// Programs whose command lines are known: the number of the word, and the place of an intent. Sorted.
    pub programs: Vec<(u32, u8)>,
}
