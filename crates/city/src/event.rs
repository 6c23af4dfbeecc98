//! What happened, for readers and followers: told only once it is durable.

use std::sync::Arc;

use base::{Instant, MerchantId, PersonId, PostingNo, Zone};
use economy::{Card, Facts, Merchant, Person};
use ledger::{AccountNo, Key};
use vault::Vault;

use crate::coupons;
use crate::disposal::Disposed;
use crate::giving::Change;
use crate::joining::File;
use crate::prepay::Claim;
use crate::{Directory, Door, Help, Registered, moving, payouts, proposals, unasked};

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

impl Happened {
    /// The movement that facts speak of, if they are one that pages and tallies count. `when`: its posting, instant and
    /// day.
    pub(crate) fn of(
        directory: &Directory,
        zone: &Zone,
        (posting, at, day): (PostingNo, Instant, i32),
        facts: &Facts,
    ) -> Option<Happened> {
        let shop = |id: MerchantId| directory.shop(id).map(|(position, _)| position);
        let (what, amount, reward, person, shop) = match facts {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => {
                (What::Paid, payment.amount, payment.cashback.reward, payment.person, shop(payment.merchant))
            }
            Facts::Refund(refund) => {
                (What::Refunded, refund.amount, refund.reward, refund.person, shop(refund.merchant))
            }
            Facts::TopUp(top_up) => {
                (What::ToppedUp, top_up.amount, top_up.cashback.reward, top_up.person, None)
            }
            _ => return None,
        };
        Some(Happened { posting, what, at, day, hour: zone.hour(at), amount, reward, person, shop })
    }
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
    /// A person's purse, or their claim on a shop, was opened.
    Account(Key, AccountNo),
    /// A delegation is new or has changed: it stands at this place among those its person ever gave.
    Help(usize, Help),
    /// An organisation, a membership or a business is new or has changed.
    Registered(Box<Registered>),
    /// An application or a cancellation is new or has changed.
    Joining(Box<File>),
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
    /// A moving-in has begun, gone on, or ended.
    Moving(moving::Memory),
    /// The journal begins later from now on.
    Disposed(Disposed),
    /// A door is new or has changed.
    Door(Box<Door>),
    /// Something about coupons has changed.
    Coupons(Box<coupons::Change>),
    /// A key more to open what names people with.
    Vault(Arc<Vault>),
    /// So much was paid today at a shop with a card and without its PIN.
    Unasked(unasked::Change),
    /// Money moved.
    Happened(Happened),
}
