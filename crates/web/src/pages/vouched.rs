//! Through another house and back: signing in by its word, and linking its word to one's account. Whoever it vouches for
//! and nobody here knows is told calmly what to do, and nothing else.

use axum::Router;
use axum::extract::{Form, Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use city::Command;
use people::{How, vouched};
use serde::Deserialize;

use super::hats::{come_in, hats, let_in};
use super::switches::here_only;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::look::{HouseShown, LinksPage, OnTheWayPage, in_query};
use crate::problem::Rejected;
use crate::vouched::{Identity, Journey, Unvouched};

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/sign-in/with/{house}", get(go))
        .route("/sign-in/first/{house}", get(first))
        .route("/sign-in/back", get(back))
        .route("/account/links", get(mine))
        .route("/account/links/{house}", get(link))
        .route("/account/links/remove", post(remove))
}

#[derive(Deserialize)]
struct Going {
    #[serde(default)]
    next: String,
}

async fn go(visit: Visit, Path(house): Path<String>, Query(query): Query<Going>) -> Response {
    let journey = journey(&visit, house, here_only(&query.next));
    set_out(visit, journey).await
}

fn journey(visit: &Visit, house: String, next: String) -> Journey {
    let app = &visit.app;
    let verifier = format!("{}{}", app.request_key(), app.request_key());
    Journey { house, nonce: app.request_key(), verifier, next, link: None, first: None }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct First {
    ticket: String,
    next: String,
}

/// Staff with their first token, who link a house that asks for a second factor instead of making a passkey.
async fn first(visit: Visit, Path(house): Path<String>, Query(query): Query<First>) -> Response {
    let ways = &visit.app.ways;
    if ways.first.look(&query.ticket, &visit.mark, visit.app.now()).is_none() {
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), "/sign-in");
    }
    let journey = journey(&visit, house, here_only(&query.next));
    set_out(visit, Journey { first: Some(query.ticket), ..journey }).await
}

/// They are in: on to another house, to be linked with it on the way back. The new session's form token goes along, as from a page.
pub(super) fn on_the_way(visit: Visit, house: &str, name: String, csrf: &str) -> Response {
    let to = format!("/account/links/{house}?csrf={}", in_query(csrf));
    let refresh = HeaderValue::from_str(&format!("0; url={to}"));
    let page = OnTheWayPage { t: visit.t, page: visit.page(), name, to };
    let mut answer = visit.show(&page);
    if let Ok(refresh) = refresh {
        answer.headers_mut().insert(header::REFRESH, refresh);
    }
    answer
}

async fn set_out(visit: Visit, journey: Journey) -> Response {
    let app = visit.app.clone();
    let Some(house) = app.ways.house(&journey.house) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/sign-in");
    };
    let state = app.request_key();
    match house.away(app.now(), &state, &journey).await {
        Ok(to) => {
            app.ways.journeys.put(state, visit.place(), app.now(), journey);
            visit.go(&to)
        }
        Err(why) => unvouched(visit, &house.config.id, &why),
    }
}

fn unvouched(visit: Visit, house: &str, why: &Unvouched) -> Response {
    match why {
        Unvouched::Away(why) => {
            tracing::warn!(house, why, "a house that vouches is away");
            visit.refuse(Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "vouch.away"), "/sign-in")
        }
        Unvouched::Wrong(why) => {
            tracing::warn!(house, why, "a house's word is not good");
            visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "vouch.wrong"), "/sign-in")
        }
    }
}

/// What the house sends back. What else it sends is not read.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
}

async fn back(visit: Visit, Query(query): Query<Back>) -> Response {
    let app = visit.app.clone();
    let Some(journey) = app.ways.journeys.take(&query.state, &visit.mark, app.now()) else {
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), "/sign-in");
    };
    let Some(house) = app.ways.house(&journey.house) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/sign-in");
    };
    if query.code.is_empty() {
        // They changed their mind there, or were refused.
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "vouch.wrong"), "/sign-in");
    }
    match house.back(app.now(), &query.code, &journey).await {
        Ok(identity) => arrived(visit, &journey, &identity).await,
        Err(why) => unvouched(visit, &house.config.id, &why),
    }
}

async fn arrived(visit: Visit, journey: &Journey, identity: &Identity) -> Response {
    let said = vouched::said(&identity.issuer, &identity.subject);
    let indexes = match vouched::indexes(&visit.app.city.vault(), &said) {
        Ok(indexes) => indexes,
        Err(error) => {
            tracing::error!(%error, "a login can't be looked up");
            return visit.refuse(Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "vouch.away"), "/sign-in");
        }
    };
    if let Some(ticket) = &journey.first {
        return first_linked(visit, ticket, journey, (said, identity.how)).await;
    }
    let Some((account, how)) = journey.link else {
        let known = {
            let view = visit.app.city.shared.read();
            indexes.iter().find_map(|index| view.town.doors.vouched(index)).cloned()
        };
        let Some(known) = known.filter(|known| !hats(&visit, known.account).is_empty()) else {
            // Whom the city once knew and who has no role is like who was never known.
            return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "vouch.nobody"), "/sign-in");
        };
        if !known.is_kept || known.index != indexes[0] {
            // They come in all the same: it is kept the next time then.
            if let Err(rejected) = auth::at_the_door(&visit.app, Command::KeepSaid { said }).await {
                tracing::warn!(code = rejected.refusal.code, "what a house calls somebody is not kept yet");
            }
        }
        return let_in(visit, known.account, known.worth(identity.how), &journey.next).await;
    };
    // Still the same person at this browser.
    if visit.session().map(|(now, _)| now) != Some(account) {
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), "/sign-in");
    }
    let house = journey.house.clone();
    match auth::at_the_door(&visit.app, Command::LinkVouched { account, said, house, how }).await {
        Ok(()) => visit.go("/account/links"),
        Err(rejected) => visit.refuse(rejected, "/account/links"),
    }
}

/// A first token and the house's word, of two factors, are what a first token and a passkey are: the account is linked, and
/// they come in.
async fn first_linked(visit: Visit, ticket: &str, journey: &Journey, (said, how): (String, How)) -> Response {
    if !how.is_strong() {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "vouch.once"), "/sign-in");
    }
    let Some(first) = visit.app.ways.first.take(ticket, &visit.mark, visit.app.now()) else {
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), "/sign-in");
    };
    let house = journey.house.clone();
    let link = Command::LinkVouched { account: first.account, said, house, how };
    match auth::at_the_door(&visit.app, link).await {
        Ok(()) => come_in(visit, first.grant, how, &journey.next).await,
        Err(rejected) => visit.refuse(rejected, "/sign-in"),
    }
}

async fn mine(visit: Visit) -> Response {
    let Some((account, _)) = visit.session() else { return visit.at_the_door() };
    let houses = {
        let view = visit.app.city.shared.read();
        let linked = |id: &str| view.town.doors.vouched_of(account).any(|one| one.house == id);
        let shown = visit.app.ways.houses.iter().map(|house| HouseShown {
            id: house.config.id.clone(),
            name: house.config.name.clone(),
            linked: linked(&house.config.id),
        });
        shown.collect()
    };
    let page = LinksPage { t: visit.t, page: visit.page(), houses };
    visit.show(&page)
}

/// A link, not a form: browsers don't let a form lead to another house. The page's form token stands in it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Linking {
    #[serde(default)]
    csrf: String,
}

async fn link(visit: Visit, Path(house): Path<String>, Query(query): Query<Linking>) -> Response {
    let (Some((account, _)), Some(how)) = (visit.session(), visit.shown_by()) else {
        return visit.at_the_door();
    };
    if !visit.form_holds(&query.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/account/links");
    }
    let journey = Journey { link: Some((account, how)), ..journey(&visit, house, "/".to_owned()) };
    set_out(visit, journey).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Removing {
    house: String,
    csrf: String,
}

async fn remove(visit: Visit, Form(form): Form<Removing>) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/account/links");
    }
    let Some((account, _)) = visit.session() else { return visit.at_the_door() };
    let key = visit.app.request_key();
    match visit.ask(&key, Command::UnlinkVouched { account, house: form.house }).await {
        Ok(_) => visit.go("/account/links"),
        Err(rejected) => visit.refuse(rejected, "/account/links"),
    }
}
