//! A description taken apart: which parts, packages, people and ports it names, and what of it says nothing that is known.

use std::collections::{BTreeMap, HashMap};

use crate::catalogue::lexicon::{Sense, Table};
use crate::catalogue::starter::{self, Part};
use crate::catalogue::{self};
use crate::operation::slots::{HostName, UserName};

/// What a description names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    /// Parts and services, in the order in which they were said.
    pub parts: Vec<String>,
    /// Packages.
    pub packages: Vec<String>,
    /// People who get an account.
    pub people: Vec<String>,
    /// Ports to be opened.
    pub ports: Vec<u16>,
    /// The machine's name.
    pub host: Option<String>,
    /// The time zone.
    pub zone: Option<String>,
    /// Parts, services and packages that were said not to be wanted.
    pub without: Vec<String>,
    /// What nothing is known about.
    pub unclear: Vec<String>,
}

/// No phrase has more words.
const LONGEST: usize = 5;
/// Words that join others, and words for what every description is about.
const JOINING: [&str; 74] = [
    "a",
    "an",
    "the",
    "and",
    "with",
    "for",
    "of",
    "in",
    "on",
    "to",
    "that",
    "which",
    "plus",
    "or",
    "my",
    "our",
    "new",
    "old",
    "small",
    "simple",
    "plain",
    "basic",
    "good",
    "nice",
    "machine",
    "computer",
    "system",
    "box",
    "setup",
    "config",
    "configuration",
    "configured",
    "nixos",
    "nix",
    "host",
    "installs",
    "install",
    "enables",
    "enable",
    "uses",
    "using",
    "runs",
    "running",
    "has",
    "having",
    "serves",
    "serving",
    "some",
    "only",
    "all",
    "also",
    "as",
    "it",
    "its",
    "is",
    "be",
    "i",
    "me",
    "where",
    "who",
    "from",
    "at",
    "by",
    "support",
    "enabled",
    "please",
    "full",
    "complete",
    "whole",
    "called",
    "named",
    "work",
    "home",
    "use",
];
/// What turns the next thing into one that is not wanted.
const NOT: [&str; 6] = ["no", "not", "without", "except", "never", "nothing"];
/// The parts of the world that time zones are named after.
const WORLD: [&str; 10] =
    ["africa", "america", "antarctica", "arctic", "asia", "atlantic", "australia", "europe", "indian", "pacific"];

/// A word of the description.
struct Word<'a> {
    text: String,
    raw: &'a str,
}

/// Takes a description apart.
pub(super) fn described(description: &str, parts: &BTreeMap<String, Part>) -> Described {
    let words: Vec<Word<'_>> = words(description);
    let called = called(parts);
    let mut described = Described::default();
    let (mut at, mut not) = (0, false);
    while let Some(word) = words.get(at) {
        let (length, thing) = thing(&words[at..], &called);
        match thing {
            Some(thing) => {
                described.take(thing, not);
                not = false;
                at += length;
            }
            None if NOT.contains(&word.text.as_str()) => {
                not = true;
                at += 1;
            }
            None => {
                let read = described.read(&words[at..]);
                // A "not" counts for what comes next, over words that only join.
                not &= read == 0 && joins(word);
                if read == 0 && !joins(word) {
                    described.unclear.push(word.raw.to_owned());
                }
                at += read.max(1);
            }
        }
    }
    described
}

enum Thing {
    Part(String),
    Package(String),
}

impl Described {
    fn take(&mut self, thing: Thing, not: bool) {
        let (list, name) = match thing {
            Thing::Part(name) | Thing::Package(name) if not => (&mut self.without, name),
            Thing::Part(name) => (&mut self.parts, name),
            Thing::Package(name) => (&mut self.packages, name),
        };
        if !list.contains(&name) {
            list.push(name);
        }
    }

    /// Reads people, ports, the machine's name or its time zone; the number of words that it took.
    fn read(&mut self, words: &[Word<'_>]) -> usize {
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        match text(0) {
            "user" | "users" | "account" | "accounts" | "login" | "logins" => self.read_people(words),
            "port" | "ports" | "opens" | "open" => {
                let begin = 1 + usize::from(matches!(text(1), "port" | "ports"));
                let ports = words[begin.min(words.len())..].iter().map_while(|word| match word.text.as_str() {
                    "and" => Some(None),
                    number => number.parse::<u16>().ok().filter(|port| *port > 0).map(Some),
                });
                let ports: Vec<Option<u16>> = ports.collect();
                self.ports.extend(ports.iter().flatten());
                if ports.iter().all(Option::is_none) { 0 } else { begin + ports.len() }
            }
            "hostname" | "host-name" => {
                let name = text(1);
                let valid = HostName::try_from(name.to_owned()).is_ok() && !JOINING.contains(&name);
                if valid {
                    self.host = Some(name.to_owned());
                }
                1 + usize::from(valid)
            }
            zone => {
                let Some((place, _)) = zone.split_once('/').filter(|(part, _)| WORLD.contains(part)) else { return 0 };
                debug_assert!(!place.is_empty(), "it is one of the world's parts");
                self.zone = Some(zone_name(zone));
                1
            }
        }
    }

    fn read_people(&mut self, words: &[Word<'_>]) -> usize {
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        let mut at = 1;
        let told = matches!(text(at), "called" | "named" | "for");
        at += usize::from(told);
        let before = self.people.len();
        while let Some(word) = words.get(at) {
            if word.text == "and" && at > 1 {
                at += 1;
                continue;
            }
            let known = catalogue::lexicon().find(&word.text);
            let person =
                known.is_none_or(|known| catalogue::lexicon().senses(known).any(|sense| sense == Sense::Person));
            if UserName::try_from(word.text.clone()).is_err() || !(person || told && self.people.len() == before) {
                break;
            }
            self.people.push(word.text.clone());
            at += 1;
        }
        if self.people.len() == before {
            return 0;
        }
        // An "and" behind the last name belongs to what follows.
        at - usize::from(text(at - 1) == "and")
    }
}

/// A zone as the world writes it: `Europe/Berlin`, `America/New_York`.
fn zone_name(text: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    let part = |part: &str| part.split('_').map(capital).collect::<Vec<_>>().join("_");
    text.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn words(description: &str) -> Vec<Word<'_>> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '!' | '?' | '(' | ')' | '"');
    let words = description.split(apart).flat_map(|word| {
        // "nginx + redis" and "nginx+redis" are the same, "c++" is not.
        let joined = word.contains('+') && !word.ends_with('+');
        if joined { word.split('+').collect() } else { vec![word] }
    });
    let trimmed = words.map(|word| word.trim_matches(|c: char| matches!(c, '.' | '\'' | '-' | '&')));
    let words = trimmed.filter(|word| word.chars().any(char::is_alphanumeric));
    words.map(|raw| Word { text: raw.to_lowercase(), raw }).collect()
}

/// Everything that parts are called.
fn called(parts: &BTreeMap<String, Part>) -> HashMap<String, String> {
    let names = parts.keys().flat_map(|name| [(name.clone(), name.clone()), (name.replace('-', " "), name.clone())]);
    let others = parts.iter().flat_map(|(name, part)| part.called.iter().map(|called| (called.clone(), name.clone())));
    names.chain(others).collect()
}

fn joins(word: &Word<'_>) -> bool {
    let lexicon = catalogue::lexicon();
    let filler = || {
        let known = lexicon.find(&word.text);
        known.is_some_and(|known| lexicon.senses(known).any(|sense| sense == Sense::Filler))
    };
    let text = word.text.as_str();
    JOINING.contains(&text) || text.strip_suffix('s').is_some_and(|one| JOINING.contains(&one)) || filler()
}

/// What the longest phrase at the beginning names, with its length: a part before a service before a package.
fn thing(words: &[Word<'_>], called: &HashMap<String, String>) -> (usize, Option<Thing>) {
    let lexicon = catalogue::lexicon();
    let mut phrase = String::new();
    let mut part = None;
    for (count, word) in words.iter().take(LONGEST).enumerate() {
        if count > 0 {
            phrase.push(' ');
        }
        phrase.push_str(&word.text);
        let known = called.get(&phrase).or_else(|| called.get(phrase.strip_suffix('s')?));
        if let Some(name) = known {
            part = Some((count + 1, name.clone()));
        }
    }
    let mut named: Option<(usize, Thing)> = None;
    lexicon.phrases(words.iter().map(|word| word.text.as_str()), |length, found| {
        let senses: Vec<Sense> = lexicon.senses(found).collect();
        let ordinary = |sense: &Sense| matches!(sense, Sense::Filler | Sense::Common);
        let longer = named.as_ref().is_none_or(|(known, _)| length > *known);
        if !longer || length == 1 && senses.iter().any(ordinary) {
            return;
        }
        let phrase: Vec<&str> = words[..length].iter().map(|word| word.text.as_str()).collect();
        // A word that is also one of the language names a package only in passing.
        let in_passing = length == 1 && senses.iter().any(|sense| matches!(sense, Sense::Class(_)));
        match of_senses(&senses, &phrase.join("-")) {
            Some(Thing::Package(_)) if in_passing => {}
            Some(thing) => named = Some((length, thing)),
            None => {}
        }
    });
    match (part, named) {
        (Some((length, _)), Some((longer, thing))) if longer > length => (longer, Some(thing)),
        (Some((length, name)), _) => (length, Some(Thing::Part(name))),
        (None, Some((length, thing))) => (length, Some(thing)),
        (None, None) => (0, None),
    }
}

/// What a phrase stands for, when it is the name of a service or a package. A package of this very name that no option sets
/// up is a package, whatever else has its name.
fn of_senses(senses: &[Sense], phrase: &str) -> Option<Thing> {
    let lexicon = catalogue::lexicon();
    let service = senses.iter().find_map(|sense| match sense {
        Sense::Service(place) => Some(lexicon.name(Table::Services, *place)),
        _ => None,
    });
    let package = senses.iter().find_map(|sense| match sense {
        Sense::Package(place) => Some(lexicon.name(Table::Packages, *place)),
        _ => None,
    });
    match (service, package) {
        (Some(service), Some(package)) => {
            let plain = package == phrase && starter::package(package).is_some_and(|known| known.option.is_none());
            Some(if plain { Thing::Package(package.to_owned()) } else { Thing::Part(service.to_owned()) })
        }
        (Some(service), None) => Some(Thing::Part(service.to_owned())),
        (None, Some(package)) => Some(Thing::Package(package.to_owned())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Described {
        described(text, &starter::parts())
    }

    #[test]
    fn descriptions_are_taken_apart() {
        let web = read("a web server with nginx and postgres");
        assert_eq!(web.parts, ["web-server", "nginx", "postgresql"]);
        assert!(web.unclear.is_empty(), "{web:?}");
        let laptop = read("minimal laptop with GNOME and a german keyboard");
        assert_eq!(laptop.parts, ["minimal", "laptop", "gnome", "german-keyboard"]);
        assert_eq!(read("gaming desktop").parts, ["gaming", "desktop-computer"]);
        let lea = read("gnome and docker and a user called lea");
        assert_eq!((lea.parts, lea.people), (vec!["gnome".into(), "docker".into()], vec!["lea".into()]));
        let ports = read("enables ssh, opens 443 and 8080 and installs git");
        assert_eq!(ports.ports, [443, 8080]);
        assert_eq!(ports.parts, ["ssh", "git"]);
        assert_eq!(read("server hostname atlas in europe/berlin").zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(read("server hostname atlas").host.as_deref(), Some("atlas"));
    }

    #[test]
    fn what_is_not_wanted_or_not_known_is_told() {
        let kiosk = read("kiosk showing one web page, wifi, no sound");
        assert_eq!(kiosk.parts, ["kiosk", "wifi"]);
        assert_eq!(kiosk.without, ["sound"]);
        assert_eq!(kiosk.unclear, ["showing"]);
        assert_eq!(read("a frobnicator with nginx").unclear, ["frobnicator"]);
        assert_eq!(read("").parts, Vec::<String>::new());
        let evil = read("nginx; }; boot.evil = ${builtins.abort \"x\"} user called ../x");
        assert_eq!(evil.parts, ["nginx"]);
        assert!(evil.people.is_empty());
    }
}
