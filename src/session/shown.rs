//! What of a reply the next line may point to, and what of a person's own words led to a reading.

use super::Session;
use crate::machine::Machine;
use crate::outcome::Answer;
use crate::query::Query;
use crate::recognition::Recognition;
use crate::reply::Reply;

impl<M: Machine> Session<M> {
    /// Remembers the names that were shown, for "the second one".
    pub(super) fn note_listed(&mut self, reply: &Reply) {
        let names = reply.outcome.answers.iter().find_map(|answer| match answer {
            Answer::PackagesFound(found) => Some(found.packages.iter().map(|hit| hit.attribute.clone()).collect()),
            Answer::OptionsFound(found) => Some(found.options.iter().map(|hit| hit.option.clone()).collect()),
            Answer::Generations { generations } => {
                Some(generations.iter().map(|generation| generation.number.to_string()).collect())
            }
            _ => None,
        });
        if let Some(names) = names {
            self.context.listed = names;
        }
    }

    /// What of the person's own words led to this reading.
    pub fn own_evidence(&self, query: &Query, meant: &Recognition) -> Vec<String> {
        self.recognizer.own_evidence(query, meant)
    }
}
