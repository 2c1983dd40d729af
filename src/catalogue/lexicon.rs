//! The words and names that are known, as one block of bytes that is read where it lies: a finite state transducer from
//! phrases to numbers, what each phrase can mean, and a table for mending typing errors. `build.rs` writes it
//! (`lexicon_writer.rs`); nothing is unpacked at start.

use fst::raw::{Fst, Output};

/// Something that a word or phrase can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sense {
    /// A word of our matters, nothing more.
    Word,
    /// An ordinary word that must not be taken for a typing error.
    Common,
    /// Says nothing: articles, politeness.
    Filler,
    /// Of a field of daily life that is none of ours.
    Everyday(u16),
    /// One of several ways to say the same: a verb, an object, a manner.
    Class(u16),
    /// A package, by its place in the table of packages.
    Package(u16),
    /// A service.
    Service(u16),
    /// An option.
    Setting(u16),
    /// A concept that is taught.
    Concept(u16),
    /// A language or tool to develop with.
    Stack(u16),
    /// A person's name, or one that machines are given.
    Person,
    /// Another spelling, by its place in the table of spellings.
    Spelled(u16),
}

impl Sense {
    /// As it is stored: the kind in the upper half, the number in the lower.
    pub fn pack(self) -> u32 {
        let (kind, number) = match self {
            Self::Word => (0, 0),
            Self::Common => (1, 0),
            Self::Filler => (2, 0),
            Self::Everyday(number) => (3, number),
            Self::Class(number) => (4, number),
            Self::Package(number) => (5, number),
            Self::Service(number) => (6, number),
            Self::Setting(number) => (7, number),
            Self::Concept(number) => (8, number),
            Self::Stack(number) => (9, number),
            Self::Person => (10, 0),
            Self::Spelled(number) => (11, number),
        };
        kind << 16 | u32::from(number)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
    fn unpack(packed: u32) -> Self {
        let number = packed as u16;
        match packed >> 16 {
            1 => Self::Common,
            2 => Self::Filler,
            3 => Self::Everyday(number),
            4 => Self::Class(number),
            5 => Self::Package(number),
            6 => Self::Service(number),
            7 => Self::Setting(number),
            8 => Self::Concept(number),
            9 => Self::Stack(number),
            10 => Self::Person,
            11 => Self::Spelled(number),
            _ => Self::Word,
        }
    }

    /// Whether it names a thing rather than being a word of the language.
    pub fn is_name(self) -> bool {
        matches!(self, Self::Package(_) | Self::Service(_) | Self::Setting(_) | Self::Concept(_) | Self::Stack(_))
    }
}

/// The tables of names, in this order in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Table {
    /// Fields of daily life.
    Everyday,
    /// Classes of words.
    Classes,
    /// Attribute names of packages.
    Packages,
    /// Names of services.
    Services,
    /// Options: what they take (`b` true or false, `l` a list, `i` a whole number, `e|never|always` one of these, `s` else),
    /// a space, the path.
    Settings,
    /// Ids of concepts.
    Concepts,
    /// Ids of development stacks.
    Stacks,
    /// What other spellings stand for.
    Spellings,
    /// The option that turns each service on, in the order of services.
    Switches,
}

/// How many tables there are.
pub const TABLES: usize = 9;

/// How many parts the block has: the transducer, where senses begin, the senses, the mending table, the hashes of ordinary
/// words, and two parts for each table.
pub const PARTS: usize = 5 + 2 * TABLES;

/// The reader.
#[derive(Clone, Default)]
pub struct Lexicon<'a> {
    words: Option<Fst<&'a [u8]>>,
    starts: &'a [u8],
    senses: &'a [u8],
    mending: &'a [u8],
    ordinary: &'a [u8],
    tables: [(&'a [u8], &'a [u8]); TABLES],
}

impl std::fmt::Debug for Lexicon<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lexicon").field("senses", &(self.senses.len() / 4)).finish_non_exhaustive()
    }
}

fn number(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place * 4..place * 4 + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

impl<'a> Lexicon<'a> {
    /// Reads the head of the block: where its parts lie. None when it is not such a block.
    pub fn new(block: &'a [u8]) -> Option<Self> {
        let mut parts = [&block[..0]; PARTS];
        let mut from = PARTS * 4;
        for (place, part) in parts.iter_mut().enumerate() {
            let length = number(block, place)? as usize;
            *part = block.get(from..from + length)?;
            from += length;
        }
        let tables = std::array::from_fn(|table| (parts[5 + 2 * table], parts[6 + 2 * table]));
        Some(Self {
            words: Some(Fst::new(parts[0]).ok()?),
            starts: parts[1],
            senses: parts[2],
            mending: parts[3],
            ordinary: parts[4],
            tables,
        })
    }

    /// The number of a word or phrase.
    pub fn find(&self, phrase: &str) -> Option<u32> {
        u32::try_from(self.words.as_ref()?.get(phrase)?.value()).ok()
    }

    /// What the phrase of this number can mean.
    pub fn senses(&self, phrase: u32) -> impl Iterator<Item = Sense> + use<'a> {
        let place = phrase as usize;
        let from = number(self.starts, place).unwrap_or(0) as usize;
        let to = number(self.starts, place + 1).unwrap_or(0) as usize;
        let senses = self.senses;
        (from..to).filter_map(move |place| number(senses, place)).map(Sense::unpack)
    }

    /// All phrases that begin with the first of these words: how many words each has, and its number.
    pub fn phrases<'w>(&self, words: impl Iterator<Item = &'w str>, mut found: impl FnMut(usize, u32)) {
        let Some(known) = &self.words else { return };
        let mut node = known.root();
        let mut sum = Output::zero();
        for (count, word) in words.enumerate() {
            let space: &[u8] = if count == 0 { b"" } else { b" " };
            for &byte in space.iter().chain(word.as_bytes()) {
                let Some(place) = node.find_input(byte) else { return };
                let step = node.transition(place);
                sum = sum.cat(step.out);
                node = known.node(step.addr);
            }
            if node.is_final()
                && let Ok(phrase) = u32::try_from(sum.cat(node.final_output()).value())
            {
                found(count + 1, phrase);
            }
        }
    }

    /// The numbers of words that differ from some word by letters whose removal gives this hash.
    pub fn mendable(&self, hash: u32) -> impl Iterator<Item = u32> + use<'a> {
        let entries = self.mending.len() / 8;
        let key = |place: usize| number(self.mending, place * 2).unwrap_or(u32::MAX);
        let (mut from, mut to) = (0, entries);
        while from < to {
            let middle = usize::midpoint(from, to);
            if key(middle) < hash { from = middle + 1 } else { to = middle }
        }
        let mending = self.mending;
        (from..entries)
            .take_while(move |place| number(mending, place * 2) == Some(hash))
            .filter_map(move |place| number(mending, place * 2 + 1))
    }

    /// Whether a word is ordinary language that is no typing error and means nothing to us.
    pub fn is_ordinary(&self, word: &str) -> bool {
        let wanted = hash(0, word.as_bytes());
        self.ordinary.as_chunks().0.binary_search_by_key(&wanted, |hash| u32::from_le_bytes(*hash)).is_ok()
    }

    /// The phrase of this number.
    pub fn phrase(&self, wanted: u32) -> Option<String> {
        let key = self.words.as_ref()?.get_key(u64::from(wanted))?;
        String::from_utf8(key).ok()
    }

    /// A name of a table.
    pub fn name(&self, table: Table, place: u16) -> &'a str {
        let (starts, text) = self.tables[table as usize];
        let place = usize::from(place);
        let range = number(starts, place).zip(number(starts, place + 1));
        range
            .and_then(|(from, to)| text.get(from as usize..to as usize))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    /// The names of a table in their order, as bytes: who looks through all of them needs few as text.
    pub fn names(&self, table: Table) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (starts, text) = self.tables[table as usize];
        let mut starts = starts.as_chunks::<4>().0.iter().map(|start| u32::from_le_bytes(*start) as usize);
        let mut from = starts.next().unwrap_or(0);
        starts.map(move |to| text.get(std::mem::replace(&mut from, to)..to).unwrap_or_default())
    }

    /// The place of a name in its table. For names that code asks for by their text; walks the table.
    pub fn place(&self, table: Table, name: &str) -> Option<u16> {
        self.names(table).position(|known| known == name.as_bytes()).and_then(|place| u16::try_from(place).ok())
    }
}

/// The hash under which words stand in the mending table, and features in the ranker's: FNV-1a.
pub fn hash(seed: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(seed ^ 0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The hashes of a word and of the word without any one of its letters: two words that share one are an edit apart, or two.
pub fn deletions(word: &str) -> impl Iterator<Item = u32> + '_ {
    let bytes = word.as_bytes();
    std::iter::once(hash(0, bytes)).chain((0..bytes.len()).map(move |gone| {
        let mut shorter = [0_u8; 32];
        let mut length = 0;
        for (place, &byte) in bytes.iter().enumerate().take(32) {
            if place != gone {
                shorter[length] = byte;
                length += 1;
            }
        }
        hash(0, &shorter[..length])
    }))
}
