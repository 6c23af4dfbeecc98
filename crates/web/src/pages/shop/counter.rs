//! The counter as it stands: filled from one snapshot of the journal, for the owner with totals, for the till without.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, MerchantId, PostingNo, Won};
use calendar::Holidays;
use city::read::shop::{self, Movement, Standing, Taken};
use city::{CardRef, CityView};
use economy::business_number;

use super::forms::{Forms, TILL};
use crate::app::{App, Mode};
use crate::codes::short_order;
use crate::frame::Visit;
use crate::look::{
    Bar, BarChart, RefundForm, Sale, SalesSummary, ShopDone, ShopPage, TillPage, Tongue, spoken_payment,
};

/// Sales on the page: the list is for the customer who has just left.
const SHOWN: usize = 30;
/// A payment is said aloud by the page that opens within so many real seconds of it.
const ALOUD: i64 = 60;
const WEEK: i32 = 7;
const SECOND: i64 = 1_000_000;

/// What the owner may see of a day.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    pub payout: Won,
    pub sum: Won,
    pub count: i64,
    all: usize,
    week_before: Won,
    hours: [i64; 24],
}

/// What one reading of the city gives.
struct Seen {
    standing: Standing,
    movements: Vec<Movement>,
    sales: Vec<Taken>,
    done: Option<Taken>,
}

/// Money taken less money given back.
fn net<'a>(movements: impl Iterator<Item = &'a Movement>) -> Won {
    Won(movements.map(|one| if one.is_sale() { one.amount } else { -one.amount }).sum())
}

fn today_of(app: &App) -> i32 {
    let view = app.city.shared.read();
    view.town.zone.day_number(app.now())
}

fn standing(app: &App, shop: MerchantId) -> Standing {
    Standing::of(&app.city.shared.read().books, shop)
}

fn add_up(app: &App, standing: &Standing, movements: &[Movement]) -> Totals {
    let view = app.city.shared.read();
    let zone = &view.town.zone;
    let now = app.now();
    let day = zone.day_number(now);
    let week_ago = now.plus_seconds(-i64::from(WEEK) * 86_400);
    let today = || movements.iter().filter(move |one| one.day == day);
    let (mut hours, mut count, mut all) = ([0; 24], 0, 0);
    for sale in today().filter(|one| one.is_sale()) {
        // A cancelled sale is no sale; it stays in the list, crossed out.
        let kept = sale.amount - view.town.open.taken.get(&sale.no).copied().unwrap_or(0);
        hours[usize::from(zone.hour(sale.at).min(23))] += kept;
        count += i64::from(kept > 0);
        all += 1;
    }
    Totals {
        payout: Won(standing.payout()),
        sum: net(today()),
        count,
        all,
        week_before: net(movements.iter().filter(|one| one.day == day - WEEK && one.at <= week_ago)),
        hours,
    }
}

/// The owner's totals, for live pages.
pub(super) async fn totals(app: &Arc<App>, shop: MerchantId) -> Result<Totals, store::Error> {
    let standing = standing(app, shop);
    let day = today_of(app);
    let movements = app.read(move |snapshot| shop::movements(snapshot, &standing, day)).await?;
    Ok(add_up(app, &standing, &movements))
}

/// Today's sales with their facts, newest first, `most` at most.
pub(super) async fn sales_today(
    app: &Arc<App>,
    shop: MerchantId,
    most: usize,
) -> Result<Vec<Taken>, store::Error> {
    sales_since(app, shop, (0, most)).await
}

/// Sales since so many days before today, newest first, `most` at most.
pub(super) async fn sales_since(
    app: &Arc<App>,
    shop: MerchantId,
    (days, most): (i32, usize),
) -> Result<Vec<Taken>, store::Error> {
    let standing = standing(app, shop);
    let day = today_of(app) - days;
    app.read(move |snapshot| {
        let movements = shop::movements(snapshot, &standing, day)?;
        let mut sales = Vec::new();
        for one in movements.iter().filter(|one| one.is_sale()).take(most) {
            sales.extend(shop::payment(snapshot, shop, one.no)?);
        }
        Ok(sales)
    })
    .await
}

async fn see(
    app: &Arc<App>,
    shop: MerchantId,
    owner: bool,
    done: Option<PostingNo>,
) -> Result<Seen, store::Error> {
    let standing = standing(app, shop);
    let day = today_of(app);
    let (from, most) = if owner { (day - WEEK, SHOWN) } else { (day, 1) };
    app.read(move |snapshot| {
        let movements = shop::movements(snapshot, &standing, from)?;
        let mut sales = Vec::new();
        for one in movements.iter().filter(|one| one.is_sale() && one.day == day).take(most) {
            sales.extend(shop::payment(snapshot, shop, one.no)?);
        }
        let done = match done {
            Some(no) => shop::payment(snapshot, shop, no)?,
            None => None,
        };
        Ok(Seen { standing, movements, sales, done })
    })
    .await
}

/// The short number both sides see.
pub(super) fn order(sale: &Taken) -> String {
    sale.payment.order.clone().unwrap_or_else(|| short_order(sale.no.0))
}

/// The customer, as a shop may know them: the card's last four digits.
pub(super) fn payer(view: &CityView, sale: &Taken, t: Tongue) -> String {
    match view.directory.card(CardRef::Id(sale.payment.card)) {
        Some(card) => t.say("payer-card").text("last", format!("{:04}", card.number % 10_000)).to_string(),
        None => String::new(),
    }
}

fn sale(view: &CityView, taken: &Taken, t: Tongue) -> Sale {
    Sale {
        id: taken.no.to_string(),
        href: format!("/shop/receipts/{}", taken.no),
        order: order(taken),
        at: view.zone.civil(taken.at),
        payer: payer(view, taken, t),
        amount: Won(taken.payment.amount),
        refunded: Won(view.open.taken.get(&taken.no).copied().unwrap_or(0)),
    }
}

fn by_hour(hours: &[i64; 24], t: Tongue) -> BarChart {
    let busiest = hours.iter().enumerate().max_by_key(|(_, sum)| **sum).filter(|(_, sum)| **sum > 0);
    let sentence =
        busiest.map(|(hour, _)| t.say("sales-hours").count("hour", hour).to_string()).unwrap_or_default();
    // From opening to closing time, and wider only when there was something to show.
    let first = hours.iter().position(|sum| *sum > 0).unwrap_or(9).min(9);
    let last = hours.iter().rposition(|sum| *sum > 0).unwrap_or(20).max(20);
    BarChart {
        sentence,
        label_heading: t.say("town-hour").to_string(),
        value_heading: t.say("sales-today").to_string(),
        bars: (first..=last)
            .map(|hour| Bar {
                label: t.say("hour-label").count("hour", hour).to_string(),
                value: hours[hour],
                marked: busiest.is_some_and(|(top, _)| top == hour),
            })
            .collect(),
        in_won: true,
    }
}

/// Shows a counter with its forms as they stand.
pub(super) async fn show(
    visit: Visit,
    shop: MerchantId,
    back: &'static str,
    forms: Forms,
    status: StatusCode,
) -> Response {
    let owner = back != TILL;
    let seen = match see(&visit.app, shop, owner, forms.done).await {
        Ok(seen) => seen,
        Err(error) => return visit.refuse(error, "/"),
    };
    let done = last_sale(&visit, &seen);
    let code = code_of(&visit, shop);
    let mut page = visit.page();
    page.alert = forms.alert;
    let t = visit.t;
    let request_key = forms.request_key.unwrap_or_else(|| visit.app.request_key());
    let Forms { errors, amount, card, asks_pin, pin, .. } = forms;
    if !owner {
        let page = TillPage { t, page, code, errors, request_key, amount, card, asks_pin, pin, done, back };
        return visit.show_as(status, &page);
    }
    let totals = add_up(&visit.app, &seen.standing, &seen.movements);
    let refund_key = match forms.refund.request_key {
        key if key.is_empty() => visit.app.request_key(),
        key => key,
    };
    let page = ShopPage {
        t,
        page,
        code,
        pay_day: pay_day(&visit.app),
        pay_amount: totals.payout,
        errors,
        request_key,
        amount,
        card,
        asks_pin,
        pin,
        done,
        today: SalesSummary { sum: totals.sum, count: totals.count, week_before: totals.week_before },
        by_hour: by_hour(&totals.hours, t),
        sales: listed(&visit, &seen),
        sales_all: totals.all,
        refund: RefundForm { request_key: refund_key, ..forms.refund },
        back,
    };
    visit.show_as(status, &page)
}

fn listed(visit: &Visit, seen: &Seen) -> Vec<Sale> {
    let view = visit.app.city.shared.read();
    seen.sales.iter().map(|taken| sale(&view.town, taken, visit.t)).collect()
}

/// The payment just taken; else the newest of today that can still be cancelled.
fn last_sale(visit: &Visit, seen: &Seen) -> Option<ShopDone> {
    let cancel_key = visit.app.request_key();
    let view = visit.app.city.shared.read();
    let t = visit.t;
    let now = visit.app.now();
    let today = view.town.zone.day_number(now);
    let fresh = seen.done.as_ref().filter(|taken| view.town.zone.day_number(taken.at) == today);
    let taken = fresh.or(seen.sales.first())?;
    let sale = sale(&view.town, taken, t);
    if !sale.refundable().is_positive() {
        return None;
    }
    let speed = match &visit.app.mode {
        Mode::Demo(demo) => i64::from(demo.clock.speed().max(1)),
        Mode::Real => 1,
    };
    Some(ShopDone {
        fresh: fresh.is_some(),
        spoken: spoken_payment(t.lang, sale.amount),
        aloud: now.0 - taken.at.0 <= ALOUD * SECOND * speed,
        voice: voice(t),
        sale,
        cancel_key,
    })
}

/// The voice that speaks a language.
pub(crate) fn voice(t: Tongue) -> &'static str {
    if t.is_ko() { "ko-KR" } else { "en-US" }
}

/// What customers type who can't scan: the business number, which is on every receipt anyway.
pub(super) fn code_of(visit: &Visit, shop: MerchantId) -> String {
    let view = visit.app.city.shared.read();
    let number = view.town.directory.shop(shop).map(|(_, shop)| business_number::show(&shop.business_number));
    number.unwrap_or_default()
}

fn pay_day(app: &App) -> Date {
    let now = app.now();
    let view = app.city.shared.read();
    shop::pay_day(
        view.town.pack.city.payout_hour,
        &Holidays::new(view.town.pack.city.holidays()),
        &view.town.zone,
        now,
    )
}
