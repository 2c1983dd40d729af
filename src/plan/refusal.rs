//! Why something is not planned: refused with a reason, or held until a question is answered.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, Plan, Step};
use crate::machine::facts::{Configuration, Facts, Privilege};

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Unplanned {
    /// It will not be done.
    Refused(Refusal),
    /// It can be done once this is known.
    Question(Question),
    /// Nothing has to be done, or nothing can be, and this says why.
    Nothing(String),
}

/// A refusal: the id of a lesson of `education/errors`, and the names in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// An id of the error catalogue.
    pub id: &'static str,
    /// In one sentence.
    pub message: String,
    /// The names that the lesson uses.
    pub bindings: BTreeMap<String, Value>,
}

/// Something that only the person knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// Answers that are likely; others are possible unless `closed`.
    pub choices: Vec<String>,
    /// What the answer is taken up as.
    pub answers: Answers,
}

/// What the answer to a question is taken up as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// A setting that is remembered, so that it is not asked again.
    Setting(&'static str),
    /// A slot of the request.
    Slot(&'static str),
}

impl Refusal {
    /// A refusal without names.
    pub fn new(id: &'static str, message: impl Into<String>) -> Self {
        Self { id, message: message.into(), bindings: BTreeMap::new() }
    }

    /// With a name for the lesson.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.bindings.insert(name.to_owned(), value.into());
        self
    }
}

impl From<Refusal> for Unplanned {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Question> for Unplanned {
    fn from(question: Question) -> Self {
        Self::Question(question)
    }
}

/// Refuses on machines that are not NixOS.
pub(super) fn needs_nixos(facts: &Facts) -> Result<(), Refusal> {
    if facts.nixos {
        return Ok(());
    }
    Err(Refusal::new(
        "not-nixos",
        "This machine does not run NixOS, so there is no system that could be built or switched.",
    ))
}

/// Refuses without a Nix, or with one that is too old.
pub(super) fn needs_nix(facts: &Facts) -> Result<(), Refusal> {
    match &facts.nix {
        None => {
            Err(Refusal::new("nix-missing", "There is no nix program on this machine's PATH.").with("command", "nix"))
        }
        Some(version) if !version.supported() => Err(Refusal::new(
            "nix-too-old",
            format!("This machine has {}; ask-nix needs Nix 2.18 or newer.", version.text),
        )),
        Some(_) => Ok(()),
    }
}

/// Refuses when a step needs root and nothing can give it.
pub(super) fn needs_privilege(facts: &Facts, needed: bool) -> Result<(), Refusal> {
    if !needed || facts.privilege != Privilege::None {
        return Ok(());
    }
    Err(Refusal::new(
        "sudo-missing",
        "This needs root, and none of doas, sudo, run0 and pkexec is there to ask for it.",
    ))
}

/// Refuses to start programs for a machine that does not run: they would act on the one that does.
pub(super) fn needs_to_run(facts: &Facts, plan: &Plan) -> Result<(), Refusal> {
    let reads_itself = |step: &Step| matches!(step.action, Action::Look(_) | Action::Compare { .. });
    let Some(root) = facts.mounted.as_deref().filter(|_| !plan.steps.iter().all(reads_itself)) else { return Ok(()) };
    let root = root.display();
    Err(Refusal::new(
        "machine-does-not-run",
        format!("The machine at {root} does not run, so it can only be looked at. To change it, enter it first: nixos-enter --root {root}"),
    )
    .with("path", root.to_string()))
}

/// Asks where the configuration is, when it is not where it usually is.
pub(super) fn needs_configuration(facts: &Facts) -> Result<(), Question> {
    let Configuration::Missing { likely } = &facts.configuration else { return Ok(()) };
    Err(Question {
        text: "Where is the configuration of this machine? There is none in /etc/nixos.".to_owned(),
        choices: likely.iter().map(|path| path.display().to_string()).collect(),
        answers: Answers::Setting("flake"),
    })
}
