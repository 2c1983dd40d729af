//! What a search found: packages, options, commands, what is installed and why.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::super::human::Layout;
use super::super::words::{bytes, count};
use super::{day, table};
use crate::nix::installed::{Installed, Scope};
use crate::nix::why::Chain;
use crate::search::Opened;
use crate::search::answer::{
    OptionAbout, OptionHit, OptionsFound, PackageAbout, PackageDetails, PackageHit, PackagesFound, Providers, Source,
    Status,
};

pub(super) fn packages_found(found: &PackagesFound, layout: Layout) -> String {
    let mut text = corrected(&found.corrected);
    if found.packages.is_empty() && found.options.is_empty() {
        let _ = writeln!(text, "{}", layout.paragraph(&nothing("package", &found.searched, &found.index), ""));
    }
    for hit in &found.packages {
        text.push_str(&package(hit, layout));
    }
    if !found.options.is_empty() {
        let head = if found.packages.is_empty() { "Options" } else { "Options beside" };
        let _ = writeln!(text, "{}", layout.palette.bold(head));
        for hit in &found.options {
            text.push_str(&option(hit, layout));
        }
    }
    if let Some(first) = found.packages.iter().find(|hit| !hit.installed && hit.available != Some(false)) {
        text.push_str(&to_install(&first.attribute, layout));
    }
    text + &searched_in(&found.index, layout)
}

pub(super) fn options_found(found: &OptionsFound, layout: Layout) -> String {
    let mut text = corrected(&found.corrected);
    if found.options.is_empty() {
        let _ = writeln!(text, "{}", layout.paragraph(&nothing("option", &found.searched, &found.index), ""));
    }
    for hit in &found.options {
        text.push_str(&option(hit, layout));
    }
    text + &searched_in(&found.index, layout)
}

/// A package in two lines: its name with what is special about it, and what it is for.
fn package(hit: &PackageHit, layout: Layout) -> String {
    let palette = layout.palette;
    let mut head = palette.code(&hit.attribute);
    if let Some(version) = &hit.version {
        let _ = write!(head, " {}", palette.dim(version));
    }
    if hit.installed {
        let _ = write!(head, "  {}", palette.good("installed"));
    }
    if hit.unfree {
        let _ = write!(head, "  {}", palette.odd("unfree"));
    }
    if hit.available == Some(false) {
        let _ = write!(head, "  {}", palette.odd("not in this machine's package set"));
    }
    let mut text = head + "\n";
    if !hit.description.is_empty() {
        let _ = writeln!(text, "{}", layout.paragraph(&hit.description, "    "));
    }
    text
}

/// The next thing that a person may want to type.
fn to_install(attribute: &str, layout: Layout) -> String {
    let palette = layout.palette;
    let (have, test) = (format!("ask-nix \"install {attribute}\""), format!("ask-nix \"try {attribute}\""));
    let wide = "To have it: , to try it: ".len() + have.len() + test.len() <= layout.width;
    let between = if wide { ", to try it: " } else { "\nTo try it:  " };
    format!("{}{}{}{}\n", palette.dim("To have it: "), palette.code(&have), palette.dim(between), palette.code(&test))
}

fn option(hit: &OptionHit, layout: Layout) -> String {
    let mut text = layout.palette.code(&hit.option);
    if let Some(kind) = hit.type_of.as_ref().filter(|kind| kind.len() < 40) {
        let _ = write!(text, "  {}", layout.palette.dim(kind));
    }
    text.push('\n');
    if !hit.description.is_empty() {
        let _ = writeln!(text, "{}", layout.paragraph(&short(&hit.description), "    "));
    }
    text
}

/// The first paragraph, without what is only there for the manual.
fn short(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().replace(['\n', '`'], " ")
}

fn corrected(words: &[(String, String)]) -> String {
    words.iter().fold(String::new(), |mut text, (from, to)| {
        let _ = writeln!(text, "Nothing has \"{from}\"; searched for \"{to}\".");
        text
    })
}

fn nothing(what: &str, searched: &str, index: &Source) -> String {
    let many = if what == "option" { index.options } else { index.packages };
    let mut text = format!("No {what} fits \"{searched}\", of the {many} that are known.");
    if index.from == "starter" {
        text.push_str(" Those are the best-known ones; \"ask-nix index update\" reads all of this machine's.");
    } else {
        text.push_str(" Other words may: what it is for, or what it is called elsewhere.");
    }
    text
}

/// What a person should know about the index that was asked: only what is worth a line.
fn searched_in(index: &Source, layout: Layout) -> String {
    let mut notes = Vec::new();
    match index.state {
        Opened::Damaged => notes.push("The index was damaged and was made again.".to_owned()),
        Opened::Unreadable => {
            notes.push("The index could not be read, so this is from what ask-nix knows by itself.".to_owned());
        }
        Opened::Old if index.lost => {
            notes.push("The index was made by another version of ask-nix and was made again.".to_owned());
        }
        _ => {}
    }
    if index.lost {
        notes.push("This machine's own packages are not in it now: ask-nix index update.".to_owned());
    } else if index.stale {
        notes.push("This machine has newer packages than the index: ask-nix index update.".to_owned());
    } else if index.state == Opened::New {
        let packages = count(index.packages, "package");
        let text = "\"ask-nix index update\" adds all of this machine's, with their versions.";
        notes.push(format!("Searched in the {packages} that ask-nix knows by itself. {text}"));
    }
    if notes.is_empty() {
        return String::new();
    }
    format!("{}\n", layout.palette.dim(&layout.paragraph(&notes.join(" "), "")))
}

pub(super) fn package_about(about: &PackageAbout, layout: Layout) -> String {
    let Some(details) = &about.package else {
        return absent("package", &about.asked, &about.nearest, &about.index, layout);
    };
    let unknown = "not known; \"ask-nix index update\" reads it from this machine's package set";
    let hit = &details.hit;
    let asked = match about.field.as_deref() {
        Some("version") => Some(("version", hit.version.clone())),
        Some("license") => Some(("licence", details.license.clone())),
        Some("homepage") => Some(("home page", details.homepage.clone())),
        _ => None,
    };
    if let Some((what, value)) = asked {
        let value = value.unwrap_or_else(|| unknown.to_owned());
        let mut text = layout.paragraph(&format!("The {what} of {} is {value}.", hit.attribute), "") + "\n";
        if what == "version" {
            // The one of the package set is not always the one that somebody has.
            let other = details.installed_version.as_ref().filter(|version| Some(*version) != hit.version.as_ref());
            let _ = match other {
                Some(version) => writeln!(text, "Installed is {version}."),
                None if hit.installed => writeln!(text, "It is installed."),
                None => writeln!(text, "It is not installed."),
            };
        }
        return text + &searched_in(&about.index, layout);
    }
    let mut text = package(hit, layout);
    for (name, value) in package_rows(details) {
        if !value.is_empty() {
            text.push_str(&row(name, &value, layout));
        }
    }
    if let Some(option) = &hit.option {
        let advice = format!("NixOS sets it up with {option}; that is the better way to have it.");
        let _ = writeln!(text, "{}", layout.paragraph(&advice, "    "));
    }
    if !hit.installed && hit.available != Some(false) {
        text.push_str(&to_install(&hit.attribute, layout));
    }
    text + &searched_in(&about.index, layout)
}

fn package_rows(details: &PackageDetails) -> [(&'static str, String); 7] {
    let installed = match &details.installed_version {
        Some(version) if Some(version) != details.hit.version.as_ref() => version.clone(),
        _ => String::new(),
    };
    [
        ("Authors say", details.more.clone()),
        ("Installed", installed),
        ("Licence", details.license.clone().unwrap_or_default()),
        ("Home page", details.homepage.clone().unwrap_or_default()),
        ("Commands", details.commands.join(", ")),
        ("Also called", details.called.join(", ")),
        ("Instead of", details.like.join(", ")),
    ]
}

fn row(name: &str, value: &str, layout: Layout) -> String {
    let set = layout.paragraph(value, "                 ");
    format!("    {}{}\n", layout.palette.dim(&format!("{name:13}")), set.trim_start())
}

pub(super) fn option_about(about: &OptionAbout, layout: Layout) -> String {
    let palette = layout.palette;
    if about.option.is_none() && about.below.is_empty() {
        return absent("option", &about.asked, &about.nearest, &about.index, layout);
    }
    let mut text = String::new();
    if let Some(details) = &about.option {
        let _ = writeln!(text, "{}", palette.code(&details.name));
        for part in [&details.description, &details.more] {
            for paragraph in part.split("\n\n").filter(|part| !part.trim().is_empty()) {
                let _ = writeln!(text, "{}", layout.paragraph(&paragraph.replace('\n', " "), "    "));
            }
        }
        let ports = details.ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let rows = [
            ("Type", details.type_of.clone().unwrap_or_default()),
            ("Default", details.default.clone().unwrap_or_default()),
            ("Example", details.example.clone().unwrap_or_default()),
            ("Needs", details.with.join("; ")),
            ("Ports", ports),
            ("Units", details.units.join(", ")),
        ];
        for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&row(name, value, layout));
        }
    }
    if !about.below.is_empty() {
        let _ = writeln!(text, "{}", palette.bold(&format!("Options below {}", about.asked)));
        for name in &about.below {
            let _ = writeln!(text, "    {}", palette.code(name));
        }
    }
    text + &searched_in(&about.index, layout)
}

fn absent(what: &str, asked: &str, nearest: &[String], index: &Source, layout: Layout) -> String {
    let mut sentence = format!("No {what} that is known is called {asked}.");
    if !nearest.is_empty() {
        let _ = write!(sentence, " Near are: {}.", nearest.join(", "));
    }
    if index.from == "starter" {
        sentence.push_str(" Only the best-known ones are known; \"ask-nix index update\" reads all of this machine's.");
    }
    layout.paragraph(&sentence, "") + "\n" + &searched_in(index, layout)
}

pub(super) fn providers(found: &Providers, layout: Layout) -> String {
    let mut text = String::new();
    if let Some(here) = &found.here {
        let _ = writeln!(text, "On this machine {} is from {here}.", layout.palette.code(&found.command));
    } else if let Some(first) = found.packages.first() {
        let _ = writeln!(text, "{} comes with {}.", layout.palette.code(&found.command), first.attribute);
    }
    if found.packages.is_empty() && found.here.is_none() {
        return absent("command", &found.command, &found.nearest, &found.index, layout);
    }
    for hit in &found.packages {
        text.push_str(&package(hit, layout));
    }
    if let Some(first) = found.packages.first().filter(|hit| found.here.is_none() && !hit.installed) {
        text.push_str(&to_install(&first.attribute, layout));
    }
    text + &searched_in(&found.index, layout)
}

pub(super) fn installed(
    filter: Option<&str>,
    packages: &[Installed],
    (needed_by_others, nearest): (bool, &[String]),
    layout: Layout,
    zone: &TimeZone,
) -> String {
    let palette = layout.palette;
    if packages.is_empty() {
        return match filter {
            None => "Nothing is installed.\n".to_owned(),
            Some(filter) if needed_by_others => {
                let why = format!("ask-nix \"why is {filter} on my system\"");
                let text = format!("{filter} was not installed by itself, but something that is installed needs it.");
                format!("{}\n{}\n", layout.paragraph(&text, ""), palette.code(&why))
            }
            Some(filter) => {
                let near =
                    if nearest.is_empty() { String::new() } else { format!(" Near are: {}.", nearest.join(", ")) };
                layout.paragraph(&format!("No: nothing that is installed is called \"{filter}\".{near}"), "") + "\n"
            }
        };
    }
    if let (Some(filter), [one]) = (filter, packages)
        && one.name.to_lowercase().contains(&filter.to_lowercase())
    {
        return layout.paragraph(&that_it_is_there(one, zone), "") + "\n";
    }
    let mut text = String::new();
    let mut at = packages;
    while let Some(first) = at.first() {
        let same = at.iter().take_while(|one| (one.scope, &one.user, one.by) == (first.scope, &first.user, first.by));
        let (group, rest) = at.split_at(same.count());
        let user = first.user.as_deref().unwrap_or_default();
        let head = match first.scope {
            Scope::System => "For everyone".to_owned(),
            Scope::User => format!("For {user} ({})", first.by),
            Scope::Home => format!("In the home of {user} ({})", first.by),
        };
        let _ = writeln!(text, "{}", palette.bold(&head));
        let rows: Vec<Vec<String>> = group
            .iter()
            .map(|one| {
                let since = one.since.map(|date| day(date, zone)).unwrap_or_default();
                let number = one.since_generation.map(|number| number.to_string()).unwrap_or_default();
                vec![one.name.clone(), one.version.clone(), number, since]
            })
            .collect();
        // In a narrow window the date is less worth than the rest.
        let heads = if layout.width < 60 { ["PACKAGE", "VERSION", "SINCE", ""] } else { HEADS };
        let rows = if layout.width < 60 { rows.into_iter().map(without_date).collect() } else { rows };
        text.push_str(&table(&heads, &rows, palette));
        at = rest;
    }
    text
}

/// The answer to "is git installed".
fn that_it_is_there(one: &Installed, zone: &TimeZone) -> String {
    let name = [one.name.as_str(), &one.version].join(" ");
    let user = one.user.as_deref().unwrap_or_default();
    let whom = match one.scope {
        Scope::System => "for everyone".to_owned(),
        Scope::User => format!("for {user} ({})", one.by),
        Scope::Home => format!("in the home of {user} ({})", one.by),
    };
    let since = one.since_generation.map(|number| match one.since {
        Some(date) => format!(", since generation {number} of {}", day(date, zone)),
        None => format!(", since generation {number}"),
    });
    format!("Yes: {} is installed {whom}{}.", name.trim_end(), since.unwrap_or_default())
}

const HEADS: [&str; 4] = ["PACKAGE", "VERSION", "SINCE GENERATION", "OF"];

fn without_date(mut row: Vec<String>) -> Vec<String> {
    if let Some(date) = row.last_mut() {
        date.clear();
    }
    row
}

pub(super) fn why(package: &str, here: &[String], chains: &[Chain], layout: Layout) -> String {
    let palette = layout.palette;
    if here.is_empty() {
        return format!("{package} is not on this machine: nothing that is installed needs it.\n");
    }
    let mut text = format!("On this machine: {}\n", palette.bold(&here.join(", ")));
    for chain in chains {
        let means = chain.means.as_ref().map(|means| format!(": {means}")).unwrap_or_default();
        let _ = writeln!(text, "{}", layout.paragraph(&format!("From {}{means}", chain.from), ""));
        for (depth, name) in chain.names.iter().enumerate() {
            let name = if depth + 1 == chain.names.len() { palette.good(name) } else { name.clone() };
            let _ = writeln!(text, "  {}{name}", "  ".repeat(depth.min(10)));
        }
    }
    text
}

pub(super) fn index_status(status: &Status, layout: Layout) -> String {
    let Some(state) = status.state else {
        let text = "There is no index yet. The first search makes one of what ask-nix knows by itself; \"ask-nix index update\" reads this machine's packages and options.";
        return layout.paragraph(text, "") + "\n";
    };
    let stamp = &status.stamp;
    let words = match state {
        Opened::Damaged => "The index is damaged; the next search makes it again.",
        Opened::Old => "The index is of another version of ask-nix; the next search makes it again.",
        _ if status.stale => "The index is older than this machine's packages: ask-nix index update.",
        _ => "The index is in order.",
    };
    let here =
        |all: usize, here: usize| if here > 0 { format!("{all}, {here} of this machine") } else { all.to_string() };
    let rows = [
        ("Packages", here(stamp.packages, stamp.packages_here)),
        ("Options", here(stamp.options, stamp.options_here)),
        ("Services", stamp.services.to_string()),
        ("Commands", stamp.commands.to_string()),
        (
            "From",
            if stamp.source.is_empty() { "what ask-nix knows by itself".to_owned() } else { stamp.source.clone() },
        ),
        ("Made", stamp.made.clone()),
        ("Size", bytes(status.bytes)),
        ("File", status.path.clone()),
    ];
    let mut text = layout.paragraph(words, "") + "\n";
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty() && value != "0") {
        let _ = writeln!(text, "{}  {value}", layout.palette.dim(&format!("{name:10}")));
    }
    text
}
