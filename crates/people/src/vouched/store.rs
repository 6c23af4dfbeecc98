//! Whom other houses vouch for, as rows.

use base::AccountId;
use store::{Error, Migration, Snapshot, Sql, row, sql};

use super::Vouched;

/// Their table.
pub const MIGRATION: Migration = Migration {
    name: "vouched-1",
    sql: "
CREATE TABLE vouched (
    login BYTEA PRIMARY KEY,
    account TEXT NOT NULL,
    house TEXT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT
);
",
};

/// What the houses call them, sealed. An id is the account and the house.
pub const SAID: Migration = Migration {
    name: "vouched-2",
    sql: "
CREATE TABLE vouched_said (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
",
};

/// A house vouches for someone, for the first time or again.
pub const PUT_VOUCHED: Sql = sql("INSERT INTO vouched (login, account, house, since, ended) \
     VALUES ($1, $2, $3, $4, NULL) \
     ON CONFLICT (login) DO UPDATE SET account = excluded.account, house = excluded.house, \
     since = excluded.since, ended = NULL");
/// Its word counts no more.
pub const END_VOUCHED: Sql = sql("UPDATE vouched SET ended = $2 WHERE login = $1");
/// Its word is found by another index.
pub const REINDEX_VOUCHED: Sql = sql("UPDATE vouched SET login = $2 WHERE login = $1");
/// What it calls them is kept.
pub const PUT_SAID: Sql = sql("INSERT INTO vouched_said (id, sealed) VALUES ($1, $2) \
     ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed");
/// And goes.
pub const DROP_SAID: Sql = sql("DELETE FROM vouched_said WHERE id = $1");
/// What they are called, from one on.
pub const ALL_SAID: Sql = sql("SELECT id, sealed FROM vouched_said WHERE id > $1 ORDER BY id LIMIT $2");
const VOUCHED: Sql = sql("SELECT v.login, v.account, v.house, s.id AS said FROM vouched v \
     LEFT JOIN vouched_said s ON s.id = v.account || ' ' || v.house WHERE v.ended IS NULL ORDER BY v.login");
/// Those that count though what the house calls them isn't kept, of accounts that last.
pub const UNKEPT: Sql = sql("SELECT v.login, v.account, v.house, s.id AS said FROM vouched v \
     JOIN sign_in_accounts a ON a.id = v.account AND a.ended IS NULL \
     LEFT JOIN vouched_said s ON s.id = v.account || ' ' || v.house \
     WHERE v.ended IS NULL AND s.id IS NULL ORDER BY v.login");

/// All statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] =
    &[PUT_VOUCHED, END_VOUCHED, REINDEX_VOUCHED, PUT_SAID, DROP_SAID, ALL_SAID, VOUCHED, UNKEPT];

row! {
    /// Another house's word, as a row.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct VouchedRow {
        /// See [`Vouched::index`].
        pub login: Vec<u8>,
        /// See [`Vouched::account`].
        pub account: AccountId,
        /// See [`Vouched::house`].
        pub house: String,
        /// The id of what the house calls them, where that is kept.
        pub said: Option<String>,
    }
}

row! {
    /// What a house calls somebody, sealed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SaidRow {
        /// See [`Vouched::kept_as`].
        pub id: String,
        /// It.
        pub sealed: Vec<u8>,
    }
}

impl VouchedRow {
    /// It.
    pub fn read(self) -> Result<Vouched, Error> {
        let index = self.login.try_into();
        let index = index.map_err(|_| Error::Shape("a login is not as it should be".to_owned()))?;
        let is_kept = self.said.is_some();
        Ok(Vouched { index, account: self.account, house: self.house, is_kept, ended: None })
    }
}

/// All that count.
pub fn vouched(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Vouched)) -> Result<(), Error> {
    snapshot.for_each(VOUCHED, &[], &mut |row: VouchedRow| {
        each(row.read()?);
        Ok(())
    })
}

/// Those that count though what the house calls them isn't kept.
pub fn unkept(snapshot: &mut Snapshot<'_>) -> Result<Vec<VouchedRow>, Error> {
    snapshot.query(UNKEPT, &[])
}
