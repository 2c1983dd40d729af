//! The files of a person's own words: `$XDG_CONFIG_HOME/ask-nix/intents/*.toml`. Where there is no such directory, nothing
//! is done.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalogue::own_words::{OwnWords, Written};
use crate::machine::facts::config_directory;
use crate::machine::{Kind, Machine};
use crate::understand::own_words::read::{LONGEST_FILE, Problem, read};

/// More files are not looked at.
const MOST: usize = 100;

/// A person's own words, and what is wrong in their files.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// What is right.
    pub words: Arc<OwnWords>,
    /// What is not.
    pub problems: Vec<Problem>,
}

/// Where the files are.
pub fn directory(machine: &impl Machine) -> PathBuf {
    config_directory(machine).join("intents")
}

/// Reads them from some machines' directories: a demo has the person's own and those of its home.
pub fn gather<M: Machine>(machines: &[&M]) -> Own {
    let mut directories: Vec<PathBuf> = Vec::new();
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for machine in machines {
        let directory = directory(*machine);
        let Ok(names) = machine.list(&directory) else { continue };
        if directories.contains(&directory) {
            continue;
        }
        let wanted = names.iter().filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "toml"));
        for name in wanted.take(MOST) {
            let path = directory.join(name);
            match text(*machine, &path) {
                Ok(text) => files.push((path.display().to_string(), text)),
                Err(why) => problems.push(Problem {
                    written: Written { file: path.display().to_string(), line: 1 },
                    message: format!("this file is not used: {why}"),
                }),
            }
        }
        directories.push(directory);
    }
    if files.is_empty() {
        return Own { problems, ..Own::default() };
    }
    let (words, wrong) = read(&files);
    problems.extend(wrong);
    Own { words: Arc::new(words), problems }
}

fn text(machine: &impl Machine, path: &Path) -> Result<String, String> {
    // Home Manager puts links there. What they lead to must be a file: a pipe would never end.
    let path = machine.resolve(path).map_err(|error| error.to_string())?;
    let status = machine.status(&path).map_err(|error| error.to_string())?;
    if status.kind != Kind::File {
        return Err("it is no ordinary file".to_owned());
    }
    if status.bytes > LONGEST_FILE {
        return Err(format!("it is longer than {} KiB", LONGEST_FILE >> 10));
    }
    let bytes = machine.read(&path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}
