//! The progress displays, fed with recordings through the tracker, as frames of a small terminal.

use std::path::Path;
use std::time::Duration;

use ask_nix::event::{Count, Event, Level, Phase, Progress, Running, RunningKind, StepResult};
use ask_nix::nix::log::Tracker;
use ask_nix::show::progress::{Look, PlainProgress, TerminalProgress, Verbosity};

use crate::log::{read, shared};
use crate::paper::{Paper, Sink};

/// The events of a recording, with their times.
fn events(stream: &[u8], milliseconds: u64) -> Vec<(Event, Duration)> {
    let mut events = vec![(started(), Duration::ZERO)];
    let mut tracker = Tracker::new(1);
    let mut now = Duration::ZERO;
    for line in stream.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        now += Duration::from_millis(milliseconds);
        tracker.feed(line, now, &mut |event| events.push((event, now)));
    }
    tracker.finish(now, &mut |event| events.push((event, now)));
    let failed = !tracker.failure().errors.is_empty();
    let result = if failed { StepResult::Failed } else { StepResult::Done };
    events.push((Event::StepFinished { step: 1, result, seconds: now.as_secs_f64() }, now));
    events
}

fn started() -> Event {
    Event::StepStarted { step: 1, of: 3, title: "Build the new system".to_owned() }
}

fn own(name: &str) -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams").join(name)).unwrap_or_default()
}

fn recording(name: &str) -> Option<Vec<u8>> {
    read(&shared()?.join("data/nix-streams").join(name))
}

/// Every frame of a stream that differs from the one before.
fn frames(stream: &[u8], milliseconds: u64, columns: usize, verbosity: Verbosity) -> (Vec<String>, Paper) {
    let paper = Paper::new(columns);
    let mut display = TerminalProgress::new(Box::new(paper.clone()), Look { colour: false, verbosity });
    let mut frames = Vec::new();
    for (event, now) in events(stream, milliseconds) {
        display.event_at(&event, now);
        let frame = paper.frame();
        if frames.last() != Some(&frame) {
            frames.push(frame);
        }
    }
    display.finish();
    (frames, paper)
}

fn plain(stream: &[u8], milliseconds: u64, verbosity: Verbosity) -> String {
    let sink = Sink::default();
    let mut display = PlainProgress::new(Box::new(sink.clone()), Look { colour: false, verbosity });
    for (event, now) in events(stream, milliseconds) {
        display.event_at(&event, now);
    }
    display.finish();
    sink.text()
}

fn many() -> Event {
    let running = (0..12).map(|number| Running {
        kind: if number % 3 == 0 { RunningKind::Copy } else { RunningKind::Build },
        name: format!("package-with-a-long-name-日本語-{number}.{number}"),
        phase: (number % 3 != 0).then(|| "buildPhase".to_owned()),
        seconds: 75.0 - f64::from(number),
        bytes: (number % 3 == 0).then_some(Count { done: 12_900_000, expected: 83_886_080, failed: 0 }),
        host: (number == 1).then(|| "ssh://big".to_owned()),
        waiting: None,
    });
    let progress = Progress {
        phase: Phase::Realising,
        builds: Count { done: 3, expected: 12, failed: 1 },
        downloads: Count { done: 4, expected: 9, failed: 0 },
        bytes: Count { done: 12_900_000, expected: 83_886_080, failed: 0 },
        running: running.collect(),
        ..Progress::default()
    };
    Event::Progress { step: 1, progress }
}

fn picture(columns: usize, event: &Event) -> (String, usize) {
    let paper = Paper::new(columns);
    let mut display = TerminalProgress::new(Box::new(paper.clone()), Look::default());
    display.event_at(&started(), Duration::ZERO);
    display.event_at(event, Duration::from_secs(75));
    (paper.frame(), paper.with(|sheet| sheet.widest))
}

#[test]
fn frames_fit_their_terminals() {
    let (frame, widest) = picture(80, &many());
    let expected = "\
[1/3] Build the new system · 1 min 15 s
  fetch package-with-a-long-name-日本語-0.0  1 min 15 s · 12.3 of 80.0 MiB
  build package-with-a-long-name-日本語-1.1  1 min 14 s · buildPhase · on big
  build package-with-a-long-name-日本語-2.2  1 min 13 s · buildPhase
  fetch package-with-a-long-name-日本語-3.3  1 min 12 s · 12.3 of 80.0 MiB
  build package-with-a-long-name-日本語-4.4  1 min 11 s · buildPhase
  build package-with-a-long-name-日本語-5.5  1 min 10 s · buildPhase
  fetch package-with-a-long-name-日本語-6.6  1 min 09 s · 12.3 of 80.0 MiB
  … and 5 more
  3 of 12 built · 4 of 9 fetched (12.3 of 80.0 MiB) · 1 failed";
    assert_eq!(frame, expected);
    assert!(widest < 80);

    let (frame, widest) = picture(20, &many());
    assert!(widest < 20, "{frame}");
    assert!(frame.starts_with("[1/3] Build t… · 1…\n  pack…  1 min 15 s\n"), "{frame}");

    let (frame, widest) = picture(200, &many());
    assert!(widest < 200 && !frame.contains("Build the new…"), "{frame}");
    let (_, widest) = picture(1, &many());
    assert!(widest <= 1);
}

#[test]
fn a_narrower_terminal_keeps_its_lines() {
    let paper = Paper::new(80);
    let mut display = TerminalProgress::new(Box::new(paper.clone()), Look::default());
    paper.with(|sheet| sheet.write("above\n"));
    display.event_at(&started(), Duration::ZERO);
    display.event_at(&many(), Duration::from_secs(75));
    paper.with(|sheet| sheet.resize(30));
    display.event_at(&many(), Duration::from_secs(76));
    let frame = paper.frame();
    assert!(frame.starts_with("above\n[1/3] Build the… · 1 min 16 s\n  package-with-a…  1 min 15 s\n"), "{frame}");
    assert_eq!(frame.lines().count(), 11, "{frame}");
    // A log line stands above, whole; then everything goes but the log.
    let log = Event::Log { step: 1, level: Level::Info, derivation: None, line: "x".repeat(70) };
    display.event_at(&log, Duration::from_secs(77));
    display.finish();
    assert_eq!(paper.frame(), format!("above\n{0}\n{0}\n{1}", "x".repeat(30), "x".repeat(10)));
}

#[test]
fn what_is_quick_is_not_shown() {
    let paper = Paper::new(80);
    let mut display = TerminalProgress::new(Box::new(paper.clone()), Look::default());
    display.event_at(&started(), Duration::ZERO);
    display.event_at(&many(), Duration::from_millis(200));
    display.tick_at(Duration::from_millis(249));
    let finished = Event::StepFinished { step: 1, result: StepResult::Done, seconds: 0.2 };
    display.event_at(&finished, Duration::from_millis(249));
    assert_eq!(paper.with(|sheet| sheet.written), 0);
    display.event_at(&started(), Duration::from_millis(300));
    display.tick_at(Duration::from_millis(560));
    assert_eq!(paper.frame(), "[1/3] Build the new system · 0.2 s");
}

#[test]
fn a_failed_build_is_printed_once_with_its_last_lines() {
    for name in ["2.26-build-fail-keepgoing.jsonl", "2.34-build-fail-keepgoing.jsonl"] {
        let (frames, paper) = frames(&own(name), 30, 80, Verbosity::Normal);
        let last = frames.last().cloned().unwrap_or_default();
        assert_eq!(last.matches("libbar-2.1 failed: builder failed with exit code 2").count(), 1, "{last}");
        assert!(last.contains("    | bar.c:12: error: expected ;"), "{last}");
        assert!(last.ends_with("2 built") && last.contains("Build the new system: failed after"), "{last}");
        assert!(!last.contains("tool-3"), "{last}");
        assert!(paper.with(|sheet| sheet.widest) < 80);
        let quiet = self::frames(&own(name), 30, 80, Verbosity::Quiet).0.pop().unwrap_or_default();
        assert!(quiet.starts_with("libbar-2.1 failed"), "{quiet}");
        assert!(!quiet.contains("Build the new system"), "{quiet}");
    }
}

#[test]
fn builds_and_downloads_are_seen_while_they_run() {
    let Some(stream) = recording("2.34-build-ok.jsonl") else { return };
    let (frames, _) = frames(&stream, 30, 80, Verbosity::Normal);
    assert!(
        frames.iter().any(|frame| frame.contains("\n  build libbar-2.1  ") && frame.contains("buildPhase")),
        "{frames:#?}"
    );
    assert!(frames.iter().any(|frame| frame.contains("  3 of 5 built")));
    assert!(
        frames
            .last()
            .is_some_and(|last| last.ends_with("5 built") && last.starts_with("Build the new system: done in"))
    );

    let Some(stream) = recording("2.34-substitute-progress.jsonl") else { return };
    let (frames, _) = self::frames(&stream, 8, 80, Verbosity::Normal);
    let middle = &frames[frames.len() / 2];
    assert!(
        middle.contains("fetch firefox-134.0") && middle.contains(" of 4 fetched (") && middle.contains("MiB"),
        "{middle}"
    );
    assert!(frames.iter().any(|frame| frame.contains("about ") && frame.contains(" left")), "{frames:#?}");
    assert!(frames.last().is_some_and(|last| last.ends_with(", 4 fetched (8.5 MiB)")), "{:?}", frames.last());
    for columns in [20, 40] {
        let (_, paper) = self::frames(&stream, 8, columns, Verbosity::Normal);
        let summary = "Build the new system: done in 12 s, 4 fetched (8.5 MiB)".len();
        assert!(paper.with(|sheet| sheet.widest) <= summary);
    }
}

#[test]
fn evaluation_and_asking_have_timers() {
    let lines: [&[u8]; 4] = [
        br#"@nix {"action":"msg","level":4,"msg":"evaluating file '/etc/nixos/a.nix'"}"#,
        br#"@nix {"action":"msg","level":4,"msg":"evaluating file '/etc/nixos/b.nix'"}"#,
        br#"@nix {"action":"start","id":7,"type":109,"text":"","fields":["/nix/store/x","https://cache.nixos.org"]}"#,
        br#"@nix {"action":"start","id":8,"type":109,"text":"","fields":["/nix/store/y","https://cache.nixos.org"]}"#,
    ];
    let (frames, _) = frames(&lines.join(&b'\n'), 2000, 60, Verbosity::Normal);
    assert_eq!(frames[2], "[1/3] Build the new system · 4 s\n  evaluating, 2 files  0.0 s");
    assert_eq!(frames[4], "[1/3] Build the new system · 8 s\n  asking cache.nixos.org about 2 paths  0.0 s");
}

#[test]
fn lines_for_what_is_no_terminal() {
    let Some(stream) = recording("2.34-build-ok.jsonl") else { return };
    let text = plain(&stream, 30, Verbosity::Normal);
    assert!(text.starts_with("[1/3] Build the new system\n"), "{text}");
    for name in ["libfoo-1.0", "libbar-2.1", "tool-3", "etc-config", "nixos-system-demo-25.11"] {
        assert_eq!(text.matches(&format!("building {name}\n")).count(), 1, "{text}");
        assert_eq!(text.matches(&format!("built {name} in ")).count(), 1, "{text}");
    }
    assert!(text.trim_end().ends_with("5 built"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\r'));

    let Some(stream) = recording("2.34-substitute-progress.jsonl") else { return };
    let text = plain(&stream, 20, Verbosity::Normal);
    assert!(text.lines().count() <= 6, "{text}");
    assert!(text.contains("still fetching, "), "{text}");
    assert!(text.contains("4 fetched (8.5 MiB)"), "{text}");
}

#[test]
fn long_silence_is_broken() {
    let sink = Sink::default();
    let mut display = PlainProgress::new(Box::new(sink.clone()), Look::default());
    display.event_at(&started(), Duration::ZERO);
    let running = |seconds: f64| {
        let build = Running {
            kind: RunningKind::Build,
            name: "linux-6.6".to_owned(),
            phase: Some("buildPhase".to_owned()),
            seconds,
            bytes: None,
            host: None,
            waiting: None,
        };
        Event::Progress { step: 1, progress: Progress { running: vec![build], ..Progress::default() } }
    };
    for second in 1..=32_u32 {
        display.event_at(&running(f64::from(second)), Duration::from_secs(u64::from(second)));
    }
    let expected = "[1/3] Build the new system\nbuilding linux-6.6\nstill building linux-6.6 (buildPhase), 11 s\nstill building linux-6.6 (buildPhase), 21 s\nstill building linux-6.6 (buildPhase), 31 s\n";
    assert_eq!(sink.text(), expected);
}

#[test]
fn verbosity_and_colour() {
    let log =
        |level, line: &str| Event::Log { step: 1, level, derivation: Some("a-1".to_owned()), line: line.to_owned() };
    let text = |verbosity, colour| {
        let sink = Sink::default();
        let mut display = PlainProgress::new(Box::new(sink.clone()), Look { colour, verbosity });
        display.event_at(&started(), Duration::ZERO);
        display.event_at(&log(Level::Detail, "cc"), Duration::from_secs(1));
        display.event_at(&log(Level::Error, "failed: x"), Duration::from_secs(1));
        display.event_at(&log(Level::Error, "failed: x"), Duration::from_secs(1));
        sink.text()
    };
    assert_eq!(text(Verbosity::Quiet, false), "a-1 failed: x\n    | cc\n");
    assert_eq!(text(Verbosity::Verbose, false), "[1/3] Build the new system\na-1> cc\na-1 failed: x\n");
    assert!(text(Verbosity::Normal, true).contains("\u{1b}[31ma-1 failed: x\u{1b}[0m"));
}
