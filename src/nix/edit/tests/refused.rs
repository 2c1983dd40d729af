//! What is left as it is, and why.

use super::*;

#[track_caller]
fn refused(change: &Change, before: &str, why: &Why, line: usize) {
    assert_eq!(apply(before, change), Err(Cannot::At { why: why.clone(), line }), "{before}");
}

fn condition(name: &str) -> Why {
    Why::Conditional(name.to_owned())
}

#[test]
fn lists_that_do_not_always_hold() {
    let change = install("firefox");
    for (before, why) in [
        ("{ pkgs, lib, ... }: {\n environment.systemPackages = lib.mkIf true [ pkgs.vim ]; }", condition("lib.mkIf")),
        (
            "{ pkgs, lib, ... }: {\n environment.systemPackages = lib.optionals true [ pkgs.vim ]; }",
            condition("lib.optionals"),
        ),
        (
            "{ pkgs, lib, ... }: {\n environment.systemPackages = lib.optional true pkgs.vim; }",
            condition("lib.optional"),
        ),
        ("{ pkgs, ... }: {\n environment.systemPackages = if true then [ pkgs.vim ] else [ ]; }", condition("if")),
        (
            "{ pkgs, lib, ... }: {\n environment = lib.mkIf true { systemPackages = [ pkgs.vim ]; }; }",
            condition("lib.mkIf"),
        ),
        (
            "{ pkgs, lib, ... }: {\n config = lib.mkIf true { environment.systemPackages = [ pkgs.vim ]; }; }",
            condition("lib.mkIf"),
        ),
        ("{ pkgs, lib, ... }: {\n config = lib.mkIf true { a = 1; }; }", condition("lib.mkIf")),
        ("{ pkgs, lib, ... }: {\n environment.systemPackages = lib.mkMerge [ [ pkgs.vim ] ]; }", Why::Merged),
        (
            "{ pkgs, lib, ... }: {\n config = lib.mkMerge [ { environment.systemPackages = [ pkgs.vim ]; } ]; }",
            Why::Merged,
        ),
        (
            "{ pkgs, lib, ... }: {\n environment = lib.mkForce { systemPackages = [ pkgs.vim ]; }; }",
            Why::Priority("lib.mkForce".to_owned()),
        ),
        ("{ pkgs, ... }: {\n environment.systemPackages = import ./packages.nix { inherit pkgs; }; }", Why::Computed),
        ("{ pkgs, ... }: {\n environment.systemPackages = map (name: pkgs.${name}) [ \"vim\" ]; }", Why::Computed),
        ("{ pkgs, ... }: {\n environment = import ./environment.nix; }", Why::Computed),
        ("{ pkgs, ... }: {\n environment = { a = 1; } // { systemPackages = [ ]; }; }", Why::Computed),
        ("{ pkgs, mine, ... }: {\n inherit (mine) environment; }", Why::Computed),
        ("{ pkgs, mine, ... }: {\n environment.${mine} = [ ]; }", Why::Dynamic),
        ("{ pkgs, mine, ... }: {\n environment.\"system${mine}\" = [ ]; }", Why::Dynamic),
    ] {
        refused(&change, before, &why, 2);
    }
    let sometimes = "{ pkgs, lib, ... }: {\n environment.systemPackages = [ ] ++ lib.optionals true [ pkgs.vim ]; }";
    refused(&uninstall("vim"), sometimes, &condition("lib.optionals"), 2);
}

#[test]
fn values_that_do_not_always_hold() {
    let change = set("services.openssh.enable", Value::Truth(true));
    for (before, why) in [
        ("{ lib, ... }: {\n services.openssh.enable = lib.mkIf true false; }", condition("lib.mkIf")),
        ("{ lib, ... }: {\n services.openssh.enable = if true then false else true; }", condition("if")),
        ("{ lib, ... }: {\n services.openssh.enable = lib.mkMerge [ false ]; }", Why::Merged),
        ("{ lib, ... }: {\n services.openssh.enable = lib.elem 1 [ 2 ]; }", Why::Computed),
        ("{ lib, ... }: {\n services.openssh.enable = true && false; }", Why::Computed),
        ("{ lib, ... }: {\n services.openssh = lib.mkIf true { enable = false; }; }", condition("lib.mkIf")),
        ("{ lib, ... }: {\n services = lib.mkDefault { }; }", Why::Priority("lib.mkDefault".to_owned())),
    ] {
        refused(&change, before, &why, 2);
    }
    let parts = set("services.openssh", Value::Truth(true));
    let before = "{\n services.openssh.enable = true;\n}";
    assert_eq!(apply(before, &parts), Err(Cannot::Parts { line: 2 }));
}

#[test]
fn texts_that_are_no_modules() {
    let change = install("firefox");
    for before in ["import ./other.nix", "x: y", "[ ]", "lib.mkIf a { }", "a // { }"] {
        assert_eq!(apply(before, &change), Err(Cannot::NoModule), "{before}");
    }
    for (before, line) in
        [("", 1), ("# nothing\n", 1), ("{\n a = ;\n}", 2), ("{ a = 1;\n\n", 1), ("{\n\n  a = [ 1 ;\n}", 3)]
    {
        assert_eq!(apply(before, &change), Err(Cannot::Syntax { line }), "{before}");
    }
    // What a function of one name is given holds no pkgs.
    assert_eq!(apply("args: { environment.systemPackages = [ ]; }", &change), Err(Cannot::NoArgument("pkgs")));
    // Deeper than any parser goes.
    let deep = format!("{{ a = {}1{}; }}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(apply(&deep, &change).is_err());
}

#[test]
fn reasons_are_sentences() {
    for cannot in [
        Cannot::Syntax { line: 3 },
        Cannot::NoModule,
        Cannot::NoArgument("pkgs"),
        Cannot::Unsure,
        Cannot::Parts { line: 3 },
        Cannot::At { why: condition("lib.mkIf"), line: 3 },
        Cannot::At { why: Why::Merged, line: 3 },
        Cannot::At { why: Why::Computed, line: 3 },
        Cannot::At { why: Why::Dynamic, line: 3 },
    ] {
        let said = cannot.to_string();
        assert!(said.contains(' ') && !said.ends_with('.'), "{said}");
        assert_eq!(said.contains("line 3"), cannot.line() == Some(3), "{said}");
    }
}
