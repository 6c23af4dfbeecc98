//! Releases: `GET /api/v1/releases` (public: what is left, when the next opens), `POST …/{id}/claims` (first come),
//! `POST …/{id}/tickets` (by lot).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use city::coupons::instant;
use city::read::coupons::{ReleaseNow, release};
use city::{Command, OnCoupons};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, language};
use super::wire::DoneOut;
use crate::auth::SharedApp;

/// A release, as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReleaseOut {
    id: String,
    name: String,
    /// The coupon's id.
    coupon: String,
    /// Won each gets.
    each: i64,
    /// `tranches`, `draw`, or `cards`: for each full card of stamps.
    how: &'static str,
    /// Of tranches: for how many people something is left now, over all neighbourhoods.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<i64>,
    /// Of tranches: when the next opens; absent when none does. Of a draw: when it closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Of a draw: tickets so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    tickets: Option<usize>,
    /// Of a draw: SHA-256 of the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
    /// Of a draw that was made: the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    /// Of a draw that was made: what was mixed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    beacon: Option<String>,
    /// Of a draw that was made: the tickets that could not win any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<Vec<u32>>,
    /// Of a draw that was made: the winning tickets.
    #[serde(skip_serializing_if = "Option::is_none")]
    winners: Option<Vec<u32>>,
}

/// All releases.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReleasesOut {
    items: Vec<ReleaseOut>,
}

/// What is let out, what is left of it, and when the next opens.
#[utoipa::path(get, path = "/api/v1/releases", tag = "coupons", security(()), responses((status = 200, body = ReleasesOut)))]
pub(super) async fn list(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    let (lang, now) = (language(&headers), app.now());
    let view = app.city.shared.read();
    let town = &view.town;
    let moment = |moment| instant(&town.zone, moment).rfc3339();
    let items = town.pack.coupons.releases.iter().map(|one| {
        let mut out = ReleaseOut {
            id: one.id.clone(),
            name: one.name.in_lang(lang).to_owned(),
            coupon: one.coupon.clone(),
            each: one.each.0,
            how: "tranches",
            left: None,
            next: None,
            tickets: None,
            commitment: None,
            seed: None,
            beacon: None,
            out: None,
            winners: None,
        };
        match release(town, &view.books, one, None, now) {
            ReleaseNow::Parts { left, next, .. } => {
                out.left = Some(left);
                out.next = next.map(moment);
            }
            ReleaseNow::Cards { .. } => out.how = "cards",
            ReleaseNow::Lot { tickets, until, draw, .. } => {
                out.how = "draw";
                out.tickets = Some(tickets);
                out.next = Some(moment(until));
                out.commitment = draw.map(|draw| draw.commitment.clone());
                if let Some(drawn) = draw.and_then(|draw| draw.drawn.as_ref()) {
                    out.seed = Some(drawn.seed.clone());
                    out.beacon = Some(drawn.beacon.clone());
                    out.out = Some(drawn.out.clone());
                    out.winners = Some(drawn.winners.clone());
                }
            }
        }
        out
    });
    axum::Json(ReleasesOut { items: items.collect() }).into_response()
}

/// Take a part of what is let out just now.
#[utoipa::path(post, path = "/api/v1/releases/{id}/claims", tag = "coupons",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn claim(
    State(app): State<SharedApp>,
    call: Call,
    Path(release): Path<String>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let reply = call.ask(&app, Command::OnCoupons(OnCoupons::Claim { release, person })).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Ask for a ticket of a draw.
#[utoipa::path(post, path = "/api/v1/releases/{id}/tickets", tag = "coupons",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn ask(
    State(app): State<SharedApp>,
    call: Call,
    Path(release): Path<String>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let reply = call.ask(&app, Command::OnCoupons(OnCoupons::Ask { release, person })).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}
