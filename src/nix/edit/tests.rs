//! Before and after: every shape that configurations have.

mod lists;
mod properties;
mod refused;
mod shapes;
mod values;

use super::path::AttributePath;
use super::value::Value;
use super::{Cannot, Change, Edited, Why, apply};

fn path(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap_or_else(|| panic!("{text} is a path"))
}

fn package(name: &str) -> Value {
    Value::Package(path(name))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn install(name: &str) -> Change {
    Change::Add(path("environment.systemPackages"), package(name))
}

fn uninstall(name: &str) -> Change {
    Change::Remove(path("environment.systemPackages"), package(name))
}

fn set(option: &str, value: Value) -> Change {
    Change::Set(path(option), value)
}

/// The text after a change that must be made.
fn changed(before: &str, change: &Change) -> String {
    match apply(before, change) {
        Ok(Edited::Text(after, splices)) => {
            let kept: usize = before.len() - splices.iter().map(|splice| splice.range.len()).sum::<usize>();
            let came: usize = splices.iter().map(|splice| splice.text.len()).sum();
            assert_eq!(after.len(), kept + came);
            after
        }
        other => panic!("{change:?} on\n{before}\ngave {other:?}"),
    }
}

#[track_caller]
fn becomes(change: &Change, before: &str, after: &str) {
    let got = changed(before, change);
    assert_eq!(got, after, "\n--- got\n{got}\n--- wanted\n{after}");
    assert_eq!(apply(&got, change), Ok(Edited::Already), "twice is once");
}

/// The lines that differ: those that went, those that came.
fn lines(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let diff = similar::TextDiff::from_lines(before, after);
    let of = |tag: similar::ChangeTag| {
        let changes = diff.iter_all_changes().filter(move |change| change.tag() == tag);
        changes.map(|change| change.value().trim_end().to_owned()).collect()
    };
    (of(similar::ChangeTag::Delete), of(similar::ChangeTag::Insert))
}
