//! Withdrawing what is left.

use std::sync::Arc;

use base::{EntryNo, PersonId, Refusal};
use economy::decide::{SinceTopUp, WithdrawCase, withdraw as decide_withdraw};
use ledger::{Account, AccountNo, State};
use pen::{Recorded, Stop};
use rules::Purpose;

use super::{known_person, payouts};
use crate::memory::{CityMemory, CityTurn};
use crate::since::{Look, Seen, since_last_top_up};
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
    Ok(since_last_top_up(person, &chains, &mut InTurn(turn))?.since)
}

/// Looks things up in the journal and the books of a turn.
pub(super) struct InTurn<'t, 'a>(pub &'t mut CityTurn<'a>);

impl Look for InTurn<'_, '_> {
    type Error = Stop;

    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, Stop> {
        let Some(entry) = self.0.entry(no)? else { return Ok(None) };
        Ok(self.0.posting(entry.posting)?.map(|(posting, _)| Seen::of(entry, &posting)))
    }

    fn account(&mut self, no: AccountNo) -> Option<(Account, State)> {
        let books = self.0.books();
        books.account(no).map(|account| (*account, books.state(no)))
    }
}
