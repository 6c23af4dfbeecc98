//! `GET /wallet`, `GET /pay`, `GET /wallet/large`: what can be spent, and how.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use base::{CardId, Instant, MerchantId, Month, PersonId, PostingNo, Refusal, Won};
use city::looks::{Glass, glasses_of};
use city::read::history::{Lines, OwnMoney, lines};
use city::read::people::cards_of;
use city::read::quote::sale_here;
use city::read::receipt;
use city::read::wallet::{EarningNow, WalletNow};
use city::{CardRef, CityView, Directory};
use economy::decide::SinceTopUp;
use economy::holder::mask_card_number;
use economy::holder::{CardState, show_card_number};
use economy::store::Issued;
use economy::{Card, CardKind, Facts};
use ledger::AccountNo;
use pen::View;
use rules::{GrantAt, Purpose};
use serde::Deserialize;

use super::super::shop::takes_cards;
use super::history::{Names, entries, names, shop_name};
use super::typed::{self, Shop};
use super::{citizen, standing, wallet_now};
use crate::app::{App, Mode};
use crate::codes::ShopCode;
use crate::frame::Visit;
use crate::look::{
    AccountForm, Alert, CardInHand, Field, FieldError, GiftForm, LimitLeft, Notice, PayForm, Purse,
    ScannedCode, Tongue, WalletLargePage, WalletPage, WithdrawForm, qr_svg,
};
use crate::problem::Rejected;

/// The latest on the first page.
const LATEST: usize = 5;

/// What a form left behind: it is shown again as it was typed.
#[derive(Default)]
pub(super) struct Sent {
    pub pay: Option<PayForm>,
    pub top_up: Option<(String, Field)>,
    pub gift: Option<GiftForm>,
    pub withdraw: Option<String>,
    /// An account that was typed: bank, number, holder.
    pub account: Option<[Field; 3]>,
    pub errors: Vec<FieldError>,
    pub alert: Option<Alert>,
    pub shows_cards: bool,
    pub status: StatusCode,
}

/// What is read in one snapshot.
struct Rows {
    latest: Lines,
    names: Names,
    cards: Vec<Issued>,
    /// Whoever broke the glass before this record last, if that was of late.
    glass: Option<Glass>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    code: Option<String>,
    done: Option<String>,
    card: Option<String>,
}

pub(super) async fn wallet(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let mut sent = Sent::default();
    if let Some(text) = &asked.code {
        let named = typed::shop(&visit.app, text);
        let shop = match &named {
            Some(Shop::Code(code)) => Some(code.shop),
            Some(Shop::Known(shop)) => Some(*shop),
            None => None,
        };
        let dead = shop.and_then(|shop| takes_cards(&visit.app, shop).err());
        match named {
            Some(Shop::Code(code)) if code.until <= visit.app.now() => {
                match super::forms::paid_with(&visit, me, &code).await {
                    Some(no) => return visit.go(&format!("/wallet/paid/{no}")),
                    None => refused(&mut sent, &visit, Refusal::new("qr.expired")),
                }
            }
            // What a shop shows or has printed ends with its membership.
            _ if let Some(refusal) = dead => refused(&mut sent, &visit, refusal),
            Some(Shop::Code(code)) => sent.pay = Some(code_form(&visit, &code)),
            Some(Shop::Known(shop)) => {
                let view = visit.app.city.shared.read();
                let shop = view.town.directory.shop(shop).map(|(_, shop)| shop);
                let number = shop.map(|shop| economy::business_number::show(&shop.business_number));
                sent.pay = Some(PayForm {
                    request_key: visit.app.request_key(),
                    shop: Field::of(number.unwrap_or_default()),
                    shop_name: shop.map(|shop| shop.name.clone()),
                    sale: shop.and_then(|shop| sale_at(&visit, &view, shop.id, me)),
                    ..PayForm::default()
                });
            }
            None => refused(&mut sent, &visit, Refusal::new("shop.unknown")),
        }
    }
    if let Some(no) = asked.done.and_then(|text| text.parse().ok()) {
        sent.alert = done(&visit, me, no).await;
    }
    if let Some(card) = asked.card.and_then(|text| text.parse::<CardId>().ok()) {
        sent.alert = card_done(&visit, me, card);
        sent.shows_cards = true;
    }
    show(visit, me, sent).await
}

/// What a shop's QR leads to: the wallet, with the code filled in.
pub(super) async fn scanned(visit: Visit, Query(asked): Query<Scanned>) -> Response {
    let mut code = asked.c.unwrap_or_default();
    code.retain(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let to = format!("/wallet?code={code}");
    match (citizen(&visit), &visit.app.mode) {
        (None, Mode::Real) => visit.go(&format!("/sign-in?next=/pay%3Fc%3D{code}")),
        _ => visit.go(&to),
    }
}

#[derive(Deserialize)]
pub(super) struct Scanned {
    c: Option<String>,
}

fn refused(sent: &mut Sent, visit: &Visit, refusal: Refusal) {
    let rejected = Rejected::from(refusal);
    sent.status = rejected.status;
    sent.alert = Some(visit.alert(&rejected));
}

/// The form of a code that was scanned: nothing is left to type.
pub(super) fn code_form(visit: &Visit, code: &ShopCode) -> PayForm {
    let view = visit.app.city.shared.read();
    PayForm {
        // The payment's key is made of the code; this one only fills the form's field.
        request_key: format!("code-{:x}", code.nonce),
        scanned: Some(ScannedCode {
            code: code.write(&visit.app),
            shop: shop_name(&view.town, code.shop),
            amount: Won(code.amount),
            order: code.order(),
            sale: quoted(visit, &view, code),
        }),
        ..PayForm::default()
    }
}

/// What a sale takes off a code's amount, before it is paid.
fn quoted(visit: &Visit, view: &View<CityView>, code: &ShopCode) -> Option<(String, Won)> {
    let me = citizen(visit)?;
    let (sale, room) = sale_here(&view.town, &view.books, code.shop, me, visit.t.today)?;
    let off = sale.rate.of(Won(code.amount)).0.min(room);
    let said =
        visit.t.say("pay-sale-off").text("sale", sale.name.in_lang(visit.t.lang)).won("amount", Won(off));
    (off > 0).then(|| (said.to_string(), Won(code.amount - off)))
}

/// The sale a shop takes part in today, with what this person may still be given by it.
fn sale_at(visit: &Visit, view: &View<CityView>, shop: MerchantId, me: PersonId) -> Option<String> {
    let (sale, room) = sale_here(&view.town, &view.books, shop, me, visit.t.today)?;
    let t = visit.t;
    let said =
        t.say("pay-sale").text("sale", sale.name.in_lang(t.lang)).percent("rate", sale.rate.basis_points());
    Some(said.won("room", Won(room)).to_string())
}

/// What a post has done, from its own posting.
async fn done(visit: &Visit, me: PersonId, no: PostingNo) -> Option<Alert> {
    let read = visit.app.register(visit.looks("wallet.gift-to", "gift"), move |register| {
        let Some(found) = receipt::receipt(register.snapshot(), no)?.filter(|found| found.is_of(me)) else {
            return Ok(None);
        };
        let other = match &found.facts {
            Facts::Gift(gift) => register.naming(gift.to)?,
            _ => None,
        };
        Ok(Some((found, other)))
    });
    let (found, other) = read.await.ok()??;
    let t = visit.t;
    let said = match &found.facts {
        Facts::TopUp(top_up) => {
            t.say("done-top-up").won("amount", Won(top_up.amount)).won("balance", Won(top_up.balance))
        }
        Facts::Gift(gift) if gift.from == me => {
            let name = other.map(|naming| city::read::people::masked(&naming.name)).unwrap_or_default();
            t.say("done-gift").text("name", name).won("amount", Won(gift.amount))
        }
        Facts::Withdraw(withdrawal) => t.say("done-withdrawn").won("amount", Won(withdrawal.amount)),
        _ => return None,
    };
    Some(Alert::done(said.to_string()))
}

/// What a card's form has done: how the card stands now.
fn card_done(visit: &Visit, me: PersonId, card: CardId) -> Option<Alert> {
    let view = visit.app.city.shared.read();
    let card = view.town.directory.card(CardRef::Id(card)).filter(|card| card.person == me)?;
    match card.state {
        CardState::Frozen => Some(Alert::done(visit.t.say("done-frozen").to_string())),
        CardState::Active => Some(Alert::done(visit.t.say("done-unfrozen").to_string())),
        _ => None,
    }
}

/// So many seconds a person's wallet tells that somebody broke the glass before their record.
const TOLD: i64 = 30 * 86_400;

/// The wallet, with what a form left behind.
pub(super) async fn show(visit: Visit, me: PersonId, sent: Sent) -> Response {
    let Some(now) = wallet_now(&visit.app, me) else {
        return visit.refuse(Refusal::new("person.unknown"), "/");
    };
    let (chains, own) = (now.chains.clone(), OwnMoney::of(me, now.cash_chains.clone()));
    let asked = own.clone();
    let now_is = visit.app.now();
    let read = visit.app.register(visit.looks("wallet.history", "gift"), move |register| {
        let latest = lines(register.snapshot(), &chains, None, LATEST)?;
        let names = names(register, me, &latest)?;
        let snapshot = register.snapshot();
        let since = asked.since_last_top_up(snapshot)?;
        let cards = cards_of(snapshot, me)?;
        let glass = glasses_of(register, me, 1)?.pop().filter(|glass| now_is.plus_seconds(-TOLD) < glass.at);
        Ok((Rows { latest, names, cards, glass }, since))
    });
    let (rows, since) = match read.await {
        Ok(rows) => rows,
        Err(error) => return visit.refuse(error, "/"),
    };
    let since = match all_since(&visit, own, since).await {
        Ok(since) => since,
        Err(error) => return visit.refuse(error, "/"),
    };
    let status = sent.status;
    let page = page(&visit, me, &now, (rows, &since), sent);
    visit.show_as(status, &page)
}

/// So often it is asked how accounts stand that have a say in a withdrawal: claims, and to whom they were given.
const OFTEN: usize = 16;

/// What a withdrawal is measured by, with what stands beside own money.
async fn all_since(
    visit: &Visit,
    mut own: OwnMoney,
    mut found: Result<SinceTopUp, Vec<AccountNo>>,
) -> Result<SinceTopUp, store::Error> {
    for _ in 0..OFTEN {
        let beside = match found {
            Ok(since) => return Ok(since),
            Err(beside) => beside,
        };
        own = own.with(&beside, &visit.app.city.shared.read().books);
        let asked = own.clone();
        found = visit.app.read(move |snapshot| asked.since_last_top_up(snapshot)).await?;
    }
    // Nobody passes a claim on so often within a moment; until it is asked anew, all is said to be spent first.
    Ok(found.unwrap_or_default())
}

fn page(
    visit: &Visit,
    me: PersonId,
    now: &WalletNow,
    (rows, since): (Rows, &SinceTopUp),
    sent: Sent,
) -> WalletPage {
    let (t, app) = (visit.t, &*visit.app);
    let key = || app.request_key();
    let mut frame = visit.page();
    frame.alert = sent.alert;
    frame.notice = rows.glass.as_ref().map(|glass| Notice {
        text: t.say("notice-glass").moment("at", &visit.moment(glass.at)).to_string(),
    });
    let latest = entries(app, t, me, &rows.latest, &rows.names);
    let (top_up_key, top_up) = sent.top_up.unwrap_or_else(|| (key(), Field::default()));
    let view = app.city.shared.read();
    let withdrawable = now.withdrawable(since);
    let (earning, limit) = earning(t, now);
    WalletPage {
        t,
        page: frame,
        total: Won(now.total),
        purses: purses(&view.town, t, now),
        earning,
        limit,
        errors: sent.errors,
        pay: sent.pay.unwrap_or_else(|| PayForm { request_key: key(), ..PayForm::default() }),
        top_up_key,
        top_up,
        top_up_room: Won(now.room),
        gift: now
            .gift_limit
            .map(|_| sent.gift.unwrap_or_else(|| GiftForm { request_key: key(), ..GiftForm::default() })),
        withdraw: WithdrawForm {
            request_key: sent.withdraw.unwrap_or_else(key),
            amount: withdrawable.ok().map(Won),
            still_to_spend: Won(withdrawable.err().unwrap_or(0)),
            share: now.residual_share.basis_points(),
            known: view.town.payouts.account(city::Payee::Person(me)).is_some() && sent.account.is_none(),
            form: account_form(&view.town.pack, t, sent.account),
        },
        latest,
        cards: own_cards(&view.town.directory, &rows.cards)
            .into_iter()
            .filter(|(card, _)| !matches!(card.state, CardState::Lost | CardState::Closed))
            .map(|(card, issued)| in_hand(&view.town, t, &card, issued, key()))
            .collect(),
        shows_cards: sent.shows_cards,
    }
}

/// A person's cards as they stand, those that pay first, then the newest.
pub(in crate::pages) fn own_cards(directory: &Directory, issued: &[Issued]) -> Vec<(Card, Instant)> {
    let mut cards: Vec<(Card, Instant)> =
        issued.iter().filter_map(|one| Some((*directory.card(CardRef::Id(one.id))?, one.issued))).collect();
    cards.sort_by_key(|(card, _)| match card.state {
        CardState::Active => 0,
        CardState::Frozen => 1,
        CardState::Locked => 2,
        CardState::Lost | CardState::Closed => 3,
    });
    cards
}

/// A card, its number masked.
pub(in crate::pages) fn in_hand(
    town: &CityView,
    t: Tongue,
    card: &Card,
    issued: Instant,
    request_key: String,
) -> CardInHand {
    let day = town.zone.date(issued);
    let years = town.pack.card_on(day).map_or(0, |rules| rules.validity_years);
    let kind = match card.kind {
        CardKind::Plastic => "card-plastic",
        CardKind::Phone => "card-phone",
    };
    CardInHand {
        id: card.id.to_string(),
        number: mask_card_number(card.number),
        kind: t.say(kind).to_string(),
        until: Month::of(day).plus(years.saturating_mul(12)),
        standing: standing(card.state),
        request_key,
    }
}

/// Each purse: what it may buy, whether that earns, until when.
fn purses(town: &CityView, t: Tongue, now: &WalletNow) -> Vec<Purse> {
    let campaign = town.pack.campaign_on(t.today);
    let earns = |purpose: &Purpose| {
        campaign.is_some_and(|c| c.earns_on(&purpose.id) && c.grants_at(GrantAt::Payment).next().is_some())
    };
    now.purses
        .iter()
        .filter_map(|purse| {
            let purpose = town.pack.purpose_numbered(purse.purpose)?;
            let mut buys = match &purpose.trades {
                None => t.say("purse-buys-all").to_string(),
                Some(trades) => {
                    let named: Vec<&str> = trades
                        .iter()
                        .filter_map(|id| town.pack.city.trade(id))
                        .map(|trade| trade.name.in_lang(t.lang))
                        .collect();
                    t.say("purse-buys-trades").text("trades", named.join(", ")).to_string()
                }
            };
            let also = if earns(purpose) {
                Some("purse-earns")
            } else {
                (purpose.id != Purpose::CASH).then_some("purse-first")
            };
            if let Some(key) = also {
                buys = format!("{buys} {}", t.say(key));
            }
            Some(Purse {
                name: purpose.name.in_lang(t.lang).to_owned(),
                balance: Won(purse.balance),
                buys,
                expires: purse.expires.map(|(month, amount)| (month.last_day(), Won(amount))),
            })
        })
        .collect()
}

/// What paying earns now, as a sentence and as a limit.
fn earning(t: Tongue, now: &WalletNow) -> (String, Option<LimitLeft>) {
    let said = |key: &'static str| t.say(key);
    match now.earning {
        EarningNow::Nothing => (said("wallet-no-campaign").to_string(), None),
        EarningNow::NotVoted => (said("wallet-budget-not-voted").to_string(), None),
        EarningNow::BudgetGone => (said("wallet-budget-gone").to_string(), None),
        EarningNow::CityGone(renews) => (said("wallet-city-gone").day("renews", renews).to_string(), None),
        EarningNow::Unlimited(rate) => (said("wallet-no-limit").percent("rate", rate).to_string(), None),
        EarningNow::Limited(limit) => {
            let sentence = if limit.left > 0 {
                said("wallet-limit-left").percent("rate", limit.rate).won("left", Won(limit.left))
            } else {
                said("wallet-limit-gone").day("renews", limit.renews)
            };
            let bar = LimitLeft {
                limit: Won(limit.limit),
                carried: Won(limit.carried),
                used: Won(limit.used),
                renews: limit.renews,
            };
            (sentence.to_string(), Some(bar))
        }
    }
}

pub(super) async fn large(visit: Visit) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let Some(now) = wallet_now(&visit.app, me) else {
        return visit.refuse(Refusal::new("person.unknown"), "/");
    };
    let chains = now.chains.clone();
    let read = visit.app.read(move |snapshot| {
        let latest = lines(snapshot, &chains, None, 2 * LATEST)?;
        Ok((latest, cards_of(snapshot, me)?))
    });
    let (latest, issued) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let card = own_cards(&view.town.directory, &issued)
            .into_iter()
            .map(|(card, _)| card)
            .find(|card| card.state == CardState::Active);
        WalletLargePage {
            t: visit.t,
            page: frame,
            total: Won(now.total),
            card_number: card.map(|card| show_card_number(card.number)),
            card_qr: card.and_then(|card| qr_svg(&format!("{:016}", card.number))),
            last: last_payment(&view.town, visit.t, &latest),
        }
    };
    visit.show(&page)
}

fn last_payment(town: &CityView, t: Tongue, latest: &Lines) -> Option<String> {
    let (at, payment) = latest.lines.iter().find_map(|line| Some((line.at, line.facts.payment()?)))?;
    let said = t
        .say("large-last")
        .near_day("day", town.zone.date(at))
        .text("shop", shop_name(town, payment.merchant))
        .won("amount", Won(payment.amount));
    Some(said.to_string())
}

/// The card a person pays with: the one named if it is theirs, or the first that pays. A card that doesn't is better
/// than none: the city then says why.
pub(super) fn paying_card(app: &App, issued: &[Issued], named: &str) -> Option<CardId> {
    let view = app.city.shared.read();
    let cards = own_cards(&view.town.directory, issued);
    let named = named.parse::<CardId>().ok().filter(|id| cards.iter().any(|(card, _)| card.id == *id));
    let first = cards.iter().find(|(card, _)| !matches!(card.state, CardState::Lost | CardState::Closed));
    named.or(first.map(|(card, _)| card.id))
}

/// Asks where a withdrawal goes.
fn account_form(pack: &rules::Pack, t: Tongue, typed: Option<[Field; 3]>) -> AccountForm {
    let [bank, number, holder] = typed.unwrap_or_default();
    let banks = pack.settlement.banks.iter();
    let banks = banks.map(|bank| (bank.code.clone(), bank.name.in_lang(t.lang).to_owned())).collect();
    AccountForm { request_key: String::new(), banks, bank, number, holder }
}
