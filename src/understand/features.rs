//! A line as features for the ranker: words, pairs of words, parts of words, and the same of what they mean. Training and
//! recognition both take them from here.

use super::line::{Line, Token};
use super::senses::{Span, names};
use crate::catalogue::lexicon::{Lexicon, Sense, Table, hash};

/// What a feature is made of; its number is part of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A word.
    Word,
    /// Two words in a row.
    Pair,
    /// Three in a row, by what they mean.
    Triple,
    /// A part of a word.
    Part,
    /// What a word or phrase means.
    Meaning,
    /// Two meanings, not far from each other.
    Near,
    /// What the first content word means.
    First,
    /// What the last one means.
    Last,
    /// A word, and whether its clause is the first of several, the last, or between them.
    Clause,
    /// How long the line is, whether it asks, whether something was said before.
    Form,
}

/// A feature of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    /// What it is looked up by.
    pub hash: u32,
    /// How much it counts.
    pub weight: f32,
    /// What it is made of.
    pub kind: Kind,
    /// The tokens that it is made of.
    pub at: (u8, u8),
}

/// A meaning as a number: of a word, a class, or kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Symbol(u32);

struct Gathered {
    features: Vec<Feature>,
}

/// One hash of several.
pub(crate) fn mixed(seed: u32, parts: &[u32]) -> u32 {
    let sum = parts
        .iter()
        .fold(seed.wrapping_mul(0x811c_9dc5), |sum, part| (sum.rotate_left(7) ^ part).wrapping_mul(0x9e37_79b1));
    sum ^ sum >> 15
}

impl Gathered {
    fn add(&mut self, kind: Kind, parts: &[u32], weight: f32, at: (usize, usize)) {
        let sum = mixed(kind as u32 + 1, parts);
        #[expect(clippy::cast_possible_truncation, reason = "a line has at most 120 tokens")]
        let at = (at.0 as u8, at.1 as u8);
        self.features.push(Feature { hash: sum, weight, kind, at });
    }
}

/// The kinds of things that have names people choose among: packages, services, options, concepts, stacks.
const NAMES: u16 = 31;

/// Every kind that a name can be, as a number; and that it is a name at all.
fn kinds(mask: u16) -> impl Iterator<Item = u32> {
    let each = (0..16).map(move |bit| mask & 1 << bit).filter(|bit| *bit != 0);
    let any = Some(NAMES | 1 << 15).filter(|_| mask & NAMES != 0);
    each.chain(any).map(|kind: u16| hash(7, &kind.to_le_bytes()))
}

/// An intent as a feature.
pub(crate) fn intent_hash(intent: &str) -> u32 {
    hash(11, intent.as_bytes())
}

/// What the hash of a word begins with, refused or not.
fn seed(refused: bool, seed: u32) -> u32 {
    if refused { seed + 77 } else { seed }
}

/// How long an excerpt of a word is.
const PARTS: std::ops::RangeInclusive<usize> = 3..=4;

/// The features of a line, and of the intent that it follows if something was said before ([`intent_hash`]). They are
/// scaled so that their squares add up to 1.
pub(crate) fn features(lexicon: &Lexicon<'_>, line: &Line, spans: &[Span], follows: Option<u32>) -> Vec<Feature> {
    let mut features = said(lexicon, line, spans, true);
    features.extend(form(line, follows));
    let norm = features.iter().map(|feature| feature.weight * feature.weight).sum::<f32>().sqrt();
    for feature in &mut features {
        feature.weight /= norm.max(f32::MIN_POSITIVE);
    }
    features
}

/// The features of the words of a line, not scaled; with or without the parts of single words.
pub(crate) fn said(lexicon: &Lexicon<'_>, line: &Line, spans: &[Span], with_parts: bool) -> Vec<Feature> {
    const EDGE: u32 = 0xffff_ffff;
    let mut gathered = Gathered { features: Vec::with_capacity(64 + line.tokens.len() * 24) };
    let tokens = &line.tokens;
    let words: Vec<u32> = tokens.iter().map(word).collect();
    let names = names(line, spans);
    // What each token is in the eyes of the pairs below: a name, a kind of number or address, or the word itself.
    let seen = |place: usize| match names[place].1 {
        0 => words[place],
        kinds if kinds & NAMES != 0 => hash(7, &NAMES.to_le_bytes()),
        kinds => hash(7, &kinds.to_le_bytes()),
    };

    for place in 0..=tokens.len() {
        let before = if place == 0 { EDGE } else { words[place - 1] };
        let here = words.get(place).copied().unwrap_or(EDGE);
        gathered.add(Kind::Pair, &[before, here], 1.0, (place.saturating_sub(1), place));
        if place < tokens.len() {
            gathered.add(Kind::Word, &[here], 1.0, (place, place));
            if with_parts {
                parts(&mut gathered, &tokens[place].text, place);
            }
            for symbol in kinds(names[place].1) {
                gathered.add(Kind::Meaning, &[symbol], 1.0, (place, place));
            }
        }
        let seen_before = if place == 0 { EDGE } else { seen(place - 1) };
        let seen_here = if place < tokens.len() { seen(place) } else { EDGE };
        if seen_before != before || seen_here != here {
            gathered.add(Kind::Pair, &[1, seen_before, seen_here], 1.0, (place.saturating_sub(1), place));
        }
        if place + 2 < tokens.len() {
            gathered.add(Kind::Pair, &[2, seen(place), seen(place + 2)], 0.5, (place, place + 2));
            gathered.add(Kind::Triple, &[seen(place), seen(place + 1), seen(place + 2)], 0.7, (place, place + 2));
        }
    }
    meanings(&mut gathered, lexicon, line, spans, &names, &words);

    // Reasons stand in front of a request, remarks behind it.
    let last = tokens.last().map_or(0, |token| token.clause);
    for (place, token) in tokens.iter().enumerate().filter(|_| last > 0) {
        let part = match token.clause {
            clause if clause == last => 5,
            0 => 6,
            _ => 7,
        };
        gathered.add(Kind::Clause, &[part, words[place]], 0.7, (place, place));
    }

    gathered.features
}

/// A word as a number. One that is refused is another word: "don't update".
fn word(token: &Token) -> u32 {
    hash(seed(token.negated.is_some(), 0), token.text.as_bytes())
}

/// The features of the parts of one word, not scaled.
pub(crate) fn excerpts(text: &str) -> Vec<Feature> {
    let mut gathered = Gathered { features: Vec::with_capacity(2 * text.len() + 2) };
    parts(&mut gathered, text, 0);
    gathered.features
}

/// The features of how long a line is, whether it asks, and what it follows; not scaled.
pub(crate) fn form(line: &Line, follows: Option<u32>) -> Vec<Feature> {
    let mut gathered = Gathered { features: Vec::with_capacity(20) };
    let tokens = &line.tokens;
    let length = u32::try_from(tokens.len() / 3).unwrap_or(8).min(8);
    let behind = u32::from(follows.is_some());
    gathered.add(Kind::Form, &[0, length, behind], 1.0, (0, 0));
    gathered.add(Kind::Form, &[1, u32::from(line.asks)], if line.asks { 1.0 } else { 0.3 }, (0, 0));
    gathered.add(Kind::Form, &[2, behind], 1.0, (0, 0));
    if let Some(before) = follows {
        gathered.add(Kind::Form, &[4, before], 1.0, (0, 0));
        for (place, word) in tokens.iter().map(word).enumerate().take(8) {
            gathered.add(Kind::Form, &[3, word], 1.0, (place, place));
            gathered.add(Kind::Form, &[8, before, word], 1.0, (place, place));
        }
    }
    gathered.features
}

/// Excerpts of a word, its edges included: they survive typing errors and endings.
fn parts(gathered: &mut Gathered, text: &str, place: usize) {
    let mut bytes = [b'_'; 26];
    let length = text.len().min(24);
    bytes[1..=length].copy_from_slice(&text.as_bytes()[..length]);
    let bytes = &bytes[..length + 2];
    for (size, seed) in PARTS.zip(3..) {
        for part in bytes.windows(size) {
            gathered.add(Kind::Part, &[hash(seed, part)], 0.5, (place, place));
        }
    }
}

/// What phrases mean, and what stands near what.
fn meanings(
    gathered: &mut Gathered,
    lexicon: &Lexicon<'_>,
    line: &Line,
    spans: &[Span],
    names: &[(usize, u16)],
    words: &[u32],
) {
    let mut symbols: Vec<Vec<Symbol>> = vec![Vec::new(); line.tokens.len()];
    for span in spans {
        let symbol = match span.sense {
            // By its name, so that a class more or less does not move the others.
            Sense::Class(class) => {
                let refused = line.tokens[span.start].negated.is_some();
                hash(seed(refused, 3), lexicon.name(Table::Classes, class).as_bytes())
            }
            Sense::Everyday(field) => hash(4, lexicon.name(Table::Everyday, field).as_bytes()),
            _ => continue,
        };
        gathered.add(Kind::Meaning, &[symbol], 1.0, (span.start, span.end() - 1));
        if !symbols[span.start].contains(&Symbol(symbol)) {
            symbols[span.start].push(Symbol(symbol));
        }
    }
    for (place, name) in names.iter().enumerate() {
        symbols[place].extend(kinds(name.1 & !64).map(Symbol));
    }
    let mut content: Vec<usize> = Vec::with_capacity(symbols.len());
    for (place, token) in line.tokens.iter().enumerate() {
        if symbols[place].is_empty() && !token.filler {
            symbols[place].push(Symbol(words[place]));
        }
        if !symbols[place].is_empty() {
            content.push(place);
        }
    }
    for (rank, &place) in content.iter().enumerate() {
        for (step, &other) in content[rank + 1..].iter().take(3).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "one of three")]
            let weight = 1.0 / (step + 1) as f32;
            for symbol in symbols[place].iter().take(5) {
                for next in symbols[other].iter().take(5) {
                    gathered.add(Kind::Near, &[symbol.0, next.0], weight, (place, other));
                }
            }
        }
    }
    for (kind, place) in [(Kind::First, content.first()), (Kind::Last, content.last())] {
        if let Some(&place) = place {
            for symbol in &symbols[place] {
                gathered.add(kind, &[symbol.0], 1.0, (place, place));
            }
        }
    }
}

/// The features of a line for choosing one of a few values: hashes.
pub(crate) fn choosing(lexicon: &Lexicon<'_>, line: &Line) -> Vec<u32> {
    let features = said(lexicon, line, line.spans(lexicon), false);
    let telling = features.into_iter().filter(|feature| feature.kind != Kind::Clause);
    telling.map(|feature| feature.hash).collect()
}

/// A feature in words, for `recognize -v`.
pub(crate) fn describe(feature: &Feature, line: &Line) -> String {
    let word = |place: u8| line.tokens.get(usize::from(place)).map_or("the end", |token| token.text.as_str());
    let (first, last) = feature.at;
    let words = || {
        let tokens = line.tokens.get(usize::from(first)..=usize::from(last)).unwrap_or_default();
        tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    match feature.kind {
        Kind::Word => format!("\"{}\"", word(first)),
        Kind::Pair | Kind::Triple => format!("\"{}\" in a row", words()),
        Kind::Part => format!("a part of \"{}\"", word(first)),
        Kind::Meaning => format!("what \"{}\" means", words()),
        Kind::Near => format!("\"{}\" near \"{}\"", word(first), word(last)),
        Kind::Clause => format!("where \"{}\" stands", word(first)),
        Kind::First => format!("it begins with \"{}\"", word(first)),
        Kind::Last => format!("it ends with \"{}\"", word(first)),
        Kind::Form => "its form".to_owned(),
    }
}
