//! Looks at personal records: who they are counted for, and what follows from them.

use base::{Actor, Client};

/// The opaque id an actor is known by in the access ledger: the role and the client for as long as an account is
/// nothing more than that.
pub fn who(actor: Actor) -> String {
    let Client(client) = actor.client;
    format!("{}/{client:x}", actor.role.name())
}
