//! What stands around the configuration's files: the directory of the main one, the repository that they lie in, and the
//! programs that write and rewrite them.

use std::path::{Path, PathBuf};

use super::{Configuration, Facts};
use crate::machine::Machine;

/// What is around the configuration; looked at only when a plan is to change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The directory of the main file.
    pub directory: PathBuf,
    /// The names in it.
    pub names: Vec<String>,
    /// Whether the person may make files there.
    pub writable: bool,
    /// The top of the git repository that a flake lies in: Nix sees only files that git knows.
    pub repository: Option<PathBuf>,
    /// Whether the person may change what that repository knows.
    pub repository_writable: bool,
    /// The person's editor with its arguments; empty where there is none.
    pub editor: Vec<String>,
    /// The program that describes the hardware.
    pub hardware_scan: Option<PathBuf>,
}

/// Editors that are looked for when nothing says which one; those that everybody can leave come first.
const EDITORS: [&str; 8] = ["nano", "micro", "nvim", "vim", "hx", "vi", "emacs", "kate"];
/// Editors that go on by themselves, and the argument that makes them wait until the file is closed.
const WAITING: [(&str, &str); 9] = [
    ("code", "--wait"),
    ("codium", "--wait"),
    ("code-insiders", "--wait"),
    ("subl", "--wait"),
    ("zed", "--wait"),
    ("zeditor", "--wait"),
    ("gedit", "--wait"),
    ("kate", "--block"),
    ("gvim", "--nofork"),
];
/// What describes the hardware of a machine.
const HARDWARE_SCAN: &str = "nixos-generate-config";
/// No repository begins further up.
const DEEPEST: usize = 32;

pub(super) fn surroundings(machine: &impl Machine, facts: &Facts) -> Surroundings {
    let main = facts.modules.system.iter().find(|file| file.fixed.is_none()).map(|file| file.path.clone());
    let flake = match &facts.configuration {
        Configuration::Flake { directory, .. } => directory.clone(),
        Configuration::Channels { .. } | Configuration::Missing { .. } => None,
    };
    let directory = main.as_deref().and_then(Path::parent).map(Path::to_owned).or_else(|| flake.clone());
    let directory = directory.unwrap_or_default();
    let repository = flake.as_deref().and_then(|flake| repository(machine, flake));
    let index = repository.as_ref().map(|top| top.join(".git/index"));
    // A system that does not have its own programs on PATH has them where all of them are.
    let in_system = machine.at("/run/current-system/sw/bin").join(HARDWARE_SCAN);
    let in_system = machine.resolve(&in_system).ok().map(|_| in_system);
    Surroundings {
        names: machine.list(&directory).unwrap_or_default(),
        writable: machine.writable(&directory.join("ask-nix")),
        directory,
        repository,
        repository_writable: index.is_none_or(|index| machine.writable(&index)),
        editor: editor(machine),
        hardware_scan: machine.find(HARDWARE_SCAN).or(in_system),
    }
}

/// The repository that a directory lies in, when there is a git to tell it about new files.
fn repository(machine: &impl Machine, directory: &Path) -> Option<PathBuf> {
    let real = machine.resolve(directory).ok()?;
    let top = real.ancestors().take(DEEPEST).find(|above| machine.status(&above.join(".git")).is_ok())?;
    machine.find("git").map(|_| top.to_owned())
}

/// What the person set, else what is there.
fn editor(machine: &impl Machine) -> Vec<String> {
    let set = ["VISUAL", "EDITOR"].iter().filter_map(|name| machine.variable(name));
    let mut set = set.map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let set = set.find(|words| words.first().is_some_and(|program| machine.find(program).is_some()));
    let found =
        || EDITORS.iter().find(|editor| machine.find(editor).is_some()).map(|editor| vec![(*editor).to_owned()]);
    let mut words = set.or_else(found).unwrap_or_default();
    let name = words.first().and_then(|program| program.rsplit('/').next()).unwrap_or_default();
    if let Some((_, wait)) = WAITING.iter().find(|(editor, _)| *editor == name)
        && words.len() == 1
    {
        words.push((*wait).to_owned());
    }
    words
}
