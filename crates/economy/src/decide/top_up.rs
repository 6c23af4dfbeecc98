//! Putting money on: own money in, and what the campaign grants at once.

use base::{Arg, Date, Month, PersonId, Refusal, Won, share_floor};
use rules::{CardRules, Purpose};

use super::cashback::{Earning, Limits, ShopSize, grant};
use super::purses::{Purse, newest_expiry, total};
use super::{Decision, Moves, check_amount};
use crate::facts::{Facts, TopUp};
use crate::{Class, Meter, chart};

/// All a top-up is decided on.
#[derive(Debug, Clone)]
pub struct TopUpCase<'a> {
    /// Won.
    pub amount: i64,
    /// Whose purses.
    pub person: PersonId,
    /// What is in them.
    pub purses: &'a [Purse<'a>],
    /// Own money's purpose.
    pub cash: &'a Purpose,
    /// Cashback's purpose.
    pub reward: &'a Purpose,
    /// The card's rules of the day.
    pub rules: &'a CardRules,
    /// What can be earned by topping up today, if anything.
    pub earning: Option<Earning<'a>>,
    /// Where the campaign limits top-ups themselves: how they stand.
    pub limits: Option<Limits>,
    /// The city's day.
    pub date: Date,
}

/// Decides a top-up. Refusals, in order: `amount.range`, `holding.limit`, `top-up.limit`.
pub fn top_up(case: &TopUpCase<'_>) -> Result<Decision, Refusal> {
    check_amount(case.amount)?;
    let month = Month::of(case.date);
    let held = total(case.purses, month);
    let expires = newest_expiry(month, case.rules.validity_years);
    let cashback = grant(case.amount, ShopSize::Counts, case.earning.as_ref(), expires.0);
    let holding = case.rules.holding_limit;
    // What is granted at charge is on the card at once, and the law caps what is on the card (decree §13).
    if held + case.amount + cashback.reward > holding.0 {
        return Err(Refusal::new("holding.limit")
            .with("limit", Arg::Won(holding))
            .with("room", Arg::Won(Won(room_for_top_ups(holding.0 - held, case.earning.as_ref()))))
            .because(case.rules.source.clone()));
    }
    let mut moves = Moves::default();
    let purse = chart::purse(case.person, case.cash.number, expires);
    moves.add(chart::scheme(Class::BankTrust), purse, case.amount);
    let mut guards = Vec::new();
    if let Some(limits) = case.limits {
        limited(&mut moves, &mut guards, case, &limits)?;
    }
    if cashback.reward > 0 {
        let purse = chart::purse(case.person, case.reward.number, expires);
        moves.add(chart::scheme(Class::TreasuryDue), purse, cashback.reward);
        let budget = |class| chart::budget(class, &cashback.budget);
        moves.add(budget(Class::BudgetGranted), budget(Class::BudgetLeft), cashback.reward);
        if let Some(earning) = case.earning.as_ref().filter(|e| e.metered) {
            let meter = chart::meter(Meter::ChargeMonth, case.person, month.0);
            moves.meter_up(meter, cashback.earned);
            guards.extend(earning.limits.month.limit.map(|limit| (meter, limit)));
        }
    }
    let own: i64 = case
        .purses
        .iter()
        .filter(|p| p.purpose.number == case.cash.number && p.expires >= month)
        .map(|p| p.balance)
        .sum();
    let facts = TopUp {
        person: case.person,
        amount: case.amount,
        balance: held + case.amount + cashback.reward,
        cash: own + case.amount,
        cashback,
    };
    Ok(Decision {
        kind: "top-up",
        amount: case.amount,
        reverses: None,
        moves: moves.0,
        guards,
        facts: Facts::TopUp(facts),
    })
}

/// Won that can be put on so that they fit into `room` with what is granted on them, if all of it is.
pub fn room_for_top_ups(room: i64, earning: Option<&Earning<'_>>) -> i64 {
    let room = room.max(0);
    let most = earning.map_or(0, |earning| grant(room, ShopSize::Counts, Some(earning), 0).reward);
    if most == 0 {
        return room;
    }
    let rate = earning.map_or(0, |earning| earning.grant.rate.basis_points());
    // Where a limit or the budget cuts what is granted, more fits than if all of it earned.
    share_floor(room, 10_000, 10_000 + rate).unwrap_or(0).max(room - most)
}

/// The campaign limits what may be put on: beyond it a top-up is refused, not cut.
fn limited(
    moves: &mut Moves,
    guards: &mut Vec<(ledger::Account, i64)>,
    case: &TopUpCase<'_>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let month = Month::of(case.date);
    let year = u32::from(month.year().unsigned_abs());
    let next_month = month.plus(1);
    let next_year = Month((year + 1) * 12);
    let meters = [
        (chart::meter(Meter::TopUpMonth, case.person, month.0), limits.month, next_month),
        (chart::meter(Meter::TopUpYear, case.person, year), limits.year, next_year),
        (chart::city_meter(Meter::CityTopUpMonth, month.0), limits.city, next_month),
    ];
    for (meter, room, renews) in meters {
        let Some(limit) = room.limit else { continue };
        let left = (limit - room.used).max(0);
        if case.amount > left {
            return Err(Refusal::new("top-up.limit")
                .with("left", Arg::Won(Won(left)))
                .with("renews", Arg::Date(renews.first_day())));
        }
        moves.meter_up(meter, case.amount);
        guards.push((meter, limit));
    }
    Ok(())
}
