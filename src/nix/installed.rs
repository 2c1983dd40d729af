//! What is installed: the packages that people chose, for the whole machine, for a user, by Home Manager. Read from links
//! and from the store's database; nothing is evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::Machine;
use crate::nix::database::{Database, Error};
use crate::nix::generation::{self, Generation};
use crate::nix::package_name::PackageName;
use crate::operation::GenerationNumber;

/// Who has a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everyone, by `environment.systemPackages` and the modules of the system.
    System,
    /// One user, by `users.users.<name>.packages` or by `nix profile` and `nix-env`.
    User,
    /// One user, by Home Manager.
    Home,
}

/// A directory that is put together from packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who has what is in it.
    pub scope: Scope,
    /// The user, when it is not for everyone.
    pub owner: Option<String>,
    /// By what it was installed, in words.
    pub by: &'static str,
    /// Its store path.
    pub path: String,
    /// The profile whose generations have it.
    pub profile: PathBuf,
    /// Where it is in a generation of that profile.
    pub inside: PathBuf,
}

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Installed {
    /// Its name in the store.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who has it.
    pub scope: Scope,
    /// The user, when it is not for everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// By what it was installed, in words.
    pub by: &'static str,
    /// The generation that brought it, of the system or of the user's profile; null where that is not known.
    pub since_generation: Option<GenerationNumber>,
    /// When that was made.
    pub since: Option<Timestamp>,
    /// Its store path.
    pub store_path: String,
}

/// Where packages are, on this machine: the running system, or the newest one of a mounted disk.
pub fn places(machine: &impl Machine, profile: &Path, home: &Path) -> Vec<Place> {
    let running = machine.at("/run/current-system");
    let system = if machine.resolve(&running.join("sw")).is_ok() { running } else { profile.to_owned() };
    let mut places = Vec::new();
    let mut add = |scope, owner: Option<&str>, by, base: &Path, profile: &Path, inside: &Path| {
        let (owner, profile, inside) = (owner.map(str::to_owned), profile.to_owned(), inside.to_owned());
        let path = in_store(machine, &if inside == Path::new("") { base.to_owned() } else { base.join(&inside) });
        places.extend(path.map(|path| Place { scope, owner, by, path, profile, inside }));
    };
    add(Scope::System, None, "environment.systemPackages", &system, profile, Path::new("sw"));
    let users = Path::new("etc/profiles/per-user");
    for user in machine.list(&system.join(users)).unwrap_or_default() {
        add(Scope::User, Some(&user), "users.users", &system, profile, &users.join(&user));
    }
    let owner = machine.variable("USER").unwrap_or_else(|| "you".to_owned());
    let state = machine.variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let profiles = [
        state.unwrap_or_else(|| home.join(".local/state")).join("nix/profiles"),
        home.join(".local/state/nix/profiles"),
        machine.at("/nix/var/nix/profiles/per-user").join(&owner),
    ];
    let first = |name: &str| {
        profiles.iter().map(|directory| directory.join(name)).find(|link| in_store(machine, link).is_some())
    };
    let own = first("profile").unwrap_or_else(|| home.join(".nix-profile"));
    add(Scope::User, Some(&owner), "nix profile", &own, &own, Path::new(""));
    if let Some(home) = first("home-manager") {
        add(Scope::Home, Some(&owner), "Home Manager", &home, &home, Path::new(""));
    }
    places
}

/// The packages of a place. Without the store's database they are those that the links in it lead to, which is nearly the
/// same: what brings no program and no menu entry is then missing.
///
/// # Errors
/// When the store's database cannot be read.
pub fn packages(machine: &impl Machine, database: Option<&Database>, place: &Place) -> Result<Vec<String>, Error> {
    inside(machine, database, place.scope, &place.path)
}

fn inside(machine: &impl Machine, database: Option<&Database>, scope: Scope, path: &str) -> Result<Vec<String>, Error> {
    let Some(database) = database else { return Ok(linked(machine, scope, path)) };
    let mut paths = database.references(path)?;
    // Home Manager keeps them one step further in.
    if scope == Scope::Home {
        let inner = paths.iter().find(|path| path.ends_with("-home-manager-path")).cloned();
        paths = inner.map_or(Ok(Vec::new()), |inner| database.references(&inner))?;
    }
    paths.retain(|path| PackageName::of_path(path).is_package());
    Ok(paths)
}

fn linked(machine: &impl Machine, scope: Scope, path: &str) -> Vec<String> {
    let base = machine.at(path);
    let base = if scope == Scope::Home { base.join("home-path") } else { base };
    let mut found = BTreeSet::new();
    for folder in ["bin", "share/applications"].map(|folder| base.join(folder)) {
        for name in machine.list(&folder).unwrap_or_default() {
            found.extend(in_store(machine, &folder.join(name)));
        }
    }
    found.retain(|path| PackageName::of_path(path).is_package());
    found.into_iter().collect()
}

/// Everything that is installed, by name.
///
/// # Errors
/// When the store's database cannot be read.
pub fn read(
    machine: &impl Machine,
    state: &Path,
    places: &[Place],
    generations: &[Generation],
    profile: &Path,
) -> Result<Vec<Installed>, Error> {
    // A database that may not be read, or is of another time, leaves the links.
    let database = Database::open(machine, state).ok();
    let database = database.as_ref();
    let mut found = Vec::new();
    for place in places {
        let own;
        let generations = if place.profile == profile {
            generations
        } else {
            own = generation::read(machine, &place.profile).unwrap_or_default();
            &own
        };
        let history = history(machine, database, generations, place)?;
        for path in packages(machine, database, place)? {
            let package = PackageName::of_path(&path);
            // Several outputs of a package are one package to people.
            let known = found.iter().any(|other: &Installed| {
                other.name == package.name
                    && other.version == package.version
                    && (other.scope, &other.user) == (place.scope, &place.owner)
            });
            if known {
                continue;
            }
            let since = history.get(package.name).copied();
            found.push(Installed {
                name: package.name.to_owned(),
                version: package.version.to_owned(),
                scope: place.scope,
                user: place.owner.clone(),
                by: place.by,
                since_generation: since.map(|(number, _)| number),
                since: since.map(|(_, date)| date),
                store_path: path.clone(),
            });
        }
    }
    found.sort_by(|one, other| {
        (one.scope, &one.user, &one.name, &one.version).cmp(&(other.scope, &other.user, &other.name, &other.version))
    });
    Ok(found)
}

/// Since which generation of its profile each package of a place has been there without a break, up to the current one.
fn history(
    machine: &impl Machine,
    database: Option<&Database>,
    generations: &[Generation],
    place: &Place,
) -> Result<BTreeMap<String, (GenerationNumber, Timestamp)>, Error> {
    let mut since: BTreeMap<String, (GenerationNumber, Timestamp)> = BTreeMap::new();
    let current = generations.iter().find(|generation| generation.current).map(|generation| generation.number);
    let mut last: Option<(String, BTreeSet<String>)> = None;
    for generation in generations.iter().filter(|one| !one.missing && current.is_none_or(|now| one.number <= now)) {
        let link = generation::link_of(machine, &place.profile, generation.number);
        let link = if place.inside == Path::new("") { link } else { link.join(&place.inside) };
        let Some(path) = in_store(machine, &link) else {
            // Not there yet, or no more: what was before is interrupted.
            since.clear();
            last = None;
            continue;
        };
        let names = match last.take() {
            Some((same, names)) if same == path => names,
            _ => {
                let paths = inside(machine, database, place.scope, &path)?;
                paths.iter().map(|path| PackageName::of_path(path).name.to_owned()).collect()
            }
        };
        since.retain(|name, _| names.contains(name));
        for name in &names {
            since.entry(name.clone()).or_insert((generation.number, generation.date));
        }
        last = Some((path, names));
    }
    Ok(since)
}

/// The store path that a link leads to, as the store's database knows it.
pub fn in_store(machine: &impl Machine, link: &Path) -> Option<String> {
    let real = machine.resolve(link).ok()?;
    // The database of a mounted disk has the paths that the machine itself sees.
    let seen = if machine.acts_here() {
        real
    } else {
        real.strip_prefix(machine.at("/")).map(|below| Path::new("/").join(below)).unwrap_or(real)
    };
    let mut path = PathBuf::new();
    for part in seen.components() {
        path.push(part);
        let name = part.as_os_str().to_string_lossy();
        if !PackageName::of_path(&name).hash.is_empty() {
            return Some(path.display().to_string());
        }
    }
    None
}

/// The names by which a store name with its version may be asked for: `python3` in version 3.12 is also `python312`.
pub fn keys(name: &str, version: &str) -> Vec<String> {
    let squash = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let own = squash(name);
    let stem = own.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let mut parts = version.split('.').map(squash);
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut keys = vec![format!("{stem}{major}"), format!("{stem}{major}{minor}"), own];
    // "unstable-2025-01-01" says nothing of this kind.
    keys.retain(|key| !key.is_empty());
    keys
}
