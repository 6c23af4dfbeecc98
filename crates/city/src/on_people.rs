//! What can be asked about a person's records: what is known of them, what they agreed to, who helps, which are one.

use base::{Date, PersonId, RecordId};
use people::consent::Giver;
use people::delegation::{Grants, Tie};
use people::fact::{Datum, Source};
use serde::Serialize;

/// A command about a person's records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnPeople {
    /// Something is known about them.
    RecordFact {
        /// About whom.
        person: PersonId,
        /// What.
        datum: Datum,
        /// From where. What a citizen says of themselves is declared.
        source: Source,
        /// The day it was said, seen or certified; `None`: today.
        from: Option<Date>,
        /// The last day it can be relied on.
        until: Option<Date>,
    },
    /// A fact, or a time in a household, was never true.
    StrikeFact {
        /// About whom.
        person: PersonId,
        /// Which.
        fact: RecordId,
        /// Why.
        why: String,
    },
    /// They consent.
    GiveConsent {
        /// Who.
        person: PersonId,
        /// To what: an id in the pack.
        purpose: String,
        /// The day it was given; `None`: today.
        from: Option<Date>,
        /// The last day it is given for.
        until: Option<Date>,
        /// Where the signed sheet is kept, when it was given on paper.
        paper: Option<String>,
        /// By whom.
        by: Giver,
        /// Where no birth date is known: whoever heard them saw that they are no child.
        seen_grown: bool,
    },
    /// They don't any more.
    WithdrawConsent {
        /// Who.
        person: PersonId,
        /// To what.
        purpose: String,
        /// Where the signed sheet is kept, when it was said on paper.
        paper: Option<String>,
    },
    /// They let somebody help.
    GiveHelp {
        /// Who is helped.
        person: PersonId,
        /// Who helps.
        helper: PersonId,
        /// How the helper stands to them.
        tie: Tie,
        /// What the helper may do.
        grants: Grants,
        /// The last day; `None`: until it is revoked.
        until: Option<Date>,
    },
    /// They don't any more, or the helper doesn't wish to.
    RevokeHelp {
        /// Who is helped.
        person: PersonId,
        /// Which delegation.
        help: RecordId,
    },
    /// A helper looks at what the person has: they are told.
    See {
        /// Who is helped.
        person: PersonId,
    },
    /// Two records are of one person.
    Link {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// What it was seen by.
        why: String,
    },
    /// They are not, after all.
    Unlink {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// What it was seen by.
        why: String,
    },
}

impl OnPeople {
    /// Whose records it is about.
    pub(crate) fn people(&self) -> [Option<PersonId>; 2] {
        match self {
            OnPeople::RecordFact { person, .. }
            | OnPeople::StrikeFact { person, .. }
            | OnPeople::GiveConsent { person, .. }
            | OnPeople::WithdrawConsent { person, .. }
            | OnPeople::GiveHelp { person, .. }
            | OnPeople::RevokeHelp { person, .. }
            | OnPeople::See { person } => [Some(*person), None],
            OnPeople::Link { one, other, .. } | OnPeople::Unlink { one, other, .. } => {
                [Some(*one), Some(*other)]
            }
        }
    }

    /// Whose records may differ by it.
    pub(crate) fn weighed(&self) -> [Option<PersonId>; 2] {
        match self {
            OnPeople::See { .. } => [None, None],
            OnPeople::RecordFact { datum, .. } if !matches!(datum, Datum::BirthDate(_)) => [None, None],
            other => other.people(),
        }
    }

    /// Whether it is a person's own business, or that of who helps them.
    pub(crate) fn is_own(&self, me: PersonId, helps: impl Fn(PersonId) -> bool) -> bool {
        match self {
            OnPeople::RecordFact { person, .. }
            | OnPeople::GiveConsent { person, .. }
            | OnPeople::WithdrawConsent { person, .. }
            | OnPeople::GiveHelp { person, .. } => *person == me,
            OnPeople::RevokeHelp { person, .. } => *person == me || helps(*person),
            OnPeople::See { person } => helps(*person),
            // Not a citizen's at all: the table says so.
            OnPeople::StrikeFact { .. } | OnPeople::Link { .. } | OnPeople::Unlink { .. } => false,
        }
    }
}
