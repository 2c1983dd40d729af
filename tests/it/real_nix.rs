//! A real Nix with a store of its own in a throw-away directory: no daemon, no root, no network, no sandbox.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests say what is wrong and what they skip")]

use std::path::{Path, PathBuf};

use crate::fixture_machine::FixtureMachine;
use crate::machine::{Command, Machine as _};

/// Model systems that share a library, as their differing parts: `pkgs.<n>` is generation n's.
const EXPRESSION: &str = r#"
{ number, tool ? "1.0" }:
let
  make = name: needs: script: derivation {
    inherit name needs; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
    args = [ "-c" ''
      mkdir -p $out/bin; echo "$needs" > $out/needs
      ${script}
    '' ];
  };
  library = make "library-2.40-66" [ ] "head -c 300000 /dev/zero > $out/data";
  programs = make "tool-${tool}" [ library ] "head -c 100000 /dev/zero > $out/data";
  settings = make "etc" [ ] "echo ${number} > $out/settings";
  modules = make "linux-6.12.58-modules" [ ] "mkdir -p $out/lib/modules/6.12.58";
in make "nixos-system-demo-25.11.${number}" [ library programs settings modules ] ''
  printf '25.11.${number}' > $out/nixos-version
  mkdir -p $out/sw/bin $out/specialisation
  ln -s ${modules} $out/kernel-modules
  printf '#!/bin/sh\necho {"configurationRevision":"rev${number}"}\n' > $out/sw/bin/nixos-version
''
"#;

/// The Nix and where its things are.
pub(crate) struct RealNix {
    pub(crate) machine: FixtureMachine,
    pub(crate) state: PathBuf,
    pub(crate) store: PathBuf,
    pub(crate) profile: PathBuf,
    directory: tempfile::TempDir,
}

#[expect(clippy::disallowed_methods, reason = "the harness makes the directory that Nix works in")]
impl RealNix {
    /// Finds a Nix in `ASK_NIX_TEST_NIX` or on PATH; says so and gives none where there is none.
    pub(crate) fn find() -> Option<Self> {
        let path = std::env::var("PATH").unwrap_or_default();
        let path = match std::env::var("ASK_NIX_TEST_NIX") {
            Ok(nix) => format!("{nix}/bin:{nix}:{path}"),
            Err(_) => path,
        };
        if !path.split(':').any(|directory| Path::new(directory).join("nix-store").exists()) {
            eprintln!("SKIPPED: no Nix on PATH, and ASK_NIX_TEST_NIX names none");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let below = |name: &str| directory.path().join(name);
        let text = |name: &str| below(name).display().to_string();
        let (state, store) = (below("var/nix"), below("store"));
        for name in ["store", "var/nix/profiles", "etc", "home"] {
            std::fs::create_dir_all(below(name)).unwrap();
        }
        let settings = "experimental-features = nix-command flakes\nsandbox = false\nbuild-users-group =\n\
                        substituters =\nflake-registry =\n";
        std::fs::write(below("etc/nix.conf"), settings).unwrap();
        std::fs::write(below("system.nix"), EXPRESSION).unwrap();
        let mut machine = FixtureMachine::new("/");
        machine.real = true;
        machine.variables = [
            ("PATH", path),
            ("NIX_STORE_DIR", text("store")),
            ("NIX_STATE_DIR", text("var/nix")),
            ("NIX_LOG_DIR", text("var/log/nix")),
            ("NIX_CONF_DIR", text("etc")),
            ("XDG_CACHE_HOME", text("cache")),
            ("XDG_STATE_HOME", text("state")),
            ("XDG_CONFIG_HOME", text("config")),
            ("HOME", text("home")),
            ("NIX_REMOTE", String::new()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        let profile = state.join("profiles/system");
        Some(Self { machine, state, store, profile, directory })
    }

    /// Runs a program of Nix and gives its standard output.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let command = Command::new(program).args(arguments.iter().copied());
        let (exit, output) = self.machine.capture(&command).unwrap();
        assert!(exit.success(), "{program} {arguments:?}");
        String::from_utf8(output).unwrap()
    }

    /// Builds the system with this number.
    pub(crate) fn build(&self, number: &str, tool: &str) -> String {
        let file = self.directory.path().join("system.nix");
        let file = file.display().to_string();
        let arguments = ["--no-out-link", &file, "--argstr", "number", number, "--argstr", "tool", tool];
        self.run("nix-build", &arguments).trim().to_owned()
    }

    /// Makes a store path the next generation.
    pub(crate) fn set(&self, path: &str) {
        self.run("nix-env", &["--profile", &self.profile.display().to_string(), "--set", path]);
    }

    /// Adds lines to `nix.conf`.
    pub(crate) fn append_settings(&self, lines: &str) {
        let file = self.directory.path().join("etc/nix.conf");
        let old = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, old + lines).unwrap();
    }

    /// Lets everybody look into the directory, as into `/nix`.
    pub(crate) fn open_to_all(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(self.directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}
