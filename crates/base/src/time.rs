//! Instants, months and the clock. Ambient time is banned elsewhere (`clippy.toml`): a clock is handed in.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// This many seconds later (or earlier, when negative).
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// RFC 3339 in UTC, to the microsecond.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).map(|t| t.to_string()).unwrap_or_default()
    }

    /// The reverse, from any offset.
    pub fn parse_rfc3339(text: &str) -> Option<Instant> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Instant(t.as_microsecond()))
    }
}

/// A calendar month, counted from year 0: limits renew and purses expire by the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Month(pub u32);

impl Month {
    /// The month a date lies in.
    pub fn of(date: Date) -> Month {
        Month(u32::from(date.year().unsigned_abs()) * 12 + u32::from(date.month().unsigned_abs()) - 1)
    }

    /// The month before.
    pub fn before(self) -> Month {
        Month(self.0.saturating_sub(1))
    }

    /// This many months later.
    pub fn plus(self, months: u32) -> Month {
        Month(self.0.saturating_add(months))
    }

    /// The year.
    pub fn year(self) -> i16 {
        i16::try_from(self.0 / 12).unwrap_or(i16::MAX)
    }

    /// 1 to 12.
    pub fn month(self) -> i8 {
        i8::try_from(self.0 % 12 + 1).unwrap_or(1)
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::new(self.year(), self.month(), 1).unwrap_or(Date::ZERO)
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }
}

/// Days since 1970-01-01 as a date.
pub fn date_of_day(day: i32) -> Date {
    let span = jiff::Span::new().try_days(day);
    span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span)).unwrap_or(Date::ZERO)
}

/// A date as days since 1970-01-01.
pub fn day_of_date(date: Date) -> i32 {
    jiff::civil::date(1970, 1, 1).until(date).map_or(0, |span| span.get_days())
}

/// The city's time zone.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    /// Set when the zone has had one offset since 2000 (Seoul: +9 h), so that the hot path adds instead of searching.
    fixed: Option<i64>,
}

const DAY: i64 = 86_400_000_000;

impl Zone {
    /// By IANA name, such as `Asia/Seoul`.
    pub fn named(name: &str) -> Option<Zone> {
        let zone = TimeZone::get(name).ok()?;
        let start = jiff::Timestamp::from_second(946_684_800).ok()?;
        let fixed = match zone.following(start).next() {
            None => Some(i64::from(zone.to_offset(start).seconds()) * 1_000_000),
            Some(_) => None,
        };
        Some(Zone { zone, fixed })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    fn local_micros(&self, at: Instant) -> i64 {
        let offset = match self.fixed {
            Some(offset) if at.0 >= 946_684_800_000_000 => offset,
            _ => jiff::Timestamp::from_microsecond(at.0)
                .map_or(0, |t| i64::from(self.zone.to_offset(t).seconds()) * 1_000_000),
        };
        at.0.saturating_add(offset)
    }

    /// The civil date there.
    pub fn date(&self, at: Instant) -> Date {
        date_of_day(self.day_number(at))
    }

    /// Days since 1970-01-01 there: the cheap form of [`Zone::date`].
    pub fn day_number(&self, at: Instant) -> i32 {
        i32::try_from(self.local_micros(at).div_euclid(DAY)).unwrap_or(i32::MAX)
    }

    /// The clock face there.
    pub fn civil(&self, at: Instant) -> jiff::civil::DateTime {
        jiff::Timestamp::from_microsecond(at.0)
            .map_or(jiff::civil::DateTime::MIN, |t| self.zone.to_datetime(t))
    }

    /// Hour of the day there, 0 to 23.
    pub fn hour(&self, at: Instant) -> u8 {
        u8::try_from(self.local_micros(at).rem_euclid(DAY) / 3_600_000_000).unwrap_or(0)
    }

    /// Minute of the day there, 0 to 1,439.
    pub fn minute_of_day(&self, at: Instant) -> u16 {
        u16::try_from(self.local_micros(at).rem_euclid(DAY) / 60_000_000).unwrap_or(0)
    }

    /// The moment a civil date and time happen there.
    pub fn instant(&self, date: Date, hour: i8, minute: i8) -> Instant {
        let at = date.at(hour, minute, 0, 0).to_zoned(self.zone.clone());
        Instant(at.map_or(0, |z| z.timestamp().as_microsecond()))
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// This moment, as the city counts it.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock comes in")]
    fn now(&self) -> Instant {
        Instant(jiff::Timestamp::now().as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn seoul_days_and_hours() {
        let seoul = Zone::named("Asia/Seoul").unwrap();
        assert!(seoul.fixed.is_some());
        let nine = seoul.instant(date(2021, 2, 23), 9, 0);
        assert_eq!(nine.rfc3339(), "2021-02-23T00:00:00Z");
        assert_eq!(seoul.date(nine), date(2021, 2, 23));
        assert_eq!(seoul.hour(nine), 9);
        assert_eq!(seoul.date(nine.plus_seconds(-9 * 3600 - 1)), date(2021, 2, 22));
        assert_eq!(seoul.date(Instant(0)), date(1970, 1, 1));
    }

    #[test]
    fn months_count() {
        let dec = Month::of(date(2020, 12, 31));
        assert_eq!(dec.plus(1), Month::of(date(2021, 1, 1)));
        assert_eq!(dec.plus(2).last_day(), date(2021, 2, 28));
        assert_eq!((dec.year(), dec.month()), (2020, 12));
        for day in [-1, 0, 1, 18_681, 20_000] {
            assert_eq!(day_of_date(date_of_day(day)), day);
        }
        assert_eq!(date_of_day(18_681), date(2021, 2, 23));
    }
}
