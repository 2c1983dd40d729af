//! What Nix and channels say about packages and options, as JSON, read entry by entry: the real lists have more than a
//! hundred thousand, and all of their text at once would take half a gigabyte.

use std::fmt;
use std::io::{BufReader, Read};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::gather::{is_name, name};
use super::{Entry, Error};
use crate::nix::command::Part;
use crate::nix::log::clean;

/// Longer texts are cut: they are read in a terminal.
const TEXT: usize = 1200;
/// Names are never as long as this.
pub(super) const NAME: usize = 200;
/// A published list is never as long as this; what is longer is no list.
const LONGEST: u64 = 2 << 30;

/// Reads what Nix printed.
pub(super) fn read(part: Part, said: &[u8]) -> Result<Vec<Entry>, Error> {
    let mut json = serde_json::Deserializer::from_slice(said);
    let entries = Entries(part).deserialize(&mut json).map_err(|why| Error::Json(name(part), why))?;
    json.end().map_err(|why| Error::Json(name(part), why))?;
    Ok(entries)
}

/// Reads a list that a channel publishes: JSON, as a rule compressed by brotli. Some servers say so in the header, and it
/// is then unpacked on the way here.
pub(super) fn published(part: Part, file: impl Read) -> Result<Vec<Entry>, Error> {
    let mut file = BufReader::new(file);
    let first = std::io::BufRead::fill_buf(&mut file).map_err(Error::Unreadable)?.first().copied();
    // No brotli stream of any length begins with the byte of a brace.
    let text: Box<dyn Read> = if first == Some(b'{') {
        Box::new(file)
    } else {
        Box::new(brotli_decompressor::Decompressor::new(file, 1 << 16))
    };
    let text = BufReader::with_capacity(1 << 16, text.take(LONGEST));
    let mut json = serde_json::Deserializer::from_reader(text);
    let entries = Entries(part).deserialize(&mut json).map_err(|why| Error::Json(name(part), why))?;
    json.end().map_err(|why| Error::Json(name(part), why))?;
    Ok(entries)
}

/// Entries out of any of the forms: packages by their paths, the same below `packages` as channels have it, a list of
/// options, or options by their paths.
struct Entries(Part);

impl<'de> DeserializeSeed<'de> for Entries {
    type Value = Vec<Entry>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Entry>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<Entry>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self.0 {
            Part::Packages => "a set of packages",
            Part::Options => "options",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        if self.0 == Part::Packages {
            return Err(serde::de::Error::custom("packages are no list"));
        }
        while let Some(option) = all.next_element::<OptionSaid>()? {
            entries.extend(option.into_entry(None));
        }
        Ok(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = all.next_key::<String>()? {
            match self.0 {
                Part::Packages if key == "packages" => {
                    entries.extend(all.next_value_seed(Entries(Part::Packages))?);
                }
                // The form of a channel's list.
                Part::Packages if key == "version" => {
                    all.next_value::<IgnoredAny>()?;
                }
                Part::Packages => entries.push(all.next_value::<Package>()?.into_entry(&key)),
                Part::Options => entries.extend(all.next_value::<OptionSaid>()?.into_entry(Some(key))),
            }
        }
        Ok(entries)
    }
}

/// A package as `nix search` and `nix-env` print it.
#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    pname: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta {
    description: Value,
    main_program: Value,
    homepage: Value,
    license: Value,
    unfree: Value,
}

impl Package {
    fn into_entry(self, path: &str) -> Entry {
        // legacyPackages.<system>.<attribute>, or the attribute itself.
        let name = match path.strip_prefix("legacyPackages.").or_else(|| path.strip_prefix("packages.")) {
            Some(rest) => rest.split_once('.').map_or(rest, |(_, name)| name),
            None => path,
        };
        let description = self.description.as_deref().or_else(|| self.meta.description.as_str()).unwrap_or_default();
        let own = |value: &Value| value.as_str().map(|text| plain(text, NAME)).filter(|text| !text.is_empty());
        Entry {
            name: name.to_owned(),
            description: plain(description, TEXT),
            pname: self.pname.map(|name| plain(&name, NAME)),
            version: self.version.map(|version| plain(&version, NAME)).filter(|version| !version.is_empty()),
            commands: own(&self.meta.main_program).into_iter().filter(|name| is_name(name)).collect(),
            homepage: own(&self.meta.homepage).or_else(|| self.meta.homepage.get(0).and_then(own)),
            license: license(&self.meta.license),
            unfree: self.meta.unfree.as_bool().unwrap_or(false),
            ..Entry::default()
        }
    }
}

/// A licence is a text, a set with names, or a list of either.
fn license(value: &Value) -> Option<String> {
    let named = match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => Some(all.iter().filter_map(license).collect::<Vec<_>>().join(", ")),
        Value::Object(set) => {
            ["spdxId", "shortName", "fullName"].iter().find_map(|key| set.get(*key)?.as_str()).map(str::to_owned)
        }
        _ => None,
    };
    named.map(|text| plain(&text, NAME)).filter(|text| !text.is_empty())
}

/// An option as the expression in [`crate::nix::command`] gives it.
#[derive(Deserialize)]
struct OptionSaid {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, rename = "type")]
    type_of: Value,
    #[serde(default)]
    description: Value,
    #[serde(default)]
    default: Value,
    #[serde(default)]
    example: Value,
}

impl OptionSaid {
    fn into_entry(self, path: Option<String>) -> Option<Entry> {
        // A text, or a set that says what kind of text it has.
        let text = |value: &Value| {
            let text = value.as_str().or_else(|| value.get("text")?.as_str())?;
            Some(plain(text, TEXT)).filter(|text| !text.is_empty())
        };
        Some(Entry {
            name: path.or(self.name)?,
            description: text(&self.description).unwrap_or_default(),
            type_of: text(&self.type_of),
            default: text(&self.default),
            example: text(&self.example),
            ..Entry::default()
        })
    }
}

/// Text of packages, made safe to show: many hands wrote it.
fn plain(text: &str, limit: usize) -> String {
    clean(text.trim(), limit).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(json: &str) -> Vec<Entry> {
        read(Part::Packages, json.as_bytes()).unwrap()
    }

    /// A brotli stream that holds its content as it is: what a compressor makes of noise.
    pub(crate) fn stored(content: &[u8]) -> Vec<u8> {
        // A window of 22 bits.
        let (mut bytes, mut bits, mut count) = (Vec::new(), 0b1011_u64, 4_u32);
        for block in content.chunks(1 << 16) {
            // Not the last, four nibbles for the length less one, not compressed.
            bits |= (block.len() as u64 - 1) << (count + 3);
            bits |= 1 << (count + 19);
            count += 20;
            while count > 0 {
                bytes.push((bits & 0xff) as u8);
                bits >>= 8;
                count = count.saturating_sub(8);
            }
            bytes.extend(block);
            (bits, count) = (0, 0);
        }
        // The last block is empty.
        bytes.push(0b11);
        bytes
    }

    #[test]
    fn packages_are_read_from_either_program() {
        let searched = packages(
            r#"{"legacyPackages.x86_64-linux.python3Packages.numpy":
                {"pname":"python3.12-numpy","version":"2.3","description":"Arrays\u001b[31m red"}}"#,
        );
        let [numpy] = searched.as_slice() else { panic!("{searched:?}") };
        assert_eq!((numpy.name.as_str(), numpy.description.as_str()), ("python3Packages.numpy", "Arrays red"));
        let listed = packages(
            r#"{"vscode":{"name":"vscode-1","pname":"vscode","version":"1","meta":{"description":"Editor",
                "mainProgram":"code","homepage":["https://example.org"],
                "license":[{"spdxId":"MIT"},{"fullName":"Own"}],"unfree":true}}}"#,
        );
        let [code] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!(code.commands, ["code"]);
        assert_eq!(code.homepage.as_deref(), Some("https://example.org"));
        assert_eq!(code.license.as_deref(), Some("MIT, Own"));
        assert!(code.unfree);
    }

    #[test]
    fn a_channels_lists_are_read_packed_or_not() {
        let packages = br#"{"version":2,"packages":{"hello":{"name":"hello-2.12","pname":"hello","version":"2.12",
            "system":"x86_64-linux","meta":{"description":"Greets","license":{"spdxId":"GPL-3.0-or-later"}}}}}"#;
        let options = br#"{"services.x.enable":{"type":"boolean","loc":["services","x","enable"],"readOnly":false,
            "description":{"_type":"mdDoc","text":"Whether to enable x."},"default":{"_type":"literalExpression","text":"false"}}}"#;
        for packed in [false, true] {
            let form = |text: &[u8]| if packed { stored(text) } else { text.to_vec() };
            let [hello] = &published(Part::Packages, form(packages).as_slice()).unwrap()[..] else {
                panic!("packages")
            };
            assert_eq!((hello.name.as_str(), hello.license.as_deref()), ("hello", Some("GPL-3.0-or-later")));
            let [x] = &published(Part::Options, form(options).as_slice()).unwrap()[..] else { panic!("options") };
            assert_eq!((x.name.as_str(), x.default.as_deref()), ("services.x.enable", Some("false")));
            assert_eq!(x.description, "Whether to enable x.");
        }
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        let long = stored(&[b' '; 200_000]);
        for bad in [&b"<html>404"[..], b"", b"{", b"[1]", b"{\"a\": 3}", b"{} {}", &long, &stored(b"{}")[..3]] {
            assert!(read(Part::Packages, bad).is_err(), "{bad:?}");
            assert!(published(Part::Packages, bad).is_err(), "{bad:?}");
        }
        assert!(published(Part::Options, &b"[{}, {\"type\": 4}]"[..]).is_err());
    }
}
