//! Which words of a line are the value of a slot: features of a word where it stands, for weights that are learned like
//! those of the ranker (`catalogue/aligning.rs`). "Delete the account of my flatmate priya, please": `priya`.

use super::features::mixed;
use super::line::{Line, Shape};
use super::senses::{Span, names};
use crate::catalogue::data::Kind;
use crate::catalogue::lexicon::{Lexicon, Sense, Table, hash};

/// The kinds of value that are pointed at, in the order of the classes of the learned block.
pub(crate) const ROLES: [Kind; 18] = [
    Kind::Package,
    Kind::Service,
    Kind::User,
    Kind::Host,
    Kind::Groups,
    Kind::Program,
    Kind::Inputs,
    Kind::Attribute,
    Kind::Secret,
    Kind::Cache,
    Kind::Stack,
    Kind::Part,
    Kind::Query,
    Kind::Arguments,
    Kind::Value,
    Kind::Label,
    Kind::Name,
    Kind::Description,
];

/// The place of a kind among the roles; kinds that are read alike have the same.
pub(crate) fn role(kind: Kind) -> Option<usize> {
    let kind = match kind {
        Kind::Packages => Kind::Package,
        Kind::Hosts => Kind::Host,
        Kind::Language => Kind::Stack,
        Kind::Filter => Kind::Part,
        other => other,
    };
    ROLES.iter().position(|role| *role == kind)
}

/// The group of choices that a slot belongs to, if it holds one of a few values: which options people speak of is the same
/// wherever they do.
pub(crate) fn choice(intent: &str, slot: &str, kind: Kind) -> Option<String> {
    match kind {
        // Nobody means a protocol without naming it.
        Kind::Choice if slot == "protocol" => None,
        Kind::Choice | Kind::Truth => Some(format!("{intent}.{slot}")),
        Kind::Setting | Kind::Selector => Some("option".to_owned()),
        Kind::Value => Some("switch".to_owned()),
        _ => None,
    }
}

/// A line as seen from each of its words.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    words: Vec<u32>,
    classes: Vec<Vec<u32>>,
    kinds: Vec<u16>,
    marks: Vec<u32>,
}

/// What stands outside of the line.
const EDGE: u32 = u32::MAX;

impl Surroundings {
    /// Looks at a line once, for all its words.
    pub(crate) fn new(lexicon: &Lexicon<'_>, line: &Line, spans: &[Span]) -> Self {
        let tokens = &line.tokens;
        let words = tokens.iter().map(|token| hash(0, token.text.as_bytes())).collect();
        let mut classes: Vec<Vec<u32>> = vec![Vec::new(); tokens.len()];
        let mut inside = vec![0_u16; tokens.len()];
        for span in spans {
            if let Sense::Class(class) = span.sense {
                let class = hash(3, lexicon.name(Table::Classes, class).as_bytes());
                for classes in &mut classes[span.start..span.end()] {
                    if !classes.contains(&class) {
                        classes.push(class);
                    }
                }
            }
            if span.sense.is_name() && span.length > 1 {
                (span.start + 1..span.end()).for_each(|place| inside[place] = 1 << 14);
            }
        }
        let kinds = names(line, spans).iter().zip(&inside).map(|((_, kinds), inside)| kinds | inside).collect();
        let marks = tokens
            .iter()
            .map(|token| {
                let known = token.known.map_or(0, |word| {
                    lexicon.senses(word).fold(1, |mask, sense| {
                        mask | match sense {
                            Sense::Common => 2,
                            Sense::Class(_) => 4,
                            Sense::Word => 8,
                            Sense::Everyday(_) => 16,
                            Sense::Person => 32,
                            _ => 0,
                        }
                    })
                });
                let digit = token.text.bytes().any(|byte| byte.is_ascii_digit());
                let joined = token.text.bytes().any(|byte| b"-._#/@".contains(&byte));
                let bits = [token.filler, digit, joined, token.quoted, token.negated.is_some(), token.typed.is_some()];
                bits.iter().zip(6..).fold(known, |mask, (bit, place)| mask | u32::from(*bit) << place)
            })
            .collect();
        Self { words, classes, kinds, marks }
    }

    /// The features of a word where it stands that hang on the intent: hashes.
    pub(crate) fn of_intent(&self, line: &Line, place: usize, intent: u32) -> [u32; 5] {
        let word = |place: Option<usize>| place.and_then(|place| self.words.get(place)).copied().unwrap_or(EDGE);
        [
            mixed(100, &[5, intent, u32::from(self.kinds[place])]),
            mixed(100, &[6, intent, self.marks[place]]),
            mixed(100, &[53, intent, word(place.checked_sub(1))]),
            mixed(100, &[54, intent, word(Some(place + 1))]),
            mixed(100, &[67, line.tokens[place].shape as u32, intent]),
        ]
    }

    /// The features of a word where it stands, whatever the intent: hashes.
    pub(crate) fn of_word(&self, line: &Line, place: usize) -> Vec<u32> {
        let at = |offset: isize| place.checked_add_signed(offset);
        let word = |offset: isize| at(offset).and_then(|place| self.words.get(place)).copied().unwrap_or(EDGE);
        let kinds =
            |offset: isize| at(offset).and_then(|place| self.kinds.get(place)).map_or(EDGE, |kinds| u32::from(*kinds));
        let mark = |offset: isize| at(offset).and_then(|place| self.marks.get(place)).copied().unwrap_or(EDGE);
        let class = |offset: isize| at(offset).and_then(|place| self.classes.get(place)).map_or(&[][..], Vec::as_slice);
        let here = [kinds(0), mark(0)];
        let mut features = Vec::with_capacity(64);
        let mut add = |parts: &[u32]| features.push(mixed(100, parts));
        add(&[1, word(0)]);
        add(&[2, here[0], here[1]]);
        add(&[3, here[0]]);
        add(&[4, here[1]]);
        for (offset, seed) in [(-2, 10_u32), (-1, 20), (1, 30), (2, 40)] {
            add(&[seed, word(offset)]);
            add(&[seed + 1, kinds(offset), mark(offset)]);
            add(&[seed + 2, word(offset), here[0]]);
            add(&[seed + 3, word(offset), here[1]]);
            for class in class(offset) {
                add(&[seed + 4, *class]);
                add(&[seed + 5, *class, here[1]]);
            }
        }
        add(&[50, word(-2), word(-1)]);
        add(&[51, word(-1), word(1)]);
        add(&[52, word(1), word(2)]);
        add(&[55, kinds(-1), mark(-1), here[0], here[1]]);
        add(&[56, kinds(1), mark(1), here[0], here[1]]);
        // What was said before in the same clause, and behind.
        let token = &line.tokens[place];
        for other in place.saturating_sub(6)..place {
            if line.tokens[other].clause == token.clause {
                for class in &self.classes[other] {
                    add(&[60, *class, here[1]]);
                }
            }
        }
        for other in place + 1..(place + 5).min(line.tokens.len()) {
            if line.tokens[other].clause == token.clause {
                for class in &self.classes[other] {
                    add(&[61, *class, here[1]]);
                }
            }
        }
        // Whether another word of the line looks more like a name.
        let known = |kinds: &u16| kinds & 31 != 0;
        let others = self.kinds.iter().enumerate().filter(|(other, kinds)| *other != place && known(kinds)).count();
        add(&[62, u32::try_from(others.min(3)).unwrap_or(3), here[0], mark(0) & 1]);
        let unknown = self.marks.iter().enumerate().filter(|(other, marks)| *other != place && *marks & 1 == 0).count();
        add(&[63, u32::try_from(unknown.min(3)).unwrap_or(3), here[0], mark(0) & 1]);
        let edge = u32::from(place == 0) | u32::from(place + 1 == line.tokens.len()) << 1;
        add(&[64, edge, here[0], here[1]]);
        let last = line.tokens.last().map_or(0, |token| token.clause);
        let clause = if token.clause == last { 2 } else { u32::from(token.clause != 0) };
        add(&[65, clause, u32::from(last > 0), here[0]]);
        let capital = token.raw.starts_with(|c: char| c.is_uppercase()) && place > 0;
        add(&[66, u32::from(capital), here[0], here[1]]);
        let shape = token.shape as u32;
        if token.shape != Shape::Word {
            add(&[68, shape, word(-1)]);
        }
        // The end of a word, for words that nobody knows.
        let end = token.text.len().saturating_sub(3);
        add(&[69, hash(9, token.text.as_bytes().get(end..).unwrap_or_default()), mark(0) & 1]);
        features
    }
}
