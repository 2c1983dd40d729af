//! Processes that work on a demo machine, found from outside.

#![expect(clippy::disallowed_methods, reason = "the harness stands outside of the program")]

use std::time::{Duration, Instant};

use crate::demo::Demo;

/// The processes whose command line or environment names the machine, with their command lines.
pub(crate) fn of(demo: &Demo) -> Vec<(i32, String)> {
    let root = demo.root().display().to_string();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let read = |file: &str| {
            let bytes = std::fs::read(entry.path().join(file)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).replace('\0', " ")
        };
        let line = read("cmdline");
        // What has ended and was not yet waited for has no command line.
        if !line.is_empty() && (line.contains(&root) || read("environ").contains(&root)) {
            found.push((pid, line));
        }
    }
    found
}

/// Waits until a process of the machine with these words in its command line is there.
pub(crate) fn wait_for(demo: &Demo, words: &str) {
    let started = Instant::now();
    while !of(demo).iter().any(|(_, line)| line.contains(words)) {
        assert!(started.elapsed() < Duration::from_secs(30), "no {words} in {:?}", of(demo));
        std::thread::sleep(Duration::from_millis(20));
    }
}
