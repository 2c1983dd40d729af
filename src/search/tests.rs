//! What people search, and what they must find: `tests/searches/` has the lists.

use super::{Index, Kind};

/// The share of a list that must find one of what is wanted among the first five, in per cent.
const GOOD: usize = 95;

fn first(index: &Index, query: &str, kind: Kind, most: usize) -> Vec<String> {
    let found = index.search(query, kind, most).unwrap().found;
    found.into_iter().map(|found| found.entry.name).collect()
}

/// The lines of a list: what is searched, the words, what of the first five one must be.
fn labelled(list: &str) -> impl Iterator<Item = (Kind, &str, Vec<&str>)> {
    list.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [kind, words, wanted] = parts.as_slice() else { panic!("{line}") };
        let kind = if *kind == "option" { Kind::Option } else { Kind::Package };
        (kind, *words, wanted.split(", ").collect())
    })
}

#[test]
fn what_is_wanted_is_among_the_first_five() {
    let index = Index::of_starter().unwrap();
    for (name, list) in [
        ("tuned", include_str!("../../tests/searches/tuned.txt")),
        ("held-out", include_str!("../../tests/searches/held-out.txt")),
    ] {
        let mut wrong = Vec::new();
        let mut all = 0;
        for (kind, words, wanted) in labelled(list) {
            all += 1;
            let found = first(&index, words, kind, 5);
            if !found.iter().any(|name| wanted.contains(&name.as_str())) {
                wrong.push(format!("{words:?}: {found:?}"));
            }
        }
        assert!(
            all > 100 && (all - wrong.len()) * 100 >= all * GOOD,
            "{name}: {} of {all}\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

#[test]
fn names_come_first() {
    let index = Index::of_starter().unwrap();
    let mut wrong = Vec::new();
    for entry in super::starter::entries().iter().filter(|entry| entry.kind == Kind::Package) {
        let found = first(&index, &entry.name, Kind::Package, 3);
        if !found.contains(&entry.name) {
            wrong.push(format!("{}: {found:?}", entry.name));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn anything_can_be_searched() {
    let index = Index::of_starter().unwrap();
    let long = "x".repeat(10 << 20);
    let many = "firefox ".repeat(1 << 20);
    for query in [
        "",
        " ",
        "\"",
        "'; drop table entry; --",
        "a* OR b",
        "NEAR(",
        "日本語",
        "-",
        "^",
        ":",
        "{name}:x",
        "%",
        &long,
        &many,
        "\u{0}",
        "a OR b NOT c",
        "\u{1b}[31mred\u{1b}[0m",
        "\u{202e}xofrif",
        "ﬁrefox",
        "../../etc/passwd",
        "'\"`$(reboot)",
    ] {
        for kind in [Kind::Package, Kind::Option, Kind::Service] {
            index.search(query, kind, 5).unwrap_or_else(|error| panic!("{query:?}: {error}"));
        }
    }
}

#[test]
fn a_word_that_nothing_has_finds_nothing() {
    let index = Index::of_starter().unwrap();
    assert_eq!(first(&index, "xyzzyplughfrotz", Kind::Package, 5), [] as [String; 0]);
}
