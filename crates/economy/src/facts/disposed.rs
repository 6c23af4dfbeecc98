//! Years that were disposed of.

use serde::{Deserialize, Serialize};

/// What stays of postings that are disposed of: a closing, and what it can't say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposed {
    /// The last day of the years that go.
    pub until: String,
    /// The last posting that goes.
    pub last: u64,
    /// How many go, those that went before them not counted.
    pub count: i64,
    /// SHA-256 of the signed closing, in hex: what every account stood at.
    pub closing: String,
    /// SHA-256 of what else is kept of them for the city's memory, in hex.
    pub memory: String,
}
