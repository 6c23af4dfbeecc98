//! A payout file goes out: for the bank, or as a table. It names accounts of people, so it goes out for a reason.

use axum::extract::{Form, Path};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal};
use city::payouts::file::{self, CantMake, PayoutFile};
use city::{Command, Payee};
use serde::Deserialize;
use sheets::Sheet;

use super::{expired, unknown};
use crate::frame::Visit;

const BACK: &str = "/desk/payouts";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    form: String,
    why: String,
}

pub(super) async fn download(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    if !visit.is_officer_for("send-payouts") {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), BACK);
    }
    let Ok(no) = no.parse::<u64>() else { return visit.refuse(unknown(), BACK) };
    let (pack, vault, directory) = {
        let view = visit.app.city.shared.read();
        let town = &view.town;
        (town.pack.clone(), town.vault.clone(), town.directory.clone())
    };
    let read = visit.app.read(move |snapshot| Ok(file::read(snapshot, &vault, &directory, no))).await;
    let file = match read {
        Ok(Ok(file)) => file,
        Ok(Err(CantMake::Unknown)) => return visit.refuse(unknown(), BACK),
        Ok(Err(CantMake::Store(error))) | Err(error) => return visit.refuse(error, BACK),
        Ok(Err(_)) => return visit.refuse(Refusal::new("failed"), BACK),
    };
    // The reason is kept first, then a look at everyone in the file, then it goes out.
    let what = format!("payout-file {no}");
    let command = Command::Download { what, lines: file.lines.len() as u64, why: form.why.clone() };
    let kept = match visit.ask(&form.request_key, command).await {
        Ok(kept) => kept,
        Err(rejected) => return visit.refuse(rejected, BACK),
    };
    let people: Vec<PersonId> = file
        .lines
        .iter()
        .filter_map(|line| match line.payee {
            Payee::Person(person) => Some(person),
            Payee::Shop(_) | Payee::Collector => None,
        })
        .collect();
    let looks = visit.looks("payouts.file", "payout").because(&kept);
    if let Err(away) = visit.app.look_at(looks, people).await {
        return visit.refuse(away, BACK);
    }
    let name = city::payouts::message(no);
    match form.form.as_str() {
        "csv" => sent(sheets::csv(&sheet(&visit, &file)), &format!("{name}.csv"), "text/csv; charset=utf-8"),
        "xlsx" => match sheets::xlsx(&[sheet(&visit, &file)], file.row.at.0.div_euclid(1_000_000)) {
            Ok(bytes) => sent(
                bytes,
                &format!("{name}.xlsx"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            Err(error) => {
                tracing::error!(%error, "a table can't be written");
                visit.refuse(Refusal::new("failed"), BACK)
            }
        },
        _ => match file.text(&pack) {
            Ok(text) => sent(text.into_bytes(), &format!("{name}.xml"), "application/xml; charset=utf-8"),
            Err(error) => {
                tracing::error!(%error, "a payout file can't be made");
                visit.refuse(Refusal::new("failed"), BACK)
            }
        },
    }
}

fn sheet(visit: &Visit, file: &PayoutFile) -> Sheet {
    let t = visit.t;
    let heads = ["payout-name", "payout-whose", "account-bank", "account-number", "account-holder", "amount"];
    let row = |line: &file::Line| {
        let whose = line.name.clone().unwrap_or_else(|| line.payee.to_string());
        vec![
            line.end_to_end.clone().into(),
            whose.into(),
            line.account.bank.clone().into(),
            line.account.number.clone().into(),
            line.account.holder.clone().into(),
            line.amount.into(),
        ]
    };
    Sheet {
        name: city::payouts::message(file.row.no.unsigned_abs()),
        columns: heads.iter().map(|key| t.say(key).to_string()).collect(),
        rows: file.lines.iter().map(row).collect(),
    }
}

/// A file to keep.
pub(super) fn sent(bytes: Vec<u8>, name: &str, kind: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
