//! Plans about generations: list, compare, go back, delete, pin; and switching to a specialisation.

use std::collections::BTreeSet;
use std::path::Path;

use super::rebuild::{activate, join};
use super::refusal::{Refusal, Unplanned, needs_nix, needs_nixos, needs_privilege};
use super::when::{Moment, moment};
use super::{Action, Collect, Content, Edit, Plan, Probe, Reversal, Risk, Run, Step};
use crate::machine::Command;
use crate::machine::facts::Facts;
use crate::nix::command;
use crate::nix::generation::Generation;
use crate::nix::profile::{Deletion, Selection, Why, delete_selection};
use crate::operation::slots::{Age, Label, SpecialisationName};
use crate::operation::{GenerationNumber, SwitchAction};

/// `list_generations`.
pub(super) fn list(limit: Option<usize>) -> Plan {
    Plan::look("List the generations of the system", Probe::Generations { limit })
}

/// `compare_generations`; without numbers, the last change.
pub(super) fn compare(
    facts: &Facts,
    from: Option<GenerationNumber>,
    to: Option<GenerationNumber>,
) -> Result<Plan, Unplanned> {
    let to = match to {
        Some(number) => existing(facts, number)?,
        None => facts.profile.current().ok_or_else(none_at_all)?,
    };
    let from = match from {
        Some(number) => existing(facts, number)?,
        None => before(facts, to.number)?,
    };
    let title = format!("Show what changed between generation {} and generation {}", from.number, to.number);
    Ok(Plan::look(&title, Probe::Compare { from: from.number, to: to.number }))
}

/// `rollback_system`.
pub(super) fn rollback(
    facts: &Facts,
    generation: Option<GenerationNumber>,
    steps: Option<u32>,
    when: Option<&str>,
) -> Result<Plan, Unplanned> {
    needs_nixos(facts)?;
    needs_nix(facts)?;
    let current = facts.profile.current().ok_or_else(none_at_all)?;
    let target = match (generation, steps, when) {
        (Some(number), ..) => existing(facts, number)?,
        (None, Some(steps), _) => back(facts, usize::try_from(steps).unwrap_or(usize::MAX))?,
        (None, None, Some(phrase)) => match moment(phrase, &facts.now) {
            Some(Moment::LastChange) => back(facts, 1)?,
            Some(Moment::At(time)) => facts.profile.at(time).ok_or_else(|| {
                no_older(facts, &format!("No generation is as old as \"{phrase}\"; the oldest is generation {}.", oldest(facts)))
            })?,
            None => return Err(Refusal::new("generation-does-not-exist", format!("I do not know which time \"{phrase}\" is. Name a generation instead; \"ask-nix list generations\" shows them.")).into()),
        },
        (None, None, None) => back(facts, 1)?,
    };
    if target.missing {
        let message = format!("Generation {} is still listed, but its files are gone from the store.", target.number);
        return Err(Refusal::new("generation-does-not-exist", message).with("generation", target.number).into());
    }
    if target.number == current.number && facts.running_system.as_deref() == Some(Path::new(&target.store_path)) {
        let message = format!("Generation {} is the one that runs.", target.number);
        return Err(Refusal::new("generation-in-use", message).with("generation", target.number).into());
    }
    let link = facts.generation_link(target.number);
    let root = facts.needs_root(&facts.profile.path);
    let plan = Plan {
        title: format!("Go back to generation {}, made on {}", target.number, facts.day(target.date)),
        steps: vec![
            Step {
                title: "Compare it with the running system".to_owned(),
                action: Action::Compare { from: facts.running.clone(), to: link },
                reversal: None,
            },
            Step {
                title: "Ask before anything changes".to_owned(),
                action: Action::Confirm { question: format!("Switch to generation {} now?", target.number) },
                reversal: None,
            },
            Step {
                title: format!("Make generation {} the current one", target.number),
                action: Action::Run(Run {
                    command: facts.elevated(command::switch_generation(&facts.profile.path, target.number), root),
                    risk: Risk::Changes,
                    collect: Collect::Nothing,
                }),
                reversal: Some(Reversal::Profile { profile: facts.profile.path.clone(), generation: current.number }),
            },
            activate(facts, &facts.profile.path, SwitchAction::Switch),
        ],
        notes: vec!["Only the system goes back. Your files, databases and the configuration's text stay as they are, so applying the configuration again would bring the newer system back.".to_owned()],
        undo: Some("ask-nix undo".to_owned()),
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// `delete_generations`.
pub(super) fn delete(
    facts: &Facts,
    generations: &[GenerationNumber],
    keep: Option<usize>,
    older_than: Option<Age>,
) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    let deletion = select(facts, generations, keep, older_than);
    if let Some(unknown) = deletion.unknown.first() {
        return Err(does_not_exist(facts, *unknown).into());
    }
    if deletion.deleted.is_empty() {
        return Err(nothing_to_delete(&deletion, generations).into());
    }
    let mut steps = vec![Step {
        title: "See how much space this would free".to_owned(),
        action: Action::Look(Probe::Garbage { deleted: deletion.deleted.clone() }),
        reversal: None,
    }];
    steps.extend(delete_steps(facts, &deletion.deleted));
    let plan = Plan {
        title: format!("Delete {}", these_generations(&deletion.deleted)),
        steps,
        notes: vec![
            kept_in_words(&deletion),
            "A deleted generation cannot be brought back. The space itself comes back with \"ask-nix collect garbage\".".to_owned(),
        ],
        undo: None,
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// Which generations go; never the current one, the booted one or a pinned one.
pub(super) fn select(
    facts: &Facts,
    generations: &[GenerationNumber],
    keep: Option<usize>,
    older_than: Option<Age>,
) -> Deletion {
    let selection = Selection { numbers: generations.to_vec(), keep, older_than: older_than.map(Age::seconds) };
    let pinned: BTreeSet<_> = facts.pinned.iter().map(|(number, _)| *number).collect();
    delete_selection(&facts.profile.generations, &selection, &pinned, facts.now.timestamp())
}

/// Deletes generations and takes them out of the boot menu.
pub(super) fn delete_steps(facts: &Facts, numbers: &[GenerationNumber]) -> Vec<Step> {
    let root = facts.needs_root(&facts.profile.path);
    let delete = facts.elevated(command::delete_generations(&facts.profile.path, numbers), root);
    let mut menu = activate(facts, &facts.profile.path, SwitchAction::Boot);
    "Take them out of the boot menu".clone_into(&mut menu.title);
    menu.reversal = None;
    vec![Step::run(&format!("Delete {}", these_generations(numbers)), delete, Risk::Destroys, Collect::Nothing), menu]
}

/// "generation 12", "generations 12 and 13", "generations 3 to 40".
pub(super) fn these_generations(numbers: &[GenerationNumber]) -> String {
    match numbers {
        [one] => format!("generation {one}"),
        [first, .., last] if numbers.len() > 3 && last - first + 1 == numbers.len() as u64 => {
            format!("generations {first} to {last}")
        }
        some => format!("generations {}", join(some)),
    }
}

/// `pin_generation`; without a number, the current one.
pub(super) fn pin(
    facts: &Facts,
    generation: Option<GenerationNumber>,
    label: Option<&Label>,
) -> Result<Plan, Unplanned> {
    needs_nix(facts)?;
    let target = match generation {
        Some(number) => existing(facts, number)?,
        None => facts.profile.current().ok_or_else(none_at_all)?,
    };
    let number = target.number;
    if let Some((_, label)) = facts.pinned.iter().find(|(pinned, _)| *pinned == number) {
        return Err(Refusal::new(
            "generation-in-use",
            format!("Generation {number} is pinned already, as \"{label}\"."),
        )
        .into());
    }
    let name = label.map_or_else(|| "kept".to_owned(), |label| label.as_str().chars().map(path_safe).collect());
    let profile = facts.profile.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let link = facts.pins_directory().join(format!("{profile}-{number}-{name}"));
    let root = facts.needs_root(&facts.pins_directory());
    let command = Command::new("nix-store").arg("--add-root").path(&link).arg("--realise").arg(&target.store_path);
    let plan = Plan {
        title: format!("Keep generation {number} from being deleted"),
        steps: vec![Step {
            title: "Add a root that the garbage collector respects".to_owned(),
            action: Action::Run(Run {
                command: facts.elevated(command, root),
                risk: Risk::Changes,
                collect: Collect::Nothing,
            }),
            reversal: Some(Reversal::File { path: link, before: None, after: None }),
        }],
        notes: vec![
            "ask-nix will not delete it, and its files stay in the store whatever deletes the generation.".to_owned(),
        ],
        undo: Some("ask-nix undo".to_owned()),
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// A character of a label as it stands in a file name.
fn path_safe(c: char) -> char {
    if c.is_alphanumeric() || matches!(c, '-' | '.' | '+') { c } else { '_' }
}

/// `switch_specialisation`; `default` is the configuration itself.
pub(super) fn specialisation(facts: &Facts, name: &SpecialisationName) -> Result<Plan, Unplanned> {
    needs_nixos(facts)?;
    let current = facts.profile.current().ok_or_else(none_at_all)?;
    let wanted = name.as_str();
    let base = facts.profile.path.clone();
    let (title, system) = if matches!(wanted, "default" | "normal" | "none") {
        ("Go back to the normal configuration".to_owned(), base)
    } else {
        let found =
            current.specialisations.iter().find(|known| known.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
                let known = if current.specialisations.is_empty() {
                    "it has none".to_owned()
                } else {
                    format!("it has {}", join(&current.specialisations))
                };
                Refusal::new(
                    "specialisation-missing",
                    format!("The current system has no specialisation \"{wanted}\"; {known}."),
                )
                .with("attribute", wanted)
                .with("nearest", current.specialisations.clone())
            })?;
        (format!("Switch to the specialisation {found}"), base.join("specialisation").join(found))
    };
    let plan = Plan {
        title,
        steps: vec![activate(facts, &system, SwitchAction::Test)],
        notes: vec!["The boot menu stays as it is: the next boot starts what is chosen there.".to_owned()],
        undo: Some("ask-nix undo".to_owned()),
    };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// Takes a pin away again, as undoing a pin does.
pub(super) fn remove_link(facts: &Facts, path: &Path, present: Option<String>) -> Step {
    Step {
        title: format!("Remove {}", path.display()),
        action: Action::Edit(Edit {
            path: path.to_owned(),
            after: Content::Absent,
            before: present,
            risk: Risk::Changes,
            root: facts.needs_root(path)
                || facts.needs_root(&facts.pins_directory()) && path.starts_with(facts.pins_directory()),
        }),
        reversal: None,
    }
}

fn existing(facts: &Facts, number: GenerationNumber) -> Result<&Generation, Refusal> {
    facts.profile.get(number).ok_or_else(|| does_not_exist(facts, number))
}

fn does_not_exist(facts: &Facts, number: GenerationNumber) -> Refusal {
    let mut nearest: Vec<_> = facts.profile.generations.iter().map(|generation| generation.number).collect();
    nearest.sort_by_key(|known| known.abs_diff(number));
    nearest.truncate(3);
    nearest.sort_unstable();
    let hint =
        if nearest.is_empty() { "there are none".to_owned() } else { format!("the nearest are {}", join(&nearest)) };
    Refusal::new("generation-does-not-exist", format!("There is no generation {number}; {hint}."))
        .with("generation", number)
        .with("nearest", nearest)
}

fn back(facts: &Facts, steps: usize) -> Result<&Generation, Refusal> {
    facts.profile.back(steps).ok_or_else(|| {
        let current = facts.profile.current.unwrap_or_default();
        let message = match steps {
            1 => format!("There is no generation before generation {current}, so there is nothing to go back to."),
            _ => format!("There are not {steps} generations before generation {current}."),
        };
        no_older(facts, &message)
    })
}

fn before(facts: &Facts, number: GenerationNumber) -> Result<&Generation, Refusal> {
    facts.profile.generations.iter().rfind(|generation| generation.number < number && !generation.missing).ok_or_else(
        || no_older(facts, &format!("There is no generation before generation {number} to compare it with.")),
    )
}

fn no_older(facts: &Facts, message: &str) -> Refusal {
    let refusal = Refusal::new("no-older-generation", message);
    match facts.profile.current {
        Some(number) => refusal.with("generation", number),
        None => refusal,
    }
}

fn none_at_all() -> Refusal {
    Refusal::new("no-older-generation", "There are no generations of the system in this profile.")
}

fn oldest(facts: &Facts) -> GenerationNumber {
    facts.profile.generations.first().map_or(0, |generation| generation.number)
}

fn nothing_to_delete(deletion: &Deletion, named: &[GenerationNumber]) -> Refusal {
    let protected = deletion.kept.iter().find(|kept| named.contains(&kept.number));
    match protected {
        Some(kept) => Refusal::new(
            "generation-in-use",
            format!("Generation {} is {}, so it is not deleted.", kept.number, in_words(kept.why)),
        )
        .with("generation", kept.number),
        None => Refusal::new(
            "generation-in-use",
            "There is no generation to delete: all are current, booted, pinned or too new.",
        ),
    }
}

fn in_words(why: Why) -> &'static str {
    match why {
        Why::Current => "the current one",
        Why::Booted => "the one that was booted",
        Why::Pinned => "pinned",
        Why::NotNamed => "not named",
        Why::Newest => "one of the newest",
        Why::TooYoung => "too new",
    }
}

/// "Generation 42 stays: it is the current one. …", for those that were in the way of the wish.
fn kept_in_words(deletion: &Deletion) -> String {
    let reasons: Vec<String> = deletion
        .kept
        .iter()
        .filter(|kept| matches!(kept.why, Why::Current | Why::Booted | Why::Pinned))
        .map(|kept| format!("generation {} ({})", kept.number, in_words(kept.why)))
        .collect();
    let rest = deletion.kept.len() - reasons.len();
    match (reasons.as_slice(), rest) {
        ([], 0) => "Every other generation goes.".to_owned(),
        ([], rest) => format!("{rest} stay."),
        (reasons, 0) => format!("What stays: {}.", join(reasons)),
        (reasons, rest) => format!("What stays: {}, and {rest} more.", join(reasons)),
    }
}
