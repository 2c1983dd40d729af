//! Names of packages, services, concepts and stacks, by whatever people call them.

use serde_json::Value;

use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Shape, Token};
use crate::understand::repair::distance;

/// The longest phrase at the beginning of these tokens that has such a sense: how many tokens, and its name.
pub(super) fn longest(
    tokens: &[Token],
    wanted: impl Fn(Sense) -> Option<(Table, u16)>,
) -> Option<(usize, &'static str)> {
    let lexicon = catalogue::lexicon();
    let clause = tokens.first()?.clause;
    let words = tokens.iter().take(6).take_while(|token| token.clause == clause).map(|token| token.text.as_str());
    let name = |phrase: u32| lexicon.senses(phrase).find_map(&wanted).map(|(table, place)| lexicon.name(table, place));
    let mut best: Option<(usize, &'static str)> = None;
    lexicon.phrases(words, |length, phrase| best = name(phrase).map(|name| (length, name)).or(best));
    // "Flakes" are flakes.
    let single = || lexicon.find(tokens[0].text.strip_suffix('s')?);
    best.or_else(|| Some((1, name(tokens[0].known?)?))).or_else(|| Some((1, name(single()?)?)))
}

pub(super) fn known_package(tokens: &[Token]) -> Option<(usize, &'static str)> {
    longest(tokens, |sense| match sense {
        Sense::Package(place) => Some((Table::Packages, place)),
        _ => None,
    })
}

/// A package that is known.
pub(super) fn strong_package(tokens: &[Token]) -> Option<(usize, &'static str)> {
    let (length, name) = known_package(tokens)?;
    let lexicon = catalogue::lexicon();
    // "Just", "file" and "make" are packages too; alone they are words.
    let ambiguous = length == 1
        && tokens[0].known.is_some_and(|word| {
            lexicon.senses(word).any(|sense| {
                matches!(sense, Sense::Class(_) | Sense::Filler | Sense::Common | Sense::Person | Sense::Everyday(_))
            })
        });
    (!ambiguous).then_some((length, name))
}

/// A package where one is expected: a known one, or any word that could name one.
pub(super) fn package(tokens: &[Token]) -> Option<(usize, String)> {
    if let Some((length, name)) = known_package(tokens) {
        return Some((length, name.to_owned()));
    }
    let first = tokens.first()?;
    // A file is no package, whatever its name.
    if first.text.contains("..") || first.text.starts_with(['/', '~', '.']) && !first.text.contains('#') {
        return None;
    }
    let text = first.text.rsplit(['#', '/']).next().unwrap_or(&first.text);
    let stripped = ["nixpkgs.", "nixos.", "pkgs.", "unstable."]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let stripped = stripped.split('@').next().unwrap_or(stripped);
    let by_a_slip = || first.known.is_none().then(|| nearest(stripped))?;
    if let Some(name) = by_another_name(stripped).or_else(by_a_slip).filter(|_| !first.own) {
        return Some((1, name.to_owned()));
    }
    let plain = stripped.len() <= 64
        && stripped.starts_with(|c: char| c.is_ascii_alphanumeric())
        && stripped.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
        && stripped.chars().any(|c| c.is_ascii_alphabetic())
        && !stripped.contains("..");
    let shaped =
        matches!(first.shape, Shape::Word | Shape::Path) || stripped != first.text && first.shape != Shape::Flag;
    // A word that means something else is no package: "install a web browser" names none.
    let word = first.known.is_some_and(|known| {
        let name = |sense| matches!(sense, Sense::Package(_) | Sense::Service(_) | Sense::Stack(_));
        !catalogue::lexicon().senses(known).any(name)
    });
    (plain && shaped && !first.filler && !word).then(|| (1, stripped.to_owned()))
}

/// A package by the name that another system gives it: `visual-studio-code`, `org.inkscape.Inkscape`,
/// `google-chrome-stable_current_amd64.deb`.
fn by_another_name(text: &str) -> Option<&'static str> {
    let lexicon = catalogue::lexicon();
    let known = |name: &str| {
        let phrase = lexicon.find(name)?;
        lexicon.senses(phrase).find_map(|sense| match sense {
            Sense::Package(place) => Some(lexicon.name(Table::Packages, place)),
            _ => None,
        })
    };
    let parts = || text.split('.').rev().filter(|part| part.len() > 2 && text.contains('.')).find_map(known);
    let plain =
        || ["-bin", "-git", "-stable", "-desktop", "-cli"].iter().find_map(|end| known(text.strip_suffix(end)?));
    let file = || {
        let file = [".deb", ".rpm", ".appimage", ".flatpak", ".snap"].iter().find_map(|end| text.strip_suffix(end))?;
        let ends = file.match_indices(['-', '_']).map(|(end, _)| end).rev();
        ends.filter_map(|end| file.get(..end)).find_map(known)
    };
    known(text).or_else(|| known(&text.replace(['-', '_'], " "))).or_else(plain).or_else(parts).or_else(file)
}

/// The package whose name is two slips away from a longer word that nothing knows, or has the letters of a shorter one in
/// another order.
fn nearest(text: &str) -> Option<&'static str> {
    if !(4..=20).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let text = text.as_bytes();
    let (most, longer) = if text.len() < 6 { (1, 0) } else { (2, 2) };
    let near = |name: &&[u8]| {
        name.len().abs_diff(text.len()) <= longer
            && name.first() == text.first()
            && distance(name, text, most) <= most
            && (longer > 0 || name.iter().all(|letter| text.contains(letter)))
    };
    let mut found = catalogue::lexicon().names(Table::Packages).filter(near);
    // Two that are as near are none.
    let first = found.next()?;
    std::str::from_utf8(first).ok().filter(|_| found.next().is_none())
}

/// Several packages in a row: "vim, git and htop".
pub(super) fn packages(tokens: &[Token]) -> Option<(usize, Vec<String>)> {
    let mut names: Vec<String> = Vec::new();
    let (mut at, mut end) = (0, 0);
    while let Some(token) = tokens.get(at) {
        if matches!(token.text.as_str(), "and" | "plus" | "the" | "also" | "n") || token.shape == Shape::Flag {
            at += 1;
            continue;
        }
        let Some((length, name)) = package(&tokens[at..]) else { break };
        if !names.contains(&name) {
            names.push(name);
        }
        at += length;
        end = at;
    }
    (!names.is_empty()).then_some((end, names))
}

/// A service that is known.
pub(super) fn known_service(tokens: &[Token]) -> Option<(usize, &'static str)> {
    longest(tokens, |sense| match sense {
        Sense::Service(place) => Some((Table::Services, place)),
        _ => None,
    })
}

/// A service where one is expected; a unit's name without its ending.
pub(super) fn service(tokens: &[Token]) -> Option<(usize, String)> {
    if let Some((length, name)) = known_service(tokens) {
        return Some((length, name.to_owned()));
    }
    let first = tokens.first()?;
    let ends = [".service", ".socket", ".timer", ".enable"];
    let text = first.text.strip_prefix("/etc/init.d/").unwrap_or(&first.text);
    let text = ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    // `services.avahi.enable` turns avahi on.
    let sets = ["services.", "programs.", "virtualisation.", "networking.", "hardware."];
    let within = sets.iter().find_map(|set| text.strip_prefix(set));
    let text = within.map_or(text, |path| path.rsplit('.').next().unwrap_or(path));
    let mut inner = first.clone();
    text.clone_into(&mut inner.text);
    inner.known = catalogue::lexicon().find(text);
    if let Some((_, name)) = known_service(&[inner]) {
        return Some((1, name.to_owned()));
    }
    let plain = text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@".contains(c))
        && !text.contains("..");
    let named = matches!(first.shape, Shape::Word | Shape::Path | Shape::Host) || text.len() < first.text.len();
    (plain && !first.filler && named).then(|| (1, text.to_owned()))
}

fn known_concept(tokens: &[Token]) -> Option<(usize, &'static str)> {
    longest(tokens, |sense| match sense {
        Sense::Concept(place) => Some((Table::Concepts, place)),
        _ => None,
    })
}

/// One or more concepts in a row: "flakes and channels", "nix-shell vs nix develop".
pub(super) fn concepts(tokens: &[Token]) -> Option<(usize, Value)> {
    const BETWEEN: [&str; 18] = [
        "and", "or", "vs", "versus", "from", "also", "to", "between", "is", "what", "a", "an", "the", "even", "plain",
        "compared", "than", "with",
    ];
    let mut found: Vec<&str> = Vec::new();
    let (mut place, mut end) = (0, 0);
    while place < tokens.len() {
        match known_concept(&tokens[place..]) {
            Some((length, id)) => {
                if !found.contains(&id) {
                    found.push(id);
                }
                place += length;
                end = place;
            }
            None if end > 0 && BETWEEN.contains(&tokens[place].text.as_str()) => place += 1,
            None => break,
        }
    }
    (!found.is_empty()).then(|| (end, Value::from(found)))
}

/// A concept anywhere in these tokens, all of them.
pub(super) fn all_concepts(tokens: &[Token]) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match known_concept(&tokens[place..]) {
            Some((length, id)) => {
                if !found.contains(&id) {
                    found.push(id);
                }
                place += length;
            }
            None => place += 1,
        }
    }
    // "What is nixos" is about NixOS; "how do generations work in nixos" is not.
    if found.len() > 1 {
        found.retain(|id| !matches!(*id, "nix" | "nixos"));
    }
    found
}

/// A language or tool to develop with.
pub(super) fn stack(tokens: &[Token]) -> Option<(usize, &'static str)> {
    let stack = |sense| match sense {
        Sense::Stack(place) => Some((Table::Stacks, place)),
        _ => None,
    };
    // `python=3.12` is Python, of a version.
    let versioned = || {
        let (name, _) = tokens.first()?.text.split_once(['=', '@'])?;
        let lexicon = catalogue::lexicon();
        let (table, place) = lexicon.senses(lexicon.find(name)?).find_map(stack)?;
        Some((1, lexicon.name(table, place)))
    };
    longest(tokens, stack).or_else(versioned)
}

/// All languages and tools among these tokens.
pub(super) fn stacks(tokens: &[Token]) -> Option<(usize, Value)> {
    let mut found: Vec<&str> = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let (length, name) = stack(&tokens[place..]).map_or((1, None), |(length, name)| (length, Some(name)));
        let negated = tokens[place].negated.is_some();
        found.extend(name.filter(|name| !found.contains(name) && !negated));
        place += length;
    }
    // "Rust with nix" is about Rust.
    if found.len() > 1 {
        found.retain(|name| *name != "nix");
    }
    (!found.is_empty()).then(|| (tokens.len(), Value::from(found)))
}
