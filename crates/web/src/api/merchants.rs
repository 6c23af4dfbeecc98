//! `POST /api/v1/merchants`: take a shop in. `GET …/{id}`: what anyone may know of it. `POST …/{id}/close`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, Refusal, Won};
use city::{Command, NewMerchant};
use economy::business_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::DoneOut;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// A shop to take in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MerchantIn {
    /// On its sign.
    name: String,
    /// Ten digits with a right check digit; hyphens allowed.
    business_number: String,
    /// A trade's id in the pack.
    trade: String,
    /// The ten-digit code of its neighbourhood.
    district: String,
    /// Yearly sales in won, if known.
    sales: Option<i64>,
    /// Its owner, if a person of this city.
    owner: Option<String>,
}

/// Take a shop in.
#[utoipa::path(post, path = "/api/v1/merchants", tag = "merchants", request_body = MerchantIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<MerchantIn>,
) -> Result<Response, Response> {
    if [&body.name, &body.trade, &body.district].iter().any(|text| text.contains('\0')) {
        return Err(call.reject(Rejected::new(StatusCode::BAD_REQUEST, "text.nul")));
    }
    let owner = match &body.owner {
        Some(text) => Some(text.parse().map_err(|_| call.reject(Refusal::new("person.unknown")))?),
        None => None,
    };
    let shop = NewMerchant {
        name: body.name,
        business_number: body.business_number,
        trade: body.trade,
        district: body.district,
        sales: body.sales.map(Won),
        owner,
    };
    let reply = call.ask(&app, Command::Join(shop)).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// A shop, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MerchantOut {
    id: String,
    name: String,
    business_number: String,
    trade: String,
    district: String,
    state: &'static str,
}

/// One shop.
#[utoipa::path(get, path = "/api/v1/merchants/{id}", tag = "merchants", params(("id" = String, Path)),
    responses((status = 200, body = MerchantOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<MerchantId>,
) -> Result<Response, Response> {
    let view = app.city.shared.read();
    let Some((_, shop)) = view.town.directory.shop(id) else {
        return Err(call.reject(Refusal::new("shop.unknown")));
    };
    let pack = &view.town.pack.city;
    let out = MerchantOut {
        id: shop.id.to_string(),
        name: shop.name.clone(),
        business_number: business_number::show(&shop.business_number),
        trade: pack.trades.get(usize::from(shop.trade)).map(|t| t.id.clone()).unwrap_or_default(),
        district: pack.districts.get(usize::from(shop.district)).map(|d| d.code.clone()).unwrap_or_default(),
        state: shop.state.code(),
    };
    Ok(axum::Json(out).into_response())
}

/// Close a shop for good.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/close", tag = "merchants",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn close(
    State(app): State<SharedApp>,
    call: Call,
    Id(merchant): Id<MerchantId>,
) -> Result<Response, Response> {
    let reply = call.ask(&app, Command::CloseShop { merchant }).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}
