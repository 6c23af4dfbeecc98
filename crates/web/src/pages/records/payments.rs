//! `POST /me/payments`: paying with the card of whom one helps.

use axum::extract::Form;
use axum::response::Response;
use base::{Actor, Client, PersonId, PostingNo, Refusal, Role, Won};
use city::read::people::cards_of;
use city::{CardRef, Command, Reply};
use economy::Facts;
use economy::holder::CardState;
use pen::Recorded;

use super::Subject;
use super::forms::{Post, error, refused, wrong};
use super::show::Which;
use crate::frame::Visit;
use crate::look::Alert;
use crate::pages::wallet::expired;
use crate::pages::wallet::typed::{self, Shop};
use crate::problem::Rejected;

pub(super) async fn pay(visit: Visit, Form(post): Form<Post>) -> Response {
    let Some(subject) = Subject::own(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&post.csrf) {
        return visit.refuse(expired(), "/me");
    }
    let shop = typed::shop(&visit.app, &post.shop);
    let amount = match shop {
        // A code brings its own amount.
        Some(Shop::Code(code)) => Some(code.amount),
        _ => typed::amount(&post.amount),
    };
    let (Some(shop), Some(amount)) = (shop, amount) else {
        let mut errors = Vec::new();
        if shop.is_none() {
            errors.push(error(&visit, "shop", "field-shop"));
        }
        if amount.is_none() {
            errors.push(error(&visit, "amount", "field-helper-limit"));
        }
        return wrong(visit, subject, Which::Pay, post, errors).await;
    };
    match asked(&visit, subject.person, &post, shop, amount).await {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => visit.go(&format!("/me?paid={no}")),
        Ok(_) => visit.go("/me"),
        Err(rejected) => refused(visit, subject, Some(Which::Pay), post, rejected).await,
    }
}

async fn asked(visit: &Visit, me: PersonId, post: &Post, shop: Shop, amount: i64) -> Result<Reply, Rejected> {
    let person: PersonId = post.person.parse().map_err(|_| Refusal::new("person.unknown"))?;
    // Only who helps learns whether there is a card.
    if !visit.app.city.shared.read().town.directory.helpers.knows(person, me) {
        return Err(Refusal::new("person.unknown").into());
    }
    let issued = visit.app.read(move |snapshot| cards_of(snapshot, person)).await?;
    let card = {
        let view = visit.app.city.shared.read();
        let cards = issued.iter().filter_map(|issued| view.town.directory.card(CardRef::Id(issued.id)));
        cards.filter(|card| card.state == CardState::Active).map(|card| card.id).next()
    };
    let card = CardRef::Id(card.ok_or_else(|| Refusal::new("card.none"))?);
    let (merchant, order, key, client) = match shop {
        Shop::Known(shop) => (shop, None, post.request_key.clone(), None),
        Shop::Code(code) if visit.app.now() < code.until => {
            // One payment a code, whoever scans it: the key is made of it, and scoped to the shop.
            (code.shop, Some(code.order()), format!("code-{:x}", code.nonce), Some(Client(code.shop.0)))
        }
        Shop::Code(_) => return Err(Refusal::new("qr.expired").into()),
    };
    let command = Command::Pay { card, merchant, amount, pin: None, order };
    match client {
        None => visit.ask(&key, command).await,
        Some(client) => match visit.ask_as(Actor::new(Role::Citizen(me), client), &key, command).await {
            Err(rejected) if rejected.refusal.code == "key.reused" => Err(Refusal::new("qr.used").into()),
            other => other,
        },
    }
}

/// What was paid, for who paid it.
pub(super) async fn done(visit: &Visit, me: PersonId, no: PostingNo) -> Option<Alert> {
    let read = visit.app.register(visit.looks("helper.payment", "help"), move |register| {
        let Some(row) = register.snapshot().posting_alone(no)? else { return Ok(None) };
        let Ok(Facts::Pay(payment)) = Facts::read(&row.facts) else { return Ok(None) };
        if payment.helper.is_none_or(|helper| helper.person != me) {
            return Ok(None);
        }
        Ok(register.naming(payment.person)?.map(|known| (payment, known.name)))
    });
    let (payment, name) = read.await.ok()??;
    let view = visit.app.city.shared.read();
    let shop = view.town.directory.shop(payment.merchant).map(|(_, shop)| shop.name.clone());
    let said = visit.t.say("done-helped-pay").text("name", name).text("shop", shop.unwrap_or_default());
    Some(Alert::done(said.won("amount", Won(payment.amount)).to_string()))
}
