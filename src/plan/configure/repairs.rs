//! Repairs that change what the configuration says.

use serde_json::{Value as Json, json};

use super::draft::Draft;
use super::{AttributePath, Plan, Rebuild, Unplanned, Value, path, permissions, ready};
use crate::catalogue::education::repair::Action as Deed;
use crate::catalogue::starter;
use crate::nix::edit::amend::{self, Forgotten};
use crate::nix::edit::{Cannot, Change};
use crate::nix::modules::Done;
use crate::plan::repair::{Fault, none, surely};
use crate::plan::{Answers, Question};

/// The plan of a repair that edits.
pub(in crate::plan) fn repair(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    ready(rebuild.facts)?;
    match fault.deed {
        Deed::AllowUnfree => allow_unfree(fault, rebuild),
        Deed::AllowInsecure => allow_insecure(fault, rebuild),
        Deed::KeepOne => keep_one(fault, rebuild),
        Deed::RenameOption => rename_option(fault, rebuild),
        Deed::MendName => mend_name(fault, rebuild),
        Deed::FitType => fit_type(fault, rebuild),
        Deed::RaisePriority => raise_priority(fault, rebuild),
        Deed::Close => close(fault, rebuild),
        Deed::EnableFeature => enable_feature(fault, rebuild),
        Deed::TrustUser => trust(fault, rebuild),
        _ => Err(none()),
    }
}

/// What cannot be done safely is not offered.
fn unsafe_here(_: Cannot) -> Unplanned {
    none()
}

/// A name that Nix gives packages, so that it means nothing else where it is written.
fn package_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-?=".contains(c))
}

/// What Nix says of a name that is not right, or of an option that cannot be defined so. That something else is wrong with
/// it is for the next repair.
const NOT_RIGHT: [&str; 8] = [
    "undefined variable",
    "missing",
    "removed",
    "does not exist",
    "already defined",
    "conflicting",
    "defined multiple times",
    "not of type",
];

/// The signs that a name which is written instead of a wrong one is no better.
fn no_better(wrong: &str, right: &str) -> Vec<Vec<String>> {
    let worse = NOT_RIGHT.iter().map(|words| vec![right.to_owned(), (*words).to_owned()]);
    std::iter::once(vec![wrong.to_owned()]).chain(worse).collect()
}

fn signs(signs: &[&[&str]]) -> Vec<Vec<String>> {
    signs.iter().map(|sign| sign.iter().map(|word| (*word).to_owned()).collect()).collect()
}

fn allow_unfree(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let name = fault.text("name").filter(|name| package_name(name)).ok_or_else(none)?;
    let package = fault.text("package").unwrap_or(name);
    let mut draft = Draft::system(rebuild);
    permissions::allow_unfree(&mut draft, &[name.to_owned()])?;
    draft.words = Some(format!("Allow {name} by its name"));
    draft.mend(format!("Allow the unfree package {name}"), signs(&[&[package, "unfree"]]))
}

fn allow_insecure(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let package = fault.text("package").filter(|name| package_name(name)).ok_or_else(none)?;
    let mut draft = Draft::system(rebuild);
    let list = path(&["nixpkgs", "config", "permittedInsecurePackages"]);
    if draft.make(Change::Add(list, Value::Text(package.to_owned())))? == Done::Already {
        return Err(none());
    }
    draft.notes.push(
        "It stays insecure: its security holes are known and nobody mends them. Only this version is allowed."
            .to_owned(),
    );
    draft.mend(format!("Allow {package} although it is insecure"), signs(&[&[package, "insecure"]]))
}

/// Of lists both are meant; of values that are the same the second is of no use; of others the person chooses.
fn keep_one(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let (Some(attribute), Some(file)) = (fault.text("attribute"), fault.text("file")) else { return Err(none()) };
    let (Some(first), Some(second)) = (fault.number("value"), fault.number("line")) else { return Err(none()) };
    let (mut draft, index) = Draft::with_file(rebuild, file).ok_or_else(none)?;
    let name = &AttributePath::parse(attribute).ok_or_else(none)?;
    let lines = (first, second);
    let pair = amend::pair(draft.text(index), name, lines).ok_or_else(none)?;
    let (changed, words) = if pair.lists {
        let both = amend::both(draft.text(index), name, lines);
        (both, format!("Join the two lists of {attribute}"))
    } else {
        let choices =
            [format!("{} (line {first})", short(&pair.first)), format!("{} (line {second})", short(&pair.second))];
        let keeps_first = pair.same || chosen(fault, &format!("Which value of {attribute} stays?"), &choices)? == 0;
        let goes = if keeps_first { second } else { first };
        let changed = amend::without(draft.text(index), name, lines, keeps_first);
        (changed, format!("Remove the definition of {attribute} in line {goes}"))
    };
    draft.amend(index, changed.map_err(unsafe_here)?);
    draft.words = Some(words.clone());
    draft.mend(words, signs(&[&[attribute, "already defined"]]))
}

/// Which of the choices the person took.
fn chosen(fault: &Fault, question: &str, choices: &[String]) -> Result<usize, Unplanned> {
    let ask = || Question { text: question.to_owned(), choices: choices.to_vec(), answers: Answers::Slot("answer") };
    let Some(answer) = &fault.answer else { return Err(ask().into()) };
    let begins = |choice: &&String| choice.split(" (").next() == Some(answer.trim());
    let place = choices.iter().position(|choice| choice == answer.trim());
    let by_value = || {
        let fitting: Vec<&String> = choices.iter().filter(begins).collect();
        let [only] = fitting.as_slice() else { return None };
        choices.iter().position(|choice| choice == *only)
    };
    place.or_else(by_value).ok_or_else(|| ask().into())
}

/// A value on one short line.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain(['…']).collect() }
}

fn rename_option(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let wrong = fault.text("option").ok_or_else(none)?;
    let right = match fault.text("replacement") {
        Some(replacement) => replacement.to_owned(),
        None => fault.meant(wrong).ok_or_else(none)?,
    };
    let (Some(from), Some(to)) = (AttributePath::parse(wrong), AttributePath::parse(&right)) else {
        return Err(none());
    };
    for (mut draft, above) in Draft::all(rebuild) {
        let (Some(from), Some(to)) = (within(&from, &above), within(&to, &above)) else { continue };
        let mut changes = Vec::new();
        for index in draft.indices(|_| true) {
            if let Some(text) = amend::rename_option(draft.text(index), &from, &to).map_err(unsafe_here)? {
                changes.push((index, text));
            }
        }
        if changes.is_empty() {
            continue;
        }
        for (index, text) in changes {
            draft.amend(index, text);
        }
        draft.words = Some(format!("Write {right} instead of {wrong}"));
        return draft.mend(format!("Write {right} instead of {wrong}"), no_better(wrong, &right));
    }
    Err(none())
}

/// A path as it is written in a file that lies below another path.
fn within(option: &AttributePath, above: &AttributePath) -> Option<AttributePath> {
    let rest = option.names().strip_prefix(above.names())?;
    (!rest.is_empty()).then(|| AttributePath::new(rest.to_vec()))
}

/// What modules are given when they ask for it.
const GIVEN: [&str; 4] = ["config", "lib", "options", "pkgs"];

fn mend_name(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let wrong = ["variable", "attribute", "name"].into_iter().find_map(|name| fault.text(name)).ok_or_else(none)?;
    let line = fault.number("line").unwrap_or_default();
    let given = GIVEN.into_iter().find(|given| fault.text("variable") == Some(given));
    if let Some(given) = given {
        let (mut draft, index) = Draft::with_file(rebuild, fault.text("file").ok_or_else(none)?).ok_or_else(none)?;
        let taken = amend::take_argument(draft.text(index), given).map_err(unsafe_here)?.ok_or_else(none)?;
        draft.amend(index, taken);
        draft.words = Some(format!("Take the argument {wrong}"));
        let title = format!("Let {} take the argument {wrong}", draft.name(index));
        return draft.mend(title, signs(&[&[wrong]]));
    }
    let near = || surely(wrong, &starter::packages_like(wrong));
    let right = fault.text("replacement").map(str::to_owned).or_else(|| fault.meant(wrong)).or_else(near);
    let right = right.ok_or_else(none)?;
    let to = AttributePath::parse(&right).ok_or_else(none)?;
    let files = match fault.text("file") {
        Some(file) if line > 0 => Draft::with_file(rebuild, file).into_iter().collect(),
        _ => every_file(rebuild),
    };
    let mut changed = Vec::new();
    for (draft, index) in files {
        let text = amend::rename_use(draft.text(index), line, wrong, &to).map_err(unsafe_here)?;
        changed.extend(text.map(|text| (draft, index, text)));
    }
    // In several places it would have to be said which is meant.
    let [_] = changed.as_slice() else { return Err(none()) };
    let (mut draft, index, text) = changed.pop().ok_or_else(none)?;
    draft.amend(index, text);
    draft.words = Some(format!("Write {right} instead of {wrong}"));
    draft.mend(format!("Write {right} instead of {wrong}"), no_better(wrong, &right))
}

/// All files that may be changed, each with a draft of its own.
fn every_file<'a>(rebuild: &'a Rebuild<'a>) -> Vec<(Draft<'a>, usize)> {
    let drafts = Draft::all(rebuild).len();
    let of = |place: usize| Draft::all(rebuild).into_iter().nth(place).map(|(draft, _)| draft);
    (0..drafts)
        .flat_map(|place| {
            let indices = of(place).map(|draft| draft.indices(|_| true)).unwrap_or_default();
            indices.into_iter().filter_map(move |index| Some((of(place)?, index)))
        })
        .collect()
}

/// "yes" for true, "5" for 5, one text for a list of texts.
fn fit_type(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let (Some(option), Some(kind)) = (fault.text("option"), fault.text("type")) else { return Err(none()) };
    let whole = AttributePath::parse(option).ok_or_else(none)?;
    for (mut draft, above) in Draft::all(rebuild) {
        let Some(local) = within(&whole, &above) else { continue };
        let said: Vec<_> = draft
            .indices(|_| true)
            .into_iter()
            .flat_map(|index| crate::nix::edit::look::said(draft.text(index), &local))
            .collect();
        let [said] = said.as_slice() else { continue };
        let old = said.value.as_ref().and_then(Value::to_json).ok_or_else(none)?;
        let new = super::settings::typed(kind, &old).filter(|new| Some(new) != said.value.as_ref()).ok_or_else(none)?;
        let shown = new.to_json().map(|json| json.to_string()).ok_or_else(none)?;
        draft.make(Change::Set(local, new))?;
        draft.words = Some(format!("Write {shown} for {option}"));
        return draft.mend(format!("Write {shown} for {option}, which is what it takes"), signs(&[&[option]]));
    }
    Err(none())
}

/// With several definitions of one's own the person says which one is right.
fn raise_priority(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let option = fault.text("option").ok_or_else(none)?;
    let whole = AttributePath::parse(option).ok_or_else(none)?;
    let own = |file: &&Json| file.as_str().is_some_and(|file| Draft::with_file(rebuild, file).is_some());
    let files = fault.bindings.get("option_files").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let foreign = !files.iter().all(|file| own(&file));
    for (mut draft, above) in Draft::all(rebuild) {
        let Some(local) = within(&whole, &above) else { continue };
        let mut places = Vec::new();
        for index in draft.indices(|_| true) {
            let definitions = crate::nix::edit::look::said(draft.text(index), &local);
            let plain = definitions.into_iter().filter(|said| said.only.is_none() && !said.default);
            places.extend(plain.map(|said| (index, said)));
        }
        let choices: Vec<String> = places
            .iter()
            .map(|(index, said)| {
                let value = said.value.as_ref().and_then(Value::to_json).unwrap_or_else(|| json!("…"));
                format!("{} ({}, line {})", short(&value.to_string()), draft.name(*index), said.line)
            })
            .collect();
        let place = match places.len() {
            0 => continue,
            // Against a module of NixOS one's own counts; against something that is not seen here, who knows.
            1 if foreign => 0,
            1 => return Err(none()),
            _ => chosen(fault, &format!("Which value should {option} have?"), &choices)?,
        };
        let index = places[place].0;
        let changed = amend::force(draft.text(index), &local).map_err(unsafe_here)?.ok_or_else(none)?;
        draft.amend(index, changed);
        draft.words = Some(format!("Put this definition of {option} above the others"));
        let value = choices[place].split(" (").next().unwrap_or_default().to_owned();
        draft.notes.push(format!("The other definitions stay where they are and do not count; better in the long run is to delete them. {option} becomes {value}."));
        return draft.mend(format!("Let {option} be {value}"), signs(&[&[option]]));
    }
    Err(none())
}

fn close(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let (Some(file), Some(line)) = (fault.text("file"), fault.number("line")) else { return Err(none()) };
    let (mut draft, index) = Draft::with_file(rebuild, file).ok_or_else(none)?;
    let (sign, line, changed) = amend::forgotten(draft.text(index), line).map_err(unsafe_here)?.ok_or_else(none)?;
    draft.amend(index, changed);
    let words = match sign {
        Forgotten::Semicolon => format!("End line {line} with a semicolon"),
        Forgotten::Quote => format!("Close the quote in line {line}"),
        Forgotten::Bracket(bracket) => format!("Close with {bracket} after line {line}"),
    };
    draft.words = Some(words.clone());
    let title = format!("{words}: {}", draft.name(index));
    draft.mend(title, signs(&[&["syntax error"]]))
}

fn enable_feature(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let feature = fault.text("feature").filter(|name| package_name(name)).ok_or_else(none)?;
    // Flakes are of no use without the command that knows them.
    let features = if feature == "flakes" { vec!["nix-command", "flakes"] } else { vec![feature] };
    let list = path(&["nix", "settings", "experimental-features"]);
    let mut draft = Draft::system(rebuild);
    for feature in features {
        draft.make(Change::Add(list.clone(), Value::Text(feature.to_owned())))?;
    }
    draft.plan(format!("Turn the feature {feature} of Nix on"), || {
        format!("The configuration turns {feature} on already; apply it: ask-nix \"apply my changes\"")
    })
}

fn trust(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let asked = fault.text("user").map(str::to_owned).or_else(|| rebuild.facts.person.clone());
    let user = asked.ok_or_else(none)?;
    if crate::operation::slots::UserName::try_from(user.clone()).is_err() {
        return Err(none());
    }
    let list = path(&["nix", "settings", "trusted-users"]);
    let mut draft = Draft::system(rebuild);
    // A list of one's own takes the place of the one that is there without it, and that has root.
    for user in ["root", &user] {
        draft.make(Change::Add(list.clone(), Value::Text(user.to_owned())))?;
    }
    draft.notes.push(format!(
        "Whom the daemon trusts decides what gets into the store, for everybody: {user} could make itself root by that."
    ));
    draft.plan(format!("Let the Nix daemon trust {user}"), || {
        format!("The configuration trusts {user} already; apply it: ask-nix \"apply my changes\"")
    })
}
