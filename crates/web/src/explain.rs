//! Why there was so much cashback, or none: sentences from the recorded facts.

use base::{Month, Won};
use economy::facts::{Cut, DiscountCut, Payment, Refund};
use rules::{Pack, Purpose};

use crate::look::Tongue;

/// The reason first, then what else there is to know.
pub(crate) fn cashback(pack: &Pack, t: Tongue, payment: &Payment) -> Vec<String> {
    all(pack, t, payment, (reason(pack, t, payment), false))
}

/// The same of a reservation: nothing is granted yet.
pub(crate) fn reserved(pack: &Pack, t: Tongue, payment: &Payment) -> Vec<String> {
    all(pack, t, payment, (reason_reserved(pack, t, payment), true))
}

/// The one sentence about a reservation.
pub(crate) fn reason_reserved(pack: &Pack, t: Tongue, payment: &Payment) -> String {
    let cashback = &payment.cashback;
    if cashback.reward == 0 {
        return reason(pack, t, payment);
    }
    t.say("because-reserved")
        .won("base", Won(cashback.earned))
        .percent("rate", cashback.rate)
        .won("amount", Won(cashback.reward))
        .to_string()
}

/// What concerns the shop and its till, said of the customer: what was granted and why no more, what a coupon and a sale
/// paid, the stamp. The customer's own limits, purses and stamps so far are the customer's to know, and so is which
/// coupon it was: a coupon's name can tell of a need.
pub(crate) fn to_shop(pack: &Pack, t: Tongue, payment: &Payment, reserved: bool) -> Vec<String> {
    let cashback = &payment.cashback;
    let mut said = Vec::new();
    if !cashback.cut.is_personal() {
        let some = cashback.reward > 0;
        let key = match cashback.cut {
            _ if payment.legs.is_empty() && !payment.prepaid.is_empty() => Some("because-prepaid-all-shop"),
            _ if reserved && some => Some("because-reserved-shop"),
            Cut::Full if some => Some("because-earned-shop"),
            Cut::Budget if some => Some("because-budget-shop"),
            _ => None,
        };
        said.push(match key {
            Some(key) => t
                .say(key)
                .won("base", Won(cashback.earned))
                .percent("rate", cashback.rate)
                .won("amount", Won(cashback.reward))
                .to_string(),
            None => reason(pack, t, payment),
        });
    }
    let price = payment.amount - payment.discount.as_ref().map_or(0, |one| one.amount);
    let of_coupon = |number| pack.purpose_numbered(number).is_some_and(|purpose| !purpose.is_everyones());
    let by_coupon: i64 = payment.legs.iter().filter(|leg| of_coupon(leg.0)).map(|leg| leg.2).sum();
    if by_coupon > 0 {
        let key = if by_coupon < price { "because-coupon-part-shop" } else { "because-coupon-all-shop" };
        let told = t.say(key).won("amount", Won(by_coupon));
        said.push(told.won("rest", Won(price - by_coupon)).to_string());
    }
    said.extend(discount(pack, t, payment, reserved));
    if let Some(stamp) = &payment.stamp {
        let key = match () {
            () if stamp.given => "because-stamp-shop",
            () if payment.amount < stamp.least => "because-stamp-small-shop",
            () => "because-stamp-today-shop",
        };
        said.push(t.say(key).won("least", Won(stamp.least)).to_string());
    }
    said
}

fn all(pack: &Pack, t: Tongue, payment: &Payment, (first, reserved): (String, bool)) -> Vec<String> {
    let mut said = vec![first];
    said.extend(coupons(pack, t, payment, reserved));
    let prepaid: i64 = payment.prepaid.iter().map(|leg| leg.1).sum();
    if prepaid > 0 && !payment.legs.is_empty() {
        said.push(t.say("because-prepaid-part").won("amount", Won(prepaid)).to_string());
    }
    let cashback = &payment.cashback;
    if let Some(gift) = &payment.gift {
        let donated = t.say("because-donated").won("reward", Won(cashback.reward));
        said.push(donated.won("amount", Won(gift.amount)).to_string());
    }
    if cashback.reward > 0 {
        let (by_reward, other) = earning_nothing(pack, payment);
        if by_reward > 0 {
            said.push(t.say("because-reward-part").won("amount", Won(by_reward)).to_string());
        }
        if other > 0 {
            said.push(t.say("because-other-part").won("amount", Won(other)).to_string());
        }
    }
    if let Some(left) = cashback.left.filter(|left| *left > 0) {
        said.push(t.say("because-left").won("left", Won(left)).to_string());
    }
    said
}

/// What a sale took off, and which part a coupon paid: sentences, none where there was neither.
pub(crate) fn coupons(pack: &Pack, t: Tongue, payment: &Payment, reserved: bool) -> Vec<String> {
    let mut said: Vec<String> = discount(pack, t, payment, reserved).into_iter().collect();
    said.extend(stamp(t, payment));
    let price = payment.amount - payment.discount.as_ref().map_or(0, |one| one.amount);
    for (number, _, amount) in &payment.legs {
        if let Some(coupon) = pack.purpose_numbered(*number).filter(|purpose| !purpose.is_everyones()) {
            let key = if *amount < price { "because-coupon-part" } else { "because-coupon-all" };
            said.push(
                t.say(key)
                    .text("coupon", coupon.name.in_lang(t.lang))
                    .won("amount", Won(*amount))
                    .won("rest", Won(price - amount))
                    .to_string(),
            );
        }
    }
    said
}

/// What became of a gift whose payment was taken back.
pub(crate) fn gift_back(pack: &Pack, t: Tongue, refund: &Refund) -> Vec<String> {
    let Some(gift) = &refund.gift else { return Vec::new() };
    let mut said = Vec::new();
    if gift.back > 0 {
        said.push(t.say("because-gift-back").won("amount", Won(gift.back)).to_string());
    }
    if gift.borne > 0 {
        let budget = pack.budget(&gift.budget).map(|budget| budget.name.in_lang(t.lang)).unwrap_or_default();
        let borne = t.say("because-gift-borne").won("amount", Won(gift.borne));
        said.push(borne.text("budget", budget.to_owned()).to_string());
    }
    if gift.receipted {
        said.push(t.say("because-gift-receipted").to_string());
    }
    if gift.above > 0 {
        said.push(t.say("because-gift-above").won("amount", Won(gift.above)).to_string());
    }
    said
}

/// What a card of stamps had given that isn't full any more.
pub(crate) fn prize_back(t: Tongue, refund: &Refund) -> Option<String> {
    let prize = refund.prize.as_ref()?;
    let key = if prize.from_refund > 0 { "because-prize-back-spent" } else { "because-prize-back" };
    Some(t.say(key).won("amount", Won(prize.amount)).won("spent", Won(prize.from_refund)).to_string())
}

/// The stamp a payment was worth, or why it was worth none.
pub(crate) fn stamp(t: Tongue, payment: &Payment) -> Option<String> {
    let stamp = payment.stamp.as_ref()?;
    let on_card = stamp.have % stamp.full.max(1);
    let key = match () {
        () if stamp.given && on_card == 0 => "because-stamp-full",
        () if stamp.given => "because-stamp",
        () if payment.amount < stamp.least => "because-stamp-small",
        () => "because-stamp-today",
    };
    let said = t.say(key).won("least", Won(stamp.least)).count("have", on_card);
    Some(said.count("full", stamp.full).to_string())
}

/// What a sale took off, or why it took off less; of a reservation, what it will take off when the shop takes it.
pub(crate) fn discount(pack: &Pack, t: Tongue, payment: &Payment, reserved: bool) -> Option<String> {
    let discount = payment.discount.as_ref()?;
    let sale = pack.coupons.sale(&discount.sale);
    let key = match (discount.cut, reserved) {
        (DiscountCut::Full, _) if discount.amount == 0 => return None,
        (DiscountCut::Full, false) => "because-sale",
        (DiscountCut::Full, true) => "because-sale-reserved",
        (DiscountCut::Person, false) => "because-sale-person",
        (DiscountCut::Person, true) => "because-sale-person-reserved",
        (DiscountCut::Budget, false) => "because-sale-budget",
        (DiscountCut::Budget, true) => "because-sale-budget-reserved",
    };
    Some(
        t.say(key)
            .text("sale", sale.map(|one| one.name.in_lang(t.lang)).unwrap_or_default())
            .percent("rate", discount.rate)
            .won("amount", Won(discount.amount))
            .won("paid", Won(payment.amount - discount.amount))
            .to_string(),
    )
}

/// Won that were paid with what earns nothing: cashback, and any other. They are counted by the purses that paid, since
/// what could earn is rounded when a part of a reservation is taken.
fn earning_nothing(pack: &Pack, payment: &Payment) -> (i64, i64) {
    let campaign = pack.campaign(&payment.cashback.campaign);
    let (mut by_reward, mut other) = (0, 0);
    for (number, _, amount) in &payment.legs {
        match pack.purpose_numbered(*number) {
            Some(purpose) if campaign.is_some_and(|campaign| campaign.earns_on(&purpose.id)) => {}
            Some(purpose) if purpose.id == Purpose::REWARD => by_reward += amount,
            _ => other += amount,
        }
    }
    (by_reward, other)
}

/// The one sentence that a list has room for.
pub(crate) fn reason(pack: &Pack, t: Tongue, payment: &Payment) -> String {
    let cashback = &payment.cashback;
    let renews = Month(payment.month).plus(1).first_day();
    let some = cashback.reward > 0;
    let part = |key: &'static str| t.say(key).won("eligible", Won(cashback.earned)).day("renews", renews);
    let gone = |key: &'static str| t.say(key).day("renews", renews);
    let said = match cashback.cut {
        _ if payment.legs.is_empty() && !payment.prepaid.is_empty() => t.say("because-prepaid-all"),
        Cut::Full if some => t
            .say("because-earned")
            .won("base", Won(cashback.earned))
            .percent("rate", cashback.rate)
            .won("amount", Won(cashback.reward)),
        Cut::Full => t.say("because-too-small"),
        Cut::NoCampaign => t.say("because-no-campaign"),
        Cut::NothingEarns if earning_nothing(pack, payment).0 == 0 => {
            t.say("because-other-part").won("amount", Won(payment.amount))
        }
        Cut::NothingEarns => t.say("because-nothing-earns"),
        Cut::LargeShop => match pack.campaign(&cashback.campaign).and_then(|c| c.sales_over) {
            Some(limit) => t.say("because-shop-sales").about("limit", limit),
            None => t.say("because-shop-large"),
        },
        Cut::MonthLimit if some => part("because-person-limit"),
        Cut::MonthLimit => gone("because-person-limit-gone"),
        Cut::YearLimit if some => part("because-year-limit"),
        Cut::YearLimit => t.say("because-year-limit-gone"),
        Cut::CityLimit if some => part("because-city-limit-part"),
        Cut::CityLimit => gone("because-city-limit"),
        Cut::Budget if some => t.say("because-budget").won("amount", Won(cashback.reward)),
        Cut::Budget => t.say("because-budget-gone"),
    };
    said.to_string()
}
