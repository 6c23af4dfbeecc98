//! `GET /wallet/coupons`: a citizen's coupons, with where and until when; and what is let out just now, to take.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::{PersonId, Role, Won};
use city::read::coupons::of_person;
use city::{CityView, Command, OnCoupons, Reply};
use economy::Facts;
use economy::facts::CouponFacts;
use rules::Purpose;
use serde::Deserialize;

use super::cards::For;
use crate::frame::Visit;
use crate::look::{Alert, MyCoupon, MyCouponsPage, Tongue};
use crate::pages::wallet::expired;

const HERE: &str = "/wallet/coupons";

fn citizen(visit: &Visit) -> Option<PersonId> {
    match visit.role {
        Some(Role::Citizen(me)) => Some(me),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    match citizen(&visit) {
        Some(me) => page(visit, me, StatusCode::OK, None),
        None => visit.at_the_door(),
    }
}

fn page(visit: Visit, me: PersonId, status: StatusCode, alert: Option<Alert>) -> Response {
    let mut frame = visit.page();
    frame.alert = alert;
    let page = {
        let view = visit.app.city.shared.read();
        let (town, t) = (&view.town, visit.t);
        let cards = For { app: &visit.app, view: town, books: &view.books, t, person: Some(me) };
        let coupons: Vec<MyCoupon> = of_person(town, &view.books, me, t.today)
            .into_iter()
            .map(|mine| {
                let purpose = town.pack.purpose_numbered(mine.coupon.purpose);
                MyCoupon {
                    name: mine.coupon.name.in_lang(t.lang).to_owned(),
                    left: Won(mine.left),
                    given: Won(mine.given),
                    until: mine.coupon.until,
                    over: mine.coupon.until < t.today,
                    place: purpose.map(|purpose| place(town, t, purpose)).unwrap_or_default(),
                    providers: purpose.map(|purpose| providers(town, purpose)).unwrap_or_default(),
                }
            })
            .collect();
        MyCouponsPage {
            t,
            page: frame,
            total: Won(coupons.iter().filter(|one| !one.over).map(|one| one.left.0).sum()),
            coupons,
            sales: cards.sales(),
            releases: cards.releases(),
        }
    };
    visit.show_as(status, &page)
}

/// Where a purpose buys.
fn place(town: &CityView, t: Tongue, purpose: &Purpose) -> String {
    let Some(trades) = &purpose.trades else { return t.say("coupons-everywhere").to_string() };
    let all = town.pack.city.trades.iter().filter(|trade| trades.contains(&trade.id));
    let names: Vec<&str> = all.map(|trade| trade.name.in_lang(t.lang)).collect();
    let key = if purpose.named { "coupons-named-in" } else { "coupons-only-in" };
    t.say(key).text("trades", names.join(", ")).to_string()
}

fn providers(town: &CityView, purpose: &Purpose) -> Vec<String> {
    let named = town.coupons.named_for(purpose.number);
    let mut names: Vec<String> = named
        .into_iter()
        .filter_map(|shop| town.directory.shop(shop))
        .map(|(_, shop)| shop.name.clone())
        .collect();
    names.sort();
    names
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    release: String,
}

pub(super) async fn claim(visit: Visit, Form(form): Form<Post>) -> Response {
    let release = form.release.clone();
    take(visit, &form, |person| OnCoupons::Claim { release, person }).await
}

pub(super) async fn ask(visit: Visit, Form(form): Form<Post>) -> Response {
    let release = form.release.clone();
    take(visit, &form, |person| OnCoupons::Ask { release, person }).await
}

async fn take(visit: Visit, form: &Post, wish: impl FnOnce(PersonId) -> OnCoupons) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match visit.ask(&form.request_key, Command::OnCoupons(wish(me))).await {
        Ok(Reply::Done { facts: Facts::Coupons(facts), .. }) => {
            let said = match facts {
                CouponFacts::Given { amount, .. } => visit.t.say("done-claimed").won("amount", Won(amount)),
                CouponFacts::Ask { ticket, .. } => visit.t.say("done-asked").count("ticket", ticket),
                _ => return visit.go(HERE),
            };
            page(visit, me, StatusCode::OK, Some(Alert::done(said.to_string())))
        }
        Ok(_) => visit.go(HERE),
        Err(rejected) => {
            let (alert, status) = (visit.alert(&rejected), rejected.status);
            page(visit, me, status, Some(alert))
        }
    }
}
