//! Reserving for a shop: authorise, capture (whole or in part), release.
//!
//! The authorisation fixes rate and limits: meters and budget are reserved then, and a capture takes its share. So too of a
//! sale: what it takes off is fixed by the day of the reservation, kept for this person out of its budget, and granted for
//! what is taken, be the sale over by then or not; only the price is held. The holder's
//! claims on the shop come before any purse, in reserving as in taking; what their shop was advanced of the reserved part
//! waits beside ([`chart::advance_held`]), so that nothing else releases it.

use base::{Arg, Date, MerchantId, Month, PostingNo, Refusal, Won};
use ledger::{Account, part, split_by_remainder};
use rules::{Campaign, Purpose};

use super::coupons::{
    SaleHere, discount_guard, discount_reserved, discount_settled, discount_taken, stamp, stamp_legs,
};
use super::giving::{self, Standing};
use super::pay::{PayCase, decide, meter_legs, meters_back, spending_back};
use super::prepay::{ClaimStands, release as release_guarantee};
use super::purses::{Purse, by_purpose};
use super::{Decision, Moves, check_amount};
use crate::facts::{ClaimLeg, Facts, Payment, Prepayment, PurseLeg, Release};
use crate::{Class, chart};

/// An open authorisation.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Its posting.
    pub no: PostingNo,
    /// The payment as it was reserved.
    pub payment: &'a Payment,
    /// What the hold still holds: its whole price while open, 0 once captured or released.
    pub left: i64,
    /// The campaign it was reserved under.
    pub campaign: Option<&'a Campaign>,
    /// The cashback purpose.
    pub reward: &'a Purpose,
    /// The holder's purses now.
    pub purses: &'a [Purse<'a>],
    /// The holder's standing gift now: a wish to give, or not to, is heard until the money moves.
    pub gift: Option<Standing>,
    /// The claims of which it reserves a part, in the order of [`Payment::prepaid`].
    pub claims: &'a [HeldClaim<'a>],
    /// What the shop has not been paid out yet.
    pub payable: i64,
    /// The sale of the day, where the shop takes part in it: what it takes off was fixed by the reservation, but a stamp is
    /// given for what is taken, on the day it is.
    pub sale: Option<SaleHere<'a>>,
    /// The city's day.
    pub date: Date,
}

/// A claim of which an authorisation reserves a part.
#[derive(Debug, Clone, Copy)]
pub struct HeldClaim<'a> {
    /// Where it stands.
    pub stands: ClaimStands<'a>,
    /// The budget behind what its shop was advanced.
    pub guarantee: &'a str,
    /// Whether its shop has closed.
    pub closed: bool,
}

/// Reserves. `no` is the number this posting will have. Refusals as for a payment.
pub fn authorise(case: &PayCase<'_>, no: PostingNo) -> Result<Decision, Refusal> {
    let mut payment = decide(case)?;
    if taken_off(&payment) == payment.amount {
        // Of what costs nothing nothing could be held: such a sale is for what is paid at once.
        payment = decide(&PayCase { coupons: case.coupons.without_sale(), ..case.clone() })?;
    }
    // Cashback and a stamp come with the capture.
    payment.balance -= payment.cashback.reward;
    payment.stamp = None;
    let reserved = payment.legs.iter().map(|(purpose, _, amount)| (*purpose, -amount));
    payment.after = by_purpose(case.purses, Month::of(case.date), reserved);
    let mut moves = Moves::default();
    for (claim, amount, advanced) in &payment.prepaid {
        moves.add(chart::prepaid(payment.person, *claim), chart::hold(no), *amount);
        let (waits, advance) = advances(payment.merchant, *claim);
        moves.add(waits, advance, *advanced);
    }
    for (purpose, expires, amount) in &payment.legs {
        moves.add(chart::purse(payment.person, *purpose, Month(*expires)), chart::hold(no), *amount);
    }
    let budget = &payment.cashback.budget;
    moves.add(
        chart::budget(Class::BudgetReserved, budget),
        chart::budget(Class::BudgetLeft, budget),
        payment.cashback.reward,
    );
    discount_reserved(&mut moves, &payment);
    let mut guards = meter_legs(&mut moves, case, payment.person, payment.cashback.earned);
    guards.extend(discount_guard(&payment, case.coupons.sale));
    Ok(Decision {
        kind: "authorise",
        amount: case.amount,
        reverses: None,
        moves: moves.0,
        guards,
        facts: Facts::Authorise(payment),
    })
}

fn taken_off(payment: &Payment) -> i64 {
    payment.discount.as_ref().map_or(0, |discount| discount.amount)
}

/// Where what was advanced of a reserved part waits, and where it came from.
fn advances(merchant: MerchantId, claim: u32) -> (Account, Account) {
    (chart::advance_held(merchant, claim), chart::advance(merchant, claim))
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
    let discount = discount_taken(whole, now);
    let off = discount.as_ref().map_or(0, |discount| discount.amount);
    let price = now - off;
    // Claims first, as in a payment: they earn nothing, so what is earned is a share of what purses pay.
    let claims = claims_take(whole, price).ok_or_else(more)?;
    let of_claims: i64 = claims.iter().map(|leg| leg.1).sum();
    let reserved: Vec<i64> = whole.legs.iter().map(|leg| leg.2).collect();
    let (of_purses, from_purses) = (reserved.iter().sum::<i64>(), price - of_claims);
    let taken = match from_purses {
        0 => vec![0; reserved.len()],
        now => split_by_remainder(&reserved, 0, now).ok_or_else(more)?,
    };
    let share = |of: i64| match of_purses {
        0 => Ok(0),
        whole => part(of, whole, 0, from_purses).ok_or_else(more),
    };
    let reward = share(whole.cashback.reward)?;
    // As in a payment: where nothing is granted, no limit is used up.
    let earned = if reward > 0 { share(whole.cashback.earned)? } else { 0 };

    let hold = chart::hold(held.no);
    let mut moves = Moves::default();
    moves.add(hold, chart::payable(whole.merchant), price);
    for ((claim, _, released), one) in claims.iter().zip(held.claims) {
        moves.add(chart::payable(whole.merchant), advances(whole.merchant, *claim).0, *released);
        release_guarantee(&mut moves, one.guarantee, *released);
    }
    let into_purses = claims_back(&mut moves, held, &claims, held.payable + now).ok_or_else(more)?;
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

    discount_settled(&mut moves, whole, off);

    let mut payment = whole.clone();
    payment.amount = now;
    payment.discount = discount;
    payment.prepaid = claims.into_iter().filter(|leg| leg.1 > 0).collect();
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
    payment.after = left_after(held, &taken, &into_purses, reward);
    payment.balance = payment.after.iter().map(|(_, amount)| amount).sum();
    payment.stamp = held.sale.as_ref().and_then(|here| stamp(now, here, held.date));
    stamp_legs(&mut moves, &payment);
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

/// What is in the purses after a capture, by purpose. What goes back into one that has expired meanwhile can't be spent.
fn left_after(held: &Held<'_>, taken: &[i64], into_purses: &[PurseLeg], reward: i64) -> Vec<(u8, i64)> {
    let (month, legs) = (Month::of(held.date), &held.payment.legs);
    let back = legs.iter().zip(taken).filter(|((_, expires, _), _)| Month(*expires) >= month);
    let back = back.map(|((purpose, _, amount), taken)| (*purpose, amount - taken));
    let back = back.chain(into_purses.iter().map(|(purpose, _, amount)| (*purpose, *amount)));
    by_purpose(held.purses, month, back.chain([(held.reward.number, reward)]))
}

/// Gives all of it back: the shop lets it go, or its days are over. Refusal: `hold.ended`.
pub fn release(held: &Held<'_>, expired: bool) -> Result<Decision, Refusal> {
    let whole = held.payment;
    if held.left <= 0 {
        return Err(Refusal::new("hold.ended"));
    }
    let mut moves = Moves::default();
    let none: Vec<ClaimLeg> = whole.prepaid.iter().map(|(claim, ..)| (*claim, 0, 0)).collect();
    claims_back(&mut moves, held, &none, held.payable).ok_or_else(|| Refusal::new("hold.ended"))?;
    for (purpose, expires, amount) in &whole.legs {
        moves.add(chart::hold(held.no), chart::purse(whole.person, *purpose, Month(*expires)), *amount);
    }
    let budget = |class| chart::budget(class, &whole.cashback.budget);
    moves.add(budget(Class::BudgetLeft), budget(Class::BudgetReserved), whole.cashback.reward);
    meters_back(&mut moves, whole, held.campaign, held.date, whole.cashback.earned);
    discount_settled(&mut moves, whole, 0);
    let discount = taken_off(whole);
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
            amount: whole.amount - discount,
            discount,
            expired,
        }),
    })
}

/// What each claim gives of a captured price, in order, as far as it reserves; and the part of its shop's advance with it.
fn claims_take(whole: &Payment, now: i64) -> Option<Vec<ClaimLeg>> {
    let mut missing = now;
    whole
        .prepaid
        .iter()
        .map(|(claim, amount, released)| {
            let taken = missing.min(*amount);
            missing -= taken;
            Some((*claim, taken, part(*released, *amount, 0, taken)?))
        })
        .collect()
}

/// What was not taken goes back: into a claim that is open, with what its shop was advanced of it. One that has ended
/// meanwhile is money again, as if this part had ended with it. Gives what went into purses.
fn claims_back(
    moves: &mut Moves,
    held: &Held<'_>,
    taken: &[ClaimLeg],
    payable: i64,
) -> Option<Vec<PurseLeg>> {
    let whole = held.payment;
    let mut payable = payable.max(0);
    payable -= taken.iter().map(|leg| leg.2).sum::<i64>().min(payable);
    let mut into_purses = Vec::new();
    for (((claim, amount, released), taken), one) in whole.prepaid.iter().zip(taken).zip(held.claims) {
        let (back, advanced) = (amount - taken.1, released - taken.2);
        let (waits, advance) = advances(whole.merchant, *claim);
        let hold = chart::hold(held.no);
        match one.stands {
            ClaimStands::Open { holder, .. } => {
                moves.add(hold, chart::prepaid(holder, *claim), back);
                moves.add(advance, waits, advanced);
            }
            ClaimStands::Ended { bought, campaign, expires } => {
                let purpose = bought.legs.first()?.0;
                let purse = chart::purse(whole.person, purpose, expires);
                moves.add(hold, purse, back);
                let covered = payable.min(advanced);
                payable -= covered;
                moves.add(chart::payable(whole.merchant), waits, covered);
                release_guarantee(moves, one.guarantee, covered);
                let kept = shop_owes(moves, held, one, (waits, advanced - covered));
                let reward =
                    if kept { 0 } else { earned_back(moves, held, (bought, campaign), back, purse)? };
                into_purses.push((purpose, expires.0, back - reward));
            }
        }
    }
    Some(into_purses)
}

/// What its shop was advanced and can't give back now: a debt, or, where it has closed, the guarantee's and the city's
/// claim on it. Gives whether it has closed.
fn shop_owes(moves: &mut Moves, held: &Held<'_>, one: &HeldClaim<'_>, (waits, rest): (Account, i64)) -> bool {
    let merchant = held.payment.merchant;
    if one.closed {
        let reserved = chart::budget(Class::BudgetReserved, one.guarantee);
        moves.add(chart::scheme(Class::TreasuryDue), waits, rest);
        moves.add(chart::city_claim(merchant, one.guarantee), reserved, rest);
    } else {
        moves.add(chart::shop_due(merchant), waits, rest);
        release_guarantee(moves, one.guarantee, rest);
    }
    one.closed
}

/// Cashback that buying this part of a claim had earned goes back out of it, and so do its limits.
fn earned_back(
    moves: &mut Moves,
    held: &Held<'_>,
    (bought, campaign): (&Prepayment, Option<&Campaign>),
    back: i64,
    purse: Account,
) -> Option<i64> {
    let share = |of| part(of, bought.amount, 0, back);
    let (reward, earned) = (share(bought.cashback.reward)?, share(bought.cashback.earned)?);
    moves.add(purse, chart::scheme(Class::TreasuryDue), reward);
    let of = |class| chart::budget(class, &bought.cashback.budget);
    moves.add(of(Class::BudgetLeft), of(Class::BudgetGranted), reward);
    spending_back(moves, (bought.person, Month(bought.month)), campaign, held.date, earned);
    Some(reward)
}
