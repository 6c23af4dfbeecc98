//! The synthetic town and its traffic: people, shops and a history of payments drawn from the pack's weights, all of
//! it through the same commands as everyone else's.
//!
//! Invariants:
//! - one plan gives one journal (its seed is part of it), however fast the machine: what is drawn depends only on
//!   answers whose place in the script is fixed (`desk.rs`);
//! - nothing here writes otherwise than by [`Command`](crate::Command)s, and nothing knows one particular city.

mod clock;
mod desk;
mod draw;
mod errands;
mod folk;
mod found;
mod givers;
mod history;
mod homes;
mod leap;
mod life;
mod lives;
mod market;
mod personas;
mod prepayers;
mod traffic;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use base::{Date, Instant, Zone};
use pen::{Pen, Shared};
use store::{Target, spawn_wal_checkpointer};

use crate::open::{CantOpen, Opening, prepare};
use crate::{CityMemory, CityView};
use clock::ScriptClock;
use desk::{Desk, Group};
use prepayers::Town;

pub(crate) use found::votes;
pub use leap::Through;
pub use life::{Leap, Life};
pub use personas::{PIN, Personas};
pub use traffic::{Now, Pace, Traffic};

/// A larger city's people pay less often: a history of two months has 2.2 million payments at most.
const MOST_A_DAY: u64 = 40_000;

/// What to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Card holders, 10 at least.
    pub people: u32,
    /// Shops, 10 at least, besides a few of the trades that don't take the card.
    pub merchants: u32,
    /// What is drawn.
    pub seed: u64,
    /// The first day of the history; everyone is taken in the day before.
    pub from: Date,
    /// Where the history ends: nothing happens at or after it.
    pub until: Instant,
    /// Payments a person makes in a week, as (numerator, denominator).
    pub weekly: (u32, u32),
    /// No more payments than this in all: a larger city's people pay less often.
    pub most_payments: u32,
}

impl Plan {
    /// A town of so many people with the usual 3,000 shops, who pay twice a week.
    pub fn new(people: u32, seed: u64, from: Date, until: Instant) -> Plan {
        Plan { people, merchants: 3_000, seed, from, until, weekly: (2, 1), most_payments: 2_200_000 }
    }

    /// Payments of a day, over the mean of a week, by so many people who go on as in such a history.
    pub fn a_day(people: usize) -> u64 {
        (people as u64 * 2 / 7).min(MOST_A_DAY)
    }

    /// Payments of the whole history.
    pub fn payments(&self, zone: &Zone) -> u64 {
        const WEEK: u128 = 7 * 24 * 3_600 * 1_000_000;
        let span = self.until.0.saturating_sub(zone.instant(self.from, 0, 0).0).max(0).unsigned_abs();
        let (per, of) = self.weekly;
        let all = u128::from(self.people) * u128::from(per) * u128::from(span) / u128::from(of.max(1)) / WEEK;
        u64::try_from(all).unwrap_or(u64::MAX).min(u64::from(self.most_payments))
    }

    /// Commands in a group: part of the script, since answers are heard group by group. Small towns have small
    /// groups, so that what happens there is heard of in time.
    fn group(&self, zone: &Zone) -> usize {
        usize::try_from(self.payments(zone) / 64).unwrap_or(usize::MAX).clamp(64, 4_096)
    }
}

/// What is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// People and their cards.
    People,
    /// Shops.
    Shops,
    /// Who lives together, and what is known of people; counted in homes.
    Lives,
    /// Days gone by; counted in payments.
    History,
    /// The last checkpoint.
    Closing,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being built.
    pub phase: Phase,
    /// Done of it.
    pub done: u64,
    /// All of it.
    pub total: u64,
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// People taken in.
    pub people: u64,
    /// Shops taken in.
    pub shops: u64,
    /// Payments made.
    pub payments: u64,
    /// Top-ups made.
    pub top_ups: u64,
    /// Payments taken back, whole or in part.
    pub refunds: u64,
    /// Won paid.
    pub paid: i64,
    /// Cashback in won, at charge and at payment.
    pub reward: i64,
    /// Commands the city refused, by code. A till and a bank know better than to ask in vain, so these are few.
    pub refused: BTreeMap<&'static str, u64>,
}

/// A town, built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Those whom visitors may be.
    pub personas: Personas,
    /// What was built.
    pub tally: Tally,
}

/// Why a town can't be built.
#[derive(Debug, thiserror::Error)]
pub enum CantRaise {
    /// There is somebody already.
    #[error("this city has people already: a town is built on empty ground only")]
    Inhabited,
    /// Too few people or shops, or an end before the beginning.
    #[error("{0}")]
    Plan(String),
    /// The city doesn't open, or doesn't close.
    #[error(transparent)]
    Open(#[from] CantOpen),
    /// A command broke, which none should.
    #[error("a command of the script broke: {0}")]
    Broken(String),
    /// The pen stopped writing.
    #[error("the pen stopped in the middle of the script")]
    Stopped,
}

impl From<store::Error> for CantRaise {
    fn from(error: store::Error) -> CantRaise {
        CantRaise::Open(error.into())
    }
}

/// Builds a town where the opening says, from its pack, and closes it: the next opening finds it with a checkpoint.
/// The opening's clock is not asked, the script has its own; its entropy decides the ids.
pub fn raise(
    mut opening: Opening,
    plan: &Plan,
    progress: &mut dyn FnMut(Progress),
) -> Result<Raised, CantRaise> {
    check(plan)?;
    let clock = Arc::new(ScriptClock::new());
    opening.clock = clock.clone();
    let (target, options) = (opening.target.clone(), opening.options);
    let pack = opening.pack.parse().map_err(CantOpen::Pack)?;
    let zone = Zone::named(&pack.city.zone).ok_or_else(|| CantOpen::Zone(pack.city.zone.clone()))?;
    clock.play(vec![found::opens(plan, &zone)]);
    let started = prepare(opening)?;
    let shared = started.pen.shared();
    if !shared.read().town.directory.holders().is_empty() {
        return Err(CantRaise::Inhabited);
    }
    let wal = spawn_wal_checkpointer(&target)?;
    let checkpointer = started
        .checkpoints
        .spawn::<CityMemory>(shared.clone(), options.checkpoint_every)
        .map_err(CantOpen::Io)?;
    let mut pen = started.pen;
    let raised = play(&mut pen, &clock, (&shared, &target), plan, plan.group(&zone), progress);
    progress(Progress { phase: Phase::Closing, done: 0, total: 1 });
    checkpointer.stop();
    drop(pen);
    wal.stop()?;
    progress(Progress { phase: Phase::Closing, done: 1, total: 1 });
    raised
}

fn check(plan: &Plan) -> Result<(), CantRaise> {
    let bad = |why: &str| Err(CantRaise::Plan(why.to_owned()));
    match plan {
        Plan { people: 0..10, .. } => bad("a town has 10 people at least"),
        Plan { merchants: 0..10, .. } => bad("a town has 10 shops at least"),
        Plan { weekly: (_, 0), .. } => bad("payments a week are a fraction: its denominator is not 0"),
        _ => Ok(()),
    }
}

/// The script is written on one thread and carried out on this one.
fn play(
    pen: &mut Pen<CityMemory>,
    clock: &ScriptClock,
    (shared, target): (&Shared<CityView>, &Target),
    plan: &Plan,
    group: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<Raised, CantRaise> {
    // One group waits while one is carried out.
    let (send, groups) = sync_channel::<Group>(1);
    let (tell, carried) = channel();
    let (shared, target, plan) = (shared.clone(), target.clone(), plan.clone());
    std::thread::scope(|scope| {
        let script = scope.spawn(move || {
            history::write(Desk::new(send, carried, group), &Town { shared: &shared, target: &target }, &plan)
        });
        carry_out(pen, clock, groups, &tell, progress);
        drop(tell);
        script.join().unwrap_or(Err(CantRaise::Stopped))
    })
}

fn carry_out(
    pen: &mut Pen<CityMemory>,
    clock: &ScriptClock,
    groups: Receiver<Group>,
    tell: &Sender<()>,
    progress: &mut dyn FnMut(Progress),
) {
    for group in groups {
        clock.play(group.at);
        pen.run(group.commands);
        progress(group.progress);
        // A writer of the script that has gone away has its reasons, and says them when it is joined.
        if pen.stopped() || tell.send(()).is_err() {
            return;
        }
    }
}
