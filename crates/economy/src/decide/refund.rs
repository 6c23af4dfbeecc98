//! Taking a payment back, whole or in part: each leg in proportion, exact to the won over any number of steps.

use base::{Arg, Date, MerchantId, Month, PostingNo, Refusal, Won};
use ledger::{part, split_by_remainder};
use rules::{Campaign, Purpose};

use super::giving::{GiftStands, take_gift_back};
use super::pay::{helper_back, meters_back};
use super::{Decision, Moves, check_amount};
use crate::facts::{Facts, Payment, PurseLeg, Refund};
use crate::{Class, chart};

/// All a refund is decided on.
#[derive(Debug, Clone, Copy)]
pub struct RefundCase<'a> {
    /// The payment's posting.
    pub no: PostingNo,
    /// The payment.
    pub payment: &'a Payment,
    /// Won taken back before.
    pub before: i64,
    /// Won to take back now; `None`: all that is left.
    pub amount: Option<i64>,
    /// The shop that gives back.
    pub merchant: MerchantId,
    /// What the shop has not been paid out yet.
    pub payable: i64,
    /// The holder's cashback purse of the payment's cohort, before the refund.
    pub reward_left: i64,
    /// The cashback purpose.
    pub reward: &'a Purpose,
    /// Won in all the holder's purses before the refund.
    pub balance: i64,
    /// The campaign the payment earned under: it says which meters moved.
    pub campaign: Option<&'a Campaign>,
    /// What the payment's gift stands at, if a part of its cashback was given.
    pub gift: Option<GiftStands<'a>>,
    /// The city's day.
    pub date: Date,
}

/// Decides a refund. Holding limit and freeze don't matter: it is the holder's own money coming back.
///
/// Refusals, in order: `refund.other-shop`, `refund.done`, `amount.range`, `refund.more-than-left`,
/// `refund.reward-spent`.
pub fn refund(case: &RefundCase<'_>) -> Result<Decision, Refusal> {
    let payment = case.payment;
    if payment.merchant != case.merchant {
        return Err(Refusal::new("refund.other-shop"));
    }
    let left = payment.amount - case.before;
    if left <= 0 {
        return Err(Refusal::new("refund.done"));
    }
    let now = case.amount.unwrap_or(left);
    check_amount(now)?;
    let more = || Refusal::new("refund.more-than-left").with("left", Arg::Won(Won(left)));
    if now > left {
        return Err(more());
    }
    let paid: Vec<i64> = payment.legs.iter().map(|leg| leg.2).collect();
    let parts = split_by_remainder(&paid, case.before, now).ok_or_else(more)?;
    let share = |of: i64| part(of, payment.amount, case.before, now).ok_or_else(more);
    let reward = share(payment.cashback.reward)?;
    let earned = share(payment.cashback.earned)?;

    let mut moves = Moves::default();
    let shop_due = give_back(&mut moves, case, &parts);
    let given = share(payment.gift.map_or(0, |gift| gift.amount))?;
    let gift = take_gift_back(&mut moves, payment, case.gift, given, case.reward);
    let gift_back = gift.as_ref().map_or(0, |gift| gift.back + gift.borne);
    let from_refund = take_reward_back(&mut moves, case, &parts, (reward, gift_back))?;
    if reward > 0 {
        let budget = &payment.cashback.budget;
        moves.add(
            chart::budget(Class::BudgetLeft, budget),
            chart::budget(Class::BudgetGranted, budget),
            reward,
        );
    }
    meters_back(&mut moves, payment, case.campaign, case.date, earned);
    helper_back(&mut moves, payment, case.date, now);
    let facts = Refund {
        payment: case.no.0,
        person: payment.person,
        merchant: payment.merchant,
        amount: now,
        before: case.before,
        legs: legs_back(payment, &parts),
        reward,
        reward_from_refund: from_refund,
        shop_due,
        balance: case.balance + now - reward + gift_back,
        gift,
    };
    Ok(Decision {
        kind: "refund",
        amount: now,
        reverses: Some(case.no),
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Refund(facts),
    })
}

fn legs_back(payment: &Payment, parts: &[i64]) -> Vec<PurseLeg> {
    payment
        .legs
        .iter()
        .zip(parts)
        .filter(|(_, amount)| **amount > 0)
        .map(|((purpose, expires, _), amount)| (*purpose, *expires, *amount))
        .collect()
}

/// To the purses that paid; first out of what the shop has not been paid yet, the rest becomes its debt.
fn give_back(moves: &mut Moves, case: &RefundCase<'_>, parts: &[i64]) -> i64 {
    let mut payable = case.payable.max(0);
    let mut due = 0;
    for ((purpose, expires, _), amount) in case.payment.legs.iter().zip(parts) {
        let purse = chart::purse(case.payment.person, *purpose, Month(*expires));
        let covered = payable.min(*amount);
        moves.add(chart::payable(case.merchant), purse, covered);
        moves.add(chart::shop_due(case.merchant), purse, amount - covered);
        payable -= covered;
        due += amount - covered;
    }
    due
}

/// Out of the cashback purse, with what of it had been given and came back; what was spent already comes out of the
/// refund, own money first.
fn take_reward_back(
    moves: &mut Moves,
    case: &RefundCase<'_>,
    parts: &[i64],
    (reward, gift_back): (i64, i64),
) -> Result<i64, Refusal> {
    let payment = case.payment;
    let due = chart::scheme(Class::TreasuryDue);
    let cohort = payment.cashback.expires;
    let own = |leg: &PurseLeg| leg.0 == case.reward.number && leg.1 == cohort;
    let back_to_reward: i64 =
        payment.legs.iter().zip(parts).filter(|(leg, _)| own(leg)).map(|(_, amount)| amount).sum();
    let from_purse = reward.min(case.reward_left.max(0) + back_to_reward + gift_back);
    moves.add(chart::purse(payment.person, case.reward.number, Month(cohort)), due, from_purse);
    let mut missing = reward - from_purse;
    // Own money is used last when paying, so the last legs are the ones to take from first.
    for (leg, amount) in payment.legs.iter().zip(parts).rev().filter(|(leg, _)| !own(leg)) {
        let taken = missing.min(*amount);
        moves.add(chart::purse(payment.person, leg.0, Month(leg.1)), due, taken);
        missing -= taken;
    }
    if missing > 0 {
        return Err(Refusal::new("refund.reward-spent").with("missing", Arg::Won(Won(missing))));
    }
    Ok(reward - from_purse)
}
