//! What can be asked about good prepayment: claims on shops, who offers them, and what organisations pledge.

use base::{MerchantId, OrganisationId, PersonId};
use serde::Serialize;

use crate::CardRef;

/// What an organisation pledges for the employees of its firms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPledge {
    /// Which association; a pledge of one that has one already takes its place. Its firms, and what it is part of, are for
    /// the register of organisations to say.
    pub organisation: OrganisationId,
    /// Employees who shall take part.
    pub people: u32,
    /// Won they shall prepay.
    pub amount: i64,
}

/// A command about good prepayment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnPrepay {
    /// Pay a shop now, use it later.
    Buy {
        /// Who.
        person: PersonId,
        /// At which shop.
        merchant: MerchantId,
        /// How much.
        amount: i64,
    },
    /// Give a claim to another person.
    Give {
        /// Who.
        person: PersonId,
        /// Which claim.
        claim: u32,
        /// One of the receiver's cards.
        to: CardRef,
    },
    /// Have back what is left of a claim. A shop may take back one of its own at any time.
    Return {
        /// Which claim.
        claim: u32,
    },
    /// A shop offers it.
    Offer {
        /// Which.
        merchant: MerchantId,
    },
    /// It doesn't any more; what was bought stays.
    StopOffer {
        /// Which.
        merchant: MerchantId,
    },
    /// Tidy: what is left in claims of shops that closed, or whose last day went by, goes back.
    Sweep {
        /// How many at most in this one command.
        at_most: u32,
    },
    /// An organisation pledges.
    Pledge(NewPledge),
    /// An employee joins by the organisation's code: what they prepay from now on counts for its pledge.
    Join {
        /// Who.
        person: PersonId,
        /// The code.
        code: String,
    },
    /// They don't any more.
    Leave {
        /// Who.
        person: PersonId,
    },
    /// A firm lists a product for other firms.
    List {
        /// Which firm.
        merchant: MerchantId,
        /// What it is.
        name: String,
        /// Won for one.
        price: i64,
    },
    /// It doesn't any more.
    Unlist {
        /// Which product.
        product: u32,
    },
    /// A firm pledges to buy another's product.
    Order {
        /// Which firm buys.
        buyer: MerchantId,
        /// Which product.
        product: u32,
        /// How many.
        quantity: u32,
    },
    /// The firm's owner pays the order with their card: then it counts.
    PayOrder {
        /// Which order.
        order: u32,
        /// With which card.
        card: CardRef,
    },
}
