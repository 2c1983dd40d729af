//! Asking a server that was found, in its dialect.

use std::time::Duration;

use super::chat::{Ask, Listed, Said, natural_choice};
use super::choice::{Choice, Task};
use super::clean::Cleaner;
use super::find::{Found, Kind};
use super::http::Deadline;
use super::lines::Lines;
use super::trouble::Trouble;
use super::{Explained, ollama, openai};

/// How long a model that is loaded may take, in seconds.
const PATIENCE: u64 = 30;
/// How long one may take that is not, or of which nobody says: many gigabytes from a slow disk.
const COLD_PATIENCE: u64 = 120;
/// How long prose may take, which is seen as it comes and can be stopped at any time.
const PROSE_PATIENCE: u64 = 300;
/// Nobody reads more at once, in bytes.
const LONGEST_PROSE: usize = 40_000;

impl Found {
    /// Whether Ollama's own dialect is spoken.
    pub(super) fn is_ollama(&self) -> bool {
        self.kind == Kind::Ollama
    }

    /// The model for a task: the one that was set, which must be there, else the natural one.
    pub(super) fn model(&self, choice: &Choice, task: Task) -> Result<&Listed, Trouble> {
        let Some(set) = choice.model(task, self.is_ollama()) else {
            return natural_choice(&self.models).ok_or(Trouble::NoModel);
        };
        let same = |model: &&Listed| {
            // Without a tag Ollama means the newest.
            model.name == set || self.is_ollama() && model.name.strip_suffix(":latest") == Some(set)
        };
        if self.is_ollama() && ollama::is_cloud(set) {
            return Err(Trouble::Cloud { name: set.to_owned() });
        }
        let Some(found) = self.models.iter().find(same) else {
            let installed = self.models.iter().filter(|model| model.usable()).map(|model| model.name.clone()).collect();
            return Err(Trouble::Missing { name: set.to_owned(), installed });
        };
        if found.cloud { Err(Trouble::Cloud { name: set.to_owned() }) } else { Ok(found) }
    }

    /// The whole answer to a question.
    pub(super) async fn answer(&self, ask: &Ask<'_>, deadline: Deadline) -> Result<Said, Trouble> {
        let said = if self.is_ollama() {
            ollama::answer(&self.http.post(ollama::CHAT, &ollama::question(ask), deadline).await?)?
        } else {
            openai::answer(
                &self.http.post(openai::CHAT, &openai::question(ask), deadline).await?,
                ask.schema.is_some(),
            )?
        };
        match &said.model {
            // A server may send the question on to a model that was not asked.
            Some(name) if ollama::is_cloud(name) => Err(Trouble::Cloud { name: super::clean::clean(name, 100) }),
            _ => Ok(said),
        }
    }

    /// An answer in prose, handed over piece by piece, cleaned.
    pub(super) async fn tell(
        &self,
        ask: &Ask<'_>,
        deadline: Deadline,
        hear: &mut dyn FnMut(&str),
    ) -> Result<Explained, Trouble> {
        type Read = fn(&[u8]) -> Result<super::chat::Piece, Trouble>;
        let (path, question, read) = if self.is_ollama() {
            (ollama::CHAT, ollama::question(ask), ollama::piece as Read)
        } else {
            (openai::CHAT, openai::question(ask), openai::piece as Read)
        };
        let mut body = self.http.stream(path, &question, deadline).await?;
        let mut lines = Lines::default();
        let mut cleaner = Cleaner::default();
        let mut told = Explained::default();
        let mut end = None;
        loop {
            let bytes = body.next().await?;
            let complete = match &bytes {
                Some(bytes) => lines.feed(bytes.as_ref())?,
                // What stands behind the last line end is a line, too.
                None => vec![std::mem::take(&mut lines).rest()],
            };
            for line in complete {
                let piece = read(&line)?;
                let shown = cleaner.feed(&piece.text);
                if !shown.is_empty() {
                    hear(&shown);
                    told.text.push_str(&shown);
                }
                end = piece.end.or(end);
                if piece.last {
                    told.cut = end.unwrap_or(false);
                    return Ok(told);
                }
            }
            if told.text.len() > LONGEST_PROSE {
                told.cut = true;
                return Ok(told);
            }
            if bytes.is_none() {
                // A stream that says how it ended is whole, also without its last mark.
                told.cut = end.ok_or(Trouble::BrokeOff)?;
                return Ok(told);
            }
        }
    }
}

/// When an answer about a model must be there.
pub(super) fn deadline(choice: &Choice, model: &Listed) -> Deadline {
    let usual = if model.loaded == Some(true) { PATIENCE } else { COLD_PATIENCE };
    Deadline::within(Duration::from_secs(choice.timeout.unwrap_or(usual)))
}

/// When prose must have come to its end.
pub(super) fn prose_deadline(choice: &Choice) -> Deadline {
    Deadline::within(Duration::from_secs(choice.timeout.unwrap_or(0).max(PROSE_PATIENCE)))
}
