//! Someone has shown who they are: under which of their roles do they come in? With one role nobody is asked.

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use base::{AccountId, GrantId};
use people::How;
use serde::Deserialize;

use super::door::onward;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::look::{Hat, WhichRolePage};
use crate::pages::switches::here_only;
use crate::problem::Rejected;
use crate::ways::Shown;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/sign-in/role", post(choose))
}

/// Lets an account in: at once under its one role, else after asking which.
pub(super) async fn let_in(visit: Visit, account: AccountId, how: How, next: &str) -> Response {
    let hats = hats(&visit, account);
    match hats.as_slice() {
        [] => visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "role.none"), "/sign-in"),
        [(grant, _)] => come_in(visit, *grant, how, next).await,
        _ => {
            let ticket = visit.app.request_key();
            visit.app.ways.shown.put(ticket.clone(), visit.place(), visit.app.now(), Shown { account, how });
            let hats = hats.into_iter().map(|(_, hat)| hat).collect();
            let page = WhichRolePage { t: visit.t, page: visit.page(), ticket, hats, next: here_only(next) };
            visit.show(&page)
        }
    }
}

/// The roles an account may come in under now.
pub(super) fn hats(visit: &Visit, account: AccountId) -> Vec<(GrantId, Hat)> {
    let now = visit.app.now();
    let view = visit.app.city.shared.read();
    let (town, lang) = (&view.town, visit.t.lang);
    let held = town.doors.roles_of(account, town.zone.day_number(now), &town.pack);
    let hat = |grant: &people::Grant| {
        let rule = town.pack.roles.iter().find(|role| role.id == grant.role)?;
        let shop = grant.subject.as_deref().and_then(|id| id.parse().ok());
        let shop = shop.and_then(|id| town.directory.shop(id)).map(|(_, shop)| shop.name.clone());
        let district = grant.district.as_deref().and_then(|code| town.pack.city.district(code));
        let district = district.map(|one| one.name.in_lang(lang).to_owned());
        let of = shop.or(district).unwrap_or_default();
        Some(Hat { grant: grant.id.to_string(), role: rule.name.in_lang(lang).to_owned(), of })
    };
    held.into_iter().filter_map(|(grant, _)| Some((grant.id, hat(grant)?))).collect()
}

/// Comes in under a role, and goes on to what was looked for.
pub(super) async fn come_in(mut visit: Visit, grant: GrantId, how: How, next: &str) -> Response {
    match auth::sign_in(&visit.app, grant, how).await {
        Ok(cookie) => {
            let role = {
                let view = visit.app.city.shared.read();
                let known = view.town.doors.grant(grant);
                known.and_then(|grant| city::doors::actor(grant, &view.town.pack)).map(|actor| actor.role)
            };
            visit.set_cookie(cookie);
            let to = role.map_or("/".to_owned(), |role| onward(role, next));
            visit.go(&to)
        }
        Err(rejected) => visit.refuse(rejected, "/sign-in"),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choosing {
    ticket: String,
    grant: String,
    next: String,
    csrf: String,
}

async fn choose(visit: Visit, Form(form): Form<Choosing>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/sign-in");
    }
    let Some(shown) = visit.app.ways.shown.take(&form.ticket, &visit.mark, visit.app.now()) else {
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), "/sign-in");
    };
    // Only a role of that account.
    let mine = hats(&visit, shown.account).into_iter().find(|(_, hat)| hat.grant == form.grant);
    match mine {
        Some((grant, _)) => come_in(visit, grant, shown.how, &form.next).await,
        None => visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "role.unknown"), "/sign-in"),
    }
}
