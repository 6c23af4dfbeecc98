//! `/giving`, `/giving/follow`, `/angels/{id}`: what anyone may see of gifts. Nobody is named but shops with a plaque.

use axum::extract::{Path, Query};
use axum::response::Response;
use base::{MerchantId, Refusal, Won};
use city::disposal::or_unknown;
use city::giving::AngelState;
use city::read::giving::{became, gifts_on, receipt_by, spendings};
use economy::facts::Giver;
use serde::Deserialize;

use super::words;
use crate::frame::Visit;
use crate::look::{
    AngelPage, Field, FollowBeginPage, FollowPage, GivingPage, GivingShopLine, PlaquePage, qr_svg,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sought {
    serial: String,
    word: String,
}

pub(super) async fn show(visit: Visit) -> Response {
    page(visit, Field::default(), axum::http::StatusCode::OK).await
}

async fn page(visit: Visit, serial: Field, status: axum::http::StatusCode) -> Response {
    let spendings = match visit.app.read(spendings).await {
        Ok(spendings) => spendings,
        Err(error) => return visit.refuse(error, "/"),
    };
    let frame = visit.page();
    let t = visit.t;
    let page = {
        let view = visit.app.city.shared.read();
        let giving = &view.town.directory.giving;
        let purposes = words::shown(&view, t, &spendings);
        let sum = |of: fn(&crate::look::GiftPurposeShown) -> i64| Won(purposes.iter().map(of).sum());
        let (people, shops) = giving.given().givers();
        let with_plaque = giving.angels().filter(|angel| angel.state == AngelState::Plaque);
        let line = |angel: &city::giving::Angel| {
            let (_, shop) = view.town.directory.shop(angel.merchant)?;
            let (name, href) = (shop.name.clone(), format!("/angels/{}", shop.id));
            Some(GivingShopLine { name, href, rate: words::rate(t, angel) })
        };
        let waiting = |state| matches!(state, AngelState::Applied | AngelState::Checked | AngelState::Plaque);
        GivingPage {
            t,
            page: frame,
            collector: words::collector(&view.town, t),
            total: sum(|purpose| purpose.given.0),
            people,
            shops,
            spent: sum(|purpose| purpose.spent.0),
            left: sum(|purpose| purpose.left.0),
            applied: giving.angels().filter(|angel| waiting(angel.state)).count(),
            months: words::months(&view.town, t),
            angels: with_plaque.filter_map(line).collect(),
            purposes,
            serial,
        }
    };
    visit.show_as(status, &page)
}

pub(super) async fn follow(visit: Visit, Query(sought): Query<Sought>) -> Response {
    let (serial, word) = (sought.serial.trim().to_owned(), sought.word.trim().to_uppercase());
    if serial.is_empty() && word.is_empty() {
        let page = FollowBeginPage { t: visit.t, page: visit.page(), serial: Field::default() };
        return visit.show(&page);
    }
    if [&serial, &word].iter().any(|text| text.contains('\0') || text.len() > 64) {
        return visit.refuse(Refusal::new("giving.receipt-unknown"), "/giving");
    }
    let asked = serial.clone();
    let read = visit.app.read(move |snapshot| {
        let Some(receipt) = receipt_by(snapshot, &serial, &word)? else { return Ok(None) };
        Ok(Some((gifts_on(snapshot, &receipt.serial)?, spendings(snapshot)?, receipt)))
    });
    let (gifts, spendings, receipt) = match read.await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let refusal = visit.alert(&Refusal::new("giving.receipt-unknown").into());
            return page(visit, Field::wrong(asked, refusal.what), axum::http::StatusCode::NOT_FOUND).await;
        }
        Err(error) => return visit.refuse(error, "/giving"),
    };
    // What the gifts were is gone with the years they were of; the receipt itself stays.
    let disposed = visit.app.city.shared.read().town.open.disposed;
    if let Some(gone) =
        disposed.filter(|_| i64::try_from(gifts.len()).is_ok_and(|found| found < receipt.gifts))
    {
        return visit.refuse(or_unknown(disposed, gone.last, "giving.receipt-unknown"), "/giving");
    }
    let frame = visit.page();
    let t = visit.t;
    let page = {
        let view = visit.app.city.shared.read();
        let followed = became(gifts.iter().map(|gift| &gift.part), &view.town.directory.giving, &spendings);
        let row = |gift: &city::read::giving::Gift| {
            let said =
                t.say("fact-gift-won").text("purpose", words::purpose(&view.town, t, gift.part.purpose));
            let said = said.text("from", t.number(gift.part.from + 1));
            said.text("until", t.number(gift.part.until())).to_string()
        };
        let parts = followed.parts.iter().filter_map(|(at, won)| Some((spendings.get(*at)?, *won)));
        FollowPage {
            t,
            page: frame,
            serial: receipt.serial.clone(),
            issued: view.town.zone.civil(receipt.issued),
            collector: words::collector(&view.town, t),
            gifts: receipt.gifts,
            amount: Won(receipt.amount),
            parts: parts.map(|(spending, won)| words::spent(&view.town, spending, Some(won))).collect(),
            waiting: Won(followed.waiting),
            back: Won(followed.back),
            rows: gifts.iter().map(row).collect(),
        }
    };
    visit.show(&page)
}

/// A shop that has, or had, a plaque.
fn found(visit: &Visit, id: &str) -> Option<AngelPage> {
    let id: MerchantId = id.parse().ok()?;
    let frame = visit.page();
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let giving = &view.town.directory.giving;
    let angel = giving.angel(id)?;
    let plaque = angel.plaque?;
    let (_, shop) = view.town.directory.shop(id)?;
    let (gifts, won) = giving.given().by(Giver::Shop(id));
    Some(AngelPage {
        t,
        page: frame,
        shop: shop.name.clone(),
        about: words::about(&view.town, t, shop),
        rate: words::rate(t, angel),
        purpose: words::purpose(&view.town, t, angel.purpose),
        plaque,
        since: view.town.zone.civil(angel.since),
        stopped: angel.state != AngelState::Plaque,
        given: Won(won),
        gifts,
        collector: words::collector(&view.town, t),
        url: format!("{}/angels/{id}", visit.app.public_url),
        plaque_href: format!("/angels/{id}/plaque"),
    })
}

pub(super) async fn angel(visit: Visit, Path(id): Path<String>) -> Response {
    match found(&visit, &id) {
        Some(page) => visit.show(&page),
        None => visit.refuse(super::receipt::not_found(), "/giving"),
    }
}

pub(super) async fn plaque(visit: Visit, Path(id): Path<String>) -> Response {
    match found(&visit, &id).filter(|angel| !angel.stopped) {
        Some(angel) => {
            let page = PlaquePage { t: visit.t, page: angel.page.clone(), qr: qr_svg(&angel.url), angel };
            visit.show(&page)
        }
        None => visit.refuse(super::receipt::not_found(), "/giving"),
    }
}
