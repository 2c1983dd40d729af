//! A demo machine and the real program on it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the harness stands outside of the program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A machine of its own for one test, removed afterwards.
pub(crate) struct Demo {
    directory: tempfile::TempDir,
    nix: PathBuf,
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Demo {
    /// A new machine of a kind; none, loudly, where there is no Nix.
    pub(crate) fn new(kind: &str) -> Option<Self> {
        let nix = nix_directory()?;
        let directory = tempfile::Builder::new().prefix("ask-nix-").tempdir().unwrap();
        let demo = Self { directory, nix };
        let said = demo.run(&["--demo-kind", kind, "--json", "list generations"]);
        assert_eq!(said.code, 0, "the machine was made: {} {}", said.out, said.err);
        Some(demo)
    }

    /// Where a path of the machine lies.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("machine")
    }

    /// The program on this machine, to be given more arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ask-nix"));
        command.env_clear();
        let path = format!("{}:/usr/bin:/bin:/run/current-system/sw/bin", self.nix.display());
        command
            .env("PATH", path)
            .env("HOME", self.directory.path())
            .env("TZ", "UTC")
            .stdin(std::process::Stdio::null());
        command.arg(format!("--demo={}", self.root().display()));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::from(self.command().args(arguments).output().unwrap())
    }

    /// The reply to a request.
    pub(crate) fn reply(&self, arguments: &[&str]) -> Value {
        let said = self.run(&[&["--json"], arguments].concat());
        said.json()
    }

    /// The reply to a request that must be done.
    pub(crate) fn done(&self, arguments: &[&str]) -> Value {
        let reply = self.reply(arguments);
        assert_eq!(reply["outcome"]["status"], "done", "{arguments:?}: {reply:#}");
        reply
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Edits the configuration as a person would.
    pub(crate) fn configure(&self, from: &str, to: &str) {
        let path = "/etc/nixos/configuration.nix";
        let text = self.read(path);
        assert!(text.contains(from), "{from} stands in {text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// The number of the current generation.
    pub(crate) fn generation(&self) -> u64 {
        let link = std::fs::read_link(self.at("/nix/var/nix/profiles/system")).unwrap();
        let name = link.file_name().unwrap().to_str().unwrap().to_owned();
        name.trim_start_matches("system-").trim_end_matches("-link").parse().unwrap()
    }

    /// The store path of the system that runs.
    pub(crate) fn running(&self) -> PathBuf {
        std::fs::canonicalize(self.at("/run/current-system")).unwrap()
    }

    /// The store path of a generation.
    pub(crate) fn system(&self, generation: u64) -> PathBuf {
        std::fs::canonicalize(self.at(&format!("/nix/var/nix/profiles/system-{generation}-link"))).unwrap()
    }

    /// Everything that a preview must not touch, path by path with content: configuration, profiles, /run, /boot,
    /// journal; and the store when `deep`.
    pub(crate) fn fingerprint(&self, deep: bool) -> Vec<String> {
        let mut places = vec![
            "etc",
            "nix/var/nix/profiles",
            "nix/var/nix/gcroots",
            "run",
            "boot",
            "home/.local/state/ask-nix/journal.jsonl",
        ];
        if deep {
            places.push("nix/store");
        }
        let mut lines = Vec::new();
        for place in places {
            walk(&self.at(place), &mut lines);
        }
        lines.sort();
        lines
    }
}

fn walk(path: &Path, lines: &mut Vec<String>) {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return };
    if metadata.is_symlink() {
        lines.push(format!("{} -> {}", path.display(), std::fs::read_link(path).unwrap().display()));
    } else if metadata.is_dir() {
        lines.push(format!("{}/", path.display()));
        for entry in std::fs::read_dir(path).unwrap() {
            walk(&entry.unwrap().path(), lines);
        }
    } else if metadata.is_file() {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        std::fs::read(path).unwrap_or_default().hash(&mut hasher);
        lines.push(format!("{} {:x}", path.display(), hasher.finish()));
    }
}

impl Said {
    pub(crate) fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// The one object on standard output.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one object and nothing else: {}\n{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// The directory of a Nix to test with: `ASK_NIX_TEST_NIX`, else what is on PATH. Says so loudly where there is none.
pub(crate) fn nix_directory() -> Option<PathBuf> {
    let named = std::env::var("ASK_NIX_TEST_NIX").ok().map(|nix| Path::new(&nix).join("bin"));
    let path = std::env::var("PATH").unwrap_or_default();
    let found = named.into_iter().chain(std::env::split_paths(&path)).find(|directory| directory.join("nix").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no Nix on PATH, and ASK_NIX_TEST_NIX names none");
    }
    found
}
