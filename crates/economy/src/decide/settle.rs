//! Paying shops what they have earned.

use base::{MerchantId, Refusal};

use super::{Decision, Moves};
use crate::facts::{Facts, Settlement};
use crate::{Class, chart};

/// What a shop's settlement is decided on.
#[derive(Debug, Clone, Copy)]
pub struct SettleCase {
    /// Which shop.
    pub merchant: MerchantId,
    /// What it has earned and not been paid.
    pub payable: i64,
    /// What it owes back.
    pub due: i64,
}

/// Decides one shop's payout: what it is owed, less what it owes. Refusal: `settle.nothing`.
pub fn settle(case: &SettleCase) -> Result<Decision, Refusal> {
    let netted = case.due.min(case.payable).max(0);
    let amount = case.payable - netted;
    if case.payable <= 0 {
        return Err(Refusal::new("settle.nothing"));
    }
    let payable = chart::payable(case.merchant);
    let mut moves = Moves::default();
    moves.add(payable, chart::shop_due(case.merchant), netted);
    moves.add(payable, chart::scheme(Class::PayoutSent), amount);
    Ok(Decision {
        kind: "settle",
        amount,
        reverses: None,
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Settle(Settlement { merchant: case.merchant, amount, netted }),
    })
}
