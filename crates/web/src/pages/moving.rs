//! `GET /desk/moving-in`: for officers and auditors, what the old system's operator stated beside what the books held when the
//! city moved in. Nobody is named on it.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use base::{Won, business_number};
use city::moving::Move;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{MovingLine, MovingPage, MovingShown};

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/desk/moving-in", get(show))
}

async fn show(visit: Visit) -> Response {
    if !visit.looks_into() {
        return visit.at_the_door();
    }
    let moving = visit.app.city.shared.read().town.open.moving.clone();
    let page = MovingPage {
        t: visit.t,
        page: visit.page(),
        home: visit.role.map_or("/", super::door::home),
        moving: moving.as_deref().map(|moving| shown(&visit, moving)),
    };
    visit.show(&page)
}

fn shown(visit: &Visit, moving: &Move) -> MovingShown {
    let order = |line: &str| {
        let first = line.split('/').next().unwrap_or_default();
        [
            "people", "cards", "shops", "accounts", "purses", "prepaid", "payable", "advanced", "treasury",
            "bank",
        ]
        .iter()
        .position(|known| *known == first)
    };
    let mut names: Vec<&String> = moving.control.0.keys().collect();
    names.sort_by_key(|line| order(line));
    let lines = names.into_iter().map(|name| {
        let counted = !["treasury", "bank"].contains(&name.as_str());
        let summed = !["people", "cards", "shops", "accounts"].contains(&name.as_str());
        let (stated, found) = (moving.control.line(name), moving.books.line(name));
        MovingLine {
            name: named(visit, name),
            stated: counted.then_some(stated.count),
            stated_won: summed.then_some(Won(stated.won)),
            found: counted.then_some(found.count),
            found_won: summed.then_some(Won(found.won)),
        }
    });
    MovingShown {
        report: moving.report_hex(),
        begun: visit.moment(moving.begun),
        ended: moving.ended.map(|at| visit.moment(at)),
        done: i64::from(moving.next),
        parts: i64::from(moving.parts),
        lines: lines.collect(),
        owed: Won(moving.control.owed()),
    }
}

/// A line's name: a purpose by what it is called, a shop by its sign.
fn named(visit: &Visit, line: &str) -> String {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    match line.split_once('/') {
        Some(("purses", id)) => {
            let purpose = view.town.pack.purpose(id);
            purpose.map_or_else(|| id.to_owned(), |one| one.name.in_lang(t.lang).to_owned())
        }
        Some((_, number)) => {
            let shop = view.town.directory.shop_numbered(number);
            let shop = shop.map_or_else(|| business_number::show(number), |shop| shop.name.clone());
            t.say("moving-prepaid").text("shop", shop).to_string()
        }
        None => t.say(format!("moving-{line}")).to_string(),
    }
}
