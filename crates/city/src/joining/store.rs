//! Rows of applications and cancellations. What the officer and the shop say is sealed.

use base::{ApplicationId, Instant, MerchantId, PersonId, Won};
use economy::decide::joining::FileState;
use rules::City;
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::File;
use crate::looks::Text;

pub(crate) const WHY: Text = Text { table: "joinings", field: "why" };
pub(crate) const APPEAL: Text = Text { table: "joinings", field: "appeal" };
pub(crate) const ANSWER: Text = Text { table: "joinings", field: "answer" };

/// How a file began.
const APPLICATION: &str = "application";
const CANCELLATION: &str = "cancellation";

/// The table.
pub(crate) const JOININGS: Migration = Migration {
    name: "joinings-1",
    sql: "
CREATE TABLE joinings (
    id TEXT PRIMARY KEY,
    person TEXT,
    merchant TEXT,
    name TEXT NOT NULL,
    business_number TEXT NOT NULL,
    trade TEXT NOT NULL,
    district TEXT NOT NULL,
    sales BIGINT,
    filed BIGINT NOT NULL,
    papers TEXT NOT NULL,
    complete BIGINT,
    state TEXT NOT NULL,
    decided BIGINT,
    decided_by TEXT,
    ground TEXT,
    barred_until BIGINT,
    why BYTEA,
    appealed BIGINT,
    appeal BYTEA,
    answered BIGINT,
    answered_by TEXT,
    answer BYTEA,
    began TEXT NOT NULL
);
CREATE INDEX joinings_of_number ON joinings (business_number);
",
};

/// A file as it stands, without what was said.
pub(crate) const PUT: Sql = sql(
    "INSERT INTO joinings (id, person, merchant, name, business_number, trade, district, sales, filed, papers, complete, \
     state, decided, decided_by, ground, barred_until, appealed, answered, answered_by, \
     began) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
     ON CONFLICT (id) DO UPDATE SET merchant = EXCLUDED.merchant, papers = EXCLUDED.papers, complete = EXCLUDED.complete, \
     state = EXCLUDED.state, decided = EXCLUDED.decided, decided_by = EXCLUDED.decided_by, ground = EXCLUDED.ground, \
     barred_until = EXCLUDED.barred_until, appealed = EXCLUDED.appealed, answered = EXCLUDED.answered, \
     answered_by = EXCLUDED.answered_by",
);
pub(crate) const SAY_WHY: Sql = sql("UPDATE joinings SET why = $2 WHERE id = $1");
pub(crate) const SAY_APPEAL: Sql = sql("UPDATE joinings SET appeal = $2 WHERE id = $1");
pub(crate) const SAY_ANSWER: Sql = sql("UPDATE joinings SET answer = $2 WHERE id = $1");
const ALL: Sql = sql(
    "SELECT id, person, merchant, name, business_number, trade, district, sales, filed, papers, complete, state, decided, \
     decided_by, ground, barred_until, appealed, answered, answered_by, began FROM joinings ORDER BY filed, id",
);
pub(crate) const SAID: Sql = sql("SELECT why, appeal, answer FROM joinings WHERE id = $1");
/// A shop joins again under its number.
pub(crate) const REJOIN: Sql = sql(
    "UPDATE merchants SET name = $2, trade = $3, district = $4, sales = $5, owner = $6, state = $7 WHERE id = $1",
);

pub(crate) const STATEMENTS: &[Sql] = &[PUT, SAY_WHY, SAY_APPEAL, SAY_ANSWER, ALL, SAID, REJOIN];

row! {
    struct FileRow {
        id: ApplicationId,
        person: Option<PersonId>,
        merchant: Option<MerchantId>,
        name: String,
        business_number: String,
        trade: String,
        district: String,
        sales: Option<i64>,
        filed: Instant,
        papers: String,
        complete: Option<Instant>,
        state: String,
        decided: Option<Instant>,
        decided_by: Option<String>,
        ground: Option<String>,
        barred_until: Option<i64>,
        appealed: Option<Instant>,
        answered: Option<Instant>,
        answered_by: Option<String>,
        began: String,
    }
}

row! {
    /// What was said about a file, sealed.
    pub(crate) struct SaidRow {
        pub why: Option<Vec<u8>>,
        pub appeal: Option<Vec<u8>>,
        pub answer: Option<Vec<u8>>,
    }
}

/// The values of [`PUT`].
pub(crate) fn values(file: &File, city: &City) -> Vec<Value> {
    let trade = city.trades.get(usize::from(file.trade)).map(|trade| trade.id.clone());
    let district = city.districts.get(usize::from(file.district)).map(|district| district.code.clone());
    vec![
        file.id.into(),
        file.person.into(),
        file.merchant.into(),
        file.name.clone().into(),
        file.business_number.clone().into(),
        trade.into(),
        district.into(),
        file.sales.map(|sales| sales.0).into(),
        file.filed.into(),
        file.papers.join(",").into(),
        file.complete.into(),
        file.state.code().into(),
        file.decided.into(),
        file.decided_by.clone().into(),
        file.ground.clone().into(),
        file.barred_until.map(i64::from).into(),
        file.appealed.into(),
        file.answered.into(),
        file.answered_by.clone().into(),
        if file.cancels { CANCELLATION } else { APPLICATION }.into(),
    ]
}

/// All files, in the order they came in.
pub(crate) fn files(
    snapshot: &mut Snapshot<'_>,
    city: &City,
    each: &mut dyn FnMut(File),
) -> Result<(), Error> {
    let unknown = |what: &str, word: &str| Error::Shape(format!("{what} {word:?} is not known to this pack"));
    snapshot.for_each(ALL, &[], &mut |row: FileRow| {
        each(File {
            id: row.id,
            person: row.person,
            merchant: row.merchant,
            trade: economy::store::trade(city, &row.trade).ok_or_else(|| unknown("trade", &row.trade))?,
            district: economy::store::district(city, &row.district)
                .ok_or_else(|| unknown("district", &row.district))?,
            name: row.name,
            business_number: row.business_number,
            sales: row.sales.map(Won),
            filed: row.filed,
            papers: row.papers.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            complete: row.complete,
            state: FileState::coded(&row.state).ok_or_else(|| unknown("state", &row.state))?,
            decided: row.decided,
            decided_by: row.decided_by,
            ground: row.ground,
            barred_until: row.barred_until.and_then(|day| i32::try_from(day).ok()),
            appealed: row.appealed,
            answered: row.answered,
            answered_by: row.answered_by,
            cancels: row.began == CANCELLATION,
        });
        Ok(())
    })
}
