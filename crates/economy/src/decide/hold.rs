//! Reserving for a shop: authorise, capture (whole or in part), release.
//!
//! The authorisation fixes rate and limits: meters and budget are reserved then, and a capture takes its share.

use base::{Arg, Date, Month, PostingNo, Refusal, Won};
use ledger::{part, split_by_remainder};
use rules::{Campaign, Purpose};

use super::giving::{self, Standing};
use super::pay::{PayCase, decide, meter_legs, meters_back};
use super::purses::{Purse, by_purpose};
use super::{Decision, Moves, check_amount};
use crate::facts::{Facts, Payment, Release};
use crate::{Class, chart};

/// An open authorisation.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Its posting.
    pub no: PostingNo,
    /// The payment as it was reserved.
    pub payment: &'a Payment,
    /// What the hold still holds: its whole amount while open, 0 once captured or released.
    pub left: i64,
    /// The campaign it was reserved under.
    pub campaign: Option<&'a Campaign>,
    /// The cashback purpose.
    pub reward: &'a Purpose,
    /// The holder's purses now.
    pub purses: &'a [Purse<'a>],
    /// The holder's standing gift now: a wish to give, or not to, is heard until the money moves.
    pub gift: Option<Standing>,
    /// The city's day.
    pub date: Date,
}

/// Reserves. `no` is the number this posting will have. Refusals as for a payment.
pub fn authorise(case: &PayCase<'_>, no: PostingNo) -> Result<Decision, Refusal> {
    // A sale's discount is for what is paid at once.
    let case = &PayCase { coupons: case.coupons.without_sale(), ..case.clone() };
    // A claim is paid already: reserved is what isn't.
    let mut payment = decide(&PayCase { claims: &[], ..case.clone() })?;
    // Cashback comes with the capture.
    payment.balance -= payment.cashback.reward;
    let reserved = payment.legs.iter().map(|(purpose, _, amount)| (*purpose, -amount));
    payment.after = by_purpose(case.purses, Month::of(case.date), reserved);
    let mut moves = Moves::default();
    for (purpose, expires, amount) in &payment.legs {
        moves.add(chart::purse(payment.person, *purpose, Month(*expires)), chart::hold(no), *amount);
    }
    let budget = &payment.cashback.budget;
    moves.add(
        chart::budget(Class::BudgetReserved, budget),
        chart::budget(Class::BudgetLeft, budget),
        payment.cashback.reward,
    );
    let guards = meter_legs(&mut moves, case, payment.person, payment.cashback.earned);
    Ok(Decision {
        kind: "authorise",
        amount: case.amount,
        reverses: None,
        moves: moves.0,
        guards,
        facts: Facts::Authorise(payment),
    })
}

/// Takes what was reserved, or a part; the rest goes back. Refusals: `hold.ended`, `amount.range`, `hold.more`.
pub fn capture(held: &Held<'_>, amount: Option<i64>) -> Result<Decision, Refusal> {
    let whole = held.payment;
    if held.left <= 0 {
        return Err(Refusal::new("hold.ended"));
    }
    let now = amount.unwrap_or(whole.amount);
    check_amount(now)?;
    let more = || Refusal::new("hold.more").with("held", Arg::Won(Won(whole.amount)));
    if now > whole.amount {
        return Err(more());
    }
    let reserved: Vec<i64> = whole.legs.iter().map(|leg| leg.2).collect();
    let taken = split_by_remainder(&reserved, 0, now).ok_or_else(more)?;
    let share = |of: i64| part(of, whole.amount, 0, now).ok_or_else(more);
    let reward = share(whole.cashback.reward)?;
    // As in a payment: where nothing is granted, no limit is used up.
    let earned = if reward > 0 { share(whole.cashback.earned)? } else { 0 };

    let hold = chart::hold(held.no);
    let mut moves = Moves::default();
    moves.add(hold, chart::payable(whole.merchant), now);
    for ((purpose, expires, amount), taken) in whole.legs.iter().zip(&taken) {
        moves.add(hold, chart::purse(whole.person, *purpose, Month(*expires)), amount - taken);
    }
    let cashback = &whole.cashback;
    let budget = |class| chart::budget(class, &cashback.budget);
    let purse = chart::purse(whole.person, held.reward.number, Month(cashback.expires));
    moves.add(chart::scheme(Class::TreasuryDue), purse, reward);
    moves.add(budget(Class::BudgetGranted), budget(Class::BudgetReserved), reward);
    moves.add(budget(Class::BudgetLeft), budget(Class::BudgetReserved), cashback.reward - reward);
    meters_back(&mut moves, whole, held.campaign, held.date, cashback.earned - earned);

    let mut payment = whole.clone();
    payment.amount = now;
    payment.legs = whole
        .legs
        .iter()
        .zip(&taken)
        .filter(|(_, taken)| **taken > 0)
        .map(|((purpose, expires, _), taken)| (*purpose, *expires, *taken))
        .collect();
    payment.cashback.base = share(cashback.base)?;
    payment.cashback.earned = earned;
    payment.cashback.left = cashback.left.map(|left| left + (cashback.earned - earned));
    payment.cashback.reward = reward;
    // What goes back into a purse that has expired meanwhile can't be spent.
    let month = Month::of(held.date);
    let back = whole.legs.iter().zip(&taken).filter(|((_, expires, _), _)| Month(*expires) >= month);
    let back = back.map(|((purpose, _, amount), taken)| (*purpose, amount - taken));
    payment.after = by_purpose(held.purses, month, back.chain([(held.reward.number, reward)]));
    payment.balance = payment.after.iter().map(|(_, amount)| amount).sum();
    giving::give(&mut moves, &mut payment, held.gift, held.reward);
    Ok(Decision {
        kind: "capture",
        amount: now,
        reverses: Some(held.no),
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Capture { authorisation: held.no.0, payment },
    })
}

/// Gives all of it back: the shop lets it go, or its days are over. Refusal: `hold.ended`.
pub fn release(held: &Held<'_>, expired: bool) -> Result<Decision, Refusal> {
    let whole = held.payment;
    if held.left <= 0 {
        return Err(Refusal::new("hold.ended"));
    }
    let mut moves = Moves::default();
    for (purpose, expires, amount) in &whole.legs {
        moves.add(chart::hold(held.no), chart::purse(whole.person, *purpose, Month(*expires)), *amount);
    }
    let budget = |class| chart::budget(class, &whole.cashback.budget);
    moves.add(budget(Class::BudgetLeft), budget(Class::BudgetReserved), whole.cashback.reward);
    meters_back(&mut moves, whole, held.campaign, held.date, whole.cashback.earned);
    Ok(Decision {
        kind: if expired { "expire-hold" } else { "void" },
        amount: whole.amount,
        reverses: Some(held.no),
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Release(Release {
            authorisation: held.no.0,
            person: whole.person,
            merchant: whole.merchant,
            amount: whole.amount,
            expired,
        }),
    })
}
