//! What is in a compartment, and who looked at it.

use access::{Entry, LookNo};
use axum::extract::{FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Instant, RecordId};
use compartment::{Failure, Room, Said, Standing, Written};
use serde::Deserialize;

use super::{Inside, LISTED, LOOKS, known};
use crate::look::{
    Alert, CompartmentLooksPage, CompartmentPage, Field, FieldError, NewSealedPage, SealedForms, SealedLine,
    SealedLook, SealedPage, WrittenLine, texts,
};

/// What a post has done with a record.
const DONE: [(&str, &str); 3] = [
    ("taken-in", "compartment-did-taken-in"),
    ("noted", "compartment-did-noted"),
    ("closed", "compartment-did-closed"),
];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    from: Option<usize>,
    before: Option<u64>,
}

async fn asked(request: Request) -> Asked {
    let (mut parts, _) = request.into_parts();
    let asked = Query::<Asked>::from_request_parts(&mut parts, &()).await;
    // What can't be read asks for nothing in particular.
    asked.map(|Query(asked)| asked).unwrap_or_default()
}

/// What a form left behind.
#[derive(Default)]
pub(super) struct Sent {
    pub alert: Option<Alert>,
    pub errors: Vec<FieldError>,
    pub status: StatusCode,
    pub forms: SealedForms,
}

impl Inside {
    fn since(&self, at: Instant) -> jiff::civil::DateTime {
        self.visit.moment(at)
    }

    fn name(&self) -> String {
        self.pass.name.in_lang(self.visit.t.lang).to_owned()
    }
}

pub(super) async fn list(inside: Inside, request: Request) -> Response {
    let asked = asked(request).await;
    let from = asked.from.unwrap_or(0);
    let all = inside.room.list();
    let open = all.iter().filter(|one| !one.closed).count();
    let here: Vec<RecordId> = all.iter().skip(from).take(LISTED).map(|one| one.record).collect();
    let found = match inside.work(move |room| Ok(room.read(&here)?)).await {
        Ok(found) => found,
        Err(rejected) => return inside.refuse(rejected),
    };
    let shown: Vec<RecordId> = found.iter().map(|(standing, _)| standing.record).collect();
    if let Err(rejected) = inside.looked("compartment.list", &shown).await {
        return inside.refuse(rejected);
    }
    let line = |(standing, written): &(Standing, Vec<Written>)| SealedLine {
        href: format!("{}/{}", inside.pass.base(), standing.record),
        name: name_in(written),
        since: inside.since(standing.since),
        last: inside.since(standing.last),
        closed: standing.closed,
    };
    let lines = found.iter().map(line).collect();
    let mut frame = inside.visit.page();
    frame.alert = inside.visit.did(&[("closed", "compartment-did-closed")]);
    let page = CompartmentPage {
        t: inside.visit.t,
        page: frame,
        name: inside.name(),
        base: inside.pass.base(),
        open,
        lines,
        more: (from + LISTED < all.len()).then(|| format!("{}?from={}", inside.pass.base(), from + LISTED)),
    };
    inside.visit.show(&page)
}

pub(super) fn new(inside: Inside) -> Response {
    new_page(inside, Sent::default())
}

/// The page somebody is taken in on, with what a form left behind.
pub(super) fn new_page(inside: Inside, sent: Sent) -> Response {
    let mut frame = inside.visit.page();
    frame.alert = sent.alert;
    let page = NewSealedPage {
        t: inside.visit.t,
        page: frame,
        errors: sent.errors,
        room: inside.name(),
        base: inside.pass.base(),
        request_key: inside.visit.app.request_key(),
        forms: sent.forms,
    };
    inside.visit.show_as(sent.status, &page)
}

pub(super) async fn record(inside: Inside, id: &str) -> Response {
    let alert = inside.visit.did(&DONE);
    record_page(inside, id, Sent { alert, ..Sent::default() }).await
}

/// One record, with what a form left behind.
pub(super) async fn record_page(inside: Inside, id: &str, sent: Sent) -> Response {
    let record = match known(id) {
        Ok(record) => record,
        Err(refusal) => return inside.refuse(refusal),
    };
    let found = match inside.work(move |room| Ok(room.read(&[record])?)).await {
        Ok(mut found) => found.pop(),
        Err(rejected) => return inside.refuse(rejected),
    };
    let Some((standing, written)) = found else {
        return inside.refuse(base::Refusal::new("compartment.unknown"));
    };
    if let Err(rejected) = inside.looked("compartment.record", &[record]).await {
        return inside.refuse(rejected);
    }
    let me = inside.who();
    let lines = written.iter().map(|one| line(&inside, &me, one)).collect();
    let reach = written.iter().find_map(|one| match &one.said {
        Said::TakenIn { reach, .. } => reach.clone(),
        _ => None,
    });
    let mut frame = inside.visit.page();
    frame.alert = sent.alert;
    let page = SealedPage {
        t: inside.visit.t,
        page: frame,
        errors: sent.errors,
        room: inside.name(),
        base: inside.pass.base(),
        id: record.to_string(),
        name: name_in(&written),
        reach: reach.unwrap_or_default(),
        since: inside.since(standing.since),
        closed: standing.closed,
        goes: inside.goes(&standing),
        lines,
        note_key: inside.visit.app.request_key(),
        close_key: inside.visit.app.request_key(),
        forms: sent.forms,
    };
    inside.visit.show_as(sent.status, &page)
}

fn name_in(written: &[Written]) -> String {
    let name = written.iter().find_map(|one| match &one.said {
        Said::TakenIn { name, .. } => Some(name.clone()),
        _ => None,
    });
    name.unwrap_or_default()
}

fn line(inside: &Inside, me: &str, one: &Written) -> WrittenLine {
    let (kind, text) = match &one.said {
        Said::TakenIn { note, .. } => ("compartment-taken-in", note),
        Said::Note { text } => ("compartment-noted", text),
        Said::Closed { text } => ("compartment-closed", text),
    };
    WrittenLine {
        kind,
        at: inside.since(one.at),
        by: if one.by == me { inside.visit.t.say("compartment-me").to_string() } else { one.by.clone() },
        paragraphs: text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
    }
}

pub(super) async fn looks(inside: Inside, request: Request) -> Response {
    let before = asked(request).await.before.map(LookNo);
    let read = move |room: &Room| room.looks(before, LOOKS).map_err(Failure::from);
    let entries = match inside.work(read).await {
        Ok(entries) => entries,
        Err(rejected) => return inside.refuse(rejected),
    };
    let t = inside.visit.t;
    let what = |entry: &Entry| {
        let key = format!("look-what-{}", entry.look.what.replace('.', "-"));
        let key = if texts().has(t.lang, &key) { key } else { "look-what-other".to_owned() };
        t.say(key).to_string()
    };
    let line = |entry: &Entry| SealedLook {
        at: inside.since(entry.look.at),
        who: entry.look.who.clone(),
        what: what(entry),
        record: Room::record_of(&entry.look).to_string(),
        from: entry.look.from.clone(),
    };
    let lines: Vec<SealedLook> = entries.iter().map(line).collect();
    let last = entries.last().filter(|entry| lines.len() == LOOKS && entry.no.0 > 1);
    let page = CompartmentLooksPage {
        t,
        page: inside.visit.page(),
        name: inside.name(),
        older: last.map(|entry| format!("{}?before={}", inside.pass.home(), entry.no.0)),
        lines,
    };
    inside.visit.show(&page)
}

/// A form with what was typed in it and what is wrong with a field of it.
pub(super) fn typed(value: &str, wrong: Option<&str>) -> Field {
    match wrong {
        Some(error) => Field::wrong(value, error),
        None => Field::of(value),
    }
}
