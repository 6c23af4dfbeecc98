//! The proof of the float: each night what the city owes against what backs it, from the books at one posting, signed;
//! and for each holder the proof that their own sum is in it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use base::{Date, Instant};
use economy::Class;
use economy::chart::float_sides;
use ledger::{Account, Owner};
use pen::Shared;
use seal::{ClassLine, FloatProof, Owed, Secret, Statement, SumTree, build};
use store::Snapshot;

use super::closing::counted;
use super::{CantSeal, Sealing};
use crate::CityView;
use crate::verify::Wrong;

/// Statements' folder in the log's.
const FOLDER: &str = "float";
/// Nights whose trees are kept: of older ones the statement stays, and what was proved stays proved.
const TREES: usize = 3;
/// The class of prepayments passed on to shops: told one by one.
const ADVANCE: &str = "shop.advance";

/// Why no statement can be made.
#[derive(Debug, thiserror::Error)]
pub enum CantState {
    /// The seal.
    #[error(transparent)]
    Seal(#[from] CantSeal),
    /// What can't be stated without being untrue.
    #[error("the books do not hold together, so no statement is signed: {0}")]
    Untrue(#[from] seal::BadStatement),
    /// Something owed is below zero, or too much for any number.
    #[error("what is owed is no sum: an account is below zero")]
    NoSum,
    /// A file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A statement that was signed can't be read any more.
    #[error("the statement of {0} can't be read")]
    Unreadable(Date),
}

/// What a statement is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Recomputed {
    pub owes: Vec<ClassLine>,
    pub backs: Vec<ClassLine>,
    pub advances: Vec<(String, i64)>,
    owed: Vec<Owed>,
}

/// Adds up the books: by class, by holder, and advances one by one.
pub(super) fn books_at<'a>(accounts: impl Iterator<Item = (&'a Account, i64)>) -> Option<Recomputed> {
    let (backing, owing) = float_sides();
    let lines = |classes: &[Class]| {
        let line = |class: &Class| ClassLine { class: class.code().to_owned(), accounts: 0, won: 0 };
        classes.iter().map(line).collect::<Vec<_>>()
    };
    let (mut owes, mut backs) = (lines(owing), lines(backing));
    let mut holders: HashMap<(Owner, &'static str), u64> = HashMap::new();
    let mut advances: HashMap<Owner, i64> = HashMap::new();
    for (account, balance) in accounts {
        let Some(class) = Class::numbered(account.key.class).filter(|_| balance != 0) else { continue };
        let list = if let Some(at) = owing.iter().position(|one| *one == class) {
            let whose = match account.key.owner {
                Owner::None => (Owner::None, class.code()),
                owner => (owner, ""),
            };
            let sum = holders.entry(whose).or_default();
            *sum = sum.checked_add(u64::try_from(balance).ok()?)?;
            &mut owes[at]
        } else if let Some(at) = backing.iter().position(|one| *one == class) {
            if class.code() == ADVANCE {
                *advances.entry(account.key.owner).or_default() += balance;
            }
            &mut backs[at]
        } else {
            continue;
        };
        list.accounts += 1;
        list.won = list.won.checked_add(balance)?;
    }
    let who = |(owner, class): (Owner, &str)| match owner {
        Owner::None => class.to_owned(),
        owner => owner.to_string(),
    };
    let mut owed: Vec<Owed> = holders.into_iter().map(|(whose, won)| Owed { who: who(whose), won }).collect();
    owed.sort_unstable_by(|a, b| a.who.cmp(&b.who));
    let mut advances: Vec<(String, i64)> =
        advances.into_iter().map(|(owner, won)| (owner.to_string(), won)).collect();
    advances.sort_unstable();
    Some(Recomputed { owes, backs, advances, owed })
}

/// Days with a statement in a log's folder, the newest first.
pub fn stated_in(folder: &Path) -> Vec<Date> {
    let Ok(files) = std::fs::read_dir(folder.join(FOLDER)) else { return Vec::new() };
    let day = |name: &str| name.strip_suffix(".note")?.parse().ok();
    let mut days: Vec<Date> = files.filter_map(|file| day(file.ok()?.file_name().to_str()?)).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days
}

impl Sealing {
    fn statements(&self) -> PathBuf {
        self.folder.join(FOLDER)
    }

    fn note_file(&self, day: Date) -> PathBuf {
        self.statements().join(format!("{day}.note"))
    }

    fn tree_file(&self, day: Date) -> PathBuf {
        self.statements().join(format!("{day}.tree"))
    }

    /// Days with a statement, the newest first.
    pub fn stated(&self) -> Vec<Date> {
        stated_in(&self.folder)
    }

    /// A day's signed statement.
    pub fn statement_note(&self, day: Date) -> std::io::Result<Option<String>> {
        match std::fs::read_to_string(self.note_file(day)) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A day's statement.
    pub fn statement(&self, day: Date) -> Result<Option<Statement>, CantState> {
        let Some(note) = self.statement_note(day)? else { return Ok(None) };
        let read = Statement::signed(&note, &self.key).ok().flatten();
        read.map(Some).ok_or(CantState::Unreadable(day))
    }

    /// Makes a day's statement from the books as they are, unless there is one. True when it was made now.
    pub fn state(&self, shared: &Shared<CityView>, day: Date, now: Instant) -> Result<bool, CantState> {
        let _one = self.stating.lock().unwrap_or_else(PoisonError::into_inner);
        if self.note_file(day).exists() {
            return Ok(false);
        }
        // A copy of a few flat arrays: the pen doesn't wait while it is added up.
        let (books, sequence) = {
            let view = shared.read();
            (view.books.clone(), view.sequence)
        };
        let posting = books.last_posting();
        self.catch_up(posting)?;
        let all = books_at(books.iter().map(|(_, account, state)| (account, state.balance)));
        let all = all.ok_or(CantState::NoSum)?;
        drop(books);
        std::fs::create_dir_all(self.statements())?;
        let key = self.secret.float_key(posting.0);
        let sums = build(&key, &all.owed, &self.tree_file(day))?.ok_or(CantState::NoSum)?;
        let log = self.root(posting.0)?;
        let origin = self.key.name().to_owned();
        let statement = Statement {
            origin,
            day: day.to_string(),
            at: now.rfc3339(),
            sequence,
            posting: posting.0,
            log,
            owes: all.owes,
            backs: all.backs,
            advances: all.advances,
            sums,
        };
        statement.consistent()?;
        let signer = self.secret.signer(self.key.name());
        let signer = signer.ok_or_else(|| CantSeal::Origin(self.key.name().to_owned()))?;
        let note = statement.sign(&signer);
        seal::replace(&self.note_file(day), note.as_bytes())?;
        for old in self.stated().into_iter().skip(TREES) {
            match std::fs::remove_file(self.tree_file(old)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(true)
    }

    /// The proof that somebody's sum is in the newest statement; `None` when nothing was owed to them, or there is none.
    pub fn prove_sum(&self, who: &str) -> Result<Option<FloatProof>, CantState> {
        let Some(day) = self.stated().first().copied() else { return Ok(None) };
        let Some(note) = self.statement_note(day)? else { return Ok(None) };
        let statement = Statement::signed(&note, &self.key).ok().flatten();
        let statement = statement.ok_or(CantState::Unreadable(day))?;
        let key = self.secret.float_key(statement.posting);
        let tree = SumTree::of(&self.tree_file(day), statement.sums.leaves);
        Ok(tree.prove(&key, who, &note)?)
    }
}

/// Why a statement isn't what the journal gives.
#[derive(Debug, thiserror::Error)]
pub enum NotStated {
    /// The journal itself is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// Another class, holder or advance comes out.
    #[error("the journal gives another {0} than was stated")]
    Other(&'static str),
    /// A file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Counts the journal again, from its beginning or from what was kept when years were disposed of, up to the statement's posting, and makes the statement's numbers and its tree anew.
pub fn recompute(
    snapshot: &mut Snapshot<'_>,
    statement: &Statement,
    secret: &Secret,
    folder: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), NotStated> {
    let (accounts, recount, _) = counted(snapshot, statement.posting, progress)?;
    let balances = accounts.iter().zip(recount.states()).map(|(account, state)| (account, state.balance));
    let all = books_at(balances).ok_or(NotStated::Other("sum"))?;
    if all.owes != statement.owes || all.backs != statement.backs {
        return Err(NotStated::Other("sum of a class"));
    }
    if all.advances != statement.advances {
        return Err(NotStated::Other("list of advances"));
    }
    let file = folder.join("recomputed.tree");
    let sums = build(&secret.float_key(statement.posting), &all.owed, &file)?;
    std::fs::remove_file(&file)?;
    if sums == Some(statement.sums) { Ok(()) } else { Err(NotStated::Other("tree of sums")) }
}
