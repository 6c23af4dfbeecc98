//! What can be asked about what waits for a second person's yes.

use base::ProposalId;
use serde::Serialize;

/// A command about a proposal. One is made by asking for what needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnProposals {
    /// A second person says yes: it is carried out now.
    Confirm {
        /// To which.
        proposal: ProposalId,
    },
    /// A second person says no.
    Refuse {
        /// To which.
        proposal: ProposalId,
        /// Why.
        why: String,
    },
    /// Who proposed it takes it back.
    Withdraw {
        /// Which.
        proposal: ProposalId,
    },
    /// Who proposed it has read what became of it.
    Hear {
        /// Of which.
        proposal: ProposalId,
    },
}
