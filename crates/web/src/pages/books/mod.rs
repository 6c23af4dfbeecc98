//! The auditor's pages: `GET /books` (totals, finding a posting), `POST /books/verify` (everything counted again),
//! `GET /books/postings/{no}` (one posting with all its legs). Opaque ids only: no name stands on any of them.

mod check;
mod posting;
mod words;

use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::{Role, Won};
use city::read::books::{ClassTotal as Total, totals};
use city::read::find::{self, LOOKED_THROUGH};
use economy::Unit;
use economy::chart::float_sides;
use ledger::Side;
use serde::Deserialize;

pub(crate) use check::Check;

use super::tour;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{BooksPage, ClassTotal, Field, Found, SealShown, Tongue};
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/books", get(show))
        .route("/books/verify", post(verify))
        .route("/books/postings/{no}", get(posting::show))
}

#[derive(Deserialize)]
struct Wanted {
    find: Option<String>,
}

async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    if visit.role != Some(Role::Auditor) {
        return visit.at_the_door();
    }
    let wanted = wanted.find.map(|text| typed(&text)).filter(|text| !text.is_empty());
    let app = visit.app.clone();
    let text = wanted.clone();
    let read = tokio::task::spawn_blocking(move || {
        let totals = totals(&app.city.shared);
        let found = match &text {
            None => None,
            Some(text) => {
                let last = base::PostingNo(totals.postings);
                Some(app.city.readers.read(|snapshot| find::find(snapshot, last, text))?)
            }
        };
        let last_at = app.city.shared.read().at;
        Ok::<_, store::Error>((totals, found, last_at))
    });
    let (totals, found, last_at) = match read.await.map_err(store::Error::other) {
        Ok(Ok(read)) => read,
        Ok(Err(error)) | Err(error) => return visit.refuse(error, "/books"),
    };
    let t = visit.t;
    let long = totals.postings > LOOKED_THROUGH && found.is_some();
    let found = found.map(|list| list.iter().map(|found| listed(&visit, found)).collect());
    let verification = check::shown(&visit);
    let page = BooksPage {
        t,
        page: visit.page(),
        postings: count(totals.postings),
        last_at: visit.moment(last_at),
        held: Won(totals.backing),
        owed: Won(totals.owed),
        classes: totals.classes.iter().map(|total| class(t, total)).collect(),
        verification,
        find: Field::of(wanted.or_else(|| tour::prefill_find(&visit)).unwrap_or_default()),
        found,
        seal: seal(&visit),
        looked_through: long.then_some(count(LOOKED_THROUGH)),
    };
    visit.show(&page)
}

/// How the seal is doing.
fn seal(visit: &Visit) -> Option<SealShown> {
    let sealing = visit.app.city.sealing()?;
    let last = visit.app.city.shared.read().books.last_posting();
    let lag = sealing.lag(last);
    Some(SealShown {
        sealed: count(lag.sealed),
        waiting: count(lag.postings),
        key: sealing.key().to_string(),
        failing: lag.failing,
    })
}

/// What was typed, as far as it can be looked for.
fn typed(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(64).collect()
}

fn listed(visit: &Visit, found: &find::Found) -> Found {
    Found {
        href: format!("/books/postings/{}", found.no.0),
        number: words::numbered(visit.t, found.no),
        kind: words::kind(visit.t, &found.kind),
        at: visit.moment(found.at),
        amount: Won(found.amount),
    }
}

fn class(t: Tongue, total: &Total) -> ClassTotal {
    let (held, owed) = float_sides();
    let key = words::class_key(total.class);
    let amount = match total.class.unit() {
        _ if total.total == 0 => String::new(),
        Unit::Won => t.won(total.total),
        unit => words::amount(t, unit, total.total),
    };
    let (debit, credit) = match total.class.side() {
        Side::Debit => (amount, String::new()),
        Side::Credit => (String::new(), amount),
    };
    ClassTotal {
        name: t.say(&key).to_string(),
        meaning: t.say(format!("{key}.what")).to_string(),
        accounts: total.accounts,
        debit,
        credit,
        side: if held.contains(&total.class) {
            "held"
        } else if owed.contains(&total.class) {
            "owed"
        } else {
            ""
        },
    }
}

#[derive(Deserialize)]
struct Verifying {
    csrf: String,
}

async fn verify(visit: Visit, Form(form): Form<Verifying>) -> Response {
    if visit.role != Some(Role::Auditor) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/books");
    }
    check::start(&visit.app);
    visit.go("/books")
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
