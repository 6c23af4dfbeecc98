//! What a shop is advanced with its next payout: one rule for the settlement that pays it and the page that foretells it.

use std::collections::BTreeMap;

use base::MerchantId;
use economy::decide::{self, Decision, ToAdvance};
use economy::holder::MerchantState;
use economy::{Class, chart};
use ledger::Books;
use rules::Pack;

use super::Claims;
use crate::Directory;

/// What it is decided on, as it stands on a day.
pub(crate) struct Standing<'a> {
    pub(crate) pack: &'a Pack,
    pub(crate) claims: &'a Claims,
    pub(crate) directory: &'a Directory,
    pub(crate) books: &'a Books,
    pub(crate) day: i32,
}

/// What a shop is advanced of the claims it was not advanced yet: one decision for each programme. `reserved`: won of each
/// guarantee that go to others first.
pub(crate) fn advances(
    on: &Standing<'_>,
    merchant: MerchantId,
    reserved: &mut BTreeMap<u32, i64>,
) -> Vec<Decision> {
    let mut decisions = Vec::new();
    if on.claims.fresh(merchant).next().is_none() || is_closed(on.directory, merchant) {
        return decisions;
    }
    for programme in &on.pack.prepayments {
        let fresh = on
            .claims
            .fresh(merchant)
            .filter(|claim| claim.programme == programme.id && on.day <= claim.use_by);
        let fresh: Vec<ToAdvance> = fresh
            .map(|claim| {
                let held = chart::prepaid(claim.holder, claim.no);
                ToAdvance { claim: claim.no, balance: on.books.balance_of(&held.key) }
            })
            .collect();
        let left = chart::budget(Class::BudgetLeft, &programme.guarantee);
        let taken = reserved.entry(left.key.sub).or_default();
        let left = on.books.balance_of(&left.key) - *taken;
        if let Some(decision) = decide::advance(merchant, programme, &fresh, left) {
            *taken += decision.amount;
            decisions.push(decision);
        }
    }
    decisions
}

/// Whether a shop is closed for good, or none of the city's.
pub(crate) fn is_closed(directory: &Directory, merchant: MerchantId) -> bool {
    directory.shop(merchant).is_none_or(|(_, shop)| shop.state == MerchantState::Closed)
}
