//! A sealed compartment: the records of people whose being here nobody outside may learn of.
//!
//! It shares nothing that could tell of a record. It has a folder of its own, on both engines of the city: its records, a
//! ledger of its own of who looked, and data keys of its own under a master key of its own. Nothing goes through the pen:
//! no posting, no number of the journal, no group, no message, no count, no checkpoint of the city's moves when something
//! happens in here.
//!
//! Why files and not a schema of the city's database: there, whoever keeps that database would see rows, sizes, and a
//! transaction number pass, and every copy of it would carry the room along.
//!
//! Invariants:
//! - what a call answered is on the disk;
//! - what was written is appended and never changed until its time is over and the whole record goes, sealed whole (who, when and what), bound to its record, and padded;
//!   ids are random, no row has a number, and no instant stands in the clear: the file tells no order and no name;
//! - the same request, asked again, is done once;
//! - a page shows a record only after [`Room::looked`] has answered: the look is kept.
//!
//! Deliberately absent: who may come in, and what the pages say.

mod decide;
mod error;
mod reseal;
mod retain;
mod room;
mod store;
mod written;

pub use decide::{LONGEST_NAME, LONGEST_NOTE, LONGEST_REACH, NewRecord};
pub use error::{Error, Failure};
pub use reseal::Resealed;
pub use room::{LOOKS, RECORDS, Request, Room, Standing};
pub use store::keys;
pub use written::{Said, Written};
