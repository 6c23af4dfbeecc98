//! What a person has to be told. How (page, message, letter) and in which neutral words is for those who send it.

use base::{Date, Instant, PersonId};
use serde::{Deserialize, Serialize};

use crate::break_glass::Viewer;
use crate::{Reason, delegation::Act};

/// Something to tell a person. A decision that yields one is not done until it is handed on.
#[must_use = "the person has to be told"]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whom to tell.
    pub to: PersonId,
    /// What.
    pub about: About,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum About {
    /// A helper did something in their name.
    Helped {
        /// Who.
        helper: PersonId,
        /// What.
        act: Act,
        /// When.
        on: Date,
    },
    /// Someone looked at what they may not see otherwise.
    GlassOpened {
        /// Who.
        by: Viewer,
        /// When.
        at: Instant,
        /// The reason they gave.
        why: Reason,
    },
}
