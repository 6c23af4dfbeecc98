//! What is kept of commands about shops' programs and about signs of illegal exchange.

use base::{CaseId, HookId, MerchantId};
use serde::{Deserialize, Serialize};

/// Something about a shop's programs, or about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TillsFacts {
    /// An address that is told of what happens at a shop.
    Hook {
        /// Whose.
        merchant: MerchantId,
        /// Which.
        hook: HookId,
        /// `open`, `rotate`, `end`.
        action: String,
    },
    /// A sign of illegal exchange.
    Case {
        /// At which shop.
        merchant: MerchantId,
        /// Which.
        case: CaseId,
        /// `open`, `answer`, `close`.
        action: String,
        /// The rule's id in the pack.
        rule: String,
    },
}
