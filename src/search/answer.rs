//! What a search says: the values that are shown and printed.

use serde::Serialize;

use super::{Entry, Index, Opened, Stamp};

/// A package that was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PackageHit {
    /// What is written into a configuration.
    pub attribute: String,
    /// The version that the machine's package set has, or that is installed; null while neither is known.
    pub version: Option<String>,
    /// What it is for.
    pub description: String,
    /// Whether the machine has it.
    pub installed: bool,
    /// Whether its licence is not free.
    pub unfree: bool,
    /// The option that is the better way to have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// Whether the machine's package set has it; null while that is not known.
    pub available: Option<bool>,
}

/// An option that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OptionHit {
    /// Its path.
    pub option: String,
    /// Its type, as NixOS describes it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_of: Option<String>,
    /// What it is for.
    pub description: String,
}

/// What the index held when it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// `starter` for what ask-nix knows by itself, `machine` with the machine's own packages and options.
    pub from: &'static str,
    /// How the index was found.
    pub state: Opened,
    /// Where the machine's part comes from, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When it was made, RFC 3339.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub made: String,
    /// Packages in it.
    pub packages: usize,
    /// Options in it.
    pub options: usize,
    /// The machine has other packages by now.
    pub stale: bool,
    /// The machine's part was there and had to be left out.
    pub lost: bool,
}

impl Source {
    /// Of an index; `present` is where the machine's packages come from now.
    pub fn of(index: &Index, present: Option<&str>) -> Self {
        let Stamp { source, made, packages, options, .. } = index.stamp.clone();
        Self {
            from: if index.stamp.packages_here + index.stamp.options_here > 0 { "machine" } else { "starter" },
            state: index.opened,
            stale: !source.is_empty() && present.is_some_and(|present| present != source),
            lost: index.lost.is_some(),
            source,
            made,
            packages,
            options,
        }
    }
}

/// What a search for packages found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PackagesFound {
    /// What was searched.
    pub searched: String,
    /// The best first.
    pub packages: Vec<PackageHit>,
    /// Options that do what was searched, or set up what was found.
    pub options: Vec<OptionHit>,
    /// Words that nothing has, and what was searched in their place.
    pub corrected: Vec<(String, String)>,
    /// What was searched in.
    pub index: Source,
}

/// What a search for options found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OptionsFound {
    /// What was searched.
    pub searched: String,
    /// The best first.
    pub options: Vec<OptionHit>,
    /// Words that nothing has, and what was searched in their place.
    pub corrected: Vec<(String, String)>,
    /// What was searched in.
    pub index: Source,
}

/// All that is known about a package.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PackageAbout {
    /// What was asked about.
    pub asked: String,
    /// The package; null when there is none of this name.
    pub package: Option<PackageDetails>,
    /// What was asked about it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Names that are near, when there is none of this name.
    pub nearest: Vec<String>,
    /// What was searched in.
    pub index: Source,
}

/// The details of a package.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PackageDetails {
    /// What a search would say.
    #[serde(flatten)]
    pub hit: PackageHit,
    /// The version that is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed_version: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Its home page.
    pub homepage: Option<String>,
    /// The commands that it brings.
    pub commands: Vec<String>,
    /// What people call it.
    pub called: Vec<String>,
    /// Programs of other systems that it takes the place of.
    pub like: Vec<String>,
    /// What its authors say, where that is not the description already.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub more: String,
}

/// All that is known about an option.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OptionAbout {
    /// What was asked about.
    pub asked: String,
    /// The option; null when there is none of this path.
    pub option: Option<OptionDetails>,
    /// Options below this path, when it is a group of them.
    pub below: Vec<String>,
    /// Names that are near, when there is none of this path.
    pub nearest: Vec<String>,
    /// What was searched in.
    pub index: Source,
}

/// The details of an option.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OptionDetails {
    /// Its path.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its type, as NixOS describes it.
    #[serde(rename = "type")]
    pub type_of: Option<String>,
    /// Its default, as Nix writes it.
    pub default: Option<String>,
    /// An example, as Nix writes it.
    pub example: Option<String>,
    /// Other settings without which it is of little use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// The ports that it listens on, when it is the switch of a service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// The units that it makes, when it is the switch of a service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// What its authors say, where that is not the description already.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub more: String,
}

/// Which packages bring a command.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Providers {
    /// The command or file.
    pub command: String,
    /// The package on this machine that it is from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<String>,
    /// The packages, the obvious first.
    pub packages: Vec<PackageHit>,
    /// Commands that are near, when nothing brings this one.
    pub nearest: Vec<String>,
    /// What was searched in.
    pub index: Source,
}

/// The state of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// How it is; null when there is none yet.
    pub state: Option<Opened>,
    /// Where it lies.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// What it says about itself.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The machine has other packages by now.
    pub stale: bool,
}

impl OptionHit {
    /// Of an entry.
    pub fn of(entry: &Entry) -> Self {
        let option = entry.option.clone().unwrap_or_else(|| entry.name.clone());
        Self { option, type_of: entry.type_of.clone(), description: entry.text().to_owned() }
    }
}
