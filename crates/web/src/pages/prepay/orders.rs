//! `POST /wallet/orders/{no}/pay`: what one's own firm ordered of another is paid with one's own card.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::{MerchantId, PersonId, Refusal, Won};
use city::prepay::read::{Order, orders_of};
use city::{CardRef, CityView, Command, OnPrepay};
use pen::Recorded;
use store::{Error, Snapshot};

use super::own::{HOME, Post, citizen, page};
use super::{Sent, expired};
use crate::frame::Visit;
use crate::look::DueOrder;
use crate::pages::wallet::own_card;

/// Nobody's firms are more than a list takes.
const FIRMS: usize = 20;
/// Orders of each that are looked through.
const OF_EACH: u32 = 100;

/// The open firms somebody owns.
pub(super) fn owned(view: &CityView, me: PersonId) -> Vec<MerchantId> {
    let own = view.directory.shops().iter().filter(|shop| shop.owner == Some(me));
    own.filter(|shop| shop.state == economy::MerchantState::Open).map(|shop| shop.id).take(FIRMS).collect()
}

/// What these firms ordered and have not paid.
pub(super) fn due(snapshot: &mut Snapshot<'_>, firms: &[MerchantId]) -> Result<Vec<Order>, Error> {
    let mut due = Vec::new();
    for firm in firms {
        let orders = orders_of(snapshot, *firm, OF_EACH)?;
        due.extend(orders.into_iter().filter(|order| order.buyer == *firm && order.paid.is_none()));
    }
    Ok(due)
}

/// An order as it is shown.
pub(super) fn line(visit: &Visit, view: &CityView, order: &Order) -> DueOrder {
    let name =
        |shop: MerchantId| view.directory.shop(shop).map(|(_, shop)| shop.name.clone()).unwrap_or_default();
    let what = visit.t.say("firms-what-ordered").text("name", &order.name).count("quantity", order.quantity);
    DueOrder {
        no: order.no,
        what: what.to_string(),
        seller: name(order.merchant),
        buyer: name(order.buyer),
        amount: Won(order.amount),
        request_key: visit.app.request_key(),
    }
}

pub(super) async fn pay(visit: Visit, Path(order): Path<u32>, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HOME);
    }
    let asked = match own_card(&visit, me).await {
        Ok(Some(card)) => {
            let command = Command::OnPrepay(OnPrepay::PayOrder { order, card: CardRef::Id(card) });
            visit.ask(&form.request_key, command).await
        }
        Ok(None) => Err(Refusal::new("card.none").into()),
        Err(rejected) => Err(rejected),
    };
    match asked {
        Ok(city::Reply::Done { recorded: Recorded::Posting(no), .. }) => {
            visit.go(&format!("/wallet/paid/{no}"))
        }
        Ok(_) => visit.go(HOME),
        Err(rejected) => {
            let mut sent = Sent::default();
            sent.refused(&visit, &rejected, "order", form.request_key);
            page(visit, me, sent, None).await
        }
    }
}
