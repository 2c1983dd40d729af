//! The reply for scripts.

use serde::Serialize;

use crate::reply::Reply;

/// The reply as one line of JSON.
pub fn reply(reply: &Reply) -> String {
    line(reply)
}

/// Anything as one line of JSON. All our types can be written as JSON; should one ever not, that is said in JSON too.
pub fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string())
}
