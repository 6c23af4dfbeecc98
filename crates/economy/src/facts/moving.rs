//! What a moving-in records: a city that had a card before takes it over.

use base::PersonId;
use serde::{Deserialize, Serialize};

use super::Prepayment;

/// Anything about moving in. `report` is the rehearsal's hash, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MovingFacts {
    /// The cut-over began: nobody pays until it has ended.
    Began {
        /// The rehearsal's hash.
        report: String,
        /// In how many parts it is carried out.
        parts: u32,
    },
    /// People were taken over with their cards.
    People {
        /// Which part, from 0.
        part: u32,
        /// How many.
        people: u32,
        /// Their cards.
        cards: u32,
    },
    /// Shops were taken over, with what they had earned and not been paid.
    Shops {
        /// Which part, from 0.
        part: u32,
        /// How many.
        shops: u32,
        /// Won they had not been paid.
        amount: i64,
    },
    /// What was in people's purses.
    Purses {
        /// Which part, from 0.
        part: u32,
        /// How many purses.
        purses: u32,
        /// Won, all together.
        amount: i64,
    },
    /// One open prepayment: what is left of it.
    Claim(Prepayment),
    /// A part of open prepayments was done.
    Claims {
        /// Which part, from 0.
        part: u32,
        /// How many.
        claims: u32,
    },
    /// The books were what the old system's operator had stated, to the won: the cut-over is done.
    Ended {
        /// The rehearsal's hash.
        report: String,
        /// Won in the bank.
        bank: i64,
        /// Won the city had granted and not transferred.
        treasury: i64,
    },
}

impl MovingFacts {
    /// Whose purses or claims it speaks of, where that is one person's.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            MovingFacts::Claim(claim) => Some(claim.person),
            _ => None,
        }
    }
}
