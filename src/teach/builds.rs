//! A build that failed: which one, and the line of its log that most likely names the cause.

/// The derivation of a message that says that its builder failed, also on another machine.
pub(super) fn failed_derivation(message: &str) -> Option<&str> {
    let local = message.split_once("' failed: ").filter(|_| message.starts_with("build of '"));
    let message = local.map_or(message, |(_, local)| local.strip_prefix("error: ").unwrap_or(local));
    let rest = message.strip_prefix("builder for ").or_else(|| {
        let rest = message.strip_prefix("Cannot build ")?;
        if message.contains("builder failed") { Some(rest) } else { None }
    })?;
    let path = rest.trim_start_matches(['\'', '"']);
    let end = path.find(['\'', '"'])?;
    path.get(..end)
}

/// How programs say what went wrong, the most exact first. Of the lines of one kind the first tells most: what follows
/// is often only its consequence.
const SIGNS: &[&[&str]] = &[
    &[
        ": error: ",
        ": fatal error: ",
        "error[E",
        "configure: error:",
        "CMake Error",
        "ERROR: modpost",
        "undefined reference to",
        "panicked at",
        "npm error code",
        "npm ERR! code",
        "error TS",
        "hunk FAILED",
        "hunks FAILED",
        "ERROR: Dependency",
        "meson.build:",
        "Parse error",
    ],
    &["FAILED ", "--- FAIL", "FAIL: "],
    &["error: ", "Error: ", "fatal: ", "ERROR:", "ERROR ", "Exception: ", "SyntaxError"],
    &[
        "No such file or directory",
        "not found",
        "cannot find",
        "unknown argument",
        "Permission denied",
        "not permitted",
    ],
    &["FAILED", "failed", "Failed", "error"],
];

/// What only says that something failed before.
const CONSEQUENCES: &[&str] = &[
    "error: could not compile",
    "error: aborting due to",
    "error: build failed",
    "make: ***",
    "ninja: build stopped",
    "error: Recipe ",
    "collect2: error: ld returned",
];

/// The line of a build log that most likely names the cause; the last one when none does.
pub(super) fn telling_line(log: &[String]) -> Option<&str> {
    let consequence = |line: &str| {
        let line = line.trim_start();
        CONSEQUENCES.iter().any(|words| line.starts_with(words)) || (line.starts_with("make[") && line.contains("***"))
    };
    let telling = || log.iter().map(|line| line.trim()).filter(|line| !line.is_empty() && !consequence(line));
    let told = SIGNS.iter().find_map(|signs| telling().find(|line| signs.iter().any(|sign| line.contains(sign))));
    told.or_else(|| telling().next_back())
        .or_else(|| log.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()))
}
