//! Moving in: what a city's old card owed is owed from now on by this one. Everything is taken over against the bank's
//! money; what the city had granted and not transferred yet is put where it belongs by the last posting.
//!
//! These refuse nothing: that the sums are what the old system's operator states is asked before (a rehearsal) and after
//! (the control totals), and the books refuse what can't be.

use std::collections::BTreeMap;

use base::{Date, MerchantId, Month, PersonId, day_of_date};
use rules::{Coupon, Prepayment as Programme, Purpose};

use super::{Decision, Moves};
use crate::facts::{Cashback, Cut, Facts, MovingFacts, Prepayment};
use crate::{Class, chart};

/// What a purse held in the old system.
#[derive(Debug, Clone, Copy)]
pub struct OpeningPurse<'a> {
    /// Whose.
    pub person: PersonId,
    /// The purpose's number.
    pub purpose: u8,
    /// The month at whose end it expires.
    pub expires: Month,
    /// Won, above zero.
    pub amount: i64,
    /// The coupon it is of, where its purpose is restricted: its budget has granted this much, and the person was given it.
    pub coupon: Option<&'a Coupon>,
}

/// Many purses at once: one posting, the entries say whose.
pub fn open_purses(part: u32, purses: &[OpeningPurse<'_>]) -> Decision {
    let mut moves = Moves(Vec::with_capacity(purses.len()));
    let mut guards = Vec::new();
    let mut granted: BTreeMap<&str, i64> = BTreeMap::new();
    let mut sum = 0;
    for one in purses {
        let purse = chart::purse(one.person, one.purpose, one.expires);
        moves.add(chart::scheme(Class::BankTrust), purse, one.amount);
        sum += one.amount;
        if let Some(coupon) = one.coupon {
            let meter = chart::coupon_meter(one.person, coupon.purpose, coupon.cohort());
            moves.meter_up(meter, one.amount);
            guards.push((meter, coupon.most.0));
            *granted.entry(coupon.budget.as_str()).or_default() += one.amount;
        }
    }
    for (budget, amount) in granted {
        let of = |class| chart::budget(class, budget);
        moves.add(of(Class::BudgetGranted), of(Class::BudgetLeft), amount);
    }
    let count = u32::try_from(purses.len()).unwrap_or(u32::MAX);
    decided(sum, moves, guards, MovingFacts::Purses { part, purses: count, amount: sum })
}

/// What shops had earned and not been paid. `shops` is how many this part took over, with and without.
pub fn open_payables(part: u32, shops: u32, payables: &[(MerchantId, i64)]) -> Decision {
    let mut moves = Moves(Vec::with_capacity(payables.len()));
    for (shop, amount) in payables {
        moves.add(chart::scheme(Class::BankTrust), chart::payable(*shop), *amount);
    }
    let sum = payables.iter().map(|(_, amount)| amount).sum();
    decided(sum, moves, Vec::new(), MovingFacts::Shops { part, shops, amount: sum })
}

/// All that taking over an open prepayment is decided on.
#[derive(Debug, Clone, Copy)]
pub struct OpeningClaim<'a> {
    /// The number it will have.
    pub claim: u32,
    /// Who holds it.
    pub person: PersonId,
    /// Its shop.
    pub merchant: MerchantId,
    /// Won that are left of it, above zero.
    pub amount: i64,
    /// Won of them that the shop was paid already: never more than is left.
    pub advanced: i64,
    /// The last day of use.
    pub use_by: Date,
    /// The programme whose rules it follows.
    pub programme: &'a Programme,
    /// Own money's purpose: into it goes what is returned.
    pub cash: &'a Purpose,
    /// The month at whose end money put on today expires.
    pub expires: Month,
    /// The month it is.
    pub month: Month,
}

/// One open prepayment. Cashback that was earned in the old system stays where it is.
pub fn open_claim(case: &OpeningClaim<'_>) -> Decision {
    let held = chart::prepaid(case.person, case.claim);
    let mut moves = Moves::default();
    moves.add(chart::scheme(Class::BankTrust), held, case.amount - case.advanced);
    moves.add(chart::advance(case.merchant, case.claim), held, case.advanced);
    let of = |class| chart::budget(class, &case.programme.guarantee);
    moves.add(of(Class::BudgetReserved), of(Class::BudgetLeft), case.advanced);
    let claim = Prepayment {
        claim: case.claim,
        programme: case.programme.id.clone(),
        person: case.person,
        merchant: case.merchant,
        amount: case.amount,
        legs: vec![(case.cash.number, case.expires.0, case.amount)],
        cashback: Cashback {
            campaign: String::new(),
            budget: String::new(),
            rate: 0,
            base: 0,
            earned: 0,
            reward: 0,
            cut: Cut::NoCampaign,
            left: None,
            expires: case.expires.0,
        },
        month: case.month.0,
        use_by: day_of_date(case.use_by),
        balance: 0,
        organisation: None,
    };
    decided(case.amount, moves, Vec::new(), MovingFacts::Claim(claim))
}

/// The last posting: of what was taken over against the bank's money, so much is still on its way from the city. Without
/// such a part there is nothing to post.
pub fn open_bank(report: String, bank: i64, treasury: i64) -> Option<Decision> {
    let mut moves = Moves::default();
    moves.add(chart::scheme(Class::TreasuryDue), chart::scheme(Class::BankTrust), treasury);
    let facts = MovingFacts::Ended { report, bank, treasury };
    (treasury > 0).then(|| decided(treasury, moves, Vec::new(), facts))
}

fn decided(amount: i64, moves: Moves, guards: Vec<(ledger::Account, i64)>, facts: MovingFacts) -> Decision {
    let facts = Facts::Moving(facts);
    Decision { kind: "move-in", amount, reverses: None, moves: moves.0, guards, facts }
}
