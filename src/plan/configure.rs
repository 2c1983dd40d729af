//! Plans that change what the configuration says: the edit as a step with its difference, then evaluation, build and
//! activation; when one of them fails, the file is put back.

mod accounts;
mod by_hand;
mod compose;
mod describe;
mod draft;
mod generate;
mod hardware;
mod newer;
mod packages;
mod permissions;
mod ports;
pub(super) mod repairs;
mod services;
mod settings;

use super::rebuild::Rebuild;
use super::refusal::{Answers, Question, Refusal, Unplanned, needs_configuration, needs_nix, needs_nixos};
use super::{Plan, Step, Wish};
use crate::machine::facts::{Configuration, Facts};
use crate::nix::edit::path::AttributePath;
use crate::nix::edit::value::Value;
use crate::operation::Operation;
use crate::operation::slots::UserName;

/// The plan of an operation that edits the configuration; `None` for all others.
pub(super) fn configure(rebuild: &Rebuild<'_>, wish: Wish<'_>) -> Result<Option<Plan>, Unplanned> {
    let operation = wish.operation;
    if !operation.edits() {
        return Ok(None);
    }
    if let Operation::GenerateConfig { description } = operation {
        return generate::generate(rebuild, description).map(Some);
    }
    ready(rebuild.facts)?;
    let missing = match operation {
        Operation::InstallPackage { packages, .. } | Operation::RemovePackage { packages, .. }
            if packages.is_empty() =>
        {
            Some(("Which packages?", "packages"))
        }
        Operation::OpenPort { ports, .. } | Operation::ClosePort { ports, .. } if ports.is_empty() => {
            Some(("Which port?", "ports"))
        }
        Operation::AddUserToGroup { groups, .. } if groups.is_empty() => Some(("Which group?", "groups")),
        _ => None,
    };
    if let Some((text, slot)) = missing {
        return Err(ask(text, Vec::new(), slot).into());
    }
    let plan = match operation {
        Operation::InstallPackage { packages, scope, user } => {
            packages::install(rebuild, packages, *scope, user.as_ref())
        }
        Operation::RemovePackage { packages, scope, user } => {
            packages::remove(rebuild, packages, *scope, user.as_ref())
        }
        Operation::UpdatePackage { package, way } => newer::update_one(rebuild, package, *way),
        Operation::EditConfig {} => by_hand::edit(rebuild, wish.go_on),
        Operation::HardwareConfig {} => hardware::rescan(rebuild),
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

/// A question whose answer becomes a slot of the request.
fn ask(text: &str, choices: Vec<String>, slot: &'static str) -> Question {
    Question { text: text.to_owned(), choices, answers: Answers::Slot(slot) }
}

/// Whose account is meant: the one that is named, else the person's own, else the only one that there is.
fn person(facts: &Facts, named: Option<&UserName>, asked: &str) -> Result<String, Unplanned> {
    if let Some(named) = named {
        return Ok(named.to_string());
    }
    let accounts = accounts(facts);
    if let Some(person) = facts.person.as_ref().filter(|person| accounts.contains(person)) {
        return Ok(person.clone());
    }
    match accounts.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(ask(asked, accounts, "user").into()),
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
    use rapidfuzz::distance::{jaro_winkler, osa};
    // Two letters in the wrong order are one mistake, also in short names.
    let mistakes = |known: &String| osa::distance(name.chars(), known.chars());
    let likeness = |known: &String| jaro_winkler::similarity(name.chars(), known.chars());
    let mut near: Vec<(f64, &String)> = known.iter().map(|known| (likeness(known), known)).collect();
    near.retain(|(likeness, known)| *likeness > 0.75 || mistakes(known) <= 1 && name.len() > 2);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(3).map(|(_, known)| known.clone()).collect()
}

/// A refusal that names what is nearest to what is missing.
fn with_nearest(refusal: Refusal, near: Vec<String>) -> Refusal {
    if near.is_empty() { refusal } else { refusal.with("nearest", near) }
}
