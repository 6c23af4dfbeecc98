//! `POST /api/v1/payments`: pay. `GET /api/v1/payments/{id}`: what became of it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, PostingNo, Refusal, Role};
use city::{Command, Reply};
use economy::Facts;
use pen::Recorded;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::{PaymentOut, card_ref};
use crate::auth::SharedApp;
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
    pub amount: i64,
    /// The PIN, at a till, above the pack's sum.
    pub pin: Option<String>,
    /// The shop's own order number, 64 characters at most.
    pub order: Option<String>,
}

impl PaymentIn {
    pub(super) fn shop(&self, role: Role) -> Result<MerchantId, Rejected> {
        match (&self.merchant, role) {
            (Some(text), _) => text.parse().map_err(|_| Refusal::new("shop.unknown").into()),
            (None, Role::Merchant(shop) | Role::Till(shop)) => Ok(shop),
            (None, _) => Err(Rejected::new(StatusCode::BAD_REQUEST, "shop.missing")),
        }
    }
}

/// Pay.
#[utoipa::path(post, path = "/api/v1/payments", tag = "payments", request_body = PaymentIn,
    params(("Idempotency-Key" = String, Header, description = "Yours, unique a wish; the same key gives the same answer for 7 days")),
    responses((status = 201, body = PaymentOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<PaymentIn>,
) -> Result<Response, Response> {
    let merchant = body.shop(call.actor.role).map_err(|r| call.reject(r))?;
    let card = card_ref(&body.card).ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    if body.order.as_ref().is_some_and(|o| o.chars().count() > 64 || o.contains('\0')) {
        return Err(call.reject(Rejected::new(StatusCode::BAD_REQUEST, "order.form")));
    }
    let command = Command::Pay { card, merchant, amount: body.amount, pin: body.pin, order: body.order };
    let reply = call.ask(&app, command).await?;
    payment_answer(&call, StatusCode::CREATED, &reply)
}

pub(super) fn payment_answer(call: &Call, status: StatusCode, reply: &Reply) -> Result<Response, Response> {
    let Reply::Done { recorded: Recorded::Posting(no), at, facts } = reply else {
        return Err(call.reject(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed")));
    };
    let payment = match facts {
        Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => payment,
        _ => return Err(call.reject(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"))),
    };
    let holder = call.actor.role == Role::Citizen(payment.person);
    Ok((status, axum::Json(PaymentOut::new(*no, *at, payment, holder))).into_response())
}

/// One payment: for its holder, its shop, an auditor or an officer.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = PaymentOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(no): Id<PostingNo>,
) -> Result<Response, Response> {
    let found = app.read(move |snapshot| snapshot.posting_alone(no)).await.map_err(|e| call.reject(e))?;
    let unknown = || call.reject(Refusal::new("payment.unknown"));
    let row = found.ok_or_else(unknown)?;
    let facts = Facts::read(&row.facts).map_err(|_| unknown())?;
    let payment = facts.payment().ok_or_else(unknown)?;
    let may = match call.actor.role {
        Role::Citizen(me) => payment.person == me,
        Role::Merchant(me) | Role::Till(me) => payment.merchant == me,
        Role::Auditor | Role::Officer => true,
        Role::Clerk | Role::System => false,
    };
    if !may {
        return Err(unknown());
    }
    let holder = matches!(call.actor.role, Role::Citizen(_));
    Ok(axum::Json(PaymentOut::new(row.no, row.at, payment, holder)).into_response())
}
