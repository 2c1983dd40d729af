//! Text to [`Evidence`]: the errors, warnings and failed builds in what Nix and its companions print. Line by line, so a
//! log of any length can pass through; of plain lines only those are kept that some lesson asks for.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

use super::builds::failed_derivation;
use super::clean::{bare, plain};
use super::evidence::{Evidence, Frame, Piece, Position};
use super::index::Index;
use super::paste;
use super::recent::Recent;
use super::report::report;
use super::structured::Structured;

/// More than this of one kind is never of use.
const MOST_PIECES: usize = 2000;
const MOST_LINES: usize = 400;
/// So many plain lines are kept for the sake of one word of a lesson.
const MOST_ALIKE: usize = 20;
/// Of a longer line only the beginning is read.
const LONGEST_LINE: u64 = 1 << 20;
/// So many lines that are set in belong to a plain line that announces them.
const MOST_ANNOUNCED: usize = 4;

/// Reads lines and collects evidence.
pub struct Reader<'a> {
    index: &'a Index,
    evidence: Evidence,
    block: Option<Block>,
    structured: Structured,
    recent: Recent,
    alike: BTreeMap<usize, usize>,
    announced: usize,
}

struct Block {
    warning: bool,
    evaluation: bool,
    lines: Vec<String>,
    /// How many lines had gone by before it.
    before: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self {
            index,
            evidence: Evidence::default(),
            block: None,
            structured: Structured::default(),
            recent: Recent::default(),
            alike: BTreeMap::new(),
            announced: 0,
        }
    }

    /// Reads a whole text.
    pub fn text(&mut self, text: &str) {
        if text.len() <= super::LONGEST_PASTE {
            for line in paste::unfolded(&plain(text)).lines() {
                self.line(line);
            }
        } else {
            for line in text.lines() {
                self.raw_line(line);
            }
        }
    }

    /// Reads a stream to its end, or to where it cannot be read any more, and never keeps more of it than a line.
    pub fn stream(&mut self, mut stream: impl BufRead) {
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut stream).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if line.last() != Some(&b'\n') && stream.skip_until(b'\n').is_err() {
                return;
            }
            while matches!(line.last(), Some(b'\n' | b'\r')) {
                line.pop();
            }
            self.raw_line(&String::from_utf8_lossy(&line));
        }
    }

    fn raw_line(&mut self, line: &str) {
        for line in plain(line).lines() {
            self.line(line);
        }
    }

    /// Reads one line that is free of escape sequences.
    pub fn line(&mut self, line: &str) {
        if let Some(json) = line.trim_start().strip_prefix("@nix ") {
            self.end_block();
            if let Some(found) = self.structured.line(json) {
                self.message(&plain(&found.text), found.at, found.log);
            }
            return;
        }
        self.bare_line(bare(line));
    }

    /// Everything that was found.
    pub fn finish(mut self) -> Evidence {
        self.end_block();
        self.evidence
    }

    fn bare_line(&mut self, line: &str) {
        let before = self.recent.count();
        self.recent.push(line);
        if let Some(Beginning { warning, evaluation, rest }) = beginning(line) {
            self.end_block();
            self.block = Some(Block { warning, evaluation, lines: vec![rest.to_owned()], before });
            return;
        }
        if let Some(block) = &mut self.block {
            if line.is_empty() || line.starts_with([' ', '\t', '…']) || block.continues_with(line) {
                if block.lines.len() < MOST_LINES {
                    block.lines.push(line.to_owned());
                }
                return;
            }
            self.end_block();
        }
        self.plain_line(line);
    }

    /// A line that is no part of an error or a warning of Nix.
    fn plain_line(&mut self, line: &str) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return;
        }
        if self.announced > 0 {
            self.announced -= 1;
            if line.starts_with([' ', '\t'])
                && let Some(Piece::Line(before)) = self.evidence.last_mut()
            {
                before.push('\n');
                before.push_str(trimmed);
                return;
            }
            self.announced = 0;
        }
        let Some(word) = self.index.asks_for(line) else { return };
        let alike = self.alike.entry(word).or_insert(0);
        if *alike < MOST_ALIKE {
            *alike += 1;
            self.announced = if trimmed.ends_with(':') { MOST_ANNOUNCED } else { 0 };
            self.evidence.push(Piece::Line(trimmed.to_owned()));
        }
    }

    /// A whole message of the structured log, which says the same as the text would.
    fn message(&mut self, text: &str, at: Option<Position>, log: Vec<String>) {
        // The structured log says itself which line belongs to which build.
        self.recent.clear();
        for line in text.lines() {
            self.bare_line(line);
        }
        let before = self.evidence.pieces().len();
        self.end_block();
        if self.evidence.pieces().len() > before
            && let Some(Piece::Error(report)) = self.evidence.last_mut()
        {
            report.at = report.at.take().or(at);
            if report.log.is_empty() {
                report.log = log;
            }
        }
    }

    fn end_block(&mut self) {
        let Some(block) = self.block.take() else { return };
        if self.evidence.pieces().len() >= MOST_PIECES {
            return;
        }
        let warning = block.warning;
        let mut report = report(&block.lines);
        if block.evaluation {
            report.trace.push(Frame { text: "evaluation warning".to_owned(), at: None });
        }
        if report.log.is_empty()
            && let Some(derivation) = failed_derivation(&report.message)
        {
            report.log = self.recent.of_build(derivation, block.before);
            self.recent.clear();
        }
        let repeated = warning
            && matches!(self.evidence.pieces().last(), Some(Piece::Warning(last)) if last.message == report.message);
        if !repeated {
            self.evidence.push(if warning { Piece::Warning(report) } else { Piece::Error(report) });
        }
    }
}

impl Block {
    /// Not all that belongs to a message is set in: Nix up to 2.3 did not do it, and some texts come with lines of their
    /// own.
    fn continues_with(&self, line: &str) -> bool {
        let old = self.lines.first().is_some_and(|first| first.starts_with("while "));
        let last = self.lines.last().map(|last| last.trim_end()).unwrap_or_default();
        let empty = self.lines.iter().all(|each| each.trim().is_empty());
        let assertions = self.lines.iter().any(|each| each.trim() == "Failed assertions:") && line.starts_with("- ");
        let warned = self.warning && (last.ends_with("trusted user.") || last.contains("flake configuration setting"));
        let remark = line.starts_with("(use '--show-trace'");
        (old && last.starts_with("while ")) || empty || assertions || warned || remark
    }
}

/// Whether a line begins an error or a warning, and what follows the word.
fn beginning(line: &str) -> Option<Beginning<'_>> {
    let first = line.bytes().next()?;
    if !matches!(first, b'e' | b'w' | b't' | b'h') {
        return None;
    }
    // Nix up to 2.3 said this without a word before it, and "build of … failed" behind it.
    if line.starts_with("hash mismatch in fixed-output derivation '") {
        return Some(Beginning { warning: false, evaluation: false, rest: line });
    }
    let (traced, line) = line.strip_prefix("trace: ").map_or((false, line), |rest| (true, rest));
    for (word, warning) in
        [("error:", false), ("evaluation warning:", true), ("warning:", true), ("error (ignored):", true)]
    {
        if let Some(rest) = line.strip_prefix(word) {
            let rest = rest.trim_start();
            let rest = rest.strip_prefix("error: ").unwrap_or(rest);
            let evaluation = warning && (traced || word.starts_with("evaluation"));
            return Some(Beginning { warning, evaluation, rest });
        }
    }
    None
}

struct Beginning<'a> {
    warning: bool,
    /// It comes from the configuration and not from Nix itself.
    evaluation: bool,
    rest: &'a str,
}
