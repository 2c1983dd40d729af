//! Fills the names of an error into the words of its lesson.
//!
//! `{name}` is the name, `{name|words}` the words when there is no such name, `{name*}` all of several: "a, b or c",
//! and `{name&}` "a, b and c". A line with a name that is not there and has no other words is dropped; so is a line that begins with `{?name}` when
//! the name is not there, or with `{!name}` when it is. In shell snippets names are quoted where the shell needs it.

use serde_json::Value;

use super::bindings::Bindings;

/// What a line stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Prose,
    Shell,
    Nix,
}

/// A line of prose; nothing when it is dropped.
pub fn fill_line(line: &str, bindings: &Bindings) -> Option<String> {
    filled(line, bindings, Place::Prose)
}

/// A whole text, its fenced blocks too. A block that lost all of its lines goes away, and so does the paragraph that
/// introduces it with a colon.
pub fn fill(text: &str, bindings: &Bindings) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut fence: Option<(usize, Place)> = None;
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            match fence.take() {
                Some((start, _)) if out.len() == start + 1 => {
                    out.truncate(start);
                    drop_introduction(&mut out);
                }
                Some(_) => out.push("```".to_owned()),
                None => {
                    fence = Some((out.len(), place(language)));
                    out.push(format!("```{}", language.trim()));
                }
            }
            continue;
        }
        let place = fence.map_or(Place::Prose, |(_, place)| place);
        out.extend(filled(line, bindings, place));
    }
    let mut text = String::new();
    for line in out {
        if !(line.is_empty() && (text.is_empty() || text.ends_with("\n\n"))) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// The items of a list, filled: each with the snippets that belong to it. Items that lost their words go away.
pub fn items(text: &str, bindings: &Bindings) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(first), _) if !fenced => items.push(format!("{first}\n")),
            (_, Some(item)) => {
                item.push_str(line);
                item.push('\n');
            }
            (_, None) => items.push(format!("{line}\n")),
        }
    }
    items.iter().filter_map(|item| whole_item(item, bindings)).collect()
}

/// An item stands or falls with its first line.
fn whole_item(item: &str, bindings: &Bindings) -> Option<String> {
    let first = item.lines().next()?;
    filled(first, bindings, Place::Prose)?;
    let had_code = item.contains("```");
    let text = fill(item, bindings);
    if text.is_empty() || (had_code && !text.contains("```") && first.trim_end().ends_with(':')) {
        return None;
    }
    Some(text)
}

fn drop_introduction(out: &mut Vec<String>) {
    while out.last().is_some_and(|line| line.trim().is_empty()) {
        out.pop();
    }
    if out.last().is_some_and(|line| line.trim_end().ends_with(':')) {
        out.pop();
    }
}

fn place(language: &str) -> Place {
    match language.trim() {
        "sh" | "console" | "bash" => Place::Shell,
        "nix" => Place::Nix,
        _ => Place::Prose,
    }
}

fn filled(line: &str, bindings: &Bindings, place: Place) -> Option<String> {
    let mut rest = line;
    while let Some((wanted, after)) = condition(rest) {
        let (name, there) = wanted;
        if bindings.contains_key(name) != there {
            return None;
        }
        rest = after;
    }
    let mut out = String::with_capacity(rest.len());
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let inside = from.get(1..).and_then(|inside| inside.split_once('}').map(|(inside, _)| inside));
        let slot = inside.and_then(slot).filter(|_| !before.ends_with('$'));
        if let (Some(slot), Some(inside)) = (slot, inside) {
            match bindings.get(slot.name) {
                Some(value) => match written(value, slot.join, place) {
                    Some(words) => out.push_str(&words),
                    None => out.push_str(slot.otherwise?),
                },
                None => out.push_str(slot.otherwise?),
            }
            rest = from.get(inside.len() + 2..).unwrap_or_default();
        } else {
            out.push('{');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Some(out)
}

struct Slot<'a> {
    name: &'a str,
    join: Option<&'static str>,
    otherwise: Option<&'a str>,
}

fn slot(inside: &str) -> Option<Slot<'_>> {
    let (name, otherwise) = match inside.split_once('|') {
        Some((name, words)) => (name, Some(words)),
        None => (inside, None),
    };
    let (name, join) = match (name.strip_suffix('*'), name.strip_suffix('&')) {
        (Some(name), _) => (name, Some("or")),
        (_, Some(name)) => (name, Some("and")),
        _ => (name, None),
    };
    is_name(name).then_some(Slot { name, join, otherwise })
}

/// `{?name}` or `{!name}` at the beginning of a line: the name, whether it must be there, and the rest.
fn condition(line: &str) -> Option<((&str, bool), &str)> {
    let inside = line.trim_start().strip_prefix('{')?;
    let there = inside.starts_with('?');
    let (name, after) = inside.strip_prefix(['?', '!'])?.split_once('}')?;
    is_name(name).then(|| ((name, there), after.trim_start_matches(' ')))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn written(value: &Value, join: Option<&str>, place: Place) -> Option<String> {
    let words: Vec<String> = match value {
        Value::Array(values) if join.is_some() => values.iter().map(plain).collect(),
        Value::Array(values) => values.iter().take(1).map(plain).collect(),
        one => vec![plain(one)],
    };
    match place {
        Place::Prose => Some(joined(&words, join.unwrap_or("or"))),
        Place::Shell => {
            words.iter().map(|word| shell_word(word)).collect::<Option<Vec<_>>>().map(|words| words.join(" "))
        }
        Place::Nix => words.iter().all(|word| is_nix_safe(word)).then(|| words.join(" ")),
    }
}

/// Nothing in an error may move the cursor or begin a line of its own.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn joined(words: &[String], by: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {by} {last}", first.join(", ")),
    }
}

/// A word for the shell; none when a program would take it for an option.
fn shell_word(word: &str) -> Option<String> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
    if word.starts_with('-') {
        return None;
    }
    let plain = !word.is_empty() && word.bytes().all(safe);
    Some(if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) })
}

fn is_nix_safe(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || "_-.'\"/:@+=, ".contains(letter))
}
