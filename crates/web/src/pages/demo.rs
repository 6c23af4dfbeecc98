//! The demo's bar: the clock stands, runs, hurries, jumps.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use base::{Date, date};
use city::build::Leap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::switches::here_only;
use crate::app::{App, Mode};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::LeapBar;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/demo/clock", post(clock)).route("/demo/jump", get(jump))
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
                demo.life.leap(visit.app.now(), to);
            }
        }
        "stay" => demo.life.stop(),
        _ => {}
    }
    let back = here_only(wish.back.as_deref().unwrap_or("/"));
    visit.go(&back)
}

/// How far a jump is by the town's clock.
pub(crate) fn bar(app: &App, leap: Leap) -> LeapBar {
    let all = leap.to.0.saturating_sub(leap.from.0).max(1);
    let lived = app.now().0.saturating_sub(leap.from.0).clamp(0, all);
    let done = u8::try_from(lived / (all / 100).max(1)).unwrap_or(100).min(100);
    LeapBar { to: app.city.shared.read().town.zone.date(leap.to), done }
}

/// The same for a page that asks again and again.
async fn jump(visit: Visit) -> Json<Value> {
    let leaping = match &visit.app.mode {
        Mode::Demo(demo) => demo.life.leaping(),
        Mode::Real => None,
    };
    let now = visit.moment(visit.app.now());
    let clock = format!("{} {}", visit.t.day(now.date()), visit.t.clock(&now));
    let done = leaping.map_or(100, |leap| bar(&visit.app, leap).done);
    Json(json!({ "over": leaping.is_none(), "done": done, "clock": clock }))
}
