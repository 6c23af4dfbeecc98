//! Paying shops what they have earned.

use base::{Date, MerchantId, Refusal, Won};
use rules::FeeSupport;

use super::giving::gift_of;
use super::{Decision, Moves};
use crate::facts::{Facts, GiftPart, Settlement};
use crate::{Class, Meter, chart};

/// What a shop's settlement is decided on.
#[derive(Debug, Clone, Copy)]
pub struct SettleCase<'a> {
    /// Which shop.
    pub merchant: MerchantId,
    /// What it has earned and not been paid.
    pub payable: i64,
    /// What was sent before and came back: it is paid as it is, nothing is taken off or put on a second time.
    pub returned: i64,
    /// What it owes back.
    pub due: i64,
    /// The support of its card fees, if it gets any.
    pub support: Option<Support<'a>>,
    /// What it gives of each payout, if it gives.
    pub gift: Option<ShopGift>,
}

/// A giving shop's share of its payouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShopGift {
    /// Basis points.
    pub rate: i64,
    /// What it is for, by number.
    pub purpose: u16,
    /// Won given to this purpose before.
    pub given: i64,
}

/// A shop's support of card fees, with what is used of it.
#[derive(Debug, Clone, Copy)]
pub struct Support<'a> {
    /// The rule of the day.
    pub rule: &'a FeeSupport,
    /// Won it has had this year.
    pub had: i64,
    /// Won left in the rule's budget.
    pub budget_left: i64,
    /// The city's day.
    pub date: Date,
}

impl Support<'_> {
    /// Won that come with so much settled.
    fn of(&self, settled: i64) -> i64 {
        let share = self.rule.rate.of(Won(settled)).0;
        share.min(self.rule.cap_year.0 - self.had).min(self.budget_left).max(0)
    }

    fn year(&self) -> u32 {
        u32::from(self.date.year().unsigned_abs())
    }
}

/// Decides one shop's payout: what it is owed, less what it owes and what it gives of the rest, and with its support. What it owes is kept from what
/// it has earned first. Refusal: `settle.nothing`.
pub fn settle(case: &SettleCase<'_>) -> Result<Decision, Refusal> {
    if case.payable <= 0 && case.returned <= 0 {
        return Err(Refusal::new("settle.nothing"));
    }
    let (payable, returned) = (case.payable.max(0), case.returned.max(0));
    let netted = case.due.clamp(0, payable);
    let netted_returned = (case.due - netted).clamp(0, returned);
    let support = case.support.map_or(0, |support| support.of(payable - netted));
    let (earned, back) = (chart::payable(case.merchant), chart::shop_returned(case.merchant));
    let (due, sent) = (chart::shop_due(case.merchant), chart::scheme(Class::PayoutSent));
    let mut moves = Moves::default();
    moves.add(earned, due, netted);
    moves.add(back, due, netted_returned);
    let left = payable - netted;
    let given = case.gift.map_or(0, |gift| gift_of(left, gift.rate));
    let gift = case.gift.filter(|_| given > 0).map(|gift| {
        moves.add(earned, chart::gifts(gift.purpose), given);
        let (purpose, from, share) = (gift.purpose, gift.given, gift.rate);
        // A giving shop has a plaque: its name is told.
        GiftPart { amount: given, purpose, from, share, named: true }
    });
    moves.add(earned, sent, left - given);
    moves.add(back, sent, returned - netted_returned);
    let mut guards = Vec::new();
    if let Some(of) = case.support.filter(|_| support > 0) {
        let budget = |class| chart::budget(class, &of.rule.budget);
        let meter = chart::shop_meter(Meter::FeeSupportYear, case.merchant, of.year());
        moves.add(chart::scheme(Class::TreasuryDue), sent, support);
        moves.add(budget(Class::BudgetGranted), budget(Class::BudgetLeft), support);
        moves.meter_up(meter, support);
        guards.push((meter, of.rule.cap_year.0));
    }
    let amount = left - given + returned - netted_returned + support;
    Ok(Decision {
        kind: "settle",
        amount,
        reverses: None,
        moves: moves.0,
        guards,
        facts: Facts::Settle(Settlement {
            merchant: case.merchant,
            amount,
            netted: netted + netted_returned,
            returned,
            support,
            gift,
        }),
    })
}
