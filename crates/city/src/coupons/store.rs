//! Rows about coupons.

use std::sync::Arc;

use base::{Instant, MerchantId, PersonId};
use rules::Pack;
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::{Change, CouponBook, Draw, Drawn, Job, JobState, Stamped};

/// The tables.
pub(crate) const MIGRATION: Migration = Migration {
    name: "coupons-1",
    sql: "
CREATE TABLE coupon_jobs (
    no BIGINT PRIMARY KEY,
    coupon TEXT NOT NULL,
    hash BYTEA NOT NULL,
    items BYTEA NOT NULL,
    each_won BIGINT,
    district TEXT,
    total BIGINT NOT NULL,
    next BIGINT NOT NULL,
    people BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    by_account TEXT NOT NULL,
    begun BIGINT NOT NULL,
    ended BIGINT,
    UNIQUE (coupon, hash)
);
CREATE TABLE coupon_skips (
    job BIGINT NOT NULL,
    place BIGINT NOT NULL,
    person TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (job, place)
);
CREATE TABLE coupon_shops (
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    merchant TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (kind, what, merchant)
);
CREATE TABLE draws (
    draw TEXT PRIMARY KEY,
    seed BYTEA NOT NULL,
    commitment TEXT NOT NULL,
    committed BIGINT NOT NULL,
    drawn TEXT
);
CREATE TABLE draw_tickets (
    draw TEXT NOT NULL,
    ticket BIGINT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (draw, ticket)
);
",
};

/// Which shops gave stamps, to whom, on which day: one for each.
pub(crate) const STAMPS: Migration = Migration {
    name: "coupon-stamps-1",
    sql: "
CREATE TABLE coupon_stamps (
    sale BIGINT NOT NULL,
    day BIGINT NOT NULL,
    person TEXT NOT NULL,
    merchant TEXT NOT NULL,
    PRIMARY KEY (sale, day, person, merchant)
);
",
};

pub(crate) const INSERT_STAMP: Sql =
    sql("INSERT INTO coupon_stamps (sale, day, person, merchant) VALUES ($1, $2, $3, $4)");
pub(crate) const DELETE_STAMP: Sql =
    sql("DELETE FROM coupon_stamps WHERE sale = $1 AND day = $2 AND person = $3 AND merchant = $4");
pub(crate) const STAMPS_GIVEN: Sql = sql("SELECT sale, day, person, merchant FROM coupon_stamps \
     ORDER BY sale, day, person, merchant");

pub(crate) const INSERT_JOB: Sql =
    sql("INSERT INTO coupon_jobs (no, coupon, hash, items, each_won, district, total, \
     next, people, amount, skipped, state, why, by_account, begun, ended) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
pub(crate) const UPDATE_JOB: Sql =
    sql("UPDATE coupon_jobs SET next = $2, people = $3, amount = $4, skipped = $5, \
     state = $6, why = $7, ended = $8 WHERE no = $1");
/// A job that nobody said yes to is proposed or begun anew, under its number.
pub(crate) const RENEW_JOB: Sql =
    sql("UPDATE coupon_jobs SET items = $2, total = $3, state = $4, by_account = $5, \
     begun = $6 WHERE no = $1");
/// A second person said yes: it begins now.
pub(crate) const START_JOB: Sql = sql("UPDATE coupon_jobs SET state = $2, begun = $3 WHERE no = $1");
pub(crate) const JOBS: Sql = sql(
    "SELECT no, coupon, hash, CASE WHEN state = 'done' OR state = 'dropped' THEN NULL ELSE items END AS items, \
     each_won, district, total, next, people, amount, skipped, state, why, begun, ended FROM coupon_jobs ORDER BY no",
);
pub(crate) const INSERT_SKIP: Sql =
    sql("INSERT INTO coupon_skips (job, place, person, code) VALUES ($1, $2, $3, $4)");
pub(crate) const SKIPS: Sql =
    sql("SELECT place, person, code FROM coupon_skips WHERE job = $1 ORDER BY place LIMIT $2");
pub(crate) const INSERT_SHOP: Sql =
    sql("INSERT INTO coupon_shops (kind, what, merchant, since) VALUES ($1, $2, $3, $4)");
pub(crate) const DELETE_SHOP: Sql =
    sql("DELETE FROM coupon_shops WHERE kind = $1 AND what = $2 AND merchant = $3");
pub(crate) const SHOPS: Sql =
    sql("SELECT kind, what, merchant FROM coupon_shops ORDER BY since, kind, what, merchant");
pub(crate) const INSERT_DRAW: Sql =
    sql("INSERT INTO draws (draw, seed, commitment, committed, drawn) VALUES ($1, $2, $3, $4, NULL)");
pub(crate) const DRAWN: Sql = sql("UPDATE draws SET drawn = $2 WHERE draw = $1");
pub(crate) const DRAWS: Sql = sql("SELECT draw, seed, commitment, committed, drawn FROM draws ORDER BY draw");
pub(crate) const INSERT_TICKET: Sql =
    sql("INSERT INTO draw_tickets (draw, ticket, person, at) VALUES ($1, $2, $3, $4)");
pub(crate) const TICKETS: Sql = sql("SELECT draw, person FROM draw_tickets ORDER BY draw, ticket");

/// All statements, for the test that prepares each on both engines.
pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_JOB,
    UPDATE_JOB,
    RENEW_JOB,
    START_JOB,
    JOBS,
    INSERT_SKIP,
    SKIPS,
    INSERT_SHOP,
    DELETE_SHOP,
    SHOPS,
    INSERT_DRAW,
    DRAWN,
    DRAWS,
    INSERT_TICKET,
    TICKETS,
    INSERT_STAMP,
    DELETE_STAMP,
    STAMPS_GIVEN,
];

/// The values of [`INSERT_STAMP`] and [`DELETE_STAMP`].
pub(crate) fn stamp_values(stamp: &Stamped) -> Vec<Value> {
    vec![i64::from(stamp.sale).into(), stamp.day.into(), stamp.person.into(), stamp.merchant.into()]
}

row! {
    struct StampRow {
        sale: u32,
        day: i32,
        person: PersonId,
        merchant: MerchantId,
    }
}

row! {
    struct JobRow {
        no: u64,
        coupon: String,
        hash: [u8; 32],
        items: Option<Vec<u8>>,
        each_won: Option<i64>,
        district: Option<String>,
        total: u32,
        next: u32,
        people: u32,
        amount: i64,
        skipped: u32,
        state: String,
        why: Option<String>,
        begun: Instant,
        ended: Option<Instant>,
    }
}

row! {
    struct ShopRow {
        kind: String,
        what: String,
        merchant: MerchantId,
    }
}

row! {
    struct DrawRow {
        draw: String,
        seed: [u8; 32],
        commitment: String,
        committed: Instant,
        drawn: Option<String>,
    }
}

row! {
    struct TicketRow {
        draw: String,
        person: PersonId,
    }
}

row! {
    /// Someone who could not be given a job's coupon.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Skip {
        /// Their place in the job, from 0.
        pub place: u32,
        /// Who.
        pub person: PersonId,
        /// The refusal's code.
        pub code: String,
    }
}

/// The word for a shop named for a purpose.
pub(crate) const NAMED: &str = "purpose";
/// The word for a shop that takes part in a sale.
pub(crate) const JOINED: &str = "sale";

fn shape(what: &str) -> Error {
    Error::Shape(format!("coupons: {what}"))
}

/// Sixteen bytes a row: the person and the amount.
fn packed(rows: &[(PersonId, i64)]) -> Vec<u8> {
    rows.iter()
        .flat_map(|(person, amount)| [person.0.to_be_bytes(), amount.to_be_bytes()])
        .flatten()
        .collect()
}

fn unpacked(bytes: &[u8]) -> Result<Arc<[(PersonId, i64)]>, Error> {
    let word = |part: &[u8]| part.try_into().map(u64::from_be_bytes).map_err(|_| shape("a row is torn"));
    if !bytes.len().is_multiple_of(16) {
        return Err(shape("a job's list is torn"));
    }
    let rows = bytes.chunks_exact(16);
    rows.map(|row| Ok((PersonId(word(&row[..8])?), word(&row[8..])?.cast_signed()))).collect()
}

/// The values of [`INSERT_JOB`].
pub(crate) fn job_values(job: &Job, district: Option<String>, by: String) -> Vec<Value> {
    vec![
        job.no.into(),
        job.coupon.clone().into(),
        job.hash.into(),
        packed(&job.rows).into(),
        job.each.into(),
        district.into(),
        job.total.into(),
        job.next.into(),
        job.people.into(),
        job.amount.into(),
        job.skipped.into(),
        job.state.code().into(),
        job.why.clone().into(),
        by.into(),
        job.begun.into(),
        job.ended.into(),
    ]
}

/// The values of [`UPDATE_JOB`].
pub(crate) fn job_change(job: &Job) -> Vec<Value> {
    vec![
        job.no.into(),
        job.next.into(),
        job.people.into(),
        job.amount.into(),
        job.skipped.into(),
        job.state.code().into(),
        job.why.clone().into(),
        job.ended.into(),
    ]
}

/// The values of [`RENEW_JOB`].
pub(crate) fn job_anew(job: &Job, by: String) -> Vec<Value> {
    vec![
        job.no.into(),
        packed(&job.rows).into(),
        job.total.into(),
        job.state.code().into(),
        by.into(),
        job.begun.into(),
    ]
}

/// The values of [`START_JOB`].
pub(crate) fn job_start(job: &Job) -> Vec<Value> {
    vec![job.no.into(), job.state.code().into(), job.begun.into()]
}

/// Reads the book at start.
pub(crate) fn load(snapshot: &mut Snapshot<'_>, pack: &Pack) -> Result<CouponBook, Error> {
    let mut book = CouponBook::default();
    for row in snapshot.query::<JobRow>(JOBS, &[])? {
        let district = match row.district {
            Some(code) => {
                Some(economy::store::district(&pack.city, &code).ok_or_else(|| shape("no such district"))?)
            }
            None => None,
        };
        let known = JobState::ALL.into_iter().find(|state| state.code() == row.state);
        let state = known.ok_or_else(|| shape("no such state of a job"))?;
        book.apply(&Change::Job(Arc::new(Job {
            no: row.no,
            coupon: row.coupon,
            hash: row.hash,
            rows: unpacked(row.items.as_deref().unwrap_or_default())?,
            each: row.each_won,
            district,
            total: row.total,
            next: row.next,
            people: row.people,
            amount: row.amount,
            skipped: row.skipped,
            state,
            why: row.why,
            begun: row.begun,
            ended: row.ended,
        })));
    }
    for row in snapshot.query::<ShopRow>(SHOPS, &[])? {
        let purpose = pack.purpose(&row.what).filter(|_| row.kind == NAMED);
        book.apply(&match purpose {
            Some(purpose) => Change::Named(row.merchant, purpose.number, true),
            None => Change::Joined(row.merchant, row.what, true),
        });
    }
    for row in snapshot.query::<TicketRow>(TICKETS, &[])? {
        book.apply(&Change::Ticket(row.draw, row.person));
    }
    for row in snapshot.query::<StampRow>(STAMPS_GIVEN, &[])? {
        let sale = u8::try_from(row.sale).map_err(|_| shape("no such sale"))?;
        let StampRow { day, person, merchant, .. } = row;
        book.apply(&Change::Stamp(Stamped { sale, person, merchant, day }, true));
    }
    for row in snapshot.query::<DrawRow>(DRAWS, &[])? {
        let drawn: Option<Drawn> = match row.drawn {
            Some(text) => Some(serde_json::from_str(&text).map_err(|error| shape(&error.to_string()))?),
            None => None,
        };
        let draw = Draw { seed: row.seed, commitment: row.commitment, committed: row.committed, drawn };
        book.apply(&Change::Draw(row.draw, Some(Arc::new(draw))));
    }
    Ok(book)
}

/// Who could not be given a job's coupon: the first of them.
pub fn skips(snapshot: &mut Snapshot<'_>, job: u64, most: u32) -> Result<Vec<Skip>, Error> {
    snapshot.query(SKIPS, &[job.into(), most.into()])
}
