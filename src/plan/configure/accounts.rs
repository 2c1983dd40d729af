//! Accounts of people, and the groups that they are in.

use super::draft::Draft;
use super::{
    AttributePath, Plan, Rebuild, Refusal, Unplanned, Value, accounts, nearest, path, person, text, with_nearest,
};
use crate::machine::facts::Facts;
use crate::nix::edit::Change;
use crate::operation::slots::{GroupName, UserName};
use crate::plan::Risk;
use crate::plan::rebuild::join;

fn account(user: &str) -> AttributePath {
    path(&["users", "users", user])
}

/// Accounts that every system has.
const OF_THE_SYSTEM: [&str; 4] = ["root", "nobody", "messagebus", "nscd"];

/// `add_user`.
pub(super) fn add(rebuild: &Rebuild<'_>, user: &UserName, groups: &[GroupName]) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let known = facts.modules.children(&path(&["users", "users"]));
    if OF_THE_SYSTEM.contains(&user.as_str()) || known.iter().any(|name| name == user.as_str()) {
        let message = format!("Nothing has to be done: there is an account {user} already.");
        return Err(Unplanned::Nothing(message));
    }
    let mut draft = Draft::system(rebuild);
    let mut entries = vec![(path(&["isNormalUser"]), Value::Truth(true))];
    if !groups.is_empty() {
        entries.push((path(&["extraGroups"]), Value::List(groups.iter().map(text).collect())));
    }
    draft.make(Change::Set(account(user.as_str()), Value::Set(entries)))?;
    if facts.modules.says(&path(&["users", "mutableUsers"]), &Value::Truth(false)) {
        draft.notes.push(format!(
            "Passwords come from the configuration on this machine (users.mutableUsers is false): {user} can log in once users.users.{user}.hashedPassword is set."
        ));
    } else {
        draft.notes.push(format!("{user} has no password yet. Give one afterwards: sudo passwd {user}"));
    }
    tell_of_groups(&mut draft, facts, groups);
    draft.plan(format!("Add the user {user}"), String::new)
}

/// `remove_user`.
pub(super) fn remove(rebuild: &Rebuild<'_>, user: &UserName) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    if OF_THE_SYSTEM.contains(&user.as_str()) {
        let message = format!("{user} is an account that the system itself needs; it stays.");
        return Err(Refusal::new("user-missing", message).with("user", user.as_str()).into());
    }
    exists(facts, user.as_str())?;
    let mut draft = Draft::system(rebuild);
    draft.risk = Risk::Destroys;
    draft.make(Change::Unset(account(user.as_str())))?;
    let home = path(&["home-manager", "users", user.as_str()]);
    if facts.modules.children(&path(&["home-manager", "users"])).iter().any(|name| name == user.as_str()) {
        draft.make(Change::Unset(home))?;
    }
    draft.notes.push(format!("The files in /home/{user} stay. The password is gone, and undo does not bring it back."));
    if facts.person.as_deref() == Some(user.as_str()) {
        draft.notes.push("This is your own account.".to_owned());
    }
    let administers = |name: &String| {
        let groups = account(name).child("extraGroups");
        facts.modules.items(&groups).contains(&text("wheel"))
    };
    let others: Vec<String> = accounts(facts).into_iter().filter(|name| name != user.as_str()).collect();
    if administers(&user.to_string()) && !others.iter().any(administers) {
        draft.notes.push("No other account may use sudo afterwards.".to_owned());
    }
    draft.plan(format!("Remove the user {user}"), String::new)
}

/// `add_user_to_group`.
pub(super) fn join_groups(
    rebuild: &Rebuild<'_>,
    user: Option<&UserName>,
    groups: &[GroupName],
) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    let user = person(facts, user, &format!("Who should be in {}?", join(groups)))?;
    exists(facts, &user)?;
    let mut draft = Draft::system(rebuild);
    for group in groups {
        draft.make(Change::Add(account(&user).child("extraGroups"), text(group)))?;
    }
    draft.notes.push(format!("{user} has it from the next login on."));
    tell_of_groups(&mut draft, facts, groups);
    let what = join(groups);
    let many = if groups.len() == 1 { "group" } else { "groups" };
    draft.plan(format!("Put {user} into the {many} {what}"), || {
        format!("Nothing has to be done: {user} is in {what} already.")
    })
}

pub(super) fn exists(facts: &Facts, user: &str) -> Result<(), Refusal> {
    let known = facts.modules.children(&path(&["users", "users"]));
    if known.iter().any(|name| name == user) {
        return Ok(());
    }
    let near = nearest(user, &known);
    let hint = if known.is_empty() { "it defines none".to_owned() } else { format!("it has {}", join(&known)) };
    let message = format!("The configuration has no account {user}; {hint}.");
    Err(with_nearest(Refusal::new("user-missing", message).with("user", user), near))
}

/// What some groups mean.
fn tell_of_groups(draft: &mut Draft<'_>, facts: &Facts, groups: &[GroupName]) {
    for group in groups {
        match group.as_str() {
            "wheel" => draft.notes.push("Whoever is in wheel can become root with sudo.".to_owned()),
            "docker" => {
                draft.notes.push("Whoever is in docker can become root without a password.".to_owned());
                if !facts.modules.says(&path(&["virtualisation", "docker", "enable"]), &Value::Truth(true)) {
                    draft.notes.push("The group is there once Docker is: ask-nix \"enable docker\"".to_owned());
                }
            }
            known if GROUPS.contains(&known) => {}
            other => {
                let made = facts.modules.children(&path(&["users", "groups"]));
                if !made.iter().any(|name| name == other) {
                    let note = format!("ask-nix knows no group {other}. NixOS passes over a group that nothing makes.");
                    draft.notes.push(note);
                }
            }
        }
    }
}

/// Groups that NixOS or one of its services makes.
const GROUPS: [&str; 30] = [
    "adbusers",
    "adm",
    "audio",
    "cdrom",
    "dialout",
    "disk",
    "input",
    "kvm",
    "libvirtd",
    "lp",
    "lxd",
    "incus-admin",
    "media",
    "networkmanager",
    "nginx",
    "plugdev",
    "podman",
    "postgres",
    "render",
    "scanner",
    "storage",
    "systemd-journal",
    "tty",
    "uinput",
    "users",
    "vboxusers",
    "video",
    "wireshark",
    "gamemode",
    "power",
];
