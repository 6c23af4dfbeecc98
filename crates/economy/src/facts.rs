//! What a posting keeps of its decision: the command and the facts it was decided on, as versioned JSON.
//!
//! A receipt, a repeated answer, a refund and a rehearsal all read this one form. Opaque ids only, never a name.

mod coupons;
mod cut;
mod disposed;
mod giving;
mod joining;
mod moving;
mod organisations;
mod payouts;
mod prepay;
mod proposals;
mod tills;

use std::fmt;

use base::{AccountId, CardId, GrantId, MerchantId, PersonId, RecordId};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

pub use coupons::{CouponFacts, Discount, DiscountCut, PrizeBack, Stamp, StampBack};
pub use cut::Cut;
pub use disposed::Disposed;
pub use giving::{Donation, Draw, GiftBack, GiftKind, GiftPart, Giver, GivingFacts, Passed, Spent};
pub use joining::JoiningFacts;
pub use moving::MovingFacts;
pub use organisations::OrganisationFacts;
pub use payouts::PayoutFacts;
pub use prepay::{Advanced, ClaimGift, ClaimLeg, Ended, PrepayFacts, Prepayment, Why};
pub use proposals::ProposalFacts;
pub use tills::TillsFacts;

/// How a cashback came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cashback {
    /// The campaign's id; empty when there was none.
    pub campaign: String,
    /// The budget's id; empty when there was none.
    pub budget: String,
    /// Basis points.
    pub rate: i64,
    /// Won that could earn by what they were paid with.
    pub base: i64,
    /// Won that did earn: by so much the limits moved.
    pub earned: i64,
    /// Won granted.
    pub reward: i64,
    /// What made it less.
    pub cut: Cut,
    /// Won of the person's monthly limit left after this; `None` without a limit.
    pub left: Option<i64>,
    /// The month whose end the granted cashback expires at.
    pub expires: u32,
}

/// A purse's part: purpose number, expiry month, won.
pub type PurseLeg = (u8, u32, i64);

/// A payment: paid at once, or captured from an authorisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The card it was paid with.
    pub card: CardId,
    /// Its holder.
    pub person: PersonId,
    /// The shop.
    pub merchant: MerchantId,
    /// Won.
    pub amount: i64,
    /// Which purses paid, in the order they were used.
    pub legs: Vec<PurseLeg>,
    /// What it earned.
    pub cashback: Cashback,
    /// The month the limits were metered in.
    pub month: u32,
    /// Won the holder has left in all purses after it, cashback included.
    pub balance: i64,
    /// The same by purpose number, of all that have something left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<(u8, i64)>,
    /// The shop's order code, when the shop showed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Who paid in the holder's stead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<HelperPart>,
    /// What a sale took off the price: the holder paid so much less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// What it did for a card of stamps, where the shop's sale gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Stamp>,
    /// Won of it that coupons may buy, where the till said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible: Option<i64>,
    /// Which of the holder's claims on this shop paid, before any purse did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepaid: Vec<ClaimLeg>,
    /// The part of the cashback that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<GiftPart>,
    /// Whether the card's PIN was given, at a till.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pin: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A payment made by a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelperPart {
    /// Who.
    pub person: PersonId,
    /// Whose meter moved: see [`crate::chart::helper_meter`].
    pub place: u16,
}

/// Money put on the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUp {
    /// Whose.
    pub person: PersonId,
    /// Won.
    pub amount: i64,
    /// What it earned at once.
    pub cashback: Cashback,
    /// Own money just after, over all months of expiry: the measure for withdrawing what is left.
    pub cash: i64,
    /// All purses after it.
    pub balance: i64,
}

/// A payment taken back, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The payment's posting.
    pub payment: u64,
    /// Whose payment.
    pub person: PersonId,
    /// Which shop gives back.
    pub merchant: MerchantId,
    /// Won taken back now.
    pub amount: i64,
    /// Won of this payment taken back before.
    pub before: i64,
    /// Which purses it went back to.
    pub legs: Vec<PurseLeg>,
    /// Which claims it went back to, how much, and how much of that the shop was advanced again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepaid: Vec<ClaimLeg>,
    /// The part of [`Refund::reward`] that claims had earned which ended meanwhile.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub claim_reward: i64,
    /// Cashback taken back now.
    pub reward: i64,
    /// The part of it that came out of the refund because the cashback was spent already.
    pub reward_from_refund: i64,
    /// The part the shop owes because it was paid out already.
    pub shop_due: i64,
    /// The part of a sale's discount that goes back to the city.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub discount: i64,
    /// All purses after it.
    pub balance: i64,
    /// The part of the cashback that had been given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<GiftBack>,
    /// The stamp it was worth, where what is left is worth none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<StampBack>,
    /// What cards of stamps gave that are not full any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize: Option<PrizeBack>,
}

fn is_nothing(amount: &i64) -> bool {
    *amount == 0
}

/// A hold ended without a sale, or with a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The authorisation's posting.
    pub authorisation: u64,
    /// Whose.
    pub person: PersonId,
    /// Which shop's.
    pub merchant: MerchantId,
    /// Won given back.
    pub amount: i64,
    /// Won a sale would have taken off: so much more was reserved for the shop.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub discount: i64,
    /// True when its days were over, false when the shop let it go.
    pub expired: bool,
}

/// Money given to another person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// From whom.
    pub from: PersonId,
    /// To whom.
    pub to: PersonId,
    /// Won.
    pub amount: i64,
    /// The giver's purses after it.
    pub balance: i64,
}

/// What was left, withdrawn to the holder's bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Whose.
    pub person: PersonId,
    /// Won.
    pub amount: i64,
    /// Own money just after the last top-up: the measure.
    pub measure: i64,
}

/// A shop's claim on its way to its bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Which shop.
    pub merchant: MerchantId,
    /// Won sent.
    pub amount: i64,
    /// Won kept for what the shop owed.
    pub netted: i64,
    /// Won of it that had been sent before and came back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returned: i64,
    /// Won the city put on it as support of card fees.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub support: i64,
    /// The part the shop gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<GiftPart>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// The facts of any posting, or of a command without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facts {
    /// A payment.
    Pay(Payment),
    /// A reservation; the payment as it would be if captured whole.
    Authorise(Payment),
    /// A captured reservation.
    Capture {
        /// The authorisation's posting.
        authorisation: u64,
        /// The payment it became.
        payment: Payment,
    },
    /// A reservation given back.
    Release(Release),
    /// Money put on.
    TopUp(TopUp),
    /// Taken back.
    Refund(Refund),
    /// Given.
    Gift(Gift),
    /// Withdrawn.
    Withdraw(Withdrawal),
    /// Paid out to a shop.
    Settle(Settlement),
    /// Something about gifts.
    Giving(GivingFacts),
    /// The bank has carried out payouts.
    Confirm {
        /// Won.
        amount: i64,
        /// Their postings.
        #[serde(default)]
        payouts: Vec<u64>,
        /// The answer that says so: SHA-256 of its file, in hexadecimal digits.
        #[serde(default)]
        answer: String,
    },
    /// Something about payouts.
    Payouts(PayoutFacts),
    /// The city has transferred what it owed.
    Treasury {
        /// Won.
        amount: i64,
    },
    /// Authority voted for a budget.
    Vote {
        /// The budget's id.
        budget: String,
        /// Won.
        amount: i64,
    },
    /// Good prepayment.
    Prepay(PrepayFacts),
    /// A purse past its date.
    Expire {
        /// Whose.
        person: PersonId,
        /// Won.
        amount: i64,
    },
    /// A batch of the city's own work, asked for under a key.
    Batch {
        /// How many things were done.
        done: u32,
        /// Where the next batch begins; `None`: finished.
        next: Option<u32>,
    },
    /// Something about a card.
    Card {
        /// Which.
        card: CardId,
        /// Whose.
        person: PersonId,
        /// `first` (with the taking in), `issue`, `freeze`, `unfreeze`, `lose`, `reissue`, `close`, `pin`.
        action: String,
    },
    /// Something about a shop.
    Shop {
        /// Which.
        merchant: MerchantId,
        /// `join`, `close`.
        action: String,
    },
    /// Something about a person.
    Person {
        /// Who.
        person: PersonId,
        /// `enrol`.
        action: String,
    },
    /// A document about a person was kept; what it says is sealed.
    Record {
        /// About whom.
        person: PersonId,
        /// Its id.
        record: RecordId,
        /// `fact`, `strike`, `consent`, `withdraw`, `help`, `revoke`, `see`, `link`, `unlink`, `household-in`,
        /// `household-as`, `household-out`, `household-strike`, `paper`, `paper-strike`.
        action: String,
    },
    /// Something about an organisation or a business.
    Organisation(OrganisationFacts),
    /// Something about looks at personal records.
    Looks {
        /// `ask`, `answer`, `open-glass`, `review-glass`, `inspect`, `download`, `let-go`.
        action: String,
        /// The id of the question, the glass or the download; the month of the inspection.
        id: String,
        /// Whose record it is about, if it is one person's.
        person: Option<PersonId>,
        /// How many looks, lines or people, where that is said.
        count: u64,
    },
    /// Something at a window that is kept for going on with: a taking in that was begun, something handed over.
    Window {
        /// `keep`, `drop`, `hand-over`, `accept`, `end`, `forget`.
        action: String,
        /// The id of the draft or of the handing over; how many were forgotten.
        id: String,
        /// Whose record it is about, if it is one person's.
        person: Option<PersonId>,
    },
    /// A token was granted, given another secret, or ended.
    Token {
        /// For which role.
        role: String,
        /// Its number; none from before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u64>,
        /// What for: kept here only until it was sealed, and read of what was kept.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
    },
    /// An account was opened or ended.
    Account {
        /// Which.
        account: AccountId,
        /// `open`, `end`.
        action: String,
    },
    /// A role was given, confirmed or taken back.
    Role {
        /// Which giving.
        grant: GrantId,
        /// Whose account.
        account: AccountId,
        /// The role's id in the pack.
        role: String,
        /// `give`, `confirm`, `end`.
        action: String,
    },
    /// Someone signed in or out, or was signed out.
    Session {
        /// Whose account.
        account: AccountId,
        /// The session's number: the cookie can't be made of it.
        number: u64,
        /// `in`, `out`.
        action: String,
    },
    /// A passkey was added, used or removed.
    Passkey {
        /// Whose account.
        account: AccountId,
        /// The passkey's number.
        number: u64,
        /// `add`, `use`, `remove`.
        action: String,
    },
    /// Another house's word was linked to an account, or counts no more.
    Vouched {
        /// Whose account.
        account: AccountId,
        /// The house's name in the configuration.
        house: String,
        /// `link`, `unlink`.
        action: String,
    },
    /// The house's keys were changed.
    Keys {
        /// `add`, `masters`, `rewrap`, `reseal`, `marks`.
        action: String,
        /// How many keys, or fields.
        count: u32,
    },
    /// Something about the mail address of a person or a shop; the address is sealed.
    Mail {
        /// Whose, if a person's.
        person: Option<PersonId>,
        /// Whose, if a shop's.
        merchant: Option<MerchantId>,
        /// `ask`, `confirm`, `remove`.
        action: String,
    },
    /// Something about a shop's programs, or about a sign of illegal exchange.
    Tills(TillsFacts),
    /// Somebody joins as a shop, where shops apply.
    Joining(JoiningFacts),
    /// Something about coupons, sales and releases.
    Coupons(CouponFacts),
    /// Something about what waits for a second person's yes.
    Proposal(ProposalFacts),
    /// The card was taken over from an older system.
    Moving(MovingFacts),
    /// The postings of years whose time is over are disposed of; this stands in the log for what stood there.
    Disposed(Disposed),
    /// A pack of rules came into force.
    Pack {
        /// Its content hash, in hex.
        hash: String,
    },
}

/// The version of this form.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    v: u8,
    #[serde(flatten)]
    facts: &'a Facts,
}

struct Reading {
    v: u8,
    facts: Facts,
}

/// What [`Versioned`] writes: the version first, then the facts under their name. Written out because `flatten` would
/// first collect the whole record, which costs twice the time where millions are read.
impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reading, D::Error> {
        struct Record;
        impl<'de> Visitor<'de> for Record {
            type Value = Reading;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version and one record of facts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reading, A::Error> {
                let Some(("v", v)) = map.next_entry()? else { return Err(A::Error::missing_field("v")) };
                let facts = Facts::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Reading { v, facts })
            }
        }
        deserializer.deserialize_map(Record)
    }
}

/// What is recorded can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("recorded facts can't be read: {0}")]
pub struct Unreadable(String);

impl Facts {
    /// As the journal keeps it.
    pub fn write(&self) -> String {
        // Plain data without maps of odd keys: this can't fail.
        serde_json::to_string(&Versioned { v: VERSION, facts: self }).unwrap_or_default()
    }

    /// From the journal.
    pub fn read(text: &str) -> Result<Facts, Unreadable> {
        let reading: Reading = serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        if reading.v == VERSION {
            Ok(reading.facts)
        } else {
            Err(Unreadable(format!("version {}", reading.v)))
        }
    }

    /// Whose purses or record it speaks of.
    pub fn people(&self) -> Vec<PersonId> {
        match self {
            Facts::Pay(payment) | Facts::Authorise(payment) | Facts::Capture { payment, .. } => {
                vec![payment.person]
            }
            Facts::Release(release) => vec![release.person],
            Facts::TopUp(top_up) => vec![top_up.person],
            Facts::Refund(refund) => vec![refund.person],
            Facts::Gift(gift) => vec![gift.from, gift.to],
            Facts::Withdraw(withdrawal) => vec![withdrawal.person],
            Facts::Expire { person, .. }
            | Facts::Card { person, .. }
            | Facts::Person { person, .. }
            | Facts::Record { person, .. } => vec![*person],
            Facts::Giving(facts) => facts.people(),
            Facts::Looks { person, .. } | Facts::Window { person, .. } | Facts::Mail { person, .. } => {
                person.iter().copied().collect()
            }
            Facts::Organisation(facts) => facts.people(),
            Facts::Joining(facts) => facts.person.into_iter().collect(),
            Facts::Coupons(coupons) => coupons.person().into_iter().collect(),
            Facts::Prepay(facts) => facts.people(),
            Facts::Moving(facts) => facts.person().into_iter().collect(),
            Facts::Payouts(PayoutFacts::Account { person, .. } | PayoutFacts::Failed { person, .. }) => {
                person.iter().copied().collect()
            }
            Facts::Confirm { .. }
            | Facts::Disposed(_)
            | Facts::Payouts(_)
            | Facts::Settle(_)
            | Facts::Treasury { .. }
            | Facts::Vote { .. }
            | Facts::Batch { .. }
            | Facts::Shop { .. }
            | Facts::Token { .. }
            | Facts::Account { .. }
            | Facts::Role { .. }
            | Facts::Session { .. }
            | Facts::Passkey { .. }
            | Facts::Vouched { .. }
            | Facts::Keys { .. }
            | Facts::Tills(_)
            | Facts::Proposal(_)
            | Facts::Pack { .. } => Vec::new(),
        }
    }

    /// The gift in it, with who gave it and how.
    pub fn gift(&self) -> Option<(Giver, GiftKind, GiftPart)> {
        match self {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => {
                payment.gift.map(|gift| (Giver::Person(payment.person), GiftKind::Standing, gift))
            }
            Facts::Giving(GivingFacts::Once(once)) => {
                Some((Giver::Person(once.person), GiftKind::Once, once.gift))
            }
            Facts::Settle(settled) => {
                settled.gift.map(|gift| (Giver::Shop(settled.merchant), GiftKind::Shop, gift))
            }
            _ => None,
        }
    }

    /// The payment in it, if it is one that can be refunded.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => Some(payment),
            _ => None,
        }
    }
}
