//! Who people are, and what is known about them.
//!
//! Invariants:
//! - what names a person is sealed before it is stored, and bound to its record; it is found again by blind indexes.

pub mod keys;
pub mod naming;
pub mod store;

pub use naming::{Naming, SealedNaming};
