//! Values of options, and sets of them.

use super::*;

#[test]
fn a_value_is_changed_where_it_stands() {
    let on = set("services.openssh.enable", Value::Truth(true));
    for (before, after) in [
        ("{ services.openssh.enable = false; # later\n}", "{ services.openssh.enable = true; # later\n}"),
        ("{ services.openssh = { enable = false; }; }", "{ services.openssh = { enable = true; }; }"),
        ("{ services = { openssh.enable = false; }; }", "{ services = { openssh.enable = true; }; }"),
        ("{ services = { openssh = { enable = false; }; }; }", "{ services = { openssh = { enable = true; }; }; }"),
        ("{ \"services\".\"openssh\".enable = (false); }", "{ \"services\".\"openssh\".enable = true; }"),
        (
            "{ lib, ... }: { services.openssh.enable = lib.mkForce false; }",
            "{ lib, ... }: { services.openssh.enable = lib.mkForce true; }",
        ),
        (
            "{ lib, ... }: with lib; { services.openssh.enable = mkDefault (false); }",
            "{ lib, ... }: with lib; { services.openssh.enable = mkDefault true; }",
        ),
        ("{ x, ... }: { services.openssh.enable = x.ssh; }", "{ x, ... }: { services.openssh.enable = true; }"),
        ("rec { services.openssh.enable = false; }", "rec { services.openssh.enable = true; }"),
        (
            "{ ... }: assert true; let a = 1; in { services.openssh.enable = false; }",
            "{ ... }: assert true; let a = 1; in { services.openssh.enable = true; }",
        ),
        (
            "{ options.a = 1; config.services.openssh.enable = false; }",
            "{ options.a = 1; config.services.openssh.enable = true; }",
        ),
    ] {
        becomes(&on, before, after);
    }
}

#[test]
fn a_value_is_written_beside_its_like() {
    let on = set("services.openssh.enable", Value::Truth(true));
    for (before, after) in [
        (
            "{ ... }:\n\n{\n  services.openssh.settings.X = 1;\n  a = 1;\n}\n",
            "{ ... }:\n\n{\n  services.openssh.settings.X = 1;\n  services.openssh.enable = true;\n  a = 1;\n}\n",
        ),
        (
            "{\n  services = {\n    printing.enable = true;\n  };\n}\n",
            "{\n  services = {\n    printing.enable = true;\n    openssh.enable = true;\n  };\n}\n",
        ),
        (
            "{\n  services.openssh = {\n    ports = [ 22 ];\n  };\n}\n",
            "{\n  services.openssh = {\n    ports = [ 22 ];\n    enable = true;\n  };\n}\n",
        ),
        ("{ services.openssh = { }; }", "{ services.openssh = { enable = true; }; }"),
        ("{ services.openssh = {}; }", "{ services.openssh = { enable = true; }; }"),
        ("{\n\tservices.openssh = {\n\t};\n}\n", "{\n\tservices.openssh = {\n\t\tenable = true;\n\t};\n}\n"),
        (
            "{\n  services.openssh = {\n    # nothing\n  };\n}\n",
            "{\n  services.openssh = {\n    # nothing\n    enable = true;\n  };\n}\n",
        ),
        ("{ services.openssh = { /* x */ }; }", "{ services.openssh = { /* x */ enable = true; }; }"),
        ("{ services = { inherit (x) nginx; }; }", "{ services = { inherit (x) nginx; openssh.enable = true; }; }"),
        // A comment belongs to what is below it; what is only distantly alike gets a paragraph of its own.
        (
            "{\n  # Sound.\n  services.pipewire.enable = true;\n\n  # Time.\n  time.timeZone = \"UTC\";\n}\n",
            "{\n  # Sound.\n  services.pipewire.enable = true;\n\n  services.openssh.enable = true;\n\n  # Time.\n  time.timeZone = \"UTC\";\n}\n",
        ),
        (
            "{\r\n  a = 1;\r\n\r\n  system.stateVersion = \"25.11\"; # Leave it.\r\n}\r\n",
            "{\r\n  a = 1;\r\n\r\n  services.openssh.enable = true;\r\n\r\n  system.stateVersion = \"25.11\"; # Leave it.\r\n}\r\n",
        ),
        ("{\n}\n", "{\n  services.openssh.enable = true;\n}\n"),
        ("{ }", "{\n  services.openssh.enable = true;\n}"),
        ("{ config = { a = 1; }; }", "{ config = { a = 1; services.openssh.enable = true; }; }"),
        ("{ options = { }; config.a = 1; }", "{ options = { }; config.a = 1; config.services.openssh.enable = true; }"),
    ] {
        becomes(&on, before, after);
    }
}

#[test]
fn every_type_is_written_as_nix_reads_it() {
    for (value, written) in [
        (text("Europe/Berlin"), "\"Europe/Berlin\""),
        (text("a\"b\\c${d}\n$e $${f}"), "\"a\\\"b\\\\c\\${d}\\n$e $\\${f}\""),
        (text("''\t"), "\"''\\t\""),
        (text("'; system(\"rm\") ''"), "\"'; system(\\\"rm\\\") ''\""),
        (Value::Number(-1), "-1"),
        (Value::Decimal(0.5), "0.5"),
        (Value::Decimal(2.0), "2.0"),
        (Value::Null, "null"),
        (Value::List(vec![]), "[ ]"),
        (Value::List(vec![text("a"), Value::Number(-2), Value::Truth(false)]), "[ \"a\" (-2) false ]"),
        (package("kdePackages.kate"), "pkgs.kdePackages.kate"),
        (Value::Set(vec![]), "{ }"),
        (Value::Set(vec![(path("a.\"b c\""), Value::Number(1))]), "{\n    a.\"b c\" = 1;\n  }"),
    ] {
        let after = changed("{ pkgs, ... }: {\n  a.b = 1;\n}\n", &set("a.c", value.clone()));
        assert_eq!(after, format!("{{ pkgs, ... }}: {{\n  a.b = 1;\n  a.c = {written};\n}}\n"));
        assert_eq!(Value::parse(written), Some(value));
    }
    becomes(
        &set("a", Value::Number(-1)),
        "{ lib, ... }: { a = lib.mkForce 1; }",
        "{ lib, ... }: { a = lib.mkForce (-1); }",
    );
}

#[test]
fn names_are_quoted_where_nix_wants_that() {
    for (option, written) in [
        ("a.\"example.org\".b", "a.\"example.org\".b"),
        ("a.with.b", "a.\"with\".b"),
        ("a.7z", "a.\"7z\""),
        ("a.b-c.d_e", "a.b-c.d_e"),
        ("a.\"\".b", "a.\"\".b"),
    ] {
        let after = changed("{ }", &set(option, Value::Truth(true)));
        assert_eq!(after, format!("{{\n  {written} = true;\n}}"));
    }
    for bad in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a b",
        "a\"b",
        "a.\"",
        "a.\"b\"c",
        "${a}",
        "a.\"${b}\"",
        "a;b",
        "a=b",
        "a\nb",
        "(a)",
    ] {
        assert_eq!(AttributePath::parse(bad), None, "{bad}");
    }
}

fn alice() -> Change {
    let entries =
        vec![(path("isNormalUser"), Value::Truth(true)), (path("extraGroups"), Value::List(vec![text("wheel")]))];
    set("users.users.alice", Value::Set(entries))
}

#[test]
fn sets_come_and_go() {
    becomes(
        &alice(),
        "{\n  users.users.bob = {\n    isNormalUser = true;\n  };\n\n  a = 1;\n}\n",
        "{\n  users.users.bob = {\n    isNormalUser = true;\n  };\n\n  users.users.alice = {\n    isNormalUser = true;\n    extraGroups = [ \"wheel\" ];\n  };\n\n  a = 1;\n}\n",
    );
    becomes(
        &alice(),
        "{\n\tusers.users = {\n\t\tbob.isNormalUser = true;\n\t};\n}\n",
        "{\n\tusers.users = {\n\t\tbob.isNormalUser = true;\n\t\talice = {\n\t\t\tisNormalUser = true;\n\t\t\textraGroups = [ \"wheel\" ];\n\t\t};\n\t};\n}\n",
    );
    let gone = Change::Unset(path("users.users.alice"));
    for (before, after) in [
        (
            "{\n  a = 1;\n\n  users.users.alice = {\n    x = 1;\n  }; # her\n\n  b = 2;\n}\n",
            "{\n  a = 1;\n\n  b = 2;\n}\n",
        ),
        ("{\n  a = 1;\n\n  users.users.alice = { };\n}\n", "{\n  a = 1;\n}\n"),
        (
            "{\n  users.users.alice.x = 1;\n  users.users.bob.x = 1;\n  users.users.alice.y = 2;\n}\n",
            "{\n  users.users.bob.x = 1;\n}\n",
        ),
        ("{ users.users = { alice = { x = 1; }; bob.x = 1; }; }", "{ users.users = { bob.x = 1; }; }"),
        ("{ users.users.alice = { x = 1; }; }", "{ }"),
    ] {
        becomes(&gone, before, after);
    }
}

#[test]
fn packages_as_values() {
    let shell = set("users.users.alice.shell", package("zsh"));
    becomes(
        &shell,
        "{ lib, ... }: { users.users.alice.shell = \"/bin/sh\"; }",
        "{ lib, pkgs, ... }: { users.users.alice.shell = pkgs.zsh; }",
    );
    becomes(
        &shell,
        "{ pkgs, ... }: { users.users.alice.isNormalUser = true; }",
        "{ pkgs, ... }: { users.users.alice.isNormalUser = true; users.users.alice.shell = pkgs.zsh; }",
    );
}
