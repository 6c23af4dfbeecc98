//! What can be asked about organisations, who belongs to them, and businesses.

use base::{BusinessId, Date, OrganisationId, PersonId};
use people::organisation::{Kind, Member};
use serde::Serialize;

/// An organisation to found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewOrganisation {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its name for readers of English.
    pub english: Option<String>,
    /// The first day; `None`: today.
    pub from: Option<Date>,
}

/// A business to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewBusiness {
    /// Ten digits, hyphens allowed.
    pub number: String,
    /// Its name, as registered.
    pub name: String,
    /// A trade's id in the pack.
    pub trade: String,
    /// Its owner, if a person of this city.
    pub owner: Option<PersonId>,
}

/// A command about organisations and businesses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnOrganisations {
    /// There is one more.
    Found(NewOrganisation),
    /// It closes: today is its last day, and whoever speaks for it is out at once.
    Close {
        /// Which.
        organisation: OrganisationId,
    },
    /// Somebody joins.
    Join {
        /// What.
        organisation: OrganisationId,
        /// Who.
        member: Member,
        /// The first day; `None`: today.
        from: Option<Date>,
    },
    /// Somebody leaves.
    Leave {
        /// What.
        organisation: OrganisationId,
        /// Who.
        member: Member,
        /// Their last day; `None`: today.
        last: Option<Date>,
    },
    /// A business is registered.
    Register(NewBusiness),
    /// A business has another owner, or none that is a person of this city.
    Transfer {
        /// Which.
        business: BusinessId,
        /// To whom.
        owner: Option<PersonId>,
    },
}

impl OnOrganisations {
    /// Whether an organisation may ask this by itself: which firms and associations belong to it.
    pub(crate) fn is_own(&self, me: OrganisationId) -> bool {
        match self {
            OnOrganisations::Join { organisation, member, .. }
            | OnOrganisations::Leave { organisation, member, .. } => {
                *organisation == me && !matches!(member, Member::Person(_))
            }
            // A firm that joins has to be known first.
            OnOrganisations::Register(wish) => wish.owner.is_none(),
            OnOrganisations::Found(_) | OnOrganisations::Close { .. } | OnOrganisations::Transfer { .. } => {
                false
            }
        }
    }
}
