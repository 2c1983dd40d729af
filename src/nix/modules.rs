//! The files of a configuration: found by following imports, and the one among them that a change belongs into.

mod flake;
mod tree;

use std::fmt;
use std::path::{Path, PathBuf};

use super::edit::look::{Said, Seen, children, items, said, see};
use super::edit::path::AttributePath;
use super::edit::value::Value;
use super::edit::{Cannot, Change, Edited, apply};
pub use tree::{channels, flake};

/// The machines that the text of a flake names in so many words.
pub fn hosts(flake_source: &str) -> Vec<String> {
    flake::hosts(flake_source)
}

/// A file of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    /// The file itself, no link to it.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Why it is never changed.
    pub fixed: Option<Fixed>,
}

/// Why a file is never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// It lies in the store.
    Store,
    /// It describes the hardware, and is written anew by nixos-generate-config.
    Hardware,
    /// Its head says that a program wrote it.
    Generated,
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "it lies in the store, which nothing changes",
            Self::Hardware => "it describes the hardware, and nixos-generate-config writes it anew",
            Self::Generated => "its first lines say that a program wrote it and will write it again",
        })
    }
}

/// The files of a home that Home Manager makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// Whose it is: `alice`, or `alice@demo` as a flake calls it.
    pub name: String,
    /// Whether it is part of the system, and not built by itself.
    pub in_system: bool,
    /// Its files, the main one first.
    pub files: Vec<ModuleFile>,
}

/// All files of a configuration, as far as they can be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// The system's, the main one first.
    pub system: Vec<ModuleFile>,
    /// The homes'.
    pub homes: Vec<Home>,
}

/// Why a change has no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The file that stands in the way.
    pub path: PathBuf,
    /// What it is about it.
    pub why: Obstacle,
}

/// What stands in the way of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Its text.
    Text(Cannot),
    /// It is never changed, and defines the option.
    Fixed(Fixed),
    /// There is no file at all.
    NoFile,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(cannot) => cannot.fmt(f),
            Self::Fixed(fixed) => fixed.fmt(f),
            Self::NoFile => f.write_str("no file was found from there that is a module and could be read"),
        }
    }
}

/// Makes a change among the files, as if it were done: the first change that is asked of several sees what those before it
/// wrote.
///
/// # Errors
/// When no file can take it. Nothing is changed then.
pub fn change(files: &mut [ModuleFile], change: &Change) -> Result<Done, Misplaced> {
    let places = match change {
        Change::Add(..) | Change::Set(..) => vec![place(files, change)?],
        Change::Remove(..) | Change::Unset(_) => every_place(files, change)?,
    };
    let mut done = Done::Already;
    for (index, text) in places.into_iter().flatten() {
        files[index].text = text;
        done = Done::Changed;
    }
    Ok(done)
}

/// Whether something was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A file says something new.
    Changed,
    /// They said so already.
    Already,
}

/// Where a definition belongs, and the text of that file with it; none when it is there already.
fn place(files: &[ModuleFile], change: &Change) -> Result<Option<(usize, String)>, Misplaced> {
    let option = change.option();
    let item = if let Change::Add(_, item) = change { Some(item) } else { None };
    let seen: Vec<Seen> = files.iter().map(|file| see(&file.text, option, item)).collect();
    if seen.iter().any(|seen| seen.has) {
        return Ok(None);
    }
    // Files that define it come first, among them what overrides the others; then those that come nearest.
    let mut order: Vec<usize> = (0..files.len()).filter(|index| files[*index].fixed.is_none()).collect();
    let defines = |index: &usize| !seen[*index].said.is_empty();
    order.sort_by_key(|index| {
        let near = if defines(index) { usize::MAX } else { near(&seen[*index], option) };
        std::cmp::Reverse((seen[*index].said.iter().any(|said| said.forced), near))
    });
    if let (Change::Set(..), None) = (change, order.iter().find(|index| defines(index)))
        && let Some(index) = (0..files.len()).find(|index| seen[*index].said.iter().any(|said| !said.default))
    {
        let fixed = files[index].fixed.unwrap_or(Fixed::Generated);
        return Err(Misplaced { path: files[index].path.clone(), why: Obstacle::Fixed(fixed) });
    }
    let mut first = None;
    let anywhere = !order.iter().any(defines);
    for index in order.into_iter().filter(|index| anywhere || defines(index)) {
        match apply(&files[index].text, change) {
            Ok(Edited::Text(text, _)) => return Ok(Some((index, text))),
            Ok(Edited::Already) => return Ok(None),
            Err(cannot) => {
                let path = files[index].path.clone();
                first.get_or_insert(Misplaced { path, why: Obstacle::Text(cannot) });
            }
        }
    }
    Err(first.unwrap_or_else(|| Misplaced {
        path: files.first().map(|file| file.path.clone()).unwrap_or_default(),
        why: files.first().and_then(|file| file.fixed).map_or(Obstacle::NoFile, Obstacle::Fixed),
    }))
}

/// How near a file comes to an option; names that thousands of options begin with do not count.
fn near(seen: &Seen, option: &AttributePath) -> usize {
    if seen.near >= 2 || seen.near + 1 == option.names().len() { seen.near } else { 0 }
}

/// Everything that has to go, wherever it stands.
fn every_place(files: &[ModuleFile], change: &Change) -> Result<Vec<Option<(usize, String)>>, Misplaced> {
    let mut places = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let text = match (apply(&file.text, change), file.fixed) {
            (Ok(Edited::Text(text, _)), None) => text,
            (Ok(Edited::Text(..)), Some(fixed)) => {
                return Err(Misplaced { path: file.path.clone(), why: Obstacle::Fixed(fixed) });
            }
            // A file that is no module, or may only perhaps say something, has nothing that is known to go.
            (Err(cannot), None) if !said(&file.text, change.option()).is_empty() => {
                return Err(Misplaced { path: file.path.clone(), why: Obstacle::Text(cannot) });
            }
            (Ok(Edited::Already) | Err(_), _) => continue,
        };
        places.push(Some((index, text)));
    }
    Ok(places)
}

impl Modules {
    /// What the system's files say about an option, with the file of each.
    pub fn said(&self, option: &AttributePath) -> Vec<(&Path, Said)> {
        let of = |file: &'_ ModuleFile| said(&file.text, option);
        self.system.iter().flat_map(|file| of(file).into_iter().map(|said| (file.path.as_path(), said))).collect()
    }

    /// Whether some file of the system gives an option this value, always.
    pub fn says(&self, option: &AttributePath, value: &Value) -> bool {
        self.said(option).iter().any(|(_, said)| said.only.is_none() && said.value.as_ref() == Some(value))
    }

    /// The names below a path, in all files of the system.
    pub fn children(&self, above: &AttributePath) -> Vec<String> {
        let mut names: Vec<String> = self.system.iter().flat_map(|file| children(&file.text, above)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The items of a list option in all files of the system.
    pub fn items(&self, option: &AttributePath) -> Vec<Value> {
        self.system.iter().flat_map(|file| items(&file.text, option)).collect()
    }
}
