//! What postings and commands about good prepayment keep.

use base::{MerchantId, PersonId};
use serde::{Deserialize, Serialize};

use super::{Cashback, PurseLeg};

/// A claim's part of a payment: its number, won, and the part of them that releases what the shop was advanced (the rest
/// leaves escrow).
pub type ClaimLeg = (u32, i64, i64);

/// A shop was paid for what is used later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepayment {
    /// The claim it made: its number among all of the city's.
    pub claim: u32,
    /// The programme's id in the pack.
    pub programme: String,
    /// Who paid.
    pub person: PersonId,
    /// The shop.
    pub merchant: MerchantId,
    /// Won.
    pub amount: i64,
    /// Which purses paid.
    pub legs: Vec<PurseLeg>,
    /// What it earned: nothing is earned when it is used.
    pub cashback: Cashback,
    /// The month the limits were metered in.
    pub month: u32,
    /// The last day of use: days since 1970-01-01.
    pub use_by: i32,
    /// Won the buyer has left in all purses after it, cashback included.
    pub balance: i64,
    /// The id of the organisation whose pledge it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
}

/// What a shop gets of its open claims before they are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// Which shop.
    pub merchant: MerchantId,
    /// Won.
    pub amount: i64,
    /// The id of the budget that stands behind it.
    pub guarantee: String,
    /// Of which claims, how much each; 0 where the guarantee holds no more.
    pub claims: Vec<(u32, i64)>,
}

/// A claim was given to another person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimGift {
    /// Which claim.
    pub claim: u32,
    /// At which shop.
    pub merchant: MerchantId,
    /// From whom.
    pub from: PersonId,
    /// To whom.
    pub to: PersonId,
    /// Won in it.
    pub amount: i64,
}

/// Why a claim ended before it was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Its holder gave it back, or the shop took it back.
    Returned,
    /// Its last day went by.
    Expired,
    /// The shop closed.
    Closed,
}

impl Why {
    /// The word for it in lists and the API.
    pub fn code(self) -> &'static str {
        match self {
            Why::Returned => "returned",
            Why::Expired => "expired",
            Why::Closed => "closed",
        }
    }
}

/// What was left of a claim went back to its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which claim.
    pub claim: u32,
    /// The posting it was bought by.
    pub prepayment: u64,
    /// The shop.
    pub merchant: MerchantId,
    /// Who bought it.
    pub buyer: PersonId,
    /// Who held it.
    pub person: PersonId,
    /// Won that were left.
    pub amount: i64,
    /// Won it was bought for.
    pub of: i64,
    /// Why.
    pub why: Why,
    /// Which purses it went back to.
    pub legs: Vec<PurseLeg>,
    /// Cashback taken back.
    pub reward: i64,
    /// The part of it that came out of what went back.
    pub reward_from_money: i64,
    /// The part the shop gives back of what it was advanced: kept from its next payouts.
    pub from_shop: i64,
    /// The part that the guarantee bore: the city's claim on the shop.
    pub from_guarantee: i64,
    /// The id of that guarantee.
    pub guarantee: String,
}

/// The facts of a posting, or a command without one, about good prepayment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrepayFacts {
    /// A claim was bought.
    Bought(Prepayment),
    /// A shop was advanced.
    Advanced(Advanced),
    /// A claim was given.
    Given(ClaimGift),
    /// A claim ended.
    Ended(Ended),
    /// A shop offers prepayment, or stopped.
    Offer {
        /// Which.
        merchant: MerchantId,
        /// `open`, `stop`.
        action: String,
    },
    /// Something about a pledge or an order between firms.
    Pledge {
        /// The organisation's, the product's or the order's id.
        id: String,
        /// Who acted, if a person.
        person: Option<PersonId>,
        /// `pledge`, `join`, `leave`, `list`, `unlist`, `order`, `pay`, `cancel`.
        action: String,
    },
}

impl PrepayFacts {
    /// Whose purses or claims it speaks of.
    pub fn people(&self) -> Vec<PersonId> {
        match self {
            PrepayFacts::Bought(bought) => vec![bought.person],
            PrepayFacts::Given(given) => vec![given.from, given.to],
            PrepayFacts::Ended(ended) if ended.person == ended.buyer => vec![ended.person],
            PrepayFacts::Ended(ended) => vec![ended.person, ended.buyer],
            PrepayFacts::Pledge { person, .. } => person.iter().copied().collect(),
            PrepayFacts::Advanced(_) | PrepayFacts::Offer { .. } => Vec::new(),
        }
    }

    /// The shop it is about.
    pub fn shop(&self) -> Option<MerchantId> {
        match self {
            PrepayFacts::Bought(bought) => Some(bought.merchant),
            PrepayFacts::Advanced(advanced) => Some(advanced.merchant),
            PrepayFacts::Given(given) => Some(given.merchant),
            PrepayFacts::Ended(ended) => Some(ended.merchant),
            PrepayFacts::Offer { merchant, .. } => Some(*merchant),
            PrepayFacts::Pledge { .. } => None,
        }
    }

    /// Won it is about.
    pub fn amount(&self) -> i64 {
        match self {
            PrepayFacts::Bought(bought) => bought.amount,
            PrepayFacts::Advanced(advanced) => advanced.amount,
            PrepayFacts::Given(given) => given.amount,
            PrepayFacts::Ended(ended) => ended.amount,
            PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => 0,
        }
    }

    /// Cashback granted, or taken back below zero.
    pub fn reward_change(&self) -> i64 {
        match self {
            PrepayFacts::Bought(bought) => bought.cashback.reward,
            PrepayFacts::Ended(ended) => -ended.reward,
            _ => 0,
        }
    }
}
