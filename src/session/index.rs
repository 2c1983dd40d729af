//! The index as a request: no words lead to it, so the reply names no intent.

use super::Session;
use crate::execute::Frontend;
use crate::machine::Machine;
use crate::recognition::Recognition;
use crate::reply::Reply;

impl<M: Machine> Session<M> {
    /// Says how the index is, or brings it up to date; `update` says whether the network may be used for that.
    pub async fn index(&mut self, update: Option<bool>, frontend: &mut dyn Frontend) -> Reply {
        let mut request = Recognition { confidence: 1.0, ..Recognition::default() };
        let query = if let Some(download) = update {
            "update_index".clone_into(&mut request.intent);
            request.slots.insert("download".to_owned(), download.into());
            "index update"
        } else {
            "index_status".clone_into(&mut request.intent);
            "index status"
        };
        Reply { recognition: None, ..self.answer_recognition(query, request, frontend, false).await }
    }
}
