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
    pub name: String,
    /// What it is for, in plain words; empty when nobody wrote any.
    pub is: String,
    /// What its authors say about it; empty when that is not known.
    pub description: String,
    /// What people call it.
    pub called: Vec<String>,
    /// Programs of other systems that it takes the place of.
    pub like: Vec<String>,
    /// What it is wanted for, in words that others share: "pdf reader".
    pub purposes: Vec<String>,
    /// The commands that it brings.
    pub commands: Vec<String>,
    /// Whether it is what most people mean who do not name one.
    pub popular: bool,
    /// Whether its licence is not free.
    pub unfree: bool,
    /// The option that is the better way to have it, or that turns the service on.
    pub option: Option<String>,
    /// The name of its store paths, where that is known.
    pub pname: Option<String>,
    /// The version that the machine's package set has.
    pub version: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Its home page.
    pub homepage: Option<String>,
    /// The type of an option.
    pub type_of: Option<String>,
    /// The default of an option, as Nix writes it.
    pub default: Option<String>,
    /// An example of an option, as Nix writes it.
    pub example: Option<String>,
    /// The package that a service comes from.
    pub package: Option<String>,
    /// The units of a service.
    pub units: Vec<String>,
    /// The ports of a service.
    pub ports: Vec<u16>,
    /// Settings without which a service is of little use.
    pub with: Vec<String>,
    /// Whether ask-nix knows it by itself: the best-known ones.
    pub known: bool,
    /// Whether the machine's own package set or configuration has it. Only known after `ask-nix index update`.
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
