//! What all messages share: accounts, amounts, days, and what can be wrong.

use base::Date;

use crate::xml::Element;

/// A bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The bank's code in the country's clearing, three digits in Korea.
    pub bank: String,
    /// The account's number, digits only.
    pub number: String,
    /// Whose name it is in.
    pub name: String,
}

/// Why a file is not what we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than any answer.
    #[error("the file is too large")]
    Large,
    /// Not XML, or cut off, at this byte.
    #[error("this is not whole XML: {why}, at byte {at}")]
    Xml {
        /// Where.
        at: u64,
        /// What.
        why: String,
    },
    /// It defines things of its own (a document type, an entity), as no bank does.
    #[error("the file defines a document type or an entity")]
    Definitions,
    /// Nested deeper than any message.
    #[error("the file is nested too deep")]
    Deep,
    /// Another kind of message.
    #[error("the file is of another kind: {0:?}")]
    Kind(String),
    /// Something that must stand there doesn't.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Something that stands there means nothing.
    #[error("{what} can't be read: {found:?}")]
    Value {
        /// What.
        what: &'static str,
        /// As it stands there.
        found: String,
    },
    /// In a currency that isn't ours.
    #[error("an amount in {0:?}, not in KRW")]
    Currency(String),
    /// What was there, what moved and what is there don't add up.
    #[error("the statement {id:?} doesn't add up: {opened} and {moved} make {closed} not")]
    Sum {
        /// The statement's own id.
        id: String,
        /// Won at its beginning.
        opened: i64,
        /// What its entries come to.
        moved: i64,
        /// Won at its end.
        closed: i64,
    },
    /// A message says how many entries it has, and has others.
    #[error("the file says it has {said} entries, and has {found}")]
    Count {
        /// As it says.
        said: u64,
        /// As it is.
        found: u64,
    },
}

pub(crate) fn bad(what: &'static str, found: &str) -> Unreadable {
    Unreadable::Value { what, found: found.chars().take(80).collect() }
}

/// Won: whole numbers, though some banks write `.00` behind them.
pub(crate) fn won(text: &str, what: &'static str) -> Result<i64, Unreadable> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(whole) || !rest.bytes().all(|b| b == b'0') {
        return Err(bad(what, text));
    }
    whole.parse().map_err(|_| bad(what, text))
}

/// An `Amt` with its currency.
pub(crate) fn amount(element: &Element) -> Result<i64, Unreadable> {
    let currency = element.attribute("Ccy").ok_or(Unreadable::Missing("Ccy"))?;
    if currency != "KRW" {
        return Err(Unreadable::Currency(currency.chars().take(8).collect()));
    }
    won(element.text.trim(), "Amt")
}

/// A day; of an instant the day it was there.
pub(crate) fn day(text: &str, what: &'static str) -> Result<Date, Unreadable> {
    text.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| bad(what, text))
}

/// `true` for credit.
pub(crate) fn credit(element: &Element) -> Result<Option<bool>, Unreadable> {
    match element.child("CdtDbtInd").map(|found| found.text.trim()) {
        Some("CRDT") => Ok(Some(true)),
        Some("DBIT") => Ok(Some(false)),
        Some(other) => Err(bad("CdtDbtInd", other)),
        None => Ok(None),
    }
}
