//! What can be asked about records that may be of one person and that no window sees both of.

use base::{Instant, PersonId};
use serde::Serialize;

/// A command about two records that may be of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnAlike {
    /// The city's machinery has compared somebody whom a window took in with all records out of that window's sight.
    Compared {
        /// Whom.
        person: PersonId,
        /// The records that may be of the same person.
        alike: Vec<PersonId>,
    },
    /// The machinery has weighed all records of somebody against each other.
    Weighed {
        /// Whom.
        person: PersonId,
        /// As of which change.
        at: Instant,
        /// All their records.
        records: Vec<PersonId>,
        /// Where two of them differ, and in what.
        found: Vec<(PersonId, PersonId, String)>,
    },
    /// They are of one person: linked from now on.
    Same {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// What it was seen by.
        why: String,
    },
    /// They are of two people: not asked again.
    Others {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
    },
}

impl OnAlike {
    /// Whose records it is about, where somebody says so.
    pub(crate) fn people(&self) -> [Option<PersonId>; 2] {
        match self {
            OnAlike::Compared { .. } | OnAlike::Weighed { .. } => [None, None],
            OnAlike::Same { one, other, .. } | OnAlike::Others { one, other } => [Some(*one), Some(*other)],
        }
    }
}
