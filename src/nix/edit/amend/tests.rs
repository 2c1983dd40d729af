use super::*;

fn path(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap()
}

#[test]
fn an_option_gets_its_other_name_where_it_stands() {
    for (text, from, to, wanted) in [
        (
            "{\n  services.opensh.enable = true;\n}\n",
            "services.opensh",
            "services.openssh",
            Some("{\n  services.openssh.enable = true;\n}\n"),
        ),
        (
            "{ services = { opensh = { enable = true; }; }; }",
            "services.opensh",
            "services.openssh",
            Some("{ services = { openssh = { enable = true; }; }; }"),
        ),
        (
            "{ lib, ... }: { services.opensh = lib.mkIf true { enable = true; }; services.opensh.ports = [ 1 ]; }",
            "services.opensh",
            "services.openssh",
            Some(
                "{ lib, ... }: { services.openssh = lib.mkIf true { enable = true; }; services.openssh.ports = [ 1 ]; }",
            ),
        ),
        (
            "{\n  sound.enable = true;\n  hardware.opengl.enable = true;\n}\n",
            "hardware.opengl.enable",
            "hardware.graphics.enable",
            Some("{\n  sound.enable = true;\n  hardware.graphics.enable = true;\n}\n"),
        ),
        (
            "{\n  services.xserver = {\n    enable = true;\n    libinput.enable = true;\n  };\n}\n",
            "services.xserver.libinput.enable",
            "services.libinput.enable",
            Some("{\n  services.xserver = {\n    enable = true;\n  };\n  services.libinput.enable = true;\n}\n"),
        ),
        (
            "{\n  services.ssh.enable = true;\n  services.openssh.enable = true;\n}\n",
            "services.ssh.enable",
            "services.openssh.enable",
            Some("{\n  services.openssh.enable = true;\n}\n"),
        ),
        ("{ a = 1; }", "services.opensh", "services.openssh", None),
    ] {
        assert_eq!(rename_option(text, &path(from), &path(to)).unwrap().as_deref(), wanted, "{text}");
    }
    let sometimes = "{ lib, ... }: { services.xserver = lib.mkIf true { libinput.enable = true; }; }";
    let moved = rename_option(sometimes, &path("services.xserver.libinput.enable"), &path("services.libinput.enable"));
    assert!(moved.is_err(), "a condition is not left behind: {moved:?}");
}

#[test]
fn a_name_is_spelt_otherwise_where_it_is_used() {
    let text = "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    firefxo\n  ];\n  firefxo = 1;\n}\n";
    let changed = rename_use(text, 4, "firefxo", &path("firefox")).unwrap().unwrap();
    assert_eq!(changed, text.replacen("firefxo", "firefox", 1));
    assert_eq!(rename_use(text, 6, "firefxo", &path("firefox")).unwrap(), None, "a key is no use");
    assert_eq!(rename_use("[ a a ]", 1, "a", &path("b")).unwrap(), None, "which of them?");
    let selected = rename_use("{ x = [ pkgs.htpo ]; }", 1, "htpo", &path("htop")).unwrap();
    assert_eq!(selected.as_deref(), Some("{ x = [ pkgs.htop ]; }"));
}

#[test]
fn a_definition_is_put_above_the_others() {
    for (text, wanted) in [
        ("{ a.b = \"x\"; }", Some("{ lib, ... }:\n\n{ a.b = lib.mkForce \"x\"; }")),
        ("{ lib, ... }: { a.b = lib.mkDefault 1; }", Some("{ lib, ... }: { a.b = lib.mkForce 1; }")),
        (
            "{ pkgs, ... }:\n{ a.b = with pkgs; [ x ]; }",
            Some("{ pkgs, lib, ... }:\n{ a.b = lib.mkForce (with pkgs; [ x ]); }"),
        ),
        ("{ lib, ... }: { a.b = lib.mkForce 1; }", None),
        ("{ c = 1; }", None),
    ] {
        assert_eq!(force(text, &path("a.b")).unwrap().as_deref(), wanted, "{text}");
    }
}

#[test]
fn a_module_takes_one_more_argument() {
    let taken = |text| take_argument(text, "pkgs").unwrap();
    assert_eq!(taken("{ lib, ... }: { }").as_deref(), Some("{ lib, pkgs, ... }: { }"));
    assert_eq!(taken("{ pkgs, ... }: { }"), None);
}

#[test]
fn of_two_values_one_stays_or_both() {
    let text = "{\n  a = 1;\n  b = 2;\n  a = 3;\n}\n";
    let found = pair(text, &path("a"), (2, 4)).unwrap();
    assert_eq!((found.first.as_str(), found.second.as_str(), found.same, found.lists), ("1", "3", false, false));
    assert_eq!(without(text, &path("a"), (2, 4), true).unwrap(), "{\n  a = 1;\n  b = 2;\n}\n");
    assert_eq!(without(text, &path("a"), (2, 4), false).unwrap(), "{\n  b = 2;\n  a = 3;\n}\n");
    assert_eq!(pair(text, &path("a"), (2, 3)), None, "the text is another than the error was about");
    let lists = "{\n  p = with pkgs; [\n    vim\n    git\n  ];\n  p = with pkgs; [ htop vim ];\n}\n";
    assert!(pair(lists, &path("p"), (2, 6)).unwrap().lists);
    assert_eq!(
        both(lists, &path("p"), (2, 6)).unwrap(),
        "{\n  p = with pkgs; [\n    vim\n    git\n    htop\n  ];\n}\n"
    );
    let short = "{ p = [ 1 ];\n  p = [ 2 ];\n}\n";
    assert_eq!(both(short, &path("p"), (1, 2)).unwrap(), "{ p = [ 1 2 ];\n}\n");
    let apart = both("{ p = [ pkgs.a ];\np = with pkgs; [ b ];\n}", &path("p"), (1, 2)).unwrap();
    assert_eq!(apart, "{ p = [ pkgs.a ] ++ (with pkgs; [ b ]);\n}");
    let nested = "{ x.enable = 1;\ny.enable = 1; }";
    assert_eq!(pair(nested, &path("y.enable"), (1, 2)), None, "the end of the name alone is not enough");
}

#[test]
fn what_was_forgotten_is_found() {
    use Forgotten::{Bracket, Quote, Semicolon};
    let text = "{\n  a = 1\n  b = 2;\n}\n";
    assert_eq!(forgotten(text, 3).unwrap(), Some((Semicolon, 2, "{\n  a = 1;\n  b = 2;\n}\n".to_owned())));
    let far = "{\n  a = 1\n\n  # of b\n  b = 2;\n}\n";
    assert_eq!(forgotten(far, 5).unwrap().map(|(what, line, _)| (what, line)), Some((Semicolon, 2)));
    let last = "{\n  a = [ 1 ] # why\n}\n";
    assert_eq!(forgotten(last, 3).unwrap(), Some((Semicolon, 2, "{\n  a = [ 1 ]; # why\n}\n".to_owned())));
    let list = "{\n  a = [\n    x\n    y\n\n  # of b\n  b.c = 2;\n}\n";
    let closed = "{\n  a = [\n    x\n    y\n  ];\n\n  # of b\n  b.c = 2;\n}\n";
    assert_eq!(forgotten(list, 7).unwrap(), Some((Bracket("];"), 4, closed.to_owned())));
    let quote = "{\n  a = \"x;\n  b = 2;\n}\n";
    assert_eq!(forgotten(quote, 5).unwrap(), Some((Quote, 2, quote.replace("\"x;", "\"x\";"))));
    assert_eq!(forgotten("{\n  a = [ 1;\n}\n", 2).unwrap(), None, "something else is wrong");
    assert!(forgotten("{ }", 1).is_err());
}
