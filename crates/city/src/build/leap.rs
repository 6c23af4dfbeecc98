//! A clock that jumps carries its town through the days between: people pay at the hours of their trades, shops are paid out
//! on their days, the night's work is done each night. Commands come by the same queue as everybody's, so visitors go on
//! meanwhile; each has an instant of its own ([`PenClock`](crate::clock::PenClock)).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use base::{Instant, MerchantId, Zone, date_of_day};
use pen::{Failure, Outcome, Recorded};
use tokio::sync::oneshot;

use super::life::Life;
use super::traffic::{Share, Traffic, share_of};
use crate::Reply;
use crate::chores::Keeper;
use crate::clock::CityClock;
use crate::open::City;

/// The machinery looks at the clock at these hours, and at the payout hour.
const LOOKS: [u8; 4] = [0, 3, 15, 21];
/// So many commands wait in the queue at most: there is room for visitors.
const AHEAD: usize = 1_024;
/// What the night's statement waits for: the seal is behind the journal for so long at most.
const SEAL: Duration = Duration::from_secs(10);

/// Everybody who takes part.
pub struct Through<'a> {
    /// The town.
    pub city: &'a City,
    /// Its clock; the pen reads it as [`PenClock`](crate::clock::PenClock).
    pub clock: &'a CityClock,
    /// Its machinery.
    pub keeper: &'a Mutex<Keeper>,
    /// What is wanted of it, and whether it is still.
    pub life: &'a Life,
}

type Answer = oneshot::Receiver<Outcome<Reply>>;

impl Through<'_> {
    /// Lives the days until an instant, or until somebody says stop. `traffic`: who pays meanwhile. Blocks.
    ///
    /// # Errors
    /// When the city stops writing. Chores that broke are said in the log, and due again.
    pub fn live(&self, to: Instant, traffic: Option<&mut Traffic>) -> Result<(), Failure> {
        self.clock.hold();
        let lived = self.stages(to, traffic);
        self.clock.release();
        lived
    }

    fn stages(&self, to: Instant, mut traffic: Option<&mut Traffic>) -> Result<(), Failure> {
        let mut at = self.city.clock.now();
        let (zone, payout, share) = {
            let view = self.city.shared.read();
            let people = view.town.directory.holders().len();
            (view.town.zone.clone(), view.town.pack.city.payout_hour, share_of(people, at, to))
        };
        while at < to && !self.life.is_stopped() {
            let next = stage(&zone, payout, at).min(to);
            if let Some(traffic) = traffic.as_deref_mut() {
                self.people(&hours(&zone, at, next), share, traffic)?;
            }
            self.clock.jump_to(next);
            at = next;
            self.look(&zone, at);
        }
        Ok(())
    }

    /// What people do until the machinery looks again.
    fn people(
        &self,
        hours: &[(Instant, Instant)],
        share: Share,
        traffic: &mut Traffic,
    ) -> Result<(), Failure> {
        let asked = traffic.between(hours, share, &self.city.shared.read());
        self.clock.stamp(asked.iter().map(|asked| asked.at));
        let mut waiting: VecDeque<(Option<(MerchantId, i64)>, Answer)> = VecDeque::new();
        for one in asked {
            if waiting.len() >= AHEAD
                && let Some(first) = waiting.pop_front()
            {
                hear(first, traffic)?;
            }
            let answer = self.city.commands.send_waiting(one.request, one.command);
            waiting.push_back((one.paid, answer.map_err(|_| Failure::Unknown)?));
        }
        waiting.into_iter().try_for_each(|one| hear(one, traffic))
    }

    /// The machinery's look. At midnight it waits for the seal, so that every night is stated.
    fn look(&self, zone: &Zone, at: Instant) {
        let began = Stopwatch::now();
        if zone.hour(at) == LOOKS[0]
            && let Some(sealing) = self.city.sealing()
        {
            let last = self.city.shared.read().books.last_posting();
            while !sealing.is_near(last) && began.elapsed() < SEAL {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        let done = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).look(self.city);
        if let Some(failure) = done.broken {
            tracing::warn!(?failure, "a chore broke on the way: it is due again at the next hour");
        }
    }
}

fn hear((paid, answer): (Option<(MerchantId, i64)>, Answer), traffic: &mut Traffic) -> Result<(), Failure> {
    match answer.blocking_recv().unwrap_or(Err(Failure::Unknown)) {
        Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => {
            if let Some((merchant, amount)) = paid {
                traffic.paid(no, merchant, amount);
            }
            Ok(())
        }
        Err(Failure::Unknown) => Err(Failure::Unknown),
        // Refused now and then, as in life; what breaks is the log's.
        _ => Ok(()),
    }
}

/// Where the machinery looks next: at its hours, and at the payout hour.
fn stage(zone: &Zone, payout: i8, at: Instant) -> Instant {
    let (day, hour) = (zone.day_number(at), zone.hour(at));
    let next = (hour + 1..24).find(|next| LOOKS.contains(next) || i8::try_from(*next) == Ok(payout));
    match next.and_then(|next| i8::try_from(next).ok()) {
        Some(next) => zone.instant(date_of_day(day), next, 0),
        None => zone.instant(date_of_day(day + 1), 0, 0),
    }
}

/// The hours between two instants, and the parts of hours at both ends.
fn hours(zone: &Zone, from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
    let mut hours = Vec::new();
    let mut at = from;
    while at < to {
        let full = zone.instant(zone.date(at), i8::try_from(zone.hour(at)).unwrap_or(0), 0);
        let next = full.plus_seconds(3_600).max(Instant(at.0 + 1)).min(to);
        hours.push((at, next));
        at = next;
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn stages_end_at_the_machinerys_hours() {
        let zone = Zone::named("Asia/Seoul").unwrap();
        let at = |day, hour, minute| zone.instant(date(2021, 2, day), hour, minute);
        assert_eq!(stage(&zone, 10, at(23, 9, 0)), at(23, 10, 0));
        assert_eq!(stage(&zone, 9, at(23, 7, 30)), at(23, 9, 0));
        assert_eq!(stage(&zone, 9, at(23, 9, 0)), at(23, 15, 0));
        assert_eq!(stage(&zone, 9, at(23, 21, 0)), at(24, 0, 0));
        let parts = hours(&zone, at(23, 9, 20), at(23, 12, 0));
        let ends = [(at(23, 9, 20), at(23, 10, 0)), (at(23, 10, 0), at(23, 11, 0))];
        assert_eq!(parts, [ends[0], ends[1], (at(23, 11, 0), at(23, 12, 0))]);
        assert!(hours(&zone, at(23, 9, 0), at(23, 9, 0)).is_empty());
    }
}
