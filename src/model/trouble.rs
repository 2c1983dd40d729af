//! What can go wrong with a model, as data. None of it is ever the end of a request: it is as if the model had not been asked.

use super::address::BadAddress;

/// Why there is no answer from a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// None is set up.
    #[error("no language model is set up")]
    Off,
    /// What is set is no address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// What is set is no address; that was told when it was read.
    #[error("what is set is no address of a model server")]
    Nowhere,
    /// Nobody answers there.
    #[error("cannot reach the language model at {address}: {why}")]
    Unreachable {
        /// Where.
        address: String,
        /// What the system said.
        why: String,
    },
    /// Somebody answers who is no model server.
    #[error("what answers at {address} is no model server that I know")]
    Stranger {
        /// Where.
        address: String,
    },
    /// It is another computer, and that was not allowed.
    #[error(
        "{address} is not this computer, and asking others is not allowed (allow_remote in the settings allows it)"
    )]
    NotLocal {
        /// Where.
        address: String,
    },
    /// It is another computer, far away, and anybody on the way could read along.
    #[error("{address} is far away and not encrypted: it must be https")]
    InTheClear {
        /// Where.
        address: String,
    },
    /// The network was forbidden.
    #[error("{address} is on the network, and --offline forbids that")]
    Offline {
        /// Where.
        address: String,
    },
    /// It took too long.
    #[error("the model did not answer within {seconds} s")]
    Late {
        /// How long was waited.
        seconds: u64,
    },
    /// The server wants to know who asks.
    #[error("the model server asks for a token: set LM_API_TOKEN for LM Studio, ASK_NIX_MODEL_TOKEN for others")]
    NeedsToken,
    /// The server is not ready.
    #[error("the model server is still loading the model")]
    Loading,
    /// The server sends us elsewhere.
    #[error("the model server answers with a redirect, which is not followed")]
    Redirects,
    /// The server says no.
    #[error("the model server says {status}: {message}")]
    Refused {
        /// The HTTP status, 200 for an error in mid-answer.
        status: u16,
        /// Its words, cleaned.
        message: String,
    },
    /// More than any answer needs.
    #[error("the model server sent more than any answer needs")]
    TooLong,
    /// The answer stopped before its end.
    #[error("the model's answer broke off")]
    BrokeOff,
    /// The answer was cut at the limit of words.
    #[error("the model's answer was cut short")]
    CutShort,
    /// The answer has a shape that no server's answer has.
    #[error("the model server's answer makes no sense: {0}")]
    Senseless(&'static str),
    /// The answer is not what was asked for.
    #[error("the model did not keep to what it may answer: {0}")]
    Disobedient(&'static str),
    /// The server has no model that could be asked.
    #[error("the model server has no model that can be asked")]
    NoModel,
    /// The model that is set is not there.
    #[error("model '{name}' not found on the model server")]
    Missing {
        /// What is set.
        name: String,
        /// What is there.
        installed: Vec<String>,
    },
    /// The model runs on somebody else's computer.
    #[error("model '{name}' runs in a cloud, not on this computer")]
    Cloud {
        /// Its name.
        name: String,
    },
    /// It failed too often.
    #[error("the model failed twice and is not asked again")]
    GivenUp,
    /// The person did not want to wait.
    #[error("stopped")]
    Stopped,
    /// The client could not be made.
    #[error("the client for the model server could not be made: {0}")]
    NoClient(String),
}

impl Trouble {
    /// The lesson that explains it, when there is one.
    pub fn lesson(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable { .. } | Self::Stranger { .. } | Self::Late { .. } | Self::Loading | Self::BrokeOff => {
                Some("model-server-unreachable")
            }
            Self::Missing { .. } => Some("model-missing"),
            _ => None,
        }
    }

    /// Whether asking the same again, in other words, may help: only where an answer came and was none.
    pub fn worth_another_try(&self) -> bool {
        matches!(self, Self::Disobedient(_))
    }
}
