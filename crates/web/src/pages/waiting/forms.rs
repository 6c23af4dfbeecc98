//! Saying yes, saying no, taking back.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{ProposalId, Refusal};
use city::{Command, OnProposals};
use serde::Deserialize;

use super::{PAGE, Sent, concerns, page};
use crate::frame::Visit;
use crate::look::{Field, FieldError};
use crate::pages::wallet::expired;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    why: String,
}

async fn ask(
    visit: Visit,
    id: &str,
    form: Post,
    command: impl FnOnce(ProposalId, String) -> OnProposals,
    did: &str,
) -> Response {
    if !concerns(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(proposal) = id.parse::<ProposalId>() else {
        return visit.refuse(Refusal::new("proposal.unknown"), PAGE);
    };
    let command = Command::OnProposals(command(proposal, form.why.clone()));
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&format!("{PAGE}?did={did}")),
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => visit.refuse(rejected, PAGE),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let mut sent = Sent { status: rejected.status, ..Sent::default() };
            if rejected.refusal.code.starts_with("reason.") {
                let error = alert.what.clone();
                sent.errors.push(FieldError { field: "why", error: error.clone() });
                sent.why = Some((proposal.to_string(), Field::wrong(form.why, error)));
            }
            sent.alert = Some(alert);
            page(visit, sent).await
        }
    }
}

pub(super) async fn confirm(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    ask(visit, &id, form, |proposal, _| OnProposals::Confirm { proposal }, "confirmed").await
}

pub(super) async fn refuse(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    ask(visit, &id, form, |proposal, why| OnProposals::Refuse { proposal, why }, "refused").await
}

pub(super) async fn heard(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    ask(visit, &id, form, |proposal, _| OnProposals::Hear { proposal }, "heard").await
}

pub(super) async fn withdraw(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    ask(visit, &id, form, |proposal, _| OnProposals::Withdraw { proposal }, "withdrawn").await
}
