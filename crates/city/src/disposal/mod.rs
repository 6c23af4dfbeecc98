//! Years whose time is over are let go of: their postings with legs and facts, the commands without a posting, what the
//! bank was told and said. What stays is a closing, signed, with what every account stood at, and a posting in the log
//! that has its hash: counting, verifying and starting go on from there.
//!
//! Invariants:
//! - nothing goes before what stays is written, compared with the closing, and sealed into the log;
//! - what goes, goes in parts, each in one commit; whoever was stopped goes on where it stood;
//! - a posting that a later one refers to stays, until the later one's time is over too;
//! - nothing is posted about a disposed posting any more.
//!
//! - `store`: the rows;
//! - `open`: what still depends on those years, so that they can't go yet;
//! - `stays`: what later postings refer to;
//! - `work`: the disposal, step by step.

mod open;
mod stays;
pub(crate) mod store;
mod work;

use ::store::{Error, Snapshot};
use base::{Arg, Date, EntryNo, Instant, PostingNo, Refusal, date_of_day};
use economy::Facts;
use ledger::{Account, AccountNo, Recount, State};
use pen::Stop;
use sha2::{Digest, Sha256};

use self::store::{DISPOSAL, DisposalRow, STOOD, StoodRow};
use crate::sealing::closing::{Closing, books_root, hash_of};
use crate::verify::Wrong;

pub use open::{Carried, Depends, Open};
pub use work::{CantDispose, Plan, Ready, Step, dispose, plan};

/// Rows read, or written, at once.
const CHUNK: u32 = 4_096;

/// Where the journal begins, in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disposed {
    /// The last day of what was disposed of.
    pub until: Date,
    /// Its last posting.
    pub last: PostingNo,
    /// Its last entry.
    pub entry: EntryNo,
}

/// What memory holds: none, while the journal begins with its first posting.
pub type Memory = Option<Disposed>;

/// What to say of a posting that is not there, or no more: that it was disposed of when its time was over, or the other.
pub fn or_unknown(memory: Memory, no: PostingNo, unknown: &'static str) -> Refusal {
    match memory {
        Some(disposed) if no <= disposed.last => {
            Refusal::new("posting.disposed").with("until", Arg::Date(disposed.until))
        }
        _ => Refusal::new(unknown),
    }
}

/// What stands in place of the postings that were disposed of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The closing as it was signed.
    pub note: String,
    /// What it says; whether it is what the log has is for [`begin`] to say.
    pub closing: Closing,
    /// The last command without a posting that went with them.
    pub requests: u64,
    /// What the city's memory had of them: see [`crate::CityMemory`].
    pub memory: String,
    /// The posting that has the hash of both.
    pub posting: PostingNo,
}

impl Base {
    /// Its last posting.
    pub fn last(&self) -> PostingNo {
        PostingNo(self.closing.last)
    }

    pub(crate) fn disposed(&self) -> Disposed {
        let Closing { until, entry, .. } = self.closing;
        Disposed { until, last: self.last(), entry: EntryNo(entry) }
    }
}

/// What stands at the journal's beginning; `None` while nothing was disposed of.
pub fn base(snapshot: &mut Snapshot<'_>) -> Result<Option<Base>, Error> {
    let Some(row) = snapshot.one::<DisposalRow>(DISPOSAL, &[])? else { return Ok(None) };
    let shape = || Error::Shape(format!("the closing of {} is not as it should be", date_of_day(row.until)));
    let closing = Closing::unverified(&row.closing).filter(|closing| closing.last == row.upto.0);
    let closing = closing.ok_or_else(shape)?;
    let (requests, posting) = (row.requests, row.posting);
    Ok(Some(Base { note: row.closing, closing, requests, memory: row.memory, posting }))
}

/// The posting before the journal's first: 0 while nothing was disposed of.
pub(crate) fn before(snapshot: &mut Snapshot<'_>) -> Result<PostingNo, Error> {
    let row: Option<DisposalRow> = snapshot.one(DISPOSAL, &[])?;
    Ok(row.map_or(PostingNo(0), |row| row.upto))
}

/// What accounts stood at, as it is kept.
pub(crate) fn stood(
    snapshot: &mut Snapshot<'_>,
    upto: PostingNo,
    accounts: usize,
) -> Result<Vec<State>, Error> {
    let mut states = vec![State::default(); accounts];
    let mut next = 0;
    loop {
        let rows: Vec<StoodRow> = snapshot.query(STOOD, &[upto.into(), next.into(), CHUNK.into()])?;
        let Some(last) = rows.last() else { return Ok(states) };
        next = last.account.0.saturating_add(1);
        for row in rows {
            let unknown = || Error::Shape(format!("{:?} stood at something and is no account", row.account));
            let state = states.get_mut(row.account.0 as usize).ok_or_else(unknown)?;
            *state = State { balance: row.balance, last: row.entry };
        }
    }
}

/// SHA-256 of what is kept for the city's memory, in hex.
pub(crate) fn hash_of_memory(requests: u64, memory: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{requests}\n"));
    hash.update(memory);
    seal::hex(&hash.finalize())
}

/// Where counting begins.
pub(crate) struct Begin {
    states: Vec<State>,
    stood: (PostingNo, EntryNo, i64),
    /// What stands there; `None`: the journal's first posting.
    pub base: Option<Base>,
}

impl Begin {
    /// The first posting to count.
    pub fn first(&self) -> PostingNo {
        PostingNo(self.stood.0.0 + 1)
    }

    /// The instant of the posting before it.
    pub fn at(&self) -> i64 {
        self.stood.2
    }

    /// What accounts stood at.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Counts from here.
    pub fn recount(&self, accounts: Vec<Account>) -> Recount {
        Recount::resumed(accounts, self.states.clone(), self.stood)
    }
}

/// Where counting these accounts begins: at the journal's first posting, or at what was kept of those before it, which
/// must be what the closing says, and this what the log has.
pub(crate) fn begin(snapshot: &mut Snapshot<'_>, accounts: &[Account]) -> Result<Begin, Wrong> {
    let Some(base) = base(snapshot)? else {
        let stood = (PostingNo(0), EntryNo(0), i64::MIN);
        return Ok(Begin { states: vec![State::default(); accounts.len()], stood, base: None });
    };
    let wrong = |what| Wrong::Kept { last: base.last(), what };
    let states = stood(snapshot, base.last(), accounts.len())?;
    if books_root(accounts, &states) != base.closing.books {
        return Err(wrong("what accounts stood at is not what the closing says"));
    }
    is_said(snapshot, &base)?.map_err(wrong)?;
    let stood = (base.last(), EntryNo(base.closing.entry), base.closing.at);
    Ok(Begin { states, stood, base: Some(base) })
}

/// Whether the posting that was made of a disposal has the hashes of what is kept; the error says what differs.
pub(crate) fn is_said(snapshot: &mut Snapshot<'_>, base: &Base) -> Result<Result<(), &'static str>, Error> {
    let said = snapshot.posting_alone(base.posting)?.and_then(|row| Facts::read(&row.facts).ok());
    let Some(Facts::Disposed(said)) = said else { return Ok(Err("the posting that says so is missing")) };
    if (said.last, &said.closing) != (base.closing.last, &hash_of(&base.note)) {
        return Ok(Err("the closing is not the one that was disposed with"));
    }
    if said.memory != hash_of_memory(base.requests, &base.memory) {
        return Ok(Err("what is kept for the city's memory is not what it was"));
    }
    Ok(Ok(()))
}

/// What a start without a checkpoint goes on from.
pub(crate) fn to_start_from(snapshot: &mut Snapshot<'_>) -> Result<Option<pen::Base>, Stop> {
    if before(snapshot)? == PostingNo(0) {
        return Ok(None);
    }
    let mut accounts: Vec<Account> = Vec::new();
    snapshot.for_each_account(AccountNo(0), &mut |row| {
        accounts.push(row.account);
        Ok(())
    })?;
    let Begin { states, stood, base } =
        begin(snapshot, &accounts).map_err(|wrong| Stop::Broken(wrong.to_string()))?;
    let (last, entry, at) = stood;
    let at = Instant(at);
    Ok(base.map(|base| {
        let (requests, saved) = (base.requests, base.memory.into_bytes());
        pen::Base { last, entry, at, requests, states, saved }
    }))
}
