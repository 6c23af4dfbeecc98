//! `/api/v1/cards`: a card's life, and the money of its holder. `{card}` is an id or a number.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal, Role};
use city::may::sees_person;
use city::read::people::cards_of;
use city::{CardRef, CityView, Command};
use economy::Card;
use economy::holder::mask_card_number;
use ledger::Books;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Json};
use super::people::card_kind;
use super::wallet::{PurseOut, purses};
use super::wire::{Amount, DoneOut, card_ref};
use crate::App;
use crate::auth::SharedApp;

/// A card to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardIn {
    /// `plastic` or `phone`.
    kind: String,
    /// For whom, at a window; a citizen's own when absent.
    person: Option<String>,
}

/// Issue a card.
#[utoipa::path(post, path = "/api/v1/cards", tag = "cards", request_body = CardIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn issue(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<CardIn>,
) -> Result<Response, Response> {
    call.one_of(&["citizen", "clerk"])?;
    let card = card_kind(&call, &body.kind)?;
    let person = match (&body.person, call.actor.role) {
        (Some(text), _) => text.parse().map_err(|_| call.reject(Refusal::new("person.unknown")))?,
        (None, Role::Citizen(me)) => me,
        (None, _) => return Err(call.reject(Refusal::new("person.missing"))),
    };
    let reply = call.ask(&app, Command::IssueCard { person, card }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// A card.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CardOut {
    /// `crd_…`.
    id: String,
    /// Its printed digits; all but the first and last four hidden.
    number: String,
    /// `plastic` or `phone`.
    kind: &'static str,
    /// `active`, `frozen`, `lost`, `closed` or `locked`.
    state: &'static str,
    /// Its holder.
    person: String,
    /// Won in all the holder's purses: money belongs to the person, not to the card. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<i64>,
    /// The purses. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    purses: Option<Vec<PurseOut>>,
}

impl CardOut {
    fn new(view: &CityView, books: &Books, card: &Card, for_holder: bool) -> CardOut {
        let purses = for_holder.then(|| purses(view, books, card.person));
        CardOut {
            id: card.id.to_string(),
            number: mask_card_number(card.number),
            kind: card.kind.code(),
            state: card.state.code(),
            person: card.person.to_string(),
            balance: purses.as_ref().map(|purses| purses.iter().map(PurseOut::balance).sum()),
            purses,
        }
    }
}

/// One's own cards.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CardsOut {
    /// The newest first.
    items: Vec<CardOut>,
}

/// One's own cards, the newest first.
#[utoipa::path(get, path = "/api/v1/cards", tag = "cards",
    responses((status = 200, body = CardsOut)))]
pub(super) async fn list(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let me = call.citizen()?;
    let issued = app.read(move |snapshot| cards_of(snapshot, me)).await.map_err(|e| call.reject(e))?;
    let view = app.city.shared.read();
    let cards = issued.iter().filter_map(|one| view.town.directory.card(CardRef::Id(one.id)));
    let items = cards.map(|card| CardOut::new(&view.town, &view.books, card, true)).collect();
    Ok(axum::Json(CardsOut { items }).into_response())
}

/// One card: for its holder, and for a window.
#[utoipa::path(get, path = "/api/v1/cards/{card}", tag = "cards", params(("card" = String, Path)),
    responses((status = 200, body = CardOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    let (out, person) = {
        let view = app.city.shared.read();
        let known = card.and_then(|card| view.town.directory.card(card));
        let out = match (known, call.actor.role) {
            (Some(card), Role::Citizen(me)) if card.person == me => {
                Ok((CardOut::new(&view.town, &view.books, card, true), card.person))
            }
            (Some(card), Role::Clerk) if sees_person(&call.actor, card.person, &view.town.directory) => {
                Ok((CardOut::new(&view.town, &view.books, card, false), card.person))
            }
            (_, Role::Citizen(_) | Role::Clerk) => Err(call.reject(Refusal::new("card.unknown"))),
            _ => Err(call.needs(&["citizen", "clerk"])),
        };
        out?
    };
    call.look_at(&app, person, "api.card", "service").await?;
    Ok(axum::Json(out).into_response())
}

/// Whose a card is, if the caller may act on it: another citizen's looks like one that doesn't exist.
pub(super) fn holder(app: &App, call: &Call, card: Option<CardRef>) -> Result<PersonId, Response> {
    let view = app.city.shared.read();
    card.and_then(|card| view.town.directory.card(card))
        .map(|card| card.person)
        .filter(|person| match call.actor.role {
            Role::Citizen(me) => me == *person,
            _ => sees_person(&call.actor, *person, &view.town.directory),
        })
        .ok_or_else(|| call.reject(Refusal::new("card.unknown")))
}

/// A top-up to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TopUpIn {
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    amount: Amount,
}

/// Put money on.
#[utoipa::path(post, path = "/api/v1/cards/{card}/top-ups", tag = "cards", request_body = TopUpIn,
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn top_up(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
    Json(body): Json<TopUpIn>,
) -> Result<Response, Response> {
    call.one_of(&["citizen", "clerk"])?;
    let person = holder(&app, &call, card)?;
    // The answer tells the holder's balance.
    call.look_at(&app, person, "api.change", "service").await?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let reply = call.ask(&app, Command::TopUp { person, amount }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Withdraw what is left, once enough of the last top-up is used.
#[utoipa::path(post, path = "/api/v1/cards/{card}/withdrawals", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn withdraw(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    call.citizen()?;
    let person = holder(&app, &call, card)?;
    let reply = call.ask(&app, Command::Withdraw { person }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// The card that the path names, if it could be one. Who asks comes first: it is looked at after [`Call`].
pub(super) struct At(pub(super) Option<CardRef>);

impl FromRequestParts<SharedApp> for At {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<At, Infallible> {
        let text = Path::<String>::from_request_parts(parts, app).await;
        Ok(At(text.ok().and_then(|Path(text)| card_ref(&text))))
    }
}

async fn on_card(
    app: SharedApp,
    call: Call,
    card: Option<CardRef>,
    command: impl FnOnce(CardRef) -> Command,
) -> Result<Response, Response> {
    let card = card.ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    let known = app.city.shared.read().town.directory.card(card).map(|card| card.person);
    if let (Some(person), Role::Clerk) = (known, call.actor.role) {
        // The answer tells whose card it is.
        call.look_at(&app, person, "api.change", "service").await?;
    }
    let reply = call.ask(&app, command(card)).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}

/// Stop a card for now.
#[utoipa::path(post, path = "/api/v1/cards/{card}/freeze", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn freeze(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Freeze { card }).await
}

/// Let it pay again.
#[utoipa::path(post, path = "/api/v1/cards/{card}/unfreeze", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn unfreeze(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Unfreeze { card }).await
}

/// Report it lost and issue another.
#[utoipa::path(post, path = "/api/v1/cards/{card}/reissue", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn reissue(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Replace { card }).await
}

/// Close it.
#[utoipa::path(post, path = "/api/v1/cards/{card}/close", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn close(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::CloseCard { card }).await
}

/// A PIN to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinIn {
    /// Four to six digits.
    pin: String,
}

/// Set its PIN.
#[utoipa::path(post, path = "/api/v1/cards/{card}/pin", tag = "cards", request_body = PinIn,
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn set_pin(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
    Json(body): Json<PinIn>,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::SetPin { card, pin: body.pin }).await
}
