//! The slots of an intent, found wherever they stand in a line.

use serde_json::Value;

use super::chosen::Chooser;
use super::objects::{names_something, package, packages};
use super::pointed::Pointer;
use super::{choices, names, people, read, settings, texts};
use crate::catalogue;
use crate::catalogue::data::{Intent, Kind, Slot};
use crate::catalogue::lexicon::{Sense, Table};
use crate::recognition::Slots;
use crate::understand::line::{Line, Shape, Token};

/// Adds what the line says for the slots that are not filled yet. Numbers only when no pattern has `read` the line: it
/// knows which is which.
pub(in crate::understand) fn fill(intent: &Intent<'_>, line: &Line, read: bool, slots: &mut Slots) {
    fill_by(intent, line, read, true, slots);
}

/// The same; what was `read` in a wording gives way to what the words point at, unless it is `sure`.
pub(in crate::understand) fn fill_by(intent: &Intent<'_>, line: &Line, read: bool, sure: bool, slots: &mut Slots) {
    let pointer = Pointer::new(line, intent.id);
    let chooser = Chooser::new(line);
    // What stands beside a name is read when the name is known.
    let late = |slot: &&Slot<'_>| matches!(slot.kind, Kind::Arguments | Kind::Groups);
    let early = intent.slots.iter().filter(|slot| !late(slot));
    for slot in early.chain(intent.slots.iter().filter(late)) {
        if sure && slots.contains_key(slot.name) {
            continue;
        }
        if let Some(value) = pointer.value(slot.kind) {
            slots.insert(slot.name.to_owned(), value);
            continue;
        }
        if slots.contains_key(slot.name) {
            continue;
        }
        let value = match slot.kind {
            Kind::Choice => chooser
                .value(intent.id, slot.name, slot.kind)
                .or_else(|| choices::choose(intent.id, slot.name, line))
                .map(Value::from),
            Kind::Truth => {
                let chosen = chooser.value(intent.id, slot.name, slot.kind) == Some("true");
                (chosen || slot.name == "repair" && mends(line)).then(|| Value::from(true))
            }
            Kind::Packages => packages(line, intent.id).map(Value::from),
            Kind::Package => package(line, intent.id).map(Value::from),
            Kind::Service => service(line).map(Value::from),
            Kind::Program => program(line).map(Value::from),
            Kind::Query => query(line, intent.id).map(Value::from),
            Kind::Setting => {
                let (path, value) = setting(intent, line, &pointer, &chooser).unzip();
                if let Some(value) = value.flatten() {
                    slots.insert("value".to_owned(), value);
                }
                path.map(Value::from)
            }
            Kind::Selector => settings::written(line)
                .or_else(|| chooser.value(intent.id, slot.name, slot.kind).map(str::to_owned))
                .or_else(|| settings::selector(line))
                .or_else(|| texts::content(line, ASKING))
                .map(Value::from),
            Kind::Ports => Some(people::find_ports(line)).filter(|ports| !ports.is_empty()).map(Value::from),
            Kind::User => people::find_account(line).map(Value::from),
            Kind::Groups => {
                let account = slots.get("user").and_then(Value::as_str).map(str::to_owned);
                let account = account.or_else(|| people::find_account(line));
                Some(people::find_groups(line, account.as_deref())).filter(|groups| !groups.is_empty()).map(Value::from)
            }
            Kind::Hosts => Some(people::find_hosts(line)).filter(|hosts| !hosts.is_empty()).map(Value::from),
            Kind::Host => host(line, intent.id).map(Value::from),
            Kind::Target => line.tokens.iter().find_map(people::target).map(Value::from),
            Kind::Cache => cache(line).map(Value::from),
            Kind::Secret => secret(line).map(Value::from),
            Kind::Concepts => {
                Some(names::all_concepts(&line.tokens)).filter(|topics| !topics.is_empty()).map(Value::from)
            }
            Kind::Stack => names::stacks(&line.tokens).map(|(_, value)| value),
            Kind::Language => (0..line.tokens.len())
                .filter_map(|place| names::stack(&line.tokens[place..]))
                .find(|(_, name)| *name != "nix")
                .map(|(_, name)| Value::from(name)),
            Kind::Flake => line.tokens.iter().find_map(texts::flake).map(Value::from),
            Kind::Attribute => line.tokens.iter().find_map(texts::attribute).map(Value::from),
            Kind::Part => part(line).map(Value::from),
            Kind::Filter => filter(line).map(Value::from),
            Kind::Description => description(line).map(Value::from),
            Kind::Arguments => arguments(line, slots).map(Value::from),
            // What only means something where a pattern expects it.
            Kind::Value | Kind::Name | Kind::Address | Kind::Label | Kind::Topic | Kind::Pasted => None,
            Kind::Inputs => inputs(line, intent.id).map(Value::from),
            Kind::Age | Kind::When | Kind::Release => first(slot.kind, line),
            Kind::Number | Kind::Numbers if read => None,
            Kind::Number | Kind::Numbers => numbered(slot, line),
        };
        if let Some(value) = value {
            slots.insert(slot.name.to_owned(), value);
        }
    }
}

/// The option that a line is about, and the value that it gives it where the intent has one. A path that is written out
/// is surer than what the words mean, and that surer than a name among them.
fn setting(
    intent: &Intent<'_>,
    line: &Line,
    pointer: &Pointer<'_>,
    chooser: &Chooser<'_>,
) -> Option<(String, Option<Value>)> {
    let sets = intent.slots.iter().any(|slot| slot.kind == Kind::Value);
    let named = settings::find_setting(line);
    let written = named.as_ref().filter(|(at, ..)| line.tokens[*at].shape == Shape::Path);
    let chosen = || {
        let path = chooser.value(intent.id, "option", Kind::Setting)?.to_owned();
        // Where it is named as well, the value stands beside the name.
        let place = named.as_ref().filter(|(.., name)| *name == path).map_or((0, 0), |(at, length, _)| (*at, *length));
        Some((place.0, place.1, path))
    };
    let Some((at, length, path)) = written.cloned().or_else(chosen).or(named.clone()) else {
        return settings::implied(line).filter(|_| sets).map(|(path, value)| (path, Some(value)));
    };
    if !sets {
        return Some((path, None));
    }
    let switch = || chooser.value(intent.id, "value", Kind::Value).map(|truth| Value::from(truth == "true"));
    let value = settings::value_of(line, (at, length), &path, pointer.words(Kind::Value), switch);
    Some((path, value))
}

/// Classes that ask for something to be shown.
const ASKING: &[&str] = &[
    "search",
    "show",
    "politeness",
    "question",
    "how_to",
    "create",
    "explain",
    "option",
    "value",
    "configuration",
    "set",
    "help",
];
const SEARCHING: &[&str] = &["search", "show", "politeness", "question", "how_to", "package", "install", "greeting"];

/// Whether something is to be mended, not only looked at.
fn mends(line: &Line) -> bool {
    const WORDS: [&str; 9] =
        ["repair", "fix", "mend", "heal", "restore", "redownload", "repairing", "fixing", "--repair"];
    line.tokens.iter().any(|token| token.negated.is_none() && WORDS.contains(&token.text.as_str()))
}

/// A number that says by its neighbours what it counts: "generation 12", "last 5 generations", "2 steps back".
fn numbered(slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let tokens = &line.tokens;
    let text = |place: Option<usize>| place.and_then(|place| tokens.get(place)).map_or("", |token| token.text.as_str());
    let thing = |word: &str| {
        matches!(
            word,
            "generation"
                | "generations"
                | "version"
                | "versions"
                | "snapshot"
                | "snapshots"
                | "entry"
                | "entries"
                | "gens"
                | "gen"
        )
    };
    for (place, token) in tokens.iter().enumerate() {
        if token.negated.is_some() || matches!(token.text.as_str(), "one" | "a" | "this") {
            continue;
        }
        let Some((length, value)) = read(slot.kind, line, place) else { continue };
        let before = text(place.checked_sub(1));
        let behind = text(Some(place + length));
        let named = thing(before) || matches!(before, "number" | "nr" | "#");
        let counted = thing(behind) || matches!(behind, "steps" | "times" | "back");
        let fits = match slot.name {
            "generation" | "generations" | "from" | "to" => named && slot.name != "to",
            "steps" => counted && !named,
            "keep" => matches!(before, "keep" | "--keep" | "last" | "newest" | "latest") && !named,
            "limit" => (counted || matches!(before, "last" | "latest" | "newest" | "first")) && !named,
            _ => true,
        };
        if fits {
            return Some(value);
        }
    }
    None
}

pub(super) fn is(token: &Token, wanted: &[&str]) -> bool {
    let lexicon = catalogue::lexicon();
    token.known.is_some_and(|known| {
        lexicon.senses(known).any(|sense| match sense {
            Sense::Class(class) => wanted.contains(&lexicon.name(Table::Classes, class)),
            _ => false,
        })
    })
}

fn first(kind: Kind, line: &Line) -> Option<Value> {
    (0..line.tokens.len())
        .filter(|&place| {
            line.tokens[place].negated.is_none() && !matches!(line.tokens[place].text.as_str(), "one" | "a" | "this")
        })
        .find_map(|place| read(kind, line, place).map(|(_, value)| value))
}

/// Inputs that many flakes have.
const INPUTS: [&str; 12] = [
    "nixpkgs",
    "home-manager",
    "nixos-hardware",
    "disko",
    "sops-nix",
    "agenix",
    "deploy-rs",
    "stylix",
    "nixvim",
    "flake-utils",
    "impermanence",
    "lanzaboote",
];

/// The inputs that a flake's update is about, when some are named.
fn inputs(line: &Line, intent: &str) -> Option<Vec<String>> {
    if intent != "update_flake" {
        return None;
    }
    let tokens = &line.tokens;
    let mut found: Vec<String> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let two = token.text == "home" && tokens.get(place + 1).is_some_and(|next| next.text == "manager");
        let known =
            INPUTS.contains(&token.text.as_str()) || token.text.ends_with("-overlay") || token.text.ends_with("-nix");
        let away = tokens[..place].iter().any(|before| {
            before.clause == token.clause && matches!(before.text.as_str(), "leave" | "keep" | "except" | "but")
        });
        let named = tokens.get(place + 1).is_some_and(|next| next.text == "input") && people::unspoken(token);
        if token.negated.is_none() && !away && (known || named || two) {
            found.push(if two {
                "home-manager".to_owned()
            } else {
                token.typed.clone().filter(|_| !known).unwrap_or_else(|| token.text.clone())
            });
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The service that a line is about: the longest name; else a word that names nothing else.
fn service(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let mut best: Option<((bool, usize), &str)> = None;
    for place in 0..tokens.len() {
        if let Some((length, name)) = names::known_service(&tokens[place..]) {
            let weak = length == 1
                && is(
                    &tokens[place],
                    &["install", "run", "search", "host", "system", "user", "start", "package", "show", "disk"],
                );
            let rank = (!weak && tokens[place].negated.is_none(), length);
            if best.is_none_or(|(other, _)| rank > other) {
                best = Some((rank, name));
            }
        }
    }
    if let Some((_, name)) = best {
        return Some(name.to_owned());
    }
    (0..tokens.len())
        .filter(|&place| {
            tokens[place].text.ends_with(".service")
                || people::unspoken(&tokens[place])
                || names_something(&tokens[place], false)
        })
        .find_map(|place| names::service(&tokens[place..]).map(|(_, name)| name))
}

/// The command or file whose package is wanted.
fn program(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let unknown = |token: &Token| {
        names_something(token, true)
            || token.raw.contains(".so")
            || token.shape == Shape::File
            || token.shape == Shape::Path
    };
    let behind = |words: &[&str]| {
        let place = tokens.iter().rposition(|token| words.contains(&token.text.as_str()))?;
        tokens[place + 1..].iter().find(|token| !token.filler && unknown(token))
    };
    let found = tokens
        .iter()
        .find(|token| token.raw.contains(".so") || token.shape == Shape::File)
        .or_else(|| {
            behind(&[
                "found", "provides", "contains", "command", "brings", "ships", "has", "binary", "called", "program",
            ])
        })
        .or_else(|| {
            tokens.iter().find(|token| {
                unknown(token)
                    && !token.filler
                    && !matches!(token.text.as_str(), "bash" | "zsh" | "fish" | "nix" | "nixos" | "nixpkgs")
            })
        })?;
    texts::program(found)
}

/// What a line that names no package is about.
pub(in crate::understand) fn sought(line: &Line) -> Option<String> {
    texts::content(line, &[SEARCHING, &["test", "run", "temporary"]].concat())
}

/// What is looked for.
fn query(line: &Line, intent: &str) -> Option<String> {
    let option = intent == "search_option";
    let wrapping: &[&str] = if option { ASKING } else { SEARCHING };
    let anchors: &[&str] = if option { &["option"] } else { &["package", "search"] };
    let tokens = &line.tokens;
    // Of several clauses, the one that asks.
    let clause = tokens.iter().rev().find(|token| is(token, anchors)).map(|token| token.clause);
    let places: Vec<usize> =
        (0..tokens.len()).filter(|&place| clause.is_none_or(|clause| tokens[place].clause == clause)).collect();
    let (Some(&from), Some(&to)) = (places.first(), places.last()) else { return None };
    // "The option about printers": what stands behind the words that lead to it.
    let marks = |token: &Token| {
        matches!(
            token.text.as_str(),
            "about"
                | "for"
                | "regarding"
                | "concerning"
                | "containing"
                | "matching"
                | "that"
                | "under"
                | "governs"
                | "like"
                | "named"
                | "related"
                | "dealing"
                | "deal"
                | "similar"
        )
    };
    let anchor = (from..=to).find(|&place| is(&tokens[place], anchors));
    let mark = anchor.and_then(|anchor| (anchor..to).find(|&place| marks(&tokens[place])));
    let start = mark.map_or(from, |mark| mark + 1);
    let part = line.part(start..to + 1);
    let mut tokens: &[Token] = &part.tokens;
    while let Some((last, rest)) = tokens.split_last()
        && !rest.is_empty()
        && is(last, if option { &["option", "show", "search"] } else { &["package"] })
    {
        tokens = rest;
    }
    texts::content(&part.part(0..tokens.len()), wrapping)
}

/// What a configuration is to be for: without the word for it.
fn description(line: &Line) -> Option<String> {
    let kept = line
        .tokens
        .iter()
        .filter(|token| !matches!(token.text.as_str(), "configuration" | "configuration.nix"))
        .cloned();
    texts::content(&line.with(kept.collect()), ASKING)
}

/// The topic behind "about", "for", "of"; a service or concept that is named.
fn part(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let marks =
        |token: &Token| matches!(token.text.as_str(), "about" | "for" | "regarding" | "concerning" | "of" | "related");
    let place = tokens.iter().position(marks);
    let wanted =
        |token: &&Token| !token.filler && !is(token, &["configuration", "system", "show", "politeness", "question"]);
    let rest = &tokens[place.map_or(0, |place| place + 1)..];
    let found = rest.iter().find(wanted)?;
    let known = found.known.is_some_and(|known| catalogue::lexicon().senses(known).any(Sense::is_name));
    (place.is_some() || known || found.shape == Shape::Path).then(|| found.text.clone())
}

/// What a list of packages is narrowed to.
fn filter(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    if let Some((_, name)) = (0..tokens.len()).find_map(|place| names::strong_package(&tokens[place..])) {
        return Some(name.to_owned());
    }
    let named = |token: &&Token| {
        names_something(token, true) && !is(token, &["package", "system", "everything", "show", "install"])
    };
    tokens.iter().find(named).map(|token| token.text.clone())
}

/// The words behind the program that is to be run.
fn arguments(line: &Line, slots: &Slots) -> Option<Vec<String>> {
    let package = slots.get("package").and_then(Value::as_str)?;
    let place = (0..line.tokens.len())
        .find(|&place| names::package(&line.tokens[place..]).is_some_and(|(_, name)| name == package))?;
    let (length, _) = names::package(&line.tokens[place..])?;
    let clause = line.tokens[place].clause;
    let rest: Vec<String> = line.tokens[place + length..]
        .iter()
        .take_while(|token| {
            token.clause == clause
                && !is(token, &["once", "temporary", "politeness"])
                && !matches!(
                    token.text.as_str(),
                    "from" | "for" | "on" | "without" | "and" | "so" | "to" | "real" | "just" | "then" | "in"
                )
        })
        .filter(|token| !token.filler || token.text.len() > 3)
        .map(|token| token.raw.clone())
        .filter(|text| text.chars().all(|c| c.is_alphanumeric() || "-_.:/=,+@%".contains(c)) && !text.contains(".."))
        .collect();
    (!rest.is_empty()).then_some(rest)
}

/// The host that a machine is to be, or that is to build.
fn host(line: &Line, intent: &str) -> Option<String> {
    let tokens = &line.tokens;
    // Surest first: a reference, what it is called, an address, what looks like a host's name, any name.
    let reference = tokens
        .iter()
        .find(|token| token.raw.contains('#') || token.raw.starts_with("host=") || token.raw.starts_with("name="));
    let quoted = || tokens.iter().find(|token| token.quoted);
    let marked = |token: &Token| {
        matches!(token.text.as_str(), "as" | "called" | "named" | "host" | "name" | "hostname" | "call" | "node")
    };
    let behind = || {
        tokens.iter().enumerate().filter(|(_, token)| marked(token)).find_map(|(place, _)| {
            let next = tokens[place + 1..].iter().find(|next| !next.filler && !marked(next))?;
            let called = matches!(tokens[place].text.as_str(), "as" | "called" | "named" | "call");
            let other = is(next, &["system", "builder", "configuration", "build", "status", "host", "run"]) && !called;
            let names =
                next.shape == Shape::Word && !other && !matches!(next.text.as_str(), "remote" | "builder" | "build");
            names.then_some(next)
        })
    };
    let builder = intent == "add_remote_builder";
    let address = || {
        tokens.iter().find(|token| {
            builder && (token.shape == Shape::Host || token.shape == Shape::Path || token.text.starts_with("ssh://"))
        })
    };
    let used = || {
        let place = tokens.iter().position(|token| matches!(token.text.as_str(), "on" | "use" | "let" | "to"))?;
        tokens[place + 1..].iter().find(|next| !next.filler).filter(|next| {
            builder && next.shape == Shape::Word && !is(next, &["system", "host", "builder", "build", "cache"])
        })
    };
    let spelled = |token: &&Token| {
        token.shape == Shape::Word && token.text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    let dashed = || tokens.iter().find(|token| spelled(token) && token.known.is_none());
    let unknown = || tokens.iter().rev().find(|token| people::unspoken(token) && token.shape == Shape::Word);
    let server = || tokens.iter().find(|token| token.text == "server");
    reference
        .or_else(quoted)
        .or_else(behind)
        .or_else(address)
        .or_else(used)
        .or_else(dashed)
        .or_else(unknown)
        .or_else(server)
        .and_then(people::host)
}

/// A binary cache: an address, or the name behind "cache" or "cachix".
fn cache(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let address = tokens.iter().find(|token| {
        token.shape == Shape::Address || token.text.contains(".cachix.org") || token.text.starts_with("cache.")
    });
    let named =
        || tokens.iter().find(|token| people::unspoken(token) || token.known.is_none() && names_something(token, true));
    let known = || {
        tokens.iter().find(|token| {
            matches!(
                token.text.as_str(),
                "nix-community" | "cuda-maintainers" | "hyprland" | "devenv" | "garnix" | "flox"
            )
        })
    };
    let quoted = || tokens.iter().find(|token| token.quoted);
    address.or_else(quoted).or_else(known).or_else(named).and_then(texts::cache)
}

/// The name of a secret: the words behind "for", joined.
fn secret(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let place = tokens.iter().position(|token| matches!(token.text.as_str(), "for" | "called" | "named"))?;
    let clause = tokens[place].clause;
    let said: Vec<String> = tokens[place + 1..]
        .iter()
        .take_while(|token| token.clause == clause)
        .filter(|token| !token.filler && token.shape != Shape::Flag)
        .map(|token| token.text.trim_end_matches(".age").to_owned())
        .collect();
    let name = said.join("-");
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && !name.contains(".."))
        .then_some(name)
}
