//! Ollama's own dialect: `/api/version`, `/api/tags`, `/api/ps` and `/api/chat`, with streams of NDJSON. From its
//! `docs/api.md` and `server/routes.go`, and from what a server answered.

use serde_json::{Map, Value, json};

use super::chat::{Ask, Listed, Piece, Said, embeds};
use super::http::{Deadline, Http, error_message};
use super::trouble::Trouble;

/// Where questions go.
pub(super) const CHAT: &str = "/api/chat";
/// No server has more models that matter.
const MOST_MODELS: usize = 500;

/// The version of the server, when it is Ollama: a cheap question that touches no model.
pub(super) async fn version(http: &Http, deadline: Deadline) -> Result<Option<String>, Trouble> {
    match http.get("/api/version", deadline).await {
        Ok(value) => Ok(value.get("version").and_then(Value::as_str).map(|version| super::clean::clean(version, 40))),
        // Other servers answer such a path with an error, or with a page.
        Err(Trouble::Refused { .. } | Trouble::Senseless(_) | Trouble::Redirects | Trouble::NoModel) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// The models that are installed, with those that are loaded marked.
pub(super) async fn models(http: &Http, deadline: Deadline) -> Result<Vec<Listed>, Trouble> {
    let tags = http.get("/api/tags", deadline).await?;
    let running = http.get("/api/ps", deadline).await.unwrap_or_default();
    Ok(listed(&tags, &running))
}

fn listed(tags: &Value, running: &Value) -> Vec<Listed> {
    let models = |value: &Value| value.get("models").and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |model: &Value| model.get("name").or_else(|| model.get("model"))?.as_str().map(str::to_owned);
    let loaded: Vec<String> = models(running).iter().filter_map(name).collect();
    let list = |model: &Value| {
        let name = name(model).filter(|name| !name.chars().any(char::is_control))?;
        let details = model.get("details");
        let capable = |what: &str| {
            let capabilities = model.get("capabilities")?.as_array()?;
            Some(capabilities.iter().any(|capability| capability == what))
        };
        Some(Listed {
            bytes: model.get("size").and_then(Value::as_u64),
            parameters: details
                .and_then(|details| details.get("parameter_size")?.as_str().map(str::to_owned))
                .filter(|size| !size.is_empty()),
            loaded: Some(loaded.contains(&name)),
            cloud: is_cloud(&name) || answers_elsewhere(model),
            chats: capable("completion").unwrap_or_else(|| !embeds(&name)),
            name,
        })
    };
    models(tags).iter().take(MOST_MODELS).filter_map(list).collect()
}

/// Names that Ollama forwards to its cloud: `gpt-oss:120b-cloud`, `qwen3-coder:cloud`.
pub(super) fn is_cloud(name: &str) -> bool {
    name.rsplit_once(':').is_some_and(|(_, tag)| tag == "cloud" || tag.ends_with("-cloud"))
}

/// Whether a listing or an answer names another computer that does the work.
fn answers_elsewhere(value: &Value) -> bool {
    ["remote_host", "remote_model"]
        .iter()
        .any(|field| value.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
}

/// The body of a question.
pub(super) fn question(ask: &Ask<'_>) -> Value {
    let mut options = Map::new();
    options.insert("temperature".to_owned(), json!(ask.temperature));
    options.insert("seed".to_owned(), json!(1));
    options.insert("num_predict".to_owned(), json!(ask.most_tokens));
    for (name, value) in
        [("num_ctx", ask.tuning.context), ("num_gpu", ask.tuning.gpu_layers), ("num_thread", ask.tuning.threads)]
    {
        if let Some(value) = value {
            options.insert(name.to_owned(), json!(value));
        }
    }
    let mut body = json!({
        "model": ask.model,
        // It is true where it is left out.
        "stream": ask.stream,
        "messages": [{"role": "system", "content": ask.system}, {"role": "user", "content": ask.user}],
        "options": options,
    });
    if let Some(body) = body.as_object_mut() {
        if !ask.silent_about_thinking {
            // Left out, models that can think do; every model takes `false`.
            body.insert("think".to_owned(), json!(false));
        }
        if let Some(schema) = ask.schema {
            body.insert("format".to_owned(), schema.clone());
        }
        if let Some(time) = &ask.tuning.keep_alive {
            // A number must be one, a duration is text.
            let time = time.parse::<i64>().map_or_else(|_| json!(time), |seconds| json!(seconds));
            body.insert("keep_alive".to_owned(), time);
        }
    }
    body
}

/// The whole answer.
pub(super) fn answer(value: &Value) -> Result<Said, Trouble> {
    let piece = piece_of(value)?;
    if !piece.last {
        return Err(Trouble::Senseless("it does not say that it is done"));
    }
    let model = value.get("model").and_then(Value::as_str).map(str::to_owned);
    Ok(Said { text: piece.text, cut: piece.end == Some(true), model })
}

/// A line of the stream.
pub(super) fn piece(line: &[u8]) -> Result<Piece, Trouble> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(Piece::default());
    }
    piece_of(&serde_json::from_slice(line).map_err(|_| Trouble::Senseless("a line is no JSON"))?)
}

fn piece_of(value: &Value) -> Result<Piece, Trouble> {
    // After the first words an error can only come as a line, under status 200.
    if let Some(message) = error_message(value) {
        return Err(Trouble::Refused { status: 200, message });
    }
    if answers_elsewhere(value) {
        let name = value.get("model").and_then(Value::as_str).unwrap_or_default();
        return Err(Trouble::Cloud { name: super::clean::clean(name, 100) });
    }
    if !value.is_object() {
        return Err(Trouble::Senseless("it is no object"));
    }
    let text = value.get("message").and_then(|message| message.get("content")).and_then(Value::as_str);
    let last = value.get("done").and_then(Value::as_bool).unwrap_or(false);
    let cut = value.get("done_reason").and_then(Value::as_str) == Some("length");
    Ok(Piece { text: text.unwrap_or_default().to_owned(), end: last.then_some(cut), last })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::chat::Tuning;

    #[test]
    fn listings_old_and_new_are_read() {
        let tags = json!({"models": [
            {"name": "qwen3:4b", "size": 2_500_000_000_u64, "details": {"parameter_size": "4.0B"}, "capabilities": ["completion", "tools"]},
            {"name": "nomic-embed-text:latest", "size": 274_000_000, "capabilities": ["embedding"]},
            {"name": "gpt-oss:120b-cloud", "remote_host": "https://ollama.com:443"},
            {"name": "mine:latest", "remote_model": "other"},
            {"model": "old:7b"}, {"size": 3}, 7, {"name": "x\u{1b}[2J"},
        ]});
        let got = listed(&tags, &json!({"models": [{"name": "old:7b"}]}));
        let usable: Vec<&str> = got.iter().filter(|model| model.usable()).map(|model| model.name.as_str()).collect();
        assert_eq!(usable, ["qwen3:4b", "old:7b"]);
        assert_eq!(got.iter().filter(|model| model.cloud).count(), 2);
        assert_eq!(got.last().and_then(|model| model.loaded), Some(true));
        for strange in [json!(null), json!([]), json!({"models": null}), json!({"models": {"a": 1}})] {
            assert!(listed(&strange, &strange).is_empty());
        }
    }

    #[test]
    fn a_question_says_what_was_set_and_no_more() {
        let tuning = Tuning { keep_alive: Some("600".to_owned()), threads: Some(4), ..Tuning::default() };
        let schema = json!({"type": "object"});
        let ask = Ask {
            model: "m",
            system: "s",
            user: "u",
            schema: Some(&schema),
            temperature: 0.0,
            most_tokens: 256,
            silent_about_thinking: false,
            stream: false,
            tuning: &tuning,
        };
        let body = question(&ask);
        assert_eq!((&body["think"], &body["stream"], &body["keep_alive"]), (&json!(false), &json!(false), &json!(600)));
        assert_eq!(body["options"], json!({"temperature": 0.0, "seed": 1, "num_predict": 256, "num_thread": 4}));
        assert_eq!(body["format"], schema);
        let body = question(&Ask { silent_about_thinking: true, schema: None, tuning: &Tuning::default(), ..ask });
        assert!(body.get("think").is_none() && body.get("format").is_none() && body.get("keep_alive").is_none());
    }

    #[test]
    fn answers_and_pieces_are_read() {
        let done = |content: Value, reason: &str| json!({"model": "m", "message": {"content": content}, "done": true, "done_reason": reason});
        let said = |text: &str, cut| Said { text: text.to_owned(), cut, model: Some("m".to_owned()) };
        assert_eq!(answer(&done(json!("hello"), "stop")), Ok(said("hello", false)));
        assert_eq!(answer(&done(json!("hel"), "length")), Ok(said("hel", true)));
        assert_eq!(answer(&done(json!(null), "stop")), Ok(said("", false)));
        assert!(answer(&json!({"done": false, "message": {"content": "x"}})).is_err());
        assert!(answer(&json!([1])).is_err());
        let elsewhere = json!({"model": "m", "remote_host": "https://ollama.com", "done": true});
        assert_eq!(answer(&elsewhere), Err(Trouble::Cloud { name: "m".to_owned() }));
        assert!(matches!(piece(br#"{"error":"out of memory"}"#), Err(Trouble::Refused { status: 200, .. })));
        assert!(matches!(piece(b"404 page not found"), Err(Trouble::Senseless(_))));
        assert_eq!(piece(b" "), Ok(Piece::default()));
        assert!(
            is_cloud("qwen3-coder:480b-cloud") && is_cloud("x:cloud") && !is_cloud("cloud:7b") && !is_cloud("my-cloud")
        );
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in proptest::collection::vec(any::<u8>(), 0..80), json in "[\\[\\]{}\":,a-z0-9]{0,60}") {
            let _ = piece(&line);
            let _ = piece(json.as_bytes());
        }
    }
}
