//! The labelled utterances of `intents/utterances`, and what is learned from them. Runs in `build.rs`.

use serde::Deserialize;

use super::aligning;
use super::learning::{self, Sample};
use super::lexicon::Lexicon;
use crate::understand::ranker::Ranker;
use crate::understand::{features, line::Line};

/// How often all samples are gone through, the first time.
const FIRST_ROUNDS: usize = 4;
/// How often, the second time.
const ROUNDS: usize = 20;

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

/// Learns from them, twice: what was said before an utterance, and where one request of several ends, is known when the
/// first weights are.
///
/// # Errors
/// When an utterance names an intent that is not there.
pub fn learn(said: &[Utterance], ids: &[&str], lexicon: &Lexicon<'_>) -> Result<Vec<u8>, String> {
    let read = |line: &Line, intent: usize, explain: bool, follows: Option<u32>| {
        Sample::new(&features::features(lexicon, line, line.spans(lexicon), follows), intent, explain)
    };
    let mut single = Vec::new();
    for utterance in said.iter().filter(|utterance| utterance.then.is_empty()) {
        let intent = utterance.intent.first().map_or("", String::as_str);
        let intent = ids
            .binary_search(&intent)
            .map_err(|_| format!("'{}' means '{intent}', which is no intent", utterance.text))?;
        single.push((
            utterance,
            Line::read(lexicon, &utterance.text),
            intent,
            utterance.mode.as_deref() == Some("explain"),
        ));
    }
    let alone = single.iter().filter(|(utterance, ..)| utterance.context.is_empty());
    let mut samples: Vec<Sample> =
        alone.map(|(_, line, intent, explain)| read(line, *intent, *explain, None)).collect();
    let first = learning::learn(&samples, ids.len(), FIRST_ROUNDS);
    let first = Ranker::new(&first).ok_or("the first weights cannot be read back")?;
    for (utterance, line, intent, explain) in single.iter().filter(|(utterance, ..)| !utterance.context.is_empty()) {
        samples.push(read(line, *intent, *explain, aligning::follows(utterance, ids, lexicon, &first)));
    }
    for (line, intent, follows) in aligning::parts(said, ids, lexicon, &first) {
        samples.push(read(&line, intent, false, follows));
    }
    Ok(learning::learn(&samples, ids.len(), ROUNDS))
}
