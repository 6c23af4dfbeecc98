//! `GET /account`: who I am here, and where I am signed in.

use axum::extract::Form;
use axum::response::Response;
use base::{AccountId, Refusal};
use city::Command;
use serde::Deserialize;

use super::words::{role_line, sign_in_lines};
use crate::frame::Visit;
use crate::look::AccountPage;
use crate::pages::wallet::expired;
use crate::problem::Rejected;

/// As many sign-ins as are listed.
const LISTED: usize = 20;

pub(super) async fn show(visit: Visit) -> Response {
    let Some((account, mine)) = visit.session() else { return visit.at_the_door() };
    let mut frame = visit.page();
    frame.alert = visit.did(&[("ended", "done-session-ended")]);
    let now = visit.app.now();
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let sessions = town.doors.sessions_of(account, now);
    let here = sessions.iter().find(|one| one.number() == mine).map(|one| one.grant);
    let mut grants: Vec<_> = town.doors.grants_of(account).collect();
    // The one acted in first, then those given last.
    grants
        .sort_by_key(|grant| (Some(grant.id) != here, grant.ended.is_some(), std::cmp::Reverse(grant.from)));
    let line = |grant| role_line(town, grant, visit.t, Some(account), String::new());
    let roles = grants.into_iter().map(line).collect();
    let mut sign_ins = sign_in_lines(visit.t, town, &sessions, Some(mine));
    // This one is always among those shown.
    sign_ins.sort_by_key(|one| !one.mine);
    let more = sign_ins.len().saturating_sub(LISTED);
    sign_ins.truncate(LISTED);
    let ways = &visit.app.ways;
    let (passkeys, houses) = (ways.passkeys.are_here(), !ways.houses.is_empty());
    let page = AccountPage { t: visit.t, page: frame, roles, sign_ins, more, passkeys, houses };
    drop(view);
    visit.show(&page)
}

#[derive(Deserialize)]
pub(super) struct Ending {
    csrf: String,
    /// Absent: all but one's own.
    number: Option<String>,
}

/// Ends the sign-ins that a form means.
pub(super) async fn end_sessions(
    visit: &Visit,
    account: AccountId,
    number: Option<&str>,
) -> Result<(), Rejected> {
    let mine = visit.session().map(|(_, number)| number);
    let meant = match number {
        Some(text) => {
            vec![u64::from_str_radix(text, 16).map_err(|_| Rejected::from(Refusal::new("session.unknown")))?]
        }
        None => {
            let view = visit.app.city.shared.read();
            let all = view.town.doors.sessions_of(account, visit.app.now());
            all.iter().map(people::Session::number).filter(|number| Some(*number) != mine).collect()
        }
    };
    for number in meant {
        visit.ask(&visit.app.request_key(), Command::EndSession { account, number }).await?;
    }
    Ok(())
}

pub(super) async fn end(visit: Visit, Form(form): Form<Ending>) -> Response {
    let Some((account, _)) = visit.session() else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/account");
    }
    match end_sessions(&visit, account, form.number.as_deref()).await {
        Ok(()) => visit.go("/account?did=ended"),
        Err(rejected) => visit.refuse(rejected, "/account"),
    }
}
