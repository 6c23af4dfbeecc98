//! Closing a period: a signed record of where the books and the log stood at its end. Nothing can be posted into it any
//! more (a posting counts for the day it is made on), so what is told of it stays true, and verification can start there.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base::{Date, PostingNo, day_of_date};
use ledger::{Account, AccountNo, Recount, State};
use seal::{BadNote, Frontier, Hash, Reader, Secret, Signer, VerifierKey};
use sha2::{Digest, Sha256};
use store::Snapshot;

use super::float::books_at;
use crate::disposal;
use crate::read::rehearse::journal::first_of_day;
use crate::verify::Wrong;

/// Closings' folder in the log's.
const FOLDER: &str = "closings";

/// Where books and log stood when a period ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Whose log.
    pub origin: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
    /// Its first posting.
    pub first: u64,
    /// Its last: below `first` when there was none.
    pub last: u64,
    /// The last entry, and the last posting's instant.
    pub entry: u64,
    /// See `entry`.
    pub at: i64,
    /// The root over what every account stood at.
    pub books: Hash,
    /// Won that back what is owed.
    pub backing: i64,
    /// Won owed.
    pub owed: i64,
    /// The log's right edge: its root, and all that is needed to go on from it.
    pub edge: Frontier,
    /// SHA-256 of the closing before, in hex; empty for the first.
    pub before: String,
}

/// Why a period can't be closed.
#[derive(Debug, thiserror::Error)]
pub enum CantClose {
    /// It isn't over.
    #[error("{0} is not over yet")]
    NotOver(Date),
    /// It is closed.
    #[error("all up to {0} is closed already")]
    Closed(Date),
    /// Not all of it is sealed.
    #[error(
        "{sealed} postings are sealed, and the period ends with posting {last}: the seal has to catch up first, which it does \
         while the city is served"
    )]
    Unsealed {
        /// Leaves.
        sealed: u64,
        /// The period's last posting.
        last: u64,
    },
    /// The books don't hold together.
    #[error("{backing} won back {owed} won: nothing is closed on such books")]
    Unbalanced {
        /// Won.
        backing: i64,
        /// Won.
        owed: i64,
    },
    /// The journal is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The journal can't be read.
    #[error("the journal can't be read: {0}")]
    Store(#[from] store::Error),
    /// A file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A closing that stands there isn't one of this log.
    #[error("the closing {0}: {1}")]
    Bad(PathBuf, BadNote),
    /// Nothing can be signed under this name.
    #[error("the log has no name to sign under")]
    Nameless,
}

impl Closing {
    /// Signed.
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&self.text())
    }

    /// What a note says, if the key signed it.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Closing, BadNote> {
        let text = key.open(note)?;
        Closing::read(text).filter(|closing| closing.text() == text).ok_or(BadNote::Form)
    }

    /// What a note says, whoever signed it.
    pub fn unverified(note: &str) -> Option<Closing> {
        let text = &note[..=note.rfind("\n\n")?];
        Closing::read(text).filter(|closing| closing.text() == text)
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{}/closing\nfrom {}\nuntil {}\nfirst {}\nlast {}\nentry {}\nat {}\nbooks {}\nbacking {}\nowed {}\nedge {}",
            self.origin,
            self.from,
            self.until,
            self.first,
            self.last,
            self.entry,
            self.at,
            self.books,
            self.backing,
            self.owed,
            self.edge.size()
        );
        self.edge.nodes().iter().for_each(|node| text.extend([" ", &node.base64()]));
        let before = if self.before.is_empty() { "-" } else { &self.before };
        text.extend(["\nbefore ", before, "\n"]);
        text
    }

    fn read(text: &str) -> Option<Closing> {
        let mut lines = text.lines();
        let origin = lines.next()?.strip_suffix("/closing")?.to_owned();
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let (from, until) = (field("from")?.parse().ok()?, field("until")?.parse().ok()?);
        let (first, last) = (field("first")?.parse().ok()?, field("last")?.parse().ok()?);
        let (entry, at) = (field("entry")?.parse().ok()?, field("at")?.parse().ok()?);
        let books = Hash::from_base64(field("books")?)?;
        let (backing, owed) = (field("backing")?.parse().ok()?, field("owed")?.parse().ok()?);
        let mut edge = field("edge")?.split(' ');
        let size = edge.next()?.parse().ok()?;
        let nodes = edge.map(Hash::from_base64).collect::<Option<Vec<_>>>()?;
        let edge = Frontier::from_parts(size, nodes)?;
        let before = field("before")?.trim_start_matches('-').to_owned();
        Some(Closing { origin, from, until, first, last, entry, at, books, backing, owed, edge, before })
    }
}

/// SHA-256 of a note, in hex: what the next closing names.
pub fn hash_of(note: &str) -> String {
    seal::hex(&Sha256::digest(note))
}

/// The root over all accounts that were ever moved, each with what it stood at.
pub fn books_root(accounts: &[Account], states: &[State]) -> Hash {
    let mut edge = Frontier::default();
    let mut line = String::new();
    for (no, (account, state)) in
        accounts.iter().zip(states).enumerate().filter(|(_, (_, state))| state.last.0 > 0)
    {
        line.clear();
        let key = &account.key;
        let wrote = write!(
            line,
            "{no} {} {} {} {:?} {} {} {} {}",
            key.class.0,
            key.owner,
            key.sub,
            account.side,
            account.unit.0,
            account.floor,
            state.balance,
            state.last.0
        );
        // Writing into a string doesn't fail.
        debug_assert!(wrote.is_ok());
        edge.push(Hash::leaf(line.as_bytes()), &mut |_, _| {});
    }
    edge.root()
}

/// All closings of a log's folder with their notes, the oldest first.
pub fn closings(folder: &Path, key: &VerifierKey) -> Result<Vec<(Closing, String)>, CantClose> {
    let mut all = Vec::new();
    let files = match std::fs::read_dir(folder.join(FOLDER)) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(all),
        Err(error) => return Err(error.into()),
    };
    for file in files {
        let path = file?.path();
        if path.extension().is_some_and(|kind| kind == "note") {
            let note = std::fs::read_to_string(&path)?;
            let closing = Closing::open(&note, key).map_err(|why| CantClose::Bad(path, why))?;
            all.push((closing, note));
        }
    }
    all.sort_by_key(|(closing, _)| closing.until);
    Ok(all)
}

/// The journal counted from its beginning to a posting. It begins behind what was disposed of; a posting before that is
/// gone.
pub(crate) fn counted(
    snapshot: &mut Snapshot<'_>,
    last: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<(Vec<Account>, Recount, i64), Wrong> {
    let mut accounts: Vec<Account> = Vec::new();
    snapshot.for_each_account(AccountNo(0), &mut |row| {
        accounts.push(row.account);
        Ok(())
    })?;
    let begin = disposal::begin(snapshot, &accounts)?;
    let (mut recount, mut at) = (begin.recount(accounts.clone()), begin.at());
    if last + 1 < begin.first().0 {
        return Err(Wrong::Gone { last: recount.last_posting() });
    }
    if last < begin.first().0 {
        return Ok((accounts, recount, at));
    }
    let mut found = None;
    let walked = snapshot.for_each_posting(begin.first(), Some(PostingNo(last)), &mut |posting, entries| {
        at = posting.at.0;
        if posting.no.0.is_multiple_of(10_000) {
            progress(posting.no.0);
        }
        recount.posting(&posting, entries).map_err(|difference| {
            found = Some(difference);
            store::Error::Shape("stop".into())
        })
    });
    match found {
        Some(difference) => Err(difference.into()),
        None => {
            walked?;
            Ok((accounts, recount, at))
        }
    }
}

/// What is closed, and what to sign it with.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// Its last day.
    pub until: Date,
    /// The city's day: the period is over before it.
    pub today: Date,
}

/// Closes a period that follows the last one closed: counts it, signs where it ended, and keeps that beside the log.
/// `dry`: only says what would be signed.
pub fn close(
    snapshot: &mut Snapshot<'_>,
    folder: &Path,
    secret: &Secret,
    key: &VerifierKey,
    period: Period,
    dry: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<Closing, CantClose> {
    let Period { until, today } = period;
    if until >= today {
        return Err(CantClose::NotOver(until));
    }
    let before = closings(folder, key)?.pop();
    if let Some((last, _)) = before.as_ref().filter(|(last, _)| until <= last.until) {
        return Err(CantClose::Closed(last.until));
    }
    let newest = snapshot.last_group()?.map_or(0, |group| group.last_posting);
    let last = first_of_day(snapshot, day_of_date(until) + 1, PostingNo(newest))?.0 - 1;
    let reader = Reader::of(folder);
    let sealed = reader.checkpoint(key).map_or(0, |checkpoint| checkpoint.size);
    if last > sealed {
        return Err(CantClose::Unsealed { sealed, last });
    }
    let (accounts, recount, at) = counted(snapshot, last, progress)?;
    let balances = accounts.iter().zip(recount.states()).map(|(account, state)| (account, state.balance));
    let sum = |lines: &[seal::ClassLine]| lines.iter().map(|line| line.won).sum::<i64>();
    let (backing, owed) = books_at(balances).map_or((i64::MIN, 0), |all| (sum(&all.backs), sum(&all.owes)));
    if backing != owed {
        return Err(CantClose::Unbalanced { backing, owed });
    }
    let first_day = match &before {
        Some((before, _)) => before.until.tomorrow().unwrap_or(before.until),
        None => match snapshot.posting_alone(PostingNo(1))? {
            Some(first) => base::date_of_day(first.day).min(until),
            None => until,
        },
    };
    let closing = Closing {
        origin: key.name().to_owned(),
        from: first_day,
        until,
        first: before.as_ref().map_or(1, |(before, _)| before.last + 1),
        last,
        entry: recount.last_entry().0,
        at,
        books: books_root(&accounts, recount.states()),
        backing,
        owed,
        edge: Frontier::of(&reader, last)?,
        before: before.map(|(_, note)| hash_of(&note)).unwrap_or_default(),
    };
    if !dry {
        let signer = secret.signer(key.name()).ok_or(CantClose::Nameless)?;
        std::fs::create_dir_all(folder.join(FOLDER))?;
        seal::replace(&folder.join(FOLDER).join(format!("{until}.note")), closing.sign(&signer).as_bytes())?;
    }
    Ok(closing)
}
