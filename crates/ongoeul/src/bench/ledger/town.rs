//! The smallest town there is: purses and transfers between them.

use base::{Instant, PersonId, Refusal, Zone};
use ledger::{Account, AccountNo, ClassNo, EntryRow, Fault, Key, Leg, Owner, PostingRow, Side, UnitNo};
use pen::{Intent, Load, Recorded, Stop, Town, Turn};
use serde::{Deserialize, Serialize};

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Opens a person's purse with some money in it.
    Fund(PersonId, i64),
    /// Moves money between two purses.
    Transfer {
        /// Who gives.
        from: PersonId,
        /// Who gets.
        to: PersonId,
        /// How much.
        amount: i64,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Where it is recorded.
    pub recorded: Recorded,
    /// When it was.
    pub at: Instant,
    /// What the first purse holds after it.
    pub left: i64,
}

/// What a posting keeps, so that it can be explained and answered again.
#[derive(Serialize, Deserialize)]
struct Facts {
    v: u8,
    debit: u32,
    credit: u32,
    amount: i64,
    left: i64,
}

/// Its memory: there is nothing to remember beside the books.
pub struct TransferTown {
    zone: Zone,
}

impl TransferTown {
    /// A town with nobody in it.
    pub fn new() -> Result<TransferTown, Stop> {
        let zone = Zone::named("Asia/Seoul").ok_or_else(|| Stop::Broken("no such zone".into()))?;
        Ok(TransferTown { zone })
    }

    fn post(turn: &mut Turn<'_, ()>, kind: &'static str, leg: Leg, asked: AccountNo) -> Result<Reply, Stop> {
        let before = turn.books().balance(asked);
        let left = if leg.debit == asked { before - leg.amount } else { before + leg.amount };
        let facts = Facts { v: 1, debit: leg.debit.0, credit: leg.credit.0, amount: leg.amount, left };
        let facts = serde_json::to_string(&facts).map_err(|error| Stop::Broken(error.to_string()))?;
        let intent = Intent { kind, amount: leg.amount, reverses: None, legs: &[leg], guards: &[], facts };
        match turn.post(intent) {
            Ok(no) => Ok(Reply { recorded: Recorded::Posting(no), at: turn.now, left }),
            Err(Stop::Fault(Fault::Floor(_, _))) => Err(Refusal::new("funds.short").into()),
            Err(stop) => Err(stop),
        }
    }
}

/// A purse: owed to its holder, and never below zero.
fn purse(person: PersonId) -> Account {
    let key = Key { class: ClassNo(1), owner: Owner::Person(person), sub: 0 };
    Account { key, unit: UnitNo(0), side: Side::Credit, floor: true }
}

/// Where the money came from.
const BANK: Account = Account {
    key: Key { class: ClassNo(0), owner: Owner::None, sub: 0 },
    unit: UnitNo(0),
    side: Side::Debit,
    floor: false,
};

fn known(turn: &Turn<'_, ()>, person: PersonId) -> Result<AccountNo, Refusal> {
    turn.books().find(&purse(person).key).ok_or_else(|| Refusal::new("purse.unknown"))
}

impl Town for TransferTown {
    type Command = Command;
    type Reply = Reply;
    type Event = ();
    type View = ();

    fn carry_out(&mut self, turn: &mut Turn<'_, ()>, command: &Command) -> Result<Reply, Stop> {
        match *command {
            Command::Fund(person, amount) => {
                let leg = Leg { debit: turn.open(BANK), credit: turn.open(purse(person)), amount };
                TransferTown::post(turn, "fund", leg, leg.credit)
            }
            Command::Transfer { from, to, amount } => {
                let leg = Leg { debit: known(turn, from)?, credit: known(turn, to)?, amount };
                TransferTown::post(turn, "transfer", leg, leg.debit)
            }
        }
    }

    fn again(&self, recorded: Recorded, at: Instant, facts: &str) -> Result<Reply, Stop> {
        let facts: Facts = serde_json::from_str(facts).map_err(|error| Stop::Broken(error.to_string()))?;
        Ok(Reply { recorded, at, left: facts.left })
    }

    fn mark(&self) -> usize {
        0
    }

    fn rewind(&mut self, _: usize) {}

    fn settle(&mut self, (): &mut (), _: &[()]) {}

    fn view(&self) {}

    fn load(&mut self, _: Load<'_, '_>) -> Result<(), Stop> {
        Ok(())
    }

    fn absorb_account(&mut self, _: AccountNo, _: &Account) {}

    fn absorb(&mut self, _: &PostingRow, _: &[EntryRow]) -> Result<(), Stop> {
        Ok(())
    }

    fn save((): &()) -> Vec<u8> {
        Vec::new()
    }

    fn day(&self, at: Instant) -> i32 {
        self.zone.day_number(at)
    }

    fn pack(&self) -> u32 {
        1
    }
}
