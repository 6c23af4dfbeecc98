//! Coupons: given to one, given to many by the parts of a job, and the shops that take part.

use std::sync::Arc;

use base::{Arg, MerchantId, PersonId, Refusal};
use economy::decide::{self, CouponStanding};
use economy::facts::CouponFacts;
use economy::holder::MerchantState;
use economy::{Class, Facts, chart};
use pen::Stop;
use rules::{Coupon, Pack};

use super::{known_person, note};
use crate::Reply;
use crate::coupons::store::{DELETE_SHOP, INSERT_SHOP, INSERT_SKIP, JOINED, NAMED, UPDATE_JOB, job_change};
use crate::coupons::{Change, Job, JobState};
use crate::memory::{CityMemory, CityTurn};

pub(super) fn give(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (coupon, person, amount): (&str, PersonId, i64),
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let coupon = known_coupon(&pack, coupon)?;
    let standing = standing(city, turn, coupon, person);
    let decision = decide::give(coupon, person, amount, &standing)?;
    city.post(turn, decision)
}

pub(super) fn known_coupon<'a>(pack: &'a Pack, id: &str) -> Result<&'a Coupon, Refusal> {
    pack.coupons.coupon(id).ok_or_else(|| Refusal::new("coupon.unknown"))
}

pub(super) fn standing(
    city: &mut CityMemory,
    turn: &CityTurn<'_>,
    coupon: &Coupon,
    person: PersonId,
) -> CouponStanding {
    let balance = |account: ledger::Account| turn.books().balance_of(&account.key);
    CouponStanding {
        given: balance(chart::coupon_meter(person, coupon.purpose, coupon.cohort())),
        budget_left: balance(chart::budget(Class::BudgetLeft, &coupon.budget)),
        date: city.today(turn.day).date,
    }
}

/// The next part of a job.
pub(super) fn step(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: u64,
    (from, at_most): (u32, u32),
) -> Result<Reply, Stop> {
    turn.forget_key(); // the place says what was done: asked once more, it is another part or none
    let job = known_job(city, no)?;
    if job.state != JobState::Running || job.next != from {
        let next = (job.state == JobState::Running).then_some(job.next);
        return Ok(Reply::Batch { done: 0, next });
    }
    let pack = Arc::clone(&city.pack);
    let coupon = known_coupon(&pack, &job.coupon)?;
    let part = Part::of(city, turn, &job, coupon, at_most);
    let amount: i64 = part.given.iter().map(|one| one.1).sum();
    let people = u32::try_from(part.given.len()).unwrap_or(u32::MAX);
    let after = part.after(&job, turn.now, amount, people);
    let facts = CouponFacts::Part {
        job: no,
        coupon: coupon.id.clone(),
        people,
        amount,
        skipped: part.skipped.iter().map(|(place, _, code)| (*place, (*code).to_owned())).collect(),
        next: part.next,
    };
    for (place, person, code) in &part.skipped {
        turn.write(INSERT_SKIP, vec![no.into(), (*place).into(), (*person).into(), (*code).into()]);
    }
    turn.write(UPDATE_JOB, job_change(&after));
    let next = (after.state == JobState::Running).then_some(after.next);
    city.put_coupons(turn, Change::Job(Arc::new(after)));
    if part.given.is_empty() {
        note(turn, "coupons", Facts::Coupons(facts));
    } else {
        city.post(turn, decide::give_many(coupon, &part.given, facts))?;
    }
    Ok(Reply::Batch { done: people, next })
}

/// What one part of a job comes to.
#[derive(Default)]
struct Part {
    given: Vec<(PersonId, i64)>,
    skipped: Vec<(u32, PersonId, &'static str)>,
    next: u32,
    why: Option<&'static str>,
}

impl Part {
    fn of(city: &mut CityMemory, turn: &CityTurn<'_>, job: &Job, coupon: &Coupon, at_most: u32) -> Part {
        let mut part = Part { next: job.next, ..Part::default() };
        let budget = chart::budget(Class::BudgetLeft, &coupon.budget);
        let mut left = turn.books().balance_of(&budget.key);
        let date = city.today(turn.day).date;
        let end = job.next.saturating_add(at_most.max(1)).min(job.total);
        while part.next < end {
            let place = part.next;
            if let Some((person, amount)) = row(city, job, place) {
                let meter = chart::coupon_meter(person, coupon.purpose, coupon.cohort());
                let given = turn.books().balance_of(&meter.key);
                let known = city.directory.holder(person).is_some();
                match decide::may_give(coupon, amount, &CouponStanding { given, budget_left: left, date }) {
                    _ if !known => part.skipped.push((place, person, "person.unknown")),
                    Ok(()) => {
                        left -= amount;
                        part.given.push((person, amount));
                    }
                    // Nobody after this one would get it either: the job waits until that has changed.
                    Err(no) if ["coupon.budget", "coupon.not-today"].contains(&no.code) => {
                        part.why = Some(no.code);
                        return part;
                    }
                    Err(no) => part.skipped.push((place, person, no.code)),
                }
            }
            part.next += 1;
        }
        part
    }

    /// The job after this part.
    fn after(&self, job: &Job, now: base::Instant, amount: i64, people: u32) -> Job {
        let state = match self.why {
            Some(_) => JobState::Stopped,
            None if self.next >= job.total => JobState::Done,
            None => JobState::Running,
        };
        let done = state == JobState::Done;
        Job {
            next: self.next,
            people: job.people + people,
            amount: job.amount + amount,
            skipped: job.skipped + u32::try_from(self.skipped.len()).unwrap_or(u32::MAX),
            state,
            why: self.why.map(str::to_owned),
            ended: done.then_some(now),
            rows: if done { Arc::from([]) } else { Arc::clone(&job.rows) },
            ..job.clone()
        }
    }
}

/// Who stands at a place of a job; nobody where they live elsewhere than the job is for.
fn row(city: &CityMemory, job: &Job, place: u32) -> Option<(PersonId, i64)> {
    match job.each {
        Some(each) => {
            let holder = city.directory.holders().get(place as usize)?;
            let here = job.district.is_none() || holder.person.district == job.district;
            here.then_some((holder.person.id, each))
        }
        None => job.rows.get(place as usize).copied(),
    }
}

pub(super) fn known_job(city: &CityMemory, no: u64) -> Result<Arc<Job>, Refusal> {
    city.coupons.job(no).cloned().ok_or_else(|| Refusal::new("coupon.job-unknown"))
}

/// Stops a running job, or lets a stopped one go on.
pub(super) fn switch(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: u64,
    on: bool,
) -> Result<Reply, Stop> {
    let job = known_job(city, no)?;
    let (from, to, action) = match on {
        true => (JobState::Stopped, JobState::Running, "go-on"),
        false => (JobState::Running, JobState::Stopped, "stop"),
    };
    if job.state != from {
        let code = match job.state {
            JobState::Done => "coupon.job-done",
            JobState::Waiting | JobState::Dropped => "coupon.job-not-begun",
            JobState::Running | JobState::Stopped => "coupon.job-already",
        };
        return Err(Refusal::new(code).into());
    }
    let after = Job { state: to, why: None, ..(*job).clone() };
    turn.write(UPDATE_JOB, job_change(&after));
    city.put_coupons(turn, Change::Job(Arc::new(after)));
    Ok(note(turn, "coupons", Facts::Coupons(CouponFacts::Job { job: no, action: action.into() })))
}

/// Names a shop for a purpose, or doesn't any more.
pub(super) fn name(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (purpose, merchant, on): (&str, MerchantId, bool),
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let purpose = pack.purpose(purpose).filter(|purpose| purpose.named);
    let purpose = purpose.ok_or_else(|| Refusal::new("coupon.unknown"))?;
    let trade = open_shop(city, &pack, merchant)?;
    if on && !purpose.buys_at(&trade) {
        return Err(Refusal::new("coupon.other-trade")
            .with("coupon", Arg::Text(purpose.name.ko.clone()))
            .with("coupon_en", Arg::Text(purpose.name.en.clone()))
            .into());
    }
    let is = city.coupons.named(merchant).contains(&purpose.number);
    let action = if on { "name" } else { "unname" };
    if is != on {
        keep_shop(turn, (NAMED, &purpose.id), merchant, on);
        city.put_coupons(turn, Change::Named(merchant, purpose.number, on));
    }
    Ok(shop_note(turn, merchant, &purpose.id, action))
}

/// A shop joins a sale, or leaves it.
pub(super) fn join(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (sale, merchant, on): (&str, MerchantId, bool),
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let sale = pack.coupons.sale(sale).ok_or_else(|| Refusal::new("sale.unknown"))?;
    let trade = open_shop(city, &pack, merchant)?;
    let today = city.today(turn.day).date;
    if today > sale.until {
        return Err(Refusal::new("sale.over").with("until", Arg::Date(sale.until)).into());
    }
    let sales = city.directory.shop(merchant).and_then(|(_, shop)| shop.sales);
    if on && !sale.admits(&trade, sales) {
        return Err(Refusal::new("sale.not-for-this-shop").because(sale.source.clone()).into());
    }
    if city.coupons.takes_part(merchant, &sale.id) != on {
        keep_shop(turn, (JOINED, &sale.id), merchant, on);
        city.put_coupons(turn, Change::Joined(merchant, sale.id.clone(), on));
    }
    Ok(shop_note(turn, merchant, &sale.id, if on { "join" } else { "leave" }))
}

fn keep_shop(turn: &mut CityTurn<'_>, (kind, what): (&'static str, &str), merchant: MerchantId, on: bool) {
    if on {
        turn.write(INSERT_SHOP, vec![kind.into(), what.into(), merchant.into(), turn.now.into()]);
    } else {
        turn.write(DELETE_SHOP, vec![kind.into(), what.into(), merchant.into()]);
    }
}

fn shop_note(turn: &mut CityTurn<'_>, merchant: MerchantId, of: &str, action: &str) -> Reply {
    let facts = CouponFacts::Shop { merchant, of: of.into(), action: action.into() };
    note(turn, "coupons", Facts::Coupons(facts))
}

/// An open shop's trade.
fn open_shop(city: &CityMemory, pack: &Pack, merchant: MerchantId) -> Result<String, Refusal> {
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    if shop.state == MerchantState::Closed {
        return Err(super::pay::named("shop.closed", &shop.name));
    }
    let trade = pack.city.trades.get(usize::from(shop.trade));
    Ok(trade.map(|trade| trade.id.clone()).unwrap_or_default())
}
