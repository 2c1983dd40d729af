//! How long it takes to edit a module of 5,000 lines.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::fmt::Write as _;
use std::time::Instant;

use ask_nix::nix::edit::path::AttributePath;
use ask_nix::nix::edit::value::Value;
use ask_nix::nix::edit::{Change, Edited, apply};

/// So many lines has the module.
const LINES: usize = 5_000;
/// So often each edit is done; the middle time counts.
const TIMES: usize = 51;

fn module() -> String {
    let mut text = "{ config, lib, pkgs, ... }:\n\n{\n  environment.systemPackages = with pkgs; [\n".to_owned();
    for number in 0..LINES / 5 {
        let _ = writeln!(text, "    package{number} # what it is for");
    }
    text.push_str("  ];\n\n");
    let mut number = 0;
    while text.lines().count() + 12 < LINES {
        let block = format!(
            "  # Number {number}.\n  services.service{number} = {{\n    enable = true;\n    settings = {{\n      port = {};\n      names = [ \"a\" \"b\" ];\n      text = ''\n        some ${{pkgs.hello}} text\n      '';\n    }};\n  }};\n\n",
            8000 + number
        );
        text.push_str(&block);
        number += 1;
    }
    text + "  time.timeZone = \"UTC\";\n}\n"
}

fn main() {
    let module = module();
    let path = |text: &str| AttributePath::parse(text).unwrap_or_else(|| AttributePath::new([text]));
    println!("{} lines, {} KiB", module.lines().count(), module.len() / 1024);
    for (name, change) in [
        ("a package more", Change::Add(path("environment.systemPackages"), Value::Package(path("firefox")))),
        ("a package less", Change::Remove(path("environment.systemPackages"), Value::Package(path("package500")))),
        ("another value", Change::Set(path("time.timeZone"), Value::Text("Asia/Tokyo".to_owned()))),
        ("a new option", Change::Set(path("services.openssh.enable"), Value::Truth(true))),
        ("no set any more", Change::Unset(path("services.service100"))),
    ] {
        let mut times: Vec<f64> = (0..TIMES)
            .map(|time| {
                // Texts that were parsed before are kept, so each time it is another one.
                let text = format!("# {time} {name}\n{module}");
                let started = Instant::now();
                let done = apply(&text, &change);
                let millis = started.elapsed().as_secs_f64() * 1000.0;
                assert!(matches!(done, Ok(Edited::Text(..))), "{name}: {done:?}");
                millis
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name:20} {:6.1} ms", times[TIMES / 2]);
    }
}
