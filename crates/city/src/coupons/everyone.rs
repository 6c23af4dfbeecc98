//! A coupon for everyone, or for a neighbourhood, counted before it is begun. Nothing here changes the city.

use std::sync::Arc;

use base::{Date, Refusal};
use economy::decide::{CouponStanding, may_give};
use economy::{Class, chart};
use pen::Shared;
use rules::{Coupon, Pack};
use sha2::{Digest, Sha256};

use super::Job;
use crate::CityView;

/// People looked at under one lock: payments go on between two of them.
const AT_ONCE: usize = 4_096;

/// What giving to everyone would come to, as the books stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many would be given it.
    pub people: u32,
    /// How many live there and have all that one person gets.
    pub full: u32,
    /// Won, all together.
    pub sum: i64,
    /// Won the budget holds.
    pub budget_left: i64,
    /// The job that was made of the same wish.
    pub known: Option<u64>,
}

impl Counted {
    /// True when the budget holds enough for all of it.
    pub fn is_covered(&self) -> bool {
        self.sum <= self.budget_left
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
    date: Date,
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
            let meter = chart::coupon_meter(holder.person.id, coupon.purpose, coupon.cohort());
            let given = view.books.balance_of(&meter.key);
            match may_give(coupon, each, &CouponStanding { given, budget_left: i64::MAX, date }) {
                Ok(()) => {
                    counted.people += 1;
                    counted.sum = counted.sum.saturating_add(each);
                }
                Err(_) => counted.full += 1,
            }
        }
        if part.len() <= AT_ONCE {
            counted.budget_left =
                view.books.balance_of(&chart::budget(Class::BudgetLeft, &coupon.budget).key);
            counted.known = view.town.coupons.job_of(&coupon.id, &hash(district, each)).map(|job| job.no);
            return Ok(counted);
        }
        from += AT_ONCE;
    }
}

/// How many of a job's people have not had their turn yet.
pub fn left(view: &CityView, job: &Job) -> u32 {
    let next = job.next as usize;
    let Some(at) = job.district else { return job.total.saturating_sub(job.next) };
    let people = view.directory.holders().iter().take(job.total as usize).skip(next);
    u32::try_from(people.filter(|one| one.person.district == Some(at)).count()).unwrap_or(u32::MAX)
}
