//! Taking a payment back.

use std::sync::Arc;

use base::{Date, EntryNo, MerchantId, Month, PersonId, PostingNo, Refusal, Role};
use economy::decide::{Bears, Decision, GiftStands, Prize, RefundCase, refund as decide_refund, total};
use economy::facts::{GiftPart, Payment, Refund};
use economy::{Facts, Meter, chart};
use pen::Stop;
use rules::{Confirmed, Pack, Purpose};

use super::proposals;
use crate::Reply;
use crate::disposal::or_unknown;
use crate::giving::Line;
use crate::giving::store::LINE_OF;
use crate::memory::{CityMemory, CityTurn};
use crate::proposals::Wish;

pub(super) fn refund(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: PostingNo,
    amount: Option<i64>,
) -> Result<Reply, Stop> {
    let decision = decided(city, turn, no, amount)?;
    if let Facts::Refund(refund) = &decision.facts
        && let Some(second) = proposals::asked(city, turn, Confirmed::Refund, at_stake(turn, refund))
    {
        let (amount, shop) = (refund.amount, refund.merchant);
        return proposals::keep(city, turn, second, Wish::Refund { payment: no, shop }, amount);
    }
    city.post(turn, decision)
}

/// What a second person is asked by: all that was taken back of the payment; or all that the shop owes afterwards, for what it was
/// paid out already comes out of what backs everybody's money until it sells again, be it of one payment or of many.
fn at_stake(turn: &CityTurn<'_>, refund: &Refund) -> i64 {
    let due = turn.books().balance_of(&chart::shop_due(refund.merchant).key);
    let owed = if refund.shop_due > 0 { due + refund.shop_due } else { 0 };
    owed.max(refund.before + refund.amount)
}

/// What taking it back comes to now. Nothing is staged yet.
pub(super) fn decided(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: PostingNo,
    amount: Option<i64>,
) -> Result<Decision, Stop> {
    // Of a time that was disposed of nothing is taken back, be its posting left for a later one's sake or not.
    if city.open.disposed.is_some_and(|disposed| no <= disposed.last) {
        return Err(or_unknown(city.open.disposed, no, "payment.unknown").into());
    }
    let facts = recorded(turn, no, "payment.unknown")?;
    let Some(payment) = facts.payment() else { return Err(Refusal::new("payment.unknown").into()) };
    let Some(merchant) = giving_shop(turn.request.actor.role, payment.merchant) else {
        // Another shop's payment looks just like one that doesn't exist.
        return Err(Refusal::new("payment.unknown").into());
    };
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let reward = CityMemory::purpose(&pack, Purpose::REWARD)?;
    let purse = chart::purse(payment.person, reward.number, Month(payment.cashback.expires));
    let purses = city.purses(&pack, turn, payment.person);
    let ended = city.ended_claims(turn, payment)?;
    let claims = city.claims_stand(&pack, turn, &today, payment, &ended)?;
    let receipted = payment.gift.is_some() && !turn.query::<Line>(LINE_OF, &[no.into()])?.is_empty();
    let gift = payment.gift.map(|gift| GiftStands {
        receipted,
        ..stands(city, &pack, turn, ((payment.person, today.date), &gift))
    });
    let prize = prize(turn, &pack, payment, today.date)?;
    let decision = decide_refund(&RefundCase {
        claims: &claims,
        no,
        payment,
        before: city.open.taken.get(&no).copied().unwrap_or(0),
        amount,
        merchant,
        payable: turn.books().balance_of(&chart::payable(merchant).key),
        reward_left: turn.books().balance_of(&purse.key),
        reward,
        balance: total(&purses, today.month),
        campaign: pack.campaign(&payment.cashback.campaign),
        gift,
        prize,
        date: today.date,
    })?;
    Ok(decision)
}

/// What a payment's gift stands at.
fn stands<'p>(
    city: &CityMemory,
    pack: &'p Pack,
    turn: &CityTurn<'_>,
    (whose, gift): ((PersonId, Date), &GiftPart),
) -> GiftStands<'p> {
    let balance = |account: ledger::Account| turn.books().balance_of(&account.key);
    let (unspent, until) = city.directory.giving.row(gift.purpose).unspent(gift.from, gift.until());
    GiftStands {
        unspent,
        until,
        collected: balance(chart::gifts(gift.purpose)),
        receipted: false,
        bears: pack.giving.as_ref().map(|rules| Bears::under(rules, whose, balance)),
    }
}

/// What full cards of a payment's stamps gave, and how it stands.
fn prize<'p>(
    turn: &mut CityTurn<'_>,
    pack: &'p Pack,
    payment: &Payment,
    date: Date,
) -> Result<Option<Prize<'p>>, Stop> {
    let Some(stamp) = payment.stamp.as_ref().filter(|stamp| stamp.given) else { return Ok(None) };
    let Some((release, coupon)) = pack.coupons.prize(&stamp.sale) else { return Ok(None) };
    let person = payment.person;
    let purse = chart::purse(person, coupon.purpose, coupon.cohort());
    let balance = |turn: &CityTurn<'_>, account: ledger::Account| turn.books().balance_of(&account.key);
    let had = balance(turn, chart::meter(Meter::Claim, person, u32::from(release.number)));
    let left = balance(turn, purse);
    let given = balance(turn, chart::coupon_meter(person, coupon.purpose, coupon.cohort()));
    // Until its last day nothing of it has run out.
    let ran_out = if had > 0 && date > coupon.until { ran_out(turn, &purse)? } else { 0 };
    let stamps = balance(turn, chart::stamps_meter(stamp.number, Some(person)));
    Ok(Some(Prize { release, coupon, stamps, had, left, spent: (given - left - ran_out).max(0) }))
}

/// What went back of a coupon's purse since its last day was over.
fn ran_out(turn: &mut CityTurn<'_>, purse: &ledger::Account) -> Result<i64, Stop> {
    let Some(account) = turn.books().find(&purse.key) else { return Ok(0) };
    let (mut at, mut sum) = (turn.books().state(account).last, 0);
    while at != EntryNo(0) {
        let Some(entry) = turn.entry(at)? else { break };
        let took = entry.debit == account;
        let back = turn.posting(entry.posting)?.is_some_and(|(posting, _)| posting.kind == "coupon-back");
        if took && back {
            sum += entry.amount;
        }
        at = if took { entry.debit_previous } else { entry.credit_previous };
    }
    Ok(sum)
}

/// What a posting recorded; refused with this code when there is no such posting.
pub(super) fn recorded(turn: &mut CityTurn<'_>, no: PostingNo, code: &'static str) -> Result<Facts, Stop> {
    let Some((row, _)) = turn.posting(no)? else { return Err(Refusal::new(code).into()) };
    Facts::read(&row.facts).map_err(|error| Stop::Broken(error.to_string()))
}

/// The shop in whose name the actor may give back: a shop its own payments, an officer anyone's.
pub(super) fn giving_shop(role: Role, of_payment: MerchantId) -> Option<MerchantId> {
    match role {
        Role::Merchant(me) | Role::Till(me) => (me == of_payment).then_some(me),
        Role::Officer | Role::System => Some(of_payment),
        _ => None,
    }
}
