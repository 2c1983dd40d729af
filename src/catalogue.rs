//! The data that ask-nix is made of: what it understands, `intents/`, checked and packed when the program was built; what it
//! teaches, `education/`; and what it knows of packages, options and services, `starter/`.

// Only `build.rs` and tests use some of these: they make the data of the files.
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod aligning;
pub mod data;
pub mod education;
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod learning;
pub mod lexicon;
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod lexicon_writer;
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod names;
pub mod own_words;
pub mod pattern;
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod source;
pub mod starter;
#[cfg(test)]
#[allow(unreachable_pub, dead_code)]
mod utterances;

use std::sync::LazyLock;

use data::{Example, Intent, Packed};
use lexicon::Lexicon;

static CATALOGUE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));
static LEXICON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.bin"));
/// The weights that `understand/ranker.rs` reads.
pub static RANKER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ranker.bin"));

// `build.rs` wrote the bytes with the same types; if they did not fit, nothing would be understood, which is safe.
static PACKED: LazyLock<Packed<'static>> = LazyLock::new(|| postcard::from_bytes(CATALOGUE).unwrap_or_default());
static WORDS: LazyLock<Lexicon<'static>> = LazyLock::new(|| Lexicon::new(LEXICON).unwrap_or_default());

/// The packed catalogue.
pub fn packed() -> &'static Packed<'static> {
    &PACKED
}

/// The words and names that are known.
pub fn lexicon() -> &'static Lexicon<'static> {
    &WORDS
}

/// The weights that `understand/slots/pointed.rs` reads.
pub static POINTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pointer.bin"));

/// The weights that tell requests of one line apart.
pub static JOINER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/joiner.bin"));

/// The names and weights that `understand/slots/chosen.rs` reads.
pub static CHOOSER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/chooser.bin"));

/// All intents, sorted by id.
pub fn intents() -> &'static [Intent<'static>] {
    &PACKED.intents
}

/// The intent of this id.
pub fn intent(id: &str) -> Option<&'static Intent<'static>> {
    let intents = intents();
    intents.binary_search_by(|intent| intent.id.cmp(id)).ok().map(|place| &intents[place])
}

impl Intent<'_> {
    /// Sentences with their meaning.
    pub fn examples(&self) -> Vec<Example> {
        postcard::from_bytes(self.examples).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
