//! Which days the law makes public holidays, and when each kind gets a substitute.
//!
//! Source: Act on Public Holidays (공휴일에 관한 법률) §2–3 and its decree §2–3; before 2021-08 the
//! Regulation on Holidays of Public Offices (관공서의 공휴일에 관한 규정) §2–3.

use base::{Date, Weekday, date};

use crate::lunar;

/// When a holiday that clashes is made up for on another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Substitute {
    /// Never: New Year's Day, Memorial Day.
    Never,
    /// New Year and Chuseok of the lunar calendar: on a clash with Sunday or another holiday.
    Sunday {
        /// First day the rule applies to.
        since: Date,
    },
    /// The other ones: on a clash with Saturday, Sunday or another holiday.
    Weekend {
        /// First day the rule applies to.
        since: Date,
    },
}

impl Substitute {
    /// Whether a holiday of this kind on `day` is made up for, given whether another holiday shares the day.
    pub(crate) fn applies(self, day: Date, shared: bool) -> bool {
        let weekday = day.weekday();
        match self {
            Substitute::Never => false,
            Substitute::Sunday { since } => day >= since && (weekday == Weekday::Sunday || shared),
            Substitute::Weekend { since } => {
                day >= since && (matches!(weekday, Weekday::Saturday | Weekday::Sunday) || shared)
            }
        }
    }
}

/// One holiday of one year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statutory {
    pub(crate) day: Date,
    pub(crate) name: &'static str,
    pub(crate) substitute: Substitute,
}

/// Month, day, name, first year as a holiday, rule.
type Fixed = (i8, i8, &'static str, i16, Substitute);
/// Lunar month, lunar day, days after it, name, rule.
type Lunar = (u8, u8, i32, &'static str, Substitute);

/// Substitutes came with the amendment of 2013-11-05, for the two long holidays and Children's Day.
const FIRST: Date = date(2013, 11, 5);
/// The Act of 2021 brought them to the four national days; the first it met was Liberation Day 2021.
const NATIONAL: Date = date(2021, 8, 4);
/// The decree of 2023-05-04 brought them to the two religious days.
const RELIGIOUS: Date = date(2023, 5, 4);
/// Labour Day and Constitution Day are public holidays, with substitutes, from 2026.
const LATEST: Date = date(2026, 1, 1);

const fn weekend(since: Date) -> Substitute {
    Substitute::Weekend { since }
}

const FIXED: [Fixed; 10] = [
    (1, 1, "신정연휴", 2014, Substitute::Never),
    (3, 1, "삼일절", 2014, weekend(NATIONAL)),
    (5, 1, "노동절", 2026, weekend(LATEST)),
    (5, 5, "어린이날", 2014, weekend(FIRST)),
    (6, 6, "현충일", 2014, Substitute::Never),
    (7, 17, "제헌절", 2026, weekend(LATEST)),
    (8, 15, "광복절", 2014, weekend(NATIONAL)),
    (10, 3, "개천절", 2014, weekend(NATIONAL)),
    (10, 9, "한글날", 2014, weekend(NATIONAL)),
    (12, 25, "기독탄신일", 2014, weekend(RELIGIOUS)),
];

const LONG: Substitute = Substitute::Sunday { since: FIRST };

const LUNAR: [Lunar; 7] = [
    (1, 1, -1, "설날 전날", LONG),
    (1, 1, 0, "설날", LONG),
    (1, 1, 1, "설날 다음날", LONG),
    (4, 8, 0, "부처님오신날", weekend(RELIGIOUS)),
    (8, 15, -1, "추석 전날", LONG),
    (8, 15, 0, "추석", LONG),
    (8, 15, 1, "추석 다음날", LONG),
];

/// The name under which a substitute is known.
pub(crate) fn substitute_name(name: &str) -> String {
    // The three days of a long holiday share one substitute, named after the holiday itself.
    let whole = name.split(' ').next().unwrap_or(name);
    format!("{whole} 대체 휴일")
}

/// The holidays the law itself sets in a year, substitutes not yet counted, in no order.
pub(crate) fn of_year(year: i16) -> Vec<Statutory> {
    let fixed = FIXED.iter().filter(|f| year >= f.3).filter_map(|&(month, day, name, _, substitute)| {
        Some(Statutory { day: Date::new(year, month, day).ok()?, name, substitute })
    });
    let lunar = LUNAR.iter().filter_map(|&(month, day, after, name, substitute)| {
        let eve = lunar::solar(year, month, day)?;
        let day = eve.checked_add(jiff::Span::new().days(after)).ok()?;
        Some(Statutory { day, name, substitute })
    });
    fixed.chain(lunar).collect()
}
