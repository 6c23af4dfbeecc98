//! What is kept of something that waits for a second person's yes.

use base::{PostingNo, ProposalId};
use serde::{Deserialize, Serialize};

/// A proposal was made, confirmed, refused or withdrawn, or what became of it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalFacts {
    /// Which.
    pub proposal: ProposalId,
    /// `propose`, `confirm`, `refuse`, `withdraw`, `hear`.
    pub action: String,
    /// What is proposed: the operation's name.
    pub operation: String,
    /// The payment to take back, or the last payout of the file.
    pub posting: PostingNo,
    /// Won.
    pub amount: i64,
}
