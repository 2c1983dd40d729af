//! Requests that edit the configuration, on a demo machine with real Nix. Where the words are understood as meant, the
//! real program is run with them; else the same session, machine and Nix are driven from what they mean.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
#![expect(clippy::needless_pass_by_value, reason = "requests are written where they are made")]

use ask_nix::event::Event;
use ask_nix::execute::{Consent, Frontend};
use ask_nix::machine::Machine as _;
use ask_nix::machine::demo::{Demo as Machine, DemoKind};
use ask_nix::outcome::Answer;
use ask_nix::plan::{Plan, Question};
use ask_nix::query::Query;
use ask_nix::recognition::Recognition;
use ask_nix::session::{Options, Session, Yes};
use ask_nix::understand::{Context, Recognizer};
use serde_json::{Value, json};

use crate::demo::{Demo, nix_directory};

/// A person who agrees to everything, or to the plan and not to what came of the build.
struct Person {
    agrees: Vec<bool>,
}

impl Frontend for Person {
    fn event(&mut self, _: &Event) {}
    fn tick(&mut self) {}
    fn answer(&mut self, _: &Answer) {}
    fn prose(&mut self, _: &str) {}
    fn lend_terminal(&mut self) -> bool {
        false
    }
    fn show_plan(&mut self, _: &Plan) {}
    fn consent(&mut self, _: &str) -> Consent {
        let agrees = if self.agrees.is_empty() { true } else { self.agrees.remove(0) };
        if agrees { Consent::Yes } else { Consent::No }
    }
    fn ask(&mut self, _: &Question) -> Option<String> {
        None
    }
    fn present(&self) -> bool {
        true
    }
    fn stopped(&mut self) -> bool {
        false
    }
    fn working(&mut self, _: bool) {}
}

/// A machine whose configuration is edited.
pub(crate) struct Editing {
    pub(crate) demo: Demo,
    kind: &'static str,
}

pub(crate) const FILE: &str = "/etc/nixos/configuration.nix";

impl Editing {
    pub(crate) fn new(kind: &'static str) -> Option<Self> {
        Some(Self { demo: Demo::new(kind)?, kind })
    }

    /// The reply to a request that is agreed to.
    pub(crate) fn ask(&self, words: &str, intent: &str, slots: Value) -> Value {
        let understood = Recognizer::new().recognize(&Query::new(words), &Context::default());
        if understood.intent == intent && json!(understood.slots) == slots {
            return self.demo.reply(&["--yes=destroy", words]);
        }
        self.session(words, intent, slots, Yes::Destroys, Vec::new(), false)
    }

    /// The reply with these answers of the person.
    pub(crate) fn answered(&self, words: &str, intent: &str, slots: Value, agrees: Vec<bool>) -> Value {
        self.session(words, intent, slots, Yes::Ask, agrees, false)
    }

    /// The plan alone.
    pub(crate) fn planned(&self, words: &str, intent: &str, slots: Value) -> Value {
        self.session(words, intent, slots, Yes::Ask, Vec::new(), true)
    }

    fn session(&self, words: &str, intent: &str, slots: Value, yes: Yes, agrees: Vec<bool>, dry_run: bool) -> Value {
        let kind: DemoKind = self.kind.parse().unwrap();
        let machine = Machine::kept(&self.demo.root(), kind, &mut |_: &str| {}).unwrap();
        let path = format!("{}:/usr/bin:/bin", nix_directory().unwrap().display());
        let host = machine.host.clone().with_variable("PATH", Some(path)).with_variable("USER", None);
        assert!(host.find("nix").is_some());
        let mut session = Session::new(host, Options { yes, dry_run, ..Options::default() });
        let slots = slots.as_object().unwrap().clone().into_iter().collect();
        let recognition = Recognition { intent: intent.to_owned(), slots, confidence: 1.0, ..Recognition::default() };
        let mut person = Person { agrees };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let reply = runtime.block_on(session.answer_understood(words, recognition, &mut person));
        serde_json::to_value(&reply).unwrap()
    }

    /// A request that must be done: what changed in the file, line by line.
    pub(crate) fn done(&self, words: &str, intent: &str, slots: Value) -> Vec<String> {
        let before = self.demo.read(FILE);
        let reply = self.ask(words, intent, slots);
        assert_eq!(reply["outcome"]["status"], "done", "{words}: {reply:#}");
        difference(&before, &self.demo.read(FILE))
    }

    /// A request that must not be done, and leaves everything as it is: the id of the error.
    pub(crate) fn not_done(&self, words: &str, intent: &str, slots: Value) -> Value {
        let state = || {
            let mut lines = self.demo.fingerprint(false);
            lines.retain(|line| !line.contains("journal") && !line.contains("gcroots"));
            lines
        };
        let before = state();
        let reply = self.ask(words, intent, slots);
        assert_ne!(reply["outcome"]["error"], Value::Null, "{words}: {reply:#}");
        assert_eq!(state(), before, "{words}: {reply:#}");
        reply
    }

    /// What the configuration really has, as Nix evaluates it.
    pub(crate) fn evaluated(&self, option: &str) -> Value {
        let machine = Machine::kept(&self.demo.root(), self.kind.parse().unwrap(), &mut |_: &str| {}).unwrap();
        let path = format!("{}:/usr/bin:/bin", nix_directory().unwrap().display());
        let host = machine.host.clone().with_variable("PATH", Some(path));
        let command = if self.kind == "channels" {
            let expression = format!("(import <nixpkgs/nixos> {{ }}).config.{option}");
            ask_nix::machine::Command::new("nix-instantiate").args(["--eval", "--strict", "--json", "-E", &expression])
        } else {
            let attribute =
                format!("{}#nixosConfigurations.demo.config.{option}", self.demo.at("/etc/nixos").display());
            let features = ["--extra-experimental-features", "nix-command flakes"];
            ask_nix::machine::Command::new("nix").args(features).args(["eval", "--json", &attribute])
        };
        let (_, out) = host.capture(&command).unwrap();
        serde_json::from_slice(&out).unwrap_or(Value::Null)
    }
}

/// The lines that went and came.
fn difference(before: &str, after: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(before, after);
    let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changed.map(|change| format!("{}{}", change.tag(), change.value().trim_end())).collect()
}
