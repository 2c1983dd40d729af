//! What kind of line follows another: one that goes on, points back, judges, or tells somebody to do something.

use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Line, Token};
use crate::understand::requests::VERBS;

/// Whether a line has a word that stands for something that was said.
pub(super) fn points(line: &Line) -> bool {
    line.tokens.iter().any(|token| matches!(token.text.as_str(), "that" | "it" | "this" | "them" | "these" | "those"))
}

/// "Is that safe?", "how long will it take?", "would that need a reboot?": what was asked for is judged, and nothing else is
/// named.
pub(super) fn judges(line: &Line) -> bool {
    const JUDGED: [&str; 42] = [
        "myself",
        "safe",
        "unsafe",
        "dangerous",
        "risky",
        "risk",
        "risks",
        "harmful",
        "harmless",
        "wise",
        "smart",
        "good",
        "bad",
        "ok",
        "okay",
        "permanent",
        "reversible",
        "necessary",
        "needed",
        "slow",
        "fast",
        "long",
        "take",
        "break",
        "hurt",
        "lose",
        "harm",
        "damage",
        "reboot",
        "restart",
        "undone",
        "reversed",
        "reverted",
        "worth",
        "change",
        "happen",
        "need",
        "require",
        "possible",
        "cost",
        "anything",
        "something",
    ];
    const ASKS: [&str; 14] =
        ["is", "are", "was", "would", "will", "does", "do", "can", "could", "should", "how", "what", "and", "but"];
    // "How do I do that?" asks for the way to it.
    let how = line.tokens.first().is_some_and(|first| first.text == "how");
    let judged =
        |token: &Token| JUDGED.contains(&token.text.as_str()) || how && matches!(token.text.as_str(), "do" | "done");
    line.tokens.len() <= 9
        && line.tokens.first().is_some_and(|first| ASKS.contains(&first.text.as_str()))
        && points(line)
        && line.tokens.iter().any(judged)
        && line.tokens.iter().all(|token| judged(token) || token.filler)
}

/// The words of a line that tell somebody to do something.
pub(super) fn verbs(line: &Line) -> Vec<bool> {
    let lexicon = catalogue::lexicon();
    let mut verbs = vec![false; line.tokens.len()];
    for span in line.spans(lexicon) {
        if let Sense::Class(class) = span.sense
            && VERBS.contains(&lexicon.name(Table::Classes, class))
        {
            verbs[span.start..span.end()].fill(true);
        }
    }
    verbs
}

/// Whether a line tells somebody to do something, in any of its words.
pub(in crate::understand) fn has_verb(line: &Line) -> bool {
    verbs(line).contains(&true)
}

/// Whether it says nothing else.
pub(super) fn only_verb(line: &Line) -> bool {
    let verbs = verbs(line);
    verbs.contains(&true)
        && line.tokens.iter().zip(&verbs).all(|(token, verb)| *verb || token.filler || token.text == "meant")
}

/// Whether a line goes on with what was said: "and the other", "htop too", "no, all of them".
pub(super) fn adds(line: &Line) -> bool {
    // "Oh and gimp" begins with what says nothing.
    let words = line.tokens.iter().map(|token| token.text.as_str());
    let first = words.clone().find(|word| !matches!(*word, "oh" | "ah" | "ok" | "hm" | "please")).unwrap_or_default();
    let says = |words: &[&str]| line.tokens.iter().any(|token| words.contains(&token.text.as_str()));
    line.tokens.len() > 1
        && (matches!(first, "and" | "or" | "also" | "plus" | "make" | "only" | "just" | "but" | "same")
            || matches!(first, "what" | "how") && line.tokens.get(1).is_some_and(|next| next.text == "about")
            || says(&["too", "also", "same", "instead", "likewise", "ditto", "rather"])
            || matches!(first, "no" | "wait" | "sorry" | "actually")
                && line.tokens.len() > 2
                && says(&["all", "both", "not", "instead", "mean", "meant"]))
}
