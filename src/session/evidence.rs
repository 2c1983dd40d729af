//! What a failed run showed, as the tutor reads it, with the person's own files in place of Nix's copies of them.

use crate::machine::Machine;
use crate::machine::facts::{Configuration, Facts};
use crate::nix::log;
use crate::teach::evidence::{FailedBuild, Frame, Piece, Position, Report};
use crate::teach::{Bindings, Evidence};

/// What a failed run showed, in the order in which it was seen. `own` puts a person's own paths into a text.
pub(super) fn evidence(log: Option<&log::Failure>, warnings: &[String], own: &dyn Fn(&str) -> String) -> Evidence {
    let mut evidence = Evidence::default();
    let position = |at: &log::Position| Position { file: own(&at.file), line: at.line, column: at.column };
    if let Some(log) = log {
        let frame = |frame: &log::Frame| Frame { text: own(&frame.message), at: frame.position.as_ref().map(position) };
        let report = |error: &log::NixError| Report {
            message: own(&error.message),
            at: error.position.as_ref().map(position),
            trace: error.trace.iter().map(frame).collect(),
            log: Vec::new(),
        };
        // That a download has another hash is an error of its own, told before what needed it; nothing is wrong with its
        // builder.
        let (mismatches, errors): (Vec<_>, Vec<_>) =
            log.errors.iter().partition(|error| error.message.starts_with("hash mismatch in "));
        for error in &mismatches {
            evidence.push(Piece::Error(report(error)));
        }
        for build in &log.failed {
            if build.cause == log::Cause::HashMismatch && !mismatches.is_empty() {
                continue;
            }
            evidence.push(Piece::Build(FailedBuild {
                derivation: build.derivation.clone(),
                exit_code: build.exit_code.map(i64::from),
                tail: build.tail.iter().map(|line| own(line)).collect(),
            }));
        }
        for error in errors {
            evidence.push(Piece::Error(report(error)));
        }
        for line in &log.plain_tail {
            evidence.push(Piece::Line(own(line)));
        }
    }
    for warning in warnings {
        let evaluated = warning.strip_prefix(log::EVALUATED);
        let mut report = Report::new(own(evaluated.unwrap_or(warning)));
        if evaluated.is_some() {
            report.trace.push(Frame { text: "evaluation warning".to_owned(), at: None });
        }
        evidence.push(Piece::Warning(report));
    }
    evidence
}

/// The end of the name of a flake's copy in the store.
const COPY: &str = "-source/";

/// Where stores are, as errors and lessons have it.
const STORE: &str = "/nix/store/";

/// The store of this machine, where it lies elsewhere: in a demo.
fn store_elsewhere(machine: &impl Machine) -> Option<String> {
    let here = format!("{}/", machine.at(STORE).display().to_string().trim_end_matches('/'));
    (here != STORE).then_some(here)
}

/// Names in an error, with the store where it is: commands are copied from them.
pub(super) fn as_here(bindings: &mut Bindings, machine: &impl Machine) {
    let Some(here) = store_elsewhere(machine) else { return };
    for value in bindings.values_mut() {
        if let Some(below) = value.as_str().and_then(|text| text.strip_prefix(STORE)) {
            *value = format!("{here}{below}").into();
        }
    }
}

/// The text with the files of the flake's copy in the store named as the person knows them: Nix evaluates
/// `/nix/store/…-source/configuration.nix`, the person edits `/etc/nixos/configuration.nix`. Files of other flakes, which
/// the person's directory does not have, keep their names; one that neither has belongs to the flake whose copy it is.
pub(super) fn own_paths(text: &str, facts: &Facts, machine: &impl Machine) -> String {
    let text = &match store_elsewhere(machine) {
        Some(here) => text.replace(&here, STORE),
        None => text.to_owned(),
    };
    let Configuration::Flake { directory: Some(directory), .. } = &facts.configuration else { return text.clone() };
    let mut result = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(COPY) {
        let (before, after) = (&rest[..at], &rest[at + COPY.len()..]);
        let start = before.rfind(|c: char| c.is_whitespace() || is_quote(c)).map_or(0, |space| space + 1);
        let start = (start..=before.len()).find(|index| before.is_char_boundary(*index)).unwrap_or(before.len());
        let end = after.find(|c: char| c.is_whitespace() || is_quote(c) || c == ':').unwrap_or(after.len());
        let file = directory.join(&after[..end]);
        let root = machine.at(&format!("{}{}", &before[start..], COPY.trim_end_matches('/')));
        let of_this = || machine.read(&root.join("flake.nix")).ok() == machine.read(&directory.join("flake.nix")).ok();
        let copied = before[start..].starts_with('/') && end > 0 && (machine.status(&file).is_ok() || of_this());
        result.push_str(&before[..if copied { start } else { before.len() }]);
        if copied {
            result.push_str(&file.display().to_string());
        } else {
            result.push_str(COPY);
            result.push_str(&after[..end]);
        }
        rest = &after[end..];
    }
    result.push_str(rest);
    result
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"' | '`' | '‘' | '’' | '“' | '”' | '«' | '»' | '(')
}
