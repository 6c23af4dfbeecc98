//! Rows of cases. What the shop and the officer say is sealed.

use base::{CaseId, Instant, MerchantId, PostingNo};
use store::{Migration, Sql, row, sql};

use crate::looks::Text;

pub(crate) const ANSWER: Text = Text { table: "cases", field: "answer" };
pub(crate) const NOTE: Text = Text { table: "cases", field: "note" };

/// The tables.
pub(crate) const CASES: Migration = Migration {
    name: "cases-1",
    sql: "
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    rule TEXT NOT NULL,
    pack BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    first_posting BIGINT NOT NULL,
    last_posting BIGINT NOT NULL,
    points BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    answered BIGINT,
    answer BYTEA,
    closed BIGINT,
    closed_by TEXT,
    finding TEXT,
    note BYTEA
);
CREATE INDEX cases_of_merchant ON cases (merchant, opened);
CREATE INDEX cases_open ON cases (opened) WHERE closed IS NULL;
",
};

macro_rules! columns {
    () => {
        "id, merchant, rule, pack, from_day, until_day, first_posting, last_posting, points, opened, answered, \
         answer, closed, closed_by, finding, note"
    };
}

pub(crate) const INSERT_CASE: Sql = sql("INSERT INTO cases (id, merchant, rule, pack, from_day, until_day, \
     first_posting, last_posting, points, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
pub(crate) const ANSWER_CASE: Sql = sql("UPDATE cases SET answered = $2, answer = $3 WHERE id = $1");
pub(crate) const CLOSE_CASE: Sql =
    sql("UPDATE cases SET closed = $2, closed_by = $3, finding = $4, note = $5 WHERE id = $1");
pub(crate) const CASE: Sql = sql(concat!("SELECT ", columns!(), " FROM cases WHERE id = $1"));
pub(crate) const CASES_ABOUT: Sql =
    sql(concat!("SELECT ", columns!(), " FROM cases WHERE merchant = $1 AND rule = $2 ORDER BY opened, id"));
pub(crate) const CASES_OF: Sql =
    sql(concat!("SELECT ", columns!(), " FROM cases WHERE merchant = $1 ORDER BY opened DESC, id LIMIT $2"));
pub(crate) const OPEN_CASES: Sql = sql(concat!(
    "SELECT ",
    columns!(),
    " FROM cases WHERE closed IS NULL ORDER BY points DESC, opened, id LIMIT $1"
));
pub(crate) const CLOSED_CASES: Sql = sql(concat!(
    "SELECT ",
    columns!(),
    " FROM cases WHERE closed IS NOT NULL ORDER BY closed DESC, id LIMIT $1"
));

/// The kinds of postings that patterns are made of; entries aren't asked for.
pub(super) const DEEDS: Sql = sql("SELECT no, at, amount, facts FROM postings WHERE no >= $1 AND no <= $2 \
     AND kind IN ('pay', 'capture', 'refund', 'top-up', 'gift') ORDER BY no LIMIT $3");

pub(crate) const STATEMENTS: &[Sql] =
    &[INSERT_CASE, ANSWER_CASE, CLOSE_CASE, CASE, CASES_ABOUT, CASES_OF, OPEN_CASES, CLOSED_CASES, DEEDS];

row! {
    pub(super) struct DeedRow {
        pub no: PostingNo,
        pub at: Instant,
        pub amount: i64,
        pub facts: String,
    }
}

row! {
    pub(crate) struct CaseRow {
        pub id: CaseId,
        pub merchant: MerchantId,
        pub rule: String,
        pub pack: u32,
        pub from_day: i32,
        pub until_day: i32,
        pub first_posting: PostingNo,
        pub last_posting: PostingNo,
        pub points: u32,
        pub opened: Instant,
        pub answered: Option<Instant>,
        pub answer: Option<Vec<u8>>,
        pub closed: Option<Instant>,
        pub closed_by: Option<String>,
        pub finding: Option<String>,
        pub note: Option<Vec<u8>>,
    }
}
