//! The data that ask-nix is made of: what it understands, `intents/`, checked and packed when the program was built, and
//! what it teaches, `education/`, and the tables of `starter/`.

pub mod data;
pub mod education;
// Only `build.rs` and tests read the files themselves.
#[cfg(test)]
#[expect(unreachable_pub, reason = "build.rs uses it as a crate would")]
mod pattern;
#[cfg(test)]
#[expect(unreachable_pub, reason = "build.rs uses it as a crate would")]
mod source;
pub mod starter;

use std::sync::LazyLock;

use data::{Intent, Packed};

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.postcard"));

// `build.rs` wrote the bytes with the same types; if they did not fit, nothing would be understood, which is safe.
static PACKED: LazyLock<Packed> = LazyLock::new(|| postcard::from_bytes(BYTES).unwrap_or_default());

/// The packed catalogue.
pub fn packed() -> &'static Packed {
    &PACKED
}

/// All intents, sorted by id.
pub fn intents() -> &'static [Intent] {
    &PACKED.intents
}

/// The intent of this id.
pub fn intent(id: &str) -> Option<&'static Intent> {
    let intents = intents();
    intents.binary_search_by(|intent| intent.id.as_str().cmp(id)).ok().map(|place| &intents[place])
}

#[cfg(test)]
mod tests;
