//! Questions to the index: packages, options, commands. What the machine has is marked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::super::edit::Trouble;
use super::packages::places;
use super::trouble;
use crate::machine::Machine;
use crate::machine::facts::Facts;
use crate::nix::database::Database;
use crate::nix::installed::{self, keys};
use crate::nix::log::clean;
use crate::nix::package_name::PackageName;
use crate::operation::Field;
use crate::outcome::Answer;
use crate::search::answer::{
    OptionAbout, OptionDetails, OptionHit, OptionsFound, PackageAbout, PackageDetails, PackageHit, PackagesFound,
    Providers, Source, Status,
};
use crate::search::{self, Entry, Index, Kind, Opened, gather};

/// So many packages are told.
const PACKAGES: usize = 10;
/// So many options are told, and so many beside packages.
const OPTIONS: usize = 12;
const BESIDE: usize = 3;
/// An option that fits less well is no answer to a search for packages.
const FITS: f64 = 8.0;

/// Names and versions of what is installed, by all names that it may be asked for.
type Marks = BTreeMap<String, String>;

fn marks(machine: &impl Machine, facts: &Facts) -> Marks {
    let state = facts.store_database.parent().unwrap_or(Path::new("/nix/var/nix"));
    let database = Database::open(machine, state).ok();
    let mut marks = Marks::new();
    for place in places(machine, facts) {
        for path in installed::packages(machine, database.as_ref(), &place).unwrap_or_default() {
            let package = PackageName::of_path(&path);
            for key in keys(package.name, package.version) {
                marks.entry(key).or_insert_with(|| package.version.to_owned());
            }
        }
    }
    marks
}

/// The version of an entry that is installed.
fn mark<'a>(entry: &Entry, marks: &'a Marks) -> Option<&'a String> {
    let squash = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    // `numpy` of another language's set is another package, and store names say the set in another way.
    let nested = entry.name.contains('.') && entry.pname.is_none() && entry.name.to_lowercase().contains("packages.");
    let nested = nested && !entry.name.starts_with("kdePackages.");
    let name = entry.pname.as_deref().unwrap_or(if nested { &entry.name } else { entry.last() });
    marks.get(&squash(name)).or_else(|| marks.get(&squash(entry.last())).filter(|_| !nested))
}

fn hit(entry: &Entry, marks: &Marks, index: &Index) -> PackageHit {
    let installed = mark(entry, marks);
    PackageHit {
        attribute: entry.name.clone(),
        version: entry.version.clone().or_else(|| installed.cloned()),
        description: entry.text().to_owned(),
        installed: installed.is_some(),
        unfree: entry.unfree,
        option: entry.option.clone(),
        available: index.knows_machine().then_some(entry.here),
    }
}

fn broken(why: &search::Error) -> Trouble {
    let id = matches!(why, search::Error::File(..)).then_some("permission-denied");
    Trouble { id, ..trouble(format!("{why}.")) }
}

fn source(index: &Index, facts: &Facts) -> Source {
    Source::of(index, facts.packages_from.as_deref())
}

/// `search_package`, with options beside.
pub(super) fn packages(machine: &impl Machine, facts: &Facts, query: &str) -> Result<Answer, Trouble> {
    let marks = marks(machine, facts);
    let ask = |index: &Index| {
        let asked = index.asked(query)?;
        let found = index.search_in(&asked, Kind::Package, PACKAGES)?;
        let mut options: Vec<OptionHit> = Vec::new();
        let mut add = |hit: OptionHit| {
            if !options.iter().any(|known| known.option == hit.option) {
                options.push(hit);
            }
        };
        // What sets the first ones up; then what the words themselves mean.
        for path in found.found.iter().take(BESIDE).filter_map(|found| found.entry.option.as_deref()) {
            let entry = index.get(Kind::Option, path)?;
            add(entry
                .as_ref()
                .map_or_else(|| OptionHit { option: path.to_owned(), ..OptionHit::default() }, OptionHit::of));
        }
        for found in index.search_in(&asked, Kind::Option, BESIDE)?.found {
            if found.named || found.whole && found.score >= FITS {
                add(OptionHit::of(&found.entry));
            }
        }
        options.truncate(BESIDE);
        Ok(PackagesFound {
            searched: query.to_owned(),
            packages: found.found.iter().map(|found| hit(&found.entry, &marks, index)).collect(),
            options,
            corrected: found.repaired,
            index: Source::default(),
        })
    };
    let (found, index) = Index::ask(machine, ask).map_err(|why| broken(&why))?;
    Ok(Answer::PackagesFound(PackagesFound { index: source(&index, facts), ..found }))
}

/// `search_option`.
pub(super) fn options(machine: &impl Machine, facts: &Facts, query: &str) -> Result<Answer, Trouble> {
    let (search, index) =
        Index::ask(machine, |index| index.search(query, Kind::Option, OPTIONS)).map_err(|why| broken(&why))?;
    Ok(Answer::OptionsFound(OptionsFound {
        searched: query.to_owned(),
        options: search.found.iter().map(|found| OptionHit::of(&found.entry)).collect(),
        corrected: search.repaired,
        index: source(&index, facts),
    }))
}

/// `package_info`.
pub(super) fn package_info(
    machine: &impl Machine,
    facts: &Facts,
    package: &str,
    field: Option<Field>,
) -> Result<Answer, Trouble> {
    let marks = marks(machine, facts);
    let ask = |index: &Index| {
        let entry = index.get(Kind::Package, package)?;
        let nearest = if entry.is_some() { Vec::new() } else { names(index, package, Kind::Package)? };
        let details = entry.map(|entry| PackageDetails {
            hit: hit(&entry, &marks, index),
            installed_version: mark(&entry, &marks).cloned(),
            more: if entry.is.is_empty() { String::new() } else { entry.description.clone() },
            license: entry.license,
            homepage: entry.homepage,
            commands: entry.commands,
            called: entry.called,
            like: entry.like,
        });
        Ok((details, nearest))
    };
    let ((details, nearest), index) = Index::ask(machine, ask).map_err(|why| broken(&why))?;
    let field = field.and_then(|field| serde_json::to_value(field).ok()?.as_str().map(str::to_owned));
    let about =
        PackageAbout { asked: package.to_owned(), package: details, field, nearest, index: source(&index, facts) };
    Ok(Answer::PackageAbout(Box::new(about)))
}

fn names(index: &Index, text: &str, kind: Kind) -> Result<Vec<String>, search::Error> {
    Ok(index.search(text, kind, 5)?.found.into_iter().map(|found| found.entry.name).collect())
}

/// Options whose path differs in a few letters; where there are none, those that have the words of it.
fn near_options(index: &Index, path: &str) -> Result<Vec<String>, search::Error> {
    let parent = path.rsplit_once('.').map_or(path, |(parent, _)| parent);
    let beside = index.below(parent, 200)?;
    let near = super::packages::near(path, &beside);
    if near.is_empty() { Ok(names(index, path, Kind::Option)?.into_iter().take(3).collect()) } else { Ok(near) }
}

/// `explain_option`.
pub(super) fn explain_option(machine: &impl Machine, facts: &Facts, path: &str) -> Result<Answer, Trouble> {
    let ask = |index: &Index| {
        let entry = index.option(path)?;
        let below = index.below(path, 30)?;
        let none = entry.is_none() && below.is_empty();
        let nearest = if none { near_options(index, path)? } else { Vec::new() };
        Ok((entry, below, nearest))
    };
    let ((entry, below, nearest), index) = Index::ask(machine, ask).map_err(|why| broken(&why))?;
    let details = entry.map(|entry| OptionDetails {
        description: entry.text().to_owned(),
        more: if entry.is.is_empty() { String::new() } else { entry.description.clone() },
        name: entry.name,
        type_of: entry.type_of,
        default: entry.default,
        example: entry.example,
        with: entry.with,
        ports: entry.ports,
        units: entry.units,
    });
    let about = OptionAbout { asked: path.to_owned(), option: details, below, nearest, index: source(&index, facts) };
    Ok(Answer::OptionAbout(Box::new(about)))
}

/// `find_provider`.
pub(super) fn find_provider(machine: &impl Machine, facts: &Facts, command: &str) -> Result<Answer, Trouble> {
    let marks = marks(machine, facts);
    let here = provided_here(machine, facts, command);
    let ask = |index: &Index| {
        let mut seen = BTreeSet::new();
        let mut packages = Vec::new();
        let provided = index.providers(command)?;
        for name in provided.into_iter().chain(search::library(command).map(str::to_owned)) {
            let entry = index.get(Kind::Package, &name)?.unwrap_or(Entry { name, ..Entry::default() });
            if seen.insert(entry.name.clone()) {
                packages.push((entry.known, hit(&entry, &marks, index)));
            }
        }
        // What is installed first, then what is called as its command, then the well-known.
        packages.sort_by_key(|(known, hit)| {
            (!hit.installed, hit.attribute != command, !known, hit.attribute.contains('.'), hit.attribute.len())
        });
        let nearest = if packages.is_empty() { index.near_commands(command)? } else { Vec::new() };
        Ok((packages.into_iter().map(|(_, hit)| hit).take(PACKAGES).collect(), nearest))
    };
    let ((packages, nearest), index) = Index::ask(machine, ask).map_err(|why| broken(&why))?;
    let index = source(&index, facts);
    Ok(Answer::Providers(Providers { command: command.to_owned(), here, packages, nearest, index }))
}

/// The package on this machine that a command is from: where the link in the system's `bin` leads.
fn provided_here(machine: &impl Machine, facts: &Facts, command: &str) -> Option<String> {
    // A name, not a path: what is asked for must not lead anywhere else.
    if command.is_empty() || command.contains('/') || command.starts_with('.') {
        return None;
    }
    let mut places: Vec<PathBuf> = vec![facts.running.join("sw"), facts.profile.path.join("sw")];
    places.extend(self::places(machine, facts).iter().map(|place| machine.at(&place.path)));
    let folder = if command.contains(".so") { "lib" } else { "bin" };
    let found = places.iter().find_map(|place| installed::in_store(machine, &place.join(folder).join(command)))?;
    let package = PackageName::of_path(&found);
    package.is_package().then(|| clean(&format!("{} {}", package.name, package.version), 200).into_owned())
}

/// `ask-nix index status`.
pub(super) fn status(machine: &impl Machine, facts: &Facts) -> Answer {
    let path = search::file(machine).display().to_string();
    let index = match Index::look(machine) {
        None => Status { path, ..Status::default() },
        Some((state, stamp, bytes)) => {
            let known = !stamp.source.is_empty();
            let old = known && facts.packages_from.as_ref().is_some_and(|present| *present != stamp.source);
            Status { state: Some(state), path, bytes, stamp, stale: old }
        }
    };
    Answer::IndexStatus { index: Box::new(index) }
}

/// The last step of `ask-nix index update`.
pub(super) fn make_index(
    machine: &impl Machine,
    facts: &Facts,
    source: &str,
    channel: Option<&Path>,
) -> Result<Answer, Trouble> {
    let made = facts.now.timestamp().to_string();
    let stamp = gather::finish(machine, source, &made, channel).map_err(|why| match why {
        search::Error::File(path, error) => {
            Trouble::from_io(format!("{} could not be written: {error}.", path.display()), &error)
        }
        other => broken(&other),
    })?;
    let path = search::file(machine);
    let bytes = machine.status(&path).map(|status| status.bytes).unwrap_or_default();
    let path = path.display().to_string();
    let index = Status { state: Some(Opened::Ready), path, bytes, stamp, stale: false };
    Ok(Answer::IndexStatus { index: Box::new(index) })
}
