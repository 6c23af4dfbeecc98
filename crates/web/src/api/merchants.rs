//! `GET /api/v1/merchants`: look for shops; `POST`: take one in. `GET …/{id}`: what anyone may know of it. `POST …/{id}/close`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, Refusal, Won};
use city::{CityView, Command, NewMerchant};
use economy::{Merchant, business_number};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Json, Params};
use super::wire::DoneOut;
use crate::auth::SharedApp;
use crate::problem::Rejected;
use crate::shops::{Wanted, takes_card};

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
    responses((status = 201, body = DoneOut)))]
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
    /// It has a plaque as a giving shop (기부천사).
    gives: bool,
}

impl MerchantOut {
    fn new(town: &CityView, shop: &Merchant) -> MerchantOut {
        let pack = &town.pack.city;
        let trade = pack.trades.get(usize::from(shop.trade));
        let district = pack.districts.get(usize::from(shop.district));
        MerchantOut {
            id: shop.id.to_string(),
            name: shop.name.clone(),
            business_number: business_number::show(&shop.business_number),
            trade: trade.map(|t| t.id.clone()).unwrap_or_default(),
            takes_card: takes_card(town, shop),
            district: district.map(|d| d.code.clone()).unwrap_or_default(),
            state: shop.state.code(),
            gives: town.directory.giving.is_angel(shop.id),
        }
    }
}

/// What to look for; what is absent doesn't matter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// A part of the name on the sign.
    name: Option<String>,
    /// A trade's id.
    trade: Option<String>,
    /// A neighbourhood's ten-digit code.
    district: Option<String>,
    /// `true`: shops with a plaque as giving shops (기부천사) only.
    gives: Option<bool>,
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
    responses((status = 200, body = MerchantsOut)))]
pub(super) async fn search(
    State(app): State<SharedApp>,
    call: Call,
    Params(search): Params<Search>,
) -> Result<Response, Response> {
    let limit = call.limit(search.limit)?;
    let (wanted, from) = {
        let view = app.city.shared.read();
        let pack = &view.town.pack.city;
        let unknown = |code| call.reject(Refusal::new(code));
        let trade = search
            .trade
            .as_deref()
            .map(|id| economy::store::trade(pack, id).ok_or_else(|| unknown("trade.unknown")));
        let district = search
            .district
            .as_deref()
            .map(|code| economy::store::district(pack, code).ok_or_else(|| unknown("district.unknown")));
        let from = match &search.cursor {
            None => 0,
            Some(text) => text
                .parse::<MerchantId>()
                .ok()
                .and_then(|id| view.town.directory.shop(id))
                .map(|(position, _)| position as usize)
                .ok_or_else(|| call.no_cursor())?,
        };
        let name = search.name.as_deref().map(|name| name.trim().to_lowercase());
        let (trade, district) = (trade.transpose()?, district.transpose()?);
        let gives = search.gives == Some(true);
        (Wanted { name, trade, district, gives, takes_card: false }, from)
    };
    let (items, next) = wanted.found(&app, from, limit, MerchantOut::new).await;
    let next = next.map(|id| id.to_string());
    Ok(axum::Json(MerchantsOut { items, next }).into_response())
}

/// One shop.
#[utoipa::path(get, path = "/api/v1/merchants/{id}", tag = "merchants", params(("id" = String, Path)),
    responses((status = 200, body = MerchantOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<MerchantId>,
) -> Result<Response, Response> {
    let view = app.city.shared.read();
    let Some((_, shop)) = view.town.directory.shop(id) else {
        return Err(call.reject(Refusal::new("shop.unknown")));
    };
    let out = MerchantOut::new(&view.town, shop);
    Ok(axum::Json(out).into_response())
}

/// Close a shop for good.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/close", tag = "merchants",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn close(
    State(app): State<SharedApp>,
    call: Call,
    Id(merchant): Id<MerchantId>,
) -> Result<Response, Response> {
    let reply = call.ask(&app, Command::CloseShop { merchant }).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}
