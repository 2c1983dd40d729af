//! Makes a demo machine: its files, its channels, three generations, and the switch to the newest.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use jiff::{ToSpan as _, Zoned};

use super::files::{self, CHANNELS, Filler, MOVED};
use super::{DemoError, DemoKind};
use crate::machine::host::Host;
use crate::machine::{Command, Exit, Heard, Machine as _, Stream};

/// The directories that everything else is in.
const DIRECTORIES: [&str; 13] = [
    "nix/store",
    "nix/var/nix/profiles/per-user/root",
    "nix/var/log/nix",
    "etc/nix",
    "etc/nixos",
    "etc/demo-faults",
    "run",
    "boot",
    "home/.cache",
    "home/.config",
    "home/.local/state/nix",
    "tools",
    "channels",
];
/// Everything that making a machine leaves in its directory, for making it anew.
const ALL: [&str; 9] = ["nix", "etc", "run", "boot", "home", "tools", "channels", STAGE, ENTER];
/// Where the configurations of the older generations are for the time of building.
const STAGE: &str = ".make";
/// The script that runs a command as if on the machine.
const ENTER: &str = "enter";
/// The programs that builders have beside the shell.
const TOOLS: [&str; 4] = ["mkdir", "ln", "chmod", "sleep"];
/// Where they are looked for when they are not on PATH.
const TOOL_PLACES: [&str; 3] = ["/run/current-system/sw/bin", "/usr/bin", "/bin"];
/// Variables that would let the person's own Nix settings or another machine into this one.
const FOREIGN: [&str; 24] = [
    "NIX_REMOTE",
    "NIX_PATH",
    "NIX_CONFIG",
    "NIX_USER_CONF_FILES",
    "NIX_CACHE_HOME",
    "NIX_CONFIG_HOME",
    "NIX_DATA_HOME",
    "NIX_STATE_HOME",
    "NIX_DAEMON_SOCKET_PATH",
    "NIX_LOCALSTATE_DIR",
    "NIX_REMOTE_SYSTEMS",
    "NIX_BUILD_HOOK",
    "NIX_BUILD_SHELL",
    "NIX_CURRENT_LOAD",
    "NIX_PROFILES",
    "NIXOS_CONFIG",
    "NIXOS_INSTALL_BOOTLOADER",
    "NIXOS_NO_CHECK",
    "NIXPKGS_CONFIG",
    "NIXPKGS_ALLOW_BROKEN",
    "NIXPKGS_ALLOW_INSECURE",
    "NIXPKGS_ALLOW_UNFREE",
    "NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM",
    "NIX_STORE",
];
/// How many of a failed program's last lines are kept.
const LAST_LINES: usize = 20;

/// The host that is the machine in `directory`: everything that a program could take for the person's own is replaced.
pub(super) fn host(base: &Host, directory: &Path, kind: DemoKind) -> Host {
    let below = |path: &str| Some(directory.join(path).display().to_string());
    let mut host = Host::rooted(directory.to_owned());
    for (name, value) in base.environment() {
        host = host.with_variable(name, value.clone());
    }
    for name in FOREIGN {
        host = host.with_variable(name, None);
    }
    for (name, path) in [
        ("NIX_STORE_DIR", "nix/store"),
        ("NIX_STATE_DIR", "nix/var/nix"),
        ("NIX_LOG_DIR", "nix/var/log/nix"),
        ("NIX_CONF_DIR", "etc/nix"),
        ("HOME", "home"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_DATA_HOME", "home/.local/share"),
        ("XDG_STATE_HOME", "home/.local/state"),
        // Nix reads settings there as well.
        ("XDG_CONFIG_DIRS", "etc/xdg"),
    ] {
        host = host.with_variable(name, below(path));
    }
    host = host.with_variable("ASK_NIX_DEMO_ROOT", Some(directory.display().to_string()));
    if kind == DemoKind::Channels {
        let root = directory.display();
        let channels = format!("{root}/nix/var/nix/profiles/per-user/root/channels");
        let search = format!("nixpkgs={channels}/nixos:nixos-config={root}/etc/nixos/configuration.nix:{channels}");
        host = host.with_variable("NIX_PATH", Some(search));
    }
    host
}

/// Makes the machine; what an interrupted attempt left is removed.
pub(super) fn make(host: &Host, kind: DemoKind, tell: &mut dyn FnMut(&str)) -> Result<(), DemoError> {
    host.find("nix").ok_or(DemoError::NoNix)?;
    let root = host.root();
    let system = system()?;
    let filler = Filler { root, system: &system };
    for name in ALL {
        files::remove(&root.join(name))?;
    }

    tell("Writing the machine's files");
    for name in DIRECTORIES {
        files::make_directory(&root.join(name))?;
    }
    files::put(&root.join("etc/NIXOS"), "")?;
    // The profiles of a person without rights are found here, and are roots for the garbage collector.
    files::put_link(
        &root.join("home/.local/state/nix/profiles"),
        Path::new("../../../../nix/var/nix/profiles/per-user/root"),
    )?;
    link_tools(host)?;
    let channel = if kind == DemoKind::Channels { Filler::archive_channel } else { Filler::directory_channel };
    CHANNELS.iter().try_for_each(|snapshot| channel(&filler, snapshot))?;
    filler.put("conf/nix.conf", &root.join("etc/nix/nix.conf"))?;
    filler.put_tree("machines/common", root)?;
    filler.put_tree(&format!("machines/{kind}"), root)?;
    files::put_script(&root.join(ENTER), &enter(host))?;
    if kind == DemoKind::Channels {
        let url = format!("file://{}/channels/nixos-25.11", root.display());
        finish(host, &Command::new("nix-channel").args(["--add", &url, "nixos"]))?;
        finish(host, &Command::new("nix-channel").arg("--update"))?;
    }

    tell("Building three generations");
    let systems = build(host, kind, &filler)?;
    let profiles = root.join("nix/var/nix/profiles");
    for system in &systems {
        let set = Command::new("nix-env").arg("-p").path(&profiles.join("system")).arg("--set").path(system);
        finish(host, &set)?;
    }

    let [_, _, newest] = &systems;
    tell("Switching to the newest");
    let switch = Command::new(newest.join("bin/switch-to-configuration").display().to_string())
        .arg("switch")
        .variable("NIXOS_INSTALL_BOOTLOADER", "1");
    finish(host, &switch)?;
    files::put_link(&root.join("run/booted-system"), newest)?;
    backdate(root, &profiles, kind)?;
    // The channel goes on, so that an update finds something.
    channel(&filler, &MOVED)
}

/// Mends what a machine can lose between two visits: programs that the garbage collector of this computer took.
pub(super) fn repair(host: &Host) -> Result<(), DemoError> {
    if TOOLS.iter().all(|tool| host.root().join("tools").join(tool).exists()) { Ok(()) } else { link_tools(host) }
}

fn system() -> Result<String, DemoError> {
    let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    if ["x86_64-linux", "aarch64-linux"].contains(&system.as_str()) {
        Ok(system)
    } else {
        Err(DemoError::System(system))
    }
}

fn link_tools(host: &Host) -> Result<(), DemoError> {
    for tool in TOOLS {
        let elsewhere = || TOOL_PLACES.iter().map(|place| Path::new(place).join(tool)).find(|path| path.is_file());
        let found = host.find(tool).or_else(elsewhere).ok_or(DemoError::NoTool(tool))?;
        let found = std::path::absolute(&found).map_err(DemoError::at(&found))?;
        files::put_link(&host.root().join("tools").join(tool), &found)?;
    }
    Ok(())
}

/// Builds the three systems, oldest first, in one process of Nix: what they share is then evaluated once. The older two
/// have their configurations beside the machine's own for that time.
fn build(host: &Host, kind: DemoKind, filler: &Filler<'_>) -> Result<[PathBuf; 3], DemoError> {
    let root = host.root();
    let stage = root.join(STAGE);
    let mut places = Vec::new();
    for number in ["1", "2"] {
        let place = stage.join(number);
        filler.put_tree("machines/common", &place)?;
        filler.put_tree(&format!("machines/{kind}"), &place)?;
        let place = place.join("etc/nixos");
        filler.put(&format!("machines/history/{number}.nix"), &place.join("configuration.nix"))?;
        places.push(place);
    }
    places.push(root.join("etc/nixos"));
    let command = if kind == DemoKind::Channels {
        let system = |place: &PathBuf| {
            format!("(import <nixpkgs/nixos> {{ configuration = {}/configuration.nix; }}).system", place.display())
        };
        let systems: Vec<String> = places.iter().map(system).collect();
        Command::new("nix-build").arg("--no-out-link").arg("-E").arg(format!("[ {} ]", systems.join(" ")))
    } else {
        let system =
            |place: &PathBuf| format!("path:{}#nixosConfigurations.demo.config.system.build.toplevel", place.display());
        Command::new("nix").arg("build").args(places.iter().map(system)).args(["--no-link", "--print-out-paths"])
    };
    let said = finish(host, &command)?;
    files::remove(&stage)?;
    let built: Vec<PathBuf> = said.iter().map(PathBuf::from).collect();
    built.try_into().map_err(|_| DemoError::Failed {
        program: command.program,
        exit: Exit::Status(0),
        last: said.into(),
    })
}

/// Spreads the generations over days, as if the machine had been in use: ten days ago, yesterday, and today a little
/// before now. The configuration is as old as the generation that was built from it.
fn backdate(root: &Path, profiles: &Path, kind: DemoKind) -> Result<(), DemoError> {
    let [oldest, older, newest] = dates(&Zoned::now());
    for (number, date) in [(1, oldest), (2, older), (3, newest)] {
        files::date(&profiles.join(format!("system-{number}-link")), date)?;
    }
    files::date(&profiles.join("system"), newest)?;
    if kind == DemoKind::Channels {
        files::date(&profiles.join("per-user/root/channels-1-link"), oldest)?;
    }
    files::date_tree(&root.join("etc/nixos"), newest - 60)
}

/// The moments of the three generations, in seconds since 1970.
pub(super) fn dates(now: &Zoned) -> [i64; 3] {
    let second = |moment: Result<Zoned, jiff::Error>, days: i64| {
        // Only the ends of the calendar have no day before.
        moment.map_or_else(|_| now.timestamp().as_second() - days * 86_400, |moment| moment.timestamp().as_second())
    };
    let days_ago = |days: i64, hour: i8, minute: i8| {
        let day = now.date().checked_sub(days.days());
        second(day.and_then(|day| day.at(hour, minute, 0, 0).to_zoned(now.time_zone().clone())), days)
    };
    // Shortly after midnight, a little before now would be yesterday.
    let midnight = second(now.start_of_day(), 0);
    [days_ago(10, 10, 12), days_ago(1, 18, 40), (now.timestamp().as_second() - 15 * 60).max(midnight)]
}

/// The script that sets the machine's variables.
fn enter(host: &Host) -> String {
    let variable = |(name, value): (&String, &Option<String>)| match value {
        Some(value) => format!("export {name}='{}'\n", value.replace('\'', "'\\''")),
        None => format!("unset {name}\n"),
    };
    let mut script = vec!["#!/bin/sh\n# Runs a command, or a shell, as if on this demo machine.\n".to_owned()];
    script.extend(host.environment().iter().map(variable));
    script.push("[ $# -gt 0 ] || set -- \"${SHELL:-/bin/sh}\"\nexec \"$@\"\n".to_owned());
    script.concat()
}

/// Runs a program to its end and gives the lines of its standard output.
fn finish(host: &Host, command: &Command) -> Result<VecDeque<String>, DemoError> {
    let mut out = VecDeque::new();
    let mut last = VecDeque::new();
    let mut hear = |heard: Heard<'_>| {
        if let Heard::Line(stream, line) = heard {
            let line = String::from_utf8_lossy(line).into_owned();
            if stream == Stream::Out { &mut out } else { &mut last }.push_back(line);
            if last.len() > LAST_LINES {
                last.pop_front();
            }
        }
    };
    // The caller may itself be in a runtime, and one cannot wait in another: hence a thread.
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(host.run(command, &mut hear))
    };
    let started = |source| DemoError::Start { program: command.program.clone(), source };
    let exit = std::thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|_| Err(std::io::Error::other("its output could not be followed")))
        .map_err(started)?;
    match exit {
        Exit::Status(0) => Ok(out),
        Exit::Interrupted => Err(DemoError::Interrupted),
        exit => Err(DemoError::Failed { program: command.program.clone(), exit, last: last.into() }),
    }
}
