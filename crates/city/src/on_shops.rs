//! What can be asked about joining as a shop, where shops apply.

use base::{ApplicationId, MerchantId, PersonId};
use serde::Serialize;

use crate::{Directory, NewMerchant};

/// A command about an application, or about a registration's end against the shop's will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnShops {
    /// Somebody applies. The shop's owner is who applies, whatever it says.
    Apply {
        /// Who.
        person: PersonId,
        /// With which shop.
        shop: NewMerchant,
    },
    /// A paper was seen.
    Seen {
        /// Of which application.
        application: ApplicationId,
        /// Its id in the pack.
        paper: String,
    },
    /// The shop is taken in.
    Accept {
        /// Which application.
        application: ApplicationId,
    },
    /// It is turned down.
    Refuse {
        /// Which application.
        application: ApplicationId,
        /// On which ground of the pack.
        ground: String,
        /// In the officer's words.
        why: String,
    },
    /// Who applied takes it back.
    Withdraw {
        /// Which application.
        application: ApplicationId,
    },
    /// A member's registration is cancelled: it closes at once.
    Cancel {
        /// Which shop.
        merchant: MerchantId,
        /// On which ground of the pack.
        ground: String,
        /// In the officer's words.
        why: String,
    },
    /// Something is said against a refusal or a cancellation.
    Appeal {
        /// Which.
        application: ApplicationId,
        /// In their words.
        text: String,
    },
    /// Another officer than who decided looks at it anew.
    Answer {
        /// Which.
        application: ApplicationId,
        /// Whether the shop was right.
        right: bool,
        /// In the officer's words.
        why: String,
    },
}

impl OnShops {
    fn application(&self) -> Option<ApplicationId> {
        match self {
            OnShops::Apply { .. } | OnShops::Cancel { .. } => None,
            OnShops::Seen { application, .. }
            | OnShops::Accept { application }
            | OnShops::Refuse { application, .. }
            | OnShops::Withdraw { application }
            | OnShops::Appeal { application, .. }
            | OnShops::Answer { application, .. } => Some(*application),
        }
    }

    /// Whether it is about a citizen's own application, or their own shop's registration.
    pub(crate) fn is_own(&self, me: PersonId, directory: &Directory) -> bool {
        match self {
            OnShops::Apply { person, .. } => *person == me,
            _ => {
                let file = self.application().and_then(|id| directory.joining.get(id));
                file.is_some_and(|file| file.person == Some(me))
            }
        }
    }

    /// Whether it is about this shop's registration.
    pub(crate) fn is_of_shop(&self, me: MerchantId, directory: &Directory) -> bool {
        let file = self.application().and_then(|id| directory.joining.get(id));
        file.is_some_and(|file| file.merchant == Some(me))
    }
}
