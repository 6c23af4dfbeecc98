//! What is wrong with a pack, where, and what would be right.

/// One fault in a pack. A pack with faults is refused whole; all of them are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {what}; {fix}")]
pub struct PackError {
    /// The file's name inside the pack, such as `campaigns/pig-card.toml`.
    pub file: String,
    /// The line, from 1. 1 for a file that is missing altogether.
    pub line: usize,
    /// What is wrong, naming the field and its value.
    pub what: String,
    /// What would be right.
    pub fix: String,
}
