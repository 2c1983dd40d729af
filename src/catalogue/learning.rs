//! Learns the ranker's weights from the labelled utterances of the project: multinomial logistic regression for the intent
//! and a logistic one for the mode, over the same features. Runs in `build.rs`; the same data gives the same weights.

use std::collections::HashMap;

use crate::understand::features::Feature;
use crate::understand::ranker::STRETCH;

/// An utterance as its features, and what is right for it.
pub struct Sample {
    /// Its features; the hashes and how much each counts.
    pub features: Vec<(u32, f32)>,
    /// The intent's place in the catalogue.
    pub intent: usize,
    /// Whether it only asks about the action.
    pub explain: bool,
}

impl Sample {
    /// From the features that recognition would see.
    pub fn new(features: &[Feature], intent: usize, explain: bool) -> Self {
        Self { features: features.iter().map(|feature| (feature.hash, feature.weight)).collect(), intent, explain }
    }
}

/// A word of an utterance: its features, the kind of value that was looked for, and whether it is a part of it.
pub struct Pointed {
    /// Hashes of its features.
    pub features: Vec<u32>,
    /// The place of the kind among the roles.
    pub role: usize,
    /// Whether it is a part of the value.
    pub here: bool,
}

/// A sample with its features as rows of the table of weights.
type Rows = (Vec<(usize, f32)>, usize, bool);

/// How many of a hundred features are passed over each time, so that no weight relies on others.
const DROP: u64 = 25;
/// How far a sample moves the weights at first.
const STEP: f32 = 0.6;
/// How much weights shrink each time they are moved.
const SHRINK: f32 = 2.0e-5;
/// The ends of so many rounds are averaged.
const LAST: usize = 10;
/// A feature that fewer samples have teaches nothing that holds for others.
const LEAST: u32 = 6;
/// Where the random numbers begin that put the samples in order, a run each.
const ORDERS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];
/// There is room for so many weights.
const ROOM: usize = 470_000;

/// The block that `understand/ranker.rs` reads, for so many intents, after going through all samples so often.
pub fn learn(samples: &[Sample], intents: usize, rounds: usize) -> Vec<u8> {
    let classes = intents + 1;
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for sample in samples {
        let mut hashes: Vec<u32> = sample.features.iter().map(|(hash, _)| *hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        for hash in hashes {
            *counts.entry(hash).or_default() += 1;
        }
    }
    let mut kept: Vec<u32> =
        counts.iter().filter(|(hash, count)| **count >= LEAST && **hash != 0).map(|(hash, _)| *hash).collect();
    kept.sort_unstable();
    let rows: HashMap<u32, usize> = kept.iter().zip(0..).map(|(hash, row)| (*hash, row)).collect();
    let samples: Vec<Rows> = samples
        .iter()
        .map(|sample| {
            let features =
                sample.features.iter().filter_map(|(hash, weight)| Some((*rows.get(hash)?, *weight))).collect();
            (features, sample.intent, sample.explain)
        })
        .collect();
    let (mut weights, biases, slopes) = train_often(&samples, kept.len(), classes, rounds);
    prune(&mut weights, &slopes);
    pack(&kept, &weights, &biases, classes, 0.0)
}

/// Takes out the weights that matter least, until there is room for the rest. How much one matters is what it would cost to
/// lose it: its square, times how steep the way there was (Le Cun, Denker and Solla, "Optimal Brain Damage", 1989).
fn prune(weights: &mut [f32], slopes: &[f32]) {
    let matters = |(weight, slope): (&f32, &f32)| weight * weight * slope;
    let mut all: Vec<f32> = weights.iter().zip(slopes).map(matters).collect();
    if all.len() <= ROOM {
        return;
    }
    let (_, least, _) = all.select_nth_unstable_by(ROOM, |a, b| b.total_cmp(a));
    let least = *least;
    for (weight, slope) in weights.iter_mut().zip(slopes) {
        if matters((weight, slope)) <= least {
            *weight = 0.0;
        }
    }
}

/// Weights, biases, and the sums of the squares of the slopes along which each weight was moved.
type Trained = (Vec<f32>, Vec<f32>, Vec<f32>);

/// What is learned from the samples in several orders, in the middle: of one order, a few more samples turn every reading
/// that is close.
fn train_often(samples: &[Rows], rows: usize, classes: usize, rounds: usize) -> Trained {
    let trained: Vec<Trained> = std::thread::scope(|scope| {
        let threads = ORDERS.map(|order| scope.spawn(move || train(samples, rows, classes, rounds, order)));
        threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).into()
    });
    let mut middle = Ends::default();
    let mut slopes = vec![0.0; rows * classes];
    for (weights, biases, moved) in &trained {
        middle.add(weights, biases);
        slopes.iter_mut().zip(moved).for_each(|(sum, moved)| *sum += moved);
    }
    let (weights, biases) = middle.middle();
    (weights, biases, slopes)
}

/// What is learned from the samples in one order.
fn train(samples: &[Rows], rows: usize, classes: usize, rounds: usize, mut random: u64) -> Trained {
    let intents = classes - 1;
    let mut weights = vec![0.0_f32; rows * classes];
    let mut moved = vec![1.0e-2_f32; rows * classes];
    let (mut biases, mut biases_moved) = (vec![0.0_f32; classes], vec![1.0_f32; classes]);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut scores = vec![0.0_f32; classes];
    let mut ends = Ends::default();
    for round in 0..rounds {
        shuffle(&mut order, &mut random);
        for &sample in &order {
            let (features, intent, explain) = &samples[sample];
            let all = features;
            let features: Vec<(usize, f32)> = features
                .iter()
                .copied()
                .filter(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random % 100 >= DROP
                })
                .collect();
            let features = &features;
            scores.copy_from_slice(&biases);
            for (row, value) in features {
                let weights = &weights[row * classes..row * classes + intents];
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += weight * value;
                }
            }
            // Whether something is only asked about hangs on single words.
            scores[intents] += all.iter().map(|(row, value)| weights[row * classes + intents] * value).sum::<f32>();
            let most = scores[..intents].iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = scores[..intents].iter().map(|score| (score - most).exp()).sum();
            for score in &mut scores[..intents] {
                *score = (*score - most).exp() / sum;
            }
            scores[*intent] -= 1.0;
            scores[intents] = 1.0 / (1.0 + (-scores[intents]).exp()) - f32::from(u8::from(*explain));
            let wrong: Vec<(usize, f32)> =
                scores.iter().copied().enumerate().filter(|(_, error)| error.abs() > 2.0e-3).collect();
            for &(class, error) in &wrong {
                biases_moved[class] += error * error;
                biases[class] -= STEP * 0.3 * error / biases_moved[class].sqrt();
            }
            let asking = scores[intents];
            for (row, value) in all {
                let place = row * classes + intents;
                let slope = asking * value;
                moved[place] += slope * slope;
                weights[place] -= STEP * slope / moved[place].sqrt() + SHRINK * weights[place];
            }
            for (row, value) in features {
                for &(class, error) in wrong.iter().filter(|(class, _)| *class < intents) {
                    let place = row * classes + class;
                    let slope = error * value;
                    moved[place] += slope * slope;
                    weights[place] -= STEP * slope / moved[place].sqrt() + SHRINK * weights[place];
                }
            }
        }
        if round + LAST >= rounds {
            ends.add(&weights, &biases);
        }
    }
    let (weights, biases) = ends.middle();
    (weights, biases, moved)
}

/// The weights at the ends of the last rounds. Where one of them stops depends on the order of its samples; their middle
/// hardly does.
#[derive(Default)]
struct Ends {
    count: f32,
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Ends {
    fn add(&mut self, weights: &[f32], biases: &[f32]) {
        self.count += 1.0;
        for (sums, values) in [(&mut self.weights, weights), (&mut self.biases, biases)] {
            sums.resize(values.len(), 0.0);
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }

    fn middle(self) -> (Vec<f32>, Vec<f32>) {
        let share = |sums: Vec<f32>| sums.into_iter().map(|sum| sum / self.count.max(1.0)).collect();
        (share(self.weights), share(self.biases))
    }
}

/// How often all words are gone through.
const POINTING_ROUNDS: usize = 6;
/// How far a word moves the weights at first.
const POINTING_STEP: f32 = 0.25;

/// The block for pointing, in the same form: a class for each role, and a logistic regression for each. Weights below
/// `small` are left out.
pub fn learn_pointing(samples: &[Pointed], roles: usize, small: f32) -> Vec<u8> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for hash in samples.iter().flat_map(|sample| &sample.features) {
        *counts.entry(*hash).or_default() += 1;
    }
    let mut kept: Vec<u32> =
        counts.iter().filter(|(hash, count)| **count >= LEAST && **hash != 0).map(|(hash, _)| *hash).collect();
    kept.sort_unstable();
    let rows: HashMap<u32, usize> = kept.iter().zip(0..).map(|(hash, row)| (*hash, row)).collect();
    let samples: Vec<(Vec<usize>, usize, bool)> = samples
        .iter()
        .map(|sample| {
            let features = sample.features.iter().filter_map(|hash| rows.get(hash).copied()).collect();
            (features, sample.role, sample.here)
        })
        .collect();
    let mut weights = vec![0.0_f32; kept.len() * roles];
    let mut moved = vec![1.0e-1_f32; kept.len() * roles];
    let (mut biases, mut biases_moved) = (vec![0.0_f32; roles], vec![1.0_f32; roles]);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..POINTING_ROUNDS {
        shuffle(&mut order, &mut random);
        for &sample in &order {
            let (features, role, here) = &samples[sample];
            let score = biases[*role] + features.iter().map(|row| weights[row * roles + role]).sum::<f32>();
            let error = 1.0 / (1.0 + (-score).exp()) - f32::from(u8::from(*here));
            if error.abs() < 2.0e-3 {
                continue;
            }
            biases_moved[*role] += error * error;
            biases[*role] -= POINTING_STEP * error / biases_moved[*role].sqrt();
            for row in features {
                let place = row * roles + role;
                moved[place] += error * error;
                weights[place] -= POINTING_STEP * error / moved[place].sqrt() + SHRINK * weights[place];
            }
        }
    }
    pack(&kept, &weights, &biases, roles, small)
}

/// Puts numbers into another order, the same each time.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for place in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(place, usize::try_from(*random % (place as u64 + 1)).unwrap_or(0));
    }
}

/// Weights as a block, those below `small` left out: how many classes there are, the scale of the weights, how many bits of
/// a hash choose its bucket, the biases, where each bucket begins, and the buckets. Where [`STRETCH`] buckets begin takes
/// four bytes, where each of them does from there two. A bucket has rows of two bytes of the hash, how many weights there
/// are, and for each the class and the weight as parts of the scale.
fn pack(kept: &[u32], weights: &[f32], biases: &[f32], classes: usize, small: f32) -> Vec<u8> {
    let most = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = most / 127.0;
    let row = |place: usize| -> Vec<u8> {
        let weights = &weights[place * classes..(place + 1) * classes];
        let kept = weights.iter().enumerate().filter(|(_, weight)| weight.abs() >= small);
        #[expect(clippy::cast_possible_truncation, reason = "scaled to fit")]
        kept.filter_map(|(class, weight)| {
            let value = (weight / scale).round() as i8;
            (value != 0).then_some([u8::try_from(class).ok()?, value.cast_unsigned()])
        })
        .flatten()
        .collect()
    };
    // Sorted by their hashes already, so that each bucket's are together.
    let rows: Vec<(u32, Vec<u8>)> =
        kept.iter().enumerate().map(|(place, hash)| (*hash, row(place))).filter(|(_, row)| !row.is_empty()).collect();
    let bits = rows.len().next_power_of_two().trailing_zeros().clamp(4, 20) - 1;
    let (mut stretches, mut starts): (Vec<u32>, Vec<u16>) = (Vec::new(), Vec::new());
    let mut buckets: Vec<u8> = Vec::new();
    let mut begin = |bucket: usize, place: usize| {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        if bucket.is_multiple_of(STRETCH) {
            stretches.push(place);
        }
        let from = stretches.last().copied().unwrap_or_default();
        starts.push(u16::try_from(place - from).unwrap_or(u16::MAX));
    };
    let mut rest = rows.as_slice();
    for bucket in 0..1_u32 << bits {
        begin(bucket as usize, buckets.len());
        let length = rest.iter().take_while(|(hash, _)| hash >> (32 - bits) == bucket).count();
        for (hash, row) in &rest[..length] {
            let low = hash & 0xffff;
            buckets.extend([
                low.to_le_bytes()[0],
                low.to_le_bytes()[1],
                u8::try_from(row.len() / 2).unwrap_or(u8::MAX),
            ]);
            buckets.extend(row);
        }
        rest = &rest[length..];
    }
    begin(1 << bits, buckets.len());
    let count = u32::try_from(classes).unwrap_or(u32::MAX);
    let mut block = [count.to_le_bytes(), scale.to_bits().to_le_bytes(), bits.to_le_bytes()].concat();
    block.extend(biases.iter().flat_map(|bias| bias.to_bits().to_le_bytes()));
    block.extend(stretches.iter().flat_map(|start| start.to_le_bytes()));
    block.extend(starts.iter().flat_map(|start| start.to_le_bytes()));
    block.extend(buckets);
    block
}
