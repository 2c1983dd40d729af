//! Looking for a server at the places that were chosen, and finding out who it is: by the shape of what it answers, since
//! anything may answer at an address with any status.

use std::time::Duration;

use super::address::Distance;
use super::chat::Listed;
use super::choice::{Choice, Place};
use super::http::{Deadline, Http, Reach};
use super::trouble::Trouble;
use super::{ollama, openai};

/// A server on this computer answers such questions within milliseconds.
const HERE: Duration = Duration::from_millis(1500);
/// One far away may need a name, a route and a handshake.
const AWAY: Duration = Duration::from_secs(5);

/// Which program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// llama.cpp's server.
    LlamaServer,
    /// Another that speaks the `OpenAI` dialect.
    Openai,
}

impl Kind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::LlamaServer => "llama-server",
            Self::Openai => "a server of the OpenAI dialect",
        }
    }
}

/// A server that answered.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub http: Http,
    pub kind: Kind,
    pub version: Option<String>,
    pub models: Vec<Listed>,
}

/// The first of the places where a model server answers. They are asked at the same time.
pub(super) async fn find(choice: &Choice, offline: bool) -> Result<Found, Trouble> {
    let reach = Reach { remote: choice.allow_remote, offline };
    match choice.places.as_slice() {
        [] => Err(Trouble::Nowhere),
        [only] => look(only, reach).await,
        [first, second, ..] => {
            let (first, second) = tokio::join!(look(first, reach), look(second, reach));
            // Of two troubles the more telling one: somebody who is there comes before nobody.
            match (first, second) {
                (Err(Trouble::Unreachable { .. }), Err(other)) if !matches!(other, Trouble::Unreachable { .. }) => {
                    Err(other)
                }
                (Err(first), second) => second.map_err(|_| first),
                (found, _) => found,
            }
        }
    }
}

async fn look(place: &Place, reach: Reach) -> Result<Found, Trouble> {
    let patience = if reach.remote { AWAY } else { HERE };
    let deadline = Deadline::within(patience);
    let http = Http::open(&place.address, place.token.as_ref().map(|token| token.0.as_str()), reach, deadline).await?;
    let deadline = if http.distance > Distance::Here { Deadline::within(AWAY) } else { deadline };
    if let Some(version) = ollama::version(&http, deadline).await? {
        let models = ollama::models(&http, deadline).await?;
        return Ok(Found { http, kind: Kind::Ollama, version: Some(version), models });
    }
    let Some((speaker, models)) = openai::models(&http, deadline).await? else {
        return Err(Trouble::Stranger { address: place.address.to_string() });
    };
    let kind = match speaker {
        openai::Speaker::LmStudio => Kind::LmStudio,
        openai::Speaker::LlamaServer => Kind::LlamaServer,
        openai::Speaker::Other => Kind::Openai,
    };
    Ok(Found { http, kind, version: None, models })
}
