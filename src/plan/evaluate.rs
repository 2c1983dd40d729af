//! Plans that read the configuration, as text or evaluated: check it, show it, look up a value, list machines.

use super::rebuild::{Rebuild, Source};
use super::refusal::{Refusal, Unplanned, needs_configuration, needs_nix};
use super::{Action, Collect, Plan, Probe, Risk, Step};
use crate::machine::facts::Configuration;
use crate::nix::value;
use crate::operation::selector;
use crate::operation::slots::{Phrase, Selector};

impl Rebuild<'_> {
    /// `validate_config`.
    pub(super) fn validate(&self) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        needs_configuration(self.facts)?;
        Ok(Plan {
            title: "Check the configuration, without building it".to_owned(),
            steps: vec![
                Step { title: "Read its files".to_owned(), action: Action::Look(Probe::Syntax), reversal: None },
                self.evaluate_step(),
            ],
            notes: Vec::new(),
            undo: None,
        })
    }

    /// Evaluates the configuration as far as what would be built.
    pub(super) fn evaluate_step(&self) -> Step {
        let command = match self.source() {
            Source::Flake(target) => self.tools.instantiate_flake(&target),
            Source::Channels(source) => self.tools.instantiate_channels(&source),
        };
        Step::run("Evaluate it", command, Risk::Reads, Collect::Valid)
    }

    /// `query_config`.
    pub(super) fn query(&self, asked: &Selector) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        needs_configuration(self.facts)?;
        let mut path = selector::parts(asked.as_str()).unwrap_or_default();
        let mut host = None;
        // `machines.web.config.networking`: of another machine of the flake.
        if path.len() > 2 && matches!(path[0].as_str(), "machines" | "nixosConfigurations") {
            path.remove(0);
            host = Some(path.remove(0));
        }
        if path.len() > 1 && matches!(path[0].as_str(), "config" | "options") {
            path.remove(0);
        }
        let question = value::question(&path);
        let command = match self.source() {
            Source::Flake(mut target) => {
                target.host = host.as_deref().unwrap_or(target.host);
                self.tools.ask_flake(&target, &question)
            }
            Source::Channels(source) => self.tools.ask_channels(&source, &question),
        };
        let shown = selector::shown(&path);
        let mut plan = Plan {
            title: format!("Look up {shown}"),
            steps: vec![Step::run("Evaluate it", command, Risk::Reads, Collect::Value { path })],
            notes: Vec::new(),
            undo: None,
        };
        if let Some(host) = host {
            plan.title = format!("Look up {shown} of {host}");
        }
        Ok(plan)
    }

    /// `show_config`.
    pub(super) fn show(&self, topic: Option<&Phrase>) -> Result<Plan, Unplanned> {
        needs_configuration(self.facts)?;
        let topic = topic.map(|topic| topic.as_str().to_owned());
        let title = match &topic {
            Some(topic) => format!("Show what the configuration says about {topic}"),
            None => "Show the configuration".to_owned(),
        };
        Ok(Plan::look(&title, Probe::Settings { topic }))
    }

    /// `list_hosts`.
    pub(super) fn hosts(&self) -> Result<Plan, Unplanned> {
        needs_nix(self.facts)?;
        needs_configuration(self.facts)?;
        let Configuration::Flake { reference, host, .. } = &self.facts.configuration else {
            return Err(Refusal::new(
                "no-flake",
                "This machine is described by a file that is built from channels; only a flake describes several machines.",
            )
            .into());
        };
        let command = self.tools.hosts(reference);
        let step = Step::run("Ask the flake", command, Risk::Reads, Collect::Hosts { this: host.clone() });
        Ok(Plan {
            title: "List the machines of the flake".to_owned(),
            steps: vec![step],
            notes: Vec::new(),
            undo: None,
        })
    }
}
