//! What the city's own machinery does to let go of years whose time is over.

use base::PostingNo;
use serde::Serialize;

/// A stretch of the journal that goes: postings and their entries, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The first and the last posting.
    pub postings: (u64, u64),
    /// The first and the last entry.
    pub entries: (u64, u64),
}

/// A command about a disposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDisposal {
    /// What a stretch of accounts stood at is kept. Nothing goes by it.
    Stand {
        /// The last posting that is to go.
        upto: PostingNo,
        /// The first and the last account of the stretch.
        accounts: (u32, u32),
        /// Those that ever moved: account, balance, last entry.
        states: Vec<(u32, i64, u64)>,
    },
    /// The journal begins behind a closing from now on.
    Begin {
        /// The closing, signed.
        closing: String,
        /// The last command without a posting that is to go.
        requests: u64,
        /// What is kept for the city's memory.
        memory: String,
    },
    /// A part of what was disposed of goes.
    Forget {
        /// Which postings.
        runs: Vec<Run>,
    },
    /// What is left of it besides the postings goes.
    Clear {
        /// The bank's answers whose words go.
        answers: Vec<String>,
    },
    /// What a stretch of accounts stood at elsewhere goes.
    Drop {
        /// The first and the last account.
        accounts: (u32, u32),
    },
}
