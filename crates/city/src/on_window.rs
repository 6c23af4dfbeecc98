//! What can be asked about a window's own work: takings in that were begun, and what clerks hand over to each other.

use base::{AccountId, DraftId, HandoverId, PersonId};
use people::draft::Typed;
use serde::Serialize;

use crate::NewPerson;

/// What is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// A taking in that was begun.
    Draft(DraftId),
    /// Something to do for a person.
    Person(PersonId),
}

/// A command about a window's own work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnWindow {
    /// What was typed so far is kept. Whoever writes has it from then on.
    Keep {
        /// Which draft.
        draft: DraftId,
        /// It may be a new one. Whoever asks made the id so that nobody else can have it.
        fresh: bool,
        /// What was typed.
        typed: Typed,
    },
    /// A draft is let go.
    Drop {
        /// Which.
        draft: DraftId,
    },
    /// A person is taken in, and the draft is over.
    TakeIn {
        /// The draft, if one was kept.
        draft: DraftId,
        /// There may be none: see [`OnWindow::Keep`].
        fresh: bool,
        /// The person.
        person: NewPerson,
    },
    /// Something is handed over to another clerk.
    HandOver {
        /// What.
        what: Matter,
        /// To whom.
        to: AccountId,
        /// What they should know.
        why: String,
    },
    /// The other one takes it.
    Accept {
        /// Which handing over.
        handover: HandoverId,
    },
    /// It is done, or taken back.
    End {
        /// Which handing over.
        handover: HandoverId,
    },
    /// Drafts whose days are over are let go, the oldest first, with what was said when they were handed over.
    Forget {
        /// How many at most in this one command.
        at_most: u32,
    },
}

impl OnWindow {
    /// Whose record it is about, where the wish says so.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self {
            OnWindow::HandOver { what: Matter::Person(person), .. } => Some(*person),
            // Written out: a wish that names a person and isn't here would be asked past the neighbourhood's bounds.
            OnWindow::HandOver { what: Matter::Draft(_), .. }
            | OnWindow::Keep { .. }
            | OnWindow::Drop { .. }
            | OnWindow::TakeIn { .. }
            | OnWindow::Accept { .. }
            | OnWindow::End { .. }
            | OnWindow::Forget { .. } => None,
        }
    }
}
