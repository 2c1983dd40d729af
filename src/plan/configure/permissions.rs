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

/// Gives permission for licences that are not free to these packages, and what the person allowed beside, as far as nothing
/// gives it yet.
pub(super) fn allow(draft: &mut Draft<'_>, rebuild: &Rebuild<'_>, unfree: &[String]) -> Result<(), Refusal> {
    let mut unfree = unfree.to_vec();
    let mut insecure = Vec::new();
    for permission in rebuild.allowed {
        match permission {
            Permission::Unfree(name) => unfree.push(name.clone()),
            Permission::Insecure(name) => insecure.push(name.clone()),
        }
    }
    allow_unfree(draft, &unfree)?;
    let permitted = path(&["nixpkgs", "config", "permittedInsecurePackages"]);
    for name in insecure {
        draft.make(Change::Add(permitted.clone(), Value::Text(name.clone())))?;
        draft.notes.push(format!("{name} has known holes. It is allowed in this version, and in no other."));
    }
    Ok(())
}

fn allow_unfree(draft: &mut Draft<'_>, names: &[String]) -> Result<(), Refusal> {
    let all = path(&["nixpkgs", "config", "allowUnfree"]);
    if names.is_empty() || draft.says(&all, &Value::Truth(true)) {
        return Ok(());
    }
    let some = path(&["nixpkgs", "config", "allowUnfreePredicate"]);
    let mut new = Vec::new();
    if draft.said(&some).is_empty() {
        let mut names = names.to_vec();
        names.dedup();
        new.clone_from(&names);
        draft.make(Change::Set(some, Value::Predicate(names)))?;
    } else {
        for name in names {
            if draft.make(Change::Add(some.clone(), Value::Text(name.clone())))? == Done::Changed {
                new.push(name.clone());
            }
        }
    }
    if !new.is_empty() {
        let (is, them) = if new.len() == 1 { ("is", "it") } else { ("are", "them") };
        draft.notes.push(format!("{} {is} not free software: this allows {them}, and nothing else.", join(&new)));
    }
    Ok(())
}
