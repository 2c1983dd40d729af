//! An ordinary person on a demo machine: the system's directories cannot be written, and a fake helper lends the right to
//! for the time of one command, as sudo lends root.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the harness stands outside of the program")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::demo::{Demo, Said};

/// What belongs to the system.
const LOCKED: [&str; 6] = [
    "/etc/nixos",
    "/nix/var/nix/profiles",
    "/nix/var/nix/profiles/per-user",
    "/nix/var/nix/profiles/per-user/root",
    "/run",
    "/boot",
];
/// The user "nobody", where the tests themselves run as root.
const NOBODY: &str = "65534";

pub(crate) struct Ordinary {
    pub(crate) demo: Demo,
    bin: PathBuf,
}

impl Ordinary {
    /// A machine of a kind; none, loudly, where there is no Nix or nobody to become.
    pub(crate) fn new(kind: &str) -> Option<Self> {
        let demo = Demo::new(kind)?;
        let bin = demo.root().join("../bin");
        std::fs::create_dir(&bin).unwrap();
        let home = demo.root().join("..");
        let ordinary = Self { demo, bin };
        if rustix::process::geteuid().is_root() {
            let owned = Command::new("chown").args(["-R", &format!("{NOBODY}:{NOBODY}")]).arg(&home).status();
            let becomes = Self::as_nobody(Command::new("/bin/true")).status();
            let program = Self::as_nobody({
                let mut command = Command::new(env!("CARGO_BIN_EXE_ask-nix"));
                command.arg("--version");
                command
            });
            let works = { program }.output().is_ok_and(|output| output.status.success());
            // A Nix below root's home is out of reach for anybody else.
            let nix = crate::demo::nix_directory().is_some_and(|directory| {
                let mut nix = Command::new(directory.join("nix"));
                nix.arg("--version").env("HOME", &home);
                Self::as_nobody(nix).output().is_ok_and(|output| output.status.success())
            });
            let ready = owned.is_ok_and(|status| status.success()) && becomes.is_ok_and(|status| status.success());
            if !(ready && works && nix) {
                eprintln!("SKIPPED: nobody can be become here who reaches the program and Nix");
                return None;
            }
        }
        ordinary.lock(true);
        Some(ordinary)
    }

    /// The same command as somebody who is not root.
    fn as_nobody(inner: Command) -> Command {
        if !rustix::process::geteuid().is_root() {
            return inner;
        }
        let mut command = Command::new("setpriv");
        // Through env, so that setpriv itself is looked for where the tests run.
        command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups", "--", "env", "-i"]);
        for (name, value) in inner.get_envs() {
            let (name, value) = (name.to_string_lossy(), value.unwrap_or_default().to_string_lossy());
            command.arg(format!("{name}={value}"));
        }
        command.arg(inner.get_program()).args(inner.get_args());
        command
    }

    /// Takes away the right to write the system, or gives it back.
    pub(crate) fn lock(&self, yes: bool) {
        for place in LOCKED {
            let mode = if yes { 0o555 } else { 0o755 };
            std::fs::set_permissions(self.demo.at(place), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    /// A helper that writes down what it is asked and does it, with an environment as empty as sudo leaves it.
    pub(crate) fn helper(&self, name: &str) {
        let places = LOCKED.map(|place| self.demo.at(place).display().to_string()).join(" ");
        self.program(
            name,
            &format!(
                "{}\nchmod u+w {places}\nenv -i PATH=/usr/bin:/bin HOME=/root \"$@\"\nstatus=$?\nchmod u-w {places}\nexit $status",
                self.write_down()
            ),
        );
    }

    /// A helper that says no.
    pub(crate) fn refusing_helper(&self, name: &str) {
        self.program(
            name,
            &format!(
                "{}\necho 'Sorry, try again.' >&2\necho '{name}: 3 incorrect password attempts' >&2\nexit 1",
                self.write_down()
            ),
        );
    }

    fn write_down(&self) -> String {
        format!("{{ printf '%s' \"${{0##*/}}\"; printf '\\037%s' \"$@\"; echo; }} >> {}", self.record().display())
    }

    fn record(&self) -> PathBuf {
        self.bin.join("record")
    }

    pub(crate) fn program(&self, name: &str, script: &str) {
        let path = self.bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::set_permissions(&self.bin, std::fs::Permissions::from_mode(0o777)).unwrap();
    }

    /// What the helpers were asked, word by word, since the last time.
    pub(crate) fn asked(&self) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(self.record()).unwrap_or_default();
        let _ = std::fs::remove_file(self.record());
        text.lines().map(|line| line.split('\u{1f}').map(str::to_owned).collect()).collect()
    }

    /// The program as that person, with these variables beside.
    pub(crate) fn command(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
        let mut command = self.demo.command();
        let nix = crate::demo::nix_directory().unwrap();
        // Only what is here: the computer's own sudo must not be found.
        command.env("PATH", format!("{}:{}", self.bin.display(), nix.display()));
        command.envs(variables.iter().copied()).args(arguments);
        Self::as_nobody(command)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.command(&[], &[&["--json"], arguments].concat()).output().unwrap();
        let said = Said::from(output);
        (said.code, said.json())
    }
}

impl Drop for Ordinary {
    fn drop(&mut self) {
        self.lock(false);
    }
}

/// The program of a recorded vector, behind the helper, `env` and its variables, and the words after it.
pub(crate) fn behind_env(vector: &[String]) -> (String, Vec<String>) {
    let mut words = vector.iter().skip(1).skip_while(|word| *word == "env" || word.contains('=')).cloned();
    let program = words.next().unwrap_or_default();
    let name = Path::new(&program).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (name, words.collect())
}
