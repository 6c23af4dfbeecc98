//! Paying shops what they have earned.

use base::{MerchantId, Refusal};

use super::giving::gift_of;
use super::{Decision, Moves};
use crate::facts::{Facts, GiftPart, Settlement};
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

/// Decides one shop's payout: what it is owed, less what it owes, less what it gives of the rest. Refusal: `settle.nothing`.
pub fn settle(case: &SettleCase) -> Result<Decision, Refusal> {
    let netted = case.due.min(case.payable).max(0);
    let left = case.payable - netted;
    let given = case.gift.map_or(0, |gift| gift_of(left, gift.rate));
    let amount = left - given;
    if case.payable <= 0 {
        return Err(Refusal::new("settle.nothing"));
    }
    let payable = chart::payable(case.merchant);
    let mut moves = Moves::default();
    moves.add(payable, chart::shop_due(case.merchant), netted);
    let gift = case.gift.filter(|_| given > 0).map(|gift| {
        moves.add(payable, chart::gifts(gift.purpose), given);
        let (purpose, from, share) = (gift.purpose, gift.given, gift.rate);
        // A giving shop has a plaque: its name is told.
        GiftPart { amount: given, purpose, from, share, named: true }
    });
    moves.add(payable, chart::scheme(Class::PayoutSent), amount);
    Ok(Decision {
        kind: "settle",
        amount,
        reverses: None,
        moves: moves.0,
        guards: Vec::new(),
        facts: Facts::Settle(Settlement { merchant: case.merchant, amount, netted, gift }),
    })
}
