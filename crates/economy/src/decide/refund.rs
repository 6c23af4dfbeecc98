//! Taking a payment back, whole or in part: each leg in proportion, exact to the won over any number of steps.

use base::{Arg, Date, MerchantId, Month, PostingNo, Refusal, Won};
use ledger::{Account, part, split_by_remainder};
use rules::{Campaign, Purpose};

use super::coupons::{Prize, discount_back, stamp_back};
use super::giving::{GiftStands, take_gift_back};
use super::pay::{helper_back, meters_back};
use super::prepay::{BackToClaim, ClaimStands, back_to_claim};
use super::{Decision, Moves, check_amount};
use crate::facts::{ClaimLeg, Facts, Payment, PrizeBack, PurseLeg, Refund, StampBack};
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
    /// Where the claims stand that paid, in the payment's order.
    pub claims: &'a [ClaimStands<'a>],
    /// What the payment's gift stands at, if a part of its cashback was given.
    pub gift: Option<GiftStands<'a>>,
    /// What cards of its stamps gave, if that goes back.
    pub prize: Option<Prize<'a>>,
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
    // A sale's discount goes back like a leg that the city paid.
    let discount = payment.discount.as_ref().map_or(0, |discount| discount.amount);
    let claims = payment.prepaid.len();
    let legs = payment.prepaid.iter().map(|leg| leg.1).chain(payment.legs.iter().map(|leg| leg.2));
    let paid: Vec<i64> = legs.chain([discount]).collect();
    let mut parts = split_by_remainder(&paid, case.before, now).ok_or_else(more)?;
    let discount = parts.pop().unwrap_or(0);
    let to_purses = now - discount;
    let earlier = split_by_remainder(&paid, 0, case.before).ok_or_else(more)?;
    let (to_claims, parts) = parts.split_at(claims);
    let share = |of: i64| part(of, payment.amount, case.before, now).ok_or_else(more);
    let reward = share(payment.cashback.reward)?;
    let earned = share(payment.cashback.earned)?;

    let mut moves = Moves::default();
    let mut shop = FromShop { merchant: case.merchant, payable: case.payable.max(0), due: 0 };
    let filled =
        fill_claims(&mut moves, case, &mut shop, (&earlier[..claims], to_claims)).ok_or_else(more)?;
    give_back(&mut moves, case, &mut shop, parts);
    shop.due += discount_back(&mut moves, payment, discount, shop.payable);
    let given = share(payment.gift.map_or(0, |gift| gift.amount))?;
    let gift = take_gift_back(&mut moves, case, given);
    let gift_back = gift.as_ref().map_or(0, |gift| gift.back + gift.borne);
    let (from_refund, legs) = take_reward_back(&mut moves, case, parts, (reward, gift_back))?;
    meters_back(&mut moves, payment, case.campaign, case.date, earned);
    helper_back(&mut moves, payment, case.date, now);
    let (stamp, prize) = stamps_back(&mut moves, case, now, &legs);
    let prize_back = prize.as_ref().map_or(0, |prize| prize.amount);
    let facts = Refund {
        payment: case.no.0,
        person: payment.person,
        merchant: payment.merchant,
        amount: now,
        before: case.before,
        claim_reward: filled.reward,
        legs: filled.legs.iter().copied().chain(legs_back(payment, parts)).collect(),
        prepaid: filled.claims,
        reward: reward + filled.reward,
        reward_from_refund: from_refund + filled.reward,
        shop_due: shop.due,
        discount,
        balance: case.balance + to_purses - filled.kept - reward - filled.reward + gift_back - prize_back,
        gift,
        stamp,
        prize,
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

/// The stamp the payment was worth, and what a card gave that isn't full without it, out of `legs`: what the refund gives.
fn stamps_back(
    moves: &mut Moves,
    case: &RefundCase<'_>,
    now: i64,
    legs: &[PurseLeg],
) -> (Option<StampBack>, Option<PrizeBack>) {
    let payment = case.payment;
    let stamp = stamp_back(moves, payment, case.before, now);
    let prize = case
        .prize
        .zip(payment.stamp.as_ref())
        .and_then(|(prize, of)| prize.back(moves, (payment.person, of.full), stamp.is_some(), legs));
    (stamp, prize)
}

fn legs_back<'a>(payment: &'a Payment, parts: &'a [i64]) -> impl Iterator<Item = PurseLeg> + 'a {
    payment
        .legs
        .iter()
        .zip(parts)
        .filter(|(_, amount)| **amount > 0)
        .map(|((purpose, expires, _), amount)| (*purpose, *expires, *amount))
}

/// The shop gives: first out of what it has not been paid yet, the rest becomes its debt.
struct FromShop {
    merchant: MerchantId,
    payable: i64,
    due: i64,
}

impl FromShop {
    fn give(&mut self, moves: &mut Moves, to: Account, amount: i64) {
        let covered = self.payable.min(amount);
        moves.add(chart::payable(self.merchant), to, covered);
        moves.add(chart::shop_due(self.merchant), to, amount - covered);
        self.payable -= covered;
        self.due += amount - covered;
    }
}

/// What claims had back.
#[derive(Default)]
struct Filled {
    claims: Vec<ClaimLeg>,
    /// Won in them: not in a purse.
    kept: i64,
    /// What went into purses, since the claim had ended.
    legs: Vec<PurseLeg>,
    /// Cashback taken back out of that.
    reward: i64,
}

/// Back to the claims that paid: what was advanced is advanced again, the rest the shop gives.
fn fill_claims(
    moves: &mut Moves,
    case: &RefundCase<'_>,
    shop: &mut FromShop,
    (earlier, parts): (&[i64], &[i64]),
) -> Option<Filled> {
    let mut filled = Filled::default();
    let (payment, mut advanced) = (case.payment, 0);
    for (((leg, before), now), stands) in payment.prepaid.iter().zip(earlier).zip(parts).zip(case.claims) {
        if *now == 0 {
            continue;
        }
        // One guarantee may stand behind several of them.
        let stands = match *stands {
            ClaimStands::Open { holder, guarantee, guarantee_left } => {
                ClaimStands::Open { holder, guarantee, guarantee_left: guarantee_left - advanced }
            }
            ended @ ClaimStands::Ended { .. } => ended,
        };
        let back = BackToClaim { leg: *leg, before: *before, now: *now, stands };
        let (done, to) = back_to_claim(moves, (payment.person, case.merchant), &back, case.date)?;
        shop.payable += done.again;
        shop.give(moves, to, *now);
        filled.reward += done.reward;
        match done.leg {
            Some(leg) => filled.legs.push(leg),
            None => {
                filled.kept += now;
                advanced += done.again;
                filled.claims.push((leg.0, *now, done.again));
            }
        }
    }
    Some(filled)
}

/// To the purses that paid.
fn give_back(moves: &mut Moves, case: &RefundCase<'_>, shop: &mut FromShop, parts: &[i64]) {
    for ((purpose, expires, _), amount) in case.payment.legs.iter().zip(parts) {
        shop.give(moves, chart::purse(case.payment.person, *purpose, Month(*expires)), *amount);
    }
}

/// Out of the cashback purse, with what of it had been given and came back; what was spent already comes out of the
/// refund, own money first. Gives that part, and what is left of what goes back to each purse.
fn take_reward_back(
    moves: &mut Moves,
    case: &RefundCase<'_>,
    parts: &[i64],
    (reward, gift_back): (i64, i64),
) -> Result<(i64, Vec<PurseLeg>), Refusal> {
    let payment = case.payment;
    let due = chart::scheme(Class::TreasuryDue);
    let cohort = payment.cashback.expires;
    let own = |leg: &PurseLeg| leg.0 == case.reward.number && leg.1 == cohort;
    let back_to_reward: i64 =
        payment.legs.iter().zip(parts).filter(|(leg, _)| own(leg)).map(|(_, amount)| amount).sum();
    let from_purse = reward.min(case.reward_left.max(0) + back_to_reward + gift_back);
    moves.add(chart::purse(payment.person, case.reward.number, Month(cohort)), due, from_purse);
    let mut left: Vec<PurseLeg> =
        payment.legs.iter().zip(parts).map(|(leg, part)| (leg.0, leg.1, *part)).collect();
    let mut of_parts = (from_purse - case.reward_left.max(0) - gift_back).max(0);
    for leg in left.iter_mut().filter(|leg| own(leg)) {
        let taken = of_parts.min(leg.2);
        (leg.2, of_parts) = (leg.2 - taken, of_parts - taken);
    }
    let mut missing = reward - from_purse;
    // Own money is used last when paying, so the last legs are the ones to take from first.
    for leg in left.iter_mut().rev().filter(|leg| !own(leg)) {
        let taken = missing.min(leg.2);
        moves.add(chart::purse(payment.person, leg.0, Month(leg.1)), due, taken);
        (leg.2, missing) = (leg.2 - taken, missing - taken);
    }
    if missing > 0 {
        return Err(Refusal::new("refund.reward-spent").with("missing", Arg::Won(Won(missing))));
    }
    let of = |class| chart::budget(class, &payment.cashback.budget);
    moves.add(of(Class::BudgetLeft), of(Class::BudgetGranted), reward);
    Ok((reward - from_purse, left))
}
