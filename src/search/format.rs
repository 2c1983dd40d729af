//! The file of an index: sections one after another, each with its length and a check. A part is read by itself, where it
//! lies, so that a search reads little; what is damaged is noticed when it is read.

use std::io;
use std::os::unix::fs::FileExt as _;

use super::Error;

/// The first bytes of an index, with the form of what follows.
const MAGIC: [u8; 8] = *b"asknix\0\x02";
/// A record is read at one go when it is no longer.
const GUESS: usize = 480;
/// What stands before a record: its length and its check.
const HEAD: usize = 8;
/// No record is longer; a greater length is damage.
const LONGEST: usize = 64 << 20;

/// The parts of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// What the index says about itself, as JSON.
    Stamp,
    /// Which numbers the entries of each kind have.
    Ranges,
    /// Names, squashed: a map to records of [`Section::Named`].
    Names,
    /// Entries of each name.
    Named,
    /// Stems: a map to records of [`Section::Postings`].
    Terms,
    /// Entries of each stem.
    Postings,
    /// Whole words: a set, for typing errors.
    Words,
    /// All names, squashed, a line each, in the order of the entries.
    Lines,
    /// Paths of options: a map to their entries.
    Options,
    /// Commands: a map to records of [`Section::Providers`].
    Commands,
    /// Packages of each command.
    Providers,
    /// Where each record of [`Section::Entries`] begins.
    Places,
    /// The entries.
    Entries,
}

const SECTIONS: usize = Section::Entries as usize + 1;
/// Magic, a place for each section, and the check of these.
const TABLE: usize = 8 + SECTIONS * 24 + 8;

/// Where a section lies, how long it is, and its check.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    offset: u64,
    length: u64,
    check: u64,
}

/// An index that is being made.
#[derive(Debug, Default)]
pub(super) struct Writer {
    sections: [Vec<u8>; SECTIONS],
}

impl Writer {
    /// Sets a section.
    pub(super) fn put(&mut self, section: Section, bytes: Vec<u8>) {
        if let Some(place) = self.sections.get_mut(section as usize) {
            *place = bytes;
        }
    }

    /// The whole file.
    pub(super) fn finish(self) -> Vec<u8> {
        let length: usize = self.sections.iter().map(Vec::len).sum();
        let mut file = Vec::with_capacity(TABLE + length);
        file.extend(MAGIC);
        let mut offset = TABLE as u64;
        for section in &self.sections {
            let length = section.len() as u64;
            for number in [offset, length, check(section)] {
                file.extend(number.to_le_bytes());
            }
            offset += length;
        }
        let all = check(&file);
        file.extend(all.to_le_bytes());
        for section in self.sections {
            file.extend(section);
        }
        file
    }
}

/// Puts a record at the end of a section; where it begins.
pub(super) fn push_record(section: &mut Vec<u8>, record: &[u8]) -> u64 {
    let at = section.len() as u64;
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    section.extend(length.to_le_bytes());
    section.extend(short(record).to_le_bytes());
    section.extend(record);
    at
}

/// Puts a number at the end, in as few bytes as it needs.
pub(super) fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

/// Takes a number from the front.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Takes a byte from the front.
pub(super) fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&byte, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(byte)
}

/// Where the bytes are.
#[derive(Debug)]
enum Bytes {
    File(std::fs::File),
    Memory(Vec<u8>),
}

/// An index that is read.
#[derive(Debug)]
pub(super) struct Reader {
    bytes: Bytes,
    places: [Place; SECTIONS],
}

impl Reader {
    /// Of an open file.
    pub(super) fn of_file(file: std::fs::File) -> Result<Self, Error> {
        let length = file.metadata().map_err(Error::Unreadable)?.len();
        Self::of(Bytes::File(file), length)
    }

    /// Of an index that was only made for this process.
    pub(super) fn of_memory(bytes: Vec<u8>) -> Result<Self, Error> {
        let length = bytes.len() as u64;
        Self::of(Bytes::Memory(bytes), length)
    }

    fn of(bytes: Bytes, length: u64) -> Result<Self, Error> {
        let mut reader = Self { bytes, places: [Place::default(); SECTIONS] };
        let magic = reader.read(0, MAGIC.len())?;
        if magic != MAGIC {
            // The same program's file in another form, or something else altogether.
            let other = magic.get(..7) == MAGIC.get(..7);
            return Err(if other { Error::OtherForm } else { Error::Damaged("beginning") });
        }
        let table = reader.read(0, TABLE)?;
        let (rest, said) = table.split_at_checked(TABLE - 8).ok_or(Error::Damaged("table"))?;
        if said != check(rest).to_le_bytes() {
            return Err(Error::Damaged("table"));
        }
        let mut numbers = rest.get(MAGIC.len()..).unwrap_or_default().chunks_exact(8).map(word);
        for place in &mut reader.places {
            let mut next = || numbers.next().unwrap_or_default();
            *place = Place { offset: next(), length: next(), check: next() };
        }
        let end = reader.places.iter().map(|place| place.offset.saturating_add(place.length)).max();
        // A file that was cut short, or that something was added to.
        if end == Some(length) { Ok(reader) } else { Err(Error::Damaged("end")) }
    }

    fn place(&self, section: Section) -> Place {
        self.places.get(section as usize).copied().unwrap_or_default()
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        match &self.bytes {
            Bytes::File(file) => {
                let mut bytes = vec![0; length];
                match file.read_exact_at(&mut bytes, offset) {
                    Ok(()) => Ok(bytes),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Error::Damaged("end")),
                    Err(error) => Err(Error::Unreadable(error)),
                }
            }
            Bytes::Memory(all) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let part = from.checked_add(length).and_then(|end| all.get(from..end));
                part.map(<[u8]>::to_vec).ok_or(Error::Damaged("end"))
            }
        }
    }

    /// A section, after a look whether it is whole.
    pub(super) fn section(&self, section: Section) -> Result<Vec<u8>, Error> {
        let place = self.place(section);
        let bytes = self.read(place.offset, usize::try_from(place.length).unwrap_or(usize::MAX))?;
        if check(&bytes) == place.check { Ok(bytes) } else { Err(Error::Damaged("section")) }
    }

    /// A few bytes of a section, which nothing checks.
    pub(super) fn bytes(&self, section: Section, at: u64, length: usize) -> Result<Vec<u8>, Error> {
        let place = self.place(section);
        if at.saturating_add(length as u64) > place.length {
            return Err(Error::Damaged("place"));
        }
        self.read(place.offset + at, length)
    }

    /// A record of a section, after a look whether it is whole.
    pub(super) fn record(&self, section: Section, at: u64) -> Result<Vec<u8>, Error> {
        let room = self.place(section).length.saturating_sub(at);
        let guess = GUESS.min(usize::try_from(room).unwrap_or(usize::MAX));
        let mut bytes = self.bytes(section, at, guess)?;
        let head = |from: usize| {
            bytes.get(from..from + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        };
        let (Some(length), Some(said)) = (head(0), head(4)) else { return Err(Error::Damaged("record")) };
        let length = length as usize;
        if length > LONGEST || length as u64 > room {
            return Err(Error::Damaged("record"));
        }
        if HEAD + length > bytes.len() {
            bytes = self.bytes(section, at, HEAD + length)?;
        }
        bytes.truncate(HEAD + length);
        bytes.drain(..HEAD);
        if short(&bytes) == said { Ok(bytes) } else { Err(Error::Damaged("record")) }
    }

    /// Whether all of it is whole.
    pub(super) fn verify(&self, sections: &[Section]) -> bool {
        sections.iter().all(|section| self.section(*section).is_ok())
    }
}

/// All sections, for a look at the whole.
pub(super) const ALL: [Section; SECTIONS] = [
    Section::Stamp,
    Section::Ranges,
    Section::Names,
    Section::Named,
    Section::Terms,
    Section::Postings,
    Section::Words,
    Section::Lines,
    Section::Options,
    Section::Commands,
    Section::Providers,
    Section::Places,
    Section::Entries,
];

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Finds what a disk, a full file system or a stray write does to bytes; it is no guard against malice. Each step is
/// one to one, so that a change of one word is never missed.
fn check(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = (bytes.len() as u64).wrapping_mul(ODD);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        // Eight bytes are there.
        let number = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        hash = (hash.rotate_left(23) ^ number).wrapping_mul(ODD);
    }
    hash = (hash.rotate_left(23) ^ word(chunks.remainder())).wrapping_mul(ODD);
    hash ^ hash >> 32
}

#[expect(clippy::cast_possible_truncation, reason = "half of it is enough for a record")]
fn short(bytes: &[u8]) -> u32 {
    check(bytes) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut writer = Writer::default();
        let mut entries = Vec::new();
        push_record(&mut entries, b"first");
        push_record(&mut entries, &[7; 2000]);
        writer.put(Section::Entries, entries);
        writer.put(Section::Stamp, b"{}".to_vec());
        writer.finish()
    }

    #[test]
    fn what_was_written_is_read() {
        let reader = Reader::of_memory(written()).unwrap();
        assert_eq!(reader.section(Section::Stamp).unwrap(), b"{}");
        assert_eq!(reader.record(Section::Entries, 0).unwrap(), b"first");
        assert_eq!(reader.record(Section::Entries, 13).unwrap(), [7; 2000]);
        assert!(reader.verify(&ALL));
    }

    #[test]
    fn no_changed_byte_and_no_cut_goes_unseen() {
        let whole = written();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            let seen = Reader::of_memory(changed).map_or(true, |reader| !reader.verify(&ALL));
            assert!(seen, "byte {at}");
            assert!(Reader::of_memory(whole[..at].to_vec()).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn numbers_come_back() {
        let mut bytes = Vec::new();
        let all = [0, 1, 127, 128, 300, 70_000, u32::MAX];
        all.iter().for_each(|number| push_number(&mut bytes, *number));
        let mut rest = bytes.as_slice();
        assert_eq!(all.map(|_| take_number(&mut rest).unwrap()), all);
        assert_eq!(take_number(&mut rest), None);
        assert_eq!(take_number(&mut [0xff; 9].as_slice()), None);
    }
}
