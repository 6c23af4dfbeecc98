//! A list of people and amounts, checked line by line before anything is done. Nothing here changes the city.

use std::collections::HashMap;

use base::{Date, PersonId};
use economy::chart;
use economy::decide::{CouponStanding, may_give};
use economy::holder::{mask_card_number, parse_card_number};
use ledger::Books;
use rules::Coupon;
use sha2::{Digest, Sha256};
use sheets::{Limits, Table, Unreadable};

use super::everyone::free;
use crate::{CardRef, CityView};

/// No list has more lines than a job takes.
pub const LIMITS: Limits =
    Limits { bytes: 8 << 20, unpacked: 64 << 20, rows: crate::use_cases::LONGEST, columns: 32 };

const PERSON: &[&str] = &["카드번호", "카드", "대상자", "대상자번호", "card", "cardnumber", "person"];
const AMOUNT: &[&str] = &["금액", "지급액", "amount", "won"];

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Nobody stands there.
    NobodyNamed,
    /// Neither a card's number nor a person's id; a number of 16 digits whose check digit is wrong, where that is so.
    NoNumber {
        /// Sixteen digits: misread, or rounded by a spreadsheet.
        digits: bool,
    },
    /// A right number that is nobody's.
    Unknown,
    /// The amount is no whole number of won, 1 or more.
    Amount,
    /// The same person stands on an earlier line.
    Twice {
        /// Which.
        line: usize,
    },
    /// More than one person gets, with what they were given already.
    Most {
        /// Won they may still be given.
        room: i64,
    },
}

/// A line that can't be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the file.
    pub line: usize,
    /// Who stands there: a card's number masked, anything else as it is.
    pub who: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// Why a whole file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no table.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A heading is missing.
    #[error("no column of people, or none of amounts")]
    Columns,
    /// There are headings and nothing under them.
    #[error("no lines")]
    NoLines,
}

/// A list, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// SHA-256 of the file.
    pub hash: [u8; 32],
    /// Lines in it.
    pub lines: usize,
    /// Who will be given how much.
    pub rows: Vec<(PersonId, i64)>,
    /// Won, all together.
    pub sum: i64,
    /// What the budget has for it: see [`free`].
    pub budget_left: i64,
    /// What can't be done.
    pub bad: Vec<BadLine>,
}

impl Checked {
    /// True when the budget holds enough for all of it.
    pub fn is_covered(&self) -> bool {
        self.sum <= self.budget_left
    }
}

/// A list that was read, before anybody is looked up.
#[derive(Debug, Clone)]
pub struct List {
    hash: [u8; 32],
    table: Table,
    person: usize,
    amount: usize,
}

/// Reads a file. It takes a while for a long one, and needs nothing of the city.
pub fn read(bytes: &[u8]) -> Result<List, Refused> {
    let table = sheets::read(bytes, LIMITS)?;
    let (Some(person), Some(amount)) = (table.column(PERSON), table.column(AMOUNT)) else {
        return Err(Refused::Columns);
    };
    if table.rows.is_empty() {
        return Err(Refused::NoLines);
    }
    Ok(List { hash: Sha256::digest(bytes).into(), table, person, amount })
}

/// Checks a list for a coupon, as the books stand.
pub fn check(list: &List, coupon: &Coupon, (view, books): (&CityView, &Books), date: Date) -> Checked {
    let mut checked = Checked {
        hash: list.hash,
        lines: list.table.rows.len(),
        rows: Vec::new(),
        sum: 0,
        budget_left: free(&view.coupons, &view.pack, &view.directory, books, &coupon.budget),
        bad: Vec::new(),
    };
    lines(&list.table, (list.person, list.amount), coupon, (view, books), date, &mut checked);
    checked
}

fn lines(
    table: &Table,
    (person, amount): (usize, usize),
    coupon: &Coupon,
    (view, books): (&CityView, &Books),
    date: Date,
    checked: &mut Checked,
) {
    let mut seen: HashMap<PersonId, usize> = HashMap::new();
    for row in &table.rows {
        let text = row.cells[person].as_str();
        let outcome = who(text, view).and_then(|person| {
            let amount = won(&row.cells[amount]).ok_or(Wrong::Amount)?;
            if let Some(line) = seen.get(&person) {
                return Err(Wrong::Twice { line: *line });
            }
            let meter = chart::coupon_meter(person, coupon.purpose, coupon.cohort());
            let given = books.balance_of(&meter.key);
            // The coupon's days are asked when the job begins; what one person gets holds on any of them.
            let date = date.clamp(coupon.from, coupon.until);
            let standing = CouponStanding { given, budget_left: i64::MAX, date };
            match may_give(coupon, amount, &standing) {
                Err(no) if no.code == "coupon.person-most" => {
                    Err(Wrong::Most { room: (coupon.most.0 - given).max(0) })
                }
                Err(no) if no.code == "amount.range" => Err(Wrong::Amount),
                _ => Ok((person, amount)),
            }
        });
        match outcome {
            Ok((person, amount)) => {
                seen.insert(person, row.line);
                checked.rows.push((person, amount));
                checked.sum += amount;
            }
            Err(wrong) => {
                let who = parse_card_number(text).map_or_else(|| short(text), mask_card_number);
                checked.bad.push(BadLine { line: row.line, who, wrong });
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(24).collect()
}

fn who(text: &str, view: &CityView) -> Result<PersonId, Wrong> {
    if text.is_empty() {
        return Err(Wrong::NobodyNamed);
    }
    if let Ok(person) = text.parse::<PersonId>() {
        return view.directory.holder(person).map(|_| person).ok_or(Wrong::Unknown);
    }
    match parse_card_number(text) {
        Some(number) => {
            view.directory.card(CardRef::Number(number)).map(|card| card.person).ok_or(Wrong::Unknown)
        }
        None => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count() == 16;
            Err(Wrong::NoNumber { digits })
        }
    }
}

/// `100,000`, `100000원`.
fn won(text: &str) -> Option<i64> {
    let text = text.trim_end_matches("원").trim_end_matches("won").trim_end();
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let plain = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|won| plain && *won > 0)
}

#[cfg(test)]
mod tests {
    use super::won;

    #[test]
    fn amounts_as_offices_write_them() {
        for (text, amount) in [
            ("100000", Some(100_000)),
            ("100,000", Some(100_000)),
            ("100,000원", Some(100_000)),
            ("100 000 won", Some(100_000)),
            ("0", None),
            ("", None),
            ("-5", None),
            ("10.5", None),
            ("1e5", None),
            ("=SUM(A1:A9)", None),
            ("십만", None),
            ("9999999999999999", None),
        ] {
            assert_eq!(won(text), amount, "{text}");
        }
    }
}
