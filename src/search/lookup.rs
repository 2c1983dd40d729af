//! Questions to the sections: candidates by name, by words and by parts of names, and whole entries.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

use fst::{IntoStreamer as _, Map, Streamer as _};

use super::build::weight;
use super::format::Section;
use super::near::{Begins, Near};
use super::postings::{Posting, unpacked};
use super::words::squashed;
use super::{Entry, Error, Index, Kind};

/// So many candidates are taken of each way to find them.
const MOST: usize = 80;
/// So many names are looked at that begin alike.
const NAMES: usize = 1500;
/// Names that are so much longer are not what was begun.
const LONGER: usize = 12;
/// So many places are read of all words that begin alike.
const PLACES: usize = 40_000;

impl Index {
    fn map<'a>(&self, cell: &'a OnceCell<Map<Vec<u8>>>, section: Section) -> Result<&'a Map<Vec<u8>>, Error> {
        if let Some(map) = cell.get() {
            return Ok(map);
        }
        let map = Map::new(self.reader.section(section)?)?;
        Ok(cell.get_or_init(|| map))
    }

    fn postings(&self, section: Section, at: u64) -> Result<Vec<Posting>, Error> {
        unpacked(&self.reader.record(section, at)?)
    }

    /// Entries that a text means as a whole, with the weight of that, the surest first.
    pub(super) fn named(&self, text: &str, kind: Kind) -> Result<Vec<Posting>, Error> {
        let Some(at) = self.map(&self.names, Section::Names)?.get(text) else { return Ok(Vec::new()) };
        let mut found = self.postings(Section::Named, at)?;
        let range = self.ranges.all(kind);
        found.retain(|posting| range.contains(&posting.entry));
        found.sort_by_key(|posting| (std::cmp::Reverse(posting.worth), posting.entry));
        found.truncate(MOST);
        Ok(found)
    }

    /// Entries whose names begin like this, the shortest names first.
    pub(super) fn beginning(&self, text: &str, kind: Kind) -> Result<BTreeSet<u32>, Error> {
        let names = self.map(&self.names, Section::Names)?;
        let mut stream = names.search(Begins { start: text.as_bytes(), longer: LONGER }).into_stream();
        let mut keys: Vec<(usize, u64)> = Vec::new();
        while let Some((key, at)) = stream.next() {
            keys.push((key.len(), at));
            if keys.len() == NAMES {
                break;
            }
        }
        keys.sort_unstable();
        let (known, others) = self.ranges.get(kind);
        let mut found = BTreeSet::new();
        let (mut best, mut rest) = (0, 0);
        for (_, at) in keys {
            for posting in self.postings(Section::Named, at)? {
                let count = if known.contains(&posting.entry) { &mut best } else { &mut rest };
                if (known.contains(&posting.entry) || others.contains(&posting.entry)) && *count < MOST / 2 {
                    *count += usize::from(found.insert(posting.entry));
                }
            }
            if best >= MOST / 2 && rest >= MOST / 2 || best + rest > 0 && found.len() > MOST {
                break;
            }
        }
        Ok(found)
    }

    /// Entries with this part anywhere in a name. Goes through all names, so it comes last.
    pub(super) fn with_part(&self, text: &str, kind: Kind) -> Result<BTreeSet<u32>, Error> {
        let lines = if let Some(lines) = self.lines.get() {
            lines
        } else {
            let read = self.reader.section(Section::Lines)?;
            self.lines.get_or_init(|| read)
        };
        let range = self.ranges.all(kind);
        let mut found: Vec<(usize, u32)> = Vec::new();
        let (mut number, mut counted) = (0_u32, 0);
        for at in memchr::memmem::find_iter(lines, text) {
            let passed = lines.get(counted..at).unwrap_or_default();
            number += u32::try_from(memchr::memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX);
            counted = at;
            if range.contains(&number) && found.last().is_none_or(|(_, last)| *last != number) {
                let end = memchr::memchr(b'\n', lines.get(at..).unwrap_or_default()).unwrap_or(0);
                let start =
                    memchr::memrchr(b'\n', lines.get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1);
                found.push((at + end - start, number));
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().take(MOST).map(|(_, number)| number).collect())
    }

    /// Where a stem stands.
    pub(super) fn with_stem(&self, stem: &str) -> Result<Vec<Posting>, Error> {
        match self.map(&self.terms, Section::Terms)?.get(stem) {
            Some(at) => self.postings(Section::Postings, at),
            None => Ok(Vec::new()),
        }
    }

    /// Where the words stand that begin like this one, the shortest words first; of very many not all. The stem beside it was
    /// looked up already.
    pub(super) fn with_beginning(&self, word: &str, beside: &str) -> Result<Vec<Posting>, Error> {
        let terms = self.map(&self.terms, Section::Terms)?;
        let mut stream = terms.search(Begins { start: word.as_bytes(), longer: LONGER }).into_stream();
        let mut keys: Vec<(usize, u64)> = Vec::new();
        while let Some((key, at)) = stream.next() {
            if key == beside.as_bytes() {
                continue;
            }
            keys.push((key.len(), at));
            if keys.len() == NAMES {
                break;
            }
        }
        keys.sort_unstable();
        let mut found = Vec::new();
        for (_, at) in keys.into_iter().take(MOST) {
            found.extend(self.postings(Section::Postings, at)?);
            if found.len() > PLACES {
                break;
            }
        }
        Ok(found)
    }

    /// The word of the index that is nearest to one that it does not have; none when there is nothing near.
    pub(super) fn nearest_word(&self, word: &str) -> Result<Option<String>, Error> {
        if word.chars().all(|c| c.is_ascii_digit()) {
            return Ok(None);
        }
        let words = fst::Set::new(self.reader.section(Section::Words)?)?;
        Ok(near(word, words.as_fst()).into_iter().next())
    }

    /// The entry of this number.
    pub(super) fn entry(&self, number: u32) -> Result<Entry, Error> {
        let place = self.reader.bytes(Section::Places, u64::from(number) * 8, 8)?;
        let at = place.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let bytes = self.reader.record(Section::Entries, at)?;
        let entry: Entry = postcard::from_bytes(&bytes).map_err(|_| Error::Damaged("entry"))?;
        let kinds = [Kind::Package, Kind::Option, Kind::Service];
        let kind = kinds.into_iter().find(|kind| self.ranges.all(*kind).contains(&number)).unwrap_or_default();
        Ok(Entry { kind, ..entry })
    }

    /// The entry of exactly this name, else of this name in other letters or with other separators.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<Entry>, Error> {
        let mut near = None;
        for posting in self.named(&squashed(name), kind)?.iter().filter(|posting| posting.worth >= weight::CALLED) {
            let entry = self.entry(posting.entry)?;
            if entry.name == name {
                return Ok(Some(entry));
            }
            near = near.or(Some(entry));
        }
        Ok(near)
    }

    /// The packages that bring a command.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn providers(&self, command: &str) -> Result<Vec<String>, Error> {
        let commands = Map::new(self.reader.section(Section::Commands)?)?;
        let Some(at) = commands.get(command) else { return Ok(Vec::new()) };
        let names = self.reader.record(Section::Providers, at)?;
        Ok(String::from_utf8_lossy(&names).lines().map(str::to_owned).collect())
    }

    /// Commands whose names differ by little, the nearest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn near_commands(&self, command: &str) -> Result<Vec<String>, Error> {
        let commands = Map::new(self.reader.section(Section::Commands)?)?;
        Ok(near(command, commands.as_fst()).into_iter().take(3).collect())
    }

    /// The options below a path, such as all of `services.openssh`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn below(&self, path: &str, most: usize) -> Result<Vec<String>, Error> {
        let options = Map::new(self.reader.section(Section::Options)?)?;
        let start = format!("{}.", path.trim_end_matches('.'));
        let mut stream = options.range().ge(&start).into_stream();
        let mut found = Vec::new();
        while let Some((key, _)) = stream.next().filter(|(key, _)| key.starts_with(start.as_bytes())) {
            if found.len() == most {
                break;
            }
            found.push(String::from_utf8_lossy(key).into_owned());
        }
        Ok(found)
    }

    /// The option of this path, where names that stand for any name (`<name>`, `*`) fit every one.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn option(&self, path: &str) -> Result<Option<Entry>, Error> {
        if let Some(entry) = self.get(Kind::Option, path)? {
            return Ok(Some(entry));
        }
        let parts: Vec<&str> = path.split('.').collect();
        // The first name is never one that stands for others.
        let Some(first) = parts.first().filter(|_| parts.len() > 2) else { return Ok(None) };
        let fits = |name: &str| {
            let pattern: Vec<&str> = name.split('.').collect();
            let same = |(wanted, given): (&&str, &&str)| wanted == given || *wanted == "*" || wanted.starts_with('<');
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(same)
        };
        let names = self.below(first, usize::MAX)?;
        let found = names.iter().find(|name| name.contains(['*', '<']) && fits(name));
        found.map_or(Ok(None), |name| self.get(Kind::Option, name))
    }

    /// The numbers of a kind.
    pub(super) fn numbers(&self, kind: Kind) -> (Range<u32>, Range<u32>) {
        self.ranges.get(kind)
    }
}

/// The keys that differ least from a word. Fingers slip in the middle of words: of two that are as near, one with the same
/// first letter, then one with the same end is meant.
fn near(word: &str, keys: &fst::raw::Fst<Vec<u8>>) -> Vec<String> {
    let Some(near) = Near::new(word) else { return Vec::new() };
    let mut found = Vec::new();
    let mut stream = keys.search(&near).into_stream();
    let (first, last) = (word.as_bytes().first(), word.as_bytes().last());
    while let Some((key, _)) = stream.next() {
        let Some(distance) = near.distance(key).filter(|distance| *distance > 0) else { continue };
        let other = String::from_utf8_lossy(key).into_owned();
        // Of a short word that much can hardly be wrong, unless both its ends are right.
        let ends = key.first() == first && key.last() == last;
        if ends || distance == 1 || key.first() == first && word.len() >= 8 {
            found.push((key.first() != first, distance, key.last() != last, other));
        }
    }
    found.sort_unstable();
    // The first letter is seldom wrong: those that share it are meant, however near another is.
    let best = found.first().map(|(other, distance, ..)| (*other, *distance));
    found.retain(|(other, distance, ..)| Some((*other, *distance)) == best);
    found.into_iter().map(|(.., word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn the_nearest_word_is_meant() {
        let words = fst::Set::from_iter(["blender", "firefox", "gimp", "inkscape", "libreoffice"]).unwrap();
        let near = |word| near(word, words.as_fst()).into_iter().next().unwrap_or_default();
        assert_eq!(near("firefx"), "firefox");
        assert_eq!(near("gmip"), "gimp");
        assert_eq!(near("inkscpae"), "inkscape");
        assert_eq!(near("libreofice"), "libreoffice");
        assert_eq!(near("xyzzy"), "");
    }
}
