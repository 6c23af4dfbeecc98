//! Payouts as pages show them: an officer's desk, a shop's list, and a payout down to its payments.

use base::{EntryNo, Instant, MerchantId, PostingNo};
use economy::chart;
use economy::facts::Facts;
use ledger::{AccountNo, Books};
use store::{Error, Snapshot};

use super::bank_lines::{self, Lines};
use crate::Payee;
use crate::payouts::store::{
    ACCOUNT_OF, AccountRow, AnswerRow, BANK_ANSWERS, FILE_STATES, FILES, FileRow, HANDED_OVER, PAYOUT,
    PAYOUTS_FAILED, PAYOUTS_OF, PayoutRow, StateRow,
};

/// Files, answers and payouts on a page.
const SHOWN: u32 = 20;
/// A shop that sells more between two settlements is shown its sums without each payment.
const FARTHEST: usize = 5_000;
/// Entries read at once.
const AT_ONCE: u32 = 500;

/// An officer's desk.
#[derive(Debug)]
pub struct Desk {
    /// The newest files, each with how its payouts stand.
    pub files: Vec<(FileRow, Vec<StateRow>)>,
    /// The newest answers of the bank.
    pub answers: Vec<AnswerRow>,
    /// Lines to look at, oldest first.
    pub lines: Lines,
    /// How many were settled in the last weeks.
    pub settled: u64,
    /// The newest payouts that failed.
    pub failed: Vec<PayoutRow>,
}

/// Reads it.
pub fn desk(snapshot: &mut Snapshot<'_>, now: Instant) -> Result<Desk, Error> {
    let mut files = Vec::new();
    for file in snapshot.query::<FileRow>(FILES, &[i64::MAX.into(), SHOWN.into()])? {
        let states = snapshot.query(FILE_STATES, &[file.no.into()])?;
        files.push((file, states));
    }
    Ok(Desk {
        files,
        answers: snapshot.query(BANK_ANSWERS, &[SHOWN.into()])?,
        lines: bank_lines::open(snapshot, SHOWN)?,
        settled: bank_lines::count_settled(snapshot, now)?,
        failed: snapshot.query(PAYOUTS_FAILED, &[SHOWN.into()])?,
    })
}

/// A payee's newest account, be it in use or not.
pub fn account_of(snapshot: &mut Snapshot<'_>, payee: Payee) -> Result<Option<AccountRow>, Error> {
    let row: Option<AccountRow> = snapshot.one(ACCOUNT_OF, &[payee.to_string().into()])?;
    // Whose it was before is not the new owner's to see.
    Ok(row.filter(|row| row.why.as_deref() != Some(HANDED_OVER)))
}

/// A payee's payouts before one, newest first.
pub fn payouts_of(
    snapshot: &mut Snapshot<'_>,
    payee: Payee,
    before: Option<PostingNo>,
    most: u32,
) -> Result<Vec<PayoutRow>, Error> {
    let before = before.unwrap_or(PostingNo(i64::MAX.unsigned_abs()));
    snapshot.query(PAYOUTS_OF, &[payee.to_string().into(), before.into(), most.into()])
}

/// A movement that a payout is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its posting.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// `pay`, `capture`, `refund`…
    pub kind: String,
    /// Won: what it added, or below zero what it took.
    pub change: i64,
}

/// What a shop earned between two settlements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earned {
    /// Won sold.
    pub sold: i64,
    /// Won given back.
    pub refunded: i64,
    /// Won of prepayments that came before they were used, less what was used of them since or went back.
    pub prepaid: i64,
    /// Each, newest first; `None` when they are more than a page shows.
    pub parts: Option<Vec<Part>>,
}

/// Walks a shop's account back from an entry to the settlement before it.
fn earned(snapshot: &mut Snapshot<'_>, account: AccountNo, from: EntryNo) -> Result<Earned, Error> {
    let mut sums = Earned::default();
    let mut parts = Vec::new();
    let mut at = from;
    while at != EntryNo(0) && parts.len() < FARTHEST {
        let entries = snapshot.statement(account, at, AT_ONCE)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            let Some(row) = snapshot.posting_alone(entry.posting)? else { continue };
            if row.kind == "settle" {
                return Ok(Earned { parts: Some(parts), ..sums });
            }
            let took = entry.debit == account;
            let change = if took { -entry.amount } else { entry.amount };
            match (&*row.kind, took) {
                // A refund whose claim is filled up again brings what was advanced of it once more.
                ("advance" | "refund", false) => sums.prepaid += entry.amount,
                // What a sale takes is what the shop had of it already.
                ("pay" | "capture" | "return-claim" | "expire-claim" | "close-claim", true) => {
                    sums.prepaid -= entry.amount;
                }
                (_, true) => sums.refunded += entry.amount,
                (_, false) => sums.sold += entry.amount,
            }
            parts.push(Part { no: row.no, at: row.at, kind: row.kind.into_owned(), change });
            at = if took { entry.debit_previous } else { entry.credit_previous };
        }
    }
    let whole = at == EntryNo(0);
    Ok(Earned { parts: whole.then_some(parts), ..sums })
}

/// Where a shop's account stands: from here what comes next is walked.
pub fn standing(books: &Books, shop: MerchantId) -> Option<(AccountNo, EntryNo)> {
    let account = books.find(&chart::payable(shop).key)?;
    Some((account, books.state(account).last))
}

/// What the next payout will be made of.
pub fn coming(snapshot: &mut Snapshot<'_>, standing: Option<(AccountNo, EntryNo)>) -> Result<Earned, Error> {
    match standing {
        Some((account, last)) => earned(snapshot, account, last),
        None => Ok(Earned { parts: Some(Vec::new()), ..Earned::default() }),
    }
}

/// A payout, opened.
#[derive(Debug)]
pub struct Opened {
    /// Its row.
    pub row: PayoutRow,
    /// When it was settled.
    pub at: Instant,
    /// What was decided.
    pub settlement: economy::facts::Settlement,
    /// What the shop had earned.
    pub earned: Earned,
}

/// A shop's payout by its posting; `None` for another's.
pub fn opened(
    snapshot: &mut Snapshot<'_>,
    shop: MerchantId,
    payable: Option<AccountNo>,
    no: PostingNo,
) -> Result<Option<Opened>, Error> {
    let row: Option<PayoutRow> = snapshot.one(PAYOUT, &[no.into()])?;
    let Some(row) = row.filter(|row| row.payee == Payee::Shop(shop).to_string()) else { return Ok(None) };
    let Some((posting, entries)) = snapshot.posting(no)? else { return Ok(None) };
    let Ok(Facts::Settle(settlement)) = Facts::read(&posting.facts) else { return Ok(None) };
    let first = payable.and_then(|account| {
        let entry = entries.iter().find(|entry| entry.debit == account)?;
        Some((account, entry.debit_previous))
    });
    let earned = coming(snapshot, first)?;
    Ok(Some(Opened { row, at: posting.at, settlement, earned }))
}
