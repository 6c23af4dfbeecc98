//! The two SQL engines: where the journal and the domain tables are kept.
//!
//! A [`Writer`] is the pen's one connection: it holds the leader lock, opens one transaction for a group, and
//! commits it whole. [`Readers`] are read-only snapshots beside it. One SQL text with `$1`, `$2` serves both
//! engines; the journal's own tables are appended by each engine's fastest road.
//!
//! Invariants:
//! - a group is in the database whole or not at all, and its row in `groups` is the fence: of two writers only
//!   one can take a sequence;
//! - a commit whose fate is not known is said to be so, and [`Writer::resolve`] finds it out;
//! - nobody writes without the leader lock, and PostgreSQL without its durability settings is refused.
//!
//! Deliberately absent: what the rows mean, retries, and any waiting for somebody else's lock.

mod backup;
mod batch;
mod beside;
mod checkpoint;
mod engine;
mod error;
mod journal;
mod lookup;
mod migrate;
mod readers;
mod row;
mod settling;
mod sweep;
mod target;
mod value;
mod writer;

pub use backup::backup;
pub use batch::{Batch, CommitError, Fate, Write};
pub use checkpoint::{WalKeeper, spawn_wal_checkpointer};
pub use engine::sqlite::make_private;
pub use error::Error;
pub use journal::JOURNAL;
pub use migrate::{Migration, translate_postgres, translate_sqlite};
pub use readers::{EachPosting, Readers, Snapshot};
pub use row::{Cell, FromColumn, FromRow, RowReader};
pub use sweep::sweep;
pub use target::{Scratch, Target};
pub use value::{Sql, Value, sql};
pub use writer::Writer;
