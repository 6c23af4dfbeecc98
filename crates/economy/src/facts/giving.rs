//! What postings and commands about gifts keep.

use base::{MerchantId, PersonId, PostingNo};
use serde::{Deserialize, Serialize};

use super::PurseLeg;

/// Who gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Giver {
    /// A person.
    Person(PersonId),
    /// A shop.
    Shop(MerchantId),
}

impl std::fmt::Display for Giver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Giver::Person(id) => id.fmt(f),
            Giver::Shop(id) => id.fmt(f),
        }
    }
}

impl std::str::FromStr for Giver {
    type Err = base::BadId;

    fn from_str(text: &str) -> Result<Giver, base::BadId> {
        match text.parse().map(Giver::Shop) {
            Ok(shop) => Ok(shop),
            Err(_) => text.parse().map(Giver::Person),
        }
    }
}

/// How a gift came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GiftKind {
    /// A share of each payment's cashback.
    Standing,
    /// An amount, once.
    Once,
    /// A share of a shop's payout.
    Shop,
}

impl GiftKind {
    /// All of them.
    pub const ALL: [GiftKind; 3] = [GiftKind::Standing, GiftKind::Once, GiftKind::Shop];

    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            GiftKind::Standing => "standing",
            GiftKind::Once => "once",
            GiftKind::Shop => "shop",
        }
    }
}

/// The part of a posting that was given. Its won are those numbered `from + 1` to `from + amount` among all that was ever
/// given to its purpose: they are spent in that order, so a won can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftPart {
    /// Won.
    pub amount: i64,
    /// What it is for, by number.
    pub purpose: u16,
    /// Won given to this purpose before it.
    pub from: i64,
    /// The share of what it is a part of, in basis points; 10,000 for an amount given once.
    pub share: i64,
    /// Whether the giver's name may be told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

impl GiftPart {
    /// The last of its won.
    pub fn until(&self) -> i64 {
        self.from + self.amount
    }
}

/// The part of a refund that had been given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftBack {
    /// What the gift was for.
    pub purpose: u16,
    /// Won that were not spent yet, and came back.
    pub back: i64,
    /// They were those up to this one.
    pub until: i64,
    /// The part of them that the collector has, and owes now.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub owed: i64,
    /// Won that were spent, and that a budget bears.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub borne: i64,
    /// Won that were spent, and are above what is borne of one person's in a month: they came out of the refund.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub above: i64,
    /// That budget's id; empty when none bears anything.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub budget: String,
    /// The month it was given in.
    pub month: u32,
    /// It stands on a receipt, so it stays given: its share came out of the refund.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub receipted: bool,
}

fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// An amount of cashback given once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// By whom.
    pub person: PersonId,
    /// What.
    pub gift: GiftPart,
    /// Out of which purses.
    pub legs: Vec<PurseLeg>,
    /// All purses after it.
    pub balance: i64,
}

/// What is passed on to the collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Won by purpose.
    pub purposes: Vec<(u16, i64)>,
    /// Won of it that were kept, since the collector owed them.
    pub netted: i64,
    /// Won sent.
    pub sent: i64,
}

/// Won of one purpose that were spent: those numbered `from + 1` to `until`, without what was struck among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Of which purpose.
    pub purpose: u16,
    /// Won before them.
    pub from: i64,
    /// The last of them.
    pub until: i64,
    /// How many, without what was struck.
    pub amount: i64,
}

/// What the collector spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// On which purpose.
    pub purpose: u16,
    /// Won.
    pub amount: i64,
    /// Whose won: the purpose's own first, then general ones.
    pub draws: Vec<Draw>,
}

/// The facts of gifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivingFacts {
    /// An amount was given.
    Once(Donation),
    /// Gifts were passed on.
    Pass(Passed),
    /// Gifts were spent.
    Spend(Spent),
    /// A person's standing gift was set, or ended (a share of 0).
    Stand {
        /// Whose.
        person: PersonId,
        /// Basis points.
        share: i64,
        /// What for.
        purpose: u16,
        /// Whether the giver's name may be told.
        named: bool,
    },
    /// Something about a giving shop.
    Angel {
        /// Which.
        merchant: MerchantId,
        /// `apply`, `check`, `turn-down`, `plaque`, `change`, `stop`.
        action: String,
        /// Basis points.
        rate: i64,
    },
    /// A purpose was opened.
    Purpose {
        /// Its number.
        purpose: u16,
    },
    /// It was told what a spending became.
    Outcome {
        /// Which.
        spending: PostingNo,
    },
    /// A receipt was given, or printed once more.
    Receipt {
        /// Its serial number.
        serial: String,
        /// For whom.
        giver: Giver,
        /// Won.
        amount: i64,
        /// `issue`, `print`.
        action: String,
        /// How often it was printed by now.
        copies: u32,
    },
}

impl GivingFacts {
    /// Whose purses or record it speaks of.
    pub(super) fn people(&self) -> Vec<PersonId> {
        match self {
            GivingFacts::Once(donation) => vec![donation.person],
            GivingFacts::Stand { person, .. } | GivingFacts::Receipt { giver: Giver::Person(person), .. } => {
                vec![*person]
            }
            _ => Vec::new(),
        }
    }
}
