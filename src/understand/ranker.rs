//! What the features of a line say for each intent: weights that were learned when the program was built, from
//! `intents/utterances` (`catalogue/learning.rs`), read where they lie.

use super::features::Feature;

/// Learned weights, as `catalogue/learning.rs` packs them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranker<'a> {
    /// How many classes there are: for the ranker the intents, in the order of their ids, then the mode.
    classes: usize,
    /// What a weight of 1 stands for.
    scale: f32,
    /// How many bits of a hash choose its bucket.
    bits: u32,
    biases: &'a [u8],
    stretches: &'a [u8],
    starts: &'a [u8],
    buckets: &'a [u8],
}

/// So many buckets lie so near to each other that two bytes say where one begins.
pub(crate) const STRETCH: usize = 16;

/// A feature that counted, and by how much.
pub(crate) type Evidence = (f32, Feature);

fn number(bytes: &[u8], place: usize) -> u32 {
    bytes.get(place * 4..place * 4 + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

impl<'a> Ranker<'a> {
    /// Reads the head of a block. None when it is not one.
    pub(crate) fn new(block: &'a [u8]) -> Option<Self> {
        let classes = number(block, 0) as usize;
        let scale = f32::from_bits(number(block, 1));
        let bits = number(block, 2);
        if classes == 0 || !(1..=24).contains(&bits) {
            return None;
        }
        let biases = block.get(12..12 + classes * 4)?;
        let rest = block.get(12 + classes * 4..)?;
        let (stretches, rest) = rest.split_at_checked(((1 << bits) / STRETCH + 1) * 4)?;
        let (starts, buckets) = rest.split_at_checked(((1 << bits) + 1) * 2)?;
        Some(Self { classes, scale, bits, biases, stretches, starts, buckets })
    }

    /// The bucket that a feature's weights are in, if it has any.
    fn bucket(&self, hash: u32) -> &'a [u8] {
        let bucket = (hash >> (32 - self.bits)) as usize;
        let begins = |bucket: usize| {
            let start = self.starts.get(bucket * 2..bucket * 2 + 2).and_then(|bytes| bytes.try_into().ok());
            number(self.stretches, bucket / STRETCH) as usize + usize::from(start.map_or(0, u16::from_le_bytes))
        };
        self.buckets.get(begins(bucket)..begins(bucket + 1)).unwrap_or_default()
    }

    /// The weights of a feature: which class, and how much of the scale.
    fn weights(&self, hash: u32) -> impl Iterator<Item = (usize, f32)> + use<'a> {
        Self::in_bucket(self.bucket(hash), hash)
    }

    fn in_bucket(mut rows: &'a [u8], hash: u32) -> impl Iterator<Item = (usize, f32)> + use<'a> {
        let low = [hash.to_le_bytes()[0], hash.to_le_bytes()[1]];
        let mut found: &[u8] = &[];
        while let Some((&[first, second, count], rest)) = rows.split_first_chunk() {
            let Some((row, rest)) = rest.split_at_checked(usize::from(count) * 2) else { break };
            if [first, second] == low {
                found = row;
                break;
            }
            rows = rest;
        }
        found.chunks_exact(2).map(|pair| (usize::from(pair[0]), f32::from(pair[1].cast_signed())))
    }

    /// The score of every class.
    pub(crate) fn scores(&self, features: &[Feature]) -> Vec<f32> {
        self.sums(features.iter().map(|feature| (feature.hash, feature.weight)))
    }

    /// The same, of hashes and how much each counts.
    pub(crate) fn sums(&self, features: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let mut sums = self.biases();
        self.add(&mut sums, features);
        sums
    }

    /// What every class has before anything is seen.
    pub(crate) fn biases(&self) -> Vec<f32> {
        (0..self.classes).map(|class| f32::from_bits(number(self.biases, class))).collect()
    }

    /// Nothing yet, for every class.
    pub(crate) fn zeros(&self) -> Vec<f32> {
        vec![0.0; self.classes]
    }

    /// Adds what features say to the sums of the classes.
    pub(crate) fn add(&self, sums: &mut [f32], features: impl Iterator<Item = (u32, f32)>) {
        /// Where the rows are is looked up for so many first, so that the processor fetches them while others are read.
        const AHEAD: usize = 16;
        let mut waiting: [(&[u8], u32, f32); AHEAD] = [(&[], 0, 0.0); AHEAD];
        let mut count = 0;
        let mut read = |waiting: &[(&'a [u8], u32, f32)]| {
            for &(bucket, hash, weight) in waiting {
                let weight = weight * self.scale;
                for (class, value) in Self::in_bucket(bucket, hash) {
                    if let Some(sum) = sums.get_mut(class) {
                        *sum += value * weight;
                    }
                }
            }
        };
        for (hash, weight) in features {
            let bucket = self.bucket(hash);
            if bucket.is_empty() {
                continue;
            }
            waiting[count] = (bucket, hash, weight);
            count += 1;
            if count == AHEAD {
                read(&waiting);
                count = 0;
            }
        }
        read(&waiting[..count]);
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
