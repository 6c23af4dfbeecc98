//! Passkeys as rows.

use base::{AccountId, Instant};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use vault::Sealed;

use super::Passkey;

/// Their table.
pub const MIGRATION: Migration = Migration {
    name: "passkeys-1",
    sql: "
CREATE TABLE passkeys (
    hash BYTEA PRIMARY KEY,
    account TEXT NOT NULL,
    name BYTEA NOT NULL,
    credential TEXT NOT NULL,
    counter BIGINT NOT NULL,
    since BIGINT NOT NULL,
    used BIGINT,
    ended BIGINT
);
",
};

/// Whether it was made by somebody who had shown who they are in two ways. Of those made before this was asked nobody
/// knows: they count as weak, and the token that staff were given makes another.
pub const STRENGTH: Migration = Migration {
    name: "passkeys-2",
    sql: "ALTER TABLE passkeys ADD COLUMN strong BIGINT NOT NULL DEFAULT 0;",
};

/// A passkey is new.
pub const INSERT_PASSKEY: Sql =
    sql("INSERT INTO passkeys (hash, account, name, credential, counter, since, used, ended, strong) \
     VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, $7)");
/// It was used.
pub const USE_PASSKEY: Sql =
    sql("UPDATE passkeys SET credential = $2, counter = $3, used = $4 WHERE hash = $1");
/// It is removed, and what its owner called it with it.
pub const END_PASSKEY: Sql = sql("UPDATE passkeys SET name = $2, ended = $3 WHERE hash = $1");
const PASSKEYS: Sql =
    sql("SELECT hash, account, name, credential, counter, since, used, strong FROM passkeys \
     WHERE ended IS NULL ORDER BY hash");

/// All statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[INSERT_PASSKEY, USE_PASSKEY, END_PASSKEY, PASSKEYS];

row! {
    struct PasskeyRow {
        hash: Vec<u8>,
        account: AccountId,
        name: Vec<u8>,
        credential: String,
        counter: i64,
        since: i64,
        used: Option<i64>,
        strong: i64,
    }
}

/// All passkeys that were not removed.
pub fn passkeys(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Passkey)) -> Result<(), Error> {
    let shape = |what: &str| Error::Shape(format!("a passkey's {what} is not as it should be"));
    snapshot.for_each(PASSKEYS, &[], &mut |row: PasskeyRow| {
        each(Passkey {
            hash: row.hash.try_into().map_err(|_| shape("hash"))?,
            account: row.account,
            name: Sealed(row.name),
            credential: row.credential,
            counter: u32::try_from(row.counter).map_err(|_| shape("counter"))?,
            since: Instant(row.since),
            used: row.used.map(Instant),
            ended: None,
            strong: row.strong != 0,
        });
        Ok(())
    })
}

/// The values of [`INSERT_PASSKEY`].
pub fn passkey_values(passkey: &Passkey) -> Vec<Value> {
    vec![
        passkey.hash.into(),
        passkey.account.into(),
        passkey.name.0.clone().into(),
        passkey.credential.clone().into(),
        i64::from(passkey.counter).into(),
        passkey.since.into(),
        passkey.strong.into(),
    ]
}
