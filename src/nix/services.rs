//! Services by the name that people use: the option that turns each on, and the units that it runs as. Read from
//! `starter/services/`, the one line that is asked for.

/// The tables, as they are in the project.
const TABLES: [&str; 12] = [
    include_str!("../../starter/services/databases.toml"),
    include_str!("../../starter/services/desktop.toml"),
    include_str!("../../starter/services/development.toml"),
    include_str!("../../starter/services/hardware.toml"),
    include_str!("../../starter/services/mail.toml"),
    include_str!("../../starter/services/media.toml"),
    include_str!("../../starter/services/monitoring.toml"),
    include_str!("../../starter/services/network.toml"),
    include_str!("../../starter/services/programs.toml"),
    include_str!("../../starter/services/security.toml"),
    include_str!("../../starter/services/virtualisation.toml"),
    include_str!("../../starter/services/web.toml"),
];

/// What is known about a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The option that turns it on.
    pub option: Option<String>,
    /// The units that it runs as, the main one first.
    pub units: Vec<String>,
}

/// The service of this name. One that is in no table is taken to be a unit's name, as `systemctl` would.
pub fn service(name: &str) -> Service {
    let Some(known) = TABLES.iter().find_map(|table| line(table, name)) else {
        let unit = if has_kind(name) { name.to_owned() } else { format!("{name}.service") };
        return Service { option: None, units: vec![unit] };
    };
    let entry = toml::from_str::<toml::Table>(known).ok();
    let entry = entry.as_ref().and_then(|table| table.values().next());
    let texts = |value: &toml::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|unit| unit.as_str().map(str::to_owned)).collect()
    };
    let option = entry.and_then(|entry| entry.get("option")).and_then(toml::Value::as_str).map(str::to_owned);
    let units = entry.and_then(|entry| entry.get("units")).map(texts).unwrap_or_default();
    Service { option, units }
}

/// The line that begins with this key.
fn line<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    table.lines().find(|line| {
        let rest = line.strip_prefix(name).or_else(|| line.strip_prefix('"')?.strip_prefix(name)?.strip_prefix('"'));
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

/// Whether a name says which kind of unit it is.
fn has_kind(name: &str) -> bool {
    [".service", ".socket", ".timer", ".mount", ".target", ".path", ".slice"].iter().any(|kind| name.ends_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_say_is_a_unit() {
        let ssh = service("openssh");
        assert_eq!((ssh.option.as_deref(), ssh.units[0].as_str()), (Some("services.openssh.enable"), "sshd.service"));
        assert_eq!(service("printing").units[0], "cups.service");
        assert_eq!(service("own-thing"), Service { option: None, units: vec!["own-thing.service".to_owned()] });
        assert_eq!(service("backup.timer").units, ["backup.timer"]);
    }

    #[test]
    fn every_line_of_the_tables_can_be_read() {
        let mut seen = 0;
        for table in TABLES {
            for name in table.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name) {
                let name = name.trim_matches('"');
                if name.starts_with('#') {
                    continue;
                }
                assert!(service(name).option.is_some(), "{name}");
                seen += 1;
            }
        }
        assert!(seen > 200, "{seen}");
    }
}
