//! The messages in Nix's structured log (`--log-format internal-json`): what went wrong, and the last lines of the
//! builds that it is about.

use std::collections::{HashMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;

use super::clean::plain;
use super::evidence::Position;
use super::report::place_of;

/// So many lines of a build are kept.
const TAIL: usize = 40;
const BUILD: u64 = 105;
const WAITING: u64 = 111;
const LOG_LINE: u64 = 101;

/// What is remembered between the lines.
#[derive(Default)]
pub(super) struct Structured {
    builds: HashMap<u64, Build>,
    ended: VecDeque<Build>,
}

#[derive(Default)]
struct Build {
    derivation: String,
    tail: VecDeque<String>,
}

/// A message, as its text form would be.
pub(super) struct Found {
    pub(super) text: String,
    pub(super) at: Option<Position>,
    pub(super) log: Vec<String>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the words of the protocol")]
struct Line {
    action: String,
    #[serde(default)]
    id: u64,
    #[serde(default, rename = "type")]
    kind: u64,
    #[serde(default)]
    level: u64,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    msg: Option<String>,
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    line: Option<u64>,
    #[serde(default)]
    column: Option<u64>,
    #[serde(default)]
    fields: Vec<Value>,
}

impl Structured {
    /// Reads what follows `@nix `; says what a person would have seen of it, as far as it can matter.
    pub(super) fn line(&mut self, json: &str) -> Option<Found> {
        // Most lines are progress; they are passed over without being parsed.
        if json.contains("\"type\":105}") && json.contains("\"action\":\"result\"") {
            return None;
        }
        let line: Line = serde_json::from_str(json).ok()?;
        match (line.action.as_str(), line.kind) {
            ("start", BUILD) => {
                let derivation = line.fields.first().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.builds.insert(line.id, Build { derivation, tail: VecDeque::new() });
                None
            }
            ("start", WAITING) => line.text.map(Found::text),
            ("result", LOG_LINE) => {
                let build = self.builds.get_mut(&line.id)?;
                if build.tail.len() == TAIL {
                    build.tail.pop_front();
                }
                build.tail.push_back(plain(line.fields.first()?.as_str()?).into_owned());
                None
            }
            ("stop", _) => {
                self.ended.extend(self.builds.remove(&line.id));
                if self.ended.len() > TAIL {
                    self.ended.pop_front();
                }
                None
            }
            ("msg", _) if line.level <= 3 => {
                let text = plain(line.msg.as_deref()?).into_owned();
                let log = if line.level == 0 { self.log_for(&text) } else { Vec::new() };
                let at = at(line.file.as_deref(), line.line, line.column);
                Some(Found { text, at, log })
            }
            _ => None,
        }
    }

    fn log_for(&self, text: &str) -> Vec<String> {
        let about = |build: &&Build| !build.derivation.is_empty() && text.contains(&build.derivation);
        let build = self.ended.iter().rev().chain(self.builds.values()).find(about);
        build.map(|build| build.tail.iter().cloned().collect()).unwrap_or_default()
    }
}

impl Found {
    fn text(text: String) -> Self {
        Self { text, at: None, log: Vec::new() }
    }
}

/// Newer Nix says `path:line:column` as the file; older Nix says the text itself when it came from the command line.
fn at(file: Option<&str>, line: Option<u64>, column: Option<u64>) -> Option<Position> {
    let file = file?;
    if let Some(place) = place_of(file) {
        return Some(place);
    }
    if !file.starts_with(['/', '.', '«', '<']) || file.contains('\n') {
        return None;
    }
    Some(Position { file: file.to_owned(), line: line?, column: column? })
}
