//! A coupon for many, from the wish to its beginning: at once, or at a second person's yes where the pack asks for one.

use std::collections::HashSet;
use std::sync::Arc;

use base::{Arg, Date, Refusal, Won};
use economy::Facts;
use economy::decide::{self, ManyStanding};
use economy::facts::CouponFacts;
use pen::Stop;
use rules::{Confirmed, Coupon, Pack};

use super::coupons::{known_coupon, known_job};
use super::{note, proposals};
use crate::coupons::everyone::{self, comes_to, free};
use crate::coupons::store::{
    INSERT_JOB, RENEW_JOB, START_JOB, UPDATE_JOB, job_anew, job_change, job_start, job_values,
};
use crate::coupons::{Change, Job, JobState};
use crate::memory::{CityMemory, CityTurn};
use crate::on_coupons::{NewJob, Recipients};
use crate::proposals::Wish;
use crate::{Reply, looks};

/// No list is longer: whoever serves more serves everyone, or a neighbourhood.
pub(crate) const LONGEST: usize = 50_000;

/// Begins a job, or keeps it for a second person. The same list for the same coupon is refused: it is being given, or was.
///
/// Refusals, in order: those of whom it is for, `coupon.same-list` or `proposal.known`, and those of
/// [`decide::may_begin`].
pub(super) fn begin(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewJob) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let coupon = known_coupon(&pack, &wish.coupon)?;
    let date = city.today(turn.day).date;
    let (job, district) = wished(city, turn, (&pack, coupon), &wish.to, date)?;
    let before = before(city, turn, &job)?;
    let sum = comes_to(&job, coupon, (&city.directory, turn.books()), date);
    decide::may_begin(coupon, &standing(city, turn, coupon, (sum, date)))?;
    let no = before.as_ref().map_or(job.no, |known| known.no);
    let in_all = sum.saturating_add(begun_of(city, &coupon.id, no));
    let Some(second) = proposals::asked(city, turn, Confirmed::BeginCoupons, in_all) else {
        put(city, turn, Job { no, ..job }, (before, district));
        return Ok(begun(turn, no));
    };
    let job = Job { no, state: JobState::Waiting, ..job };
    let wish = Wish::BeginCoupons { job: no, mark: job.mark() };
    put(city, turn, job, (before, district));
    proposals::keep(city, turn, second, wish, sum)
}

/// Won that other jobs give, or gave, of a coupon: cut in parts, it is the same coupon for as many.
fn begun_of(city: &CityMemory, coupon: &str, but: u64) -> i64 {
    let jobs = city.coupons.jobs().filter(|one| one.coupon == coupon && one.no != but);
    jobs.fold(0, |sum, job| {
        sum.saturating_add(match job.state {
            JobState::Waiting | JobState::Dropped => 0,
            JobState::Done => job.amount,
            JobState::Running | JobState::Stopped => {
                job.amount.saturating_add(everyone::most(job, &city.directory))
            }
        })
    })
}

fn begun(turn: &mut CityTurn<'_>, no: u64) -> Reply {
    note(turn, "coupons", Facts::Coupons(CouponFacts::Job { job: no, action: "begin".into() }))
}

fn standing(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    coupon: &Coupon,
    (sum, date): (i64, Date),
) -> ManyStanding {
    let budget_left = free(&city.coupons, &city.pack, &city.directory, turn.books(), &coupon.budget);
    ManyStanding { sum, budget_left, date }
}

/// The job somebody wishes for, with its neighbourhood's code.
fn wished(
    city: &CityMemory,
    turn: &CityTurn<'_>,
    (pack, coupon): (&Pack, &Coupon),
    to: &Recipients,
    date: Date,
) -> Result<(Job, Option<String>), Refusal> {
    match to {
        Recipients::Listed { hash, rows } => {
            let people: HashSet<_> = rows.iter().map(|row| row.0).collect();
            if rows.is_empty() || rows.len() > LONGEST || people.len() < rows.len() {
                let most = i64::try_from(LONGEST).unwrap_or(i64::MAX);
                return Err(Refusal::new("coupon.list").with("most", Arg::Count(most)));
            }
            let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            Ok((Job { rows: rows.clone().into(), total, ..new_job(city, turn, coupon, *hash) }, None))
        }
        Recipients::Everyone { district, each } => {
            let at = everyone::place(pack, coupon, district.as_deref(), (*each, date))?;
            let hash = everyone::hash(district.as_deref(), *each);
            let total = u32::try_from(city.directory.holders().len()).unwrap_or(u32::MAX);
            let job = Job { each: Some(*each), district: at, total, ..new_job(city, turn, coupon, hash) };
            Ok((job, district.clone()))
        }
        Recipients::Waiting { .. } => Err(Refusal::new("proposal.unknown")),
    }
}

pub(super) fn new_job(city: &CityMemory, turn: &CityTurn<'_>, coupon: &Coupon, hash: [u8; 32]) -> Job {
    Job {
        no: city.coupons.jobs().next_back().map_or(0, |job| job.no) + 1,
        coupon: coupon.id.clone(),
        hash,
        rows: Arc::from([]),
        each: None,
        district: None,
        total: 0,
        next: 0,
        people: 0,
        amount: 0,
        skipped: 0,
        state: JobState::Running,
        why: None,
        begun: turn.now,
        ended: None,
    }
}

/// The job of the same list that nobody said yes to, whose number it takes.
fn before(city: &CityMemory, turn: &CityTurn<'_>, job: &Job) -> Result<Option<Arc<Job>>, Refusal> {
    let Some(known) = city.coupons.job_of(&job.coupon, &job.hash) else { return Ok(None) };
    match known.state {
        JobState::Waiting if city.open.proposals.of_job(known.no, turn.now).is_some() => {
            Err(Refusal::new("proposal.known"))
        }
        JobState::Waiting | JobState::Dropped => Ok(Some(Arc::clone(known))),
        JobState::Running | JobState::Stopped | JobState::Done => {
            let number = i64::try_from(known.no).unwrap_or(i64::MAX);
            Err(Refusal::new("coupon.same-list").with("job", Arg::Count(number)))
        }
    }
}

/// Keeps a new job, or one that comes anew.
fn put(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    job: Job,
    (before, district): (Option<Arc<Job>>, Option<String>),
) {
    let by = looks::who(turn.request.actor);
    match before {
        Some(_) => turn.write(RENEW_JOB, job_anew(&job, by)),
        None => turn.write(INSERT_JOB, job_values(&job, district, by)),
    }
    city.put_coupons(turn, Change::Job(Arc::new(job)));
}

/// Keeps a job that begins by itself; refused where there is one of this list already.
pub(super) fn keep_new(city: &mut CityMemory, turn: &mut CityTurn<'_>, job: Job) -> Result<u64, Stop> {
    let before = before(city, turn, &job)?;
    let no = before.as_ref().map_or(job.no, |known| known.no);
    put(city, turn, Job { no, ..job }, (before, None));
    Ok(no)
}

/// A second person said yes: it begins, decided anew as the books stand. What it comes to can only have become less since
/// it was counted, so it is counted again only where it would not fit any more.
pub(super) fn start(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (no, mark): (u64, [u8; 16]),
    proposed: i64,
) -> Result<Reply, Stop> {
    let job = known_job(city, no)?;
    if job.state != JobState::Waiting {
        return Err(Refusal::new("coupon.job-already").into());
    }
    if job.mark() != mark {
        return Err(Stop::Broken(format!("job {no}: what is kept is not what was proposed")));
    }
    let pack = Arc::clone(&city.pack);
    let coupon = known_coupon(&pack, &job.coupon)?;
    let date = city.today(turn.day).date;
    let mut standing = standing(city, turn, coupon, (proposed, date));
    if proposed > standing.budget_left {
        standing.sum = comes_to(&job, coupon, (&city.directory, turn.books()), date);
    }
    if standing.sum > proposed {
        let refusal = Refusal::new("proposal.changed").with("was", Arg::Won(Won(proposed)));
        return Err(refusal.with("now", Arg::Won(Won(standing.sum))).into());
    }
    decide::may_begin(coupon, &standing)?;
    let after = Job { state: JobState::Running, begun: turn.now, ..(*job).clone() };
    turn.write(START_JOB, job_start(&after));
    city.put_coupons(turn, Change::Job(Arc::new(after)));
    Ok(begun(turn, no))
}

/// Nobody says yes to it any more.
pub(super) fn let_drop(city: &mut CityMemory, turn: &mut CityTurn<'_>, no: u64) {
    let Some(job) = city.coupons.job(no).filter(|job| job.state == JobState::Waiting) else { return };
    let after = Job { state: JobState::Dropped, rows: Arc::from([]), ..(**job).clone() };
    turn.write(UPDATE_JOB, job_change(&after));
    city.put_coupons(turn, Change::Job(Arc::new(after)));
}
