//! `GET /verify`, `POST /verify`: anyone checks a receipt, or a proof of the float, from the file alone. The journal isn't
//! asked; the register of shops only lends a name to the id that the file proves.

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use base::{Instant, MerchantId, Won};
use seal::{Checked, FloatProof, NotProved, Receipt, Trust, UnprovedSum, VerifierKey};
use serde::Deserialize;

use super::upload::parts;
use crate::frame::Visit;
use crate::look::{Proof, ProvedLine, VerifyPage, texts};
use crate::problem::Rejected;

pub(super) async fn form(visit: Visit) -> Response {
    show(visit, StatusCode::OK, String::new(), None)
}

#[derive(Deserialize)]
struct Pasted {
    #[serde(default)]
    text: String,
}

pub(super) async fn check(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let Some(text) = brought(&headers, &body) else {
        return visit.refuse(Rejected::new(StatusCode::BAD_REQUEST, "verify.form"), "/verify");
    };
    let Some(sealing) = visit.app.city.sealing().cloned() else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "seal.none"), "/verify");
    };
    let proof = proof(&visit, &text, sealing.key());
    let status = match &proof {
        Proof::Holds { .. } => StatusCode::OK,
        Proof::Fails { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    };
    show(visit, status, text, Some(proof))
}

/// What was posted: the file if there is one, else what was pasted.
fn brought(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(parts) = parts(headers, body) {
        let named = |name: &str| parts.iter().find(|part| part.name == name).map(|part| part.content);
        let content = named("file").filter(|file| !file.is_empty()).or_else(|| named("text"))?;
        return Some(String::from_utf8_lossy(content).into_owned());
    }
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    // A form's fields are written as an address's are.
    let uri = Uri::builder().path_and_query(format!("/?{}", std::str::from_utf8(body).ok()?)).build().ok()?;
    Query::<Pasted>::try_from_uri(&uri).ok().map(|pasted| pasted.0.text)
}

fn show(visit: Visit, status: StatusCode, text: String, proof: Option<Proof>) -> Response {
    let signed = visit.app.city.sealing().and_then(|sealing| {
        let key = sealing.key().to_string();
        Some((key, sealing.signed().ok()?))
    });
    let page = VerifyPage {
        t: visit.t,
        page: visit.page(),
        // A file that was right need not be shown again.
        text: if matches!(proof, Some(Proof::Fails { .. })) { text } else { String::new() },
        proof,
        zone: visit.app.city.shared.read().town.pack.city.zone.clone(),
        key: signed.as_ref().map(|(key, _)| key.clone()).unwrap_or_default(),
        sealed: signed.map_or(0, |(_, checkpoint)| i64::try_from(checkpoint.size).unwrap_or(i64::MAX)),
    };
    visit.show_as(status, &page)
}

fn proof(visit: &Visit, text: &str, key: &VerifierKey) -> Proof {
    if text.trim().is_empty() {
        return fails(visit, "verify-empty");
    }
    // Each file says which of the two it is.
    match Receipt::read(text) {
        Ok(receipt) => match receipt.check(&Trust::Key(key)) {
            Ok(checked) => receipt_holds(visit, &checked),
            Err(NotProved::Note(_)) if receipt.key != key.to_string() => fails(visit, "verify-other-log"),
            Err(NotProved::Note(_)) => fails(visit, "verify-note"),
            Err(NotProved::Form) => fails(visit, "verify-form"),
            Err(NotProved::Number | NotProved::Path | NotProved::OtherCheckpoint) => {
                fails(visit, "verify-path")
            }
        },
        Err(_) => match FloatProof::read(text).map(|proof| (proof.check(key), proof)) {
            Ok((Ok(statement), proof)) => float_holds(visit, &proof, &statement),
            Ok((Err(UnprovedSum::Note(_)), _)) => fails(visit, "verify-note"),
            Ok((Err(UnprovedSum::Statement(_)), _)) => fails(visit, "verify-statement"),
            Ok((Err(_), _)) => fails(visit, "verify-sum"),
            Err(_) => fails(visit, "verify-form"),
        },
    }
}

fn fails(visit: &Visit, key: &str) -> Proof {
    Proof::Fails { what: visit.t.say(key).to_string(), why: visit.t.say(format!("{key}.why")).to_string() }
}

fn receipt_holds(visit: &Visit, checked: &Checked) -> Proof {
    let t = visit.t;
    let number = |member: &str| checked.head(member).and_then(|value| value.as_i64());
    let kind = checked.head("kind").and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let deed = format!("deed-{kind}");
    let mut lines = Vec::new();
    let mut line = |key: &str, value: String| lines.push(ProvedLine { name: t.say(key).to_string(), value });
    if let Some(at) = number("at") {
        line("proved-at", t.full_moment(&visit.moment(Instant(at))));
    }
    let said = |name: &str| {
        let nested = name.replacen("facts.", "facts.payment.", 1);
        checked.part(name).filter(|text| !text.starts_with('{')).or_else(|| checked.part(&nested))
    };
    if let Some(shop) = said("facts.merchant").and_then(|text| serde_json::from_str::<MerchantId>(text).ok())
    {
        let view = visit.app.city.shared.read();
        let name = view.town.directory.shop(shop).map(|(_, shop)| shop.name.clone());
        line("proved-shop", name.map_or_else(|| shop.to_string(), |name| format!("{name} ({shop})")));
    }
    if let Some(order) = said("facts.order").and_then(|text| serde_json::from_str::<String>(text).ok()) {
        line("proved-order", order);
    }
    if let Some(reward) =
        said("facts.cashback.reward").and_then(|text| text.parse::<i64>().ok()).filter(|won| *won > 0)
    {
        line("proved-reward", t.won(Won(reward)));
    }
    let given = ["facts.gift", "facts.payment.gift", "facts.once.gift"].into_iter().find_map(|gift| {
        let part = |member: &str| checked.part(&format!("{gift}.{member}"));
        Some((part("amount")?.parse::<i64>().ok()?, part("purpose")?.parse::<u16>().ok()?))
    });
    if let Some((won, purpose)) = given {
        let view = visit.app.city.shared.read();
        let name = crate::pages::giving::purpose_named(&view.town, t, purpose);
        line("proved-gift", format!("{} · {name}", t.won(Won(won))));
    }
    line("proved-number", t.number(count(checked.posting)));
    line(
        "proved-sealed",
        t.say("proved-sealed-in").count("count", count(checked.checkpoint.size)).to_string(),
    );
    Proof::Holds {
        title: t.say("verify-holds").to_string(),
        kind: if texts().has(t.lang, &deed) { t.say(deed).to_string() } else { kind },
        amount: Won(number("amount").unwrap_or(0)),
        lines,
        closed: i64::try_from(checked.closed).unwrap_or(i64::MAX),
    }
}

fn float_holds(visit: &Visit, proof: &FloatProof, statement: &seal::Statement) -> Proof {
    let t = visit.t;
    let mut lines = Vec::new();
    let mut line = |key: &str, value: String| lines.push(ProvedLine { name: t.say(key).to_string(), value });
    line("proved-holder", proof.holder.clone());
    if let Ok(day) = statement.day.parse::<base::Date>() {
        line("proved-day", t.full_day(day));
    }
    line("proved-owed", t.won(Won(statement.owed())));
    line("proved-number", t.number(count(statement.posting)));
    Proof::Holds {
        title: t.say("verify-holds-float").to_string(),
        kind: t.say("verify-float-kind").to_string(),
        amount: Won(i64::try_from(proof.won).unwrap_or(i64::MAX)),
        lines,
        closed: 0,
    }
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
