//! What can be asked about who lives together: a household is formed and changed at a window.

use base::{Date, HouseholdId, PersonId};
use people::household::Relation;
use serde::Serialize;

/// A command about a household. A day that isn't named is today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnHouseholds {
    /// A household begins, with its head alone.
    Form {
        /// Its head.
        person: PersonId,
        /// The first day.
        from: Option<Date>,
    },
    /// Somebody moves in with somebody.
    Join {
        /// Who.
        person: PersonId,
        /// With whom: the household is the one they are of today.
        with: PersonId,
        /// As what to the head.
        relation: Relation,
        /// The first day.
        from: Option<Date>,
    },
    /// Somebody is something else to the head.
    Change {
        /// Who.
        person: PersonId,
        /// In which household.
        household: HouseholdId,
        /// As what.
        relation: Relation,
        /// From which day on.
        from: Option<Date>,
    },
    /// Somebody moves out.
    Leave {
        /// Who.
        person: PersonId,
        /// Of which household.
        household: HouseholdId,
        /// The last day.
        last: Option<Date>,
    },
}

impl OnHouseholds {
    /// Whose records it is about.
    pub(crate) fn people(&self) -> [Option<PersonId>; 2] {
        match self {
            OnHouseholds::Form { person, .. }
            | OnHouseholds::Change { person, .. }
            | OnHouseholds::Leave { person, .. } => [Some(*person), None],
            OnHouseholds::Join { person, with, .. } => [Some(*person), Some(*with)],
        }
    }
}
