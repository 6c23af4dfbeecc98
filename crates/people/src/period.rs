//! A stretch of days: how long a membership, a consent or a delegation holds.

use base::{Arg, Date, Refusal};
use serde::{Deserialize, Serialize};

/// From a first day to a last day, both in it; without a last day it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Period {
    from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
}

#[derive(Deserialize)]
struct Written {
    from: Date,
    until: Option<Date>,
}

impl TryFrom<Written> for Period {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Period, Self::Error> {
        Period::new(written.from, written.until).map_err(|_| "a period that ends before it begins")
    }
}

impl Period {
    /// Refused (`period.turned`) when it would end before it begins.
    pub fn new(from: Date, until: Option<Date>) -> Result<Period, Refusal> {
        match until {
            Some(until) if until < from => Err(Refusal::new("period.turned").with("day", Arg::Date(from))),
            _ => Ok(Period { from, until }),
        }
    }

    /// From this day on.
    pub fn since(from: Date) -> Period {
        Period { from, until: None }
    }

    /// The first day.
    pub fn from(self) -> Date {
        self.from
    }

    /// The last day, if there is one.
    pub fn until(self) -> Option<Date> {
        self.until
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether the two have a day in common.
    pub fn overlaps(self, other: Period) -> bool {
        self.until.is_none_or(|until| other.from <= until)
            && other.until.is_none_or(|until| self.from <= until)
    }

    /// The same, ending on this day, or earlier if it did already. Refused (`period.turned`) for a day before the first.
    pub fn ending(self, last: Date) -> Result<Period, Refusal> {
        Period::new(self.from, Some(self.until.map_or(last, |until| until.min(last))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    fn may(from: i8, until: i8) -> Period {
        Period::new(date(2021, 5, from), Some(date(2021, 5, until))).unwrap()
    }

    #[test]
    fn both_ends_are_in_it() {
        let week = may(3, 9);
        for (day, inside) in [(2, false), (3, true), (9, true), (10, false)] {
            assert_eq!(week.contains(date(2021, 5, day)), inside, "{day}");
        }
        assert!(Period::since(date(2021, 5, 3)).contains(date(2099, 1, 1)));
    }

    #[test]
    fn overlaps_are_seen_from_both_sides() {
        for (a, b, common) in [
            (may(1, 3), may(4, 6), false),
            (may(1, 4), may(4, 6), true),
            (may(1, 9), may(4, 6), true),
            (Period::since(date(2021, 5, 4)), may(1, 3), false),
            (Period::since(date(2021, 5, 4)), Period::since(date(2030, 1, 1)), true),
        ] {
            assert_eq!((a.overlaps(b), b.overlaps(a)), (common, common), "{a:?} {b:?}");
        }
    }

    #[test]
    fn an_end_is_never_moved_later() {
        assert_eq!(may(3, 9).ending(date(2021, 5, 5)), Ok(may(3, 5)));
        assert_eq!(may(3, 9).ending(date(2021, 5, 20)), Ok(may(3, 9)));
        assert_eq!(may(3, 9).ending(date(2021, 5, 2)).map_err(|no| no.code), Err("period.turned"));
    }

    #[test]
    fn a_turned_one_is_not_read() {
        let text = serde_json::to_string(&may(3, 9)).unwrap();
        assert_eq!(text, r#"{"from":"2021-05-03","until":"2021-05-09"}"#);
        assert_eq!(serde_json::from_str::<Period>(&text).unwrap(), may(3, 9));
        assert!(serde_json::from_str::<Period>(r#"{"from":"2021-05-03","until":"2021-05-02"}"#).is_err());
        assert_eq!(
            serde_json::from_str::<Period>(r#"{"from":"2021-05-03"}"#).unwrap(),
            Period::since(date(2021, 5, 3))
        );
    }
}
