//! The reply for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use crate::reply::Reply;

/// The reply as one line of JSON.
pub fn reply(reply: &Reply) -> String {
    line(reply)
}

/// Anything as one line of JSON. All our types can be written as JSON; should one ever not, that is said in JSON too.
pub fn line(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value)
        .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string());
    // JSON itself asks only for the first 32 to be escaped, but terminals obey these as well.
    let obeyed = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !text.contains(obeyed) {
        return text;
    }
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        // Outside of strings JSON has no such characters.
        let _ = if obeyed(c) { write!(safe, "\\u{:04x}", u32::from(c)) } else { safe.write_char(c) };
        safe
    })
}
