//! The card's economy: purses, cards, merchants, and every decision about them.
//!
//! Invariants:
//! - cashback, the limits it uses and the budget it comes from move in one posting, and the limits move only by the
//!   part that earned;
//! - what is taken back never exceeds what was paid, leg by leg, over any number of refunds;
//! - decisions ([`decide`]) are pure: they see balances and rules and give a balanced [`decide::Decision`] or a
//!   [`base::Refusal`]; only `store.rs` knows SQL.
//!
//! Deliberately absent: who may ask for what (that is the use case's first line, in `city`).

pub mod chart;
pub mod decide;
pub mod facts;
pub mod gifts;
pub mod holder;
pub mod pin;
pub mod store;

pub use base::{business_number, phone};
pub use chart::{Class, Meter, Unit};
pub use facts::{Cashback, Cut, Facts};
pub use holder::{Card, CardKind, CardState, Merchant, MerchantState, Person};
