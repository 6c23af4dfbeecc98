//! `/api/v1/people/{id}/papers`: sheets they signed, scanned in, as at the window.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{PersonId, RecordId, Refusal, Role};
use city::read::people::Register;
use city::{Command, OnPapers, Scan};
use people::Kept;
use people::paper::{LARGEST, Media, Sheet};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::call::{Call, Id, Ids, Json, Params};
use super::super::wire::DoneOut;
use super::{admitted, file, id, no_nul, sight};
use crate::auth::SharedApp;
use crate::problem::Rejected;
use crate::scans::as_file;

/// What a sheet proves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct Proves {
    /// The document of theirs that the signature stands under: a consent, a helper, a fact, a time in a household. Absent: that
    /// they asked to be taken in.
    of: Option<String>,
}

/// A scan as it came: one whole PDF, PNG or JPEG of at most 3 MiB.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it is what the document says of the body, which is read as bytes")]
pub(in super::super) struct ScanFile(Vec<u8>);

/// Why a sheet is opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct PaperOpenIn {
    /// A sentence; it is kept with the look. Their own sheets people open without one.
    why: Option<String>,
}

/// A sheet that was the wrong one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct PaperStrikeIn {
    /// Why: a sentence.
    why: String,
}

/// A sheet that was scanned in.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct PaperOut {
    /// Its id.
    id: String,
    /// The record it is kept with.
    person: String,
    /// When it was kept.
    at: String,
    /// The document it proves; absent: that they asked to be taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// What the scan is: `application/pdf`, `image/png` or `image/jpeg`.
    media: &'static str,
    /// Bytes.
    size: u32,
    /// Why it was the wrong one, if it was: the scan is gone then.
    #[serde(skip_serializing_if = "Option::is_none")]
    struck: Option<String>,
}

/// The sheets of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct PapersOut {
    /// In the order they came.
    papers: Vec<PaperOut>,
}

impl From<Kept<Sheet>> for PaperOut {
    fn from(kept: Kept<Sheet>) -> PaperOut {
        let Kept { id, person, at, what: Sheet { paper, struck } } = kept;
        PaperOut {
            id: id.to_string(),
            person: person.to_string(),
            at: at.rfc3339(),
            of: paper.of.map(|of| of.to_string()),
            media: paper.media.mime(),
            size: paper.size,
            struck: struck.map(|struck| struck.why.to_string()),
        }
    }
}

/// What was scanned in of this person.
#[utoipa::path(get, path = "/api/v1/people/{id}/papers", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = PapersOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    let file = file(&app, &call, person).await?;
    let papers = file.papers.into_iter().map(PaperOut::from).collect();
    Ok(axum::Json(PapersOut { papers }).into_response())
}

/// Keep a signed sheet.
///
/// The body is the scan itself. What it is, is seen by its content; what does something (a script in a PDF), is cut off or is
/// something else is refused.
#[utoipa::path(post, path = "/api/v1/people/{id}/papers", tag = "people",
    request_body(content((ScanFile = "application/pdf"), (ScanFile = "image/png"), (ScanFile = "image/jpeg"))),
    params(("id" = String, Path), Proves, ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Params(proves): Params<Proves>,
    request: Request<Body>,
) -> Result<Response, Response> {
    call.one_of(&["clerk"])?;
    admitted(&app, &call, person)?;
    let of = proves.of.as_deref().map(|of| id(&call, of, "paper.of-unknown")).transpose()?;
    let told = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let told = told.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if ![Media::Pdf, Media::Png, Media::Jpeg].iter().any(|media| media.mime() == told) {
        return Err(call.reject(Rejected::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "body.type")));
    }
    let large = |_| {
        let (status, refusal) = (StatusCode::PAYLOAD_TOO_LARGE, Media::too_large());
        call.reject(Rejected { status, refusal })
    };
    let scan = to_bytes(request.into_body(), LARGEST).await.map_err(large)?;
    // Looked at here too: what is no scan, or another than it says, doesn't come as far as the pen.
    let media = Media::of(&scan).map_err(|refusal| call.reject(refusal))?;
    if media.mime() != told {
        return Err(call.reject(Refusal::new("paper.kind")));
    }
    let scan = Scan(Arc::new(scan.to_vec()));
    let reply = call.ask(&app, Command::OnPapers(OnPapers::Keep { person, of, scan })).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Open a signed sheet.
///
/// Answered with the scan as a file. A window says why, and the reason is in the access ledger before the scan goes out; people
/// open their own without.
#[utoipa::path(post, path = "/api/v1/people/{id}/papers/{paper}/open", tag = "people", request_body = PaperOpenIn,
    params(("id" = String, Path), ("paper" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, content((ScanFile = "application/pdf"), (ScanFile = "image/png"), (ScanFile = "image/jpeg"))),
        (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn open(
    State(app): State<SharedApp>,
    call: Call,
    Ids(person, paper): Ids<PersonId, RecordId>,
    Json(body): Json<PaperOpenIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[body.why.as_deref()])?;
    admitted(&app, &call, person)?;
    let unknown = || call.reject(Refusal::new("paper.unknown"));
    if !is_there(&app, &call, person, paper).await? {
        return Err(unknown());
    }
    let mut looker = call.looks("api.paper", "service");
    if call.actor.role == Role::Clerk {
        // The reason is kept first, then the look, then it goes out.
        let why = body.why.unwrap_or_default();
        let download = Command::Download { what: format!("paper {paper}"), lines: 1, why };
        looker = looker.because(&call.ask(&app, download).await?);
    }
    let sees = sight(&app, &call);
    let read = app.register(looker, move |register| {
        let file = register.file_within(person, sees)?;
        match sheet(file.papers, paper) {
            Some(kept) => Ok(register.scan(paper)?.map(|scan| (kept.what.paper.media, scan))),
            None => Ok(None),
        }
    });
    let (media, scan) = read.await.map_err(|error| call.reject(error))?.ok_or_else(unknown)?;
    Ok(as_file(media, paper, scan))
}

fn sheet(papers: Vec<Kept<Sheet>>, paper: RecordId) -> Option<Kept<Sheet>> {
    papers.into_iter().find(|kept| kept.id == paper && kept.what.struck.is_none())
}

/// Whether there is such a sheet within sight. What isn't there is no download; nothing of it is shown yet.
async fn is_there(app: &SharedApp, call: &Call, person: PersonId, paper: RecordId) -> Result<bool, Response> {
    let (vault, sees) = (app.city.vault(), sight(app, call));
    let read = app.read(move |snapshot| {
        let file = Register::new(snapshot, &vault).file_within(person, sees)?;
        Ok(sheet(file.papers, paper).is_some())
    });
    read.await.map_err(|error| call.reject(error))
}

/// Strike a sheet: it was the wrong one. The scan goes, that it was there stays.
#[utoipa::path(post, path = "/api/v1/people/{id}/papers/{paper}/strike", tag = "people", request_body = PaperStrikeIn,
    params(("id" = String, Path), ("paper" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn strike(
    State(app): State<SharedApp>,
    call: Call,
    Ids(person, paper): Ids<PersonId, RecordId>,
    Json(body): Json<PaperStrikeIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.why)])?;
    let reply = call.ask(&app, Command::OnPapers(OnPapers::Drop { person, paper, why: body.why })).await?;
    Ok((StatusCode::OK, axum::Json(DoneOut::new(&reply))).into_response())
}
