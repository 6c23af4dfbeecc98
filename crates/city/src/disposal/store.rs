//! Rows of what stays, and the statements that let go of the rest.

use store::{Migration, Sql, row, sql};

/// The tables: a disposal, and what accounts stood at where it ends.
pub(crate) const DISPOSALS: Migration = Migration {
    name: "disposals-1",
    sql: "
CREATE TABLE disposals (
    upto BIGINT PRIMARY KEY,
    until BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    closing TEXT NOT NULL,
    memory TEXT NOT NULL,
    posting BIGINT NOT NULL
);
CREATE TABLE stood (
    upto BIGINT NOT NULL,
    account BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (upto, account)
);
",
};

/// The newest disposal: the journal begins behind it.
pub(crate) const DISPOSAL: Sql =
    sql("SELECT upto, until, requests, closing, memory, posting FROM disposals \
     ORDER BY upto DESC LIMIT 1");
/// Postings of years go.
pub(crate) const INSERT_DISPOSAL: Sql =
    sql("INSERT INTO disposals (upto, until, requests, closing, memory, posting) \
     VALUES ($1, $2, $3, $4, $5, $6)");
/// Of earlier ones it stays that they were; the newest says all that is needed.
pub(crate) const EMPTY_EARLIER: Sql = sql("UPDATE disposals SET memory = '' WHERE upto < $1");
/// What accounts stood at, from an account on.
pub(crate) const STOOD: Sql = sql(
    "SELECT account, balance, entry FROM stood WHERE upto = $1 AND account >= $2 ORDER BY account LIMIT $3",
);
/// What an account stood at.
pub(crate) const INSERT_STOOD: Sql =
    sql("INSERT INTO stood (upto, account, balance, entry) VALUES ($1, $2, $3, $4)");
/// A stretch of accounts is written anew.
pub(crate) const CLEAR_STOOD: Sql =
    sql("DELETE FROM stood WHERE upto = $1 AND account >= $2 AND account <= $3");
/// What accounts stood at elsewhere is needed no more.
pub(crate) const DROP_OTHERS: Sql =
    sql("DELETE FROM stood WHERE upto <> $1 AND account >= $2 AND account <= $3");
/// Entries go.
pub(crate) const DELETE_ENTRIES: Sql = sql("DELETE FROM entries WHERE no >= $1 AND no <= $2");
/// Postings go.
pub(crate) const DELETE_POSTINGS: Sql = sql("DELETE FROM postings WHERE no >= $1 AND no <= $2");
/// Commands without a posting go.
pub(crate) const DELETE_REQUESTS: Sql = sql("DELETE FROM requests WHERE no <= $1");
/// Rows of payouts that ended go with their postings.
pub(crate) const DELETE_PAYOUTS: Sql = sql("DELETE FROM payouts WHERE posting >= $1 AND posting <= $2");
/// A payout file goes once none of its payouts is left; the newest stays, for files are numbered on from it.
pub(crate) const DELETE_FILES: Sql = sql("DELETE FROM payout_files WHERE day <= $1 \
     AND no < (SELECT MAX(no) FROM payout_files) \
     AND NOT EXISTS (SELECT 1 FROM payouts WHERE payouts.file = payout_files.no)");
/// The bank's answers from before an instant. That they came stays, so that none is taken in twice.
pub(crate) const ANSWERS_BEFORE: Sql = sql("SELECT answer FROM bank_answers WHERE at < $1 ORDER BY answer");
/// What an answer said goes, in the parts it was taken in by.
pub(crate) const DELETE_TEXTS: Sql = sql("DELETE FROM bank_answer_texts WHERE id >= $1 AND id < $2");
/// Lines of an answer go that somebody placed.
pub(crate) const DELETE_LINES: Sql = sql("DELETE FROM bank_lines WHERE answer = $1 AND done IS NOT NULL");
/// Postings that are left of a stretch, with their entries' places.
pub(crate) const LEFT: Sql =
    sql("SELECT no, first_entry, entries FROM postings WHERE no >= $1 AND no <= $2 \
     ORDER BY no LIMIT $3");
/// How many postings are left up to one.
pub(crate) const COUNT_LEFT: Sql =
    sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM postings WHERE no <= $1");
/// How many commands without a posting are left up to one.
pub(crate) const COUNT_REQUESTS: Sql =
    sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM requests WHERE no <= $1");
/// The last command without a posting before an instant.
pub(crate) const LAST_REQUEST: Sql =
    sql("SELECT CAST(COALESCE(MAX(no), 0) AS BIGINT) AS count FROM requests WHERE at < $1");
/// Signs that nobody has decided on and that rest on postings up to one.
pub(crate) const COUNT_CASES: Sql = sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM cases \
     WHERE closed IS NULL AND first_posting <= $1");
/// Lines of the bank's answers from before an instant that nobody could place.
pub(crate) const COUNT_LINES: Sql = sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM bank_lines \
     WHERE done IS NULL AND at < $1");
/// The file each payout up to one is in.
pub(crate) const FILED: Sql =
    sql("SELECT posting, file FROM payouts WHERE posting <= $1 AND file IS NOT NULL ORDER BY posting");
/// The postings claims were bought by.
pub(crate) const BOUGHT: Sql =
    sql("SELECT claim, posting FROM prepayments WHERE posting <= $1 ORDER BY claim");

pub(crate) const STATEMENTS: &[Sql] = &[
    DISPOSAL,
    INSERT_DISPOSAL,
    EMPTY_EARLIER,
    STOOD,
    INSERT_STOOD,
    CLEAR_STOOD,
    DROP_OTHERS,
    DELETE_ENTRIES,
    DELETE_POSTINGS,
    DELETE_REQUESTS,
    DELETE_PAYOUTS,
    DELETE_FILES,
    ANSWERS_BEFORE,
    DELETE_TEXTS,
    DELETE_LINES,
    LEFT,
    COUNT_LEFT,
    COUNT_REQUESTS,
    LAST_REQUEST,
    COUNT_CASES,
    COUNT_LINES,
    FILED,
    BOUGHT,
];

row! {
    /// A disposal.
    pub(crate) struct DisposalRow {
        pub upto: base::PostingNo,
        pub until: i32,
        pub requests: u64,
        pub closing: String,
        pub memory: String,
        pub posting: base::PostingNo,
    }
}

row! {
    /// What an account stood at.
    pub(crate) struct StoodRow {
        pub account: ledger::AccountNo,
        pub balance: i64,
        pub entry: base::EntryNo,
    }
}

row! {
    /// A posting that is left.
    pub(crate) struct LeftRow {
        pub no: base::PostingNo,
        pub first_entry: base::EntryNo,
        pub entries: u16,
    }
}

row! {
    /// How many.
    pub(crate) struct CountRow {
        pub count: u64,
    }
}

row! {
    /// A payout and its file.
    pub(crate) struct FiledRow {
        pub posting: base::PostingNo,
        pub file: i64,
    }
}

row! {
    /// A claim and the posting it was bought by.
    pub(crate) struct BoughtRow {
        pub claim: u32,
        pub posting: base::PostingNo,
    }
}

row! {
    /// One of the bank's answers, by its hash.
    pub(crate) struct AnswerRow {
        pub answer: String,
    }
}
