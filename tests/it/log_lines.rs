//! Nix's structured log where it is strange: broken, hostile, endless, or of a Nix to come.

use std::time::Duration;

use ask_nix::event::{Event, Level};
use ask_nix::nix::log::{Message, Tracker};
use proptest::prelude::{any, prop, prop_oneof, proptest};
use proptest::strategy::{Just, Strategy};

use crate::log::Replay;

#[test]
fn strange_lines_are_text() {
    let lines: [(&[u8], &str); 7] = [
        (b"just text", "just text"),
        (b"@nix {broken", "@nix {broken"),
        (b"@nix [1,2]", "@nix [1,2]"),
        (b"@nixos {\"action\":\"stop\"}", "@nixos {\"action\":\"stop\"}"),
        (b"\xff\xfe bytes", "\u{fffd}\u{fffd} bytes"),
        (b"\x1b[31mred\x1b[0m\x07", "red"),
        (b"@nix 7", "@nix 7"),
    ];
    for (line, shown) in lines {
        assert_eq!(Replay::of([line], 1).logged(Level::Info), [shown]);
    }
    let unknown: &[u8] = br#"@nix {"action":"dance","text":"la la","payload":{"a":[1,{"b":null}]}}"#;
    assert_eq!(Replay::of([unknown], 1).logged(Level::Detail), ["la la"]);
}

#[test]
fn later_protocols_are_shown_by_their_text() {
    let lines: [&[u8]; 6] = [
        br#"@nix {"action":"start","id":18446744073709551615,"level":3,"type":999,"text":"dreaming of 'x'","new":true}"#,
        br#"@nix {"action":"result","id":18446744073709551615,"type":110,"payload":{"status":"Built"}}"#,
        br#"@nix {"action":"result","id":18446744073709551615,"type":888,"fields":["a word"]}"#,
        br#"@nix {"action":"result","id":1,"type":105,"fields":[-1,null,"x",{}]}"#,
        br#"@nix {"action":"start","id":"seven"}"#,
        br#"@nix {"action":"stop","id":1.5}"#,
    ];
    let replay = Replay::of(lines, 200);
    assert_eq!(replay.last().running[0].name, "dreaming of 'x'");
    assert_eq!(replay.logged(Level::Detail), ["a word"]);
}

#[test]
fn a_line_of_ten_megabytes_is_cut() {
    let long = "x\u{1b}[1m".repeat(2 * 1024 * 1024);
    let json = format!(r#"@nix {{"action":"msg","level":0,"msg":{long:?}}}"#).replace("\\u{1b}", "\\u001b");
    for line in [long.as_bytes(), json.as_bytes()] {
        let replay = Replay::of([line], 1);
        assert!(format!("{:?}", replay.events).len() < 10_000);
        assert!(format!("{:?}", replay.failure()).len() < 200_000);
    }
}

#[test]
fn a_million_lines_leave_only_tails() {
    let mut tracker = Tracker::new(1);
    let start = br#"@nix {"action":"start","id":5,"type":105,"text":"building","fields":["/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-a-1.drv","",1,1]}"#;
    let mut count = 0_u64;
    tracker.feed(start, Duration::ZERO, &mut |_| count += 1);
    for number in 0..1_000_000_u64 {
        let line = format!(r#"@nix {{"action":"result","fields":["line {number}"],"id":5,"type":101}}"#);
        tracker.feed(line.as_bytes(), Duration::from_micros(number), &mut |_| count += 1);
        if number % 100 == 0 {
            tracker.feed(format!("plain {number}").as_bytes(), Duration::from_micros(number), &mut |_| count += 1);
            let warning = format!("warning: {}", "w".repeat(usize::try_from(number % 3000).unwrap_or_default()));
            tracker.feed(warning.as_bytes(), Duration::from_micros(number), &mut |_| count += 1);
        }
    }
    assert!(count > 1_010_000);
    let size = format!("{tracker:?}").len();
    assert!(size < 200_000, "{size}");
}

/// Pieces of the protocol, put together wrongly.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (100_u64..115).prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        Just("[[],{}]".to_owned()),
        Just(r#"["/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-a.drv","x",1,1]"#.to_owned()),
        "\\PC{0,30}".prop_map(|text| serde_json::to_string(&text).unwrap_or_default()),
    ];
    let key = prop_oneof![
        Just("id"),
        Just("type"),
        Just("fields"),
        Just("text"),
        Just("parent"),
        Just("level"),
        Just("msg"),
        Just("raw_msg"),
        Just("file"),
        Just("line"),
        Just("column"),
        Just("trace"),
    ];
    let action = prop_oneof![Just("start"), Just("stop"), Just("result"), Just("msg"), Just("x")];
    (action, prop::collection::vec((key, value), 0..8), any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(action, pairs, cut, whole)| {
            let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!(",\"{key}\":{value}")).collect();
            let pairs = pairs.concat();
            let mut line = format!("@nix {{\"action\":\"{action}\"{pairs}}}").into_bytes();
            if !whole {
                line.truncate(cut.index(line.len()));
            }
            line
        },
    )
}

proptest! {
    #[test]
    fn nothing_panics(lines in prop::collection::vec(prop_oneof![mutated(), prop::collection::vec(any::<u8>(), 0..80)], 0..40)) {
        let replay = Replay::of(lines.iter().map(Vec::as_slice), 37);
        replay.failure();
        for event in &replay.events {
            if let Event::Log { line, .. } = event {
                assert!(line.chars().all(|character| !character.is_control() || character == '\n'));
            }
        }
    }

    #[test]
    fn every_text_is_a_message(text in "\\PC*") {
        let _ = Message::parse(&text);
        let _ = Message::parse(&format!("@nix {text}"));
    }
}
