//! `/wallet/prepaid`: a citizen buys, gives, returns, and joins a pledge.

use std::collections::BTreeMap;

use axum::extract::{Form, Path, Query};
use axum::response::Response;
use base::{PersonId, Role, Won, date_of_day, day_of_date};
use city::prepay::read::{self, Held, Order, Pledged};
use city::read::claims::Unused;
use city::{Command, OnPrepay};
use economy::decide::{LARGEST, may_return};
use serde::Deserialize;

use super::{Sent, expired, offers, on_sale, orders, thousandths, won_error};
use crate::frame::Visit;
use crate::look::{ClaimLine, Field, Offers, PrepaidPage, UsedClaim, texts};
use crate::pages::wallet::receiver;
use crate::pages::wallet::typed::{self, Shop};

pub(super) const HOME: &str = "/wallet/prepaid";
const DONE: [(&str, &str); 5] = [
    ("bought", "prepaid-did-buy"),
    ("given", "prepaid-did-give"),
    ("returned", "prepaid-did-return"),
    ("joined", "prepaid-did-join"),
    ("left", "prepaid-did-leave"),
];

#[derive(Deserialize)]
pub(super) struct Asked {
    /// A shop to begin with.
    shop: Option<String>,
}

/// Every form of the page; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    pub(super) csrf: String,
    pub(super) request_key: String,
    shop: String,
    amount: String,
    to: String,
    code: String,
    action: String,
}

pub(super) fn citizen(visit: &Visit) -> Option<PersonId> {
    match visit.role {
        Some(Role::Citizen(me)) => Some(me),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let mut sent = Sent { alert: visit.did(&DONE), ..Sent::default() };
    if let Some(shop) = asked.shop {
        sent.keep("shop", &shop);
    }
    page(visit, me, sent, None).await
}

/// `given`: the claim whose gift form was refused.
pub(super) async fn page(visit: Visit, me: PersonId, mut sent: Sent, given: Option<u32>) -> Response {
    let firms = orders::owned(&visit.app.city.shared.read().town, me);
    let read = visit.app.read(move |snapshot| {
        let due = orders::due(snapshot, &firms)?;
        Ok((read::offering(snapshot)?, read::joined(snapshot, me)?, due))
    });
    let (shops, joined, due): (Vec<base::MerchantId>, Option<Pledged>, Vec<Order>) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let cash = crate::pages::wallet::wallet_now(&visit.app, me).map_or(0, |wallet| wallet.cash);
    let unused = match unused(&visit, me).await {
        Ok(unused) => unused,
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let (claims, used_up, never, on_sale, offers, due, joined) = {
        let view = visit.app.city.shared.read();
        let today = day_of_date(visit.t.today);
        let held = read::of_person(&view.town.claims, &view.books, me);
        let open: Vec<&Held> = held.iter().filter(|held| today <= held.claim.use_by).collect();
        let line = |held: &&Held| line(&visit, &view.town, (me, &unused), held, (&sent, given));
        let sale = on_sale(&view.town, &visit);
        let offers = if sale.is_some() {
            offers(&view.town, visit.t.lang, &shops, ("", 0))
        } else {
            Offers::default()
        };
        let due: Vec<_> = due.iter().map(|order| orders::line(&visit, &view.town, order)).collect();
        let joined = joined.and_then(|pledge| {
            let one = view.town.directory.organisations.get(pledge.organisation)?;
            Some(one.named(visit.t.lang).to_owned())
        });
        let used_up = read::used_up(&view.town, &view.books, me, visit.t.today);
        let used_up: Vec<_> = used_up.iter().map(|held| used_line(&view.town, held)).collect();
        let never = view.town.directory.claims(me).is_empty();
        let claims: Vec<ClaimLine> = open.iter().map(line).collect();
        (claims, used_up, never, sale, offers, due, joined)
    };
    let status = sent.status;
    let page = PrepaidPage {
        t: visit.t,
        page: frame,
        left: Won(claims.iter().map(|claim| claim.left.0).sum()),
        claims,
        used_up,
        never,
        on_sale,
        request_key: sent.key(&visit, "buy"),
        shop: sent.field("shop"),
        amount: sent.field("amount"),
        cash: Won(cash),
        due,
        joined,
        join_key: sent.key(&visit, "join"),
        code: sent.field("code"),
        errors: std::mem::take(&mut sent.errors),
        offers,
    };
    visit.show_as(status, &page)
}

/// So often it is asked how accounts stand that have a say in what is unused: those of whom it was given by, reservations.
const OFTEN: usize = 16;

/// What is unused of the claims somebody holds, as the pen will count it.
async fn unused(visit: &Visit, me: PersonId) -> Result<BTreeMap<u32, i64>, store::Error> {
    let mut open: Vec<(u32, Unused)> = {
        let view = visit.app.city.shared.read();
        let claims = view.town.claims.of(me);
        claims.filter_map(|claim| Some((claim.no, Unused::of(claim, &view.books)?))).collect()
    };
    let mut counted = BTreeMap::new();
    for _ in 0..OFTEN {
        if open.is_empty() {
            break;
        }
        let asked = open.clone();
        let found = visit.app.read(move |snapshot| {
            asked.iter().map(|(_, of)| of.won(snapshot)).collect::<Result<Vec<_>, store::Error>>()
        });
        let found = found.await?;
        let view = visit.app.city.shared.read();
        let mut more = Vec::new();
        for ((no, of), found) in open.into_iter().zip(found) {
            match found {
                Ok(won) => drop(counted.insert(no, won)),
                Err(beside) => more.push((no, of.with(&beside, &view.books))),
            }
        }
        open = more;
    }
    Ok(counted)
}

fn line(
    visit: &Visit,
    town: &city::CityView,
    (me, unused): (PersonId, &BTreeMap<u32, i64>),
    held: &Held,
    (sent, given): (&Sent, Option<u32>),
) -> ClaimLine {
    let claim = &held.claim;
    // Bought or changed since it was counted: all of it is unused until it is counted anew.
    let unused = unused.get(&claim.no).copied().unwrap_or(claim.amount);
    let kept = town.pack.prepayment(&claim.programme).and_then(|programme| {
        may_return(programme, (claim.amount, unused), claim.bought, visit.t.today).err()
    });
    let kept = kept.map(|refusal| {
        let text = texts().refusal(visit.t.lang, visit.t.today, &refusal);
        format!("{} {}", text.why, text.remedy)
    });
    let shop = town.directory.shop(claim.merchant).map(|(_, shop)| shop.name.clone());
    let here = given == Some(claim.no);
    ClaimLine {
        no: claim.no,
        shop: shop.unwrap_or_default(),
        left: Won(held.left),
        amount: Won(claim.amount),
        use_by: date_of_day(claim.use_by),
        thousandths: thousandths(held.left, claim.amount),
        kept,
        reserved: Won((unused - held.left).max(0)),
        given: claim.buyer != me,
        give_key: if here { sent.key(visit, "give") } else { visit.app.request_key() },
        to: if here { sent.field("to") } else { Field::default() },
        return_key: visit.app.request_key(),
    }
}

fn used_line(town: &city::CityView, held: &Held) -> UsedClaim {
    let shop = town.directory.shop(held.claim.merchant).map(|(_, shop)| shop.name.clone());
    UsedClaim {
        shop: shop.unwrap_or_default(),
        amount: Won(held.claim.amount),
        bought: date_of_day(held.claim.bought),
    }
}

pub(super) async fn buy(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let mut sent = Sent::default();
    sent.keep("shop", &form.shop);
    sent.keep("amount", &form.amount);
    let shop = match typed::shop(&visit.app, &form.shop) {
        Some(Shop::Known(shop)) => Some(shop),
        _ => None,
    };
    if shop.is_none() {
        let key = if form.shop.trim().is_empty() { "field-shop-empty" } else { "field-shop" };
        sent.wrong("shop", &form.shop, visit.t.say(key).to_string());
    }
    let amount = typed::amount(&form.amount);
    if amount.is_none() {
        sent.wrong("amount", &form.amount, won_error(&visit, LARGEST));
    }
    if let (Some(merchant), Some(amount)) = (shop, amount) {
        let command = Command::OnPrepay(OnPrepay::Buy { person: me, merchant, amount });
        match visit.ask(&form.request_key, command).await {
            Ok(_) => return visit.go(&format!("{HOME}?did=bought")),
            Err(rejected) => {
                sent.refused(&visit, &rejected, "buy", form.request_key);
                let short = sent.alert.as_ref().map(|alert| alert.what.clone()).unwrap_or_default();
                let status = sent.status;
                match rejected.refusal.code {
                    "prepay.range" | "cash.short" => sent.wrong("amount", &form.amount, short),
                    "prepay.not-offered" | "shop.closed" | "shop.own" | "shop.excluded" => {
                        sent.wrong("shop", &form.shop, short);
                    }
                    _ => {}
                }
                sent.status = status;
            }
        }
    }
    page(visit, me, sent, None).await
}

pub(super) async fn give(visit: Visit, Path(claim): Path<u32>, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let mut sent = Sent::default();
    sent.keep("to", &form.to);
    match receiver(&visit, &form.to).await {
        Err(error) => return visit.refuse(error, HOME),
        Ok(Err(key)) => sent.wrong("to", &form.to, visit.t.say(key).to_string()),
        Ok(Ok(to)) => {
            let command = Command::OnPrepay(OnPrepay::Give { person: me, claim, to });
            match visit.ask(&form.request_key, command).await {
                Ok(_) => return visit.go(&format!("{HOME}?did=given")),
                Err(rejected) if rejected.refusal.code == "card.unknown" => {
                    sent.wrong("to", &form.to, visit.t.say("field-person").to_string());
                }
                Err(rejected) => sent.refused(&visit, &rejected, "give", form.request_key),
            }
        }
    }
    page(visit, me, sent, Some(claim)).await
}

pub(super) async fn give_back(visit: Visit, Path(claim): Path<u32>, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let mut sent = Sent::default();
    match visit.ask(&form.request_key, Command::OnPrepay(OnPrepay::Return { claim })).await {
        Ok(_) => return visit.go(&format!("{HOME}?did=returned")),
        Err(rejected) => sent.refused(&visit, &rejected, "return", form.request_key),
    }
    page(visit, me, sent, None).await
}

pub(super) async fn join(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let mut sent = Sent::default();
    sent.keep("code", &form.code);
    let leaves = form.action == "leave";
    let command = if leaves {
        OnPrepay::Leave { person: me }
    } else {
        OnPrepay::Join { person: me, code: form.code.clone() }
    };
    match visit.ask(&form.request_key, Command::OnPrepay(command)).await {
        Ok(_) => return visit.go(&format!("{HOME}?did={}", if leaves { "left" } else { "joined" })),
        Err(rejected) => {
            sent.refused(&visit, &rejected, "join", form.request_key);
            if rejected.refusal.code == "pledge.code" {
                let (short, status) = (visit.alert(&rejected).what, sent.status);
                sent.wrong("code", &form.code, short);
                sent.status = status;
            }
        }
    }
    page(visit, me, sent, None).await
}
