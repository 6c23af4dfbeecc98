//! `GET /api/v1/prepayments/board`: what was pledged against what was paid.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use city::prepay::read::{self, Line};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::auth::SharedApp;

/// An organisation's pledge against what its people paid.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PledgeOut {
    /// `org_…`
    organisation: String,
    name: String,
    /// The pledge this one is part of: it is in that one's numbers already.
    part_of: Option<String>,
    firms: usize,
    people_pledged: u32,
    people: i64,
    /// Won.
    pledged: i64,
    /// Won.
    paid: i64,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BoardOut {
    /// People who prepaid.
    people: i64,
    /// Won they prepaid.
    paid: i64,
    /// Won that went back.
    back: i64,
    pledges: Vec<PledgeOut>,
}

/// The public board.
#[utoipa::path(get, path = "/api/v1/prepayments/board", tag = "prepayments",
    responses((status = 200, body = BoardOut)))]
pub(in crate::api) async fn show(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let board = app.read(read::board).await.map_err(|error| call.reject(error))?;
    let view = app.city.shared.read();
    let organisations = &view.town.directory.organisations;
    let board = board.within(organisations, call.today);
    let out = |line: &Line, part_of: Option<&Line>| PledgeOut {
        organisation: line.pledge.organisation.to_string(),
        name: organisations
            .get(line.pledge.organisation)
            .map(|one| one.named(call.lang).to_owned())
            .unwrap_or_default(),
        part_of: part_of.map(|whole| whole.pledge.organisation.to_string()),
        firms: line.firms,
        people_pledged: line.pledge.people,
        people: line.people,
        pledged: line.pledge.amount,
        paid: line.paid,
    };
    let whole = |line: &Line| {
        let parts = line.parts.iter().map(|part| out(part, Some(line)));
        std::iter::once(out(line, None)).chain(parts).collect::<Vec<_>>()
    };
    let pledges = board.lines.iter().flat_map(whole).collect();
    let all = board.all;
    Ok(axum::Json(BoardOut { people: all.people, paid: all.sum, back: all.back, pledges }).into_response())
}
