//! Passkeys: signing in with one, making one, removing one. Staff who come with the token they were given make their
//! first one before they are in: a token alone opens no role that asks for a second factor.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base::{AccountId, Refusal};
use city::{Command, NewPasskey};
use people::{How, Passkey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::door;
use super::hats::{come_in, let_in};
use super::switches::here_only;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::gate;
use crate::look::{Field, FirstPasskeyPage, HouseIn, PasskeyHeld, PasskeysPage, in_query};
use crate::problem::Rejected;
use crate::ways::First;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/sign-in/passkey/challenge", post(ask))
        .route("/sign-in/passkey", post(sign_in))
        .route("/account/passkeys", get(mine).post(add))
        .route("/account/passkeys/challenge", post(make))
        .route("/account/passkeys/remove", post(remove))
}

/// An answer to the page's script: it only needs to know that there is none.
fn unasked(status: StatusCode) -> Response {
    status.into_response()
}

fn told(state: &str, told: &Value) -> Response {
    Json(json!({ "state": state, "told": told })).into_response()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asking {
    csrf: String,
    #[serde(default)]
    ticket: String,
}

async fn ask(visit: Visit, Form(form): Form<Asking>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return unasked(StatusCode::FORBIDDEN);
    }
    let ways = &visit.app.ways;
    let Some((challenge, state)) = ways.passkeys.ask() else { return unasked(StatusCode::NOT_FOUND) };
    let key = visit.app.request_key();
    ways.passkeys.asking.put(key.clone(), visit.place(), visit.app.now(), state);
    told(&key, &challenge)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SigningIn {
    state: String,
    credential: String,
    next: String,
    csrf: String,
}

/// Whatever is wrong, the answer is the same: nobody learns which passkeys there are.
async fn sign_in(visit: Visit, Form(form): Form<SigningIn>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/sign-in");
    }
    let once = match gate::try_passkey(&visit.app, visit.known.address) {
        Ok(once) => once,
        Err(rejected) => return visit.refuse(rejected, "/sign-in"),
    };
    let passkeys = &visit.app.ways.passkeys;
    // A challenge that is over guesses at nothing: it doesn't count as a try.
    let Some(state) = passkeys.asking.take(&form.state, &visit.mark, visit.app.now()) else {
        once.give_back(&visit.app);
        return wrong(visit, &form.next);
    };
    let known = |hash: &[u8; 32]| visit.app.city.shared.read().town.doors.passkey(hash).cloned();
    let Some(signed) = passkeys.signed(state, &form.credential, known) else {
        return wrong(visit, &form.next);
    };
    let (passkey, counter, credential) = (signed.hash, signed.counter, signed.credential);
    match auth::at_the_door(&visit.app, Command::UsePasskey { passkey, counter, credential }).await {
        Ok(()) => {
            once.give_back(&visit.app);
            let strong = known(&passkey).is_some_and(|one| one.strong);
            let how = if strong { How::Passkey } else { How::WeakPasskey };
            let_in(visit, signed.account, how, &form.next).await
        }
        Err(rejected) if rejected.status.is_server_error() => {
            once.give_back(&visit.app);
            visit.refuse(rejected, "/sign-in")
        }
        Err(_) => wrong(visit, &form.next),
    }
}

fn wrong(visit: Visit, next: &str) -> Response {
    let said = visit.t.say("passkey-wrong").to_string();
    door::sign_in_page(visit, StatusCode::UNAUTHORIZED, next, |page| page.ways.passkey_wrong = Some(said))
}

/// Staff with a token: they make their first passkey, or come in by one they have.
pub(super) fn instead_of_token(visit: Visit, first: First, next: &str) -> Response {
    let ways = &visit.app.ways;
    if !ways.passkeys.are_here() && ways.asking_twice().next().is_none() {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "passkey.nowhere"), "/sign-in");
    }
    if visit.app.city.shared.read().town.doors.passkeys_of(first.account).any(|one| one.strong) {
        let said = visit.t.say("sign-in-token-staff").to_string();
        return door::sign_in_page(visit, StatusCode::FORBIDDEN, next, |page| page.token.error = Some(said));
    }
    first_page(visit, first, Field::default(), next)
}

fn first_page(visit: Visit, first: First, called: Field, next: &str) -> Response {
    let ticket = visit.app.request_key();
    visit.app.ways.first.put(ticket.clone(), visit.place(), visit.app.now(), first);
    let status = if called.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let next = here_only(next);
    let ways = &visit.app.ways;
    let here = ways.passkeys.are_here();
    let houses = ways.asking_twice().map(|house| HouseIn {
        id: house.config.id.clone(),
        name: house.config.name.clone(),
        next: in_query(&next),
    });
    let houses = houses.collect();
    let page = FirstPasskeyPage { t: visit.t, page: visit.page(), called, ticket, next, here, houses };
    visit.show_as(status, &page)
}

async fn mine(visit: Visit) -> Response {
    match visit.session() {
        Some((account, _)) => list(visit, account, StatusCode::OK, Field::default(), None),
        None => visit.at_the_door(),
    }
}

fn list(
    visit: Visit,
    account: AccountId,
    status: StatusCode,
    called: Field,
    rejected: Option<&Rejected>,
) -> Response {
    let held = held(&visit, account);
    let mut page = visit.page();
    page.alert = rejected.map(|rejected| visit.alert(rejected));
    let here = visit.app.ways.passkeys.are_here();
    let page = PasskeysPage { t: visit.t, page, held, called, here };
    visit.show_as(status, &page)
}

fn held(visit: &Visit, account: AccountId) -> Vec<PasskeyHeld> {
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let mut mine: Vec<&Passkey> = town.doors.passkeys_of(account).collect();
    mine.sort_by_key(|one| (one.since, one.hash));
    let shown = |one: &Passkey| PasskeyHeld {
        number: format!("{:016x}", one.number()),
        name: one.called(&town.vault).unwrap_or_default(),
        since: town.zone.civil(one.since),
        used: one.used.map(|used| town.zone.civil(used)),
    };
    mine.into_iter().map(shown).collect()
}

/// Whose passkey is to be made, and how they showed who they are: by being signed in, or by a first token.
fn maker(visit: &Visit, ticket: &str) -> Option<(AccountId, How)> {
    if ticket.is_empty() {
        return Some((visit.session()?.0, visit.shown_by()?));
    }
    let first = visit.app.ways.first.look(ticket, &visit.mark, visit.app.now())?;
    Some((first.account, How::Token))
}

async fn make(visit: Visit, Form(form): Form<Asking>) -> Response {
    if !visit.form_holds(&form.csrf) {
        return unasked(StatusCode::FORBIDDEN);
    }
    let Some((account, how)) = maker(&visit, &form.ticket) else {
        return unasked(StatusCode::UNAUTHORIZED);
    };
    let page = visit.page();
    let made = {
        let view = visit.app.city.shared.read();
        let held: Vec<&Passkey> = view.town.doors.passkeys_of(account).collect();
        // What the device shows beside the city's name: it says nothing of a person.
        visit.app.ways.passkeys.make(account, how, &page.card, &held)
    };
    let Some((challenge, making)) = made else { return unasked(StatusCode::NOT_FOUND) };
    let key = visit.app.request_key();
    visit.app.ways.passkeys.making.put(key.clone(), visit.place(), visit.app.now(), making);
    told(&key, &challenge)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Adding {
    name: String,
    state: String,
    credential: String,
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    next: String,
    csrf: String,
}

async fn add(visit: Visit, Form(form): Form<Adding>) -> Response {
    let back = if form.ticket.is_empty() { "/account/passkeys" } else { "/sign-in" };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), back);
    }
    let Some((account, how)) = maker(&visit, &form.ticket) else {
        if form.ticket.is_empty() {
            return visit.at_the_door();
        }
        return visit.refuse(Rejected::new(StatusCode::UNAUTHORIZED, "sign-in.old"), back);
    };
    let first = visit.app.ways.first.take(&form.ticket, &visit.mark, visit.app.now());
    match added(&visit, account, how, &form).await {
        Ok(()) => match first {
            Some(first) => come_in(visit, first.grant, How::Passkey, &form.next).await,
            None => visit.go("/account/passkeys"),
        },
        Err(rejected) if rejected.refusal.code == "passkey.name" => {
            let said = crate::look::texts().refusal(visit.t.lang, visit.t.today, &rejected.refusal).why;
            let called = Field::wrong(form.name, said);
            match first {
                Some(first) => first_page(visit, first, called, &form.next),
                None => list(visit, account, rejected.status, called, None),
            }
        }
        Err(rejected) if first.is_none() => {
            list(visit, account, rejected.status, Field::of(form.name), Some(&rejected))
        }
        Err(rejected) => visit.refuse(rejected, back),
    }
}

async fn added(visit: &Visit, account: AccountId, how: How, form: &Adding) -> Result<(), Rejected> {
    let passkeys = &visit.app.ways.passkeys;
    let unmade = || Rejected::from(Refusal::new("passkey.unmade"));
    let making = passkeys.making.take(&form.state, &visit.mark, visit.app.now());
    // The challenge was for this account, shown the same way: who has changed hats meanwhile begins again.
    let making = making.filter(|one| one.account == account && one.how == how).ok_or_else(unmade)?;
    let made = passkeys.made(&making, &form.credential).ok_or_else(unmade)?;
    let passkey =
        NewPasskey { account, hash: made.hash, name: form.name.clone(), credential: made.credential, how };
    auth::at_the_door(&visit.app, Command::AddPasskey(passkey)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Removing {
    number: String,
    csrf: String,
}

async fn remove(visit: Visit, Form(form): Form<Removing>) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/account/passkeys");
    }
    let Some((account, _)) = visit.session() else { return visit.at_the_door() };
    let removed = match u64::from_str_radix(&form.number, 16) {
        Ok(number) => {
            let key = visit.app.request_key();
            visit.ask(&key, Command::RemovePasskey { account, number }).await
        }
        Err(_) => Err(Refusal::new("passkey.unknown").into()),
    };
    match removed {
        Ok(_) => visit.go("/account/passkeys"),
        Err(rejected) => list(visit, account, rejected.status, Field::default(), Some(&rejected)),
    }
}
