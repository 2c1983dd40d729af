//! The lessons' own tests: form, links, and that each error is recognised, in every version of Nix, and no other.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests read files and run Nix")]
#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "what is skipped is said, and what is wrong stops the test"
)]

mod cases;
mod form;
mod lessons;
mod snippets;
mod try_it;
mod written;

use std::path::PathBuf;

use ask_nix::teach::Tutor;

fn folder(kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("education").join(kind)
}

/// The material that is shared between work trees, when it is there.
fn shared() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let named = std::env::var_os("ASK_NIX_SHARED").map(PathBuf::from);
    let found = named.or(Some(beside)).filter(|dir| dir.join("data/nix-errors/cases.json").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no shared data; set ASK_NIX_SHARED to the directory that has data/nix-errors");
    }
    found
}

fn tutor() -> Tutor {
    Tutor::default()
}
