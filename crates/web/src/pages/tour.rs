//! The guided first five minutes: one step a screen, done by the visitor on the real pages.
//!
//! The step stands in a cookie, with the journal's position when the tour began; who the visitor is changes with the
//! step. Whether a step is done is read from the city, not believed.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Form;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use base::{Actor, EntryNo, MerchantId, PersonId, PostingNo, Role, Won};
use city::Command;
use economy::holder::{CardKind, CardState, show_card_number};
use economy::{Card, Facts};
use ledger::AccountNo;
use people::How;
use serde::Deserialize;
use store::Snapshot;

use super::door::end;
use super::wallet::wallet_now;
use crate::app::{App, Mode};
use crate::auth::{self, SharedApp};
use crate::cookie;
use crate::frame::Visit;
use crate::look::{TourShort, TourStep};
use crate::problem::Rejected;

const COOKIE: &str = "tour";
/// Where each step happens, and as whom.
const STEPS: [(&str, &str); 5] = [
    ("merchant", "/shop"),
    ("merchant", "/shop"),
    ("citizen", "/wallet"),
    ("officer", "/desk"),
    ("auditor", "/books"),
];
/// What the citizen pays.
const AMOUNT: i64 = 12_000;
/// What the citizen puts on when that is more than they have.
const TOP_UP: i64 = 50_000;
/// The rate the officer tries, in percent.
const RATE: &str = "8";
/// As many of the citizen's entries are looked through for the payment.
const FAR: u32 = 40;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/tour", post(go))
}

/// Where a visitor stands on the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// 1 to 5.
    number: u8,
    /// The journal's last posting when the tour began.
    since: u64,
    /// The payment of step 1, once it is made.
    payment: Option<PostingNo>,
    /// The citizen's newest payment anywhere: to look for where step 1 was skipped.
    newest: Option<PostingNo>,
    /// The page shows a rehearsal that has ended.
    rehearsed: bool,
}

/// Where the visitor stands, if they are on the tour at all.
pub(crate) async fn standing(app: &SharedApp, headers: &HeaderMap) -> Option<Standing> {
    if !matches!(app.mode, Mode::Demo(_)) {
        return None;
    }
    let mut parts = cookie::read(headers, COOKIE)?.split('.');
    let number = parts.next()?.parse().ok().filter(|n| (1..=TourStep::ALL).contains(n))?;
    let since = parts.next()?.parse().ok()?;
    let on_tour = Standing { number, since, payment: None, newest: None, rehearsed: false };
    let (Some(Role::Citizen(citizen)), Some(Role::Merchant(shop))) =
        (persona(app, "citizen"), persona(app, "merchant"))
    else {
        return Some(on_tour);
    };
    let purses = purses(app, citizen);
    match app.read(move |snapshot| payments(snapshot, &purses, shop, since)).await {
        Ok((payment, newest)) => Some(Standing { payment, newest, ..on_tour }),
        Err(error) => {
            tracing::warn!(%error, "the tour's payment can't be looked for");
            Some(on_tour)
        }
    }
}

fn persona(app: &App, key: &str) -> Option<Role> {
    match &app.mode {
        Mode::Demo(demo) => demo.personas.iter().find(|p| p.key == key).map(|p| p.role),
        Mode::Real => None,
    }
}

/// A person's purses with their last entries.
fn purses(app: &App, person: PersonId) -> Vec<(AccountNo, EntryNo)> {
    let view = app.city.shared.read();
    let Some(holder) = view.town.directory.holder(person) else { return Vec::new() };
    holder.purses().map(|(_, _, account)| (account, view.books.state(account).last)).collect()
}

/// The first payment at the shop since the tour began, and the newest anywhere, out of these purses.
fn payments(
    snapshot: &mut Snapshot<'_>,
    purses: &[(AccountNo, EntryNo)],
    shop: MerchantId,
    since: u64,
) -> Result<(Option<PostingNo>, Option<PostingNo>), store::Error> {
    let mut moved: BTreeSet<PostingNo> = BTreeSet::new();
    for (account, last) in purses {
        moved.extend(snapshot.statement(*account, *last, FAR)?.iter().map(|entry| entry.posting));
    }
    let (mut first, mut newest) = (None, None);
    for no in moved.into_iter().rev() {
        if no.0 <= since && newest.is_some() {
            break;
        }
        let Some(row) = snapshot.posting_alone(no)? else { continue };
        let Some(merchant) = Facts::read(&row.facts).ok().and_then(|f| f.payment().map(|p| p.merchant))
        else {
            continue;
        };
        newest = newest.or(Some(no));
        if no.0 > since && merchant == shop {
            first = Some(no);
        }
    }
    Ok((first, newest))
}

/// The visitor's step, on the pages where it happens.
pub(crate) fn step(visit: &Visit) -> Option<TourStep> {
    let standing = visit.tour?;
    let (key, place) = STEPS.get(usize::from(standing.number) - 1)?;
    let here =
        visit.path.starts_with(place) && visit.role.is_some() && visit.role == persona(&visit.app, key);
    here.then(|| {
        let done = done(&standing, &visit.path);
        let short = (standing.number == 1 && !done).then(|| short(visit)).flatten();
        TourStep { number: standing.number, done, short }
    })
}

/// Whether the citizen has too little for the tour's payment: earlier visitors have spent it.
fn short(visit: &Visit) -> Option<TourShort> {
    let Some(Role::Citizen(citizen)) = persona(&visit.app, "citizen") else { return None };
    let left = wallet_now(&visit.app, citizen)?.total;
    (left < AMOUNT).then(|| TourShort {
        left: Won(left),
        top_up: Won(TOP_UP),
        request_key: visit.app.request_key(),
    })
}

/// The page that is about to be shown is that of a rehearsal that has ended.
pub(crate) fn rehearsed(visit: &mut Visit) {
    if let Some(standing) = &mut visit.tour {
        standing.rehearsed = true;
    }
}

/// A step is done when what it asks for has really happened: the payment stands in the journal; its receipt, a
/// rehearsal (not the bar of one that still runs, nor what went wrong with it), its record are on the screen.
fn done(standing: &Standing, path: &str) -> bool {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let shows = |no: PostingNo| {
        let (id, number) = (no.to_string(), no.0.to_string());
        place.rsplit('/').next().is_some_and(|last| last == id || last == number)
            || query.split('&').any(|pair| pair.strip_prefix("find=").is_some_and(|f| f == id || f == number))
    };
    match standing.number {
        1 | 2 => standing.payment.is_some(),
        3 => {
            (place.starts_with("/wallet/receipts/") || place.starts_with("/wallet/paid/"))
                && standing.payment.is_none_or(shows)
        }
        4 => standing.rehearsed,
        5 => standing.payment.or(standing.newest).is_some_and(shows),
        _ => false,
    }
}

fn is_at(visit: &Visit, number: u8) -> Option<&Standing> {
    visit.tour.as_ref().filter(|standing| standing.number == number)
}

/// Step 1: the amount and the citizen's plastic card, to charge with one tap.
pub(crate) fn prefill_charge(visit: &Visit) -> Option<(String, String)> {
    is_at(visit, 1).filter(|standing| standing.payment.is_none())?;
    let Some(Role::Citizen(citizen)) = persona(&visit.app, "citizen") else { return None };
    let view = visit.app.city.shared.read();
    let pays = |card: &&Card| {
        card.person == citizen && card.kind == CardKind::Plastic && card.state == CardState::Active
    };
    let card = view.town.directory.cards().iter().find(pays)?;
    Some((Won(AMOUNT).to_string(), show_card_number(card.number)))
}

/// Step 4: the rate to try, in percent.
pub(crate) fn prefill_rate(visit: &Visit) -> Option<String> {
    is_at(visit, 4).map(|_| RATE.to_owned())
}

/// Step 5: the payment to find, as an id. Where step 1 was skipped, the citizen's newest.
pub(crate) fn prefill_find(visit: &Visit) -> Option<String> {
    let standing = is_at(visit, 5)?;
    standing.payment.or(standing.newest).map(|no| no.to_string())
}

#[derive(Deserialize)]
struct Wish {
    action: String,
    csrf: String,
    #[serde(default)]
    request_key: String,
}

/// The citizen of step 1 puts money on, as they would in their wallet.
async fn top_up(visit: Visit, key: &str) -> Response {
    let Some(role @ Role::Citizen(person)) = persona(&visit.app, "citizen") else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    let actor = Actor::new(role, App::client_of(role));
    match visit.ask_as(actor, key, Command::TopUp { person, amount: TOP_UP }).await {
        Ok(_) => visit.go(STEPS[0].1),
        Err(rejected) => visit.refuse(rejected, STEPS[0].1),
    }
}

/// The key of whom the visitor is.
fn persona_of(visit: &Visit) -> Option<String> {
    let Mode::Demo(demo) = &visit.app.mode else { return None };
    let mut personas = demo.personas.iter();
    personas.find(|persona| Some(persona.role) == visit.role).map(|persona| persona.key.clone())
}

/// The key of whom they were when the tour began.
fn before(visit: &Visit) -> Option<String> {
    let key = visit.cookie(COOKIE)?.split('.').nth(2)?.to_owned();
    (!key.is_empty()).then_some(key)
}

/// Off the tour they are whom they were: somebody, or a stranger at the town's page.
async fn back(mut visit: Visit, before: Option<String>) -> Response {
    // Nobody is signed out by ending a tour that they are not on.
    if visit.tour.is_some() {
        let was = match before.and_then(|key| visit.app.persona_grant(&key)) {
            Some(grant) => auth::sign_in(&visit.app, grant, How::Persona).await,
            None => end(&mut visit).await.map(|()| None),
        };
        match was {
            Ok(session) => visit.set_cookie(session),
            Err(rejected) => return visit.refuse(rejected, "/"),
        }
    }
    visit.go("/")
}

async fn go(mut visit: Visit, Form(wish): Form<Wish>) -> Response {
    if !visit.form_holds(&wish.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/");
    }
    if wish.action == "top-up" && is_at(&visit, 1).is_some() {
        return top_up(visit, &wish.request_key).await;
    }
    let secure = visit.app.public_url.starts_with("https://");
    let now = visit.tour.map_or(0, |standing| standing.number);
    let next = match wish.action.as_str() {
        "start" => 1,
        "next" if now < TourStep::ALL => now + 1,
        "back" if now > 1 => now - 1,
        _ => 0,
    };
    let since = match next {
        1 => visit.app.city.shared.read().books.last_posting().0,
        _ => visit.tour.map_or(0, |standing| standing.since),
    };
    let before = match next {
        1 => persona_of(&visit),
        _ => before(&visit),
    };
    let Some((key, place)) = usize::from(next).checked_sub(1).and_then(|index| STEPS.get(index)) else {
        visit.set_cookie(cookie::write(COOKIE, "", 0, secure));
        return back(visit, before).await;
    };
    let Some(grant) = visit.app.persona_grant(key) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    match auth::sign_in(&visit.app, grant, How::Persona).await {
        Ok(session) => visit.set_cookie(session),
        Err(rejected) => return visit.refuse(rejected, "/"),
    }
    visit.set_cookie(cookie::write(
        COOKIE,
        &format!("{next}.{since}.{}", before.unwrap_or_default()),
        1,
        secure,
    ));
    let payment = visit.tour.and_then(|standing| standing.payment);
    match (next, payment) {
        // The shop hears it again, and sees it among tomorrow's money.
        (2, Some(payment)) => visit.go(&format!("{place}?done={payment}")),
        _ => visit.go(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_done_by_what_happened() {
        let paid = PostingNo(7);
        let at = |number, payment| Standing {
            number,
            since: 3,
            payment,
            newest: Some(PostingNo(2)),
            rehearsed: false,
        };
        let rehearsed = Standing { rehearsed: true, ..at(4, None) };
        for (standing, path, is_done) in [
            (at(1, None), "/shop?done=pst_0000000000007", false),
            (at(1, Some(paid)), "/shop", true),
            (at(2, None), "/shop", false),
            (at(3, Some(paid)), "/wallet", false),
            (at(3, Some(paid)), "/wallet/receipts/pst_0000000000007", true),
            (at(3, Some(paid)), "/wallet/receipts/pst_0000000000006", false),
            (at(4, None), "/desk", false),
            (at(4, None), "/desk/rehearsals", false),
            (at(4, None), "/desk/rehearsals?rate=8&limit=300000", false),
            (rehearsed, "/desk/rehearsals?rate=8&limit=300000", true),
            (at(5, Some(paid)), "/books?find=12000", false),
            (at(5, Some(paid)), "/books?find=pst_0000000000007", true),
            (at(5, Some(paid)), "/books/postings/7", true),
            (at(5, None), "/books?find=pst_0000000000002", true),
        ] {
            assert_eq!(done(&standing, path), is_done, "{standing:?} {path}");
        }
    }
}
