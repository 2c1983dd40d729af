//! The `OpenAI` dialect, `/v1/models` and `/v1/chat/completions`, with streams of server-sent events: LM Studio (its REST
//! documentation and bug tracker), llama-server (llama.cpp's `tools/server/README.md` and a running one) and others.

use serde_json::{Value, json};

use super::chat::{Ask, Listed, Piece, Said, embeds};
use super::http::{Deadline, Http, error_message};
use super::lines::event_data;
use super::trouble::Trouble;

/// Where questions go.
pub(super) const CHAT: &str = "/v1/chat/completions";
/// No server has more models that matter.
const MOST_MODELS: usize = 500;

/// Who speaks the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    LmStudio,
    LlamaServer,
    Other,
}

/// Who it is and which models there are; none when what answers there has no list of models.
pub(super) async fn models(http: &Http, deadline: Deadline) -> Result<Option<(Speaker, Vec<Listed>)>, Trouble> {
    let list = match http.get("/v1/models", deadline).await {
        Ok(list) => list,
        Err(Trouble::Refused { .. } | Trouble::Senseless(_) | Trouble::Redirects) => return Ok(None),
        Err(trouble) => return Err(trouble),
    };
    let Some(models) = list.get("data").and_then(Value::as_array) else { return Ok(None) };
    if models.iter().any(|model| model.get("owned_by").and_then(Value::as_str) == Some("llamacpp")) {
        return Ok(Some((Speaker::LlamaServer, plainly_listed(models, Some(true)))));
    }
    // LM Studio tells more on paths of its own: the first since 0.4, the second since 0.3.6.
    for path in ["/api/v1/models", "/api/v0/models"] {
        if let Ok(own) = http.get(path, deadline).await
            && let Some(models) = own_list(&own)
        {
            return Ok(Some((Speaker::LmStudio, models)));
        }
    }
    Ok(Some((Speaker::Other, plainly_listed(models, None))))
}

fn plainly_listed(models: &[Value], loaded: Option<bool>) -> Vec<Listed> {
    let list = |model: &Value| {
        let name = name(model.get("id"))?;
        Some(Listed { chats: !embeds(&name), cloud: super::ollama::is_cloud(&name), loaded, name, ..Listed::default() })
    };
    models.iter().take(MOST_MODELS).filter_map(list).collect()
}

/// LM Studio's own list, in either of its shapes.
fn own_list(value: &Value) -> Option<Vec<Listed>> {
    let models = value.get("models").or_else(|| value.get("data"))?.as_array()?;
    let list = |model: &Value| {
        let text = |field: &str| model.get(field).and_then(Value::as_str);
        let name = name(model.get("key").or_else(|| model.get("id")))?;
        let instances = model.get("loaded_instances").and_then(Value::as_array).map(|instances| !instances.is_empty());
        Some(Listed {
            bytes: model.get("size_bytes").and_then(Value::as_u64),
            parameters: text("params_string").filter(|size| !size.is_empty()).map(str::to_owned),
            loaded: instances.or_else(|| text("state").map(|state| state == "loaded")),
            cloud: false,
            chats: text("type")? != "embedding" && text("type")? != "embeddings" && !embeds(&name),
            name,
        })
    };
    Some(models.iter().take(MOST_MODELS).filter_map(list).collect())
}

fn name(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|name| !name.is_empty() && !name.chars().any(char::is_control)).map(str::to_owned)
}

/// The body of a question.
pub(super) fn question(ask: &Ask<'_>) -> Value {
    let mut body = json!({
        "model": ask.model,
        "temperature": ask.temperature,
        "seed": 1,
        "max_tokens": ask.most_tokens,
        "stream": ask.stream,
        "messages": [{"role": "system", "content": ask.system}, {"role": "user", "content": ask.user}],
    });
    if let (Some(schema), Some(body)) = (ask.schema, body.as_object_mut()) {
        // LM Studio knows no other type than this one and "text".
        let format = json!({
            "type": "json_schema",
            "json_schema": {"name": "request", "strict": true, "schema": schema},
        });
        body.insert("response_format".to_owned(), format);
    }
    body
}

/// The whole answer. With a schema the JSON of a model that thinks may stand where its thoughts do (LM Studio); without
/// one, thoughts are never taken for an answer.
pub(super) fn answer(value: &Value, with_schema: bool) -> Result<Said, Trouble> {
    if let Some(message) = error_message(value) {
        return Err(Trouble::Refused { status: 200, message });
    }
    let choice =
        value.get("choices").and_then(|choices| choices.get(0)).ok_or(Trouble::Senseless("it has no choices"))?;
    let message = choice.get("message").ok_or(Trouble::Senseless("it has no message"))?;
    let text = |field: &str| message.get(field).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let thoughts = || text("reasoning_content").or_else(|| text("reasoning")).filter(|_| with_schema);
    let said = text("content").or_else(thoughts).unwrap_or_default();
    let cut = choice.get("finish_reason").and_then(Value::as_str) == Some("length");
    Ok(Said { text: said.to_owned(), cut, model: value.get("model").and_then(Value::as_str).map(str::to_owned) })
}

/// A line of the stream.
pub(super) fn piece(line: &[u8]) -> Result<Piece, Trouble> {
    let Some(data) = event_data(line) else {
        // An error under status 200 comes as a line of JSON without a field.
        return match serde_json::from_slice::<Value>(line).ok().as_ref().and_then(error_message) {
            Some(message) => Err(Trouble::Refused { status: 200, message }),
            None => Ok(Piece::default()),
        };
    };
    if data == b"[DONE]" {
        return Ok(Piece { last: true, ..Piece::default() });
    }
    let value: Value = serde_json::from_slice(data).map_err(|_| Trouble::Senseless("an event is no JSON"))?;
    if let Some(message) = error_message(&value) {
        return Err(Trouble::Refused { status: 200, message });
    }
    // The last event may have no choice at all, only counts.
    let Some(choice) = value.get("choices").and_then(|choices| choices.get(0)) else { return Ok(Piece::default()) };
    let text = choice.get("delta").and_then(|delta| delta.get("content")).and_then(Value::as_str);
    let end = choice.get("finish_reason").and_then(Value::as_str).map(|reason| reason == "length");
    Ok(Piece { text: text.unwrap_or_default().to_owned(), end, last: false })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_lists_of_lm_studio_are_read() {
        let newer = json!({"models": [
            {"type": "llm", "key": "phi-4-mini", "size_bytes": 2_400_000_000_u64, "params_string": "4B", "loaded_instances": [{"id": "phi-4-mini"}]},
            {"type": "embedding", "key": "nomic"},
        ]});
        let older = json!({"data": [{"id": "phi-4-mini", "type": "llm", "state": "not-loaded"}, {"id": "n", "type": "embeddings"}]});
        let usable = |list: &Value| own_list(list).unwrap().into_iter().filter(Listed::usable).collect::<Vec<_>>();
        assert_eq!(usable(&newer)[0].loaded, Some(true));
        assert_eq!(usable(&older)[0].loaded, Some(false));
        assert_eq!((usable(&newer).len(), usable(&older).len()), (1, 1));
        assert_eq!(own_list(&json!({"error": "Unexpected endpoint or method. (GET /api/v1/models)"})), None);
    }

    #[test]
    fn strange_answers_are_no_answers() {
        let said = |message: Value| {
            answer(&json!({"choices": [{"message": message, "finish_reason": "stop"}]}), true).map(|said| said.text)
        };
        assert_eq!(said(json!({"content": "{}"})).as_deref(), Ok("{}"));
        assert_eq!(said(json!({"content": null})).as_deref(), Ok(""));
        assert_eq!(said(json!({"content": "", "reasoning_content": "{\"a\":1}"})).as_deref(), Ok("{\"a\":1}"));
        assert_eq!(said(json!({"content": "", "reasoning": "{}"})).as_deref(), Ok("{}"));
        let thought = json!({"choices": [{"message": {"content": "", "reasoning_content": "hm"}}]});
        assert_eq!(answer(&thought, false).map(|said| said.text).as_deref(), Ok(""));
        for strange in [
            json!({"choices": []}),
            json!({"choices": null}),
            json!({}),
            json!(null),
            json!({"choices": [{}]}),
            json!({"choices": [7]}),
        ] {
            assert!(matches!(answer(&strange, true), Err(Trouble::Senseless(_))), "{strange}");
        }
        let cut = json!({"choices": [{"message": {"content": "{\"a"}, "finish_reason": "length"}]});
        assert!(answer(&cut, true).is_ok_and(|said| said.cut));
    }

    #[test]
    fn events_are_read() {
        let text = |line: &str| piece(line.as_bytes()).map(|piece| piece.text);
        assert_eq!(text(r#"data: {"choices":[{"delta":{"role":"assistant","content":null}}]}"#).as_deref(), Ok(""));
        assert_eq!(text(r#"data: {"choices":[{"delta":{"content":"Hi"}}]}"#).as_deref(), Ok("Hi"));
        assert_eq!(text(r#"data: {"choices":[],"usage":{}}"#).as_deref(), Ok(""));
        assert_eq!(text(": keep-alive").as_deref(), Ok(""));
        assert_eq!(
            piece(br#"data: {"choices":[{"delta":{},"finish_reason":"length"}]}"#).map(|piece| piece.end),
            Ok(Some(true))
        );
        assert!(piece(b"data: [DONE]").is_ok_and(|piece| piece.last));
        assert!(matches!(piece(br#"data: {"error":{"message":"gone"}}"#), Err(Trouble::Refused { .. })));
        assert!(matches!(piece(br#"{"error":"gone"}"#), Err(Trouble::Refused { .. })));
        assert!(matches!(piece(b"data: {"), Err(Trouble::Senseless(_))));
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in proptest::collection::vec(any::<u8>(), 0..80), json in "[\\[\\]{}\":,a-z0-9]{0,60}") {
            let _ = piece(&line);
            let _ = piece(format!("data: {json}").as_bytes());
            if let Ok(value) = serde_json::from_str(&json) {
                let _ = answer(&value, true);
            }
        }
    }
}
