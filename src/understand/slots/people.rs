//! Users, groups, hosts and ports.

use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Line, Shape, Token};

/// A name of an account or host.
fn plain(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && !text.contains("..")
}

/// Whether a word could be somebody's name: not one that the sentence is made of.
pub(super) fn unspoken(token: &Token) -> bool {
    let lexicon = catalogue::lexicon();
    let word =
        |sense| matches!(sense, Sense::Class(_) | Sense::Filler | Sense::Common | Sense::Word | Sense::Spelled(_));
    !token.filler
        && matches!(token.shape, Shape::Word)
        && (token.known.is_none_or(|known| {
            let mut senses = lexicon.senses(known).peekable();
            let person = lexicon.senses(known).any(|sense| sense == Sense::Person);
            person || senses.peek().is_some() && !lexicon.senses(known).any(word) && token.text.len() > 2
        }))
}

/// Whether a word is only known as a part of phrases: "boris" of somebody famous.
fn means_nothing(token: &Token) -> bool {
    token.known.is_some_and(|known| catalogue::lexicon().senses(known).next().is_none())
}

/// The name of an account.
pub(super) fn account(token: &Token) -> Option<String> {
    let text = token.as_typed();
    (plain(text) && matches!(token.shape, Shape::Word) && !text.is_empty()).then(|| text.to_lowercase())
}

/// The account that an option is about: `users.users.alice.extraGroups`.
fn of_option(token: &Token) -> Option<String> {
    let rest = token.raw.strip_prefix("users.users.").filter(|_| token.shape == Shape::Path)?;
    let name = rest.split('.').next().unwrap_or(rest).trim_matches('"');
    plain(name).then(|| name.to_lowercase())
}

/// The account that a line is about: named as one, or the first word that names nothing else.
pub(super) fn find_account(line: &Line) -> Option<String> {
    let tokens = &line.tokens;
    if let Some(account) = tokens.iter().find_map(of_option) {
        return Some(account);
    }
    let introduces = |token: &Token| {
        matches!(token.text.as_str(), "user" | "account" | "called" | "named" | "username" | "login" | "name")
    };
    let groups = |place: usize| {
        group(&tokens[place..]).is_some() || tokens.get(place + 1).is_some_and(|next| next.text == "group")
    };
    let mut presented: Option<usize> = None;
    for (place, token) in tokens.iter().enumerate() {
        if introduces(token) {
            let name = tokens.iter().enumerate().skip(place + 1).find(|(_, next)| !next.filler && !introduces(next));
            // What is called something is called that, whatever the word means elsewhere.
            let called = matches!(token.text.as_str(), "called" | "named" | "name" | "username");
            if let Some((next, token)) = name
                && (unspoken(token) || means_nothing(token) || called && token.shape == Shape::Word)
                && (called || !groups(next))
            {
                presented = Some(next);
            }
        }
    }
    let person = || tokens.iter().position(is_person);
    // Who says "me" names nobody else.
    let own = tokens.iter().any(|token| matches!(token.text.as_str(), "me" | "myself"));
    let could_be =
        |place: &usize| !own && unspoken(&tokens[*place]) && !groups(*place) && account(&tokens[*place]).is_some();
    // "A new apprentice, Aisling": names have capitals, where not everything has.
    let shouted = tokens.iter().all(|token| !token.raw.contains(|c: char| c.is_ascii_lowercase()));
    let capital = |place: &usize| *place > 0 && !shouted && tokens[*place].raw.starts_with(char::is_uppercase);
    let unknown = || {
        let could_be = || (0..tokens.len()).filter(could_be);
        could_be().find(capital).or_else(|| could_be().next())
    };
    let place = presented.or_else(person).or_else(unknown)?;
    account(&tokens[place])
}

fn is_person(token: &Token) -> bool {
    token.known.is_some_and(|known| catalogue::lexicon().senses(known).any(|sense| sense == Sense::Person))
}

const GROUPS: [(&str, &str); 36] = [
    ("wheel", "wheel"),
    ("sudo", "wheel"),
    ("sudoers", "wheel"),
    ("admin", "wheel"),
    ("admins", "wheel"),
    ("administrator", "wheel"),
    ("administrators", "wheel"),
    ("root", "wheel"),
    ("superuser", "wheel"),
    ("docker", "docker"),
    ("podman", "podman"),
    ("networkmanager", "networkmanager"),
    ("libvirtd", "libvirtd"),
    ("libvirt", "libvirtd"),
    ("kvm", "kvm"),
    ("video", "video"),
    ("audio", "audio"),
    ("render", "render"),
    ("input", "input"),
    ("dialout", "dialout"),
    ("plugdev", "plugdev"),
    ("scanner", "scanner"),
    ("lp", "lp"),
    ("lpadmin", "lpadmin"),
    ("vboxusers", "vboxusers"),
    ("virtualbox", "vboxusers"),
    ("wireshark", "wireshark"),
    ("adbusers", "adbusers"),
    ("disk", "disk"),
    ("users", "users"),
    ("games", "games"),
    ("kmem", "kmem"),
    ("tty", "tty"),
    ("uucp", "uucp"),
    ("gamemode", "gamemode"),
    ("storage", "storage"),
];

/// A group whose name everybody knows.
fn group(tokens: &[Token]) -> Option<&'static str> {
    let text = tokens.first()?.text.as_str();
    GROUPS.iter().find(|(name, _)| *name == text).map(|(_, group)| *group)
}

/// Whether a word is the name of such a group.
pub(super) fn is_group(token: &Token) -> bool {
    group(std::slice::from_ref(token)).is_some()
}

/// Groups in a row, as a command lists them.
pub(super) fn groups(tokens: &[Token]) -> Option<(usize, Vec<String>)> {
    let text = &tokens.first()?.text;
    let known = |name: &str| {
        GROUPS
            .iter()
            .find(|(group, _)| *group == name)
            .map_or_else(|| name.to_owned(), |(_, group)| (*group).to_owned())
    };
    // `video,dialout`
    let more = tokens[1..].iter().take_while(|token| token.clause != tokens[0].clause && is_group(token)).count();
    plain(text).then(|| (1 + more, tokens[..=more].iter().map(|token| known(&token.text)).collect()))
}

/// The groups that a line is about.
pub(super) fn find_groups(line: &Line, account: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    for (place, token) in line.tokens.iter().enumerate() {
        let before = place.checked_sub(1).map_or("", |before| line.tokens[before].text.as_str());
        let after = line.tokens.get(place + 1).map_or("", |next| next.text.as_str());
        if let Some(name) = group(&line.tokens[place..]) {
            // "Use docker without sudo" is about docker's group.
            if name == "wheel" && token.negated.is_some() && token.text == "sudo" {
                continue;
            }
            add(name);
        } else if (after == "group" || matches!(before, "group" | "groups"))
            && unspoken(token)
            && account != Some(token.text.as_str())
        {
            add(token.as_typed());
        }
    }
    found
}

/// A host by its name, as commands name it: `.#web1`, `root@web1`.
pub(super) fn host(token: &Token) -> Option<String> {
    let text = token.as_typed();
    let text = text.rsplit_once('=').map_or(text, |(_, name)| name);
    let text = text.strip_prefix("ssh://").or_else(|| text.strip_prefix("ssh-ng://")).unwrap_or(text);
    let text = text.rsplit_once('#').map_or(text, |(_, host)| host);
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    (plain(text) && !matches!(token.shape, Shape::Flag | Shape::Number)).then(|| text.to_lowercase())
}

/// Hosts in a row.
pub(super) fn hosts(tokens: &[Token]) -> Option<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut end = 0;
    for (place, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "and" | "plus" | "," => {}
            _ if token.shape == Shape::Flag => {}
            _ => match host(token).filter(|_| !token.filler) {
                Some(host) => {
                    found.extend(host.split(',').map(str::to_owned));
                    end = place + 1;
                }
                None => break,
            },
        }
    }
    (!found.is_empty()).then_some((end, found))
}

/// The hosts that a line is about: those that are named, or all.
pub(super) fn find_hosts(line: &Line) -> Vec<String> {
    let tokens = &line.tokens;
    // The two names of one target: `root@web1` and `.#web1`.
    if let Some(reference) = tokens.iter().find(|token| token.raw.contains('#')) {
        return host(reference).into_iter().collect();
    }
    // A name behind "on" is surer than one with a digit, and that surer than any word nobody knows.
    let mut found: [Vec<String>; 3] = Default::default();
    let mut listed = false;
    for (place, token) in tokens.iter().enumerate() {
        let joins = matches!(token.text.as_str(), "and" | "or" | "plus" | "also");
        let before = place.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
        let marked = token.quoted
            || matches!(
                before,
                "called" | "named" | "host" | "on" | "onto" | "to" | "server" | "machine" | "box" | "node" | "the"
            ) && (unspoken(token) || before != "the" && speaks_of_host(token))
            || matches!(before, "called" | "named") && !token.filler;
        let named = (unspoken(token) || token.shape == Shape::Host) && token.negated.is_none();
        let rank = match () {
            () if joins || token.filler || matches!(token.text.as_str(), "called" | "named") => continue,
            () if token.shape == Shape::Host || marked || listed && named => 0,
            () if named && token.text.bytes().any(|byte| byte.is_ascii_digit()) => 1,
            () if named => 2,
            () => {
                listed = false;
                continue;
            }
        };
        listed = rank == 0;
        if let Some(host) = host(token)
            && !found[rank].contains(&host)
        {
            found[rank].push(host);
        }
    }
    let found = found.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    let says = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.text.as_str()));
    let many = says(&["servers", "machines", "hosts", "nodes", "boxes", "computers", "fleet"]);
    let all = says(&["all", "every", "everything", "everywhere", "fleet", "each", "whole"]);
    if all || many && found.is_empty() { vec!["all".to_owned()] } else { found }
}

/// Whether a word that means something else too is meant as a host's name: "deploy to nas".
fn speaks_of_host(token: &Token) -> bool {
    let lexicon = catalogue::lexicon();
    let object = |sense| match sense {
        Sense::Class(class) => {
            !matches!(lexicon.name(Table::Classes, class), "host" | "system" | "everything" | "model")
        }
        _ => false,
    };
    !token.filler
        && token.shape == Shape::Word
        && token.known.is_some_and(|known| lexicon.senses(known).any(|sense| sense.is_name() || object(sense)))
}

/// Where a machine is reached.
pub(super) fn target(token: &Token) -> Option<String> {
    (token.shape == Shape::Host && token.raw.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@:".contains(c)))
        .then(|| token.raw.clone())
}

/// The number of a port, or the port of a protocol that everybody knows.
fn port(token: &Token) -> Option<Vec<u64>> {
    let text = token.text.rsplit('=').next().unwrap_or(&token.text).trim_start_matches("port").trim_start_matches(':');
    let text =
        text.split_once('/').map_or(text, |(first, second)| if first.parse::<u64>().is_ok() { first } else { second });
    let known = [
        ("ssh", 22),
        ("http", 80),
        ("https", 443),
        ("dns", 53),
        ("smtp", 25),
        ("imap", 143),
        ("rdp", 3389),
        ("vnc", 5900),
    ];
    if let Some((_, port)) = known.iter().find(|(name, _)| *name == text) {
        return Some(vec![*port]);
    }
    let number = |text: &str| text.parse::<u64>().ok().filter(|port| (1..=65535).contains(port));
    if let Some((from, to)) = text.split_once(['-', ':']) {
        let (from, to) = (number(from)?, number(to)?);
        return (from <= to && to - from < 100).then(|| (from..=to).collect());
    }
    number(text).map(|port| vec![port])
}

/// Ports in a row.
pub(super) fn ports(tokens: &[Token]) -> Option<(usize, Vec<u64>)> {
    let mut found: Vec<u64> = Vec::new();
    let mut end = 0;
    for (place, token) in tokens.iter().enumerate() {
        match port(token) {
            Some(ports) => {
                found.extend(ports.iter().filter(|port| !found.contains(port)).copied().collect::<Vec<_>>());
                end = place + 1;
            }
            None if matches!(token.text.as_str(), "and" | "tcp" | "udp" | "port" | "ports") => {}
            None => break,
        }
    }
    (!found.is_empty()).then_some((end, found))
}

/// Whether a figure is a word of a chat: "25565 4 minecraft", "open it 2 everybody".
fn stands_for_a_word(line: &Line, place: usize) -> bool {
    let word = |place: usize| line.tokens.get(place).is_some_and(|token| token.shape == Shape::Word);
    let joins = place.checked_sub(1).is_some_and(|place| matches!(line.tokens[place].text.as_str(), "and" | "port"));
    matches!(line.tokens[place].text.as_str(), "2" | "4") && word(place + 1) && !joins
}

/// Whether what a figure counts stands behind it: "in 5 min".
fn counts(line: &Line, place: usize) -> bool {
    const UNITS: [&str; 18] = [
        "min", "mins", "minute", "minutes", "second", "seconds", "hour", "hours", "day", "days", "week", "weeks", "am",
        "pm", "people", "players", "machines", "times",
    ];
    line.tokens.get(place + 1).is_some_and(|next| UNITS.contains(&next.text.as_str()))
}

/// All ports of a line; numbers before names of protocols. What is refused counts only when nothing else is named: "not
/// 8080 but 8081".
pub(super) fn find_ports(line: &Line) -> Vec<u64> {
    fn in_figures(token: &Token) -> bool {
        token.text.bytes().any(|byte| byte.is_ascii_digit())
            && (token.shape != Shape::Flag || token.text.contains("port"))
    }
    let kinds: [fn(&Token) -> bool; 3] =
        [|token| in_figures(token) && token.negated.is_none(), in_figures, |token| token.shape == Shape::Word];
    kinds.into_iter().map(|wanted| ports_of(line, wanted)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The ports that words say, and those of the tokens that are wanted.
fn ports_of(line: &Line, wanted: fn(&Token) -> bool) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    let mut place = 0;
    while place < line.tokens.len() {
        let token = &line.tokens[place];
        let spoken = super::numbers::number(&line.tokens[place..]).filter(|_| token.shape != Shape::Number);
        if let Some((length, number)) = spoken.filter(|(_, number)| (21..=65535).contains(number))
            && !counts(line, place + length - 1)
        {
            if !found.contains(&number) {
                found.push(number);
            }
            place += length;
            continue;
        }
        let word = stands_for_a_word(line, place) && !found.is_empty();
        if wanted(token) && !word && !counts(line, place) {
            let ports = port(token).unwrap_or_default();
            // "3000 through 3002".
            let through = line.tokens.get(place + 1).is_some_and(|next| matches!(next.text.as_str(), "through" | "to"));
            let last = || line.tokens.get(place + 2).and_then(port)?.pop();
            if through
                && let ([first], Some(last)) = (ports.as_slice(), last())
                && (*first..first + 100).contains(&last)
            {
                found.extend(*first..=last);
                place += 3;
                continue;
            }
            for port in ports {
                if !found.contains(&port) {
                    found.push(port);
                }
            }
        }
        place += 1;
    }
    found
}
