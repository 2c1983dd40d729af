//! Configurations as people have them, in all the shapes of their hosts and frameworks, edited.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads files, and says what is wrong by failing"
)]

use std::fmt::Write as _;
use std::path::Path;

use ask_nix::nix::edit::path::AttributePath;
use ask_nix::nix::edit::value::Value;
use ask_nix::nix::edit::{Change, Edited, apply, holds};

fn path(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap()
}

fn package(name: &str) -> Value {
    Value::Package(path(name))
}

/// What is done to each of them.
fn changes() -> Vec<(&'static str, Change)> {
    let list = || path("environment.systemPackages");
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        ("install tree", Change::Add(list(), package("tree"))),
        ("remove vim", Change::Remove(list(), package("vim"))),
        ("remove git", Change::Remove(list(), package("git"))),
        ("install tree for alice", Change::Add(path("users.users.alice.packages"), package("tree"))),
        ("enable ssh", Change::Set(path("services.openssh.enable"), Value::Truth(true))),
        ("time zone", Change::Set(path("time.timeZone"), text("Asia/Tokyo"))),
        ("open 8080", Change::Add(path("networking.firewall.allowedTCPPorts"), Value::Number(8080))),
        ("close 22", Change::Remove(path("networking.firewall.allowedTCPPorts"), Value::Number(22))),
        ("wheel for bob", Change::Add(path("users.users.bob.extraGroups"), text("wheel"))),
        ("remove bob", Change::Unset(path("users.users.bob"))),
        ("import", Change::Add(path("imports"), Value::File("./web.nix".to_owned()))),
        ("allow steam", Change::Add(path("nixpkgs.config.allowUnfreePredicate"), text("steam"))),
    ]
}

/// Lines that went and came, or why nothing did.
fn done(before: &str, change: &Change) -> String {
    match apply(before, change) {
        Ok(Edited::Text(after, _)) => {
            assert!(holds(&after, change) && rnix::Root::parse(&after).errors().is_empty(), "{after}");
            let diff = similar::TextDiff::from_lines(before, &after);
            let changed = diff.iter_all_changes().filter(|line| line.tag() != similar::ChangeTag::Equal);
            changed.fold(String::new(), |mut text, line| {
                let _ = writeln!(text, "    {}{}", line.tag(), line.value().trim_end_matches('\n').replace('\r', "␍"));
                text
            })
        }
        Ok(Edited::Already) => "    nothing to do\n".to_owned(),
        Err(why) => format!("    not: {why}\n"),
    }
}

#[test]
fn what_people_have_is_edited_in_its_own_style_or_left_with_a_reason() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configurations");
    let mut files: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "nix"));
    files.sort();
    assert!(files.len() >= 30, "{}", files.len());
    let (mut told, mut all, mut refused) = (String::new(), 0, 0);
    for file in &files {
        let before = std::fs::read_to_string(file).unwrap();
        assert!(rnix::Root::parse(&before).errors().is_empty(), "{}", file.display());
        let _ = writeln!(told, "{}", file.file_name().unwrap().to_str().unwrap());
        for (name, change) in changes() {
            let done = done(&before, &change);
            // What is no module of a system is left alone, and does not count.
            if !done.contains("no module of a system") {
                all += 1;
                refused += u32::from(done.starts_with("    not: "));
            }
            let _ = write!(told, "  {name}\n{done}");
        }
    }
    println!("{} of {all} done, {refused} left to the person", all - refused);
    assert!(refused * 100 <= all * 15, "{refused} of {all} were left to the person");
    let wanted = directory.join("edited.txt");
    if std::env::var_os("ASK_NIX_WRITE_EXPECTATIONS").is_some() {
        std::fs::write(&wanted, &told).unwrap();
    }
    similar_asserts(&std::fs::read_to_string(&wanted).unwrap_or_default(), &told);
}

fn similar_asserts(wanted: &str, told: &str) {
    let diff = similar::TextDiff::from_lines(wanted, told);
    assert!(wanted == told, "{}", diff.unified_diff().context_radius(4));
}
