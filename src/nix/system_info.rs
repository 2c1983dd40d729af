//! What machine this is: the answer to "which version do I run".

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::machine::Machine;
use crate::nix::channel::Channel;
use crate::nix::lock_file::LockFile;
use crate::nix::package_name::PackageName;
use crate::nix::profile::Profile;
use crate::nix::version::NixVersion;
use crate::operation::GenerationNumber;

/// What machine this is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SystemInfo {
    /// The host name.
    pub host: String,
    /// The version of NixOS that runs: `25.11.20251114.9da7f1c`; none where this is no NixOS.
    pub nixos_version: Option<String>,
    /// The name of the operating system: `NixOS 25.11 (Xantusia)`.
    pub operating_system: Option<String>,
    /// The kernel that runs.
    pub kernel: Option<String>,
    /// The kernel that the present system would start.
    pub system_kernel: Option<String>,
    /// As Nix calls it: `x86_64-linux`.
    pub architecture: Option<String>,
    /// The version of Nix.
    pub nix: Option<NixVersion>,
    /// The profile of the system.
    pub profile: PathBuf,
    /// Its current generation.
    pub generation: Option<GenerationNumber>,
    /// The generation that the machine was started with.
    pub booted_generation: Option<GenerationNumber>,
    /// How many generations there are.
    pub generations: usize,
    /// The store path of the system that runs.
    pub store_path: Option<String>,
    /// The Git revision of the configuration, where it tells it.
    pub configuration_revision: Option<String>,
    /// Where the configuration is.
    pub configuration: Option<PathBuf>,
    /// The channels, where the configuration is built from them.
    pub channels: Vec<Channel>,
    /// The inputs of the flake, a line each: `nixpkgs: github:NixOS/nixpkgs nixos-25.11 9da7f1c of 2025-11-14`.
    pub inputs: Vec<String>,
}

/// What the caller knows already.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The profile of the system.
    pub profile: &'a Profile,
    /// The version of Nix.
    pub nix: Option<&'a NixVersion>,
    /// Where the configuration is.
    pub configuration: Option<&'a Path>,
    /// The channels.
    pub channels: &'a [Channel],
    /// The lock file, where the configuration is a flake.
    pub lock: Option<&'a LockFile>,
}

/// Reads what machine this is. What cannot be read is left out.
pub fn read(machine: &impl Machine, known: &Known<'_>) -> SystemInfo {
    let running = Running::read(machine);
    let current = known.profile.current();
    let line = |path: &Path| first_line(machine, path);
    let inputs = known.lock.into_iter().flat_map(LockFile::direct);
    SystemInfo {
        host: machine.host_name(),
        nixos_version: running.file("nixos-version").and_then(|path| line(&path)),
        operating_system: operating_system(machine),
        kernel: line(&machine.at("/proc/sys/kernel/osrelease")),
        system_kernel: running.kernel(machine).or_else(|| current.and_then(|current| current.kernel.clone())),
        architecture: running.file("system").and_then(|path| line(&path)),
        nix: known.nix.cloned(),
        profile: known.profile.path.clone(),
        generation: known.profile.current,
        booted_generation: known.profile.booted().map(|booted| booted.number),
        generations: known.profile.generations.len(),
        configuration_revision: current.and_then(|current| current.configuration_revision.clone()),
        store_path: running.target,
        configuration: known.configuration.map(Path::to_path_buf),
        channels: known.channels.to_vec(),
        inputs: inputs.map(|input| format!("{}: {}", input.name, input.describe())).collect(),
    }
}

/// The system that runs, by `/run/current-system`.
struct Running {
    target: Option<String>,
    directory: Option<PathBuf>,
}

impl Running {
    fn read(machine: &impl Machine) -> Self {
        let target =
            machine.link(&machine.at("/run/current-system")).ok().and_then(|to| to.to_str().map(str::to_owned));
        Self { directory: target.as_ref().map(|target| machine.at(target)), target }
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.directory.as_ref()?.join(name))
    }

    /// From the store name of the kernel: `…-linux-6.12.58/bzImage`.
    fn kernel(&self, machine: &impl Machine) -> Option<String> {
        let kernel = machine.link(&self.file("kernel")?).ok()?;
        let version = PackageName::of_path(kernel.parent()?.to_str()?).version.to_owned();
        (!version.is_empty()).then_some(version)
    }
}

/// `PRETTY_NAME` of `/etc/os-release`.
fn operating_system(machine: &impl Machine) -> Option<String> {
    let path = machine.at("/etc/os-release");
    let bytes = machine.read(&path).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim().trim_matches('"').to_owned())
    };
    value("PRETTY_NAME").or_else(|| value("NAME"))
}

fn first_line(machine: &impl Machine, path: &Path) -> Option<String> {
    let bytes = machine.read(path).ok()?;
    let line = String::from_utf8_lossy(&bytes).lines().next()?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::nix::fixture_machine::FixtureMachine;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test makes the machine that it reads")]
    fn what_can_be_read_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let machine = FixtureMachine::new(directory.path());
        let profile = Profile { path: "/p".into(), generations: Vec::new(), current: None };
        let known = Known { profile: &profile, nix: None, configuration: None, channels: &[], lock: None };
        assert_eq!(read(&machine, &known).nixos_version, None, "an empty machine is no trouble");
        let system = machine.at("/nix/store/s");
        for path in [system.clone(), machine.at("/run"), machine.at("/etc"), machine.at("/proc/sys/kernel")] {
            std::fs::create_dir_all(path).unwrap();
        }
        std::fs::write(system.join("nixos-version"), "25.11.1").unwrap();
        std::fs::write(system.join("system"), "x86_64-linux").unwrap();
        std::fs::write(machine.at("/proc/sys/kernel/osrelease"), "6.12.50\n").unwrap();
        std::fs::write(machine.at("/etc/os-release"), "ID=nixos\nPRETTY_NAME=\"NixOS 25.11 (Xantusia)\"\n").unwrap();
        symlink("/nix/store/k-linux-6.12.58/bzImage", system.join("kernel")).unwrap();
        symlink("/nix/store/s", machine.at("/run/current-system")).unwrap();
        let info = read(&machine, &known);
        assert_eq!(info.nixos_version.as_deref(), Some("25.11.1"));
        assert_eq!(info.operating_system.as_deref(), Some("NixOS 25.11 (Xantusia)"));
        assert_eq!((info.kernel.as_deref(), info.architecture.as_deref()), (Some("6.12.50"), Some("x86_64-linux")));
        assert_eq!(info.store_path.as_deref(), Some("/nix/store/s"));
    }
}
