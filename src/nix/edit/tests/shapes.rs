//! Whole modules put together at random from everything that people write: an edit says what was wanted, changes nothing
//! else, and breaks nothing; what is left alone is left alone with a reason.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::super::look::{children, said};
use super::*;

/// Options that are watched: none of them changes with another.
const WATCHED: [&str; 8] = [
    "environment.systemPackages",
    "environment.variables.EDITOR",
    "time.timeZone",
    "networking.firewall.allowedTCPPorts",
    "networking.hostName",
    "services.openssh.enable",
    "services.nginx.virtualHosts.\"example.org\".root",
    "users.users.alice.extraGroups",
];

/// A value of an option, in the ways that values are written. One in eight does not always hold.
fn values(plain: Vec<String>) -> BoxedStrategy<String> {
    let plain = prop::sample::select(plain);
    prop_oneof![
        10 => plain.clone(),
        2 => plain.clone().prop_map(|value| format!("({value})")),
        2 => plain.clone().prop_map(|value| format!("lib.mkForce {}", in_brackets(&value))),
        2 => plain.clone().prop_map(|value| format!("lib.mkDefault {}", in_brackets(&value))),
        1 => plain.clone().prop_map(|value| format!("lib.mkIf config.a {}", in_brackets(&value))),
        1 => plain.prop_map(|value| format!("if config.a then {value} else {value}")),
    ]
    .boxed()
}

fn in_brackets(value: &str) -> String {
    if value.contains(' ') && !value.starts_with('[') { format!("({value})") } else { value.to_owned() }
}

fn packages() -> BoxedStrategy<String> {
    let lists = [
        "[ ]",
        "with pkgs; [ vim git ]",
        "with pkgs; [\n    vim # the editor ]\n    git\n  ]",
        "[ pkgs.vim\tpkgs.git ]",
        "with pkgs; [\r\n    vim\r\n    git\r\n  ]",
        "(with pkgs; [ vim ]) ++ [ pkgs.git ]",
        "[ pkgs.vim ] ++ lib.optionals config.a [ pkgs.git ]",
        "let own = with pkgs; [ vim ]; in own ++ [ pkgs.git ]",
        "builtins.attrValues { inherit (pkgs) vim git; }",
        "with pkgs; [ (vim.override { a = [ ]; }) git /* } */ ]",
        "mine ++ [ pkgs.vim ]",
    ];
    values(lists.map(str::to_owned).to_vec())
}

fn plain(values_of: &[&str]) -> BoxedStrategy<String> {
    values(values_of.iter().map(|value| (*value).to_owned()).collect())
}

/// An option with a value, its path flat, nested or quoted.
fn entry(option: &'static [&'static str], value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (value, 0..5_usize, gap(), gap())
        .prop_map(move |(value, form, gap, end)| {
            let flat = option.join(".");
            let (first, rest) = (option[0], option[1..].join("."));
            match form {
                0 | 1 => format!("{flat} ={gap}{value}{end};"),
                2 => format!("{first} = {{{gap}{rest} = {value};{end}}};"),
                3 => {
                    let quoted: Vec<String> =
                        option.iter().map(|name| format!("\"{}\"", name.trim_matches('"'))).collect();
                    format!("{} = {value};", quoted.join("."))
                }
                _ => {
                    let open = option.iter().fold(String::new(), |open, name| format!("{open}{name} = {{{gap}"));
                    let (open, last) = open
                        .rsplit_once(&format!("{} = {{{gap}", option[option.len() - 1]))
                        .map_or((open.clone(), String::new()), |(open, _)| {
                            (open.to_owned(), option[option.len() - 1].to_owned())
                        });
                    format!("{open}{last} = {value};{}", format!("{end}}};").repeat(option.len() - 1))
                }
            }
        })
        .boxed()
}

fn gap() -> BoxedStrategy<&'static str> {
    prop::sample::select(vec![
        " ",
        " ",
        "\n    ",
        "\n\n\t",
        " # a ] comment } with ; and \"\n  ",
        " /* in = between */ ",
        "\r\n    ",
        "  ",
    ])
    .boxed()
}

/// A module: some of the options, with what else stands in modules around them.
fn module() -> BoxedStrategy<String> {
    let options = vec![
        entry(&["environment", "systemPackages"], packages()),
        entry(&["environment", "variables", "EDITOR"], plain(&["\"vim\"", "''vim''"])),
        entry(&["time", "timeZone"], plain(&["\"UTC\"", "null"])),
        entry(&["networking", "firewall", "allowedTCPPorts"], plain(&["[ 80 ]", "[ 80\n  443 ]", "[ ]"])),
        entry(&["networking", "hostName"], plain(&["\"a ${config.b} c\"", "\"atlas\""])),
        entry(&["services", "openssh", "enable"], plain(&["true", "false"])),
        entry(&["services", "nginx", "virtualHosts", "\"example.org\"", "root"], plain(&["\"/srv\"", "./site"])),
        entry(&["users", "users", "alice", "extraGroups"], plain(&["[ \"wheel\" ]", "[\n\"wheel\"\n]"])),
    ];
    let chosen = prop::sample::subsequence(options, 1..=8).prop_flat_map(|options| options).prop_shuffle();
    let others = prop::collection::vec(
        prop::sample::select(vec![
            "specialisation.a.configuration = { environment.systemPackages = [ ]; time.timeZone = \"x\"; };",
            "environment.etc.\"a\".text = ''\n    time.timeZone = [ ${x} ''${y} ];\n  '';",
            "inherit (mine) b;",
            "imports = [ ./a.nix ] ++ mine;",
            "mine = lib.mkIf config.a { time.timeZone = \"x\"; };",
        ]),
        0..3,
    );
    let heads = prop::sample::select(vec![
        ("{ config, lib, pkgs, ... }:\n\n", ""),
        ("{ config, lib, ... }:\r\n", ""),
        ("{\n  lib,\n  pkgs,\n  config,\n  ...\n}@args:\n", ""),
        ("{ pkgs, lib, config, ... }: let x = 1; in ", ""),
        ("{ pkgs, lib, config, ... }: with lib; ", ""),
        ("{ pkgs, lib, config, ... }: { options.mine = 1; config = ", "; }"),
    ]);
    (chosen, others, heads, prop::collection::vec(gap(), 12))
        .prop_map(|(entries, others, (head, end), gaps)| {
            let mut lines: Vec<String> = entries;
            for (number, other) in others.into_iter().enumerate() {
                lines.insert((number * 2).min(lines.len()), other.to_owned());
            }
            let body: String = lines.iter().zip(gaps).map(|(line, gap)| [gap, line.as_str()].concat()).collect();
            format!("{head}{{{body}\n}}{end}\n")
        })
        .boxed()
}

fn changes() -> Vec<Change> {
    vec![
        install("firefox"),
        uninstall("vim"),
        set("time.timeZone", text("Asia/Tokyo")),
        set("services.openssh.enable", Value::Truth(true)),
        Change::Add(path("networking.firewall.allowedTCPPorts"), Value::Number(8080)),
        Change::Remove(path("networking.firewall.allowedTCPPorts"), Value::Number(80)),
        Change::Add(path("users.users.alice.extraGroups"), text("docker")),
        set("services.nginx.virtualHosts.\"example.org\".root", text("/var/www")),
        Change::Unset(path("users.users.alice")),
    ]
}

/// What a module says about all watched options but those that a change is about.
fn rest(module: &str, change: &Change) -> Vec<String> {
    let about = change.option().to_string();
    let others = WATCHED.iter().filter(|option| !option.starts_with(&about));
    let mut told: Vec<String> = others
        .map(|option| {
            let said = said(module, &path(option));
            let told: Vec<String> = said.iter().map(|said| format!("{:?} {:?}", said.value, said.forced)).collect();
            format!("{option} {told:?}")
        })
        .collect();
    told.push(format!("{:?}", children(module, &path("specialisation.a.configuration"))));
    told
}

#[test]
fn hundreds_of_modules_are_edited_where_they_should_and_nowhere_else() {
    let mut runner = TestRunner::deterministic();
    let (modules, mut done, mut refused) = (300, 0, 0);
    for _ in 0..modules {
        let before = module().new_tree(&mut runner).unwrap().current();
        // Names may come twice in one set, which Nix refuses as well.
        if !rnix::Root::parse(&before).errors().is_empty() {
            continue;
        }
        for change in changes() {
            match apply(&before, &change) {
                Ok(Edited::Already) => done += 1,
                Ok(Edited::Text(after, splices)) => {
                    done += 1;
                    assert!(rnix::Root::parse(&after).errors().is_empty(), "{change:?}\n{before}\n{after}");
                    assert!(super::super::holds(&after, &change), "{change:?}\n{after}");
                    let kept: usize = before.len() - splices.iter().map(|splice| splice.range.len()).sum::<usize>();
                    let came: usize = splices.iter().map(|splice| splice.text.len()).sum();
                    assert_eq!(after.len(), kept + came);
                    assert_eq!(rest(&before, &change), rest(&after, &change), "{change:?}\n{before}\n{after}");
                    let comments = |text: &str| text.matches("# a ] comment").count() + text.matches("/* in =").count();
                    let gone: usize = splices.iter().map(|splice| comments(&before[splice.range.clone()])).sum();
                    assert!(gone == 0 || matches!(change, Change::Unset(_)), "{change:?}\n{before}\n{after}");
                    assert_eq!(apply(&after, &change), Ok(Edited::Already), "{change:?}\n{after}");
                }
                Err(why) => {
                    refused += 1;
                    let lines = before.lines().count();
                    assert!(why.line().is_some_and(|line| line >= 1 && line <= lines), "{why:?}\n{before}");
                }
            }
        }
    }
    let share = 100 * done / (done + refused);
    assert!(done + refused > 2000, "{} edits", done + refused);
    assert!(share >= 85, "{done} done, {refused} refused, {share} %");
}
