//! Lists: packages, ports, groups.

use super::*;

#[test]
fn a_package_joins_the_list() {
    for (before, after) in [
        // One line, behind with pkgs, and spelled out.
        (
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim ]; }",
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim firefox ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.vim ]; }",
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.vim pkgs.firefox ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = [pkgs.vim]; }",
            "{ pkgs, ... }: { environment.systemPackages = [pkgs.vim pkgs.firefox]; }",
        ),
        // Empty ones.
        (
            "{ pkgs, ... }: { environment.systemPackages = [ ]; }",
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.firefox ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; []; }",
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [firefox]; }",
        ),
        (
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n  ];\n}\n",
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    firefox\n  ];\n}\n",
        ),
        (
            "{ pkgs, ... }: {\n  environment.systemPackages = [\n    # nothing yet\n  ];\n}\n",
            "{ pkgs, ... }: {\n  environment.systemPackages = [\n    # nothing yet\n    pkgs.firefox\n  ];\n}\n",
        ),
        // Several lines, with comments that stay with what they are about.
        (
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    vim # the editor [old]\n    git /* ] */\n    # that is all\n  ];\n}\n",
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    vim # the editor [old]\n    git /* ] */\n    firefox\n    # that is all\n  ];\n}\n",
        ),
        (
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [ vim\n    git ];\n}\n",
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [ vim\n    git firefox ];\n}\n",
        ),
        (
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [ vim # the editor\n  ];\n}\n",
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [ vim # the editor\n    firefox\n  ];\n}\n",
        ),
        (
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs;\n    [\n      vim git\n      htop\n    ];\n}\n",
            "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs;\n    [\n      vim git\n      htop\n      firefox\n    ];\n}\n",
        ),
        // Tabs, and line ends of another system.
        (
            "{ pkgs, ... }:\n{\n\tenvironment.systemPackages = with pkgs; [\n\t\tvim\n\t];\n}\n",
            "{ pkgs, ... }:\n{\n\tenvironment.systemPackages = with pkgs; [\n\t\tvim\n\t\tfirefox\n\t];\n}\n",
        ),
        (
            "{ pkgs, ... }:\r\n{\r\n  environment.systemPackages = with pkgs; [\r\n    vim\r\n  ];\r\n}\r\n",
            "{ pkgs, ... }:\r\n{\r\n  environment.systemPackages = with pkgs; [\r\n    vim\r\n    firefox\r\n  ];\r\n}\r\n",
        ),
        // Nested sets and quoted names.
        (
            "{ pkgs, ... }: { environment = { variables.EDITOR = \"vim\"; systemPackages = [ pkgs.vim ]; }; }",
            "{ pkgs, ... }: { environment = { variables.EDITOR = \"vim\"; systemPackages = [ pkgs.vim pkgs.firefox ]; }; }",
        ),
        (
            "{ pkgs, ... }: { \"environment\".\"systemPackages\" = [ ]; }",
            "{ pkgs, ... }: { \"environment\".\"systemPackages\" = [ pkgs.firefox ]; }",
        ),
        // Put together: the part that always holds is taken.
        (
            "{ lib, pkgs, ... }: { environment.systemPackages = lib.optionals true [ pkgs.vlc ] ++ [ pkgs.vim ]; }",
            "{ lib, pkgs, ... }: { environment.systemPackages = lib.optionals true [ pkgs.vlc ] ++ [ pkgs.vim pkgs.firefox ]; }",
        ),
        (
            "{ lib, pkgs, ... }: { environment.systemPackages = (with pkgs; [ vim ]) ++ import ./more.nix pkgs; }",
            "{ lib, pkgs, ... }: { environment.systemPackages = (with pkgs; [ vim firefox ]) ++ import ./more.nix pkgs; }",
        ),
        (
            "{ lib, pkgs, ... }: { environment.systemPackages = lib.mkForce (with pkgs; [ vim ]); }",
            "{ lib, pkgs, ... }: { environment.systemPackages = lib.mkForce (with pkgs; [ vim firefox ]); }",
        ),
        // A list that let names, and ones that cannot be seen.
        (
            "{ pkgs, ... }: let mine = with pkgs; [ vim ]; in { environment.systemPackages = mine; }",
            "{ pkgs, ... }: let mine = with pkgs; [ vim firefox ]; in { environment.systemPackages = mine; }",
        ),
        (
            "{ pkgs, ... }: let mine = [ pkgs.vim ]; in { environment.systemPackages = mine; users.users.a.packages = mine; }",
            "{ pkgs, ... }: let mine = [ pkgs.vim ]; in { environment.systemPackages = mine ++ [ pkgs.firefox ]; users.users.a.packages = mine; }",
        ),
        (
            "{ pkgs, config, ... }: { environment.systemPackages = config.mine.packages; }",
            "{ pkgs, config, ... }: { environment.systemPackages = config.mine.packages ++ [ pkgs.firefox ]; }",
        ),
        // A module of two halves.
        (
            "{ pkgs, ... }: { options = { }; config = { environment.systemPackages = [ pkgs.vim ]; }; }",
            "{ pkgs, ... }: { options = { }; config = { environment.systemPackages = [ pkgs.vim pkgs.firefox ]; }; }",
        ),
        // None yet.
        (
            "{ pkgs, ... }:\n{\n  environment.variables.EDITOR = \"vim\";\n  time.timeZone = \"UTC\";\n}\n",
            "{ pkgs, ... }:\n{\n  environment.variables.EDITOR = \"vim\";\n  environment.systemPackages = [ pkgs.firefox ];\n  time.timeZone = \"UTC\";\n}\n",
        ),
        ("{ pkgs, ... }: { }\n", "{ pkgs, ... }: {\n  environment.systemPackages = [ pkgs.firefox ];\n}\n"),
    ] {
        becomes(&install("firefox"), before, after);
    }
}

#[test]
fn pkgs_is_asked_for_where_it_is_missing() {
    for (before, after) in [
        (
            "{ config, lib, ... }: { environment.systemPackages = [ ]; }",
            "{ config, lib, pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "{\n  config,\n  lib,\n  ...\n}: { environment.systemPackages = [ ]; }",
            "{\n  config,\n  lib,\n  pkgs,\n  ...\n}: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "{ config\n, lib\n, ...\n}: { environment.systemPackages = [ ]; }",
            "{ config\n, lib\n, pkgs\n, ...\n}: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "{ config, # mine\n  ... }@args: { environment.systemPackages = [ ]; }",
            "{ config, # mine\n  pkgs, ... }@args: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "{ ... }: { environment.systemPackages = [ ]; }",
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "{ lib }: { environment.systemPackages = [ ]; }",
            "{ lib, pkgs }: { environment.systemPackages = [ pkgs.git ]; }",
        ),
        (
            "# mine\n{\n  environment.systemPackages = [ ];\n}\n",
            "# mine\n{ pkgs, ... }:\n\n{\n  environment.systemPackages = [ pkgs.git ];\n}\n",
        ),
        (
            "let pkgs = import <nixpkgs> { }; in { environment.systemPackages = [ ]; }",
            "let pkgs = import <nixpkgs> { }; in { environment.systemPackages = [ pkgs.git ]; }",
        ),
    ] {
        becomes(&install("git"), before, after);
    }
}

#[test]
fn names_mean_what_they_mean_there() {
    for (before, after) in [
        // `git` is something else here: bindings come before `with`.
        (
            "{ pkgs, git, ... }: { environment.systemPackages = with pkgs; [ vim ]; }",
            "{ pkgs, git, ... }: { environment.systemPackages = with pkgs; [ vim pkgs.git ]; }",
        ),
        (
            "{ pkgs, ... }: let git = 1; in { environment.systemPackages = with pkgs; [ vim ]; }",
            "{ pkgs, ... }: let git = 1; in { environment.systemPackages = with pkgs; [ vim pkgs.git ]; }",
        ),
        (
            "{ pkgs, ... }: rec { git = 1; environment.systemPackages = with pkgs; [ git ]; }",
            "{ pkgs, ... }: rec { git = 1; environment.systemPackages = with pkgs; [ git pkgs.git ]; }",
        ),
        // The innermost `with` is asked first, and it is not pkgs.
        (
            "{ pkgs, lib, ... }: { environment.systemPackages = with pkgs; with lib; [ vim ]; }",
            "{ pkgs, lib, ... }: { environment.systemPackages = with pkgs; with lib; [ vim pkgs.git ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = with pkgs.kdePackages; [ kate ]; }",
            "{ pkgs, ... }: { environment.systemPackages = with pkgs.kdePackages; [ kate pkgs.git ]; }",
        ),
        // Around the whole module it opens the list as well.
        (
            "{ pkgs, ... }: with pkgs; { environment.systemPackages = [ vim ]; }",
            "{ pkgs, ... }: with pkgs; { environment.systemPackages = [ vim git ]; }",
        ),
    ] {
        becomes(&install("git"), before, after);
    }
    becomes(
        &install("kdePackages.kate"),
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim ]; }",
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim kdePackages.kate ]; }",
    );
}

#[test]
fn what_is_there_is_not_added_again() {
    for before in [
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.vim ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ (pkgs.vim) ]; }",
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ (vim.override { python3 = null; }) ]; }",
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ] ++ (with pkgs; [ vim ]); }",
        "{ pkgs, ... }: let mine = [ pkgs.vim ]; in { environment.systemPackages = mine ++ [ ]; }",
    ] {
        assert_eq!(apply(before, &install("vim")), Ok(Edited::Already), "{before}");
    }
    let kate = "{ pkgs, ... }: { environment.systemPackages = with pkgs.kdePackages; [ kate ]; }";
    assert_eq!(apply(kate, &install("kdePackages.kate")), Ok(Edited::Already));
}

#[test]
fn a_package_leaves_the_list() {
    for (before, after) in [
        (
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ git vim htop ]; }",
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ git htop ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ vim htop ]; }",
            "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ htop ]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = [pkgs.vim pkgs.git]; }",
            "{ pkgs, ... }: { environment.systemPackages = [pkgs.git]; }",
        ),
        (
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.vim ]; }",
            "{ pkgs, ... }: { environment.systemPackages = [ ]; }",
        ),
        (
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    git\n    vim # the editor\n    # terminal\n    htop\n  ];\n}\n",
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    git\n    # terminal\n    htop\n  ];\n}\n",
        ),
        (
            "{ pkgs, ... }: {\r\n  environment.systemPackages = with pkgs; [\r\n    git vim\r\n    htop\r\n  ];\r\n}\r\n",
            "{ pkgs, ... }: {\r\n  environment.systemPackages = with pkgs; [\r\n    git\r\n    htop\r\n  ];\r\n}\r\n",
        ),
        (
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    vim git\n  ];\n}\n",
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    git\n  ];\n}\n",
        ),
        // Wherever it stands, and as often.
        (
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.vim pkgs.git ] ++ (with pkgs; [ vim ]); }",
            "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ] ++ (with pkgs; [ ]); }",
        ),
        (
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    (vim.override {\n      x = 1;\n    })\n    git\n  ];\n}\n",
            "{ pkgs, ... }: {\n  environment.systemPackages = with pkgs; [\n    git\n  ];\n}\n",
        ),
    ] {
        becomes(&uninstall("vim"), before, after);
    }
    let without = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }";
    assert_eq!(apply(without, &uninstall("vim")), Ok(Edited::Already));
}

#[test]
fn inherited_packages_are_a_list_as_well() {
    let one = |names: &str| {
        format!(
            "{{ pkgs, ... }}: {{ environment.systemPackages = builtins.attrValues {{ inherit (pkgs) {names}; }}; }}"
        )
    };
    becomes(&install("firefox"), &one("vim git"), &one("vim git firefox"));
    becomes(&uninstall("vim"), &one("vim git"), &one("git"));
    assert_eq!(apply(&one("vim git"), &install("git")), Ok(Edited::Already));
    let many = |names: &str| {
        format!(
            "{{ pkgs, lib, ... }}: {{\n  environment.systemPackages = lib.attrValues {{\n    inherit (pkgs)\n{names}      ;\n  }};\n}}\n"
        )
    };
    let (before, after) = ("      vim # the editor\n      git\n", "      vim # the editor\n      git\n      firefox\n");
    becomes(&install("firefox"), &many(before), &many(after));
    becomes(&uninstall("vim"), &many(before), &many("      git\n"));
    // A package of a set has no name that could be inherited.
    assert!(apply(&one("vim"), &install("kdePackages.kate")).is_err());
    let other = "{ pkgs, x, ... }: { environment.systemPackages = builtins.attrValues { inherit (x) vim; }; }";
    assert!(apply(other, &install("git")).is_err());
}

#[test]
fn ports_and_groups() {
    let open = Change::Add(path("networking.firewall.allowedTCPPorts"), Value::Number(8080));
    becomes(
        &open,
        "{\n  networking.firewall.allowedTCPPorts = [ 80 443 ];\n}\n",
        "{\n  networking.firewall.allowedTCPPorts = [ 80 443 8080 ];\n}\n",
    );
    becomes(
        &open,
        "{\n  networking.firewall = {\n    enable = true;\n  };\n}\n",
        "{\n  networking.firewall = {\n    enable = true;\n    allowedTCPPorts = [ 8080 ];\n  };\n}\n",
    );
    becomes(
        &open,
        "{\n  networking.firewall.enable = true; # yes\n\n  time.timeZone = \"UTC\";\n}\n",
        "{\n  networking.firewall.enable = true; # yes\n  networking.firewall.allowedTCPPorts = [ 8080 ];\n\n  time.timeZone = \"UTC\";\n}\n",
    );
    let close = Change::Remove(path("networking.firewall.allowedTCPPorts"), Value::Number(80));
    becomes(
        &close,
        "{ networking.firewall.allowedTCPPorts = [ 80 8080 ]; }",
        "{ networking.firewall.allowedTCPPorts = [ 8080 ]; }",
    );
    let join = Change::Add(path("users.users.alice.extraGroups"), text("docker"));
    becomes(
        &join,
        "{ users.users.alice = { extraGroups = [ \"wheel\" ]; }; }",
        "{ users.users.alice = { extraGroups = [ \"wheel\" \"docker\" ]; }; }",
    );
    becomes(
        &join,
        "{ users = { users = { \"alice\" = { isNormalUser = true; }; }; }; }",
        "{ users = { users = { \"alice\" = { isNormalUser = true; extraGroups = [ \"docker\" ]; }; }; }; }",
    );
    becomes(
        &join,
        "let me = \"alice\"; in { users.users.${me}.extraGroups = [ ]; }",
        "let me = \"alice\"; in { users.users.${me}.extraGroups = [ \"docker\" ]; }",
    );
}

#[test]
fn one_line_in_a_large_file() {
    let mut large = "{ pkgs, ... }:\n{\n".to_owned();
    let line = |number| format!("  environment.etc.\"file-{number}\".text = \"some text {number}\";\n");
    large.extend((0..5000).map(line));
    large += "  environment.systemPackages = with pkgs; [\n    vim\n  ];\n}\n";
    let after = changed(&large, &install("firefox"));
    assert_eq!(lines(&large, &after), (Vec::new(), vec!["    firefox".to_owned()]));
}
