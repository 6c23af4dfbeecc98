//! `/join/mine`: what a citizen applied for, or what became of a shop's registration.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{ApplicationId, Role, Won};
use city::joining::{File, said};
use city::{Command, NewMerchant, OnShops};
use serde::Deserialize;

use super::{expired, unknown, words};
use crate::frame::Visit;
use crate::look::{Alert, Choice, Field, FieldError, JoinMinePage, MembershipForm};
use crate::problem::Rejected;

const PAGE: &str = "/join/mine";
/// As many as are shown.
const MOST: usize = 20;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    name: String,
    number: String,
    trade: String,
    district: String,
    sales: String,
    text: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    status: StatusCode,
    typed: Post,
    /// The field that is wrong.
    field: &'static str,
    /// The file it is about.
    file: Option<ApplicationId>,
    alert: Option<Alert>,
}

/// Whether the visitor may have files of their own here.
fn is_theirs(visit: &Visit) -> bool {
    matches!(visit.role, Some(Role::Citizen(_) | Role::Merchant(_)))
}

pub(super) async fn show(visit: Visit) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    page(visit, Sent::default()).await
}

async fn page(visit: Visit, sent: Sent) -> Response {
    let own = |file: &File| match visit.role {
        Some(Role::Citizen(me)) => file.person == Some(me),
        Some(Role::Merchant(me)) => file.merchant == Some(me),
        _ => false,
    };
    let files: Vec<File> = {
        let view = visit.app.city.shared.read();
        let mut files: Vec<File> =
            view.town.directory.joining.files().filter(|file| own(file)).cloned().collect();
        files.sort_by_key(|file| std::cmp::Reverse((file.filed, file.id)));
        files.truncate(MOST);
        files
    };
    let (vault, ids) = (visit.app.city.vault(), files.iter().map(|file| file.id).collect::<Vec<_>>());
    let read = visit.app.read(move |snapshot| {
        ids.into_iter().map(|id| said(snapshot, &vault, id)).collect::<Result<Vec<_>, _>>()
    });
    let told = match read.await {
        Ok(told) => told,
        Err(error) => return visit.refuse(error, "/"),
    };
    let error = sent.alert.as_ref().map(|alert| alert.what.clone()).unwrap_or_default();
    let mut frame = visit.page();
    frame.alert.clone_from(&sent.alert);
    let page = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        let shown = files.iter().zip(told).map(|(file, told)| {
            let mut shown = words::shown(&visit, town, file, told);
            if sent.file == Some(file.id) && !sent.field.is_empty() {
                shown.text = Field::wrong(sent.typed.text.clone(), error.clone());
            }
            shown
        });
        let errors = match sent.field {
            "" | "text" => Vec::new(),
            field => vec![FieldError { field, error: error.clone() }],
        };
        JoinMinePage {
            t: visit.t,
            page: frame,
            errors,
            files: shown.collect(),
            form: form(&visit, town, &sent, &error),
        }
    };
    visit.show_as(sent.status, &page)
}

/// The form, for a citizen on a day on which some shops apply.
fn form(visit: &Visit, town: &city::CityView, sent: &Sent, error: &str) -> Option<MembershipForm> {
    let (t, pack, typed) = (visit.t, &town.pack, &sent.typed);
    let rules = pack.card_on(t.today)?;
    let trades = pack.city.trades.iter();
    let trades: Vec<Choice> = trades
        .filter(|trade| rules.asks_to_apply(&trade.id) && !trade.is_excluded())
        .map(|trade| Choice {
            value: trade.id.clone(),
            name: trade.name.in_lang(t.lang).to_owned(),
            chosen: trade.id == typed.trade,
        })
        .collect();
    if trades.is_empty() || !matches!(visit.role, Some(Role::Citizen(_))) {
        return None;
    }
    let districts = pack.city.districts.iter();
    let field = |name: &str, value: &str| {
        let value: String = value.chars().take(100).collect();
        if name == sent.field { Field::wrong(value, error) } else { Field::of(value) }
    };
    Some(MembershipForm {
        request_key: visit.app.request_key(),
        name: field("name", &typed.name),
        number: field("number", &typed.number),
        trades,
        districts: districts
            .map(|district| Choice {
                value: district.code.clone(),
                name: district.name.in_lang(t.lang).to_owned(),
                chosen: district.code == typed.district,
            })
            .collect(),
        sales: field("sales", &typed.sales),
        papers: pack.settlement.joining.papers.iter().map(|p| p.name.in_lang(t.lang).to_owned()).collect(),
    })
}

/// Won as typed: digits, with whatever stands between them; nothing is nothing.
fn sales(text: &str) -> Result<Option<Won>, ()> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '원')).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    digits.parse().map(|won| Some(Won(won))).map_err(|_| ())
}

pub(super) async fn apply(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(Role::Citizen(person)) = visit.role else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let asked = match sales(&form.sales) {
        Ok(sales) => {
            let shop = NewMerchant {
                name: form.name.clone(),
                business_number: form.number.clone(),
                trade: form.trade.clone(),
                district: form.district.clone(),
                sales,
                owner: Some(person),
            };
            visit.ask(&form.request_key, Command::OnShops(OnShops::Apply { person, shop })).await.map(drop)
        }
        Err(()) => Err(Rejected::new(StatusCode::UNPROCESSABLE_ENTITY, "shop.sales-form")),
    };
    match asked {
        Ok(()) => visit.go(PAGE),
        Err(rejected) => {
            let field = match rejected.refusal.code {
                "shop.name" => "name",
                "business-number.wrong" | "shop.known" | "application.waits" | "application.barred" => {
                    "number"
                }
                "trade.unknown" | "application.trade" | "application.needless" => "trade",
                "district.unknown" => "district",
                "shop.sales" | "shop.sales-form" => "sales",
                _ => "",
            };
            let alert = Some(visit.alert(&rejected));
            page(visit, Sent { status: rejected.status, typed: form, field, file: None, alert }).await
        }
    }
}

/// A command about a file of one's own, and back to the page.
async fn on(visit: Visit, id: &str, form: Post, make: impl FnOnce(ApplicationId) -> OnShops) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(id) = id.parse::<ApplicationId>() else { return visit.refuse(unknown(), PAGE) };
    match visit.ask(&form.request_key, Command::OnShops(make(id))).await {
        Ok(_) => visit.go(PAGE),
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => visit.refuse(rejected, PAGE),
        Err(rejected) => {
            let alert = Some(visit.alert(&rejected));
            let sent = Sent { status: rejected.status, typed: form, field: "text", file: Some(id), alert };
            page(visit, sent).await
        }
    }
}

pub(super) async fn withdraw(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on(visit, &id, form, |application| OnShops::Withdraw { application }).await
}

pub(super) async fn appeal(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let text = form.text.clone();
    on(visit, &id, form, |application| OnShops::Appeal { application, text }).await
}
