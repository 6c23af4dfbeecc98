//! `GET /api/v1/giving` (public), `GET /api/v1/giving/receipts/{serial}/became` (whoever holds the receipt); one's own: `GET`, `POST
//! /api/v1/giving/standing`, `POST …/stop`, `POST /api/v1/giving/gifts`, `GET /api/v1/giving/receipts`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base::{Refusal, Role};
use city::disposal::or_unknown;
use city::giving::Receipt;
use city::read::giving::{became, gifts_on, purposes, receipt_by, receipts_of, spendings};
use city::{Command, OnGiving};
use economy::facts::Giver;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Json, Params, language};
use super::wire::{Amount, DoneOut};
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// Receipts of a list.
const LISTED: i64 = 100;

/// A purpose, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PurposeOut {
    /// Its number: what a gift names.
    purpose: u16,
    name: String,
    /// Won given to it.
    given: i64,
    /// Won spent on it.
    spent: i64,
    /// Won left.
    left: i64,
}

/// All gifts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GivingOut {
    /// Who collects, spends, and gives receipts.
    collector: String,
    /// People who gave.
    people: usize,
    /// Shops that gave.
    shops: usize,
    /// Won given.
    given: i64,
    /// Won spent.
    spent: i64,
    /// Won left.
    left: i64,
    purposes: Vec<PurposeOut>,
}

/// What was given, what for, and what of it is spent.
#[utoipa::path(get, path = "/api/v1/giving", tag = "giving", security(()), responses((status = 200, body = GivingOut)))]
pub(super) async fn show(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    let lang = language(&headers);
    let view = app.city.shared.read();
    let sums = purposes(&view.town, &view.books);
    let (people, shops) = view.town.directory.giving.given().givers();
    let collector = view.town.pack.giving.as_ref().map(|rules| rules.collector.name.in_lang(lang));
    let given: i64 = sums.iter().map(|sums| sums.given).sum();
    let spent: i64 = sums.iter().map(|sums| sums.spent).sum();
    let purposes = sums.iter().map(|sums| PurposeOut {
        purpose: sums.number,
        name: sums.name.in_lang(lang).to_owned(),
        given: sums.given,
        spent: sums.spent,
        left: sums.left(),
    });
    let purposes = purposes.collect();
    let collector = collector.unwrap_or_default().to_owned();
    axum::Json(GivingOut { collector, people, shops, given, spent, left: given - spent, purposes })
        .into_response()
}

/// What stands on a receipt besides its number.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Word {
    /// The word printed on it: a number alone opens nothing.
    word: String,
}

/// A spending that a gift became part of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BecameOut {
    /// `pst_…`
    posting: String,
    /// What the money bought.
    what: String,
    /// Who was paid.
    payee: String,
    /// Won of this receipt in it.
    amount: i64,
    /// What it became, once that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
}

/// A receipt, followed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FollowedOut {
    serial: String,
    /// When it was given.
    issued: String,
    /// Gifts on it.
    gifts: i64,
    /// Won on it.
    amount: i64,
    parts: Vec<BecameOut>,
    /// Won not spent yet.
    waiting: i64,
    /// Won that went back with a refund.
    back: i64,
}

/// What the gifts on a receipt became. For whoever holds it and is known here; it names nobody. The page `/giving/follow` is everybody's.
#[utoipa::path(get, path = "/api/v1/giving/receipts/{serial}/became", tag = "giving",
    params(("serial" = String, Path), Word), responses((status = 200, body = FollowedOut)))]
pub(super) async fn follow(
    State(app): State<SharedApp>,
    call: Call,
    Id(serial): Id<String>,
    Params(asked): Params<Word>,
) -> Result<Response, Response> {
    let unknown = || call.reject(Rejected::new(StatusCode::NOT_FOUND, "giving.receipt-unknown"));
    let word = asked.word.trim().to_uppercase();
    if [&serial, &word].iter().any(|text| text.contains('\0') || text.len() > 64) {
        return Err(unknown());
    }
    let read = app.read(move |snapshot| {
        let Some(receipt) = receipt_by(snapshot, &serial, &word)? else { return Ok(None) };
        Ok(Some((gifts_on(snapshot, &receipt.serial)?, spendings(snapshot)?, receipt)))
    });
    let found = read.await.map_err(|error| call.reject(error))?;
    let (gifts, spendings, receipt) = found.ok_or_else(unknown)?;
    let view = app.city.shared.read();
    // What the gifts were is gone with the years they were of; the receipt itself stays.
    let disposed = view.town.open.disposed;
    if let Some(gone) =
        disposed.filter(|_| i64::try_from(gifts.len()).is_ok_and(|found| found < receipt.gifts))
    {
        return Err(call.reject(or_unknown(disposed, gone.last, "giving.receipt-unknown")));
    }
    let followed = became(gifts.iter().map(|gift| &gift.part), &view.town.directory.giving, &spendings);
    let part = |(at, amount): &(usize, i64)| {
        let spending = spendings.get(*at)?;
        Some(BecameOut {
            posting: spending.no.to_string(),
            what: spending.what.clone(),
            payee: spending.payee.clone(),
            amount: *amount,
            outcome: spending.outcome.clone(),
        })
    };
    let out = FollowedOut {
        serial: receipt.serial.clone(),
        issued: receipt.issued.rfc3339(),
        gifts: receipt.gifts,
        amount: receipt.amount,
        parts: followed.parts.iter().filter_map(part).collect(),
        waiting: followed.waiting,
        back: followed.back,
    };
    Ok(axum::Json(out).into_response())
}

/// A standing gift.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingOut {
    /// The share of each cashback, in hundredths of a percent; 0: nothing is given.
    share_basis_points: i64,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<u16>,
    /// Whether the name may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    named: Option<bool>,
}

/// One's own standing gift.
#[utoipa::path(get, path = "/api/v1/giving/standing", tag = "giving",
    responses((status = 200, body = StandingOut)))]
pub(super) async fn standing(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let me = call.citizen()?;
    let view = app.city.shared.read();
    let own = view.town.directory.giving.standing(me).copied();
    let out = StandingOut {
        share_basis_points: own.map_or(0, |own| own.share),
        purpose: own.map(|own| own.purpose),
        named: own.map(|own| own.named),
    };
    Ok(axum::Json(out).into_response())
}

/// A share of each cashback to give from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StandingIn {
    /// Hundredths of a percent: 10000 is all of it.
    share_basis_points: i64,
    /// A purpose's number; absent: the town's common ones.
    #[serde(default)]
    purpose: u16,
    /// Whether the name may be told; absent: it may not.
    #[serde(default)]
    named: bool,
}

/// Give a share of each cashback from now on.
#[utoipa::path(post, path = "/api/v1/giving/standing", tag = "giving", request_body = StandingIn,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = DoneOut)))]
pub(super) async fn stand(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<StandingIn>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    // What ends it has a call of its own.
    if body.share_basis_points == 0 {
        return Err(call.reject(Refusal::new("giving.share")));
    }
    let (share, purpose, named) = (body.share_basis_points, body.purpose, body.named);
    let command = Command::OnGiving(OnGiving::Stand { person, share, purpose, named });
    let reply = call.ask(&app, command).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}

/// Give no share any more.
#[utoipa::path(post, path = "/api/v1/giving/standing/stop", tag = "giving",
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = DoneOut)))]
pub(super) async fn stop(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let person = call.citizen()?;
    let command = OnGiving::Stand { person, share: 0, purpose: rules::Giving::GENERAL, named: false };
    let reply = call.ask(&app, Command::OnGiving(command)).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}

/// An amount of cashback to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OnceIn {
    /// Whole won of one's own cashback.
    #[schema(value_type = i64)]
    amount: Amount,
    /// A purpose's number; absent: the town's common ones.
    #[serde(default)]
    purpose: u16,
    /// Whether the name may be told; absent: it may not.
    #[serde(default)]
    named: bool,
}

/// Give an amount of cashback, once.
#[utoipa::path(post, path = "/api/v1/giving/gifts", tag = "giving", request_body = OnceIn,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = DoneOut)))]
pub(super) async fn once(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<OnceIn>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let (purpose, named) = (body.purpose, body.named);
    let command = Command::OnGiving(OnGiving::Once { person, amount, purpose, named });
    let reply = call.ask(&app, command).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// A receipt that was given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GiftReceiptOut {
    /// Its number.
    serial: String,
    /// Its word: with the number, it can be followed.
    word: String,
    issued: String,
    /// Gifts on it.
    gifts: i64,
    /// Won on it.
    amount: i64,
    /// How often it was printed.
    prints: i64,
}

/// Receipts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GiftReceiptsOut {
    items: Vec<GiftReceiptOut>,
}

/// One's own receipts: a citizen's, or a shop's.
#[utoipa::path(get, path = "/api/v1/giving/receipts", tag = "giving",
    responses((status = 200, body = GiftReceiptsOut)))]
pub(super) async fn receipts(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let giver = match call.actor.role {
        Role::Citizen(me) => Giver::Person(me),
        Role::Merchant(me) => Giver::Shop(me),
        _ => return Err(call.needs(&["citizen", "merchant"])),
    };
    let found = app.read(move |snapshot| receipts_of(snapshot, giver, LISTED)).await;
    let out = |receipt: Receipt| GiftReceiptOut {
        serial: receipt.serial,
        word: receipt.word,
        issued: receipt.issued.rfc3339(),
        gifts: receipt.gifts,
        amount: receipt.amount,
        prints: receipt.copies,
    };
    let items = found.map_err(|error| call.reject(error))?.into_iter().map(out).collect();
    Ok(axum::Json(GiftReceiptsOut { items }).into_response())
}
