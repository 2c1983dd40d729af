//! The journal: what ask-nix changed, written before each change, so that it can be taken back weeks later and after a
//! crash. One JSON object a line, only ever appended to.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::outcome::Ending;
use crate::plan::Reversal;
use crate::plan::undo::Undoable;

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Record {
    Began {
        run: String,
        at: Timestamp,
        query: String,
        intent: String,
        title: String,
        #[serde(default)]
        takes_back: Option<String>,
    },
    /// Written before the step's deed; `reversal` takes it back.
    Step {
        run: String,
        title: String,
        #[serde(default)]
        reversal: Option<Reversal>,
        #[serde(default)]
        command: Vec<String>,
    },
    /// Earlier steps of the run were put back: their reversals are void.
    PutBack {
        run: String,
    },
    Ended {
        run: String,
        at: Timestamp,
        ending: Ending,
    },
}

/// Something that ask-nix did, or began to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The run's id.
    pub run: String,
    /// When it began.
    pub at: Timestamp,
    /// What the person said.
    pub query: String,
    /// What was understood.
    pub intent: String,
    /// What the plan was called.
    pub title: String,
    /// The commands that ran.
    pub commands: Vec<String>,
    /// How it ended; none when it never did: a crash, a kill.
    pub ending: Option<Ending>,
    /// Whether it was taken back since.
    pub undone: bool,
    /// What takes it back.
    #[serde(skip)]
    pub reversals: Vec<Reversal>,
    #[serde(skip)]
    takes_back: Option<String>,
}

impl Entry {
    /// Whether there is something of it to take back.
    pub fn undoable(&self) -> bool {
        !self.undone && self.takes_back.is_none() && !self.reversals.is_empty()
    }

    /// What taking it back needs to know.
    pub fn to_undo(&self) -> Undoable {
        Undoable { title: self.title.clone(), reversals: self.reversals.clone() }
    }
}

/// Where the journal is.
pub fn path(state: &Path) -> PathBuf {
    state.join("journal.jsonl")
}

/// Reads the journal, oldest entry first. Lines that are damaged, as a power cut leaves them, are passed over.
///
/// # Errors
/// When there is a journal and it cannot be read: what was done is then not known.
pub fn read(machine: &impl Machine, state: &Path) -> io::Result<Vec<Entry>> {
    let path = path(state);
    let text = match machine.read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        other => other.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?,
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Ok(record) = serde_json::from_slice(line) else { continue };
        match record {
            Record::Began { run, at, query, intent, title, takes_back } => {
                places.insert(run.clone(), entries.len());
                let entry = Entry {
                    run,
                    at,
                    query,
                    intent,
                    title,
                    commands: Vec::new(),
                    ending: None,
                    undone: false,
                    reversals: Vec::new(),
                    takes_back,
                };
                entries.push(entry);
            }
            Record::Step { run, reversal, command, .. } => {
                if let Some(entry) = places.get(&run).and_then(|place| entries.get_mut(*place)) {
                    entry.reversals.extend(reversal);
                    if !command.is_empty() {
                        entry.commands.push(shell_words(&command));
                    }
                }
            }
            Record::PutBack { run } => {
                if let Some(entry) = places.get(&run).and_then(|place| entries.get_mut(*place)) {
                    entry.reversals.clear();
                }
            }
            Record::Ended { run, ending, .. } => {
                let Some(place) = places.get(&run).copied() else { continue };
                entries[place].ending = Some(ending);
                let undone = entries[place].takes_back.clone().filter(|_| ending == Ending::Done);
                if let Some(undone) = undone.and_then(|run| places.get(&run).copied()) {
                    entries[undone].undone = true;
                }
            }
        }
    }
    Ok(entries)
}

/// Writes the records of one run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    run: String,
    began: Option<Record>,
}

impl Journal {
    /// The journal of a new run. Nothing is written until something changes.
    pub fn new(state: &Path, run: String, query: &str, intent: &str, title: &str, takes_back: Option<String>) -> Self {
        let began = Record::Began {
            run: run.clone(),
            at: Timestamp::now(),
            query: query.to_owned(),
            intent: intent.to_owned(),
            title: title.to_owned(),
            takes_back,
        };
        Self { path: path(state), run, began: Some(began) }
    }

    /// Writes down a step before it is done.
    ///
    /// # Errors
    /// When it cannot be written; then the step must not be done.
    pub fn step(
        &mut self,
        machine: &impl Machine,
        title: &str,
        reversal: Option<&Reversal>,
        command: Vec<String>,
    ) -> io::Result<()> {
        if let Some(began) = self.began.take() {
            let written = end_torn_line(machine, &self.path).and_then(|()| self.write(machine, &began));
            if let Err(error) = written {
                self.began = Some(began);
                return Err(error);
            }
        }
        let record =
            Record::Step { run: self.run.clone(), title: title.to_owned(), reversal: reversal.cloned(), command };
        self.write(machine, &record)
    }

    /// Writes down that everything was put back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_back(&self, machine: &impl Machine) -> io::Result<()> {
        self.write(machine, &Record::PutBack { run: self.run.clone() })
    }

    /// Writes down how the run ended, if anything was written before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ended(&self, machine: &impl Machine, ending: Ending) -> io::Result<()> {
        if self.began.is_some() {
            return Ok(());
        }
        self.write(machine, &Record::Ended { run: self.run.clone(), at: Timestamp::now(), ending })
    }

    fn write(&self, machine: &impl Machine, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        machine.append(&self.path, &line)
    }
}

/// A power cut or a full disk may have left half a line, which must not swallow the next one.
fn end_torn_line(machine: &impl Machine, path: &Path) -> io::Result<()> {
    match machine.read(path) {
        Ok(text) if text.last().is_some_and(|last| *last != b'\n') => machine.append(path, b"\n"),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// An argument vector as a person would type it, so that it can be copied into a shell.
pub fn shell_words(vector: &[String]) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | '+' | ',' | '@' | '%' | '#')
    };
    let word = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) && !word.starts_with('#') {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    vector.iter().map(word).collect::<Vec<_>>().join(" ")
}
