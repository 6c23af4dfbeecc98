//! Taking a payment with a customer's card; and what became of one whose answer got lost.

use axum::Json;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{PostingNo, Refusal};
use city::{CardRef, Command, Reply};
use economy::holder::parse_card_number;
use pen::Recorded;
use serde::Deserialize;
use serde_json::json;

use super::forms::{Forms, HOME, TILL, amount, place};
use super::unpaid::{self, Became};
use super::{at_the_counter, code, counter, shop_of};
use crate::app::App;
use crate::frame::Visit;
use crate::look::{Field, in_query};
use crate::problem::Rejected;

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    amount: String,
    #[serde(default)]
    card: String,
    pin: Option<String>,
    back: Option<String>,
    csrf: String,
    #[serde(default)]
    request_key: String,
}

pub(super) async fn charge(visit: Visit, Form(wish): Form<Wish>) -> Response {
    let (visit, shop, back) = match at_the_counter(visit, &wish.csrf, wish.back.as_deref()) {
        Ok(all) => all,
        Err(answer) => return *answer,
    };
    let asked = wish.pin.is_some();
    let pin = wish.pin.map(|pin| pin.trim().to_owned()).filter(|pin| !pin.is_empty());
    let mut forms = Forms {
        amount: Field::of(wish.amount),
        card: Field::of(wish.card.trim()),
        asks_pin: asked,
        // An empty key gets a new one with the page.
        request_key: Some(wish.request_key.clone()).filter(|key| !key.is_empty()),
        ..Forms::default()
    };
    // Enter after the amount alone asks for a code.
    if forms.card.value.is_empty() {
        return code::show_new(visit, shop, back, forms).await;
    }
    let wishes = (amount(&forms.amount.value), card_ref(&forms.card.value));
    let (Some(amount), Some(card)) = wishes else {
        if wishes.0.is_none() {
            forms.refused(&visit, &Rejected::new(StatusCode::UNPROCESSABLE_ENTITY, "amount.range"), "amount");
        }
        if wishes.1.is_none() {
            forms.refused(&visit, &Refusal::new("card.unknown").into(), "amount");
        }
        return counter::show(visit, shop, back, forms, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let command = Command::Pay { card, merchant: shop, amount, pin, order: None };
    match visit.ask(&wish.request_key, command).await {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => visit.go(&format!("{back}?done={no}")),
        Ok(_) => visit.refuse(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"), back),
        Err(rejected) => {
            if let Some(role) = visit.role {
                visit.app.refused.note(App::client_of(role).0, wish.request_key.trim(), &rejected);
            }
            let status = match rejected.status {
                // The page is there; what was typed into it isn't.
                StatusCode::NOT_FOUND => StatusCode::UNPROCESSABLE_ENTITY,
                status => status,
            };
            forms.refused(&visit, &rejected, "amount");
            counter::show(visit, shop, back, forms, status).await
        }
    }
}

/// A card as it is typed or scanned: its 16 digits, or its id.
fn card_ref(text: &str) -> Option<CardRef> {
    text.parse().ok().map(CardRef::Id).or_else(|| parse_card_number(text).map(CardRef::Number))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    request_key: String,
}

pub(super) async fn result(visit: Visit, Query(asked): Query<Asked>) -> Response {
    became(visit, &asked.request_key, HOME).await
}

pub(super) async fn till_result(visit: Visit, Query(asked): Query<Asked>) -> Response {
    became(visit, &asked.request_key, TILL).await
}

/// What became of the charge with this key.
async fn became(visit: Visit, key: &str, back: &'static str) -> Response {
    let back = place(visit.role, Some(back));
    let (Some(shop), Some(role)) = (shop_of(&visit), visit.role) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let key = key.trim();
    let unpaid = format!("{back}?unpaid={}", in_query(key));
    let answer = match unpaid::became(&visit, shop, role, key).await {
        Ok(Became::Paid(no)) => json!({ "state": "paid", "href": format!("{back}?done={no}") }),
        Ok(Became::Refused(_)) => json!({ "state": "refused", "href": unpaid }),
        Ok(Became::None) => json!({ "state": "none", "href": unpaid }),
        Err(error) => {
            tracing::warn!(%error, "a payment's outcome can't be read");
            json!({ "state": "unknown", "href": back })
        }
    };
    Json(answer).into_response()
}

/// A payment by its id.
pub(super) fn posting(text: &str) -> Option<PostingNo> {
    text.trim().parse().ok()
}
