//! The labelled utterances of `intents/utterances`, and what is learned from them. Runs in `build.rs`.

use serde::Deserialize;

use super::learning::{self, Sample};
use super::lexicon::Lexicon;
use crate::understand::{features, line::Line, senses};

/// Something that somebody might say, and what it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Utterance {
    /// The words.
    #[serde(rename = "query")]
    pub text: String,
    /// The intents that are right, best first.
    pub intent: Vec<String>,
    /// `do` or `explain`.
    #[serde(default)]
    pub mode: Option<String>,
    /// The slots; held by tests.
    #[serde(default)]
    pub slots: serde_json::Map<String, serde_json::Value>,
    /// What was said before.
    #[serde(default)]
    pub context: Vec<String>,
    /// The intents of further requests.
    #[serde(default)]
    pub then: Vec<String>,
}

impl Utterance {
    /// An utterance of one request.
    pub fn new(text: &str, intent: &str, explain: bool) -> Self {
        Self {
            text: text.to_owned(),
            intent: vec![intent.to_owned()],
            mode: explain.then(|| "explain".to_owned()),
            slots: serde_json::Map::new(),
            context: Vec::new(),
            then: Vec::new(),
        }
    }
}

/// Reads a file of utterances, one on each line.
///
/// # Errors
/// Names the line and what is wrong in it.
pub fn read(text: &str) -> Result<Vec<Utterance>, String> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, number)| serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))).collect()
}

/// Learns from them.
///
/// # Errors
/// When an utterance names an intent that is not there.
pub fn learn(said: &[Utterance], ids: &[&str], lexicon: &Lexicon<'_>) -> Result<Vec<u8>, String> {
    let mut samples = Vec::new();
    for utterance in said.iter().filter(|utterance| utterance.then.is_empty()) {
        let intent = utterance.intent.first().map_or("", String::as_str);
        let intent = ids
            .binary_search(&intent)
            .map_err(|_| format!("'{}' means '{intent}', which is no intent", utterance.text))?;
        let line = Line::read(lexicon, &utterance.text);
        let spans = senses::spans(lexicon, &line);
        let features = features::features(lexicon, &line, &spans, !utterance.context.is_empty());
        samples.push(Sample::new(&features, intent, utterance.mode.as_deref() == Some("explain")));
    }
    Ok(learning::learn(&samples, ids.len()))
}
