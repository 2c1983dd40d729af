//! What a line must not lead to, however it was read: what is refused, what is only asked about, what is half said, and what
//! came with a shell's commands.

use super::line::{Line, Token, negates};
use super::mood::Mood;
use super::ranking::{self, nothing, openings};
use super::requests::{VERBS, commands};
use super::slots::only_counts;
use super::{Context, senses};
use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::recognition::{Alternative, Mode, OUT_OF_SCOPE, Recognition, Request, Slots};

/// A recognition of a line, with what must not be done made a question or left out.
pub(super) fn take(line: &Line, before: &Context, mut recognition: Recognition) -> Recognition {
    let changing = changes(&recognition.intent, &recognition.slots);
    let acts = changing || recognition.then.iter().any(|request| changes(&request.intent, &request.slots));
    let asks = acts && only_asks(line);
    if asks && changing {
        recognition.mode = Mode::Explain;
    }
    if asks || recognition.mode == Mode::Explain {
        for request in &mut recognition.then {
            request.mode = Mode::Explain;
        }
    }
    let left_out = line.cut || recognition.then.first().is_some_and(|request| request.intent == OUT_OF_SCOPE);
    // "Install it", and nothing that could be installed was spoken of.
    let ours = |said: &Recognition| !matches!(said.intent.as_str(), OUT_OF_SCOPE | "small_talk");
    let nothing_meant = !before.previous.last().is_some_and(ours) && points_nowhere(line);
    // "Delete the last three": which these are was not said.
    let counts = recognition.intent == "delete_generations" && recognition.slots.is_empty() && only_counts(line);
    let half_said = changing && lacks(&recognition) && (left_out || nothing_meant)
        || counts
        || recognition.intent == "create_dev_shell" && before.previous.is_empty() && only_names(line);
    if half_said || line.cut && only_told(line) || left_out && changing && harms(line) {
        let Recognition { intent, slots, confidence, .. } = recognition;
        return Recognition { alternatives: vec![Alternative { intent, slots, confidence }], ..nothing(0.6) };
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

/// Whether a line asks about what it names. One that begins as a question acts in none of its parts, whatever was said
/// before: "how do I update and clean up?" So does one that ends as a question and tells nobody to do anything: "ollama on?"
fn only_asks(line: &Line) -> bool {
    let mood = Mood::of(openings(), line);
    let requested = mood.request != 0;
    mood.begins(line) || !requested && (wonders(line) || line.ends_asking && !commands(line) && !asks_for(line))
}

/// Whether a shell would destroy or fetch something by what stands in a line. Nothing of such a line is done.
fn harms(line: &Line) -> bool {
    const PROGRAMS: [&str; 16] = [
        "rm", "dd", "mkfs", "shred", "curl", "wget", "nc", "chmod", "chown", "echo", "cat", "eval", "sh", "bash",
        "iptables", "tee",
    ];
    line.tokens.iter().skip_while(|token| !token.after_shell).any(|token| PROGRAMS.contains(&token.text.as_str()))
}

/// Whether a line says what to do and not with what, so that this was cut off: "restart $(reboot)".
fn only_told(line: &Line) -> bool {
    let lexicon = catalogue::lexicon();
    let tells = |class: &str| VERBS.contains(&class) || class == "package" || class == "temporary";
    let told = |place: usize| {
        line.spans(lexicon).iter().any(|span| {
            let here = span.start <= place && place < span.end();
            here && matches!(span.sense, Sense::Class(class) if tells(lexicon.name(Table::Classes, class)))
        })
    };
    line.tokens.iter().enumerate().all(|(place, token)| token.filler || told(place))
}

/// Whether a line names languages and says nothing of them: "python and rust".
fn only_names(line: &Line) -> bool {
    let spans = line.spans(catalogue::lexicon());
    let named = |place: usize| {
        spans.iter().any(|span| matches!(span.sense, Sense::Stack(_)) && (span.start..span.end()).contains(&place))
    };
    line.tokens.iter().enumerate().all(|(place, token)| token.filler || named(place))
}

/// Whether a line points to something and names nothing: "install it".
fn points_nowhere(line: &Line) -> bool {
    let points = |token: &Token| matches!(token.text.as_str(), "it" | "this" | "that" | "them" | "these" | "those");
    line.tokens.iter().any(points) && line.tokens.iter().filter(|token| !token.filler).count() < 2
}

/// Whether a line only wants to know: "who can log in here", "switch vs boot".
fn wonders(line: &Line) -> bool {
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let compares = |token: &Token| matches!(token.text.as_str(), "vs" | "versus");
    matches!(first, "who" | "whose" | "which") || line.tokens.iter().any(compares)
}

/// Whether a question is a request by one of its words: "can I have minecraft?"
fn asks_for(line: &Line) -> bool {
    line.tokens
        .iter()
        .any(|token| matches!(token.text.as_str(), "can" | "could" | "would" | "may" | "might" | "please"))
}

/// Whether something that the request needs was not said.
fn lacks(recognition: &Recognition) -> bool {
    catalogue::intent(&recognition.intent).is_some_and(|intent| ranking::lacks(intent, &recognition.slots))
}

/// Whether such a request changes the machine.
pub(super) fn changes(intent: &str, slots: &Slots) -> bool {
    catalogue::intent(intent).is_some_and(|intent| intent.changes) || slots.contains_key("repair")
}

/// The line without what is not to be done: "don't update, only show what would change". None when nothing is refused.
/// What somebody does not want, cannot do, or what does not work is no refusal.
pub(super) fn without_refused(line: &Line) -> Option<Line> {
    const VERBS: [&str; 19] = [
        "install", "remove", "update", "rebuild", "apply", "enable", "disable", "start", "stop", "restart", "rollback",
        "clean", "open", "close", "create", "deploy", "set", "optimise", "repair",
    ];
    let lexicon = catalogue::lexicon();
    let spans = line.spans(lexicon);
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
            .all(|before| {
                matches!(
                    before.text.as_str(),
                    "please"
                        | "do"
                        | "did"
                        | "you"
                        | "i"
                        | "am"
                        | "would"
                        | "rather"
                        | "just"
                        | "so"
                        | "ok"
                        | "no"
                        | "hey"
                )
            });
        let behind = || tokens.iter().enumerate().skip(place + 1).take_while(|(_, next)| next.negated == Some(place));
        // "Never delete this one" asks for it to be kept.
        let keeps = |span: &senses::Span| match span.sense {
            Sense::Class(class) => {
                span.start == place && span.length > 1 && lexicon.name(Table::Classes, class) == "keep"
            }
            _ => false,
        };
        if spans.iter().any(keeps) {
            continue;
        }
        let first = behind().find(|(other, next)| !next.filler || verb(*other));
        // "I don't want you to": whatever it is.
        let text = |offset: usize| tokens.get(place + offset).map_or("", |token| token.text.as_str());
        let unwanted = matches!(text(1), "want" | "wish" | "need")
            && matches!(text(2), "you" | "it" | "anything")
            && text(3) == "to";
        // "I never said uninstall emacs", "I'm not telling you to remove it".
        let denied = matches!(text(1), "say" | "said" | "saying" | "tell" | "told" | "telling" | "mean" | "meant")
            || matches!(text(1), "ask" | "asked" | "asking") && text(2) == "you";
        let denied = denied && behind().any(|(other, _)| verb(other));
        if opens && (unwanted || denied || first.is_some_and(|(other, _)| verb(other))) {
            refused[place] = true;
            behind().for_each(|(other, _)| refused[other] = true);
        }
    }
    refused.contains(&true).then(|| {
        let said = |wanted: bool| {
            let tokens = tokens.iter().zip(&refused).filter(move |(_, refused)| **refused == wanted);
            tokens.map(|(token, _)| token.clone())
        };
        let mut rest = line.with(said(false).collect());
        rest.refused = said(true).filter(|token| !negates(&token.text)).collect();
        rest
    })
}
