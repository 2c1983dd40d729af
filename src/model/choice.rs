//! What the person chose about the model: option, then variables, then settings file, then what is built in. Off is built
//! in: nothing is looked for that nobody set up.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::address::{Address, BadAddress, Custom};
use super::chat::Tuning;

/// What a model is asked for. Each may have a model and a temperature of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Understand a request. Always at temperature 0; without a model of its own that of `Build`.
    Intent,
    /// Explain in prose.
    Plan,
    /// Write a piece of configuration.
    Build,
    /// Explain an error.
    Review,
}

impl Task {
    /// Its name in variables: `OLLAMA_MODEL_PLAN`.
    fn upper(self) -> &'static str {
        match self {
            Self::Intent => "INTENT",
            Self::Plan => "PLAN",
            Self::Build => "BUILD",
            Self::Review => "REVIEW",
        }
    }

    fn usual_temperature(self) -> f64 {
        match self {
            Self::Intent => 0.0,
            Self::Plan => 0.7,
            Self::Build => 0.3,
            Self::Review => 0.5,
        }
    }
}

const TASKS: [Task; 4] = [Task::Intent, Task::Plan, Task::Build, Task::Review];

/// Which server is wanted: the value of `--model`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    #[default]
    Off,
    /// Whichever is found: at the hosts that variables name, else on the usual ports of this computer.
    Auto,
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// Whatever answers at an address.
    At(Address),
}

impl FromStr for Wanted {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        Ok(match text.trim().to_ascii_lowercase().as_str() {
            "off" | "no" | "none" | "false" => Self::Off,
            "auto" | "on" => Self::Auto,
            "ollama" => Self::Ollama,
            "lmstudio" | "lm-studio" => Self::LmStudio,
            other if other.contains([':', '.']) => Self::At(Address::parse(text, Custom::Url)?),
            _ => {
                let why = "say off, auto, ollama, lmstudio, or an address such as http://localhost:8080";
                return Err(BadAddress { text: super::clean::clean(text, 60), why });
            }
        })
    }
}

/// The `[model]` table of the settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// `off`, `auto`, `ollama`, `lmstudio` or `openai`.
    pub enabled: Option<String>,
    /// The server's address, where it is not the usual one.
    pub base_url: Option<String>,
    /// Whether another computer may be asked.
    pub allow_remote: Option<bool>,
    /// The model, for all tasks.
    pub model: Option<String>,
    /// How long an answer may take.
    pub timeout_secs: Option<Given>,
    /// The longest answer in prose, in tokens.
    pub max_tokens: Option<Given>,
    /// The context in tokens.
    pub context_window: Option<Given>,
    /// How long Ollama keeps the model loaded.
    pub keep_alive: Option<Given>,
    /// For single tasks.
    #[serde(default)]
    pub mode: BTreeMap<Task, WrittenTask>,
}

/// The `[model.mode.…]` table of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenTask {
    /// The model.
    pub model: Option<String>,
    /// From 0 to 2.
    pub temperature: Option<Given>,
}

/// A value as it was written, number or text, so that a bad one can be told about instead of stopping the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(String);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}

/// A server to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub address: Address,
    pub token: Option<Token>,
}

/// A secret, which is not shown with what it stands in.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Everything that was chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Which server.
    pub wanted: Wanted,
    /// Which setting said so: `--model`, a variable, `settings`; none when nobody did.
    pub said_by: Option<&'static str>,
    /// Whether another computer may be asked.
    pub allow_remote: bool,
    /// How long an answer may take, where that was set.
    pub timeout: Option<u64>,
    /// The longest answer in prose, in tokens.
    pub max_tokens: u32,
    /// How much the model can take in, in tokens, where that was set.
    pub window: Option<u32>,
    /// What is passed on to the server.
    pub tuning: Tuning,
    pub(super) places: Vec<Place>,
    /// Models by task, for Ollama and for the others.
    models: [BTreeMap<Task, String>; 2],
    temperatures: [BTreeMap<Task, f64>; 2],
}

/// Variables as they are read: what is empty is not set.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Choice {
    /// Puts option, variables and settings together. Values that make no sense are told about, in sentences, and left out.
    pub fn gather(option: Option<&Wanted>, written: &Written, variable: Variable<'_>) -> (Self, Vec<String>) {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mut warnings = Vec::new();
        let hosts = (variable("OLLAMA_HOST"), variable("LMSTUDIO_HOST"));
        let (wanted, said_by) = wanted(option, written, variable("ASK_NIX_MODEL"), &hosts, &mut warnings);
        let mut choice = Self { said_by, allow_remote: written.allow_remote.unwrap_or(false), ..Self::default() };
        choice.places = places(&wanted, written, &hosts, &variable, &mut warnings);
        choice.wanted = wanted;
        if choice.wanted == Wanted::Off {
            // What is not used need not make sense.
            return (choice, warnings);
        }
        let mut number = |name: &str, value: Option<String>, from: f64, to: f64| -> Option<f64> {
            let value = value?;
            let number = value.trim().parse::<f64>().ok().filter(|number| (from..=to).contains(number));
            if number.is_none() {
                let value = super::clean::clean(&value, 40);
                warnings.push(format!("{name} = {value} is not a number from {from} to {to}; the usual one is taken"));
            }
            number
        };
        let text = |given: &Option<Given>| given.as_ref().map(|given| given.0.clone());
        choice.timeout =
            number("timeout_secs", text(&written.timeout_secs), 1.0, 3600.0).map(|seconds| whole(seconds).into());
        let most =
            [("LMSTUDIO_MAX_TOKENS", variable("LMSTUDIO_MAX_TOKENS")), ("max_tokens", text(&written.max_tokens))];
        choice.max_tokens =
            most.into_iter().find_map(|(name, value)| number(name, value, 16.0, 65_536.0)).map_or(1024, whole);
        // Changing what Ollama has loads the model again, so it is told of the settings' context alone.
        choice.tuning.context = number("context_window", text(&written.context_window), 1024.0, 1_048_576.0).map(whole);
        let window = "LMSTUDIO_CONTEXT_WINDOW";
        choice.window = number(window, variable(window), 1024.0, 1_048_576.0).map(whole).or(choice.tuning.context);
        choice.tuning.gpu_layers = number("OLLAMA_NUM_GPU", variable("OLLAMA_NUM_GPU"), 0.0, 10_000.0).map(whole);
        choice.tuning.threads = number("OLLAMA_NUM_THREAD", variable("OLLAMA_NUM_THREAD"), 1.0, 4096.0).map(whole);
        for (dialect, prefix) in ["OLLAMA", "LMSTUDIO"].into_iter().enumerate() {
            for task in TASKS {
                let written = written.mode.get(&task);
                let name = variable(&format!("ASK_NIX_MODEL_{}", task.upper()))
                    .or_else(|| variable(&format!("{prefix}_MODEL_{}", task.upper())))
                    .or_else(|| written.and_then(|written| written.model.clone()));
                if let Some(name) = name.filter(|name| !name.chars().any(char::is_control) && name.len() <= 200) {
                    choice.models[dialect].insert(task, name.trim().to_owned());
                }
                if task == Task::Intent {
                    continue;
                }
                let variable_name = format!("{prefix}_TEMPERATURE_{}", task.upper());
                let set = number(&variable_name, variable(&variable_name), 0.0, 2.0).or_else(|| {
                    // Said once, not for each dialect.
                    let given = written.and_then(|written| text(&written.temperature));
                    if dialect == 0 { number("temperature", given, 0.0, 2.0) } else { given?.trim().parse().ok() }
                });
                if let Some(set) = set.filter(|set| (0.0..=2.0).contains(set)) {
                    choice.temperatures[dialect].insert(task, set);
                }
            }
            if let Some(name) = written.model.as_ref().filter(|name| !name.trim().is_empty()) {
                for task in TASKS {
                    // Without a model of its own `Intent` has that of `Build`, which comes before the one for all.
                    let build = choice.models[dialect].get(&Task::Build).filter(|_| task == Task::Intent).cloned();
                    choice.models[dialect]
                        .entry(task)
                        .or_insert_with(|| build.unwrap_or_else(|| name.trim().to_owned()));
                }
            }
        }
        let keep = variable("OLLAMA_KEEP_ALIVE").map(|time| ("OLLAMA_KEEP_ALIVE", time));
        if let Some((name, time)) = keep.or_else(|| Some(("keep_alive", text(&written.keep_alive)?))) {
            if is_duration(time.trim()) {
                choice.tuning.keep_alive = Some(time.trim().to_owned());
            } else {
                let time = super::clean::clean(&time, 40);
                warnings.push(format!("{name} = {time} is not a time such as 30m; it is left to the server"));
            }
        }
        (choice, warnings)
    }

    /// The model that is set for a task.
    pub(super) fn model(&self, task: Task, ollama: bool) -> Option<&str> {
        let models = &self.models[usize::from(!ollama)];
        let name = models.get(&task).or_else(|| models.get(&Task::Build).filter(|_| task == Task::Intent));
        name.map(String::as_str)
    }

    /// How free the answers to a task are.
    pub(super) fn temperature(&self, task: Task, ollama: bool) -> f64 {
        let set = self.temperatures[usize::from(!ollama)].get(&task).copied();
        set.unwrap_or(task.usual_temperature())
    }
}

/// A number that was checked to be small, as a whole one.
fn whole(number: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was checked to be in range")]
    let whole = number as u32;
    whole
}

/// A duration of Go, as Ollama reads it, or seconds; negative is for ever.
fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'h' | 'm' | 's'));
    text.len() <= 20 && digits && text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains("..")
}

/// Which server, and who says so.
fn wanted(
    option: Option<&Wanted>,
    written: &Written,
    variable: Option<String>,
    hosts: &(Option<String>, Option<String>),
    warnings: &mut Vec<String>,
) -> (Wanted, Option<&'static str>) {
    if let Some(option) = option {
        return (option.clone(), Some("--model"));
    }
    if let Some(text) = variable {
        let wanted = text.parse().unwrap_or_else(|error| {
            warnings.push(format!("ASK_NIX_MODEL: {error}; the model stays off"));
            Wanted::Off
        });
        return (wanted, Some("ASK_NIX_MODEL"));
    }
    // The hosts say where a server is; whether it is asked is for the settings to say, if they do.
    let said = written.enabled.as_deref().map(str::trim).filter(|said| !said.is_empty());
    let address = written.base_url.as_ref().is_some_and(|address| !address.trim().is_empty());
    match (said, hosts) {
        (Some("openai"), _) if address => (Wanted::Auto, Some("settings")),
        (Some("openai"), _) => {
            warnings.push("enabled = \"openai\" needs a base_url; the model stays off".to_owned());
            (Wanted::Off, Some("settings"))
        }
        (Some(text), _) => {
            let wanted = text.parse().unwrap_or_else(|error| {
                warnings.push(format!("enabled: {error}; the model stays off"));
                Wanted::Off
            });
            (wanted, Some("settings"))
        }
        (None, (Some(_), _)) => (Wanted::Auto, Some("OLLAMA_HOST")),
        (None, (_, Some(_))) => (Wanted::Auto, Some("LMSTUDIO_HOST")),
        (None, _) if address => (Wanted::Auto, Some("settings")),
        (None, _) => (Wanted::Off, None),
    }
}

/// Where to look, best first. A token goes only to the server that it was set for.
fn places(
    wanted: &Wanted,
    written: &Written,
    hosts: &(Option<String>, Option<String>),
    variable: Variable<'_>,
    warnings: &mut Vec<String>,
) -> Vec<Place> {
    let mut places = Vec::new();
    let mut add = |name: &str, text: &str, custom: Custom, token: &str| match Address::parse(text, custom) {
        Ok(address) => places.push(Place { address, token: variable(token).map(Token) }),
        Err(error) => warnings.push(format!("{name}: {error}")),
    };
    let (own, studio) = ("ASK_NIX_MODEL_TOKEN", "LM_API_TOKEN");
    let base = written.base_url.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let ollama = hosts.0.as_deref().map(|text| ("OLLAMA_HOST", text, Custom::Ollama, own));
    let lmstudio = hosts.1.as_deref().map(|text| ("LMSTUDIO_HOST", text, Custom::LmStudio, studio));
    let written_as = |custom, token| base.map(|text| ("base_url", text, custom, token));
    let (usual_ollama, usual_studio) = (("", "", Custom::Ollama, ""), ("", "", Custom::LmStudio, studio));
    let looked_for = match wanted {
        Wanted::Off => Vec::new(),
        Wanted::At(address) => {
            let token = variable(own).map(Token);
            return vec![Place { address: address.clone(), token }];
        }
        Wanted::Ollama => vec![ollama.or_else(|| written_as(Custom::Ollama, own)).unwrap_or(usual_ollama)],
        Wanted::LmStudio => vec![lmstudio.or_else(|| written_as(Custom::LmStudio, studio)).unwrap_or(usual_studio)],
        Wanted::Auto => {
            let set: Vec<_> = ollama.into_iter().chain(lmstudio).collect();
            match (set.is_empty(), written_as(Custom::Url, own)) {
                (false, _) => set,
                (true, Some(base)) => vec![base],
                (true, None) => vec![usual_ollama, usual_studio],
            }
        }
    };
    for (name, text, custom, token) in looked_for {
        add(name, text, custom, token);
    }
    places
}

#[cfg(test)]
mod tests;
