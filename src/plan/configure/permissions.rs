//! Permissions that a package needs before nixpkgs gives it: for its licence, or in spite of known holes. Each is for that
//! package alone.

use super::draft::Draft;
use super::{Rebuild, Refusal, Value, path};
use crate::catalogue::starter;
use crate::nix::edit::Change;
use crate::nix::modules::Done;
use crate::plan::Permission;
use crate::plan::rebuild::join;

/// What nixpkgs calls a package whose licence is not free; nothing for the others.
pub(super) fn unfree_names(package: &str) -> Vec<String> {
    let Some(known) = starter::package(package).filter(|known| known.unfree) else { return Vec::new() };
    if known.names.is_empty() {
        return vec![package.rsplit('.').next().unwrap_or(package).to_owned()];
    }
    known.names
}

/// Whether the configuration says nothing about licences, so that a new file may.
pub(super) fn unsaid(draft: &Draft<'_>) -> bool {
    ["allowUnfree", "allowUnfreePredicate"]
        .iter()
        .all(|name| draft.said(&path(&["nixpkgs", "config", name])).is_empty())
}

/// Gives permission for licences that are not free to these packages, and what the person allowed beside, as far as nothing
/// gives it yet.
pub(super) fn allow(draft: &mut Draft<'_>, rebuild: &Rebuild<'_>, unfree: Vec<String>) -> Result<(), Refusal> {
    allow_unfree(draft, &wanted(rebuild, unfree))?;
    allow_insecure(draft, rebuild)
}

/// The packages that need permission for their licences, with those that the person was asked about.
pub(super) fn wanted(rebuild: &Rebuild<'_>, mut unfree: Vec<String>) -> Vec<String> {
    unfree.extend(rebuild.allowed.iter().filter_map(|permission| match permission {
        Permission::Unfree(name) => Some(name.clone()),
        Permission::Insecure(_) => None,
    }));
    unfree.sort();
    unfree.dedup();
    unfree
}

/// Permits the versions with known holes that the person allowed.
pub(super) fn allow_insecure(draft: &mut Draft<'_>, rebuild: &Rebuild<'_>) -> Result<(), Refusal> {
    let permitted = path(&["nixpkgs", "config", "permittedInsecurePackages"]);
    for permission in rebuild.allowed {
        let Permission::Insecure(name) = permission else { continue };
        draft.make(Change::Add(permitted.clone(), Value::Text(name.clone())))?;
        draft.notes.push(format!("{name} has known holes. It is allowed in this version, and in no other."));
    }
    Ok(())
}

/// Gives these packages permission for their licences.
pub(super) fn allow_unfree(draft: &mut Draft<'_>, names: &[String]) -> Result<(), Refusal> {
    let all = path(&["nixpkgs", "config", "allowUnfree"]);
    if names.is_empty() || draft.says(&all, &Value::Truth(true)) {
        return Ok(());
    }
    let some = path(&["nixpkgs", "config", "allowUnfreePredicate"]);
    let mut new = Vec::new();
    for name in names {
        if draft.make(Change::Add(some.clone(), Value::Text(name.clone())))? == Done::Changed {
            new.push(name.clone());
        }
    }
    if !new.is_empty() {
        let (is, them) = if new.len() == 1 { ("is", "it") } else { ("are", "them") };
        draft.notes.push(format!("{} {is} not free software: this allows {them}, and nothing else.", join(&new)));
    }
    Ok(())
}
