//! Who acts.

use crate::{MerchantId, PersonId};

/// Who is behind a command or a read, as far as this city's rules tell people apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A citizen, on their own purses and cards.
    Citizen(PersonId),
    /// The owner of a shop, with its totals.
    Merchant(MerchantId),
    /// An employee at a shop's till: takes payments, sees no totals.
    Till(MerchantId),
    /// A clerk at a neighbourhood window.
    Clerk,
    /// An officer who runs the card at the city hall.
    Officer,
    /// An auditor: reads the books, writes nothing.
    Auditor,
    /// The city's own machinery: sweeps, settlement, the bank's notices.
    System,
}

impl Role {
    /// The role's name in the journal, in tokens and in the role × operation table.
    pub fn name(self) -> &'static str {
        match self {
            Role::Citizen(_) => "citizen",
            Role::Merchant(_) => "merchant",
            Role::Till(_) => "till",
            Role::Clerk => "clerk",
            Role::Officer => "officer",
            Role::Auditor => "auditor",
            Role::System => "system",
        }
    }
}

/// The program that speaks for the actor: request keys are scoped to it. 0 is the city itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Client(pub u64);

/// An authenticated caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// In which role they act.
    pub role: Role,
    /// Through which client (a token, a session).
    pub client: Client,
}

impl Actor {
    /// The city's own machinery.
    pub const SYSTEM: Actor = Actor { role: Role::System, client: Client(0) };
}
