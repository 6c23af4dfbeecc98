//! A shop's pages: what comes in tomorrow, taking a payment, giving one back; and the till for employees, which shows
//! no totals.

mod charge;
mod code;
mod counter;
mod forms;
mod poster;
mod receipt;
mod refund;
pub(crate) mod unpaid;

use std::sync::Arc;

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::{MerchantId, PostingNo, Role};
use serde::Deserialize;
use serde_json::{Value, json};

pub(in crate::pages) use self::code::takes_cards;
pub(crate) use self::code::{Shown, shown_code};
pub(crate) use self::counter::voice;
use self::forms::{Forms, HOME, TILL, place};
use crate::app::App;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/shop", get(home))
        .route("/shop/till", get(till))
        .route("/shop/poster", get(poster::show))
        .route("/shop/qr", post(code::make))
        .route("/shop/qr/{code}", get(code::show))
        .route("/shop/qr/{code}/cancel", post(code::take_back))
        .route("/shop/charge", post(charge::charge))
        .route("/shop/result", get(charge::result))
        .route("/shop/till/result", get(charge::till_result))
        .route("/shop/cancel", post(refund::cancel))
        .route("/shop/refunds", post(refund::refund))
        .route("/shop/receipts/{id}", get(receipt::show))
}

/// The shop a visitor stands in, as its owner or an employee.
fn shop_of(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop) | Role::Till(shop)) => Some(shop),
        _ => None,
    }
}

/// What a post led back with.
#[derive(Debug, Deserialize)]
struct After {
    /// A payment just taken.
    done: Option<String>,
    /// A payment just cancelled: its refund.
    cancelled: Option<String>,
    /// A refund just made.
    refunded: Option<String>,
    /// The key of a charge that took no money.
    unpaid: Option<String>,
}

impl After {
    async fn forms(self, visit: &Visit, shop: MerchantId) -> Forms {
        if let Some(key) = self.unpaid {
            return unpaid::forms(visit, shop, &key).await;
        }
        let number = |text: Option<String>| text.and_then(|t| t.parse::<PostingNo>().ok());
        let alert = match (number(self.cancelled), number(self.refunded)) {
            (Some(no), _) => refund::said(visit, shop, no, true).await,
            (None, Some(no)) => refund::said(visit, shop, no, false).await,
            (None, None) => None,
        };
        let mut forms = Forms { done: number(self.done), alert, ..Forms::default() };
        if let Some((amount, card)) = super::tour::prefill_charge(visit) {
            forms.amount.value = amount;
            forms.card.value = card;
        }
        forms
    }
}

async fn home(visit: Visit, Query(after): Query<After>) -> Response {
    match visit.role {
        Some(Role::Merchant(shop)) => {
            let forms = after.forms(&visit, shop).await;
            counter::show(visit, shop, HOME, forms, StatusCode::OK).await
        }
        // An employee's way back.
        Some(Role::Till(_)) => visit.go(TILL),
        _ => visit.at_the_door(),
    }
}

async fn till(visit: Visit, Query(after): Query<After>) -> Response {
    let Some(shop) = shop_of(&visit) else { return visit.at_the_door() };
    let forms = after.forms(&visit, shop).await;
    counter::show(visit, shop, TILL, forms, StatusCode::OK).await
}

/// A posted form's visitor: signed in at a shop, with this browser's form token. `Err` is what to answer.
fn at_the_counter(
    visit: Visit,
    csrf: &str,
    back: Option<&str>,
) -> Result<(Visit, MerchantId, &'static str), Box<Response>> {
    let Some(shop) = shop_of(&visit) else { return Err(Box::new(visit.at_the_door())) };
    let back = place(visit.role, back);
    if visit.form_holds(csrf) {
        Ok((visit, shop, back))
    } else {
        Err(Box::new(visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), back)))
    }
}

/// The owner's live numbers. `None` when they can't be read just now.
pub(crate) async fn numbers(app: &Arc<App>, shop: MerchantId) -> Option<Value> {
    let seen = counter::totals(app, shop).await.ok()?;
    Some(json!({
        "sales_sum": seen.sum.0,
        "sales_count": seen.count,
        "tomorrow": seen.payout.0,
    }))
}
