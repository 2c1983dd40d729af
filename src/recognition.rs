//! What was understood: the value between words and operation. Rules, model and conversation all produce it, and
//! `recognize --json` prints it as it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::Operation;

/// The id of an intent of the catalogue, such as `update_system`; a public name.
pub type IntentId = String;

/// Slots by name, normalised as the catalogue says. An absent slot is left out, never null.
pub type Slots = BTreeMap<String, Value>;

/// Whether something is to be done or only explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A request, or a question that is answered by looking.
    #[default]
    Do,
    /// A question about an action: the plan is shown and taught, nothing that changes the machine is carried out.
    Explain,
}

/// Who understood the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The rules and data in `intents/`.
    #[default]
    Rules,
    /// The optional language model; its plans are always confirmed by a person.
    Model,
    /// What was said before in the conversation.
    Context,
}

/// A word that was read as another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// The word as it was typed.
    pub from: String,
    /// The word that it was taken for.
    pub to: String,
}

/// Another reading of the same words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// The intent of this reading.
    pub intent: IntentId,
    /// Its slots.
    pub slots: Slots,
    /// From 0 to 1.
    pub confidence: f32,
}

/// A further request of the same line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The intent of this request.
    pub intent: IntentId,
    /// Its slots.
    pub slots: Slots,
    /// Its own mode: "update, and how do I roll back?" acts once and explains once.
    #[serde(default, skip_serializing_if = "is_do")]
    pub mode: Mode,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_do(mode: &Mode) -> bool {
    *mode == Mode::Do
}

/// Everything that was understood of one line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recognition {
    /// The best reading; `out_of_scope` when there is none.
    pub intent: IntentId,
    /// To be done, or to be explained.
    pub mode: Mode,
    /// The slots of the best reading.
    pub slots: Slots,
    /// From 0 to 1.
    pub confidence: f32,
    /// Who understood it.
    pub by: By,
    /// Words that were read as others.
    pub corrections: Vec<Correction>,
    /// Other readings, best first. When the best of them is close, ask-nix asks instead of acting.
    pub alternatives: Vec<Alternative>,
    /// Further requests of the same line, in order.
    pub then: Vec<Request>,
}

/// The intent of everything that is none of ours.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

impl Recognition {
    /// The operation that intent and slots name.
    ///
    /// # Errors
    /// When a required slot is missing or a slot's value is not one that its operation takes.
    pub fn operation(&self) -> Result<Operation, serde_json::Error> {
        Operation::from_slots(&self.intent, &self.slots)
    }
}

impl Request {
    /// The same request as a recognition of its own, so that it can be planned like any other.
    pub fn into_recognition(self, by: By, confidence: f32) -> Recognition {
        Recognition {
            intent: self.intent,
            slots: self.slots,
            mode: self.mode,
            by,
            confidence,
            ..Recognition::default()
        }
    }
}
