//! Their rows.

use base::{HookId, Instant, MerchantId};
use store::{Migration, Sql, row, sql};

/// The tables.
pub(crate) const HOOKS: Migration = Migration {
    name: "hooks-1",
    sql: "
CREATE TABLE hooks (
    id TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    before BYTEA,
    before_until BIGINT,
    made BIGINT NOT NULL,
    ended BIGINT
);
CREATE INDEX hooks_of_merchant ON hooks (merchant, made);
",
};

pub(crate) const INSERT_HOOK: Sql =
    sql("INSERT INTO hooks (id, merchant, url, secret, made) VALUES ($1, $2, $3, $4, $5)");
pub(crate) const ROTATE_HOOK: Sql =
    sql("UPDATE hooks SET secret = $2, before = $3, before_until = $4 WHERE id = $1");
pub(crate) const END_HOOK: Sql = sql("UPDATE hooks SET ended = $2 WHERE id = $1");
/// A shop's, all of them.
pub(crate) const END_HOOKS_OF: Sql = sql("UPDATE hooks SET ended = $2 WHERE merchant = $1 AND ended IS NULL");
pub(crate) const HOOK: Sql =
    sql("SELECT id, merchant, url, secret, before, before_until, made, ended FROM hooks WHERE id = $1");
pub(crate) const HOOKS_OF: Sql = sql("SELECT id, merchant, url, secret, before, before_until, made, ended \
     FROM hooks WHERE merchant = $1 ORDER BY made, id");
pub(crate) const ALL_HOOKS: Sql = sql("SELECT id, merchant, url, secret, before, before_until, made, ended \
     FROM hooks ORDER BY made, id");

pub(crate) const STATEMENTS: &[Sql] =
    &[INSERT_HOOK, ROTATE_HOOK, END_HOOK, END_HOOKS_OF, HOOK, HOOKS_OF, ALL_HOOKS];

row! {
    pub(crate) struct HookRow {
        pub id: HookId,
        pub merchant: MerchantId,
        pub url: String,
        pub secret: Vec<u8>,
        pub before: Option<Vec<u8>>,
        pub before_until: Option<Instant>,
        pub made: Instant,
        pub ended: Option<Instant>,
    }
}
