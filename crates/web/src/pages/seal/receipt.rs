//! `GET /wallet/receipts/{id}/file`: a receipt to take home. `?all=1` is for one's own drawer, `?gift=1` to
//! show what was given with it, else it is one to show.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use base::{PersonId, PostingNo, Role};
use city::disposal::or_unknown;
use city::read::receipt::holders;
use city::sealing::Shown;
use economy::Facts;
use seal::Receipt;
use serde::Deserialize;

use super::to_take_home;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::problem::Rejected;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    all: String,
    #[serde(default)]
    gift: String,
}

pub(super) async fn file(visit: Visit, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let Some(Role::Citizen(me)) = visit.role else { return visit.at_the_door() };
    let shown = match (wanted.all.as_str(), wanted.gift.as_str()) {
        ("1", _) => Shown::ToOneself,
        (_, "1") => Shown::GiftToOthers,
        _ => Shown::ToOthers,
    };
    let back = "/wallet/history";
    let Ok(no) = id.parse::<PostingNo>() else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), back);
    };
    match receipt_of(&visit.app, me, no, shown).await {
        Ok(receipt) => to_take_home(&format!("receipt-{no}.json"), receipt.write()),
        Err(rejected) => visit.refuse(rejected, back),
    }
}

/// The receipt of somebody's own posting. Another person's looks like one that doesn't exist.
pub(crate) async fn receipt_of(
    app: &SharedApp,
    me: PersonId,
    no: PostingNo,
    shown: Shown,
) -> Result<Receipt, Rejected> {
    let sealing = app.city.sealing().cloned();
    let sealing = sealing.ok_or_else(|| Rejected::new(StatusCode::NOT_FOUND, "seal.none"))?;
    let unknown = || Rejected::new(StatusCode::NOT_FOUND, "not.found");
    let disposed = app.city.shared.read().town.open.disposed;
    let row = app.read(move |snapshot| snapshot.posting(no)).await?;
    let row = row.ok_or_else(|| match or_unknown(disposed, no, "not.found") {
        gone if gone.code == "posting.disposed" => gone.into(),
        _ => unknown(),
    })?;
    let facts = Facts::read(&row.0.facts).map_err(|_| unknown())?;
    if !holders(&facts).contains(&Some(me)) {
        return Err(unknown());
    }
    let made = tokio::task::spawn_blocking(move || {
        sealing.receipt(&row, |part| shown.opens(part, &facts, Some(me))).map_err(store::Error::other)
    });
    let made = made.await.map_err(store::Error::other)??;
    // It is sealed within moments: worth asking again.
    made.ok_or_else(|| Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "seal.waiting"))
}
