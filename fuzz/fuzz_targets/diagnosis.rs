//! The output of a program that failed, whatever it is: diagnoses, or none.
#![no_main]

use ask_nix::teach::diagnose_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for diagnosis in diagnose_text(text) {
        assert!(!diagnosis.id.is_empty());
        assert!(!diagnosis.message.contains('\u{1b}'), "{:?}", diagnosis.message);
    }
});
