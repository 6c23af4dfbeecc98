//! A giver's gifts and receipts, and asking for one.

use std::collections::{BTreeMap, BTreeSet};

use base::{Date, PostingNo, Refusal, Won, date_of_day};
use city::read::giving::{Gift, became, gifts_since, receipted, receipts_of, spendings, trail};
use city::{Command, OnGiving, Reply};
use economy::Facts;
use economy::facts::{Giver, GivingFacts};
use serde::Deserialize;

use super::words;
use crate::frame::Visit;
use crate::look::{GiftsAndReceipts, OwnGift, OwnReceipt, YearWithout};
use crate::problem::Rejected;

/// So many gifts are listed.
const LISTED: usize = 200;
/// So many stand on one receipt, as the city has it.
const ON_ONE: usize = 500;
/// Years that are looked back.
const YEARS: i16 = 5;

/// A receipt that is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    pub csrf: String,
    pub request_key: String,
    gift: String,
    year: String,
}

fn since(visit: &Visit) -> Date {
    Date::new(visit.t.today.year() - YEARS, 1, 1).unwrap_or(visit.t.today)
}

/// What is read for the list.
struct Read {
    gifts: Vec<Gift>,
    on: BTreeMap<PostingNo, String>,
    spendings: Vec<city::giving::Spending>,
    receipts: Vec<city::giving::Receipt>,
}

async fn read(visit: &Visit, giver: Giver) -> Result<Read, store::Error> {
    let from = since(visit);
    let trail = {
        let view = visit.app.city.shared.read();
        trail(&view.town, &view.books, giver)
    };
    let read = visit.app.read(move |snapshot| {
        Ok(Read {
            gifts: gifts_since(snapshot, &trail, from)?,
            on: receipted(snapshot, giver)?,
            spendings: spendings(snapshot)?,
            receipts: receipts_of(snapshot, giver, 100)?,
        })
    });
    read.await
}

fn year_of(gift: &Gift) -> i16 {
    date_of_day(gift.day).year()
}

/// A giver's gifts and receipts.
pub(super) async fn list(
    visit: &Visit,
    giver: Giver,
    base: &'static str,
) -> Result<GiftsAndReceipts, store::Error> {
    let Read { gifts, on, spendings, receipts } = read(visit, giver).await?;
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let giving = &view.town.directory.giving;
    let mut without: BTreeMap<i16, (usize, i64)> = BTreeMap::new();
    let own = |gift: &Gift| {
        let followed = became(std::iter::once(&gift.part), giving, &spendings);
        OwnGift {
            id: gift.no.to_string(),
            at: view.town.zone.civil(gift.at),
            kind: words::kind(t, gift.kind),
            purpose: words::purpose(&view.town, t, gift.part.purpose),
            amount: Won(gift.part.amount),
            back: Won(followed.back),
            became: words::became(t, &followed, &spendings),
            receipt: on.get(&gift.no).map(|serial| (serial.clone(), format!("/giving/receipts/{serial}"))),
            request_key: visit.app.request_key(),
        }
    };
    for gift in gifts.iter().filter(|gift| !on.contains_key(&gift.no)) {
        let row = giving.row(gift.part.purpose);
        let of = without.entry(year_of(gift)).or_default();
        *of = (of.0 + 1, of.1 + row.standing(gift.part.from, gift.part.until()));
    }
    let year = |(year, (gifts, amount)): (i16, (usize, i64))| YearWithout {
        year,
        gifts,
        amount: Won(amount),
        request_key: visit.app.request_key(),
    };
    let receipt = |receipt: &city::giving::Receipt| OwnReceipt {
        serial: receipt.serial.clone(),
        issued: view.town.zone.civil(receipt.issued),
        gifts: receipt.gifts,
        amount: Won(receipt.amount),
        copies: receipt.copies,
    };
    Ok(GiftsAndReceipts {
        base,
        total: Won(giving.given().by(giver).1),
        years: without.into_iter().rev().filter(|(_, (_, amount))| *amount > 0).map(year).collect(),
        receipts: receipts.iter().map(receipt).collect(),
        gifts: gifts.iter().take(LISTED).map(own).collect(),
    })
}

/// Asks for a receipt: of one gift, or of all of a year that stand on none. Gives its number.
pub(super) async fn ask(visit: &Visit, giver: Giver, asked: &Asked) -> Result<String, Rejected> {
    let unknown = || Rejected::from(Refusal::new("giving.gift-unknown"));
    let gifts: Vec<PostingNo> = if asked.year.is_empty() {
        vec![asked.gift.parse().map_err(|_| unknown())?]
    } else {
        let year: i16 = asked.year.trim().parse().map_err(|_| unknown())?;
        let Read { gifts, on, .. } = read(visit, giver).await?;
        let of_year = gifts.iter().filter(|gift| year_of(gift) == year && !on.contains_key(&gift.no));
        let all: BTreeSet<PostingNo> = of_year.map(|gift| gift.no).collect();
        all.into_iter().take(ON_ONE).collect()
    };
    let command = Command::OnGiving(OnGiving::Receipt { giver, gifts });
    match visit.ask(&asked.request_key, command).await? {
        Reply::Done { facts: Facts::Giving(GivingFacts::Receipt { serial, .. }), .. } => Ok(serial),
        _ => Err(Refusal::new("failed").into()),
    }
}
