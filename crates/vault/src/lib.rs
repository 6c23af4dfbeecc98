//! What names people is sealed before it is stored.
//!
//! Envelopes: a *master key* stands outside the database and wraps *data keys*, which stand in it. A data key seals
//! fields. So a master key is changed by wrapping a few data keys anew, and a dump without the master key says nothing.
//!
//! Invariants:
//! - a sealed field opens only at its own place (table, record, field): moved elsewhere it is refused, not misread;
//! - a compartment has keys of its own: who lacks them can't tell its fields from noise;
//! - a search needs no opening: the same text has the same [`Index`], and an index says nothing without its key.

mod key;
mod masters;
mod place;
mod seal;
mod vault;

pub use key::{DataKey, Use};
pub use masters::{BadMasters, MasterKey, Masters};
pub use place::Place;
pub use seal::{CantOpen, Sealed};
pub use vault::{Compartment, Index, Locked, Vault};
