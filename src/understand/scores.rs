//! How much speaks for each intent of a line, by its features: the sum that [`Ranker::scores`] has of
//! [`features::features`], with what the parts of a line have in common added up once.

use std::sync::Arc;

use super::features::{self, Feature};
use super::line::{Line, Token};
use super::ranker::Ranker;
use crate::catalogue::lexicon::Lexicon;

/// What features say together, before they are scaled.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    classes: Vec<f32>,
    /// The squares of their weights.
    squares: f32,
}

impl Sum {
    fn of(ranker: &Ranker<'_>, features: &[Feature]) -> Self {
        let mut sum = Self { classes: ranker.zeros(), squares: 0.0 };
        sum.extend(ranker, features);
        sum
    }

    fn extend(&mut self, ranker: &Ranker<'_>, features: &[Feature]) {
        ranker.add(&mut self.classes, features.iter().map(|feature| (feature.hash, feature.weight)));
        self.squares += features.iter().map(|feature| feature.weight * feature.weight).sum::<f32>();
    }

    fn add(&mut self, other: &Self) {
        self.classes.iter_mut().zip(&other.classes).for_each(|(sum, more)| *sum += more);
        self.squares += other.squares;
    }
}

/// The score of every class for a line that follows this intent, if it follows any. A line is only ever asked with one
/// ranker.
pub(crate) fn scores(lexicon: &Lexicon<'_>, ranker: &Ranker<'_>, line: &Line, follows: Option<u32>) -> Vec<f32> {
    let mut sum = line.said.get_or_init(|| said(lexicon, ranker, line)).clone();
    sum.extend(ranker, &features::form(line, follows));
    let norm = sum.squares.sqrt().max(f32::MIN_POSITIVE);
    let mut scores = ranker.biases();
    scores.iter_mut().zip(&sum.classes).for_each(|(score, sum)| *score += sum / norm);
    scores
}

/// What the words of a line say.
fn said(lexicon: &Lexicon<'_>, ranker: &Ranker<'_>, line: &Line) -> Sum {
    let mut sum = Sum::of(ranker, &features::said(lexicon, line, line.spans(lexicon), false));
    for token in &line.tokens {
        sum.add(token.parts.get_or_init(|| Arc::new(parts(ranker, token))));
    }
    sum
}

/// What the parts of a word say, wherever it stands.
fn parts(ranker: &Ranker<'_>, token: &Token) -> Sum {
    Sum::of(ranker, &features::excerpts(&token.text))
}
