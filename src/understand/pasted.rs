//! A pasted error message is a question about that error, whatever words stand in it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::catalogue::data::{Kind, Packed};
use crate::recognition::{Recognition, Slots};

/// Longer messages are cut: the cause stands at the beginning, and a whole log is no slot.
const LONGEST: usize = 4000;

/// The text that an intent's markers find, as that intent.
pub(super) fn recognize(packed: &'static Packed<'static>, text: &str) -> Option<Recognition> {
    let lower = text.to_ascii_lowercase();
    if let Some(command) = unknown_command(text, &lower) {
        return Some(Recognition {
            intent: "find_provider".to_owned(),
            slots: Slots::from_iter([("command".to_owned(), Value::from(command))]),
            confidence: 0.95,
            ..Recognition::default()
        });
    }
    if !has_marker(packed, &lower) {
        return None;
    }
    for intent in packed.intents.iter().filter(|intent| !intent.markers.is_empty()) {
        let slot = intent.slots.iter().find(|slot| slot.kind == Kind::Pasted)?;
        // ASCII lower-casing keeps every position, so a place in one text is a place in the other.
        let found = intent.markers.iter().filter_map(|marker| Some((lower.find(marker)?, marker))).min();
        if let Some((place, _)) = found {
            let place = beginning(text, place);
            let from = text.get(place..).unwrap_or(text);
            // In quotation marks the message ends where they close.
            let quoted = text.get(..place).is_some_and(|before| before.ends_with(['"', '\u{201c}']));
            let end = if quoted { from.find(['"', '\u{201d}']) } else { None };
            let from = end.map_or_else(|| without_comment(from), |end| &from[..end]);
            let message: String =
                from.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(LONGEST).collect();
            let mut slots = Slots::new();
            slots.insert(slot.name.to_owned(), Value::from(message.trim()));
            return Some(Recognition {
                intent: intent.id.to_owned(),
                slots,
                confidence: 0.95,
                ..Recognition::default()
            });
        }
    }
    None
}

/// Whether a line says in its own words what went wrong, as the reason for something else perhaps: "docker says permission
/// denied, put me into its group".
pub(super) fn is_only_mentioned(text: &str) -> bool {
    const SAYINGS: [&str; 3] = ["permission denied", "connection refused", "no space left on device"];
    let lower = text.to_ascii_lowercase();
    // What a program printed has a colon in front of its message, or is all that there is.
    let printed = |saying: &str| lower.contains(&format!(": {saying}")) || lower.trim_end_matches('.') == saying;
    !lower.contains('\n')
        && !lower.contains("error")
        && SAYINGS.iter().any(|saying| lower.contains(saying) && !printed(saying))
}

/// The command that a shell does not know: "bash: lsusb: command not found", "zsh: command not found: lsusb", "fish:
/// Unknown command: lsusb". Those of Nix itself come with NixOS, so that their absence is an error.
fn unknown_command<'a>(text: &'a str, lower: &str) -> Option<&'a str> {
    const SAYINGS: [&str; 2] = ["command not found", "unknown command"];
    // In a log it is what made something else fail.
    if lower.contains('\n') || lower.contains("error:") {
        return None;
    }
    let (place, saying) = SAYINGS.iter().find_map(|saying| Some((lower.find(saying)?, saying)))?;
    let in_name = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    let behind = text.get(place + saying.len()..)?.strip_prefix(':');
    let name = if let Some(rest) = behind.map(|rest| rest.trim_start_matches([' ', '\''])) {
        &rest[..rest.find(|c| !in_name(c)).unwrap_or(rest.len())]
    } else {
        let before = text.get(..place)?.strip_suffix(": ")?;
        &before[before.rfind(|c| !in_name(c)).map_or(0, |place| place + 1)..]
    };
    (!name.is_empty() && !name.starts_with("nix") && !name.starts_with('-') && !name.contains("..")).then_some(name)
}

/// Whether a text has any of these markers. Most lines have none, and are gone through once.
fn has_marker(packed: &'static Packed<'static>, lower: &str) -> bool {
    static BY_FIRST: OnceLock<Vec<Vec<&'static [u8]>>> = OnceLock::new();
    let by_first = BY_FIRST.get_or_init(|| {
        let mut by_first = vec![Vec::new(); 256];
        let markers = packed.intents.iter().flat_map(|intent| &intent.markers).map(|marker| marker.as_bytes());
        for marker in markers.filter(|marker| !marker.is_empty()) {
            by_first[usize::from(marker[0])].push(marker);
        }
        by_first
    });
    let bytes = lower.as_bytes();
    let begins = |(place, byte): (usize, &u8)| {
        by_first[usize::from(*byte)].iter().any(|marker| bytes[place..].starts_with(marker))
    };
    bytes.iter().enumerate().any(begins)
}

/// The words before a marker that belong to the message: `ValueError:`, `sudo: nixos-rebuild: command not found`.
fn beginning(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    let mut start =
        before.len() - before.chars().rev().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
    while let Some(rest) = before[..start].strip_suffix(": ") {
        let word = rest.len()
            - rest
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || "-_./".contains(*c))
                .map(char::len_utf8)
                .sum::<usize>();
        if word == rest.len() {
            break;
        }
        start = word;
    }
    start
}

/// A question or remark that somebody added behind a message of one line.
fn without_comment(message: &str) -> &str {
    const REMARKS: [&str; 18] = [
        ", what ",
        " what does",
        " what now",
        " which one",
        " explain",
        ", why",
        " why ",
        " since i ",
        " when i ",
        " while i ",
        " but i ",
        " but my ",
        " any idea",
        " even though",
        " <-",
        "??",
        " help",
        " what's",
    ];
    let lower = message.to_ascii_lowercase();
    let first = lower.find('\n').unwrap_or(lower.len());
    let end = REMARKS.iter().filter_map(|remark| lower[..first].find(remark)).filter(|end| *end > 10).min();
    end.filter(|_| first == lower.len()).map_or(message, |end| &message[..end])
}
