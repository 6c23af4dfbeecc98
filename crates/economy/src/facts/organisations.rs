//! Facts about organisations and businesses.

use base::{BusinessId, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};

/// Something about an organisation or a business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationFacts {
    /// About an organisation.
    Organisation {
        /// Which.
        organisation: OrganisationId,
        /// `found`, `close`, `join`, `leave`.
        action: String,
        /// Who joins or leaves: the id of a person, a business or an organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<String>,
    },
    /// About a business.
    Business {
        /// Which.
        business: BusinessId,
        /// Its owner, if a person of this city.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<PersonId>,
        /// `register`, `transfer`.
        action: String,
    },
}

impl OrganisationFacts {
    /// Whose record it speaks of.
    pub(super) fn people(&self) -> Vec<PersonId> {
        match self {
            OrganisationFacts::Organisation { member, .. } => {
                member.as_deref().and_then(|text| text.parse().ok()).into_iter().collect()
            }
            OrganisationFacts::Business { owner, .. } => owner.iter().copied().collect(),
        }
    }
}
