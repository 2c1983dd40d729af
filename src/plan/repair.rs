//! From an error and the names in it to the plan that mends it. The lesson of the error says what is done; here it is found
//! out whether that can be done on this machine, and safely. Where it cannot, nothing is offered.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use rapidfuzz::distance::osa;
use serde_json::Value;

use super::configure::repairs;
use super::rebuild::{Rebuild, Source};
use super::refusal::{Unplanned, needs_nix, needs_privilege, needs_to_run};
use super::{Collect, Plan, Reversal, Risk, Step, store};
use crate::catalogue::education::repair::Action as Deed;
use crate::machine::Command;
use crate::machine::facts::{Configuration, Facts};
use crate::nix::command::{FlakeTarget, Tools};
use crate::nix::modules;

/// An error that is to be mended.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What its lesson says is to be done.
    pub deed: Deed,
    /// The names in it.
    pub bindings: BTreeMap<String, Value>,
    /// Those files that it names and that are there.
    pub there: Vec<PathBuf>,
    /// The packages and options that the request named.
    pub requested: Vec<String>,
    /// What the person answered, when there was a choice.
    pub answer: Option<String>,
}

/// What the request should have said. Such a repair changes nothing: the request is made again, and planned anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Another machine of the flake.
    Host(String),
    /// Another package, or another option.
    Name {
        /// As it was asked for.
        from: String,
        /// As it is called.
        to: String,
    },
}

impl Instead {
    /// In a line.
    pub fn title(&self) -> String {
        match self {
            Self::Host(host) => format!("Take the machine {host}"),
            Self::Name { from, to } => format!("Take {to} instead of {from}"),
        }
    }
}

impl Fault {
    /// A name in the error, as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.bindings.get(name)?.as_str()
    }

    /// A number in the error.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        let value = self.bindings.get(name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        usize::try_from(number).ok()
    }

    /// The one name that is surely meant instead of a wrong one.
    pub(super) fn meant(&self, wrong: &str) -> Option<String> {
        let near = match self.bindings.get("nearest") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(name)) => vec![name.clone()],
            _ => Vec::new(),
        };
        surely(wrong, &near)
    }
}

/// The one name that is near, when no other is as near.
pub(super) fn surely(wrong: &str, near: &[String]) -> Option<String> {
    let far = |name: &&String| osa::distance(wrong.to_lowercase().chars(), name.to_lowercase().chars());
    let mut ranked: Vec<(usize, &String)> = near.iter().map(|name| (far(&name), name)).collect();
    ranked.sort();
    ranked.dedup();
    let (distance, best) = ranked.first()?;
    let alone = ranked.get(1).is_none_or(|(next, _)| next > distance);
    let close = *distance <= (wrong.chars().count() / 3).clamp(1, 3);
    (alone && close).then(|| (*best).clone())
}

/// What the request should have said, when that is what is wrong.
pub fn instead(fault: &Fault, facts: &Facts) -> Option<Instead> {
    match fault.deed {
        Deed::OtherHost => {
            let wrong = fault.text("host")?;
            let mut known = modules::hosts(facts.flake_source.as_deref().unwrap_or_default());
            known.sort();
            known.dedup();
            let host = match known.as_slice() {
                [only] => Some(only.clone()),
                several => surely(wrong, several),
            };
            host.filter(|host| host != wrong).map(Instead::Host)
        }
        Deed::OtherPackage | Deed::MendName => {
            let names = ["package", "attribute", "variable", "name"].into_iter().filter_map(|name| fault.text(name));
            let from = names.into_iter().find(|name| fault.requested.iter().any(|requested| requested == name))?;
            let to = fault.text("replacement").map(str::to_owned).or_else(|| fault.meant(from))?;
            Some(Instead::Name { from: from.to_owned(), to })
        }
        Deed::RenameOption => {
            let wrong = fault.text("option")?;
            let right = fault.text("replacement").map(str::to_owned).or_else(|| fault.meant(wrong))?;
            let mut below = fault.requested.iter().filter_map(|named| Some((named, named.strip_prefix(wrong)?)));
            let (from, rest) = below.find(|(_, rest)| rest.is_empty() || rest.starts_with('.'))?;
            Some(Instead::Name { from: from.clone(), to: format!("{right}{rest}") })
        }
        _ => None,
    }
}

/// The plan that mends it.
///
/// # Errors
/// When there is none on this machine, or the person has to choose first.
pub fn repair(fault: &Fault, facts: &Facts, tools: &Tools) -> Result<Plan, Unplanned> {
    let rebuild = Rebuild { facts, tools, allowed: &[] };
    let plan = match fault.deed {
        Deed::TrackFile => track(fault, &rebuild)?,
        Deed::FreeSpace => store::collect_garbage(facts, None)?,
        Deed::RepairStore => store::verify(facts, true)?,
        Deed::MoveAside => move_aside(fault, facts)?,
        Deed::OtherHost | Deed::OtherPackage => return Err(none()),
        Deed::AllowUnfree
        | Deed::AllowInsecure
        | Deed::KeepOne
        | Deed::RenameOption
        | Deed::MendName
        | Deed::FitType
        | Deed::RaisePriority
        | Deed::Close
        | Deed::EnableFeature
        | Deed::TrustUser => repairs::repair(fault, &rebuild)?,
    };
    needs_to_run(facts, &plan)?;
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// There is nothing that could be done here.
pub(super) fn none() -> Unplanned {
    Unplanned::Nothing("There is nothing that I could repair here.".to_owned())
}

/// Asks Nix for the whole configuration. That it now stops at something else is no reason to take the repair back; that it
/// still stops at one of these `signs` is. A sign is words that stand together in one message.
pub(super) fn evaluated(rebuild: &Rebuild<'_>, home: Option<&str>, signs: Vec<Vec<String>>) -> Step {
    let system = "[ machine.config.system.build.toplevel.drvPath ]";
    let tools = rebuild.tools;
    let command = match (rebuild.source(), home) {
        (Source::Flake(target), Some(home)) => {
            let target = FlakeTarget { host: home, ..target };
            tools.evaluate_flake(&target, "homeConfigurations", "[ machine.activationPackage.drvPath ]")
        }
        (Source::Flake(target), None) => tools.evaluate_flake(&target, "nixosConfigurations", system),
        (Source::Channels(source), _) => tools.evaluate_channels(&source, system),
    };
    Step::run("Ask Nix whether that mended it", command, Risk::Reads, Collect::Mended { signs })
}

/// The directory of the flake.
fn directory(facts: &Facts) -> Option<&Path> {
    match &facts.configuration {
        Configuration::Flake { directory, .. } => directory.as_deref(),
        _ => None,
    }
}

/// Tells Git about a file.
fn track(fault: &Fault, rebuild: &Rebuild<'_>) -> Result<Plan, Unplanned> {
    let facts = rebuild.facts;
    needs_nix(facts)?;
    let (Some(directory), Some(path)) = (directory(facts), fault.text("path")) else { return Err(none()) };
    let path = directory.join(path);
    let up = path.components().any(|part| part == Component::ParentDir);
    if up || !path.starts_with(directory) || !fault.there.contains(&path) {
        return Err(none());
    }
    let root = facts.needs_root(&directory.join(".git"));
    let git =
        |arguments: &[&str]| Command::new("git").arg("-C").path(directory).args(arguments.iter().copied()).path(&path);
    let name = path.strip_prefix(directory).unwrap_or(&path).display().to_string();
    let back = git(&["rm", "--cached", "--force", "--quiet", "--"]);
    let step = Step {
        reversal: Some(Reversal::Run { title: format!("Let Git forget {name}"), vector: back.vector(), root }),
        ..Step::run(
            &format!("Tell Git about {name}, without a commit"),
            facts.elevated(git(&["add", "--intent-to-add", "--"]), root),
            Risk::Changes,
            Collect::Nothing,
        )
    };
    let signs = vec![vec![name.clone(), "not tracked".to_owned()], vec![name.clone(), "does not exist".to_owned()]];
    Ok(Plan {
        title: format!("Let the flake see {name}"),
        steps: vec![step, evaluated(rebuild, None, signs)],
        notes: vec!["A flake in a Git repository sees only files that Git knows.".to_owned()],
        undo: Some("ask-nix undo".to_owned()),
    })
}

/// Gives a file that is in the way another name.
fn move_aside(fault: &Fault, facts: &Facts) -> Result<Plan, Unplanned> {
    let up = |path: &&Path| path.components().any(|part| part == Component::ParentDir);
    let path = fault.text("path").map(Path::new).filter(|path| path.starts_with(&facts.home) && !up(path));
    let Some(path) = path.filter(|path| fault.there.iter().any(|there| there == path)) else { return Err(none()) };
    let aside = PathBuf::from(format!("{}.before", path.display()));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let rename = |from: &Path, to: &Path| Command::new("mv").args(["-n", "-T", "--"]).path(from).path(to);
    let step = Step {
        reversal: Some(Reversal::Run {
            title: format!("Put {name} back"),
            vector: rename(&aside, path).vector(),
            root: false,
        }),
        ..Step::run(&format!("Rename {name} to {name}.before"), rename(path, &aside), Risk::Changes, Collect::Nothing)
    };
    Ok(Plan {
        title: format!("Put {} aside", path.display()),
        steps: vec![step],
        notes: vec!["Nothing in it is lost; what you want to keep of it goes into the configuration.".to_owned()],
        undo: Some("ask-nix undo".to_owned()),
    })
}

/// Whether a message is one of those that a repair was to end.
pub fn still(signs: &[Vec<String>], message: &str) -> bool {
    signs.iter().any(|sign| sign.iter().all(|word| has_word(message, word)))
}

/// Whether a text has a word that is not the beginning or the end of another one.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let ends = after.is_none_or(|after| !part(after) || after == '.');
        before.is_none_or(|before| !part(before)) && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_a_name_that_is_surely_meant_is_taken() {
        let near = names(&["services.ssh", "services.openssh"]);
        assert_eq!(surely("services.opensh", &near).as_deref(), Some("services.openssh"));
        assert_eq!(surely("firefxo", &names(&["firefox"])).as_deref(), Some("firefox"));
        assert_eq!(surely("vin", &names(&["vim", "vi"])), None, "both are as near");
        assert_eq!(surely("vin", &names(&["thunderbird"])), None);
        assert_eq!(surely("demp", &names(&["demo", "atlas"])).as_deref(), Some("demo"));
        assert_eq!(surely("x", &[]), None);
    }

    #[test]
    fn what_is_mended_is_told_by_words_of_one_message() {
        let signs = vec![names(&["services.opensh"]), names(&["vscode-1.0", "unfree"])];
        assert!(still(&signs, "The option `services.opensh' does not exist"));
        assert!(still(&signs, "The option `services.opensh.enable' does not exist"));
        assert!(!still(&signs, "The option `services.openssh' does not exist"));
        assert!(still(&signs, "Package ‘vscode-1.0’ has an unfree license"));
        assert!(!still(&signs, "Package ‘vscode-1.0’ is marked as insecure"));
    }
}
