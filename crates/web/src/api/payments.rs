//! `POST /api/v1/payments`: pay. `GET /api/v1/payments/{id}`: what became of it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, PostingNo, Refusal, Role};
use city::disposal::or_unknown;
use city::{Command, OnCoupons, Reply};
use economy::Facts;
use pen::Recorded;
use rules::Pack;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::{Amount, Paid, PaymentOut, card_ref};
use crate::App;
use crate::auth::SharedApp;
use crate::duty::is_officer_for;
use crate::look::Tongue;
use crate::problem::Rejected;

/// A payment to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentIn {
    /// `crd_…`, or the 16 printed digits.
    pub card: String,
    /// The shop. A shop's own token may leave it out.
    pub merchant: Option<String>,
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    pub amount: Amount,
    /// The PIN, at a till, above the pack's sum.
    pub pin: Option<String>,
    /// The shop's own order number, 64 characters at most.
    pub order: Option<String>,
    /// At a till: won of the amount that coupons for certain goods may buy; without it, all of it.
    #[schema(value_type = Option<i64>)]
    pub eligible: Option<Amount>,
}

/// The shop named, or the one whose token it is.
pub(super) fn shop_of(named: Option<&str>, role: Role) -> Result<MerchantId, Rejected> {
    match (named, role) {
        (Some(text), _) => text.parse().map_err(|_| Refusal::new("shop.unknown").into()),
        (None, Role::Merchant(shop) | Role::Till(shop)) => Ok(shop),
        (None, _) => Err(Rejected::new(StatusCode::BAD_REQUEST, "shop.missing")),
    }
}

/// Pay.
#[utoipa::path(post, path = "/api/v1/payments", tag = "payments", request_body = PaymentIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = PaymentOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<PaymentIn>,
) -> Result<Response, Response> {
    let merchant = shop_of(body.merchant.as_deref(), call.actor.role).map_err(|r| call.reject(r))?;
    let card = card_ref(&body.card).ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    if body.order.as_ref().is_some_and(|o| o.chars().count() > 64 || o.contains('\0')) {
        return Err(call.reject(Rejected::new(StatusCode::BAD_REQUEST, "order.form")));
    }
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let (pin, order) = (body.pin, body.order);
    let command = match body.eligible {
        None => Command::Pay { card, merchant, amount, pin, order },
        Some(eligible) => {
            let eligible = eligible.whole().map_err(|r| call.reject(r))?;
            if !(0..=amount).contains(&eligible) {
                return Err(call.reject(Refusal::new("coupon.eligible")));
            }
            Command::OnCoupons(OnCoupons::PayPart { card, merchant, amount, eligible, pin, order })
        }
    };
    let reply = call.ask(&app, command).await?;
    payment_answer(&app, &call, StatusCode::CREATED, &reply)
}

pub(super) fn payment_answer(
    app: &App,
    call: &Call,
    status: StatusCode,
    reply: &Reply,
) -> Result<Response, Response> {
    let failed = || call.reject(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"));
    let Reply::Done { recorded: Recorded::Posting(no), at, facts } = reply else { return Err(failed()) };
    let (payment, reserved) = match facts {
        Facts::Authorise(payment) => (payment, true),
        Facts::Pay(payment) | Facts::Capture { payment, .. } => (payment, false),
        _ => return Err(failed()),
    };
    let (pack, day) = {
        let view = app.city.shared.read();
        (Arc::clone(&view.town.pack), view.town.zone.date(*at))
    };
    // In the words of its own day: the same key gives the same bytes, whenever it comes again.
    let t = Tongue { lang: call.lang, today: day };
    let paid = Paid { no: *no, at: *at, payment, reserved };
    Ok((status, axum::Json(shown(&pack, t, call, paid))).into_response())
}

/// One payment: for its holder, its shop, an auditor or an officer.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = PaymentOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(no): Id<PostingNo>,
) -> Result<Response, Response> {
    let found = app.read(move |snapshot| snapshot.posting_alone(no)).await.map_err(|e| call.reject(e))?;
    let unknown = || call.reject(Refusal::new("payment.unknown"));
    let disposed = app.city.shared.read().town.open.disposed;
    let row = found.ok_or_else(|| call.reject(or_unknown(disposed, no, "payment.unknown")))?;
    let facts = Facts::read(&row.facts).map_err(|_| unknown())?;
    let payment = facts.payment().ok_or_else(unknown)?;
    let may = match call.actor.role {
        Role::Citizen(me) => payment.person == me,
        Role::Merchant(me) | Role::Till(me) => payment.merchant == me,
        Role::Auditor => true,
        Role::Officer => is_officer_for(&call.actor, "refund", &app.city.shared.read().town.pack),
        Role::Clerk | Role::Organisation(_) | Role::System => false,
    };
    if !may {
        return Err(unknown());
    }
    let pack = Arc::clone(&app.city.shared.read().town.pack);
    let t = Tongue { lang: call.lang, today: call.today };
    let paid = Paid { no: row.no, at: row.at, payment, reserved: false };
    Ok(axum::Json(shown(&pack, t, &call, paid)).into_response())
}

/// As much of a payment as the caller may see.
fn shown(pack: &Pack, t: Tongue, call: &Call, paid: Paid<'_>) -> PaymentOut {
    match call.actor.role {
        // A helper who pays hears no more than a till: the purses are the holder's.
        Role::Citizen(me) if me == paid.payment.person => PaymentOut::for_holder(pack, t, paid),
        _ => PaymentOut::for_shop(pack, t, paid),
    }
}
