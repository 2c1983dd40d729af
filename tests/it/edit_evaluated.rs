//! Hundreds of configurations, edited, and evaluated by real Nix before and after: the one option has what was wanted, and
//! every other one what it had.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what is wrong by failing, and its figure")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the test asks Nix itself")]

use std::fmt::Write as _;

use ask_nix::nix::edit::path::AttributePath;
use ask_nix::nix::edit::value::Value;
use ask_nix::nix::edit::{Change, Edited, apply};
use serde_json::Value as Json;

/// What modules are given: packages are their names, and conditions do not hold.
const WORLD: &str = r#"
let
  names = [ "vim" "git" "htop" "jq" "firefox" ];
  pkgs = builtins.listToAttrs (map (name: { inherit name; value = name; }) names) // { kdePackages.kate = "kate"; inherit lib; };
  lib = {
    mkForce = value: value; mkDefault = value: value; mkBefore = value: value; mkAfter = value: value;
    mkOverride = _: value: value; mkOrder = _: value: value;
    mkIf = condition: value: if condition then value else null;
    mkMerge = parts: { merged = parts; };
    optionals = condition: list: if condition then list else [ ]; optional = condition: item: if condition then [ item ] else [ ];
    elem = builtins.elem;
  };
  args = { inherit pkgs lib; config = { mine = [ "mine" ]; }; mine = { b = 1; environment2 = 2; }; modulesPath = ""; };
  call = module:
    if ! builtins.isFunction module then module
    else if builtins.functionArgs module == { } then call (module args)
    else module (builtins.intersectAttrs (builtins.functionArgs module) args);
  show = value:
    if builtins.isFunction value then "function"
    else if builtins.isAttrs value then builtins.mapAttrs (_: show) value
    else if builtins.isList value then map show value else value;
in map (module: let tried = builtins.tryEval (builtins.deepSeq (show (call module)) (show (call module))); in
  if tried.success then tried.value else "fails")
"#;

const HEADS: [&str; 9] = [
    "{ config, lib, pkgs, ... }:\n\n",
    "{ lib, ... }:\n",
    "{\n  lib,\n  pkgs,\n  ...\n}@args:\n",
    "{ config\n, lib\n, ...\n}:\n",
    "# The machine.\n{ pkgs, lib, ... }: let x = 1; in ",
    "{ pkgs, lib, ... }: with lib; ",
    "{ pkgs, lib, git ? 1, ... }:\r\n",
    "{ lib, pkgs, ... }: with pkgs; ",
    "",
];

const LISTS: [&str; 16] = [
    "builtins.attrValues { inherit (pkgs) vim jq; }",
    "[ ]",
    "[]",
    "with pkgs; [ vim git ]",
    "with pkgs; [\n    vim # the editor ]\n    # more\n    git\n  ]",
    "[ pkgs.vim\n    pkgs.git ]",
    "with pkgs; [\n\tvim\n\t]",
    "with pkgs; [\r\n    vim\r\n  ]",
    "(with pkgs; [ vim ]) ++ [ pkgs.git ]",
    "lib.optionals false [ pkgs.jq ] ++ [ pkgs.vim ]",
    "lib.mkForce (with pkgs; [ vim ])",
    "lib.mkOverride 50 [ pkgs.vim ]",
    "let own = with pkgs; [ vim ]; in own ++ [ pkgs.git ]",
    "with pkgs.kdePackages; [ kate ]",
    "with pkgs; with lib; [ vim ]",
    "lib.mkIf true [ pkgs.vim ]",
];

const PLACES: [(&str, &str); 7] = [
    ("environment.systemPackages = ", ";"),
    ("environment = { variables.EDITOR = \"vim\"; systemPackages = ", "; };"),
    ("environment = {\n    # what all have\n    systemPackages = ", ";\n  };"),
    ("\"environment\".\"systemPackages\" =\n    ", ";"),
    ("environment . systemPackages = (", ");"),
    ("environment.etc.a.text = ''[ ''${x} ]'';\n  environment.systemPackages = ", "; # }"),
    ("environment = { a = 1; };\n  environment.systemPackages = ", ";"),
];

const OTHERS: [&str; 4] = [
    "",
    "  time.timeZone = \"UTC\"; # here\n  services = { openssh.enable = true; };\n\n",
    "  users.users.alice = { isNormalUser = true; extraGroups = [ \"wheel\" ]; };\n  networking.firewall.allowedTCPPorts = [ 80 ];\n\n",
    "\tservices.nginx = {\r\n\t\tenable = true; };\n",
];

fn path(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap()
}

fn module(head: &str, list: &str, place: (&str, &str), other: &str) -> String {
    // Without arguments there is nothing to name.
    let list =
        if head.is_empty() && list.contains("pkgs") || head.is_empty() && list.contains("lib") { "[ ]" } else { list };
    let list = if head.contains("pkgs") || !list.contains("pkgs") { list } else { "[ \"vim\" ]" };
    let body = format!("{{\n{other}  {}{list}{}\n}}\n", place.0, place.1);
    format!("{head}{body}")
}

/// What Nix makes of modules, all at once.
fn evaluated(texts: &[String]) -> Option<Vec<Json>> {
    let nix = crate::demo::nix_directory()?;
    let directory = tempfile::tempdir().unwrap();
    let mut list = format!("({WORLD}) [");
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(directory.path().join(format!("{number}.nix")), text).unwrap();
        let _ = write!(list, " (import ./{number}.nix)");
    }
    list.push_str(" ]");
    std::fs::write(directory.path().join("all.nix"), list).unwrap();
    let store = directory.path().join("state");
    let output = std::process::Command::new(nix.join("nix-instantiate"))
        .args(["--eval", "--strict", "--json", "--option", "max-call-depth", "100000", "all.nix"])
        .current_dir(&directory)
        .envs([("NIX_STATE_DIR", &store), ("NIX_STORE_DIR", &store.join("store")), ("NIX_LOG_DIR", &store.join("log"))])
        .env("HOME", directory.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn at<'a>(value: &'a mut Json, names: &[String]) -> &'a mut Json {
    let mut value = value;
    for name in names {
        if value.get(name).is_none() {
            value[name] = Json::Null;
        }
        value = &mut value[name];
    }
    value
}

/// What an option becomes, and whether it is as wanted.
fn as_wanted(change: &Change, old: &Json, new: &Json) -> bool {
    let none = Vec::new();
    let items = |value: &Json| value.as_array().unwrap_or(&none).clone();
    match change {
        Change::Add(_, Value::Package(name)) => {
            items(new) == [items(old), vec![name.to_string().into()]].concat()
                || items(new).contains(&name.to_string().into()) && items(new).len() == items(old).len() + 1
        }
        Change::Add(_, item) => {
            items(new).contains(&item.to_json().unwrap()) && items(new).len() == items(old).len() + 1
        }
        Change::Remove(_, Value::Package(name)) => {
            let rest: Vec<Json> = items(old).into_iter().filter(|item| *item != name.to_string()).collect();
            items(new) == rest
        }
        Change::Set(_, value) => value.to_json().is_none_or(|json| json == *new),
        Change::Remove(..) | Change::Unset(_) => new.is_null(),
    }
}

#[test]
fn every_edit_does_what_it_says_and_nothing_else() {
    let changes = [
        Change::Add(path("environment.systemPackages"), Value::Package(path("firefox"))),
        Change::Add(path("environment.systemPackages"), Value::Package(path("git"))),
        Change::Remove(path("environment.systemPackages"), Value::Package(path("vim"))),
        Change::Set(path("time.timeZone"), Value::Text("a ${b} \"c\" \\ ''".to_owned())),
        Change::Add(path("networking.firewall.allowedTCPPorts"), Value::Number(8080)),
        Change::Set(path("services.nginx.virtualHosts.\"example.org\".root"), Value::Text("/srv".to_owned())),
        Change::Add(path("users.users.alice.extraGroups"), Value::Text("docker".to_owned())),
        Change::Unset(path("services.nginx")),
    ];
    let (mut done, mut refused, mut texts, mut made) = (0, 0, Vec::new(), Vec::new());
    let mut shapes = 0;
    for (number, head) in HEADS.iter().enumerate() {
        for (list_number, list) in LISTS.iter().enumerate() {
            for (place_number, place) in PLACES.iter().enumerate() {
                // A third of all, every head with every list and every place.
                if !(number + list_number + place_number).is_multiple_of(3) {
                    continue;
                }
                let other = OTHERS[(number + list_number) % OTHERS.len()];
                let before = module(head, list, *place, other);
                shapes += 1;
                texts.push(before.clone());
                let original = texts.len() - 1;
                for change in &changes {
                    match apply(&before, change) {
                        Ok(Edited::Text(after, _)) => {
                            done += 1;
                            texts.push(after);
                            made.push((original, texts.len() - 1, change));
                        }
                        Ok(Edited::Already) => done += 1,
                        Err(_) => refused += 1,
                    }
                }
            }
        }
    }
    assert!(shapes >= 300 && made.len() > 1000, "{shapes} shapes, {} edits", made.len());
    let share = 100 * done / (done + refused);
    println!("{shapes} configurations: {done} edits done, {refused} left to the person, {share} %");
    assert!(share >= 90, "{done} done, {refused} refused");
    let Some(values) = evaluated(&texts) else { return };
    for (original, edited, change) in made {
        let (mut old, mut new) = (values[original].clone(), values[edited].clone());
        assert_ne!(old, "fails", "{}", texts[original]);
        assert_ne!(new, "fails", "{change:?}\n{}", texts[edited]);
        let names = change.option().names();
        let (was, is) = (at(&mut old, names).take(), at(&mut new, names).take());
        assert!(as_wanted(change, &was, &is), "{change:?}: {was} became {is}\n{}", texts[edited]);
        assert_eq!(old, new, "{change:?}\n{}", texts[edited]);
    }
}
