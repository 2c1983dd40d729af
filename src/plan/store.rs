//! Plans about the store: collect garbage, optimise, verify.

use super::generations::{delete_steps, select, these_generations};
use super::refusal::{Unplanned, needs_nix, needs_privilege};
use super::{Action, Collect, Plan, Probe, Risk, Step};
use crate::machine::facts::Facts;
use crate::nix::command;
use crate::operation::slots::Age;

/// `collect_garbage`; profiles stay as they are unless an age is given.
pub(super) fn collect_garbage(facts: &Facts, older_than: Option<Age>) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    let deleted = older_than.map(|age| select(facts, &[], None, Some(age)).deleted).unwrap_or_default();
    let mut steps = vec![
        Step {
            title: "See what nothing needs any more".to_owned(),
            action: Action::Look(Probe::Garbage { deleted: deleted.clone() }),
            reversal: None,
        },
        Step {
            title: "Ask before anything is deleted".to_owned(),
            action: Action::Confirm { question: "Delete it?".to_owned() },
            reversal: None,
        },
    ];
    let (mut title, mut note) = (
        "Free store space that nothing needs".to_owned(),
        "All generations stay, so you can still go back to each of them. What was built and is not part of one is built or downloaded again when it is needed.".to_owned(),
    );
    if !deleted.is_empty() {
        title = format!("Delete {} and free store space that nothing needs", these_generations(&deleted));
        "A deleted generation cannot be brought back.".clone_into(&mut note);
        steps.extend(delete_steps(facts, &deleted));
    } else if let Some(age) = older_than {
        note = format!("No generation is older than {}. {note}", age.in_words());
    }
    let root = facts.needs_root(&facts.store_database);
    // Through the daemon anyone may collect garbage; without a daemon only who owns the store.
    let root = root && !facts.daemon;
    let collect = facts.elevated(command::collect_garbage(), root);
    let risk = if deleted.is_empty() { Risk::Changes } else { Risk::Destroys };
    steps.push(Step::run("Delete it from the store", collect, risk, Collect::Garbage));
    let plan = Plan { title, steps, notes: vec![note], undo: None };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// `optimize_store`.
pub(super) fn optimise(facts: &Facts) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    let root = facts.needs_root(&facts.store_database) && !facts.daemon;
    let command = facts.elevated(command::optimise(), root);
    let plan = Plan {
        title: "Let identical files in the store share their space".to_owned(),
        steps: vec![Step::run("Replace copies by hard links", command, Risk::Changes, Collect::Optimise)],
        notes: vec!["Nothing is deleted. On a large store this takes a while.".to_owned()],
        undo: None,
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// `verify_store`.
pub(super) fn verify(facts: &Facts, repair: bool) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    // Only users whom the daemon trusts may repair; root always is.
    let root = facts.needs_root(&facts.store_database) && (repair || !facts.daemon);
    let command = facts.elevated(command::verify(repair), root);
    let (title, risk) = if repair {
        ("Check the store and repair what is damaged", Risk::Changes)
    } else {
        ("Check every file of the store against its hash", Risk::Reads)
    };
    let plan = Plan {
        title: title.to_owned(),
        steps: vec![Step::run("Read all store paths", command, risk, Collect::Verify)],
        notes: vec!["On a large store this takes a while; it can be stopped at any time.".to_owned()],
        undo: None,
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}
