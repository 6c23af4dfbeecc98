//! `/desk/inspection`: a month's looks, the unusual ones first; and as a file, for a reason, marked.

use std::fmt::Write as _;

use axum::extract::{Form, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Month, PersonId, Refusal};
use city::looks::inspection::{self, Inspection, Made, Unusual};
use city::looks::{Download, downloads};
use city::{Command, Reply};
use economy::Facts;
use serde::Deserialize;

use super::{expired, ledger, words};
use crate::frame::Visit;
use crate::look::{Alert, Downloaded, Field, FieldError, InspectionPage, MonthLink, UnusualLook};

/// Unusual looks on the page; the file has all.
const SHOWN: usize = 100;
/// Months to choose from.
const MONTHS: u32 = 24;
/// Downloads that are listed.
const LISTED: u32 = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    month: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    month: String,
    why: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    typed: Option<(String, Field)>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

/// What the ledger says.
struct Read {
    found: Inspection,
    broken: Option<String>,
}

/// The month that was asked for; else the newest that is over.
fn month_of(visit: &Visit, text: Option<&str>) -> Month {
    let this = Month::of(visit.t.today);
    text.and_then(inspection::month).filter(|month| *month <= this).unwrap_or_else(|| this.before())
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !visit.looks_into() {
        return visit.at_the_door();
    }
    let month = month_of(&visit, asked.month.as_deref());
    page(visit, month, Sent::default()).await
}

/// The month, and whether the chain is whole: all of it is counted again since the last head that was kept.
async fn read(visit: &Visit, month: Month, kept: Vec<Made>) -> Result<Read, store::Error> {
    let app = std::sync::Arc::clone(&visit.app);
    ledger(visit, move |readers| {
        let found = inspection::inspect_city(&app.city, month)?;
        let heads: Vec<access::Head> = kept.iter().map(|made| made.head).collect();
        let whole =
            readers.verify(heads.first().copied()).map(drop).and_then(|()| readers.compare(&heads).map(drop));
        Ok(Read { found, broken: whole.err().map(|error| error.to_string()) })
    })
    .await
}

async fn page(visit: Visit, month: Month, mut sent: Sent) -> Response {
    let kept = visit.app.register(visit.looks("inspection.page", "inspection"), |register| {
        Ok((inspection::made(register.snapshot(), MONTHS)?, downloads(register, LISTED)?))
    });
    let (kept, downloads) = match kept.await {
        Ok(kept) => kept,
        Err(error) => return visit.refuse(error, "/"),
    };
    let made = kept.iter().find(|made| made.month == month).map(|made| visit.moment(made.made));
    let months = months(&visit, month, &kept);
    let Read { found, broken } = match read(&visit, month, kept).await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/"),
    };
    let t = visit.t;
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let (request_key, why) = sent.typed.take().unwrap_or_else(|| (visit.app.request_key(), Field::default()));
    let page = InspectionPage {
        t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        month: t.month(&month),
        month_code: inspection::named(month),
        months,
        looks: found.looks,
        people: found.people,
        by_purpose: found
            .by_purpose
            .iter()
            .map(|((role, purpose), count)| (words::who(t, role), words::why(t, purpose), *count))
            .collect(),
        all_unusual: found.unusual.len() as u64,
        unusual: found.unusual.iter().take(SHOWN).map(|unusual| listed(&visit, unusual)).collect(),
        made,
        broken,
        request_key,
        why,
        downloads: downloads.iter().map(|download| downloaded(&visit, download)).collect(),
    };
    visit.show_as(sent.status, &page)
}

/// The months that were inspected, and this one.
fn months(visit: &Visit, shown: Month, kept: &[Made]) -> Vec<MonthLink> {
    let this = Month::of(visit.t.today);
    let mut all: Vec<Month> = kept.iter().map(|made| made.month).chain([this, shown]).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    let link = |month: Month| MonthLink {
        name: visit.t.month(&month),
        href: format!("/desk/inspection?month={}", inspection::named(month)),
        current: month == shown,
    };
    all.into_iter().map(link).collect()
}

fn listed(visit: &Visit, unusual: &Unusual) -> UnusualLook {
    let (t, look) = (visit.t, &unusual.entry.look);
    UnusualLook {
        at: visit.moment(look.at),
        who: words::account(t, &look.role, &look.who),
        person: look.whom.to_string(),
        what: format!("{} · {}", words::what(t, look), words::why(t, &look.purpose)),
        signs: unusual.signs.iter().map(|sign| words::sign(t, *sign)).collect(),
    }
}

fn downloaded(visit: &Visit, download: &Download) -> Downloaded {
    Downloaded {
        at: visit.moment(download.at),
        who: words::account(visit.t, &download.role, &download.by),
        lines: download.lines,
        why: download.why.clone(),
        id: download.id.to_string(),
    }
}

/// The reason is kept first, then a look at everyone in the file, then it goes out.
pub(super) async fn download(visit: Visit, Form(form): Form<Post>) -> Response {
    const BACK: &str = "/desk/inspection";
    if !visit.looks_into() {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), BACK);
    }
    let month = month_of(&visit, Some(&form.month));
    let found = match read(&visit, month, Vec::new()).await {
        Ok(Read { found, .. }) => found,
        Err(error) => return visit.refuse(error, BACK),
    };
    let lines = found.unusual.len() as u64;
    let what = format!("inspection {}", inspection::named(month));
    let command = Command::Download { what, lines, why: form.why.clone() };
    let kept = match visit.ask(&form.request_key, command).await {
        Ok(kept) => kept,
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                errors: vec![FieldError { field: "why", error: error.clone() }],
                typed: Some((form.request_key, Field::wrong(form.why, error))),
                alert: Some(alert),
                status: rejected.status,
            };
            return page(visit, month, sent).await;
        }
    };
    let Reply::Done { facts: Facts::Looks { id, .. }, at, .. } = &kept else {
        return visit.refuse(Refusal::new("failed"), BACK);
    };
    let mut whom: Vec<PersonId> = found.unusual.iter().map(|unusual| unusual.entry.look.whom).collect();
    whom.sort_unstable();
    whom.dedup();
    let why = form.why.split_whitespace().collect::<Vec<_>>().join(" ");
    let looks = visit.looks("inspection.csv", "inspection").because(&kept);
    if let Err(away) = visit.app.look_at(looks, whom).await {
        return visit.refuse(away, BACK);
    }
    let mark = visit.t.say("download-mark").text("month", visit.t.month(&month)).to_string();
    let who = visit.actor().map_or_else(String::new, |actor| {
        words::account(visit.t, actor.role.name(), &city::looks::who(actor))
    });
    let csv = file(&[&mark, &who, &at.rfc3339(), &why, id], &found);
    let name = format!("attachment; filename=\"inspection-{}.csv\"", inspection::named(month));
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// The mark as the first line; then names of columns, and a look a line. Codes and opaque ids, as the ledger has them.
fn file(mark: &[&str], found: &Inspection) -> String {
    // The mark tells a spreadsheet that this is UTF-8.
    let mut csv = String::from("\u{feff}");
    line(&mut csv, mark.iter().copied());
    line(
        &mut csv,
        ["no", "at", "who", "role", "from", "person", "what", "purpose", "reason", "task", "points", "signs"],
    );
    for Unusual { entry, points, signs } in &found.unusual {
        let look = &entry.look;
        let signs: Vec<String> = signs
            .iter()
            .map(|sign| serde_json::to_value(sign).map(|sign| named(&sign)).unwrap_or_default())
            .collect();
        let cells = [
            entry.no.to_string(),
            look.at.rfc3339(),
            look.who.clone(),
            look.role.clone(),
            look.from.clone(),
            look.whom.to_string(),
            look.what.clone(),
            look.purpose.clone(),
            look.reason.clone().unwrap_or_default(),
            look.task.clone().unwrap_or_default(),
            points.to_string(),
            signs.join(" "),
        ];
        line(&mut csv, cells.iter().map(String::as_str));
    }
    csv
}

/// A sign's code: `at-night`.
fn named(sign: &serde_json::Value) -> String {
    match sign {
        serde_json::Value::String(code) => code.clone(),
        serde_json::Value::Object(map) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn line<'a>(csv: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        // Writing to a String can't fail.
        write!(csv, "{comma}\"{}\"", sheets::defuse(cell).replace('"', "\"\"")).unwrap_or_default();
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_is_text_and_no_formula() {
        let mut csv = String::new();
        super::line(&mut csv, ["a,b", "say \"so\"", "=1+1", "-2", "가"]);
        assert_eq!(csv, "\"a,b\",\"say \"\"so\"\"\",\"'=1+1\",\"'-2\",\"가\"\r\n");
        // Programs set to Korean fold the full-width ones; an apostrophe before one hides nothing.
        let mut csv = String::new();
        super::line(&mut csv, ["＝1+1", "＋1", "－1", "＠A1", "'=1+1"]);
        assert_eq!(csv, "\"'＝1+1\",\"'＋1\",\"'－1\",\"'＠A1\",\"''=1+1\"\r\n");
    }
}
