//! A machine below a directory, for tests: as little as the readers of this folder need.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::machine::{Command, Exit, Heard, Kind, Lock, Machine, Space, Status};

/// The machine below `root`; what programs print is looked up in `answers` by the words of the command, and real
/// programs are run where there is no answer and `real` is set.
pub(crate) struct FixtureMachine {
    pub(crate) root: PathBuf,
    pub(crate) answers: Vec<(&'static str, String)>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) real: bool,
}

impl FixtureMachine {
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), answers: Vec::new(), variables: Vec::new(), real: false }
    }

    fn unsupported<T>() -> io::Result<T> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Machine for FixtureMachine {
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the machine of the tests")]
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn open(&self, path: &Path) -> io::Result<std::fs::File> {
        std::fs::File::open(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut names: Vec<String> =
            std::fs::read_dir(directory)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }

    fn link(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::read_link(path)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn status(&self, path: &Path) -> io::Result<Status> {
        let metadata = std::fs::symlink_metadata(path)?;
        let kind = match metadata.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        Ok(Status {
            kind,
            bytes: metadata.len(),
            modified: metadata.modified()?,
            owner: metadata.uid(),
            mode: metadata.mode() & 0o7777,
        })
    }

    fn writable(&self, _: &Path) -> bool {
        true
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let found = rustix::fs::statvfs(path)?;
        Ok(Space { total: found.f_blocks * found.f_frsize, free: found.f_bavail * found.f_frsize })
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Self::unsupported()
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Self::unsupported()
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        let directories = self.variable("PATH")?;
        directories.split(':').map(|directory| Path::new(directory).join(program)).find(|path| path.exists())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn user(&self) -> u32 {
        rustix::process::geteuid().as_raw()
    }

    fn host_name(&self) -> String {
        "demo".to_owned()
    }

    fn capture(&self, command: &Command) -> io::Result<(Exit, Vec<u8>)> {
        let words = command.vector().join(" ");
        if let Some((_, answer)) = self.answers.iter().find(|(key, _)| words.contains(key)) {
            return Ok((Exit::Status(0), answer.clone().into_bytes()));
        }
        let program = self.find(&command.program).filter(|_| self.real).ok_or(io::ErrorKind::NotFound)?;
        #[expect(clippy::disallowed_types, reason = "this is the machine of the tests")]
        let output = std::process::Command::new(program)
            .args(&command.arguments)
            .envs(self.variables.iter().map(|(key, value)| (key, value)))
            .envs(&command.environment)
            .output()?;
        Ok((Exit::Status(output.status.code().unwrap_or(-1)), output.stdout))
    }

    async fn run(&self, _: &Command, _: &mut dyn FnMut(Heard<'_>)) -> io::Result<Exit> {
        Self::unsupported()
    }

    fn append(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Self::unsupported()
    }

    fn extend(&self, _: &Path) -> io::Result<Box<dyn io::Write>> {
        Self::unsupported()
    }

    fn own_program(&self) -> io::Result<PathBuf> {
        Self::unsupported()
    }

    fn lock(&self, _: &Path) -> io::Result<Option<Lock>> {
        Self::unsupported()
    }

    fn make_directory(&self, _: &Path) -> io::Result<()> {
        Self::unsupported()
    }
}
