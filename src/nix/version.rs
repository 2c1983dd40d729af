//! Which Nix this is: its kind and version, read from its store path where that tells it.

use std::path::PathBuf;

use serde::Serialize;

use crate::machine::{Command, Machine};
use crate::nix::package_name::PackageName;

/// The kinds of Nix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Nix itself.
    Nix,
    /// Lix, a fork.
    Lix,
    /// Determinate Nix, a distribution.
    Determinate,
}

/// The version of a Nix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NixVersion {
    /// The kind.
    pub variant: Variant,
    /// Major, minor and patch; of the Nix inside where a distribution has a version of its own.
    pub version: (u32, u32, u32),
    /// As it was told: `nix (Nix) 2.34.8`.
    pub text: String,
}

impl NixVersion {
    /// Reads what `nix --version` prints.
    pub fn parse(text: &str) -> Option<Self> {
        let line = text.lines().map(str::trim).find(|line| line.starts_with("nix "))?;
        let variant = if line.contains("(Lix") {
            Variant::Lix
        } else if line.contains("(Determinate") {
            Variant::Determinate
        } else {
            Variant::Nix
        };
        let version = numbers(line.rsplit(' ').next()?)?;
        Some(Self { variant, version, text: line.to_owned() })
    }

    /// Reads the name of a store path: `…-nix-2.28.3`, `…-lix-2.93.0`.
    pub fn of_store_path(path: &str) -> Option<Self> {
        let package = PackageName::of_path(path);
        let variant = match package.name {
            "nix" => Variant::Nix,
            "lix" => Variant::Lix,
            "determinate-nix" | "nix-determinate" => Variant::Determinate,
            _ => return None,
        };
        // Determinate's own number says nothing about the Nix inside.
        if package.hash.is_empty() || variant == Variant::Determinate {
            return None;
        }
        let version = numbers(package.version)?;
        let title = if variant == Variant::Lix { "Lix, like Nix" } else { "Nix" };
        Some(Self { variant, version, text: format!("nix ({title}) {}", package.version) })
    }

    /// Whether this is new enough for what ask-nix runs: 2.18, and 2.90 of Lix.
    pub fn supported(&self) -> bool {
        let least = if self.variant == Variant::Lix { (2, 90, 0) } else { (2, 18, 0) };
        self.version >= least
    }

    /// Whether it is at least this version of Nix.
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        self.version >= (major, minor, 0)
    }
}

/// Where `nix` lies, with every link followed. Its time and size make a key for remembering what [`native`] told.
pub fn program(machine: &impl Machine) -> Option<PathBuf> {
    let found = machine.find("nix")?;
    Some(machine.resolve(&found).unwrap_or(found))
}

/// The version of the `nix` on PATH: from its store path, else from itself.
pub fn native(machine: &impl Machine) -> Option<NixVersion> {
    let program = program(machine)?;
    let from_path = || {
        let directory =
            program.ancestors().find(|path| path.parent().is_some_and(|above| above.ends_with("nix/store")))?;
        NixVersion::of_store_path(directory.to_str()?)
    };
    from_path().or_else(|| {
        let mut command = Command::new("nix").arg("--version");
        command.quiet = true;
        let (exit, output) = machine.capture(&command).ok()?;
        if exit.success() { NixVersion::parse(&String::from_utf8_lossy(&output)) } else { None }
    })
}

/// `2.34.8`, `2.19pre20231023_abc`, `2.93.0-dev`: the numbers at the front.
fn numbers(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end)?.parse::<u32>().ok()
    });
    let (major, minor) = (parts.next()??, parts.next()??);
    Some((major, minor, parts.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix::fixture_machine::FixtureMachine;

    #[test]
    fn every_kind_is_read() {
        for (text, variant, version, supported) in [
            ("nix (Nix) 2.34.8", Variant::Nix, (2, 34, 8), true),
            ("nix (Lix, like Nix) 2.93.0", Variant::Lix, (2, 93, 0), true),
            ("nix (Lix, like Nix) 2.18.0", Variant::Lix, (2, 18, 0), false),
            ("nix (Determinate Nix 3.8.2) 2.30.1", Variant::Determinate, (2, 30, 1), true),
            ("warning: x\nnix (Nix) 2.19pre20231023_b8b9c3f\n", Variant::Nix, (2, 19, 0), true),
            ("nix (Nix) 2.8.0", Variant::Nix, (2, 8, 0), false),
        ] {
            let found = NixVersion::parse(text).unwrap();
            assert_eq!((found.variant, found.version, found.supported()), (variant, version, supported), "{text}");
        }
        for text in ["", "nix", "nix ", "nix (Nix) x.y", "bash: nix: command not found"] {
            assert_eq!(NixVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_store_path_tells() {
        let hash = "0".repeat(32);
        let of = |name: &str| NixVersion::of_store_path(&format!("/nix/store/{hash}-{name}"));
        assert_eq!(of("nix-2.28.3").unwrap().text, "nix (Nix) 2.28.3");
        assert_eq!(of("lix-2.93.0").unwrap().variant, Variant::Lix);
        for other in ["determinate-nix-3.8.2", "nix-2", "nixos-rebuild-1.0", "nix"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn nix_itself_is_asked_where_the_path_says_nothing() {
        let mut machine = FixtureMachine::new("/");
        assert_eq!(native(&machine), None);
        let directory = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/bin/sh", directory.path().join("nix")).unwrap();
        machine.variables.push(("PATH".to_owned(), directory.path().display().to_string()));
        machine.answers.push(("nix --version", "nix (Nix) 2.26.3\n".to_owned()));
        assert_eq!(native(&machine).unwrap().version, (2, 26, 3));
    }
}
