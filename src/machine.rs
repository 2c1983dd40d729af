//! The machine: the one seam between ask-nix and the world of files and processes. Everything that reads or changes
//! something outside goes through [`Machine`]; everything that parses sits above it.

pub mod demo;
pub mod facts;
pub mod host;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;

/// A program and its arguments: never a line for a shell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The program, a name on PATH or an absolute path.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables that are set for it beside the inherited ones.
    pub environment: BTreeMap<String, String>,
    /// The directory that it runs in, when that matters.
    pub directory: Option<PathBuf>,
    /// It must run as root; planning has put a privilege helper in front when the person is not root.
    pub root: bool,
    /// Stopping it half-way would be worse than waiting: activation.
    pub critical: bool,
    /// Its standard output is data, not talk.
    pub quiet: bool,
}

impl Command {
    /// A command without arguments.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn args<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// With a path as an argument. Paths that are not UTF-8 are refused when the facts are gathered.
    #[must_use]
    pub fn path(self, path: &Path) -> Self {
        self.arg(path.display().to_string())
    }

    /// With a variable set.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// The complete argument vector, as it is shown and copied. Variables stand before it as `env` arguments.
    pub fn vector(&self) -> Vec<String> {
        let mut vector = Vec::new();
        if !self.environment.is_empty() {
            vector.push("env".to_owned());
            vector.extend(self.environment.iter().map(|(name, value)| format!("{name}={value}")));
        }
        vector.push(self.program.clone());
        vector.extend(self.arguments.iter().cloned());
        vector
    }
}

/// Where a line of a running program came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

/// What is heard of a running program.
#[derive(Clone, Copy, Debug)]
pub enum Heard<'a> {
    /// More has been printed; its lines follow.
    More,
    /// A line, without its line end; it may be any bytes.
    Line(Stream, &'a [u8]),
    /// Nothing for a moment; said several times a second, so that timers can move.
    Silence,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(i32),
    /// Killed by this signal.
    Signal(i32),
    /// We stopped it, because the person wanted that.
    Interrupted,
}

impl Exit {
    /// Whether it ended with status 0.
    pub fn success(self) -> bool {
        self == Self::Status(0)
    }

    /// The status, when it ended by itself.
    pub fn status(self) -> Option<i32> {
        match self {
            Self::Status(status) => Some(status),
            Self::Signal(_) | Self::Interrupted => None,
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ordinary file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A socket, a device, a pipe.
    Other,
}

/// A file's properties; those of the link itself where it is one.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was changed.
    pub modified: SystemTime,
    /// The user that owns it.
    pub owner: u32,
    /// Permission bits.
    pub mode: u32,
}

/// A symbolic link in a directory.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Its target, as it is written in the link.
    pub target: PathBuf,
    /// When it was made.
    pub modified: SystemTime,
}

/// A lock that is held as long as this value lives.
#[derive(Debug)]
pub struct Lock(
    #[expect(dead_code, reason = "held, never read: closing the file ends the lock")] pub(crate) std::fs::File,
);

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Space {
    /// Size in bytes.
    pub total: u64,
    /// Free for the person, in bytes.
    pub free: u64,
}

/// The seam. Paths are real paths of this computer; [`Machine::at`] makes them from paths of the machine worked on.
pub trait Machine {
    /// Where a path of the worked-on machine lies on this computer: `/run/current-system` under `--root /mnt` is
    /// `/mnt/run/current-system`.
    fn at(&self, path: &str) -> PathBuf;
    /// The whole content of a file.
    ///
    /// # Errors
    /// As the file system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// A file, open to read parts of it.
    ///
    /// # Errors
    /// As the file system says.
    fn open(&self, path: &Path) -> io::Result<std::fs::File>;
    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// As the file system says.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// The target of a symbolic link, as it is written in the link.
    ///
    /// # Errors
    /// As the file system says.
    fn link(&self, path: &Path) -> io::Result<PathBuf>;
    /// The links in a directory whose names are wanted, in no order. One that cannot be read is left out.
    ///
    /// # Errors
    /// As the file system says of the directory.
    fn links(&self, directory: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<Link>> {
        let names = self.list(directory)?.into_iter().filter(|name| wanted(name));
        let link = |name: String| {
            let path = directory.join(&name);
            Some(Link { target: self.link(&path).ok()?, modified: self.status(&path).ok()?.modified, name })
        };
        Ok(names.filter_map(link).collect())
    }
    /// The path with every link followed, absolute links of the worked-on machine seen from its root.
    ///
    /// # Errors
    /// When it does not exist.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;
    /// The properties of a file or link.
    ///
    /// # Errors
    /// When it does not exist.
    fn status(&self, path: &Path) -> io::Result<Status>;
    /// Whether this person may write the file, or create it when it does not exist.
    fn writable(&self, path: &Path) -> bool;
    /// Room on the file system that holds the path.
    ///
    /// # Errors
    /// As the file system says.
    fn space(&self, path: &Path) -> io::Result<Space>;
    /// Writes a file whole or not at all: a new file beside it, then a rename. Links are followed; owner and mode are kept.
    ///
    /// # Errors
    /// As the file system says; the old content is then still there.
    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Writes a file as [`Machine::write`] does, but without waiting for the disk, which may be busy for seconds: for what
    /// costs a little comfort when a power cut takes it.
    ///
    /// # Errors
    /// As the file system says.
    fn keep(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.write(path, content)
    }
    /// Adds to the end of a file in one write, creating it (readable by its owner alone) and its directory when missing.
    ///
    /// # Errors
    /// As the file system says.
    fn append(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Opens a file, readable by its owner alone, to add to its end piece by piece: a log.
    ///
    /// # Errors
    /// As the file system says.
    fn extend(&self, path: &Path) -> io::Result<Box<dyn io::Write>>;
    /// This very program, so that root can run it for one step.
    ///
    /// # Errors
    /// When the system does not tell.
    fn own_program(&self) -> io::Result<PathBuf>;
    /// Takes a lock that ends with the returned value or with the process; `None` when another process holds it.
    ///
    /// # Errors
    /// As the file system says.
    fn lock(&self, path: &Path) -> io::Result<Option<Lock>>;
    /// Makes a directory and those above it, when they are missing.
    ///
    /// # Errors
    /// As the file system says.
    fn make_directory(&self, path: &Path) -> io::Result<()>;
    /// Removes a file or link, if it is there.
    ///
    /// # Errors
    /// As the file system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The full path of a program on PATH.
    fn find(&self, program: &str) -> Option<PathBuf>;
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether programs that are started act on this machine: not when it is only a mounted disk.
    fn acts_here(&self) -> bool {
        true
    }
    /// The effective user's number; 0 is root.
    fn user(&self) -> u32;
    /// This computer's host name, or that of the worked-on machine where it says one.
    fn host_name(&self) -> String;
    /// The directory where the person is, when it is one of this machine.
    fn working_directory(&self) -> Option<PathBuf> {
        None
    }
    /// Runs a program that has the terminal to itself, to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    fn interact(&self, _: &Command) -> io::Result<Exit> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Runs a program to its end and gives its standard output; for short look-ups.
    ///
    /// # Errors
    /// When it cannot be started.
    fn capture(&self, command: &Command) -> io::Result<(Exit, Vec<u8>)>;
    /// Runs a program and hands over its output line by line as it comes.
    ///
    /// # Errors
    /// When it cannot be started.
    fn run(&self, command: &Command, hear: &mut dyn FnMut(Heard<'_>)) -> impl Future<Output = io::Result<Exit>>;
}
