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

/// Whether it was linked by somebody who had shown who they are in two ways. Of those linked before this was asked nobody
/// knows: they count as weak, and are linked anew by a strong sign-in.
pub const STRENGTH: Migration =
    Migration { name: "vouched-2", sql: "ALTER TABLE vouched ADD COLUMN strong BIGINT NOT NULL DEFAULT 0;" };

/// A house vouches for someone, for the first time or again.
pub const PUT_VOUCHED: Sql = sql("INSERT INTO vouched (login, account, house, since, ended, strong) \
     VALUES ($1, $2, $3, $4, NULL, $5) \
     ON CONFLICT (login) DO UPDATE SET account = excluded.account, house = excluded.house, \
     since = excluded.since, ended = NULL, strong = excluded.strong");
/// Its word counts no more.
pub const END_VOUCHED: Sql = sql("UPDATE vouched SET ended = $2 WHERE login = $1");
const VOUCHED: Sql =
    sql("SELECT login, account, house, strong FROM vouched WHERE ended IS NULL ORDER BY login");

/// All statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[PUT_VOUCHED, END_VOUCHED, VOUCHED];

row! { struct VouchedRow { login: Vec<u8>, account: AccountId, house: String, strong: i64 } }

/// All that count.
pub fn vouched(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Vouched)) -> Result<(), Error> {
    snapshot.for_each(VOUCHED, &[], &mut |row: VouchedRow| {
        let index = row.login.try_into();
        let index = index.map_err(|_| Error::Shape("a login is not as it should be".to_owned()))?;
        each(Vouched { index, account: row.account, house: row.house, ended: None, strong: row.strong != 0 });
        Ok(())
    })
}
