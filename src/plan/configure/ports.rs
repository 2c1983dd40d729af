//! Ports of the firewall.

use super::draft::Draft;
use super::{AttributePath, Plan, Rebuild, Unplanned, Value, path};
use crate::catalogue::starter;
use crate::nix::edit::Change;
use crate::nix::modules::Done;
use crate::operation::slots::{Port, Protocol};
use crate::plan::rebuild::join;

fn list(protocol: Protocol) -> AttributePath {
    let name = match protocol {
        Protocol::Tcp => "allowedTCPPorts",
        Protocol::Udp => "allowedUDPPorts",
    };
    path(&["networking", "firewall", name])
}

fn item(port: Port) -> Value {
    Value::Number(i64::try_from(u64::from(port)).unwrap_or_default())
}

fn named(ports: &[Port], protocol: Option<Protocol>) -> String {
    let udp = if protocol == Some(Protocol::Udp) { "UDP " } else { "" };
    format!("{udp}port{} {}", if ports.len() == 1 { "" } else { "s" }, join(ports))
}

/// `open_port`.
pub(super) fn open(rebuild: &Rebuild<'_>, ports: &[Port], protocol: Option<Protocol>) -> Result<Plan, Unplanned> {
    let mut draft = Draft::system(rebuild);
    for port in ports {
        draft.make(Change::Add(list(protocol.unwrap_or(Protocol::Tcp)), item(*port)))?;
    }
    if rebuild.facts.modules.says(&path(&["networking", "firewall", "enable"]), &Value::Truth(false)) {
        draft.notes.push("The firewall is off on this machine, so every port is open as it is.".to_owned());
    }
    if protocol.is_none() {
        draft.notes.push("It is opened for TCP; say udp when that is meant.".to_owned());
    }
    let what = named(ports, protocol);
    draft.plan(format!("Open {what}"), || format!("Nothing has to be done: {what} is open already."))
}

/// `close_port`.
pub(super) fn close(rebuild: &Rebuild<'_>, ports: &[Port], protocol: Option<Protocol>) -> Result<Plan, Unplanned> {
    let modules = &rebuild.facts.modules;
    let mut draft = Draft::system(rebuild);
    let mut by_services = Vec::new();
    for port in ports {
        for protocol in
            [Protocol::Tcp, Protocol::Udp].into_iter().filter(|one| protocol.is_none_or(|only| only == *one))
        {
            draft.make(Change::Remove(list(protocol), item(*port)))?;
        }
        // Some services open their ports themselves.
        let number = u16::try_from(u64::from(*port)).unwrap_or_default();
        for (name, service) in starter::services_on(number) {
            let Some(option) = AttributePath::parse(&service.option) else { continue };
            let on = modules.says(&option, &Value::Truth(true));
            let Some((_, above)) = option.names().split_last().filter(|_| on && protocol != Some(Protocol::Udp)) else {
                continue;
            };
            let opens = AttributePath::new(above.to_vec()).child("openFirewall");
            let always = name == "openssh" && modules.said(&opens).is_empty();
            if (always || modules.says(&opens, &Value::Truth(true)))
                && draft.make(Change::Set(opens.clone(), Value::Truth(false)))? == Done::Changed
            {
                by_services.push(name);
            }
        }
    }
    if !by_services.is_empty() {
        let again = "still runs, but the firewall lets nobody reach it";
        draft.notes.push(format!("{} {again}.", join(&by_services)));
    }
    let what = named(ports, protocol);
    draft.plan(format!("Close {what}"), || {
        format!("Nothing has to be done: no file of the configuration opens {what}. What a service opens by itself is not seen there.")
    })
}
