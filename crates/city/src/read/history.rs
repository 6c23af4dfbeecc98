//! A person's history: the chains of their purses and of their claims on shops, merged into one list of postings, newest
//! first.
//!
//! A chain is walked from entry to entry, and entries are numbered in the order of postings: so of several chains
//! only the one that holds the newest entry left is ever read, and a purse that was last used years ago costs nothing
//! until the list gets there.

use std::collections::{BTreeMap, VecDeque};

use base::{EntryNo, Instant, PersonId, PostingNo};
use economy::Facts;
use economy::decide::SinceTopUp;
use economy::facts::PrepayFacts;
use ledger::{Account, AccountNo, Books, EntryRow, PostingRow, State};
use store::{Error, Snapshot};

use crate::since::{self, Look, Seen};
use crate::{Directory, Holder};

/// Entries read at once: few at first, since most pages show few.
const FIRST_CHUNK: u32 = 16;
const LARGEST_CHUNK: u32 = 1_024;

/// An account and its newest entry at some sequence. A snapshot opened after that sequence was published holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// The account.
    pub account: AccountNo,
    /// Its newest entry; 0 for none.
    pub last: EntryNo,
    /// Whether it is a claim on a shop: what is in it was prepaid, and is in no purse.
    pub prepaid: bool,
}

/// The chains of a person's purses that pass a test on the purpose's number.
pub fn chains(holder: &Holder, books: &Books, of_purpose: impl Fn(u8) -> bool) -> Vec<Chain> {
    holder
        .purses()
        .filter(|(purpose, ..)| of_purpose(*purpose))
        .map(|(.., account)| chain(books, account, false))
        .collect()
}

/// The chains a person's history is made of: all purses, and all claims on shops they hold or have held.
pub fn all_chains(directory: &Directory, books: &Books, person: PersonId) -> Vec<Chain> {
    let mut all = directory.holder(person).map(|holder| chains(holder, books, |_| true)).unwrap_or_default();
    all.extend(directory.claims(person).iter().map(|account| chain(books, *account, true)));
    all
}

fn chain(books: &Books, account: AccountNo, prepaid: bool) -> Chain {
    Chain { account, last: books.state(account).last, prepaid }
}

/// One posting, as far as it touched the person's purses and claims.
#[derive(Debug, Clone)]
pub struct Line {
    /// The posting.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// The day it counts for.
    pub day: i32,
    /// What was decided, on which facts.
    pub facts: Facts,
    /// Won that came into all purses together, or went out of them when below zero.
    pub change: i64,
    /// Won that came into what they prepaid at shops, or went out of it when below zero: in no purse, so not in
    /// [`Line::change`].
    pub prepaid: i64,
}

impl Line {
    /// Cashback that this person was granted by it, or that was taken back from them when below zero.
    pub fn cashback(&self, me: PersonId) -> i64 {
        match &self.facts {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => payment.cashback.reward,
            Facts::TopUp(top_up) => top_up.cashback.reward,
            Facts::Refund(refund) if refund.person == me => -refund.reward,
            Facts::Prepay(PrepayFacts::Bought(bought)) => bought.cashback.reward,
            // A claim that was given ends for two: who holds it gets the rest, who bought it bears the cashback as far as
            // they still have it.
            Facts::Prepay(PrepayFacts::Ended(ended)) => {
                self.change - if ended.person == me { ended.amount } else { 0 }
            }
            _ => 0,
        }
    }

    /// Won that came into the purses, or went out of them, but for cashback, gifts of it and prizes taken back: what a list
    /// shows, and what sums are made of. A prepayment went out of the purses when it was bought; what it pays later is not
    /// counted again.
    pub fn shown(&self, me: PersonId) -> i64 {
        let given = match &self.facts {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => {
                payment.gift.as_ref().map_or(0, |gift| -gift.amount)
            }
            Facts::Refund(refund) if refund.person == me => {
                let gift = refund.gift.as_ref().map_or(0, |gift| gift.back + gift.borne);
                gift - refund.prize.as_ref().map_or(0, |prize| prize.amount)
            }
            _ => 0,
        };
        self.change - self.cashback(me) - given
    }

    /// Won that went to shops: paid, reserved or prepaid; below zero where they came back.
    fn spent(&self, me: PersonId) -> i64 {
        match &self.facts {
            Facts::Pay(_)
            | Facts::Authorise(_)
            | Facts::Capture { .. }
            | Facts::Release(_)
            | Facts::Refund(_)
            | Facts::Prepay(PrepayFacts::Bought(_)) => -self.shown(me),
            // The rest of a claim that was given is a gift to who holds it.
            Facts::Prepay(PrepayFacts::Ended(ended)) if ended.buyer == ended.person => -self.shown(me),
            _ => 0,
        }
    }

    /// Whether it is paid at another time than it is used.
    fn is_ahead(&self) -> bool {
        self.prepaid != 0 || matches!(self.facts, Facts::Authorise(_))
    }
}

/// A page of the history.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// Newest first.
    pub lines: Vec<Line>,
    /// Ask with this for what is older; `None` at the end.
    pub older: Option<PostingNo>,
    /// The list ends where its older lines were disposed of: their time was over.
    pub disposed: bool,
}

/// The newest postings before one (or the newest of all), `most` at most.
pub fn lines(
    snapshot: &mut Snapshot<'_>,
    chains: &[Chain],
    before: Option<PostingNo>,
    most: usize,
) -> Result<Lines, Error> {
    let mut walk = Walk::new(chains);
    if let Some(before) = before {
        match snapshot.posting_alone(before)? {
            Some(row) => walk.pass(snapshot, row.first_entry)?,
            None => return Ok(Lines::default()),
        }
    }
    let mut lines = Vec::with_capacity(most);
    while lines.len() < most {
        match walk.step(snapshot)? {
            Some(line) => lines.push(line),
            None => break,
        }
    }
    let more = walk.has_more(snapshot)?;
    let older = lines.last().filter(|_| more).map(|line| line.no);
    Ok(Lines { lines, older, disposed: !more && walk.is_cut() })
}

/// What a person did in a stretch of days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Won that left the purses for shops, less what came back. What is reserved or prepaid counts on its day, and not again
    /// when it is used.
    pub spent: i64,
    /// Won of cashback, less what was taken back.
    pub cashback: i64,
    /// Whether anything of it was reserved or prepaid.
    pub ahead: bool,
}

/// A person's sums since a day, that day included.
pub fn since(snapshot: &mut Snapshot<'_>, me: PersonId, chains: &[Chain], day: i32) -> Result<Sums, Error> {
    let mut walk = Walk::new(chains);
    let mut sums = Sums::default();
    while let Some(line) = walk.step(snapshot)? {
        if line.day < day {
            break;
        }
        sums.spent += line.spent(me);
        sums.cashback += line.cashback(me);
        sums.ahead |= line.is_ahead();
    }
    Ok(sums)
}

/// Own money, and what stands beside it that a withdrawal is measured by, as accounts stood at one sequence. A snapshot opened
/// after that sequence was published holds all their entries.
#[derive(Debug, Clone)]
pub struct OwnMoney {
    person: PersonId,
    chains: Vec<Chain>,
    beside: BTreeMap<AccountNo, (Account, State)>,
}

impl OwnMoney {
    /// A person's own money, in these chains.
    pub fn of(person: PersonId, chains: Vec<Chain>) -> OwnMoney {
        OwnMoney { person, chains, beside: BTreeMap::new() }
    }

    /// The same as it stands by now, with these accounts beside it.
    pub fn with(mut self, beside: &[AccountNo], books: &Books) -> OwnMoney {
        self.chains.iter_mut().for_each(|chain| chain.last = books.state(chain.account).last);
        let known: Vec<AccountNo> = self.beside.keys().chain(beside).copied().collect();
        let stands = |no: AccountNo| Some((no, (*books.account(no)?, books.state(no))));
        self.beside = known.into_iter().filter_map(stands).collect();
        self
    }

    /// What a withdrawal is measured by; or accounts that have a say in it and are not known yet: claims on shops,
    /// reservations. Asked again [`OwnMoney::with`] them.
    pub fn since_last_top_up(
        &self,
        snapshot: &mut Snapshot<'_>,
    ) -> Result<Result<SinceTopUp, Vec<AccountNo>>, Error> {
        let chains: Vec<_> = self.chains.iter().map(|chain| (chain.account, chain.last)).collect();
        let mut look = Beside { snapshot, beside: &self.beside };
        let found = since::since_last_top_up(self.person, &chains, &mut look)?;
        Ok(if found.unknown.is_empty() { Ok(found.since) } else { Err(found.unknown) })
    }
}

/// Looks entries up in a snapshot, accounts among those whose state was noted.
pub(super) struct Beside<'t, 's> {
    pub(super) snapshot: &'t mut Snapshot<'s>,
    pub(super) beside: &'t BTreeMap<AccountNo, (Account, State)>,
}

impl Look for Beside<'_, '_> {
    type Error = Error;

    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, Error> {
        Seen::read(self.snapshot, no)
    }

    fn account(&mut self, no: AccountNo) -> Option<(Account, State)> {
        self.beside.get(&no).copied()
    }
}

/// So many entries are looked through for gifts, and no more.
const FARTHEST_GIFT: usize = 500_000;

/// The postings of these chains that moved money into one of the accounts `into`, newest first, back to a day.
pub fn postings_into(
    snapshot: &mut Snapshot<'_>,
    chains: &[Chain],
    into: &[AccountNo],
    day: i32,
) -> Result<Vec<PostingRow>, Error> {
    let mut found: std::collections::BTreeMap<PostingNo, PostingRow> = std::collections::BTreeMap::new();
    let mut passed = 0;
    for chain in chains {
        let mut head = Head::new(*chain);
        while let Some(entry) = head.pop(snapshot)? {
            passed += 1;
            if passed > FARTHEST_GIFT {
                break;
            }
            if entry.debit != chain.account || !into.contains(&entry.credit) {
                continue;
            }
            let Some(row) = snapshot.posting_alone(entry.posting)? else { continue };
            if row.day < day {
                break;
            }
            found.insert(row.no, row);
        }
    }
    Ok(found.into_values().rev().collect())
}

fn read(row: &PostingRow) -> Result<Facts, Error> {
    Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{}: {error}", row.no)))
}

/// One chain, read a chunk at a time.
struct Head {
    account: AccountNo,
    prepaid: bool,
    read: VecDeque<EntryRow>,
    next: EntryNo,
    chunk: u32,
    /// It went on once, to an entry that is not there any more.
    cut: bool,
}

impl Head {
    fn new(chain: Chain) -> Head {
        Head {
            account: chain.account,
            prepaid: chain.prepaid,
            read: VecDeque::new(),
            next: chain.last,
            chunk: FIRST_CHUNK,
            cut: false,
        }
    }

    /// The newest entry not passed yet; 0 at the end.
    fn position(&self) -> EntryNo {
        self.read.front().map_or(self.next, |entry| entry.no)
    }

    fn pop(&mut self, snapshot: &mut Snapshot<'_>) -> Result<Option<EntryRow>, Error> {
        self.fill(snapshot)?;
        Ok(self.read.pop_front())
    }

    /// Reads on, where all that was read is passed.
    fn fill(&mut self, snapshot: &mut Snapshot<'_>) -> Result<(), Error> {
        if self.read.is_empty() && self.next != EntryNo(0) {
            self.read = snapshot.statement(self.account, self.next, self.chunk)?.into();
            self.cut |= self.read.is_empty();
            self.chunk = (self.chunk * 4).min(LARGEST_CHUNK);
            self.next = self.read.back().map_or(EntryNo(0), |oldest| {
                if oldest.debit == self.account { oldest.debit_previous } else { oldest.credit_previous }
            });
        }
        Ok(())
    }
}

/// All chains, merged by posting.
struct Walk {
    heads: Vec<Head>,
}

impl Walk {
    fn new(chains: &[Chain]) -> Walk {
        Walk { heads: chains.iter().map(|chain| Head::new(*chain)).collect() }
    }

    /// Whether anything is left to show: what a chain names next may have been disposed of.
    fn has_more(&mut self, snapshot: &mut Snapshot<'_>) -> Result<bool, Error> {
        for head in &mut self.heads {
            head.fill(snapshot)?;
        }
        Ok(self.heads.iter().any(|head| head.position() != EntryNo(0)))
    }

    /// Whether some chain ends at what was disposed of.
    fn is_cut(&self) -> bool {
        self.heads.iter().any(|head| head.cut)
    }

    /// Leaves out this entry and all newer ones.
    fn pass(&mut self, snapshot: &mut Snapshot<'_>, from: EntryNo) -> Result<(), Error> {
        for head in &mut self.heads {
            while head.position() >= from {
                if head.pop(snapshot)?.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The newest posting left, with all its entries in these chains.
    fn step(&mut self, snapshot: &mut Snapshot<'_>) -> Result<Option<Line>, Error> {
        let first = loop {
            let newest = self.heads.iter_mut().max_by_key(|head| head.position());
            let Some(newest) = newest.filter(|head| head.position() != EntryNo(0)) else { return Ok(None) };
            // A chain whose next entry was disposed of has ended; others may have more.
            if let Some(first) = newest.pop(snapshot)? {
                break (first, newest.account, newest.prepaid);
            }
        };
        let (first, account, is_claim) = first;
        let (mut change, mut prepaid) = (0, 0);
        let mut count = |amount: i64, is_claim: bool| {
            *(if is_claim { &mut prepaid } else { &mut change }) += amount;
        };
        count(moved(&first, account), is_claim);
        let row = snapshot
            .posting_alone(first.posting)?
            .ok_or_else(|| Error::Shape(format!("{:?} belongs to no posting", first.no)))?;
        for head in &mut self.heads {
            while head.position() >= row.first_entry {
                match head.pop(snapshot)? {
                    Some(entry) => count(moved(&entry, head.account), head.prepaid),
                    None => break,
                }
            }
        }
        let facts = read(&row)?;
        Ok(Some(Line { no: row.no, at: row.at, day: row.day, facts, change, prepaid }))
    }
}

/// Purses and claims grow by credits.
fn moved(entry: &EntryRow, account: AccountNo) -> i64 {
    if entry.credit == account { entry.amount } else { -entry.amount }
}
