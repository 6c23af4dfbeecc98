//! The card desk: how a budget went down, and who is at a limit this month.

use base::{Date, Month, Won, date_of_day, day_of_date};
use economy::decide::Room;
use economy::{Class, Meter, chart};
use ledger::{Books, Owner};
use pen::Shared;
use rules::{Campaign, Counts, GrantAt, Rate, Used};

use super::town::{BudgetState, budget_state, city_limit, payment_budget, rests_until};
use crate::{CityView, Stats};

/// How many points a burn has at most; then it goes by several days at once.
const POINTS: i32 = 120;

/// People and their limit this month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AtLimit {
    /// People whom the limit leaves nothing more to earn by.
    pub at_limit: i64,
    /// People who have earned something.
    pub earners: i64,
}

/// A budget as it goes down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burn {
    /// Its first day.
    pub from: Date,
    /// How it stands.
    pub state: BudgetState,
    /// Won left at the end of days, in order; the last is today so far.
    pub points: Vec<(Date, i64)>,
    /// Won that went otherwise than as cashback at a payment (at a prepayment, say, or set aside): the line lies lower by
    /// it from its first day on.
    pub beside: i64,
}

/// The desk's numbers, at one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// The budget that payments earn from.
    pub burn: Option<Burn>,
    /// People and their limit.
    pub limits: AtLimit,
    /// The city's limit of this month and what is used of it.
    pub city_cap: Option<(i64, i64)>,
    /// The day from which payments earn again, where that limit is reached.
    pub rests_until: Option<Date>,
}

/// Reads the desk. Looks at all accounts, milliseconds in a large city: not on an async thread.
pub fn desk(shared: &Shared<CityView>, today: Date) -> Desk {
    let view = shared.read();
    let town = &view.town;
    let burn = payment_budget(town, today).map(|budget| {
        let state = budget_state(town, &view.books, budget, today);
        let (points, beside) = points(&town.stats, &state, budget.from, today);
        Burn { from: budget.from, points, beside, state }
    });
    let city_cap = city_limit(town, &view.books, today);
    let limits = at_limit(town, &view.books, today);
    Desk { burn, limits, city_cap, rests_until: rests_until(city_cap, today) }
}

/// What was left at the end of each day, worked back from what is left now; and what is missing then at the beginning.
fn points(stats: &Stats, state: &BudgetState, from: Date, today: Date) -> (Vec<(Date, i64)>, i64) {
    let (first, last) = (day_of_date(from), day_of_date(today));
    let step = ((last - first) / POINTS + 1).max(1);
    let mut left = state.total - state.used;
    let mut points = Vec::new();
    for day in (first..=last).rev() {
        if (last - day) % step == 0 {
            points.push((date_of_day(day), left));
        }
        left += stats.payment_reward_between(day, day);
    }
    points.reverse();
    (points, state.total - left)
}

fn at_limit(town: &CityView, books: &Books, today: Date) -> AtLimit {
    let month = Month::of(today);
    let Some(campaign) = town.pack.campaign_on(today).filter(|c| c.counts == Counts::Spend) else {
        return AtLimit::default();
    };
    let rate =
        town.pack.grants_on(today, GrantAt::Payment).first().map_or(Rate::ZERO, |(grant, _)| grant.rate);
    let before = town.pack.campaign_on(month.before().last_day()).and_then(|c| c.person_month);
    let sub = (Meter::SpendMonth as u32) << 24 | month.0;
    let mut count = AtLimit::default();
    for (_, account, state) in books.iter() {
        let Owner::Person(person) = account.key.owner else { continue };
        if account.key.class.0 != Class::Meter as u8 || account.key.sub != sub || state.balance <= 0 {
            continue;
        }
        count.earners += 1;
        let last = before.filter(|_| campaign.carry_over.is_some()).map(|limit| {
            let meter = chart::meter(Meter::SpendMonth, person, month.before().0);
            Used { limit, used: Won(books.balance_of(&meter.key)) }
        });
        count.at_limit += i64::from(is_at_limit(campaign, rate, last, state.balance));
    }
    count
}

/// Nothing is left of the limit that a single won could still be earned by.
fn is_at_limit(campaign: &Campaign, rate: Rate, last: Option<Used>, used: i64) -> bool {
    let room = Room { limit: campaign.person_limit(last).map(|w| w.0), used };
    room.limit.is_some_and(|limit| rate.of(Won(limit.saturating_sub(room.used).max(0))) == Won::ZERO)
}
