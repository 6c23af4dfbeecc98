//! The officer's card desk: `GET /desk`, and rehearsing another rule (`POST` and `GET /desk/rehearsals`).

use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use base::{Date, Won};
use city::read::desk::{self, Desk};
use city::read::rehearse::{BANDS, Draft, Group, Rehearsal};
use rules::{Campaign, GrantAt, Pack, Rate};
use serde::Deserialize;

use super::access::gives_access;
use super::tour;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{
    Budget, Burn, BurnPoint, CampaignVersion, DeskPage, Field, FieldError, Gain, RehearsalForm,
    RehearsalPage, RehearsalRunningPage, Tongue,
};
use crate::problem::Rejected;
use crate::rehearsals::Progress;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/desk", get(show)).route("/desk/rehearsals", get(result).post(wish))
}

/// How long a page waits for a rehearsal before it shows a bar.
const PATIENCE: Duration = Duration::from_secs(2);
/// Who answers for the budget rehearses other rules for it.
const REHEARSES: &str = "vote";
/// The dearest rate worth a rehearsal, in basis points.
const DEAREST: i64 = 2_000;
/// The highest monthly limit, in won.
const HIGHEST: i64 = 100_000_000;

async fn show(visit: Visit) -> Response {
    if !visit.is_officer_for(REHEARSES) {
        // Who gives access has another desk.
        return if gives_access(&visit) { visit.go("/desk/access") } else { visit.at_the_door() };
    }
    let form = suggested(&visit);
    desk_page(visit, StatusCode::OK, form, Vec::new()).await
}

/// The rule of today, to change one thing of it; on the tour its rate.
fn suggested(visit: &Visit) -> RehearsalForm {
    let view = visit.app.city.shared.read();
    let (rate, limit) = rule_of(&view.town.pack, visit.t.today);
    drop(view);
    let rate = tour::prefill_rate(visit).unwrap_or_else(|| percent_typed(rate));
    RehearsalForm { rate: Field::of(rate), limit: Field::of(limit.unwrap_or(Won::ZERO).to_string()) }
}

/// Rate at payment in basis points, and a person's monthly limit.
fn rule_of(pack: &Pack, today: Date) -> (i64, Option<Won>) {
    let grants = pack.grants_on(today, GrantAt::Payment);
    let rate = grants.first().map_or(0, |(grant, _)| grant.rate.basis_points());
    (rate, pack.campaign_on(today).and_then(|campaign| campaign.person_month))
}

/// As it is typed into the form: `7.5`.
fn percent_typed(basis_points: i64) -> String {
    Rate::from_basis_points(basis_points)
        .map(|rate| rate.to_string().trim_end_matches('%').to_owned())
        .unwrap_or_default()
}

async fn desk_page(
    visit: Visit,
    status: StatusCode,
    form: RehearsalForm,
    errors: Vec<FieldError>,
) -> Response {
    let (app, today, t) = (visit.app.clone(), visit.t.today, visit.t);
    let read = tokio::task::spawn_blocking(move || {
        let desk = desk::desk(&app.city.shared, today);
        let pack = app.city.shared.read().town.pack.clone();
        (desk, pack)
    });
    let (desk, pack) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(store::Error::other(error), "/desk"),
    };
    let (mut budget, burn) = burnt(&desk, today);
    budget.rests |= desk.rests_until.is_some();
    let (campaigns, other_campaigns) = campaigns(&pack, t);
    let page = DeskPage {
        t,
        page: visit.page(),
        budget,
        daily: burn.daily,
        over: desk.burn.as_ref().map_or(0, |burn| burn.state.over),
        rests_until: desk.rests_until,
        burn,
        city_cap: desk.city_cap.map(|(total, used)| Budget {
            total: Won(total),
            used: Won(used),
            ..Budget::none(today.last_of_month())
        }),
        at_limit: desk.limits.at_limit,
        payers: desk.limits.earners,
        campaigns,
        other_campaigns,
        form,
        errors,
    };
    visit.show_as(status, &page)
}

/// The budget as a bar and as a line.
fn burnt(desk: &Desk, today: Date) -> (Budget, Burn) {
    let Some(burn) = &desk.burn else {
        return (Budget::none(today), line(Won::ZERO, Vec::new(), (today, today)));
    };
    let state = &burn.state;
    let total = Won(state.total);
    let points = burn.points.iter().map(|(day, left)| BurnPoint { day: *day, left: Won(*left) }).collect();
    let (runs_out, until) = (state.runs_out, state.until);
    let (rests, unvoted) = (state.daily <= 0, state.total <= 0);
    let budget = Budget { total, used: Won(state.used), runs_out, until, rests, unvoted };
    let drawn = line(total, points, (burn.from, state.until.max(today)));
    let (daily, beside) = (Won(state.daily), Won(burn.beside.max(0)));
    (budget, Burn { runs_out: state.runs_out, daily, beside, ..drawn })
}

fn line(total: Won, points: Vec<BurnPoint>, (from, until): (Date, Date)) -> Burn {
    Burn { total, points, from, until, runs_out: None, daily: Won::ZERO, beside: Won::ZERO }
}

/// So many of the rules ahead stand beside the one of today; the others are a tap away.
const AHEAD: usize = 2;

/// The rule of today and the next ones; then those further ahead and those of the past, newest first.
fn campaigns(pack: &Pack, t: Tongue) -> (Vec<CampaignVersion>, Vec<CampaignVersion>) {
    let version = |campaign: &Campaign, state| CampaignVersion {
        name: campaign.name.in_lang(t.lang).to_owned(),
        from: campaign.from,
        until: campaign.until,
        rate: campaign.grants_at(GrantAt::Payment).next().map_or(0, |grant| grant.rate.basis_points()),
        person_limit: campaign.person_month,
        city_limit: campaign.city_month,
        state,
        source: campaign.source.in_lang(t.lang).to_owned(),
    };
    let now = pack.campaign_on(t.today).map(|campaign| version(campaign, "now"));
    let ahead: Vec<&Campaign> = pack.campaigns.iter().filter(|c| c.from > t.today).collect();
    let (next, far) = ahead.split_at(ahead.len().min(AHEAD));
    let past = pack.campaigns.iter().rev().filter(|c| c.until.is_some_and(|until| until < t.today));
    let near = now.into_iter().chain(next.iter().map(|c| version(c, "ahead"))).collect();
    let others =
        far.iter().rev().map(|c| version(c, "ahead")).chain(past.map(|c| version(c, "past"))).collect();
    (near, others)
}

#[derive(Deserialize)]
struct Wish {
    rate: String,
    limit: String,
    csrf: String,
}

async fn wish(visit: Visit, Form(wish): Form<Wish>) -> Response {
    if !visit.is_officer_for(REHEARSES) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&wish.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/desk");
    }
    let (rate, limit) = (percent(&wish.rate), won(&wish.limit));
    if let (Some(rate), Some(limit)) = (rate, limit) {
        return visit.go(&format!("/desk/rehearsals?rate={rate}&limit={limit}"));
    }
    let mut errors = Vec::new();
    let mut field = |name: &'static str, good: bool, value: &str, key: &str| {
        let value: String = value.chars().take(40).collect();
        if good {
            return Field::of(value);
        }
        let error = visit.t.say(key).about("most", HIGHEST).to_string();
        errors.push(FieldError { field: name, error: error.clone() });
        Field::wrong(value, error)
    };
    let form = RehearsalForm {
        rate: field("rate", rate.is_some(), &wish.rate, "field-rate"),
        limit: field("limit", limit.is_some(), &wish.limit, "field-limit"),
    };
    desk_page(visit, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
}

/// Basis points from `8`, `7.5`, `7.25%`.
fn percent(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let rate: Rate = format!("{text}%").parse().ok()?;
    Some(rate.basis_points()).filter(|points| *points <= DEAREST)
}

/// Won from `1,000,000` or `1000000원`.
fn won(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches("원").trim_end_matches("won");
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|won| *won <= HIGHEST)
}

#[derive(Deserialize)]
struct Asked {
    rate: Option<String>,
    limit: Option<String>,
}

impl Asked {
    fn draft(&self) -> Option<(i64, i64)> {
        let rate: i64 = self.rate.as_deref()?.parse().ok()?;
        let limit: i64 = self.limit.as_deref()?.parse().ok()?;
        ((0..=DEAREST).contains(&rate) && (0..=HIGHEST).contains(&limit)).then_some((rate, limit))
    }
}

async fn result(mut visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !visit.is_officer_for(REHEARSES) {
        return visit.at_the_door();
    }
    let Some((rate, limit)) = asked.draft() else { return visit.go("/desk") };
    let draft = Draft { rate: Rate::from_basis_points(rate), person_month: Some(Won(limit)) };
    match visit.app.rehearse(draft, PATIENCE).await {
        Some(Progress::Done(rehearsal)) => {
            tour::rehearsed(&mut visit);
            let page = rehearsal_page(&visit, &rehearsal);
            visit.show(&page)
        }
        Some(Progress::Running(done, all)) => {
            let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            let page = RehearsalRunningPage {
                t: visit.t,
                page: visit.page(),
                rate,
                limit: Won(limit),
                done: count(done),
                all: count(all),
            };
            visit.show(&page)
        }
        Some(Progress::Failed) => {
            visit.refuse(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"), "/desk")
        }
        None => visit.refuse(Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "rehearsal.busy"), "/desk"),
    }
}

fn rehearsal_page(visit: &Visit, rehearsal: &Rehearsal) -> RehearsalPage {
    let t = visit.t;
    let pack = visit.app.city.shared.read().town.pack.clone();
    let gain = |name: String, group: &Group| Gain {
        name,
        count: group.count,
        now: Won(group.now),
        draft: Won(group.draft),
    };
    let trade = |position: u8| {
        let trade = pack.city.trades.get(usize::from(position));
        trade.map_or_else(String::new, |trade| trade.name.in_lang(t.lang).to_owned())
    };
    let place = |position: Option<u8>| match position.and_then(|p| pack.city.districts.get(usize::from(p))) {
        Some(district) => district.name.in_lang(t.lang).replace('\u{ad}', ""),
        None => t.say("gain-elsewhere").to_string(),
    };
    RehearsalPage {
        t,
        page: visit.page(),
        from: rehearsal.from,
        until: rehearsal.until,
        payments: rehearsal.payments,
        rate_now: rehearsal.now.rate,
        rate_draft: rehearsal.draft.rate,
        limit_now: rehearsal.now.person_month,
        limit_draft: rehearsal.draft.person_month,
        cost_now: Won(rehearsal.cost_now),
        cost_draft: Won(rehearsal.cost_draft),
        ends_now: rehearsal.ends_now,
        ends_draft: rehearsal.ends_draft,
        people: rehearsal.people,
        notes: notes(t, rehearsal),
        wrong: rehearsal.first.map(|first| {
            t.say("rehearsal-wrong-first")
                .count("count", i64::try_from(rehearsal.differences).unwrap_or(i64::MAX))
                .count("number", i64::try_from(first.no.0).unwrap_or(i64::MAX))
                .won("recorded", first.recorded)
                .won("again", first.again)
                .to_string()
        }),
        bands: rehearsal.bands.iter().enumerate().map(|(i, group)| gain(band(t, i), group)).collect(),
        trades: rehearsal.trades.iter().map(|(p, group)| gain(trade(*p), group)).collect(),
        places: rehearsal.places.iter().map(|(p, group)| gain(place(*p), group)).collect(),
        form: RehearsalForm {
            rate: Field::of(percent_typed(rehearsal.draft.rate)),
            limit: Field::of(rehearsal.draft.person_month.unwrap_or(Won::ZERO).to_string()),
        },
    }
}

fn notes(t: Tongue, rehearsal: &Rehearsal) -> Vec<String> {
    let mut notes = Vec::new();
    if rehearsal.differences == 0 && rehearsal.payments > 0 {
        notes.push(t.say("rehearsal-note-checked").to_string());
    }
    notes.extend(
        rehearsal.changes.iter().map(|day| t.say("rehearsal-note-changed").day("day", *day).to_string()),
    );
    if rehearsal.budget_bound {
        notes.push(t.say("rehearsal-note-budget").to_string());
    }
    notes
}

/// `5만 원 아래`, `5만 원부터 10만 원`, `30만 원부터`.
fn band(t: Tongue, index: usize) -> String {
    let (from, to) = (index.checked_sub(1).and_then(|i| BANDS.get(i)), BANDS.get(index));
    match (from, to) {
        (None, Some(to)) => t.say("gain-band-under").about("to", *to).to_string(),
        (Some(from), Some(to)) => {
            t.say("gain-band-between").about("from", *from).about("to", *to).to_string()
        }
        (Some(from), None) => t.say("gain-band-over").about("from", *from).to_string(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_limits_as_people_type_them() {
        for (text, points) in [
            ("8", Some(800)),
            (" 7.5 ", Some(750)),
            ("7.25%", Some(725)),
            ("0", Some(0)),
            ("20", Some(2_000)),
            ("20.01", None),
            ("", None),
            ("-1", None),
            ("8,5", None),
            ("팔", None),
            ("1e3", None),
        ] {
            assert_eq!(percent(text), points, "{text}");
        }
        for (text, amount) in [
            ("1,000,000", Some(1_000_000)),
            ("300000원", Some(300_000)),
            ("0", Some(0)),
            ("100000000", Some(100_000_000)),
            ("100000001", None),
            ("", None),
            ("-5", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(won(text), amount, "{text}");
        }
        assert_eq!(percent_typed(750), "7.5");
    }
}
