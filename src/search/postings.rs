//! Which entries have a word: lists of numbers with what the word is worth there, and names with what they mean.

use super::Error;
use super::format::{push_number, take_byte, take_number};

/// An entry that has something, and how much that says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    /// The number of the entry.
    pub(super) entry: u32,
    /// What it is worth.
    pub(super) worth: u8,
}

/// A list as a record; its numbers rise.
pub(super) fn packed(postings: &[Posting]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(postings.len() * 3);
    let mut before = 0;
    for posting in postings {
        push_number(&mut bytes, posting.entry.wrapping_sub(before));
        bytes.push(posting.worth);
        before = posting.entry;
    }
    bytes
}

/// A record as a list.
pub(super) fn unpacked(mut record: &[u8]) -> Result<Vec<Posting>, Error> {
    let mut postings = Vec::with_capacity(record.len() / 2);
    let mut before = 0_u32;
    while !record.is_empty() {
        let step = take_number(&mut record).ok_or(Error::Damaged("list"))?;
        let worth = take_byte(&mut record).ok_or(Error::Damaged("list"))?;
        before = before.wrapping_add(step);
        postings.push(Posting { entry: before, worth });
    }
    Ok(postings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back() {
        let list: Vec<Posting> =
            [(0, 3), (1, 200), (900, 7), (140_000, 1)].map(|(entry, worth)| Posting { entry, worth }).to_vec();
        assert_eq!(unpacked(&packed(&list)).unwrap(), list);
        assert!(unpacked(&[0xff]).is_err());
    }
}
