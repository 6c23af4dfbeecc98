//! Settlement: a shop's payouts down to the payment, and the desk that sends them and hears the bank.

mod desk;
mod files;
mod lines;
mod report;
mod shop;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use base::Refusal;
use city::{Command, OnPayouts, Payee};
use serde::Deserialize;

use crate::answers;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{AccountForm, Alert, Field, FieldError};
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/shop/payouts", get(shop::show))
        .route("/shop/payouts/account", post(shop::account))
        .route("/shop/payouts/{id}", get(shop::one))
        .route("/desk/payouts", get(desk::show))
        .route("/desk/payouts/lines", get(lines::show))
        .route("/desk/issue-report", get(report::report))
        .route("/desk/payouts/send", post(desk::send))
        .route("/desk/payouts/accounts", post(desk::account))
        .route("/desk/payouts/lines/{id}", post(desk::resolve))
        .route("/desk/payouts/files/{no}/download", post(files::download))
}

/// What is sent here is larger than a form.
pub(super) fn uploads() -> Router<SharedApp> {
    Router::new()
        .route("/desk/payouts/answers", post(desk::answer))
        .layer(DefaultBodyLimit::max(answers::LARGEST))
}

fn expired() -> Rejected {
    Rejected::new(axum::http::StatusCode::FORBIDDEN, "form.expired")
}

/// What is typed of an account.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Typed {
    csrf: String,
    request_key: String,
    shop: String,
    bank: String,
    number: String,
    holder: String,
}

impl Typed {
    fn command(&self, payee: Payee, seen: bool) -> Command {
        let (bank, number, holder) = (self.bank.clone(), self.number.clone(), self.holder.clone());
        Command::OnPayouts(OnPayouts::SetAccount { payee, bank, number, holder, seen })
    }
}

/// A form without anything in it.
fn empty_form(visit: &Visit) -> AccountForm {
    AccountForm { request_key: visit.app.request_key(), banks: words::banks(visit), ..AccountForm::default() }
}

/// The form as it was typed, with what is wrong beside its field.
fn wrong_form(visit: &Visit, typed: &Typed, rejected: &Rejected) -> (AccountForm, Vec<FieldError>, Alert) {
    let alert = visit.alert(rejected);
    let field = match rejected.refusal.code {
        "payout.bank" => "bank",
        "payout.number" => "number",
        "payout.holder" | "payout.holder-other" => "holder",
        _ => "",
    };
    let value = |name: &'static str, text: &str| {
        let text: String = text.chars().take(60).collect();
        if name == field { Field::wrong(text, alert.what.clone()) } else { Field::of(text) }
    };
    let form = AccountForm {
        request_key: visit.app.request_key(),
        banks: words::banks(visit),
        bank: value("bank", &typed.bank),
        number: value("number", &typed.number),
        holder: value("holder", &typed.holder),
    };
    let errors = match field {
        "" => Vec::new(),
        field => vec![FieldError { field, error: alert.what.clone() }],
    };
    (form, errors, alert)
}

fn unknown() -> Rejected {
    let mut rejected: Rejected = Refusal::new("not.found").into();
    rejected.status = axum::http::StatusCode::NOT_FOUND;
    rejected
}
