//! The Korean lunisolar calendar, as far as holidays need it.

use base::Date;
use icu_calendar::types::Month;

/// The day on which a regular lunar month's day falls in the lunar year that begins in `year`.
/// `None` when that month has no such day or the year is beyond the calendar.
pub(crate) fn solar(year: i16, month: u8, day: u8) -> Option<Date> {
    let lunar =
        icu_calendar::Date::try_new_korean_traditional(i32::from(year), Month::new(month), day).ok()?;
    let iso = lunar.to_calendar(icu_calendar::Iso);
    let year = i16::try_from(iso.year().extended_year()).ok()?;
    let month = i8::try_from(iso.month().ordinal).ok()?;
    let day = i8::try_from(iso.day_of_month().0).ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::solar;
    use base::date;

    #[test]
    fn known_new_years_and_chuseoks() {
        assert_eq!(solar(2021, 1, 1), Some(date(2021, 2, 12)));
        assert_eq!(solar(2021, 8, 15), Some(date(2021, 9, 21)));
        // 2012 had a leap third month: the regular months after it are what holidays mean.
        assert_eq!(solar(2012, 4, 8), Some(date(2012, 5, 28)));
        assert_eq!(solar(2021, 1, 31), None);
    }
}
