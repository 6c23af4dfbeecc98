//! `GET /wallet/paid/{id}`, `GET /wallet/receipts/{id}`, `GET /p/{code}`: what a posting became, for its holder and
//! for who was handed the paper.

use axum::extract::Path;
use axum::response::Response;
use base::{PersonId, PostingNo, Won};
use calendar::Holidays;
use city::CardRef;
use city::CityView;
use city::disposal::or_unknown;
use city::read::people::masked;
use city::read::receipt::{self, Receipt, holders};
use city::read::shop::pay_day;
use economy::facts::{CouponFacts, GivingFacts, Payment, PayoutFacts, PrepayFacts};
use economy::holder::mask_card_number;
use economy::{Facts, business_number};
use jiff::tz::TimeZone;
use pen::View;

use super::history::{Names, shop_name, title};
use super::legs::Reading;
use super::{citizen, clock_rate, not_found, wallet_now};
use crate::app::App;
use crate::codes::short_order;
use crate::explain;
use crate::frame::Visit;
use crate::look::{CheckedPage, PaidPage, ReceiptPage, Tongue, qr_svg};
use crate::prepaid;
use crate::problem::Rejected;
use crate::sign;

/// City seconds for which a payment is shown as just paid: what is shown at one counter must not do at the next.
const FRESH: i64 = 600;
/// 80 bits: who guesses it learns an amount.
const SEAL: usize = 16;

/// A posting of the visitor's own. Another person's looks just like one that doesn't exist.
async fn own(app: &std::sync::Arc<App>, me: PersonId, id: &str) -> Result<Option<Receipt>, store::Error> {
    let Ok(no) = id.parse::<PostingNo>() else { return Ok(None) };
    let found = app.read(move |snapshot| receipt::receipt(snapshot, no)).await?;
    Ok(found.filter(|receipt| receipt.is_of(me)))
}

/// What to say where there is none: that it was disposed of, or nothing more than that.
fn gone(app: &App, id: &str) -> Rejected {
    let disposed = app.city.shared.read().town.open.disposed;
    match id.parse::<PostingNo>().map(|no| or_unknown(disposed, no, "payment.unknown")) {
        Ok(refusal) if refusal.code == "posting.disposed" => refusal.into(),
        _ => not_found(),
    }
}

/// The short number of a payment that both sides see: the shop's own code, or one made of the posting's number.
fn order(no: PostingNo, payment: &Payment) -> String {
    payment.order.clone().unwrap_or_else(|| short_order(no.0))
}

pub(super) async fn paid(visit: Visit, Path(id): Path<String>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let found = match own(&visit.app, me, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let gone = gone(&visit.app, &id);
            return visit.refuse(gone, "/wallet");
        }
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let Some(payment) = found.facts.payment() else {
        return visit.go(&format!("/wallet/receipts/{}", found.no));
    };
    let now = visit.app.now();
    let rate = clock_rate(&visit.app);
    let over = found.at.plus_seconds(FRESH * i64::from(rate.max(1)));
    let page = {
        let view = visit.app.city.shared.read();
        let taken = view.town.open.taken.contains_key(&found.no);
        (now < over && !taken).then(|| PaidFill {
            shop: shop_name(&view.town, payment.merchant),
            at: view.town.zone.civil(found.at),
            offset_minutes: offset_minutes(view.town.zone.civil(now), now),
            explanation: explain::cashback(&view.town.pack, visit.t, payment),
        })
    };
    let Some(fill) = page else { return visit.go(&format!("/wallet/receipts/{}", found.no)) };
    let balance = wallet_now(&visit.app, me).map_or(payment.balance, |wallet| wallet.total);
    let page = PaidPage {
        t: visit.t,
        page: visit.page(),
        shop: fill.shop,
        amount: Won(payment.amount),
        order: order(found.no, payment),
        at: fill.at,
        now_ms: now.0 / 1_000,
        clock_rate: rate,
        offset_minutes: fill.offset_minutes,
        cashback: Won(payment.cashback.reward),
        explanation: fill.explanation,
        balance: Won(balance),
        receipt: format!("/wallet/receipts/{}", found.no),
    };
    visit.show(&page)
}

/// What is read under one lock.
struct PaidFill {
    shop: String,
    at: jiff::civil::DateTime,
    offset_minutes: i32,
    explanation: Vec<String>,
}

/// Minutes east of UTC, from a clock face and its instant.
fn offset_minutes(face: jiff::civil::DateTime, at: base::Instant) -> i32 {
    let as_utc = face.to_zoned(TimeZone::UTC).map_or(at.0, |zoned| zoned.timestamp().as_microsecond());
    i32::try_from((as_utc - at.0) / 60_000_000).unwrap_or(0)
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let found = match own(&visit.app, me, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let gone = gone(&visit.app, &id);
            return visit.refuse(gone, "/wallet/history");
        }
        Err(error) => return visit.refuse(error, "/wallet/history"),
    };
    let people = holders(&found.facts);
    let read = visit.app.register(visit.looks("wallet.receipt", "gift"), move |register| {
        let mut names = Names::new();
        for person in people.into_iter().flatten() {
            if let Some(naming) = register.naming(person)? {
                names.insert(person, masked(&naming.name));
            }
        }
        Ok(names)
    });
    let names = match read.await {
        Ok(names) => names,
        Err(error) => return visit.refuse(error, "/wallet/history"),
    };
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let reader = Reader { app: &visit.app, view: &view, t: visit.t, me, found: &found, names: &names };
        reader.page(frame)
    };
    visit.show(&page)
}

/// A posting, its holder and the names around it.
struct Reader<'a> {
    app: &'a App,
    view: &'a View<CityView>,
    t: Tongue,
    me: PersonId,
    found: &'a Receipt,
    names: &'a Names,
}

impl Reader<'_> {
    fn page(&self, frame: crate::look::Page) -> ReceiptPage {
        let Reader { t, me, found, .. } = *self;
        let town = &self.view.town;
        let facts = &found.facts;
        let payment = facts.payment();
        let merchant = match facts {
            Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => {
                Some(payment.merchant)
            }
            Facts::Refund(refund) => Some(refund.merchant),
            Facts::Release(release) => Some(release.merchant),
            Facts::Prepay(facts) => facts.shop(),
            _ => None,
        };
        let shop = merchant.and_then(|id| town.directory.shop(id));
        let card = payment.and_then(|payment| town.directory.card(CardRef::Id(payment.card)));
        let reading = Reading { view: town, books: &self.view.books, t, me, facts };
        let verify_url = payment.map(|_| check_address(self.app, found.no)).unwrap_or_default();
        ReceiptPage {
            t,
            page: frame,
            id: found.no.to_string(),
            order: payment.map(|payment| order(found.no, payment)).unwrap_or_default(),
            at: town.zone.civil(found.at),
            shop: title(town, t, me, facts, self.names),
            business_number: shop.map(|(_, s)| business_number::show(&s.business_number)).unwrap_or_default(),
            payer: payment.and_then(|_| self.names.get(&me)).cloned().unwrap_or_default(),
            card_number: card.map(|card| mask_card_number(card.number)).unwrap_or_default(),
            amount: Won(amount(facts)),
            refunded: Won(town.open.taken.get(&found.no).copied().unwrap_or(0)),
            cashback: Won(cashback(facts)),
            settles: payment.map(|_| {
                pay_day(
                    town.pack.city.payout_hour,
                    &Holidays::new(town.pack.city.holidays()),
                    &town.zone,
                    found.at,
                )
            }),
            legs: found.legs.iter().filter_map(|entry| reading.leg(entry)).collect(),
            rules: self.rules(),
            verify_qr: (!verify_url.is_empty()).then(|| qr_svg(&verify_url)).flatten(),
            verify_url,
            file: self.file(),
            back: "/wallet/history".to_owned(),
        }
    }

    /// The file that proves it, where the journal is sealed.
    fn file(&self) -> String {
        let sealed = self.app.city.sealing().is_some();
        if sealed { format!("/wallet/receipts/{}/file", self.found.no) } else { String::new() }
    }

    /// The rules of that day that decided it, each with what it rests on.
    fn rules(&self) -> Vec<String> {
        let Reader { t, found, .. } = *self;
        let pack = &self.view.town.pack;
        let date = self.view.town.zone.date(found.at);
        let card = pack.card_on(date);
        let card_says = |key: &'static str| {
            card.map(|rules| {
                let limit = if key == "receipt-gift-rule" { rules.gift_limit } else { rules.holding_limit };
                let share = rules.residual_share.basis_points();
                let said = t.say(key).text("source", rules.source.in_lang(t.lang)).won("limit", limit);
                said.percent("share", share).to_string()
            })
        };
        let campaign = |id: &str| match pack.campaign(id) {
            Some(campaign) => t
                .say("receipt-campaign")
                .text("name", campaign.name.in_lang(t.lang))
                .text("source", campaign.source.in_lang(t.lang))
                .to_string(),
            None => t.say("receipt-no-rule").to_string(),
        };
        match &found.facts {
            Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => {
                let reserved = matches!(found.facts, Facts::Authorise(_));
                let mut rules = explain::coupons(pack, t, payment, reserved);
                rules.push(campaign(&payment.cashback.campaign));
                rules.extend(card_says("receipt-card-rules"));
                rules
            }
            Facts::TopUp(top_up) if top_up.cashback.reward > 0 => {
                let mut rules = vec![campaign(&top_up.cashback.campaign)];
                rules.extend(card_says("receipt-top-up-rule"));
                rules
            }
            Facts::Coupons(CouponFacts::Given { coupon, .. } | CouponFacts::Back { coupon, .. }) => {
                let coupon = pack.coupons.coupon(coupon);
                let said = coupon.map(|coupon| {
                    t.say("receipt-coupon")
                        .day("until", coupon.until)
                        .text("source", coupon.source.in_lang(t.lang))
                        .to_string()
                });
                said.into_iter().collect()
            }
            Facts::TopUp(_) => card_says("receipt-top-up-rule").into_iter().collect(),
            Facts::Prepay(PrepayFacts::Bought(bought)) => {
                let mut rules = prepaid::rule(pack, t, &bought.programme);
                rules.push(campaign(&bought.cashback.campaign));
                let gives = self.view.town.directory.giving.standing(self.me).is_some();
                if gives && bought.cashback.reward > 0 {
                    rules.push(t.say("receipt-prepay-no-gift").to_string());
                }
                rules
            }
            Facts::Gift(_) => card_says("receipt-gift-rule").into_iter().collect(),
            Facts::Withdraw(_) => card_says("receipt-withdraw-rule").into_iter().collect(),
            Facts::Refund(refund) => {
                let rule = t.say("receipt-refund-rule").text("payment", PostingNo(refund.payment));
                let mut rules = vec![rule.to_string()];
                rules.extend(explain::gift_back(pack, t, refund));
                rules.extend(refund.stamp.map(|_| t.say("because-stamp-back").to_string()));
                rules.extend(explain::prize_back(t, refund));
                rules
            }
            _ => Vec::new(),
        }
    }
}

/// What a posting is about, in won.
fn amount(facts: &Facts) -> i64 {
    match facts {
        Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => payment.amount,
        Facts::TopUp(top_up) => top_up.amount,
        Facts::Refund(refund) => refund.amount,
        Facts::Release(release) => release.amount,
        Facts::Gift(gift) => gift.amount,
        Facts::Withdraw(withdrawal) => withdrawal.amount,
        Facts::Expire { amount, .. } | Facts::Payouts(PayoutFacts::Failed { amount, .. }) => *amount,
        Facts::Coupons(CouponFacts::Given { amount, .. } | CouponFacts::Back { amount, .. }) => *amount,
        Facts::Prepay(facts) => facts.amount(),
        Facts::Giving(GivingFacts::Once(once)) => once.gift.amount,
        _ => 0,
    }
}

fn cashback(facts: &Facts) -> i64 {
    match facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => payment.cashback.reward,
        Facts::TopUp(top_up) => top_up.cashback.reward,
        Facts::Prepay(PrepayFacts::Bought(bought)) => bought.cashback.reward,
        _ => 0,
    }
}

/// Where a stranger with the receipt in hand can check it: the address carries a seal, so that nobody can leaf
/// through the numbers.
pub(in crate::pages) fn check_address(app: &App, no: PostingNo) -> String {
    format!("{}/p/{no}-{}", app.public_url, seal(app, no))
}

fn seal(app: &App, no: PostingNo) -> String {
    sign::seal(&app.secrets.signing, "receipt", &no.to_string(), SEAL)
}

pub(super) async fn check(visit: Visit, Path(code): Path<String>) -> Response {
    let no = code
        .rsplit_once('-')
        .and_then(|(id, given)| Some((id.parse::<PostingNo>().ok()?, given)))
        .filter(|(no, given)| sign::same(&seal(&visit.app, *no), given))
        .map(|(no, _)| no);
    let Some(no) = no else { return visit.refuse(not_found(), "/") };
    let found = match visit.app.read(move |snapshot| receipt::receipt(snapshot, no)).await {
        Ok(found) => found,
        Err(error) => return visit.refuse(error, "/"),
    };
    let Some((at, payment)) = found.and_then(|f| Some((f.at, f.facts.payment()?.clone()))) else {
        return visit.refuse(not_found(), "/");
    };
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let shop = view.town.directory.shop(payment.merchant).map(|(_, shop)| shop);
        CheckedPage {
            t: visit.t,
            page: frame,
            id: no.to_string(),
            at: view.town.zone.civil(at),
            shop: shop.map(|shop| shop.name.clone()).unwrap_or_default(),
            business_number: shop.map(|s| business_number::show(&s.business_number)).unwrap_or_default(),
            amount: Won(payment.amount),
            refunded: Won(view.town.open.taken.get(&no).copied().unwrap_or(0)),
        }
    };
    visit.show(&page)
}
