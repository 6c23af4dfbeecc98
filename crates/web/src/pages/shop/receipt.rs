//! One payment as its shop may see it: what it was paid with and what it earned, never what the customer has left.

use axum::extract::Path;
use axum::response::Response;
use base::{MerchantId, PostingNo, Refusal, Won};
use calendar::Holidays;
use city::disposal::or_unknown;
use city::read::shop::{self, Taken};
use city::{CardRef, CityView};
use economy::business_number;
use economy::facts::PurseLeg;
use rules::Purpose;

use super::forms::{HOME, TILL};
use super::{counter, shop_of};
use crate::frame::Visit;
use crate::look::{Leg, ReceiptPage, Tongue, qr_svg};
use crate::pages::wallet::receipt::check_address;

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let Some(shop) = shop_of(&visit) else { return visit.at_the_door() };
    let back = if matches!(visit.role, Some(base::Role::Till(_))) { TILL } else { HOME };
    let found = match id.parse::<PostingNo>() {
        Ok(no) => visit.app.read(move |snapshot| shop::payment(snapshot, shop, no)).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(taken)) => {
            let page = receipt(&visit, shop, &taken, back);
            visit.show(&page)
        }
        // Another shop's payment looks just like one that doesn't exist.
        Ok(None) => {
            let disposed = visit.app.city.shared.read().town.open.disposed;
            let no = id.parse::<PostingNo>();
            let refusal =
                no.map_or(Refusal::new("payment.unknown"), |no| or_unknown(disposed, no, "payment.unknown"));
            visit.refuse(refusal, back)
        }
        Err(error) => visit.refuse(error, back),
    }
}

fn receipt(visit: &Visit, shop: MerchantId, taken: &Taken, back: &str) -> ReceiptPage {
    let page = visit.page();
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let city = &view.town;
    let merchant = city.directory.shop(shop).map(|(_, merchant)| merchant);
    let name = merchant.map(|m| m.name.clone()).unwrap_or_default();
    let verify_url = check_address(&visit.app, taken.no);
    let card = city.directory.card(CardRef::Id(taken.payment.card));
    ReceiptPage {
        t,
        page,
        id: taken.no.to_string(),
        order: counter::order(taken),
        at: city.zone.civil(taken.at),
        business_number: merchant.map(|m| business_number::show(&m.business_number)).unwrap_or_default(),
        // The card's line says it already.
        payer: String::new(),
        card_number: card
            .map(|card| format!("•••• •••• •••• {:04}", card.number % 10_000))
            .unwrap_or_default(),
        amount: Won(taken.payment.amount),
        refunded: Won(city.open.taken.get(&taken.no).copied().unwrap_or(0)),
        cashback: Won(taken.payment.cashback.reward),
        settles: Some(shop::pay_day(
            city.pack.city.payout_hour,
            &Holidays::new(city.pack.city.holidays()),
            &city.zone,
            taken.at,
        )),
        legs: legs(city, taken, &name, t),
        rules: rules(city, taken, t),
        shop: name,
        verify_qr: qr_svg(&verify_url),
        verify_url,
        file: String::new(),
        back: back.to_owned(),
    }
}

fn legs(city: &CityView, taken: &Taken, shop: &str, t: Tongue) -> Vec<Leg> {
    let purse = |purpose: Option<&Purpose>| {
        let name = purpose.map(|p| p.name.in_lang(t.lang)).unwrap_or_default();
        t.say("receipt-customer-purse").text("purpose", name).to_string()
    };
    let paid = |from: String, amount: i64| Leg {
        from,
        to: t.say("leg-shop").text("shop", shop).to_string(),
        amount: Won(amount),
        why: t.say("why-paid").to_string(),
    };
    // How much of it was own money and how much cashback is the customer's own business.
    let is_everyones = |number: u8| city.pack.purpose_numbered(number).is_some_and(Purpose::is_everyones);
    let (everyones, others): (Vec<PurseLeg>, Vec<PurseLeg>) =
        taken.payment.legs.iter().copied().partition(|(number, ..)| is_everyones(*number));
    let mut legs = Vec::new();
    let prepaid: i64 = taken.payment.prepaid.iter().map(|(_, amount, _)| amount).sum();
    if prepaid > 0 {
        let of_prepaid = paid(t.say("leg-prepaid-customer").to_string(), prepaid);
        legs.push(Leg { why: t.say("why-claim-used").to_string(), ..of_prepaid });
    }
    let others = others.into_iter();
    legs.extend(others.map(|(number, _, amount)| paid(purse(city.pack.purpose_numbered(number)), amount)));
    let of_card: i64 = everyones.iter().map(|(_, _, amount)| amount).sum();
    if of_card > 0 {
        legs.push(paid(t.say("receipt-customer-card").to_string(), of_card));
    }
    if let Some(discount) = taken.payment.discount.as_ref().filter(|one| one.amount > 0) {
        legs.push(Leg {
            from: t.say("leg-city").to_string(),
            to: t.say("leg-shop").text("shop", shop).to_string(),
            amount: Won(discount.amount),
            why: t.say("why-discount").to_string(),
        });
    }
    if taken.payment.cashback.reward > 0 {
        legs.push(Leg {
            from: t.say("leg-city").to_string(),
            to: purse(city.pack.purpose(Purpose::REWARD)),
            amount: Won(taken.payment.cashback.reward),
            why: t.say("why-rewarded").to_string(),
        });
    }
    legs
}

fn rules(city: &CityView, taken: &Taken, t: Tongue) -> Vec<String> {
    let campaign = city.pack.campaign(&taken.payment.cashback.campaign);
    let cashback = campaign.map(|campaign| {
        t.say("receipt-campaign")
            .text("name", campaign.name.in_lang(t.lang))
            .text("source", campaign.source.in_lang(t.lang))
    });
    cashback.into_iter().chain([t.say("receipt-pays-out")]).map(|say| say.to_string()).collect()
}
