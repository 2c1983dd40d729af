//! What there is to say about the model: for "is my model working?".

use serde::Serialize;

use super::chat::Listed;
use super::find::Kind;

/// Everything that was found out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether a model was set up.
    pub configured: bool,
    /// What set it up, or turned it off: `--model`, a variable, `settings`; none when nothing did.
    pub set_by: Option<&'static str>,
    /// The server that answers.
    pub server: Option<ServerReport>,
    /// The models that it has.
    pub models: Vec<Listed>,
    /// The model that understands requests.
    pub chosen: Option<String>,
    /// The model that explains, and the one that explains errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explains: Option<[String; 2]>,
    /// Whether the chosen one was loaded before it was asked.
    pub loaded: Option<bool>,
    /// Whether it answered a question.
    pub answers: bool,
    /// How long that took.
    pub seconds: Option<f64>,
    /// Whether the answer was one of those that it may give; small models, and some servers, do not manage that.
    pub keeps_to_schema: Option<bool>,
    /// Whether it understood the sentence that it was asked about.
    pub understands: Option<bool>,
    /// Another model than the one that was asked says that it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// A server.
#[derive(Clone, Debug, Serialize)]
pub struct ServerReport {
    /// Which program.
    pub kind: Kind,
    /// Its version, where it says so.
    pub version: Option<String>,
    /// Where it is.
    pub address: String,
    /// Whether that is this computer.
    pub local: bool,
}
