//! The values that requests carry, checked where they come in. What is not one of these never reaches a command line, a
//! path or a Nix expression.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a value was turned away.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{value}' is not {expected}")]
pub struct Invalid {
    /// The value as it came.
    pub value: String,
    /// What would have been right, as in "… is not a channel name".
    pub expected: &'static str,
}

macro_rules! text_slot {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The checked text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(value: String) -> Result<Self, Invalid> {
                let valid: fn(&str) -> bool = $valid;
                if valid(&value) { Ok(Self(value)) } else { Err(Invalid { value, expected: $expected }) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A name that Nix accepts as a flake input, channel or file name: it starts with a letter or digit, so it can never be
/// read as an option, and holds no separator that a path or a flake reference would give a meaning.
fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
        && !text.contains("..")
}

text_slot!(
    /// The name of a flake input: `nixpkgs`, `home-manager`, or nested, `home-manager/nixpkgs`.
    InputName,
    "the name of a flake input",
    |text| !text.is_empty() && text.split('/').all(is_name)
);
text_slot!(
    /// The name of a channel: `nixos`, `home-manager`.
    ChannelName,
    "a channel name",
    is_name
);
text_slot!(
    /// The address of a channel or of a flake.
    ChannelUrl,
    "an https, http or file address, or a flake reference such as github:owner/repository",
    is_channel_url
);
text_slot!(
    /// The name of a specialisation. The empty name is none: it is written `default`, the configuration itself.
    SpecialisationName,
    "the name of a specialisation",
    is_name
);
text_slot!(
    /// The name of a machine, as a flake calls it.
    HostName,
    "the name of a machine",
    is_name
);
text_slot!(
    /// A release (`25.11`), `unstable`, or the full name of a branch (`nixos-unstable-small`).
    Release,
    "a release such as 25.11, or unstable",
    |text| is_name(text)
        && (text.starts_with("nixos-")
            || text.starts_with("nixpkgs-")
            || matches!(text, "unstable" | "unstable-small")
            || is_release_number(text))
);
text_slot!(
    /// What a person calls a pinned generation. Any short line of printable text.
    Label,
    "a label: one line of at most 100 characters",
    |text| !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control)
);

text_slot!(
    /// Words that are only ever looked up or repeated: a time, a topic. One line of printable text.
    Phrase,
    "a short line of words",
    |text| text.chars().count() <= 300 && !text.chars().any(char::is_control)
);

text_slot!(
    /// A package by its attribute name: `firefox`, `python312Packages.numpy`.
    PackageName,
    "the name of a package",
    |text| is_name(text) && !text.ends_with('.')
);
text_slot!(
    /// The path of an option: `services.openssh.enable`, `services.nginx.virtualHosts."example.org".root`.
    OptionPath,
    "the path of an option, such as services.openssh.enable",
    |text| path_names(text).is_some()
);
text_slot!(
    /// A service, program or desktop that the configuration can turn on: `openssh`, `plasma6`.
    ServiceName,
    "the name of a service",
    |text| is_name(text) && !text.ends_with('.')
);
text_slot!(
    /// The path of a value in a configuration: `networking.hostName`, `users.users."alice".shell`.
    Selector,
    "the path of a value, such as networking.hostName",
    |text| super::selector::parts(text).is_some()
);
text_slot!(
    /// A flake: a directory of this computer or an address. It never begins as an option does.
    FlakeAddress,
    "a flake: a directory, or an address such as github:owner/repository",
    |text| is_channel_url(text) || is_name(text) || is_place(text)
);
text_slot!(
    /// What a flake gives, below its kind: `default`, `packages.x86_64-linux.hello`.
    FlakeAttribute,
    "the name of something that a flake gives",
    |text| is_name(text) && !text.ends_with('.')
);
text_slot!(
    /// An argument for a program that a person runs. It stands behind `--`, so it may look like an option.
    Argument,
    "an argument: one line of at most 4000 characters",
    |text| text.chars().count() <= 4000 && !text.chars().any(char::is_control)
);

/// A path that begins as one, so that it is neither a name nor an option.
fn is_place(text: &str) -> bool {
    text.len() <= 1000
        && (matches!(text, "." | "..") || ["/", "./", "../"].iter().any(|start| text.starts_with(start)))
        && text.chars().all(|c| c.is_alphanumeric() || "/._-+@ ".contains(c))
}

text_slot!(
    /// An account's name, as Unix takes it.
    UserName,
    "a user name: small letters, digits, - and _, at most 31",
    is_account
);
text_slot!(
    /// A group's name, as Unix takes it.
    GroupName,
    "a group name: small letters, digits, - and _, at most 31",
    is_account
);

fn is_account(text: &str) -> bool {
    text.len() <= 31
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// No option lies deeper, and no name of one is longer.
const DEEPEST: usize = 20;
const LONGEST: usize = 200;

/// The names of an option's path. Those between quotes may hold anything that means nothing to Nix or to a terminal. None
/// where the text could be anything but a path.
pub fn path_names(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            rest.split_at(rest.find('.').unwrap_or(rest.len()))
        };
        let plain = rest.starts_with('"') || name.chars().all(|c| c.is_ascii_alphanumeric() || "_-'+".contains(c));
        let safe = !name.chars().any(|c| c.is_control() || matches!(c, '\\' | '$' | '`'));
        let nothing = name.is_empty() && !rest.starts_with('"');
        if nothing || name.len() > LONGEST || !plain || !safe || names.len() == DEEPEST {
            return None;
        }
        names.push(name.to_owned());
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => return Some(names),
            None => return None,
        }
    }
}

/// Where a package is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// For everyone on the machine.
    System,
    /// For one person, by the system's configuration.
    User,
    /// For one person, by Home Manager.
    Home,
}

/// What a port is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Connections.
    Tcp,
    /// Single packets.
    Udp,
}

/// A port of the network, from 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Port(u16);

impl TryFrom<u64> for Port {
    type Error = Invalid;
    fn try_from(value: u64) -> Result<Self, Invalid> {
        match u16::try_from(value) {
            Ok(port) if port > 0 => Ok(Self(port)),
            _ => Err(Invalid { value: value.to_string(), expected: "a port from 1 to 65535" }),
        }
    }
}

impl From<Port> for u64 {
    fn from(port: Port) -> Self {
        u64::from(port.0)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `25.11`, and with a suffix that channels know: `25.11-small`.
fn is_release_number(text: &str) -> bool {
    let number = text.strip_suffix("-small").unwrap_or(text);
    matches!(number.split_once('.'), Some((year, month))
        if year.len() == 2 && month.len() == 2 && year.bytes().chain(month.bytes()).all(|b| b.is_ascii_digit()))
}

fn is_channel_url(text: &str) -> bool {
    const SCHEMES: [&str; 10] = [
        "https:",
        "http:",
        "file:",
        "path:",
        "github:",
        "gitlab:",
        "sourcehut:",
        "git+https:",
        "git+ssh:",
        "git+file:",
    ];
    text.len() <= 2000
        && SCHEMES.iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '`' | '$' | '\'' | '<' | '>' | ';' | '|'))
}

impl Release {
    /// The branch of the NixOS channels that this release means: `25.11` is `nixos-25.11`.
    pub fn branch(&self) -> String {
        if self.0.starts_with("nixos-") || self.0.starts_with("nixpkgs-") {
            self.0.clone()
        } else {
            format!("nixos-{}", self.0)
        }
    }
}

/// How old something must be: a number and a unit, `30d` or `12h`, as Nix itself writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Age {
    hours: u32,
}

impl Age {
    /// The age in seconds.
    pub fn seconds(self) -> u64 {
        u64::from(self.hours) * 3600
    }

    /// As words: `30 days`, `12 hours`.
    pub fn in_words(self) -> String {
        let (number, unit) =
            if self.hours.is_multiple_of(24) { (self.hours / 24, "day") } else { (self.hours, "hour") };
        format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

impl TryFrom<String> for Age {
    type Error = Invalid;
    fn try_from(value: String) -> Result<Self, Invalid> {
        let parse = || {
            let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
            let number: u32 =
                if number.bytes().all(|b| b.is_ascii_digit()) { number.parse().ok()? } else { return None };
            let hours = match unit {
                "h" => Some(number),
                "d" => number.checked_mul(24),
                _ => None,
            }?;
            // Nix itself overflows far beyond; a century is more than any machine has kept.
            (hours <= 100 * 366 * 24).then_some(Self { hours })
        };
        parse().ok_or(Invalid { value, expected: "an age such as 30d or 12h" })
    }
}

impl From<Age> for String {
    fn from(age: Age) -> Self {
        age.to_string()
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hours.is_multiple_of(24) { write!(f, "{}d", self.hours / 24) } else { write!(f, "{}h", self.hours) }
    }
}
