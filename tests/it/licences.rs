//! Every crate that ask-nix is built from may be used, changed and sold by everybody.

#![expect(clippy::print_stderr, reason = "what is skipped is said")]
#![expect(clippy::disallowed_types, reason = "a test asks cargo")]

use std::process::Command;

use serde_json::Value;

const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression can be met with the licences above: `OR` wants one of its sides, `AND` both, and binds
/// tighter. `/` is the old spelling of `OR`.
fn permissive(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut words = Vec::new();
    for word in expression.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        words.push(word.to_owned());
    }
    let mut rest = words.as_slice();
    either(&mut rest) && rest.is_empty()
}

fn either(rest: &mut &[String]) -> bool {
    let mut good = both(rest);
    while rest.first().is_some_and(|word| word == "OR") {
        *rest = &rest[1..];
        good |= both(rest);
    }
    good
}

fn both(rest: &mut &[String]) -> bool {
    let mut good = one(rest);
    while rest.first().is_some_and(|word| word == "AND") {
        *rest = &rest[1..];
        good &= one(rest);
    }
    good
}

fn one(rest: &mut &[String]) -> bool {
    let Some((word, after)) = rest.split_first() else { return false };
    *rest = after;
    if word == "(" {
        let good = either(rest);
        *rest = rest.get(1..).unwrap_or_default();
        return good;
    }
    // An exception only ever allows more.
    if rest.first().is_some_and(|word| word == "WITH") {
        *rest = rest.get(2..).unwrap_or_default();
    }
    ALLOWED.contains(&word.as_str())
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0 OR MIT",
        "(MIT OR GPL-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(permissive(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "GPL-2.0 OR MIT AND AGPL-3.0", "MIT MIT"] {
        assert!(!permissive(bad), "{bad}");
    }
}

#[test]
fn every_crate_has_a_permissive_licence() {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "metadata",
        "--format-version=1",
        "--offline",
        "--locked",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    if !output.status.success() {
        eprintln!("SKIPPED: cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "all crates are listed");
    let licence = |package: &Value| package["license"].as_str().unwrap_or_default().to_owned();
    let wrong: Vec<_> = packages
        .iter()
        .filter(|package| !permissive(&licence(package)))
        .map(|package| format!("{}: {:?}", package["name"], licence(package)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
