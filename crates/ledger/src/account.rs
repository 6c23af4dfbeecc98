//! Accounts: where an amount can be.

use std::fmt;
use std::str::FromStr;

use base::{BadId, CardId, MerchantId, PersonId, PostingNo};

/// An account's number: dense, from 0, in order of opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNo(pub u32);

/// A class of the chart of accounts. The numbers are given by the floor above and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassNo(pub u8);

/// What is counted: won, budget authority, a place, a slot. Legs never cross units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitNo(pub u8);

/// The side on which an account's balance grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// What the entity has, or is owed.
    Debit,
    /// What the entity owes, and where stocks come from.
    Credit,
}

/// Whose account it is: an opaque id, never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The scheme's own.
    None,
    /// A person's purse or meter.
    Person(PersonId),
    /// A shop's claim or debt.
    Merchant(MerchantId),
    /// A card's own (none of today's money is: it belongs to the person).
    Card(CardId),
    /// What is left of an earlier posting: an authorisation's hold.
    Posting(PostingNo),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::None => Ok(()),
            Owner::Person(id) => id.fmt(f),
            Owner::Merchant(id) => id.fmt(f),
            Owner::Card(id) => id.fmt(f),
            Owner::Posting(id) => id.fmt(f),
        }
    }
}

impl FromStr for Owner {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Owner, BadId> {
        match text.split('_').next() {
            Some("") | None => Ok(Owner::None),
            Some(PersonId::PREFIX) => text.parse().map(Owner::Person),
            Some(MerchantId::PREFIX) => text.parse().map(Owner::Merchant),
            Some(CardId::PREFIX) => text.parse().map(Owner::Card),
            Some(PostingNo::PREFIX) => text.parse().map(Owner::Posting),
            Some(_) => Err(BadId { expected: PersonId::PREFIX }),
        }
    }
}

/// What identifies an account: there is one account for a class, an owner and a `sub` (a purpose and cohort, a
/// rule and period: the class says which).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its class in the chart.
    pub class: ClassNo,
    /// Whose it is.
    pub owner: Owner,
    /// Which of the owner's accounts of that class.
    pub sub: u32,
}

/// An account as it is opened. Nothing of it ever changes; balances live in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub key: Key,
    /// What it counts.
    pub unit: UnitNo,
    /// The side on which it grows.
    pub side: Side,
    /// True when its balance may not fall below zero (purses, budgets, holds).
    pub floor: bool,
}
