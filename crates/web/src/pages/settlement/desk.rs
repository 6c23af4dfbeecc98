//! `/desk/payouts`: what waits is sent, the bank's answers are taken in, and what nobody knows is looked at.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Form, Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{PostingNo, Refusal, Won};
use city::payouts::store::{AnswerRow, FileRow, LineRow, PayoutRow, StateRow};
use city::payouts::{end_to_end, message, posting_of};
use city::read::payouts::{self as read, Desk};
use city::{Command, OnPayouts, Payee};
use economy::business_number;
use rules::Confirmed;
use serde::Deserialize;

use super::{Typed, empty_form, expired, lines, words, wrong_form};
use crate::answers;
use crate::frame::Visit;
use crate::look::{
    AccountForm, Alert, AnswerLine, DeskPayoutsPage, FailedLine, Field, FieldError, FileLine, OpenLine,
    ShopWithoutAccount as WithoutAccount,
};
use crate::pages::waiting::proposed;
use crate::problem::Rejected;

const BACK: &str = "/desk/payouts";
/// Shops that can't be paid on the page.
const SHOWN: usize = 50;

/// What a form left behind.
#[derive(Default)]
struct Sent {
    form: Option<AccountForm>,
    shop: Field,
    /// A line's id and what was typed about it.
    note: Option<(String, Field)>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

impl Sent {
    fn refused(visit: &Visit, rejected: &Rejected) -> Sent {
        Sent { alert: Some(visit.alert(rejected)), status: rejected.status, ..Sent::default() }
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    if !visit.is_officer_for("send-payouts") {
        return visit.at_the_door();
    }
    page(visit, Sent::default()).await
}

async fn page(visit: Visit, mut sent: Sent) -> Response {
    let now = visit.app.now();
    let desk = visit.app.read(move |snapshot| read::desk(snapshot, now)).await;
    let Desk { files, answers, lines, settled, failed } = match desk {
        Ok(desk) => desk,
        Err(error) => return visit.refuse(error, "/desk"),
    };
    if let Err(away) = lines::looked_at(&visit, lines.people).await {
        return visit.refuse(away, "/desk");
    }
    let (waiting, with_bank, proposed) = {
        let view = visit.app.city.shared.read();
        let proposals = view.town.open.proposals.waiting(now);
        let file = proposals.iter().any(|one| one.wish.operation() == Confirmed::SendPayouts);
        (view.town.payouts.waiting(), view.town.payouts.sent(), file)
    };
    let without = without_account(&visit);
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let page = DeskPayoutsPage {
        t: visit.t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        waiting: (waiting.0, Won(waiting.1)),
        sent: (with_bank.0, Won(with_bank.1)),
        proposed,
        send_key: visit.app.request_key(),
        lines: lines.lines.iter().map(|row| open_line(&visit, row, &sent)).collect(),
        settled,
        files: files.iter().map(|(row, states)| file_line(&visit, row, states)).collect(),
        answers: answers.iter().map(|row| answer_line(&visit, row)).collect(),
        failed: failed.iter().map(|row| failed_line(&visit, row)).collect(),
        without_all: without.len(),
        without: without.into_iter().take(SHOWN).collect(),
        form: sent.form.take().unwrap_or_else(|| empty_form(&visit)),
        shop: std::mem::take(&mut sent.shop),
    };
    visit.show_as(sent.status, &page)
}

/// Shops that are owed something and have said nowhere to send it, those that are owed most first.
fn without_account(visit: &Visit) -> Vec<WithoutAccount> {
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let shops = town.directory.shops().iter();
    let mut without: Vec<WithoutAccount> = shops
        .filter(|shop| town.payouts.account(Payee::Shop(shop.id)).is_none())
        .map(|shop| (shop, town.payable(&view.books, shop.id)))
        .filter(|(_, owed)| *owed > 0)
        .map(|(shop, owed)| WithoutAccount {
            name: shop.name.clone(),
            number: business_number::show(&shop.business_number),
            amount: Won(owed),
        })
        .collect();
    without.sort_by_key(|one| std::cmp::Reverse(one.amount.0));
    without
}

fn open_line(visit: &Visit, row: &LineRow, sent: &Sent) -> OpenLine {
    let own = sent.note.as_ref().filter(|(id, _)| *id == row.id).map(|(_, note)| note.clone());
    OpenLine {
        id: row.id.clone(),
        of: lines::of_the_bank(visit, row),
        payout: row.payout.map(end_to_end).unwrap_or_default(),
        request_key: visit.app.request_key(),
        note: own.unwrap_or_default(),
    }
}

fn file_line(visit: &Visit, row: &FileRow, states: &[StateRow]) -> FileLine {
    let t = visit.t;
    let state = |state: &StateRow| {
        let said = t.say("payout-file-state").text("state", words::state(t, &state.state));
        said.count("count", state.count).won("amount", state.amount).to_string()
    };
    let no = row.no.unsigned_abs();
    FileLine {
        no,
        name: message(no),
        at: visit.moment(row.at),
        count: row.count,
        amount: Won(row.amount),
        states: states.iter().map(state).collect(),
        request_key: visit.app.request_key(),
    }
}

fn answer_line(visit: &Visit, row: &AnswerRow) -> AnswerLine {
    AnswerLine {
        message: row.message.clone(),
        kind: row.kind.clone(),
        at: visit.moment(row.at),
        said: counted(visit, [row.matched, row.failed, row.known, row.open]),
    }
}

fn counted(visit: &Visit, [matched, failed, known, open]: [i64; 4]) -> String {
    let said = visit.t.say("bank-answer-counts").count("matched", matched).count("failed", failed);
    said.count("known", known).count("open", open).to_string()
}

fn failed_line(visit: &Visit, row: &PayoutRow) -> FailedLine {
    let payee = match row.payee.parse() {
        Ok(Payee::Shop(shop)) => {
            let view = visit.app.city.shared.read();
            view.town.directory.shop(shop).map(|(_, shop)| shop.name.clone())
        }
        _ => None,
    };
    FailedLine {
        name: end_to_end(row.posting),
        payee: payee.unwrap_or_else(|| row.payee.clone()),
        amount: Won(row.amount),
        code: row.code.clone().unwrap_or_default(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    payout: String,
    note: String,
}

/// What stands before everything else: who posts, and from where.
fn not_this_officers(visit: &Visit, csrf: &str) -> Option<fn(Visit) -> Response> {
    if !visit.is_officer_for("send-payouts") {
        return Some(Visit::at_the_door);
    }
    (!visit.form_holds(csrf)).then_some(|visit| visit.refuse(expired(), BACK))
}

pub(super) async fn send(visit: Visit, Form(form): Form<Post>) -> Response {
    if let Some(stop) = not_this_officers(&visit, &form.csrf) {
        return stop(visit);
    }
    let command = Command::OnPayouts(OnPayouts::Send { upto: None });
    match visit.ask(&form.request_key, command).await {
        Ok(reply) => visit.go(&proposed(&reply).unwrap_or_else(|| BACK.to_owned())),
        Err(rejected) => {
            let sent = Sent::refused(&visit, &rejected);
            page(visit, sent).await
        }
    }
}

pub(super) async fn account(visit: Visit, Form(typed): Form<Typed>) -> Response {
    if let Some(stop) = not_this_officers(&visit, &typed.csrf) {
        return stop(visit);
    }
    let number = business_number::parse(&typed.shop);
    let shop = {
        let view = visit.app.city.shared.read();
        number.and_then(|number| view.town.directory.shop_numbered(&number).map(|shop| shop.id))
    };
    let asked = match shop {
        Some(shop) => visit.ask(&typed.request_key, typed.command(Payee::Shop(shop), true)).await.map(drop),
        None => Err(Refusal::new("shop.unknown").into()),
    };
    match asked {
        Ok(()) => visit.go(BACK),
        Err(rejected) => {
            let (form, mut errors, alert) = wrong_form(&visit, &typed, &rejected);
            let text: String = typed.shop.chars().take(20).collect();
            let shop = if shop.is_none() {
                errors.push(FieldError { field: "shop", error: alert.what.clone() });
                Field::wrong(text, alert.what.clone())
            } else {
                Field::of(text)
            };
            let status = rejected.status;
            let sent = Sent { form: Some(form), shop, errors, alert: Some(alert), status, note: None };
            page(visit, sent).await
        }
    }
}

pub(super) async fn resolve(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if let Some(stop) = not_this_officers(&visit, &form.csrf) {
        return stop(visit);
    }
    let typed = form.payout.trim();
    let payout = posting_of(typed).or_else(|| typed.parse::<PostingNo>().ok());
    let asked = if typed.is_empty() || payout.is_some() {
        let (line, note) = (id.clone(), form.note.clone());
        visit.ask(&form.request_key, Command::OnPayouts(OnPayouts::Resolve { line, payout, note })).await
    } else {
        Err(Refusal::new("line.payout").into())
    };
    match asked {
        Ok(_) => visit.go(BACK),
        Err(rejected) => {
            let mut sent = Sent::refused(&visit, &rejected);
            let error = sent.alert.as_ref().map(|alert| alert.what.clone()).unwrap_or_default();
            sent.note = Some((id, Field::wrong(form.note, error)));
            page(visit, sent).await
        }
    }
}

/// The form's token and the file, whichever comes first.
async fn parts(mut form: Multipart) -> Option<(String, Vec<u8>)> {
    let (mut csrf, mut file) = (String::new(), Vec::new());
    while let Some(field) = form.next_field().await.ok()? {
        match field.name() {
            Some("csrf") => csrf = field.text().await.ok()?,
            Some("file") => file = field.bytes().await.ok()?.to_vec(),
            _ => {}
        }
    }
    Some((csrf, file))
}

pub(super) async fn answer(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    if !visit.is_officer_for("send-payouts") {
        return visit.at_the_door();
    }
    // What isn't a form with parts can't bring the form's token either.
    let Ok(form) = form else { return visit.refuse(expired(), BACK) };
    let Some((csrf, bytes)) = parts(form).await else {
        let sent = Sent::refused(&visit, &Refusal::new("answer.large").into());
        return page(visit, sent).await;
    };
    if let Some(stop) = not_this_officers(&visit, &csrf) {
        return stop(visit);
    }
    let imported = match visit.actor() {
        Some(actor) => answers::take_in(&visit.app, actor, bytes).await,
        None => Err(expired()),
    };
    match imported {
        Ok(imported) => {
            let [matched, failed, known, open] =
                [imported.matched, imported.failed, imported.known, imported.open]
                    .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
            let what = match imported.before {
                Some(at) => visit.t.say("bank-answer-before").moment("at", &visit.moment(at)).to_string(),
                None => visit.t.say("bank-answer-done").to_string(),
            };
            let mut alert = Alert::done(what);
            alert.why = Some(counted(&visit, [matched, failed, known, open]));
            page(visit, Sent { alert: Some(alert), ..Sent::default() }).await
        }
        Err(rejected) => {
            let sent = Sent::refused(&visit, &rejected);
            page(visit, sent).await
        }
    }
}
