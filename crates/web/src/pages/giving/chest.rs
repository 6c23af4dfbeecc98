//! `/chest`: the collector's desk. What came in, what it is for, what was spent and what it became; receipts given.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Form, Multipart, Path};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{PostingNo, Refusal, Role, Won};
use city::read::giving::{document as document_of, issues, purposes, receipts_of_year, spendings};
use city::{Command, NewSpending, OnGiving};
use economy::facts::Giver;
use economy::{Class, chart};
use serde::Deserialize;
use sheets::{Cell, Sheet};

use super::mine::number;
use super::{receipt, words};
use crate::frame::Visit;
use crate::look::{Alert, ChestPage, Field, FieldError, IssueLine};
use crate::pages::wallet::{expired, typed};
use crate::problem::Rejected;

const HERE: &str = "/chest";
/// Lines of the issue log that are shown.
const ISSUES: i64 = 30;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    ko: String,
    en: String,
    outcome: String,
    year: String,
    form: String,
    why: String,
}

/// A spending as it was typed.
#[derive(Default)]
struct Typed {
    csrf: String,
    request_key: String,
    purpose: String,
    amount: String,
    payee: String,
    what: String,
    outcome: String,
    document_name: String,
    document: Vec<u8>,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    typed: Typed,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

/// Whether the visitor speaks for who collects.
pub(super) fn is_collector(visit: &Visit) -> bool {
    let Some(Role::Organisation(id)) = visit.role else { return false };
    let view = visit.app.city.shared.read();
    crate::frame::collects(&view.town, id)
}

pub(super) async fn show(visit: Visit) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    page(visit, Sent::default()).await
}

async fn page(visit: Visit, mut sent: Sent) -> Response {
    let read = visit.app.read(|snapshot| Ok((spendings(snapshot)?, issues(snapshot, ISSUES)?)));
    let (spendings, issues) = match read.await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let t = visit.t;
    let mut keys = [(); 4].map(|()| visit.app.request_key());
    if !sent.typed.request_key.is_empty() {
        keys[0] = std::mem::take(&mut sent.typed.request_key);
    }
    // What is wrong is said beside its field, too.
    let errors = std::mem::take(&mut sent.errors);
    let field = |name: &str, value: String| match errors.iter().find(|wrong| wrong.field == name) {
        Some(wrong) => Field::wrong(value, wrong.error.clone()),
        None => Field::of(value),
    };
    let Typed { amount, payee, what, outcome, .. } = std::mem::take(&mut sent.typed);
    let (amount, payee) = (field("amount", amount), field("payee", payee));
    let (what, outcome) = (field("what", what), field("outcome", outcome));
    let page = {
        let view = visit.app.city.shared.read();
        let sums = purposes(&view.town, &view.books);
        let sum = |of: fn(&city::read::giving::PurposeSums) -> i64| Won(sums.iter().map(of).sum());
        let issue = |issue: &city::giving::Issue| IssueLine {
            serial: issue.serial.clone(),
            copy: issue.copy,
            at: view.town.zone.civil(issue.at),
            role: t.say(format!("role-{}", issue.role)).to_string(),
        };
        ChestPage {
            t,
            page: frame,
            errors,
            collector: words::collector(&view.town, t),
            held: sum(|purpose| purpose.held),
            collected: sum(|purpose| purpose.collected),
            due: Won(view.books.balance_of(&chart::scheme(Class::GiftDue).key)),
            total: sum(|purpose| purpose.given),
            spent: sum(|purpose| purpose.spent),
            purposes: words::shown(&view, t, &spendings),
            months: words::months(&view.town, t),
            amount,
            payee,
            what,
            outcome,
            keys,
            issues: issues.iter().map(issue).collect(),
            year: t.today.year(),
        }
    };
    visit.show_as(sent.status, &page)
}

async fn refused(visit: Visit, rejected: Rejected, field: &'static str, typed: Typed) -> Response {
    let alert = visit.alert(&rejected);
    let errors = vec![FieldError { field, error: alert.what.clone() }];
    page(visit, Sent { typed, errors, alert: Some(alert), status: rejected.status }).await
}

async fn fields(mut form: Multipart) -> Option<Typed> {
    let mut typed = Typed::default();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "document" {
            typed.document_name = field.file_name().unwrap_or_default().to_owned();
            typed.document = field.bytes().await.ok()?.to_vec();
            continue;
        }
        let text = field.text().await.ok()?;
        match &*name {
            "csrf" => typed.csrf = text,
            "request_key" => typed.request_key = text,
            "purpose" => typed.purpose = text,
            "amount" => typed.amount = text,
            "payee" => typed.payee = text,
            "what" => typed.what = text,
            "outcome" => typed.outcome = text,
            _ => {}
        }
    }
    Some(typed)
}

pub(super) async fn spend(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    // What isn't a form with parts can't bring the form's token either.
    let Ok(form) = form else { return visit.refuse(expired(), HERE) };
    let Some(mut typed) = fields(form).await else {
        return visit.refuse(Refusal::new("giving.document-size"), HERE);
    };
    if !visit.form_holds(&typed.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let outcome = typed.outcome.trim();
    let wish = NewSpending {
        purpose: number(&typed.purpose),
        amount: typed::amount(&typed.amount).unwrap_or(0),
        payee: typed.payee.clone(),
        what: typed.what.clone(),
        document_name: typed.document_name.clone(),
        document: std::mem::take(&mut typed.document),
        outcome: (!outcome.is_empty()).then(|| outcome.to_owned()),
    };
    match visit.ask(&typed.request_key, Command::OnGiving(OnGiving::Spend(wish))).await {
        Ok(_) => visit.go(HERE),
        Err(rejected) => {
            let field = match rejected.refusal.code {
                "giving.payee" => "payee",
                "giving.what" => "what",
                "giving.document" | "giving.document-size" => "document",
                "giving.outcome" => "outcome",
                _ => "amount",
            };
            refused(visit, rejected, field, typed).await
        }
    }
}

pub(super) async fn open_purpose(visit: Visit, Form(form): Form<Post>) -> Response {
    let wish = OnGiving::OpenPurpose { ko: form.ko.clone(), en: form.en.clone() };
    send(visit, form, wish, "ko").await
}

pub(super) async fn tell(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let Ok(spending) = id.parse::<PostingNo>() else { return visit.refuse(receipt::not_found(), HERE) };
    let wish = OnGiving::Tell { spending, outcome: form.outcome.clone() };
    send(visit, form, wish, "main").await
}

async fn send(visit: Visit, form: Post, wish: OnGiving, field: &'static str) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match visit.ask(&form.request_key, Command::OnGiving(wish)).await {
        Ok(_) => visit.go(HERE),
        Err(rejected) => refused(visit, rejected, field, Typed::default()).await,
    }
}

/// The document of a spending, for the collector.
pub(super) async fn document(visit: Visit, Path(id): Path<String>) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    let Ok(no) = id.parse::<PostingNo>() else { return visit.refuse(receipt::not_found(), HERE) };
    match visit.app.read(move |snapshot| document_of(snapshot, no)).await {
        Ok(Some(found)) => file(&format!("{no}.bin"), "application/octet-stream", found.bytes),
        Ok(None) => visit.refuse(receipt::not_found(), HERE),
        Err(error) => visit.refuse(error, HERE),
    }
}

/// Always saved, never shown: nobody knows what is in it.
fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A year's receipts. The reason is kept first, then a look at everyone in the file, then it goes out.
pub(super) async fn summary(visit: Visit, Form(form): Form<Post>) -> Response {
    if !is_collector(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let year: i16 = form.year.trim().parse().unwrap_or(0);
    let read = visit.app.read(move |snapshot| receipts_of_year(snapshot, year)).await;
    let receipts = match read {
        Ok(receipts) => receipts,
        Err(error) => return visit.refuse(error, HERE),
    };
    let command = Command::Download {
        what: format!("gift-receipts {year}"),
        lines: receipts.len() as u64,
        why: form.why.clone(),
    };
    let kept = match visit.ask(&form.request_key, command).await {
        Ok(kept) => kept,
        Err(rejected) => return refused(visit, rejected, "why", Typed::default()).await,
    };
    let looks = visit.looks("giving.summary", "gift").because(&kept);
    let given = receipts.clone();
    let names = visit.app.register(looks, move |register| {
        given
            .iter()
            .map(|receipt| match receipt.giver() {
                Some(Giver::Person(person)) => Ok(register.naming(person)?.map(|known| known.name)),
                _ => Ok(None),
            })
            .collect::<Result<Vec<_>, store::Error>>()
    });
    let names = match names.await {
        Ok(names) => names,
        Err(error) => return visit.refuse(error, HERE),
    };
    let sheet = table(&visit, year, &receipts, &names);
    if form.form == "csv" {
        return file(&format!("gift-receipts-{year}.csv"), "text/csv; charset=utf-8", sheets::csv(&sheet));
    }
    match sheets::xlsx(&[sheet], visit.app.now().0 / 1_000_000) {
        Ok(bytes) => {
            const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            file(&format!("gift-receipts-{year}.xlsx"), XLSX, bytes)
        }
        Err(error) => {
            tracing::error!(%error, "a summary of receipts can't be written");
            visit.refuse(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"), HERE)
        }
    }
}

fn table(visit: &Visit, year: i16, receipts: &[city::giving::Receipt], names: &[Option<String>]) -> Sheet {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let heads = ["serial", "giver", "number", "gifts", "amount", "issued", "copies"];
    let row = |(receipt, name): (&city::giving::Receipt, &Option<String>)| -> Vec<Cell> {
        let shop = match receipt.giver() {
            Some(Giver::Shop(shop)) => view.town.directory.shop(shop).map(|(_, shop)| shop),
            _ => None,
        };
        let name = name.clone().or_else(|| shop.map(|shop| shop.name.clone())).unwrap_or_default();
        let number = shop.map(|shop| economy::business_number::show(&shop.business_number));
        vec![
            receipt.serial.clone().into(),
            name.into(),
            number.into(),
            receipt.gifts.into(),
            receipt.amount.into(),
            view.town.zone.date(receipt.issued).to_string().into(),
            receipt.copies.into(),
        ]
    };
    Sheet {
        name: year.to_string(),
        columns: heads.iter().map(|head| t.say(format!("summary-{head}")).to_string()).collect(),
        rows: receipts.iter().zip(names).map(row).collect(),
    }
}
