//! Numbers that are written as words, one word each. What several of them make together is a matter of where they stand.

/// Numbers below ten, from zero on.
const FIGURES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// The numbers from ten to nineteen, the tens from twenty to ninety, hundred and thousand.
const NUMERALS: [&str; 20] = [
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
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
];

/// Whether a word is a number from ten on, "twenty-five" too. Smaller ones are words like others: "the second one",
/// "two of them".
pub(crate) fn is_large(word: &str) -> bool {
    NUMERALS.contains(&word.split_once('-').map_or(word, |(ten, _)| ten))
}

/// Whether a word is any number.
pub(crate) fn is_number(word: &str) -> bool {
    FIGURES.contains(&word) || is_large(word)
}

/// The number that a word names.
pub(crate) fn value(word: &str) -> Option<u64> {
    let place =
        |words: &[&str]| words.iter().position(|name| *name == word).and_then(|place| u64::try_from(place).ok());
    if let Some(figure) = place(&FIGURES) {
        return Some(figure);
    }
    Some(match place(&NUMERALS)? {
        teen @ 0..=9 => teen + 10,
        ten @ 10..=17 => (ten - 8) * 10,
        18 => 100,
        _ => 1000,
    })
}
