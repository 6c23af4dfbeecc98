//! The head of every form of the window: it is a clerk's, it comes from their own page, and whom it is about is theirs to
//! see. Who is not looks just like nobody.

use axum::http::StatusCode;
use axum::response::Response;
use base::{CardId, PersonId, Refusal};
use city::CardRef;

use super::{is_clerk, sees};
use crate::frame::Visit;
use crate::pages::wallet::expired;
use crate::problem::Rejected;

/// What stands in the way of a form.
pub(super) enum Stop {
    /// Nobody behind a window.
    NoClerk,
    /// Not this one, for a reason to be told.
    Refused(Rejected),
}

impl From<Rejected> for Stop {
    fn from(rejected: Rejected) -> Stop {
        Stop::Refused(rejected)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal.into())
    }
}

impl Stop {
    /// The page that says so; `back` leads out of it.
    pub(super) fn answer(self, visit: Visit, back: &str) -> Response {
        match self {
            Stop::NoClerk => visit.at_the_door(),
            Stop::Refused(rejected) => visit.refuse(rejected, back),
        }
    }
}

/// A clerk, with a form of their own page.
pub(super) fn clerk(visit: &Visit, csrf: &str) -> Result<(), Stop> {
    if !is_clerk(visit) {
        return Err(Stop::NoClerk);
    }
    if !visit.form_holds(csrf) {
        return Err(expired().into());
    }
    Ok(())
}

/// The same with the id of somebody, whoever that is.
pub(super) fn named(visit: &Visit, csrf: &str, id: &str) -> Result<PersonId, Stop> {
    clerk(visit, csrf)?;
    id.parse().map_err(|_| Refusal::new("person.unknown").into())
}

/// The same at somebody whose record this clerk may touch.
pub(super) async fn person(visit: &Visit, csrf: &str, id: &str) -> Result<PersonId, Stop> {
    let person = named(visit, csrf, id)?;
    open(visit, person, "person.unknown").await?;
    Ok(person)
}

/// The same at somebody's card.
pub(super) async fn card(visit: &Visit, csrf: &str, id: &str) -> Result<(CardId, PersonId), Stop> {
    clerk(visit, csrf)?;
    let card = id.parse::<CardId>().ok();
    let found = card.and_then(|card| {
        let view = visit.app.city.shared.read();
        view.town.directory.card(CardRef::Id(card)).map(|found| (card, found.person))
    });
    let Some((card, person)) = found.filter(|(_, person)| sees(visit, *person)) else {
        return Err(Refusal::new("card.unknown").into());
    };
    open(visit, person, "card.unknown").await?;
    Ok((card, person))
}

/// Whether a person's record may be touched: one that is not this clerk's to see looks like none.
pub(super) async fn open(visit: &Visit, person: PersonId, unknown: &'static str) -> Result<(), Rejected> {
    let Some(actor) = visit.actor() else {
        return Err(Rejected::new(StatusCode::UNAUTHORIZED, "token.missing"));
    };
    if visit.app.city.shared.read().town.directory.holder(person).is_none() {
        return Err(Refusal::new(unknown).into());
    }
    match visit.app.lets_see(actor, person).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refusal::new(unknown).into()),
        Err(error) => Err(error.into()),
    }
}
