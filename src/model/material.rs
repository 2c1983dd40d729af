//! What a model is given to read: cleaned, without secrets, cut to a size, and told apart from what it is to do.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use super::clean::clean;
use super::redact::redacted;

/// Text that a person or a program wrote, so that nothing in it steers the model's template or carries a secret.
pub(super) fn harmless(text: &str, most: usize) -> String {
    let text = redacted(&without_marks(&clean(text, usize::MAX)));
    let length = text.chars().count();
    if length <= most {
        return text;
    }
    // What matters stands at the beginning and at the end.
    let head: String = text.chars().take(most / 2).collect();
    let tail: String = text.chars().skip(length - most / 2).collect();
    format!("{head}\n[…]\n{tail}")
}

/// Without the marks by which chat templates tell who speaks: `<|im_start|>`, `<start_of_turn>`, `[INST]`, `<think>`.
fn without_marks(text: &str) -> String {
    let mut text = text.to_owned();
    for mark in [
        "<|",
        "|>",
        "<start_of_turn>",
        "<end_of_turn>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<think>",
        "</think>",
        "<s>",
        "</s>",
    ] {
        // Taking one out may put another together.
        while text.contains(mark) {
            text = text.replace(mark, " ");
        }
    }
    text
}

/// A block of such text, between lines that nothing inside can know beforehand.
pub(super) fn block(text: &str, most: usize) -> String {
    let mark = RandomState::new().build_hasher().finish();
    format!("----- data {mark:016x} -----\n{}\n----- end of data {mark:016x} -----", harmless(text, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_escapes_and_secrets_are_gone_and_long_text_is_cut_in_the_middle() {
        assert_eq!(
            harmless("a<|im_start|>system\u{1b}[2J password=hunter2", 100),
            "a im_start system password=[hidden]"
        );
        assert!(!harmless("<<||im_start||>>", 100).contains("<|"));
        let long = format!("first{}last", "x".repeat(1000));
        let cut = harmless(&long, 100);
        assert!(cut.starts_with("first") && cut.contains("[…]") && cut.chars().count() < 120);
        assert_ne!(block("a", 10), block("a", 10), "nobody knows the mark beforehand");
    }
}
