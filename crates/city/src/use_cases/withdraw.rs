//! Withdrawing what is left.

use std::sync::Arc;

use base::{EntryNo, PersonId};
use economy::Facts;
use economy::decide::{WithdrawCase, withdraw as decide_withdraw};
use pen::Stop;
use rules::Purpose;

use super::known_person;
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

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
    let measure = balance_after_last_top_up(city, turn, person, cash)?;
    let decision = decide_withdraw(&WithdrawCase {
        person,
        purses: &purses,
        cash,
        measure,
        rules: CityMemory::card_rules(&pack, &today)?,
        date: today.date,
    })?;
    city.post(turn, decision)
}

/// Own money just after the last top-up: found by walking back through the purses' entries. 0 without a top-up.
fn balance_after_last_top_up(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    cash: &Purpose,
) -> Result<i64, Stop> {
    let Some(holder) = city.directory.holder(person) else { return Ok(0) };
    let accounts: Vec<_> = holder
        .purses()
        .filter(|(purpose, ..)| *purpose == cash.number)
        .map(|(.., account)| account)
        .collect();
    let mut newest = (0, 0);
    for account in accounts {
        let mut at = turn.books().state(account).last;
        for _ in 0..FARTHEST {
            if at == EntryNo(0) {
                break;
            }
            let Some(entry) = turn.entry(at)? else { break };
            if entry.posting.0 <= newest.0 {
                break; // another purse's top-up was later than anything further back here
            }
            let Some((posting, _)) = turn.posting(entry.posting)? else { break };
            if posting.kind == "top-up" {
                if let Ok(Facts::TopUp(top_up)) = Facts::read(&posting.facts) {
                    newest = (posting.no.0, top_up.cash);
                }
                break;
            }
            at = if entry.debit == account { entry.debit_previous } else { entry.credit_previous };
        }
    }
    Ok(newest.1)
}
