//! `GET /desk/coupons`: coupons on the card desk.

use axum::http::StatusCode;
use axum::response::Response;
use base::{Instant, Won};
use city::CityView;
use city::coupons::everyone::left;
use city::coupons::{Job, JobState, instant};
use city::read::coupons::budget;
use rules::How;

use super::at_desk;
use super::cards::For;
use crate::frame::Visit;
use crate::look::{
    Alert, Choice, CouponDeskPage, CouponForms, CouponLine, DrawToMake, FieldError, JobLine, ProviderLine,
    Providers, Tongue,
};

/// Jobs shown.
const JOBS: usize = 20;

const DONE: [(&str, &str); 4] =
    [("given", "done-given"), ("named", "done-named"), ("unnamed", "done-unnamed"), ("drawn", "done-drawn")];

pub(super) async fn show(visit: Visit) -> Response {
    if !at_desk(&visit) {
        return visit.at_the_door();
    }
    let alert = visit.did(&DONE);
    page(visit, Sent { alert, ..Sent::default() })
}

/// What a form left behind.
#[derive(Default)]
pub(super) struct Sent {
    pub status: StatusCode,
    pub alert: Option<Alert>,
    pub forms: CouponForms,
    pub errors: Vec<FieldError>,
    /// What was chosen: the coupon, the neighbourhood.
    pub coupon: String,
    pub district: String,
}

pub(super) fn page(visit: Visit, sent: Sent) -> Response {
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let mut forms = sent.forms;
    if forms.request_key.is_empty() {
        forms.request_key = visit.app.request_key();
    }
    let page = {
        let view = visit.app.city.shared.read();
        let (town, t) = (&view.town, visit.t);
        let pack = &town.pack;
        let cards = For { app: &visit.app, view: town, books: &view.books, t, person: None };
        let given = pack.coupons.coupons.iter().filter(|coupon| coupon.is_given_on(t.today));
        CouponDeskPage {
            t,
            page: frame,
            coupons: pack.coupons.coupons.iter().map(|coupon| line(coupon, &view.books, t)).collect(),
            choices: given
                .map(|coupon| Choice {
                    value: coupon.id.clone(),
                    name: coupon.name.in_lang(t.lang).to_owned(),
                    chosen: coupon.id == sent.coupon,
                })
                .collect(),
            districts: pack
                .city
                .districts
                .iter()
                .map(|one| Choice {
                    value: one.code.clone(),
                    name: one.name.in_lang(t.lang).replace('\u{ad}', ""),
                    chosen: one.code == sent.district,
                })
                .collect(),
            jobs: town
                .coupons
                .jobs()
                .rev()
                .take(JOBS)
                .map(|one| job(town, t, visit.app.now(), one))
                .collect(),
            providers: providers(town, t),
            draws: draws(&cards),
            sales: cards.sales(),
            forms,
            errors: sent.errors,
        }
    };
    visit.show_as(sent.status, &page)
}

fn line(coupon: &rules::Coupon, books: &ledger::Books, t: Tongue) -> CouponLine {
    let held = budget(books, &coupon.budget);
    CouponLine {
        name: coupon.name.in_lang(t.lang).to_owned(),
        days: t.say("coupons-days").day("from", coupon.from).day("until", coupon.until).to_string(),
        most: coupon.most,
        budget: (Won(held.voted), Won(held.left)),
        left: if held.voted > 0 { held.left.max(0).saturating_mul(1_000) / held.voted } else { 0 },
        source: coupon.source.in_lang(t.lang).to_owned(),
    }
}

/// For whom a job is.
fn for_whom(town: &CityView, t: Tongue, job: &Job) -> String {
    let district = job.district.and_then(|at| town.pack.city.districts.get(usize::from(at)));
    let to = match (job.each, district) {
        (Some(each), None) => t.say("coupons-to-everyone").won("each", Won(each)),
        (Some(each), Some(one)) => {
            let name = one.name.in_lang(t.lang).replace('\u{ad}', "");
            t.say("coupons-to-district").text("district", name).won("each", Won(each))
        }
        (None, _) => t.say("coupons-to-list").count("count", job.total),
    };
    to.to_string()
}

/// A job in one sentence: which coupon, and for whom.
pub(in crate::pages) fn in_words(town: &CityView, t: Tongue, job: &Job) -> String {
    let coupon = town.pack.coupons.coupon(&job.coupon);
    let name = coupon.map(|one| one.name.in_lang(t.lang).to_owned()).unwrap_or_default();
    format!("{name}: {}", for_whom(town, t, job))
}

/// A job as its page and the desk show it.
pub(super) fn job(town: &CityView, t: Tongue, now: Instant, job: &Job) -> JobLine {
    let coupon = town.pack.coupons.coupon(&job.coupon);
    let waits = town.open.proposals.of_job(job.no, now).filter(|_| job.state == JobState::Waiting);
    let chip = match job.state {
        JobState::Waiting if waits.is_some() => ("soon", "coupons-job-waits"),
        JobState::Waiting | JobState::Dropped => ("off", "coupons-job-dropped"),
        JobState::Running => ("soon", "coupons-job-running"),
        JobState::Stopped => ("off", "coupons-job-stopped"),
        JobState::Done => ("on", "coupons-job-done"),
    };
    JobLine {
        no: job.no,
        coupon: coupon.map(|one| one.name.in_lang(t.lang).to_owned()).unwrap_or_default(),
        to: for_whom(town, t, job),
        waits: waits.map(|one| Won(one.amount)),
        dropped: waits.is_none() && matches!(job.state, JobState::Waiting | JobState::Dropped),
        chip: (chip.0, t.say(chip.1).to_string()),
        done: (job.next, job.total),
        people: job.people,
        amount: Won(job.amount),
        skipped: job.skipped,
        begun: town.zone.civil(job.begun),
        running: job.state == JobState::Running,
        stopped: job.state == JobState::Stopped,
        why: job.why.as_deref().map(|code| match code {
            "coupon.budget" => t.say("coupons-job-budget").to_string(),
            code => reason(t, code),
        }),
        left: if job.state == JobState::Stopped { left(&town.directory, job) } else { 0 },
    }
}

/// Why somebody could not be given a coupon, or a job stopped: a refusal's code in words.
pub(super) fn reason(t: Tongue, code: &str) -> String {
    let key = match code {
        "coupon.budget" => "coupons-why-budget",
        "coupon.not-today" => "coupons-why-days",
        "coupon.person-most" => "coupons-why-most",
        _ => "coupons-why-unknown",
    };
    t.say(key).to_string()
}

fn providers(town: &CityView, t: Tongue) -> Vec<Providers> {
    let named = town.pack.purposes.iter().filter(|purpose| purpose.named);
    named
        .map(|purpose| Providers {
            purpose: purpose.id.clone(),
            name: purpose.name.in_lang(t.lang).to_owned(),
            shops: town
                .coupons
                .named_for(purpose.number)
                .into_iter()
                .filter_map(|shop| town.directory.shop(shop))
                .map(|(_, shop)| ProviderLine { id: shop.id.to_string(), name: shop.name.clone() })
                .collect(),
        })
        .collect()
}

/// Draws that are closed and not made.
fn draws(cards: &For<'_>) -> Vec<DrawToMake> {
    let (town, now) = (cards.view, cards.app.now());
    let open = town.pack.coupons.releases.iter().filter_map(|release| match &release.how {
        How::Draw { until, beacon, .. } if instant(&town.zone, *until) <= now => Some((release, beacon)),
        _ => None,
    });
    open.filter(|(release, _)| town.coupons.draw(&release.id).is_some_and(|draw| draw.drawn.is_none()))
        .map(|(release, beacon)| DrawToMake {
            id: release.id.clone(),
            name: release.name.in_lang(cards.t.lang).to_owned(),
            beacon: beacon.as_ref().map(|name| name.in_lang(cards.t.lang).to_owned()),
            tickets: town.coupons.tickets(&release.id).len(),
        })
        .collect()
}
