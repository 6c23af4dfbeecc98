//! Accounts, roles given, sessions and codes as rows.

use base::{AccountId, GrantId, Instant, PersonId};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::{Account, Code, Grant, How, Session};

/// Their tables.
pub const MIGRATION: Migration = Migration {
    name: "accounts-1",
    sql: "
CREATE TABLE sign_in_accounts (
    id TEXT PRIMARY KEY,
    person TEXT,
    since BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE role_grants (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    subject TEXT,
    district TEXT,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    given_by TEXT,
    confirmed BIGINT NOT NULL,
    confirmed_by TEXT,
    since BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE sessions (
    hash BYTEA PRIMARY KEY,
    account TEXT NOT NULL,
    role_grant TEXT NOT NULL,
    how TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE codes (
    person TEXT PRIMARY KEY,
    hash BYTEA NOT NULL,
    until BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    used BIGINT NOT NULL
);
",
};

/// An account is new.
pub const INSERT_ACCOUNT: Sql =
    sql("INSERT INTO sign_in_accounts (id, person, since, ended) VALUES ($1, $2, $3, NULL)");
/// An account has ended.
pub const END_ACCOUNT: Sql = sql("UPDATE sign_in_accounts SET ended = $2 WHERE id = $1");
/// A role is given.
pub const INSERT_GRANT: Sql = sql(
    "INSERT INTO role_grants (id, account, role, subject, district, from_day, until_day, given_by, confirmed, \
     confirmed_by, since, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, NULL)",
);
/// A second person says yes to a role.
pub const CONFIRM_GRANT: Sql = sql("UPDATE role_grants SET confirmed = 1, confirmed_by = $2 WHERE id = $1");
/// A role is taken back.
pub const END_GRANT: Sql = sql("UPDATE role_grants SET ended = $2 WHERE id = $1");
/// Someone signs in.
pub const INSERT_SESSION: Sql =
    sql("INSERT INTO sessions (hash, account, role_grant, how, since, until, ended) \
     VALUES ($1, $2, $3, $4, $5, $6, NULL)");
/// A session is ended.
pub const END_SESSION: Sql = sql("UPDATE sessions SET ended = $2 WHERE hash = $1");
/// A code is given, tried or used.
pub const PUT_CODE: Sql = sql(
    "INSERT INTO codes (person, hash, until, wrong, used) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, until = excluded.until, wrong = excluded.wrong, \
     used = excluded.used",
);
const ACCOUNTS: Sql = sql("SELECT id, person, ended FROM sign_in_accounts ORDER BY since, id");
const GRANTS: Sql =
    sql("SELECT id, account, role, subject, district, from_day, until_day, given_by, confirmed, ended \
     FROM role_grants ORDER BY since, id");
const SESSIONS: Sql = sql("SELECT hash, account, role_grant, how, since, until, ended FROM sessions \
     WHERE ended IS NULL ORDER BY since, hash");
const CODES: Sql = sql("SELECT person, hash, until, wrong, used FROM codes WHERE used = 0 ORDER BY person");

/// All statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[
    INSERT_ACCOUNT,
    END_ACCOUNT,
    INSERT_GRANT,
    CONFIRM_GRANT,
    END_GRANT,
    INSERT_SESSION,
    END_SESSION,
    PUT_CODE,
    ACCOUNTS,
    GRANTS,
    SESSIONS,
    CODES,
];

row! { struct AccountRow { id: AccountId, person: Option<PersonId>, ended: Option<i64> } }
row! {
    struct GrantRow {
        id: GrantId,
        account: AccountId,
        role: String,
        subject: Option<String>,
        district: Option<String>,
        from_day: i64,
        until_day: Option<i64>,
        given_by: Option<AccountId>,
        confirmed: i64,
        ended: Option<i64>,
    }
}
row! {
    struct SessionRow {
        hash: Vec<u8>,
        account: AccountId,
        role_grant: GrantId,
        how: String,
        since: i64,
        until: i64,
        ended: Option<i64>,
    }
}
row! { struct CodeRow { person: PersonId, hash: Vec<u8>, until: i64, wrong: i64, used: i64 } }

/// All accounts.
pub fn accounts(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Account)) -> Result<(), Error> {
    snapshot.for_each(ACCOUNTS, &[], &mut |row: AccountRow| {
        each(Account { id: row.id, person: row.person, ended: row.ended.map(Instant) });
        Ok(())
    })
}

/// All roles given.
pub fn grants(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Grant)) -> Result<(), Error> {
    snapshot.for_each(GRANTS, &[], &mut |row: GrantRow| {
        each(Grant {
            id: row.id,
            account: row.account,
            role: row.role,
            subject: row.subject,
            district: row.district,
            from: day(row.from_day)?,
            until: row.until_day.map(day).transpose()?,
            given_by: row.given_by,
            confirmed: row.confirmed != 0,
            ended: row.ended.map(Instant),
        });
        Ok(())
    })
}

/// All sessions that nobody has ended.
pub fn sessions(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Session)) -> Result<(), Error> {
    snapshot.for_each(SESSIONS, &[], &mut |row: SessionRow| {
        each(Session {
            hash: row.hash.try_into().map_err(|_| shape("a session's hash"))?,
            account: row.account,
            grant: row.role_grant,
            how: How::coded(&row.how).ok_or_else(|| shape("how someone signed in"))?,
            since: Instant(row.since),
            until: Instant(row.until),
            ended: row.ended.map(Instant),
        });
        Ok(())
    })
}

/// All codes that were not used.
pub fn codes(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Code)) -> Result<(), Error> {
    snapshot.for_each(CODES, &[], &mut |row: CodeRow| {
        each(Code {
            person: row.person,
            hash: row.hash.try_into().map_err(|_| shape("a code's hash"))?,
            until: Instant(row.until),
            wrong: u8::try_from(row.wrong).unwrap_or(u8::MAX),
            used: row.used != 0,
        });
        Ok(())
    })
}

fn day(day: i64) -> Result<i32, Error> {
    i32::try_from(day).map_err(|_| shape("a role's day"))
}

fn shape(what: &str) -> Error {
    Error::Shape(format!("{what} is not as it should be"))
}

/// The values of [`INSERT_GRANT`].
pub fn grant_values(grant: &Grant, since: Instant) -> Vec<Value> {
    vec![
        grant.id.into(),
        grant.account.into(),
        grant.role.clone().into(),
        grant.subject.clone().into(),
        grant.district.clone().into(),
        grant.from.into(),
        grant.until.into(),
        grant.given_by.into(),
        grant.confirmed.into(),
        since.into(),
    ]
}

/// The values of [`INSERT_SESSION`].
pub fn session_values(session: &Session) -> Vec<Value> {
    vec![
        session.hash.into(),
        session.account.into(),
        session.grant.into(),
        session.how.code().into(),
        session.since.into(),
        session.until.into(),
    ]
}

/// The values of [`PUT_CODE`].
pub fn code_values(code: &Code) -> Vec<Value> {
    vec![code.person.into(), code.hash.into(), code.until.into(), code.wrong.into(), code.used.into()]
}
