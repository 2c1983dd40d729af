//! The index as a request: no words lead to it, so the reply names no intent.

use super::Session;
use crate::execute::Frontend;
use crate::machine::Machine;
use crate::recognition::Recognition;
use crate::reply::Reply;

impl<M: Machine> Session<M> {
    /// Brings the index up to date, or says how it is.
    pub async fn index(&mut self, update: bool, frontend: &mut dyn Frontend) -> Reply {
        let (query, intent) = if update { ("index update", "update_index") } else { ("index status", "index_status") };
        let request = Recognition { intent: intent.to_owned(), confidence: 1.0, ..Recognition::default() };
        Reply { recognition: None, ..self.answer_recognition(query, request, frontend, false).await }
    }
}
