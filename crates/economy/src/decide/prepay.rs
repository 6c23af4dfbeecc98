//! Good prepayment: a claim on one shop is bought, advanced to the shop in part, used, given, and never lost.
//!
//! A claim is an account of its holder: its number tells it apart. What the shop was advanced of it is another one, never
//! more than the claim itself; a use releases it in proportion. Behind what is advanced stands a budget, the guarantee:
//! reserved with the advance, given back with the release, spent only where a shop closes.

use base::{Arg, Date, MerchantId, Month, PersonId, PostingNo, Refusal, Won, day_of_date, share_floor};
use ledger::{part, split_by_remainder};
use rules::{Campaign, CardRules, Prepayment as Programme, Purpose};

use super::cashback::{Earning, ShopSize, grant};
use super::pay::{earned_legs, grant_legs, shop_takes, spending_back};
use super::purses::{Purse, newest_expiry, total};
use super::transfer::own_money;
use super::{Decision, Moves, check_amount};
use crate::facts::{Advanced, ClaimGift, ClaimLeg, Ended, Facts, PrepayFacts, Prepayment, PurseLeg, Why};
use crate::holder::{MerchantState, Shop};
use crate::{Class, chart};

/// A claim as a payment's decision sees it: open, at the shop that is paid, held by who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenClaim<'a> {
    /// Its number.
    pub no: u32,
    /// Won in it.
    pub balance: i64,
    /// Won of it that the shop was advanced.
    pub advanced: i64,
    /// The budget behind that.
    pub guarantee: &'a str,
}

impl OpenClaim<'_> {
    /// The claim's part of a payment of so much, and how much of what was advanced it releases.
    pub(super) fn uses(&self, wanted: i64) -> ClaimLeg {
        let amount = self.balance.min(wanted).max(0);
        let left = share_floor(self.advanced, self.balance - amount, self.balance).unwrap_or(0);
        (self.no, amount, self.advanced - left)
    }
}

/// The legs of a claim that pays: a sale like any other, of which the shop gives back what it was advanced.
pub(super) fn use_legs(
    moves: &mut Moves,
    person: PersonId,
    merchant: MerchantId,
    (claim, amount, released): ClaimLeg,
    guarantee: &str,
) {
    let held = chart::prepaid(person, claim);
    moves.add(held, chart::payable(merchant), amount);
    moves.add(chart::payable(merchant), chart::advance(merchant, claim), released);
    release(moves, guarantee, released);
}

/// The guarantee is free again.
pub(super) fn release(moves: &mut Moves, guarantee: &str, amount: i64) {
    let of = |class| chart::budget(class, guarantee);
    moves.add(of(Class::BudgetLeft), of(Class::BudgetReserved), amount);
}

fn reserve(moves: &mut Moves, guarantee: &str, amount: i64) {
    let of = |class| chart::budget(class, guarantee);
    moves.add(of(Class::BudgetReserved), of(Class::BudgetLeft), amount);
}

/// All that buying a claim is decided on.
#[derive(Debug, Clone)]
pub struct PrepayCase<'a> {
    /// Won.
    pub amount: i64,
    /// Who buys.
    pub person: PersonId,
    /// At which shop.
    pub shop: Shop<'a>,
    /// Whether the shop offers it.
    pub offered: bool,
    /// The programme of the day.
    pub programme: Option<&'a Programme>,
    /// The number the claim will have.
    pub claim: u32,
    /// The buyer's purses.
    pub purses: &'a [Purse<'a>],
    /// Own money's purpose: with nothing else a claim is bought.
    pub cash: &'a Purpose,
    /// The purse cashback goes into.
    pub reward: &'a Purpose,
    /// The card's rules of the day.
    pub rules: &'a CardRules,
    /// What can be earned by paying today.
    pub earning: Option<Earning<'a>>,
    /// The city's day.
    pub date: Date,
    /// The organisation whose pledge it counts for.
    pub organisation: Option<String>,
}

/// Decides a prepayment. Own money only, so that what comes back is own money again.
///
/// Nothing of its cashback is given, whatever share its buyer gives of what payments earn: a gift stands beside the payment it
/// came of and comes back with it, and a claim ends in parts, by others' hands and on days of its own.
///
/// Refusals, in order: `amount.range`, `prepay.closed`, `shop.closed`, `shop.excluded`, `shop.own`, `prepay.not-offered`,
/// `prepay.range`, `cash.short`.
pub fn prepay(case: &PrepayCase<'_>) -> Result<Decision, Refusal> {
    check_amount(case.amount)?;
    let Some(programme) = case.programme else { return Err(Refusal::new("prepay.closed")) };
    let merchant = case.shop.merchant;
    shop_takes(&case.shop, [Some(case.person), None], &case.rules.source)?;
    if !case.offered {
        return Err(Refusal::new("prepay.not-offered").with("shop", Arg::Text(merchant.name.clone())));
    }
    if !(programme.least.0..=programme.most.0).contains(&case.amount) {
        return Err(Refusal::new("prepay.range")
            .with("least", Arg::Won(programme.least))
            .with("most", Arg::Won(programme.most))
            .because(programme.source.clone()));
    }
    let month = Month::of(case.date);
    let held = chart::prepaid(case.person, case.claim);
    let mut moves = Moves::default();
    let (mut missing, mut legs) = (case.amount, Vec::with_capacity(2));
    for purse in own_money(case.purses, case.cash, month) {
        let amount = purse.balance.min(missing);
        if amount > 0 {
            moves.add(chart::purse(case.person, case.cash.number, purse.expires), held, amount);
            legs.push((case.cash.number, purse.expires.0, amount));
            missing -= amount;
        }
    }
    if missing > 0 {
        return Err(Refusal::new("cash.short").with("missing", Arg::Won(Won(missing))));
    }
    let earning = case.earning.as_ref();
    let base = if earning.is_some_and(|e| e.campaign.earns_on(&case.cash.id)) { case.amount } else { 0 };
    let expires = newest_expiry(month, case.rules.validity_years);
    let cashback = grant(base, ShopSize::of(case.shop.merchant.sales, earning), earning, expires.0);
    grant_legs(&mut moves, case.person, case.reward, &cashback);
    let guards = earned_legs(&mut moves, earning, case.date, case.person, cashback.earned);
    let bought = Prepayment {
        claim: case.claim,
        programme: programme.id.clone(),
        person: case.person,
        merchant: merchant.id,
        amount: case.amount,
        legs,
        month: month.0,
        use_by: day_of_date(programme.use_by),
        balance: total(case.purses, month) - case.amount + cashback.reward,
        organisation: case.organisation.clone(),
        cashback,
    };
    decided("prepay", case.amount, None, moves, guards, PrepayFacts::Bought(bought))
}

/// One claim that a shop was not advanced yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToAdvance {
    /// Its number.
    pub claim: u32,
    /// Won in it now.
    pub balance: i64,
}

/// Advances a shop its share of these claims, as far as the guarantee holds: it is paid out with what the shop has
/// earned. What the guarantee doesn't hold stays in escrow for good, and leaves it by use.
///
/// `None` without claims.
pub fn advance(
    merchant: MerchantId,
    programme: &Programme,
    claims: &[ToAdvance],
    guarantee_left: i64,
) -> Option<Decision> {
    let guarantee = programme.guarantee.as_str();
    let mut left = guarantee_left.max(0);
    let mut moves = Moves::default();
    let mut parts = Vec::with_capacity(claims.len());
    for one in claims {
        let amount = programme.advance.of(Won(one.balance)).0.min(left);
        moves.add(chart::advance(merchant, one.claim), chart::payable(merchant), amount);
        left -= amount;
        parts.push((one.claim, amount));
    }
    let amount: i64 = parts.iter().map(|(_, amount)| amount).sum();
    if amount == 0 {
        return None;
    }
    reserve(&mut moves, guarantee, amount);
    let facts = Advanced { merchant, amount, guarantee: guarantee.to_owned(), claims: parts };
    decided("advance", amount, None, moves, Vec::new(), PrepayFacts::Advanced(facts)).ok()
}

/// All that giving a claim is decided on.
#[derive(Debug, Clone, Copy)]
pub struct PassCase<'a> {
    /// Its number.
    pub claim: u32,
    /// Won in it.
    pub balance: i64,
    /// Its shop.
    pub merchant: &'a crate::Merchant,
    /// From whom.
    pub from: PersonId,
    /// To whom.
    pub to: PersonId,
}

/// Whether there is anything in a claim to give: asked before the receiver is looked for. Refusal: `claim.empty`.
pub fn claim_can_be_given(balance: i64) -> Result<(), Refusal> {
    if balance <= 0 { Err(Refusal::new("claim.empty")) } else { Ok(()) }
}

/// Whether its holder may give another claim on a day on which they gave so many: each tells somebody so, at the city's cost.
/// Refusal: `claim.gifts`, which says how many.
pub fn another_claim_today(programme: &Programme, given: u32) -> Result<(), Refusal> {
    match programme.gifts_a_day {
        Some(most) if given >= most => Err(Refusal::new("claim.gifts")
            .with("most", Arg::Count(i64::from(most)))
            .because(programme.source.clone())),
        _ => Ok(()),
    }
}

/// Gives a whole claim to another person. Refusals, in order: `gift.self`, `claim.empty`, `shop.own`.
pub fn give_claim(case: &PassCase<'_>) -> Result<Decision, Refusal> {
    if case.from == case.to {
        return Err(Refusal::new("gift.self"));
    }
    claim_can_be_given(case.balance)?;
    if case.merchant.owner == Some(case.to) {
        return Err(Refusal::new("shop.own").with("shop", Arg::Text(case.merchant.name.clone())));
    }
    let mut moves = Moves::default();
    moves.add(chart::prepaid(case.from, case.claim), chart::prepaid(case.to, case.claim), case.balance);
    let facts = ClaimGift {
        claim: case.claim,
        merchant: case.merchant.id,
        from: case.from,
        to: case.to,
        amount: case.balance,
    };
    decided("give-claim", case.balance, None, moves, Vec::new(), PrepayFacts::Given(facts))
}

/// All that the end of a claim is decided on.
#[derive(Debug, Clone, Copy)]
pub struct EndCase<'a> {
    /// The posting it was bought by.
    pub no: PostingNo,
    /// What that posting kept.
    pub bought: &'a Prepayment,
    /// The programme it was bought in.
    pub programme: &'a Programme,
    /// Who holds it now.
    pub holder: PersonId,
    /// Won in it.
    pub balance: i64,
    /// Won of it that the shop was advanced.
    pub advanced: i64,
    /// What the shop has not been paid out yet.
    pub payable: i64,
    /// The buyer's cashback purse of that cohort.
    pub reward_left: i64,
    /// The cashback purpose.
    pub reward: &'a Purpose,
    /// The campaign it earned under.
    pub campaign: Option<&'a Campaign>,
    /// The city's day.
    pub date: Date,
}

/// Who wishes a claim to be returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wisher {
    /// Its holder: as the pack lets them.
    Holder {
        /// The day it was bought, in days since 1970-01-01.
        bought_on: i32,
        /// Won of it that its shop was not paid yet: what is in it and what reservations hold of it, whoever has held it.
        unused: i64,
    },
    /// The shop, which may take it back at any time.
    Shop,
}

/// Returns what is left of a claim: the money goes back to its holder, the cashback and its limits in proportion to
/// where they came from, and the shop owes what it was advanced. Refusals, in order: `claim.empty`, `claim.return-late`.
pub fn give_back(case: &EndCase<'_>, wisher: Wisher) -> Result<Decision, Refusal> {
    if case.balance <= 0 {
        return Err(Refusal::new("claim.empty"));
    }
    if let Wisher::Holder { bought_on, unused } = wisher {
        may_return(case.programme, (case.bought.amount, unused), bought_on, case.date)?;
    }
    end(case, Why::Returned)
}

/// Whether its holder may return a claim of so many won, of which so many are unused. Within the pack's days all that is
/// unused; later the rest, once the pack's share is used. Refusal: `claim.return-late`.
pub fn may_return(
    programme: &Programme,
    (amount, unused): (i64, i64),
    bought_on: i32,
    date: Date,
) -> Result<(), Refusal> {
    let rule = programme.returns;
    let days = i64::from(day_of_date(date)) - i64::from(bought_on);
    let used = amount - unused;
    let share = rule.after_use.basis_points();
    // In parts of 10,000, so that a share that is no whole won is not used a won too early.
    let enough = i128::from(used) * 10_000 >= i128::from(amount) * i128::from(share);
    if days <= i64::from(rule.days) || enough {
        return Ok(());
    }
    let wanted = (i128::from(amount) * i128::from(share) + 9_999) / 10_000 - i128::from(used);
    Err(Refusal::new("claim.return-late")
        .with("days", Arg::Count(i64::from(rule.days)))
        .with("share", Arg::Count(share / 100))
        .with("missing", Arg::Won(Won(i64::try_from(wanted).unwrap_or(i64::MAX))))
        .because(programme.source.clone()))
}

/// Its last day went by: the rest is money again, as if it had been returned.
pub fn run_out(case: &EndCase<'_>) -> Result<Decision, Refusal> {
    end(case, Why::Expired)
}

/// The shop closed: the holder gets all of it at once, out of escrow and what the shop has not been paid out yet, then, for
/// what it was advanced, out of the guarantee. Cashback stays: the holder has kept to everything. The city has the claim on the shop.
pub fn close_out(case: &EndCase<'_>) -> Result<Decision, Refusal> {
    end(case, Why::Closed)
}

fn end(case: &EndCase<'_>, why: Why) -> Result<Decision, Refusal> {
    let (bought, shop) = (case.bought, case.bought.merchant);
    let broken = || Refusal::new("claim.empty");
    let used = (bought.amount - case.balance).max(0);
    let mut moves = Moves::default();
    let legs = money_back(&mut moves, case, used).ok_or_else(broken)?;
    let guarantee = case.programme.guarantee.as_str();
    let advance = chart::advance(shop, bought.claim);
    // What the shop has not been paid yet never left: it comes first, whatever the end.
    let covered = case.payable.clamp(0, case.advanced);
    let rest = case.advanced - covered;
    moves.add(chart::payable(shop), advance, covered);
    let from_guarantee = if why == Why::Closed { rest } else { 0 };
    if why == Why::Closed {
        moves.add(chart::scheme(Class::TreasuryDue), advance, rest);
        let reserved = chart::budget(Class::BudgetReserved, guarantee);
        moves.add(chart::city_claim(shop, guarantee), reserved, rest);
    } else {
        moves.add(chart::shop_due(shop), advance, rest);
    }
    let from_shop = case.advanced - from_guarantee;
    release(&mut moves, guarantee, from_shop);
    let (mut reward, mut from_money) = (0, 0);
    if why != Why::Closed {
        let share = |of| part(of, bought.amount, used, case.balance.min(bought.amount));
        reward = share(bought.cashback.reward).ok_or_else(broken)?;
        from_money = reward_back(&mut moves, case, &legs, reward);
        let earned = share(bought.cashback.earned).ok_or_else(broken)?;
        let month = Month(bought.month);
        spending_back(&mut moves, (bought.person, month), case.campaign, case.date, earned);
    }
    let facts = Ended {
        claim: bought.claim,
        prepayment: case.no.0,
        merchant: shop,
        buyer: bought.person,
        person: case.holder,
        amount: case.balance,
        of: bought.amount,
        why,
        legs,
        reward,
        reward_from_money: from_money,
        from_shop,
        from_guarantee,
        guarantee: guarantee.to_owned(),
    };
    let kind = match why {
        Why::Returned => "return-claim",
        Why::Expired => "expire-claim",
        Why::Closed => "close-claim",
    };
    decided(kind, case.balance, Some(case.no), moves, Vec::new(), PrepayFacts::Ended(facts))
}

/// Into the holder's purses of the cohorts it was bought with; one that is past its date by now lives to the month's
/// end, so that nothing is lost on the way.
fn money_back(moves: &mut Moves, case: &EndCase<'_>, used: i64) -> Option<Vec<PurseLeg>> {
    let paid: Vec<i64> = case.bought.legs.iter().map(|leg| leg.2).collect();
    let parts = split_by_remainder(&paid, used, case.balance)?;
    let held = chart::prepaid(case.holder, case.bought.claim);
    let month = Month::of(case.date);
    let mut legs: Vec<PurseLeg> = Vec::with_capacity(parts.len());
    for ((purpose, expires, _), amount) in case.bought.legs.iter().zip(parts).filter(|(_, part)| *part > 0) {
        let expires = Month(*expires).max(month);
        moves.add(held, chart::purse(case.holder, *purpose, expires), amount);
        legs.push((*purpose, expires.0, amount));
    }
    Some(legs)
}

/// Out of the buyer's cashback purse while the claim is theirs; what is spent already, and all of it where the claim was
/// given away, out of what went back. Gives that part.
fn reward_back(moves: &mut Moves, case: &EndCase<'_>, legs: &[PurseLeg], reward: i64) -> i64 {
    let cashback = &case.bought.cashback;
    let due = chart::scheme(Class::TreasuryDue);
    let own = if case.holder == case.bought.person { case.reward_left.clamp(0, reward) } else { 0 };
    moves.add(chart::purse(case.holder, case.reward.number, Month(cashback.expires)), due, own);
    let mut missing = reward - own;
    for (purpose, expires, amount) in legs.iter().rev() {
        let taken = missing.min(*amount);
        moves.add(chart::purse(case.holder, *purpose, Month(*expires)), due, taken);
        missing -= taken;
    }
    if reward > 0 {
        let of = |class| chart::budget(class, &cashback.budget);
        moves.add(of(Class::BudgetLeft), of(Class::BudgetGranted), reward);
    }
    reward - own
}

/// Where a refunded payment's claim stands.
#[derive(Debug, Clone, Copy)]
pub enum ClaimStands<'a> {
    /// Open: it is filled up again.
    Open {
        /// Who holds it now.
        holder: PersonId,
        /// The budget behind what was advanced.
        guarantee: &'a str,
        /// What that budget holds.
        guarantee_left: i64,
    },
    /// It ended meanwhile: the money goes to who paid, and the cashback of that part back.
    Ended {
        /// What the posting it was bought by kept.
        bought: &'a Prepayment,
        /// The campaign it earned under.
        campaign: Option<&'a Campaign>,
        /// The month at whose end money put on today expires.
        expires: Month,
    },
}

/// A claim's part of a refund.
#[derive(Debug, Clone, Copy)]
pub(super) struct BackToClaim<'a> {
    /// As it was paid.
    pub leg: ClaimLeg,
    /// Won of it taken back before.
    pub before: i64,
    /// Won of it now.
    pub now: i64,
    /// Where the claim stands.
    pub stands: ClaimStands<'a>,
}

/// What became of a claim's part of a refund.
#[derive(Debug, Default)]
pub(super) struct ClaimBack {
    /// Won the shop was advanced again: as much more it can give.
    pub again: i64,
    /// Where it went, if into a purse.
    pub leg: Option<PurseLeg>,
    /// Cashback taken back out of that.
    pub reward: i64,
}

/// The legs of one claim's part of a refund but the one that gives it back, which is for the caller to move: into the
/// account that is answered.
pub(super) fn back_to_claim(
    moves: &mut Moves,
    (person, merchant): (PersonId, MerchantId),
    back: &BackToClaim<'_>,
    date: Date,
) -> Option<(ClaimBack, ledger::Account)> {
    let (claim, amount, released) = back.leg;
    match back.stands {
        ClaimStands::Open { holder, guarantee, guarantee_left } => {
            let held = chart::prepaid(holder, claim);
            let again = part(released, amount, back.before, back.now)?.min(guarantee_left.max(0));
            moves.add(chart::advance(merchant, claim), chart::payable(merchant), again);
            reserve(moves, guarantee, again);
            Some((ClaimBack { again, ..ClaimBack::default() }, held))
        }
        ClaimStands::Ended { bought, campaign, expires } => {
            let purpose = bought.legs.first()?.0;
            let purse = chart::purse(person, purpose, expires);
            let of_leg = |of| part(of, bought.amount, 0, amount);
            let reward = part(of_leg(bought.cashback.reward)?, amount, back.before, back.now)?;
            let earned = part(of_leg(bought.cashback.earned)?, amount, back.before, back.now)?;
            moves.add(purse, chart::scheme(Class::TreasuryDue), reward);
            let of = |class| chart::budget(class, &bought.cashback.budget);
            moves.add(of(Class::BudgetLeft), of(Class::BudgetGranted), reward);
            spending_back(moves, (bought.person, Month(bought.month)), campaign, date, earned);
            let leg = Some((purpose, expires.0, back.now));
            Some((ClaimBack { again: 0, leg, reward }, purse))
        }
    }
}

/// Whether a claim can still be used, or filled up, on a day.
pub fn usable(use_by: i32, state: MerchantState, day: i32) -> bool {
    day <= use_by && state == MerchantState::Open
}

fn decided(
    kind: &'static str,
    amount: i64,
    reverses: Option<PostingNo>,
    moves: Moves,
    guards: Vec<(ledger::Account, i64)>,
    facts: PrepayFacts,
) -> Result<Decision, Refusal> {
    Ok(Decision { kind, amount, reverses, moves: moves.0, guards, facts: Facts::Prepay(facts) })
}
