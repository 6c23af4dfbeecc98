//! Letting go of years whose time is over, carried out: see [`crate::disposal`] for the order of its steps.

use base::{PostingNo, day_of_date};
use economy::facts::Disposed;
use economy::{Facts, decide};
use pen::{Recorded, Stop};

use super::note;
use crate::disposal::store::{
    CLEAR_STOOD, DELETE_ENTRIES, DELETE_FILES, DELETE_LINES, DELETE_PAYOUTS, DELETE_POSTINGS,
    DELETE_REQUESTS, DELETE_TEXTS, DISPOSAL, DROP_OTHERS, DisposalRow, EMPTY_EARLIER, INSERT_DISPOSAL,
    INSERT_STOOD,
};
use crate::disposal::{Base, hash_of_memory};
use crate::memory::{CityMemory, CityTurn};
use crate::on_disposal::Run;
use crate::sealing::closing::{Closing, hash_of};
use crate::{OnDisposal, Reply};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnDisposal,
) -> Result<Reply, Stop> {
    match command {
        OnDisposal::Stand { upto, accounts, states } => stand(city, turn, (*upto, *accounts), states),
        OnDisposal::Begin { closing, requests, memory } => begin(city, turn, closing, (*requests, memory)),
        OnDisposal::Forget { runs } => forget(city, turn, runs),
        OnDisposal::Clear { answers } => clear(city, turn, answers),
        OnDisposal::Drop { accounts } => drop_others(city, turn, *accounts),
    }
}

fn broken(why: &str) -> Stop {
    Stop::Broken(why.to_owned())
}

/// The last posting that was disposed of.
fn last(city: &CityMemory) -> Result<PostingNo, Stop> {
    city.open.disposed.map(|disposed| disposed.last).ok_or_else(|| broken("nothing was disposed of"))
}

fn done(turn: &mut CityTurn<'_>, done: usize) -> Reply {
    note(turn, "dispose", Facts::Batch { done: u32::try_from(done).unwrap_or(u32::MAX), next: None })
}

fn stand(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (upto, (first, last)): (PostingNo, (u32, u32)),
    states: &[(u32, i64, u64)],
) -> Result<Reply, Stop> {
    if city.open.disposed.is_some_and(|disposed| upto <= disposed.last) {
        return Err(broken("what stands for a disposal is never written anew"));
    }
    turn.write(CLEAR_STOOD, vec![upto.into(), first.into(), last.into()]);
    for (account, balance, entry) in states {
        turn.write(INSERT_STOOD, vec![upto.into(), (*account).into(), (*balance).into(), (*entry).into()]);
    }
    Ok(done(turn, states.len()))
}

fn begin(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    note: &str,
    (requests, memory): (u64, &str),
) -> Result<Reply, Stop> {
    let closing = Closing::unverified(note).ok_or_else(|| broken("a disposal without a closing"))?;
    let before = city.open.disposed.map_or(PostingNo(0), |disposed| disposed.last);
    let count = closing.last.saturating_sub(before.0);
    if count == 0 || closing.last > turn.books().last_posting().0 {
        return Err(broken("a closing that nothing goes by"));
    }
    let decision = decide::dispose(Disposed {
        until: closing.until.to_string(),
        last: closing.last,
        count: count.cast_signed(),
        closing: hash_of(note),
        memory: hash_of_memory(requests, memory),
    });
    let reply = city.post(turn, decision)?;
    let Reply::Done { recorded: Recorded::Posting(posting), .. } = &reply else {
        return Err(broken("a disposal without a posting"));
    };
    let upto = PostingNo(closing.last);
    turn.write(EMPTY_EARLIER, vec![upto.into()]);
    turn.write(
        INSERT_DISPOSAL,
        vec![
            upto.into(),
            day_of_date(closing.until).into(),
            requests.into(),
            note.into(),
            memory.into(),
            (*posting).into(),
        ],
    );
    let (note, memory) = (note.to_owned(), memory.to_owned());
    let base = Base { note, closing, requests, memory, posting: *posting };
    city.put_disposed(turn, base.disposed());
    Ok(reply)
}

fn forget(city: &CityMemory, turn: &mut CityTurn<'_>, runs: &[Run]) -> Result<Reply, Stop> {
    let last = last(city)?;
    let mut count = 0;
    for run in runs {
        let (first, upto) = run.postings;
        if upto > last.0 {
            return Err(broken("postings whose time is not over"));
        }
        count += upto.saturating_sub(first) + 1;
        turn.write(DELETE_ENTRIES, vec![run.entries.0.into(), run.entries.1.into()]);
        turn.write(DELETE_POSTINGS, vec![first.into(), upto.into()]);
        turn.write(DELETE_PAYOUTS, vec![first.into(), upto.into()]);
    }
    Ok(done(turn, usize::try_from(count).unwrap_or(usize::MAX)))
}

/// The commands without a posting, and what the bank was told and said.
fn clear(city: &CityMemory, turn: &mut CityTurn<'_>, answers: &[String]) -> Result<Reply, Stop> {
    last(city)?;
    let row = turn.query::<DisposalRow>(DISPOSAL, &[])?.into_iter().next();
    let row = row.ok_or_else(|| broken("nothing was disposed of"))?;
    turn.write(DELETE_REQUESTS, vec![row.requests.into()]);
    turn.write(DELETE_FILES, vec![row.until.into()]);
    for answer in answers {
        // The parts of an answer are its hash and their numbers: `/` is the letter before `0`.
        turn.write(DELETE_TEXTS, vec![format!("{answer}/").into(), format!("{answer}0").into()]);
        turn.write(DELETE_LINES, vec![answer.as_str().into()]);
    }
    Ok(done(turn, answers.len()))
}

fn drop_others(city: &CityMemory, turn: &mut CityTurn<'_>, (first, upto): (u32, u32)) -> Result<Reply, Stop> {
    let last = last(city)?;
    turn.write(DROP_OTHERS, vec![last.into(), first.into(), upto.into()]);
    Ok(done(turn, 0))
}
