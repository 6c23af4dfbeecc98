//! `POST /desk/coupons/import`: a list is read and checked, and nothing is done yet. `POST …/import/begin`: it is.

use std::sync::Arc;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Form, Multipart};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Arg, Refusal, Won};
use city::coupons::everyone::taken;
use city::coupons::import::{
    BadLine, Checked, LIMITS, Refused, Wrong, check as check_list, read as read_list,
};
use city::{Command, NewJob, OnCoupons, Recipients};
use serde::Deserialize;
use sheets::{NotText, Unreadable};

use super::desk::{Sent, page};
use super::forms::{job_of, second};
use super::{Import, at_desk};
use crate::frame::Visit;
use crate::look::{BadRow, CouponForms, Field, FieldError, ImportCheckedPage, Tongue};
use crate::pages::waiting::proposed;
use crate::pages::wallet::expired;
use crate::problem::Rejected;

const DESK: &str = "/desk/coupons";
/// Bad lines shown; the others are counted.
const SHOWN: usize = 200;

/// The form, read field by field.
#[derive(Default)]
struct Sheet {
    csrf: String,
    coupon: String,
    name: String,
    bytes: Vec<u8>,
}

fn large() -> Refusal {
    let most = i64::try_from(LIMITS.bytes >> 20).unwrap_or(i64::MAX);
    Refusal::new("import.large").with("most", Arg::Count(most))
}

async fn received(mut parts: Multipart) -> Result<Sheet, Refusal> {
    let mut sheet = Sheet::default();
    while let Some(mut field) = parts.next_field().await.map_err(|_| Refusal::new("import.damaged"))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            sheet.name = field.file_name().unwrap_or_default().chars().take(80).collect();
        }
        let most = if name == "file" { LIMITS.bytes } else { 4_096 };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| Refusal::new("import.damaged"))? {
            if bytes.len() + chunk.len() > most {
                return Err(large());
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_default();
        match name.as_str() {
            "csrf" => sheet.csrf = text(bytes),
            "coupon" => sheet.coupon = text(bytes),
            "file" => sheet.bytes = bytes,
            _ => {}
        }
    }
    Ok(sheet)
}

pub(super) async fn check(visit: Visit, parts: Result<Multipart, MultipartRejection>) -> Response {
    if !at_desk(&visit) {
        return visit.at_the_door();
    }
    // What isn't a form with parts can't bring the form's token either.
    let Ok(parts) = parts else { return visit.refuse(expired(), DESK) };
    let sheet = match received(parts).await {
        Ok(sheet) => sheet,
        Err(refusal) => return visit.refuse(refusal, DESK),
    };
    if !visit.form_holds(&sheet.csrf) {
        return visit.refuse(expired(), DESK);
    }
    let (app, today, id) = (Arc::clone(&visit.app), visit.t.today, sheet.coupon.clone());
    let bytes = sheet.bytes;
    let read = tokio::task::spawn_blocking(move || {
        // Reading takes a while: the view is held only as long as lines are looked up.
        let list = read_list(&bytes);
        let view = app.city.shared.read();
        let coupon = view.town.pack.coupons.coupon(&id)?;
        Some(list.map(|list| check_list(&list, coupon, (&view.town, &view.books), today)))
    });
    match read.await {
        Ok(Some(Ok(checked))) => shown(visit, sheet.coupon, sheet.name, checked),
        Ok(Some(Err(refused))) => {
            let rejected = Rejected::from(in_words(&refused));
            let short = visit.alert(&rejected).what;
            let forms = CouponForms { file: Field::wrong("", short.clone()), ..CouponForms::default() };
            let sent = Sent {
                status: rejected.status,
                alert: Some(visit.alert(&rejected)),
                forms,
                errors: vec![FieldError { field: "file", error: short }],
                coupon: sheet.coupon,
                ..Sent::default()
            };
            page(visit, sent)
        }
        Ok(None) => visit.refuse(Refusal::new("coupon.unknown"), DESK),
        Err(error) => visit.refuse(store::Error::other(error), DESK),
    }
}

/// Why a whole file is refused.
fn in_words(refused: &Refused) -> Refusal {
    let count = |code, most: usize| {
        Refusal::new(code).with("most", Arg::Count(i64::try_from(most).unwrap_or(i64::MAX)))
    };
    match refused {
        Refused::Columns => Refusal::new("import.columns"),
        Refused::NoLines | Refused::Unreadable(Unreadable::Empty) => Refusal::new("import.empty"),
        Refused::Unreadable(Unreadable::Large(_)) => large(),
        Refused::Unreadable(Unreadable::Rows(most)) => count("import.rows", *most),
        Refused::Unreadable(Unreadable::Columns(most)) => count("import.wide", *most),
        Refused::Unreadable(Unreadable::Text(NotText::Encoding)) => Refusal::new("import.encoding"),
        Refused::Unreadable(Unreadable::Text(NotText::Control(_))) => Refusal::new("import.kind"),
        Refused::Unreadable(Unreadable::Damaged { line } | Unreadable::Wide(line)) => {
            count("import.damaged", *line)
        }
    }
}

fn shown(visit: Visit, coupon: String, file: String, checked: Checked) -> Response {
    let t = visit.t;
    let frame = visit.page();
    let ticket = visit.app.request_key();
    let page = {
        let view = visit.app.city.shared.read();
        let known = taken(&view.town, &coupon, &checked.hash, visit.app.now());
        let named = view.town.pack.coupons.coupon(&coupon);
        ImportCheckedPage {
            t,
            page: frame,
            file,
            coupon: named.map(|one| one.name.in_lang(t.lang).to_owned()).unwrap_or_default(),
            lines: checked.lines,
            good: checked.rows.len(),
            sum: Won(checked.sum),
            budget: (Won(checked.budget_left), Won(checked.budget_left - checked.sum)),
            covered: checked.is_covered(),
            more: checked.bad.len().saturating_sub(SHOWN),
            bad: checked.bad.iter().take(SHOWN).map(|bad| row(t, bad)).collect(),
            known,
            second: second(&view.town.pack, t.today, checked.sum),
            ticket: ticket.clone(),
            request_key: visit.app.request_key(),
        }
    };
    let import = Arc::new(Import { coupon, checked });
    visit.app.imports.put(ticket, visit.place(), visit.app.now(), import);
    visit.show(&page)
}

fn row(t: Tongue, bad: &BadLine) -> BadRow {
    let wrong = match &bad.wrong {
        Wrong::NobodyNamed => t.say("import-wrong-nobody"),
        Wrong::NoNumber { digits: false } => t.say("import-wrong-number"),
        Wrong::NoNumber { digits: true } => t.say("import-wrong-digits"),
        Wrong::Unknown => t.say("import-wrong-unknown"),
        Wrong::Amount => t.say("import-wrong-amount"),
        Wrong::Twice { line } => t.say("import-wrong-twice").count("line", *line),
        Wrong::Most { room } => t.say("import-wrong-most").won("room", Won(*room)),
    };
    BadRow { line: bad.line, who: bad.who.clone(), wrong: wrong.to_string() }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    ticket: String,
}

pub(super) async fn begin(visit: Visit, Form(form): Form<Post>) -> Response {
    if !at_desk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), DESK);
    }
    let Some(import) = visit.app.imports.look(&form.ticket, &visit.mark, visit.app.now()) else {
        return visit.refuse(Rejected::new(StatusCode::UNPROCESSABLE_ENTITY, "import.old"), DESK);
    };
    let to = Recipients::Listed { hash: import.checked.hash, rows: import.checked.rows.clone() };
    let wish = OnCoupons::Begin(NewJob { coupon: import.coupon.clone(), to });
    match visit.ask(&form.request_key, Command::OnCoupons(wish)).await {
        Ok(reply) => visit.go(&proposed(&reply).unwrap_or_else(|| job_of(&reply))),
        Err(rejected) => visit.refuse(rejected, DESK),
    }
}
