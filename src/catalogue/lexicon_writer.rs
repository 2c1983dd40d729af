//! Writes the block that `lexicon.rs` reads. Runs in `build.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::understand::repair::distance;

use super::lexicon::{PARTS, Sense, TABLES, Table, deletions, hash};

/// What is gathered before it is written.
#[derive(Default)]
pub struct Writer {
    phrases: BTreeMap<String, BTreeSet<Sense>>,
    mendable: BTreeSet<String>,
    ordinary: BTreeSet<u32>,
    tables: [Vec<String>; TABLES],
}

impl Writer {
    /// A name of a table; the same name twice is one.
    ///
    /// # Errors
    /// When a table has too many.
    pub fn name(&mut self, table: Table, name: &str) -> Result<u16, String> {
        let names = &mut self.tables[table as usize];
        let place = names.iter().rposition(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        u16::try_from(place).map_err(|_| "too many names".to_owned())
    }

    /// The next entry of a table that runs beside another.
    pub fn beside(&mut self, table: Table, name: &str) {
        self.tables[table as usize].push(name.to_owned());
    }

    /// A phrase that means something. All its words are known from then on.
    pub fn phrase(&mut self, phrase: &str, sense: Sense) {
        let phrase = phrase.to_lowercase();
        let words: Vec<&str> = phrase.split_whitespace().collect();
        if words.is_empty() {
            return;
        }
        for word in &words {
            self.phrases.entry((*word).to_owned()).or_default();
        }
        self.phrases.entry(words.join(" ")).or_default().insert(sense);
    }

    /// A word that another may be a typing error of.
    pub fn mendable(&mut self, word: &str) {
        if word.len() >= 4 && word.len() <= 24 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.mendable.insert(word.to_owned());
        }
    }

    /// A word that is no typing error and means nothing to us.
    pub fn ordinary(&mut self, word: &str) {
        self.ordinary.insert(hash(0, word.as_bytes()));
    }

    /// Whether a word looks like a typing error of one that is mendable: an edit away, with the same first letter.
    pub fn is_near(&self, word: &str) -> bool {
        word.len() >= 4
            && self.mendable.iter().any(|known| {
                known.len().abs_diff(word.len()) <= 1
                    && known.as_bytes()[0] == word.as_bytes()[0]
                    && known.strip_suffix('s') != Some(word)
                    && word.strip_suffix('s') != Some(known)
                    && distance(known.as_bytes(), word.as_bytes(), 1) <= 1
            })
    }

    /// Whether a phrase is there already.
    pub fn knows(&self, phrase: &str) -> bool {
        self.phrases.contains_key(phrase)
    }

    /// The block.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn finish(self) -> Result<Vec<u8>, String> {
        let mut words = fst::raw::Builder::memory();
        let (mut starts, mut senses, mut mending) = (Vec::new(), Vec::new(), Vec::new());
        for ((phrase, meanings), place) in self.phrases.iter().zip(0_u32..) {
            words.insert(phrase, u64::from(place)).map_err(|error| error.to_string())?;
            starts.extend(u32::try_from(senses.len() / 4).map_err(|_| "too many senses")?.to_le_bytes());
            senses.extend(meanings.iter().flat_map(|sense| sense.pack().to_le_bytes()));
            if self.mendable.contains(phrase) {
                mending.extend(deletions(phrase).map(|hash| (hash, place)));
            }
        }
        starts.extend(u32::try_from(senses.len() / 4).map_err(|_| "too many senses")?.to_le_bytes());
        mending.sort_unstable();
        mending.dedup();
        let mending =
            mending.iter().flat_map(|(hash, place)| [hash.to_le_bytes(), place.to_le_bytes()].concat()).collect();
        let ordinary = self.ordinary.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        let mut parts = vec![words.into_inner().map_err(|error| error.to_string())?, starts, senses, mending, ordinary];
        for names in &self.tables {
            let (mut starts, mut text) = (0_u32.to_le_bytes().to_vec(), Vec::new());
            for name in names {
                text.extend(name.as_bytes());
                starts.extend(u32::try_from(text.len()).map_err(|_| "too long a table")?.to_le_bytes());
            }
            parts.extend([starts, text]);
        }
        debug_assert_eq!(parts.len(), PARTS);
        let mut block = Vec::new();
        for part in &parts {
            block.extend(u32::try_from(part.len()).map_err(|_| "too big a part")?.to_le_bytes());
        }
        block.extend(parts.concat());
        Ok(block)
    }
}
