//! What can be asked about coupons, sales and releases.

use base::{MerchantId, PersonId};
use serde::Serialize;

use crate::CardRef;

/// A command about coupons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnCoupons {
    /// One person is given a coupon.
    Give {
        /// The coupon's id in the pack.
        coupon: String,
        /// To whom.
        person: PersonId,
        /// How much.
        amount: i64,
    },
    /// A job is begun: a coupon for many.
    Begin(NewJob),
    /// The job's next part: the city's own machinery asks.
    Step {
        /// Its number.
        job: u64,
        /// The place where it stands; another one does nothing, so that a part asked for twice is done once.
        from: u32,
        /// How many places at most.
        at_most: u32,
    },
    /// A job stops where it is.
    Stop {
        /// Its number.
        job: u64,
    },
    /// A stopped job goes on.
    GoOn {
        /// Its number.
        job: u64,
    },
    /// The city names a shop for a purpose that is spent at named providers only; or no more.
    Name {
        /// The purpose's id in the pack.
        purpose: String,
        /// The shop.
        merchant: MerchantId,
        /// True to name it.
        on: bool,
    },
    /// A shop takes part in a sale; or no more.
    Join {
        /// The sale's id in the pack.
        sale: String,
        /// The shop.
        merchant: MerchantId,
        /// True to join.
        on: bool,
    },
    /// A person takes their part of what is let out just now.
    Claim {
        /// The release's id in the pack.
        release: String,
        /// Who.
        person: PersonId,
    },
    /// A person asks for a chance in a draw.
    Ask {
        /// The release's id in the pack.
        release: String,
        /// Who.
        person: PersonId,
    },
    /// The city binds itself to a seed.
    Commit {
        /// The release's id in the pack.
        release: String,
    },
    /// The draw is made.
    Draw {
        /// The release's id in the pack.
        release: String,
        /// What the pack says is mixed in; empty where it says nothing.
        beacon: String,
    },
    /// Pay at a till that says how much of the amount coupons for certain goods may buy.
    PayPart {
        /// With which card.
        card: CardRef,
        /// Where.
        merchant: MerchantId,
        /// How much.
        amount: i64,
        /// Won of it that such coupons may buy.
        eligible: i64,
        /// See [`crate::Command::Pay`].
        #[serde(skip)]
        pin: Option<String>,
        /// The shop's order code.
        order: Option<String>,
    },
}

/// A job to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewJob {
    /// The coupon's id in the pack.
    pub coupon: String,
    /// For whom.
    pub to: Recipients,
}

/// For whom a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipients {
    /// Those of a list.
    Listed {
        /// SHA-256 of what was read: the same list is given to once.
        hash: [u8; 32],
        /// Who, and how much each.
        rows: Vec<(PersonId, i64)>,
    },
    /// Everyone in the city, or in a neighbourhood, who is enrolled by now.
    Everyone {
        /// The neighbourhood's code; `None`: the whole city.
        district: Option<String>,
        /// How much each.
        each: i64,
    },
    /// Those of a job that waits for a second person's yes. That is said to its proposal, not to its number.
    Waiting {
        /// Its number.
        job: u64,
    },
}

impl OnCoupons {
    /// Whom it is about, where that is one person.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self {
            OnCoupons::Give { person, .. }
            | OnCoupons::Claim { person, .. }
            | OnCoupons::Ask { person, .. } => Some(*person),
            // Written out: a wish that names a person and isn't here would be asked past the neighbourhood's bounds.
            OnCoupons::Begin(_)
            | OnCoupons::Step { .. }
            | OnCoupons::Stop { .. }
            | OnCoupons::GoOn { .. }
            | OnCoupons::Name { .. }
            | OnCoupons::Join { .. }
            | OnCoupons::Commit { .. }
            | OnCoupons::Draw { .. }
            // Of a card, which its shop takes: who holds it is asked where it is paid.
            | OnCoupons::PayPart { .. } => None,
        }
    }

    /// Whether it is a citizen's own.
    pub(crate) fn is_own(&self, me: PersonId) -> bool {
        match self {
            OnCoupons::Claim { person, .. } | OnCoupons::Ask { person, .. } => *person == me,
            _ => false,
        }
    }

    /// Whether it is a shop's own.
    pub(crate) fn is_shop_s(&self, shop: MerchantId) -> bool {
        match self {
            OnCoupons::Join { merchant, .. } | OnCoupons::PayPart { merchant, .. } => *merchant == shop,
            _ => false,
        }
    }
}
