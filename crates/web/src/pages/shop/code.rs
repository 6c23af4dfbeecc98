//! The code a shop shows its customer: made, shown until it is paid or over, taken back.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Arg, Instant, MerchantId, PostingNo, Refusal, Won};
use city::read::shop::{self, Standing};
use economy::{Facts, MerchantState};
use serde::Deserialize;

use super::counter::{self, code_of};
use super::forms::{Forms, amount, place};
use super::{at_the_counter, shop_of};
use crate::app::{App, Mode};
use crate::codes::ShopCode;
use crate::emv;
use crate::frame::Visit;
use crate::look::{Field, ShopQrPage, qr_svg};
use crate::problem::Rejected;

const SECOND: i64 = 1_000_000;

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    amount: String,
    #[serde(default)]
    card: String,
    back: Option<String>,
    csrf: String,
    request_key: Option<String>,
}

pub(super) async fn make(visit: Visit, Form(wish): Form<Wish>) -> Response {
    let (visit, shop, back) = match at_the_counter(visit, &wish.csrf, wish.back.as_deref()) {
        Ok(all) => all,
        Err(answer) => return *answer,
    };
    let forms = Forms {
        amount: Field::of(wish.amount),
        card: Field::of(wish.card),
        request_key: wish.request_key.filter(|key| !key.is_empty()),
        ..Forms::default()
    };
    show_new(visit, shop, back, forms).await
}

/// Makes a code of the form's amount and leads to it; or says what is wrong with it.
pub(super) async fn show_new(
    visit: Visit,
    shop: MerchantId,
    back: &'static str,
    mut forms: Forms,
) -> Response {
    let rejected = match (amount(&forms.amount.value), takes_cards(&visit.app, shop)) {
        (_, Err(refusal)) => refusal.into(),
        (None, _) => Rejected::new(StatusCode::UNPROCESSABLE_ENTITY, "amount.range"),
        (Some(amount), Ok(())) => {
            let code = new_code(&visit.app, shop, amount).write(&visit.app);
            let till = if back == super::TILL { "?back=/shop/till" } else { "" };
            return visit.go(&format!("/shop/qr/{code}{till}"));
        }
    };
    forms.refused(&visit, &rejected, "amount");
    counter::show(visit, shop, back, forms, rejected.status).await
}

/// Seconds a code lives on the city's clock.
fn life(app: &App) -> i64 {
    let today = app.today();
    let view = app.city.shared.read();
    view.town.pack.card_on(today).map_or(180, |rules| i64::from(rules.dynamic_code_seconds))
}

/// A shop that can't take the card shows no codes: better said here than at the customer's phone.
pub(in crate::pages) fn takes_cards(app: &App, shop: MerchantId) -> Result<(), Refusal> {
    let view = app.city.shared.read();
    let Some((_, merchant)) = view.town.directory.shop(shop) else {
        return Err(Refusal::new("shop.unknown"));
    };
    let named = |code| Refusal::new(code).with("shop", Arg::Text(merchant.name.clone()));
    if merchant.state == MerchantState::Closed {
        return Err(named("shop.closed"));
    }
    let trade = view.town.pack.city.trades.get(usize::from(merchant.trade));
    match trade.and_then(|trade| trade.exclusion.as_ref().map(|exclusion| (trade, exclusion))) {
        Some((trade, exclusion)) => Err(named("shop.excluded")
            .with("trade", Arg::Text(trade.name.ko.clone()))
            .with("trade_en", Arg::Text(trade.name.en.clone()))
            .because(exclusion.source.clone())),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
pub(super) struct From {
    back: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Path(text): Path<String>,
    axum::extract::Query(from): axum::extract::Query<From>,
) -> Response {
    let Some(shop) = shop_of(&visit) else { return visit.at_the_door() };
    let back = place(visit.role, from.back.as_deref());
    let Some(code) = ShopCode::read(&visit.app, &text).filter(|code| code.shop == shop) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), back);
    };
    match paid(&visit, &code).await {
        Ok(Some(no)) => return visit.go(&format!("{back}?done={no}")),
        Ok(None) => {}
        Err(error) => return visit.refuse(error, back),
    }
    if let Err(refusal) = takes_cards(&visit.app, shop) {
        return visit.refuse(refusal, back);
    }
    let address = address(&visit.app, &text);
    let shop_name = {
        let view = visit.app.city.shared.read();
        view.town.directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
    };
    let page = ShopQrPage {
        t: visit.t,
        page: visit.page(),
        shop: shop_name,
        amount: Won(code.amount),
        qr: qr_svg(&address).unwrap_or_default(),
        emv: qr_svg(&payload(&visit.app, shop, Some(&code))).unwrap_or_default(),
        code: text,
        shop_code: code_of(&visit, shop),
        order: code.order(),
        seconds: seconds_left(&visit.app, code.until),
        request_key: visit.app.request_key(),
        back,
    };
    visit.show(&page)
}

/// A code in both its forms.
pub(crate) struct Shown {
    /// For cameras.
    pub url: String,
    /// For other wallets.
    pub emv: String,
    /// What is signed, of one payment.
    pub code: Option<ShopCode>,
}

/// A shop's code: of one payment of an amount, or fixed.
pub(crate) fn shown_code(app: &App, shop: MerchantId, amount: Option<i64>) -> Result<Shown, Refusal> {
    takes_cards(app, shop)?;
    let code = amount.map(|amount| new_code(app, shop, amount));
    let text = code.map_or_else(|| shop.to_string(), |code| code.write(app));
    Ok(Shown { url: address(app, &text), emv: payload(app, shop, code.as_ref()), code })
}

fn new_code(app: &App, shop: MerchantId, amount: i64) -> ShopCode {
    let made = app.now();
    ShopCode { shop, amount, made, until: made.plus_seconds(life(app)), nonce: app.random() }
}

fn address(app: &App, code: &str) -> String {
    format!("{}/pay?c={code}", app.public_url.trim_end_matches('/'))
}

/// The code for other wallets: of one payment, or fixed.
fn payload(app: &App, shop: MerchantId, code: Option<&ShopCode>) -> String {
    let view = app.city.shared.read();
    let Some((_, merchant)) = view.town.directory.shop(shop) else { return String::new() };
    let named = emv::Named {
        name: &merchant.name,
        business_number: &merchant.business_number,
        trade: merchant.trade,
    };
    emv::write(app, &view.town.pack, (shop, &named), code)
}

/// Seconds until an instant, on a watch: a demo's clock may run faster.
fn seconds_left(app: &App, until: Instant) -> u32 {
    let speed = match &app.mode {
        Mode::Demo(demo) => i64::from(demo.clock.speed().max(1)),
        Mode::Real => 1,
    };
    let left = (until.0 - app.now().0).max(0);
    u32::try_from((left + SECOND * speed - 1) / (SECOND * speed)).unwrap_or(u32::MAX)
}

/// The payment made with a code, if it is made.
async fn paid(visit: &Visit, code: &ShopCode) -> Result<Option<PostingNo>, store::Error> {
    let (shop, order, amount) = (code.shop, code.order(), code.amount);
    let standing = Standing::of(&visit.app.city.shared.read().books, shop);
    let made = code.made;
    let found = visit
        .app
        .read(move |snapshot| {
            shop::newest(snapshot, &standing, |row| {
                row.at >= made
                    && row.amount == amount
                    && Facts::read(&row.facts).ok().is_some_and(|facts| {
                        facts
                            .payment()
                            .is_some_and(|p| p.merchant == shop && p.order.as_ref() == Some(&order))
                    })
            })
        })
        .await?;
    Ok(found.map(|row| row.no))
}

#[derive(Deserialize)]
pub(super) struct Stop {
    back: Option<String>,
    csrf: String,
}

/// Ends a code before its time.
pub(super) async fn take_back(visit: Visit, Path(text): Path<String>, Form(stop): Form<Stop>) -> Response {
    let (visit, shop, back) = match at_the_counter(visit, &stop.csrf, stop.back.as_deref()) {
        Ok(all) => all,
        Err(answer) => return *answer,
    };
    let Some(code) = ShopCode::read(&visit.app, &text).filter(|code| code.shop == shop) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), back);
    };
    visit.app.withdrawn.withdraw(&code, visit.app.now());
    // Paid a moment before: then it is too late to take back, and the counter says so.
    match paid(&visit, &code).await {
        Ok(Some(no)) => visit.go(&format!("{back}?done={no}")),
        _ => visit.go(back),
    }
}
