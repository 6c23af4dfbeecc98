//! Withdrawing what is left.

use std::sync::Arc;

use base::{PersonId, Refusal};
use economy::decide::{SinceTopUp, WithdrawCase, withdraw as decide_withdraw};
use pen::{Recorded, Stop};
use rules::Purpose;

use super::{known_person, payouts};
use crate::memory::{CityMemory, CityTurn};
use crate::since::{Seen, kept, since_last_top_up};
use crate::{Payee, Reply};

pub(super) fn withdraw(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let cash = CityMemory::purpose(&pack, Purpose::CASH)?;
    let purses = city.purses(&pack, turn, person);
    let since = since(city, turn, person, cash)?;
    let decision = decide_withdraw(&WithdrawCase {
        person,
        purses: &purses,
        cash,
        since,
        rules: CityMemory::card_rules(&pack, &today)?,
        date: today.date,
    })?;
    let account = city.payouts.account(Payee::Person(person));
    let account = account.ok_or_else(|| Refusal::new("withdraw.no-account"))?;
    let amount = decision.amount;
    let reply = city.post(turn, decision)?;
    if let Reply::Done { recorded: Recorded::Posting(no), .. } = &reply {
        payouts::begin(city, turn, *no, Payee::Person(person), (account, amount));
    }
    Ok(reply)
}

/// Own money since the last top-up.
fn since(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    cash: &Purpose,
) -> Result<SinceTopUp, Stop> {
    let Some(holder) = city.directory.holder(person) else { return Ok(SinceTopUp::default()) };
    let own = holder.purses().filter(|(purpose, ..)| *purpose == cash.number);
    let chains: Vec<_> = own.map(|(.., account)| (account, turn.books().state(account).last)).collect();
    let mut look = |no| {
        let Some(entry) = turn.entry(no)? else { return Ok::<_, Stop>(None) };
        Ok(turn.posting(entry.posting)?.map(|(posting, _)| Seen::of(entry, &posting)))
    };
    let mut found = since_last_top_up(&chains, &mut look)?;
    for one in found.set_aside {
        let balance = |key: &ledger::Key| turn.books().balance_of(key);
        found.since.set_aside(kept((&city.open, &city.claims), one, balance));
    }
    Ok(found.since)
}
