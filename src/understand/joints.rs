//! Where one request of a line may end and the next begin, and what speaks for it. Which of these places are real is
//! learned from utterances of one request and of several (`catalogue/aligning.rs`).

use super::features::mixed;
use super::line::Line;
use super::ranker::{Ranker, chances};
use super::scores::scores;
use crate::catalogue::lexicon::{Lexicon, Sense, Table, hash};

/// A place where one request may end and the next begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joint {
    /// Behind the last token of the first.
    pub end_of_left: usize,
    /// The first token of the second.
    pub start_of_right: usize,
    /// Whether two requests are certain ("then", `&&`), not only possible ("and", a comma).
    pub hard: bool,
    /// Whether a shell would run one after the other.
    pub shell: bool,
}

/// More places than this are not looked at.
const MOST: usize = 8;

/// The places of a line where one request may end and the next begin.
pub(crate) fn joints(line: &Line) -> Vec<Joint> {
    let tokens = &line.tokens;
    let breaks = |place: usize| place > 0 && tokens[place].clause != tokens[place - 1].clause;
    let mut joints = Vec::new();
    let mut place = 1;
    while place < tokens.len() {
        let mut start = place;
        let mut hard = tokens[place].after_shell;
        while let Some(token) = tokens.get(start) {
            match token.text.as_str() {
                "then" | "afterwards" | "afterward" | "finally" | "thereafter" | "subsequently" | "lastly" => {
                    hard = true;
                }
                "after" if tokens.get(start + 1).is_some_and(|next| matches!(next.text.as_str(), "that" | "this")) => {
                    hard = true;
                    start += 1;
                }
                // "Than" is how some write "then".
                "than" if start > place || breaks(start) => hard = true,
                "and" | "also" | "plus" | "n" | "next" | "oh" | "comma" | "secondly" | "additionally" | "meanwhile" => {
                }
                "second" | "third" if breaks(start) => {}
                _ => break,
            }
            start += 1;
        }
        let opens = matches!(
            tokens[place].text.as_str(),
            "once" | "when" | "while" | "followed" | "before" | "after" | "as" | "along" | "but" | "if"
        );
        if (start > place || hard || breaks(place) || opens) && start < tokens.len() {
            joints.push(Joint { end_of_left: place, start_of_right: start, hard, shell: tokens[place].after_shell });
        }
        place = start.max(place) + 1;
    }
    if joints.len() > MOST {
        // The surest kinds first, then in their order.
        joints.sort_by_key(|joint| (!joint.hard, joint.start_of_right == joint.end_of_left, joint.end_of_left));
        joints.truncate(MOST);
        joints.sort_by_key(|joint| joint.end_of_left);
    }
    joints
}

/// The likeliest, and how likely it is.
pub(crate) fn likeliest(chances: &[f32]) -> (usize, f32) {
    chances.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

/// How likely each intent is for a part of a line.
pub(crate) fn likely(
    lexicon: &Lexicon<'_>,
    ranker: &Ranker<'_>,
    part: &Line,
    follows: Option<u32>,
    intents: usize,
) -> Vec<f32> {
    let mut scores = scores(lexicon, ranker, part, follows);
    scores.truncate(intents);
    chances(&scores)
}

/// A joint as features: hashes. `whole`, `left` and `right` say how likely each intent is for the line and its parts.
pub(crate) fn seen(
    lexicon: &Lexicon<'_>,
    line: &Line,
    joint: &Joint,
    (whole, left, right): (&[f32], &[f32], &[f32]),
) -> Vec<u32> {
    const EDGE: u32 = u32::MAX;
    let tokens = &line.tokens;
    let word = |place: Option<usize>| {
        place.and_then(|place| tokens.get(place)).map_or(EDGE, |token| hash(0, token.text.as_bytes()))
    };
    let best = |chances: &[f32]| {
        let (place, chance) = likeliest(chances);
        (u32::try_from(place).unwrap_or(EDGE), chance)
    };
    let step = |chance: f32| [0.15, 0.3, 0.5, 0.75, 0.92].iter().map(|least| u32::from(chance >= *least)).sum::<u32>();
    let ((whole_is, whole_sure), (left_is, left_sure), (right_is, right_sure)) = (best(whole), best(left), best(right));
    let (end, start) = (joint.end_of_left, joint.start_of_right);
    let mut seen = Vec::with_capacity(48);
    let mut add = |parts: &[u32]| seen.push(mixed(200, parts));
    let form = u32::from(joint.hard)
        | u32::from(joint.shell) << 1
        | u32::from(tokens[end].clause != tokens[end - 1].clause) << 2
        | u32::from(start > end) << 3;
    let same =
        u32::from(left_is == right_is) | u32::from(whole_is == left_is) << 1 | u32::from(whole_is == right_is) << 2;
    let sure = |of: &[f32], is: u32| of.get(is as usize).map_or(0, |chance| step(*chance));
    add(&[1, form]);
    add(&[2, word(Some(end))]);
    add(&[3, word(Some(end)), word(Some(start))]);
    add(&[4, word(Some(start))]);
    add(&[5, word(Some(start)), word(Some(start + 1))]);
    add(&[6, word(end.checked_sub(1)), word(Some(end))]);
    add(&[7, word(end.checked_sub(1)), form]);
    add(&[8, step(left_sure), step(right_sure), form]);
    add(&[9, step(left_sure), step(right_sure), same]);
    add(&[10, step(whole_sure), same, form]);
    add(&[11, left_is, right_is]);
    add(&[12, left_is, right_is, form]);
    add(&[13, left_is, step(left_sure)]);
    add(&[14, right_is, step(right_sure)]);
    add(&[15, whole_is, form]);
    // Whether the parts say something else than the whole.
    add(&[16, sure(left, whole_is), sure(right, whole_is), form]);
    add(&[17, sure(whole, left_is), sure(whole, right_is), same]);
    add(&[18, sure(right, left_is), sure(left, right_is), form]);
    let length = |count: usize| u32::try_from(count.min(9)).unwrap_or(9);
    add(&[19, length(end), length(tokens.len() - start)]);
    add(&[20, form, length(tokens.len() - start)]);
    add(&[21, u32::from(line.asks), form, same]);
    // What the right begins with, and what the left does, in the classes of words.
    let class = |place: usize| {
        let senses = tokens.get(place).and_then(|token| token.known).into_iter().flat_map(|word| lexicon.senses(word));
        senses.filter_map(|sense| match sense {
            Sense::Class(class) => Some(hash(3, lexicon.name(Table::Classes, class).as_bytes())),
            _ => None,
        })
    };
    let content =
        |from: usize| (from..tokens.len()).find(|&place| !tokens[place].filler || class(place).next().is_some());
    if let Some(place) = content(start) {
        for class in class(place) {
            add(&[30, class]);
            add(&[31, class, form]);
            add(&[32, class, word(Some(end))]);
        }
        add(&[33, length(place - start), form]);
    }
    if let Some(place) = content(0) {
        for class in class(place) {
            add(&[34, class, form]);
        }
    }
    let points = tokens[start..].iter().any(|token| matches!(token.text.as_str(), "it" | "them" | "that" | "those"));
    add(&[35, u32::from(points), form, same]);
    let refused = tokens[start..].iter().any(|token| token.negated.is_some());
    let refused = u32::from(refused) | u32::from(tokens[..end].iter().any(|token| token.negated.is_some())) << 1;
    add(&[36, refused, form]);
    seen
}
