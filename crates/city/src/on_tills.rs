//! What can be asked about shops' programs, and about signs of illegal exchange.

use base::{CaseId, HookId, MerchantId, PostingNo};
use serde::Serialize;

/// A secret that signs what is sent to a shop's program: never part of an input's hash, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(pub [u8; 32]);

impl std::fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookSecret")
    }
}

/// A sign that was found: which rule, where, over what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// The rule's id in the pack in force.
    pub rule: String,
    /// At which shop.
    pub merchant: MerchantId,
    /// The window's first day: days since 1970-01-01.
    pub from: i32,
    /// Its last day.
    pub until: i32,
    /// The window's first posting.
    pub first: PostingNo,
    /// Its last.
    pub last: PostingNo,
    /// How much it weighs.
    pub points: u32,
}

/// What an officer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// There is a good reason for it.
    Explained,
    /// It goes to those who may inspect the shop. Nothing happens to the shop by this.
    Inspect,
}

impl Finding {
    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            Finding::Explained => "explained",
            Finding::Inspect => "inspect",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<Finding> {
        [Finding::Explained, Finding::Inspect].into_iter().find(|one| one.code() == code)
    }
}

/// A command about a shop's programs, or about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnTills {
    /// An address is told of what happens at a shop.
    OpenHook {
        /// Whose.
        merchant: MerchantId,
        /// Where to post to.
        url: String,
        /// Signs what is sent.
        #[serde(skip)]
        secret: HookSecret,
    },
    /// What is sent there is signed with another secret; the old one signs beside it for a day.
    RotateHook {
        /// Whose.
        merchant: MerchantId,
        /// Which.
        hook: HookId,
        /// The new one.
        #[serde(skip)]
        secret: HookSecret,
    },
    /// An address is told nothing more.
    EndHook {
        /// Whose.
        merchant: MerchantId,
        /// Which.
        hook: HookId,
    },
    /// A sign of illegal exchange was found.
    OpenCase(Sign),
    /// The shop says what it has to say.
    AnswerCase {
        /// About which.
        case: CaseId,
        /// In its words.
        text: String,
    },
    /// An officer has looked into it.
    CloseCase {
        /// Which.
        case: CaseId,
        /// What they come to.
        finding: Finding,
        /// In their words.
        note: String,
    },
}

impl OnTills {
    /// The shop it names itself. Whose a case is, stands in its row: the use case asks.
    pub(crate) fn shop(&self) -> Option<MerchantId> {
        match self {
            OnTills::OpenHook { merchant, .. }
            | OnTills::RotateHook { merchant, .. }
            | OnTills::EndHook { merchant, .. } => Some(*merchant),
            OnTills::OpenCase(sign) => Some(sign.merchant),
            OnTills::AnswerCase { .. } | OnTills::CloseCase { .. } => None,
        }
    }
}
