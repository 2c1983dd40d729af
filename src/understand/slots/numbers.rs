//! Numbers in digits and in words.

use crate::numerals;
use crate::understand::line::Token;

/// A range never names more than this.
const MOST: u64 = 1000;

fn small(word: &str) -> Option<u64> {
    numerals::value(word).filter(|number| *number < 20)
}

fn tens(word: &str) -> Option<u64> {
    let word = if word == "fourty" { "forty" } else { word };
    numerals::value(word).filter(|number| (20..100).contains(number))
}

/// A number below a hundred: "12", "twelve", "twenty five", "twenty-five".
pub(super) fn below_hundred(tokens: &[Token]) -> Option<(usize, u64)> {
    let word = tokens.first()?.text.as_str();
    if let Some((ten, one)) = word.split_once('-') {
        return Some((1, tens(ten)? + small(one).filter(|one| (1..10).contains(one))?));
    }
    if word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((1, word.parse().ok()?));
    }
    // What dictation hears before a word for several: "the last for generations".
    let several = tokens.get(1).is_some_and(|next| matches!(next.text.as_str(), "generations" | "versions"));
    match word {
        "for" | "fore" if several => return Some((1, 4)),
        "to" | "too" if several => return Some((1, 2)),
        _ => {}
    }
    if let Some(ten) = tens(word) {
        let last = tokens.len() == 2 || tokens.get(2).is_some_and(|next| next.clause != tokens[1].clause);
        // What dictation hears: "forty too".
        let heard = |word: &str| match word {
            "too" => Some(2),
            "to" if last => Some(2),
            "for" | "fore" if last => Some(4),
            "ate" => Some(8),
            "won" => Some(1),
            _ => small(word).filter(|one| (1..10).contains(one)),
        };
        return Some(tokens.get(1).and_then(|next| heard(&next.text)).map_or((1, ten), |one| (2, ten + one)));
    }
    small(word).map(|number| (1, number))
}

/// A number: digits, or words.
pub(super) fn number(tokens: &[Token]) -> Option<(usize, u64)> {
    let word = tokens.first()?.text.as_str();
    // `system-42-link` is how a profile calls its generations; `--count=5` is an option of another tool.
    let link = word.rsplit('/').next().and_then(|name| name.strip_prefix("system-")?.strip_suffix("-link"));
    let option = word.strip_prefix("--").and_then(|option| Some(option.split_once('=')?.1));
    let plain = link.or(option).unwrap_or(word);
    let digits = plain.strip_prefix('#').or_else(|| plain.strip_prefix('+')).unwrap_or(plain);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok().filter(|number: &u64| *number <= 1_000_000_000).map(|number| (1, number));
    }
    match word {
        "half" if tokens.get(1).is_some_and(|next| next.text == "dozen") => return Some((2, 6)),
        "half"
            if tokens.get(1).is_some_and(|next| next.text == "a")
                && tokens.get(2).is_some_and(|next| next.text == "dozen") =>
        {
            return Some((3, 6));
        }
        "dozen" => return Some((1, 12)),
        "couple" => return Some((1, 2)),
        _ => {}
    }
    if let Some(said) = in_figures(tokens, true) {
        return Some(said);
    }
    cardinal(tokens)
}

/// A number that is read out as it counts: "forty three", "two hundred and four", "five thousand one hundred seventy three".
fn cardinal(tokens: &[Token]) -> Option<(usize, u64)> {
    counted(tokens, below_thousand, ("thousand", 1000))
}

fn below_thousand(tokens: &[Token]) -> Option<(usize, u64)> {
    counted(tokens, below_hundred, ("hundred", 100))
}

/// A number that counts a unit, if the unit stands behind it, and what is left: "three thousand and twenty".
fn counted(
    tokens: &[Token],
    smaller: impl Fn(&[Token]) -> Option<(usize, u64)>,
    (unit, worth): (&str, u64),
) -> Option<(usize, u64)> {
    let (length, number) = smaller(tokens)?;
    let text = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
    if text(length) != unit {
        return Some((length, number));
    }
    let behind = length + 1 + usize::from(text(length + 1) == "and");
    // "Three thousand and three thousand one" are two.
    let rest = tokens.get(behind..).and_then(smaller).filter(|(more, _)| text(behind + more) != unit);
    Some(rest.map_or((length + 1, number * worth), |(more, rest)| (behind + more, number * worth + rest)))
}

/// A number that is read out figure by figure or in pairs: "eighty eighty", "four forty three", "three oh four", and where
/// it stands alone "five one eight two zero". Of a list, the latter are several numbers.
fn in_figures(tokens: &[Token], alone: bool) -> Option<(usize, u64)> {
    let clause = tokens.first()?.clause;
    let (mut length, mut figures, mut parts): (usize, String, Vec<u64>) = (0, String::new(), Vec::new());
    while let Some(token) = tokens.get(length).filter(|token| token.clause == clause) {
        let spoken = token.text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        let part = match token.text.as_str() {
            "oh" | "o" if !parts.is_empty() => Some((1, 0)),
            _ => below_hundred(&tokens[length..]).filter(|_| spoken),
        };
        let Some((more, part)) = part else { break };
        length += more;
        figures.push_str(&part.to_string());
        parts.push(part);
    }
    let counted = tokens.get(length).is_some_and(|next| matches!(next.text.as_str(), "hundred" | "thousand"));
    let in_pairs = || match parts.as_slice() {
        [first, second] => *first < 10 && *second >= 10,
        [first, middle, _] => *first < 10 && *middle == 0,
        _ => false,
    };
    let fits = parts.len() > 1 && parts[0] > 0 && !counted && figures.len() <= 5 && (alone || in_pairs());
    if fits { Some((length, figures.parse().ok()?)) } else { None }
}

/// Several numbers: "3, 4 and 9", "50 to 54".
pub(super) fn numbers(tokens: &[Token]) -> Option<(usize, Vec<u64>)> {
    let (mut length, first) = range(tokens)?;
    let mut all = first;
    loop {
        let joined = usize::from(tokens.get(length).is_some_and(|next| matches!(next.text.as_str(), "and" | "or")));
        match tokens.get(length + joined..).and_then(range) {
            Some((more, next)) if all.len() < 1000 => {
                all.extend(next);
                length += joined + more;
            }
            _ => return Some((length, all)),
        }
    }
}

fn range(tokens: &[Token]) -> Option<(usize, Vec<u64>)> {
    let word = tokens.first()?.text.as_str();
    if let Some((from, to)) = word.split_once("..").or_else(|| word.split_once('-'))
        && let (Ok(from), Ok(to)) = (from.parse::<u64>(), to.parse::<u64>())
    {
        return (from <= to && to - from < MOST).then(|| (1, (from..=to).collect()));
    }
    let one = |tokens: &[Token]| in_figures(tokens, false).or_else(|| cardinal(tokens)).or_else(|| number(tokens));
    let (length, from) = one(tokens)?;
    if tokens.get(length).is_some_and(|next| matches!(next.text.as_str(), "to" | "through" | "until" | "till"))
        && let Some((more, to)) = tokens.get(length + 1..).and_then(one)
        && from <= to
        && to - from < MOST
    {
        return Some((length + 1 + more, (from..=to).collect()));
    }
    Some((length, vec![from]))
}
