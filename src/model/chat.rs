//! What is asked of a model and what comes back, in neither dialect.

use serde_json::Value;

/// One question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    /// The model's name, as its server lists it.
    pub model: &'a str,
    /// What the model is to be.
    pub system: &'a str,
    /// What is asked.
    pub user: &'a str,
    /// The JSON Schema that the answer is to keep to. Servers do not always hold it (see `reading`).
    pub schema: Option<&'a Value>,
    /// From 0, the same each time, to 2.
    pub temperature: f64,
    /// At most so many tokens.
    pub most_tokens: u32,
    /// Say nothing about thinking, since the server may let go of the schema when told not to think.
    pub silent_about_thinking: bool,
    /// Whether the answer comes in pieces.
    pub stream: bool,
    /// What the person set about the server's work.
    pub tuning: &'a Tuning,
}

/// Settings of the server's work that are passed on when the person set them. Changing `context` between requests makes
/// Ollama load the model again, so it is sent only when it was set, and then always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    /// How long Ollama keeps the model loaded: `30m`, seconds, or negative for ever.
    pub keep_alive: Option<String>,
    /// Layers on the graphics card.
    pub gpu_layers: Option<u32>,
    /// Threads.
    pub threads: Option<u32>,
    /// Tokens of context.
    pub context: Option<u32>,
}

/// An answer, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Its text.
    pub text: String,
    /// It ended at the limit of tokens.
    pub cut: bool,
    /// Which model says that it answered; servers may ask another than the one that was named.
    pub model: Option<String>,
}

/// A piece of an answer that comes as a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// More of its text.
    pub text: String,
    /// It ended, of itself or (true) at the limit of tokens.
    pub end: Option<bool>,
    /// No more comes.
    pub last: bool,
}

/// A model that a server lists.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Bytes on disk, where the server says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How large it is: `4.0B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// Whether it is loaded, where the server says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loaded: Option<bool>,
    /// It runs on somebody else's computer, so it is never asked.
    pub cloud: bool,
    /// It answers in words: not one that only turns text into numbers.
    pub chats: bool,
}

impl Listed {
    /// Whether it may be asked.
    pub fn usable(&self) -> bool {
        self.chats && !self.cloud
    }

    /// Billions of parameters, as far as name, description or size tell.
    fn billions(&self) -> Option<f64> {
        let number = |text: &str| text.trim_end_matches(['B', 'b']).parse::<f64>().ok();
        let told = self.parameters.as_deref().filter(|text| text.ends_with(['B', 'b'])).and_then(number);
        let named = || {
            self.name
                .split(['-', ':', '_', '/', ' '])
                .filter(|part| part.len() > 1 && part.ends_with(['b', 'B']))
                .find_map(number)
        };
        #[expect(clippy::cast_precision_loss, reason = "an estimate: about 0.6 bytes a parameter when quantised")]
        let sized = || self.bytes.map(|bytes| bytes as f64 / 0.6e9);
        told.or_else(named).or_else(sized)
    }
}

/// Whether a name is that of a model that turns text into numbers.
pub(super) fn embeds(name: &str) -> bool {
    let name = name.to_lowercase();
    ["embed", "rerank", "bge-", "minilm"].iter().any(|part| name.contains(part))
}

/// The model that is asked when the person named none: one that is loaded, else the smallest that is not too small to
/// follow instructions, else the largest.
pub(super) fn natural_choice(models: &[Listed]) -> Option<&Listed> {
    const ENOUGH: f64 = 2.9;
    let usable = || models.iter().filter(|model| model.usable());
    let size = |model: &&Listed| model.billions().unwrap_or(f64::MAX);
    usable()
        .find(|model| model.loaded == Some(true))
        .or_else(|| usable().filter(|model| size(model) >= ENOUGH).min_by(|a, b| size(a).total_cmp(&size(b))))
        .or_else(|| usable().max_by(|a, b| size(a).total_cmp(&size(b))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str, parameters: &str) -> Listed {
        Listed { name: name.to_owned(), parameters: Some(parameters.to_owned()), chats: true, ..Listed::default() }
    }

    #[test]
    fn a_small_model_that_is_not_too_small_is_chosen() {
        let chosen = |models: &[Listed]| natural_choice(models).map(|model| model.name.clone());
        let (tiny, small, huge) =
            (model("qwen3:0.6b", "0.6B"), model("qwen3:4b", "4.0B"), model("llama3.1:70b", "70B"));
        assert_eq!(chosen(&[huge.clone(), tiny.clone(), small.clone()]).as_deref(), Some("qwen3:4b"));
        let loaded = Listed { loaded: Some(true), ..huge.clone() };
        assert_eq!(chosen(&[tiny.clone(), small.clone(), loaded]).as_deref(), Some("llama3.1:70b"));
        assert_eq!(chosen(std::slice::from_ref(&tiny)).as_deref(), Some("qwen3:0.6b"));
        let cloud = Listed { cloud: true, ..small.clone() };
        assert_eq!(chosen(&[cloud, tiny]).as_deref(), Some("qwen3:0.6b"));
        assert_eq!(chosen(&[Listed { chats: false, ..small }]), None);
        assert_eq!(model("phi-4-mini-instruct-7b", "").billions(), Some(7.0));
    }
}
