//! `GET /api/v1/merchants`: look for shops; `POST`: take one in. `GET …/{id}`: what anyone may know of it. `POST …/{id}/close`.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, Refusal, Won};
use city::{Command, NewMerchant};
use economy::{Merchant, MerchantState, business_number};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// Whether the card can be used there: it is open, and its trade is not left out.
    takes_card: bool,
    district: String,
    /// `open` or `closed`.
    state: &'static str,
}

impl MerchantOut {
    fn new(pack: &rules::City, shop: &Merchant) -> MerchantOut {
        let trade = pack.trades.get(usize::from(shop.trade));
        let district = pack.districts.get(usize::from(shop.district));
        MerchantOut {
            id: shop.id.to_string(),
            name: shop.name.clone(),
            business_number: business_number::show(&shop.business_number),
            trade: trade.map(|t| t.id.clone()).unwrap_or_default(),
            takes_card: trade.is_some_and(|t| t.exclusion.is_none()) && shop.state == MerchantState::Open,
            district: district.map(|d| d.code.clone()).unwrap_or_default(),
            state: shop.state.code(),
        }
    }
}

/// What to look for; what is absent doesn't matter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// A part of the name on the sign.
    name: Option<String>,
    /// A trade's id.
    trade: Option<String>,
    /// A neighbourhood's ten-digit code.
    district: Option<String>,
    /// `next` of the answer before.
    cursor: Option<String>,
    /// 1 to 100; 20 when absent.
    limit: Option<usize>,
}

/// Shops that were found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MerchantsOut {
    /// In order of joining.
    items: Vec<MerchantOut>,
    /// Ask with this for more; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Look for shops.
#[utoipa::path(get, path = "/api/v1/merchants", tag = "merchants", params(Search),
    responses((status = 200, body = MerchantsOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn search(
    State(app): State<SharedApp>,
    call: Call,
    search: Result<Query<Search>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Response> {
    let Query(search) = search.map_err(|_| call.reject(Refusal::new("query.form")))?;
    let limit = search.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(call.reject(Refusal::new("query.limit").with("most", base::Arg::Count(100))));
    }
    let view = app.city.shared.read();
    let (directory, pack) = (&view.town.directory, &view.town.pack.city);
    let from = match &search.cursor {
        None => 0,
        Some(text) => text
            .parse::<MerchantId>()
            .ok()
            .and_then(|id| directory.shop(id))
            .map(|(position, _)| position as usize)
            .ok_or_else(|| call.reject(Refusal::new("query.cursor")))?,
    };
    let trade = search.trade.as_deref().map(|id| economy::store::trade(pack, id));
    let district = search.district.as_deref().map(|code| economy::store::district(pack, code));
    match (trade, district) {
        (Some(None), _) => return Err(call.reject(Refusal::new("trade.unknown"))),
        (_, Some(None)) => return Err(call.reject(Refusal::new("district.unknown"))),
        _ => {}
    }
    let name = search.name.as_deref().map(|name| name.trim().to_lowercase());
    let mut found = directory.shops().iter().skip(from).filter(|shop| {
        name.as_deref().is_none_or(|name| shop.name.to_lowercase().contains(name))
            && trade.flatten().is_none_or(|trade| shop.trade == trade)
            && district.flatten().is_none_or(|district| shop.district == district)
    });
    let items = found.by_ref().take(limit).map(|shop| MerchantOut::new(pack, shop)).collect();
    let next = found.next().map(|shop| shop.id.to_string());
    Ok(axum::Json(MerchantsOut { items, next }).into_response())
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
    let out = MerchantOut::new(&view.town.pack.city, shop);
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
