//! Several requests in one line: "update, then clean up".

use super::Context;
use super::line::{Line, Shape};
use super::senses;
use super::ranking::{best, nothing};
use crate::catalogue;
use crate::catalogue::data::Packed;
use crate::catalogue::lexicon::{Sense, Table};
use crate::recognition::{Alternative, Mode, OUT_OF_SCOPE, Recognition, Request, Slots};

/// A reading of the whole line that is at least this sure is not taken apart at an "and".
const SURE: f32 = 0.6;

/// Understands a line of one or more requests.
pub(super) fn recognize(packed: &'static Packed<'static>, line: &Line, before: &Context) -> Recognition {
    let asked = match without_refused(line) {
        Some(rest) if rest.tokens.iter().all(|token| token.filler) => return nothing(0.9),
        Some(rest) => rest,
        None => line.clone(),
    };
    let line = &asked;
    let mut recognition = split(packed, line, before, 3);
    if recognition.mode == Mode::Explain {
        // "How do I update and clean up?" asks about both, and a question never acts.
        for request in &mut recognition.then {
            request.mode = Mode::Explain;
        }
    }
    if line.cut && recognition.intent != OUT_OF_SCOPE {
        // Something was cut off: the caller can say so, and nobody acts on the half of a line unknowingly.
        recognition.then.push(Request {
            intent: OUT_OF_SCOPE.to_owned(),
            slots: Slots::default(),
            mode: Mode::default(),
        });
    }
    recognition
}

/// The line without what is not to be done: "don't update, only show what would change". None when nothing is refused.
/// What somebody does not want, cannot do, or what does not work is no refusal.
fn without_refused(line: &Line) -> Option<Line> {
    const VERBS: [&str; 19] = [
        "install", "remove", "update", "rebuild", "apply", "enable", "disable", "start", "stop", "restart", "rollback", "clean", "open",
        "close", "create", "deploy", "set", "optimise", "repair",
    ];
    let lexicon = catalogue::lexicon();
    let spans = senses::spans(lexicon, line);
    let verb = |place: usize| {
        spans.iter().any(|span| match span.sense {
            Sense::Class(class) => span.start == place && VERBS.contains(&lexicon.name(Table::Classes, class)),
            _ => false,
        })
    };
    let tokens = &line.tokens;
    let mut refused = vec![false; tokens.len()];
    for (place, token) in tokens.iter().enumerate() {
        if !matches!(token.text.as_str(), "not" | "never") {
            continue;
        }
        let opens = tokens[..place]
            .iter()
            .rev()
            .take_while(|before| before.clause == token.clause && before.text != "but" && before.text != "and")
            .all(|before| matches!(before.text.as_str(), "please" | "do" | "you" | "i" | "would" | "rather" | "just" | "so" | "ok" | "no" | "hey"));
        let behind = || tokens.iter().enumerate().skip(place + 1).take_while(|(_, next)| next.negated == Some(place));
        let first = behind().find(|(other, next)| !next.filler || verb(*other));
        if opens && first.is_some_and(|(other, _)| verb(other)) {
            refused[place] = true;
            behind().for_each(|(other, _)| refused[other] = true);
        }
    }
    refused.contains(&true).then(|| {
        let rest = tokens.iter().zip(&refused).filter(|(_, refused)| !**refused).map(|(token, _)| token.clone()).collect();
        Line { tokens: rest, ..line.clone() }
    })
}

fn split(packed: &'static Packed<'static>, line: &Line, before: &Context, depth: u8) -> Recognition {
    let (whole, taken) = best(packed, line, before);
    if depth == 0 {
        return whole;
    }
    let mut chosen: Option<(f32, Recognition)> = None;
    for joint in joints(line) {
        // One wording that needs both sides is one request: "update and rebuild".
        let left_taken = taken & ((1 << joint.end_of_left) - 1);
        if left_taken != 0 && taken >> joint.start_of_right != 0 && whole.confidence >= SURE {
            continue;
        }
        let (left, _) = best(packed, &line.part(0..joint.end_of_left), before);
        // The first of two certain requests is not understood: nothing is done of the second either.
        if joint.hard
            && left.intent == OUT_OF_SCOPE
            && says_something(line, joint.end_of_left)
            && whole.intent != OUT_OF_SCOPE
        {
            let Recognition { intent, slots, confidence, .. } = whole;
            let alternatives = vec![Alternative { intent, slots, confidence }];
            return Recognition { alternatives, ..nothing(0.4) };
        }
        if left.intent == OUT_OF_SCOPE || left.intent == "cancel" || left.confidence < SURE {
            continue;
        }
        let right = split(packed, &line.part(joint.start_of_right..line.tokens.len()), &Context::default(), depth - 1);
        let known = right.intent != OUT_OF_SCOPE && right.confidence >= SURE && right.intent != "small_talk";
        // What is certainly of another kind ("and reboot") is said as such; what is merely unknown is no second request.
        let other = right.intent == OUT_OF_SCOPE && right.confidence >= SURE;
        if !known && !other && !joint.hard {
            continue;
        }
        if known && right.intent == left.intent && right.slots == left.slots {
            continue;
        }
        let together = if known { left.confidence.min(right.confidence) } else { left.confidence - 0.2 };
        let bonus = if joint.hard { 0.25 } else { 0.0 };
        if chosen.as_ref().is_none_or(|(best, _)| together + bonus > *best) {
            let mut then = vec![Request { intent: right.intent, slots: right.slots, mode: right.mode }];
            then.extend(right.then);
            chosen = Some((together + bonus, Recognition { then, confidence: together.max(0.0), ..left }));
        }
    }
    match chosen {
        Some((together, chosen)) if whole.intent == OUT_OF_SCOPE || together > whole.confidence => chosen,
        _ if whole.intent.is_empty() => nothing(0.4),
        _ => whole,
    }
}

/// Whether these first words are more than an introduction.
fn says_something(line: &Line, end: usize) -> bool {
    line.tokens[..end].iter().any(|token| !token.filler && token.shape != Shape::Flag)
}

struct Joint {
    end_of_left: usize,
    start_of_right: usize,
    /// Whether two requests are certain ("then", `&&`), not only possible ("and", a comma).
    hard: bool,
}

/// The places where one request may end and the next begin.
fn joints(line: &Line) -> Vec<Joint> {
    let tokens = &line.tokens;
    let mut joints = Vec::new();
    let mut place = 1;
    while place < tokens.len() {
        let mut start = place;
        let mut hard = tokens[place].after_shell;
        while let Some(token) = tokens.get(start) {
            match token.text.as_str() {
                "then" | "afterwards" | "afterward" | "finally" => hard = true,
                "after" if tokens.get(start + 1).is_some_and(|next| matches!(next.text.as_str(), "that" | "this")) => {
                    hard = true;
                    start += 1;
                }
                "and" | "also" | "plus" => {}
                _ => break,
            }
            start += 1;
        }
        let comma = tokens[place].clause != tokens[place - 1].clause;
        if start > place || hard || comma {
            if start < tokens.len() {
                joints.push(Joint { end_of_left: place, start_of_right: start, hard });
            }
            place = start;
        }
        place += 1;
    }
    joints.truncate(8);
    joints
}
