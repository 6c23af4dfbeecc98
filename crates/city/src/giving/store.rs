//! Rows around gifts: standing ones, giving shops, purposes, spendings, receipts. What was given stands in the journal.

use base::{Instant, MerchantId, PersonId, PostingNo};
use economy::facts::{Draw, Giver};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::{Angel, AngelState, Change, Giving, Opened, StandingGift};

/// The tables.
pub(crate) const GIVING: Migration = Migration {
    name: "giving-1",
    sql: "
CREATE TABLE standing_gifts (
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    share BIGINT NOT NULL,
    purpose BIGINT NOT NULL,
    named BIGINT NOT NULL,
    PRIMARY KEY (person, at)
);
CREATE TABLE gift_shops (
    merchant TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    rate BIGINT NOT NULL,
    purpose BIGINT NOT NULL,
    applied BIGINT NOT NULL,
    plaque BIGINT,
    since BIGINT NOT NULL,
    note TEXT
);
CREATE TABLE gift_purposes (
    number BIGINT PRIMARY KEY,
    ko TEXT NOT NULL,
    en TEXT NOT NULL,
    opened BIGINT NOT NULL
);
CREATE TABLE gift_spendings (
    posting BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    purpose BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    draws TEXT NOT NULL,
    payee TEXT NOT NULL,
    what TEXT NOT NULL,
    document_name TEXT NOT NULL,
    document_hash BYTEA NOT NULL,
    document BYTEA NOT NULL,
    outcome TEXT,
    told BIGINT
);
CREATE TABLE gift_receipts (
    serial TEXT PRIMARY KEY,
    giver TEXT NOT NULL,
    year BIGINT NOT NULL,
    gifts BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    word TEXT NOT NULL,
    issued BIGINT NOT NULL,
    copies BIGINT NOT NULL
);
CREATE INDEX gift_receipts_of_giver ON gift_receipts (giver, issued);
CREATE INDEX gift_receipts_of_year ON gift_receipts (year, serial);
CREATE TABLE gift_receipt_lines (
    posting BIGINT PRIMARY KEY,
    serial TEXT NOT NULL
);
CREATE INDEX gift_receipt_lines_of ON gift_receipt_lines (serial, posting);
CREATE TABLE gift_receipt_issues (
    serial TEXT NOT NULL,
    copy BIGINT NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    client BIGINT NOT NULL,
    PRIMARY KEY (serial, copy)
);
CREATE INDEX gift_receipt_issues_at ON gift_receipt_issues (at);
",
};

pub(crate) const INSERT_STANDING: Sql =
    sql("INSERT INTO standing_gifts (person, at, share, purpose, named) VALUES ($1, $2, $3, $4, $5)");
const STANDING: Sql = sql("SELECT person, share, purpose, named FROM standing_gifts ORDER BY at, person");
pub(crate) const PUT_ANGEL: Sql =
    sql("INSERT INTO gift_shops (merchant, state, rate, purpose, applied, plaque, since, note) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (merchant) DO UPDATE SET \
     state = $2, rate = $3, purpose = $4, applied = $5, plaque = $6, since = $7, note = $8");
const ANGELS: Sql = sql(
    "SELECT merchant, state, rate, purpose, applied, plaque, since, note FROM gift_shops ORDER BY merchant",
);
pub(crate) const INSERT_PURPOSE: Sql =
    sql("INSERT INTO gift_purposes (number, ko, en, opened) VALUES ($1, $2, $3, $4)");
const PURPOSES: Sql = sql("SELECT number, ko, en FROM gift_purposes ORDER BY number");
pub(crate) const INSERT_SPENDING: Sql =
    sql("INSERT INTO gift_spendings (posting, at, purpose, amount, draws, payee, \
     what, document_name, document_hash, document, outcome, told) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
pub(crate) const TELL_OUTCOME: Sql =
    sql("UPDATE gift_spendings SET outcome = $2, told = $3 WHERE posting = $1");
pub(crate) const HAS_SPENDING: Sql = sql("SELECT COUNT(*) AS count FROM gift_spendings WHERE posting = $1");
const SPENDINGS: Sql = sql("SELECT posting, at, purpose, amount, draws, payee, what, document_name, \
     document_hash, outcome, told FROM gift_spendings ORDER BY posting");
const DOCUMENT: Sql =
    sql("SELECT document_name AS name, document AS bytes FROM gift_spendings WHERE posting = $1");
pub(crate) const INSERT_RECEIPT: Sql =
    sql("INSERT INTO gift_receipts (serial, giver, year, gifts, amount, word, \
     issued, copies) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
pub(crate) const INSERT_LINE: Sql = sql("INSERT INTO gift_receipt_lines (posting, serial) VALUES ($1, $2)");
pub(crate) const LINE_OF: Sql = sql("SELECT posting, serial FROM gift_receipt_lines WHERE posting = $1");
pub(crate) const COUNT_COPY: Sql = sql("UPDATE gift_receipts SET copies = $2 WHERE serial = $1");
pub(crate) const INSERT_ISSUE: Sql =
    sql("INSERT INTO gift_receipt_issues (serial, copy, at, role, client) VALUES ($1, $2, $3, $4, $5)");
pub(crate) const RECEIPT: Sql = sql("SELECT serial, giver, year, gifts, amount, word, issued, copies \
     FROM gift_receipts WHERE serial = $1");
const RECEIPTS_OF: Sql = sql("SELECT serial, giver, year, gifts, amount, word, issued, copies \
     FROM gift_receipts WHERE giver = $1 ORDER BY issued DESC, serial LIMIT $2");
const RECEIPTS_OF_YEAR: Sql = sql("SELECT serial, giver, year, gifts, amount, word, issued, copies \
     FROM gift_receipts WHERE year = $1 ORDER BY serial");
const COUNTS_BY_YEAR: Sql =
    sql("SELECT year, COUNT(*) AS count FROM gift_receipts GROUP BY year ORDER BY year");
const LINES: Sql = sql("SELECT posting, serial FROM gift_receipt_lines WHERE serial = $1 ORDER BY posting");
const LINES_OF_GIVER: Sql = sql("SELECT l.posting, l.serial FROM gift_receipts r \
     JOIN gift_receipt_lines l ON l.serial = r.serial WHERE r.giver = $1 ORDER BY l.posting");
const ISSUES: Sql = sql("SELECT serial, copy, at, role FROM gift_receipt_issues \
     ORDER BY at DESC, serial, copy LIMIT $1");

/// All this module's statements, for the test that prepares each on both engines.
pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_STANDING,
    STANDING,
    PUT_ANGEL,
    ANGELS,
    INSERT_PURPOSE,
    PURPOSES,
    INSERT_SPENDING,
    TELL_OUTCOME,
    HAS_SPENDING,
    SPENDINGS,
    DOCUMENT,
    INSERT_RECEIPT,
    INSERT_LINE,
    LINE_OF,
    COUNT_COPY,
    INSERT_ISSUE,
    RECEIPT,
    RECEIPTS_OF,
    RECEIPTS_OF_YEAR,
    COUNTS_BY_YEAR,
    LINES,
    LINES_OF_GIVER,
    ISSUES,
];

row! {
    struct StandingRow {
        person: PersonId,
        share: i64,
        purpose: i64,
        named: bool,
    }
}

row! {
    struct AngelRow {
        merchant: MerchantId,
        state: String,
        rate: i64,
        purpose: i64,
        applied: Instant,
        plaque: Option<i64>,
        since: Instant,
        note: Option<String>,
    }
}

row! {
    struct PurposeRow {
        number: i64,
        ko: String,
        en: String,
    }
}

row! {
    struct SpendingRow {
        posting: PostingNo,
        at: Instant,
        purpose: i64,
        amount: i64,
        draws: String,
        payee: String,
        what: String,
        document_name: String,
        document_hash: Vec<u8>,
        outcome: Option<String>,
        told: Option<Instant>,
    }
}

row! {
    /// The document of a spending.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SpendingDocument {
        /// Its file's name.
        pub name: String,
        /// What is in it.
        pub bytes: Vec<u8>,
    }
}

row! {
    /// A receipt that was given.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Receipt {
        /// `2021-000001`.
        pub serial: String,
        /// For whom: see [`Receipt::giver`].
        pub giver: String,
        /// The year its gifts are of.
        pub year: i64,
        /// How many gifts stand on it.
        pub gifts: i64,
        /// Won.
        pub amount: i64,
        /// The word that must be known besides the serial number to look it up.
        pub word: String,
        /// When it was given.
        pub issued: Instant,
        /// How often it was printed.
        pub copies: i64,
    }
}

impl Receipt {
    /// Whom it was given to.
    pub fn giver(&self) -> Option<Giver> {
        self.giver.parse().ok()
    }
}

row! {
    /// A gift that stands on a receipt.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Line {
        /// The gift's posting.
        pub posting: PostingNo,
        /// The receipt's serial number.
        pub serial: String,
    }
}

row! {
    /// A receipt was printed: a line of the issue log.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Issue {
        /// Which.
        pub serial: String,
        /// The how-manieth time: 1 is the original.
        pub copy: i64,
        /// When.
        pub at: Instant,
        /// In which role it was asked for.
        pub role: String,
    }
}

row! {
    pub(crate) struct CountRow {
        pub count: i64,
    }
}

row! {
    struct YearRow {
        year: i64,
        count: i64,
    }
}

/// A spending, with what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Its posting.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// On which purpose.
    pub purpose: u16,
    /// Won.
    pub amount: i64,
    /// Whose won.
    pub draws: Vec<Draw>,
    /// Who was paid.
    pub payee: String,
    /// For what.
    pub what: String,
    /// The name of the document that shows it.
    pub document: String,
    /// Its SHA-256.
    pub document_hash: Vec<u8>,
    /// What it became, in a sentence.
    pub outcome: Option<String>,
    /// When that was told.
    pub told: Option<Instant>,
}

impl Giving {
    /// Reads what stands in tables; what stands in the journal is read from there.
    pub(crate) fn load(&mut self, snapshot: &mut Snapshot<'_>) -> Result<(), Error> {
        snapshot.for_each(STANDING, &[], &mut |row: StandingRow| {
            let gift = StandingGift { share: row.share, purpose: purpose(row.purpose), named: row.named };
            self.apply(&Change::Standing(row.person, (row.share > 0).then_some(gift)));
            Ok(())
        })?;
        snapshot.for_each(ANGELS, &[], &mut |row: AngelRow| {
            let state = AngelState::coded(&row.state)
                .ok_or_else(|| Error::Shape(format!("a giving shop's state {:?}", row.state)))?;
            self.apply(&Change::Angel(Angel {
                merchant: row.merchant,
                state,
                rate: row.rate,
                purpose: purpose(row.purpose),
                applied: row.applied,
                plaque: row.plaque.and_then(|no| u32::try_from(no).ok()),
                since: row.since,
                note: row.note,
            }));
            Ok(())
        })?;
        snapshot.for_each(PURPOSES, &[], &mut |row: PurposeRow| {
            let number = purpose(row.number);
            self.apply(&Change::Opened(Opened { number, ko: row.ko, en: row.en }));
            Ok(())
        })?;
        snapshot.for_each(COUNTS_BY_YEAR, &[], &mut |row: YearRow| {
            let (year, count) = (i16::try_from(row.year), u32::try_from(row.count));
            self.apply(&Change::Receipts(year.unwrap_or(0), count.unwrap_or(u32::MAX)));
            Ok(())
        })
    }
}

fn purpose(number: i64) -> u16 {
    u16::try_from(number).unwrap_or(0)
}

/// The values of [`PUT_ANGEL`].
pub(crate) fn angel_values(angel: &Angel) -> Vec<Value> {
    vec![
        angel.merchant.into(),
        angel.state.code().into(),
        angel.rate.into(),
        angel.purpose.into(),
        angel.applied.into(),
        angel.plaque.into(),
        angel.since.into(),
        angel.note.clone().into(),
    ]
}

/// All spendings, the oldest first.
pub fn spendings(snapshot: &mut Snapshot<'_>) -> Result<Vec<Spending>, Error> {
    let rows: Vec<SpendingRow> = snapshot.query(SPENDINGS, &[])?;
    rows.into_iter()
        .map(|row| {
            let draws = serde_json::from_str(&row.draws)
                .map_err(|error| Error::Shape(format!("a spending's draws: {error}")))?;
            Ok(Spending {
                no: row.posting,
                at: row.at,
                purpose: purpose(row.purpose),
                amount: row.amount,
                draws,
                payee: row.payee,
                what: row.what,
                document: row.document_name,
                document_hash: row.document_hash,
                outcome: row.outcome,
                told: row.told,
            })
        })
        .collect()
}

/// The document of a spending.
pub fn document(snapshot: &mut Snapshot<'_>, no: PostingNo) -> Result<Option<SpendingDocument>, Error> {
    Ok(snapshot.query(DOCUMENT, &[no.into()])?.pop())
}

/// A receipt by its serial number.
pub fn receipt(snapshot: &mut Snapshot<'_>, serial: &str) -> Result<Option<Receipt>, Error> {
    Ok(snapshot.query(RECEIPT, &[serial.into()])?.pop())
}

/// The newest receipts of a giver.
pub fn receipts_of(snapshot: &mut Snapshot<'_>, giver: Giver, at_most: i64) -> Result<Vec<Receipt>, Error> {
    snapshot.query(RECEIPTS_OF, &[giver.to_string().into(), at_most.into()])
}

/// All receipts of a year, in order of their numbers.
pub fn receipts_of_year(snapshot: &mut Snapshot<'_>, year: i16) -> Result<Vec<Receipt>, Error> {
    snapshot.query(RECEIPTS_OF_YEAR, &[i64::from(year).into()])
}

/// The gifts on a receipt, in order.
pub fn lines(snapshot: &mut Snapshot<'_>, serial: &str) -> Result<Vec<Line>, Error> {
    snapshot.query(LINES, &[serial.into()])
}

/// The gifts of a giver that stand on receipts.
pub fn lines_of(snapshot: &mut Snapshot<'_>, giver: Giver) -> Result<Vec<Line>, Error> {
    snapshot.query(LINES_OF_GIVER, &[giver.to_string().into()])
}

/// The newest lines of the issue log.
pub fn issues(snapshot: &mut Snapshot<'_>, at_most: i64) -> Result<Vec<Issue>, Error> {
    snapshot.query(ISSUES, &[at_most.into()])
}
