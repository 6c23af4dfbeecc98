//! What can be asked about gifts: of people, of giving shops, and of who collects and spends them.

use base::{MerchantId, PersonId, PostingNo};
use economy::facts::Giver;
use serde::Serialize;

/// A command about gifts. Shares are in basis points, purposes go by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnGiving {
    /// A person gives a share of all cashback from now on; a share of 0 ends it.
    Stand {
        /// Who.
        person: PersonId,
        /// The share.
        share: i64,
        /// What for.
        purpose: u16,
        /// Whether their name may be told.
        named: bool,
    },
    /// A person gives an amount of cashback, once.
    Once {
        /// Who.
        person: PersonId,
        /// Won.
        amount: i64,
        /// What for.
        purpose: u16,
        /// Whether their name may be told.
        named: bool,
    },
    /// A shop applies to give of its payouts.
    Apply {
        /// Which.
        merchant: MerchantId,
        /// The share; `None`: the pack's.
        rate: Option<i64>,
        /// What for.
        purpose: u16,
    },
    /// The city has looked at an application.
    Check {
        /// Which shop's.
        merchant: MerchantId,
        /// Whether it is fit.
        fit: bool,
        /// Why not, if it isn't.
        note: String,
    },
    /// A shop is given its plaque, and gives from then on.
    Plaque {
        /// Which.
        merchant: MerchantId,
    },
    /// A shop changes what it gives.
    Change {
        /// Which.
        merchant: MerchantId,
        /// The share.
        rate: i64,
        /// What for.
        purpose: u16,
    },
    /// A shop gives no more.
    Stop {
        /// Which.
        merchant: MerchantId,
    },
    /// What was collected is passed on.
    Pass,
    /// The collector opens a purpose.
    OpenPurpose {
        /// Its name in Korean.
        ko: String,
        /// Its name in English.
        en: String,
    },
    /// The collector spends.
    Spend(NewSpending),
    /// The collector tells what a spending became.
    Tell {
        /// Which.
        spending: PostingNo,
        /// In a sentence.
        outcome: String,
    },
    /// A receipt is given for gifts that stand on none yet.
    Receipt {
        /// To whom.
        giver: Giver,
        /// The gifts' postings, all of one year.
        gifts: Vec<PostingNo>,
    },
    /// A receipt is printed once more.
    Print {
        /// Its serial number.
        serial: String,
    },
}

/// A spending of gifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewSpending {
    /// On which purpose.
    pub purpose: u16,
    /// Won.
    pub amount: i64,
    /// Who was paid.
    pub payee: String,
    /// For what.
    pub what: String,
    /// The name of the document that shows it.
    pub document_name: String,
    /// That document.
    pub document: Vec<u8>,
    /// What it became, if that can be told already.
    pub outcome: Option<String>,
}

impl OnGiving {
    /// Whether it is a person's own business.
    pub(crate) fn is_of_person(&self, me: PersonId) -> bool {
        match self {
            OnGiving::Stand { person, .. } | OnGiving::Once { person, .. } => *person == me,
            OnGiving::Receipt { giver, .. } => *giver == Giver::Person(me),
            // Whose it is stands on it: the use case asks.
            OnGiving::Print { .. } => true,
            _ => false,
        }
    }

    /// Whether it is the business of who collects and spends.
    pub(crate) fn is_of_collector(&self) -> bool {
        matches!(
            self,
            OnGiving::OpenPurpose { .. }
                | OnGiving::Spend(_)
                | OnGiving::Tell { .. }
                | OnGiving::Receipt { .. }
                | OnGiving::Print { .. }
        )
    }

    /// Whether it is a shop's own business.
    pub(crate) fn is_of_shop(&self, me: MerchantId) -> bool {
        match self {
            OnGiving::Apply { merchant, .. }
            | OnGiving::Change { merchant, .. }
            | OnGiving::Stop { merchant } => *merchant == me,
            OnGiving::Receipt { giver, .. } => *giver == Giver::Shop(me),
            OnGiving::Print { .. } => true,
            _ => false,
        }
    }
}
