//! `/desk/joining`: the queue, what is overdue first; and a registration cancelled.

use axum::extract::Form;
use axum::response::Response;
use base::Refusal;
use city::{Command, OnShops};
use economy::business_number;

use super::form::{Post, Sent};
use super::{expired, words};
use crate::frame::Visit;
use crate::look::{DeskJoiningPage, MembershipLine};

pub(super) const PAGE: &str = "/desk/joining";
/// As many as are listed of what is decided.
const DECIDED: usize = 50;

/// Card officers decide who joins: whoever may accept a shop.
pub(super) fn is_theirs(visit: &Visit) -> bool {
    visit.is_officer_for("accept-shop")
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
            errors: sent.errors(),
            overdue: queue.iter().filter(|line| line.overdue).count(),
            queue,
            decided: decided.into_iter().take(DECIDED).map(line).collect(),
            grounds: words::grounds(visit.t, town, &sent.typed.ground),
            request_key: visit.app.request_key(),
            shop: sent.field("shop", &sent.typed.shop),
            why: sent.field("why", &sent.typed.why),
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
