//! What an officer comes to is what their role is for: each page and call of the city hall belongs to an operation, and
//! whoever's role holds it sees it. Page, list and count ask this alike; a role's name opens nothing.

use base::{Actor, Role};
use city::may::holds;
use rules::Pack;

use crate::frame::Visit;

/// Whether somebody is an officer for this.
pub(crate) fn is_officer_for(actor: &Actor, operation: &str, pack: &Pack) -> bool {
    actor.role == Role::Officer && holds(actor, operation, pack)
}

/// Whether somebody takes what is the house's out of it, to look into it: an auditor, or an officer who may.
pub(crate) fn looks_into(actor: &Actor, pack: &Pack) -> bool {
    matches!(actor.role, Role::Officer | Role::Auditor) && holds(actor, "download", pack)
}

impl Visit {
    /// Whether this page of the desk is this visitor's.
    pub(crate) fn is_officer_for(&self, operation: &str) -> bool {
        let view = self.app.city.shared.read();
        self.visitor.is_some_and(|actor| is_officer_for(&actor, operation, &view.town.pack))
    }

    /// Whether this visitor looks into what is the house's.
    pub(crate) fn looks_into(&self) -> bool {
        let view = self.app.city.shared.read();
        self.visitor.is_some_and(|actor| looks_into(&actor, &view.town.pack))
    }
}
