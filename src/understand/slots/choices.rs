//! Slots that hold one of a few words.

use crate::understand::line::Line;

/// The choices of a slot: the value, and the words for it.
type Choices = &'static [(&'static str, &'static [&'static str])];

const SCOPE: Choices = &[
    (
        "home",
        &[
            "home manager",
            "home-manager",
            "home.nix",
            "home config",
            "home configuration",
            "my home",
            "in home",
            "home.packages",
            "home packages",
        ],
    ),
    (
        "user",
        &[
            "my user",
            "for me only",
            "only for me",
            "just for me",
            "user profile",
            "my profile",
            "my own profile",
            "own user",
            "own account",
            "nobody else",
            "my account",
            "user packages",
            "for my user",
            "just my user",
            "not system wide",
            "user only",
            "user level",
            "my user only",
        ],
    ),
    (
        "system",
        &[
            "system wide",
            "systemwide",
            "system-wide",
            "for everyone",
            "all users",
            "for all users",
            "every user",
            "everybody",
            "every account",
            "all accounts",
            "system list",
            "systempackages",
            "system packages",
            "environment.systempackages",
            "global",
            "globally",
        ],
    ),
];
const FIELD: Choices = &[
    ("version", &["version", "versions", "which version", "how new", "how recent", "how old", "up to date"]),
    (
        "license",
        &["license", "licence", "licensed", "licenced", "free software", "open source", "unfree", "proprietary"],
    ),
    (
        "homepage",
        &["homepage", "home page", "website", "web site", "web page", "url", "site", "project page", "upstream page"],
    ),
    ("description", &["description", "describe", "summary", "what is it for", "what does it do"]),
];
const ACTION: Choices = &[
    (
        "restart",
        &[
            "restart",
            "bounce",
            "cycle",
            "relaunch",
            "reboot",
            "kick",
            "restarted",
            "restarting",
            "again",
            "power cycle",
        ],
    ),
    ("reload", &["reload", "re-read", "reread", "reloading"]),
    (
        "stop",
        &[
            "stop",
            "halt",
            "shut down",
            "shutdown",
            "kill",
            "bring down",
            "take down",
            "stopping",
            "end",
            "quit",
            "pause",
            "down",
            "off",
            "terminate",
            "silence",
        ],
    ),
    (
        "start",
        &[
            "start", "begin", "bring up", "spin up", "fire up", "wake up", "launch", "up", "run", "on", "boot up",
            "kick off", "wake", "starting",
        ],
    ),
];
const SECRET: Choices = &[
    (
        "rekey",
        &[
            "rekey",
            "re-encrypt",
            "reencrypt",
            "re-key",
            "rotate",
            "encrypt again",
            "encrypt anew",
            "updatekeys",
            "new keys",
        ],
    ),
    ("edit", &["edit", "change", "modify", "update", "open", "replace"]),
    ("list", &["list", "show", "which", "what", "display", "see", "ls", "all my", "print", "overview", "names"]),
    ("add", &["add", "new", "create", "store", "save", "put", "make", "need", "encrypt", "keep", "set"]),
];
const CHANNEL: Choices = &[
    ("remove", &["remove", "delete", "drop", "unsubscribe", "get rid", "--remove", "kick", "without", "forget"]),
    ("add", &["add", "subscribe", "--add", "new", "use", "follow", "include"]),
];
const LEVEL: Choices = &[
    ("activate", &["restart", "restarts", "restarted", "services", "units", "dry-activate", "activate", "activation"]),
    (
        "build",
        &[
            "build",
            "built",
            "download",
            "downloaded",
            "fetch",
            "fetched",
            "dry-build",
            "dry build",
            "compile",
            "compiled",
            "size",
        ],
    ),
];
const ACTIVATION: Choices = &[("boot", &["reboot", "next boot", "boot", "restart", "next start", "startup", "later"])];

/// The choice of a slot of an intent that these words make.
pub(super) fn choose(intent: &str, slot: &str, line: &Line) -> Option<&'static str> {
    let choices = match (intent, slot) {
        (_, "scope") => SCOPE,
        (_, "protocol") => &[],
        (_, "field") => FIELD,
        ("control_service", "action") => ACTION,
        ("manage_secret", "action") => SECRET,
        ("manage_channel", "action") => CHANNEL,
        (_, "level") => LEVEL,
        ("update_system", "activation") => ACTIVATION,
        _ => return None,
    };
    let said: String = line.tokens.iter().fold(" ".to_owned(), |said, token| said + &token.text + " ");
    if slot == "protocol" {
        let part = |name: &str, refused: bool| {
            let option = format!("allowed{name}port");
            line.tokens.iter().filter(|token| token.negated.is_some() == refused).any(|token| {
                token.text.split(['/', '=', '-', ':']).any(|part| part == name) || token.text.contains(&option)
            })
        };
        // "TCP, not UDP"; but "they can't join, open 30000 UDP".
        let named = |refused| ["udp", "tcp"].into_iter().find(|name| part(name, refused));
        return named(false).or_else(|| named(true)).or_else(|| part("wireguard", false).then_some("udp"));
    }
    let says = |phrase: &&str| {
        let place = said.find(&format!(" {phrase} "));
        place.map(|place| (place, std::cmp::Reverse(phrase.len())))
    };
    if slot == "action" {
        // The first verb is what is to be done: "stop nginx, then start it".
        let first = |(value, phrases): &(&'static str, &[&str])| Some((phrases.iter().filter_map(says).min()?, *value));
        return choices.iter().filter_map(first).min().map(|(_, value)| value);
    }
    choices.iter().find(|(_, phrases)| phrases.iter().any(|phrase| says(phrase).is_some())).map(|(value, _)| *value)
}
