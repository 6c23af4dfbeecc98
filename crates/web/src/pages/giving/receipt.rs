//! `/giving/receipts/{serial}`: a receipt, for its giver and for who collects; each print is counted.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Role, Won};
use city::giving::Receipt;
use city::read::giving::{gifts_on, receipt};
use city::{Command, OnGiving};
use economy::business_number;
use economy::facts::Giver;
use serde::Deserialize;

use super::{chest, words};
use crate::frame::Visit;
use crate::look::{GiftReceiptPage, ReceiptGift, in_query, qr_svg};
use crate::pages::wallet::expired;
use crate::problem::Rejected;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
}

pub(super) fn not_found() -> Rejected {
    Rejected::new(StatusCode::NOT_FOUND, "not.found")
}

/// Whether a receipt is the visitor's to see. Another's looks just like none.
fn is_theirs(visit: &Visit, receipt: &Receipt) -> bool {
    match (visit.role, receipt.giver()) {
        (Some(Role::Citizen(me)), Some(Giver::Person(giver))) => me == giver,
        (Some(Role::Merchant(me)), Some(Giver::Shop(giver))) => me == giver,
        _ => chest::is_collector(visit),
    }
}

async fn found(visit: &Visit, serial: &str) -> Result<Option<Receipt>, store::Error> {
    if serial.contains('\0') || serial.len() > 32 {
        return Ok(None);
    }
    let serial = serial.to_owned();
    let found = visit.app.read(move |snapshot| receipt(snapshot, &serial)).await?;
    Ok(found.filter(|receipt| is_theirs(visit, receipt)))
}

pub(super) async fn show(visit: Visit, Path(serial): Path<String>) -> Response {
    if visit.role.is_none() {
        return visit.at_the_door();
    }
    let receipt = match found(&visit, &serial).await {
        Ok(Some(receipt)) => receipt,
        Ok(None) => return visit.refuse(not_found(), "/giving"),
        Err(error) => return visit.refuse(error, "/giving"),
    };
    let (serial, giver) = (receipt.serial.clone(), receipt.giver());
    let read = visit.app.register(visit.looks("giving.receipt", "gift"), move |register| {
        let named = match giver {
            Some(Giver::Person(person)) => register.naming(person)?,
            _ => None,
        };
        Ok((gifts_on(register.snapshot(), &serial)?, named))
    });
    let (gifts, named) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/giving"),
    };
    let pack = std::sync::Arc::clone(&visit.app.city.shared.read().town.pack);
    let Some(rules) = &pack.giving else { return visit.refuse(not_found(), "/giving") };
    let frame = visit.page();
    let t = visit.t;
    let request_key = visit.app.request_key();
    // A shop's payout is the shop's: its file shows more than a gift, and nobody asked for one yet.
    let own = matches!(visit.role, Some(Role::Citizen(_)));
    let sealed = visit.app.city.sealing().is_some();
    let follow_url = format!(
        "{}/giving/follow?serial={}&word={}",
        visit.app.public_url,
        in_query(&receipt.serial),
        in_query(&receipt.word)
    );
    let page = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        let collector = &rules.collector;
        let shop = match giver {
            Some(Giver::Shop(shop)) => town.directory.shop(shop).map(|(_, shop)| shop),
            _ => None,
        };
        let district = match giver {
            Some(Giver::Person(person)) => {
                town.directory.holder(person).and_then(|holder| holder.person.district)
            }
            _ => shop.map(|shop| shop.district),
        };
        let district = district.and_then(|at| town.pack.city.districts.get(usize::from(at)));
        let row = |gift: &city::read::giving::Gift| ReceiptGift {
            code: collector.code.clone(),
            kind: words::kind(t, gift.kind),
            purpose: words::purpose(town, t, gift.part.purpose),
            at: town.zone.civil(gift.at),
            amount: Won(gift.part.amount),
            proof: (own && sealed).then(|| format!("/wallet/receipts/{}/file?gift=1", gift.no)),
        };
        let stands = |gift: &city::read::giving::Gift| {
            town.directory.giving.row(gift.part.purpose).standing(gift.part.from, gift.part.until())
        };
        let left: i64 = gifts.iter().map(stands).sum();
        GiftReceiptPage {
            t,
            page: frame,
            serial: receipt.serial.clone(),
            copy: receipt.copies,
            giver: named.map(|known| known.name).or(shop.map(|shop| shop.name.clone())).unwrap_or_default(),
            business_number: shop
                .map(|shop| business_number::show(&shop.business_number))
                .unwrap_or_default(),
            address: district
                .map(|one| format!("{} {}", town.pack.city.name.in_lang(t.lang), one.name.in_lang(t.lang)))
                .unwrap_or_default(),
            collector: collector.name.in_lang(t.lang).to_owned(),
            collector_address: collector.address.in_lang(t.lang).to_owned(),
            basis: collector.basis.in_lang(t.lang).to_owned(),
            tax: collector.tax.in_lang(t.lang).to_owned(),
            collector_number: String::new(),
            gifts: gifts.iter().map(row).collect(),
            amount: Won(receipt.amount),
            back: Won((receipt.amount - left).max(0)),
            issued: town.zone.civil(receipt.issued),
            follow_qr: qr_svg(&follow_url),
            follow_url,
            request_key,
            back_href: back(&visit).to_owned(),
        }
    };
    visit.show(&page)
}

fn back(visit: &Visit) -> &'static str {
    match visit.role {
        Some(Role::Citizen(_)) => "/wallet/giving",
        Some(Role::Merchant(_)) => "/shop/giving",
        _ => "/chest",
    }
}

pub(super) async fn print(visit: Visit, Path(serial): Path<String>, Form(form): Form<Post>) -> Response {
    if visit.role.is_none() {
        return visit.at_the_door();
    }
    let to = back(&visit);
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), to);
    }
    match found(&visit, &serial).await {
        Ok(Some(_)) => {}
        Ok(None) => return visit.refuse(not_found(), to),
        Err(error) => return visit.refuse(error, to),
    }
    let command = Command::OnGiving(OnGiving::Print { serial: serial.clone() });
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&format!("/giving/receipts/{}", in_query(&serial))),
        Err(rejected) => visit.refuse(rejected, to),
    }
}
