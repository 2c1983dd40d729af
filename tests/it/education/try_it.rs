use std::time::Instant;

use ask_nix::catalogue::education::{Education, Kind};
use ask_nix::machine::demo::{Demo, DemoKind};
use ask_nix::machine::host::Host;
use ask_nix::machine::{Command, Exit, Machine as _};

/// What is tried out on a demo machine: commands of Nix and those that look at files.
const TRIED: [&str; 7] = ["nix", "nix-", "readlink", "ls", "grep", "uname", "echo"];

fn commands() -> Vec<(String, String)> {
    let education = Education::default();
    let mut found = Vec::new();
    for id in education.ids(Kind::Concept) {
        let text = education.concept(&id).unwrap().try_it;
        let block = text.split("```sh\n").nth(1).and_then(|rest| rest.split("\n```").next());
        let tried = |line: &str| {
            let program = line.split(' ').next().unwrap_or_default();
            TRIED.iter().any(|known| program == *known || (known.ends_with('-') && program.starts_with(known)))
        };
        found.extend(block.filter(|block| tried(block)).map(|block| (id.clone(), block.to_owned())));
    }
    found
}

/// What is done beforehand so that a demo machine answers to what every NixOS answers to.
fn prepared(demo: &Demo, block: &str) -> String {
    let root = demo.directory.display().to_string();
    let nixpkgs = match demo.kind {
        DemoKind::Channels => {
            format!("export NIX_PATH=nixpkgs={root}/nix/var/nix/profiles/per-user/root/channels/nixos\n")
        }
        _ => format!("nix registry add nixpkgs path:{root}/channels/nixos-25.11\n"),
    };
    let script = format!("cd {root}/etc/nixos\n{nixpkgs}");
    let mut block = block.to_owned();
    for place in ["/run/current-system", "/etc/nixos", "/etc/os-release", "/nix/var/nix"] {
        block = block.replace(place, &format!("{root}{place}"));
    }
    script + &block
}

#[test]
fn what_a_concept_lets_one_try_works() {
    let named = std::env::var("ASK_NIX_TEST_NIX").ok();
    let path = named.into_iter().chain(std::env::var("PATH")).collect::<Vec<_>>().join(":");
    let base = Host::here().with_variable("PATH", Some(path));
    if base.find("nix").is_none() {
        eprintln!("SKIPPED: no nix; set ASK_NIX_TEST_NIX to the directory that has it");
        return;
    }
    let start = Instant::now();
    let machines =
        [DemoKind::Flake, DemoKind::Channels].map(|kind| Demo::throw_away_from(&base, kind, &mut |_| ()).unwrap());
    let mut wrong = Vec::new();
    let commands = commands();
    assert!(commands.len() > 60, "only {}", commands.len());
    for (id, block) in &commands {
        // What needs a flake does not work with channels, nor the other way round; one of them must do.
        let works = machines.iter().any(|demo| {
            let script = prepared(demo, block);
            let command = Command::new("sh").args(["-ec", &script]);
            matches!(demo.host.capture(&command), Ok((Exit::Status(0), _)))
        });
        if !works {
            wrong.push(format!("{id}: {block}"));
        }
    }
    eprintln!("{} tried in {:.1} s", commands.len(), start.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
