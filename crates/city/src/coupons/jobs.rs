//! The machinery of jobs and draws: asks for the next part of a running job, again and again. Each part is one command,
//! so payments go on between two of them; where a job stands is in the same commit as what it gave, so that it goes on
//! from there after any end of the program.

use std::panic::resume_unwind;
use std::thread;
use std::time::{Duration, Instant};

use base::Actor;
use pen::{Failure, Request};
use rules::How;

use super::{JobState, instant, room};
use crate::open::City;
use crate::{Command, OnCoupons};

pub use super::store::{Skip, skips};

/// Places in one part: a part takes the pen about as long as some dozens of payments do.
pub const AT_ONCE: u32 = 96;
/// After each part the pen is the payments' alone for this share of the time the part took.
const REST: u32 = 6;
/// How far behind the others its thread stands, by `nice(2)`: of a core that another wants too it gets a tenth.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 10;

/// Asks for parts of what is running until nothing is, or the time is over. `true`: there is more to do. It is done on a
/// thread of its own, which leaves a core to whoever wants it: the pen, and those who answer tills.
pub fn work(city: &City, at_most: Duration) -> Result<bool, Failure> {
    if running(city).is_none() {
        return Ok(false);
    }
    let worked = thread::scope(|threads| threads.spawn(|| behind(city, at_most)).join());
    worked.unwrap_or_else(|panic| resume_unwind(panic))
}

/// The running job, and the place it is at.
fn running(city: &City) -> Option<(u64, u32)> {
    let view = city.shared.read();
    let mut jobs = view.town.coupons.jobs();
    jobs.find(|job| job.state == JobState::Running).map(|job| (job.no, job.next))
}

fn behind(city: &City, at_most: Duration) -> Result<bool, Failure> {
    let began = Instant::now();
    // Where it can't be set, the job is in the way a little more.
    #[cfg(target_os = "linux")]
    rustix::process::nice(BEHIND).ok();
    let mut ready = 0;
    loop {
        let Some((job, from)) = running(city) else { return Ok(false) };
        if ready == 0 {
            room::make();
            ready = room::PEOPLE;
        }
        let asked = Instant::now();
        ask(city, OnCoupons::Step { job, from, at_most: AT_ONCE })?;
        ready = ready.saturating_sub(AT_ONCE);
        thread::sleep(asked.elapsed() / REST);
        if began.elapsed() >= at_most {
            return Ok(true);
        }
    }
}

/// What draws need of the machinery: to be bound to a seed before anyone asks, and to be drawn after the close where
/// nothing has to be mixed in. What has to be looked up outside is an officer's to say.
pub fn draws(city: &City) -> Result<(), Failure> {
    let now = city.clock.now();
    let due: Vec<OnCoupons> = {
        let view = city.shared.read();
        let (book, zone) = (&view.town.coupons, &view.town.zone);
        let releases = view.town.pack.coupons.releases.iter();
        releases
            .filter_map(|release| match (&release.how, book.draw(&release.id)) {
                (How::Draw { .. }, None) => Some(OnCoupons::Commit { release: release.id.clone() }),
                (How::Draw { until, beacon: None, .. }, Some(draw))
                    if draw.drawn.is_none() && instant(zone, *until) <= now =>
                {
                    Some(OnCoupons::Draw { release: release.id.clone(), beacon: String::new() })
                }
                _ => None,
            })
            .collect()
    };
    for command in due {
        match ask(city, command) {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

fn ask(city: &City, command: OnCoupons) -> Result<(), Failure> {
    let command = Command::OnCoupons(command);
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    city.ask_waiting(request, command).map(drop)
}
