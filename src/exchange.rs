//! One exchange with a person: a request is answered, the reply shown, and what would help now is offered.

use crate::execute::{Consent, Frontend as _};
use crate::machine::Machine;
use crate::query::Query;
use crate::session::{Session, Yes};
use crate::show::console::Console;

/// Answers one request, shows the reply, and offers what would help when it failed. Gives the exit status.
pub async fn exchange<M: Machine>(query: &Query, session: &mut Session<M>, console: &mut Console) -> u8 {
    let reply = session.answer(query, console).await;
    console.reply(&reply);
    let offer = reply.then.last().unwrap_or(&reply).outcome.next.first();
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
