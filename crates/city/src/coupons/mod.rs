//! Coupons in memory: which shops are named or take part, the jobs that give coupons to many, the tickets of draws. What
//! each person was given is in the books.

pub mod everyone;
pub mod import;
pub mod jobs;
mod room;
mod stamps;
pub(crate) mod store;

pub use stamps::Stamped;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use base::{Instant, MerchantId, PersonId, Zone};
use economy::decide::{CouponsHere, SaleHere};
use economy::{Class, Merchant, Meter, chart};
use ledger::Key;
use rules::{Moment, Pack};
use sha2::{Digest, Sha256};

use crate::today::Today;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It is proposed, and waits for a second person's yes: nothing is given.
    Waiting,
    /// Nobody said yes: refused, taken back, or too late. The same may be proposed anew.
    Dropped,
    /// It goes on by itself.
    Running,
    /// Somebody stopped it, or it can't go on: [`Job::why`] says why.
    Stopped,
    /// All are served.
    Done,
}

impl JobState {
    pub(crate) const ALL: [JobState; 5] =
        [JobState::Waiting, JobState::Dropped, JobState::Running, JobState::Stopped, JobState::Done];

    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Dropped => "dropped",
            JobState::Running => "running",
            JobState::Stopped => "stopped",
            JobState::Done => "done",
        }
    }
}

/// A coupon on its way to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// From 1.
    pub no: u64,
    /// The coupon's id.
    pub coupon: String,
    /// SHA-256 of the list; of the wish, where it is for everyone.
    pub hash: [u8; 32],
    /// Who and how much, by place; none where it is for everyone, and none when all are served.
    pub rows: Arc<[(PersonId, i64)]>,
    /// What each gets, where it is for everyone.
    pub each: Option<i64>,
    /// The neighbourhood's position in the pack, where it is for one only.
    pub district: Option<u8>,
    /// How many places there are: people of the list, or people enrolled when it began.
    pub total: u32,
    /// The place where it goes on.
    pub next: u32,
    /// How many were given the coupon.
    pub people: u32,
    /// Won given, all together.
    pub amount: i64,
    /// How many could not be given it.
    pub skipped: u32,
    /// Where it stands.
    pub state: JobState,
    /// The code of what stopped it, if it was not a person.
    pub why: Option<String>,
    /// When it began, or was proposed.
    pub begun: Instant,
    /// When the last was served.
    pub ended: Option<Instant>,
}

impl Job {
    /// First 16 bytes of the SHA-256 of what it is: whoever says yes to it says yes to this.
    pub(crate) fn mark(&self) -> [u8; 16] {
        let mut hasher = Sha256::new();
        hasher.update(format!("{}/{}/{:?}/{:?}/", self.coupon, self.total, self.each, self.district));
        hasher.update(self.hash);
        for (person, amount) in self.rows.iter() {
            hasher.update(person.0.to_be_bytes());
            hasher.update(amount.to_be_bytes());
        }
        let whole: [u8; 32] = hasher.finalize().into();
        std::array::from_fn(|at| whole[at])
    }
}

/// A draw, from the day the city is bound to a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The seed: a secret until it is drawn.
    pub(crate) seed: [u8; 32],
    /// SHA-256 of the seed, in hex: public.
    pub commitment: String,
    /// Since when the city is bound.
    pub committed: Instant,
    /// What came out.
    pub drawn: Option<Drawn>,
}

/// What came out of a draw.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Drawn {
    /// The seed, in hex.
    pub seed: String,
    /// What was mixed in.
    pub beacon: String,
    /// How many tickets there were.
    pub tickets: u32,
    /// Tickets that could not win any more.
    pub out: Vec<u32>,
    /// The winning tickets.
    pub winners: Vec<u32>,
    /// The job that gives the winners their coupons; none when nobody won.
    pub job: Option<u64>,
    /// When.
    pub at: i64,
}

/// The tickets of one draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tickets {
    /// By ticket, from 1.
    people: Vec<PersonId>,
    by_person: HashMap<PersonId, u32>,
}

/// Everything about coupons that is not in the books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CouponBook {
    named: HashMap<MerchantId, Vec<u8>>,
    joined: HashMap<MerchantId, Vec<String>>,
    jobs: BTreeMap<u64, Arc<Job>>,
    draws: BTreeMap<String, Arc<Draw>>,
    tickets: BTreeMap<String, Tickets>,
    stamped: HashSet<Stamped>,
}

/// A change of the book; undone by the change that [`CouponBook::apply`] gives back.
#[derive(Debug, Clone)]
pub enum Change {
    /// A shop is named for a purpose, or no more.
    Named(MerchantId, u8, bool),
    /// A shop takes part in a sale, or no more.
    Joined(MerchantId, String, bool),
    /// A job is new or has gone on.
    Job(Arc<Job>),
    /// A job never was.
    NoJob(u64),
    /// A person got the next ticket of a draw.
    Ticket(String, PersonId),
    /// They didn't.
    NoTicket(String),
    /// A draw is bound to a seed, or drawn; `None`: it isn't.
    Draw(String, Option<Arc<Draw>>),
    /// A shop gave a stamp, or it was taken back.
    Stamp(Stamped, bool),
}

impl CouponBook {
    /// Numbers of the purposes a shop is named for.
    pub fn named(&self, shop: MerchantId) -> &[u8] {
        self.named.get(&shop).map_or(&[], Vec::as_slice)
    }

    /// The shops named for a purpose, in the order of their ids.
    pub fn named_for(&self, purpose: u8) -> Vec<MerchantId> {
        let all = self.named.iter().filter(|(_, purposes)| purposes.contains(&purpose));
        let mut shops: Vec<MerchantId> = all.map(|(shop, _)| *shop).collect();
        shops.sort_unstable();
        shops
    }

    /// Whether a shop takes part in a sale.
    pub fn takes_part(&self, shop: MerchantId, sale: &str) -> bool {
        self.joined.get(&shop).is_some_and(|sales| sales.iter().any(|one| one == sale))
    }

    /// The shops that take part in a sale, in the order of their ids.
    pub fn joined(&self, sale: &str) -> Vec<MerchantId> {
        let all = self.joined.iter().filter(|(_, sales)| sales.iter().any(|one| one == sale));
        let mut shops: Vec<MerchantId> = all.map(|(shop, _)| *shop).collect();
        shops.sort_unstable();
        shops
    }

    /// A job.
    pub fn job(&self, no: u64) -> Option<&Arc<Job>> {
        self.jobs.get(&no)
    }

    /// All jobs, oldest first.
    pub fn jobs(&self) -> impl DoubleEndedIterator<Item = &Arc<Job>> {
        self.jobs.values()
    }

    /// The job of a coupon that was made of this list.
    pub fn job_of(&self, coupon: &str, hash: &[u8; 32]) -> Option<&Arc<Job>> {
        self.jobs.values().find(|job| job.coupon == coupon && job.hash == *hash)
    }

    /// A draw, once the city is bound to its seed.
    pub fn draw(&self, release: &str) -> Option<&Arc<Draw>> {
        self.draws.get(release)
    }

    /// A person's ticket of a draw.
    pub fn ticket(&self, release: &str, person: PersonId) -> Option<u32> {
        self.tickets.get(release)?.by_person.get(&person).copied()
    }

    /// Who has tickets of a draw, by ticket from 1.
    pub fn tickets(&self, release: &str) -> &[PersonId] {
        self.tickets.get(release).map_or(&[], |tickets| &tickets.people)
    }

    /// Takes a change in, and gives the one that takes it back.
    pub fn apply(&mut self, change: &Change) -> Change {
        match change {
            Change::Named(shop, purpose, on) => {
                let was = self.named(*shop).contains(purpose);
                let purposes = self.named.entry(*shop).or_default();
                purposes.retain(|one| one != purpose);
                if *on {
                    purposes.push(*purpose);
                }
                Change::Named(*shop, *purpose, was)
            }
            Change::Joined(shop, sale, on) => {
                let was = self.takes_part(*shop, sale);
                let sales = self.joined.entry(*shop).or_default();
                sales.retain(|one| one != sale);
                if *on {
                    sales.push(sale.clone());
                }
                Change::Joined(*shop, sale.clone(), was)
            }
            Change::Job(job) => match self.jobs.insert(job.no, Arc::clone(job)) {
                Some(was) => Change::Job(was),
                None => Change::NoJob(job.no),
            },
            Change::NoJob(no) => match self.jobs.remove(no) {
                Some(was) => Change::Job(was),
                None => Change::NoJob(*no),
            },
            Change::Ticket(release, person) => {
                let tickets = self.tickets.entry(release.clone()).or_default();
                tickets.people.push(*person);
                let ticket = u32::try_from(tickets.people.len()).unwrap_or(u32::MAX);
                tickets.by_person.insert(*person, ticket);
                Change::NoTicket(release.clone())
            }
            Change::NoTicket(release) => {
                let last = self.tickets.get_mut(release).and_then(|tickets| {
                    let person = tickets.people.pop()?;
                    tickets.by_person.remove(&person);
                    Some(person)
                });
                last.map_or_else(
                    || Change::NoTicket(release.clone()),
                    |person| Change::Ticket(release.clone(), person),
                )
            }
            Change::Stamp(stamp, on) => {
                let was = if *on { !self.stamped.insert(*stamp) } else { self.stamped.remove(stamp) };
                Change::Stamp(*stamp, was)
            }
            Change::Draw(release, draw) => {
                let was = match draw {
                    Some(draw) => self.draws.insert(release.clone(), Arc::clone(draw)),
                    None => self.draws.remove(release),
                };
                Change::Draw(release.clone(), was)
            }
        }
    }

    /// What a payment at a shop is to know: balances as `balance` knows them.
    pub(crate) fn here<'a>(
        &'a self,
        pack: &'a Pack,
        today: &Today,
        shop: &Merchant,
        person: PersonId,
        balance: impl Fn(&Key) -> i64,
    ) -> CouponsHere<'a> {
        let sale = today.sale.map(|at| &pack.coupons.sales[at]);
        let sale = sale.filter(|sale| self.takes_part(shop.id, &sale.id)).map(|sale| SaleHere {
            sale,
            budget_left: balance(&chart::budget(Class::BudgetLeft, &sale.budget).key),
            given: balance(&chart::meter(Meter::Sale, person, u32::from(sale.number)).key),
            stamps: self.stamps_here(sale, today, shop.id, person, &balance),
        });
        CouponsHere { named: self.named(shop.id), eligible: None, sale }
    }
}

/// An instant of the city's clock.
pub fn instant(zone: &Zone, moment: Moment) -> Instant {
    zone.instant(moment.day, moment.hour, moment.minute)
}
