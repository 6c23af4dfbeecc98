//! Gifts: a share of a payment's cashback, an amount once, what the collector is passed and spends, and what becomes of
//! a gift whose payment is taken back.

use base::{Arg, Date, Month, PersonId, Refusal, Won, share_floor};
use ledger::Account;
use rules::{Giving, Purpose};

use super::purses::{Purse, total};
use super::refund::RefundCase;
use super::{Decision, Moves, check_amount};
use crate::facts::{
    Donation, Draw, Facts, GiftBack, GiftPart, GivingFacts, Passed, Payment, PurseLeg, Spent,
};
use crate::gifts::Row;
use crate::{Class, Meter, chart};

/// A standing gift, as a payment's decision sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The share of the cashback, in basis points.
    pub share: i64,
    /// What it is for, by number.
    pub purpose: u16,
    /// Whether the giver's name may be told.
    pub named: bool,
    /// Won given to this purpose before.
    pub given: i64,
}

/// The share of an amount that is given: rounded down.
pub fn gift_of(amount: i64, share: i64) -> i64 {
    share_floor(amount.max(0), share.clamp(0, 10_000), 10_000).unwrap_or(0)
}

/// Gives of the cashback that was just granted, in the same posting.
pub(super) fn give(moves: &mut Moves, payment: &mut Payment, standing: Option<Standing>, reward: &Purpose) {
    let Some(standing) = standing else { return };
    let amount = gift_of(payment.cashback.reward, standing.share);
    if amount == 0 {
        return;
    }
    let purse = chart::purse(payment.person, reward.number, Month(payment.cashback.expires));
    moves.add(purse, chart::gifts(standing.purpose), amount);
    payment.balance -= amount;
    for (_, left) in payment.after.iter_mut().filter(|(purpose, _)| *purpose == reward.number) {
        *left -= amount;
    }
    payment.after.retain(|(_, left)| *left != 0);
    payment.gift = Some(GiftPart {
        amount,
        purpose: standing.purpose,
        from: standing.given,
        share: standing.share,
        named: standing.named,
    });
}

/// What a gift stands at when its payment is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiftStands<'a> {
    /// Won of it that were neither spent nor taken back.
    pub unspent: i64,
    /// The last of them, in its purpose's row.
    pub until: i64,
    /// Won of its purpose that were not passed on yet.
    pub collected: i64,
    /// Whether it stands on a receipt: then it stays given, spent or not.
    pub receipted: bool,
    /// Who bears what was spent.
    pub bears: Option<Bears<'a>>,
}

/// A budget that bears spent gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bears<'a> {
    /// Its id.
    pub budget: &'a str,
    /// What it holds.
    pub left: i64,
    /// What it bears of one person's in a month: the limit, and what it bore this month. `None`: as much as it holds.
    pub person: Option<(i64, i64)>,
}

impl<'a> Bears<'a> {
    /// By the rules, as the books stand.
    pub fn under(
        rules: &'a Giving,
        (person, date): (PersonId, Date),
        balance: impl Fn(Account) -> i64,
    ) -> Self {
        let used = || balance(cover_meter(person, date));
        Bears {
            budget: &rules.bears,
            left: balance(chart::budget(Class::BudgetLeft, &rules.bears)),
            person: rules.bears_person_month.map(|most| (most.0, used())),
        }
    }

    /// What it bears of so much that was spent, and what of it is above what one person is borne in a month: else who buys and
    /// gives back at a friend's shop, again and again, would give the city's money instead of their own.
    fn of(self, spent: i64) -> (i64, i64) {
        let room = self.person.map_or(spent, |(most, used)| (most - used).clamp(0, spent));
        (room.min(self.left.max(0)), spent - room)
    }
}

/// A gift's part of a refund. What was not spent comes back: out of what was not passed on yet, the rest is owed by the
/// collector from then on. Of a gift with a receipt nothing does: who has shown it for their taxes has given it. What was spent is borne by the budget, as far as it holds and one person is borne. Both go into the
/// cashback purse, from where the cashback is taken back.
pub(super) fn take_gift_back(moves: &mut Moves, case: &RefundCase<'_>, share: i64) -> Option<GiftBack> {
    let payment = case.payment;
    let (Some(gift), Some(stands)) = (payment.gift, case.gift) else { return None };
    if share == 0 {
        return None;
    }
    let reward = case.reward;
    let purse = chart::purse(payment.person, reward.number, Month(payment.cashback.expires));
    let share = if stands.receipted { 0 } else { share };
    let back = share.min(stands.unspent);
    let held = back.min(stands.collected.max(0));
    let owed = back - held;
    moves.add(chart::gifts(gift.purpose), purse, held);
    moves.add(chart::scheme(Class::GiftDue), purse, owed);
    moves.add(chart::chest_purpose(gift.purpose), chart::scheme(Class::ChestBank), owed);
    let (budget, (borne, above)) = match stands.bears {
        Some(bears) => (bears.budget, bears.of(share - back)),
        None => ("", (0, 0)),
    };
    moves.add(chart::scheme(Class::TreasuryDue), purse, borne);
    let of = |class| chart::budget(class, budget);
    moves.add(of(Class::BudgetGranted), of(Class::BudgetLeft), borne);
    if stands.bears.is_some_and(|bears| bears.person.is_some()) {
        moves.meter_up(cover_meter(payment.person, case.date), borne);
    }
    Some(GiftBack {
        purpose: gift.purpose,
        back,
        until: stands.until,
        owed,
        borne,
        above,
        budget: if borne > 0 { budget.to_owned() } else { String::new() },
        month: payment.month,
        receipted: stands.receipted,
    })
}

/// What the city bore of a person's spent gifts in a day's month.
pub fn cover_meter(person: PersonId, date: Date) -> Account {
    chart::meter(Meter::GiftCover, person, Month::of(date).0)
}

/// All a gift of an amount is decided on.
#[derive(Debug, Clone)]
pub struct OnceCase<'a> {
    /// Won.
    pub amount: i64,
    /// By whom.
    pub person: PersonId,
    /// Their purses.
    pub purses: &'a [Purse<'a>],
    /// What for, by number.
    pub purpose: u16,
    /// Whether their name may be told.
    pub named: bool,
    /// Won given to this purpose before.
    pub given: i64,
    /// The rules of giving.
    pub rules: &'a Giving,
    /// The city's day.
    pub date: Date,
}

/// Decides a gift of an amount, out of what the pack lets people give, what expires first first.
///
/// Refusals, in order: `giving.not-yet`, `amount.range`, `giving.amount`, `giving.short`.
pub fn give_once(case: &OnceCase<'_>) -> Result<Decision, Refusal> {
    let rules = case.rules;
    not_yet(rules, case.date)?;
    check_amount(case.amount)?;
    if !(rules.once_least.0..=rules.once_most.0).contains(&case.amount) {
        return Err(Refusal::new("giving.amount")
            .with("least", Arg::Won(rules.once_least))
            .with("most", Arg::Won(rules.once_most))
            .because(rules.source.clone()));
    }
    let month = Month::of(case.date);
    let gives = |purse: &&Purse<'_>| {
        purse.balance > 0 && purse.expires >= month && rules.gives.contains(&purse.purpose.id)
    };
    let mut own: Vec<&Purse<'_>> = case.purses.iter().filter(gives).collect();
    own.sort_by_key(|purse| (purse.purpose.order, purse.expires));
    let mut moves = Moves::default();
    let mut legs: Vec<PurseLeg> = Vec::new();
    let mut missing = case.amount;
    for purse in own {
        let taken = purse.balance.min(missing);
        if taken > 0 {
            let from = chart::purse(case.person, purse.purpose.number, purse.expires);
            moves.add(from, chart::gifts(case.purpose), taken);
            legs.push((purse.purpose.number, purse.expires.0, taken));
            missing -= taken;
        }
    }
    if missing > 0 {
        return Err(Refusal::new("giving.short")
            .with("here", Arg::Won(Won(case.amount - missing)))
            .with("missing", Arg::Won(Won(missing)))
            .because(rules.source.clone()));
    }
    let (amount, purpose, from, named) = (case.amount, case.purpose, case.given, case.named);
    let donation = Donation {
        person: case.person,
        gift: GiftPart { amount, purpose, from, share: 10_000, named },
        legs,
        balance: total(case.purses, month) - amount,
    };
    Ok(decided("give", amount, moves, GivingFacts::Once(donation)))
}

/// Whether people may give on a day. Refusal: `giving.not-yet`.
pub fn not_yet(rules: &Giving, date: Date) -> Result<(), Refusal> {
    if date < rules.from {
        return Err(Refusal::new("giving.not-yet")
            .with("day", Arg::Date(rules.from))
            .because(rules.source.clone()));
    }
    Ok(())
}

/// Passes on what was given: `collected` by purpose, `due` what the collector owes. Refusal: `giving.nothing`.
pub fn pass(collected: &[(u16, i64)], due: i64) -> Result<Decision, Refusal> {
    let mut moves = Moves::default();
    let mut purposes = Vec::new();
    let mut owed = due.max(0);
    let mut netted = 0;
    for (purpose, amount) in collected.iter().copied().filter(|(_, amount)| *amount > 0) {
        let kept = owed.min(amount);
        moves.add(chart::gifts(purpose), chart::scheme(Class::GiftDue), kept);
        moves.add(chart::gifts(purpose), chart::scheme(Class::PayoutSent), amount - kept);
        moves.add(chart::scheme(Class::ChestBank), chart::chest_purpose(purpose), amount);
        owed -= kept;
        netted += kept;
        purposes.push((purpose, amount));
    }
    let all: i64 = purposes.iter().map(|(_, amount)| amount).sum();
    if all == 0 {
        return Err(Refusal::new("giving.nothing"));
    }
    Ok(decided("pass-gifts", all, moves, GivingFacts::Pass(Passed { purposes, netted, sent: all - netted })))
}

/// All a spending is decided on.
#[derive(Debug, Clone, Copy)]
pub struct SpendCase<'a> {
    /// On which purpose.
    pub purpose: u16,
    /// Won.
    pub amount: i64,
    /// The purpose's row, and what the collector holds for it.
    pub own: (&'a Row, i64),
    /// The same of the general purpose.
    pub general: (&'a Row, i64),
}

/// Decides a spending: of what was given for this purpose first, then of what was given for all. Never of what was given
/// for another one. Refusals, in order: `amount.range`, `giving.spend-short`.
pub fn spend(case: &SpendCase<'_>) -> Result<Decision, Refusal> {
    check_amount(case.amount)?;
    let mut moves = Moves::default();
    let mut draws = Vec::new();
    let mut missing = case.amount;
    let mut there = 0;
    let rows = [(case.purpose, case.own), (Giving::GENERAL, case.general)];
    // The general purpose has one row, not two.
    for (purpose, (row, held)) in &rows[usize::from(case.purpose == Giving::GENERAL)..] {
        let most = row.left().min(*held).max(0);
        there += most;
        let amount = most.min(missing);
        if let (1.., Some(until)) = (amount, row.front_after(amount)) {
            moves.add(chart::chest_purpose(*purpose), chart::scheme(Class::ChestBank), amount);
            draws.push(Draw { purpose: *purpose, from: row.front, until, amount });
            missing -= amount;
        }
    }
    if missing > 0 {
        return Err(Refusal::new("giving.spend-short")
            .with("here", Arg::Won(Won(there)))
            .with("missing", Arg::Won(Won(missing))));
    }
    let spent = Spent { purpose: case.purpose, amount: case.amount, draws };
    Ok(decided("spend-gifts", case.amount, moves, GivingFacts::Spend(spent)))
}

fn decided(kind: &'static str, amount: i64, moves: Moves, facts: GivingFacts) -> Decision {
    let facts = Facts::Giving(facts);
    Decision { kind, amount, reverses: None, moves: moves.0, guards: Vec::new(), facts }
}
