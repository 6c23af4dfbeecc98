//! What pages read: from the readers' view and from snapshots of the database. Nothing here writes.

pub mod books;
pub mod town;
