//! The town's pace: how fast a budget goes, and when it will be gone.

use base::{Date, date_of_day, day_of_date};
use economy::{Class, chart};
use ledger::Books;
use rules::{Budget, GrantAt};

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
    let days = i64::from((day - from).max(1));
    let daily = view.stats.payment_reward_between(from, day - 1) / days;
    let until = budget.until.unwrap_or_else(|| Date::new(today.year(), 12, 31).unwrap_or(today));
    BudgetState { total, used: total - left, daily, runs_out: gone_on(left, daily, today, until), until }
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
