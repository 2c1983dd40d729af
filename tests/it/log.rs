//! Nix's structured log, read from recordings: own short ones in `tests/streams`, longer shared ones where they are.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ask_nix::event::{Event, Level, Phase, Progress};
use ask_nix::nix::log::{Cause, Failure, Garbage, Tracker};

const MIB: u64 = 1 << 20;

/// A stream and what became of it.
pub(crate) struct Replay {
    tracker: Tracker,
    pub(crate) events: Vec<Event>,
}

impl Replay {
    /// Feeds lines, so many milliseconds apart.
    pub(crate) fn of<'a>(lines: impl IntoIterator<Item = &'a [u8]>, milliseconds: u64) -> Self {
        let mut replay = Self { tracker: Tracker::new(1), events: Vec::new() };
        let mut now = Duration::ZERO;
        for line in lines {
            now += Duration::from_millis(milliseconds);
            replay.tracker.feed(line, now, &mut |event| replay.events.push(event));
        }
        replay.tracker.finish(now, &mut |event| replay.events.push(event));
        replay
    }

    fn own(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams").join(name);
        Self::of(read(&path).unwrap_or_default().split(|&byte| byte == b'\n'), 1)
    }

    /// A shared recording.
    fn shared(name: &str) -> Option<Self> {
        Self::shared_slowly(name, 1)
    }

    fn shared_slowly(name: &str, milliseconds: u64) -> Option<Self> {
        let text = read(&shared()?.join("data/nix-streams").join(name))?;
        Some(Self::of(text.split(|&byte| byte == b'\n'), milliseconds))
    }

    fn snapshots(&self) -> Vec<&Progress> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Progress { progress, .. } => Some(progress),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn last(&self) -> Progress {
        self.snapshots().last().copied().cloned().unwrap_or_default()
    }

    pub(crate) fn logged(&self, wanted: Level) -> Vec<String> {
        let line = |event: &Event| match event {
            Event::Log { level, line, .. } if *level == wanted => Some(line.clone()),
            _ => None,
        };
        self.events.iter().filter_map(line).collect()
    }

    pub(crate) fn failure(&self) -> Failure {
        self.tracker.failure()
    }
}

#[expect(clippy::disallowed_methods, reason = "tests read their own data")]
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "tests find and announce their own data")]
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("ASK_NIX_SHARED").map_or_else(beside, PathBuf::from);
    let found = path.join("data/nix-streams").is_dir();
    if !found {
        eprintln!("SKIPPED: no recordings in {}; set ASK_NIX_SHARED", path.display());
    }
    found.then_some(path)
}

fn names(paths: &[String]) -> Vec<&str> {
    paths.iter().map(|path| path.split_once('-').map_or(path.as_str(), |(_, name)| name)).collect()
}

#[test]
fn the_root_cause_comes_first_in_both_families() {
    let own = ["2.26-build-fail-keepgoing.jsonl", "2.34-build-fail-keepgoing.jsonl"].map(Replay::own);
    let shared = [
        "2.8-build-fail-dep.jsonl",
        "2.34-build-fail-dep.jsonl",
        "2.8-build-fail-keepgoing.jsonl",
        "2.34-build-fail-keepgoing.jsonl",
    ];
    for replay in own.into_iter().chain(shared.into_iter().filter_map(Replay::shared)) {
        let failure = replay.failure();
        let failed: Vec<&str> = failure.failed.iter().map(|build| build.name.as_str()).collect();
        assert_eq!(failed, ["libbar-2.1", "tool-3", "nixos-system-demo-25.11"]);
        let root = &failure.failed[0];
        assert_eq!((root.exit_code, root.cause), (Some(2), Cause::Builder));
        assert_eq!(root.reason, "builder failed with exit code 2");
        assert_eq!(root.tail.last().map(String::as_str), Some("bar.c:12: error: expected ;"));
        assert_eq!(failure.failed[1].cause, Cause::Dependency);
        assert_eq!(failure.failed[1].reason, "1 dependency failed");
        assert_eq!(failure.errors.len(), 3);
        assert_eq!(replay.logged(Level::Error), ["failed: builder failed with exit code 2"]);
        assert_eq!(replay.last().builds.failed, 1);
        assert!(replay.last().running.is_empty());
    }
}

#[test]
fn other_failures_of_builds() {
    let cases = [
        ("2.26-hash-mismatch.jsonl", "fod", Cause::HashMismatch),
        ("2.34-hash-mismatch.jsonl", "fod", Cause::HashMismatch),
        ("2.26-timed-out.jsonl", "slow", Cause::TimedOut),
        ("2.34-timed-out.jsonl", "slow", Cause::TimedOut),
        ("2.26-killed.jsonl", "killed", Cause::Signal),
        ("2.34-killed.jsonl", "killed", Cause::Signal),
        ("2.26-platform.jsonl", "badsys", Cause::Platform),
        ("2.34-platform.jsonl", "badsys", Cause::Platform),
    ];
    for (stream, name, cause) in cases {
        let failure = Replay::own(stream).failure();
        assert_eq!(failure.failed.len(), 1, "{stream}: {failure:?}");
        assert_eq!((failure.failed[0].name.as_str(), failure.failed[0].cause), (name, cause), "{stream}");
        assert_eq!(failure.failed[0].exit_code, None, "{stream}");
    }
}

#[test]
fn errors_of_evaluation_keep_place_and_trace() {
    for stream in ["2.26-eval-trace.jsonl", "2.34-eval-trace.jsonl"] {
        let failure = Replay::own(stream).failure();
        let error = &failure.errors[0];
        assert_eq!(error.message, "attribute 'a' missing");
        assert!(error.text.contains("Did you mean b?"), "{}", error.text);
        let position = error.position.as_ref().expect("a place");
        assert_eq!((position.file.as_str(), position.line, position.column), ("«string»", 1, 12));
        assert_eq!(error.trace[0].message, "while calling 'f'");
        assert_eq!(error.trace.last().expect("frames").message, "while doing it");
    }
    for replay in ["2.8-eval-error.jsonl", "2.34-eval-error.jsonl"].into_iter().filter_map(Replay::shared) {
        let failure = replay.failure();
        assert_eq!(failure.errors[0].message, "attribute 'hostname' missing");
        assert_eq!(failure.errors[0].position.as_ref().map(|position| position.file.as_str()), Some("«string»"));
        assert!(failure.failed.is_empty());
    }
}

#[test]
fn warnings_are_told_once_and_traces_are_no_errors() {
    for stream in ["2.26-warnings.jsonl", "2.34-warnings.jsonl"] {
        let replay = Replay::own(stream);
        let failure = replay.failure();
        assert_eq!(failure.warnings, ["evaluation warning: careful"]);
        assert_eq!(failure.errors.len(), 1);
        assert_eq!(failure.errors[0].message, "boo");
        assert_eq!(replay.logged(Level::Info), ["trace: tr"]);
    }
    for replay in ["2.8-substituter-unreachable.jsonl", "2.34-substituter-unreachable.jsonl"]
        .into_iter()
        .filter_map(Replay::shared)
    {
        let failure = replay.failure();
        assert!(failure.errors.is_empty(), "{:?}", failure.errors);
        assert!(failure.warnings.len() <= 3, "{:?}", failure.warnings);
        let told = failure.warnings.join("\n");
        assert!(told.contains("https://cache.nixos.org/nix-cache-info"), "{told}");
    }
}

#[test]
fn builds_are_counted_and_named() {
    let streams = [
        "2.8-build-ok.jsonl",
        "2.34-build-ok.jsonl",
        "2.8-daemon-build-ok.jsonl",
        "2.34-daemon-build-ok.jsonl",
        "2.8-nix-build-ok.jsonl",
        "2.34-nix-build-ok.jsonl",
    ];
    for stream in streams {
        let Some(replay) = Replay::shared_slowly(stream, 30) else { return };
        assert_eq!(replay.last().builds.done, 5, "{stream}");
        assert_eq!(replay.last().builds.expected, 5, "{stream}");
        assert_eq!(replay.last().builds.failed, 0, "{stream}");
        assert!(replay.failure().errors.is_empty(), "{stream}");
        let finished: Vec<&str> = replay
            .snapshots()
            .iter()
            .flat_map(|progress| &progress.finished)
            .map(|ended| ended.name.as_str())
            .collect();
        assert_eq!(finished.len(), 5, "{stream}: {finished:?}");
        assert_eq!(finished.last(), Some(&"nixos-system-demo-25.11"));
        let phases: Vec<_> = replay.snapshots().iter().flat_map(|progress| &progress.running).collect();
        assert!(phases.iter().any(|running| running.phase.as_deref() == Some("buildPhase")), "{stream}");
        assert_eq!(replay.last().phase, Phase::Realising);
    }
}

#[test]
fn downloads_are_measured() {
    for stream in ["2.8-substitute-progress.jsonl", "2.34-substitute-progress.jsonl"] {
        let Some(replay) = Replay::shared(stream) else { return };
        let last = replay.last();
        assert_eq!((last.downloads.done, last.downloads.expected, last.downloads.failed), (4, 4, 0), "{stream}");
        assert!(last.bytes.done > 8 * MIB && last.bytes.done < 9 * MIB, "{stream}: {:?}", last.bytes);
        assert!(last.bytes.expected >= last.bytes.done && last.bytes.expected < 9 * MIB, "{stream}: {:?}", last.bytes);
        // One line a path: the substitution, its copying and its download are one thing to a person.
        assert!(replay.snapshots().iter().all(|progress| progress.running.len() <= 3), "{stream}");
        let seen = replay.snapshots().iter().flat_map(|progress| &progress.running).any(|running| {
            running.name == "firefox-134.0"
                && running.bytes.is_some_and(|bytes| bytes.done > MIB && bytes.expected < 4 * MIB)
        });
        assert!(seen, "{stream}");
        // 1,500 lines, a millisecond each: ten snapshots a second.
        assert!(replay.snapshots().len() <= 17, "{stream}: {}", replay.snapshots().len());
        assert_eq!(replay.snapshots().iter().map(|progress| progress.finished.len()).sum::<usize>(), 4, "{stream}");
    }
}

#[test]
fn plans_of_every_form() {
    for stream in ["2.8-dry-run.txt", "2.34-dry-run.txt"] {
        let Some(replay) = Replay::shared(stream) else { return };
        let planned = replay.tracker.planned();
        assert_eq!(planned.build_count, 5);
        assert!(names(&planned.builds).contains(&"libbar-2.1.drv"));
        assert!(planned.fetches.is_empty() && planned.download_bytes.is_none());
    }
    for (stream, bytes) in [
        ("2.8-dry-run-substitutes.txt", 8_996_782),
        ("2.34-dry-run-substitutes.txt", 9_017_753),
        ("2.34-substitute-progress.jsonl", 9_017_753),
    ] {
        let Some(replay) = Replay::shared(stream) else { return };
        let planned = replay.tracker.planned();
        assert_eq!((planned.fetches.len(), planned.fetch_count), (4, 4), "{stream}");
        assert_eq!((planned.download_bytes, planned.unpacked_bytes), (Some(bytes), Some(bytes)), "{stream}");
        assert!(names(&planned.fetches).contains(&"firefox-134.0"), "{stream}");
    }
}

#[test]
fn upkeep_of_the_store() {
    let old = Replay::own("2.26-gc.jsonl").tracker.garbage();
    assert_eq!(old, Some(Garbage { paths: 28, freed_bytes: Some(10_485) }));
    let new = Replay::own("2.34-gc.jsonl").tracker.garbage();
    assert_eq!(new, Some(Garbage { paths: 29, freed_bytes: Some(13_516) }));
    for replay in ["2.8-gc.jsonl", "2.34-gc.jsonl"].into_iter().filter_map(Replay::shared) {
        assert_eq!(replay.tracker.garbage(), Some(Garbage { paths: 8, freed_bytes: None }));
        assert!(replay.last().activity.as_deref().is_some_and(|text| text.starts_with("note: ")));
    }
    for stream in ["2.26-optimise.jsonl", "2.34-optimise.jsonl"] {
        let optimised = Replay::own(stream).tracker.optimised().expect("it was done");
        assert_eq!((optimised.files, optimised.freed_bytes), (6, 42), "{stream}");
    }
    for stream in ["2.26-verify-damage.jsonl", "2.34-verify-damage.jsonl"] {
        let replay = Replay::own(stream);
        let mut corrupted = names(&replay.tracker.damage().corrupted);
        corrupted.sort_unstable();
        assert_eq!(corrupted, ["etc-config", "libbar-2.1", "libfoo-1.0"], "{stream}");
        assert!(replay.tracker.damage().untrusted.is_empty());
        assert_eq!((replay.tracker.verified().done, replay.tracker.verified().expected), (23, 23));
    }
}

#[test]
fn plain_errors_are_errors_too() {
    let text = "warning: Git tree '/etc/nixos' is dirty\nerror: builder for '/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-libbar-2.1.drv' failed with exit code 2;\n       last 2 log lines:\n       > cc -c bar.c\n       > bar.c:12: error: expected ;\n       For full logs, run:\n         nix log /nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-libbar-2.1.drv\nerror: Cannot build '/nix/store/swkqlk0j5l0yyn5f36q8w6zq355azhgm-tool-3.drv'.\n       Reason: 1 dependency failed.\ndone";
    let failure = Replay::of(text.as_bytes().split(|&byte| byte == b'\n'), 1).failure();
    assert_eq!(failure.failed[0].exit_code, Some(2));
    assert_eq!(failure.failed[0].tail, ["cc -c bar.c", "bar.c:12: error: expected ;"]);
    assert_eq!((failure.failed[1].name.as_str(), failure.failed[1].cause), ("tool-3", Cause::Dependency));
    assert_eq!(failure.warnings, ["Git tree '/etc/nixos' is dirty"]);
    assert_eq!(failure.plain_tail.last().map(String::as_str), Some("done"));
}

#[test]
fn waiting_is_told() {
    let lines: [&[u8]; 3] = [
        br#"@nix {"action":"start","id":5,"type":105,"text":"building","fields":["/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-a-1.drv","ssh://big",1,1]}"#,
        br#"@nix {"action":"start","id":6,"type":111,"parent":5,"text":"waiting for a free build user ID for '/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-a-1.drv'"}"#,
        br#"@nix {"action":"start","id":7,"type":109,"text":"querying info","fields":["/nix/store/x","https://cache.nixos.org"]}"#,
    ];
    let replay = Replay::of(lines, 200);
    let running = replay.last().running;
    assert_eq!((running.len(), running[0].name.as_str(), running[0].host.as_deref()), (1, "a-1", Some("ssh://big")));
    assert!(running[0].waiting.as_deref().is_some_and(|text| text.starts_with("waiting for a free build user")));
    assert_eq!(replay.last().activity.as_deref(), Some("asking cache.nixos.org about 1 path"));
}
