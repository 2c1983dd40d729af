//! The slots of an intent, found wherever they stand in a line.

use serde_json::Value;

use super::counts::{in_order, listed, numbered, one_of_two, only_counts, the_only_number};
use super::objects::{names_something, package, packages};
use super::pointed::Pointer;
use super::{choices, chosen, names, people, read, settings, texts};
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
    // A wording was read that says nothing of the slots.
    let unread = read && slots.is_empty();
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
            // "Still on 24.11, take it to 25.05".
            Kind::Release => behind_to(slot.kind, line).or_else(|| first(slot.kind, line)),
            Kind::Age | Kind::When | Kind::Address => first(slot.kind, line),
            Kind::Number | Kind::Numbers if unread => {
                let named = matches!(slot.name, "generation" | "generations");
                numbered(intent, slot, line).filter(|_| named).or_else(|| one_of_two(slot, line))
            }
            Kind::Number | Kind::Numbers if read => None,
            Kind::Number | Kind::Numbers => numbered(intent, slot, line)
                .or_else(|| the_only_number(intent, slot, line))
                .or_else(|| one_of_two(slot, line))
                .or_else(|| listed(slot, line)),
        };
        if let Some(value) = value {
            slots.insert(slot.name.to_owned(), value);
        }
    }
    set_right(intent, line, slots);
}

/// What the values of an intent mean together, and what is only named where something is refused.
fn set_right(intent: &Intent<'_>, line: &Line, slots: &mut Slots) {
    if intent.id == "delete_generations" && only_counts(line) {
        // Three of them are neither number 3 nor three that stay.
        slots.retain(|name, _| !matches!(name.as_str(), "generations" | "keep"));
    }
    if intent.id == "compare_generations" {
        in_order(line, slots);
    }
    // "Don't restart nginx, reload it".
    if (!intent.changes || slots.contains_key("action")) && !line.refused.is_empty() {
        name_refused(intent, line, slots);
    }
}

/// "Don't install htop, let me try it": what is refused names what something else is asked about.
fn name_refused(intent: &Intent<'_>, line: &Line, slots: &mut Slots) {
    // "Don't restart nginx, restart the other service" speaks of something else.
    let another = |token: &Token| matches!(token.text.as_str(), "other" | "others" | "another" | "else" | "different");
    if line.tokens.iter().any(another) {
        return;
    }
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
            // "Since this morning it has no sound": the reason.
            let reason = kind == Kind::When && matches!(before, "since" | "after");
            line.tokens[place].negated.is_none() && !weak && !reason
        })
        .find_map(|place| read(kind, line, place).map(|(_, value)| value))
}

/// The value of this kind that stands right behind "to".
fn behind_to(kind: Kind, line: &Line) -> Option<Value> {
    let to = |place: &usize| matches!(line.tokens[place - 1].text.as_str(), "to" | "onto");
    (1..line.tokens.len()).filter(to).find_map(|place| read(kind, line, place).map(|(_, value)| value))
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
                || tokens[place].text.starts_with("/etc/init.d/")
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
    // "Argon on root@argon.home".
    let reached = || {
        let target = tokens.iter().find_map(people::target)?;
        let first = target.rsplit('@').next()?.split('.').next()?;
        tokens.iter().find(|token| token.shape == Shape::Word && token.text == first)
    };
    let unknown = || tokens.iter().rev().find(|token| people::unspoken(token) && token.shape == Shape::Word);
    let server = || tokens.iter().find(|token| token.text == "server");
    reference
        .or_else(quoted)
        .or_else(behind)
        .or_else(address)
        .or_else(used)
        .or_else(reached)
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
