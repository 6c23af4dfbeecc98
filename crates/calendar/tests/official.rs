//! The computed days against the published ones, 2019 to 2027, name by name.

use std::collections::BTreeMap;

use base::{Date, date};
use calendar::Holidays;

const EXPECTED: &str = include_str!("kr_holidays_2019_2027.tsv");

/// Days no rule can know: elections and one-off holidays. The same list stands in the city pack.
const AD_HOC: [(&str, &str); 10] = [
    ("2020-04-15", "국회의원 선거일"),
    ("2020-08-17", "임시공휴일"),
    ("2022-03-09", "대통령 선거일"),
    ("2022-06-01", "지방선거일"),
    ("2023-10-02", "임시공휴일"),
    ("2024-04-10", "국회의원 선거일"),
    ("2024-10-01", "국군의 날"),
    ("2025-01-27", "임시공휴일"),
    ("2025-06-03", "대통령 선거일"),
    ("2026-06-03", "지방선거일"),
];

#[test]
fn every_day_of_nine_years_is_as_published() {
    let holidays =
        Holidays::new(AD_HOC.iter().map(|(day, name)| (day.parse::<Date>().unwrap(), (*name).to_owned())));
    let expected: BTreeMap<Date, &str> = EXPECTED
        .lines()
        .map(|line| {
            let (day, name) = line.split_once('\t').unwrap();
            (day.parse().unwrap(), name.trim_end())
        })
        .collect();
    let mut day = date(2019, 1, 1);
    while day <= date(2027, 12, 31) {
        assert_eq!(holidays.name(day).as_deref(), expected.get(&day).copied(), "{day}");
        day = day.tomorrow().unwrap();
    }
}
