//! The slots of an intent, found wherever they stand in a line.

use serde_json::Value;

use super::objects::{names_something, package, packages};
use super::pointed::Pointer;
use super::{choices, chosen, names, numbers, people, read, settings, texts};
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
    // What stands beside a name is read when the name is known.
    let late = |slot: &&Slot<'_>| matches!(slot.kind, Kind::Arguments | Kind::Groups);
    let early = intent.slots.iter().filter(|slot| !late(slot));
    for slot in early.chain(intent.slots.iter().filter(late)) {
        if sure && slots.contains_key(slot.name) {
            continue;
        }
        if slot.kind == Kind::Service && updates_itself(line) {
            slots.insert(slot.name.to_owned(), Value::from("auto-upgrade"));
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
            Kind::Choice => chosen::value(line, intent.id, slot.name, slot.kind)
                .or_else(|| choices::choose(intent.id, slot.name, line))
                .map(Value::from),
            Kind::Truth => {
                let chosen = chosen::value(line, intent.id, slot.name, slot.kind) == Some("true");
                (chosen || slot.name == "repair" && mends(line)).then(|| Value::from(true))
            }
            Kind::Packages => packages(line, intent.id).map(Value::from),
            Kind::Package => package(line, intent.id).map(Value::from),
            Kind::Service => service(line).map(Value::from),
            Kind::Query => sought(line).map(Value::from),
            Kind::Setting => {
                let (path, value) = setting(intent, line, &pointer).unzip();
                if let Some(value) = value.flatten() {
                    slots.insert("value".to_owned(), value);
                }
                path.map(Value::from)
            }
            Kind::Selector => settings::written(line)
                .or_else(|| chosen::value(line, intent.id, slot.name, slot.kind).map(str::to_owned))
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
            Kind::Concepts => {
                Some(names::all_concepts(&line.tokens)).filter(|topics| !topics.is_empty()).map(Value::from)
            }
            Kind::Stack => names::stacks(&line.tokens).map(|(_, value)| value),
            Kind::Language => (0..line.tokens.len())
                .filter_map(|place| names::stack(&line.tokens[place..]))
                .find(|(_, name)| *name != "nix")
                .map(|(_, name)| Value::from(name)),
            Kind::Flake => line.tokens.iter().find_map(texts::flake).map(Value::from),
            Kind::Description => description(line).map(Value::from),
            Kind::Secret => secret(line).map(Value::from),
            // What only means something where a pattern expects it, or where it is pointed at.
            Kind::Value
            | Kind::Name
            | Kind::Label
            | Kind::Topic
            | Kind::Pasted
            | Kind::Program
            | Kind::Cache
            | Kind::Attribute
            | Kind::Part
            | Kind::Filter
            | Kind::Arguments
            | Kind::Inputs => None,
            Kind::Age | Kind::When | Kind::Release | Kind::Address => first(slot.kind, line),
            Kind::Number | Kind::Numbers if read => None,
            Kind::Number | Kind::Numbers => numbered(intent, slot, line)
                .or_else(|| the_only_number(intent, slot, line))
                .or_else(|| one_of_two(slot, line)),
        };
        if let Some(value) = value {
            slots.insert(slot.name.to_owned(), value);
        }
    }
    if intent.id == "delete_generations" && only_counts(line) {
        // They are asked for: three of them are neither number 3 nor three that stay.
        slots.retain(|name, _| !matches!(name.as_str(), "generations" | "keep"));
    }
    if !intent.changes && !line.refused.is_empty() {
        name_refused(intent, line, slots);
    }
}

/// "Don't install htop, let me try it": what is refused names what something else is asked about.
fn name_refused(intent: &Intent<'_>, line: &Line, slots: &mut Slots) {
    let refused = line.with(line.refused.clone());
    for slot in intent.slots.iter().filter(|slot| !slots.contains_key(slot.name)).collect::<Vec<_>>() {
        let value = match slot.kind {
            Kind::Packages => packages(&refused, intent.id).map(Value::from),
            Kind::Package => package(&refused, intent.id).map(Value::from),
            Kind::Service => service(&refused).map(Value::from),
            _ => None,
        };
        slots.extend(value.map(|value| (slot.name.to_owned(), value)));
    }
}

/// The option that a line is about, and the value that it gives it where the intent has one. A path that is written out
/// is surer than what the words mean, and that surer than a name among them.
fn setting(intent: &Intent<'_>, line: &Line, pointer: &Pointer<'_>) -> Option<(String, Option<Value>)> {
    let sets = intent.slots.iter().any(|slot| slot.kind == Kind::Value);
    let named = settings::find_setting(line);
    let written = named.as_ref().filter(|(at, ..)| line.tokens[*at].shape == Shape::Path);
    let chosen = || {
        let path = chosen::value(line, intent.id, "option", Kind::Setting)?.to_owned();
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
    let switch = || chosen::value(line, intent.id, "value", Kind::Value).map(|truth| Value::from(truth == "true"));
    let value = settings::value_of(line, (at, length), &path, &pointer.words(Kind::Value), switch);
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
fn numbered(intent: &Intent<'_>, slot: &Slot<'_>, line: &Line) -> Option<Value> {
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
    let keeps = keeps(line);
    for (place, token) in tokens.iter().enumerate() {
        // "Never delete generation 7" names one to be kept.
        if token.negated.is_some() && intent.id != "pin_generation" {
            continue;
        }
        let Some((length, value)) = read(slot.kind, line, place) else { continue };
        if length == 1 && matches!(token.text.as_str(), "one" | "a" | "this") {
            continue;
        }
        let before = text(place.checked_sub(1));
        let behind = text(Some(place + length));
        let named = thing(before) || matches!(before, "number" | "nr" | "#");
        // "Two system versions".
        let after = if behind == "system" { text(Some(place + length + 1)) } else { behind };
        let counted = thing(after) || matches!(behind, "steps" | "times" | "back");
        let fits = match slot.name {
            "generation" | "generations" | "from" | "to" => named && slot.name != "to",
            "steps" => (counted || before == "by") && !named,
            "keep" => {
                keeps
                    && (ranks(before) || ranks(behind) || matches!(before, "keep" | "--keep" | "just" | "only" | "to"))
                    && !named
            }
            "limit" => (counted || matches!(before, "last" | "latest" | "newest" | "first")) && !named,
            _ => true,
        };
        if fits {
            return Some(value);
        }
    }
    None
}

/// Whether something is to stay: "only the three newest, the rest can go".
fn keeps(line: &Line) -> bool {
    const WORDS: [&str; 31] = [
        "keep",
        "keeps",
        "kept",
        "keeping",
        "--keep",
        "retain",
        "retaining",
        "leave",
        "leaving",
        "preserve",
        "spare",
        "save",
        "rest",
        "others",
        "other",
        "except",
        "but",
        "apart",
        "remain",
        "remaining",
        "stay",
        "trim",
        "reduce",
        "limit",
        "shrink",
        "cut",
        "prune",
        "down",
        "enough",
        "plenty",
        "--oldkernels",
    ];
    line.tokens.iter().any(|token| WORDS.contains(&token.text.as_str()))
}

/// Whether a word beside a number says which ones by their age.
fn ranks(word: &str) -> bool {
    matches!(word, "last" | "newest" | "latest" | "recent" | "most" | "first" | "oldest")
}

/// Whether a line says how many, and not which: "delete the last three".
fn only_counts(line: &Line) -> bool {
    let text = |place: usize| line.tokens.get(place).map_or("", |token| token.text.as_str());
    let counted = |place: usize| {
        let Some((length, numbers)) = numbers::numbers(&line.tokens[place..]) else { return false };
        let behind = text(place + length);
        let several = matches!(behind, "generations" | "versions" | "gens" | "snapshots" | "entries");
        numbers.len() == 1 && (ranks(behind) || several || place > 0 && ranks(text(place - 1)))
    };
    !keeps(line) && (0..line.tokens.len()).any(counted)
}

/// The first or the second number of a line that has two: "between number 118 and number 121".
fn one_of_two(slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let place = ["from", "to"].iter().position(|name| *name == slot.name)?;
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < line.tokens.len() {
        let read = read(Kind::Number, line, at).filter(|(length, _)| *length > 1 || line.tokens[at].text != "one");
        at += read.as_ref().map_or(1, |(length, _)| *length);
        numbers.extend(read.map(|(_, number)| number));
    }
    if numbers.len() == 2 { numbers.into_iter().nth(place) } else { None }
}

/// The number of a line that has one, for an intent that takes no other: "make 188 a gc root".
fn the_only_number(intent: &Intent<'_>, slot: &Slot<'_>, line: &Line) -> Option<Value> {
    let counts = |slot: &&Slot<'_>| matches!(slot.kind, Kind::Number | Kind::Numbers | Kind::Age);
    if intent.slots.iter().filter(counts).count() > 1 || slot.name != "generation" {
        return None;
    }
    let mut numbers = line.tokens.iter().filter(|token| token.shape == Shape::Number && token.negated.is_none());
    let (number, another) = (numbers.next()?, numbers.next());
    if another.is_some() { None } else { number.text.parse::<u64>().ok().map(Value::from) }
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
            let text = line.tokens[place].text.as_str();
            // "Once a week" says how often, "over a week" how old; "this morning" says when, "this week" not how old.
            let before = place.checked_sub(1).map_or("", |before| line.tokens[before].text.as_str());
            let compared = kind == Kind::Age && matches!(before, "than" | "over" | "past" | "beyond" | "least");
            let weak = matches!(text, "one" | "a") && !compared || text == "this" && kind != Kind::When;
            line.tokens[place].negated.is_none() && !weak
        })
        .find_map(|place| read(kind, line, place).map(|(_, value)| value))
}

/// Whether a line is about updates that come by themselves: "have updates happen automatically", "stop updating on its own".
fn updates_itself(line: &Line) -> bool {
    let tokens = &line.tokens;
    let alone = |token: &Token| {
        matches!(token.text.as_str(), "automatic" | "automatically" | "itself" | "themselves" | "unattended" | "own")
    };
    tokens.iter().any(alone)
        && tokens.iter().any(|token| is(token, &["update"]))
        && !(0..tokens.len()).any(|place| names::known_service(&tokens[place..]).is_some())
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

/// What a line that names no package is about.
pub(in crate::understand) fn sought(line: &Line) -> Option<String> {
    texts::content(line, &[SEARCHING, &["test", "run", "temporary"]].concat())
}

/// What a configuration is to be for.
fn description(line: &Line) -> Option<String> {
    let kept = texts::without_configuration(&line.tokens);
    texts::listed(texts::unwrapped(&line.with(kept).tokens, ASKING))
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

/// The name of a secret: the words behind "for", joined.
fn secret(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    let place = tokens.iter().position(|token| matches!(token.text.as_str(), "for" | "called" | "named"))?;
    let clause = tokens[place].clause;
    let behind = tokens[place + 1..].iter().take_while(|token| token.clause == clause && token.shape == Shape::Word);
    let said: Vec<&str> = behind.filter(|token| !token.filler).map(|token| token.text.as_str()).collect();
    let name = said.join("-");
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && !name.contains(".."))
        .then_some(name)
}
