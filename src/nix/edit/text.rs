//! Positions and lines of a text, and the splices that change it.

use std::ops::Range;

use rowan::TextRange;

/// A part of a text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes instead.
    pub text: String,
}

impl Splice {
    /// Something new at a place, where nothing goes.
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }

    /// Something goes and nothing comes.
    pub(super) fn cut(range: Range<usize>) -> Self {
        Self { range, text: String::new() }
    }
}

/// The text with all splices, none when two of them meet or one lies outside.
pub(super) fn spliced(text: &str, splices: &[Splice]) -> Option<String> {
    let mut ordered: Vec<&Splice> = splices.iter().collect();
    ordered.sort_by_key(|splice| splice.range.start);
    let mut result = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for splice in ordered {
        result.push_str(text.get(done..splice.range.start)?);
        result.push_str(&splice.text);
        done = splice.range.end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

/// The range of a node as plain numbers.
pub(super) fn bytes(range: TextRange) -> Range<usize> {
    usize::from(range.start())..usize::from(range.end())
}

/// A text seen as lines.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(pub &'a str);

impl<'a> Lines<'a> {
    /// Where the line of a position begins.
    pub(super) fn start(self, at: usize) -> usize {
        self.0.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// Where the line of a position ends, before its line end.
    pub(super) fn end(self, at: usize) -> usize {
        let rest = self.0.get(at..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
        at + length - usize::from(rest.get(..length).is_some_and(|line| line.ends_with('\r')))
    }

    /// Where the next line begins; the end of the text when there is none.
    pub(super) fn next(self, at: usize) -> usize {
        let rest = self.0.get(at..).unwrap_or_default();
        at + rest.find('\n').map_or(rest.len(), |newline| newline + 1)
    }

    /// What stands before a position in its line.
    pub(super) fn before(self, at: usize) -> &'a str {
        self.0.get(self.start(at)..at).unwrap_or_default()
    }

    /// What stands behind a position in its line.
    pub(super) fn after(self, at: usize) -> &'a str {
        self.0.get(at..self.end(at)).unwrap_or_default()
    }

    /// The line of a position.
    pub(super) fn line(self, at: usize) -> &'a str {
        self.0.get(self.start(at)..self.end(at)).unwrap_or_default()
    }

    /// The white space that the line of a position begins with.
    pub(super) fn indentation(self, at: usize) -> &'a str {
        let line = self.line(at);
        &line[..line.len() - line.trim_start().len()]
    }

    /// Whether nothing but white space stands before the position in its line.
    pub(super) fn leads(self, at: usize) -> bool {
        self.before(at).trim().is_empty()
    }

    /// The line above, when there is one.
    pub(super) fn above(self, at: usize) -> Option<&'a str> {
        let start = self.start(at);
        (start > 0).then(|| self.line(start - 1))
    }

    /// The line end that is used around a position: that of its line, or of the one above.
    pub(super) fn newline(self, at: usize) -> &'static str {
        let end = self.end(at);
        let here = self.0.get(end..).unwrap_or_default();
        let above = self.0.get(..self.start(at)).unwrap_or_default();
        let carriage = here.starts_with("\r\n") || !here.starts_with('\n') && above.ends_with("\r\n");
        if carriage { "\r\n" } else { "\n" }
    }

    /// One step of indentation, as the text has it.
    pub(super) fn step(self) -> &'static str {
        let mut narrow = false;
        for line in self.0.lines() {
            if line.starts_with('\t') {
                return "\t";
            }
            let spaces = line.len() - line.trim_start_matches(' ').len();
            // The closing lines of indented texts and the stars of comments stand anywhere.
            narrow |= matches!(spaces, 2 | 6 | 10);
            if narrow {
                return "  ";
            }
        }
        if self.0.lines().any(|line| line.starts_with("    ")) { "    " } else { "  " }
    }

    /// The number of the line of a position, from 1.
    pub(super) fn number(self, at: usize) -> usize {
        1 + self.0.get(..at).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count()
    }
}

/// Whether what stands at the end of a line after an entry is only white space or a comment of that line.
pub(super) fn only_comment(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || rest.starts_with('#') || (rest.starts_with("/*") && rest.find("*/") == Some(rest.len() - 2))
}
