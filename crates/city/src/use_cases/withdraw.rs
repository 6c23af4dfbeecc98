//! Withdrawing what is left.

use std::sync::Arc;

use base::{EntryNo, PersonId, PostingNo, Refusal};
use economy::Facts;
use economy::decide::{SinceTopUp, WithdrawCase, withdraw as decide_withdraw};
use pen::{Recorded, Stop};
use rules::Purpose;

use super::{known_person, payouts};
use crate::memory::{CityMemory, CityTurn};
use crate::{Payee, Reply};

/// A purse with more entries than this since its last top-up is looked through no further.
const FARTHEST: usize = 10_000;

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
    let since = since_last_top_up(city, turn, person, cash)?;
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

/// Own money since the last top-up: found by walking back through the purses' entries. Without a top-up, since it was taken
/// over from an older system, what was taken over being the measure; nothing without either.
fn since_last_top_up(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    cash: &Purpose,
) -> Result<SinceTopUp, Stop> {
    let Some(holder) = city.directory.holder(person) else { return Ok(SinceTopUp::default()) };
    let accounts: Vec<_> = holder
        .purses()
        .filter(|(purpose, ..)| *purpose == cash.number)
        .map(|(.., account)| account)
        .collect();
    let (mut newest, mut taken_over) = (PostingNo(0), 0);
    let mut since = SinceTopUp::default();
    let mut entries = Vec::new();
    for account in accounts {
        let mut at = turn.books().state(account).last;
        for _ in 0..FARTHEST {
            if at == EntryNo(0) {
                break;
            }
            let Some(entry) = turn.entry(at)? else { break };
            if entry.posting <= newest {
                break; // another purse's top-up was later than anything further back here
            }
            let Some((posting, _)) = turn.posting(entry.posting)? else { break };
            if posting.kind == "top-up" {
                if let Ok(Facts::TopUp(top_up)) = Facts::read(&posting.facts) {
                    (newest, since.measure) = (posting.no, top_up.cash);
                }
                break;
            }
            if posting.kind == "move-in" {
                taken_over += entry.amount;
                break;
            }
            let took = entry.debit == account;
            entries.push((posting.no, posting.kind, took, entry.amount));
            at = if took { entry.debit_previous } else { entry.credit_previous };
        }
    }
    if newest == PostingNo(0) {
        since.measure = taken_over;
    }
    for (no, kind, took, amount) in entries {
        if no > newest {
            since.count(&kind, took, amount);
        }
    }
    Ok(since)
}
