//! `GET /wallet/history`: what came and went, and why, newest first.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::Response;
use base::{Date, Month, PersonId, PostingNo, Refusal, Won, day_of_date};
use city::CityView;
use city::read::history::{Line, Lines, lines, since};
use city::read::people::{Register, masked};
use city::read::receipt::holders;
use economy::Facts;
use economy::facts::{ClaimLeg, CouponFacts, GivingFacts, Payment, PayoutFacts, PrepayFacts};
use serde::Deserialize;

use super::{citizen, wallet_now};
use crate::app::App;
use crate::explain;
use crate::frame::Visit;
use crate::look::{HistoryEntry, HistoryPage, Tongue};
use crate::prepaid;

/// Lines of a page.
const PAGE: usize = 20;

/// Names of others in the lines, masked.
pub(in crate::pages) type Names = HashMap<PersonId, String>;

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
}

pub(super) async fn history(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let Some(wallet) = wallet_now(&visit.app, me) else {
        return visit.refuse(Refusal::new("person.unknown"), "/");
    };
    // A cursor that is none begins at the newest.
    let before = asked.before.and_then(|text| text.parse::<PostingNo>().ok());
    let chains = wallet.chains;
    let month = day_of_date(Month::of(visit.t.today).first_day());
    let read = visit.app.register(visit.looks("wallet.history", "gift"), move |register| {
        let lines = lines(register.snapshot(), &chains, before, PAGE)?;
        let names = names(register, me, &lines)?;
        Ok((lines, names, since(register.snapshot(), me, &chains, month)?))
    });
    let (found, names, sums) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let page = HistoryPage {
        t: visit.t,
        page: visit.page(),
        entries: entries(&visit.app, visit.t, me, &found, &names),
        older: found.older.map(|no| format!("/wallet/history?before={no}")),
        disposed: disposed_until(&visit.app, &found),
        cashback_this_month: Won(sums.cashback),
        spent_this_month: Won(sums.spent),
        ahead_this_month: sums.ahead,
    };
    visit.show(&page)
}

/// Where a list ends because its older lines were disposed of: the last day of those.
fn disposed_until(app: &App, found: &Lines) -> Option<Date> {
    let disposed = app.city.shared.read().town.open.disposed;
    disposed.filter(|_| found.disposed).map(|disposed| disposed.until)
}

/// The others in these lines, by masked name.
pub(super) fn names(
    register: &mut Register<'_, '_>,
    me: PersonId,
    found: &Lines,
) -> Result<Names, store::Error> {
    let mut names = Names::new();
    for line in &found.lines {
        if let Facts::Gift(gift) = &line.facts {
            let other = if gift.from == me { gift.to } else { gift.from };
            if let Some(naming) = register.naming(other)? {
                names.insert(other, masked(&naming.name));
            }
        }
    }
    Ok(names)
}

/// Lines in words.
pub(super) fn entries(app: &App, t: Tongue, me: PersonId, found: &Lines, names: &Names) -> Vec<HistoryEntry> {
    let view = app.city.shared.read();
    found.lines.iter().map(|line| entry(&view.town, t, me, line, names)).collect()
}

/// A shop's name, for a line or a receipt.
pub(super) fn shop_name(view: &CityView, shop: base::MerchantId) -> String {
    view.directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default()
}

/// What a posting was, for the person it concerns: `남부시장 반찬`, `충전`, `김*자님에게 선물`.
pub(in crate::pages) fn title(
    view: &CityView,
    t: Tongue,
    me: PersonId,
    facts: &Facts,
    names: &Names,
) -> String {
    let at = |key: &'static str, shop| t.say(key).text("shop", shop_name(view, shop)).to_string();
    let name = |person| names.get(&person).cloned().unwrap_or_else(|| t.say("history-someone").to_string());
    match facts {
        Facts::Pay(payment) => shop_name(view, payment.merchant),
        Facts::Authorise(payment) => at("history-reserved", payment.merchant),
        Facts::Capture { payment, .. } => at("history-captured", payment.merchant),
        Facts::Release(release) => at("history-released", release.merchant),
        Facts::Refund(refund) => at("history-refund", refund.merchant),
        Facts::TopUp(_) => t.say("history-top-up").to_string(),
        Facts::Gift(gift) if gift.from == me => {
            t.say("history-gift-sent").text("name", name(gift.to)).to_string()
        }
        Facts::Gift(gift) => t.say("history-gift-received").text("name", name(gift.from)).to_string(),
        Facts::Withdraw(_) => t.say("history-withdrawn").to_string(),
        Facts::Expire { .. } => t.say("history-expired").to_string(),
        Facts::Coupons(
            CouponFacts::Given { coupon, .. }
            | CouponFacts::Part { coupon, .. }
            | CouponFacts::Back { coupon, .. },
        ) => view
            .pack
            .coupons
            .coupon(coupon)
            .map(|one| one.name.in_lang(t.lang).to_owned())
            .unwrap_or_default(),
        Facts::Moving(_) => t.say("history-moved-in").to_string(),
        Facts::Prepay(facts) => prepaid::title(view, t, me, facts),
        Facts::Payouts(PayoutFacts::Failed { .. }) => t.say("history-payout-failed").to_string(),
        Facts::Giving(GivingFacts::Once(_)) => t.say("history-donated").to_string(),
        _ => t.say("history-other").to_string(),
    }
}

fn entry(view: &CityView, t: Tongue, me: PersonId, line: &Line, names: &Names) -> HistoryEntry {
    let cashback = line.cashback(me);
    let went_back = || Some(t.say("history-reward-back").won("amount", Won(-cashback)).to_string());
    let note = match &line.facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => Some(explain::reason(&view.pack, t, payment)),
        Facts::Authorise(_) if view.open.holds.contains_key(&line.no) => {
            Some(t.say("history-open").to_string())
        }
        Facts::TopUp(top_up) if cashback > 0 => {
            let said = t.say("history-top-up-cashback").percent("rate", top_up.cashback.rate);
            Some(said.won("amount", Won(cashback)).to_string())
        }
        Facts::Coupons(CouponFacts::Back { .. }) => Some(t.say("history-coupon-back").to_string()),
        Facts::Refund(_) | Facts::Prepay(PrepayFacts::Ended(_)) if cashback < 0 => went_back(),
        _ => None,
    };
    let is_mine = holders(&line.facts).contains(&Some(me));
    let href = match &line.facts {
        // One posting of many people has no receipt of its own.
        Facts::Coupons(CouponFacts::Part { .. }) => "/wallet/coupons".to_owned(),
        Facts::Moving(_) => "/wallet".to_owned(),
        // Another's payment was taken back into a claim they had given to me: their receipt is theirs.
        Facts::Refund(_) if !is_mine => "/wallet/prepaid".to_owned(),
        _ => format!("/wallet/receipts/{}", line.no),
    };
    HistoryEntry {
        href,
        title: title(view, t, me, &line.facts, names),
        at: view.zone.civil(line.at),
        amount: Won(line.shown(me)),
        note,
        cashback: Won(cashback.max(0)),
        prepaid: of_prepaid(t, me, line),
        returned: returned(view, t, line.no),
    }
}

/// What of it was money that had been prepaid, in no purse: the line's sum is what the purses saw of it.
fn of_prepaid(t: Tongue, me: PersonId, line: &Line) -> Option<String> {
    let by_claims = |legs: &[ClaimLeg]| legs.iter().map(|(_, amount, _)| amount).sum::<i64>();
    let moved = line.prepaid.abs();
    let (key, all, part) = match &line.facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => {
            let (all, part) = (to_pay(payment), by_claims(&payment.prepaid));
            (if part == all { "history-all-prepaid" } else { "history-with-prepaid" }, all, part)
        }
        Facts::Authorise(payment) => ("history-reserved-prepaid", to_pay(payment), moved),
        Facts::Refund(refund) if refund.person == me => {
            ("history-refund-prepaid", refund.amount - refund.discount, moved)
        }
        // Buying, giving and ending one say it in their title; anything else brings some back.
        Facts::Prepay(_) | Facts::Moving(_) => ("history-of-prepaid", moved, moved),
        _ => ("history-back-prepaid", moved, moved),
    };
    (part > 0).then(|| t.say(key).won("amount", Won(all)).won("prepaid", Won(part)).to_string())
}

/// What the holder pays: a sale's discount is the city's part.
fn to_pay(payment: &Payment) -> i64 {
    payment.amount - payment.discount.as_ref().map_or(0, |one| one.amount)
}

fn returned(view: &CityView, t: Tongue, no: PostingNo) -> Option<String> {
    let taken = view.open.taken.get(&no).filter(|taken| **taken > 0)?;
    Some(t.say("refund-back").won("amount", Won(*taken)).to_string())
}
