//! The access ledger: every read of a person's record is an entry (who, when, from where, whom, what, for what
//! purpose), as the safety notice of the Personal Information Protection Act wants it (§8), in a file of its own on
//! both engines of the city.
//!
//! Invariants:
//! - what [`Handle::record`] resolves is durable: an answer goes out only after its looks are kept. All looks that
//!   wait share one transaction and one sync;
//! - places have no gaps, and each entry's hash is taken over all it says and the hash before it: what was changed,
//!   taken out or put in is found and named by [`Readers::verify`], and what was cut off by [`Readers::compare`] with
//!   heads that were kept elsewhere;
//! - what was disposed of leaves an anchor that the rest can be verified from;
//! - instants are as told: they may go back;
//! - readers and the writer never wait for each other;
//! - after a disk has failed under a write the ledger has ended: nobody knows what is on that disk.
//!
//! Deliberately absent: names, who may read what, and what is unusual about a look.

mod chain;
mod error;
mod latest;
mod ledger;
mod look;
mod queue;
mod store;

pub use chain::Head;
pub use error::{Broken, Busy, Disposal, Error, Failure, NotVerified, Verified};
pub use ledger::{AccessLedger, Handle, Joiner, Kept, Options, Pending};
pub use look::{BadHash, Entry, Hash, Look, LookNo};
pub use store::Readers;
