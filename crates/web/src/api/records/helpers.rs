//! `/api/v1/people/{id}/helpers`: whom a person lets help, and with what.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Date, PersonId, RecordId, Won};
use city::OnPeople;
use people::delegation::{Grants, PayLimits, Tie};
use people::{Delegation, Kept};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::call::{Call, Id, Ids, Json};
use super::super::wire::DoneOut;
use super::{ask, day, file, id};
use crate::auth::SharedApp;

/// How a helper stands to the person.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum TieWire {
    /// Kin or partner.
    Family,
    /// Looks after them.
    Carer,
    /// Appointed by a court.
    Guardian,
}

/// Up to how much a helper pays, in won.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct PayWire {
    /// With one payment.
    per_payment: i64,
    /// In a calendar month.
    per_month: i64,
}

/// Somebody to let help.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HelperIn {
    /// The helper's id.
    helper: String,
    /// How they stand to the person.
    tie: TieWire,
    /// They may see balance, payments and applications.
    #[serde(default)]
    see: bool,
    /// They may apply in the person's name.
    #[serde(default)]
    apply: bool,
    /// They may pay, up to a sum.
    pay: Option<PayWire>,
    /// The last day; until it is revoked if absent.
    #[schema(format = "date", required = false)]
    until: Option<String>,
}

/// A helper as they are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HelperOut {
    /// The delegation's id.
    id: String,
    /// Who is helped.
    person: String,
    /// Who helps.
    helper: String,
    /// How they stand to the person.
    tie: TieWire,
    /// They may see.
    see: bool,
    /// They may apply.
    apply: bool,
    /// They may pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay: Option<PayWire>,
    /// Since when.
    #[schema(format = "date")]
    from: String,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date", required = false)]
    until: Option<String>,
    /// Since when it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date")]
    revoked: Option<String>,
    /// Whether they may help today.
    holds: bool,
}

/// Helpers, in the order they were given.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HelpersOut {
    /// All of them, revoked ones too.
    helpers: Vec<HelperOut>,
}

impl HelperOut {
    fn new(kept: &Kept<Delegation>, today: Date) -> HelperOut {
        let Delegation { person, helper, tie, grants, period, revoked } = kept.what;
        HelperOut {
            id: kept.id.to_string(),
            person: person.to_string(),
            helper: helper.to_string(),
            tie: match tie {
                Tie::Family => TieWire::Family,
                Tie::Carer => TieWire::Carer,
                Tie::Guardian => TieWire::Guardian,
            },
            see: grants.see,
            apply: grants.apply,
            pay: grants.pay.map(|pay| PayWire { per_payment: pay.per_payment.0, per_month: pay.per_month.0 }),
            from: period.from().to_string(),
            until: period.until().map(|day| day.to_string()),
            revoked: revoked.map(|revoked| revoked.on.to_string()),
            holds: period.contains(today) && revoked.is_none_or(|revoked| today < revoked.on),
        }
    }
}

/// Who helps a person.
#[utoipa::path(get, path = "/api/v1/people/{id}/helpers", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = HelpersOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    let file = file(&app, &call, person).await?;
    let helpers = file.helpers.iter().map(|kept| HelperOut::new(kept, call.today)).collect();
    Ok(axum::Json(HelpersOut { helpers }).into_response())
}

/// Let somebody help.
#[utoipa::path(post, path = "/api/v1/people/{id}/helpers", tag = "people", request_body = HelperIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<HelperIn>,
) -> Result<Response, Response> {
    let helper = id(&call, &body.helper, "person.unknown")?;
    let tie = match body.tie {
        TieWire::Family => Tie::Family,
        TieWire::Carer => Tie::Carer,
        TieWire::Guardian => Tie::Guardian,
    };
    let pay =
        body.pay.map(|pay| PayLimits { per_payment: Won(pay.per_payment), per_month: Won(pay.per_month) });
    let grants = Grants { see: body.see, apply: body.apply, pay };
    let until = day(&call, body.until.as_deref())?;
    let command = OnPeople::GiveHelp { person, helper, tie, grants, until };
    ask(&app, &call, StatusCode::CREATED, command).await
}

/// End it: the person, the helper, or a clerk.
#[utoipa::path(post, path = "/api/v1/people/{id}/helpers/{help}/revoke", tag = "people",
    params(("id" = String, Path), ("help" = String, Path, description = "The id of what was given, `rec_…`"), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn revoke(
    State(app): State<SharedApp>,
    call: Call,
    Ids(person, help): Ids<PersonId, RecordId>,
) -> Result<Response, Response> {
    ask(&app, &call, StatusCode::OK, OnPeople::RevokeHelp { person, help }).await
}
