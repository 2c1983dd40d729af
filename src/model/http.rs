//! HTTP to a model server: one connection a request, to the addresses that were checked, through no proxy, following no
//! redirect, never longer than its deadline and never more bytes than an answer needs.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::address::{Address, Distance, distance};
use super::clean::clean;
use super::trouble::Trouble;

/// No answer that is kept whole is longer.
const LONGEST_BODY: usize = 1 << 20;
/// No stream is longer.
const LONGEST_STREAM: usize = 8 << 20;
/// A server that is there takes a connection at once.
const CONNECT: Duration = Duration::from_millis(500);
/// How much of an error that is no JSON is shown.
const ERROR_TEXT: usize = 200;

/// How far requests may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Other computers may be asked.
    pub remote: bool,
    /// The network must not be used.
    pub offline: bool,
}

/// When the answer must be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    at: Instant,
    seconds: u64,
}

impl Deadline {
    /// So much time from now on.
    pub(super) fn within(time: Duration) -> Self {
        // A deadline of less than a second is said to be one.
        Self { at: Instant::now() + time, seconds: time.as_secs().max(1) }
    }

    async fn wait<T>(self, work: impl Future<Output = T>) -> Result<T, Trouble> {
        timeout_at(self.at, work).await.map_err(|_| Trouble::Late { seconds: self.seconds })
    }
}

/// A server whose address was checked.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    address: Address,
    token: Option<HeaderValue>,
    /// How far away the server is.
    pub(super) distance: Distance,
}

impl Http {
    /// Looks up the address and holds on to what was found, so that what was checked is what is asked.
    pub(super) async fn open(
        address: &Address,
        token: Option<&str>,
        reach: Reach,
        deadline: Deadline,
    ) -> Result<Self, Trouble> {
        let shown = address.to_string();
        let unreachable = |why: String| Trouble::Unreachable { address: shown.clone(), why };
        let url = reqwest::Url::parse(&shown).map_err(|error| unreachable(error.to_string()))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let found: Vec<SocketAddr> = if let Ok(ip) = host.parse::<IpAddr>() {
            vec![SocketAddr::new(ip, address.port)]
        } else {
            let looked_up = deadline.wait(tokio::net::lookup_host((host.as_str(), address.port))).await?;
            looked_up.map_err(|error| unreachable(plain(&error.to_string())))?.collect()
        };
        let Some(furthest) = found.iter().map(|address| distance(address.ip())).max() else {
            return Err(unreachable("the name has no address".to_owned()));
        };
        if furthest > Distance::Here {
            if !reach.remote {
                return Err(Trouble::NotLocal { address: shown });
            }
            if reach.offline {
                return Err(Trouble::Offline { address: shown });
            }
            if furthest == Distance::Far && !address.secure {
                return Err(Trouble::InTheClear { address: shown });
            }
        }
        Ok(Self {
            client: client(address, &host, &found)?,
            address: address.clone(),
            token: token.and_then(bearer),
            distance: furthest,
        })
    }

    /// Where it is.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The JSON at a path.
    pub(super) async fn get(&self, path: &str, deadline: Deadline) -> Result<Value, Trouble> {
        let body = self.send(self.client.get(self.address.at(path)), deadline).await?;
        json(&body.whole().await?)
    }

    /// The JSON that answers a question.
    pub(super) async fn post(&self, path: &str, question: &Value, deadline: Deadline) -> Result<Value, Trouble> {
        let body = self.stream(path, question, deadline).await?;
        json(&body.whole().await?)
    }

    /// The answer to a question, as it comes.
    pub(super) async fn stream(&self, path: &str, question: &Value, deadline: Deadline) -> Result<Body, Trouble> {
        self.send(self.client.post(self.address.at(path)).json(question), deadline).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, deadline: Deadline) -> Result<Body, Trouble> {
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        };
        let response = deadline.wait(request.send()).await?.map_err(|error| self.failed(&error))?;
        let status = response.status();
        let body = Body { response, deadline, taken: 0 };
        if status.is_success() {
            return Ok(body);
        }
        if status.is_redirection() {
            return Err(Trouble::Redirects);
        }
        // An error may come with any body; its status says enough when that cannot be read.
        let text = body.whole().await.unwrap_or_default();
        Err(refusal(status.as_u16(), &text))
    }

    fn failed(&self, error: &reqwest::Error) -> Trouble {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        if error.is_connect() || error.is_timeout() {
            let why = if error.is_timeout() { "timed out".to_owned() } else { plain(&cause.to_string()) };
            return Trouble::Unreachable { address: self.address.to_string(), why };
        }
        Trouble::BrokeOff
    }
}

/// A token as a header that is never shown.
fn bearer(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.trim())).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// A client that talks to these addresses and no others.
fn client(address: &Address, host: &str, found: &[SocketAddr]) -> Result<reqwest::Client, Trouble> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Whoever was first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = reqwest::Client::builder()
        .user_agent("ask-nix")
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        // A server that went away and came back is met on a new connection.
        .pool_max_idle_per_host(0)
        .https_only(address.secure)
        .resolve_to_addrs(host, found);
    // Without https, reading all of the system's certificates would be for nothing.
    let builder = if address.secure { builder } else { builder.tls_certs_only([]) };
    builder.build().map_err(|error| Trouble::NoClient(error.to_string()))
}

/// What the system says, without its number.
fn plain(why: &str) -> String {
    clean(why.split(" (os error").next().unwrap_or(why), ERROR_TEXT)
}

/// An answer that comes.
#[derive(Debug)]
pub(super) struct Body {
    response: reqwest::Response,
    deadline: Deadline,
    taken: usize,
}

impl Body {
    /// The next bytes, none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Trouble> {
        let bytes = self.deadline.wait(self.response.chunk()).await?.map_err(|_| Trouble::BrokeOff)?;
        if let Some(bytes) = &bytes {
            self.taken += bytes.len();
        }
        if self.taken > LONGEST_STREAM { Err(Trouble::TooLong) } else { Ok(bytes) }
    }

    async fn whole(mut self) -> Result<Vec<u8>, Trouble> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(bytes.as_ref());
            if whole.len() > LONGEST_BODY {
                return Err(Trouble::TooLong);
            }
        }
        Ok(whole)
    }
}

fn json(body: &[u8]) -> Result<Value, Trouble> {
    serde_json::from_slice(body).map_err(|_| Trouble::Senseless("it is no JSON"))
}

/// What an answer with an error status means. Ollama says `{"error": "text"}` and, for paths that it does not know, plain
/// text; llama-server and LM Studio say `{"error": {"message": …}}`, LM Studio in places only text.
pub(super) fn refusal(status: u16, body: &[u8]) -> Trouble {
    let value: Option<Value> = serde_json::from_slice(body).ok();
    let message = match value.as_ref().and_then(error_message) {
        Some(message) => message,
        None => clean(String::from_utf8_lossy(body).trim(), ERROR_TEXT),
    };
    let lower = message.to_lowercase();
    match status {
        401 => Trouble::NeedsToken,
        503 if lower.contains("loading") => Trouble::Loading,
        400.. if lower.contains("no models loaded") => Trouble::NoModel,
        _ => Trouble::Refused { status, message },
    }
}

/// The message of an error, in any of the shapes that servers have for it.
pub(super) fn error_message(value: &Value) -> Option<String> {
    let error = value.get("error")?;
    let message = error.as_str().or_else(|| error.get("message")?.as_str())?;
    Some(clean(message.trim(), ERROR_TEXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_every_server_are_read() {
        let said = |status: u16, body: &str| refusal(status, body.as_bytes());
        let refused = |status, message: &str| Trouble::Refused { status, message: message.to_owned() };
        assert_eq!(said(404, r#"{"error":"model 'nope:1b' not found"}"#), refused(404, "model 'nope:1b' not found"));
        assert_eq!(said(404, "404 page not found"), refused(404, "404 page not found"));
        assert_eq!(said(400, r#"{"error":{"message":"bad","type":"x","code":null}}"#), refused(400, "bad"));
        assert_eq!(said(503, r#"{"error":{"message":"Loading model","code":503}}"#), Trouble::Loading);
        assert_eq!(
            said(503, r#"{"error":"server busy, please try again"}"#),
            refused(503, "server busy, please try again")
        );
        assert_eq!(said(401, ""), Trouble::NeedsToken);
        assert_eq!(said(404, r#"{"error":{"message":"No models loaded. Please load"}}"#), Trouble::NoModel);
        assert_eq!(said(500, "a\u{1b}[31mb"), refused(500, "ab"));
        assert_eq!(said(500, &"x".repeat(5000)), refused(500, &"x".repeat(200)));
        assert_eq!(said(500, "[]"), refused(500, "[]"));
    }
}
