//! What a person adds to what is understood: sentences of their own, and what they call things. `understand/own_words` makes
//! it of their files and looks for it in a line.

use std::collections::{BTreeMap, BTreeSet};

use super::data::Rules;

/// All of a person's own words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnWords {
    /// Every word in them, in lower case: none of these is a typing error.
    pub words: BTreeSet<String>,
    /// Numbers for those that the lexicon does not have.
    pub numbers: BTreeMap<String, u32>,
    /// Their sentences.
    pub phrases: Vec<OwnPhrase>,
    /// What they call things.
    pub names: Vec<OwnName>,
}

/// Where something was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
}

/// A sentence of a person's own.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnPhrase {
    /// As it was written.
    pub say: String,
    /// The intent that it means, by its place in the catalogue.
    pub intent: usize,
    /// The ways to say it.
    pub rules: Rules,
    /// Where it was written.
    pub written: Written,
}

/// What a person calls something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnName {
    /// The words, as lines are read.
    pub called: Vec<String>,
    /// The name of the thing.
    pub name: String,
    /// Whether it is somebody or a machine, whose names are like people's.
    pub person: bool,
    /// Where it was written.
    pub written: Written,
}

impl std::fmt::Display for Written {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}
