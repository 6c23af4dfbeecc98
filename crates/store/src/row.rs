//! Reading rows: a small macro makes a struct out of a row, and its names are checked against the statement's.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use base::{
    AccountId, ApplicationId, BusinessId, CardId, CaseId, DownloadId, DraftId, EntryNo, GlassId, GrantId,
    HandoverId, HookId, HouseholdId, Instant, MerchantId, OrganisationId, PayoutAccountId, PersonId,
    PostingNo, ProposalId, QuestionId, RecordId, TokenId,
};
use ledger::{
    Account, AccountNo, AccountRow, ClassNo, EntryRow, GroupRow, Key, PostingRow, RequestRow, Side, UnitNo,
};

use crate::Error;

/// One value of a row, borrowed from the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BYTEA.
    Bytes(&'a [u8]),
}

/// The row of either driver, read from left to right.
pub struct RowReader<'a> {
    row: DriverRow<'a>,
    next: usize,
}

enum DriverRow<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> RowReader<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> RowReader<'a> {
        RowReader { row: DriverRow::Sqlite(row), next: 0 }
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> RowReader<'a> {
        RowReader { row: DriverRow::Postgres(row), next: 0 }
    }

    /// The next value.
    pub fn cell(&mut self) -> Result<Cell<'_>, Error> {
        let index = self.next;
        self.next += 1;
        match self.row {
            DriverRow::Sqlite(row) => match row.get_ref(index)? {
                rusqlite::types::ValueRef::Null => Ok(Cell::Null),
                rusqlite::types::ValueRef::Integer(v) => Ok(Cell::Int(v)),
                rusqlite::types::ValueRef::Text(v) => std::str::from_utf8(v)
                    .map(Cell::Text)
                    .map_err(|_| Error::shape(format!("column {index} is not UTF-8"))),
                rusqlite::types::ValueRef::Blob(v) => Ok(Cell::Bytes(v)),
                rusqlite::types::ValueRef::Real(_) => {
                    Err(Error::shape(format!("column {index} is a floating-point number")))
                }
            },
            DriverRow::Postgres(row) => Ok(row.try_get::<_, crate::engine::PgCell<'_>>(index)?.0),
        }
    }

    /// The next value, as what it should be.
    pub fn read<T: FromColumn>(&mut self) -> Result<T, Error> {
        let index = self.next;
        let cell = self.cell()?;
        T::from_cell(cell).ok_or_else(|| {
            Error::shape(format!("column {index}: {cell:?} is no {}", std::any::type_name::<T>()))
        })
    }
}

/// A type that one value can become.
pub trait FromColumn: Sized {
    /// `None` when it can't.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// A type that a row can become. Write it with [`crate::row!`].
pub trait FromRow: Sized {
    /// The statement's column names, in order.
    const COLUMNS: &'static [&'static str];

    /// Reads the columns in order.
    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error>;
}

/// Checks a statement's columns against the struct's, so that a reordered SELECT fails instead of swapping values.
pub(crate) fn check_columns<R: FromRow>(names: &mut dyn Iterator<Item = &str>) -> Result<(), Error> {
    let mut wanted = R::COLUMNS.iter();
    loop {
        match (names.next(), wanted.next()) {
            (None, None) => return Ok(()),
            (Some(found), Some(name)) if found == *name => {}
            (found, name) => {
                let text = std::any::type_name::<R>();
                return Err(Error::shape(format!(
                    "{text}: expected column {name:?}, the statement has {found:?}"
                )));
            }
        }
    }
}

/// Makes a struct that a row of a statement with just these columns can become:
/// `row! { pub struct Shop { pub id: String, pub area: Option<i64> } }`.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),+ }

        impl $crate::FromRow for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn from_row(row: &mut $crate::RowReader<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $($field: row.read()?),+ })
            }
        }
    };
}

macro_rules! from_int {
    ($($type:ty, $v:ident => $to:expr;)+) => {
        $(impl FromColumn for $type {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Int($v) => $to,
                    _ => None,
                }
            }
        })+
    };
}

from_int! {
    i64, v => Some(v);
    i32, v => v.try_into().ok();
    u32, v => v.try_into().ok();
    u16, v => v.try_into().ok();
    u8, v => v.try_into().ok();
    u64, v => Some(v.cast_unsigned());
    bool, v => match v { 0 => Some(false), 1 => Some(true), _ => None };
    Instant, v => Some(Instant(v));
    PostingNo, v => Some(PostingNo(v.cast_unsigned()));
    EntryNo, v => Some(EntryNo(v.cast_unsigned()));
    AccountNo, v => v.try_into().ok().map(AccountNo);
}

macro_rules! from_text {
    ($($type:ty, $v:ident => $to:expr;)+) => {
        $(impl FromColumn for $type {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Text($v) => $to,
                    _ => None,
                }
            }
        })+
    };
}

from_text! {
    String, v => Some(v.to_owned());
    Cow<'static, str>, v => Some(intern(v));
    PersonId, v => v.parse().ok();
    RecordId, v => v.parse().ok();
    CardId, v => v.parse().ok();
    MerchantId, v => v.parse().ok();
    TokenId, v => v.parse().ok();
    AccountId, v => v.parse().ok();
    GrantId, v => v.parse().ok();
    QuestionId, v => v.parse().ok();
    GlassId, v => v.parse().ok();
    HookId, v => v.parse().ok();
    CaseId, v => v.parse().ok();
    ProposalId, v => v.parse().ok();
    DraftId, v => v.parse().ok();
    HandoverId, v => v.parse().ok();
    DownloadId, v => v.parse().ok();
    OrganisationId, v => v.parse().ok();
    HouseholdId, v => v.parse().ok();
    BusinessId, v => v.parse().ok();
    PayoutAccountId, v => v.parse().ok();
    ApplicationId, v => v.parse().ok();
}

impl FromColumn for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(v) => Some(v.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(v) => v.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

/// The journal's kinds and roles are a few dozen words repeated in millions of rows: each is kept once. Past
/// the bound words are owned by their rows, so that a strange database can't grow this without end.
fn intern(text: &str) -> Cow<'static, str> {
    const BOUND: usize = 256;
    static ALL: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    thread_local! {
        static SEEN: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }
    SEEN.with_borrow_mut(|seen| {
        if let Some(word) = seen.iter().find(|word| **word == text) {
            return Cow::Borrowed(*word);
        }
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let word = match all.iter().find(|word| **word == text) {
            Some(word) => *word,
            None if all.len() < BOUND => {
                let word: &'static str = Box::leak(text.to_owned().into_boxed_str());
                all.push(word);
                word
            }
            None => return Cow::Owned(text.to_owned()),
        };
        seen.push(word);
        Cow::Borrowed(word)
    })
}

impl FromRow for GroupRow {
    const COLUMNS: &'static [&'static str] = &["sequence", "epoch", "nonce", "first_posting", "last_posting"];

    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error> {
        Ok(GroupRow {
            sequence: row.read()?,
            epoch: row.read()?,
            nonce: row.read()?,
            first_posting: row.read()?,
            last_posting: row.read()?,
        })
    }
}

impl FromRow for AccountRow {
    const COLUMNS: &'static [&'static str] = &["no", "unit", "class", "side", "floor", "owner", "sub"];

    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error> {
        let no = row.read()?;
        let unit = UnitNo(row.read()?);
        let class = ClassNo(row.read()?);
        let side = if row.read()? { Side::Credit } else { Side::Debit };
        let floor = row.read()?;
        let owner = match row.cell()? {
            Cell::Text(text) => text.parse().map_err(|e| Error::shape(format!("account {no:?}: {e}")))?,
            other => return Err(Error::shape(format!("account {no:?}: owner {other:?}"))),
        };
        let sub = row.read()?;
        Ok(AccountRow { no, account: Account { key: Key { class, owner, sub }, unit, side, floor } })
    }
}

impl FromRow for PostingRow {
    const COLUMNS: &'static [&'static str] = &[
        "no",
        "at",
        "day",
        "kind",
        "role",
        "client",
        "request_key",
        "input_hash",
        "pack",
        "reverses",
        "amount",
        "first_entry",
        "entries",
        "facts",
    ];

    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error> {
        Ok(PostingRow {
            no: row.read()?,
            at: row.read()?,
            day: row.read()?,
            kind: row.read()?,
            role: row.read()?,
            client: row.read()?,
            request_key: row.read()?,
            input_hash: row.read()?,
            pack: row.read()?,
            reverses: row.read()?,
            amount: row.read()?,
            first_entry: row.read()?,
            entries: row.read()?,
            facts: row.read()?,
        })
    }
}

impl FromRow for EntryRow {
    const COLUMNS: &'static [&'static str] = &[
        "no",
        "posting",
        "debit",
        "credit",
        "amount",
        "debit_after",
        "credit_after",
        "debit_previous",
        "credit_previous",
    ];

    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error> {
        Ok(EntryRow {
            no: row.read()?,
            posting: row.read()?,
            debit: row.read()?,
            credit: row.read()?,
            amount: row.read()?,
            debit_after: row.read()?,
            credit_after: row.read()?,
            debit_previous: row.read()?,
            credit_previous: row.read()?,
        })
    }
}

impl FromRow for RequestRow {
    const COLUMNS: &'static [&'static str] =
        &["no", "at", "kind", "role", "client", "request_key", "input_hash", "facts"];

    fn from_row(row: &mut RowReader<'_>) -> Result<Self, Error> {
        Ok(RequestRow {
            no: row.read()?,
            at: row.read()?,
            kind: row.read()?,
            role: row.read()?,
            client: row.read()?,
            request_key: row.read()?,
            input_hash: row.read()?,
            facts: row.read()?,
        })
    }
}

/// How a side is kept: 0 debit, 1 credit.
pub(crate) fn side_number(side: Side) -> i64 {
    match side {
        Side::Debit => 0,
        Side::Credit => 1,
    }
}
