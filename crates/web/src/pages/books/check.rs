//! Everything counted again from the journal, on a thread of its own; one at a time.

use std::sync::{Arc, PoisonError};
use std::time::Instant as Stopwatch;

use base::{Instant, PostingNo};
use city::read::find::posting_of_entry;
use city::verify::{Counted, Wrong, recount};
use ledger::Difference;

use super::{count, words};
use crate::App;
use crate::frame::Visit;
use crate::look::Verification;

/// A check of the whole journal, as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) enum Check {
    /// Not run since the start.
    #[default]
    Never,
    /// Running.
    Running {
        /// Postings counted.
        done: u64,
        /// Of so many.
        all: u64,
    },
    /// Everything agreed.
    Agrees {
        /// When.
        at: Instant,
        /// Postings.
        postings: u64,
        /// Tenths of a second it took.
        tenths: i64,
    },
    /// Something differs.
    Differs {
        /// When.
        at: Instant,
        /// The first difference.
        first: First,
    },
    /// It could not be finished.
    Failed {
        /// When.
        at: Instant,
        /// Why.
        why: String,
    },
}

/// The first thing that is wrong, and the posting it is in.
#[derive(Debug, Clone)]
pub(crate) enum First {
    /// In the journal, or between it and the books.
    Difference(Difference, Option<PostingNo>),
    /// The two sides of the float.
    Float(i64, i64),
}

/// Starts a check unless one is running.
pub(super) fn start(app: &Arc<App>) {
    {
        let mut check = app.check.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*check, Check::Running { .. }) {
            return;
        }
        let all = app.city.shared.read().books.last_posting().0;
        *check = Check::Running { done: 0, all };
    }
    let (worker, keeper) = (Arc::clone(app), Arc::clone(app));
    let running = tokio::task::spawn_blocking(move || run(&worker));
    tokio::spawn(async move {
        let ended = match running.await {
            Ok(check) => check,
            // It panicked: that is no proof of anything, but the next check must not wait for it.
            Err(error) => Check::Failed { at: keeper.now(), why: error.to_string() },
        };
        set(&keeper, ended);
    });
}

fn set(app: &App, check: Check) {
    *app.check.lock().unwrap_or_else(PoisonError::into_inner) = check;
}

fn run(app: &App) -> Check {
    let began = Stopwatch::now();
    // The journal is counted to the posting that these books stand at: what is written meanwhile doesn't disturb. The
    // copy is a few flat arrays, tens of milliseconds for a million accounts.
    let books = app.city.shared.read().books.clone();
    let all = books.last_posting().0;
    let mut progress = |done| set(app, Check::Running { done, all });
    let counted = app.city.readers.read(|snapshot| Ok(recount(snapshot, Some(&books), &mut progress)));
    let at = app.now();
    match counted {
        // What was disposed of is counted by its closing.
        Ok(Ok(Counted { postings, disposed, .. })) if postings + disposed == all => {
            let tenths = i64::try_from(began.elapsed().as_millis() / 100).unwrap_or(i64::MAX);
            Check::Agrees { at, postings, tenths }
        }
        // The journal ends before the books do.
        Ok(Ok(Counted { postings, disposed, .. })) => {
            let before = PostingNo(postings + disposed);
            let gap = Difference::PostingGap { before, found: PostingNo(all) };
            Check::Differs { at, first: First::Difference(gap, None) }
        }
        Ok(Err(Wrong::End { found, written })) => {
            let gap = Difference::PostingGap { before: PostingNo(found), found: PostingNo(written) };
            Check::Differs { at, first: First::Difference(gap, None) }
        }
        Ok(Err(Wrong::Difference(difference))) => {
            let posting = place(app, &difference, &books);
            tracing::error!(%difference, "the recount found a difference");
            Check::Differs { at, first: First::Difference(difference, posting) }
        }
        Ok(Err(Wrong::Float { backing, owed })) => Check::Differs { at, first: First::Float(backing, owed) },
        Ok(Err(wrong @ (Wrong::Claim { .. } | Wrong::Kept { .. } | Wrong::Gone { .. }))) => {
            tracing::error!(%wrong, "the recount found a difference");
            Check::Failed { at, why: wrong.to_string() }
        }
        Ok(Err(Wrong::Unreadable(error))) | Err(error) => {
            tracing::error!(%error, "the recount could not be finished");
            Check::Failed { at, why: error.to_string() }
        }
    }
}

/// The posting a difference is in.
fn place(app: &App, difference: &Difference, books: &ledger::Books) -> Option<PostingNo> {
    let entry = match difference {
        Difference::PostingGap { found, .. } => return Some(*found),
        Difference::TimeBackwards(no) | Difference::Floor(no, _) => return Some(*no),
        Difference::EntryPlace(entry) | Difference::EntryShape(entry) | Difference::Chain(entry) => *entry,
        Difference::Balance { entry, .. } => *entry,
        Difference::Books { account, .. } => books.state(*account).last,
    };
    app.city.readers.read(|snapshot| posting_of_entry(snapshot, entry)).ok().flatten()
}

/// The last check, for the page.
pub(super) fn shown(visit: &Visit) -> Verification {
    let check = visit.app.check.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match check {
        Check::Never => Verification::Never,
        Check::Running { done, all } => Verification::Running { done: count(done), all: count(all) },
        Check::Agrees { at, postings, tenths } => {
            Verification::Agrees { at: visit.moment(at), postings: count(postings), tenths }
        }
        Check::Differs { at, first } => {
            let href = match &first {
                First::Difference(_, Some(no)) => Some(format!("/books/postings/{}", no.0)),
                _ => None,
            };
            Verification::Differs { at: visit.moment(at), first: in_words(visit, &first), href }
        }
        Check::Failed { at, why } => Verification::Failed { at: visit.moment(at), why },
    }
}

fn in_words(visit: &Visit, first: &First) -> String {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let account = |no| words::account(t, &view, no);
    let said = match first {
        First::Float(backing, owed) => {
            return t.say("wrong-float").won("backing", *backing).won("owed", *owed).to_string();
        }
        First::Difference(difference, _) => match difference {
            Difference::PostingGap { before, found } => t
                .say("wrong-gap")
                .text("before", words::numbered(t, *before))
                .text("found", words::numbered(t, *found)),
            Difference::TimeBackwards(no) => t.say("wrong-time").text("number", words::numbered(t, *no)),
            Difference::EntryPlace(entry) => t.say("wrong-place").count("entry", count(entry.0)),
            Difference::EntryShape(entry) => t.say("wrong-shape").count("entry", count(entry.0)),
            Difference::Chain(entry) => t.say("wrong-chain").count("entry", count(entry.0)),
            Difference::Balance { entry, account: no, counted, written } => t
                .say("wrong-balance")
                .count("entry", count(entry.0))
                .text("account", account(*no))
                .count("counted", *counted)
                .count("written", *written),
            Difference::Floor(number, no) => {
                t.say("wrong-floor").text("number", words::numbered(t, *number)).text("account", account(*no))
            }
            Difference::Books { account: no, counted, held } => t
                .say("wrong-books")
                .text("account", account(*no))
                .count("counted", counted.balance)
                .count("held", held.balance),
        },
    };
    match first {
        First::Difference(difference, Some(no)) if names_no_posting(difference) => {
            format!("{} {said}", t.say("wrong-in").text("number", words::numbered(t, *no)))
        }
        _ => said.to_string(),
    }
}

fn names_no_posting(difference: &Difference) -> bool {
    !matches!(
        difference,
        Difference::PostingGap { .. } | Difference::TimeBackwards(_) | Difference::Floor(..)
    )
}
