//! Text to [`Evidence`]: the errors, warnings and failed builds in what Nix and its companions print. Line by line, so a
//! log of any length can pass through; of plain lines only those are kept that some lesson asks for.

use super::clean::{bare, plain};
use super::evidence::{Evidence, Frame, Piece, Position, Report};
use super::index::Index;
use super::structured::Structured;

/// More than this of one kind is never of use.
const MOST_PIECES: usize = 2000;
const MOST_LINES: usize = 400;

/// Reads lines and collects evidence.
pub struct Reader<'a> {
    index: &'a Index,
    evidence: Evidence,
    block: Option<Block>,
    structured: Structured,
    plain_lines: usize,
}

struct Block {
    warning: bool,
    evaluation: bool,
    lines: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self { index, evidence: Evidence::default(), block: None, structured: Structured::default(), plain_lines: 0 }
    }

    /// Reads a whole text.
    pub fn text(&mut self, text: &str) {
        for line in plain(text).lines() {
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
        if let Some(Beginning { warning, evaluation, rest }) = beginning(line) {
            self.end_block();
            self.block = Some(Block { warning, evaluation, lines: vec![rest.to_owned()] });
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
        if self.plain_lines < MOST_LINES && !line.trim().is_empty() && self.index.asks_for(line) {
            self.plain_lines += 1;
            self.evidence.push(Piece::Line(line.trim().to_owned()));
        }
    }

    /// A whole message of the structured log, which says the same as the text would.
    fn message(&mut self, text: &str, at: Option<Position>, log: Vec<String>) {
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
        let repeated = warning
            && matches!(self.evidence.pieces().last(), Some(Piece::Warning(last)) if last.message == report.message);
        if !repeated {
            self.evidence.push(if warning { Piece::Warning(report) } else { Piece::Error(report) });
        }
    }
}

impl Block {
    /// Nix up to 2.3 did not indent what follows.
    fn continues_with(&self, line: &str) -> bool {
        let old = self.lines.first().is_some_and(|first| first.starts_with("while "));
        let last = self.lines.last().map(|last| last.trim_end()).unwrap_or_default();
        let assertions = self.lines.iter().any(|each| each.trim() == "Failed assertions:") && line.starts_with("- ");
        let warned = self.warning && last.ends_with("trusted user.");
        (old && last.starts_with("while ")) || assertions || warned
    }
}

/// Whether a line begins an error or a warning, and what follows the word.
fn beginning(line: &str) -> Option<Beginning<'_>> {
    let first = line.bytes().next()?;
    if !matches!(first, b'e' | b'w' | b't') {
        return None;
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

/// The innermost message of a block, what surrounds it, and where it is.
pub(super) fn report(lines: &[String]) -> Report {
    let start = lines.iter().rposition(|line| inner_error(line).is_some()).unwrap_or(0);
    let mut report = Report { trace: frames(lines.get(..start).unwrap_or_default()), ..Report::default() };
    let mut message: Vec<String> = Vec::new();
    for (number, line) in lines.iter().enumerate().skip(start) {
        let trimmed = line.trim();
        if let Some(log) = trimmed.strip_prefix('>') {
            report.log.push(log.strip_prefix(' ').unwrap_or(log).to_owned());
        } else if let Some(at) = position(trimmed).filter(|_| number > start) {
            report.at = report.at.or(Some(at));
        } else if number > start && is_frame(trimmed) {
            report.trace.extend(frames(std::slice::from_ref(line)));
        } else if !trimmed.is_empty() && !is_code(trimmed) && !is_remark(trimmed) {
            message.push(inner_error(line).filter(|_| number == start).unwrap_or(trimmed).to_owned());
        }
    }
    if message.first().is_some_and(|first| first.starts_with("while ")) && message.len() > 1 {
        let inner = message.split_off(message.len() - 1);
        report.trace.extend(message.into_iter().map(|text| Frame { text, at: None }));
        message = inner;
    }
    report.message = message.join("\n");
    if report.at.is_none() {
        // Nix up to 2.3 says the place at the end of the line.
        report.at =
            report.message.lines().next().and_then(|line| line.rsplit_once(" at ")).and_then(|(_, at)| place_of(at));
    }
    report
}

fn inner_error(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("error:")?;
    if line.starts_with([' ', '\t']) { Some(rest.trim_start()) } else { None }
}

fn frames(lines: &[String]) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in lines {
        let trimmed = line.trim();
        if let Some(text) = trimmed.strip_prefix('…') {
            frames.push(Frame { text: text.trim().to_owned(), at: None });
        } else if let (Some(at), Some(frame)) = (position(trimmed), frames.last_mut()) {
            frame.at = Some(at);
        } else if let Some(frame) = frames.last_mut()
            && !is_code(trimmed)
            && !is_remark(trimmed)
            && !trimmed.is_empty()
        {
            frame.text.push(' ');
            frame.text.push_str(trimmed);
        }
    }
    frames
}

/// `at FILE:LINE:COLUMN:`, also with quotes around the place.
pub(super) fn position(line: &str) -> Option<Position> {
    let place = line.strip_prefix("at ").or_else(|| line.strip_prefix("whose name attribute is located at "))?;
    place_of(place.trim_end_matches([':', '.']))
}

/// `FILE:LINE:COLUMN`
pub(super) fn place_of(place: &str) -> Option<Position> {
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let file = file.trim_matches(['\'', '"', '`']);
    if file.is_empty() || file.contains('\n') {
        return None;
    }
    Some(Position { file: file.to_owned(), line: line.parse().ok()?, column: column.parse().ok()? })
}

fn is_frame(line: &str) -> bool {
    line.starts_with('…') && !line.contains("Did you mean")
}

/// A quoted line of a Nix file: `12| text` or the mark below it.
fn is_code(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.starts_with('|')
}

fn is_remark(line: &str) -> bool {
    let last_lines = line.starts_with("last ") && line.ends_with(" log lines:");
    last_lines
        || line.starts_with("For full logs, run")
        || line.starts_with("(stack trace truncated")
        || line.starts_with("nix log /")
}
