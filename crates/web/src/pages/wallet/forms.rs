//! The wallet's forms. A form that is sent twice is one request: its key was made when it was shown.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Actor, Arg, CardId, Client, MerchantId, PersonId, PostingNo, Refusal, Role, Won};
use city::read::history::lines;
use city::read::people::{Sought, cards_of};
use city::{CardRef, Command, OnPayouts, Payee, Reply};
use economy::holder::parse_card_number;
use pen::Recorded;
use serde::Deserialize;

use super::home::{Sent, code_form, paying_card, show};
use super::typed::{self, Shop};
use super::{citizen, expired, wallet_now};
use crate::codes::ShopCode;
use crate::frame::Visit;
use crate::look::{Field, FieldError, GiftForm, PayForm};
use crate::problem::Rejected;

/// Postings among which a code's payment is looked for: a code lives for minutes.
const RECENT: usize = 20;

/// Every form of the wallet; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    shop: String,
    card: String,
    amount: String,
    to: String,
    bank: String,
    number: String,
    holder: String,
}

fn posting(reply: &Reply) -> Option<PostingNo> {
    match reply {
        Reply::Done { recorded: Recorded::Posting(no), .. } => Some(*no),
        _ => None,
    }
}

/// A field that can't be read: the sentence at the field, and in the list above.
fn wrong(errors: &mut Vec<FieldError>, field: &'static str, value: &str, error: String) -> Field {
    errors.push(FieldError { field, error: error.clone() });
    Field::wrong(value, error)
}

fn amount_field(
    visit: &Visit,
    errors: &mut Vec<FieldError>,
    field: &'static str,
    text: &str,
    most: i64,
) -> (Field, i64) {
    match typed::amount(text) {
        Some(amount) => (Field::of(text), amount),
        None => {
            let error = visit.t.say("field-amount").won("most", Won(most.max(1))).to_string();
            (wrong(errors, field, text, error), 0)
        }
    }
}

/// The city said no: what it said stands above, and short at the field it is about.
fn refuse(visit: &Visit, sent: &mut Sent, rejected: &Rejected) -> String {
    let alert = visit.alert(rejected);
    let short = alert.what.clone();
    sent.status = rejected.status;
    sent.alert = Some(alert);
    short
}

/// Who has less than a payment takes is told to top up what is missing: no more than may be put on.
fn at_most_what_may_be_put_on(visit: &Visit, me: PersonId, sent: &mut Sent, rejected: &Rejected) {
    let missing = rejected.refusal.args.iter().find_map(|(name, arg)| match arg {
        Arg::Won(won) if *name == "missing" => Some(won.0),
        _ => None,
    });
    let is_short = ["purse.short", "purse.short-part"].contains(&rejected.refusal.code);
    let (Some(missing), Some(wallet)) = (missing.filter(|_| is_short), wallet_now(&visit.app, me)) else {
        return;
    };
    if let Some(alert) = sent.alert.as_mut().filter(|_| wallet.room < missing) {
        let room = wallet.room.max(0);
        let key = if room > 0 { "wallet-short-room" } else { "wallet-short-full" };
        alert.next = Some(visit.t.say(key).won("room", Won(room)).to_string());
    }
}

/// A key that stands for something else already can't be used again: the form gets a new one. Any other keeps its
/// own, so that pressing again is the same request.
fn next_key(visit: &Visit, rejected: &Rejected, key: String) -> String {
    if ["key.reused", "key.missing"].contains(&rejected.refusal.code) { visit.app.request_key() } else { key }
}

pub(super) async fn pay(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/wallet");
    }
    match typed::shop(&visit.app, &form.shop) {
        Some(Shop::Code(code)) => pay_code(visit, me, &form, &code).await,
        known => pay_typed(visit, me, form, known).await,
    }
}

async fn command(
    visit: &Visit,
    me: PersonId,
    card: &str,
    (merchant, amount): (MerchantId, i64),
    order: Option<String>,
) -> Result<Command, Rejected> {
    let issued = visit.app.read(move |snapshot| cards_of(snapshot, me)).await?;
    let card = paying_card(&visit.app, &issued, card).ok_or_else(|| Refusal::new("card.none"))?;
    Ok(Command::Pay { card: CardRef::Id(card), merchant, amount, pin: None, order })
}

/// The card somebody pays with when they name none.
pub(in crate::pages) async fn own_card(visit: &Visit, me: PersonId) -> Result<Option<CardId>, Rejected> {
    let issued = visit.app.read(move |snapshot| cards_of(snapshot, me)).await?;
    Ok(paying_card(&visit.app, &issued, ""))
}

async fn pay_typed(visit: Visit, me: PersonId, form: Post, known: Option<Shop>) -> Response {
    let mut errors = Vec::new();
    let most = wallet_now(&visit.app, me).map_or(1, |wallet| wallet.holding_limit);
    let shop = match known {
        Some(Shop::Known(shop)) => Some(shop),
        _ => None,
    };
    let mut shop_field = Field::of(form.shop.as_str());
    if shop.is_none() {
        let key = if form.shop.trim().is_empty() { "field-shop-empty" } else { "field-shop" };
        shop_field = wrong(&mut errors, "shop", &form.shop, visit.t.say(key).to_string());
    }
    let (mut amount_field, amount) = amount_field(&visit, &mut errors, "amount", &form.amount, most);
    let mut sent = Sent { errors, status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    let mut request_key = form.request_key;
    if let (Some(shop), true) = (shop, sent.errors.is_empty()) {
        let asked = match command(&visit, me, &form.card, (shop, amount), None).await {
            Ok(command) => visit.ask(&request_key, command).await,
            Err(rejected) => Err(rejected),
        };
        match asked {
            Ok(reply) => return after_payment(visit, &reply),
            Err(rejected) => {
                let short = refuse(&visit, &mut sent, &rejected);
                at_most_what_may_be_put_on(&visit, me, &mut sent, &rejected);
                match rejected.refusal.code.split('.').next() {
                    Some("shop") => shop_field = Field::wrong(form.shop.as_str(), short),
                    Some("amount" | "purse") => amount_field = Field::wrong(form.amount.as_str(), short),
                    _ => {}
                }
                request_key = next_key(&visit, &rejected, request_key);
            }
        }
    }
    sent.pay = Some(PayForm { request_key, shop: shop_field, amount: amount_field, ..PayForm::default() });
    show(visit, me, sent).await
}

fn after_payment(visit: Visit, reply: &Reply) -> Response {
    match posting(reply) {
        Some(no) => visit.go(&format!("/wallet/paid/{no}")),
        None => visit.go("/wallet"),
    }
}

/// A code is paid once, whoever scans it: the payment's key is made of it, and scoped to the shop.
async fn pay_code(visit: Visit, me: PersonId, form: &Post, code: &ShopCode) -> Response {
    let mut sent = Sent::default();
    let rejected = if visit.app.now() < code.until {
        let actor = Actor::new(Role::Citizen(me), Client(code.shop.0));
        let wish = (code.shop, code.amount);
        let asked = match command(&visit, me, &form.card, wish, Some(code.order())).await {
            Ok(command) => visit.ask_as(actor, &format!("code-{:x}", code.nonce), command).await,
            Err(rejected) => Err(rejected),
        };
        match asked {
            Ok(reply) => return after_payment(visit, &reply),
            Err(rejected) if rejected.refusal.code == "key.reused" => Refusal::new("qr.used").into(),
            Err(rejected) => rejected,
        }
    } else {
        Refusal::new("qr.expired").into()
    };
    // Sent again too late, or with another card: if it was paid by this very person, that is the answer.
    if ["qr.used", "qr.expired"].contains(&rejected.refusal.code) {
        if let Some(no) = paid_with(&visit, me, code).await {
            return visit.go(&format!("/wallet/paid/{no}"));
        }
    } else {
        sent.pay = Some(code_form(&visit, code));
    }
    refuse(&visit, &mut sent, &rejected);
    at_most_what_may_be_put_on(&visit, me, &mut sent, &rejected);
    show(visit, me, sent).await
}

/// The visitor's payment of a code, if they made one lately.
pub(super) async fn paid_with(visit: &Visit, me: PersonId, code: &ShopCode) -> Option<PostingNo> {
    let chains = wallet_now(&visit.app, me)?.chains;
    let found = visit.app.read(move |snapshot| lines(snapshot, &chains, None, RECENT)).await.ok()?;
    let order = code.order();
    found.lines.iter().find_map(|line| {
        let payment = line.facts.payment()?;
        let same = payment.merchant == code.shop && payment.amount == code.amount;
        (same && payment.order.as_ref() == Some(&order)).then_some(line.no)
    })
}

pub(super) async fn top_up(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/wallet");
    }
    let mut errors = Vec::new();
    let most = wallet_now(&visit.app, me).map_or(1, |wallet| wallet.room);
    let (mut field, amount) = amount_field(&visit, &mut errors, "top_up_amount", &form.amount, most);
    let mut sent = Sent { errors, status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    let mut key = form.request_key;
    if sent.errors.is_empty() {
        match visit.ask(&key, Command::TopUp { person: me, amount }).await {
            Ok(reply) => return after(visit, &reply),
            Err(rejected) => {
                let short = refuse(&visit, &mut sent, &rejected);
                field = Field::wrong(form.amount.as_str(), short);
                key = next_key(&visit, &rejected, key);
            }
        }
    }
    sent.top_up = Some((key, field));
    show(visit, me, sent).await
}

fn after(visit: Visit, reply: &Reply) -> Response {
    match posting(reply) {
        Some(no) => visit.go(&format!("/wallet?done={no}")),
        None => visit.go("/wallet"),
    }
}

pub(super) async fn gift(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/wallet");
    }
    let mut errors = Vec::new();
    let most = wallet_now(&visit.app, me).and_then(|wallet| Some(wallet.gift_limit?.min(wallet.cash)));
    let (mut amount_of, amount) = gift_amount(&visit, &mut errors, &form.amount, most);
    // Nobody is looked for until the gift could be made: what can't be given says nothing about who is here.
    let receiver = if errors.is_empty() || form.to.trim().is_empty() {
        match receiver(&visit, &form.to).await {
            Ok(receiver) => receiver.map(Some),
            Err(error) => return visit.refuse(error, "/wallet"),
        }
    } else {
        Ok(None)
    };
    let mut to = match receiver {
        Ok(_) => Field::of(form.to.as_str()),
        Err(key) => wrong(&mut errors, "to", &form.to, visit.t.say(key).to_string()),
    };
    let mut sent = Sent { errors, status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    let mut request_key = form.request_key;
    if let (Ok(Some(card)), true) = (receiver, sent.errors.is_empty()) {
        match visit.ask(&request_key, Command::Gift { from: me, to: card, amount }).await {
            Ok(reply) => return after(visit, &reply),
            Err(rejected) if rejected.refusal.code == "card.unknown" => {
                to = wrong(&mut sent.errors, "to", &form.to, visit.t.say("field-person").to_string());
            }
            Err(rejected) => {
                let short = refuse(&visit, &mut sent, &rejected);
                match rejected.refusal.code {
                    "gift.self" | "holding.limit-other" => to.error = Some(short),
                    _ => amount_of.error = Some(short),
                }
                request_key = next_key(&visit, &rejected, request_key);
            }
        }
    }
    sent.gift = Some(GiftForm { request_key, to, amount: amount_of });
    show(visit, me, sent).await
}

/// What can be given at most is told before anybody is looked for: `None` where nothing may be given at all.
fn gift_amount(visit: &Visit, errors: &mut Vec<FieldError>, text: &str, most: Option<i64>) -> (Field, i64) {
    let can = most.unwrap_or(0);
    let amount = typed::amount(text);
    if amount.is_none_or(|amount| amount <= can) {
        return amount_field(visit, errors, "gift_amount", text, can);
    }
    let error = match most {
        None => visit.alert(&Refusal::new("gift.not-allowed").into()).what,
        Some(..1) => visit.t.say("gift-nothing").to_string(),
        Some(most) => visit.t.say("field-amount").won("most", Won(most)).to_string(),
    };
    (wrong(errors, "gift_amount", text, error), 0)
}

/// One of the receiver's cards, by its number or by their telephone; else the key of what is wrong with it. Whether a number
/// is a card's the city says itself, after all else that speaks against the wish: else it could be asked in vain for each.
pub(in crate::pages) async fn receiver(
    visit: &Visit,
    text: &str,
) -> Result<Result<CardRef, &'static str>, Rejected> {
    if text.trim().is_empty() {
        return Ok(Err("field-to-empty"));
    }
    if let Some(number) = parse_card_number(text.trim()) {
        return Ok(Ok(CardRef::Number(number)));
    }
    let sought = Sought::read(text, &visit.app.city.shared.read().town.directory);
    let Some(sought @ Sought::Phone(..)) = sought else { return Ok(Err("field-person")) };
    visit.asks_about_phone()?;
    let read = visit.app.register(visit.looks("wallet.gift-to", "gift"), move |register| {
        Ok(match sought.find(register, |_| true)?.as_slice() {
            [] => Err("field-person"),
            [one] => Ok(cards_of(register.snapshot(), one.id)?),
            _ => Err("field-person-many"),
        })
    });
    Ok(read
        .await?
        .and_then(|issued| paying_card(&visit.app, &issued, "").map(CardRef::Id).ok_or("field-person")))
}

pub(super) async fn withdraw(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/wallet");
    }
    match set_account(&visit, me, &form).await {
        Ok(()) => {}
        Err(rejected) => {
            let mut sent = Sent::default();
            let short = refuse(&visit, &mut sent, &rejected);
            sent.account = Some(account_typed(&mut sent.errors, &form, rejected.refusal.code, &short));
            sent.withdraw = Some(visit.app.request_key());
            return show(visit, me, sent).await;
        }
    }
    match visit.ask(&form.request_key, Command::Withdraw { person: me }).await {
        Ok(reply) => after(visit, &reply),
        Err(rejected) => {
            let mut sent = Sent::default();
            refuse(&visit, &mut sent, &rejected);
            sent.withdraw = Some(next_key(&visit, &rejected, form.request_key));
            show(visit, me, sent).await
        }
    }
}

/// The account the money goes to, where one was typed.
async fn set_account(visit: &Visit, me: PersonId, form: &Post) -> Result<(), Rejected> {
    if [&form.bank, &form.number, &form.holder].iter().all(|text| text.trim().is_empty()) {
        return Ok(());
    }
    let (bank, number, holder) = (form.bank.clone(), form.number.clone(), form.holder.clone());
    let command = OnPayouts::SetAccount { payee: Payee::Person(me), bank, number, holder, seen: false };
    let key = format!("{}-a", form.request_key.trim().chars().take(60).collect::<String>());
    visit.ask(&key, Command::OnPayouts(command)).await.map(drop)
}

/// As it was typed, with what is wrong beside its field.
fn account_typed(errors: &mut Vec<FieldError>, form: &Post, code: &str, short: &str) -> [Field; 3] {
    let wrong_one = match code {
        "payout.bank" => "bank",
        "payout.number" => "number",
        "payout.holder" | "payout.holder-other" => "holder",
        _ => "",
    };
    [("bank", &form.bank), ("number", &form.number), ("holder", &form.holder)].map(|(name, text)| {
        let text: String = text.chars().take(60).collect();
        if name == wrong_one { wrong(errors, name, &text, short.to_owned()) } else { Field::of(text) }
    })
}

pub(super) async fn freeze(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_card(visit, &id, &form, |card| Command::Freeze { card }).await
}

pub(super) async fn unfreeze(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_card(visit, &id, &form, |card| Command::Unfreeze { card }).await
}

async fn on_card(visit: Visit, id: &str, form: &Post, command: impl FnOnce(CardRef) -> Command) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/wallet");
    }
    let Ok(card) = id.parse::<CardId>() else { return visit.refuse(Refusal::new("card.unknown"), "/wallet") };
    match visit.ask(&form.request_key, command(CardRef::Id(card))).await {
        Ok(_) => visit.go(&format!("/wallet?card={card}#cards")),
        Err(rejected) => {
            let mut sent = Sent { shows_cards: true, ..Sent::default() };
            refuse(&visit, &mut sent, &rejected);
            show(visit, me, sent).await
        }
    }
}
