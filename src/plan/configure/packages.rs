//! Packages: into the lists of the system, of a person, or of a home; and out of them.

use super::draft::Draft;
use super::{
    AttributePath, Plan, Rebuild, Refusal, Unplanned, Value, accounts, nearest, path, permissions, person, services,
    with_nearest,
};
use crate::catalogue::starter;
use crate::machine::facts::Facts;
use crate::nix::edit::{Change, holds};
use crate::nix::modules::{Done, Home};
use crate::operation::slots::{PackageName, Scope, UserName};
use crate::plan::rebuild::join;

/// Packages that are of no use without the option that sets them up: drivers, permissions, wrappers.
const BY_OPTION: [&str; 6] = ["steam", "wireshark", "gamemode", "virt-manager", "nix-ld", "partition-manager"];

/// Where a list of packages is.
struct Place<'a> {
    list: AttributePath,
    home: Option<&'a Home>,
    /// Whom it is for, in words.
    whom: String,
}

impl<'a> Place<'a> {
    fn draft(&self, rebuild: &'a Rebuild<'a>) -> Draft<'a> {
        self.home.map_or_else(|| Draft::system(rebuild), |home| Draft::home(rebuild, home))
    }

    fn has(&self, facts: &Facts, package: &Value) -> bool {
        let files = self.home.map_or(&facts.modules.system, |home| &home.files);
        let wanted = Change::Add(self.list.clone(), package.clone());
        files.iter().any(|file| holds(&file.text, &wanted))
    }
}

fn place<'a>(facts: &'a Facts, scope: Option<Scope>, user: Option<&UserName>) -> Result<Place<'a>, Unplanned> {
    let whose = "Whose packages are meant?";
    match scope {
        None | Some(Scope::System) => {
            let whom = "everyone on this machine".to_owned();
            Ok(Place { list: path(&["environment", "systemPackages"]), home: None, whom })
        }
        Some(Scope::User) => {
            let person = person(facts, user, whose)?;
            accounts::exists(facts, &person)?;
            Ok(Place { list: path(&["users", "users", &person, "packages"]), home: None, whom: person })
        }
        Some(Scope::Home) => home(facts).ok_or_else(|| {
            Refusal::new("no-home-manager", "This machine's configuration has no home that Home Manager makes.").into()
        }),
    }
}

/// The list of the person's home: in files of its own, or within the system's.
fn home(facts: &Facts) -> Option<Place<'_>> {
    let inline = path(&["home-manager", "users"]);
    let mut people = facts.modules.children(&inline);
    people.extend(facts.modules.homes.iter().map(|home| home.name.clone()));
    let own = |name: &String| {
        let account = name.split('@').next().unwrap_or_default();
        let host = name.split('@').nth(1).is_none_or(|host| host == facts.host);
        host && facts.person.as_deref().is_some_and(|person| person == account)
    };
    let here = |name: &&String| name.split('@').nth(1).is_none_or(|host| host == facts.host);
    let name = people.iter().find(|name| own(name)).or_else(|| people.iter().find(here))?;
    let whom = if name.is_empty() { "you".to_owned() } else { name.split('@').next().unwrap_or_default().to_owned() };
    let home = facts.modules.homes.iter().find(|home| home.name == *name);
    let list = match home {
        Some(_) => path(&["home", "packages"]),
        None => inline.child(name).child("home").child("packages"),
    };
    Some(Place { list, home, whom })
}

fn value(package: &PackageName) -> Result<Value, Refusal> {
    let parsed = AttributePath::parse(package.as_str()).filter(|path| path.names()[0] != "pkgs");
    parsed.map(Value::Package).ok_or_else(|| {
        Refusal::new("package-not-found", format!("'{package}' cannot be the name of a package."))
            .with("package", package.as_str())
    })
}

/// `install_package`.
pub(super) fn install(
    rebuild: &Rebuild<'_>,
    packages: &[PackageName],
    scope: Option<Scope>,
    user: Option<&UserName>,
) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let place = place(facts, scope, user)?;
    let mut draft = place.draft(rebuild);
    let (mut there, mut unfree) = (Vec::new(), Vec::new());
    for package in packages {
        let known = starter::package(package.as_str()).unwrap_or_default();
        let option = known.option.as_deref().and_then(AttributePath::parse);
        unfree.extend(permissions::unfree_names(package.as_str()));
        if let Some(option) = option.as_ref().filter(|_| BY_OPTION.contains(&package.as_str()) && place.home.is_none())
        {
            if draft.make(Change::Set(option.clone(), Value::Truth(true)))? == Done::Already {
                there.push(format!("{package} ({option})"));
            } else {
                draft
                    .notes
                    .push(format!("{package} needs more than its package: {option} sets up what belongs to it."));
                services::settings(&mut draft, rebuild, &services::with(option))?;
            }
            continue;
        }
        let value = value(package)?;
        if scope.is_none()
            && let Some(other) = installed(facts, &value)
        {
            there.push(format!("{package} ({} of {})", other.list, other.whom));
            continue;
        }
        match draft.make(Change::Add(place.list.clone(), value))? {
            Done::Already => there.push(format!("{package} ({})", place.list)),
            Done::Changed => {
                let enabled = |option: &AttributePath| facts.modules.says(option, &Value::Truth(true));
                if let Some(option) = option.filter(|option| !enabled(option) && place.home.is_none()) {
                    let note = format!("NixOS can also set {package} up, with {option}; this adds the package alone.");
                    draft.notes.push(note);
                }
            }
        }
    }
    if !draft.is_empty() {
        permissions::allow(&mut draft, rebuild, unfree)?;
        if !there.is_empty() {
            draft.notes.push(format!("There already: {}.", join(&there)));
        }
    }
    let title = format!("Install {} for {}", join(packages), place.whom);
    draft.plan(title, || format!("Nothing has to be done: {} is there already.", join(&there)))
}

/// Another list that has the package: of a person, of a home.
fn installed<'a>(facts: &'a Facts, package: &Value) -> Option<Place<'a>> {
    places(facts).into_iter().skip(1).find(|place| place.has(facts, package))
}

/// All lists of packages, the system's first.
fn places(facts: &Facts) -> Vec<Place<'_>> {
    let whom = "everyone on this machine".to_owned();
    let mut places = vec![Place { list: path(&["environment", "systemPackages"]), home: None, whom }];
    for user in facts.modules.children(&path(&["users", "users"])) {
        places.push(Place { list: path(&["users", "users", &user, "packages"]), home: None, whom: user });
    }
    places.extend(home(facts));
    places
}

/// `remove_package`.
pub(super) fn remove(
    rebuild: &Rebuild<'_>,
    packages: &[PackageName],
    scope: Option<Scope>,
    user: Option<&UserName>,
) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let places = match scope {
        Some(_) => vec![place(facts, scope, user)?],
        None => places(facts),
    };
    let mut found: Vec<(&Place<'_>, Value)> = Vec::new();
    let mut options = Vec::new();
    for package in packages {
        let value = value(package)?;
        let before = found.len();
        found.extend(places.iter().filter(|place| place.has(facts, &value)).map(|place| (place, value.clone())));
        let by_option = services::options_of(package.as_str());
        let on = by_option.into_iter().filter(|option| facts.modules.says(option, &Value::Truth(true)));
        let on: Vec<AttributePath> = on.filter(|_| scope.is_none()).collect();
        if found.len() == before && on.is_empty() {
            // Perhaps it stands where it is not taken out: then that is the answer.
            let mut draft = places[0].draft(rebuild);
            draft.make(Change::Remove(places[0].list.clone(), value))?;
            return Err(missing(facts, package, &places).into());
        }
        options.extend(on);
    }
    // Homes that are built by themselves are another plan than the system.
    let alone = |place: &&Place<'_>| place.home.is_some_and(|home| !home.in_system);
    let (in_homes, in_system): (Vec<_>, Vec<_>) = found.into_iter().partition(|(place, _)| alone(place));
    let chosen = if in_system.is_empty() && options.is_empty() { &in_homes } else { &in_system };
    let mut draft = match chosen.first() {
        Some((place, _)) => place.draft(rebuild),
        None => Draft::system(rebuild),
    };
    for (place, value) in chosen {
        draft.make(Change::Remove(place.list.clone(), value.clone()))?;
    }
    for option in options {
        draft.make(Change::Set(option.clone(), Value::Truth(false)))?;
        draft.notes.push(format!("{option} brings it, so that is turned off."));
    }
    if chosen.len() < in_homes.len() + in_system.len() {
        draft.notes.push("It is in a home that Home Manager makes as well; say it once more for that.".to_owned());
    }
    let title = format!("Remove {}", join(packages));
    draft.plan(title, || format!("Nothing has to be done: {} is not installed.", join(packages)))
}

fn missing(facts: &Facts, package: &PackageName, places: &[Place<'_>]) -> Refusal {
    let mut known: Vec<String> = Vec::new();
    for place in places {
        let files = place.home.map_or(&facts.modules.system, |home| &home.files);
        let items = files.iter().flat_map(|file| crate::nix::edit::look::names_of_packages(&file.text, &place.list));
        known.extend(items);
    }
    let near = nearest(package.as_str(), &known);
    let hint = if near.is_empty() { String::new() } else { format!(" Is {} meant?", join(&near)) };
    let message = format!("{package} is in none of the package lists of this configuration.{hint}");
    with_nearest(Refusal::new("package-not-installed", message).with("package", package.as_str()), near)
}
