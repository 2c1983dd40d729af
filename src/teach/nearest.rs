//! Names that somebody may have meant.

use rapidfuzz::distance::osa;

/// The candidates nearest to a name, best first, at most three, none that is far off. Capitals do not count; for dotted
/// names, a candidate that only differs in one part counts as near.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let far = (wanted.len() / 3).clamp(1, 4);
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(wanted.len()) <= far)
        .map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            (osa::distance(wanted.iter().copied(), letters.iter().copied()), candidate)
        })
        .filter(|(distance, candidate)| *distance <= far && *candidate != name)
        .collect();
    scored.sort_unstable();
    scored.dedup();
    let best = scored.first().map_or(0, |(distance, _)| *distance);
    scored.retain(|(distance, _)| *distance <= best + best / 2);
    scored.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}

/// The names in Nix's own "Did you mean …?", in its order.
pub(super) fn offered(message: &str) -> Vec<String> {
    let Some((_, after)) = message.split_once("Did you mean ") else { return Vec::new() };
    let Some((names, _)) = after.split_once('?') else { return Vec::new() };
    let names = names.strip_prefix("one of ").unwrap_or(names).replace(" or ", ", ");
    let names = names.split(", ").map(|name| name.trim_matches(|c: char| c.is_whitespace() || "`'\"‘’“”".contains(c)));
    names.filter(|name| !name.is_empty() && !name.contains(char::is_whitespace)).map(str::to_owned).collect()
}
