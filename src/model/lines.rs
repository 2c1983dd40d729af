//! Streams of lines: NDJSON as Ollama sends it, server-sent events as the `OpenAI` dialect does. Pieces of TCP end anywhere.

use super::trouble::Trouble;

/// No line is longer.
const LONGEST_LINE: usize = 64 * 1024;

/// Bytes put together to lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// The lines that these bytes complete, without their ends.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Trouble> {
        let mut lines = Vec::new();
        for (number, part) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if number > 0 {
                lines.push(trimmed(std::mem::take(&mut self.rest)));
            }
            self.rest.extend_from_slice(part);
            if self.rest.len() > LONGEST_LINE {
                return Err(Trouble::TooLong);
            }
        }
        Ok(lines)
    }

    /// What stands behind the last line end.
    pub(super) fn rest(self) -> Vec<u8> {
        trimmed(self.rest)
    }
}

fn trimmed(mut line: Vec<u8>) -> Vec<u8> {
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    line
}

/// The data of a line of server-sent events; none for comments, other fields and empty lines.
pub(super) fn event_data(line: &[u8]) -> Option<&[u8]> {
    let data = line.strip_prefix(b"data:")?;
    Some(data.strip_prefix(b" ").unwrap_or(data))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_too_long_for_a_line_is_refused() {
        assert_eq!(Lines::default().feed(&vec![b'x'; LONGEST_LINE + 1]), Err(Trouble::TooLong));
        let mut lines = Lines::default();
        assert!(lines.feed(&vec![b'x'; LONGEST_LINE]).is_ok());
        assert_eq!(lines.feed(b"x"), Err(Trouble::TooLong));
    }

    #[test]
    fn events_are_told_from_comments() {
        assert_eq!(event_data(b"data: {}"), Some(&b"{}"[..]));
        assert_eq!(event_data(b"data:[DONE]"), Some(&b"[DONE]"[..]));
        assert_eq!((event_data(b": keep-alive"), event_data(b""), event_data(b"event: x")), (None, None, None));
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200), cuts in proptest::collection::vec(0_usize..200, 0..6)) {
            let whole = { let mut lines = Lines::default(); (lines.feed(&bytes).unwrap(), lines.rest()) };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let mut lines = Lines::default();
            let mut pieces = Vec::new();
            for pair in cuts.windows(2) {
                pieces.extend(lines.feed(&bytes[pair[0]..pair[1]]).unwrap());
            }
            prop_assert_eq!((pieces, lines.rest()), whole);
        }
    }
}
