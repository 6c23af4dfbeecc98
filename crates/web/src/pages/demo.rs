//! The demo's bar: the clock stands, runs, hurries, jumps.

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use base::{Date, date};
use serde::Deserialize;

use super::switches::here_only;
use crate::app::{App, Mode};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/demo/clock", post(clock))
}

/// Days worth jumping to, while they are ahead: when caps reset, rules change, a half-year begins.
const DAYS: &[(Date, &str)] = &[
    (date(2021, 3, 1), "jump-new-month"),
    (date(2021, 3, 31), "jump-month-end"),
    (date(2021, 4, 1), "jump-rule-change"),
    (date(2021, 7, 1), "jump-half-year"),
];

pub(crate) fn jumps(app: &App) -> Vec<(Date, &'static str)> {
    let today = app.today();
    DAYS.iter().filter(|(day, _)| *day > today).copied().collect()
}

#[derive(Deserialize)]
struct Wish {
    action: String,
    speed: Option<u32>,
    day: Option<String>,
    back: Option<String>,
    csrf: String,
}

async fn clock(visit: Visit, Form(wish): Form<Wish>) -> Response {
    if !visit.form_holds(&wish.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/");
    }
    let Mode::Demo(demo) = &visit.app.mode else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    match wish.action.as_str() {
        "pause" => demo.clock.set_speed(0),
        "run" => demo.clock.set_speed(1),
        "speed" => demo.clock.set_speed(wish.speed.unwrap_or(1).clamp(1, 3_600)),
        "jump" => {
            if let Some(day) = wish.day.and_then(|d| d.parse::<Date>().ok())
                && DAYS.iter().any(|(known, _)| *known == day)
            {
                let to = visit.app.city.shared.read().town.zone.instant(day, 9, 0);
                demo.clock.jump_to(to);
            }
        }
        _ => {}
    }
    let back = here_only(wish.back.as_deref().unwrap_or("/"));
    visit.go(&back)
}
