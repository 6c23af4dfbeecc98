//! People: who someone is, what is known about them, who stands beside them, and what they agreed to.
//!
//! Typed data that is kept as documents, and the decisions over it; all of it pure. Today comes in as an argument. SQL
//! stands in `store` only.
//!
//! - [`Person`] is who someone is, [`household`], [`Organisation`] and [`Business`] are where they belong;
//! - [`Name`] is the form a name is compared and indexed in, [`matching`] tells which records may be of one person,
//!   [`Links`] which are;
//! - [`fact`] is what is known about a person, from whom and for how long;
//! - [`consent`] and [`delegation`] are what a person allows the city and a helper;
//! - [`Document`] is the form all of this is kept in, sealed, and [`File`] what is kept about one person;
//! - [`Glass`] is a look behind a closed door, [`inspection`] reads a month of looks.
//!
//! Invariants:
//! - nothing is overwritten: a membership, a fact, a consent, a delegation ends on a day and stays; a link is undone by
//!   an unlink and two records are never merged;
//! - links form a forest, so that unlinking always parts what its link joined, and only that;
//! - of several facts of one kind the newest valid one counts, and a better source that says otherwise is always named;
//! - nobody reviews their own look, links their own record, or helps on more than they were given;
//! - what names a person is sealed before it is stored, and bound to its record; it is found again by blind indexes;
//! - a name, number, period or reason is a good one wherever it stands: its type refuses others, also when read back.
//!
//! Deliberately absent: who may ask for what (roles, in `city`), resident numbers (the city
//! collects none: the Personal Information Protection Act §24-2 asks for a statute).

pub mod account;
pub mod break_glass;
pub mod business;
pub mod consent;
pub mod delegation;
pub mod differ;
pub mod draft;
pub mod fact;
pub mod household;
pub mod inspection;
pub mod keys;
pub mod link;
pub mod matching;
pub mod name;
pub mod naming;
pub mod notice;
pub mod organisation;
pub mod paper;
pub mod passkey;
pub mod period;
pub mod person;
pub mod reason;
pub mod record;
pub mod second;
pub mod store;
pub mod vouched;

pub use account::{Account, Code, Grant, How, Session};
pub use break_glass::Glass;
pub use business::{Business, BusinessNumber};
pub use consent::{Consent, Purpose};
pub use delegation::Delegation;
pub use fact::Fact;
pub use link::{LinkEvent, Links};
pub use name::Name;
pub use naming::{Naming, SealedNaming};
pub use notice::Notice;
pub use organisation::Organisation;
pub use passkey::Passkey;
pub use period::Period;
pub use person::{District, Person, Phone};
pub use reason::Reason;
pub use record::{Document, File, Kept};
pub use vouched::Vouched;
