//! `POST /sign-in/code`: coming in with a card's number and the code that a counter gave, and going on from there to another
//! house to be linked with it (`with`). Whether a card is known or not,
//! has a code or not: the answer and the time it takes are the same.

use std::time::Duration;

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use base::{PersonId, Role};
use economy::holder::parse_card_number;
use serde::Deserialize;

use super::door::{onward, ways_in};
use super::switches::here_only;
use super::vouched::on_the_way;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::gate;
use crate::look::{CodeForm, Field, FieldError};
use crate::problem::Rejected;

/// As long as every answer takes at least: longer than a commit, so that its time says nothing about the card.
const ANSWER: Duration = Duration::from_millis(400);
/// Digits of a code.
const DIGITS: usize = 8;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/sign-in/code", post(sign_in))
}

#[derive(Deserialize)]
struct Posted {
    number: String,
    code: String,
    #[serde(default)]
    next: String,
    /// The house to be linked with, in the same step.
    #[serde(default)]
    with: String,
    csrf: String,
}

/// Eight digits, as they are read out: `1234 5678`.
fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    (digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

async fn sign_in(mut visit: Visit, Form(form): Form<Posted>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/sign-in");
    }
    let (Some(number), Some(code)) = (parse_card_number(&form.number), digits(&form.code)) else {
        return again(visit, &form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let (app, address) = (std::sync::Arc::clone(&visit.app), visit.known.address);
    let once = match gate::try_code(&app, address, number) {
        Ok(once) => once,
        Err(rejected) => return visit.refuse(rejected, "/sign-in"),
    };
    let (tried, ()) = tokio::join!(auth::sign_in_by_code(&app, number, &code), tokio::time::sleep(ANSWER));
    if !matches!(tried, Ok(None)) {
        once.give_back(&app);
    }
    match tried {
        Ok(Some(cookie)) => {
            let csrf = auth::form_token_under(&app, &visit.mark, &cookie).unwrap_or_default();
            visit.set_cookie(Some(cookie));
            if let Some(name) = app.ways.house(&form.with).map(|house| house.config.name.clone()) {
                return on_the_way(visit, &form.with, name, &csrf);
            }
            visit.go(&onward(Role::Citizen(PersonId(0)), &form.next))
        }
        Ok(None) => again(visit, &form, StatusCode::UNAUTHORIZED),
        Err(rejected) => visit.refuse(rejected, "/sign-in"),
    }
}

/// The page once more, with what is wrong at its field. The code is never shown again.
fn again(visit: Visit, form: &Posted, status: StatusCode) -> Response {
    let mut page = ways_in(&visit, here_only(&form.next));
    let mut wrong = |field: &'static str, key: &str| {
        let error = visit.t.say(key).to_string();
        page.errors.push(FieldError { field, error: error.clone() });
        error
    };
    let number = form.number.chars().take(24).collect::<String>();
    let mut code = CodeForm { number: Field::of(number.clone()), digits: Field::default() };
    if status == StatusCode::UNAUTHORIZED {
        code.digits = Field::wrong("", wrong("code", "field-code-wrong"));
    } else {
        if parse_card_number(&form.number).is_none() {
            code.number = Field::wrong(number, wrong("number", "field-card-number"));
        }
        if digits(&form.code).is_none() {
            code.digits = Field::wrong("", wrong("code", "field-code-form"));
        }
    }
    page.code = code;
    visit.show_as(status, &page)
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn a_code_as_it_is_read_out() {
        for text in ["12345678", "1234 5678", " 1234-5678 "] {
            assert_eq!(digits(text).as_deref(), Some("12345678"), "{text}");
        }
        for text in ["", "1234567", "123456789", "1234567a", "１２３４５６７８"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }
}
