//! What can be asked about mail addresses that notices go to.

use serde::Serialize;

use crate::follow::To;

/// A command about somebody's mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMail {
    /// A code goes to an address, so that whoever reads it there can say so.
    Ask {
        /// Whose notices.
        to: To,
        /// Where to.
        address: String,
    },
    /// The code was read there: notices go to it from now on.
    Confirm {
        /// Whose notices.
        to: To,
        /// As it was typed.
        code: String,
    },
    /// No notices by mail any more; a code on its way is worth nothing.
    Remove {
        /// Whose notices.
        to: To,
    },
}

impl OnMail {
    /// Whose address it is about.
    pub(crate) fn to(&self) -> To {
        match self {
            OnMail::Ask { to, .. } | OnMail::Confirm { to, .. } | OnMail::Remove { to } => *to,
        }
    }
}
