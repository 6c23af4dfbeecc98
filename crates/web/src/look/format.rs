//! Numbers and days as people write them, in both languages.

use base::{Date, Lang, Month, Weekday, Won};
use jiff::civil::DateTime;

/// `1,234,567`.
pub fn grouped(number: i64) -> String {
    Won(number).to_string()
}

/// Exact: `12,300원` · `12,300 won`.
pub fn won(lang: Lang, amount: Won) -> String {
    match lang {
        Lang::Ko => format!("{amount}원"),
        Lang::En => format!("{amount} won"),
    }
}

/// The unit that stands small beside a large number.
pub fn won_unit(lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => "원",
        Lang::En => "won",
    }
}

/// For running text, cut to what the ear takes: `3억 2,000만 원` · `320 million won`. Below 100,000 it is exact.
pub fn won_about(lang: Lang, amount: Won) -> String {
    let size = amount.0.unsigned_abs();
    if size < 100_000 {
        return won(lang, amount);
    }
    let sign = if amount.0 < 0 { "-" } else { "" };
    match lang {
        Lang::Ko => {
            let (eok, man) = (size / 100_000_000, size % 100_000_000 / 10_000);
            match (eok, man) {
                (0, man) => format!("{sign}{}만 원", grouped(signed(man))),
                // Beside 억, anything below a million says nothing; beside 100억, anything below ten million.
                (eok, man) => {
                    let unit = if eok >= 100 { 1_000 } else { 100 };
                    match man / unit * unit {
                        0 => format!("{sign}{}억 원", grouped(signed(eok))),
                        man => format!("{sign}{}억 {}만 원", grouped(signed(eok)), grouped(signed(man))),
                    }
                }
            }
        }
        Lang::En => {
            let (unit, word) = match size {
                0..1_000_000 => (1_000, "thousand"),
                1_000_000..1_000_000_000 => (1_000_000, "million"),
                _ => (1_000_000_000, "billion"),
            };
            let tenths = size / (unit / 10);
            let whole = grouped(signed(tenths / 10));
            if tenths.is_multiple_of(10) {
                format!("{sign}{whole} {word} won")
            } else {
                format!("{sign}{whole}.{} {word} won", tenths % 10)
            }
        }
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `10 %` from basis points; one or two decimals only where they say something.
pub fn percent(basis_points: i64) -> String {
    let (whole, rest) = (basis_points / 100, (basis_points % 100).abs());
    match rest {
        0 => format!("{whole}%"),
        r if r % 10 == 0 => format!("{whole}.{}%", r / 10),
        r => format!("{whole}.{r:02}%"),
    }
}

fn weekday(lang: Lang, day: Weekday) -> &'static str {
    let index = usize::from(day.to_monday_zero_offset().unsigned_abs());
    let names = match lang {
        Lang::Ko => ["월", "화", "수", "목", "금", "토", "일"],
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    names.get(index).copied().unwrap_or("")
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(usize::from(month.unsigned_abs()).wrapping_sub(1)).copied().unwrap_or("")
}

/// `2월 23일(화)` · `Tue 23 Feb`; with the year when it is another than today's.
pub fn day(lang: Lang, today: Date, date: Date) -> String {
    if date.year() == today.year() {
        let name = weekday(lang, date.weekday());
        match lang {
            Lang::Ko => format!("{}월 {}일({name})", date.month(), date.day()),
            Lang::En => format!("{name} {} {}", date.day(), month_name(date.month())),
        }
    } else {
        full_day(lang, date)
    }
}

/// `2021년 2월 23일(화)` · `Tue 23 Feb 2021`.
pub fn full_day(lang: Lang, date: Date) -> String {
    let name = weekday(lang, date.weekday());
    match lang {
        Lang::Ko => format!("{}년 {}월 {}일({name})", date.year(), date.month(), date.day()),
        Lang::En => format!("{name} {} {} {}", date.day(), month_name(date.month()), date.year()),
    }
}

/// `오늘`, `어제`, `내일(수)` or the day · `today`, `yesterday`, `tomorrow (Wed)`.
pub fn near_day(lang: Lang, today: Date, date: Date) -> String {
    if date == today {
        return pick(lang, "오늘", "today").to_owned();
    }
    if today.yesterday().is_ok_and(|d| d == date) {
        return pick(lang, "어제", "yesterday").to_owned();
    }
    if today.tomorrow().is_ok_and(|d| d == date) {
        let name = weekday(lang, date.weekday());
        return match lang {
            Lang::Ko => format!("내일({name})"),
            Lang::En => format!("tomorrow ({name})"),
        };
    }
    day(lang, today, date)
}

/// `오늘 14:05` · `today 14:05`.
pub fn moment(lang: Lang, today: Date, at: DateTime) -> String {
    format!("{} {}", near_day(lang, today, at.date()), clock(at))
}

/// `14:05`.
pub fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `2021년 3월` or, in this year, `3월` · `March 2021` would be long: `Mar 2021`, `Mar`.
pub fn month(lang: Lang, today: Date, month: Month) -> String {
    let this_year = month.year() == today.year();
    match (lang, this_year) {
        (Lang::Ko, true) => format!("{}월", month.month()),
        (Lang::Ko, false) => format!("{}년 {}월", month.year(), month.month()),
        (Lang::En, true) => month_name(month.month()).to_owned(),
        (Lang::En, false) => format!("{} {}", month_name(month.month()), month.year()),
    }
}

fn pick<'a>(lang: Lang, ko: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn amounts() {
        for (amount, exact_ko, about_ko, about_en) in [
            (0, "0원", "0원", "0 won"),
            (12_300, "12,300원", "12,300원", "12,300 won"),
            (1_234_567, "1,234,567원", "123만 원", "1.2 million won"),
            (320_000_000, "320,000,000원", "3억 2,000만 원", "320 million won"),
            (400_087_700, "400,087,700원", "4억 원", "400 million won"),
            (500_000_000, "500,000,000원", "5억 원", "500 million won"),
            (15_000_000_000, "15,000,000,000원", "150억 원", "15 billion won"),
            (27_123_456_789, "27,123,456,789원", "271억 2,000만 원", "27.1 billion won"),
            (-250_000, "-250,000원", "-25만 원", "-250 thousand won"),
        ] {
            assert_eq!(won(Lang::Ko, Won(amount)), exact_ko);
            assert_eq!(won_about(Lang::Ko, Won(amount)), about_ko);
            assert_eq!(won_about(Lang::En, Won(amount)), about_en);
        }
        assert_eq!(won(Lang::En, Won(12_300)), "12,300 won");
    }

    #[test]
    fn shares() {
        for (points, text) in [(1000, "10%"), (850, "8.5%"), (25, "0.25%"), (0, "0%"), (1005, "10.05%")] {
            assert_eq!(percent(points), text);
        }
    }

    #[test]
    fn days() {
        let today = date(2021, 2, 23);
        for (day_of, ko, en) in [
            (today, "오늘", "today"),
            (date(2021, 2, 22), "어제", "yesterday"),
            (date(2021, 2, 24), "내일(수)", "tomorrow (Wed)"),
            (date(2021, 3, 1), "3월 1일(월)", "Mon 1 Mar"),
            (date(2026, 2, 22), "2026년 2월 22일(일)", "Sun 22 Feb 2026"),
        ] {
            assert_eq!(near_day(Lang::Ko, today, day_of), ko);
            assert_eq!(near_day(Lang::En, today, day_of), en);
        }
        assert_eq!(day(Lang::Ko, today, today), "2월 23일(화)");
        assert_eq!(day(Lang::En, today, today), "Tue 23 Feb");
        assert_eq!(moment(Lang::Ko, today, today.at(14, 5, 0, 0)), "오늘 14:05");
        assert_eq!(month(Lang::Ko, today, Month::of(today)), "2월");
        assert_eq!(month(Lang::En, today, Month::of(date(2020, 12, 1))), "Dec 2020");
    }
}
