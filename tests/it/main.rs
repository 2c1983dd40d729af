//! The tests of the whole: one binary, a file per feature.

// The machine of the unit tests stands in `src/nix/` and names its traits as there.
use ask_nix::machine;

#[path = "../../src/nix/fixture_machine.rs"]
mod fixture_machine;

mod by_hand;
mod conversation;
mod demo;
mod demo_machine;
mod edit;
mod edit_bad_input;
mod edit_configurations;
mod edit_evaluated;
mod edit_session;
mod edit_shapes;
mod education;
mod faults;
mod flake;
mod generate;
mod hostile;
mod house;
mod json;
mod leftovers;
mod licences;
mod log;
mod log_lines;
mod look;
mod model;
mod native_reading;
mod ordinary;
mod own_words;
mod paper;
mod previews;
mod privileges;
mod processes;
mod progress;
mod readme;
mod real_nix;
mod repairs;
mod search;
mod services;
mod signals;
mod system;
mod understand;
mod undo;
