//! Services, programs and desktops: on with what they need to be useful, off.

use super::draft::Draft;
use super::{AttributePath, Plan, Rebuild, Refusal, Unplanned, Value, path, permissions};
use crate::catalogue::starter::{self, Service};
use crate::nix::edit::Change;
use crate::nix::modules::Done;
use crate::operation::slots::ServiceName;
use crate::plan::rebuild::join;

/// Services whose modules open their ports unless told not to.
const OPENS_ITSELF: [&str; 2] = ["openssh", "avahi"];

/// The service, known or guessed from its name.
fn known(name: &ServiceName) -> (Service, AttributePath, bool) {
    let service = starter::service(name.as_str());
    let option = service.as_ref().and_then(|service| AttributePath::parse(&service.option));
    match (service, option) {
        (Some(service), Some(option)) => (service, option, true),
        _ => (Service::default(), path(&["services", name.as_str(), "enable"]), false),
    }
}

/// `enable_service`.
pub(super) fn enable(rebuild: &Rebuild<'_>, name: &ServiceName) -> Result<Plan, Unplanned> {
    let (service, option, known) = known(name);
    let mut draft = Draft::system(rebuild);
    if draft.make(Change::Set(option.clone(), Value::Truth(true)))? == Done::Already {
        return Err(Unplanned::Nothing(format!("Nothing has to be done: {option} is true already.")));
    }
    settings(&mut draft, rebuild, &service)?;
    let mut unfree = starter::parts().remove(name.as_str()).unwrap_or_default().unfree;
    unfree.extend(service.package.iter().flat_map(|package| permissions::unfree_names(package)));
    permissions::allow(&mut draft, rebuild, unfree)?;
    if !known {
        draft.notes.push(format!("ask-nix does not know {name}; it takes {option} for its option, and Nix will tell."));
    }
    let opened = firewall_ports(&service);
    let listens: Vec<u16> = service.ports.iter().copied().filter(|port| !opened.contains(port)).collect();
    let opens = OPENS_ITSELF.contains(&name.as_str())
        || service.with.iter().any(|setting| setting.contains("openFirewall = true"));
    if opens && !listens.is_empty() {
        draft.notes.push(format!("It opens {} in the firewall.", ports(&listens)));
    } else if !opened.is_empty() {
        draft.notes.push(format!("It opens {} in the firewall.", ports(&opened)));
    } else if !listens.is_empty() {
        let say = listens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        draft.notes.push(format!(
            "It listens on {}, which the firewall keeps closed. To let others reach it: ask-nix \"open port {say}\"",
            ports(&listens)
        ));
    }
    if name.as_str() == "docker" {
        draft.notes.push(
            "To use it without sudo, an account must be in the group docker, which is as good as root.".to_owned(),
        );
    }
    draft.plan(format!("Enable {name}"), String::new)
}

/// `disable_service`.
pub(super) fn disable(rebuild: &Rebuild<'_>, name: &ServiceName) -> Result<Plan, Unplanned> {
    let (service, option, known) = known(name);
    let mut draft = Draft::system(rebuild);
    let modules = &rebuild.facts.modules;
    let off_by_itself = starter::option(option.names())
        .map_or(name.as_str() != "firewall", |entry| entry.default.as_deref() != Some("true"));
    if modules.said(&option).is_empty() && known && off_by_itself {
        let brought = if service.package.is_some() { ", unless something else brings it" } else { "" };
        let message =
            format!("Nothing has to be done: no file of the configuration sets {option}, so {name} is off{brought}.");
        return Err(Unplanned::Nothing(message));
    }
    draft.make(Change::Set(option.clone(), Value::Truth(false)))?;
    let opened = firewall_ports(&service);
    let tcp = path(&["networking", "firewall", "allowedTCPPorts"]);
    let still: Vec<u16> =
        opened.into_iter().filter(|port| modules.items(&tcp).contains(&Value::Number(i64::from(*port)))).collect();
    if !still.is_empty() {
        let say = still.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        draft
            .notes
            .push(format!("{} stays open in the firewall. To close: ask-nix \"close port {say}\"", ports(&still)));
    }
    match name.as_str() {
        "openssh" => draft.notes.push("Nobody can log in from elsewhere with ssh then.".to_owned()),
        "firewall" => draft.notes.push("Everything that listens can be reached from the network then.".to_owned()),
        _ => {}
    }
    draft.plan(format!("Disable {name}"), || format!("Nothing has to be done: {option} is false already."))
}

/// What a service needs beside its own option, as far as the person has not settled it otherwise.
pub(super) fn settings(draft: &mut Draft<'_>, rebuild: &Rebuild<'_>, service: &Service) -> Result<(), Refusal> {
    for setting in &service.with {
        let Some((option, value)) = setting_of(setting) else { continue };
        if let Value::List(items) = value {
            for item in items {
                draft.make(Change::Add(option.clone(), item))?;
            }
            continue;
        }
        let said = rebuild.facts.modules.said(&option);
        match said.first() {
            Some((_, said)) if said.value.as_ref() != Some(&value) => {
                draft.notes.push(format!(
                    "{option} is usually set beside it; the configuration has it otherwise, and it stays so."
                ));
            }
            Some(_) => {}
            None => {
                draft.make(Change::Set(option, value))?;
            }
        }
    }
    Ok(())
}

/// An option and its value of a line of the table.
fn setting_of(setting: &str) -> Option<(AttributePath, Value)> {
    let (option, value) = setting.split_once(" = ")?;
    Some((AttributePath::parse(option.trim())?, Value::parse(value)?))
}

fn firewall_ports(service: &Service) -> Vec<u16> {
    let settings = service.with.iter().filter_map(|setting| setting_of(setting));
    let lists = settings.filter(|(option, _)| option.to_string() == "networking.firewall.allowedTCPPorts");
    let items = lists.flat_map(|(_, value)| if let Value::List(items) = value { items } else { Vec::new() });
    items.filter_map(|item| if let Value::Number(port) = item { u16::try_from(port).ok() } else { None }).collect()
}

fn ports(ports: &[u16]) -> String {
    format!("port{} {}", if ports.len() == 1 { "" } else { "s" }, join(ports))
}

/// The service that an option turns on, for what it needs.
pub(super) fn with(option: &AttributePath) -> Service {
    let package = option.names().iter().rev().nth(1).map(String::as_str).unwrap_or_default();
    starter::service(package).filter(|service| service.option == option.to_string()).unwrap_or_default()
}

/// The options that bring a package.
pub(super) fn options_of(package: &str) -> Vec<AttributePath> {
    let own = starter::package(package).and_then(|package| package.option);
    let services = starter::services_of(package).into_iter().map(|(_, service)| service.option);
    let mut options: Vec<AttributePath> =
        own.into_iter().chain(services).filter_map(|option| AttributePath::parse(&option)).collect();
    options.sort();
    options.dedup();
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_table_are_read() {
        for name in ["nginx", "plasma6", "nvidia", "steam", "pipewire", "wireshark", "mysql"] {
            let service = starter::service(name).unwrap_or_else(|| panic!("{name}"));
            for setting in &service.with {
                assert!(setting_of(setting).is_some(), "{name}: {setting}");
            }
        }
        assert_eq!(firewall_ports(&starter::service("nginx").unwrap()), [80, 443]);
    }
}
