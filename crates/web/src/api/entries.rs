//! `GET /api/v1/cards/{card}/entries`: what moved the holder's purses and prepayments, newest first.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{PersonId, PostingNo};
use city::read::history::{Line, all_chains, lines};
use city::read::receipt::holders;
use economy::Facts;
use economy::facts::{GivingFacts, PayoutFacts, PrepayFacts};
use rules::Pack;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Params};
use super::cards::{At, holder};
use crate::auth::SharedApp;
use crate::explain;
use crate::look::Tongue;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    /// `next` of the answer before; the newest when absent.
    cursor: Option<String>,
    /// 1 to 100; 20 when absent.
    limit: Option<usize>,
}

/// A movement of the holder's purses, or of what they prepaid.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryOut {
    /// Its posting.
    id: String,
    /// When.
    at: String,
    /// `pay`, `refund`, `top-up`, …
    kind: &'static str,
    /// Won that came into the purses, or went out of them when below zero, cashback included.
    change: i64,
    /// Won that came into what was prepaid at the shop, or went out of it when below zero: in no purse, so not in `change`.
    /// Absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    prepaid: Option<i64>,
    /// Won of a payment, a reservation or a refund, whatever paid it; absent for everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    /// The shop, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    /// Cashback granted, or taken back when below zero.
    cashback: i64,
    /// Why there was so much cashback, or none.
    explanation: Vec<String>,
}

/// A stretch of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntriesOut {
    /// Newest first.
    items: Vec<EntryOut>,
    /// Ask with this for what is older; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Present where the list ends because what is older was disposed of, its time being over: the last day of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    disposed_until: Option<String>,
}

/// What moved the purses, and what was prepaid at shops, newest first. They belong to the person: every card of theirs shows
/// the same.
#[utoipa::path(get, path = "/api/v1/cards/{card}/entries", tag = "cards",
    params(("card" = String, Path), Stretch),
    responses((status = 200, body = EntriesOut)))]
pub(super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
    Params(stretch): Params<Stretch>,
) -> Result<Response, Response> {
    call.citizen()?;
    let me = holder(&app, &call, card)?;
    let limit = call.limit(stretch.limit)?;
    let cursor = stretch.cursor.map(|text| text.parse::<PostingNo>()).transpose();
    let before = cursor.map_err(|_| call.no_cursor())?;
    let chains = {
        let view = app.city.shared.read();
        all_chains(&view.town.directory, &view.books, me)
    };
    let read = app.read(move |snapshot| {
        // A cursor that leads nowhere is no end of the list.
        match before.map(|no| snapshot.posting_alone(no)).transpose()? {
            Some(None) => Ok(None),
            _ => lines(snapshot, &chains, before, limit).map(Some),
        }
    });
    let found = read.await.map_err(|error| call.reject(error))?.ok_or_else(|| call.no_cursor())?;
    let t = Tongue { lang: call.lang, today: call.today };
    let pack = Arc::clone(&app.city.shared.read().town.pack);
    let items = found.lines.iter().map(|line| entry(&pack, t, me, line)).collect();
    let disposed = app.city.shared.read().town.open.disposed.filter(|_| found.disposed);
    let disposed_until = disposed.map(|disposed| disposed.until.to_string());
    let next = found.older.map(|no| no.to_string());
    Ok(axum::Json(EntriesOut { items, next, disposed_until }).into_response())
}

fn entry(pack: &Pack, t: Tongue, me: PersonId, line: &Line) -> EntryOut {
    // What came back into a claim that its holder was given, of a payment of who gave it, is not theirs to read.
    let is_mine = holders(&line.facts).contains(&Some(me));
    let (kind, merchant) = match &line.facts {
        Facts::Pay(payment) => ("pay", Some(payment.merchant)),
        Facts::Authorise(payment) => ("authorise", Some(payment.merchant)),
        Facts::Capture { payment, .. } => ("capture", Some(payment.merchant)),
        Facts::Release(release) => ("release", Some(release.merchant)),
        Facts::Refund(refund) => ("refund", Some(refund.merchant)),
        Facts::TopUp(_) => ("top-up", None),
        Facts::Gift(_) => ("gift", None),
        Facts::Giving(GivingFacts::Once(_)) => ("give", None),
        Facts::Withdraw(_) => ("withdraw", None),
        Facts::Expire { .. } => ("expire", None),
        Facts::Prepay(PrepayFacts::Bought(bought)) => ("prepay", Some(bought.merchant)),
        Facts::Moving(_) => ("move-in", None),
        Facts::Prepay(facts) => ("claim", facts.shop()),
        Facts::Payouts(PayoutFacts::Failed { .. }) => ("withdraw-failed", None),
        _ => ("other", None),
    };
    let explanation = match &line.facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => explain::cashback(pack, t, payment),
        Facts::Authorise(payment) => explain::reserved(pack, t, payment),
        _ => Vec::new(),
    };
    let amount = match &line.facts {
        Facts::Refund(refund) if is_mine => Some(refund.amount),
        Facts::Release(release) => Some(release.amount),
        facts => facts.payment().map(|payment| payment.amount),
    };
    EntryOut {
        id: line.no.to_string(),
        at: line.at.rfc3339(),
        kind,
        change: line.change,
        prepaid: (line.prepaid != 0).then_some(line.prepaid),
        amount,
        merchant: merchant.map(|shop| shop.to_string()),
        cashback: line.cashback(me),
        explanation,
    }
}
