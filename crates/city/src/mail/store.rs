//! Their rows: one for each person or shop that ever gave an address.

use base::Instant;
use store::{Migration, Sql, row, sql};

/// The table.
pub(crate) const MAIL: Migration = Migration {
    name: "mail-1",
    sql: "
CREATE TABLE mail_addresses (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    asked BIGINT,
    misses BIGINT NOT NULL,
    asks BIGINT NOT NULL,
    asks_on BIGINT NOT NULL
);
",
};

pub(crate) const PUT_MAILBOX: Sql =
    sql("INSERT INTO mail_addresses (id, sealed, asked, misses, asks, asks_on) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, \
     asked = excluded.asked, misses = excluded.misses, asks = excluded.asks, asks_on = excluded.asks_on");
pub(crate) const MAILBOX: Sql =
    sql("SELECT id, sealed, asked, misses, asks, asks_on FROM mail_addresses WHERE id = $1");
pub(crate) const DROP_MAILBOX: Sql = sql("DELETE FROM mail_addresses WHERE id = $1");

pub(crate) const STATEMENTS: &[Sql] = &[PUT_MAILBOX, MAILBOX, DROP_MAILBOX];

row! {
    pub(crate) struct MailRow {
        pub id: String,
        pub sealed: Vec<u8>,
        pub asked: Option<Instant>,
        pub misses: i64,
        pub asks: i64,
        pub asks_on: i64,
    }
}
