//! The packages that a line is about.

use super::fill::is;
use super::names;
use crate::catalogue;
use crate::catalogue::lexicon::{Sense, Table};
use crate::understand::line::{Line, Shape, Token};
use crate::understand::senses;

/// Words after which a thing is only spoken of, not asked for.
fn turns_away(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "instead"
            | "not"
            | "without"
            | "like"
            | "because"
            | "since"
            | "unlike"
            | "than"
            | "from"
            | "keep"
            | "but"
            | "except"
    )
}

/// The packages that a line is about.
pub(super) fn packages(line: &Line, intent: &str) -> Option<Vec<String>> {
    let tokens = &line.tokens;
    let mut strong: Vec<(usize, usize, String)> = Vec::new();
    // Whoever has "no reason to keep vlc" is about vlc.
    let refused = intent == "remove_package";
    let mut place = 0;
    let mut away = false;
    while place < tokens.len() {
        let token = &tokens[place];
        if place > 0 && tokens[place - 1].clause != token.clause {
            away = false;
        }
        away |= turns_away(token) && !(token.text == "like" && strong.is_empty());
        match names::strong_package(&tokens[place..]) {
            Some((length, name)) => {
                if (!away || strong.is_empty() && token.text != "not")
                    && (refused || token.negated.is_none())
                    && !strong.iter().any(|(_, _, known)| known == name)
                {
                    strong.push((place, length, name.to_owned()));
                }
                place += length;
            }
            None => place += 1,
        }
    }
    // Beside those that are known, what stands in the same list: "htop and whatsit".
    let object = object(line, intent);
    if let Some(start) = object {
        let mut at = start;
        while let Some(token) = tokens.get(at) {
            if let Some((_, length, _)) = strong.iter().find(|(place, ..)| *place == at) {
                at += length;
                continue;
            }
            let joins = matches!(token.text.as_str(), "and" | "plus" | "also" | "n" | "the" | "with" | "both");
            if joins {
                at += 1;
                continue;
            }
            let named = names::package(&tokens[at..])
                .filter(|_| token.negated.is_none() && names_something(token, strong.is_empty()));
            let Some((length, name)) = named else { break };
            if !strong.iter().any(|(_, _, known)| *known == name) {
                strong.push((at, length, name));
            }
            at += length;
        }
    }
    // "Run hello": a name that is a word of every day, right behind the verb.
    if strong.is_empty()
        && matches!(intent, "run_package" | "try_package" | "package_info")
        && let Some(place) = tokens.iter().position(|token| is(token, &["run", "test", "explain"])).map(|verb| verb + 1)
        && place < tokens.len()
        && let Some((length, name)) = names::package(&tokens[place..])
    {
        strong.push((place, length, name));
    }
    strong.sort_by_key(|(place, ..)| *place);
    let all: Vec<String> = strong.into_iter().map(|(.., name)| name).collect();
    (!all.is_empty()).then_some(all)
}

/// Whether a word where a name is expected is one: unknown, or known as a name beside other things.
pub(super) fn names_something(token: &Token, alone: bool) -> bool {
    let lexicon = catalogue::lexicon();
    if token.filler || !matches!(token.shape, Shape::Word | Shape::Path | Shape::Address) {
        return token.shape == Shape::Address && token.text.contains('#');
    }
    let Some(known) = token.known else { return true };
    if lexicon.senses(known).all(|sense| matches!(sense, Sense::Everyday(_) | Sense::Common)) {
        return false;
    }
    let named =
        lexicon.senses(known).any(|sense| matches!(sense, Sense::Package(_) | Sense::Stack(_) | Sense::Service(_)));
    named && (alone || !lexicon.senses(known).any(|sense| matches!(sense, Sense::Class(_) | Sense::Filler)))
}

/// Where the object of the verb begins.
fn object(line: &Line, intent: &str) -> Option<usize> {
    let verbs: &[&str] = match intent {
        "remove_package" => &["remove", "disable"],
        "try_package" => &["test", "temporary", "install", "enter"],
        "run_package" => &["run"],
        "update_package" => &["update"],
        "why_installed" => &["why_here", "question"],
        "package_info" => &["explain", "info", "lookup_web", "question"],
        _ => &["install", "enable"],
    };
    let tokens = &line.tokens;
    let lexicon = catalogue::lexicon();
    let verb = line
        .spans(lexicon)
        .iter()
        .filter(|span| match span.sense {
            Sense::Class(class) => verbs.contains(&lexicon.name(Table::Classes, class)),
            _ => false,
        })
        .filter(|span| tokens[span.start].negated.is_none())
        .map(senses::Span::end)
        .min();
    let skips = |token: &Token| {
        token.filler
            || is(token, &["package", "politeness", "search", "only"])
            || is(token, verbs)
            || matches!(token.text.as_str(), "called" | "named" | "for")
    };
    // Without a verb, in a few words, the first that says something: "htop too".
    let start = verb.or((tokens.len() <= 5).then_some(0))?;
    (start..tokens.len()).find(|&place| !skips(&tokens[place]))
}

/// The one package that a line is about.
pub(super) fn package(line: &Line, intent: &str) -> Option<String> {
    if let Some(first) = packages(line, intent).and_then(|names| names.into_iter().next()) {
        return Some(first);
    }
    // A name alone, or the last word that names something.
    let tokens = &line.tokens;
    (0..tokens.len())
        .rev()
        .filter(|&place| names_something(&tokens[place], true))
        .find_map(|place| names::package(&tokens[place..]).map(|(_, name)| name))
}
