//! A payment: which purses pay, what it earns, which limits move.

use base::{Arg, Date, Month, PersonId, Refusal, Source, Won};
use ledger::Account;
use rules::{Campaign, CardRules, Counts, Purpose};

use super::cashback::{Earning, Limits, ShopSize, grant};
use super::coupons::{CouponsHere, discount, discount_guard, discount_legs, stamp, stamp_legs};
use super::giving::{self, Standing};
use super::prepay::{OpenClaim, use_legs};
use super::purses::{Purse, by_purpose, newest_expiry, spending_order, total};
use super::{Decision, Moves, check_amount};
use crate::facts::{Cashback, ClaimLeg, Facts, HelperPart, Payment, PurseLeg};
use crate::holder::{Card, CardState, Merchant, MerchantState, Shop};
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
    /// What coupons and sales say here.
    pub coupons: CouponsHere<'a>,
    /// The holder's open claims on this shop, in the order they are used: before any purse, what ends soonest first.
    pub claims: &'a [OpenClaim<'a>],
    /// The holder's standing gift, if there is one.
    pub gift: Option<Standing>,
    /// Won paid before this today, at this shop with this card and without its PIN.
    pub unasked: i64,
    /// This shop heard so often without the PIN that the card holds too little that it hears no more: see [`super::Tried::asks`].
    pub heard_short: bool,
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
/// Refusals, in order: `amount.range`, `shop.closed`, `shop.excluded`, `pin.needed`, `card.lost`, `card.closed`, `card.locked`,
/// `card.frozen`, `shop.own`, `pin.needed-short`, `pin.needed-day`, `purse.short` (`purse.short-part` where a coupon pays a part and the rest is missing). What no
/// card has a part in comes first: see [`without_card`].
pub fn pay(case: &PayCase<'_>) -> Result<Decision, Refusal> {
    let mut payment = decide(case)?;
    let mut moves = Moves::default();
    let shop = chart::payable(payment.merchant);
    for (leg, claim) in payment.prepaid.iter().zip(case.claims) {
        use_legs(&mut moves, payment.person, payment.merchant, *leg, claim.guarantee);
    }
    for (purpose, expires, amount) in &payment.legs {
        moves.add(chart::purse(payment.person, *purpose, Month(*expires)), shop, *amount);
    }
    let cashback = &payment.cashback;
    grant_legs(&mut moves, payment.person, case.reward, cashback);
    discount_legs(&mut moves, &payment);
    stamp_legs(&mut moves, &payment);
    giving::give(&mut moves, &mut payment, case.gift, case.reward);
    let mut guards = meter_legs(&mut moves, case, payment.person, payment.cashback.earned);
    guards.extend(discount_guard(&payment, case.coupons.sale));
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

/// What is granted, and the authority for it.
pub(super) fn grant_legs(moves: &mut Moves, person: PersonId, reward: &Purpose, cashback: &Cashback) {
    if cashback.reward > 0 {
        let purse = chart::purse(person, reward.number, Month(cashback.expires));
        moves.add(chart::scheme(Class::TreasuryDue), purse, cashback.reward);
        moves.add(
            chart::budget(Class::BudgetGranted, &cashback.budget),
            chart::budget(Class::BudgetLeft, &cashback.budget),
            cashback.reward,
        );
    }
}

/// The payment as it would be recorded, whether it is paid at once or first reserved.
pub(super) fn decide(case: &PayCase<'_>) -> Result<Payment, Refusal> {
    without_card(case.amount, &case.shop, case.pin, case.rules)?;
    check_card(case.card)?;
    check_payers(case)?;
    check_unasked(case)?;
    let source = case.rules.source.clone();
    let month = Month::of(case.date);
    let mut usable = spending_order(case.purses, &case.shop.trade.id, month);
    usable.retain(|p| {
        let named = !p.purpose.named || case.coupons.named.contains(&p.purpose.number);
        named && p.purpose.pays_on(p.expires, case.date)
    });
    let discount = case.coupons.sale.map(|here| discount(case.amount, &here));
    let price = case.amount - discount.as_ref().map_or(0, |d| d.amount);
    let mut missing = price;
    let mut eligible = case.coupons.eligible.unwrap_or(price);
    let mut prepaid: Vec<ClaimLeg> = Vec::new();
    for claim in case.claims {
        let leg = claim.uses(missing);
        if leg.1 == 0 {
            break;
        }
        missing -= leg.1;
        prepaid.push(leg);
    }
    let of_purses = missing;
    let mut legs = Vec::with_capacity(2);
    let mut base = 0;
    for purse in &usable {
        let mut amount = purse.balance.min(missing);
        if purse.purpose.trades.is_some() {
            // For certain goods only: no more than the till says are such.
            amount = amount.min(eligible);
            eligible -= amount.max(0);
        }
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
        return Err(short(case, &legs, (price, missing)).because(source));
    }
    let expires = newest_expiry(month, case.rules.validity_years);
    let size = ShopSize::of(case.shop.merchant.sales, case.earning.as_ref());
    let cashback = grant(base, size, case.earning.as_ref(), expires.0);
    let balance = total(case.purses, month) - of_purses + cashback.reward;
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
        discount,
        stamp: case.coupons.sale.and_then(|here| stamp(case.amount, &here, case.date)),
        eligible: case.coupons.eligible,
        prepaid,
        gift: None,
        pin: case.pin == PinState::Right,
    })
}

/// There is too little. Where a coupon would pay a part, that part is told from the rest, which other purses must pay.
fn short(case: &PayCase<'_>, legs: &[PurseLeg], (price, missing): (i64, i64)) -> Refusal {
    let here = price - missing;
    let month = Month::of(case.date);
    let elsewhere = total(case.purses, month) - here;
    let of = |leg: &PurseLeg| case.purses.iter().map(|p| p.purpose).find(|p| p.number == leg.0);
    let coupon = legs.iter().find_map(|leg| of(leg).filter(|purpose| purpose.trades.is_some()));
    let Some(coupon) = coupon else {
        return Refusal::new("purse.short")
            .with("here", Arg::Won(Won(here)))
            .with("missing", Arg::Won(Won(missing)))
            .with("elsewhere", Arg::Won(Won(elsewhere)));
    };
    let part: i64 =
        legs.iter().filter(|leg| of(leg).is_some_and(|p| p.trades.is_some())).map(|leg| leg.2).sum();
    Refusal::new("purse.short-part")
        .with("coupon", Arg::Text(coupon.name.ko.clone()))
        .with("coupon_en", Arg::Text(coupon.name.en.clone()))
        .with("part", Arg::Won(Won(part)))
        .with("rest", Arg::Won(Won(price - part)))
        .with("others", Arg::Won(Won(here - part)))
        .with("missing", Arg::Won(Won(missing)))
}

/// What is refused whatever the card, and whether there is one: so that a shop that gives no PIN doesn't learn by asking for
/// a large sum which numbers are cards, and which of them are blocked.
pub fn without_card(amount: i64, shop: &Shop<'_>, pin: PinState, rules: &CardRules) -> Result<(), Refusal> {
    check_amount(amount)?;
    shop_takes_any(shop)?;
    if pin == PinState::Missing && amount > rules.pin_above.0 {
        let source = rules.source.clone();
        return Err(Refusal::new("pin.needed").with("above", Arg::Won(rules.pin_above)).because(source));
    }
    Ok(())
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

fn check_payers(case: &PayCase<'_>) -> Result<(), Refusal> {
    // Neither the holder nor who pays for them: a helper's own shop must not empty the purse that was lent.
    let payers = [Some(case.card.person), case.helper.map(|helper| helper.part.person)];
    takes_from(&case.shop, payers, &case.rules.source)
}

/// Whether a shop takes the card, from these people.
pub(super) fn shop_takes(
    shop: &Shop<'_>,
    payers: [Option<PersonId>; 2],
    source: &Source,
) -> Result<(), Refusal> {
    shop_takes_any(shop)?;
    takes_from(shop, payers, source)
}

/// Who knows a card's number may not charge it again and again, each time just below the sum that needs the PIN; nor find out
/// what is on it by asking for one sum after another.
fn check_unasked(case: &PayCase<'_>) -> Result<(), Refusal> {
    if case.pin == PinState::Missing
        && case.heard_short
        && let Some(most) = case.rules.pin.shop_short
    {
        let refusal = Refusal::new("pin.needed-short").with("most", Arg::Count(i64::from(most)));
        return Err(refusal.because(case.rules.source.clone()));
    }
    match case.rules.pin.above_day {
        Some(most) if case.pin == PinState::Missing && case.unasked.saturating_add(case.amount) > most.0 => {
            let refusal = Refusal::new("pin.needed-day").with("limit", Arg::Won(most));
            Err(refusal.because(case.rules.source.clone()))
        }
        _ => Ok(()),
    }
}

/// Whether it takes any card.
fn shop_takes_any(shop: &Shop<'_>) -> Result<(), Refusal> {
    let (shop, trade) = (shop.merchant, shop.trade);
    if shop.state == MerchantState::Closed {
        return Err(named("shop.closed", shop));
    }
    if let Some(exclusion) = &trade.exclusion {
        return Err(named("shop.excluded", shop)
            .with("trade", Arg::Text(trade.name.ko.clone()))
            .with("trade_en", Arg::Text(trade.name.en.clone()))
            .because(exclusion.source.clone()));
    }
    Ok(())
}

fn takes_from(shop: &Shop<'_>, payers: [Option<PersonId>; 2], source: &Source) -> Result<(), Refusal> {
    if shop.merchant.owner.is_some() && payers.contains(&shop.merchant.owner) {
        return Err(named("shop.own", shop.merchant).because(source.clone()));
    }
    Ok(())
}

fn named(code: &'static str, shop: &Merchant) -> Refusal {
    Refusal::new(code).with("shop", Arg::Text(shop.name.clone()))
}

/// The meters a payment's earned part moves, with that day's limits as guards.
pub(super) fn meter_legs(
    moves: &mut Moves,
    case: &PayCase<'_>,
    person: PersonId,
    earned: i64,
) -> Vec<(Account, i64)> {
    earned_legs(moves, case.earning.as_ref(), case.date, person, earned)
}

/// The same, by what can be earned.
pub(super) fn earned_legs(
    moves: &mut Moves,
    earning: Option<&Earning<'_>>,
    date: Date,
    person: PersonId,
    earned: i64,
) -> Vec<(Account, i64)> {
    let mut guards = Vec::new();
    let Some(earning) = earning.filter(|e| e.metered && earned > 0) else { return guards };
    let Limits { month, year, city } = earning.limits;
    for (index, (meter, room)) in meters(person, date).into_iter().zip([month, year, city]).enumerate() {
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
    spending_back(moves, (payment.person, Month(payment.month)), campaign, date, earned);
}

/// The same, of spending in a month of someone's.
pub(super) fn spending_back(
    moves: &mut Moves,
    (person, then): (PersonId, Month),
    campaign: Option<&Campaign>,
    date: Date,
    earned: i64,
) {
    let Some(campaign) = campaign.filter(|c| c.counts == Counts::Spend) else { return };
    let now = Month::of(date);
    let [month, year, city] = meters(person, then.first_day());
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
