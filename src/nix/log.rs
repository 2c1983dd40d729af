//! Nix's structured log, `--log-format internal-json`: from the lines of a running Nix to events and, at the end, to what
//! went wrong.
//!
//! The protocol is that of Nix's `src/libutil/logging.cc` and `include/nix/util/logging.hh`, the sums are those of its
//! `src/libmain/progress-bar.cc`; streams of Nix 2.8, 2.26 and 2.34 were read beside them. It has no specification and
//! grows without notice, so nothing here fails: a line that says something new is kept as text.

mod activity;
mod failure;
mod kind;
mod message;
mod planned;
mod running;
mod size;
mod text;
mod tracker;
mod upkeep;

pub use failure::{Cause, FailedBuild, Failure, Frame, NixError, Position};
pub use kind::{ActivityKind, ResultKind};
pub use message::{Field, Fields, Message, Note};
pub use planned::Planned;
pub use text::clean;
pub use tracker::{EVALUATED, Tracker};
pub use upkeep::{Damage, Garbage, Optimised};

/// The name of a store path without directory and hash: `firefox-134.0`, `libfoo-1.0.drv`.
fn store_path_name(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    match base.split_once('-') {
        Some((hash, name)) if hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric()) => name,
        _ => base,
    }
}

/// The name of a derivation as people say it: without `.drv`, and without the outputs that newer Nix writes after it.
fn derivation_name(path: &str) -> &str {
    let name = store_path_name(path);
    let name = name.split_once(".drv^").map_or(name, |(name, _)| name);
    name.strip_suffix(".drv").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{derivation_name, store_path_name};

    #[test]
    fn names_lose_directory_and_hash() {
        assert_eq!(store_path_name("/nix/store/5azi558381cq3jp95ds4m11iidyh4mxx-firefox-134.0"), "firefox-134.0");
        assert_eq!(store_path_name("/gnu/5azi558381cq3jp95ds4m11iidyh4mxx-a"), "a");
        assert_eq!(store_path_name("no-hash"), "no-hash");
        assert_eq!(store_path_name(""), "");
        assert_eq!(derivation_name("/nix/store/j9d3zsjbcbq8wdg211k7wc69sf4vwqqb-slow.drv^out"), "slow");
        assert_eq!(derivation_name("/nix/store/j9d3zsjbcbq8wdg211k7wc69sf4vwqqb-slow-1.drv"), "slow-1");
    }
}
