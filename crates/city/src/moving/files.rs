//! The files a moving-in reads: what they are called, what their columns are, and what their cells may say.

use base::{Date, Month};
use economy::{CardKind, CardState};
use rules::City;
use sheets::{Limits, Row, Table};

/// No file is larger than a large city's.
pub const LIMITS: Limits = Limits { bytes: 256 << 20, unpacked: 1 << 30, rows: 3_000_000, columns: 32 };

/// A file: its name without ending, and its columns by the names they may have, the first is the template's.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// `people`.
    pub name: &'static str,
    /// Whether a moving-in can do without it.
    pub optional: bool,
    /// Its columns.
    pub columns: &'static [Column],
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The names it may have: the English one, then the Korean one.
    pub names: &'static [&'static str],
    /// Whether the file can do without it.
    pub optional: bool,
    /// What stands in it.
    pub what: &'static str,
}

const fn must(names: &'static [&'static str], what: &'static str) -> Column {
    Column { names, optional: false, what }
}

const fn may(names: &'static [&'static str], what: &'static str) -> Column {
    Column { names, optional: true, what }
}

const HOLDER: Column =
    must(&["holder", "회원번호"], "the old system's own number of the person; it is not kept");

/// The people.
pub const PEOPLE: Layout = Layout {
    name: "people",
    optional: false,
    columns: &[
        HOLDER,
        must(&["name", "이름"], "as they write it, at most 100 letters"),
        may(&["phone", "전화번호"], "010-1234-5678, or empty"),
        may(&["birth", "생년월일"], "1960-12-31, or empty"),
        may(&["district", "동"], "the neighbourhood's code or name; empty for who lives elsewhere"),
    ],
};

/// Their cards.
pub const CARDS: Layout = Layout {
    name: "cards",
    optional: false,
    columns: &[
        HOLDER,
        must(&["card", "카드번호"], "16 digits with a right check digit; the card goes on paying"),
        may(&["kind", "종류"], "plastic or phone (플라스틱, 휴대폰); empty is plastic"),
        may(&["state", "상태"], "active, frozen, lost or closed (사용, 정지, 분실, 해지); empty is active"),
    ],
};

/// What is in purses.
pub const PURSES: Layout = Layout {
    name: "purses",
    optional: true,
    columns: &[
        HOLDER,
        must(&["purpose", "용도"], "cash, reward, or another purpose of the pack, by its id or name"),
        may(
            &["expires", "유효기간"],
            "2026-02, the month at whose end it expires; of cash and reward empty: as if put on today",
        ),
        must(&["won", "금액"], "whole won, above zero"),
    ],
};

/// The shops.
pub const SHOPS: Layout = Layout {
    name: "shops",
    optional: false,
    columns: &[
        must(&["business_number", "사업자등록번호"], "ten digits with a right check digit"),
        must(&["name", "상호"], "on its sign, at most 100 letters"),
        must(&["trade", "업종"], "a trade of the pack, by its id or name"),
        must(&["district", "동"], "the neighbourhood's code or name"),
        may(&["sales", "연매출"], "yearly sales in won, or empty"),
        may(&["owner", "대표회원번호"], "the owner's number in people, if they hold a card"),
        may(&["payable", "정산예정금액"], "won it has earned and was not paid yet; empty is nothing"),
        may(
            &["bank", "은행"],
            "where it is paid out, by the bank's code or name; with the two below, or all three empty: it is not paid out \
             until it has an account",
        ),
        may(&["account", "계좌번호"], "the account's number, 8 to 16 digits"),
        may(
            &["account_holder", "예금주"],
            "whose name it is in; the old system's operator answers for it, it is not compared with the sign",
        ),
    ],
};

/// Open prepayments.
pub const PREPAYMENTS: Layout = Layout {
    name: "prepayments",
    optional: true,
    columns: &[
        HOLDER,
        must(&["business_number", "사업자등록번호"], "the shop's"),
        must(&["won", "금액"], "what is left of it, above zero"),
        may(
            &["advanced", "선지급금액"],
            "won of it that the shop was paid already; empty: the pack's share is paid with its next settlement",
        ),
        must(&["use_by", "사용기한"], "2021-12-31, the last day of use"),
    ],
};

/// What the old system's operator states.
pub const CONTROL: Layout = Layout {
    name: "control",
    optional: false,
    columns: &[
        must(
            &["line", "항목"],
            "people, cards, shops, accounts (shops with a payout account), purses/cash (and each other purpose), \
             prepaid/1234567891 (each shop), advanced, payable, treasury, bank",
        ),
        may(&["count", "건수"], "how many; empty for treasury and bank"),
        may(&["won", "금액"], "how much in all; empty for people, cards, shops and accounts"),
    ],
};

/// All of them, in the order they are read.
pub const LAYOUTS: [Layout; 6] = [PEOPLE, CARDS, SHOPS, PURSES, PREPAYMENTS, CONTROL];

/// What a file lacks, or its cells by the layout's columns; `None` where it has no such column.
pub(super) struct Columns<'a> {
    table: &'a Table,
    at: Vec<Option<usize>>,
}

impl<'a> Columns<'a> {
    /// Finds the columns; gives the English name of one that is missing.
    pub fn of(table: &'a Table, layout: &Layout) -> Result<Columns<'a>, &'static str> {
        let at: Vec<Option<usize>> = layout.columns.iter().map(|one| table.column(one.names)).collect();
        match layout.columns.iter().zip(&at).find(|(one, at)| at.is_none() && !one.optional) {
            Some((one, _)) => Err(one.names[0]),
            None => Ok(Columns { table, at }),
        }
    }

    /// The rows with their cells, in the layout's order; empty where there is no such column.
    pub fn rows(&self) -> impl Iterator<Item = (&'a Row, Vec<&'a str>)> + '_ {
        self.table.rows.iter().map(|row| {
            let cell = |at: &Option<usize>| at.map_or("", |at| row.cells[at].as_str());
            (row, self.at.iter().map(cell).collect())
        })
    }
}

/// Why a cell is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAmount {
    Negative,
    NotWhole,
}

/// `100,000`, `100000원`, `0`.
pub(super) fn won(text: &str) -> Result<i64, NoAmount> {
    let text = text.trim_end_matches("원").trim_end_matches("won").trim();
    if let Some(rest) = text.strip_prefix(['-', '−', '△']) {
        return Err(if won(rest).is_ok() { NoAmount::Negative } else { NoAmount::NotWhole });
    }
    let groups: Vec<&str> = text.split(',').collect();
    let grouped = groups.len() == 1
        || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let digits = groups.concat();
    let plain = (1..=13).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain && grouped).ok_or(NoAmount::NotWhole)
}

/// `2021-03-31`, `2021.3.31.`, `2021/03/31`, `20210331`.
pub(super) fn date(text: &str) -> Option<Date> {
    let parts = numbers(text)?;
    let (year, month, day) = match parts[..] {
        [year, month, day] => (year, month, day),
        [all] if text.len() == 8 => (all / 10_000, all / 100 % 100, all % 100),
        _ => return None,
    };
    let year = i16::try_from(year).ok().filter(|year| (1900..2200).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `2026-02`, `2026.2`, `202602`, or a day of it.
pub(super) fn month(text: &str) -> Option<Month> {
    if let Some(date) = date(text) {
        return Some(Month::of(date));
    }
    let parts = numbers(text)?;
    let (year, month) = match parts[..] {
        [year, month] => (year, month),
        [all] if text.len() == 6 => (all / 100, all % 100),
        _ => return None,
    };
    let year = i16::try_from(year).ok().filter(|year| (1900..2200).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, 1).ok().map(Month::of)
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    let text = text.trim_end_matches('.');
    text.split(['-', '.', '/']).map(|part| part.trim().parse().ok()).collect()
}

/// A card's kind, as offices write it.
pub(super) fn kind(text: &str) -> Option<CardKind> {
    match text.to_lowercase().as_str() {
        "" | "plastic" | "플라스틱" | "실물" => Some(CardKind::Plastic),
        "phone" | "휴대폰" | "모바일" => Some(CardKind::Phone),
        _ => None,
    }
}

/// Where a card stands, as offices write it.
pub(super) fn state(text: &str) -> Option<CardState> {
    match text.to_lowercase().as_str() {
        "" | "active" | "사용" | "정상" => Some(CardState::Active),
        "frozen" | "정지" => Some(CardState::Frozen),
        "lost" | "분실" => Some(CardState::Lost),
        "closed" | "해지" => Some(CardState::Closed),
        _ => None,
    }
}

/// A neighbourhood's code, by that or by its name.
pub(super) fn district(city: &City, text: &str) -> Option<String> {
    let found = city.districts.iter().find(|d| d.code == text || d.name.ko == text || d.name.en == text);
    found.map(|district| district.code.clone())
}

/// A trade's id, by that or by its name.
pub(super) fn trade(city: &City, text: &str) -> Option<String> {
    let found = city.trades.iter().find(|t| t.id == text || t.name.ko == text || t.name.en == text);
    found.map(|trade| trade.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_old_systems_write_them() {
        for (text, amount) in [
            ("100000", Ok(100_000)),
            ("1,100,000원", Ok(1_100_000)),
            ("0", Ok(0)),
            ("-5", Err(NoAmount::Negative)),
            ("△5,000", Err(NoAmount::Negative)),
            ("1,00", Err(NoAmount::NotWhole)),
            ("10.5", Err(NoAmount::NotWhole)),
            ("1e5", Err(NoAmount::NotWhole)),
            ("=SUM(A1:A9)", Err(NoAmount::NotWhole)),
            ("-=1", Err(NoAmount::NotWhole)),
            ("십만", Err(NoAmount::NotWhole)),
            ("", Err(NoAmount::NotWhole)),
            ("99999999999999", Err(NoAmount::NotWhole)),
        ] {
            assert_eq!(won(text), amount, "{text}");
        }
    }

    #[test]
    fn days_and_months_as_offices_write_them() {
        let day = Some(base::date(2021, 3, 31));
        for text in ["2021-03-31", "2021.3.31.", "2021/3/31", "20210331"] {
            assert_eq!(date(text), day, "{text}");
            assert_eq!(month(text), day.map(Month::of), "{text}");
        }
        for text in ["2021-03", "2021.3", "202103"] {
            assert_eq!(month(text), day.map(Month::of), "{text}");
        }
        for text in ["", "2021-02-30", "31-03-2021", "44286", "어제", "=TODAY()"] {
            assert_eq!((date(text), month(text)), (None, None), "{text}");
        }
    }
}
