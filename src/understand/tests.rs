use super::*;

#[test]
fn longest_input_is_refused_at_once() {
    let query = Query::new("update ".repeat(10_000));
    assert_eq!(Recognizer::new().recognize(&query, &Context::default()).intent, OUT_OF_SCOPE);
}

#[test]
fn a_line_is_spelled_out() {
    let read = |text: &str| {
        let line = line::Line::read(catalogue::lexicon(), text);
        line.tokens.iter().map(|token| token.text.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(read("Don\u{2019}t UPDAAAATE!!"), "not update");
    assert_eq!(read("udpate teh sytem"), "update the system");
    assert_eq!(read("update $(reboot) now"), "update");
    assert_eq!(read("update | sh"), "update");
    assert_eq!(read("what is `inherit`"), "what is inherit");
    assert_eq!(read("\u{1b}[31mupdate\u{1b}[0m"), "update");
}

#[test]
fn what_is_said_before_completes_what_is_said_now() {
    let recognizer = Recognizer::new();
    let after = |before: &str, now: &str| {
        let previous = recognizer.recognize(&Query::new(before), &Context::default());
        recognizer
            .recognize(&Query::new(now), &Context { previous: vec![previous], plan_open: true, ..Context::default() })
    };
    let got = after("delete generations older than 60 days", "make it two weeks");
    assert_eq!((got.intent.as_str(), got.slots["older_than"].as_str()), ("delete_generations", Some("14d")));
    let got = after("delete generations older than 3 days", "is that safe");
    assert_eq!((got.intent.as_str(), got.mode), ("delete_generations", crate::recognition::Mode::Explain));
    assert_eq!(after("update my system", "yes").intent, "confirm");
    assert_eq!(after("update my system", "no").intent, "cancel");
    assert_eq!(after("update my system", "undo that").intent, "undo_last");
}

#[test]
fn nothing_is_done_that_nobody_asked_for() {
    let recognizer = Recognizer::new();
    for text in [
        "install updates for my phone",
        "don't update",
        "do not update anything",
        "don't install firefox",
        "please do not remove anything",
        "never roll back",
        "clean my room",
        "update my resume",
        "go back to bed",
        "delete generation x of pokemon",
    ] {
        let got = recognizer.recognize(&Query::new(text), &Context::default());
        let changes = crate::catalogue::intent(&got.intent).is_some_and(|intent| intent.changes);
        assert!(!changes || got.confidence < 0.5, "{text}: {got:?}");
    }
}
