//! `/waiting`: what waits for a second person's yes, for who may say it, and for who proposed it.

mod forms;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::{AccountId, Date, Instant, Won, day_of_date};
use city::coupons::everyone::{free, people_for};
use city::may::holds;
use city::pack::would_change;
use city::proposals::{Kept, Proposal, State, Wish, may_decide, may_see, may_withdraw, of};
use city::{CityView, Reply};
use economy::Facts;
use rules::Difference;
use store::Error;

use super::coupons;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{
    Alert, CouponsWait, EndedLine, Field, FieldError, RuleChange, Tongue, WaitingLine, WaitingPage,
};

pub(crate) const PAGE: &str = "/waiting";
/// As many of one's own as are listed.
const LISTED: u32 = 20;
/// As many places of a pack's rules as are listed.
const CHANGES: usize = 200;
/// What a post has done.
const DONE: [(&str, &str); 5] = [
    ("proposed", "done-proposed"),
    ("confirmed", "done-proposal-confirmed"),
    ("refused", "done-proposal-refused"),
    ("withdrawn", "done-proposal-withdrawn"),
    ("heard", "done-proposal-heard"),
];

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route(PAGE, get(show))
        .route("/waiting/{id}/confirm", post(forms::confirm))
        .route("/waiting/{id}/refuse", post(forms::refuse))
        .route("/waiting/{id}/withdraw", post(forms::withdraw))
        .route("/waiting/{id}/heard", post(forms::heard))
}

/// Where a page goes that asked for something and was told that it waits.
pub(super) fn proposed(reply: &Reply) -> Option<String> {
    let waits = matches!(reply, Reply::Done { facts: Facts::Proposal(_), .. });
    waits.then(|| format!("{PAGE}?did=proposed"))
}

/// How many of the visitor's own were answered without their having read so.
pub(crate) fn news(visit: &Visit, town: &CityView) -> usize {
    let me = visit.visitor.and_then(|actor| actor.account);
    me.map_or(0, |me| town.open.proposals.news_for(me, visit.app.now()))
}

/// Whether somebody has to do with what waits: proposes, or confirms.
fn concerns(visit: &Visit) -> bool {
    let view = visit.app.city.shared.read();
    let pack = &view.town.pack;
    visit.visitor.is_some_and(|actor| may_withdraw(&actor, pack) || holds(&actor, "confirm-role", pack))
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    alert: Option<Alert>,
    errors: Vec<FieldError>,
    /// The reason that was typed, for which proposal.
    why: Option<(String, Field)>,
    status: StatusCode,
}

async fn show(visit: Visit) -> Response {
    if !concerns(&visit) {
        return visit.at_the_door();
    }
    let alert = visit.did(&DONE);
    page(visit, Sent { alert, ..Sent::default() }).await
}

async fn page(visit: Visit, mut sent: Sent) -> Response {
    let now = visit.app.now();
    let me = visit.visitor.and_then(|actor| actor.account);
    let own = match me {
        Some(me) => {
            let vault = visit.app.city.vault();
            match visit.app.read(move |snapshot| of(snapshot, &vault, me, now, LISTED)).await {
                Ok(own) => own,
                Err(error) => return visit.refuse(error, "/"),
            }
        }
        None => Vec::new(),
    };
    let changes = match packs(&visit, now).await {
        Ok(changes) => changes,
        Err(error) => return visit.refuse(error, "/"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let waiting = waiting(&visit, now, sent.why.as_ref(), &changes);
    let page = WaitingPage {
        t: visit.t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        mine: waiting.iter().filter(|one| one.can_decide).count(),
        roles: roles(&visit),
        waiting,
        news: own.iter().filter(|one| one.is_news()).map(|one| ended(&visit, one)).collect(),
        ended: own
            .iter()
            .filter(|one| one.state != State::Waiting && !one.is_news())
            .map(|one| ended(&visit, one))
            .collect(),
    };
    visit.show_as(sent.status, &page)
}

/// Where packs that wait change the rules, by their numbers.
async fn packs(visit: &Visit, now: Instant) -> Result<BTreeMap<u32, Vec<Difference>>, Error> {
    let numbers: Vec<u32> = {
        let view = visit.app.city.shared.read();
        let waiting = view.town.open.proposals.waiting(now).into_iter();
        let number = |one: Proposal| match one.wish {
            Wish::BringPack { no, .. } => Some(no),
            _ => None,
        };
        waiting.filter_map(number).collect()
    };
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let read = visit.app.read(move |snapshot| {
        let of = |no| Ok::<_, Error>((no, would_change(snapshot, no)?));
        numbers.into_iter().map(of).collect::<Result<BTreeMap<_, _>, Error>>()
    });
    read.await
}

fn changes(wish: Wish, packs: &BTreeMap<u32, Vec<Difference>>) -> (Vec<RuleChange>, usize) {
    let Wish::BringPack { no, .. } = wish else { return (Vec::new(), 0) };
    let all = packs.get(&no).map(Vec::as_slice).unwrap_or_default();
    let shown = all.iter().take(CHANGES).map(|one| RuleChange {
        place: format!("{} {}", one.file, one.key),
        was: one.was.clone().unwrap_or_default(),
        now: one.now.clone().unwrap_or_default(),
    });
    (shown.collect(), all.len().saturating_sub(CHANGES))
}

/// What is about a sum.
fn sum(one: &Proposal) -> Option<Won> {
    (!matches!(one.wish, Wish::BringPack { .. })).then_some(Won(one.amount))
}

/// What waits, as far as the visitor may see it.
fn waiting(
    visit: &Visit,
    now: Instant,
    typed: Option<&(String, Field)>,
    packs: &BTreeMap<u32, Vec<Difference>>,
) -> Vec<WaitingLine> {
    let Some(actor) = visit.visitor else { return Vec::new() };
    let date = visit.t.today;
    let at_desk = visit.is_officer_for("begin-coupons");
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let (pack, directory) = (&town.pack, &town.directory);
    let seen = town.open.proposals.waiting(now).into_iter();
    let seen = seen.filter(|one| may_see(&actor, one, pack, directory));
    let line = |one: Proposal| {
        let rule = pack.four_eyes_on(date, one.wish.operation(), i64::MAX);
        let own = actor.account == Some(one.by);
        let id = one.id.to_string();
        let (changes, more) = changes(one.wish, packs);
        WaitingLine {
            what: what(visit.t, town, &one),
            more_at: match one.wish {
                Wish::BeginCoupons { job, .. } if at_desk => format!("/desk/coupons/jobs/{job}"),
                _ => String::new(),
            },
            amount: sum(&one),
            coupons: coupons_wait(&view, &one, date),
            changes,
            more,
            who: who(visit.t, town, one.by),
            since: town.zone.civil(one.since),
            until: town.zone.civil(one.until),
            source: rule.map(|rule| rule.source.in_lang(visit.t.lang).to_owned()).unwrap_or_default(),
            can_decide: !own && may_decide(&actor, &one, rule, pack, directory).is_ok(),
            own,
            request_key: visit.app.request_key(),
            why: typed.filter(|(of, _)| *of == id).map(|(_, why)| why.clone()).unwrap_or_default(),
            id,
        }
    };
    seen.map(line).collect()
}

/// For how many a coupon is, and what its budget has before it and after.
fn coupons_wait(view: &pen::View<CityView>, one: &Proposal, date: Date) -> Option<CouponsWait> {
    let Wish::BeginCoupons { job, .. } = one.wish else { return None };
    let (town, books) = (&view.town, &view.books);
    let job = town.coupons.job(job)?;
    let coupon = town.pack.coupons.coupon(&job.coupon)?;
    let before = free(&town.coupons, &town.pack, &town.directory, books, &coupon.budget);
    Some(CouponsWait {
        people: people_for(job, coupon, one.amount, (books, date)),
        budget: (Won(before), Won(before.saturating_sub(one.amount))),
    })
}

fn what(t: Tongue, town: &CityView, one: &Proposal) -> String {
    match one.wish {
        Wish::BringPack { .. } => t.say("waiting-pack").to_string(),
        Wish::BeginCoupons { job, .. } => match town.coupons.job(job) {
            Some(job) => coupons::in_words(town, t, job),
            None => t.say("coupons-give").to_string(),
        },
        Wish::SendPayouts { count, .. } => t.say("waiting-send-payouts").count("count", count).to_string(),
        Wish::Refund { payment, shop } => {
            let name = town.directory.shop(shop).map(|(_, shop)| shop.name.clone());
            let said = match name {
                Some(name) => t.say("waiting-refund-at").text("shop", name),
                None => t.say("waiting-refund"),
            };
            said.text("payment", payment).to_string()
        }
    }
}

/// By its role and the end of its number, which tells two of one role apart: names of staff are not read here.
fn who(t: Tongue, town: &CityView, account: AccountId) -> String {
    let roles = town.doors.roles_of(account, day_of_date(t.today), &town.pack);
    let rule = roles.first().and_then(|(grant, _)| town.pack.roles.iter().find(|rule| rule.id == grant.role));
    match rule {
        Some(rule) => {
            let number = account.to_string();
            format!("{} · {}", rule.name.in_lang(t.lang), &number[number.len().saturating_sub(4)..])
        }
        None => account.to_string(),
    }
}

/// Roles that wait at the access desk, where the visitor confirms them.
fn roles(visit: &Visit) -> usize {
    let view = visit.app.city.shared.read();
    let town = &view.town;
    match visit.visitor {
        Some(actor) if holds(&actor, "confirm-role", &town.pack) => {
            town.doors.grants().filter(|grant| !grant.confirmed && grant.ended.is_none()).count()
        }
        _ => 0,
    }
}

fn ended(visit: &Visit, one: &Kept) -> EndedLine {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let zone = &view.town.zone;
    let said = t.say(format!("proposal-{}", one.state.code()));
    let became = match one.decided {
        Some(at) => said.text("time", t.moment(&zone.civil(at))),
        None => said,
    };
    // Who took it back was who proposed it.
    let by = one.decided_by.filter(|_| one.state != State::Withdrawn);
    EndedLine {
        id: one.proposal.id.to_string(),
        who: by.map(|account| who(t, &view.town, account)).unwrap_or_default(),
        request_key: visit.app.request_key(),
        what: what(t, &view.town, &one.proposal),
        amount: sum(&one.proposal),
        since: zone.civil(one.proposal.since),
        became: became.to_string(),
        said: one.said.clone().unwrap_or_default(),
    }
}
