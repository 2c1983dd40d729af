//! What things are called: the tables of `starter/` and `intents/names/`, read into the lexicon. Runs in `build.rs`.

use super::lexicon::{Sense, Table};
use super::lexicon_writer::Writer;

/// Reads one file of names.
///
/// # Errors
/// Says what is wrong in it.
pub fn read(path: &str, text: &str, writer: &mut Writer) -> Result<(), String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let parts: Vec<&str> = path.split('/').collect();
    let kind = if parts[0] == "starter" { parts[1] } else { parts[2].trim_end_matches(".toml") };
    for (key, value) in &table {
        let called = called(value).ok_or_else(|| format!("'{key}' is not called anything"))?;
        match kind {
            "packages" => {
                let name = writer.name(Table::Packages, key)?;
                add(writer, key, &called, Sense::Package(name));
            }
            "services" => {
                let name = writer.name(Table::Services, key)?;
                writer.beside(Table::Switches, text_of(value, "option"));
                add(writer, key, &called, Sense::Service(name));
            }
            "options" => {
                let kind = takes(text_of(value, "type"));
                let name = writer.name(Table::Settings, &format!("{kind} {key}"))?;
                writer.phrase(key, Sense::Setting(name));
                for phrase in called {
                    writer.phrase(phrase, Sense::Setting(name));
                }
            }
            "concepts" => {
                let name = writer.name(Table::Concepts, key)?;
                add(writer, key, &called, Sense::Concept(name));
            }
            "stacks" => {
                let name = writer.name(Table::Stacks, key)?;
                add(writer, key, &called, Sense::Stack(name));
            }
            // Parts of configurations are looked up when one is described.
            "configurations" => {}
            "everyday" => {
                let name = writer.name(Table::Everyday, key)?;
                for word in called.iter().flat_map(|line| line.split(',')) {
                    writer.phrase(word.trim(), Sense::Everyday(name));
                }
            }
            _ => return Err("is no kind of names that is known here".to_owned()),
        }
    }
    Ok(())
}

/// `name = ["also", "called"]`, `name = "also, called"` or `name = { called = [...] }`.
fn called(value: &toml::Value) -> Option<Vec<&str>> {
    match value {
        toml::Value::Array(names) => names.iter().map(toml::Value::as_str).collect(),
        toml::Value::String(names) => Some(vec![names]),
        toml::Value::Table(entry) => entry.get("called").map_or(Some(Vec::new()), called),
        _ => None,
    }
}

/// What an option takes, as [`Table::Settings`] has it in front of its path, by the name of its type.
fn takes(kind: &str) -> String {
    let letter = match kind {
        kind if kind.contains("boolean") => "b",
        kind if kind.contains("list of") => "l",
        kind if kind.contains("one of \"") => {
            let values: Vec<&str> = kind.split('"').skip(1).step_by(2).filter(|value| !value.contains(' ')).collect();
            return format!("e|{}", values.join("|"));
        }
        kind if kind.contains("integer") && !kind.contains("attribute set") => "i",
        _ => "s",
    };
    letter.to_owned()
}

fn text_of<'a>(value: &'a toml::Value, field: &str) -> &'a str {
    value.get(field).and_then(toml::Value::as_str).unwrap_or_default()
}

/// A name, what it becomes without its set and with spaces, and what else it is called.
fn add(writer: &mut Writer, key: &str, called: &[&str], sense: Sense) {
    // Words that mean something else to everyone stay what they are unless somebody listed them.
    let lower = key.to_lowercase();
    let last = lower.rsplit('.').next().unwrap_or(&lower);
    let mut names: Vec<String> = vec![lower.clone(), last.to_owned(), last.replace(['-', '_'], " ")];
    names.extend(called.iter().map(|name| name.to_lowercase()));
    for name in &names {
        writer.phrase(name, sense);
        name.split(' ').filter(|word| word.len() >= 5).for_each(|word| writer.mendable(word));
    }
}
