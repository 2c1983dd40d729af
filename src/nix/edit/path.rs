//! The path of an option: names with dots between them, quoted where Nix wants that.

use std::fmt;

/// `services.openssh.enable`, `services.nginx.virtualHosts."example.org".root`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributePath(Vec<String>);

/// Words of the language that cannot be names.
const KEYWORDS: [&str; 11] = ["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with", "__curPos"];

impl AttributePath {
    /// A path of names that are taken as they are.
    pub fn new<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// Reads a path as a person or a table writes it. None where it is no path, or could be anything but one.
    pub fn parse(text: &str) -> Option<Self> {
        crate::operation::slots::path_names(text).map(Self)
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The path below another one.
    #[must_use]
    pub fn below(&self, above: &Self) -> Self {
        Self(above.0.iter().chain(&self.0).cloned().collect())
    }

    /// The path with one more name.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted(&self.0))
    }
}

/// Names with dots between them.
pub(super) fn dotted(names: &[String]) -> String {
    names.iter().map(|name| attribute(name)).collect::<Vec<_>>().join(".")
}

/// A name as an attribute: quoted unless it is an identifier.
pub fn attribute(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { super::value::quoted(name) }
}

/// Whether Nix takes the name for an identifier.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\''))
        && !KEYWORDS.contains(&name)
}
