//! Signed sheets: scanned in at the window, and given out again as files, for a reason.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Form, Multipart, Path};
use axum::response::Response;
use base::{RecordId, Refusal};
use city::{Command, OnPapers, Scan};
use people::fact::Source;
use people::paper::{LARGEST, Media, Sheet};
use people::{File, Kept};

use super::forms::{Post, refused, window};
use super::show::{Rows, Sent, Which, left};
use super::{Subject, words};
use crate::frame::Visit;
use crate::look::{Choice, Field, PapersShown, SheetLine};
use crate::pages::wallet::expired;
use crate::problem::Rejected;
use crate::scans::as_file;

/// The largest field beside the file.
const LONGEST: usize = 4_096;

/// What is there, and the form for more.
pub(super) fn shown(visit: &Visit, subject: Subject, rows: &Rows, sent: &Sent) -> PapersShown {
    let (post, open) = left(sent, Which::Paper);
    let file = match sent.alert.as_ref().filter(|_| open) {
        Some(alert) => Field::wrong("", alert.what.clone()),
        None => Field::default(),
    };
    let proves = if subject.at_window { choices(visit, rows, &post.of) } else { Vec::new() };
    let line = |kept: &Kept<Sheet>| {
        let day = visit.t.full_day(visit.moment(kept.at).date());
        let about = visit.t.say("paper-about").text("kind", kept.what.paper.media.ending().to_uppercase());
        let about = about.count("size", i64::from(kept.what.paper.size.div_ceil(1_024)));
        SheetLine {
            id: kept.id.to_string(),
            of: of(visit, rows, kept.what.paper.of),
            about: about.text("day", day).to_string(),
            struck: kept
                .what
                .struck
                .as_ref()
                .map(|struck| visit.t.say("paper-struck").text("why", &struck.why).to_string()),
            open_key: visit.app.request_key(),
            request_key: visit.app.request_key(),
        }
    };
    PapersShown {
        lines: rows.file.papers.iter().rev().map(line).collect(),
        request_key: visit.app.request_key(),
        proves,
        file,
        open,
    }
}

/// What a sheet proves, in words.
fn of(visit: &Visit, rows: &Rows, of: Option<RecordId>) -> String {
    let Some(id) = of else { return visit.t.say("paper-application").to_string() };
    let found = choices_of(visit, rows, true).into_iter().find(|(known, _)| *known == id);
    found.map_or_else(|| visit.t.say("paper-of-gone").to_string(), |(_, name)| name)
}

fn choices(visit: &Visit, rows: &Rows, chosen: &str) -> Vec<Choice> {
    let first = (String::new(), visit.t.say("paper-application").to_string());
    let others = choices_of(visit, rows, false).into_iter().map(|(id, name)| (id.to_string(), name));
    std::iter::once(first)
        .chain(others)
        .map(|(value, name)| Choice { chosen: value == chosen, value, name })
        .collect()
}

/// What a signature can stand under: what holds, or all there ever was.
fn choices_of(visit: &Visit, rows: &Rows, all: bool) -> Vec<(RecordId, String)> {
    let (t, file): (_, &File) = (visit.t, &rows.file);
    let mut found = Vec::new();
    {
        let view = visit.app.city.shared.read();
        for kept in file.consents.iter().filter(|kept| all || kept.what.holds(t.today)) {
            let purpose = view.town.pack.city.consent(&kept.what.given.purpose.0);
            let name = purpose.map(|purpose| purpose.name.in_lang(t.lang).to_owned()).unwrap_or_default();
            found.push((kept.id, t.say("paper-of-consent").text("what", name).to_string()));
        }
    }
    for kept in file.helpers.iter().filter(|kept| all || kept.what.revoked.is_none()) {
        let name = rows.name(kept.what.helper);
        let name = if all && name.is_empty() { words::tie(t, &kept.what) } else { name };
        found.push((kept.id, t.say("paper-of-helper").text("what", name).to_string()));
    }
    let on_paper = |source: &Source| matches!(source, Source::Document { .. });
    for kept in file.facts.iter().filter(|kept| on_paper(&kept.what.source)) {
        if all || kept.what.struck.is_none() {
            let what = words::kind(t, &kept.what.datum.kind());
            found.push((kept.id, t.say("paper-of-fact").text("what", what).to_string()));
        }
    }
    for kept in file.households.iter().filter(|kept| all || kept.what.membership().is_some()) {
        found.push((kept.id, t.say("paper-of-household").to_string()));
    }
    found
}

/// Reads the form, field by field; a file that is too large is not read to its end.
async fn received(mut parts: Multipart) -> Result<(Post, Vec<u8>), Refusal> {
    let damaged = || Refusal::new("import.damaged");
    let (mut post, mut scan) = (Post::default(), Vec::new());
    while let Some(mut field) = parts.next_field().await.map_err(|_| damaged())? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = name == "file";
        let most = if is_file { LARGEST } else { LONGEST };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| damaged())? {
            if bytes.len() + chunk.len() > most {
                return Err(if is_file { Media::too_large() } else { damaged() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = |bytes| String::from_utf8(bytes).unwrap_or_default();
        match name.as_str() {
            "csrf" => post.csrf = text(bytes),
            "request_key" => post.request_key = text(bytes),
            "of" => post.of = text(bytes),
            "file" => scan = bytes,
            _ => {}
        }
    }
    Ok((post, scan))
}

/// `POST /clerk/people/{id}/papers`.
pub(super) async fn keep(
    visit: Visit,
    Path(id): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let subject = match Subject::at_window(&visit, &id) {
        None => return visit.at_the_door(),
        Some(Err(refusal)) => return visit.refuse(refusal, "/clerk"),
        Some(Ok(subject)) => subject,
    };
    // What isn't a form with parts can't bring the form's token either.
    let Ok(parts) = parts else { return visit.refuse(expired(), &subject.page()) };
    let (post, scan) = match received(parts).await {
        Ok(received) => received,
        Err(refusal) => return visit.refuse(refusal, &subject.page()),
    };
    if !visit.form_holds(&post.csrf) {
        return visit.refuse(expired(), &subject.page());
    }
    let of = match post.of.as_str() {
        "" => Ok(None),
        of => of.parse().map(Some).map_err(|_| Refusal::new("paper.of-unknown")),
    };
    // Looked at here too: what is no scan doesn't come as far as the pen.
    let of = match of.and_then(|of| Media::of(&scan).map(|_| of)) {
        Ok(of) => of,
        Err(refusal) => return refused(visit, subject, Some(Which::Paper), post, refusal.into()).await,
    };
    let scan = Scan(std::sync::Arc::new(scan));
    let command = OnPapers::Keep { person: subject.person, of, scan };
    match visit.ask(&post.request_key, Command::OnPapers(command)).await {
        Ok(_) => visit.go(&format!("{}?did=paper", subject.page())),
        Err(rejected) => refused(visit, subject, Some(Which::Paper), post, rejected).await,
    }
}

/// `POST /clerk/people/{id}/papers/{record}`: the file, once the reason is in the access ledger.
pub(super) async fn open(
    visit: Visit,
    Path((id, record)): Path<(String, String)>,
    Form(post): Form<Post>,
) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let Ok(id) = record.parse::<RecordId>() else {
        return visit.refuse(Refusal::new("paper.unknown"), &subject.page());
    };
    // What isn't there is no download.
    match visit.app.read(move |snapshot| people::store::scan(snapshot, id)).await {
        Ok(Some(_)) => {}
        Ok(None) => return visit.refuse(Refusal::new("paper.unknown"), &subject.page()),
        Err(error) => return visit.refuse(error, &subject.page()),
    }
    // The reason is kept first, then the look, then it goes out.
    let download = Command::Download { what: format!("paper {id}"), lines: 1, why: post.why.clone() };
    let kept = match visit.ask(&post.request_key, download).await {
        Ok(kept) => kept,
        Err(rejected) => return refused(visit, subject, None, post, rejected).await,
    };
    let looker = visit.looks("window.paper", "service").because(&kept);
    given_out(visit, subject, &record, looker).await
}

/// `GET /me/papers/{record}`: one's own.
pub(super) async fn own(visit: Visit, Path(record): Path<String>) -> Response {
    let Some(subject) = Subject::own(&visit) else { return visit.at_the_door() };
    let looker = visit.looks("me.paper", "own");
    given_out(visit, subject, &record, looker).await
}

async fn given_out(visit: Visit, subject: Subject, record: &str, looker: crate::looks::Looker) -> Response {
    let unknown = || Rejected::from(Refusal::new("paper.unknown"));
    let Ok(id) = record.parse::<RecordId>() else { return visit.refuse(unknown(), &subject.page()) };
    let sees = subject.sight(&visit);
    let read = visit.app.register(looker, move |register| {
        let file = register.file_within(subject.person, sees)?;
        let kept = file.papers.into_iter().find(|kept| kept.id == id && kept.what.struck.is_none());
        match kept {
            Some(kept) => Ok(register.scan(id)?.map(|scan| (kept.what.paper.media, scan))),
            None => Ok(None),
        }
    });
    match read.await {
        Ok(Some((media, scan))) => as_file(media, id, scan),
        Ok(None) => visit.refuse(unknown(), &subject.page()),
        Err(error) => visit.refuse(error, &subject.page()),
    }
}

/// `POST /clerk/people/{id}/papers/{record}/strike`.
pub(super) async fn strike(
    visit: Visit,
    Path((id, record)): Path<(String, String)>,
    Form(post): Form<Post>,
) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let Ok(paper) = record.parse() else {
        return visit.refuse(Refusal::new("paper.unknown"), &subject.page());
    };
    let command = OnPapers::Drop { person: subject.person, paper, why: post.why.clone() };
    match visit.ask(&post.request_key, Command::OnPapers(command)).await {
        Ok(_) => visit.go(&format!("{}?did=paper-strike", subject.page())),
        Err(rejected) => refused(visit, subject, None, post, rejected).await,
    }
}
