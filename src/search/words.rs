//! Words as the index and the search see them: small letters, no accents, cut to their stems, and what means the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words of a search that say nothing about what is searched.
const STOP: &[&str] = &[
    "a",
    "an",
    "the",
    "my",
    "some",
    "any",
    "for",
    "to",
    "of",
    "in",
    "on",
    "at",
    "with",
    "and",
    "or",
    "from",
    "that",
    "which",
    "is",
    "are",
    "be",
    "can",
    "i",
    "me",
    "it",
    "as",
    "by",
    "this",
    "something",
    "anything",
    "thing",
    "things",
    "need",
    "want",
    "using",
    "use",
    "good",
    "best",
    "nice",
    "simple",
    "great",
    "lets",
    "let",
    "do",
    "does",
    "how",
    "what",
    "way",
    "like",
    "similar",
    "please",
];
/// Words that say what kind of thing is searched; they count only when nothing else was said.
const WEAK: &[&str] = &[
    "program",
    "programs",
    "app",
    "apps",
    "application",
    "applications",
    "software",
    "tool",
    "tools",
    "utility",
    "package",
    "packages",
    "pkg",
    "nix",
    "nixos",
    "nixpkgs",
    "linux",
    "replacement",
    "alternative",
    "alternatives",
    "equivalent",
    "replace",
    "instead",
    "clone",
    "substitute",
    "client",
    "option",
    "options",
    "setting",
    "settings",
    "service",
    "services",
    "new",
    "free",
    "open",
    "source",
    "make",
    "manage",
    "work",
    "run",
    "computer",
    "machine",
    "take",
    "taking",
];
/// Words that mean the same to somebody who searches, a line each.
const SAME: &[&[&str]] = &[
    &["photo", "picture", "image", "photograph", "pic", "photos"],
    &["video", "film", "movie", "clip"],
    &["music", "audio", "sound", "song", "mp3"],
    &["edit", "editor", "retouch", "modify"],
    &["view", "viewer", "look", "show", "display", "see"],
    &["play", "player", "listen", "watch"],
    &["mail", "email", "e-mail"],
    &["chat", "messenger", "messaging", "message", "im"],
    &["browser", "web browser", "surf", "internet"],
    &["picture", "draw", "drawing", "paint", "painting", "sketch"],
    &["spreadsheet", "excel", "table", "calc"],
    &["document", "word", "text", "writer"],
    &["slides", "presentation", "powerpoint"],
    &["office", "documents"],
    &["password", "credential", "secret"],
    &["manager", "organizer", "organiser", "vault"],
    &["download", "fetch", "grab", "save"],
    &["torrent", "bittorrent"],
    &["screenshot", "screen capture", "capture"],
    &["record", "capture", "recorder", "recording"],
    &["stream", "broadcast"],
    &["screen", "monitor", "display"],
    &["wallpaper", "background"],
    &["backup", "copy", "snapshot"],
    &["sync", "synchronise", "synchronize"],
    &["compress", "archive", "zip", "unpack", "extract"],
    &["disk", "drive", "storage", "partition"],
    &["network", "net", "wifi", "wlan", "wireless"],
    &["wifi", "wi", "fi"],
    &["gui", "graphical", "window", "interface"],
    &["monitor", "watch", "process", "usage"],
    &["code", "programming", "source", "ide"],
    &["shell", "terminal", "console", "command line"],
    &["game", "gaming", "games"],
    &["virtual machine", "vm", "virtualisation", "virtualization", "hypervisor"],
    &["container", "docker"],
    &["database", "sql", "db"],
    &["calculator", "calc", "calculate"],
    &["calendar", "appointment", "schedule"],
    &["note", "notes", "notebook"],
    &["book", "ebook", "e-book", "epub"],
    &["read", "reader"],
    &["pdf", "document"],
    &["scan", "scanner", "scanning"],
    &["print", "printer", "printing"],
    &["font", "typeface"],
    &["theme", "look"],
    &["picture", "graphics", "vector"],
    &["3d", "three-dimensional", "modelling", "modeling"],
    &["cad", "engineering", "construct"],
    &["remote", "distant"],
    &["desktop", "screen"],
    &["call", "phone", "voip", "meeting", "conference", "videoconference"],
    &["money", "finance", "accounting", "budget", "bookkeeping"],
    &["learn", "teach", "education"],
    &["language", "vocabulary"],
    &["map", "navigation", "gps"],
    &["encrypt", "encryption", "cipher", "crypt"],
    &["convert", "converter", "transcode"],
    &["burn", "write"],
    &["colour", "color"],
    &["customise", "customize"],
    &["time zone", "timezone"],
    &["boot", "start", "startup"],
    &["automatic", "auto", "unattended"],
    &["upgrade", "update"],
    &["lid", "laptop"],
    &["sleep", "suspend"],
    &["language", "locale"],
    &["keyboard", "layout", "keymap"],
    &["host", "hostname", "name"],
    &["firewall", "ports"],
    &["swap", "zram"],
    &["login", "display manager", "sign"],
];

/// The words of a text: small letters without accents, and numbers. Where small letters go over to capitals a new word
/// begins, so that `allowedTCPPorts` is three.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let characters: Vec<char> = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    for (at, &character) in characters.iter().enumerate() {
        let after_small = before.is_lowercase() && character.is_uppercase();
        let next_small = characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let ends_capitals = before.is_uppercase() && character.is_uppercase() && next_small;
        // c++ and c# are names.
        let sign = matches!(character, '+' | '#') && !word.is_empty() && !next_small;
        if !(character.is_alphanumeric() || sign) || after_small || ends_capitals {
            push(&mut words, &mut word);
        }
        if character.is_alphanumeric() || sign {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// A text without anything but its letters and digits: `VS Code`, `vs-code` and `vscode` are the same.
pub(super) fn squashed(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '+' | '#');
    text.nfkd().filter(|c| !is_combining_mark(*c)).filter(kept).flat_map(char::to_lowercase).collect()
}

/// What is left of a word when its ending is taken off: `editors`, `editing` and `edit` are one.
pub(super) fn stem(word: &str) -> String {
    let short = |rest: &str| rest.chars().count() < 3;
    let mut rest = word;
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    // movie and movies, library and libraries
    let singular = rest.strip_suffix("ies").or_else(|| rest.strip_suffix("ie"));
    if let Some(stem) = singular.filter(|rest| !short(rest)) {
        return format!("{stem}y");
    }
    if let Some(stem) = rest.strip_suffix('s').filter(|rest| !short(rest) && !rest.ends_with(['s', 'u', 'i'])) {
        rest = stem;
    }
    for ending in ["ing", "er", "or", "ed", "e"] {
        if let Some(stem) = rest.strip_suffix(ending).filter(|rest| !short(rest)) {
            let mut stem = stem.to_owned();
            // plotting, plotter: plot
            let last = stem.bytes().last().unwrap_or_default();
            let doubled = stem.len() > 3 && stem.as_bytes()[stem.len() - 2] == last && !b"aeiouls".contains(&last);
            if doubled && ending != "e" {
                stem.pop();
            }
            return stem;
        }
    }
    rest.to_owned()
}

/// The words of a text, each cut to its stem.
pub(super) fn stems(text: &str) -> Vec<String> {
    tokens(text).iter().map(|word| stem(word)).collect()
}

/// The words of a search that matter; all of them when none does.
pub(super) fn wanted(query: &str) -> Vec<String> {
    let all = tokens(query);
    let without = |lists: &[&[&str]]| -> Vec<String> {
        all.iter().filter(|word| !lists.iter().any(|list| list.contains(&word.as_str()))).cloned().collect()
    };
    let mut kept = [without(&[STOP, WEAK]), without(&[STOP]), all.clone()].into_iter().find(|kept| !kept.is_empty());
    let mut kept = kept.take().unwrap_or_default();
    let mut seen = std::collections::BTreeSet::new();
    kept.retain(|word| seen.insert(word.clone()));
    kept
}

/// Stems of words that mean the same as this one, without itself.
pub(super) fn alike(word: &str) -> Vec<String> {
    let own = stem(word);
    let mut found: Vec<String> = Vec::new();
    for group in SAME {
        if group.iter().any(|same| stem(same) == own) {
            // Several words that mean one are found by their own names; here each stands alone.
            found.extend(group.iter().filter(|same| !same.contains([' ', '-'])).map(|same| stem(same)));
        }
    }
    found.retain(|same| *same != own);
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_names() {
        assert_eq!(
            tokens("networking.firewall.allowedTCPPorts"),
            ["networking", "firewall", "allowed", "tcp", "ports"]
        );
        assert_eq!(tokens("Café C++ g++ 7zip"), ["cafe", "c++", "g++", "7zip"]);
        assert_eq!(squashed("Visual Studio-Code"), "visualstudiocode");
    }

    #[test]
    fn stems_meet() {
        for (one, other) in [
            ("editor", "editing"),
            ("photos", "photo"),
            ("browse", "browser"),
            ("plotting", "plotter"),
            ("manager", "manage"),
            ("viewer", "viewing"),
            ("libraries", "library"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert_eq!(stem("vim"), "vim");
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        assert_eq!(wanted("a program to edit my photos"), ["edit", "photos"]);
        assert_eq!(wanted("excel replacement"), ["excel"]);
        assert_eq!(wanted("software"), ["software"]);
        assert!(alike("pictures").contains(&stem("photo")));
    }
}
