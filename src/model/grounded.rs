//! Whether a value comes from the person's own words. A model invents; what nobody said never becomes a slot.

use rapidfuzz::distance::osa;
use serde_json::Value;

use crate::numerals;

/// The words of a request, as values are held against them.
#[derive(Clone, Debug)]
pub(super) struct Words {
    said: Vec<String>,
    /// All letters and digits without anything between them: "vs code" has "vscode".
    squashed: String,
    numbers: Vec<u64>,
    /// Ages that were said, in hours.
    hours: Vec<u64>,
}

const UNITS: [(&str, u64); 14] = [
    ("hours", 1),
    ("hour", 1),
    ("hrs", 1),
    ("h", 1),
    ("days", 24),
    ("day", 24),
    ("d", 24),
    ("weeks", 7 * 24),
    ("week", 7 * 24),
    ("fortnight", 14 * 24),
    ("months", 30 * 24),
    ("month", 30 * 24),
    ("years", 365 * 24),
    ("year", 365 * 24),
];
const OTHERS: [(&str, u64); 4] = [("couple", 2), ("both", 2), ("twice", 2), ("dozen", 12)];

impl Words {
    /// Takes the words apart.
    pub(super) fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        let words: Vec<String> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let squashed = words.concat();
        let mut numbers = Vec::new();
        let mut hours = Vec::new();
        let parts = parts(&words);
        for (place, part) in parts.iter().enumerate() {
            numbers.extend(number(part));
            let before = place.checked_sub(1).map(|place| parts[place]);
            let one = matches!(*part, "a" | "an").then_some(1);
            // "two weeks", and "a couple of days".
            let next = unit(parts.get(place + 1)).or_else(|| {
                let between = matches!(parts.get(place + 1), Some(&"of" | &"more" | &"full"));
                unit(parts.get(place + 2)).filter(|_| between)
            });
            if let (Some(number), Some(unit)) = (number(part).or(one), next) {
                hours.push(number.saturating_mul(unit));
            }
            // "last week", "this month": one of them. "Many days" is none.
            let single = part.len() > 1 && !part.ends_with('s') && before.and_then(number).is_none();
            hours.extend(unit(Some(part)).filter(|_| single));
        }
        Self { said: words, squashed, numbers, hours }
    }

    /// Whether the value was said, or something close to it. What is `true`, `false` or one of a few words says nothing that
    /// could have been invented: the caller leaves those out.
    pub(super) fn say(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.say_text(text),
            Value::Number(number) => number.as_u64().is_some_and(|number| self.numbers.contains(&number)),
            Value::Array(values) => values.iter().all(|value| self.say(value)),
            Value::Bool(_) => true,
            Value::Null | Value::Object(_) => false,
        }
    }

    /// Whether an age such as `14d` was said: "two weeks".
    pub(super) fn say_age(&self, age: &str) -> bool {
        let Some((number, unit)) = age.split_at_checked(age.len().saturating_sub(1)) else { return false };
        let unit = match unit {
            "h" => 1,
            "d" => 24,
            _ => return false,
        };
        number.parse::<u64>().is_ok_and(|number| self.hours.contains(&(number.saturating_mul(unit))))
    }

    fn say_text(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let mut any = false;
        for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            any = true;
            if !self.say_word(word) {
                return false;
            }
        }
        any
    }

    fn say_word(&self, word: &str) -> bool {
        let letters = word.chars().count();
        // A letter or two stand in many words by chance.
        let inside = letters >= 3 && self.squashed.contains(word);
        let wrong = match letters {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        // Digits are never close to other digits.
        let near = |said: &String| {
            osa::distance(said.chars(), word.chars()) <= wrong && !word.chars().any(|c| c.is_ascii_digit())
        };
        inside || self.said.iter().any(|said| said == word || near(said))
    }
}

/// The words, with letters and digits apart: "30d" and "v12" are a number and a word.
fn parts(words: &[String]) -> Vec<&str> {
    let mut parts = Vec::new();
    for word in words {
        let mut rest = word.as_str();
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c: char| c.is_ascii_digit() != first.is_ascii_digit()).unwrap_or(rest.len());
            parts.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    parts
}

/// The hours of a unit of time.
fn unit(word: Option<&&str>) -> Option<u64> {
    let word = *word?;
    UNITS.iter().find(|(unit, _)| *unit == word).map(|unit| unit.1)
}

fn number(word: &str) -> Option<u64> {
    let other = || OTHERS.iter().find(|(other, _)| *other == word).map(|other| other.1);
    word.parse().ok().or_else(|| numerals::value(word)).or_else(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_is_told_from_what_was_not() {
        for (text, value, said) in [
            ("please instal firefx", json!(["firefox"]), true),
            ("put vs code on it", json!("vscode"), true),
            ("put vs code on it", json!("visual-studio-code"), false),
            ("go back to generation forty two", json!(42), false),
            ("go back to generation 42", json!(42), true),
            ("go back two", json!(2), true),
            ("go back", json!(1), false),
            ("go back to a good one", json!(1), true),
            ("go back to a good state", json!(1), false),
            ("go back to 41", json!(42), false),
            ("use nixos-25.11", json!("25.11"), true),
            ("use nixos-25.11", json!("26.05"), false),
            ("add the channel", json!("rm -rf"), false),
            ("anything", json!(""), false),
            ("anything", json!("-"), false),
            ("anything", json!(null), false),
            ("drop 1, 2 and 3", json!([1, 2, 3]), true),
            ("drop 1, 2 and 3", json!([1, 2, 3, 4]), false),
            ("the Gaming one", json!("gaming"), true),
        ] {
            assert_eq!(Words::new(text).say(&value), said, "{text:?}: {value}");
        }
    }

    #[test]
    fn ages_are_compared_by_what_they_mean() {
        for (text, age, said) in [
            ("older than two weeks", "14d", true),
            ("older than 2 weeks", "2d", false),
            ("older than 30d", "30d", true),
            ("older than a month", "30d", true),
            ("from last week", "7d", true),
            ("a couple of days old", "2d", true),
            ("more than 12 hours", "12h", true),
            ("older than 30 days", "1d", false),
            ("many days old", "1d", false),
            ("a day old", "1d", true),
            ("old ones", "30d", false),
            ("old ones", "", false),
            ("older than 3 years", "1095d", true),
        ] {
            assert_eq!(Words::new(text).say_age(age), said, "{text:?}: {age}");
        }
    }

    proptest! {
        #[test]
        fn no_words_make_it_panic(text in "\\PC{0,60}", value in "\\PC{0,20}", number in any::<u64>()) {
            let words = Words::new(&text);
            let _ = (words.say(&json!(value)), words.say(&json!(number)), words.say_age(&value));
            if value.chars().any(char::is_alphanumeric) {
                prop_assert!(Words::new(&value).say(&json!(value)));
            }
        }
    }
}
