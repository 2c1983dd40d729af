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
}

/// One slot of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name, a public one.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether the intent makes no sense without it.
    pub required: bool,
}

/// What one step of a pattern asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Want {
    /// One of the phrases of a set.
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
pub struct Intent {
    /// Its id, a public name.
    pub id: String,
    /// The group: the directory of its file.
    pub group: String,
    /// A title of a few words.
    pub title: String,
    /// One sentence for help.
    pub summary: String,
    /// Whether it changes the machine: such an intent is held to a higher standard.
    pub changes: bool,
    /// Its slots.
    pub slots: Vec<Slot>,
    /// Ways to say it.
    pub patterns: Vec<Pattern>,
    /// What pasted text of this intent contains.
    pub markers: Vec<String>,
    /// Sentences with their meaning.
    pub examples: Vec<Example>,
}

/// What a word weighs when no pattern asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weight {
    /// Nothing: articles, politeness.
    Filler,
    /// Little: a word that some pattern knows.
    Known,
    /// An ordinary word that is not a typing error and means nothing to us.
    Common,
    /// A word of somebody else's machine or of another matter altogether.
    Elsewhere,
}

/// A word of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word, lower-case.
    pub text: String,
    /// What it weighs.
    pub weight: Weight,
    /// Whether another word may be taken for it when that is likely a typing error.
    pub repair: bool,
}

/// A phrase of some sets. There are thousands, so their numbers stand in one list, [`Packed::numbers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where the numbers of its words begin.
    pub start: u32,
    /// Where those of the sets that hold it begin.
    pub sets: u32,
    /// Where they end.
    pub end: u32,
}

/// The whole catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Packed {
    /// All words, sorted by their text.
    pub words: Vec<Word>,
    /// All phrases, sorted by their first word.
    pub entries: Vec<Entry>,
    /// What the entries are made of.
    pub numbers: Vec<u16>,
    /// How many sets there are.
    pub sets: u16,
    /// Spellings that stand for other words, sorted.
    pub spelling: Vec<(String, Vec<String>)>,
    /// The concepts: id and the words for it.
    pub concepts: Vec<(String, Vec<Vec<String>>)>,
    /// Openings that make a sentence a question about an action.
    pub questions: Vec<Pattern>,
    /// Openings that make a question a request: "can you".
    pub requests: Vec<Pattern>,
    /// The intents, sorted by id.
    pub intents: Vec<Intent>,
}

impl Packed {
    /// The words of a phrase, by number.
    pub fn words_of(&self, entry: Entry) -> &[u16] {
        self.numbers.get(entry.start as usize..entry.sets as usize).unwrap_or_default()
    }

    /// The sets that hold a phrase.
    pub fn sets_of(&self, entry: Entry) -> &[u16] {
        self.numbers.get(entry.sets as usize..entry.end as usize).unwrap_or_default()
    }
}
