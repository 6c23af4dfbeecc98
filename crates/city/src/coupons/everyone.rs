//! A coupon for many, counted before it is begun: by the page that shows it first, and by the pen that begins it. Nothing
//! here changes the city.

use std::sync::Arc;

use base::{Date, Instant, PersonId, Refusal};
use economy::decide::{CouponStanding, may_give};
use economy::{Class, chart};
use ledger::Books;
use pen::Shared;
use rules::{Coupon, Pack};
use sha2::{Digest, Sha256};

use super::{CouponBook, Job, JobState};
use crate::{CityView, Directory};

/// People looked at under one lock: payments go on between two of them.
const AT_ONCE: usize = 4_096;

/// What a coupon for many would come to, as the books stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many would be given it.
    pub people: u32,
    /// How many live there and have all that one person gets.
    pub full: u32,
    /// Won, all together.
    pub sum: i64,
    /// Won the budget has for it: see [`free`].
    pub budget_left: i64,
    /// The job that was made of the same wish, and waits, runs, or has been.
    pub known: Option<u64>,
}

impl Counted {
    /// True when the budget holds enough for all of it.
    pub fn is_covered(&self) -> bool {
        self.sum <= self.budget_left
    }

    fn take(&mut self, coupon: &Coupon, books: &Books, (person, amount): (PersonId, i64), date: Date) {
        let meter = chart::coupon_meter(person, coupon.purpose, coupon.cohort());
        let given = books.balance_of(&meter.key);
        match may_give(coupon, amount, &CouponStanding { given, budget_left: i64::MAX, date }) {
            Ok(()) => {
                self.people += 1;
                self.sum = self.sum.saturating_add(amount);
            }
            Err(_) => self.full += 1,
        }
    }
}

/// SHA-256 of a wish: the same is given once.
pub(crate) fn hash(district: Option<&str>, each: i64) -> [u8; 32] {
    Sha256::digest(format!("everyone/{}/{each}", district.unwrap_or_default()).as_bytes()).into()
}

/// The neighbourhood's position in the pack; `None`: the whole city.
///
/// # Errors
/// `district.unknown`; what [`may_give`] says of anyone who was given nothing yet: not on this day, or more than one
/// person gets.
pub(crate) fn place(
    pack: &Pack,
    coupon: &Coupon,
    district: Option<&str>,
    (each, date): (i64, Date),
) -> Result<Option<u8>, Refusal> {
    let at =
        |code| economy::store::district(&pack.city, code).ok_or_else(|| Refusal::new("district.unknown"));
    let at = district.map(at).transpose()?;
    may_give(coupon, each, &CouponStanding { given: 0, budget_left: i64::MAX, date })?;
    Ok(at)
}

/// Counts who would be given how much today. It takes a while in a large city: call it off the main threads.
///
/// # Errors
/// `coupon.unknown`, and those of a job that is begun.
pub fn count(
    shared: &Shared<CityView>,
    (coupon, district): (&str, Option<&str>),
    each: i64,
    (date, now): (Date, Instant),
) -> Result<Counted, Refusal> {
    let pack = Arc::clone(&shared.read().town.pack);
    let coupon = pack.coupons.coupon(coupon).ok_or_else(|| Refusal::new("coupon.unknown"))?;
    let at = place(&pack, coupon, district, (each, date))?;
    let mut counted = Counted::default();
    let mut from = 0;
    loop {
        let view = shared.read();
        let holders = view.town.directory.holders();
        let part = holders.get(from..).unwrap_or_default();
        for holder in part.iter().take(AT_ONCE).filter(|one| at.is_none() || one.person.district == at) {
            counted.take(coupon, &view.books, (holder.person.id, each), date);
        }
        if part.len() <= AT_ONCE {
            let town = &view.town;
            counted.budget_left = free(&town.coupons, &pack, &town.directory, &view.books, &coupon.budget);
            counted.known = taken(town, &coupon.id, &hash(district, each), now);
            return Ok(counted);
        }
        from += AT_ONCE;
    }
}

/// The job that was made of this list or wish already; none where it was never confirmed, for then it can be begun anew.
pub fn taken(town: &CityView, coupon: &str, hash: &[u8; 32], now: Instant) -> Option<u64> {
    let job = town.coupons.job_of(coupon, hash)?;
    let stands = match job.state {
        JobState::Running | JobState::Stopped | JobState::Done => true,
        JobState::Waiting => town.open.proposals.of_job(job.no, now).is_some(),
        JobState::Dropped => false,
    };
    stands.then_some(job.no)
}

/// Won a budget has for one more coupon for many: what is left in it, less what jobs that run are still to give of it.
pub fn free(jobs: &CouponBook, pack: &Pack, directory: &Directory, books: &Books, budget: &str) -> i64 {
    let held = books.balance_of(&chart::budget(Class::BudgetLeft, budget).key);
    let of_it = |job: &&Arc<Job>| {
        job.state == JobState::Running
            && pack.coupons.coupon(&job.coupon).is_some_and(|coupon| coupon.budget == budget)
    };
    let promised = jobs.jobs().filter(of_it).map(|job| most(job, directory));
    promised.fold(held, i64::saturating_sub)
}

/// Won a job gives at most from where it stands: to each of its people all that is meant for them.
pub(crate) fn most(job: &Job, directory: &Directory) -> i64 {
    match job.each {
        Some(each) => each.saturating_mul(i64::from(left(directory, job))),
        None => {
            let rows = job.rows.get(job.next as usize..).unwrap_or_default();
            rows.iter().fold(0, |sum, row| sum.saturating_add(row.1.max(0)))
        }
    }
}

/// Won a job comes to today, counted as [`count`] does. In a large city payments wait for it meanwhile: where nothing of
/// the coupon's budget was given to anyone yet, everyone gets what is meant for them, and nobody is looked at.
pub(crate) fn comes_to(
    job: &Job,
    coupon: &Coupon,
    (directory, books): (&Directory, &Books),
    date: Date,
) -> i64 {
    let granted = chart::budget(Class::BudgetGranted, &coupon.budget);
    let mut counted = Counted::default();
    match job.each {
        Some(_) if books.balance_of(&granted.key) == 0 => return most(job, directory),
        Some(each) => {
            for holder in people(directory, job) {
                counted.take(coupon, books, (holder.person.id, each), date);
            }
        }
        None => job.rows.iter().for_each(|row| counted.take(coupon, books, *row, date)),
    }
    counted.sum
}

/// How many a job gives something that comes to so many won: of one sum for each as many as it goes into, of a list those who
/// get theirs today.
pub fn people_for(job: &Job, coupon: &Coupon, sum: i64, (books, date): (&Books, Date)) -> u32 {
    match job.each.filter(|each| *each > 0) {
        Some(each) => u32::try_from(sum / each).unwrap_or(u32::MAX),
        None => {
            let mut counted = Counted::default();
            job.rows.iter().for_each(|row| counted.take(coupon, books, *row, date));
            counted.people
        }
    }
}

fn people<'a>(directory: &'a Directory, job: &Job) -> impl Iterator<Item = &'a crate::Holder> {
    let (at, next) = (job.district, job.next as usize);
    let all = directory.holders().iter().take(job.total as usize).skip(next);
    all.filter(move |one| at.is_none() || one.person.district == at)
}

/// How many of a job's people have not had their turn yet.
pub fn left(directory: &Directory, job: &Job) -> u32 {
    match job.district {
        None => job.total.saturating_sub(job.next),
        Some(_) => u32::try_from(people(directory, job).count()).unwrap_or(u32::MAX),
    }
}
