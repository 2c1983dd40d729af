//! What is installed, and why.

use std::path::{Path, PathBuf};

use super::super::edit::Trouble;
use super::trouble;
use crate::machine::Machine;
use crate::machine::facts::Facts;
use crate::nix::installed::{self, Installed, Place, Scope, keys};
use crate::nix::package_name::PackageName;
use crate::nix::path_info::closures;
use crate::nix::why;
use crate::outcome::Answer;

/// So many ways to a package are told.
const WAYS: usize = 5;

/// Where packages are on this machine.
pub(super) fn places(machine: &impl Machine, facts: &Facts) -> Vec<Place> {
    let home = machine.variable("HOME").map_or_else(|| PathBuf::from("/root"), PathBuf::from);
    installed::places(machine, &facts.profile.path, &home)
}

/// `list_installed`.
pub(super) fn list(
    machine: &impl Machine,
    facts: &Facts,
    state: &Path,
    filter: Option<&str>,
) -> Result<Answer, Trouble> {
    let places = places(machine, facts);
    let all = installed::read(machine, state, &places, &facts.profile.generations, &facts.profile.path)
        .map_err(|why| trouble(format!("What is installed cannot be told: {why}.")))?;
    let Some(filter) = filter else {
        return Ok(Answer::Installed { filter: None, packages: all, needed_by_others: false, nearest: Vec::new() });
    };
    let mut names: Vec<String> = all.iter().map(|package| package.name.clone()).collect();
    names.dedup();
    let packages: Vec<Installed> = match scope(filter, &all) {
        Some(wanted) => all.into_iter().filter(|package| wanted(package)).collect(),
        None => fitting(all, filter),
    };
    let roots: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
    let needed_by_others = packages.is_empty()
        && closures(machine, state, &roots).is_ok_and(|graph| {
            let wanted = squash(filter);
            graph.all().iter().any(|at| is(graph.path(at), &wanted))
        });
    let nearest = if packages.is_empty() && !needed_by_others { near(filter, &names) } else { Vec::new() };
    Ok(Answer::Installed { filter: Some(filter.to_owned()), packages, needed_by_others, nearest })
}

/// Names that may have been meant: those that differ in one letter, or in two where there are many.
pub(super) fn near(filter: &str, names: &[String]) -> Vec<String> {
    let most = if filter.chars().count() < 6 { 1 } else { 2 };
    let distance =
        |name: &str| rapidfuzz::distance::osa::distance(filter.to_lowercase().chars(), name.to_lowercase().chars());
    let mut near: Vec<(usize, &String)> = names.iter().map(|name| (distance(name), name)).collect();
    near.retain(|(distance, _)| *distance <= most);
    near.sort();
    near.into_iter().take(3).map(|(_, name)| name.clone()).collect()
}

/// Whether a package is one that is meant.
type Fits = Box<dyn Fn(&Installed) -> bool>;

/// "of the system", "home-manager", a user's name: whose packages, not which.
fn scope(filter: &str, all: &[Installed]) -> Option<Fits> {
    let wanted = match filter.to_lowercase().replace(['-', '_', ' '], "").as_str() {
        "system" | "systempackages" => Scope::System,
        "user" | "users" | "mine" | "nixprofile" | "profile" => Scope::User,
        "home" | "homemanager" => Scope::Home,
        user => {
            let user = all.iter().find_map(|one| one.user.clone().filter(|name| name.to_lowercase() == user))?;
            return Some(Box::new(move |package| package.user.as_ref() == Some(&user)));
        }
    };
    Some(Box::new(move |package| package.scope == wanted))
}

/// Those of that very name, else those that have it in their name.
fn fitting(all: Vec<Installed>, filter: &str) -> Vec<Installed> {
    let wanted = squash(filter.rsplit('.').next().unwrap_or(filter));
    let (same, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|package| keys(&package.name, &package.version).contains(&wanted));
    if !same.is_empty() || wanted.is_empty() {
        return same;
    }
    rest.into_iter().filter(|package| squash(&package.name).contains(&wanted)).collect()
}

fn squash(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

fn is(path: &str, wanted: &str) -> bool {
    let package = PackageName::of_path(path);
    let file = package.version.is_empty() && !package.output.is_empty();
    !file && keys(package.name, package.version).iter().any(|key| key == wanted)
}

/// `why_installed`.
pub(super) fn why(machine: &impl Machine, facts: &Facts, state: &Path, package: &str) -> Result<Answer, Trouble> {
    let system = installed::in_store(machine, &facts.running)
        .or_else(|| installed::in_store(machine, &facts.profile.path))
        .map(|path| ("the system".to_owned(), path));
    let beside = places(machine, facts).into_iter().filter(|place| {
        // Users of the system's configuration are part of the system.
        place.scope == Scope::Home || place.by == "nix profile"
    });
    let roots: Vec<(String, String)> =
        system.into_iter().chain(beside.map(|place| (format!("{} of the user", place.by), place.path))).collect();
    let paths: Vec<&str> = roots.iter().map(|(_, path)| path.as_str()).collect();
    let graph = closures(machine, state, &paths)
        .map_err(|why| trouble(format!("What needs {package} cannot be told: {why}.")))?;
    let roots: Vec<_> = roots.iter().filter_map(|(label, path)| Some((label.clone(), graph.find(path)?))).collect();
    let wanted = squash(package.rsplit('.').next().unwrap_or(package));
    let targets: Vec<_> = graph.all().iter().filter(|at| is(graph.path(*at), &wanted)).collect();
    let chains = why::chains(&graph, &roots, &targets, WAYS);
    let mut here: Vec<String> = targets
        .iter()
        .map(|at| PackageName::of_path(graph.path(*at)))
        .map(|package| format!("{} {}", package.name, package.version).trim().to_owned())
        .collect();
    here.sort();
    here.dedup();
    Ok(Answer::Why { package: package.to_owned(), here, chains })
}
