//! The settings file, `$XDG_CONFIG_HOME/ask-nix/config.toml`: what a person chose once and for all. Options and
//! environment variables come before it, what is built in comes after.

pub mod own_words;

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::machine::Machine;
use crate::machine::facts::config_directory;
use crate::operation::slots::{HostName, SpecialisationName};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The directory of the machine's flake, or a flake reference.
    pub flake: Option<String>,
    /// The configuration file of a machine that is built from channels.
    pub file: Option<PathBuf>,
    /// The name below `nixosConfigurations`.
    pub host: Option<HostName>,
    /// The specialisation to activate.
    pub specialisation: Option<SpecialisationName>,
    /// `full`, `brief` or `off`.
    pub lessons: Option<String>,
    /// `auto`, `always` or `never`.
    pub color: Option<String>,
    /// The index of packages and options.
    #[serde(default)]
    pub index: IndexSettings,
    /// The optional language model.
    #[serde(default)]
    pub model: crate::model::choice::Written,
}

/// What is set about the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexSettings {
    /// Whether updating it may fetch the lists that the machine's channel publishes.
    pub download: bool,
}

/// A settings file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be read: {why}", path = path.display())]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Where in it and why.
    pub why: String,
}

/// Where the settings are.
pub fn path(machine: &impl Machine) -> PathBuf {
    config_directory(machine).join("config.toml")
}

impl Settings {
    /// Reads the settings; without a file, everything is unset.
    ///
    /// # Errors
    /// When the file is not TOML, or sets what does not exist.
    pub fn read(machine: &impl Machine) -> Result<Self, Unreadable> {
        let path = path(machine);
        let text = match machine.read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Unreadable { path, why: error.to_string() }),
        };
        toml::from_slice(&text).map_err(|error| Unreadable { path, why: error.to_string() })
    }
}

/// Remembers one setting, leaving every other line of the file as it is.
///
/// # Errors
/// When the file cannot be written.
pub fn remember(machine: &impl Machine, name: &str, value: &str) -> io::Result<PathBuf> {
    let path = path(machine);
    let old = machine.read(&path).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    machine.write(&path, with_setting(&old, name, value).as_bytes())?;
    Ok(path)
}

fn with_setting(old: &str, name: &str, value: &str) -> String {
    let line = format!("{name} = {}", toml::Value::String(value.to_owned()));
    let sets_it = |old: &str| old.split_once('=').is_some_and(|(key, _)| key.trim() == name);
    let mut lines: Vec<&str> = old.lines().collect();
    // Settings stand at the top; a table further down may have keys of the same name.
    let top = lines.iter().position(|line| line.trim_start().starts_with('[')).unwrap_or(lines.len());
    match lines[..top].iter().position(|line| sets_it(line)) {
        Some(place) => lines[place] = &line,
        None => lines.insert(0, &line),
    }
    lines.join("\n") + "\n"
}

/// The directory of a flake that a person typed: with `~` for home, and checked to be one.
///
/// # Errors
/// A sentence for the person, when there is no flake.
pub fn flake_directory(machine: &impl Machine, typed: &str) -> Result<PathBuf, String> {
    let typed = typed.trim();
    let path = match (typed.strip_prefix("~/"), machine.variable("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(typed),
    };
    let path = std::path::absolute(&path).map_err(|error| format!("{typed} is no path: {error}."))?;
    let directory = if path.file_name().is_some_and(|name| name == "flake.nix") {
        path.parent().map(Path::to_owned).unwrap_or(path)
    } else {
        path
    };
    if machine.status(&directory.join("flake.nix")).is_ok() {
        Ok(directory)
    } else {
        Err(format!("There is no flake.nix in {}.", directory.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::with_setting;

    #[test]
    fn one_setting_changes_and_every_other_line_stays() {
        let old = "# mine\nhost = \"a\"\n\n[model]\nflake = 1\n";
        assert_eq!(with_setting(old, "host", "b"), "# mine\nhost = \"b\"\n\n[model]\nflake = 1\n");
        assert_eq!(with_setting(old, "flake", "/a \"b\""), format!("flake = '/a \"b\"'\n{old}"));
        assert_eq!(with_setting("", "flake", "/x"), "flake = \"/x\"\n");
    }
}
