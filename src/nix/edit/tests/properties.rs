//! Whatever a configuration looks like: one place changes, the rest stays, and taking back gives what was there.

use proptest::prelude::*;

use super::*;

/// White space and comments, as people leave them between things.
fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        5 => Just(" "),
        4 => Just("\n  "),
        1 => Just("\n\n\t"),
        1 => Just(" # a ] comment } with ; \"quotes\n  "),
        1 => Just(" /* in = between */ "),
        1 => Just("\r\n    "),
    ]
}

/// The names in a list, without the one that the tests add.
fn names() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["vim", "git", "htop", "jq", "tmux", "gcc"]), 0..5)
}

/// A list of packages, in some way of writing it. All parts of it always hold.
fn list() -> impl Strategy<Value = String> {
    let plain = |open: &'static str, prefix: &'static str| {
        (names(), prop::collection::vec(gap(), 6), gap()).prop_map(move |(names, gaps, end)| {
            let items = names.iter().zip(gaps).map(|(name, gap)| [gap, prefix, *name].concat()).collect::<String>();
            format!("{open}[{items}{end}]")
        })
    };
    let one = prop_oneof![plain("", "pkgs."), plain("with pkgs; ", "")].boxed();
    prop_oneof![
        4 => one.clone(),
        1 => (one.clone(), one.clone()).prop_map(|(a, b)| format!("({a}) ++ ({b})")),
        1 => one.clone().prop_map(|a| format!("lib.mkForce ({a})")),
        1 => one.clone().prop_map(|a| format!("lib.optionals true [ pkgs.cowsay ] ++ ({a})")),
        1 => one.prop_map(|a| format!("let mine = {a}; in mine")),
    ]
}

/// Other settings, some of which look like the one that is wanted.
fn other() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "time.timeZone = \"UTC\"; # here\n",
        "environment.variables = { EDITOR = \"vim\"; };",
        "environment.etc.\"systemPackages\".text = ''\n    [ ${x} ]\n  '';",
        "services = { openssh.enable = true; };",
        "specialisation.a.configuration = { environment.systemPackages = [ ]; };",
        "users.users.alice = { packages = with pkgs; [ ]; extraGroups = [ \"wheel\" ]; };",
        "${name}.a = 1;",
        "inherit (mine) b;",
        "mine = lib.mkIf true { environment.systemPackages = [ ]; };",
    ])
    .prop_map(str::to_owned)
}

/// How deep the option is written: `a.b`, `a = { b }`, quoted.
fn entry(list: &str, form: usize) -> String {
    match form % 4 {
        0 => format!("environment.systemPackages = {list};"),
        1 => format!("environment = {{ systemPackages = {list}; }};"),
        2 => format!("environment = {{\n    x = 1;\n    systemPackages =\n      {list};\n  }};"),
        _ => format!("\"environment\" .\"systemPackages\"= {list} ;"),
    }
}

prop_compose! {
    fn module()(
        list in list(),
        form in 0..4_usize,
        before in prop::collection::vec(other(), 0..4),
        after in prop::collection::vec(other(), 0..4),
        gaps in prop::collection::vec(gap(), 9),
        head in prop::sample::select(vec![
            "{ config, lib, pkgs, ... }:\n\n",
            "{ lib, ... }:\n",
            "{\n  lib,\n  ...\n}@args:\n",
            "# head\ninputs: { pkgs, ... }: let x = 1; in ",
            "{ pkgs, lib, ... }: with lib; ",
            "",
        ]),
    ) -> String {
        let entries: Vec<String> = before.into_iter().chain([entry(&list, form)]).chain(after).collect();
        let body: String = entries.iter().zip(gaps).map(|(entry, gap)| [gap, entry.as_str()].concat()).collect();
        format!("{head}{{{body}\n}}\n")
    }
}

/// What is the same at the front and at the back.
fn kept(before: &str, after: &str) -> usize {
    let front = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - front;
    front + before.bytes().rev().zip(after.bytes().rev()).take(rest).take_while(|(a, b)| a == b).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn adding_changes_one_place_and_taking_away_gives_what_was_there(before in module()) {
        let Edited::Text(after, splices) = apply(&before, &install("firefox")).unwrap() else {
            panic!("{before} has none")
        };
        prop_assert!(rnix::Root::parse(&after).errors().is_empty());
        let knows = before.contains("pkgs,") || before.contains("pkgs }");
        if splices.len() == 1 {
            prop_assert_eq!(kept(&before, &after), before.len(), "every byte stays:\n{}", &after);
        } else {
            prop_assert!(!knows, "{}", &after);
        }
        prop_assert_eq!(apply(&after, &install("firefox")), Ok(Edited::Already));
        let Edited::Text(again, _) = apply(&after, &uninstall("firefox")).unwrap() else { panic!("{after}") };
        if splices.len() == 1 {
            prop_assert_eq!(&again, &before);
        }
        prop_assert_eq!(apply(&again, &uninstall("firefox")), Ok(Edited::Already));
    }

    #[test]
    fn taking_out_takes_no_more_than_the_item(before in module(), name in prop::sample::select(vec!["vim", "git", "jq"])) {
        let Ok(Edited::Text(after, splices)) = apply(&before, &uninstall(name)) else { return Ok(()) };
        prop_assert!(rnix::Root::parse(&after).errors().is_empty());
        for splice in &splices {
            let gone = before[splice.range.clone()].trim();
            let code = gone.split('#').next().unwrap().split("/*").next().unwrap().trim();
            prop_assert!(code == name || code == format!("pkgs.{name}"), "{gone} goes from\n{before}");
        }
        let others = |text: &str| text.matches("# a ] comment").count();
        prop_assert!(others(&before) - others(&after) <= splices.len());
    }

    #[test]
    fn a_value_is_set_and_nothing_else(before in module(), zone in "[ -~]{0,12}") {
        let change = set("time.timeZone", text(&zone));
        match apply(&before, &change) {
            Ok(Edited::Text(after, splices)) => {
                prop_assert_eq!(splices.len(), 1);
                prop_assert!(rnix::Root::parse(&after).errors().is_empty());
                let gone = &before[splices[0].range.clone()];
                prop_assert!(gone.trim().is_empty() || gone == "\"UTC\"", "{gone}");
                prop_assert_eq!(apply(&after, &change), Ok(Edited::Already));
            }
            other => prop_assert!(matches!(other, Err(Cannot::At { why: Why::Dynamic, .. })), "{other:?}"),
        }
    }

    #[test]
    fn no_text_makes_it_panic(before in "[a-z{}\\[\\]();=.\"'$# \n]{0,60}") {
        let _ = apply(&before, &install("firefox"));
        let _ = apply(&before, &set("a.b", text("c")));
        let _ = apply(&before, &Change::Unset(path("a")));
    }

    #[test]
    fn quoted_text_is_the_text(said in "\\PC{0,30}") {
        let value = text(&said);
        prop_assert_eq!(Value::parse(&super::super::value::quoted(&said)), Some(value));
    }
}
