//! A server that says what it is told to say, byte by byte if need be, and remembers what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// What happens on the connection, in this order; then it is closed.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Bytes(Vec<u8>),
    Wait(u64),
    /// These bytes again and again, until nobody reads any more.
    Forever(Vec<u8>),
}

pub(crate) type Acts = Vec<Act>;

/// A running server; it ends with the tests.
pub(crate) struct Canned {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Canned {
    pub(crate) fn new(answer: impl Fn(&Request) -> Acts + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let Some(request) = read(&mut stream) else { return };
                    seen.lock().unwrap().push(request.clone());
                    act(&mut stream, &answer(&request));
                });
            }
        });
        Self { address, requests }
    }

    /// Ollama, with one model, that answers a question like this.
    pub(crate) fn ollama(chat: impl Fn(&Request) -> Acts + Send + Sync + 'static) -> Self {
        Self::new(move |request| match request.path.as_str() {
            "/api/version" => whole(200, &json!({"version": "0.21.1"})),
            "/api/tags" => whole(
                200,
                &json!({"models": [
                    {"name": "qwen3:4b", "size": 2_500_000_000_u64, "capabilities": ["completion"], "details": {"parameter_size": "4.0B"}},
                    {"name": "gpt-oss:120b-cloud", "remote_host": "https://ollama.com:443"},
                ]}),
            ),
            "/api/ps" => whole(200, &json!({"models": [{"name": "qwen3:4b"}]})),
            "/api/chat" => chat(request),
            _ => plain(404, "404 page not found"),
        })
    }

    /// LM Studio, with one model, that answers a question like this.
    pub(crate) fn lmstudio(chat: impl Fn(&Request) -> Acts + Send + Sync + 'static) -> Self {
        Self::new(move |request| match request.path.as_str() {
            "/v1/models" => {
                whole(200, &json!({"object": "list", "data": [{"id": "phi-4-mini"}, {"id": "text-embedding-nomic"}]}))
            }
            "/api/v0/models" => whole(
                200,
                &json!({"data": [
                    {"id": "phi-4-mini", "type": "llm", "state": "loaded"},
                    {"id": "text-embedding-nomic", "type": "embeddings", "state": "not-loaded"},
                ]}),
            ),
            "/v1/chat/completions" => chat(request),
            path => whole(200, &json!({"error": format!("Unexpected endpoint or method. (GET {path})")})),
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The questions that a model was asked.
    pub(crate) fn questions(&self) -> Vec<Value> {
        self.requests().into_iter().filter(|request| !request.body.is_null()).map(|request| request.body).collect()
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            let path = head.split(' ').nth(1)?.to_owned();
            return Some(Request { path, head: head.to_owned(), body: serde_json::from_str(body).unwrap_or_default() });
        }
    }
}

fn act(stream: &mut TcpStream, acts: &[Act]) {
    stream.set_nodelay(true).unwrap();
    for act in acts {
        let done = match act {
            Act::Bytes(bytes) => stream.write_all(bytes),
            Act::Wait(milliseconds) => {
                std::thread::sleep(Duration::from_millis(*milliseconds));
                Ok(())
            }
            Act::Forever(bytes) => loop {
                if let Err(error) = stream.write_all(bytes) {
                    break Err(error);
                }
                std::thread::sleep(Duration::from_micros(200));
            },
        };
        // Whoever went away has heard enough.
        if done.is_err() {
            return;
        }
    }
}

/// An answer with its length.
pub(crate) fn whole(status: u16, body: &Value) -> Acts {
    typed(status, "application/json", &body.to_string())
}

pub(crate) fn plain(status: u16, body: &str) -> Acts {
    typed(status, "text/plain", body)
}

fn typed(status: u16, kind: &str, body: &str) -> Acts {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    vec![Act::Bytes((head + body).into_bytes())]
}

/// The head of an answer that ends with the connection.
pub(crate) fn open_head() -> Act {
    Act::Bytes(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n".to_vec())
}

/// A stream of chunks, of which each is cut again at odd places. Without `end` the connection is closed before the end.
pub(crate) fn chunked(body: &str, sizes: &[usize], end: bool) -> Acts {
    let mut acts =
        vec![Act::Bytes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_vec())];
    let mut rest = body.as_bytes();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        acts.push(Act::Bytes([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()));
        rest = after;
    }
    if end {
        acts.push(Act::Bytes(b"0\r\n\r\n".to_vec()));
    }
    acts
}

/// What a model that keeps to the schema says.
pub(crate) fn choice(intent: &str, slots: &Value) -> String {
    json!({"intent": intent, "mode": "do", "confidence": "high", "slots": slots}).to_string()
}

/// Ollama's answer with a text.
pub(crate) fn ollama_says(text: &str) -> Acts {
    whole(
        200,
        &json!({"model": "qwen3:4b", "message": {"role": "assistant", "content": text}, "done": true, "done_reason": "stop"}),
    )
}

/// The answer of the other dialect.
pub(crate) fn openai_says(message: &Value) -> Acts {
    whole(200, &json!({"model": "phi-4-mini", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}))
}
