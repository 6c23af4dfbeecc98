//! Auditing a pack: everything in it counted and decided again, from it alone.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use base::{Date, PostingNo, day_of_date};
use economy::Class;
use ledger::{Account, Difference, Recount, State};
use seal::{
    BadNote, Checkpoint, Frontier, Hash, Sealed, Statement, VerifierKey, verify_consistency, verify_inclusion,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::bank::{self, Banked, NotBanked};
use super::lines::{AccountLine, LinkLine, Manifest, PostingLine, StateLine};
use super::ruled::{Ruled, Undecided};
use super::{
    ACCOUNTS, BEFORE, CHECKPOINT, CLOSING, CONSISTENCY, EARLIER, FLOAT, FORMAT, JOURNAL, MANIFEST, STATES,
};
use crate::read::rehearse::journal::{Names, deed_of};
use crate::read::rehearse::{Case, Deed, Draft, replay};
use crate::sealing::closing::{Closing, books_root, hash_of};
use crate::sealing::float::books_at;

/// What was audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The city.
    pub city: String,
    /// Where the period ended.
    pub closing: Closing,
    /// Postings counted.
    pub postings: u64,
    /// Payments whose cashback was decided again.
    pub payments: i64,
    /// Postings decided again, to the leg.
    pub decided: u64,
    /// All others, with the reason: their legs are counted, and nothing is said of whether the rules give them.
    pub undecided: Vec<Undecided>,
    /// What was held against the bank's files; `None` where the pack has none.
    pub banked: Option<Banked>,
    /// Statements compared with the books.
    pub statements: u64,
}

/// The first thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum NotAudited {
    /// A file can't be read.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// A file isn't what the manifest says.
    #[error("{0} is not the file that was written")]
    File(String),
    /// A file is not of its form.
    #[error("{0}, line {1}: not of the form it should be")]
    Form(String, u64),
    /// A note isn't signed by the key.
    #[error("{0}: {1}")]
    Note(String, BadNote),
    /// The journal is wrong.
    #[error(transparent)]
    Difference(#[from] Difference),
    /// A posting isn't what was sealed, or not of the period.
    #[error("posting {0}: {1}")]
    Posting(PostingNo, &'static str),
    /// What was closed isn't what comes out.
    #[error("{0} is not what the closing says")]
    Closing(&'static str),
    /// The checkpoint doesn't go on from the closing.
    #[error("the log's checkpoint does not go on from the closing")]
    Checkpoint,
    /// A cashback isn't what the rules give.
    #[error(
        "posting {no}: {recorded} won of cashback are recorded, the rules give {again} ({count} such in all)"
    )]
    Cashback {
        /// The first of them.
        no: PostingNo,
        /// Won.
        recorded: i64,
        /// Won.
        again: i64,
        /// How many.
        count: u64,
    },
    /// A statement isn't what the books give.
    #[error("the statement of {0} is not what the books give")]
    Statement(Date),
    /// The rules refuse what was posted.
    #[error("posting {no}: the rules refuse it ({code})")]
    Refused {
        /// Which.
        no: PostingNo,
        /// The refusal's code.
        code: &'static str,
    },
    /// A leg isn't what the rules give.
    #[error("posting {no}: {recorded} won went from {from} to {to}, the rules give {again}")]
    Leg {
        /// Which posting.
        no: PostingNo,
        /// The class debited.
        from: &'static str,
        /// The class credited.
        to: &'static str,
        /// Won.
        recorded: i64,
        /// Won.
        again: i64,
    },
    /// What was paid out, what the bank was told and what it said don't fit together.
    #[error(transparent)]
    Bank(#[from] NotBanked),
    /// A pack of rules isn't the one its hash says.
    #[error("pack {0} is not the one its hash says, or can't be read")]
    Pack(u32),
}

/// Reads the lines of a file.
pub(super) fn lines<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
    each: &mut dyn FnMut(T) -> Result<(), NotAudited>,
) -> Result<(), NotAudited> {
    let io = |error| NotAudited::Io(name.to_owned(), error);
    let file = BufReader::new(File::open(folder.join(name)).map_err(io)?);
    for (number, line) in (1..).zip(file.lines()) {
        let line = serde_json::from_str(&line.map_err(io)?);
        each(line.map_err(|_| NotAudited::Form(name.to_owned(), number))?)?;
    }
    Ok(())
}

fn text(folder: &Path, name: &str) -> Result<String, NotAudited> {
    std::fs::read_to_string(folder.join(name)).map_err(|error| NotAudited::Io(name.to_owned(), error))
}

/// Every file is the one that was written.
fn manifest(folder: &Path) -> Result<Manifest, NotAudited> {
    let form = || NotAudited::Form(MANIFEST.into(), 1);
    let manifest: Manifest = serde_json::from_str(&text(folder, MANIFEST)?).map_err(|_| form())?;
    if manifest.format != FORMAT {
        return Err(form());
    }
    for file in &manifest.files {
        if file.name.split('/').any(|part| part == ".." || part.is_empty()) {
            return Err(form());
        }
        let io = |error| NotAudited::Io(file.name.clone(), error);
        let mut hash = Sha256::new();
        let mut read = File::open(folder.join(&file.name)).map_err(io)?;
        let bytes = std::io::copy(&mut read, &mut hash).map_err(io)?;
        if bytes != file.bytes || seal::hex(&hash.finalize()) != file.sha256 {
            return Err(NotAudited::File(file.name.clone()));
        }
    }
    Ok(manifest)
}

fn closing(folder: &Path, name: &str, key: &VerifierKey) -> Result<(Closing, String), NotAudited> {
    let note = text(folder, name)?;
    let closing = Closing::open(&note, key).map_err(|why| NotAudited::Note(name.into(), why))?;
    Ok((closing, note))
}

/// The walk through the period.
struct Walk {
    accounts: Vec<Account>,
    recount: Recount,
    edge: Frontier,
    sealed: Sealed,
    names: Names,
    deeds: Vec<Deed>,
    ruled: Ruled,
    statements: HashMap<u64, Vec<(Date, Statement)>>,
    compared: u64,
}

/// Audits a pack, believing a key.
pub fn audit(folder: &Path, key: &VerifierKey, progress: &mut dyn FnMut(u64)) -> Result<Audited, NotAudited> {
    let manifest = manifest(folder)?;
    let (closing, _) = closing(folder, CLOSING, key)?;
    let before = match closing.before.as_str() {
        "" => None,
        hash => {
            let (before, note) = self::closing(folder, BEFORE, key)?;
            let follows = hash_of(&note) == hash && before.last + 1 == closing.first;
            Some(before).filter(|_| follows).ok_or(NotAudited::Closing("the closing before it")).map(Some)?
        }
    };
    let mut walk = Walk::begin(folder, key, before.as_ref())?;
    let earlier = walk.earlier(folder, before.as_ref())?;
    let mut count = 0;
    lines(folder, JOURNAL, &mut |line: PostingLine| {
        count += 1;
        if count % 10_000 == 0 {
            progress(count);
        }
        walk.posting(line, &closing)
    })?;
    walk.end(&closing)?;
    checkpoint(folder, key, &closing)?;
    let banked = match manifest.bank {
        true => Some(bank::check(folder, &manifest, &walk.ruled)?),
        false => None,
    };
    let (decided, undecided, statements) = (walk.ruled.decided, walk.ruled.undecided(), walk.compared);
    let payments = walk.cashback(&closing, earlier)?;
    Ok(Audited {
        city: manifest.city,
        postings: count,
        payments,
        decided,
        undecided,
        banked,
        statements,
        closing,
    })
}

/// The log went on from where the period ended.
fn checkpoint(folder: &Path, key: &VerifierKey, closing: &Closing) -> Result<(), NotAudited> {
    let note = text(folder, CHECKPOINT)?;
    let newer = Checkpoint::open(&note, key).map_err(|why| NotAudited::Note(CHECKPOINT.into(), why))?;
    let proof: Vec<String> = serde_json::from_str(&text(folder, CONSISTENCY)?)
        .map_err(|_| NotAudited::Form(CONSISTENCY.into(), 1))?;
    let proof: Option<Vec<Hash>> = proof.iter().map(|hash| Hash::from_base64(hash)).collect();
    let proof = proof.ok_or_else(|| NotAudited::Form(CONSISTENCY.into(), 1))?;
    let (then, now) = ((closing.last, closing.edge.root()), (newer.size, newer.root));
    let goes_on = newer.origin == closing.origin && verify_consistency(then, now, &proof);
    if goes_on { Ok(()) } else { Err(NotAudited::Checkpoint) }
}

impl Walk {
    /// Stands where the period before ended.
    fn begin(folder: &Path, key: &VerifierKey, before: Option<&Closing>) -> Result<Walk, NotAudited> {
        let mut accounts = Vec::new();
        lines(folder, ACCOUNTS, &mut |line: AccountLine| {
            let form = NotAudited::Form(ACCOUNTS.into(), accounts.len() as u64 + 1);
            accounts.push(line.account().ok_or(form)?);
            Ok(())
        })?;
        let mut states = vec![State::default(); accounts.len()];
        lines(folder, STATES, &mut |line: StateLine| {
            let form = NotAudited::Form(STATES.into(), u64::from(line.0));
            *states.get_mut(line.0 as usize).ok_or(form)? = line.state();
            Ok(())
        })?;
        let begins = before.map_or(Hash::empty(), |before| before.books);
        if books_root(&accounts, &states) != begins {
            return Err(NotAudited::Closing("what accounts stood at when the period began"));
        }
        let stood = before.map_or((PostingNo(0), base::EntryNo(0), i64::MIN), |before| {
            (PostingNo(before.last), base::EntryNo(before.entry), before.at)
        });
        let (mut wanted, mut withdraw) = (HashSet::new(), HashSet::new());
        lines(folder, JOURNAL, &mut |line: LinkLine| {
            wanted.extend((line.reverses > 0).then_some(PostingNo(line.reverses)));
            withdraw.extend(line.withdraws());
            Ok(())
        })?;
        Ok(Walk {
            ruled: Ruled::new(folder, &accounts, (wanted, &withdraw), before.is_none())?,
            recount: Recount::resumed(accounts.clone(), states, stood),
            accounts,
            edge: before.map(|before| before.edge.clone()).unwrap_or_default(),
            sealed: Sealed::default(),
            names: Names::default(),
            deeds: Vec::new(),
            statements: statements(folder, key)?,
            compared: 0,
        })
    }

    fn posting(&mut self, line: PostingLine, closing: &Closing) -> Result<(), NotAudited> {
        let form = || NotAudited::Form(JOURNAL.into(), 0);
        let seed = Zeroizing::new(seal::from_hex(&line.seed).ok_or_else(form)?);
        let (posting, entries) = line.rows().ok_or_else(form)?;
        let no = posting.no;
        let again = self.ruled.posting(&posting, &entries, &self.accounts, self.recount.states());
        self.recount.posting(&posting, &entries)?;
        again.map_err(|broken| broken.at(no))?;
        let commitment = self.sealed.commit(&seed, &posting, &entries);
        self.edge.push(Hash::leaf(&commitment), &mut |_, _| {});
        let days = day_of_date(closing.from)..=day_of_date(closing.until);
        if !days.contains(&posting.day) {
            return Err(NotAudited::Posting(no, "of another period"));
        }
        let deed = deed_of(&posting, &mut self.names, false);
        self.deeds.extend(deed.map_err(|_| NotAudited::Posting(no, "its facts can't be read"))?);
        if let Some(stated) = self.statements.remove(&no.0) {
            self.compare(stated)?;
        }
        Ok(())
    }

    /// Statements made at this posting are what the books give.
    fn compare(&mut self, stated: Vec<(Date, Statement)>) -> Result<(), NotAudited> {
        let balances =
            self.accounts.iter().zip(self.recount.states()).map(|(one, state)| (one, state.balance));
        let all = books_at(balances);
        for (day, statement) in stated {
            let same = all.as_ref().is_some_and(|all| {
                all.owes == statement.owes
                    && all.backs == statement.backs
                    && all.advances == statement.advances
            });
            if !same || statement.log != self.edge.root() {
                return Err(NotAudited::Statement(day));
            }
            self.compared += 1;
        }
        Ok(())
    }

    fn end(&self, closing: &Closing) -> Result<(), NotAudited> {
        let wrong = |what| Err(NotAudited::Closing(what));
        if self.recount.last_posting().0 != closing.last || self.recount.last_entry().0 != closing.entry {
            return wrong("the last posting");
        }
        if self.edge != closing.edge {
            return wrong("the log's root");
        }
        if books_root(&self.accounts, self.recount.states()) != closing.books {
            return wrong("what accounts stood at in the end");
        }
        let balances =
            self.accounts.iter().zip(self.recount.states()).map(|(one, state)| (one, state.balance));
        let sum = |lines: &[seal::ClassLine]| lines.iter().map(|line| line.won).sum::<i64>();
        match books_at(balances).map(|all| (sum(&all.backs), sum(&all.owes))) {
            Some(sides) if sides == (closing.backing, closing.owed) && sides.0 == sides.1 => Ok(()),
            _ => wrong("the float"),
        }
    }

    /// Older postings that the period refers to: each stands in the log as it was when the period began.
    fn earlier(&mut self, folder: &Path, before: Option<&Closing>) -> Result<Vec<Deed>, NotAudited> {
        let mut earlier = Vec::new();
        lines(folder, EARLIER, &mut |line: PostingLine| {
            let form = || NotAudited::Form(EARLIER.into(), 0);
            let path: Option<Vec<Hash>> = line.path.iter().map(|hash| Hash::from_base64(hash)).collect();
            let (path, seed) = path.zip(seal::from_hex(&line.seed)).ok_or_else(form)?;
            let (posting, entries) = line.rows().ok_or_else(form)?;
            let leaf = Hash::leaf(&self.sealed.commit(&Zeroizing::new(seed), &posting, &entries));
            let stood = before.map(|before| (before.last, before.edge.root()));
            let proved = stood
                .zip(posting.no.0.checked_sub(1))
                .is_some_and(|((size, root), index)| verify_inclusion(leaf, index, size, &path, root));
            if !proved {
                return Err(NotAudited::Posting(
                    posting.no,
                    "an earlier posting that was not sealed like this",
                ));
            }
            self.ruled.earlier(&posting, &entries, &self.accounts);
            let deed = deed_of(&posting, &mut self.names, true);
            earlier.extend(deed.map_err(|_| NotAudited::Posting(posting.no, "its facts can't be read"))?);
            Ok(())
        })?;
        self.ruled.begin(&self.accounts, self.recount.states());
        Ok(earlier)
    }

    /// Every cashback, decided again under the rules of its day.
    fn cashback(mut self, closing: &Closing, earlier: Vec<Deed>) -> Result<i64, NotAudited> {
        let metered = |account: &Account| {
            matches!(Class::numbered(account.key.class), Some(Class::Meter | Class::BudgetLeft))
        };
        let end = self.accounts.iter().zip(self.recount.states()).filter(|(account, _)| metered(account));
        let case = Case {
            sales: self.ruled.sales(),
            packs: std::mem::take(&mut self.ruled.packs),
            names: std::mem::take(&mut self.names.list),
            earlier,
            deeds: std::mem::take(&mut self.deeds),
            end: end.map(|(account, state)| (account.key, state.balance)).collect(),
            from: day_of_date(closing.from),
        };
        let outcome = replay(case, &Draft::default());
        match outcome.first {
            None => Ok(outcome.payments),
            Some(first) => Err(NotAudited::Cashback {
                no: first.no,
                recorded: first.recorded,
                again: first.again,
                count: outcome.differences,
            }),
        }
    }
}

/// The period's statements, by the posting each was made at.
fn statements(folder: &Path, key: &VerifierKey) -> Result<HashMap<u64, Vec<(Date, Statement)>>, NotAudited> {
    let mut all: HashMap<u64, Vec<(Date, Statement)>> = HashMap::new();
    for day in crate::sealing::stated_in(folder) {
        let name = format!("{FLOAT}/{day}.note");
        let note = text(folder, &name)?;
        let statement = Statement::open(&note, key).map_err(|_| NotAudited::Statement(day))?;
        all.entry(statement.posting).or_default().push((day, statement));
    }
    Ok(all)
}
