//! What the features of a line say for each intent: weights that were learned when the program was built, from
//! `intents/utterances` (`catalogue/learning.rs`), read where they lie.

use super::features::Feature;

/// The learned weights. A block: the number of slots of the hash table; the scale of weights and the temperature of
/// scores; the table of hashes; where the weights of each begin; the weights, a class and a number each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranker<'a> {
    slots: usize,
    scale: f32,
    hashes: &'a [u8],
    starts: &'a [u8],
    weights: &'a [u8],
    biases: &'a [u8],
    /// How many classes there are: the intents, in the order of their ids, then the mode.
    classes: usize,
}

/// A feature that counted, and by how much.
pub(crate) type Evidence = (f32, Feature);

fn number(bytes: &[u8], place: usize) -> u32 {
    bytes.get(place * 4..place * 4 + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

impl<'a> Ranker<'a> {
    /// Reads the head of a block. None when it is not one.
    pub(crate) fn new(block: &'a [u8]) -> Option<Self> {
        let slots = number(block, 0) as usize;
        let scale = f32::from_bits(number(block, 1));
        let classes = number(block, 2) as usize;
        let biases = block.get(12..12 + classes * 4)?;
        let rest = &block[12 + classes * 4..];
        let hashes = rest.get(..slots * 4)?;
        let starts = rest.get(slots * 4..slots * 8 + 4)?;
        let weights = rest.get(slots * 8 + 4..)?;
        (classes > 0 && slots.is_power_of_two()).then_some(Self {
            slots,
            scale,
            hashes,
            starts,
            weights,
            biases,
            classes,
        })
    }

    /// The weights of a feature: which class, and how much of the scale.
    fn weights(&self, hash: u32) -> impl Iterator<Item = (usize, f32)> + use<'a> {
        // Linear probing; an empty place holds 0, which is no feature's hash in practice.
        let mut place = hash as usize & (self.slots - 1);
        let found = loop {
            match number(self.hashes, place) {
                found if found == hash => break true,
                0 => break false,
                _ => place = (place + 1) & (self.slots - 1),
            }
        };
        let (from, to) =
            if found { (number(self.starts, place) as usize, number(self.starts, place + 1) as usize) } else { (0, 0) };
        let weights = self.weights.get(from * 2..to * 2).unwrap_or_default();
        weights.chunks_exact(2).map(|pair| (usize::from(pair[0]), f32::from(pair[1].cast_signed())))
    }

    /// The score of every class.
    pub(crate) fn scores(&self, features: &[Feature]) -> Vec<f32> {
        self.sums(features.iter().map(|feature| (feature.hash, feature.weight)))
    }

    /// The same, of hashes and how much each counts.
    pub(crate) fn sums(&self, features: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let mut scores: Vec<f32> = (0..self.classes).map(|class| f32::from_bits(number(self.biases, class))).collect();
        for (hash, weight) in features {
            let weight = weight * self.scale;
            for (class, value) in self.weights(hash) {
                if let Some(score) = scores.get_mut(class) {
                    *score += value * weight;
                }
            }
        }
        scores
    }

    /// The features that say most for a class, most first.
    pub(crate) fn evidence(&self, features: &[Feature], class: usize) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = features
            .iter()
            .filter_map(|feature| {
                let (_, value) = self.weights(feature.hash).find(|(other, _)| *other == class)?;
                Some((value * feature.weight * self.scale, *feature))
            })
            .collect();
        evidence.sort_by(|a, b| b.0.total_cmp(&a.0));
        evidence
    }
}

/// Scores as chances that add up to 1.
pub(crate) fn chances(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut chances: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let sum: f32 = chances.iter().sum();
    for chance in &mut chances {
        *chance /= sum;
    }
    chances
}
