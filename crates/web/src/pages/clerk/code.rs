//! `POST /clerk/people/{id}/code`: a code for one sign-in, shown this once.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::Refusal;
use city::Command;
use serde::Deserialize;

use super::{head, sees};
use crate::auth;
use crate::frame::Visit;
use crate::look::ClerkCodePage;

/// How long a code can be used.
const SECONDS: i64 = 600;

#[derive(Deserialize)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
}

/// The page is the answer to the post, so that it can't be looked at again: asked for once more under the same key, it
/// is another wish.
pub(super) async fn give(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let person = match head::named(&visit, &form.csrf, &id) {
        Ok(person) => person,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    if !sees(&visit, person) {
        return visit.refuse(Refusal::new("person.unknown"), "/clerk");
    }
    let back = format!("/clerk?find={person}");
    let app = &visit.app;
    let digits = format!("{:08}", even(|| app.random()));
    let until = app.now().plus_seconds(SECONDS);
    let hash = auth::code_hash(app, person, &digits);
    if let Err(rejected) = visit.ask(&form.request_key, Command::IssueCode { person, hash, until }).await {
        return visit.refuse(rejected, &back);
    }
    let naming = match visit
        .app
        .register(visit.looks("window.person", "service"), move |register| register.naming(person))
        .await
    {
        Ok(naming) => naming,
        Err(error) => return visit.refuse(error, &back),
    };
    let url = &visit.app.public_url;
    let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
    let page = ClerkCodePage {
        t: visit.t,
        page: visit.page(),
        name: naming.map(|naming| naming.name).unwrap_or_default(),
        digits: format!("{} {}", &digits[..4], &digits[4..]),
        until: visit.t.clock(&visit.moment(until)),
        address: format!("{host}/sign-in"),
        back,
    };
    visit.show(&page)
}

/// One of 10⁸ numbers, each as likely as the other.
fn even(mut random: impl FnMut() -> u64) -> u64 {
    const ALL: u64 = 100_000_000;
    loop {
        let drawn = random();
        if drawn < u64::MAX / ALL * ALL {
            return drawn % ALL;
        }
    }
}
