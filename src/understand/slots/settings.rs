//! Options, and the values that people want them to have.

use std::ops::Range;

use serde_json::{Number, Value};

use super::names::{known_service, longest};
use super::{numbers, places};
use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Line, Shape, Token};
use crate::understand::repair::distance;

/// An option that these tokens name, by its path or as people call it: its path in its real case.
pub(super) fn setting(tokens: &[Token]) -> Option<(usize, String)> {
    if tokens.first()?.filler && tokens[0].text == "sudo" {
        return None;
    }
    let known = longest(tokens, |sense| match sense {
        Sense::Setting(place) => Some((Table::Settings, place)),
        _ => None,
    });
    // The table says the kind of value in front of the path.
    if let Some((length, name)) = known {
        return Some((length, name.split_once(' ').map_or(name, |(_, path)| path).to_owned()));
    }
    let first = tokens.first()?;
    (first.shape == Shape::Path && plain(&first.raw)).then(|| (1, first.raw.clone()))
}

fn plain(path: &str) -> bool {
    path.len() <= 200 && path.chars().all(|c| c.is_ascii_alphanumeric() || "-_.'".contains(c)) && !path.contains("..")
}

/// The option of a line: a path before a name, the longest name, the last of several.
pub(super) fn find_setting(line: &Line) -> Option<(usize, usize, String)> {
    let mut best: Option<((bool, usize), usize, String)> = None;
    for place in 0..line.tokens.len() {
        if let Some((length, path)) = setting(&line.tokens[place..]) {
            let rank = (line.tokens[place].shape == Shape::Path, length);
            if line.tokens[place].filler && length == 1 {
                continue;
            }
            if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
                best = Some((rank, place, path));
            }
        }
    }
    best.map(|((_, length), place, path)| (place, length, path))
}

/// A setting that nobody names: "the clock is wrong, I live in Lisbon", "speak French to me".
pub(super) fn implied(line: &Line) -> Option<(String, Value)> {
    let says = |words: &[&str]| line.tokens.iter().any(|token| words.contains(&token.text.as_str()));
    let value = |path: &str| find_value(line, 0, 0, path).map(|value| (path.to_owned(), value));
    if says(&["clock", "time", "timezone", "hour", "hours", "live", "moved", "zone"]) {
        return value("time.timeZone");
    }
    if says(&["keyboard", "layout", "keys", "keymap", "y", "z"]) {
        let layout = said_elsewhere(line, "services.xserver.xkb.layout")?;
        return Some(("services.xserver.xkb.layout".to_owned(), layout));
    }
    let speaks = says(&["speak", "talk", "language", "in", "menus", "locale"]);
    let locale = said_elsewhere(line, "i18n.defaultLocale").filter(|_| speaks)?;
    Some(("i18n.defaultLocale".to_owned(), locale))
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// True or false.
    Truth,
    List,
    Number,
    /// One of these words, with bars between them.
    One(&'static str),
    /// Text, or nobody knows what.
    Text,
}

fn takes(path: &str) -> Takes {
    let lexicon = catalogue::lexicon();
    let entry = lexicon.find(&path.to_lowercase()).and_then(|phrase| {
        lexicon.senses(phrase).find_map(|sense| match sense {
            Sense::Setting(place) => lexicon.name(Table::Settings, place).split_once(' '),
            _ => None,
        })
    });
    match entry.map_or("", |(kind, _)| kind) {
        "b" => Takes::Truth,
        "l" => Takes::List,
        "i" => Takes::Number,
        kind => kind.strip_prefix("e|").map_or(Takes::Text, Takes::One),
    }
}

/// What a selector names: a path, an option by its name, or the switch of a service.
pub(super) fn selector(line: &Line) -> Option<String> {
    if let Some(path) = written(line) {
        return Some(path);
    }
    let service = || {
        let lexicon = catalogue::lexicon();
        (0..line.tokens.len()).find_map(|place| {
            let (length, name) = known_service(&line.tokens[place..])?;
            let place = lexicon.place(Table::Services, name)?;
            Some((length, lexicon.name(Table::Switches, place).to_owned())).filter(|(_, path)| !path.is_empty())
        })
    };
    match (find_setting(line), service()) {
        (Some((_, length, _)), Some((longer, switch))) if longer > length => Some(switch),
        (Some((_, _, path)), _) => Some(path),
        (None, switch) => switch.map(|(_, switch)| switch),
    }
}

/// The path that a line writes out.
pub(super) fn written(line: &Line) -> Option<String> {
    let token = line.tokens.iter().find(|token| token.shape == Shape::Path && plain(&token.raw))?;
    let (_, path) = setting(std::slice::from_ref(token))?;
    Some(path.strip_prefix("config.").map_or(path.clone(), str::to_owned))
}

/// The value that a line gives an option: on or off as it is meant, what is pointed at, or what stands where values do.
pub(super) fn value_of(
    line: &Line,
    (at, length): (usize, usize),
    path: &str,
    pointed: &[Token],
    switch: impl Fn() -> Option<Value>,
) -> Option<Value> {
    let found = || find_value(line, at, length, path);
    match takes(path) {
        Takes::Truth => switch().or_else(found),
        Takes::Number => number_of(pointed, 0..0).or_else(|| number_of(&line.tokens, at..at + length)).or_else(found),
        Takes::One(values) => {
            one_of(pointed, values).or_else(|| one_of(line.tokens.get(at + length..)?, values)).or_else(found)
        }
        // Zones, layouts and locales are said by other names.
        _ if matches!(
            path,
            "time.timeZone" | "i18n.defaultLocale" | "console.keyMap" | "services.xserver.xkb.layout"
        ) =>
        {
            found()
        }
        _ if path == "networking.hostName" => {
            value(pointed.last_chunk::<1>().map_or(&[], <[_; 1]>::as_slice)).or_else(found)
        }
        Takes::List if !pointed.is_empty() => Some(pointed.iter().map(one).collect()),
        _ => value(pointed).or_else(found),
    }
}

/// The number among these words, those of the option's name apart: the one behind "to", else the first behind the name,
/// else the first.
fn number_of(tokens: &[Token], name: Range<usize>) -> Option<Value> {
    let (mut first, mut behind) = (None, None);
    // "No more than two" is two.
    let refused = |place: usize| tokens[place].negated.is_some() && !tokens.iter().any(|token| token.text == "than");
    for place in (0..tokens.len()).filter(|place| !name.contains(place) && !refused(*place)) {
        let Some((length, number)) = numbers::number(&tokens[place..]) else { continue };
        let before = place.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
        if length == 1 && tokens[place].text == "one" {
            continue;
        }
        if matches!(before, "to" | "=") {
            return Some(Value::from(number));
        }
        let found = if place >= name.end { &mut behind } else { &mut first };
        found.get_or_insert(Value::from(number));
    }
    behind.or(first)
}

/// The one of these values that a word is, or is a typing error of.
fn one_of(tokens: &[Token], values: &str) -> Option<Value> {
    let near = |token: &Token, value: &str, most: usize| {
        let most = if value.len() > 5 { most } else { 0 };
        distance(token.raw.to_lowercase().as_bytes(), value.to_lowercase().as_bytes(), most) <= most
    };
    let find = |most| {
        let tokens = tokens.iter().filter(|token| token.negated.is_none() || token.text == "no");
        tokens
            .flat_map(|token| values.split('|').map(move |value| (token, value)))
            .find(|(token, value)| near(token, value, most))
    };
    find(0).or_else(|| find(2)).map(|(_, value)| Value::from(value))
}

/// A value as typed JSON: what stands behind "to" or "=", or on and off.
pub(super) fn value(tokens: &[Token]) -> Option<Value> {
    /// What only follows one word that is the value.
    const REMARKS: [&str; 10] =
        ["and", "but", "at", "for", "please", "because", "instead", "so", "permanently", "everywhere"];
    let first = tokens.first()?;
    if tokens.len() == 1 || REMARKS.contains(&tokens[1].text.as_str()) && !first.quoted {
        return Some(one(first));
    }
    if let Some((length, number)) = numbers::number(tokens)
        && length == tokens.len()
    {
        return Some(Value::from(number));
    }
    let said: Vec<&str> = tokens.iter().map(|token| token.raw.as_str()).collect();
    Some(Value::from(said.join(" ")))
}

fn one(token: &Token) -> Value {
    let raw = token.raw.trim_matches(['"', '\'']);
    let raw = raw.strip_prefix("LANG=").unwrap_or(raw);
    // In quotation marks a word is a word.
    if token.quoted {
        return Value::from(raw);
    }
    match raw.to_lowercase().as_str() {
        "true" | "on" | "yes" | "enabled" => return Value::from(true),
        "false" | "off" | "no" | "disabled" => return Value::from(false),
        _ => {}
    }
    raw.parse::<i64>().ok().map_or_else(|| Value::from(raw), |number| Value::Number(Number::from(number)))
}

/// The value of an option that people give by the name of a place or a language.
fn said_elsewhere(line: &Line, path: &str) -> Option<Value> {
    let said = || line.tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    let value = match path {
        "time.timeZone" => places::zone(&said())?,
        "services.xserver.xkb.layout" => places::language(&said())?.0,
        // The console has a name of its own for this one.
        "console.keyMap" => Some(places::language(&said())?.0).filter(|layout| *layout != "gb").unwrap_or("uk"),
        "i18n.defaultLocale" => places::language(&said())?.1,
        _ => return None,
    };
    Some(Value::from(value))
}

/// The value that a line gives the option that stands at these tokens.
pub(super) fn find_value(line: &Line, at: usize, length: usize, path: &str) -> Option<Value> {
    let tokens = &line.tokens;
    let has = |word: &str| tokens.iter().any(|token| token.text == word);
    let said = || tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    if path == "time.timeZone" {
        let typed = tokens.iter().find(|token| token.raw.contains('/') && token.shape != Shape::File);
        return typed.map(|token| Value::from(token.raw.clone())).or_else(|| said_elsewhere(line, path));
    }
    if let Some(value) = said_elsewhere(line, path) {
        return Some(value);
    }
    // "to atlas", "= true", ": 10"; what is called after the option, else what is left behind it.
    let behind = at + length;
    let marks = |token: &Token| {
        matches!(token.text.as_str(), "to" | "=" | "as" | "into" | "be" | "become" | "called" | "named" | "with")
    };
    let clause = tokens.get(at).map_or(0, |token| token.clause);
    let start = tokens.iter().enumerate().skip(behind).find(|(_, token)| marks(token)).map(|(place, _)| place + 1);
    let plain = |token: &&Token| !token.filler || matches!(token.text.as_str(), "on" | "off");
    let rest = |from: usize| -> Vec<Token> {
        let rest = tokens.get(from..).unwrap_or_default();
        rest.iter()
            .skip_while(|token| token.filler && !matches!(token.text.as_str(), "on" | "off"))
            .take_while(|token| token.clause == clause || start.is_some())
            .take_while(|token| {
                !matches!(
                    token.text.as_str(),
                    "please" | "and" | "so" | "because" | "instead" | "for" | "in" | "then" | "but"
                )
            })
            .filter(plain)
            .cloned()
            .collect()
    };
    if takes(path) == Takes::Truth {
        let off = [
            "not", "off", "false", "disable", "no", "disallow", "forbid", "without", "stop", "never", "prevent",
            "block",
        ];
        // Whoever names an option by its path and gives it something else than a truth is told so, not taken at a guess.
        let exact = tokens.get(at).is_some_and(|token| token.raw.contains('.'));
        if let Some(start) = start.filter(|_| exact)
            && let [given] = rest(start).as_slice()
            && !off.contains(&given.text.as_str())
            && !matches!(given.text.as_str(), "true" | "on" | "yes" | "enabled" | "enable" | "active" | "allowed")
        {
            return Some(one(given));
        }
        let allowed = ["no longer"].iter().any(|phrase| said().contains(phrase));
        return Some(Value::from(!(off.iter().any(|word| has(word)) || allowed)));
    }
    let list = takes(path) == Takes::List;
    let found = match start {
        Some(start) => rest(start),
        None => rest(behind),
    };
    let found = if found.is_empty() && at > 0 {
        // "10 generations as the limit of the boot menu": the number in front.
        tokens[..at].iter().filter(|token| token.shape == Shape::Number).cloned().collect()
    } else {
        found
    };
    // A machine has one name: "it is to bear the name chambers".
    let found = if path == "networking.hostName" { value(found.last_chunk::<1>()?)? } else { value(&found)? };
    Some(if list && !found.is_array() { Value::Array(vec![found]) } else { found })
}
