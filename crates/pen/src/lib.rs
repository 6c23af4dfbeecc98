//! The pen: the one thread that writes. It takes commands in order, decides each against books held in memory,
//! and commits them in groups: one transaction and one sync for all that waited.
//!
//! Invariants:
//! - what a caller hears was durable before; what a reader sees was durable before (commit, publish, reply, wake);
//! - a refusal, an error or a panic leaves nothing of its command behind;
//! - the size of the groups changes nothing in the journal, nor does carrying a group out anew;
//! - each command that is carried out has an instant of its own, later than all before it;
//! - one request key of a client is carried out once, and answered alike each time;
//! - two writers never both commit a group of the same sequence (the fence is the primary key of `groups`).
//!
//! Deliberately absent: what commands mean. The memory the pen decides against is a type the floor above supplies
//! ([`Town`]).

mod checkpoint;
mod group;
mod keys;
mod start;
mod tally;
mod tape;
mod thread;
mod town;
mod turn;
mod view;

pub use checkpoint::{Checkpointer, Checkpoints, checkpoint_books, checkpoint_file};
pub use group::{Envelope, Options, Outcome, Pen};
pub use keys::{KeyTable, Recorded};
pub use start::{Report, Setup, Started, start};
pub use tally::{Spreading, Tally};
pub use thread::{Busy, Handle, Running};
pub use town::{Base, Failure, Load, Request, Stop, Town};
pub use turn::{Intent, Turn};
pub use view::{Shared, View};
