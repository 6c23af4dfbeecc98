//! What the city's own machinery does when the clock passes certain times.
//!
//! On business days at 9: shops are paid out and the bank confirms it; on the first business day of a week the city's
//! treasury transfers what it owes, before that. Every full hour: reservations whose days are over go. And a budget
//! that is open without anything voted for it is voted its amount.
//!
//! All of it is idempotent, so however far the clock jumps, each is done once.

use base::{Actor, Date, Instant, Weekday, Zone, date_of_day, day_of_date};
use calendar::Holidays;
use economy::{Class, chart};
use ledger::Books;
use pen::{Failure, Request};
use rules::Pack;

use super::found::votes;
use crate::open::City;
use crate::{Command, Reply};

/// Shops, or reservations, in one command: payments go on between two of them.
const AT_ONCE: u32 = 256;
/// The hour at which banks begin.
const OPENS: i8 = 9;
/// Longer than any row of days off.
const FARTHEST: i32 = 30;

/// The machinery's calendar.
#[derive(Debug, Clone)]
pub struct Chores {
    holidays: Holidays,
    zone: Zone,
}

impl Chores {
    /// For a city with these days off.
    pub fn new(pack: &Pack, zone: Zone) -> Chores {
        Chores { holidays: Holidays::new(pack.city.holidays()), zone }
    }

    /// Its days off.
    pub fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    /// What is due after `last` and not after `now`, in the order to do it.
    pub fn due(&self, last: Instant, now: Instant, pack: &Pack, books: &Books) -> Vec<Command> {
        let mut due = self.voting(now, pack, books);
        due.extend(self.banking(last, now));
        due
    }

    /// Budgets that are open now with nothing voted for them. A crash between a jump and its votes loses none.
    fn voting(&self, now: Instant, pack: &Pack, books: &Books) -> Vec<Command> {
        let today = self.zone.date(now);
        let voted = |id: &str| books.balance_of(&chart::budget(Class::BudgetVoted, id).key);
        votes(pack, today, today)
            .filter(|command| matches!(command, Command::Vote { budget, .. } if voted(budget) == 0))
            .collect()
    }

    /// The part that needs no books: what the times between two instants ask for.
    pub fn banking(&self, last: Instant, now: Instant) -> Vec<Command> {
        let mut due = Vec::new();
        let passed = |day: Option<Date>| {
            day.is_some_and(|day| {
                let at = self.zone.instant(day, OPENS, 0);
                last < at && at <= now
            })
        };
        if passed(self.newest(now, |day| self.starts_week(day))) {
            due.push(Command::Treasury { amount: None });
        }
        if passed(self.newest(now, |day| self.holidays.is_business_day(day))) {
            due.push(Command::Settle { from: 0, at_most: AT_ONCE });
            due.push(Command::ConfirmPayouts);
        }
        let hour = |at: Instant| at.0.div_euclid(3_600_000_000);
        if hour(last) < hour(now) {
            due.push(Command::Sweep { at_most: AT_ONCE });
        }
        due
    }

    /// The newest day of a kind whose banks have opened by now.
    fn newest(&self, now: Instant, kind: impl Fn(Date) -> bool) -> Option<Date> {
        let today = self.zone.day_number(now);
        (0..FARTHEST)
            .map(|back| date_of_day(today - back))
            .find(|day| kind(*day) && self.zone.instant(*day, OPENS, 0) <= now)
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

/// Asks for each command, and for the next batch as long as an answer names one.
pub fn follow(commands: Vec<Command>, ask: &mut dyn FnMut(Command) -> Result<Reply, Failure>) -> Done {
    let mut done = Done::default();
    for command in commands {
        let mut next = Some(command);
        while let Some(command) = next.take() {
            let again = command.clone();
            match ask(command) {
                Ok(reply) => {
                    done.carried_out += 1;
                    next = batch_after(again, &reply);
                }
                Err(Failure::Refused(_)) => done.refused += 1,
                Err(failure) => done.broken = done.broken.or(Some(failure)),
            }
        }
    }
    done
}

fn batch_after(command: Command, reply: &Reply) -> Option<Command> {
    let Reply::Batch { next: Some(next), .. } = reply else { return None };
    match command {
        Command::Settle { at_most, .. } => Some(Command::Settle { from: *next, at_most }),
        Command::Sweep { at_most } => Some(Command::Sweep { at_most }),
        _ => None,
    }
}

/// Does chores at a city; waits, so call it on a thread of its own.
pub fn run_waiting(city: &City, commands: Vec<Command>) -> Done {
    follow(commands, &mut |command| {
        // Without a key: done again, it finds nothing to do.
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
        city.ask_waiting(request, command)
    })
}
