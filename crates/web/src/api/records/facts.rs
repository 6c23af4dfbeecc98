//! `/api/v1/people/{id}/facts`: what is known about a person, from whom, and for how long.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Date, PersonId, RecordId, Won};
use city::OnPeople;
use people::fact::{Datum, Disability, Source, Value};
use people::{Fact, Kept};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::call::{Call, Id, Ids, Json};
use super::super::wire::DoneOut;
use super::{ask, day, file, no_nul};
use crate::auth::SharedApp;

/// A day, `2021-02-23`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "date")]
pub(in super::super) struct DayWire(Date);

/// Severity of a disability.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum DisabilityWire {
    /// Severe.
    Severe,
    /// Not severe.
    NotSevere,
    /// Registered once, not now.
    None,
}

/// What a fact says: its kind and its value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case", deny_unknown_fields)]
pub(in super::super) enum DatumWire {
    /// Born on.
    BirthDate(DayWire),
    /// Resident of the city since.
    ResidenceSince(DayWire),
    /// People in the household, with the person.
    HouseholdSize(u16),
    /// Lives alone.
    LivesAlone(bool),
    /// The household's income is at most this percentage of the standard median income.
    IncomeBand(u16),
    /// The household's assets in won.
    Assets(i64),
    /// Receives basic livelihood security.
    BasicLivelihood(bool),
    /// A registered disability: `severe`, `not-severe`, `none`.
    Disability(DisabilityWire),
    /// Grade of long-term care insurance: 1 to 5, 6 for cognitive support.
    CareGrade(u8),
    /// Another kind.
    Other(OtherWire),
}

/// A kind that the city names itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OtherWire {
    /// Its name, such as `tax-arrears`.
    name: String,
    /// Its value.
    is: ValueWire,
}

/// The value of such a kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum ValueWire {
    /// Yes or no.
    Flag(bool),
    /// A count.
    Count(i64),
    /// Won.
    Won(i64),
    /// A day.
    Date(DayWire),
    /// A word.
    Word(String),
}

/// Where a fact comes from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(in super::super) enum SourceWire {
    /// The person, or a helper, said so.
    Declared {},
    /// A clerk saw it.
    Observed {},
    /// A document was shown.
    Document {
        /// Which.
        what: String,
    },
    /// A public register says so.
    Register {
        /// Which.
        name: String,
    },
}

/// A fact to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct FactIn {
    /// What it says.
    is: DatumWire,
    /// Where it comes from. What a citizen says of themselves is declared.
    source: SourceWire,
    /// The day it was said, seen or certified; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
    /// The last day it can be relied on.
    #[schema(format = "date", required = false)]
    until: Option<String>,
}

/// A fact to strike out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct StrikeIn {
    /// Why it was never true: a sentence.
    why: String,
}

/// A fact as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct FactOut {
    /// Its id.
    id: String,
    /// The record it is kept with: linked ones are read together.
    person: String,
    /// When it was recorded.
    at: String,
    /// What it says.
    is: DatumWire,
    /// Where it comes from.
    source: SourceWire,
    /// The day it was said, seen or certified.
    #[schema(format = "date")]
    from: String,
    /// The last day it can be relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date", required = false)]
    until: Option<String>,
    /// Why it was struck out, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    struck: Option<String>,
}

/// Facts, in the order they were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct FactsOut {
    /// All of them, struck ones too.
    facts: Vec<FactOut>,
}

impl DatumWire {
    fn texts(&self) -> [Option<&str>; 2] {
        match self {
            DatumWire::Other(OtherWire { name, is: ValueWire::Word(word) }) => [Some(name), Some(word)],
            DatumWire::Other(other) => [Some(&other.name), None],
            _ => [None, None],
        }
    }
}

impl From<DatumWire> for Datum {
    fn from(wire: DatumWire) -> Datum {
        match wire {
            DatumWire::BirthDate(day) => Datum::BirthDate(day.0),
            DatumWire::ResidenceSince(day) => Datum::ResidenceSince(day.0),
            DatumWire::HouseholdSize(size) => Datum::HouseholdSize(size),
            DatumWire::LivesAlone(yes) => Datum::LivesAlone(yes),
            DatumWire::IncomeBand(percent) => Datum::IncomeBand(percent),
            DatumWire::Assets(won) => Datum::Assets(Won(won)),
            DatumWire::BasicLivelihood(yes) => Datum::BasicLivelihood(yes),
            DatumWire::Disability(disability) => Datum::Disability(match disability {
                DisabilityWire::Severe => Disability::Severe,
                DisabilityWire::NotSevere => Disability::NotSevere,
                DisabilityWire::None => Disability::None,
            }),
            DatumWire::CareGrade(grade) => Datum::CareGrade(grade),
            DatumWire::Other(OtherWire { name, is }) => Datum::Other {
                kind: name,
                value: match is {
                    ValueWire::Flag(yes) => Value::Flag(yes),
                    ValueWire::Count(count) => Value::Count(count),
                    ValueWire::Won(won) => Value::Won(Won(won)),
                    ValueWire::Date(day) => Value::Date(day.0),
                    ValueWire::Word(word) => Value::Word(word),
                },
            },
        }
    }
}

impl From<Datum> for DatumWire {
    fn from(datum: Datum) -> DatumWire {
        match datum {
            Datum::BirthDate(day) => DatumWire::BirthDate(DayWire(day)),
            Datum::ResidenceSince(day) => DatumWire::ResidenceSince(DayWire(day)),
            Datum::HouseholdSize(size) => DatumWire::HouseholdSize(size),
            Datum::LivesAlone(yes) => DatumWire::LivesAlone(yes),
            Datum::IncomeBand(percent) => DatumWire::IncomeBand(percent),
            Datum::Assets(won) => DatumWire::Assets(won.0),
            Datum::BasicLivelihood(yes) => DatumWire::BasicLivelihood(yes),
            Datum::Disability(disability) => DatumWire::Disability(match disability {
                Disability::Severe => DisabilityWire::Severe,
                Disability::NotSevere => DisabilityWire::NotSevere,
                Disability::None => DisabilityWire::None,
            }),
            Datum::CareGrade(grade) => DatumWire::CareGrade(grade),
            Datum::Other { kind, value } => DatumWire::Other(OtherWire {
                name: kind,
                is: match value {
                    Value::Flag(yes) => ValueWire::Flag(yes),
                    Value::Count(count) => ValueWire::Count(count),
                    Value::Won(won) => ValueWire::Won(won.0),
                    Value::Date(day) => ValueWire::Date(DayWire(day)),
                    Value::Word(word) => ValueWire::Word(word),
                },
            }),
        }
    }
}

impl From<SourceWire> for Source {
    fn from(wire: SourceWire) -> Source {
        match wire {
            SourceWire::Declared {} => Source::Declared,
            SourceWire::Observed {} => Source::Observed,
            SourceWire::Document { what } => Source::Document { what },
            SourceWire::Register { name } => Source::Register { name },
        }
    }
}

impl From<Source> for SourceWire {
    fn from(source: Source) -> SourceWire {
        match source {
            Source::Declared => SourceWire::Declared {},
            Source::Observed => SourceWire::Observed {},
            Source::Document { what } => SourceWire::Document { what },
            Source::Register { name } => SourceWire::Register { name },
        }
    }
}

impl From<Kept<Fact>> for FactOut {
    fn from(kept: Kept<Fact>) -> FactOut {
        let Fact { datum, source, holds, struck, .. } = kept.what;
        FactOut {
            id: kept.id.to_string(),
            person: kept.person.to_string(),
            at: kept.at.rfc3339(),
            is: datum.into(),
            source: source.into(),
            from: holds.from().to_string(),
            until: holds.until().map(|day| day.to_string()),
            struck: struck.map(|struck| struck.why.to_string()),
        }
    }
}

/// What is known about a person.
#[utoipa::path(get, path = "/api/v1/people/{id}/facts", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = FactsOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    let file = file(&app, &call, person).await?;
    let facts = file.facts.into_iter().map(FactOut::from).collect();
    Ok(axum::Json(FactsOut { facts }).into_response())
}

/// Record a fact.
#[utoipa::path(post, path = "/api/v1/people/{id}/facts", tag = "people", request_body = FactIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<FactIn>,
) -> Result<Response, Response> {
    let source = match &body.source {
        SourceWire::Document { what: text } | SourceWire::Register { name: text } => Some(text.as_str()),
        _ => None,
    };
    let [name, word] = body.is.texts();
    no_nul(&call, &[source, name, word])?;
    let (from, until) = (day(&call, body.from.as_deref())?, day(&call, body.until.as_deref())?);
    let (datum, source) = (body.is.into(), body.source.into());
    let command = OnPeople::RecordFact { person, datum, source, from, until };
    ask(&app, &call, StatusCode::CREATED, command).await
}

/// Strike out a fact that was never true.
#[utoipa::path(post, path = "/api/v1/people/{id}/facts/{fact}/strike", tag = "people", request_body = StrikeIn,
    params(("id" = String, Path), ("fact" = String, Path, description = "The fact's id, `rec_…`"), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn strike(
    State(app): State<SharedApp>,
    call: Call,
    Ids(person, fact): Ids<PersonId, RecordId>,
    Json(body): Json<StrikeIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.why)])?;
    ask(&app, &call, StatusCode::OK, OnPeople::StrikeFact { person, fact, why: body.why }).await
}
