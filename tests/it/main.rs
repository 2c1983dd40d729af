//! The tests of the whole, one binary.

// The machine of the unit tests stands in `src/nix/` and names its traits as there.
use ask_nix::machine;

#[path = "../../src/nix/fixture_machine.rs"]
mod fixture_machine;
mod native_reading;
mod real_nix;
