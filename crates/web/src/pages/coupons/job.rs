//! `GET /desk/coupons/jobs/{no}`: how far a job is. `POST …/stop`, `…/go-on`.

use std::sync::Arc;

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Refusal, Won};
use city::coupons::jobs::skips;
use city::{Command, OnCoupons, follow};
use serde::Deserialize;
use store::Error;

use super::at_desk;
use super::desk::{job, reason};
use crate::frame::Visit;
use crate::look::{BadRow, JobPage};
use crate::pages::wallet::expired;

const DESK: &str = "/desk/coupons";
/// People shown who could not be given the coupon.
const SHOWN: u32 = 200;
/// People shown of a list that waits for a second person.
const LISTED: usize = 200;

pub(super) async fn show(visit: Visit, Path(no): Path<String>) -> Response {
    if !at_desk(&visit) {
        return visit.at_the_door();
    }
    let Ok(no) = no.parse::<u64>() else { return unknown(visit) };
    let skipped = match visit.app.read(move |snapshot| skips(snapshot, no, SHOWN)).await {
        Ok(skipped) => skipped,
        Err(error) => return visit.refuse(error, DESK),
    };
    let (kept, cause) = (Arc::clone(&visit.app.city.outbox), follow::cause(no));
    let untold = match tokio::task::spawn_blocking(move || kept.untold(&cause)).await {
        Ok(Ok(untold)) => untold,
        Ok(Err(error)) => return visit.refuse(Error::other(error), DESK),
        Err(error) => return visit.refuse(Error::other(error), DESK),
    };
    let frame = visit.page();
    let found = {
        let view = visit.app.city.shared.read();
        let one = view.town.coupons.job(no).cloned();
        one.map(|one| (job(&view.town, visit.t, visit.app.now(), &one), one))
    };
    let Some((line, one)) = found else { return unknown(visit) };
    let waiting = if line.waits.is_some() { &one.rows[..] } else { &[] };
    let page = JobPage {
        t: visit.t,
        page: frame,
        job: line,
        skipped: skipped
            .into_iter()
            .map(|skip| BadRow {
                line: skip.place as usize + 1,
                who: skip.person.to_string(),
                wrong: reason(visit.t, &skip.code),
            })
            .collect(),
        listed: waiting.iter().take(LISTED).map(|row| (row.0.to_string(), Won(row.1))).collect(),
        untold,
        more: waiting.len().saturating_sub(LISTED),
        request_key: visit.app.request_key(),
    };
    visit.show_as(StatusCode::OK, &page)
}

fn unknown(visit: Visit) -> Response {
    visit.refuse(Refusal::new("coupon.job-unknown"), DESK)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
}

pub(super) async fn stop(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    switch(visit, &no, &form, |job| OnCoupons::Stop { job }).await
}

pub(super) async fn go_on(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    switch(visit, &no, &form, |job| OnCoupons::GoOn { job }).await
}

async fn switch(visit: Visit, no: &str, form: &Post, wish: impl FnOnce(u64) -> OnCoupons) -> Response {
    if !at_desk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), DESK);
    }
    let Ok(job) = no.parse::<u64>() else { return unknown(visit) };
    match visit.ask(&form.request_key, Command::OnCoupons(wish(job))).await {
        Ok(_) => visit.go(&format!("{DESK}/jobs/{job}")),
        Err(rejected) => visit.refuse(rejected, &format!("{DESK}/jobs/{job}")),
    }
}
