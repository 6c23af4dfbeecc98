//! Those who were given a coupon by a job. They are told afterwards, by the same words as anybody else: a part of the job
//! at a time, when nothing runs that they would slow down and nobody is to be left in peace. Who they are stands in the
//! part's posting, so whoever was passed over is told nothing.

use base::{Instant, PersonId, PostingNo};
use economy::Facts;
use economy::facts::CouponFacts;
use ledger::AccountNo;
use outbox::Crowd;
use people::notice::Told;
use rules::Pack;

use super::tell::{is_told, notice};
use super::{Lost, Record, To};
use crate::coupons::JobState;
use crate::open::City;

/// What gathered those whom a job gave a coupon, as the outbox keeps it.
pub fn cause(job: u64) -> String {
    format!("job/{job}")
}

/// The crowd of a record, if it is a job's part whose people are told.
pub(super) fn of(record: &Record, pack: &Pack) -> Option<Crowd> {
    let Facts::Coupons(CouponFacts::Part { job, coupon, people, .. }) = &record.facts else { return None };
    let posting = record.posting.filter(|_| *people > 0 && is_told(pack, coupon))?;
    Some(Crowd { posting: posting.0, cause: cause(*job), people: *people })
}

/// Tells the crowd that has waited longest, if this is a moment for it. Gives whether one was told.
pub fn tell_crowd(city: &City, now: Instant) -> Result<bool, Lost> {
    let Some(crowd) = city.outbox.crowd()? else { return Ok(false) };
    {
        let view = city.shared.read();
        let town = &view.town;
        let hour = i8::try_from(town.zone.hour(now)).unwrap_or(0);
        let runs = town.coupons.jobs().any(|job| job.state == JobState::Running);
        if runs || town.pack.notices.is_quiet(hour) {
            return Ok(false);
        }
    }
    let no = PostingNo(crowd.posting);
    let mut found: Option<(Record, Vec<(AccountNo, i64)>)> = None;
    city.readers.read(|snapshot| {
        snapshot.for_each_posting(no, Some(no), &mut |row, entries| {
            if let Ok(facts) = Facts::read(&row.facts) {
                let record = Record { from: row.at.max(now), ..Record::posting(row.no, row.at, facts) };
                let given = entries.iter().map(|entry| (entry.credit, entry.amount)).collect();
                found = Some((record, given));
            }
            Ok(())
        })
    })?;
    let mut messages = Vec::new();
    // A posting that is gone was disposed of with its year: it is too late to tell of it.
    if let Some((record, given)) = found {
        let view = city.shared.read();
        let holder = |account| -> Option<PersonId> {
            view.books.account(account).and_then(|account| view.town.purse(account)).map(|purse| purse.0)
        };
        let people = given.into_iter().filter_map(|(account, amount)| Some((holder(account)?, amount)));
        for (index, (person, amount)) in people.enumerate() {
            let told = Told::CouponGiven { amount };
            notice(&record, index, To::Person(person), &told, &view.town, &mut messages);
        }
    }
    city.outbox.tell(crowd.posting, &messages)?;
    Ok(true)
}
