//! The two drivers. What they share is not a trait but the calls that [`crate::Writer`] makes on either.

pub(crate) mod append_sqlite;
pub(crate) mod copy;
pub(crate) mod flight;
pub(crate) mod postgres;
pub(crate) mod postgres_types;
pub(crate) mod postgres_writer;
pub(crate) mod sqlite;
pub(crate) mod sqlite_writer;

pub(crate) use postgres_types::PgCell;
