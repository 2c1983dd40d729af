//! The parts that configurations are put together from: `starter/configurations/`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A part of a configuration: what a machine is for, or what it can do. It may have the name of a service, which it then
/// stands for and adds to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// What it is, in a few words.
    pub is: String,
    /// What people call it.
    pub called: Vec<String>,
    /// Parts or services that come along.
    pub with: Vec<String>,
    /// Parts or services of which one comes along: the first, unless another one is wanted anyway.
    pub one_of: Vec<String>,
    /// Whether more than one of these would be too many.
    pub exclusive: bool,
    /// Settings as Nix writes them: `option = value`.
    pub settings: Vec<String>,
    /// Packages for everyone.
    pub packages: Vec<String>,
    /// Packages whose licences are not free, as nixpkgs calls them.
    pub unfree: Vec<String>,
    /// What is left to do by hand.
    pub tell: Vec<String>,
}

/// All parts by name. A file that cannot be read is left out; a test reads them all.
pub fn parts() -> BTreeMap<String, Part> {
    let tables = super::texts("configurations/").map(toml::from_str::<BTreeMap<String, Part>>);
    tables.filter_map(Result::ok).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_can_be_read() {
        let mut count = 0;
        for text in super::super::texts("configurations/") {
            count += toml::from_str::<BTreeMap<String, Part>>(text).unwrap_or_else(|error| panic!("{error}")).len();
        }
        assert_eq!(count, parts().len(), "no name is used twice");
        assert!(count >= 30, "{count}");
    }

    #[test]
    fn what_parts_name_is_there() {
        let parts = parts();
        for (name, part) in &parts {
            assert!(!part.is.is_empty(), "{name}");
            for other in part.with.iter().chain(&part.one_of) {
                assert!(parts.contains_key(other) || super::super::service(other).is_some(), "{name}: {other}");
            }
            for setting in &part.settings {
                assert!(setting.contains(" = "), "{name}: {setting}");
            }
        }
    }

    #[test]
    fn nothing_is_called_the_same_as_something_else() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (name, part) in parts() {
            for called in part.called.into_iter().chain([name.replace('-', " ")]) {
                let other = seen.insert(called.clone(), name.clone());
                assert!(other.is_none_or(|other| other == name), "{called}");
            }
        }
    }
}
