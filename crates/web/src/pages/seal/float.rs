//! `GET /float?day=…`: what the card owes against what backs it, for everybody; and, for who is signed in, that their own
//! money is in it. `GET /float/proof` is the file that shows it.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, Instant, Role, Won};
use seal::{ClassLine, FloatProof, Statement};
use serde::Deserialize;

use super::{class_name, to_take_home};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{FloatAdvance, FloatClass, FloatPage, FloatStated, OwnSum};
use crate::problem::Rejected;

/// Earlier days that are listed.
const LISTED: usize = 31;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    day: Option<String>,
}

/// What is read from the log's files.
struct Read {
    days: Vec<Date>,
    day: Option<Date>,
    statement: Option<Statement>,
    own: Option<FloatProof>,
}

pub(super) async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Response {
    let wanted = wanted.day.and_then(|day| day.parse::<Date>().ok());
    let own = whose(visit.role);
    let signed_in = own.is_some();
    let read = match read(&visit.app, wanted, own).await {
        Ok(read) => read,
        Err(error) => return visit.refuse(error, "/"),
    };
    let page = FloatPage {
        t: visit.t,
        page: visit.page(),
        stated: read.day.zip(read.statement.as_ref()).map(|(day, statement)| stated(&visit, day, statement)),
        own: match (&read.own, signed_in) {
            (Some(proof), _) => OwnSum::In(Won(i64::try_from(proof.won).unwrap_or(i64::MAX))),
            (None, true) => OwnSum::Nothing,
            (None, false) => OwnSum::SignIn,
        },
        newest: read.day.is_some() && read.day == read.days.first().copied(),
        days: read.days.iter().filter(|day| Some(**day) != read.day).take(LISTED).copied().collect(),
        sealed: visit.app.city.sealing().is_some(),
    };
    visit.show(&page)
}

async fn read(app: &SharedApp, wanted: Option<Date>, own: Option<String>) -> Result<Read, Rejected> {
    let Some(sealing) = app.city.sealing().cloned() else {
        return Ok(Read { days: Vec::new(), day: None, statement: None, own: None });
    };
    let work = move || {
        let days = sealing.stated();
        let day = wanted.filter(|day| days.contains(day)).or_else(|| days.first().copied());
        let statement =
            day.map(|day| sealing.statement(day)).transpose().map_err(store::Error::other)?.flatten();
        let own = match own {
            Some(who) => sealing.prove_sum(&who).map_err(store::Error::other)?,
            None => None,
        };
        Ok::<_, store::Error>(Read { days, day, statement, own })
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(store::Error::other)??)
}

/// As whom somebody stands in the tree of sums.
pub(crate) fn whose(role: Option<Role>) -> Option<String> {
    match role {
        Some(Role::Citizen(me)) => Some(me.to_string()),
        Some(Role::Merchant(shop)) => Some(shop.to_string()),
        _ => None,
    }
}

fn stated(visit: &Visit, day: Date, statement: &Statement) -> FloatStated {
    let class = |line: &ClassLine| FloatClass {
        name: class_name(visit, &line.class),
        accounts: i64::try_from(line.accounts).unwrap_or(i64::MAX),
        won: Won(line.won),
    };
    let shop = |id: &str| {
        let view = visit.app.city.shared.read();
        let found = id.parse().ok().and_then(|id| view.town.directory.shop(id));
        found.map_or_else(|| id.to_owned(), |(_, shop)| shop.name.clone())
    };
    let at = statement.at.parse::<jiff::Timestamp>().map_or(0, |at| at.as_microsecond());
    FloatStated {
        day,
        at: visit.moment(Instant(at)),
        posting: i64::try_from(statement.posting).unwrap_or(i64::MAX),
        owed: Won(statement.owed()),
        backing: Won(statement.backing()),
        owes: statement.owes.iter().map(class).collect(),
        backs: statement.backs.iter().map(class).collect(),
        advances: statement
            .advances
            .iter()
            .map(|(id, won)| FloatAdvance { shop: shop(id), won: Won(*won) })
            .collect(),
        holds: statement.consistent().is_ok(),
    }
}

pub(super) async fn proof(visit: Visit) -> Response {
    let Some(who) = whose(visit.role) else { return visit.at_the_door() };
    match proof_of(&visit.app, who).await {
        Ok(proof) => to_take_home("float-proof.json", proof.write()),
        Err(rejected) => visit.refuse(rejected, "/float"),
    }
}

/// Somebody's own proof, in the newest statement.
pub(crate) async fn proof_of(app: &SharedApp, who: String) -> Result<FloatProof, Rejected> {
    let none = || Rejected::new(StatusCode::NOT_FOUND, "float.none");
    let sealing = app.city.sealing().cloned().ok_or_else(none)?;
    let found = tokio::task::spawn_blocking(move || sealing.prove_sum(&who).map_err(store::Error::other));
    found.await.map_err(store::Error::other)??.ok_or_else(none)
}
