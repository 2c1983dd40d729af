//! Typing errors: words that nothing has are taken for the nearest ones that something has.

use rapidfuzz::distance::osa;

use super::{Error, Index};

/// The words of the index that are nearest to one that it does not have; none when there is nothing near.
pub(super) fn repaired(index: &Index, word: &str) -> Result<Vec<String>, Error> {
    if word.chars().count() < 3 || word.chars().all(|c| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    // The first letter is seldom wrong, and words that share it lie together.
    let first: String = word.chars().take(1).collect();
    let near = near(index, word, "select text from word where text >= ?1 and text < ?1 || char(1114111)", &first)?;
    if !near.is_empty() {
        return Ok(near);
    }
    self::near(index, word, "select text from word where text not like ?1 || '%'", &first)
}

fn near(index: &Index, word: &str, question: &str, first: &str) -> Result<Vec<String>, Error> {
    let mut rows = index.connection.prepare_cached(question)?;
    let words = rows.query_map([first], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    // One alone: a second guess would bring in much that nobody meant.
    Ok(nearest(word, words.iter().map(String::as_str), 1))
}

/// Those of some words that differ least from one: in one letter, or in two when it is long.
pub(super) fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let length = word.chars().count();
    let limit = match length {
        0..=2 => return Vec::new(),
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    let scorer = osa::BatchComparator::new(word.chars());
    let close = words.filter(|other| other.chars().count().abs_diff(length) <= limit).filter_map(|other| {
        let arguments = osa::Args::default().score_cutoff(limit);
        let distance = scorer.distance_with_args(other.chars(), &arguments)?;
        (distance > 0).then(|| (distance, !same_end(word, other), other))
    });
    let mut close: Vec<_> = close.collect();
    close.sort_unstable();
    let least = close.first().map(|(distance, ..)| *distance);
    close.retain(|(distance, ..)| Some(*distance) == least);
    close.into_iter().take(most).map(|(_, _, other)| other.to_owned()).collect()
}

/// Fingers slip in the middle of words; of two that are as near, the one with the same end is meant.
fn same_end(one: &str, other: &str) -> bool {
    one.chars().last() == other.chars().last()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_meant() {
        let words = ["firefox", "gimp", "inkscape", "blender", "libreoffice"];
        let near = |word| nearest(word, words.into_iter(), 1).pop().unwrap_or_default();
        assert_eq!(near("firefx"), "firefox");
        assert_eq!(near("gmip"), "gimp");
        assert_eq!(near("inkscpae"), "inkscape");
        assert_eq!(near("libreofice"), "libreoffice");
        assert_eq!(near("xyzzy"), "");
    }
}
