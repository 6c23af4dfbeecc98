//! The tables of a whole city, and every statement that a test prepares on both engines.

use store::{Migration, Sql, sql};

/// This crate's own tables.
const CITY: Migration = Migration {
    name: "city-1",
    sql: "
CREATE TABLE packs (
    no BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    files TEXT NOT NULL,
    people BIGINT NOT NULL,
    population BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE TABLE tokens (
    hash BYTEA PRIMARY KEY,
    client BIGINT NOT NULL,
    role_grant TEXT NOT NULL,
    name TEXT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT
);
",
};

/// What a token is for often names who has it: sealed. From before it was, the plain text is kept until the next start seals
/// it, with the keys at hand; empty from then on.
const TOKEN_NAMES: Migration = Migration {
    name: "tokens-2",
    sql: "
ALTER TABLE tokens RENAME COLUMN name TO unsealed;
ALTER TABLE tokens ADD COLUMN name BYTEA;
",
};

/// All tables above the journal's, in order.
pub fn migrations() -> Vec<Migration> {
    let lower = people::store::MIGRATIONS.iter().chain(economy::store::MIGRATIONS);
    lower
        .cloned()
        .chain([
            people::account::store::MIGRATION,
            CITY,
            crate::looks::store::LOOKS,
            crate::coupons::store::MIGRATION,
            crate::prepay::store::PREPAY,
            crate::payouts::store::PAYOUTS,
            people::passkey::store::MIGRATION,
            people::vouched::store::MIGRATION,
            people::organisation::store::MIGRATION,
            crate::giving::store::GIVING,
            crate::hooks::store::HOOKS,
            crate::exchange::store::CASES,
            people::passkey::store::STRENGTH,
            crate::joining::store::JOININGS,
            crate::proposals::store::PROPOSALS,
            crate::window::store::WINDOW,
            crate::key_marks::store::KEY_MARKS,
            people::store::HOUSEHOLDS,
            crate::moving::store::MOVING,
            people::store::SCANS,
            crate::payouts::store::ANSWER_TEXTS,
            crate::proposals::store::HEARD,
            crate::pins::store::PINS,
            crate::mail::store::MAIL,
            crate::proposals::store::PROPOSED_PACKS,
            crate::coupons::store::STAMPS,
            crate::alike::store::ALIKE,
            crate::disposal::store::DISPOSALS,
            crate::alike::store::DIFFERENCES,
            people::vouched::store::SAID,
            crate::reseal::store::DROPPED,
            crate::gift_tries::store::GIFT_TRIES,
            people::vouched::store::STRENGTH,
            crate::payouts::store::SETTLED_BY,
            TOKEN_NAMES,
            crate::pins::store::SHORT,
            crate::gift_tries::store::CLAIM_GIFTS,
            crate::gift_tries::store::MONEY_GIFTS,
        ])
        .collect()
}

/// A posting, as lists show it.
pub(crate) const POSTING_AT: Sql = sql("SELECT no, at, kind, amount FROM postings WHERE no = $1");
/// The newest postings of an amount.
pub(crate) const POSTINGS_OF_AMOUNT: Sql = sql("SELECT no, at, kind, amount FROM postings \
     WHERE no > $1 AND no <= $2 AND amount = $3 ORDER BY no DESC LIMIT $4");
/// The newest payments whose facts name an order.
pub(crate) const POSTINGS_OF_ORDER: Sql = sql("SELECT no, at, kind, amount, facts FROM postings \
     WHERE no > $1 AND no <= $2 AND kind IN ('pay', 'capture') AND facts LIKE $3 ESCAPE '!' \
     ORDER BY no DESC LIMIT $4");
/// Postings that reverse one.
pub(crate) const POSTINGS_REVERSING: Sql = sql("SELECT no, at, kind, amount FROM postings \
     WHERE no > $1 AND no <= $2 AND reverses = $3 ORDER BY no LIMIT $4");
/// The posting an entry belongs to.
pub(crate) const POSTING_OF_ENTRY: Sql = sql("SELECT posting FROM entries WHERE no = $1");
/// A pack by its number.
pub(crate) const PACK_AT: Sql = sql("SELECT hash, since FROM packs WHERE no = $1");
/// Postings of a stretch of the journal, with what they were decided on.
pub(crate) const POSTINGS_TO_REPLAY: Sql =
    sql("SELECT no, day, pack, kind, facts FROM postings WHERE no >= $1 AND no <= $2 ORDER BY no LIMIT $3");
/// The day a posting counts for.
pub(crate) const DAY_OF_POSTING: Sql = sql("SELECT day FROM postings WHERE no = $1");
/// All packs, oldest first.
pub(crate) const PACKS: Sql = sql("SELECT no, hash, files, people, population FROM packs ORDER BY no");
/// One account's sales and refunds since a day, newest first. A posting that touched the account twice stands twice.
pub(crate) const MOVEMENTS_SINCE: Sql = sql("WITH RECURSIVE walk AS ( \
       SELECT e.posting, e.debit, e.debit_previous, e.credit_previous, p.at, p.day, p.kind, p.amount, \
         CAST(1 AS BIGINT) AS step \
       FROM entries e JOIN postings p ON p.no = e.posting WHERE e.no = $1 \
       UNION ALL \
       SELECT e.posting, e.debit, e.debit_previous, e.credit_previous, p.at, p.day, p.kind, p.amount, w.step + 1 \
       FROM walk w JOIN entries e \
         ON e.no = CASE WHEN w.debit = $2 THEN w.debit_previous ELSE w.credit_previous END \
       JOIN postings p ON p.no = e.posting \
       WHERE w.day >= $3 AND w.step < $4) \
     SELECT posting AS no, at, day, kind, amount FROM walk \
     WHERE day >= $3 AND kind IN ('pay', 'capture', 'refund') ORDER BY posting DESC");
/// A token is new.
pub(crate) const INSERT_TOKEN: Sql = sql(
    "INSERT INTO tokens (hash, client, role_grant, name, since, ended, unsealed) VALUES ($1, $2, $3, $4, $5, NULL, '')",
);
/// All tokens, oldest first.
pub(crate) const TOKENS: Sql =
    sql("SELECT hash, client, role_grant, name, since, ended FROM tokens ORDER BY since, hash");
/// A token is worth nothing from an instant on; what it is for goes when it does.
pub(crate) const END_TOKEN: Sql = sql("UPDATE tokens SET ended = $2, name = $3 WHERE hash = $1");
/// What tokens are for, from before it was sealed.
pub(crate) const UNSEALED_TOKENS: Sql =
    sql("SELECT hash, unsealed FROM tokens WHERE unsealed <> '' ORDER BY hash");
/// It is sealed.
pub(crate) const SEAL_TOKEN: Sql = sql("UPDATE tokens SET name = $2, unsealed = '' WHERE hash = $1");
/// A pack comes into force.
pub(crate) const INSERT_PACK: Sql =
    sql("INSERT INTO packs (no, hash, files, people, population, since) VALUES ($1, $2, $3, $4, $5, $6)");
/// Shops as rules ask for them: their trade, and what they say they sell in a year.
pub(crate) const SHOPS_TO_AUDIT: Sql = sql("SELECT id, trade, sales FROM merchants ORDER BY id");
/// The pack in force.
pub(crate) const NEWEST_PACK: Sql =
    sql("SELECT no, hash, files, people, population FROM packs ORDER BY no DESC LIMIT 1");

/// A pack with its files, by its number.
pub(crate) const PACK_NUMBERED: Sql =
    sql("SELECT no, hash, files, people, population FROM packs WHERE no = $1");

/// Every statement of a city, for the test that prepares each on both engines.
pub fn statements() -> Vec<Sql> {
    let own = [
        POSTING_AT,
        POSTINGS_OF_AMOUNT,
        POSTINGS_OF_ORDER,
        POSTINGS_REVERSING,
        POSTING_OF_ENTRY,
        PACK_AT,
        POSTINGS_TO_REPLAY,
        DAY_OF_POSTING,
        PACKS,
        MOVEMENTS_SINCE,
        INSERT_TOKEN,
        TOKENS,
        END_TOKEN,
        UNSEALED_TOKENS,
        SEAL_TOKEN,
        INSERT_PACK,
        NEWEST_PACK,
        PACK_NUMBERED,
        SHOPS_TO_AUDIT,
    ];
    let lower = people::store::STATEMENTS.iter().chain(economy::store::STATEMENTS);
    lower
        .chain(people::account::store::STATEMENTS)
        .chain(people::passkey::store::STATEMENTS)
        .chain(people::vouched::store::STATEMENTS)
        .chain(people::organisation::store::STATEMENTS)
        .chain(crate::looks::store::STATEMENTS)
        .chain(crate::coupons::store::STATEMENTS)
        .chain(crate::prepay::store::STATEMENTS)
        .chain(crate::payouts::store::STATEMENTS)
        .chain(crate::giving::store::STATEMENTS)
        .chain(crate::hooks::store::STATEMENTS)
        .chain(crate::mail::store::STATEMENTS)
        .chain(crate::exchange::store::STATEMENTS)
        .chain(crate::joining::store::STATEMENTS)
        .chain(crate::proposals::store::STATEMENTS)
        .chain(crate::window::store::STATEMENTS)
        .chain(crate::moving::store::STATEMENTS)
        .chain(crate::disposal::store::STATEMENTS)
        .chain(crate::follow::STATEMENTS)
        .chain(crate::alike::store::STATEMENTS)
        .chain(crate::key_marks::store::STATEMENTS)
        .chain(crate::pins::store::STATEMENTS)
        .chain(crate::gift_tries::store::STATEMENTS)
        .copied()
        .chain(own)
        .chain(crate::reseal::store::statements())
        .collect()
}
