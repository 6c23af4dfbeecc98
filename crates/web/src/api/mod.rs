//! The API under `/api/v1`: one endpoint a file. Each parses, authenticates, asks the city, and answers.

mod authorisations;
mod books;
mod call;
mod cards;
mod gifts;
mod merchants;
mod noop;
mod openapi;
mod payments;
mod people;
mod postings;
mod records;
mod refunds;
mod rehearsals;
mod top_ups;
mod town;
mod wallet;
mod wire;
mod withdrawals;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use call::language;

use crate::auth::SharedApp;

/// All routes of the API. `measuring` adds the endpoint that only parses.
pub(crate) fn routes(measuring: bool) -> Router<SharedApp> {
    let router = Router::new()
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/v1/payments", post(payments::create))
        .route("/api/v1/payments/{id}", get(payments::show))
        .route("/api/v1/payments/{id}/refunds", post(refunds::create))
        .route("/api/v1/authorisations", post(authorisations::create))
        .route("/api/v1/authorisations/{id}/capture", post(authorisations::capture))
        .route("/api/v1/authorisations/{id}/void", post(authorisations::void))
        .route("/api/v1/top-ups", post(top_ups::create))
        .route("/api/v1/gifts", post(gifts::create))
        .route("/api/v1/withdrawals", post(withdrawals::create))
        .route("/api/v1/wallet", get(wallet::show))
        .route("/api/v1/people", post(people::create))
        .route("/api/v1/people/{id}/cards", post(cards::issue))
        .route("/api/v1/people/{id}/facts", get(records::facts::list).post(records::facts::create))
        .route("/api/v1/people/{id}/facts/{fact}/strike", post(records::facts::strike))
        .route("/api/v1/people/{id}/consents", get(records::consents::list).post(records::consents::create))
        .route("/api/v1/people/{id}/consents/withdraw", post(records::consents::withdraw))
        .route("/api/v1/people/{id}/helpers", get(records::helpers::list).post(records::helpers::create))
        .route("/api/v1/people/{id}/helpers/{help}/revoke", post(records::helpers::revoke))
        .route("/api/v1/people/{id}/links", get(records::links::list).post(records::links::create))
        .route("/api/v1/people/{id}/links/{other}/unlink", post(records::links::remove))
        .route("/api/v1/cards/{card}/freeze", post(cards::freeze))
        .route("/api/v1/cards/{card}/unfreeze", post(cards::unfreeze))
        .route("/api/v1/cards/{card}/replace", post(cards::replace))
        .route("/api/v1/cards/{card}/close", post(cards::close))
        .route("/api/v1/cards/{card}/pin", post(cards::set_pin))
        .route("/api/v1/merchants", post(merchants::create))
        .route("/api/v1/merchants/{id}", get(merchants::show))
        .route("/api/v1/merchants/{id}/close", post(merchants::close))
        .route("/api/v1/town", get(town::show))
        .route("/api/v1/postings/{id}", get(postings::show))
        .route("/api/v1/books", get(books::show))
        .route("/api/v1/rehearsals", post(rehearsals::create));
    if measuring { router.route("/api/v1/noop", post(noop::noop)) } else { router }
}
