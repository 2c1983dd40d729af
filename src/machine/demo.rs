//! The demo machine: a whole NixOS in one directory, for trying everything without a risk. Real Nix works in it; nothing
//! outside its directory is read or changed. `demo/README.md` says what it is made of.

mod files;
mod make;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

use super::host::{Host, signals};
use super::{Exit, Machine as _};

/// What kind of machine is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemoKind {
    /// Its configuration is a flake.
    #[default]
    Flake,
    /// Its configuration uses channels.
    Channels,
    /// A flake that describes a person's home too.
    Home,
    /// A flake that describes three machines.
    Hosts,
}

impl DemoKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Flake, Self::Channels, Self::Home, Self::Hosts];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flake => "flake",
            Self::Channels => "channels",
            Self::Home => "home",
            Self::Hosts => "hosts",
        }
    }
}

impl fmt::Display for DemoKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no kind of demo machine.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no kind of demo machine; there are flake, channels, home and hosts")]
pub struct UnknownKind(pub String);

impl FromStr for DemoKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// Why there is no demo machine.
#[derive(Debug, Error)]
pub enum DemoError {
    /// Nix itself is missing.
    #[error("there is no `nix` on PATH; a demo machine needs Nix, though no NixOS")]
    NoNix,
    /// A program that the builders need is missing.
    #[error("there is no `{0}`, neither on PATH nor in /run/current-system/sw/bin, /usr/bin or /bin")]
    NoTool(&'static str),
    /// Neither of the two systems that the demo machine knows.
    #[error("a demo machine runs on x86_64-linux and aarch64-linux, not on {0}")]
    System(String),
    /// The path cannot stand in a URL, in `NIX_PATH` and in scripts alike.
    #[error("a demo machine cannot live in {path:?}: only a-z, A-Z, 0-9 and . _ + - may be in its path")]
    Path {
        /// The path with its links followed.
        path: PathBuf,
    },
    /// There is something else.
    #[error("{path} is not empty and holds no demo machine; name a new or an empty directory")]
    NoDemo {
        /// The directory.
        path: PathBuf,
    },
    /// The path is written everywhere in a machine, so it cannot be moved.
    #[error("the demo machine in {path} was made in {made} and works only there")]
    Moved {
        /// Where it lies.
        path: PathBuf,
        /// Where it was made.
        made: PathBuf,
    },
    /// Another process is at it.
    #[error("another ask-nix is making the demo machine in {path}")]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    Directory {
        /// What was made, read or written.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot start {program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program did not do its work.
    #[error("{program} failed while the demo machine was made:\n{}", .last.join("\n"))]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        exit: Exit,
        /// The last lines it said.
        last: Vec<String>,
    },
    /// The person wanted to stop.
    #[error("stopped before the demo machine was complete")]
    Interrupted,
}

impl DemoError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Directory { path, source }
    }
}

/// A demo machine, ready to work with.
#[derive(Debug)]
pub struct Demo {
    /// The machine: files below its directory, programs with its environment.
    pub host: Host,
    /// Where it lives.
    pub directory: PathBuf,
    /// What it is; a machine that was opened keeps the kind it was made with.
    pub kind: DemoKind,
    /// Whether it was made just now, not found.
    pub new: bool,
    /// Removes a machine that is to be thrown away.
    #[expect(dead_code, reason = "held, never read: dropping it removes the machine")]
    temporary: Option<ThrowAway>,
}

impl Demo {
    /// Makes a machine that is removed again when the value is dropped.
    ///
    /// # Errors
    /// When Nix is missing, or something failed on the way.
    pub fn throw_away(kind: DemoKind, tell: &mut dyn FnMut(&str)) -> Result<Self, DemoError> {
        Self::throw_away_from(&Host::here(), kind, tell)
    }

    /// [`Demo::throw_away`] with the variables that were set for another host, so that another Nix is found.
    ///
    /// # Errors
    /// As for [`Demo::throw_away`].
    pub fn throw_away_from(base: &Host, kind: DemoKind, tell: &mut dyn FnMut(&str)) -> Result<Self, DemoError> {
        // The path stands in many files and command lines: a short one reads better.
        let place = tempfile::Builder::new().prefix("ask-nix-demo-").rand_bytes(4).tempdir();
        let temporary = ThrowAway(place.map_err(DemoError::at(&std::env::temp_dir()))?);
        let directory = whole(temporary.0.path())?;
        let host = make::host(base, &directory, kind);
        let doomed = directory.clone();
        signals::tidy_up_first(move || throw_away(&doomed)).map_err(DemoError::at(&directory))?;
        make_it(&host, kind, tell)?;
        Ok(Self { host, directory, kind, new: true, temporary: Some(temporary) })
    }

    /// Opens the machine in a directory. It is made first when there is none or its making was interrupted; `kind` is for
    /// that case alone.
    ///
    /// # Errors
    /// When the directory holds something else, or the machine cannot be made.
    pub fn kept(directory: &Path, kind: DemoKind, tell: &mut dyn FnMut(&str)) -> Result<Self, DemoError> {
        Self::kept_from(&Host::here(), directory, kind, tell)
    }

    /// [`Demo::kept`] with the variables that were set for another host, so that another Nix is found.
    ///
    /// # Errors
    /// As for [`Demo::kept`].
    pub fn kept_from(
        base: &Host,
        directory: &Path,
        kind: DemoKind,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Self, DemoError> {
        // Refused before anything is made in its place.
        let absolute = std::path::absolute(directory).map_err(DemoError::at(directory))?;
        plain(&absolute)?;
        fs::create_dir_all(&absolute).map_err(DemoError::at(&absolute))?;
        let directory = whole(&absolute)?;
        let found = |kind| {
            let host = make::host(base, &directory, kind);
            make::repair(&host)?;
            Ok(Self { host, directory: directory.clone(), kind, new: false, temporary: None })
        };
        match Mark::read(&directory)? {
            Mark::Complete(kind) => return found(kind),
            Mark::Unfinished => {}
            Mark::Missing => {
                if fs::read_dir(&directory).map_err(DemoError::at(&directory))?.next().is_some() {
                    return Err(DemoError::NoDemo { path: directory });
                }
            }
        }
        let host = make::host(base, &directory, kind);
        // The lock makes an empty mark, which stands for an unfinished machine.
        let mark = directory.join(MARK);
        let Some(_lock) = host.lock(&mark).map_err(DemoError::at(&mark))? else {
            return Err(DemoError::Busy { path: directory });
        };
        if let Mark::Complete(kind) = Mark::read(&directory)? {
            return found(kind);
        }
        make_it(&host, kind, tell)?;
        Mark::write(&directory, kind)?;
        Ok(Self { host, directory, kind, new: true, temporary: None })
    }
}

/// Makes the machine. A signal stops the programs that do it before it ends ask-nix.
fn make_it(host: &Host, kind: DemoKind, tell: &mut dyn FnMut(&str)) -> Result<(), DemoError> {
    signals::working(true);
    let made = make::make(host, kind, tell);
    signals::working(false);
    made
}

/// The file that says that a directory is a demo machine: its kind, and the path that it was made for. Empty as long as
/// the machine is not complete.
const MARK: &str = ".ask-nix-demo";

/// What [`MARK`] says.
enum Mark {
    Missing,
    Unfinished,
    Complete(DemoKind),
}

#[expect(clippy::disallowed_methods, reason = "the mark belongs to this computer, not to the machine in the directory")]
impl Mark {
    fn read(directory: &Path) -> Result<Self, DemoError> {
        let path = directory.join(MARK);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Missing),
            Err(error) => return Err(DemoError::at(&path)(error)),
        };
        let mut lines = text.lines();
        let (Some(kind), Some(made)) = (lines.next().and_then(|word| word.parse().ok()), lines.next()) else {
            return Ok(Self::Unfinished);
        };
        if Path::new(made) != directory {
            return Err(DemoError::Moved { path: directory.to_owned(), made: made.into() });
        }
        Ok(Self::Complete(kind))
    }

    fn write(directory: &Path, kind: DemoKind) -> Result<(), DemoError> {
        let path = directory.join(MARK);
        fs::write(&path, format!("{kind}\n{}\n", directory.display())).map_err(DemoError::at(&path))
    }
}

/// Refuses what cannot stand in a URL, a list of paths, a Nix expression and a script without being quoted.
fn plain(path: &Path) -> Result<(), DemoError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/._+-".contains(&byte);
    if path.as_os_str().as_encoded_bytes().iter().copied().all(allowed) && path != Path::new("/") {
        Ok(())
    } else {
        Err(DemoError::Path { path: path.to_owned() })
    }
}

/// The path without links, which Nix does not take for its store.
fn whole(path: &Path) -> Result<PathBuf, DemoError> {
    let path = fs::canonicalize(path).map_err(DemoError::at(path))?;
    plain(&path).map(|()| path)
}

/// Removes its directory when it is dropped.
#[derive(Debug)]
struct ThrowAway(tempfile::TempDir);

impl Drop for ThrowAway {
    fn drop(&mut self) {
        writable(self.0.path());
    }
}

/// Removes a throw-away machine, as far as that goes; for when there is no time to drop it.
fn throw_away(directory: &Path) {
    writable(directory);
    let _ = fs::remove_dir_all(directory);
}

/// Makes a directory and those below it writable for their owner: those of the store are not. What cannot be changed
/// stays as it is; nothing better could be done about it here.
fn writable(directory: &Path) {
    let Ok(metadata) = fs::symlink_metadata(directory) else { return };
    if !metadata.is_dir() {
        return;
    }
    if metadata.permissions().mode() & 0o700 != 0o700 {
        let _ = fs::set_permissions(directory, fs::Permissions::from_mode(0o700));
    }
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            writable(&entry.path());
        }
    }
}
