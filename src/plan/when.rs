//! Times as people say them, for "go back to how it was yesterday".

use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan as _, Zoned};

/// What a phrase about the past means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The change before the last one: "before the update".
    LastChange,
    /// A point in time; the generation that was the newest then is meant.
    At(Timestamp),
}

/// Reads a phrase, lower-cased and without "the": `yesterday`, `last week`, `3 days ago`, `before the update`.
pub(super) fn moment(phrase: &str, now: &Zoned) -> Option<Moment> {
    let words: Vec<&str> = phrase
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !FILLER.contains(word))
        .collect();
    let has = |wanted: &str| words.contains(&wanted);
    if words.iter().any(|word| CHANGES.contains(word)) {
        return Some(Moment::LastChange);
    }
    // The state at the end of a day is what people mean by its name, and at the start of a longer span.
    let end_of = |day: &Zoned| day.end_of_day().ok();
    let ago = |count: i64, unit: &str| now.checked_sub(span(count, unit)?).ok();
    let then = if has("yesterday") && has("before") {
        end_of(&ago(2, "day")?)
    } else if has("yesterday") {
        end_of(&ago(1, "day")?)
    } else if has("today") || has("morning") {
        now.start_of_day().ok()
    } else if let Some((count, unit)) = count_and_unit(&words) {
        let then = ago(count, unit)?;
        if unit.starts_with("hour") || unit.starts_with("minute") { Some(then) } else { end_of(&then) }
    } else {
        let day = words.iter().find_map(|word| weekday(word))?;
        let days = i64::from(now.weekday().since(day));
        end_of(&ago(if days == 0 { 7 } else { days }, "day")?)
    };
    Some(Moment::At(then?.timestamp()))
}

const FILLER: [&str; 10] = ["the", "a", "an", "of", "it", "was", "on", "in", "from", "as"];
const CHANGES: [&str; 8] = ["update", "upgrade", "change", "changes", "rebuild", "switch", "install", "working"];
const NUMBERS: [&str; 13] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

fn count_and_unit<'a>(words: &[&'a str]) -> Option<(i64, &'a str)> {
    let (position, unit) = words.iter().enumerate().find(|(_, word)| span(1, word).is_some())?;
    let count = position.checked_sub(1).and_then(|before| {
        let word = words[before];
        word.parse()
            .ok()
            .or_else(|| NUMBERS.iter().position(|number| *number == word).and_then(|n| i64::try_from(n).ok()))
    });
    Some((count.unwrap_or(1), unit))
}

fn span(count: i64, unit: &str) -> Option<jiff::Span> {
    if !(0..=10_000).contains(&count) {
        return None;
    }
    Some(match unit {
        "minute" | "minutes" => count.minutes(),
        "hour" | "hours" => count.hours(),
        "day" | "days" | "night" => count.days(),
        "week" | "weeks" => count.weeks(),
        "month" | "months" => count.months(),
        "year" | "years" => count.years(),
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    DAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::{Moment, moment};

    fn at(phrase: &str) -> Option<String> {
        let now: jiff::Zoned = "2026-03-11T15:30:00[UTC]".parse().expect("a date");
        match moment(phrase, &now)? {
            Moment::LastChange => Some("last change".to_owned()),
            Moment::At(time) => Some(time.to_string()[..16].to_owned()),
        }
    }

    #[test]
    fn phrases_mean_moments() {
        for (phrase, expected) in [
            ("yesterday", "2026-03-10T23:59"),
            ("the day before yesterday", "2026-03-09T23:59"),
            ("last week", "2026-03-04T23:59"),
            ("2 weeks ago", "2026-02-25T23:59"),
            ("three days ago", "2026-03-08T23:59"),
            ("two hours ago", "2026-03-11T13:30"),
            ("monday", "2026-03-09T23:59"),
            ("last wednesday", "2026-03-04T23:59"),
            ("this morning", "2026-03-11T00:00"),
            ("before the update", "last change"),
        ] {
            assert_eq!(at(phrase).as_deref(), Some(expected), "{phrase}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for phrase in ["", "purple", "99999999999 days ago", "\u{1b}[31m"] {
            assert_eq!(at(phrase), None, "{phrase}");
        }
    }
}
