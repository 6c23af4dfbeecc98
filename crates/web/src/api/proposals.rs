//! `/api/v1/proposals`: what waits for a second person's yes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{ProposalId, Refusal};
use city::proposals::{Kept, State as Standing, Wish, may_see, may_withdraw, read};
use city::{Command, OnProposals, Reply};
use economy::Facts;
use pen::Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::DoneOut;
use crate::app::App;
use crate::auth::SharedApp;

/// Something that waits for a second person's yes, or waited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalOut {
    /// Its id.
    id: String,
    /// What is proposed: `send-payouts`, `refund`, `begin-coupons` or `bring-pack`.
    operation: &'static str,
    /// The last payout of the file, or the payment to take back; none of a pack or a coupon for many.
    #[serde(skip_serializing_if = "Option::is_none")]
    posting: Option<String>,
    /// The shop, for a refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    /// The job of a coupon for many: see `/api/v1/coupon-jobs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u64>,
    /// How many payouts.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// Won; 0 of a pack.
    amount: i64,
    /// `waiting`, `carried-out`, `refused`, `withdrawn` or `expired`.
    state: &'static str,
    /// The account that proposed it.
    proposed_by: String,
    /// When.
    proposed_at: String,
    /// As long as it can be confirmed.
    until: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    /// The account that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// Where it is recorded, once carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl From<Kept> for ProposalOut {
    fn from(kept: Kept) -> ProposalOut {
        let Kept { proposal, state, decided, decided_by, recorded, said, heard: _ } = kept;
        let count = match proposal.wish {
            Wish::SendPayouts { count, .. } => Some(count),
            Wish::Refund { .. } | Wish::BringPack { .. } | Wish::BeginCoupons { .. } => None,
        };
        let job = match proposal.wish {
            Wish::BeginCoupons { job, .. } => Some(job),
            _ => None,
        };
        let of_posting = matches!(proposal.wish, Wish::SendPayouts { .. } | Wish::Refund { .. });
        ProposalOut {
            id: proposal.id.to_string(),
            operation: proposal.wish.operation().operation(),
            posting: of_posting.then(|| proposal.wish.posting().to_string()),
            merchant: proposal.wish.shop().map(|shop| shop.to_string()),
            job,
            count,
            amount: proposal.amount,
            state: state.code(),
            proposed_by: proposal.by.to_string(),
            proposed_at: proposal.since.rfc3339(),
            until: proposal.until.rfc3339(),
            decided_at: decided.map(|at| at.rfc3339()),
            decided_by: decided_by.map(|account| account.to_string()),
            result: recorded.map(|recorded| match recorded {
                Recorded::Posting(no) => no.to_string(),
                Recorded::Request(no) => format!("req_{no}"),
            }),
            why: said,
        }
    }
}

/// Those that wait.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalsOut {
    /// The oldest first.
    items: Vec<ProposalOut>,
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefuseIn {
    /// In a sentence; whoever proposed it reads it.
    why: String,
}

/// One, as far as the caller may see it.
async fn seen(app: &Arc<App>, call: &Call, id: ProposalId) -> Result<ProposalOut, Response> {
    let (vault, now) = (app.city.vault(), app.now());
    let found = app.read(move |snapshot| read(snapshot, &vault, id, now)).await;
    let found = found.map_err(|error| call.reject(error))?;
    let view = app.city.shared.read();
    let (pack, directory) = (&view.town.pack, &view.town.directory);
    let found = found.filter(|one| may_see(&call.actor, &one.proposal, pack, directory));
    drop(view);
    found.map(ProposalOut::from).ok_or_else(|| call.reject(Refusal::new("proposal.unknown")))
}

/// The answer to a wish that now waits for a second person: 202, with its address. `None`: it was carried out.
pub(super) async fn accepted(
    app: &Arc<App>,
    call: &Call,
    reply: &Reply,
) -> Result<Option<Response>, Response> {
    let Reply::Done { facts: Facts::Proposal(facts), .. } = reply else { return Ok(None) };
    let body = seen(app, call, facts.proposal).await?;
    let mut response = (StatusCode::ACCEPTED, axum::Json(body)).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/proposals/{}", facts.proposal)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(Some(response))
}

/// What waits, as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "payments", responses((status = 200, body = ProposalsOut)))]
pub(super) async fn list(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let now = app.now();
    let view = app.city.shared.read();
    let (pack, directory) = (&view.town.pack, &view.town.directory);
    if !may_withdraw(&call.actor, pack) {
        drop(view);
        return Err(call.needs(&["merchant", "till", "officer"]));
    }
    let waiting = view.town.open.proposals.waiting(now).into_iter();
    let items: Vec<ProposalOut> = waiting
        .filter(|one| may_see(&call.actor, one, pack, directory))
        .map(|proposal| Kept {
            proposal,
            state: Standing::Waiting,
            decided: None,
            decided_by: None,
            recorded: None,
            said: None,
            heard: None,
        })
        .map(ProposalOut::from)
        .collect();
    drop(view);
    Ok(axum::Json(ProposalsOut { items }).into_response())
}

/// One, and what became of it.
#[utoipa::path(get, path = "/api/v1/proposals/{id}", tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = ProposalOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<ProposalId>,
) -> Result<Response, Response> {
    Ok(axum::Json(seen(&app, &call, id).await?).into_response())
}

/// Say yes, as a second person: it is carried out now.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/confirm", tag = "payments",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn confirm(
    State(app): State<SharedApp>,
    call: Call,
    Id(proposal): Id<ProposalId>,
) -> Result<Response, Response> {
    decide(&app, &call, OnProposals::Confirm { proposal }).await
}

/// Say no, as a second person.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/refuse", tag = "payments", request_body = RefuseIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn refuse(
    State(app): State<SharedApp>,
    call: Call,
    Id(proposal): Id<ProposalId>,
    Json(body): Json<RefuseIn>,
) -> Result<Response, Response> {
    decide(&app, &call, OnProposals::Refuse { proposal, why: body.why }).await
}

/// Take back what one proposed.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/withdraw", tag = "payments",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn withdraw(
    State(app): State<SharedApp>,
    call: Call,
    Id(proposal): Id<ProposalId>,
) -> Result<Response, Response> {
    decide(&app, &call, OnProposals::Withdraw { proposal }).await
}

async fn decide(app: &Arc<App>, call: &Call, command: OnProposals) -> Result<Response, Response> {
    let reply = call.ask(app, Command::OnProposals(command)).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}
