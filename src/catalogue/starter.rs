//! What ask-nix knows by itself about services, options and packages: the tables of `starter/`, a line for each, so that
//! only the line that is asked for needs to be read.

use serde::Deserialize;
use serde::de::DeserializeOwned;

mod parts;

pub use parts::{Part, parts};

/// All files below folders of `starter/`: folder and name, text.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/starter.rs"));

const SERVICES: &str = "services/";
const OPTIONS: &str = "options/";
const PACKAGES: &str = "packages/";

/// A service, program or desktop that an option turns on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Service {
    /// What it is, in a few words.
    pub is: String,
    /// What people call it.
    pub called: Vec<String>,
    /// The option that turns it on.
    pub option: String,
    /// Settings without which it is of little use, as Nix writes them.
    pub with: Vec<String>,
    /// Its units.
    pub units: Vec<String>,
    /// The ports that it listens on.
    pub ports: Vec<u16>,
    /// The package that it comes from.
    pub package: Option<String>,
}

/// An option of NixOS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OptionEntry {
    /// What it is for, in a few words.
    pub is: String,
    /// What people call it.
    pub called: Vec<String>,
    /// Its type, as NixOS describes it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its default, as Nix writes it.
    pub default: Option<String>,
    /// An example, as Nix writes it.
    pub example: Option<String>,
}

/// A package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Package {
    /// What it is for, in a few words.
    pub is: String,
    /// What people call it.
    pub called: Vec<String>,
    /// Programs of other systems that it takes the place of.
    pub like: Vec<String>,
    /// The commands that it brings.
    pub commands: Vec<String>,
    /// Whether its licence is not free.
    pub unfree: bool,
    /// What nixpkgs calls it, and what belongs to it, where that is not its attribute name.
    pub names: Vec<String>,
    /// The option that sets it up.
    pub option: Option<String>,
}

/// The service of this name.
pub fn service(name: &str) -> Option<Service> {
    entry(SERVICES, name)
}

/// The option of a service and the units that it runs as, the main one first. One that is in no table is taken to be a unit's
/// name, as `systemctl` would.
pub fn units(name: &str) -> (Option<String>, Vec<String>) {
    const KINDS: [&str; 7] = [".service", ".socket", ".timer", ".mount", ".target", ".path", ".slice"];
    match service(name) {
        Some(known) => (Some(known.option), known.units),
        None if KINDS.iter().any(|kind| name.ends_with(kind)) => (None, vec![name.to_owned()]),
        None => (None, vec![format!("{name}.service")]),
    }
}

/// The services that a package brings.
pub fn services_of(package: &str) -> Vec<(String, Service)> {
    let sign = format!("package = \"{package}\"");
    lines(SERVICES)
        .filter(|line| line.contains(&sign))
        .filter_map(|line| Some((key(line)?.to_owned(), read(line)?)))
        .collect()
}

/// The services that listen on a port.
pub fn services_on(port: u16) -> Vec<(String, Service)> {
    let number = port.to_string();
    let services = lines(SERVICES).filter(|line| line.contains(&number));
    let services = services.filter_map(|line| Some((key(line)?.to_owned(), read::<Service>(line)?)));
    services.filter(|(_, service)| service.ports.contains(&port)).collect()
}

/// The option of this path. Names that stand for any name (`<name>`, `*`) fit every one.
pub fn option(names: &[String]) -> Option<OptionEntry> {
    let fits = |line: &&str| {
        let Some(key) = key(line) else { return false };
        let parts: Vec<&str> = key.split('.').collect();
        let fits = |(part, name): (&&str, &String)| *part == name || *part == "*" || part.starts_with('<');
        parts.len() == names.len() && parts.iter().zip(names).all(fits)
    };
    let joined = names.join(".");
    entry(OPTIONS, &joined).or_else(|| lines(OPTIONS).find(fits).and_then(read))
}

/// The path of a known option in its own spelling, when only capitals are otherwise.
pub fn spelled(names: &[String]) -> Option<Vec<String>> {
    let joined = names.join(".");
    let known = lines(OPTIONS).filter_map(key).find(|known| known.eq_ignore_ascii_case(&joined))?;
    Some(known.split('.').map(str::to_owned).collect())
}

/// The package of this attribute name.
pub fn package(name: &str) -> Option<Package> {
    entry(PACKAGES, name)
}

/// Packages whose names are like this one, the most alike first.
pub fn packages_like(name: &str) -> Vec<String> {
    let likeness = |known: &str| rapidfuzz::distance::jaro_winkler::similarity(name.chars(), known.chars());
    let mut near: Vec<(f64, &str)> = lines(PACKAGES).filter_map(key).map(|known| (likeness(known), known)).collect();
    near.retain(|(likeness, _)| *likeness > 0.85);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(3).map(|(_, known)| known.to_owned()).collect()
}

/// The texts of the files of a folder.
fn texts(folder: &'static str) -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(move |(name, _)| name.starts_with(folder)).map(|(_, text)| *text)
}

fn lines(folder: &'static str) -> impl Iterator<Item = &'static str> {
    texts(folder).flat_map(str::lines).filter(|line| !line.starts_with('#'))
}

/// The key of a line, without its quotes.
fn key(line: &str) -> Option<&str> {
    match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\" = ").map(|(key, _)| key),
        None => line.split_once(" = ").map(|(key, _)| key),
    }
}

fn entry<T: DeserializeOwned>(folder: &'static str, name: &str) -> Option<T> {
    lines(folder).find(|line| key(line) == Some(name)).and_then(read)
}

/// The value of a line; what is not read here is skipped.
fn read<T: DeserializeOwned>(line: &str) -> Option<T> {
    let table: std::collections::BTreeMap<String, T> = toml::from_str(line).ok()?;
    table.into_values().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_read() {
        for line in lines(SERVICES).filter(|line| !line.is_empty()) {
            let service: Service = read(line).unwrap_or_else(|| panic!("{line}"));
            let switch = service.option.rsplit('.').next().unwrap_or_default();
            assert!(switch == "automatic" || switch.to_lowercase().contains("enable"), "{line}");
        }
        for line in lines(OPTIONS).filter(|line| !line.is_empty()) {
            assert!(!read::<OptionEntry>(line).unwrap_or_else(|| panic!("{line}")).kind.is_empty(), "{line}");
        }
        for line in lines(PACKAGES).filter(|line| !line.is_empty()) {
            assert!(read::<Package>(line).is_some(), "{line}");
        }
    }

    #[test]
    fn entries_are_found() {
        assert_eq!(service("openssh").unwrap().ports, [22]);
        assert_eq!(service("ssh"), None);
        assert!(package("vscode").unwrap().unfree);
        let shell = ["users", "users", "alice", "shell"].map(str::to_owned);
        assert!(option(&shell).unwrap().kind.contains("package"));
        assert!(option(&shell[..3]).is_none());
        assert!(services_of("steam").iter().any(|(name, _)| name == "steam"));
        assert!(services_on(22).iter().any(|(name, _)| name == "openssh"));
    }

    #[test]
    fn what_people_say_is_a_unit() {
        assert_eq!(units("openssh").0.as_deref(), Some("services.openssh.enable"));
        assert_eq!(units("openssh").1[0], "sshd.service");
        assert_eq!(units("printing").1[0], "cups.service");
        assert_eq!(units("own-thing"), (None, vec!["own-thing.service".to_owned()]));
        assert_eq!(units("backup.timer").1, ["backup.timer"]);
    }
}
