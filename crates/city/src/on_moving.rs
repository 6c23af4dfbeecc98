//! What can be asked while a city moves in: it had a card before, in an older system, and takes it over.

use base::Won;
use economy::{CardKind, CardState};
use serde::{Serialize, Serializer};

use crate::moving::Totals;

/// A person of the old card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedPerson {
    /// As the old system wrote it.
    pub name: String,
    /// A telephone, if it had one.
    pub phone: Option<String>,
    /// Days since 1970-01-01.
    pub birth_day: Option<i32>,
    /// The code of their neighbourhood, if they live here.
    pub district: Option<String>,
    /// Their cards; each keeps its number.
    pub cards: Vec<MovedCard>,
}

/// A card of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MovedCard {
    /// The 16 printed digits.
    pub number: u64,
    /// Made of what.
    #[serde(serialize_with = "kind")]
    pub kind: CardKind,
    /// Where it stands.
    #[serde(serialize_with = "state")]
    pub state: CardState,
}

fn kind<S: Serializer>(kind: &CardKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.code())
}

fn state<S: Serializer>(state: &CardState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.code())
}

/// A shop of the old card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedShop {
    /// On its sign.
    pub name: String,
    /// Ten digits, hyphens allowed.
    pub business_number: String,
    /// A trade's id in the pack.
    pub trade: String,
    /// A neighbourhood's code.
    pub district: String,
    /// Yearly sales, if known.
    pub sales: Option<Won>,
    /// Its owner's place among the people, from 0.
    pub owner: Option<u32>,
    /// Won it had earned and not been paid.
    pub payable: i64,
    /// Where it is paid out, if the old system knew.
    pub account: Option<MovedAccount>,
}

/// A payout account of the old card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedAccount {
    /// The bank's code.
    pub bank: String,
    /// Digits only.
    pub number: String,
    /// Whose name it is in.
    pub holder: String,
}

/// What one purse held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedPurse {
    /// Whose: their place among the people, from 0.
    pub person: u32,
    /// The purpose's number in the pack.
    pub purpose: u8,
    /// The number of the month at whose end it expires.
    pub expires: u32,
    /// Won.
    pub amount: i64,
}

/// An open prepayment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedClaim {
    /// Who holds it: their place among the people, from 0.
    pub person: u32,
    /// Its shop's place among the shops, from 0.
    pub shop: u32,
    /// Won that are left of it.
    pub amount: i64,
    /// Won of them that the shop was paid already; `None` where the next settlement is to pay the pack's share.
    pub advanced: Option<i64>,
    /// The last day of use: days since 1970-01-01.
    pub use_by: i32,
}

/// What one part of the cut-over takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moved {
    /// People with their cards.
    People(Vec<MovedPerson>),
    /// Shops with what they had not been paid.
    Shops(Vec<MovedShop>),
    /// What was in purses.
    Purses(Vec<MovedPurse>),
    /// Open prepayments.
    Claims(Vec<MovedClaim>),
}

impl Moved {
    /// How many rows.
    pub fn rows(&self) -> usize {
        match self {
            Moved::People(rows) => rows.len(),
            Moved::Shops(rows) => rows.len(),
            Moved::Purses(rows) => rows.len(),
            Moved::Claims(rows) => rows.len(),
        }
    }
}

/// A command about moving in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMoving {
    /// The cut-over begins. From now on nobody pays until it has ended.
    Begin {
        /// The rehearsal's hash.
        report: [u8; 32],
        /// What the old system's operator states.
        control: Totals,
        /// In how many parts it is carried out.
        parts: u32,
        /// Won that must stand in budgets before it begins, by budget.
        needs: Vec<(String, i64)>,
    },
    /// One part. A part that was done is not done twice.
    Part {
        /// The rehearsal's hash.
        report: [u8; 32],
        /// Which, from 0, in order.
        part: u32,
        /// What it takes over.
        moved: Moved,
    },
    /// Everything is there: the books are compared with what was stated, and the cut-over ends.
    End {
        /// The rehearsal's hash.
        report: [u8; 32],
    },
}
