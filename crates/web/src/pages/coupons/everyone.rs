//! `POST /desk/coupons/everyone`: what giving to everyone comes to is counted and shown, and nothing is done yet. Sent once
//! more with the sum that was shown, it begins; where people or budget have changed since, the new sum is shown instead.

use std::sync::Arc;

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::Won;
use city::coupons::everyone::{Counted, count};
use city::{Command, NewJob, OnCoupons, Recipients};
use serde::Deserialize;

use super::desk::{Sent, page};
use super::forms::{admitted, job_of, refused, second, wrong};
use crate::frame::Visit;
use crate::look::{CouponForms, EveryoneCheckedPage, Field};
use crate::pages::waiting::proposed;
use crate::pages::wallet::typed;
use crate::problem::Rejected;

const DESK: &str = "/desk/coupons";

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    coupon: String,
    district: String,
    each: String,
    /// Won that were shown; empty while nothing was.
    sum: String,
}

pub(super) async fn everyone(visit: Visit, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form.csrf) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let mut errors = Vec::new();
    let won = typed::amount(&form.each);
    let each = match won {
        Some(_) => Field::of(&*form.each),
        None => wrong(&visit, &mut errors, "each", &form.each, "field-coupon-amount"),
    };
    let forms =
        CouponForms { request_key: form.request_key.clone(), each, open: "everyone", ..Default::default() };
    let sent = Sent {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        forms,
        errors,
        coupon: form.coupon.clone(),
        district: form.district.clone(),
        ..Sent::default()
    };
    let Some(each) = won else { return page(visit, sent) };
    let (app, today, wish) = (Arc::clone(&visit.app), visit.t.today, form.clone());
    let now = app.now();
    let counting = tokio::task::spawn_blocking(move || {
        let district = Some(&*wish.district).filter(|code| !code.is_empty());
        count(&app.city.shared, (wish.coupon.as_str(), district), each, (today, now))
    });
    let counted = match counting.await {
        Ok(Ok(counted)) => counted,
        Ok(Err(refusal)) => return refused(visit, sent, &Rejected::from(refusal)),
        Err(error) => return visit.refuse(store::Error::other(error), DESK),
    };
    // What was begun under this key has changed the sum: the pen knows the key.
    let agreed = form.sum.parse::<i64>().ok();
    if agreed.is_none() || (agreed != Some(counted.sum) && counted.known.is_none()) {
        return shown(visit, form, each, counted);
    }
    let district = Some(form.district).filter(|code| !code.is_empty());
    let wish = OnCoupons::Begin(NewJob { coupon: form.coupon, to: Recipients::Everyone { district, each } });
    match visit.ask(&form.request_key, Command::OnCoupons(wish)).await {
        Ok(reply) => visit.go(&proposed(&reply).unwrap_or_else(|| job_of(&reply))),
        Err(rejected) => refused(visit, sent, &rejected),
    }
}

fn shown(visit: Visit, form: Post, each: i64, counted: Counted) -> Response {
    let t = visit.t;
    let frame = visit.page();
    let page = {
        let view = visit.app.city.shared.read();
        let pack = &view.town.pack;
        let named = pack.coupons.coupon(&form.coupon);
        let place = pack.city.districts.iter().find(|one| one.code == form.district);
        EveryoneCheckedPage {
            t,
            page: frame,
            coupon: named.map(|one| one.name.in_lang(t.lang).to_owned()).unwrap_or_default(),
            place: match place {
                Some(one) => one.name.in_lang(t.lang).replace('\u{ad}', ""),
                None => t.say("coupons-whole-city").to_string(),
            },
            each: Won(each),
            people: counted.people,
            full: counted.full,
            sum: Won(counted.sum),
            budget: (Won(counted.budget_left), Won(counted.budget_left.saturating_sub(counted.sum))),
            covered: counted.is_covered(),
            known: counted.known,
            second: second(pack, t.today, counted.sum),
            wish: (form.coupon, form.district),
            request_key: visit.app.request_key(),
        }
    };
    visit.show(&page)
}
