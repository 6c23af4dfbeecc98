//! A claim's life: bought, given, returned, run out, paid back where its shop closed.

use std::sync::Arc;

use base::{MerchantId, Month, OrganisationId, PersonId, Refusal, Role};
use economy::chart;
use economy::decide::{self, Decision, EndCase, PassCase, PrepayCase, Wisher};
use economy::facts::Prepayment;
use economy::holder::Shop;
use pen::Stop;
use rules::{Pack, Purpose};

use crate::gift_tries::Counted;
use crate::memory::{CityMemory, CityTurn};
use crate::prepay::advances::{Standing, is_closed};
use crate::prepay::store::{JOINED, OFFER_OF, OfMerchant, OfOrganisation};
use crate::prepay::{Claim, bought_by};
use crate::since::unused_of;
use crate::use_cases::known_person;
use crate::use_cases::pay::earning_at_payment;
use crate::use_cases::withdraw::InTurn;
use crate::{CardRef, Reply};

/// Claims that end within the one command that closes their shop; the rest follow in commands of their own, so that
/// payments go on in between.
const AT_ONCE: usize = 256;

pub(super) fn buy(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    (merchant, amount): (MerchantId, i64),
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let offered = !turn.query::<OfMerchant>(OFFER_OF, &[merchant.into()])?.is_empty();
    let joined = turn.query::<OfOrganisation>(JOINED, &[person.into()])?;
    let organisation = joined.first().map(|row: &OfOrganisation| row.organisation);
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let trade = pack
        .city
        .trades
        .get(usize::from(shop.trade))
        .ok_or_else(|| Stop::Broken("a shop of an unknown trade".into()))?;
    let decision = decide::prepay(&PrepayCase {
        amount,
        person,
        shop: Shop { merchant: shop, trade },
        offered,
        programme: pack.prepayment_on(today.date),
        claim: city.claims.next(),
        purses: &city.purses(&pack, turn, person),
        cash: CityMemory::purpose(&pack, Purpose::CASH)?,
        reward: CityMemory::purpose(&pack, Purpose::REWARD)?,
        rules: CityMemory::card_rules(&pack, &today)?,
        earning: earning_at_payment(&pack, &today, turn, person),
        date: today.date,
        organisation: organisation.map(|id: OrganisationId| id.to_string()),
    })?;
    city.post(turn, decision)
}

pub(super) fn give(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    no: u32,
    to: CardRef,
) -> Result<Reply, Stop> {
    let claim = open(city, turn.day, no)?;
    // Another's claim looks just like one that doesn't exist.
    if claim.holder != person {
        return Err(Refusal::new("claim.unknown").into());
    }
    let (_, merchant) = city.directory.shop(claim.merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    let balance = turn.books().balance_of(&chart::prepaid(person, no).key);
    decide::claim_can_be_given(balance)?;
    let pack = Arc::clone(&city.pack);
    let given = city.gift_tries.of(Counted::Claims, person, turn.day);
    decide::another_claim_today(programme(&pack, &claim)?, u32::from(given))?;
    // Last of all: whoever has nothing to give learns nothing of which cards there are.
    let to = city.directory.card(to).ok_or_else(|| Refusal::new("card.unknown"))?.person;
    let decision = decide::give_claim(&PassCase { claim: no, balance, merchant, from: person, to })?;
    let reply = city.post(turn, decision)?;
    city.count_gift(turn, Counted::Claims, person);
    Ok(reply)
}

/// A claim that can still be used.
fn open(city: &CityMemory, day: i32, no: u32) -> Result<Claim, Refusal> {
    let claim = city.claims.get(no).filter(|claim| day <= claim.use_by);
    claim.cloned().ok_or_else(|| Refusal::new("claim.unknown"))
}

pub(super) fn give_back(city: &mut CityMemory, turn: &mut CityTurn<'_>, no: u32) -> Result<Reply, Stop> {
    let claim = open(city, turn.day, no)?;
    let wisher = match turn.request.actor.role {
        Role::Citizen(me) if me == claim.holder => {
            let unused = unused(city, turn, &claim)?;
            Some(Wisher::Holder { bought_on: claim.bought, unused })
        }
        Role::Merchant(me) if me == claim.merchant => Some(Wisher::Shop),
        Role::Officer | Role::System => Some(Wisher::Shop),
        _ => None,
    };
    let wisher = wisher.ok_or_else(|| Refusal::new("claim.unknown"))?;
    let bought = bought_by(turn, claim.posting)?;
    // Of a shop that has closed, and that the keeper hasn't come to yet: it ends as all of that shop's do, whoever asks.
    let closed = is_closed(&city.directory, claim.merchant);
    let decision = ending(city, turn, &claim, &bought, |case| {
        if closed && case.balance > 0 { decide::close_out(case) } else { decide::give_back(case, wisher) }
    })?;
    city.post(turn, decision)
}

/// Won of a claim that were not used, for its holder who returns it. While all of it can be returned nobody walks its entries.
fn unused(city: &CityMemory, turn: &mut CityTurn<'_>, claim: &Claim) -> Result<i64, Stop> {
    let free = i64::from(programme(&city.pack, claim)?.returns.days);
    let first = turn.books().find(&chart::prepaid(claim.buyer, claim.no).key);
    match first {
        Some(first) if i64::from(turn.day) - i64::from(claim.bought) > free => {
            Ok(unused_of(claim.buyer, first, &mut InTurn(turn))?.0)
        }
        _ => Ok(0),
    }
}

/// Decides a claim's end on what the books say.
fn ending(
    city: &mut CityMemory,
    turn: &CityTurn<'_>,
    claim: &Claim,
    bought: &Prepayment,
    decision: impl FnOnce(&EndCase<'_>) -> Result<Decision, Refusal>,
) -> Result<Decision, Stop> {
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let reward = CityMemory::purpose(&pack, Purpose::REWARD)?;
    let held = |account: ledger::Account| turn.books().balance_of(&account.key);
    Ok(decision(&EndCase {
        no: claim.posting,
        bought,
        programme: programme(&pack, claim)?,
        holder: claim.holder,
        balance: held(chart::prepaid(claim.holder, claim.no)),
        advanced: held(chart::advance(claim.merchant, claim.no)),
        payable: held(chart::payable(claim.merchant)),
        reward_left: held(chart::purse(claim.buyer, reward.number, Month(bought.cashback.expires))),
        reward,
        campaign: pack.campaign(&bought.cashback.campaign),
        date: today.date,
    })?)
}

fn programme<'a>(pack: &'a Pack, claim: &Claim) -> Result<&'a rules::Prepayment, Stop> {
    let missing = || Stop::Broken(format!("the pack has no prepayment {}", claim.programme));
    pack.prepayment(&claim.programme).ok_or_else(missing)
}

/// Ends a claim that has run out, or whose shop has closed. One with nothing in it needs no posting.
fn end(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    claim: &Claim,
    bought: &Prepayment,
) -> Result<(), Stop> {
    let closed = is_closed(&city.directory, claim.merchant);
    if turn.books().balance_of(&chart::prepaid(claim.holder, claim.no).key) == 0 {
        city.end_claim(turn, claim.no, ("used", 0, 0));
        return Ok(());
    }
    let decision = ending(city, turn, claim, bought, |case| {
        if closed { decide::close_out(case) } else { decide::run_out(case) }
    })?;
    city.post(turn, decision).map(|_| ())
}

/// Whether a shop has closed while some of its claims have not ended yet: what it has earned is for them first.
pub(in crate::use_cases) fn claims_wait(city: &CityMemory, merchant: MerchantId) -> bool {
    is_closed(&city.directory, merchant) && city.claims.at(merchant).next().is_some()
}

/// Pays back what is left of a shop's claims, some of them: it has just closed.
pub(in crate::use_cases) fn close_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    claims: &[(Claim, Prepayment)],
) -> Result<(), Stop> {
    claims.iter().try_for_each(|(claim, bought)| end(city, turn, claim, bought))
}

/// What is left of claims goes back: of those whose shop has closed first, then of those whose last day went by.
pub(super) fn sweep(city: &mut CityMemory, turn: &mut CityTurn<'_>, at_most: u32) -> Result<Reply, Stop> {
    turn.forget_key(); // asked once more, it ends what is over by then
    let most = at_most.max(1) as usize;
    let closed: Vec<MerchantId> =
        city.claims.shops().filter(|shop| is_closed(&city.directory, *shop)).collect();
    let of_closed = closed.iter().flat_map(|shop| city.claims.at(*shop));
    let over = city.claims.over(turn.day).filter(|claim| !closed.contains(&claim.merchant));
    let claims: Vec<Claim> = of_closed.chain(over).take(most).cloned().collect();
    let claims = with_purchases(turn, claims)?;
    close_out(city, turn, &claims)?;
    let done = u32::try_from(claims.len()).unwrap_or(u32::MAX);
    Ok(Reply::Batch { done, next: (claims.len() == most).then_some(0) })
}

/// The claims that end when a shop closes, in the same command: read before anything is staged.
pub(in crate::use_cases) fn of_closing(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
) -> Result<Vec<(Claim, Prepayment)>, Stop> {
    let claims: Vec<Claim> = city.claims.at(merchant).take(AT_ONCE).cloned().collect();
    with_purchases(turn, claims)
}

fn with_purchases(turn: &mut CityTurn<'_>, claims: Vec<Claim>) -> Result<Vec<(Claim, Prepayment)>, Stop> {
    claims
        .into_iter()
        .map(|claim| {
            let bought = bought_by(turn, claim.posting)?;
            Ok((claim, bought))
        })
        .collect()
}

/// What a shop is advanced with its next payout: one decision for each programme.
pub(in crate::use_cases) fn advances(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    pack: &Pack,
    merchant: MerchantId,
    reserved: &mut std::collections::BTreeMap<u32, i64>,
) -> Vec<Decision> {
    let on = Standing {
        pack,
        claims: &city.claims,
        directory: &city.directory,
        books: turn.books(),
        day: turn.day,
    };
    crate::prepay::advances::advances(&on, merchant, reserved)
}
