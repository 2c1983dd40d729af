//! The form of the files in `education/`: a head in TOML between two lines of `+++`, then parts under `## ` headings in
//! a fixed order. Pure: text in, value out.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::repair::Repair;

/// What is wrong with a file of `education/`.
#[derive(Debug, Error)]
pub enum Malformed {
    /// There is no head.
    #[error("{file}: the file must begin with a head between two lines of +++")]
    NoHead {
        /// The id of the file.
        file: String,
    },
    /// The head is no good TOML, or has a key that is not known here.
    #[error("{file}: the head: {reason}")]
    Head {
        /// The id of the file.
        file: String,
        /// What the parser says, with the line.
        reason: String,
    },
    /// The parts are not those of its folder.
    #[error("{file}: the parts must be {wanted}, in this order and none of them empty; found {found}")]
    Parts {
        /// The id of the file.
        file: String,
        /// Their headings.
        wanted: String,
        /// The headings that are there.
        found: String,
    },
}

/// What is taught beside a result.
#[derive(Clone, Debug)]
pub struct OperationLesson {
    /// The intent.
    pub id: String,
    /// In one line.
    pub title: String,
    /// Concepts to read about.
    pub learn: Vec<String>,
    /// What a person would have typed; `{placeholders}` are slots.
    pub command: String,
    /// What was done.
    pub what: String,
    /// Why it is done so.
    pub why: String,
    /// What to do next.
    pub next: String,
}

/// What is taught beside a failure, and how the failure is recognised.
#[derive(Clone, Debug)]
pub struct ErrorLesson {
    /// The id; a public name.
    pub id: String,
    /// The head.
    pub head: ErrorHead,
    /// What went wrong.
    pub what: String,
    /// Why it happened.
    pub why: String,
    /// How to mend it: list items, each with its commands and snippets.
    pub fix: String,
    /// What to take along.
    pub learn: String,
}

/// What stands between the `+++` of an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorHead {
    /// In one line, with `{bindings}`.
    pub title: String,
    /// Concepts to read about.
    #[serde(default)]
    pub learn: Vec<String>,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// What mends it, where that can be done for the person.
    #[serde(default)]
    pub repair: Option<Repair>,
    /// Texts that this lesson is for, and no other.
    pub sample: Vec<String>,
    /// How it is recognised.
    #[serde(default, rename = "match")]
    pub matches: Vec<Match>,
    /// Further names to read from around the error.
    #[serde(default)]
    pub bind: Vec<Bind>,
}

/// Whether something failed or only deserves a look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something failed.
    #[default]
    Error,
    /// It went on, and the person should know.
    Warning,
    /// It is said at nearly every run, and matters when nothing else was said.
    Note,
}

/// Where a pattern looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// The innermost message of an error of Nix.
    #[default]
    Message,
    /// A warning.
    Warning,
    /// The log of a build that failed.
    Log,
    /// A line that some program printed.
    Text,
    /// The frames around an error, asked only when its message said nothing to any lesson.
    Trace,
}

/// One way to recognise an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Words of which one must be there before the pattern is tried; on one line, so that they are found fast.
    pub contains: Vec<String>,
    /// A regular expression; its named groups are bindings, `«name»` is a name between quotes of any kind.
    pub pattern: String,
    /// Where it looks.
    #[serde(default)]
    pub on: On,
    /// Words that must not be there.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Words of which one must be elsewhere in the evidence.
    #[serde(default)]
    pub with: Vec<String>,
    /// Words that must not be anywhere in the evidence.
    #[serde(default)]
    pub without: Vec<String>,
    /// Counts only when nothing else was found: a line that programs also print when nothing is wrong.
    #[serde(default)]
    pub weak: bool,
}

/// A name that is read from around the error; the last occurrence counts, and what is bound already stays.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bind {
    /// As in [`Match`].
    pub pattern: String,
    /// Where it looks.
    #[serde(default)]
    pub on: On,
}

/// A thing that Nix is made of.
#[derive(Clone, Debug)]
pub struct Concept {
    /// The id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Other names that people use, with `-` for spaces.
    pub aliases: Vec<String>,
    /// Concepts beside it.
    pub see: Vec<String>,
    /// What it is.
    pub what: String,
    /// What it is good for.
    pub why: String,
    /// Something to try.
    pub try_it: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationHead {
    title: String,
    #[serde(default)]
    learn: Vec<String>,
    command: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConceptHead {
    title: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    see: Vec<String>,
}

/// Reads a lesson about an operation.
///
/// # Errors
/// When the text is not of this form.
pub fn operation(id: &str, text: &str) -> Result<OperationLesson, Malformed> {
    let (head, body): (OperationHead, _) = head(id, text)?;
    let [what, why, next] = parts(id, body, ["What", "Why", "Next"])?;
    let OperationHead { title, learn, command } = head;
    Ok(OperationLesson { id: id.to_owned(), title, learn, command, what, why, next })
}

/// Reads a lesson about an error.
///
/// # Errors
/// When the text is not of this form.
pub fn error(id: &str, text: &str) -> Result<ErrorLesson, Malformed> {
    let (head, body) = head(id, text)?;
    let [what, why, fix, learn] = parts(id, body, ["What", "Why", "Fix", "Learn"])?;
    Ok(ErrorLesson { id: id.to_owned(), head, what, why, fix, learn })
}

/// Reads a concept.
///
/// # Errors
/// When the text is not of this form.
pub fn concept(id: &str, text: &str) -> Result<Concept, Malformed> {
    let (head, body): (ConceptHead, _) = head(id, text)?;
    let [what, why, try_it] = parts(id, body, ["What", "Why", "Try it"])?;
    let ConceptHead { title, aliases, see } = head;
    Ok(Concept { id: id.to_owned(), title, aliases, see, what, why, try_it })
}

/// The text of the head, and what follows it.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("+++\n")?;
    let end = rest.find("\n+++\n")?;
    Some((rest.get(..end)?, rest.get(end + 5..)?))
}

fn head<'a, T: DeserializeOwned>(id: &str, text: &'a str) -> Result<(T, &'a str), Malformed> {
    let (head, body) = split(text).ok_or_else(|| Malformed::NoHead { file: id.to_owned() })?;
    let head =
        toml::from_str(head).map_err(|error| Malformed::Head { file: id.to_owned(), reason: error.to_string() })?;
    Ok((head, body))
}

fn parts<const N: usize>(id: &str, body: &str, wanted: [&str; N]) -> Result<[String; N], Malformed> {
    let mut found: Vec<(&str, String)> = Vec::with_capacity(N);
    let mut fenced = false;
    for line in body.lines() {
        fenced ^= line.trim_start().starts_with("```");
        match (line.strip_prefix("## "), found.last_mut()) {
            (Some(heading), _) if !fenced => found.push((heading.trim(), String::new())),
            (_, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (_, None) if line.trim().is_empty() => {}
            (_, None) => found.push(("text without a heading", line.to_owned())),
        }
    }
    let headings: Vec<&str> = found.iter().map(|(heading, _)| *heading).collect();
    let whole = headings == wanted && found.iter().all(|(_, text)| !text.trim().is_empty());
    let texts: Vec<String> = found.iter().map(|(_, text)| text.trim().to_owned()).collect();
    match texts.try_into() {
        Ok(texts) if whole => Ok(texts),
        _ => Err(Malformed::Parts { file: id.to_owned(), wanted: wanted.join(", "), found: headings.join(", ") }),
    }
}
