//! Organisations, who belongs to them, and registered businesses as rows.

use base::{BusinessId, Date, Instant, OrganisationId, PersonId, Refusal, date_of_day, day_of_date};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::{Kind, Membership, Organisation};
use crate::{Business, BusinessNumber, Period};

/// Their tables.
pub const MIGRATION: Migration = Migration {
    name: "organisations-1",
    sql: "
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    district TEXT,
    name TEXT NOT NULL,
    english TEXT,
    known_as TEXT,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    since BIGINT NOT NULL
);
CREATE TABLE organisation_members (
    organisation TEXT NOT NULL,
    member TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    since BIGINT NOT NULL,
    PRIMARY KEY (organisation, member, from_day)
);
CREATE TABLE businesses (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner TEXT,
    trade TEXT NOT NULL,
    since BIGINT NOT NULL
);
",
};

/// An organisation is new.
pub const INSERT_ORGANISATION: Sql = sql(
    "INSERT INTO organisations (id, kind, district, name, english, known_as, from_day, until_day, since) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
/// An organisation is to close.
pub const END_ORGANISATION: Sql = sql("UPDATE organisations SET until_day = $2 WHERE id = $1");
/// Somebody joins.
pub const INSERT_MEMBER: Sql =
    sql("INSERT INTO organisation_members (organisation, member, from_day, until_day, since) \
     VALUES ($1, $2, $3, $4, $5)");
/// Somebody leaves.
pub const END_MEMBER: Sql = sql("UPDATE organisation_members SET until_day = $4 \
     WHERE organisation = $1 AND member = $2 AND from_day = $3");
/// A business is registered.
pub const INSERT_BUSINESS: Sql = sql("INSERT INTO businesses (id, number, name, owner, trade, since) \
     VALUES ($1, $2, $3, $4, $5, $6)");
/// A business has another owner.
pub const SET_OWNER: Sql = sql("UPDATE businesses SET owner = $2 WHERE id = $1");
const ORGANISATIONS: Sql =
    sql("SELECT id, kind, district, name, english, known_as, from_day, until_day FROM organisations \
     ORDER BY since, id");
const MEMBERS: Sql = sql("SELECT organisation, member, from_day, until_day FROM organisation_members \
     ORDER BY organisation, member, from_day");
const BUSINESSES: Sql = sql("SELECT id, number, name, owner, trade FROM businesses ORDER BY since, id");

/// All statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[
    INSERT_ORGANISATION,
    END_ORGANISATION,
    INSERT_MEMBER,
    END_MEMBER,
    INSERT_BUSINESS,
    SET_OWNER,
    ORGANISATIONS,
    MEMBERS,
    BUSINESSES,
];

row! {
    struct OrganisationRow {
        id: OrganisationId,
        kind: String,
        district: Option<String>,
        name: String,
        english: Option<String>,
        known_as: Option<String>,
        from_day: i64,
        until_day: Option<i64>,
    }
}
row! {
    struct MemberRow { organisation: OrganisationId, member: String, from_day: i64, until_day: Option<i64> }
}
row! {
    struct BusinessRow {
        id: BusinessId,
        number: String,
        name: String,
        owner: Option<PersonId>,
        trade: String,
    }
}

/// All organisations, in the order they came.
pub fn organisations(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Organisation)) -> Result<(), Error> {
    snapshot.for_each(ORGANISATIONS, &[], &mut |row: OrganisationRow| {
        each(Organisation {
            id: row.id,
            kind: Kind::coded(&row.kind, row.district).ok_or_else(|| shape("an organisation's kind"))?,
            name: row.name,
            english: row.english,
            known_as: row.known_as,
            period: period(row.from_day, row.until_day)?,
        });
        Ok(())
    })
}

/// All memberships.
pub fn memberships(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Membership)) -> Result<(), Error> {
    snapshot.for_each(MEMBERS, &[], &mut |row: MemberRow| {
        each(Membership {
            organisation: row.organisation,
            member: row.member.parse().map_err(|_| shape("a member"))?,
            period: period(row.from_day, row.until_day)?,
        });
        Ok(())
    })
}

/// All businesses, in the order they were registered.
pub fn businesses(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Business)) -> Result<(), Error> {
    snapshot.for_each(BUSINESSES, &[], &mut |row: BusinessRow| {
        each(Business {
            id: row.id,
            number: BusinessNumber::of(&row.number).ok_or_else(|| shape("a business number"))?,
            name: row.name,
            owner: row.owner,
            trade: row.trade,
        });
        Ok(())
    })
}

fn period(from: i64, until: Option<i64>) -> Result<Period, Error> {
    let day = |day: i64| i32::try_from(day).map(date_of_day).map_err(|_| shape("a day"));
    Period::new(day(from)?, until.map(day).transpose()?).map_err(|_: Refusal| shape("a period"))
}

fn shape(what: &str) -> Error {
    Error::Shape(format!("{what} is not as it should be"))
}

fn last(until: Option<Date>) -> Value {
    until.map(day_of_date).into()
}

/// The values of [`INSERT_ORGANISATION`].
pub fn organisation_values(organisation: &Organisation, since: Instant) -> Vec<Value> {
    let district = match &organisation.kind {
        Kind::Window { district } => Some(district.0.clone()),
        _ => None,
    };
    vec![
        organisation.id.into(),
        organisation.kind.code().into(),
        district.into(),
        organisation.name.clone().into(),
        organisation.english.clone().into(),
        organisation.known_as.clone().into(),
        day_of_date(organisation.period.from()).into(),
        last(organisation.period.until()),
        since.into(),
    ]
}

/// The values of [`INSERT_MEMBER`].
pub fn member_values(membership: &Membership, since: Instant) -> Vec<Value> {
    vec![
        membership.organisation.into(),
        membership.member.to_string().into(),
        day_of_date(membership.period.from()).into(),
        last(membership.period.until()),
        since.into(),
    ]
}

/// The values of [`END_MEMBER`].
pub fn left_values(membership: &Membership) -> Vec<Value> {
    vec![
        membership.organisation.into(),
        membership.member.to_string().into(),
        day_of_date(membership.period.from()).into(),
        last(membership.period.until()),
    ]
}

/// The values of [`INSERT_BUSINESS`].
pub fn business_values(business: &Business, since: Instant) -> Vec<Value> {
    vec![
        business.id.into(),
        business.number.as_str().to_owned().into(),
        business.name.clone().into(),
        business.owner.into(),
        business.trade.clone().into(),
        since.into(),
    ]
}
