//! `POST /api/v1/people`: take someone in at a window, with a first card if they wish one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Date, Refusal, day_of_date};
use city::{Command, NewCard, NewPerson};
use economy::CardKind;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Json};
use super::wire::DoneOut;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// A person to take in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonIn {
    /// As they write it.
    name: String,
    /// A telephone, if they have one.
    phone: Option<String>,
    /// `1943-05-01`, if told.
    born: Option<String>,
    /// The ten-digit code of their neighbourhood, if they live here.
    district: Option<String>,
    /// `plastic` or `phone`: a first card.
    card: Option<String>,
}

/// Take someone in.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = PersonIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<PersonIn>,
) -> Result<Response, Response> {
    let bad = |code| call.reject(Rejected::new(StatusCode::BAD_REQUEST, code));
    let texts = [Some(&body.name), body.phone.as_ref(), body.district.as_ref()];
    if texts.iter().flatten().any(|text| text.contains('\0')) {
        return Err(bad("text.nul"));
    }
    if body.phone.as_ref().is_some_and(|p| p.chars().count() > 20) {
        return Err(bad("phone.form"));
    }
    let birth_day = match &body.born {
        Some(text) => Some(day_of_date(text.parse::<Date>().map_err(|_| bad("date.form"))?)),
        None => None,
    };
    let card = match &body.card {
        Some(kind) => Some(card_kind(&call, kind)?),
        None => None,
    };
    let person = NewPerson { name: body.name, phone: body.phone, birth_day, district: body.district, card };
    let reply = call.ask(&app, Command::Enrol(person)).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

pub(super) fn card_kind(call: &Call, kind: &str) -> Result<NewCard, Response> {
    CardKind::coded(kind).map(|kind| NewCard { kind }).ok_or_else(|| call.reject(Refusal::new("card.kind")))
}
