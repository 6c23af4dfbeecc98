//! Own money leaving a purse other than by paying: given to another person, or withdrawn.

use base::{Arg, Date, Month, PersonId, Refusal, Won, share_floor};
use rules::{CardRules, Purpose, Rate};

use super::purses::{Purse, total};
use super::{Decision, Moves, check_amount};
use crate::facts::{Facts, Gift, Withdrawal};
use crate::{Class, chart};

/// All a gift is decided on.
#[derive(Debug, Clone)]
pub struct GiftCase<'a> {
    /// Won.
    pub amount: i64,
    /// The giver.
    pub from: PersonId,
    /// The giver's purses.
    pub purses: &'a [Purse<'a>],
    /// The receiver.
    pub to: PersonId,
    /// What the receiver holds already.
    pub to_holds: i64,
    /// Own money's purpose.
    pub cash: &'a Purpose,
    /// The card's rules of the day.
    pub rules: &'a CardRules,
    /// The city's day.
    pub date: Date,
}

/// Whether somebody can give so much to anyone at all: asked before the receiver is looked for, so that who has nothing to
/// give doesn't learn who is here.
///
/// Refusals, in order: `gift.not-allowed`, `amount.range`, `gift.limit`, `cash.short`.
pub fn can_give(
    amount: i64,
    purses: &[Purse<'_>],
    cash: &Purpose,
    rules: &CardRules,
    date: Date,
) -> Result<(), Refusal> {
    allowed(amount, rules)?;
    within_limit(amount, rules)?;
    let own: i64 = own_money(purses, cash, Month::of(date)).map(|purse| purse.balance).sum();
    if own < amount { Err(short(amount - own)) } else { Ok(()) }
}

/// Whether somebody gives once more on a day on which they gave so often: each gift is told by a message, at the city's cost.
/// Refusal: `gift.many`, which says how many.
pub fn another_gift_today(rules: &CardRules, given: u32) -> Result<(), Refusal> {
    match rules.gifts_a_day {
        Some(most) if given >= most => Err(Refusal::new("gift.many")
            .with("most", Arg::Count(i64::from(most)))
            .because(rules.source.clone())),
        _ => Ok(()),
    }
}

fn allowed(amount: i64, rules: &CardRules) -> Result<(), Refusal> {
    if !rules.gift_allowed {
        return Err(Refusal::new("gift.not-allowed").because(rules.source.clone()));
    }
    check_amount(amount)
}

fn within_limit(amount: i64, rules: &CardRules) -> Result<(), Refusal> {
    if amount > rules.gift_limit.0 {
        let refusal = Refusal::new("gift.limit").with("limit", Arg::Won(rules.gift_limit));
        return Err(refusal.because(rules.source.clone()));
    }
    Ok(())
}

fn short(missing: i64) -> Refusal {
    Refusal::new("cash.short").with("missing", Arg::Won(Won(missing)))
}

/// Decides a gift between people: own money only, keeping its expiry.
///
/// Refusals, in order: `gift.not-allowed`, `amount.range`, `gift.self`, `gift.limit`, `cash.short`,
/// `holding.limit-other`.
pub fn gift(case: &GiftCase<'_>) -> Result<Decision, Refusal> {
    allowed(case.amount, case.rules)?;
    if case.from == case.to {
        return Err(Refusal::new("gift.self"));
    }
    within_limit(case.amount, case.rules)?;
    let month = Month::of(case.date);
    let mut moves = Moves::default();
    let mut missing = case.amount;
    for purse in own_money(case.purses, case.cash, month) {
        let taken = purse.balance.min(missing);
        let at = |person| chart::purse(person, case.cash.number, purse.expires);
        moves.add(at(case.from), at(case.to), taken);
        missing -= taken;
    }
    if missing > 0 {
        return Err(short(missing));
    }
    // Last of all: who has nothing to give learns nothing about who would be given it.
    if case.to_holds + case.amount > case.rules.holding_limit.0 {
        // What another person holds is not the giver's business: no number.
        return Err(Refusal::new("holding.limit-other").because(case.rules.source.clone()));
    }
    let facts = Gift {
        from: case.from,
        to: case.to,
        amount: case.amount,
        balance: total(case.purses, month) - case.amount,
    };
    Ok(Decision {
        kind: "gift",
        amount: case.amount,
        reverses: None,
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Gift(facts),
    })
}

/// What has become of own money since the last top-up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SinceTopUp {
    /// Own money just after it; 0 where there was none.
    pub measure: i64,
    /// Won that have left since without being spent at a shop: given away (less what was given), or past their date.
    pub unspent: i64,
}

impl SinceTopUp {
    /// Counts an entry of own money, by its posting's kind and whether it took from the purse. Only spending is use:
    /// a certificate that is passed on unused has not been used (Act on local gift certificates, decree §3).
    pub fn count(&mut self, kind: &str, took: bool, amount: i64) {
        let taken = if took { amount } else { -amount };
        match kind {
            "gift" | "expire" => self.unspent += taken,
            // What was paid out is measured no more, until the bank gives it back: the rest is used by its own share.
            "withdraw" | "payout-failed" => self.measure = (self.measure - taken).max(0),
            _ => {}
        }
    }

    /// Counts what left the purse but is still the holder's to have back, at the instant of the question: an open reservation,
    /// a claim on a shop that has not been used up. Once it is taken or used it is use like any other.
    pub fn set_aside(&mut self, amount: i64) {
        self.unspent += amount.max(0);
    }

    /// Won still to be spent before the rest of `left` can be withdrawn; 0 when it can. What was given to the holder
    /// must be spent like all that was not topped up: giving is no way around the rule on either side.
    pub fn still_to_spend(&self, left: i64, share: Rate) -> i64 {
        // In parts of 10,000, so that a share that is no whole won is not used a won too early.
        let may_be_left = share_floor(self.measure, 10_000 - share.basis_points(), 10_000).unwrap_or(0);
        (left + self.unspent.max(0) - may_be_left).max(0)
    }
}

/// All a withdrawal is decided on.
#[derive(Debug, Clone)]
pub struct WithdrawCase<'a> {
    /// Whose.
    pub person: PersonId,
    /// Their purses.
    pub purses: &'a [Purse<'a>],
    /// Own money's purpose.
    pub cash: &'a Purpose,
    /// What has become of own money since the last top-up.
    pub since: SinceTopUp,
    /// The card's rules of the day.
    pub rules: &'a CardRules,
    /// The city's day.
    pub date: Date,
}

/// Decides the withdrawal of what is left (all own money), once the pack's share of the balance just after the last
/// top-up is spent at shops. Refusals, in order: `withdraw.nothing`, `withdraw.too-early`.
pub fn withdraw(case: &WithdrawCase<'_>) -> Result<Decision, Refusal> {
    let month = Month::of(case.date);
    let purses: Vec<_> = own_money(case.purses, case.cash, month).collect();
    let left: i64 = purses.iter().map(|p| p.balance).sum();
    if left <= 0 {
        return Err(Refusal::new("withdraw.nothing"));
    }
    let missing = case.since.still_to_spend(left, case.rules.residual_share);
    if missing > 0 {
        return Err(Refusal::new("withdraw.too-early")
            .with("share", Arg::Count(case.rules.residual_share.basis_points() / 100))
            .with("measure", Arg::Won(Won(case.since.measure)))
            .with("missing", Arg::Won(Won(missing)))
            .because(case.rules.source.clone()));
    }
    let mut moves = Moves::default();
    for purse in &purses {
        let account = chart::purse(case.person, case.cash.number, purse.expires);
        moves.add(account, chart::scheme(Class::PayoutSent), purse.balance);
    }
    Ok(Decision {
        kind: "withdraw",
        amount: left,
        reverses: None,
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Withdraw(Withdrawal { person: case.person, amount: left, measure: case.since.measure }),
    })
}

/// Own money that is still valid, the soonest-expiring first.
pub(super) fn own_money<'a>(
    purses: &'a [Purse<'a>],
    cash: &Purpose,
    month: Month,
) -> impl Iterator<Item = &'a Purse<'a>> {
    let mut own: Vec<&Purse<'_>> = purses
        .iter()
        .filter(|p| p.purpose.number == cash.number && p.expires >= month && p.balance > 0)
        .collect();
    own.sort_by_key(|p| p.expires);
    own.into_iter()
}
