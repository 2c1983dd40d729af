//! Plans that change what the configuration says: the edit as a step with its difference, then evaluation, build and
//! activation; when one of them fails, the file is put back.

mod accounts;
mod draft;
mod packages;
mod ports;
pub(super) mod repairs;
mod services;
mod settings;

use super::rebuild::Rebuild;
use super::refusal::{Question, Refusal, Unplanned, needs_configuration, needs_nix, needs_nixos};
use super::{Plan, Step};
use crate::machine::facts::{Configuration, Facts};
use crate::nix::edit::path::AttributePath;
use crate::nix::edit::value::Value;
use crate::operation::Operation;
use crate::operation::slots::PackageName;

/// The plan of an operation that edits the configuration; `None` for all others.
pub(super) fn configure(rebuild: &Rebuild<'_>, operation: &Operation) -> Result<Option<Plan>, Unplanned> {
    if !operation.edits() {
        return Ok(None);
    }
    ready(rebuild.facts)?;
    let missing = match operation {
        Operation::InstallPackage { packages, .. } | Operation::RemovePackage { packages, .. }
            if packages.is_empty() =>
        {
            Some("Which packages?")
        }
        Operation::OpenPort { ports, .. } | Operation::ClosePort { ports, .. } if ports.is_empty() => {
            Some("Which port?")
        }
        Operation::AddUserToGroup { groups, .. } if groups.is_empty() => Some("Which group?"),
        _ => None,
    };
    if let Some(text) = missing {
        return Err(Question { text: text.to_owned(), choices: Vec::new(), remembered_as: None }.into());
    }
    let plan = match operation {
        Operation::InstallPackage { packages, scope } => packages::install(rebuild, packages, *scope),
        Operation::RemovePackage { packages, scope } => packages::remove(rebuild, packages, *scope),
        Operation::SetOption { option, value } => settings::set(rebuild, option, value),
        Operation::EnableService { service } => services::enable(rebuild, service),
        Operation::DisableService { service } => services::disable(rebuild, service),
        Operation::OpenPort { ports, protocol } => ports::open(rebuild, ports, *protocol),
        Operation::ClosePort { ports, protocol } => ports::close(rebuild, ports, *protocol),
        Operation::AddUser { user, groups } => accounts::add(rebuild, user, groups),
        Operation::RemoveUser { user } => accounts::remove(rebuild, user),
        Operation::AddUserToGroup { user, groups } => accounts::join_groups(rebuild, user.as_ref(), groups),
        _ => return Ok(None),
    }?;
    Ok(Some(plan))
}

/// `update_package`: what can be done instead.
pub(super) fn update_one(package: &PackageName) -> Unplanned {
    Unplanned::Nothing(format!(
        "{package} cannot be updated by itself: all packages of a system come from one state of nixpkgs, where they fit together. \
         \"update my system\" brings it up to date along with the rest. To have only this one newer, take it from a second, \
         newer nixpkgs in an overlay; it then brings libraries of its own along."
    ))
}

/// Whether there is a configuration whose files can be read.
fn ready(facts: &Facts) -> Result<(), Unplanned> {
    needs_nixos(facts)?;
    needs_nix(facts)?;
    needs_configuration(facts)?;
    if let Configuration::Flake { reference, directory: None, .. } = &facts.configuration {
        return Err(super::rebuild::not_here(reference).into());
    }
    Ok(())
}

/// A path that the program itself knows.
fn path(names: &[&str]) -> AttributePath {
    AttributePath::new(names.iter().copied())
}

fn text<T: ToString + ?Sized>(text: &T) -> Value {
    Value::Text(text.to_string())
}

/// Whose account is meant when nobody is named: the person's own, else the only one that there is.
fn person(facts: &Facts, asked: &str) -> Result<String, Unplanned> {
    let accounts = accounts(facts);
    if let Some(person) = facts.person.as_ref().filter(|person| accounts.contains(person)) {
        return Ok(person.clone());
    }
    match accounts.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(Question { text: asked.to_owned(), choices: accounts, remembered_as: None }.into()),
    }
}

/// The accounts of people that the configuration defines.
fn accounts(facts: &Facts) -> Vec<String> {
    let users = path(&["users", "users"]);
    let mut names = facts.modules.children(&users);
    names.retain(|name| {
        let system = users.child(name).child("isSystemUser");
        name != "root" && !facts.modules.says(&system, &Value::Truth(true))
    });
    names
}

/// Names that are like one that does not exist, the most alike first.
fn nearest(name: &str, known: &[String]) -> Vec<String> {
    let likeness = |known: &String| rapidfuzz::distance::jaro_winkler::similarity(name.chars(), known.chars());
    let mut near: Vec<(f64, &String)> = known.iter().map(|known| (likeness(known), known)).collect();
    near.retain(|(likeness, _)| *likeness > 0.75);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(3).map(|(_, known)| known.clone()).collect()
}

/// A refusal that names what is nearest to what is missing.
fn with_nearest(refusal: Refusal, near: Vec<String>) -> Refusal {
    if near.is_empty() { refusal } else { refusal.with("nearest", near) }
}
