//! Numbers in digits and in words.

use crate::understand::line::Token;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A range never names more than this.
const MOST: u64 = 1000;

fn small(word: &str) -> Option<u64> {
    SMALL.iter().zip(0..).find(|(name, _)| **name == word).map(|(_, number)| number)
}

fn tens(word: &str) -> Option<u64> {
    let word = if word == "fourty" { "forty" } else { word };
    TENS.iter().zip(2..).find(|(name, _)| **name == word).map(|(_, number)| number * 10)
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
    if let Some(ten) = tens(word) {
        return Some(match tokens.get(1).and_then(|next| small(&next.text)).filter(|one| (1..10).contains(one)) {
            Some(one) => (2, ten + one),
            None => (1, ten),
        });
    }
    small(word).map(|number| (1, number))
}

/// A number: digits, or words up to the hundreds.
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
    let (mut length, mut number) = below_hundred(tokens)?;
    if tokens.get(length).is_some_and(|next| next.text == "hundred") {
        number *= 100;
        length += 1;
        let and = usize::from(tokens.get(length).is_some_and(|next| next.text == "and"));
        if let Some((more, rest)) = tokens.get(length + and..).and_then(below_hundred) {
            number += rest;
            length += and + more;
        }
    }
    Some((length, number))
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
    let (length, from) = number(tokens)?;
    if tokens.get(length).is_some_and(|next| matches!(next.text.as_str(), "to" | "through" | "until" | "till"))
        && let Some((more, to)) = tokens.get(length + 1..).and_then(number)
        && from <= to
        && to - from < MOST
    {
        return Some((length + 1 + more, (from..=to).collect()));
    }
    Some((length, vec![from]))
}
