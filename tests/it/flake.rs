//! The project's own flake, evaluated against a stand-in for nixpkgs made of the demo machine's package collection: in a
//! store of its own, without network.

#![expect(clippy::unwrap_used, reason = "tests say so by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests copy files and run Nix")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::demo::{self, Demo};

/// What the package is built from, and the flake itself.
const PARTS: [&str; 10] =
    ["flake.nix", "Cargo.toml", "Cargo.lock", "build.rs", "src", "intents", "education", "starter", "demo", "benches"];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    }
}

/// The flake without what else lies beside it, so that Nix does not copy whole build directories.
struct Flake {
    nix: PathBuf,
    demo: Demo,
    directory: tempfile::TempDir,
}

impl Flake {
    fn new() -> Option<Self> {
        let (nix, demo) = (demo::nix_directory()?, Demo::new("flake")?);
        let directory = tempfile::tempdir().unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in PARTS {
            copy(&project.join(part), &directory.path().join("ask-nix").join(part));
        }
        for flake in ["nixpkgs", "machine"] {
            copy(&project.join("tests/flake").join(flake), &directory.path().join(flake));
        }
        Some(Self { nix, demo, directory })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs Nix on a flake with these inputs in place of its own.
    fn nix(&self, arguments: &[&str], inputs: &[(&str, PathBuf)]) -> String {
        let mut command = Command::new(self.demo.at("/enter"));
        command.arg("nix").args(arguments).arg("--no-write-lock-file");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.nix.display()));
        for (name, directory) in inputs {
            command.args(["--override-input", name, &format!("path:{}", directory.display())]);
        }
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "nix {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn inputs(&self) -> [(&'static str, PathBuf); 2] {
        [("nixpkgs", self.at("nixpkgs")), ("nixpkgs/demo", self.demo.at("/channels/nixos-unstable"))]
    }
}

#[test]
fn the_flake_is_whole_and_does_what_the_readme_says() {
    let Some(flake) = Flake::new() else { return };
    let own = format!("path:{}", flake.at("ask-nix").display());
    flake.nix(&["flake", "check", "--no-build", &own], &flake.inputs());
    let shown: Value = serde_json::from_str(&flake.nix(&["flake", "show", "--json", &own], &flake.inputs())).unwrap();
    // Later versions of Nix have put the outputs one level down.
    let shown = shown.get("inventory").unwrap_or(&shown);
    for output in ["packages", "apps", "checks", "devShells", "formatter", "nixosModules", "overlays"] {
        assert!(shown.get(output).is_some(), "{output} in {shown:#}");
    }

    let machine = format!("path:{}#found", flake.at("machine").display());
    let [nixpkgs, demo] = flake.inputs();
    let found = flake.nix(&["eval", "--json", &machine], &[("ask-nix", flake.at("ask-nix")), nixpkgs, demo]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let package = &found["package"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(package["pname"], "ask-nix");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["description"], env!("CARGO_PKG_DESCRIPTION"));
    assert_eq!(package["mainProgram"], "ask-nix");
    assert_eq!(package["licences"], json!(["MIT", "Apache-2.0"]));
    assert_eq!(text(&package["lock"]), format!("{}/Cargo.lock", text(&package["source"])));
    for installed in ["completions $shell", "installShellCompletion", "ask-nix man", "installManPage"] {
        assert!(text(&package["postInstall"]).contains(installed), "{installed} in {package:#}");
    }
    assert_eq!(found["systems"], json!(["aarch64-linux", "x86_64-linux"]));
    assert!(text(&found["program"]).ends_with("/bin/ask-nix"));
    assert_eq!(found["overlay"], true);
    assert!(found["shell"].as_u64() > Some(0));
    assert_eq!((&found["present"], &found["absent"], &found["whole"]), (&json!(true), &json!(true), &json!(true)));
    assert_eq!(found["chosen"], json!({"ASK_NIX_FLAKE": "/home/ada/nixos", "ASK_NIX_LESSONS": "off"}));
    assert_eq!((&found["plain"], &found["without"]), (&json!({}), &json!({})));
}
