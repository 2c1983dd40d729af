//! Ages, times and releases.

use serde_json::Value;

use super::numbers;
use crate::understand::line::{Line, Token};

const UNITS: [(&str, u64); 11] = [
    ("hour", 1),
    ("h", 1),
    ("day", 24),
    ("d", 24),
    ("week", 7 * 24),
    ("w", 7 * 24),
    ("fortnight", 14 * 24),
    // What dictation and games make of it.
    ("fortnite", 14 * 24),
    ("month", 30 * 24),
    ("quarter", 90 * 24),
    ("year", 365 * 24),
];

fn unit(word: &str) -> Option<u64> {
    let single = if word.len() > 2 { word.strip_suffix('s').unwrap_or(word) } else { word };
    UNITS.iter().find(|(name, _)| *name == single).map(|(_, hours)| *hours)
}

pub(super) fn age(tokens: &[Token]) -> Option<(usize, Value)> {
    let first = tokens.first()?.text.as_str();
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let (length, hours) = if digits > 0 && digits < first.len() {
        (1, first[..digits].parse::<u64>().ok()?.checked_mul(unit(&first[digits..])?)?)
    } else if let Some((length, number)) = numbers::number(tokens) {
        (length + 1, number.checked_mul(unit(&tokens.get(length)?.text)?)?)
    } else if matches!(first, "half") && tokens.get(1).is_some_and(|token| token.text == "a") {
        (3, unit(&tokens.get(2)?.text)? / 2)
    } else if matches!(first, "a" | "an" | "one" | "last" | "this") {
        (2, unit(&tokens.get(1)?.text)?)
    } else {
        return None;
    };
    if hours == 0 || hours > 100 * 365 * 24 {
        return None;
    }
    let text = if hours.is_multiple_of(24) { format!("{}d", hours / 24) } else { format!("{hours}h") };
    Some((length, Value::from(text)))
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub(super) fn when(tokens: &[Token]) -> Option<(usize, Value)> {
    let word = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
    let time = |word: &str| {
        unit(word).is_some()
            || DAYS.contains(&word)
            || matches!(word, "night" | "morning" | "evening" | "weekend" | "afternoon" | "time")
    };
    let length = match word(0) {
        "yesterday" if matches!(word(1), "morning" | "evening" | "night" | "afternoon") => 2,
        "yesterday" | "today" => 1,
        "last" | "this" if time(word(1)) => 2,
        "early" | "late" if MONTHS.contains(&word(1)) => 2,
        "the" if word(1) == "day" && word(2) == "before" && word(3) == "yesterday" => 4,
        "the" if word(1) == "weekend" => 2,
        // "before" and "from before": to the end of the clause.
        "before" => {
            let clause = tokens[0].clause;
            let end = tokens
                .iter()
                .take(7)
                .take_while(|token| {
                    token.clause == clause
                        && !matches!(token.text.as_str(), "and" | "then" | "please" | "thanks" | "so" | "because")
                })
                .count();
            if end < 2
                || matches!(word(1), "this" | "that" | "it" | "you" | "i" | "you,") && end == 2
                || word(1) == "you"
            {
                return None;
            }
            end
        }
        _ => {
            let length = match numbers::number(tokens) {
                Some((length, _)) => length,
                None if matches!(word(0), "a" | "an") => 1,
                None => return DAYS.contains(&word(0)).then(|| (1, Value::from(word(0)))),
            };
            if unit(word(length)).is_some() && word(length + 1) == "ago" { length + 2 } else { return None }
        }
    };
    let said: Vec<&str> = tokens.get(..length)?.iter().map(|token| token.text.as_str()).collect();
    Some((length, Value::from(said.join(" "))))
}

/// Whether the release that stands here is the one to leave: "from 24.11", "still on 24.11", "24.11 is too old, take 25.05".
pub(super) fn comes_from(line: &Line, at: usize) -> bool {
    let complained = line.tokens.get(at + 1).is_some_and(|next| matches!(next.text.as_str(), "is" | "was"));
    if complained && (at + 2..line.tokens.len()).any(|other| release(&line.tokens[other..]).is_some()) {
        return true;
    }
    let before = line.tokens[..at].iter().rev().map(|token| token.text.as_str());
    let mut before = before.filter(|word| !matches!(*word, "nixos" | "release" | "version" | "the" | "channel"));
    match before.next() {
        Some("from" | "off" | "than" | "within" | "of" | "between" | "following" | "beyond" | "runs" | "leave") => true,
        Some("on") => before.next() == Some("still"),
        _ => false,
    }
}

pub(super) fn release(tokens: &[Token]) -> Option<(usize, Value)> {
    let first = tokens.first()?.text.as_str();
    let first = first.rsplit(['/', '=']).next().unwrap_or(first);
    let bare = first.strip_prefix("nixos-").or_else(|| first.strip_prefix("nixpkgs-")).unwrap_or(first);
    let number = bare.strip_suffix("-small").unwrap_or(bare);
    let is_number = number.len() == 5
        && number
            .bytes()
            .enumerate()
            .all(|(place, byte)| if place == 2 { byte == b'.' } else { byte.is_ascii_digit() });
    // NixOS comes out in May and November, long ago in March and September: 24.04 is of another system.
    let is_number = is_number && ["03", "05", "09", "11"].iter().any(|month| number.ends_with(month));
    if is_number || matches!(bare, "unstable" | "unstable-small") {
        return Some((1, Value::from(bare)));
    }
    // "twenty five eleven", "twenty three point eleven", "25 05", "twenty five oh five".
    let (length, year) = numbers::below_hundred(tokens)?;
    let rest = tokens.get(length..)?;
    let point = usize::from(rest.first().is_some_and(|token| matches!(token.text.as_str(), "point" | "dot")));
    let zero = usize::from(rest.get(point).is_some_and(|token| matches!(token.text.as_str(), "oh" | "zero" | "o")));
    let (more, month) = numbers::below_hundred(rest.get(point + zero..)?)?;
    ((13..=99).contains(&year) && matches!(month, 3 | 5 | 9 | 11))
        .then(|| (length + point + zero + more, Value::from(format!("{year:02}.{month:02}"))))
}
