//! What happened, for readers and followers: told only once it is durable.

use std::sync::Arc;

use base::{Instant, PersonId, PostingNo};
use economy::{Card, Merchant, Person};
use ledger::AccountNo;
use vault::Vault;

use crate::coupons;
use crate::giving::Change;
use crate::prepay::Claim;
use crate::{Door, Help, Registered, payouts, proposals};

/// A movement of money at a shop or a purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Paid.
    Paid,
    /// Taken back.
    Refunded,
    /// Put on.
    ToppedUp,
}

/// One such movement, with what live pages and tallies count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    /// Its posting.
    pub posting: PostingNo,
    /// What.
    pub what: What,
    /// When.
    pub at: Instant,
    /// The city's day: days since 1970-01-01.
    pub day: i32,
    /// The city's hour, 0 to 23.
    pub hour: u8,
    /// Won.
    pub amount: i64,
    /// Cashback in won (granted, or taken back).
    pub reward: i64,
    /// Whose.
    pub person: PersonId,
    /// The shop's position in the directory, if there is a shop.
    pub shop: Option<u32>,
}

/// Anything readers' memory must follow.
#[derive(Debug, Clone)]
pub enum Event {
    /// A person was taken in.
    Person(Person),
    /// A card is new or has changed.
    Card(Card),
    /// A shop is new or has changed.
    Shop(Box<Merchant>),
    /// A person's purse was opened.
    Purse(PersonId, u32, AccountNo),
    /// A delegation is new or has changed: it stands at this place among those its person ever gave.
    Help(usize, Help),
    /// An organisation, a membership or a business is new or has changed.
    Registered(Box<Registered>),
    /// Something about gifts has changed.
    Giving(Box<Change>),
    /// So much of a payment has been taken back by now.
    Taken(PostingNo, i64),
    /// An authorisation is open.
    Held(PostingNo, Instant),
    /// It is not any more.
    HoldEnded(PostingNo),
    /// A prepaid claim is new or has changed.
    Claim(Box<Claim>),
    /// It is no more.
    ClaimEnded(u32),
    /// Something about payouts has changed.
    Payouts(payouts::Change),
    /// Something waits for a second person, or no more.
    Proposal(Box<proposals::Change>),
    /// A door is new or has changed.
    Door(Box<Door>),
    /// Something about coupons has changed.
    Coupons(Box<coupons::Change>),
    /// A key more to open what names people with.
    Vault(Arc<Vault>),
    /// Money moved.
    Happened(Happened),
}
