//! Cards of stamps at the window: whoever has no telephone turns a full one in here.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::PersonId;
use city::read::coupons::{stamps_of, turned_in};
use city::{CityView, Command, OnCoupons};
use ledger::Books;
use rules::How;

use super::forms::{Post, refuse};
use super::head;
use super::window::{Sent, show};
use crate::frame::Visit;
use crate::look::StampsAtWindow;

/// Somebody's stamps of each sale whose full cards are worth something today.
pub(super) fn at_window(
    visit: &Visit,
    (town, books): (&CityView, &Books),
    person: PersonId,
) -> Vec<StampsAtWindow> {
    let t = visit.t;
    let pack = &town.pack.coupons;
    let of = |release: &rules::Release| {
        let How::Cards { sale, .. } = &release.how else { return None };
        let given = pack.coupon(&release.coupon).is_some_and(|coupon| coupon.is_given_on(t.today));
        let stamps = stamps_of(town, books, sale, person);
        if stamps.have == 0 || !given {
            return None;
        }
        let name = pack.sale(sale).map(|sale| sale.name.in_lang(t.lang)).unwrap_or_default();
        let turned_in = turned_in(books, release, person);
        let on_card = stamps.on_card(turned_in);
        let said = t.say("stamps-at-window").text("sale", name);
        let said = said.count("have", on_card).count("full", stamps.full);
        let right = stamps.cards() > turned_in;
        Some(StampsAtWindow {
            release: release.id.clone(),
            said: said.to_string(),
            give: right.then(|| t.say("stamps-give").won("each", release.each).to_string()),
            request_key: visit.app.request_key(),
        })
    };
    pack.releases.iter().filter_map(of).collect()
}

/// `POST /clerk/people/{id}/stamps` — `what`: the release.
pub(super) async fn give(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let person = match head::person(&visit, &form.csrf, &id).await {
        Ok(person) => person,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    let command = Command::OnCoupons(OnCoupons::Claim { release: form.what.clone(), person });
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&format!("/clerk?find={person}&did=stamps")),
        Err(rejected) => {
            let mut sent = Sent { find: id, ..Sent::default() };
            refuse(&visit, &mut sent, &rejected);
            show(visit, sent).await
        }
    }
}
