//! The files of a demo machine: those that are in the program, their placeholders, and their dates.

#![expect(clippy::disallowed_methods, reason = "these files make a machine that nothing works with yet")]

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};

use super::DemoError;

/// The files of `demo/`, by path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demo.rs"));

/// A channel at one moment.
pub(super) struct Snapshot {
    /// Its name, the last part of its URL.
    pub channel: &'static str,
    /// Which versions it carries: a file of `demo/releases/`.
    pub release: &'static str,
    /// When it was released; this stands in the lock.
    pub released: i64,
}

/// The channels as the machine's three generations saw them.
pub(super) const CHANNELS: [Snapshot; 3] = [
    Snapshot { channel: "nixos-25.11", release: "25.11-1", released: 1_763_121_600 },
    Snapshot { channel: "nixos-26.05", release: "26.05", released: 1_780_315_200 },
    Snapshot { channel: "nixos-unstable", release: "unstable", released: 1_781_956_800 },
];
/// The newer state of the first channel, which an update finds.
pub(super) const MOVED: Snapshot = Snapshot { channel: "nixos-25.11", release: "25.11-2", released: 1_765_281_600 };

/// What is written into the files in place of `@root@` and `@system@`.
pub(super) struct Filler<'a> {
    pub root: &'a Path,
    pub system: &'a str,
}

impl Filler<'_> {
    fn fill(&self, text: &str) -> String {
        text.replace("@root@", &self.root.display().to_string()).replace("@system@", self.system)
    }

    /// The files below a directory of `demo/`, with their paths seen from there.
    fn tree(&self, from: &str) -> impl Iterator<Item = (&'static str, String)> {
        FILES
            .iter()
            .filter_map(move |(path, text)| Some((path.strip_prefix(from)?.strip_prefix('/')?, self.fill(text))))
    }

    /// One file of `demo/`; the build has seen that it is there.
    fn text(&self, from: &str) -> String {
        FILES.iter().find(|(path, _)| *path == from).map_or_else(String::new, |(_, text)| self.fill(text))
    }

    /// Writes the files below a directory of `demo/`.
    pub(super) fn put_tree(&self, from: &str, to: &Path) -> Result<(), DemoError> {
        self.tree(from).try_for_each(|(path, text)| put(&to.join(path), &text))
    }

    /// Writes one file of `demo/`.
    pub(super) fn put(&self, from: &str, to: &Path) -> Result<(), DemoError> {
        put(to, &self.text(from))
    }

    /// Makes a channel as a directory, or moves it.
    pub(super) fn directory_channel(&self, snapshot: &Snapshot) -> Result<(), DemoError> {
        let to = self.channel(snapshot);
        self.put_tree("nixpkgs", &to)?;
        put(&to.join("release.nix"), &self.text(&release(snapshot)))?;
        date_tree(&to, snapshot.released)
    }

    /// Makes a channel as the archive that `nix-channel` downloads, or moves it.
    pub(super) fn archive_channel(&self, snapshot: &Snapshot) -> Result<(), DemoError> {
        let path = self.channel(snapshot).join("nixexprs.tar.xz");
        // In memory this cannot fail, but for a path that is too long for the format.
        let archive = self.archive(snapshot).map_err(DemoError::at(&path))?;
        make_parent(&path)?;
        fs::write(&path, archive).map_err(DemoError::at(&path))?;
        // A real channel tells its revision in a file beside the archive.
        put(&path.with_file_name("git-revision"), &field(&self.text(&release(snapshot)), "rev"))?;
        date(&path, snapshot.released)
    }

    fn archive(&self, snapshot: &Snapshot) -> io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::with_capacity(1 << 19));
        let release = self.text(&release(snapshot));
        // What the archive of a real channel says about itself.
        let marks = [(".git-revision", "rev"), (".version", "release"), (".version-suffix", "suffix")]
            .map(|(path, name)| (path, field(&release, name)));
        let release = std::iter::once(("release.nix", release));
        for (path, text) in self.tree("nixpkgs").chain(release).chain(marks) {
            let mut header = tar::Header::new_ustar();
            header.set_path(format!("{}-{}/{path}", snapshot.channel, snapshot.release))?;
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(snapshot.released.unsigned_abs());
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            archive.append(&header, text.as_bytes())?;
        }
        archive.into_inner()
    }

    fn channel(&self, snapshot: &Snapshot) -> PathBuf {
        self.root.join("channels").join(snapshot.channel)
    }
}

fn release(snapshot: &Snapshot) -> String {
    format!("releases/{}.nix", snapshot.release)
}

/// The text after `name = ` in a table of a release.
fn field(release: &str, name: &str) -> String {
    let value = release.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix("= \""));
    value.and_then(|value| value.split('"').next()).unwrap_or_default().to_owned()
}

fn make_parent(path: &Path) -> Result<(), DemoError> {
    path.parent().map_or(Ok(()), make_directory)
}

/// Makes a directory and those above it.
pub(super) fn make_directory(path: &Path) -> Result<(), DemoError> {
    fs::create_dir_all(path).map_err(DemoError::at(path))
}

/// Writes a file.
pub(super) fn put(path: &Path, text: &str) -> Result<(), DemoError> {
    make_parent(path)?;
    fs::write(path, text).map_err(DemoError::at(path))
}

/// Writes a script that can be run.
pub(super) fn put_script(path: &Path, text: &str) -> Result<(), DemoError> {
    put(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(DemoError::at(path))
}

/// Makes a link, in place of one that is there.
pub(super) fn put_link(path: &Path, target: &Path) -> Result<(), DemoError> {
    if fs::symlink_metadata(path).is_ok() {
        fs::remove_file(path).map_err(DemoError::at(path))?;
    }
    std::os::unix::fs::symlink(target, path).map_err(DemoError::at(path))
}

/// Removes a file, or a directory with all that is in it, read-only or not.
pub(super) fn remove(path: &Path) -> Result<(), DemoError> {
    let gone = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            super::writable(path);
            fs::remove_dir_all(path)
        }
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    gone.map_err(DemoError::at(path))
}

/// Sets when a file, a directory or a link itself was changed.
pub(super) fn date(path: &Path, seconds: i64) -> Result<(), DemoError> {
    let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| DemoError::at(path)(error.into()))
}

/// [`date`] for everything in a directory and for itself.
pub(super) fn date_tree(path: &Path, seconds: i64) -> Result<(), DemoError> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        for entry in fs::read_dir(path).map_err(DemoError::at(path))? {
            date_tree(&entry.map_err(DemoError::at(path))?.path(), seconds)?;
        }
    }
    date(path, seconds)
}
