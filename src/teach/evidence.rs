//! What is known about a run that failed, or that ended with warnings: the material of a diagnosis.

use crate::catalogue::education::format::On;

/// Everything that was seen, in the order in which it was seen. The order matters: the first cause is the cause.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pieces: Vec<Piece>,
}

/// One thing that was seen.
#[derive(Clone, Debug)]
pub enum Piece {
    /// An error of Nix.
    Error(Report),
    /// A warning of Nix.
    Warning(Report),
    /// A build that failed.
    Build(FailedBuild),
    /// A line of some other program.
    Line(String),
}

/// An error or a warning, without its colours.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The innermost message, without `error:`; it may have several lines.
    pub message: String,
    /// Where it happened.
    pub at: Option<Position>,
    /// What Nix was doing, outermost first.
    pub trace: Vec<Frame>,
    /// The last lines of the build, when it was one.
    pub log: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// As Nix says it.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
}

/// One thing that Nix was doing.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// "while evaluating the option …"
    pub text: String,
    /// Where.
    pub at: Option<Position>,
}

/// A build that failed.
#[derive(Clone, Debug, Default)]
pub struct FailedBuild {
    /// The path of the derivation.
    pub derivation: String,
    /// The exit code of the builder.
    pub exit_code: Option<i64>,
    /// The last lines of its log.
    pub tail: Vec<String>,
}

impl Evidence {
    /// Adds what was seen next.
    pub fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// All of it, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The lines of other programs.
    pub(super) fn lines(&self) -> Vec<&str> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Line(line) => Some(line.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Piece> {
        self.pieces.last_mut()
    }

    /// Whether there is nothing to diagnose.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether a word stands anywhere in it.
    pub fn mentions(&self, word: &str) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Error(report) | Piece::Warning(report) => report.mentions(word),
            Piece::Build(build) => build.tail.iter().any(|line| line.contains(word)),
            Piece::Line(line) => line.contains(word),
        })
    }
}

impl Report {
    /// A message alone.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    fn mentions(&self, word: &str) -> bool {
        self.message.contains(word)
            || self.trace.iter().any(|frame| frame.text.contains(word))
            || self.log.iter().any(|line| line.contains(word))
    }
}

impl FailedBuild {
    /// What Nix says about such a failure.
    pub fn message(&self) -> String {
        match self.exit_code {
            Some(code) => format!("builder for '{}' failed with exit code {code}", self.derivation),
            None => format!("builder for '{}' failed", self.derivation),
        }
    }
}

impl Piece {
    /// Where the patterns for such a piece look.
    pub fn on(&self) -> On {
        match self {
            Self::Error(_) | Self::Build(_) => On::Message,
            Self::Warning(_) => On::Warning,
            Self::Line(_) => On::Text,
        }
    }
}
