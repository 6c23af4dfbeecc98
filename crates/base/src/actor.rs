//! Who acts.

use crate::{AccountId, MerchantId, OrganisationId, PersonId};

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
    /// A desk of an organisation: the Community Chest, an association, an agency.
    Organisation(OrganisationId),
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
            Role::Organisation(_) => "organisation",
            Role::System => "system",
        }
    }
}

/// The program that speaks for the actor: request keys are scoped to it. 0 is the city itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Client(pub u64);

/// How far an actor reaches among people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Everyone in the city.
    City,
    /// The people of one neighbourhood, by its position in the pack.
    District(u8),
}

impl Area {
    /// Whether a person of this neighbourhood is within reach. Who lives elsewhere is within everyone's.
    pub fn reaches(self, district: Option<u8>) -> bool {
        match (self, district) {
            (Area::City, _) | (_, None) => true,
            (Area::District(own), Some(theirs)) => own == theirs,
        }
    }
}

/// An authenticated caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// In which role they act.
    pub role: Role,
    /// The pack's role behind it, by its position there; `None`: the first of this kind.
    pub duty: Option<u8>,
    /// How far they reach among people.
    pub area: Area,
    /// Through which client (a token, a session).
    pub client: Client,
    /// The account they are signed in with, if by one.
    pub account: Option<AccountId>,
}

impl Actor {
    /// The city's own machinery.
    pub const SYSTEM: Actor = Actor::new(Role::System, Client(0));

    /// In a role, through a client; all over the city, without an account.
    pub const fn new(role: Role, client: Client) -> Actor {
        Actor { role, duty: None, area: Area::City, client, account: None }
    }
}
