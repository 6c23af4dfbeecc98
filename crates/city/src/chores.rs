//! What the city's own machinery does when the clock passes certain times, in earnest and in a demo alike.
//!
//! - On business days, at the pack's payout hour: shops are paid out. On a month's first: what was given is passed on.
//! - On the first of a month: the looks of the month before are inspected.
//! - Each night: what the city owes is stated against what backs it, where the journal is sealed.
//! - Every night: signs of illegal exchange are looked for.
//! - After a window took somebody in: records out of its sight that may be of the same person are looked for.
//! - As soon as its days are over: a taking in that nobody finished is forgotten.
//! - Every full hour: reservations whose days are over go. Every day: what is in purses past their date is kept apart, and
//!   what is left of prepaid claims past theirs is money again; at once, where a shop has closed.
//!
//! What the bank or the city hall must say is never said by machinery: that a payout was carried out, that money has
//! come in, that a budget was voted; and it is for an officer to send what was settled. A demo has none of them: there
//! they are simulated ([`Outside::Simulated`]), each right after what it answers to, the bank by files like a bank's
//! ([`played`]), and the treasury's transfer on the first business day of a week.
//!
//! Everything may be asked again: a settlement goes under a key of its business day, so that it is done once that day
//! over any number of starts (a key is remembered for a week: a server that starts later than that pays shops out
//! once more before their next day, and no sale twice); the rest looks at the books and finds nothing left to do.
//! What fell due while the server was off is due when it starts, once, however many days it was.

use std::sync::Arc;

use base::{Actor, Date, Instant, Month, Weekday, Zone, date_of_day, day_of_date};
use calendar::Holidays;
use economy::{Class, MerchantState, chart};
use ledger::Books;
use pen::{Failure, Request};
use rules::Pack;

use crate::looks::inspection;
use crate::open::City;
use crate::payouts::played;
use crate::{Command, OnGiving, OnPayouts, OnPrepay, OnWindow, Reply, alike, exchange, window};

/// Shops, reservations or purses in one command: payments go on between two of them.
const AT_ONCE: u32 = 256;
/// Signs of illegal exchange are looked for from this hour on.
const WATCH_HOUR: u8 = 3;
/// Longer than any row of days off.
const FARTHEST: i32 = 30;

/// Who speaks for the bank and the city hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// They do. The machinery keeps to what is the scheme's own.
    InEarnest,
    /// There are none, as in a demo: they are played, and always say yes.
    Simulated,
}

/// One thing to do, under a key that is the same whenever it falls due for the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chore {
    /// Names the chore and its business day; empty for what finds out by itself that it was done.
    stem: String,
    /// What is asked.
    pub command: Command,
}

impl Chore {
    fn of_day(name: &str, day: Date, command: Command) -> Chore {
        Chore { stem: format!("chore/{name}/{day}"), command }
    }

    fn at_any_time(command: Command) -> Chore {
        Chore { stem: String::new(), command }
    }

    /// Claims that have run out, and those of shops that have closed.
    fn claims() -> Chore {
        Chore::at_any_time(Command::OnPrepay(OnPrepay::Sweep { at_most: AT_ONCE }))
    }

    /// The request key: batches of one chore have one each.
    pub fn key(&self) -> String {
        match &self.command {
            Command::Settle { from, .. } if !self.stem.is_empty() => format!("{}/{from}", self.stem),
            _ => self.stem.clone(),
        }
    }

    /// The next batch, if the answer names one.
    fn after(self, reply: &Reply) -> Option<Chore> {
        let Reply::Batch { next: Some(next), .. } = *reply else { return None };
        let command = match self.command {
            Command::Settle { at_most, .. } => Command::Settle { from: next, at_most },
            Command::Expire { at_most, .. } => Command::Expire { from: next, at_most },
            Command::Sweep { at_most } => Command::Sweep { at_most },
            Command::OnPrepay(OnPrepay::Sweep { at_most }) => Command::OnPrepay(OnPrepay::Sweep { at_most }),
            _ => return None,
        };
        Some(Chore { command, ..self })
    }
}

/// The machinery's calendar.
#[derive(Debug, Clone)]
pub struct Chores {
    holidays: Holidays,
    zone: Zone,
    payout_hour: i8,
    /// Gifts are taken, and passed on once a month.
    gives: bool,
    outside: Outside,
}

impl Chores {
    /// For a city with these days off.
    pub fn new(pack: &Pack, zone: Zone, outside: Outside) -> Chores {
        let holidays = Holidays::new(pack.city.holidays());
        Chores { holidays, zone, payout_hour: pack.city.payout_hour, gives: pack.giving.is_some(), outside }
    }

    /// Its days off.
    pub fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    /// What is due after `last` and not after `now`, in the order to do it. Without a `last` (a server that starts
    /// doesn't know when another one ended) all that has ever been due is, and what was done already shows by its key.
    pub fn due(&self, last: Option<Instant>, now: Instant, pack: &Pack, books: &Books) -> Vec<Chore> {
        let mut due = match self.outside {
            Outside::Simulated => self.voting(now, pack, books),
            Outside::InEarnest => Vec::new(),
        };
        due.extend(self.by_the_clock(last, now));
        due
    }

    /// The simulated council: budgets that are open now with nothing voted for them. A crash between a jump of the
    /// clock and its votes loses none.
    fn voting(&self, now: Instant, pack: &Pack, books: &Books) -> Vec<Chore> {
        let today = self.zone.date(now);
        let voted = |id: &str| books.balance_of(&chart::budget(Class::BudgetVoted, id).key);
        crate::build::votes(pack, today, today)
            .filter(|command| matches!(command, Command::Vote { budget, .. } if voted(budget) == 0))
            .map(Chore::at_any_time)
            .collect()
    }

    /// The part that needs no books: what the times between two instants ask for.
    pub fn by_the_clock(&self, last: Option<Instant>, now: Instant) -> Vec<Chore> {
        let mut due = Vec::new();
        let simulated = self.outside == Outside::Simulated;
        let passed = |day: Option<Date>| {
            day.filter(|day| last.is_none_or(|last| last < self.payout(*day)) && self.payout(*day) <= now)
        };
        if let Some(day) = passed(self.newest(now, |day| self.starts_week(day))).filter(|_| simulated) {
            due.push(Chore::of_day("treasury", day, Command::Treasury { amount: None }));
        }
        if let Some(day) = passed(self.newest(now, |day| self.holidays.is_business_day(day))) {
            due.push(Chore::of_day("settle", day, Command::Settle { from: 0, at_most: AT_ONCE }));
            if self.gives && self.starts_month(day) {
                due.push(Chore::of_day("pass-gifts", day, Command::OnGiving(OnGiving::Pass)));
            }
            if simulated {
                due.push(Chore::of_day(
                    "send-payouts",
                    day,
                    Command::OnPayouts(OnPayouts::Send { upto: None }),
                ));
            }
        }
        let hour = |at: Instant| at.0.div_euclid(3_600_000_000);
        if last.is_none_or(|last| hour(last) < hour(now)) {
            due.push(Chore::at_any_time(Command::Sweep { at_most: AT_ONCE }));
        }
        // After the reservations: what comes back from one may be past its date.
        if last.is_none_or(|last| self.zone.day_number(last) < self.zone.day_number(now)) {
            due.push(Chore::at_any_time(Command::Expire { from: 0, at_most: AT_ONCE }));
        }
        due
    }

    fn payout(&self, day: Date) -> Instant {
        self.zone.instant(day, self.payout_hour, 0)
    }

    /// The newest day of a kind whose payout hour has come by now.
    fn newest(&self, now: Instant, kind: impl Fn(Date) -> bool) -> Option<Date> {
        let today = self.zone.day_number(now);
        (0..FARTHEST).map(|back| date_of_day(today - back)).find(|day| kind(*day) && self.payout(*day) <= now)
    }

    /// The first business day of its month.
    fn starts_month(&self, day: Date) -> bool {
        let number = day_of_date(day);
        let since = i32::from(day.day()) - 1;
        self.holidays.is_business_day(day)
            && !(1..=since).any(|back| self.holidays.is_business_day(date_of_day(number - back)))
    }

    /// The first business day of its week.
    fn starts_week(&self, day: Date) -> bool {
        let since = i32::from(day.weekday().since(Weekday::Monday));
        let number = day_of_date(day);
        self.holidays.is_business_day(day)
            && !(1..=since).any(|back| self.holidays.is_business_day(date_of_day(number - back)))
    }
}

/// What doing chores came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Commands carried out, batches counted one by one.
    pub carried_out: u32,
    /// Refused: mostly that nothing was due.
    pub refused: u32,
    /// What broke, first of all; later commands were tried all the same.
    pub broken: Option<Failure>,
}

/// Asks for each chore, and for the next batch as long as an answer names one.
pub fn follow(chores: Vec<Chore>, ask: &mut dyn FnMut(&Chore) -> Result<Reply, Failure>) -> Done {
    let mut done = Done::default();
    for chore in chores {
        let mut next = Some(chore);
        while let Some(chore) = next.take() {
            match ask(&chore) {
                Ok(reply) => {
                    done.carried_out += 1;
                    next = chore.after(&reply);
                }
                Err(Failure::Refused(_)) => done.refused += 1,
                Err(failure) => done.broken = done.broken.or(Some(failure)),
            }
        }
    }
    done
}

/// Looks after a city: whoever runs it lets it look at the clock every now and then.
#[derive(Debug)]
pub struct Keeper {
    chores: Chores,
    /// The pack the calendar was made from.
    pack: Arc<Pack>,
    /// Until when all is done.
    last: Option<Instant>,
    /// The month up to which looks are inspected.
    inspected: Option<Month>,
    /// The day up to which the float is stated.
    stated: Option<Date>,
    /// The day up to which signs of illegal exchange were looked for.
    watched: Option<i32>,
    /// What of the journal was read for it, while a demo hurries from night to night.
    watch: exchange::Watch,
}

impl Keeper {
    /// For a server in earnest: its first look does what fell due while none was running.
    pub fn in_earnest(city: &City) -> Keeper {
        Keeper::new(city, Outside::InEarnest, None)
    }

    /// For a demo, whose clock stands while it is closed: what fell due since the last thing that was done in it is due.
    /// A town just built has not had the payout of the hour its clock begins at.
    pub fn of_demo(city: &City) -> Keeper {
        let last = city.shared.read().at;
        Keeper::new(city, Outside::Simulated, Some(last.min(city.clock.now())))
    }

    fn new(city: &City, outside: Outside, last: Option<Instant>) -> Keeper {
        let view = city.shared.read();
        let pack = Arc::clone(&view.town.pack);
        Keeper {
            chores: Chores::new(&pack, view.town.zone.clone(), outside),
            pack,
            last,
            inspected: None,
            stated: None,
            watched: None,
            watch: exchange::Watch::default(),
        }
    }

    /// Does what is due; waits for it, so call it on a thread of its own. What broke is due again at the next look.
    pub fn look(&mut self, city: &City) -> Done {
        let now = city.clock.now();
        let mut done = self.carry_out(city, now);
        done.broken = done.broken.or_else(|| crate::coupons::jobs::draws(city).err());
        done.broken = done.broken.or_else(|| self.forget(city, now).err());
        done.broken = done.broken.or_else(|| alike::look(city).err());
        done.broken = done.broken.or_else(|| alike::differ::look(city).err());
        // Whatever is wrong with the looks, money goes on.
        done.broken = done.broken.or_else(|| self.inspect(city, now).err());
        done.broken = done.broken.or_else(|| self.state(city, now).err());
        done.broken = done.broken.or_else(|| self.watch(city, now).err());
        done
    }

    /// What is due by the clock and nothing that takes long: for the moments before a demo's first page.
    pub fn catch_up(&mut self, city: &City) -> Done {
        self.carry_out(city, city.clock.now())
    }

    /// What is due by the clock; in a demo, what the bank says to it.
    fn carry_out(&mut self, city: &City, now: Instant) -> Done {
        let due = {
            let view = city.shared.read();
            if !Arc::ptr_eq(&view.town.pack, &self.pack) {
                self.pack = Arc::clone(&view.town.pack);
                self.chores = Chores::new(&self.pack, view.town.zone.clone(), self.chores.outside);
            }
            let mut due = self.chores.due(self.last, now, &view.town.pack, &view.books);
            // Whose shop has closed gets the money at once, not at midnight.
            let claims = &view.town.claims;
            let today = view.town.zone.day_number(now);
            let closed = |shop| {
                let found = view.town.directory.shop(shop);
                found.is_none_or(|(_, shop)| shop.state == MerchantState::Closed)
            };
            if claims.over(today).next().is_some() || claims.shops().any(closed) {
                due.push(Chore::claims());
            }
            due
        };
        let mut done = follow(due, &mut |chore| {
            let input_hash = chore.command.input_hash();
            let request = Request { actor: Actor::SYSTEM, key: chore.key(), input_hash };
            city.ask_waiting(request, chore.command.clone())
        });
        if self.chores.outside == Outside::Simulated && done.broken.is_none() {
            done.broken = played::answer_all(city, now, &mut |key, command| {
                let input_hash = command.input_hash();
                city.ask_waiting(Request { actor: Actor::SYSTEM, key, input_hash }, command)
            });
        }
        if done.broken.is_none() {
            self.last = Some(now);
        }
        done
    }

    /// Lets drafts go whose days are over.
    fn forget(&self, city: &City, now: Instant) -> Result<(), Failure> {
        let pack = &self.pack;
        let broken = |error: store::Error| Failure::Broken(error.to_string());
        while city.readers.read(|snapshot| window::any_over(snapshot, now, pack)).map_err(broken)? {
            let command = Command::OnWindow(OnWindow::Forget { at_most: AT_ONCE });
            let request =
                Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
            match city.ask_waiting(request, command) {
                Ok(_) => {}
                // They were let go meanwhile.
                Err(Failure::Refused(_)) => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Each night, as soon as the day has begun: what the city owes against what backs it, signed. A day on which no
    /// server ran has none.
    fn state(&mut self, city: &City, now: Instant) -> Result<(), Failure> {
        let today = self.chores.zone.date(now);
        let Some(sealing) = city.sealing().filter(|_| self.stated != Some(today)) else { return Ok(()) };
        // While an old journal is being sealed for the first time, other chores don't wait for that.
        let last = city.shared.read().books.last_posting();
        if !sealing.is_near(last) {
            return Ok(());
        }
        sealing.state(&city.shared, today, now).map_err(|error| Failure::Broken(error.to_string()))?;
        self.stated = Some(today);
        Ok(())
    }

    /// Looks for signs of illegal exchange in the days up to yesterday, once a day, when few pay. A server that starts later
    /// looks then; what it missed lies in the next window.
    fn watch(&mut self, city: &City, now: Instant) -> Result<(), Failure> {
        let yesterday = self.chores.zone.day_number(now) - 1;
        let is_early = self.chores.zone.hour(now) < WATCH_HOUR;
        if is_early || self.watched.is_some_and(|day| yesterday <= day) {
            return Ok(());
        }
        let opened = match self.chores.outside {
            Outside::Simulated => self.watch.look(city, yesterday)?,
            // A day lies between two nights: it is not worth the memory.
            Outside::InEarnest => exchange::look(city, yesterday)?,
        };
        if opened > 0 {
            tracing::info!(opened, "signs of illegal exchange wait for an officer");
        }
        self.watched = Some(yesterday);
        Ok(())
    }

    /// Inspects each month that is over and was not inspected yet, since somebody first looked.
    fn inspect(&mut self, city: &City, now: Instant) -> Result<(), Failure> {
        let over = Month::of(self.chores.zone.date(now)).before();
        if self.inspected.is_some_and(|month| over <= month) {
            return Ok(());
        }
        let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
        let made = city.readers.read(|snapshot| inspection::made(snapshot, 1)).map_err(|e| broken(&e))?;
        let readers = city.access.readers();
        let first = readers.between(Instant(i64::MIN), now, None, 1).map_err(|e| broken(&e))?;
        let first = first.first().map(|entry| Month::of(self.chores.zone.date(entry.look.at)));
        let from = made.first().map(|made| made.month.plus(1)).max(first);
        let mut month = from.unwrap_or_else(|| over.plus(1));
        while month <= over {
            let found = inspection::inspect_city(city, month).map_err(|e| broken(&e))?;
            let head = readers.verify(None).map_err(|e| broken(&e))?.to;
            let command = Command::Inspect {
                month: month.0,
                looks: found.looks,
                people: found.people,
                unusual: found.unusual.len() as u64,
                upto: head.no.0,
                head: head.hash.0,
            };
            let key = format!("chore/inspect/{}", inspection::named(month));
            let request = Request { actor: Actor::SYSTEM, key, input_hash: command.input_hash() };
            match city.ask_waiting(request, command) {
                Ok(_) | Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
            month = month.plus(1);
        }
        self.inspected = Some(over);
        Ok(())
    }
}
