//! The real machine: files and processes of this computer, seen from `/`, from the mount point given by `--root`, or from
//! the directory of a demo machine. The one place, with [`process`], where ask-nix touches the world.

pub mod clock;
mod process;
pub mod signals;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Command, Exit, Heard, Kind, Link, Lock, Machine, Space, Status};

/// This computer, or the machine whose files lie under `root` on it.
#[derive(Clone, Debug)]
pub struct Host {
    root: PathBuf,
    /// The machine does not run: programs started here would act on another one.
    mounted: bool,
    /// Variables that every program gets and that [`Machine::variable`] sees; `None` takes one away.
    environment: BTreeMap<String, Option<String>>,
}

impl Host {
    /// This computer itself.
    pub fn here() -> Self {
        Self::rooted(PathBuf::from("/"))
    }

    /// The machine in a directory, on which the programs that are started here act.
    pub fn rooted(root: PathBuf) -> Self {
        Self { root, mounted: false, environment: BTreeMap::new() }
    }

    /// The machine whose disk is mounted at a directory: it can be looked at, but programs act on the one that runs.
    pub fn mounted(root: PathBuf) -> Self {
        Self { mounted: root != Path::new("/"), ..Self::rooted(root) }
    }

    /// With a variable set for every program, or taken away.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: Option<String>) -> Self {
        self.environment.insert(name.to_owned(), value);
        self
    }

    /// The directory that stands for `/`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The variables that were set or taken away for this machine.
    pub fn environment(&self) -> &BTreeMap<String, Option<String>> {
        &self.environment
    }

    /// Where an absolute link target lies: targets that already point below the root (a demo machine's do) stay.
    fn rebase(&self, target: &Path) -> PathBuf {
        if target.starts_with(&self.root) { target.to_owned() } else { under(&self.root, target) }
    }
}

/// `path`, which may be absolute, below `root`.
fn under(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// Opens a file of the person's own for adding to it; nobody else may read what they asked.
fn private(path: &Path) -> io::Result<fs::File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// More links than this in one path is a circle; Linux's own limit.
const LINKS: usize = 40;

impl Host {
    /// A new file beside the one that it is to replace, with its owner and mode; and where that one really lies.
    fn beside(&self, path: &Path, content: &[u8]) -> io::Result<(PathBuf, tempfile::NamedTempFile)> {
        let path = self.resolve(path).unwrap_or_else(|_| path.to_owned());
        let directory = path.parent().ok_or_else(|| io::Error::other("a file has a directory"))?;
        let old = fs::metadata(&path).ok();
        fs::create_dir_all(directory)?;
        let mut file = tempfile::Builder::new().prefix(".ask-nix-").tempfile_in(directory)?;
        file.write_all(content)?;
        let mode = old.as_ref().map_or(0o644, std::os::unix::fs::MetadataExt::mode) & 0o7777;
        file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
        if let Some(old) = old.filter(|old| old.uid() != self.user()) {
            std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid()))?;
        }
        Ok((path, file))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the machine that the rest of the program reads and writes through"
)]
impl Machine for Host {
    fn at(&self, path: &str) -> PathBuf {
        self.rebase(Path::new(path))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // Links inside a mounted machine are absolute in its own terms; only then is the longer way needed.
        if self.root == Path::new("/") { fs::read(path) } else { fs::read(self.resolve(path)?) }
    }

    fn open(&self, path: &Path) -> io::Result<fs::File> {
        fs::File::open(if self.root == Path::new("/") { path.to_owned() } else { self.resolve(path)? })
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let directory = if self.root == Path::new("/") { directory.to_owned() } else { self.resolve(directory)? };
        let mut names: Vec<String> =
            fs::read_dir(directory)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn link(&self, path: &Path) -> io::Result<PathBuf> {
        fs::read_link(path)
    }

    /// Looked up from the directory itself: to walk the same path twice for each of hundreds of generations is most of
    /// what a list of them costs.
    fn links(&self, directory: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<Link>> {
        let mut entries = rustix::fs::Dir::new(fs::File::open(self.resolve(directory)?)?)?;
        let mut found = Vec::new();
        let mut room = Vec::new();
        while let Some(entry) = entries.read() {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().ok().filter(|name| wanted(name)) else { continue };
            let read = |room| {
                let place = entries.fd()?;
                let target = rustix::fs::readlinkat(place, name, room)?;
                let status = rustix::fs::statat(place, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
                rustix::io::Result::Ok((target, status))
            };
            let Ok((target, status)) = read(std::mem::take(&mut room)) else { continue };
            let seconds = Duration::from_secs(u64::try_from(status.st_mtime).unwrap_or_default());
            found.push(Link {
                name: name.to_owned(),
                target: PathBuf::from(std::ffi::OsStr::from_bytes(target.as_bytes())),
                modified: SystemTime::UNIX_EPOCH + seconds,
            });
            room = target.into_bytes();
        }
        Ok(found)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        if self.root == Path::new("/") {
            return fs::canonicalize(path);
        }
        // The root is where the person said, without links of its own: what leads there needs no looking at.
        let (mut resolved, path_below) = match path.strip_prefix(&self.root) {
            Ok(below) => (self.root.clone(), below),
            Err(_) => (PathBuf::from("/"), path),
        };
        let mut rest: Vec<std::ffi::OsString> =
            path_below.components().rev().map(|component| component.as_os_str().to_owned()).collect();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match Path::new(&part).components().next() {
                Some(Component::Normal(_)) => {}
                Some(Component::ParentDir) => {
                    resolved.pop();
                    continue;
                }
                _ => continue,
            }
            let next = resolved.join(&part);
            let Ok(target) = fs::read_link(&next) else {
                resolved = next;
                continue;
            };
            links += 1;
            if links > LINKS {
                return Err(io::Error::other(format!("too many links in {}", path.display())));
            }
            let target = if target.is_absolute() {
                resolved.clone_from(&self.root);
                // Rebased, it lies below the root.
                target.strip_prefix(&self.root).unwrap_or(&target).to_owned()
            } else {
                target
            };
            rest.extend(target.components().rev().map(|component| component.as_os_str().to_owned()));
        }
        fs::symlink_metadata(&resolved).map(|_| resolved)
    }

    fn status(&self, path: &Path) -> io::Result<Status> {
        let metadata = fs::symlink_metadata(path)?;
        let file_type = metadata.file_type();
        let kind = if file_type.is_symlink() {
            Kind::Link
        } else if file_type.is_dir() {
            Kind::Directory
        } else if file_type.is_file() {
            Kind::File
        } else {
            Kind::Other
        };
        Ok(Status {
            kind,
            bytes: metadata.len(),
            modified: metadata.modified()?,
            owner: metadata.uid(),
            mode: metadata.mode() & 0o7777,
        })
    }

    fn writable(&self, path: &Path) -> bool {
        let allowed = |path: &Path| rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
        // A file is replaced by renaming, and a profile by exchanging a link: both are writes to the directory. What does
        // not exist yet is created in the nearest directory that does. A link to a file is followed; one to a directory, or
        // to nothing, is itself what is exchanged.
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        let target = self.resolve(path).ok().filter(|target| !is_link || target.is_file());
        if is_link && target.is_none() {
            return path.parent().is_some_and(allowed);
        }
        let target = target.unwrap_or_else(|| path.to_owned());
        let file_allows = !target.is_file() || allowed(&target);
        let directory =
            if target.is_dir() { Some(target.as_path()) } else { target.ancestors().skip(1).find(|p| p.is_dir()) };
        file_allows && directory.is_some_and(allowed)
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let found = rustix::fs::statvfs(path)?;
        Ok(Space { total: found.f_blocks * found.f_frsize, free: found.f_bavail * found.f_frsize })
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let (path, file) = self.beside(path, content)?;
        // The rename must not reach the disk before the content: a crash would leave an empty configuration.
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    }

    fn keep(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let (path, file) = self.beside(path, content)?;
        // Onto a file that is there a rename waits for the disk after all (ext4's auto_da_alloc); onto none it does not.
        let _ = fs::remove_file(&path);
        file.persist(&path)?;
        Ok(())
    }

    fn append(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        private(path)?.write_all(content)
    }

    fn own_program(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    fn extend(&self, path: &Path) -> io::Result<Box<dyn io::Write>> {
        let file = private(path)?;
        Ok(Box::new(io::BufWriter::with_capacity(1 << 16, file)))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        let file = private(path)?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        if program.contains('/') {
            return Some(PathBuf::from(program)).filter(|path| path.is_file());
        }
        let path = self.variable("PATH")?;
        std::env::split_paths(&path)
            .map(|directory| directory.join(program))
            .find(|candidate| candidate.is_file() && rustix::fs::access(candidate, rustix::fs::Access::EXEC_OK).is_ok())
    }

    fn variable(&self, name: &str) -> Option<String> {
        match self.environment.get(name) {
            Some(value) => value.clone(),
            None => std::env::var(name).ok(),
        }
        .filter(|value| !value.is_empty())
    }

    fn acts_here(&self) -> bool {
        !self.mounted
    }

    fn user(&self) -> u32 {
        rustix::process::geteuid().as_raw()
    }

    fn host_name(&self) -> String {
        let written = || {
            let text = String::from_utf8(self.read(&self.at("/etc/hostname")).ok()?).ok()?;
            Some(text.trim().to_owned()).filter(|name| !name.is_empty())
        };
        let running = || rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
        if self.root == Path::new("/") { running().or_else(written) } else { written() }
            .unwrap_or_else(|| "nixos".to_owned())
    }

    fn working_directory(&self) -> Option<PathBuf> {
        std::env::current_dir().ok().filter(|directory| !self.mounted && directory.starts_with(&self.root))
    }

    fn interact(&self, command: &Command) -> io::Result<Exit> {
        process::interact(self, command)
    }

    fn capture(&self, command: &Command) -> io::Result<(Exit, Vec<u8>)> {
        process::capture(self, command)
    }

    async fn run(&self, command: &Command, hear: &mut dyn FnMut(Heard<'_>)) -> io::Result<Exit> {
        process::run(self, command, hear).await
    }
}
