//! `POST /me/helped`: a helper looks at what somebody has. First the person is told, then it is shown.

use axum::extract::Form;
use axum::response::Response;
use base::{PersonId, Refusal, Won};
use city::read::history::{Line, Lines, lines};
use city::{Command, OnPeople, Reply};

use super::Subject;
use super::forms::{Post, refused};
use super::show::{Sent, show};
use crate::frame::Visit;
use crate::look::{SeenEntry, SeenWallet};
use crate::pages::wallet::history::{Names, title};
use crate::pages::wallet::{expired, wallet_now};

/// As many of the latest as are shown.
const LATEST: usize = 10;
/// A look sent again later is another look, and the person is told of it: microseconds.
const ONE_LOOK: i64 = 10 * 60 * 1_000_000;

pub(super) async fn look(visit: Visit, Form(post): Form<Post>) -> Response {
    let Some(subject) = Subject::own(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&post.csrf) {
        return visit.refuse(expired(), "/me");
    }
    let Ok(person) = post.person.parse::<PersonId>() else {
        return visit.refuse(Refusal::new("person.unknown"), "/me");
    };
    match visit.ask(&post.request_key, Command::OnPeople(OnPeople::See { person })).await {
        Ok(Reply::Done { at, .. }) if visit.app.now().0 - at.0 <= ONE_LOOK => {}
        Ok(_) => return visit.go("/me"),
        Err(rejected) => return refused(visit, subject, None, post, rejected).await,
    }
    // The answer to a key stays; whether it still allows is asked again.
    let today = visit.t.today;
    let may = {
        let view = visit.app.city.shared.read();
        let help = view.town.directory.helpers.between(person, subject.person, today);
        help.is_some_and(|(_, help)| help.is_alive(today) && help.delegation.grants.see)
    };
    let (true, Some(wallet)) = (may, wallet_now(&visit.app, person)) else { return visit.go("/me") };
    let (balance, chains) = (Won(wallet.total), wallet.chains);
    let latest = match visit.app.read(move |snapshot| lines(snapshot, &chains, None, LATEST)).await {
        Ok(latest) => latest,
        Err(error) => return visit.refuse(error, "/me"),
    };
    let seen = SeenWallet { balance, latest: entries(&visit, person, &latest) };
    show(visit, subject, Sent { seen: Some((person, seen)), ..Sent::default() }).await
}

fn entries(visit: &Visit, person: PersonId, latest: &Lines) -> Vec<SeenEntry> {
    let view = visit.app.city.shared.read();
    let entry = |line: &Line| SeenEntry {
        // Who gave or was given something is nobody's business but theirs: no names.
        what: title(&view.town, visit.t, person, &line.facts, &Names::new()),
        when: visit.t.moment(&view.town.zone.civil(line.at)),
        amount: Won(line.change),
    };
    latest.lines.iter().map(entry).collect()
}
