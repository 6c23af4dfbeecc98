//! What coupons, sales and releases record.

use base::{MerchantId, PersonId};
use serde::{Deserialize, Serialize};

/// A sale's part of a payment: the city pays it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The sale's id.
    pub sale: String,
    /// Its number in the books.
    pub number: u8,
    /// The budget that pays.
    pub budget: String,
    /// Basis points.
    pub rate: i64,
    /// Won off the price.
    pub amount: i64,
    /// What made it less than the rate.
    pub cut: DiscountCut,
    /// Won this person may still be given by the sale.
    pub left: i64,
}

/// Why a discount is less than the rate, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscountCut {
    /// It isn't.
    Full,
    /// The person was given all that one person is.
    Person,
    /// The sale's budget is spent.
    Budget,
}

/// What a payment did for the payer's card of a sale's stamps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The sale's id.
    pub sale: String,
    /// Its number in the books.
    pub number: u8,
    /// Won from which on a payment is worth one.
    pub least: i64,
    /// So many fill a card.
    pub full: i64,
    /// Stamps this person has of the sale after it.
    pub have: i64,
    /// Whether it was given one. If not, it was too small, or this shop gave one that day.
    pub given: bool,
    /// The day: days since 1970-01-01.
    pub day: i32,
}

/// A stamp that a refund took back: of which sale, on which day it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampBack {
    /// The sale's number in the books.
    pub number: u8,
    /// The day: days since 1970-01-01.
    pub day: i32,
}

/// What full cards of stamps gave and goes back, since a refund took stamps of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrizeBack {
    /// The release's id.
    pub release: String,
    /// Won.
    pub amount: i64,
    /// The part of it that came out of the refund, because it was spent already.
    pub from_refund: i64,
}

/// Anything about coupons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CouponFacts {
    /// Given to one person.
    Given {
        /// The coupon's id.
        coupon: String,
        /// To whom.
        person: PersonId,
        /// Won.
        amount: i64,
        /// The release it was let out by, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release: Option<String>,
    },
    /// A part of a job: given to many at once.
    Part {
        /// The job's number.
        job: u64,
        /// The coupon's id.
        coupon: String,
        /// How many got it.
        people: u32,
        /// Won, all together.
        amount: i64,
        /// Who could not get it: their places in the job, from 0, and the refusal's code.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skipped: Vec<(u32, String)>,
        /// Where the next part begins.
        next: u32,
    },
    /// Past its last day: back to the budget.
    Back {
        /// The coupon's id.
        coupon: String,
        /// Whose.
        person: PersonId,
        /// Won.
        amount: i64,
    },
    /// A job was begun, stopped, or let go on.
    Job {
        /// Its number.
        job: u64,
        /// `begin`, `stop`, `go-on`.
        action: String,
    },
    /// A shop takes part in a sale, or is named for a coupon's purpose; or no more.
    Shop {
        /// Which.
        merchant: MerchantId,
        /// The sale's id, or the purpose's.
        of: String,
        /// `join`, `leave`, `name`, `unname`.
        action: String,
    },
    /// A person asked for a chance in a draw.
    Ask {
        /// The release's id.
        release: String,
        /// Who.
        person: PersonId,
        /// Their ticket, from 1.
        ticket: u32,
    },
    /// The city is bound to a seed that nobody knows yet.
    Commit {
        /// The release's id.
        release: String,
        /// SHA-256 of the seed, in hex.
        commitment: String,
    },
    /// A draw was made; who won anyone can compute.
    Draw {
        /// The release's id.
        release: String,
        /// The seed, in hex.
        seed: String,
        /// What was mixed in.
        beacon: String,
        /// How many tickets there were.
        tickets: u32,
        /// Tickets that could not win any more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        out: Vec<u32>,
        /// The winning tickets, in ascending order.
        winners: Vec<u32>,
        /// The job that gives them their coupons; none when nobody won.
        job: Option<u64>,
    },
}

impl CouponFacts {
    /// Whose purses or record it speaks of, where that is one person.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            CouponFacts::Given { person, .. }
            | CouponFacts::Back { person, .. }
            | CouponFacts::Ask { person, .. } => Some(*person),
            _ => None,
        }
    }
}
