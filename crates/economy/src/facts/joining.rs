//! What is kept of commands about joining as a shop, and about leaving against its will.

use base::{ApplicationId, MerchantId, PersonId};
use serde::{Deserialize, Serialize};

/// An application, or a cancellation, has come so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoiningFacts {
    /// Which.
    pub application: ApplicationId,
    /// Who applied, or whose shop it is; none for a shop whose owner is no person of the city's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The shop, once it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// `apply`, `paper`, `accept`, `refuse`, `withdraw`, `cancel`, `appeal`, `uphold`, `dismiss`.
    pub action: String,
    /// The ground in the pack, where it was decided on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
}
