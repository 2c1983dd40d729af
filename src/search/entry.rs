//! What is in the index.

use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A package.
    #[default]
    Package,
    /// An option of NixOS.
    Option,
    /// A service, program or desktop that an option turns on.
    Service,
}

impl Kind {
    /// As it stands in the index.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Package => 0,
            Self::Option => 1,
            Self::Service => 2,
        }
    }
}

/// A package, an option or a service, with all that is known about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    #[serde(skip)]
    pub kind: Kind,
    /// The attribute of a package, the path of an option, the name of a service.
    #[serde(skip)]
    pub name: String,
    /// What it is for, in plain words; empty when nobody wrote any.
    #[serde(default, rename = "i", skip_serializing_if = "String::is_empty")]
    pub is: String,
    /// What its authors say about it; empty when that is not known.
    #[serde(default, rename = "d", skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What people call it.
    #[serde(default, rename = "a", skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<String>,
    /// Programs of other systems that it takes the place of.
    #[serde(default, rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<String>,
    /// The commands that it brings.
    #[serde(default, rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Whether its licence is not free.
    #[serde(default, rename = "u", skip_serializing_if = "std::ops::Not::not")]
    pub unfree: bool,
    /// The option that is the better way to have it, or that turns the service on.
    #[serde(default, rename = "o", skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// The name of its store paths, where that is known.
    #[serde(default, rename = "p", skip_serializing_if = "Option::is_none")]
    pub pname: Option<String>,
    /// The version that the machine's package set has.
    #[serde(default, rename = "v", skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its licence.
    #[serde(default, rename = "s", skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Its home page.
    #[serde(default, rename = "h", skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The type of an option.
    #[serde(default, rename = "t", skip_serializing_if = "Option::is_none")]
    pub type_of: Option<String>,
    /// The default of an option, as Nix writes it.
    #[serde(default, rename = "f", skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// An example of an option, as Nix writes it.
    #[serde(default, rename = "e", skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The package that a service comes from.
    #[serde(default, rename = "k", skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The units of a service.
    #[serde(default, rename = "n", skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// The ports of a service.
    #[serde(default, rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// Settings without which a service is of little use.
    #[serde(default, rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Whether ask-nix knows it by itself: the best-known ones.
    #[serde(default, rename = "b", skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// Whether the machine's own package set or configuration has it. Only known after `ask-nix index update`.
    #[serde(default, rename = "m", skip_serializing_if = "std::ops::Not::not")]
    pub here: bool,
}

impl Entry {
    /// The words that say best what it is for.
    pub fn text(&self) -> &str {
        if self.is.is_empty() { &self.description } else { &self.is }
    }

    /// The name without the sets that it stands in: `numpy` of `python3Packages.numpy`.
    pub fn last(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}
