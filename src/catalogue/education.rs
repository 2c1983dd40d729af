//! What ask-nix teaches: `education/`, embedded; a person's own files of the same name take their place.
//!
//! Nothing is parsed until it is asked for, so a question that is not about an error costs nothing here.

mod files;
pub mod format;
pub mod outside;
pub mod repair;

use std::borrow::Cow;
use std::collections::BTreeMap;

use format::{Concept, ErrorLesson, Malformed, OperationLesson};

/// The folders of `education/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What Nix is made of: `education/concepts`.
    Concept,
    /// What went wrong: `education/errors`.
    Error,
    /// What was done: `education/operations`.
    Operation,
}

impl Kind {
    /// The folder's name.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Concept => "concepts",
            Self::Error => "errors",
            Self::Operation => "operations",
        }
    }

    fn embedded(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Concept => files::CONCEPTS,
            Self::Error => files::ERRORS,
            Self::Operation => files::OPERATIONS,
        }
    }
}

/// All lessons: the embedded ones and those that a person added.
#[derive(Clone, Debug, Default)]
pub struct Education {
    own: BTreeMap<(Kind, String), String>,
}

impl Education {
    /// Adds a person's own file, or puts it in the place of the embedded one of that id. The caller has read it.
    ///
    /// # Errors
    /// When the text is not of the form of its folder; the file is then left out and everything else still works.
    pub fn add(&mut self, kind: Kind, id: &str, text: String) -> Result<(), Malformed> {
        match kind {
            Kind::Concept => format::concept(id, &text).map(drop)?,
            Kind::Error => format::error(id, &text).map(drop)?,
            Kind::Operation => format::operation(id, &text).map(drop)?,
        }
        self.own.insert((kind, id.to_owned()), text);
        Ok(())
    }

    /// The ids of a folder, sorted.
    pub fn ids(&self, kind: Kind) -> Vec<String> {
        let own = self.own.keys().filter(|(of, _)| *of == kind).map(|(_, id)| id.clone());
        let mut ids: Vec<String> = kind.embedded().iter().map(|(id, _)| (*id).to_owned()).chain(own).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The text of a file.
    pub fn text(&self, kind: Kind, id: &str) -> Option<Cow<'static, str>> {
        if !self.own.is_empty()
            && let Some(text) = self.own.get(&(kind, id.to_owned()))
        {
            return Some(Cow::Owned(text.clone()));
        }
        let files = kind.embedded();
        let at = files.binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
        files.get(at).map(|(_, text)| Cow::Borrowed(*text))
    }

    /// The lesson about an operation, by its intent.
    pub fn operation(&self, intent: &str) -> Option<OperationLesson> {
        format::operation(intent, &self.text(Kind::Operation, intent)?).ok()
    }

    /// The lesson about an error.
    pub fn error(&self, id: &str) -> Option<ErrorLesson> {
        format::error(id, &self.text(Kind::Error, id)?).ok()
    }

    /// A concept, by its id.
    pub fn concept(&self, id: &str) -> Option<Concept> {
        format::concept(id, &self.text(Kind::Concept, id)?).ok()
    }

    /// A concept by its id or by another of its names ("flakes", "garbage collector").
    pub fn find_concept(&self, name: &str) -> Option<Concept> {
        let id: String = name.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
        self.concept(&id).or_else(|| {
            let concepts = self.ids(Kind::Concept).into_iter().filter_map(|each| self.concept(&each));
            let mut named = concepts.filter(|concept| concept.aliases.contains(&id));
            named.next()
        })
    }
}
