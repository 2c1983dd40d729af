//! Values of slots that hold one of a few, chosen by learned weights: what is to be done with a service, which option a
//! wish is about that nobody names.

use std::sync::LazyLock;

use crate::catalogue;
use crate::catalogue::data::Kind;
use crate::understand::features::choosing;
use crate::understand::line::Line;
use crate::understand::pointing::choice;
use crate::understand::ranker::Ranker;

/// How much must speak for a value before it is chosen.
const ENOUGH: f32 = 1.2;
/// How much for an option: some option is meant.
const ENOUGH_FOR_OPTION: f32 = 0.3;

/// The names of the values, and the weights for each.
fn learned() -> Option<&'static (Vec<&'static str>, Ranker<'static>)> {
    static LEARNED: LazyLock<Option<(Vec<&'static str>, Ranker<'static>)>> = LazyLock::new(|| {
        let (names, weights): (Vec<&str>, &[u8]) = postcard::from_bytes(catalogue::CHOOSER).ok()?;
        Some((names, Ranker::new(weights)?))
    });
    LEARNED.as_ref()
}

/// The likeliest value of a slot, if it is likelier than none.
pub(super) fn value(line: &Line, intent: &str, slot: &str, kind: Kind) -> Option<&'static str> {
    let (names, weights) = learned()?;
    let group = choice(intent, slot, kind)?;
    let scores = line
        .chosen
        .get_or_init(|| weights.sums(choosing(catalogue::lexicon(), line).into_iter().map(|hash| (hash, 1.0))));
    let enough = if group == "option" { ENOUGH_FOR_OPTION } else { ENOUGH };
    let of_group = names.iter().zip(scores).filter_map(|(name, score)| {
        let (other, value) = name.split_once('=')?;
        (other == group && *score > enough).then_some((value, score))
    });
    of_group.max_by(|a, b| a.1.total_cmp(b.1)).map(|(value, _)| value)
}
