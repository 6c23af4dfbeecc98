//! Holidays by date, and the business days between them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base::{Date, Weekday};

use crate::statute::{self, Statutory};

/// Years worked out once, at construction. Others are worked out when asked for: right, only slower.
const PREPARED: RangeInclusive<i16> = 2014..=2060;

type Names = BTreeMap<Date, String>;

/// The public holidays of Korea: those the law sets, their substitutes, and the ad-hoc days handed in.
#[derive(Debug, Clone)]
pub struct Holidays {
    ad_hoc: BTreeMap<Date, Vec<String>>,
    days: Names,
}

impl Holidays {
    /// With the elections and one-off holidays of the city pack, as (day, Korean name). A day may come twice.
    pub fn new(ad_hoc: impl IntoIterator<Item = (Date, String)>) -> Holidays {
        let mut by_day: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for (day, name) in ad_hoc {
            by_day.entry(day).or_default().push(name);
        }
        let days = PREPARED.flat_map(|year| year_names(year, &by_day)).collect();
        Holidays { ad_hoc: by_day, days }
    }

    /// The holiday's Korean name, several joined by `; ` in the order of the alphabet; `None` on other days.
    /// Plain Saturdays and Sundays have no name, though they are no business days.
    pub fn name(&self, date: Date) -> Option<String> {
        if PREPARED.contains(&date.year()) {
            return self.days.get(&date).cloned();
        }
        year_names(date.year(), &self.ad_hoc).remove(&date)
    }

    /// True for a holiday, a substitute or an ad-hoc day; false for a plain weekend.
    pub fn is_holiday(&self, date: Date) -> bool {
        if PREPARED.contains(&date.year()) {
            return self.days.contains_key(&date);
        }
        year_names(date.year(), &self.ad_hoc).contains_key(&date)
    }

    /// True from Monday to Friday, unless it is a holiday: the days banks settle on.
    pub fn is_business_day(&self, date: Date) -> bool {
        !is_weekend(date) && !self.is_holiday(date)
    }

    /// The first business day strictly after `date`.
    pub fn next_business_day(&self, date: Date) -> Date {
        let mut day = date;
        while let Ok(next) = day.tomorrow() {
            day = next;
            if self.is_business_day(day) {
                break;
            }
        }
        day
    }

    /// The `count`-th business day strictly after `date` (D+2 is `count` 2); `date` itself for 0.
    pub fn add_business_days(&self, date: Date, count: u32) -> Date {
        (0..count).fold(date, |day, _| self.next_business_day(day))
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// All holidays of a year with their names. Substitutes never leave their year: the last that could is Christmas's.
fn year_names(year: i16, ad_hoc: &BTreeMap<Date, Vec<String>>) -> Names {
    let mut statutory: BTreeMap<Date, Vec<Statutory>> = BTreeMap::new();
    for holiday in statute::of_year(year) {
        statutory.entry(holiday.day).or_default().push(holiday);
    }
    let mut names: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for (day, holidays) in &statutory {
        names.entry(*day).or_default().extend(holidays.iter().map(|h| h.name.to_owned()));
    }
    for (day, extra) in ad_hoc.iter().filter(|(day, _)| day.year() == year) {
        names.entry(*day).or_default().extend(extra.iter().cloned());
    }
    let original = names.clone();
    for (day, holidays) in &statutory {
        let shared = original.get(day).is_some_and(|all| all.len() > 1);
        let due: Vec<&Statutory> = holidays.iter().filter(|h| h.substitute.applies(*day, shared)).collect();
        if due.is_empty() {
            continue;
        }
        // Days that clash with one another share one substitute; two substitutes never share a day (decree §3②).
        if let Some(free) = first_free_day(*day, &names) {
            names.insert(free, due.iter().map(|h| statute::substitute_name(h.name)).collect());
        }
    }
    names.into_iter().map(|(day, all)| (day, joined(all))).collect()
}

/// The first day after `day` that is neither a weekend nor taken (decree §3: a Saturday moves on).
fn first_free_day(day: Date, taken: &BTreeMap<Date, Vec<String>>) -> Option<Date> {
    let mut next = day.tomorrow().ok()?;
    while is_weekend(next) || taken.contains_key(&next) {
        next = next.tomorrow().ok()?;
    }
    Some(next)
}

fn joined(mut names: Vec<String>) -> String {
    names.sort();
    names.dedup();
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn business_days_step_over_holidays_and_weekends() {
        let days = Holidays::new([(date(2020, 8, 17), "임시공휴일".to_owned())]);
        assert!(days.is_business_day(date(2021, 2, 23)));
        assert!(!days.is_business_day(date(2021, 2, 27)));
        // Wednesday before the New Year of 2021: Thursday, Friday and Saturday are the holiday.
        assert_eq!(days.next_business_day(date(2021, 2, 10)), date(2021, 2, 15));
        // Friday, then Liberation Day on Saturday, and an ad-hoc Monday.
        assert_eq!(days.next_business_day(date(2020, 8, 14)), date(2020, 8, 18));
        assert_eq!(days.add_business_days(date(2021, 2, 26), 2), date(2021, 3, 3));
        assert_eq!(days.add_business_days(date(2021, 2, 27), 0), date(2021, 2, 27));
    }

    #[test]
    fn chuseok_on_a_national_day_has_one_substitute() {
        let days = Holidays::new([]);
        assert_eq!(days.name(date(2028, 10, 3)).as_deref(), Some("개천절; 추석"));
        assert_eq!(days.name(date(2028, 10, 5)).as_deref(), Some("개천절 대체 휴일; 추석 대체 휴일"));
        assert!(days.is_business_day(date(2028, 10, 6)));
    }

    #[test]
    fn a_substitute_that_would_be_a_saturday_moves_on() {
        // Children's Day on a Friday, and an ad-hoc day on it: the next day is a Saturday.
        let days = Holidays::new([(date(2028, 5, 5), "임시공휴일".to_owned())]);
        assert_eq!(days.name(date(2028, 5, 8)).as_deref(), Some("어린이날 대체 휴일"));
        assert_eq!(days.name(date(2028, 5, 6)), None);
    }

    #[test]
    fn years_outside_the_prepared_ones_are_still_answered() {
        let days = Holidays::new([]);
        assert_eq!(days.name(date(2070, 1, 1)).as_deref(), Some("신정연휴"));
        assert!(days.is_holiday(date(2070, 10, 9)));
        assert!(!days.is_holiday(date(2070, 10, 7)));
        assert_eq!(days.next_business_day(Date::MAX), Date::MAX);
    }
}
