//! `/desk/joining`: the queue, what is overdue first; and a registration cancelled.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::Refusal;
use city::{Command, OnShops};
use economy::business_number;
use serde::Deserialize;

use super::{expired, words};
use crate::frame::Visit;
use crate::look::{Alert, DeskJoiningPage, Field, FieldError, MembershipLine};

pub(super) const PAGE: &str = "/desk/joining";
/// As many as are listed of what is decided.
const DECIDED: usize = 50;

/// Card officers decide who joins: whoever may accept a shop.
pub(super) fn is_theirs(visit: &Visit) -> bool {
    visit.is_officer_for("accept-shop")
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    shop: String,
    ground: String,
    why: String,
}

#[derive(Default)]
struct Sent {
    status: StatusCode,
    typed: Post,
    field: &'static str,
    alert: Option<Alert>,
}

pub(super) async fn list(visit: Visit) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    page(visit, Sent::default())
}

fn page(visit: Visit, sent: Sent) -> Response {
    let mut frame = visit.page();
    frame.alert.clone_from(&sent.alert);
    let error = sent.alert.as_ref().map(|alert| alert.what.clone()).unwrap_or_default();
    let field = |name: &str, value: &str| {
        let value: String = value.chars().take(500).collect();
        if name == sent.field { Field::wrong(value, error.clone()) } else { Field::of(value) }
    };
    let page = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        let today = town.zone.day_number(visit.app.now());
        let rules = &town.pack.settlement.joining;
        let line = |file| words::line(&visit, town, file, today);
        let queue: Vec<MembershipLine> =
            town.directory.joining.queue(rules, &town.zone).into_iter().map(line).collect();
        let mut decided: Vec<_> = town.directory.joining.files().filter(|file| !file.state.waits()).collect();
        decided.sort_by_key(|file| std::cmp::Reverse((file.answered.or(file.decided), file.id)));
        DeskJoiningPage {
            t: visit.t,
            page: frame,
            errors: match sent.field {
                "" => Vec::new(),
                field => vec![FieldError { field, error: error.clone() }],
            },
            overdue: queue.iter().filter(|line| line.overdue).count(),
            queue,
            decided: decided.into_iter().take(DECIDED).map(line).collect(),
            grounds: words::grounds(visit.t, town, &sent.typed.ground),
            request_key: visit.app.request_key(),
            shop: field("shop", &sent.typed.shop),
            why: field("why", &sent.typed.why),
        }
    };
    visit.show_as(sent.status, &page)
}

pub(super) async fn cancel(visit: Visit, Form(form): Form<Post>) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let number = business_number::parse(&form.shop);
    let shop = {
        let view = visit.app.city.shared.read();
        number.and_then(|number| view.town.directory.shop_numbered(&number).map(|shop| shop.id))
    };
    let asked = match shop {
        Some(merchant) => {
            let (ground, why) = (form.ground.clone(), form.why.clone());
            let command = OnShops::Cancel { merchant, ground, why };
            visit.ask(&form.request_key, Command::OnShops(command)).await.map(drop)
        }
        None => Err(Refusal::new("shop.unknown").into()),
    };
    match asked {
        Ok(()) => visit.go(PAGE),
        Err(rejected) => {
            let field = match rejected.refusal.code {
                "shop.unknown" | "shop.closed" => "shop",
                "application.ground" => "ground",
                _ => "why",
            };
            let alert = Some(visit.alert(&rejected));
            page(visit, Sent { status: rejected.status, typed: form, field, alert })
        }
    }
}
