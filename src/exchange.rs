//! One exchange with a person: a request is answered, the reply shown, and what would help now is offered.

use crate::execute::{Consent, Frontend as _};
use crate::machine::Machine;
use crate::query::Query;
use crate::reply::{Reply, Status};
use crate::session::{Session, Yes};
use crate::show::console::Console;

/// So many repairs follow one another: behind each error there may be another one.
const REPAIRS: usize = 8;

/// Answers one request, shows the reply, and offers what would help when it failed. Gives the exit status.
pub async fn exchange<M: Machine>(query: &Query, session: &mut Session<M>, console: &mut Console) -> u8 {
    let mut reply = session.answer(query, console).await;
    console.reply(&reply);
    let mut offered: Vec<String> = Vec::new();
    while let Some(title) =
        last(&reply).to_repair().map(|repair| repair.title.clone()).filter(|title| !offered.contains(title))
        && console.present()
        && !session.options.dry_run
        && offered.len() < REPAIRS
    {
        offered.push(title);
        let repaired = session.repair(console).await;
        console.reply(&repaired);
        if repaired.outcome.status != Status::Done {
            return reply.exit_code();
        }
        reply = repaired;
    }
    let offer = last(&reply).outcome.next.first();
    if let (Some(next), true) = (offer, console.present())
        && console.consent(&next.question) == Consent::Yes
    {
        // That yes was the consent to what is offered.
        let asked = session.options.yes;
        session.options.yes = asked.max(Yes::Changes);
        let reply = session.answer(&Query::new(&next.query), console).await;
        session.options.yes = asked;
        console.reply(&reply);
    }
    reply.exit_code()
}

/// The reply to the request of a line that was answered last.
fn last(reply: &Reply) -> &Reply {
    reply.then.last().map_or(reply, last)
}
