//! Names in the store: which package a store path belongs to, which version it is, and which of its outputs.

use std::cmp::Ordering;

use serde::Serialize;

/// A store path taken apart: `/nix/store/<hash>-<name>-<version>-<output>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PackageName<'a> {
    /// The hash, 32 characters; empty when the text was a bare name.
    pub hash: &'a str,
    /// The package: `firefox`, `python3.12-requests`.
    pub name: &'a str,
    /// The version, without the output; empty when there is none.
    pub version: &'a str,
    /// The output, where the name ends with one: `man`, `dev`; empty for the first one.
    pub output: &'a str,
}

/// What outputs are called in nixpkgs. A longer one stands before those that it ends with.
const OUTPUTS: [&str; 33] = [
    "modules-shrunk",
    "fish-completions",
    "bash-completions",
    "zsh-completions",
    "bin",
    "data",
    "debug",
    "dev",
    "devdoc",
    "devman",
    "dist",
    "dnsutils",
    "doc",
    "getent",
    "host",
    "icons",
    "include",
    "info",
    "lib",
    "libgcc",
    "libs",
    "locale",
    "man",
    "modules",
    "out",
    "py",
    "python",
    "sensors",
    "share",
    "static",
    "terminfo",
    "tools",
    "utils",
];

/// Endings of files that stand in the store by themselves, whatever number their name holds.
const FILE_ENDINGS: [&str; 21] = [
    ".automount",
    ".conf",
    ".desktop",
    ".drv",
    ".ini",
    ".json",
    ".mount",
    ".network",
    ".nix",
    ".patch",
    ".path",
    ".rules",
    ".service",
    ".sh",
    ".slice",
    ".socket",
    ".swap",
    ".target",
    ".timer",
    ".toml",
    ".yaml",
];

impl<'a> PackageName<'a> {
    /// Takes a store path, or the last part of one, apart.
    pub fn of_path(path: &'a str) -> Self {
        let base = path.rsplit('/').next().unwrap_or(path);
        match base.split_once('-') {
            Some((hash, rest)) if is_hash(hash) => Self { hash, ..Self::of_name(rest) },
            _ => Self::of_name(base),
        }
    }

    /// Takes a name such as `gcc-14.3.0-lib` apart.
    pub fn of_name(text: &'a str) -> Self {
        let (name, version) = split(text);
        let output_of = |text: &'a str| {
            OUTPUTS.iter().find_map(|output| {
                let rest = text.strip_suffix(output)?.strip_suffix('-')?;
                (!rest.is_empty()).then(|| (rest, &text[rest.len() + 1..]))
            })
        };
        match output_of(version) {
            Some((version, output)) => Self { hash: "", name, version, output },
            None => Self { hash: "", name, version, output: "" },
        }
    }

    /// Whether this is a package, something with a version that people know, and not a configuration file, a unit or a
    /// directory that the system is put together from.
    pub fn is_package(&self) -> bool {
        self.version.starts_with(|c: char| c.is_ascii_digit())
            && !["unit-", "initrd-"].iter().any(|start| self.name.starts_with(start))
            && !FILE_ENDINGS.iter().any(|ending| self.version.ends_with(ending))
    }
}

/// Nix's own rule: the version starts at the first dash that no letter follows.
pub fn split(text: &str) -> (&str, &str) {
    text.match_indices('-')
        .find(|(at, _)| text[at + 1..].starts_with(|c: char| !c.is_ascii_alphabetic()))
        .map_or((text, ""), |(at, _)| (&text[..at], &text[at + 1..]))
}

/// Which version is newer, by the rule of `nix-env`: parts between dots and dashes, numbers as numbers, `pre` before all.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (components(left), components(right));
    loop {
        let (a, b) = (left.next(), right.next());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        let (a, b) = (a.unwrap_or(""), b.unwrap_or(""));
        if component_less(a, b) {
            return Ordering::Less;
        }
        if component_less(b, a) {
            return Ordering::Greater;
        }
    }
}

fn components(version: &str) -> impl Iterator<Item = &str> {
    let mut rest = version;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(['.', '-']);
        let first = rest.chars().next()?;
        let end = rest
            .find(|c: char| matches!(c, '.' | '-') || c.is_ascii_digit() != first.is_ascii_digit())
            .unwrap_or(rest.len());
        let (component, after) = rest.split_at(end);
        rest = after;
        Some(component)
    })
}

fn component_less(a: &str, b: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a < b,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) if b == "pre" => false,
        (None, None) => a == "pre" || a < b,
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_nix_does() {
        for (text, name, version) in [
            ("hello-2.12.1", "hello", "2.12.1"),
            ("python3.12-requests-2.32.3", "python3.12-requests", "2.32.3"),
            ("etc", "etc", ""),
            ("nix-2.34pre20251114_abc", "nix", "2.34pre20251114_abc"),
            ("unit-getty-.service", "unit-getty", ".service"),
            ("a-", "a-", ""),
            ("ä-1", "ä", "1"),
            ("", "", ""),
        ] {
            assert_eq!(split(text), (name, version), "{text}");
        }
    }

    #[test]
    fn takes_store_paths_apart() {
        let name = PackageName::of_path("/nix/store/0c0bq0b7ql1cfcl6fy6hc8l0k7kl8xqk-gcc-14.3.0-lib");
        assert_eq!((name.name, name.version, name.output), ("gcc", "14.3.0", "lib"));
        assert_eq!(name.hash.len(), 32);
        let kernel = PackageName::of_name("linux-6.12.58-modules-shrunk");
        assert_eq!((kernel.name, kernel.version, kernel.output), ("linux", "6.12.58", "modules-shrunk"));
        assert_eq!(PackageName::of_name("glibc-2.40-66-bin").version, "2.40-66");
        assert_eq!(PackageName::of_name("foo-1.0-unstable-2024-01-02").version, "1.0-unstable-2024-01-02");
        assert_eq!(PackageName::of_name("bin").name, "bin");
    }

    #[test]
    fn tells_packages_from_files() {
        for package in ["firefox-145.0", "nixos-system-demo-25.11.20251114.9da7f1c", "linux-6.12.58"] {
            assert!(PackageName::of_name(package).is_package(), "{package}");
        }
        for file in
            ["etc", "system-path", "unit-sshd.service", "unit-getty-.service", "run-user-1000.mount", "a-1.patch"]
        {
            assert!(!PackageName::of_name(file).is_package(), "{file}");
        }
    }

    #[test]
    fn orders_versions() {
        for (older, newer) in
            [("1.0", "2.3"), ("2.1", "2.3"), ("2.3", "2.3.1"), ("2.3pre1", "2.3"), ("2.3a", "2.3c"), ("9", "10")]
        {
            assert_eq!(compare_versions(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare_versions(newer, older), Ordering::Greater, "{older} {newer}");
        }
        assert_eq!(compare_versions("1.0", "1.0"), Ordering::Equal);
    }
}
