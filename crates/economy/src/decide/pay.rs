//! A payment: which purses pay, what it earns, which limits move.

use base::{Arg, Date, Month, PersonId, Refusal, Won};
use ledger::Account;
use rules::{Campaign, CardRules, Counts, Purpose};

use super::cashback::{Earning, Limits, grant};
use super::giving::{self, Standing};
use super::purses::{Purse, by_purpose, newest_expiry, spending_order, total};
use super::{Decision, Moves, check_amount};
use crate::facts::{Facts, HelperPart, Payment, PurseLeg};
use crate::holder::{Card, CardState, MerchantState, Shop};
use crate::{Class, Meter, chart};

/// Whether a PIN came along; a wrong one never gets as far as this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinState {
    /// The right one.
    Right,
    /// None.
    Missing,
    /// Not needed: the holder is signed in on their own phone.
    SignedIn,
}

/// All a payment is decided on.
#[derive(Debug, Clone)]
pub struct PayCase<'a> {
    /// Won.
    pub amount: i64,
    /// The card.
    pub card: &'a Card,
    /// Whether a PIN came along.
    pub pin: PinState,
    /// The shop.
    pub shop: Shop<'a>,
    /// The holder's purses.
    pub purses: &'a [Purse<'a>],
    /// The purse cashback goes into.
    pub reward: &'a Purpose,
    /// The card's rules of the day.
    pub rules: &'a CardRules,
    /// What can be earned today, if anything.
    pub earning: Option<Earning<'a>>,
    /// The city's day.
    pub date: Date,
    /// The shop's order code.
    pub order: Option<String>,
    /// Who pays in the holder's stead, if it isn't the holder.
    pub helper: Option<Helper>,
    /// The holder's standing gift, if there is one.
    pub gift: Option<Standing>,
}

/// A helper whose delegation allows this payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Helper {
    /// Who, and whose meter moves.
    pub part: HelperPart,
    /// Won a month the delegation allows.
    pub per_month: i64,
}

/// Decides a payment.
///
/// Refusals, in order: `amount.range`, `card.lost`, `card.closed`, `card.locked`, `card.frozen`, `shop.closed`,
/// `shop.excluded`, `shop.own`, `pin.needed`, `purse.short`.
pub fn pay(case: &PayCase<'_>) -> Result<Decision, Refusal> {
    let mut payment = decide(case)?;
    let mut moves = Moves::default();
    let shop = chart::payable(payment.merchant);
    for (purpose, expires, amount) in &payment.legs {
        moves.add(chart::purse(payment.person, *purpose, Month(*expires)), shop, *amount);
    }
    let cashback = &payment.cashback;
    if cashback.reward > 0 {
        let purse = chart::purse(payment.person, case.reward.number, Month(cashback.expires));
        moves.add(chart::scheme(Class::TreasuryDue), purse, cashback.reward);
        moves.add(
            chart::budget(Class::BudgetGranted, &cashback.budget),
            chart::budget(Class::BudgetLeft, &cashback.budget),
            cashback.reward,
        );
    }
    giving::give(&mut moves, &mut payment, case.gift, case.reward);
    let mut guards = meter_legs(&mut moves, case, payment.person, payment.cashback.earned);
    if let Some(helper) = case.helper {
        let meter = chart::helper_meter(payment.person, helper.part.place, Month(payment.month));
        moves.meter_up(meter, payment.amount);
        guards.push((meter, helper.per_month));
    }
    Ok(Decision {
        kind: "pay",
        amount: case.amount,
        reverses: None,
        moves: moves.0,
        guards,
        facts: Facts::Pay(payment),
    })
}

/// The payment as it would be recorded, whether it is paid at once or first reserved.
pub(super) fn decide(case: &PayCase<'_>) -> Result<Payment, Refusal> {
    check_amount(case.amount)?;
    check_card(case.card)?;
    check_shop(case)?;
    let source = case.rules.source.clone();
    if case.pin == PinState::Missing && case.amount > case.rules.pin_above.0 {
        return Err(Refusal::new("pin.needed").with("above", Arg::Won(case.rules.pin_above)).because(source));
    }
    let month = Month::of(case.date);
    let usable = spending_order(case.purses, &case.shop.trade.id, month);
    let mut missing = case.amount;
    let mut legs = Vec::with_capacity(2);
    let mut base = 0;
    for purse in &usable {
        let amount = purse.balance.min(missing);
        if amount > 0 {
            legs.push((purse.purpose.number, purse.expires.0, amount));
            missing -= amount;
            // The campaign's list stands for itself: the pack fills it from the purposes where it names none.
            if case.earning.as_ref().is_some_and(|e| e.campaign.earns_on(&purse.purpose.id)) {
                base += amount;
            }
        }
    }
    if missing > 0 {
        let here = case.amount - missing;
        let elsewhere = total(case.purses, month) - usable.iter().map(|p| p.balance).sum::<i64>();
        return Err(Refusal::new("purse.short")
            .with("here", Arg::Won(Won(here)))
            .with("missing", Arg::Won(Won(missing)))
            .with("elsewhere", Arg::Won(Won(elsewhere)))
            .because(source));
    }
    let expires = newest_expiry(month, case.rules.validity_years);
    let counts = case.earning.as_ref().is_none_or(|e| e.campaign.grants_at_sales(case.shop.merchant.sales));
    let cashback = grant(base, counts, case.earning.as_ref(), expires.0);
    let balance = total(case.purses, month) - case.amount + cashback.reward;
    let paid = legs.iter().map(|(purpose, _, amount): &PurseLeg| (*purpose, -amount));
    let after = by_purpose(case.purses, month, paid.chain([(case.reward.number, cashback.reward)]));
    Ok(Payment {
        card: case.card.id,
        person: case.card.person,
        merchant: case.shop.merchant.id,
        amount: case.amount,
        legs,
        cashback,
        month: month.0,
        balance,
        after,
        order: case.order.clone(),
        helper: case.helper.map(|helper| helper.part),
        gift: None,
    })
}

fn check_card(card: &Card) -> Result<(), Refusal> {
    match card.state {
        CardState::Active => Ok(()),
        CardState::Lost => Err(Refusal::new("card.lost")),
        CardState::Closed => Err(Refusal::new("card.closed")),
        CardState::Locked => Err(Refusal::new("card.locked")),
        CardState::Frozen => Err(Refusal::new("card.frozen")),
    }
}

fn check_shop(case: &PayCase<'_>) -> Result<(), Refusal> {
    let shop = case.shop.merchant;
    let named = |code| Refusal::new(code).with("shop", Arg::Text(shop.name.clone()));
    if shop.state == MerchantState::Closed {
        return Err(named("shop.closed"));
    }
    if let Some(exclusion) = &case.shop.trade.exclusion {
        return Err(named("shop.excluded")
            .with("trade", Arg::Text(case.shop.trade.name.ko.clone()))
            .with("trade_en", Arg::Text(case.shop.trade.name.en.clone()))
            .because(exclusion.source.clone()));
    }
    // Neither the holder nor who pays for them: a helper's own shop must not empty the purse that was lent.
    let payers = [Some(case.card.person), case.helper.map(|helper| helper.part.person)];
    if shop.owner.is_some() && payers.contains(&shop.owner) {
        return Err(named("shop.own").because(case.rules.source.clone()));
    }
    Ok(())
}

/// The meters a payment's earned part moves, with that day's limits as guards.
pub(super) fn meter_legs(
    moves: &mut Moves,
    case: &PayCase<'_>,
    person: PersonId,
    earned: i64,
) -> Vec<(Account, i64)> {
    let mut guards = Vec::new();
    let Some(earning) = case.earning.as_ref().filter(|e| e.metered && earned > 0) else { return guards };
    let Limits { month, year, city } = earning.limits;
    for (index, (meter, room)) in meters(person, case.date).into_iter().zip([month, year, city]).enumerate() {
        // The person's month is metered with or without a limit: next month's carry-over may ask for it.
        let always = index == 0;
        if room.limit.is_some() || always {
            moves.meter_up(meter, earned);
        }
        if let Some(limit) = room.limit {
            guards.push((meter, limit));
        }
    }
    guards
}

/// The three meters of spending: the person's month and year, the city's month.
fn meters(person: PersonId, date: Date) -> [Account; 3] {
    let month = Month::of(date);
    [
        chart::meter(Meter::SpendMonth, person, month.0),
        chart::meter(Meter::SpendYear, person, u32::from(month.year().unsigned_abs())),
        chart::city_meter(Meter::CityMonth, month.0),
    ]
}

/// Meters go back while their period is open; those of closed periods stay as they were.
pub(super) fn meters_back(
    moves: &mut Moves,
    payment: &Payment,
    campaign: Option<&Campaign>,
    date: Date,
    earned: i64,
) {
    let Some(campaign) = campaign.filter(|c| c.counts == Counts::Spend) else { return };
    let then = Month(payment.month);
    let now = Month::of(date);
    let [month, year, city] = meters(payment.person, then.first_day());
    if then == now {
        moves.meter_back(month, earned);
    }
    if campaign.person_year.is_some() && then.year() == now.year() {
        moves.meter_back(year, earned);
    }
    if campaign.city_month.is_some() && then == now {
        moves.meter_back(city, earned);
    }
}

/// What a helper paid goes back to their month while it is open.
pub(super) fn helper_back(moves: &mut Moves, payment: &Payment, date: Date, amount: i64) {
    let month = Month(payment.month);
    if let Some(helper) = payment.helper
        && month == Month::of(date)
    {
        moves.meter_back(chart::helper_meter(payment.person, helper.place, month), amount);
    }
}
