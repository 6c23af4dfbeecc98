//! Giving a payment back: the last one with one tap, any other in whole or in part.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, MerchantId, PostingNo, Refusal, Won};
use city::{Command, Reply};
use economy::Facts;
use economy::facts::Refund;
use pen::Recorded;
use serde::Deserialize;

use super::charge::posting;
use super::forms::{Forms, amount};
use super::{at_the_counter, counter};
use crate::frame::Visit;
use crate::look::{Alert, Field, RefundForm};
use crate::pages::waiting::proposed;
use crate::problem::Rejected;

/// Days in which a customer may come back with a receipt that names its order number only.
const MONTHS_BACK: i32 = 186;
/// Sales looked at: a shop with more in that time asks for the receipt's own number.
const MOST_BACK: usize = 5_000;

#[derive(Deserialize)]
pub(super) struct Cancel {
    payment: String,
    back: Option<String>,
    csrf: String,
    #[serde(default)]
    request_key: String,
}

/// All of a payment, back at once.
pub(super) async fn cancel(visit: Visit, Form(wish): Form<Cancel>) -> Response {
    let (visit, _, back) = match at_the_counter(visit, &wish.csrf, wish.back.as_deref()) {
        Ok(all) => all,
        Err(answer) => return *answer,
    };
    let Some(payment) = posting(&wish.payment) else {
        return visit.refuse(Refusal::new("payment.unknown"), back);
    };
    match visit.ask(&wish.request_key, Command::Refund { payment, amount: None }).await {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => {
            visit.go(&format!("{back}?cancelled={no}"))
        }
        Ok(reply) => match proposed(&reply) {
            Some(there) => visit.go(&there),
            None => visit.refuse(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"), back),
        },
        Err(rejected) => visit.refuse(rejected, back),
    }
}

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    payment: String,
    #[serde(default)]
    amount: String,
    back: Option<String>,
    csrf: String,
    #[serde(default)]
    request_key: String,
}

/// A payment by its id or its order number, whole or in part.
pub(super) async fn refund(visit: Visit, Form(wish): Form<Wish>) -> Response {
    let (visit, shop, back) = match at_the_counter(visit, &wish.csrf, wish.back.as_deref()) {
        Ok(all) => all,
        Err(answer) => return *answer,
    };
    let typed = wish.amount.trim();
    let part = amount(typed);
    let (found, several) = match find(&visit, shop, &wish.payment).await {
        Ok(Found::One(no)) => (Some(no), Vec::new()),
        Ok(Found::None) => (None, Vec::new()),
        Ok(Found::Several(days)) => (None, days),
        Err(error) => return visit.refuse(error, back),
    };
    let refund = RefundForm {
        request_key: wish.request_key.clone(),
        payment: Field::of(wish.payment.trim()),
        amount: Field::of(typed),
    };
    let mut forms = Forms { refund, ..Forms::default() };
    let wrong_amount = !typed.is_empty() && part.is_none();
    let (Some(payment), false) = (found, wrong_amount) else {
        if !several.is_empty() {
            let days: Vec<String> = several.into_iter().map(|day| visit.t.day(day)).collect();
            let said = visit.t.say("field-payment-several").text("days", days.join(", "));
            forms.wrong("payment", said.to_string());
        } else if found.is_none() {
            forms.refused(&visit, &Refusal::new("payment.unknown").into(), "refund_amount");
        }
        if wrong_amount {
            let rejected = Rejected::new(StatusCode::UNPROCESSABLE_ENTITY, "amount.range");
            forms.refused(&visit, &rejected, "refund_amount");
        }
        return counter::show(visit, shop, back, forms, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match visit.ask(&wish.request_key, Command::Refund { payment, amount: part }).await {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => visit.go(&format!("{back}?refunded={no}")),
        Ok(reply) => match proposed(&reply) {
            Some(there) => visit.go(&there),
            None => visit.refuse(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"), back),
        },
        Err(rejected) => {
            let status = match rejected.status {
                StatusCode::NOT_FOUND => StatusCode::UNPROCESSABLE_ENTITY,
                status => status,
            };
            forms.refused(&visit, &rejected, "refund_amount");
            counter::show(visit, shop, back, forms, status).await
        }
    }
}

/// What a number on a receipt leads to.
enum Found {
    None,
    One(PostingNo),
    /// Sales of these days, newest first: order numbers come again.
    Several(Vec<Date>),
}

/// A payment as a receipt names it. Whether it is this shop's, the refund decides. An order number is looked for among
/// today's sales, then among those of the last months.
async fn find(visit: &Visit, shop: MerchantId, text: &str) -> Result<Found, store::Error> {
    if let Some(no) = posting(text) {
        return Ok(Found::One(no));
    }
    let wanted = plain(text);
    if wanted.is_empty() {
        return Ok(Found::None);
    }
    let today = counter::sales_today(&visit.app, shop, usize::MAX).await?;
    if let Some(sale) = today.iter().find(|sale| plain(&counter::order(sale)) == wanted) {
        return Ok(Found::One(sale.no));
    }
    let past = counter::sales_since(&visit.app, shop, (MONTHS_BACK, MOST_BACK)).await?;
    let same: Vec<_> = past.iter().filter(|sale| plain(&counter::order(sale)) == wanted).collect();
    let view = visit.app.city.shared.read();
    Ok(match same[..] {
        [] => Found::None,
        [one] => Found::One(one.no),
        _ => Found::Several(same.iter().map(|sale| view.town.zone.date(sale.at)).collect()),
    })
}

/// An order number without what people leave out or add.
fn plain(order: &str) -> String {
    order.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// What a refund of this shop did, for the page that follows it.
pub(super) async fn said(visit: &Visit, shop: MerchantId, no: PostingNo, cancelled: bool) -> Option<Alert> {
    let row = visit.app.read(move |snapshot| snapshot.posting_alone(no)).await.ok()??;
    let refund: Refund = match Facts::read(&row.facts) {
        Ok(Facts::Refund(refund)) if refund.merchant == shop => refund,
        _ => return None,
    };
    let t = visit.t;
    let what = if refund.reward_from_refund > 0 {
        t.say("done-refund-reward")
            .won("amount", Won(refund.amount))
            .won("taken", Won(refund.reward_from_refund))
    } else if cancelled {
        t.say("done-cancelled")
    } else {
        t.say("done-refund").won("amount", Won(refund.amount))
    };
    Some(Alert::done(what.to_string()))
}
