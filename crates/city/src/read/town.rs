//! The town's pace: how fast a budget goes, and when it will be gone.

use base::{Date, Month, date_of_day, day_of_date};
use economy::{Class, Meter, chart};
use ledger::Books;
use rules::{Budget, Campaign, Counts, GrantAt};

use crate::CityView;

/// How many days back the pace is taken from: two weeks, so that every weekday counts twice.
const PACE_DAYS: i32 = 14;

/// A budget as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetState {
    /// Voted, in won.
    pub total: i64,
    /// Granted so far (reserved authority counts as granted).
    pub used: i64,
    /// Granted a day, over the last two weeks.
    pub daily: i64,
    /// The days that is taken from: fewer in a young budget, none on its first day.
    pub over: i32,
    /// The day it runs out at this pace; `None` when it lasts to its end.
    pub runs_out: Option<Date>,
    /// The last day it may be granted from.
    pub until: Date,
}

/// The budget that payments earn from on a day: the pack's entry, if any.
pub fn payment_budget(view: &CityView, date: Date) -> Option<&Budget> {
    let (_, budget) = view.pack.grants_on(date, GrantAt::Payment).into_iter().next()?;
    Some(budget)
}

/// How a budget stands on a day, and when it will be gone at the pace of the last two weeks.
pub fn budget_state(view: &CityView, books: &Books, budget: &Budget, today: Date) -> BudgetState {
    let balance = |class| books.balance_of(&chart::budget(class, &budget.id).key);
    let total = balance(Class::BudgetVoted);
    let left = balance(Class::BudgetLeft);
    let day = day_of_date(today);
    let from = (day - PACE_DAYS).max(day_of_date(budget.from));
    let over = (day - from).max(0);
    let daily = view.stats.payment_reward_between(from, day - 1) / i64::from(over.max(1));
    let until = budget.until.unwrap_or_else(|| Date::new(today.year(), 12, 31).unwrap_or(today));
    let runs_out = gone_on(left, daily, today, until);
    BudgetState { total, used: total - left, daily, over, runs_out, until }
}

/// What all people together may earn by in a month, where the city limits that, and what is used of it: both in won spent.
pub fn city_limit(view: &CityView, books: &Books, today: Date) -> Option<(i64, i64)> {
    let campaign = view.pack.campaign_on(today).filter(|campaign| campaign.counts == Counts::Spend)?;
    let meter = chart::city_meter(Meter::CityMonth, Month::of(today).0);
    Some((campaign.city_month?.0, books.balance_of(&meter.key)))
}

/// The day from which payments earn again, where that limit is reached.
pub fn rests_until(city_limit: Option<(i64, i64)>, today: Date) -> Option<Date> {
    let (limit, used) = city_limit?;
    (used >= limit).then(|| Campaign::renews(today))
}

/// The day that `left` is gone at so much a day, when that is no later than `until`.
pub fn gone_on(left: i64, daily: i64, today: Date, until: Date) -> Option<Date> {
    if left <= 0 {
        return Some(today);
    }
    if daily <= 0 {
        return None;
    }
    let day = day_of_date(today);
    let days_left = i32::try_from(left / daily).unwrap_or(i32::MAX - day);
    Some(date_of_day(day.saturating_add(days_left))).filter(|gone| *gone <= until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn cashback_rests_while_the_citys_limit_is_reached_and_no_longer() {
        let today = date(2021, 6, 20);
        assert_eq!(rests_until(None, today), None);
        assert_eq!(rests_until(Some((250_000, 249_999)), today), None);
        assert_eq!(rests_until(Some((250_000, 250_000)), today), Some(date(2021, 7, 1)));
    }

    #[test]
    fn without_a_pace_no_end_is_foretold() {
        let (today, until) = (date(2021, 6, 20), date(2021, 12, 31));
        assert_eq!(gone_on(1_000, 0, today, until), None);
        assert_eq!(gone_on(1_000, 100, today, until), Some(date(2021, 6, 30)));
        assert_eq!(gone_on(0, 0, today, until), Some(today));
        assert_eq!(gone_on(1_000, 1, today, until), None);
    }
}
