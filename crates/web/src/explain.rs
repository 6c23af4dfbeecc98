//! Why there was so much cashback, or none: sentences from the recorded facts.

use base::{Month, Won};
use economy::facts::{Cut, Payment};
use rules::{Pack, Purpose};

use crate::look::Tongue;

/// The reason first, then what else there is to know.
pub(crate) fn cashback(pack: &Pack, t: Tongue, payment: &Payment) -> Vec<String> {
    all(pack, t, payment, reason(pack, t, payment))
}

/// The same of a reservation: nothing is granted yet.
pub(crate) fn reserved(pack: &Pack, t: Tongue, payment: &Payment) -> Vec<String> {
    let cashback = &payment.cashback;
    if cashback.reward == 0 {
        return self::cashback(pack, t, payment);
    }
    let said = t
        .say("because-reserved")
        .won("base", Won(cashback.earned))
        .percent("rate", cashback.rate)
        .won("amount", Won(cashback.reward));
    all(pack, t, payment, said.to_string())
}

fn all(pack: &Pack, t: Tongue, payment: &Payment, first: String) -> Vec<String> {
    let mut said = vec![first];
    let cashback = &payment.cashback;
    if cashback.reward > 0 {
        let by_reward = by_reward(pack, payment);
        let other = payment.amount - cashback.base - by_reward;
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

/// Won that were paid with cashback.
fn by_reward(pack: &Pack, payment: &Payment) -> i64 {
    let reward = pack.purpose(Purpose::REWARD).map(|purpose| purpose.number);
    payment.legs.iter().filter(|leg| Some(leg.0) == reward).map(|leg| leg.2).sum()
}

/// The one sentence that a list has room for.
pub(crate) fn reason(pack: &Pack, t: Tongue, payment: &Payment) -> String {
    let cashback = &payment.cashback;
    let renews = Month(payment.month).plus(1).first_day();
    let some = cashback.reward > 0;
    let part = |key: &'static str| t.say(key).won("eligible", Won(cashback.earned)).day("renews", renews);
    let gone = |key: &'static str| t.say(key).day("renews", renews);
    let said = match cashback.cut {
        Cut::Full if some => t
            .say("because-earned")
            .won("base", Won(cashback.earned))
            .percent("rate", cashback.rate)
            .won("amount", Won(cashback.reward)),
        Cut::Full => t.say("because-too-small"),
        Cut::NoCampaign => t.say("because-no-campaign"),
        Cut::NothingEarns if by_reward(pack, payment) == 0 => {
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
