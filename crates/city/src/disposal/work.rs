//! The disposal, step by step. Each step can be taken again: whoever was stopped goes on where it stood.

use ::store::{Error, Snapshot};
use base::{Actor, Date, EntryNo, Instant, PostingNo};
use ledger::{Account, State};
use pen::{Failure, Recorded, Request};
use rules::Purpose;

use super::open::{self, Carried, Depends, End};
use super::stays::{self, Stays};
use super::store::{
    ANSWERS_BEFORE, AnswerRow, COUNT_LEFT, COUNT_REQUESTS, CountRow, LAST_REQUEST, LEFT, LeftRow,
};
use super::{CHUNK, base, begin, stood};
use crate::on_disposal::Run;
use crate::open::City;
use crate::retain::years_before;
use crate::sealing::CantSeal;
use crate::sealing::closing::{Closing, books_root, counted};
use crate::verify::Wrong;
use crate::{Command, OnDisposal, Reply, past};

/// Why a year can't be let go of.
#[derive(Debug, thiserror::Error)]
pub enum CantDispose {
    /// Its time isn't over.
    #[error("{until} is not {years} years ago yet: its records are kept until then")]
    NotYet {
        /// Its last day.
        until: Date,
        /// Years that records are kept.
        years: u32,
    },
    /// A later one went already.
    #[error("all up to {0} is gone already")]
    Gone(Date),
    /// The books don't give what was closed.
    #[error("what accounts stood at is not what the closing of {0} says: nothing goes on such books")]
    Books(Date),
    /// Something depends on it.
    #[error("something still depends on it")]
    Open,
    /// The log has to have what stays before anything goes.
    #[error("the city is not sealed: nothing goes that the log doesn't have")]
    NotSealed,
    /// The log.
    #[error(transparent)]
    Seal(#[from] CantSeal),
    /// The journal is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// The city's memory, or a step of it.
    #[error("{0}")]
    Stop(String),
}

/// What goes, what stays, and what still depends on it.
#[derive(Debug)]
pub struct Plan {
    /// The closing that stays.
    pub closing: Closing,
    note: String,
    /// It was begun before and has to be gone on with.
    pub begun: bool,
    /// Postings that go.
    pub postings: u64,
    /// Postings that stay for later ones' sake.
    pub stay: u64,
    /// Commands without a posting that go.
    pub requests: u64,
    /// The bank's answers whose words go.
    pub answers: Vec<String>,
    /// What still depends on it: nothing goes while there is something.
    pub depends: Vec<Depends>,
    /// What closed shops owe: it goes on from the closing.
    pub carried: Vec<Carried>,
    ready: Ready,
}

/// What the steps need.
#[derive(Debug)]
pub struct Ready {
    accounts: Vec<Account>,
    states: Vec<State>,
    memory: String,
    last_request: u64,
    stays: Stays,
}

/// A step that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Postings counted, up to this one.
    Counted(u64),
    /// What stays is kept and sealed.
    Begun(PostingNo),
    /// So many postings are gone.
    Gone(u64),
}

/// What letting go of all up to a closing would come to, and why it can't be yet.
pub fn plan(
    city: &City,
    (closing, note): (&Closing, &str),
    (today, years): (Date, u32),
    progress: &mut dyn FnMut(Step),
) -> Result<Plan, CantDispose> {
    if closing.until >= years_before(today, years) {
        return Err(CantDispose::NotYet { until: closing.until, years });
    }
    let mut outcome = Err(CantDispose::NotSealed);
    city.readers.read(|snapshot| {
        outcome = planned(city, snapshot, (closing, note), progress);
        Ok(())
    })?;
    outcome
}

fn planned(
    city: &City,
    snapshot: &mut Snapshot<'_>,
    (closing, note): (&Closing, &str),
    progress: &mut dyn FnMut(Step),
) -> Result<Plan, CantDispose> {
    let before = base(snapshot)?;
    let last = PostingNo(closing.last);
    if let Some(gone) = before.as_ref().filter(|before| before.last() > last) {
        return Err(CantDispose::Gone(gone.closing.until));
    }
    let begun = before.as_ref().is_some_and(|before| before.last() == last);
    let (accounts, recount, _) = counted(snapshot, closing.last, &mut |no| progress(Step::Counted(no)))?;
    if books_root(&accounts, recount.states()) != closing.books {
        return Err(CantDispose::Books(closing.until));
    }
    let stopped = |error: pen::Stop| CantDispose::Stop(error.to_string());
    let then = {
        let now = city.shared.read().town.clone();
        now.stood_at(snapshot, before.as_ref(), last).map_err(stopped)?
    };
    let over = over(city, closing.until);
    let (entry, states) = (EntryNo(closing.entry), recount.states());
    let cash = then.pack.purpose(Purpose::CASH).map_or(0, |purpose| purpose.number);
    let at = (&accounts[..], states, cash);
    let mut stays = stays::find(snapshot, last, at, &mut |no| progress(Step::Counted(no)))?;
    let (depends, carried) = {
        let view = city.shared.read();
        let end = End { last, entry, over, states, giving: &then.directory.giving };
        let depends = if begun { Vec::new() } else { open::find(snapshot, &view, end)? };
        (depends, open::carried(&view, entry))
    };
    for one in &carried {
        stays.postings.extend(snapshot.entry(one.entry)?.map(|entry| entry.posting));
    }
    let mut count = |sql, value: ::store::Value| {
        let row: Option<CountRow> = snapshot.one(sql, &[value])?;
        Ok::<u64, Error>(row.map_or(0, |row| row.count))
    };
    let last_request = match &before {
        Some(before) if begun => before.requests,
        _ => count(LAST_REQUEST, over.into())?,
    };
    let left = count(COUNT_LEFT, last.into())?;
    let requests = count(COUNT_REQUESTS, last_request.into())?;
    let rows: Vec<AnswerRow> = snapshot.query(ANSWERS_BEFORE, &[over.into()])?;
    let answers: Vec<String> =
        rows.into_iter().map(|row| row.answer).filter(|answer| !stays.answers.contains(answer)).collect();
    let memory = String::from_utf8(past::keep(&then))
        .map_err(|_| CantDispose::Stop("the city's memory is no text".into()))?;
    // Of what stays, some may be of a year that went before.
    let mut stay = 0;
    for no in &stays.postings {
        stay += u64::from(snapshot.posting_alone(*no)?.is_some());
    }
    let states = states.to_vec();
    Ok(Plan {
        closing: closing.clone(),
        note: note.to_owned(),
        begun,
        postings: left.saturating_sub(stay),
        stay,
        requests,
        answers,
        depends,
        carried,
        ready: Ready { accounts, states, memory, last_request, stays },
    })
}

/// The instant a day was over.
fn over(city: &City, day: Date) -> Instant {
    city.shared.read().town.zone.instant(day.tomorrow().unwrap_or(day), 0, 0)
}

fn ask(city: &City, command: OnDisposal) -> Result<Reply, CantDispose> {
    let command = Command::OnDisposal(command);
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    city.ask_waiting(request, command).map_err(|failure| match failure {
        Failure::Broken(why) => CantDispose::Stop(why),
        other => CantDispose::Stop(format!("not done: {other:?}")),
    })
}

/// Lets go of it.
pub fn dispose(city: &City, plan: &Plan, progress: &mut dyn FnMut(Step)) -> Result<(), CantDispose> {
    if !plan.depends.is_empty() {
        return Err(CantDispose::Open);
    }
    let sealing = city.sealing().ok_or(CantDispose::NotSealed)?;
    let last = PostingNo(plan.closing.last);
    if !plan.begun {
        keep(city, plan, last)?;
    }
    // What stays is in the log before anything goes, and it is what the closing says.
    let said = checked(city, &plan.ready.accounts)?;
    sealing.catch_up(said)?;
    progress(Step::Begun(said));
    forget(city, &plan.ready.stays, last, progress)?;
    for part in plan.answers.chunks(256).chain(plan.answers.is_empty().then_some(&[][..])) {
        ask(city, OnDisposal::Clear { answers: part.to_vec() })?;
    }
    for accounts in stretches(plan.ready.accounts.len()) {
        ask(city, OnDisposal::Drop { accounts })?;
    }
    Ok(())
}

/// Accounts, some at a time.
fn stretches(accounts: usize) -> impl Iterator<Item = (u32, u32)> {
    let count = u32::try_from(accounts).unwrap_or(u32::MAX);
    (0..count).step_by(CHUNK as usize).map(|first| (first, first.saturating_add(CHUNK - 1)))
}

/// Keeps what stays.
fn keep(city: &City, plan: &Plan, last: PostingNo) -> Result<(), CantDispose> {
    let Ready { accounts, states, memory, last_request, .. } = &plan.ready;
    for (first, upto) in stretches(accounts.len()) {
        let part = states.iter().enumerate().skip(first as usize).take(CHUNK as usize);
        let moved = part.filter(|(_, state)| state.last.0 > 0);
        let number = |no: usize| u32::try_from(no).unwrap_or(u32::MAX);
        let states = moved.map(|(no, state)| (number(no), state.balance, state.last.0)).collect();
        ask(city, OnDisposal::Stand { upto: last, accounts: (first, upto), states })?;
    }
    let kept = city.readers.read(|snapshot| stood(snapshot, last, accounts.len()))?;
    if books_root(accounts, &kept) != plan.closing.books {
        return Err(CantDispose::Books(plan.closing.until));
    }
    let (closing, requests, memory) = (plan.note.clone(), *last_request, memory.clone());
    match ask(city, OnDisposal::Begin { closing, requests, memory })? {
        Reply::Done { recorded: Recorded::Posting(_), .. } => Ok(()),
        other => Err(CantDispose::Stop(format!("an unexpected answer: {other:?}"))),
    }
}

/// What stands at the journal's beginning holds together. Gives the posting that says so.
fn checked(city: &City, accounts: &[Account]) -> Result<PostingNo, CantDispose> {
    let mut outcome = Err(CantDispose::NotSealed);
    city.readers.read(|snapshot| {
        outcome = begin(snapshot, accounts)
            .map_err(CantDispose::from)
            .and_then(|begun| begun.base.map(|base| base.posting).ok_or(CantDispose::NotSealed));
        Ok(())
    })?;
    outcome
}

/// Postings go, some at a time, but for those that stay.
fn forget(
    city: &City,
    stays: &Stays,
    last: PostingNo,
    progress: &mut dyn FnMut(Step),
) -> Result<(), CantDispose> {
    let (mut next, mut gone) = (PostingNo(1), 0);
    loop {
        let rows: Vec<LeftRow> =
            city.readers.read(|snapshot| snapshot.query(LEFT, &[next.into(), last.into(), CHUNK.into()]))?;
        let Some(end) = rows.last() else { return Ok(()) };
        next = PostingNo(end.no.0 + 1);
        let runs = runs(rows.iter().filter(|row| !stays.postings.contains(&row.no)));
        if runs.is_empty() {
            continue;
        }
        gone += runs.iter().map(|run| run.postings.1 - run.postings.0 + 1).sum::<u64>();
        ask(city, OnDisposal::Forget { runs })?;
        progress(Step::Gone(gone));
    }
}

/// Rows in a row, together.
fn runs<'a>(rows: impl Iterator<Item = &'a LeftRow>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for row in rows {
        let no = row.no.0;
        let (first, end) = (row.first_entry.0, row.first_entry.0 + u64::from(row.entries.max(1)) - 1);
        match runs.last_mut() {
            Some(run) if run.postings.1 + 1 == no && run.entries.1 + 1 == first => {
                (run.postings.1, run.entries.1) = (no, end);
            }
            _ => runs.push(Run { postings: (no, no), entries: (first, end) }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_runs_and_what_stays_parts_them() {
        let row = |no, first, entries| LeftRow { no: PostingNo(no), first_entry: EntryNo(first), entries };
        let rows = [row(1, 1, 2), row(2, 3, 1), row(4, 6, 3), row(5, 9, 1)];
        let found = runs(rows.iter());
        assert_eq!(
            found,
            [Run { postings: (1, 2), entries: (1, 3) }, Run { postings: (4, 5), entries: (6, 9) },]
        );
        assert!(runs(std::iter::empty()).is_empty());
    }
}
