//! Changes that are gathered, each made as if the ones before it were done, until they become the steps of a plan.

use std::path::{Path, PathBuf};

use super::{AttributePath, Configuration, Plan, Rebuild, Refusal, Step, Unplanned, Value, path};
use crate::machine::Command;
use crate::machine::facts::Privilege;
use crate::nix::command::FlakeTarget;
use crate::nix::edit::look::{Said, said};
use crate::nix::edit::{Cannot, Change};
use crate::nix::modules::{Done, Home, Misplaced, ModuleFile, Obstacle, change};
use crate::operation::SwitchAction;
use crate::plan::rebuild::{Source, join};
use crate::plan::refusal::needs_privilege;
use crate::plan::repair::{evaluated, none};
use crate::plan::{Action, Collect, Content, Edit, Expectation, Reversal, Risk, Run};

/// What is going to be changed, and what the person should know about it.
pub(super) struct Draft<'a> {
    rebuild: &'a Rebuild<'a>,
    /// The home that is changed, when it is not the system itself.
    home: Option<&'a Home>,
    before: &'a [ModuleFile],
    files: Vec<ModuleFile>,
    /// What is done to each file, in words.
    deeds: Vec<Vec<Change>>,
    changes: Vec<Change>,
    /// What is done, where the changes do not say it.
    pub words: Option<String>,
    /// A file that is new, with its text.
    new: Option<(PathBuf, String)>,
    pub notes: Vec<String>,
    pub risk: Risk,
}

impl<'a> Draft<'a> {
    /// Changes of the system's files.
    pub(super) fn system(rebuild: &'a Rebuild<'a>) -> Self {
        Self::of(rebuild, None, &rebuild.facts.modules.system)
    }

    /// Changes of a home's files.
    pub(super) fn home(rebuild: &'a Rebuild<'a>, home: &'a Home) -> Self {
        Self::of(rebuild, Some(home), &home.files)
    }

    fn of(rebuild: &'a Rebuild<'a>, home: Option<&'a Home>, before: &'a [ModuleFile]) -> Self {
        let deeds = vec![Vec::new(); before.len()];
        let (files, changes, notes) = (before.to_vec(), Vec::new(), Vec::new());
        Self { rebuild, home, before, files, deeds, changes, words: None, new: None, notes, risk: Risk::Changes }
    }

    /// Drafts of the system and of all homes, with where the options of each lie.
    pub(super) fn all(rebuild: &'a Rebuild<'a>) -> Vec<(Self, AttributePath)> {
        let homes = rebuild.facts.modules.homes.iter().map(|home| {
            let draft = Self::home(rebuild, home);
            let above = draft.above();
            (draft, above)
        });
        let system = (Self::system(rebuild), AttributePath::new(Vec::<String>::new()));
        std::iter::once(system).chain(homes).collect()
    }

    /// The draft of the system or home that a file belongs to, and the file's place in it. Errors name files of a flake
    /// from its directory on.
    pub(super) fn with_file(rebuild: &'a Rebuild<'a>, named: &str) -> Option<(Self, usize)> {
        Self::all(rebuild).into_iter().find_map(|(draft, _)| {
            let is = |file: &ModuleFile| file.path == Path::new(named) || file.path.ends_with(named);
            let index = draft.files.iter().position(|file| file.fixed.is_none() && is(file))?;
            Some((draft, index))
        })
    }

    /// The places of the files that may be changed and whose text is as wanted.
    pub(super) fn indices(&self, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
        let files = self.files.iter().enumerate();
        files.filter(|(_, file)| file.fixed.is_none() && wanted(&file.text)).map(|(index, _)| index).collect()
    }

    /// What a file says by now.
    pub(super) fn text(&self, index: usize) -> &str {
        &self.files[index].text
    }

    /// What a file is called.
    pub(super) fn name(&self, index: usize) -> String {
        shown(&self.files[index].path)
    }

    /// Gives a file another text.
    pub(super) fn amend(&mut self, index: usize, text: String) {
        self.files[index].text = text;
    }

    /// The plan that mends the configuration, so that Nix does not stop at one of these signs any more. It builds nothing:
    /// what failed goes on after it.
    pub(super) fn mend(self, title: String, signs: Vec<Vec<String>>) -> Result<Plan, Unplanned> {
        let mut steps = self.edits();
        if steps.is_empty() {
            return Err(none());
        }
        let home = self.home.filter(|home| !home.in_system).map(|home| home.name.as_str());
        steps.push(evaluated(self.rebuild, home, signs));
        Ok(Plan { title, steps, notes: self.notes, undo: Some("ask-nix undo".to_owned()) })
    }

    /// What the files say about an option by now.
    pub(super) fn said(&self, option: &AttributePath) -> Vec<Said> {
        self.files.iter().flat_map(|file| said(&file.text, option)).collect()
    }

    /// Whether some file gives an option this value, always.
    pub(super) fn says(&self, option: &AttributePath, value: &Value) -> bool {
        self.said(option).iter().any(|said| said.only.is_none() && said.value.as_ref() == Some(value))
    }

    /// A new file beside the main one, which imports it.
    pub(super) fn add_file(&mut self, name: &str, text: String) -> Result<(), Refusal> {
        let import = Change::Add(path(&["imports"]), Value::File(format!("./{name}")));
        let main = self.files.iter().position(|file| file.fixed.is_none()).unwrap_or_default();
        let mut alone: Vec<ModuleFile> = self.files.get(main).cloned().into_iter().collect();
        change(&mut alone, &import).map_err(|misplaced| self.by_hand(misplaced, &import))?;
        for (file, changed) in self.files[main..].iter_mut().zip(alone) {
            *file = changed;
            self.deeds[main].push(import.clone());
        }
        self.new = Some((self.rebuild.facts.surroundings.directory.join(name), text));
        self.changes.push(import);
        Ok(())
    }

    /// Makes a change, or finds that it is so already.
    pub(super) fn make(&mut self, wanted: Change) -> Result<Done, Refusal> {
        let before: Vec<String> = self.files.iter().map(|file| file.text.clone()).collect();
        let done = change(&mut self.files, &wanted).map_err(|misplaced| self.by_hand(misplaced, &wanted))?;
        for ((file, before), deeds) in self.files.iter().zip(&before).zip(&mut self.deeds) {
            if file.text != *before {
                deeds.push(wanted.clone());
            }
        }
        if done == Done::Changed {
            self.changes.push(wanted);
        }
        Ok(done)
    }

    fn by_hand(&self, mut misplaced: Misplaced, wanted: &Change) -> Refusal {
        if misplaced.why == Obstacle::NoFile {
            misplaced.path = match &self.rebuild.facts.configuration {
                Configuration::Flake { directory: Some(directory), .. } => directory.join("flake.nix"),
                Configuration::Channels { file, .. } => file.clone(),
                _ => misplaced.path,
            };
        }
        by_hand(&misplaced, wanted)
    }

    /// Whether nothing has to change.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The plan; when nothing has to change, `already` says so instead.
    pub(super) fn plan(self, title: String, already: impl FnOnce() -> String) -> Result<Plan, Unplanned> {
        if self.is_empty() {
            return Err(Unplanned::Nothing(already()));
        }
        let mut steps = self.edits();
        let mut plan = if let Some(home) = self.home.filter(|home| !home.in_system) {
            self.activate_home(home, title, steps)?
        } else {
            steps.push(self.check());
            self.rebuild.build_and_activate(title, steps, SwitchAction::Switch, None)?
        };
        plan.notes.extend(self.notes);
        Ok(plan)
    }

    /// The plan that writes and evaluates, and leaves building and switching for later.
    pub(super) fn only_written(self, title: String) -> Result<Plan, Unplanned> {
        let mut steps = self.edits();
        steps.push(self.rebuild.evaluate_step());
        let plan = Plan { title, steps, notes: self.notes, undo: Some("ask-nix undo".to_owned()) };
        needs_privilege(self.rebuild.facts, plan.needs_root())?;
        Ok(plan)
    }

    /// The steps that make a new file, which a repository must know before Nix sees it.
    fn new_file(&self) -> Vec<Step> {
        let facts = self.rebuild.facts;
        let Some((path, text)) = &self.new else { return Vec::new() };
        let mut steps = vec![Step {
            title: format!("Write {}", shown(path)),
            reversal: Some(Reversal::File { path: path.clone(), before: None, after: None }),
            action: Action::Edit(Edit {
                path: path.clone(),
                after: Content::Text(text.clone()),
                before: None,
                root: facts.new_files_need_root(),
                risk: Risk::Changes,
            }),
        }];
        if let Some(top) = &facts.surroundings.repository {
            let git = |words: &[&str]| {
                Command::new("git").arg("-C").path(top).args(words.iter().copied()).arg("--").path(path)
            };
            let root = facts.privilege != Privilege::Root && !facts.surroundings.repository_writable;
            steps.push(Step {
                title: format!("Tell git about {}", shown(path)),
                reversal: Some(Reversal::Run {
                    title: format!("Let git forget {}", shown(path)),
                    vector: git(&["rm", "--cached", "--quiet", "--ignore-unmatch", "--force"]).vector(),
                    root,
                }),
                action: Action::Run(Run {
                    command: facts.elevated(git(&["add", "--intent-to-add"]), root),
                    risk: Risk::Changes,
                    collect: Collect::Nothing,
                }),
            });
        }
        steps
    }

    fn edits(&self) -> Vec<Step> {
        let facts = self.rebuild.facts;
        let mut steps = self.new_file();
        let changed =
            self.before.iter().zip(&self.files).zip(&self.deeds).filter(|((old, new), _)| old.text != new.text);
        steps.extend(changed.map(|((old, new), deeds)| {
            let edit = Edit {
                path: old.path.clone(),
                after: Content::Text(new.text.clone()),
                before: Some(old.text.clone()),
                root: facts.needs_root(&old.path),
                risk: self.risk,
            };
            let words = self.words.clone().unwrap_or_else(|| capital(&in_words(deeds)));
            Step {
                title: format!("{words} in {}", shown(&old.path)),
                reversal: Some(Reversal::File { path: old.path.clone(), before: None, after: None }),
                action: Action::Edit(edit),
            }
        }));
        steps
    }

    /// Where the options of these files lie.
    fn above(&self) -> AttributePath {
        match self.home {
            Some(home) if home.in_system => AttributePath::new(["home-manager", "users", &home.name]),
            _ => AttributePath::new(Vec::<String>::new()),
        }
    }

    /// Asks Nix whether the configuration can be evaluated and says what was wanted.
    fn check(&self) -> Step {
        let above = self.above();
        // What is imported is no option, and cannot be asked for.
        let options = self.changes.iter().filter(|change| change.option() != &path(&["imports"]));
        let expectations: Vec<Expectation> = options.map(|change| Expectation::of(change, &above)).collect();
        let question = Expectation::question(&expectations);
        let tools = self.rebuild.tools;
        let command = match (self.rebuild.source(), self.home.filter(|home| !home.in_system)) {
            (Source::Flake(target), Some(home)) => {
                tools.evaluate_flake(&FlakeTarget { host: &home.name, ..target }, "homeConfigurations", &question)
            }
            (Source::Flake(target), None) => tools.evaluate_flake(&target, "nixosConfigurations", &question),
            (Source::Channels(source), _) => tools.evaluate_channels(&source, &question),
        };
        Step::run("Evaluate the edited configuration", command, Risk::Reads, Collect::Holds(expectations))
    }

    /// A home that is not part of the system is built and activated by itself, without root.
    fn activate_home(&self, home: &Home, title: String, mut steps: Vec<Step>) -> Result<Plan, Unplanned> {
        let facts = self.rebuild.facts;
        let back = facts.home_generation.as_ref().map(|generation| Reversal::Run {
            title: "Activate the home that was there before".to_owned(),
            vector: vec![generation.join("activate").display().to_string()],
            root: false,
        });
        let run = |title: &str, command: Command| Step {
            reversal: back.clone(),
            ..Step::run(title, command, Risk::Changes, Collect::Nothing)
        };
        if let Source::Flake(target) = self.rebuild.source() {
            let link = facts.workshop.join("home");
            steps.push(self.check());
            let build = self.rebuild.tools.build_home(&FlakeTarget { host: &home.name, ..target }, &link);
            steps.push(Step::run("Build the new home", build, Risk::Reads, Collect::Nothing));
            if let Some(from) = &facts.home_generation {
                let action = Action::Compare { from: from.clone(), to: link.clone() };
                steps.push(Step { title: "Compare it with the present one".to_owned(), action, reversal: None });
            }
            let activate = Command::new(link.join("activate").display().to_string());
            steps.push(run("Activate it", Command { critical: true, ..activate }));
        } else {
            let switch = Command::new("home-manager").arg("switch");
            steps.push(run("Build the new home and activate it", Command { critical: true, ..switch }));
        }
        let plan = Plan { title, steps, notes: Vec::new(), undo: Some("ask-nix undo".to_owned()) };
        needs_privilege(facts, plan.needs_root())?;
        Ok(plan)
    }

    /// Whether the configuration is one of a flake.
    pub(super) fn has_flake(&self) -> bool {
        matches!(self.rebuild.facts.configuration, Configuration::Flake { .. })
    }
}

/// Changes in words: "add firefox and vlc to environment.systemPackages".
fn in_words(changes: &[Change]) -> String {
    let mut sentences: Vec<(String, Vec<String>, String)> = Vec::new();
    for change in changes {
        let (verb, what, rest) = match change {
            Change::Add(list, item) => ("add", plain(item), format!(" to {list}")),
            Change::Remove(list, item) => ("take", plain(item), format!(" out of {list}")),
            Change::Set(option, Value::Predicate(names)) => ("allow", join(names), format!(" with {option}")),
            Change::Set(option, Value::Set(_)) => ("add", option.to_string(), String::new()),
            Change::Set(option, value) => ("set", option.to_string(), format!(" to {}", plain(value))),
            Change::Unset(option) => ("remove", option.to_string(), String::new()),
        };
        match sentences.last_mut() {
            Some((last, things, end)) if last == verb && *end == rest => things.push(what),
            _ => sentences.push((verb.to_owned(), vec![what], rest)),
        }
    }
    let sentences = sentences.into_iter().map(|(verb, things, rest)| format!("{verb} {}{rest}", join(&things)));
    sentences.collect::<Vec<_>>().join("; ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Package(path) => path.to_string(),
        Value::Text(text) | Value::File(text) => text.clone(),
        Value::Predicate(names) => format!("exactly {}", join(names)),
        Value::List(items) => join(&items.iter().map(plain).collect::<Vec<_>>()),
        other => other.to_json().map(|json| json.to_string()).unwrap_or_default(),
    }
}

fn shown(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// A change that is not made, with the reason and with what a person would do.
fn by_hand(misplaced: &Misplaced, wanted: &Change) -> Refusal {
    let path = misplaced.path.display().to_string();
    let option = wanted.option();
    let lines = wanted.by_hand();
    if let Obstacle::Text(Cannot::Syntax { line }) = &misplaced.why {
        return Refusal::new(
            "syntax-error",
            format!("{path} was left as it is: it has a syntax error in line {line}."),
        )
        .with("file", path)
        .with("line", *line);
    }
    let hint = match wanted {
        Change::Add(..) | Change::Set(..) => format!("By hand it is this line, where it always holds:\n{lines}"),
        Change::Remove(..) | Change::Unset(_) => format!("By hand: {lines}"),
    };
    let refusal = Refusal::new(
        "edit-by-hand",
        format!("{option} was not changed, because of {path}: {}.\n{hint}", misplaced.why),
    );
    let refusal = refusal.with("file", path).with("option", option.to_string()).with("lines", lines);
    match &misplaced.why {
        Obstacle::Text(cannot) if cannot.line().is_some() => refusal.with("line", cannot.line().unwrap_or_default()),
        _ => refusal,
    }
}
