//! Coupons: given out of a budget, taken back on their last day; and the discount of a sale day.

use base::{Arg, Date, Month, PersonId, Refusal, Won, day_of_date, share_floor};
use ledger::Account;
use rules::{Coupon, Release, Sale};

use super::{Decision, Moves, check_amount};
use crate::facts::{
    CouponFacts, Discount, DiscountCut, Facts, Payment, PrizeBack, PurseLeg, Stamp, StampBack,
};
use crate::{Class, Meter, chart};

/// What a payment is to know of coupons and sales.
#[derive(Debug, Clone, Copy, Default)]
pub struct CouponsHere<'a> {
    /// Numbers of the purposes the city has named this shop for.
    pub named: &'a [u8],
    /// Won of the amount that coupons for certain trades may buy; `None`: all of it.
    pub eligible: Option<i64>,
    /// The sale of the day, where the shop takes part in it.
    pub sale: Option<SaleHere<'a>>,
}

impl CouponsHere<'_> {
    /// The same without the sale.
    pub fn without_sale(self) -> Self {
        CouponsHere { sale: None, ..self }
    }
}

/// A sale, and how it stands.
#[derive(Debug, Clone, Copy)]
pub struct SaleHere<'a> {
    /// The sale.
    pub sale: &'a Sale,
    /// What its budget holds.
    pub budget_left: i64,
    /// What this person was given by it.
    pub given: i64,
    /// How their card of stamps stands; it counts where the sale gives stamps.
    pub stamps: StampsHere,
}

/// A person's stamps of a sale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StampsHere {
    /// How many there are.
    pub have: i64,
    /// Whether this shop gave them one today.
    pub today: bool,
}

/// What a sale takes off an amount: its rate, bound to what one person is given and to the budget.
pub fn discount(amount: i64, here: &SaleHere<'_>) -> Discount {
    let sale = here.sale;
    let full = sale.rate.of(Won(amount)).0;
    let room = (sale.person_most.0 - here.given).max(0);
    let held = here.budget_left.max(0);
    let given = full.min(room).min(held);
    let cut = match given {
        _ if given == full => DiscountCut::Full,
        _ if given == room => DiscountCut::Person,
        _ => DiscountCut::Budget,
    };
    Discount {
        sale: sale.id.clone(),
        number: sale.number,
        budget: sale.budget.clone(),
        rate: sale.rate.basis_points(),
        amount: given,
        cut,
        left: room - given,
    }
}

/// What a payment does for a card of stamps: one for each shop and day, where it is large enough.
pub(super) fn stamp(amount: i64, here: &SaleHere<'_>, date: Date) -> Option<Stamp> {
    let rule = here.sale.stamps?;
    let given = amount >= rule.least.0 && !here.stamps.today;
    Some(Stamp {
        sale: here.sale.id.clone(),
        number: here.sale.number,
        least: rule.least.0,
        full: rule.full,
        have: here.stamps.have + i64::from(given),
        given,
        day: day_of_date(date),
    })
}

/// A stamp's legs: on the person's card, and in the count of all.
pub(super) fn stamp_legs(moves: &mut Moves, payment: &Payment) {
    let Some(stamp) = payment.stamp.as_ref().filter(|stamp| stamp.given) else { return };
    for person in [Some(payment.person), None] {
        moves.meter_up(chart::stamps_meter(stamp.number, person), 1);
    }
}

/// A refund takes the stamp back once what is left of the payment would not have been worth one.
pub(super) fn stamp_back(moves: &mut Moves, payment: &Payment, before: i64, now: i64) -> Option<StampBack> {
    let stamp = payment.stamp.as_ref().filter(|stamp| stamp.given)?;
    let left = payment.amount - before;
    if left < stamp.least || left - now >= stamp.least {
        return None;
    }
    for person in [Some(payment.person), None] {
        moves.meter_back(chart::stamps_meter(stamp.number, person), 1);
    }
    Some(StampBack { number: stamp.number, day: stamp.day })
}

/// What full cards of the stamps of a payment gave, and how that stands when the payment is taken back.
#[derive(Debug, Clone, Copy)]
pub struct Prize<'a> {
    /// The release.
    pub release: &'a Release,
    /// Its coupon.
    pub coupon: &'a Coupon,
    /// The person's stamps, before the refund.
    pub stamps: i64,
    /// Won that cards of theirs gave.
    pub had: i64,
    /// Won of the coupon in their purse.
    pub left: i64,
    /// Won of it that they spent: what ran out unspent is back where it came from.
    pub spent: i64,
}

impl Prize<'_> {
    /// What goes back: so much as the cards gave that are not full any more, out of the coupon's purse, then, for what of it is
    /// spent, out of what the refund gives (`legs`, own money first). What can't be taken now is taken with the next refund.
    pub(super) fn back(
        &self,
        moves: &mut Moves,
        (person, full): (PersonId, i64),
        stamp_taken: bool,
        legs: &[PurseLeg],
    ) -> Option<PrizeBack> {
        let (coupon, each) = (self.coupon, self.release.each.0);
        let cards = (self.stamps - i64::from(stamp_taken)).max(0) / full.max(1);
        let owed = self.had - cards * each;
        if owed <= 0 {
            return None;
        }
        let own = |leg: &&PurseLeg| leg.0 == coupon.purpose && leg.1 == coupon.cohort().0;
        let unspent: i64 = legs.iter().filter(own).map(|leg| leg.2).sum();
        let due = chart::scheme(Class::TreasuryDue);
        let from_purse = owed.min(self.left.max(0) + unspent);
        moves.add(chart::purse(person, coupon.purpose, coupon.cohort()), due, from_purse);
        let wanted = (owed - from_purse).min((self.spent - unspent).max(0));
        let mut missing = wanted;
        for (purpose, expires, amount) in legs.iter().rev().filter(|leg| !own(leg)) {
            let taken = missing.min(*amount);
            moves.add(chart::purse(person, *purpose, Month(*expires)), due, taken);
            missing -= taken;
        }
        let from_refund = wanted - missing;
        let amount = from_purse + from_refund;
        if amount == 0 {
            return None;
        }
        given_back(moves, &coupon.budget, amount);
        let number = self.release.number;
        let meters = [
            chart::coupon_meter(person, coupon.purpose, coupon.cohort()),
            chart::release_meter(number, None),
            chart::meter(Meter::Claim, person, u32::from(number)),
        ];
        meters.into_iter().for_each(|meter| moves.meter_back(meter, amount));
        Some(PrizeBack { release: self.release.id.clone(), amount, from_refund })
    }
}

/// The guard of a discount: what one person is given by the sale.
pub(super) fn discount_guard(payment: &Payment, here: Option<SaleHere<'_>>) -> Option<(Account, i64)> {
    let discount = payment.discount.as_ref().filter(|d| d.amount > 0)?;
    Some((sale_meter(payment.person, discount.number), here?.sale.person_most.0))
}

fn sale_meter(person: PersonId, number: u8) -> Account {
    chart::meter(Meter::Sale, person, u32::from(number))
}

/// What a sale takes off a reservation is kept for it: of the budget, and of what this person may be given.
pub(super) fn discount_reserved(moves: &mut Moves, payment: &Payment) {
    let Some(discount) = payment.discount.as_ref().filter(|d| d.amount > 0) else { return };
    let of = |class| chart::budget(class, &discount.budget);
    moves.add(of(Class::BudgetReserved), of(Class::BudgetLeft), discount.amount);
    moves.meter_up(sale_meter(payment.person, discount.number), discount.amount);
}

/// What a sale takes off the part of a reservation that is taken: its rate, as far as was kept. The price of a part is never
/// more than what is held: it grows with the part, and the whole price is held.
pub(super) fn discount_taken(whole: &Payment, now: i64) -> Option<Discount> {
    let kept = whole.discount.as_ref()?;
    let full = share_floor(now, kept.rate, 10_000).unwrap_or(0);
    let amount = full.min(kept.amount);
    let cut = if amount == full { DiscountCut::Full } else { kept.cut };
    Some(Discount { amount, cut, left: kept.left + (kept.amount - amount), ..kept.clone() })
}

/// So much of what was kept is granted; the rest is free again.
pub(super) fn discount_settled(moves: &mut Moves, whole: &Payment, granted: i64) {
    let Some(kept) = whole.discount.as_ref().filter(|d| d.amount > 0) else { return };
    let of = |class| chart::budget(class, &kept.budget);
    moves.add(chart::scheme(Class::TreasuryDue), chart::payable(whole.merchant), granted);
    moves.add(of(Class::BudgetGranted), of(Class::BudgetReserved), granted);
    moves.add(of(Class::BudgetLeft), of(Class::BudgetReserved), kept.amount - granted);
    moves.meter_back(sale_meter(whole.person, kept.number), kept.amount - granted);
}

/// A discount's legs.
pub(super) fn discount_legs(moves: &mut Moves, payment: &Payment) {
    let Some(discount) = payment.discount.as_ref().filter(|d| d.amount > 0) else { return };
    moves.add(chart::scheme(Class::TreasuryDue), chart::payable(payment.merchant), discount.amount);
    granted(moves, &discount.budget, discount.amount);
    moves.meter_up(sale_meter(payment.person, discount.number), discount.amount);
}

/// A part of a discount goes back to the city: out of what the shop has not been paid yet, the rest it owes.
pub(super) fn discount_back(moves: &mut Moves, payment: &Payment, amount: i64, payable: i64) -> i64 {
    let Some(discount) = payment.discount.as_ref().filter(|_| amount > 0) else { return 0 };
    let covered = payable.max(0).min(amount);
    let due = chart::scheme(Class::TreasuryDue);
    moves.add(chart::payable(payment.merchant), due, covered);
    moves.add(chart::shop_due(payment.merchant), due, amount - covered);
    given_back(moves, &discount.budget, amount);
    moves.meter_back(sale_meter(payment.person, discount.number), amount);
    amount - covered
}

fn granted(moves: &mut Moves, budget: &str, amount: i64) {
    moves.add(chart::budget(Class::BudgetGranted, budget), chart::budget(Class::BudgetLeft, budget), amount);
}

fn given_back(moves: &mut Moves, budget: &str, amount: i64) {
    moves.add(chart::budget(Class::BudgetLeft, budget), chart::budget(Class::BudgetGranted, budget), amount);
}

/// How a coupon stands for one person.
#[derive(Debug, Clone, Copy)]
pub struct CouponStanding {
    /// What they were given of it.
    pub given: i64,
    /// What its budget holds.
    pub budget_left: i64,
    /// The city's day.
    pub date: Date,
}

/// Whether a coupon can be given. Refusals, in order: `coupon.not-today`, `amount.range`, `coupon.person-most`,
/// `coupon.budget`.
pub fn may_give(coupon: &Coupon, amount: i64, standing: &CouponStanding) -> Result<(), Refusal> {
    let source = || coupon.source.clone();
    given_on(coupon, standing.date)?;
    check_amount(amount)?;
    let room = (coupon.most.0 - standing.given).max(0);
    if amount > room {
        return Err(Refusal::new("coupon.person-most")
            .with("most", Arg::Won(coupon.most))
            .with("room", Arg::Won(Won(room)))
            .because(source()));
    }
    if amount > standing.budget_left {
        return Err(Refusal::new("coupon.budget")
            .with("left", Arg::Won(Won(standing.budget_left.max(0))))
            .because(source()));
    }
    Ok(())
}

fn given_on(coupon: &Coupon, date: Date) -> Result<(), Refusal> {
    if coupon.is_given_on(date) {
        return Ok(());
    }
    Err(Refusal::new("coupon.not-today")
        .with("from", Arg::Date(coupon.from))
        .with("until", Arg::Date(coupon.until))
        .because(coupon.source.clone()))
}

/// What a coupon for many comes to, and how it stands.
#[derive(Debug, Clone, Copy)]
pub struct ManyStanding {
    /// Won, all together.
    pub sum: i64,
    /// What its budget has for it.
    pub budget_left: i64,
    /// The city's day.
    pub date: Date,
}

/// Whether a coupon for many may be begun: only where there is enough for all of them. Refusals, in order:
/// `coupon.not-today`, `coupon.total`.
pub fn may_begin(coupon: &Coupon, standing: &ManyStanding) -> Result<(), Refusal> {
    given_on(coupon, standing.date)?;
    let ManyStanding { sum, budget_left, .. } = *standing;
    if sum > budget_left {
        return Err(Refusal::new("coupon.total")
            .with("sum", Arg::Won(Won(sum)))
            .with("left", Arg::Won(Won(budget_left.max(0))))
            .with("short", Arg::Won(Won(sum.saturating_sub(budget_left))))
            .because(coupon.source.clone()));
    }
    Ok(())
}

/// One person is given a coupon. Refusals: those of [`may_give`].
pub fn give(
    coupon: &Coupon,
    person: PersonId,
    amount: i64,
    standing: &CouponStanding,
) -> Result<Decision, Refusal> {
    may_give(coupon, amount, standing)?;
    let facts = CouponFacts::Given { coupon: coupon.id.clone(), person, amount, release: None };
    Ok(given("coupon", coupon, &[(person, amount)], facts))
}

/// Many are given one at once; that each may, was asked. One posting: the facts say how many, the entries to whom.
pub fn give_many(coupon: &Coupon, people: &[(PersonId, i64)], facts: CouponFacts) -> Decision {
    given("coupons", coupon, people, facts)
}

fn given(kind: &'static str, coupon: &Coupon, people: &[(PersonId, i64)], facts: CouponFacts) -> Decision {
    let mut moves = Moves(Vec::with_capacity(people.len() * 2 + 1));
    let mut guards = Vec::with_capacity(people.len());
    let mut sum = 0;
    for (person, amount) in people {
        let purse = chart::purse(*person, coupon.purpose, coupon.cohort());
        moves.add(chart::scheme(Class::TreasuryDue), purse, *amount);
        let meter = chart::coupon_meter(*person, coupon.purpose, coupon.cohort());
        moves.meter_up(meter, *amount);
        guards.push((meter, coupon.most.0));
        sum += amount;
    }
    granted(&mut moves, &coupon.budget, sum);
    Decision { kind, amount: sum, reverses: None, moves: moves.0, guards, facts: Facts::Coupons(facts) }
}

/// What a release lets out just now.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The release's number.
    pub number: u8,
    /// The neighbourhood whose part it is; `None`: the whole city's.
    pub district: Option<u8>,
    /// Won it may have let out by now.
    pub upto: i64,
    /// Won each gets.
    pub each: i64,
    /// Won this person may have got of it by now: once what each gets, or once for each full card of stamps.
    pub own: i64,
}

/// One person takes their part of a release: first come, first served, and never more than there is. Refusals as for
/// [`give`]; that a part is open and something is left of it, was asked.
pub fn claim(
    coupon: &Coupon,
    (release, part): (&str, Part),
    person: PersonId,
    standing: &CouponStanding,
) -> Result<Decision, Refusal> {
    may_give(coupon, part.each, standing)?;
    let facts = CouponFacts::Given {
        coupon: coupon.id.clone(),
        person,
        amount: part.each,
        release: Some(release.to_owned()),
    };
    let mut decision = given("claim", coupon, &[(person, part.each)], facts);
    let total = chart::scheme(Class::MeterTotal);
    let own = chart::meter(Meter::Claim, person, u32::from(part.number));
    for (meter, most) in [(chart::release_meter(part.number, part.district), part.upto), (own, part.own)] {
        decision.moves.push(super::Move { debit: meter, credit: total, amount: part.each });
        decision.guards.push((meter, most));
    }
    Ok(decision)
}

/// A coupon's last day is over: what is left goes back to where it came from.
pub fn take_back(coupon: &Coupon, person: PersonId, expires: Month, amount: i64) -> Decision {
    let mut moves = Moves::default();
    moves.add(chart::purse(person, coupon.purpose, expires), chart::scheme(Class::TreasuryDue), amount);
    given_back(&mut moves, &coupon.budget, amount);
    let facts = CouponFacts::Back { coupon: coupon.id.clone(), person, amount };
    Decision {
        kind: "coupon-back",
        amount,
        reverses: None,
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Coupons(facts),
    }
}
