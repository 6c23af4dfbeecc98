//! `/sealed/…`: the pages of sealed compartments, for who works there.
//!
//! They are no routes. [`crate::router`] answers them where it answers what no route takes, so that to everybody else each
//! of these addresses is one that doesn't exist, whatever stands behind it: the same page from the same code, as long to
//! make, since what is in a compartment is never looked at for them. Here nothing is counted or logged either.

mod forms;
mod show;

use std::sync::Arc;

use access::Look;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use base::{Actor, Date, RecordId, Refusal};
use city::CityView;
use city::compartments::{Part, enters};
use city::retain::years_after;
use compartment::{Failure, Room, Standing};

use crate::frame::Visit;
use crate::look::NavItem;
use crate::problem::Rejected;
use crate::router::{as_page, nowhere};
use crate::watch::Unwatched;

/// Records on one page.
const LISTED: usize = 30;
/// Looks on one page.
const LOOKS: usize = 50;

/// What lets somebody into a compartment.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    id: String,
    part: Part,
    /// Its name, for who is in it.
    name: rules::Name,
    /// The role's id, and what it looks at records for: as its ledger of looks keeps them.
    role: String,
    purpose: String,
    /// Years after its end that a record is kept.
    keep_years: Option<u32>,
}

impl Pass {
    /// What somebody may come into, if anything: found by who they are.
    pub(crate) fn of(actor: &Actor, town: &CityView) -> Option<Pass> {
        let (rule, part) = enters(actor, &town.pack, &town.directory)?;
        let role = city::may::role_rule(actor, &town.pack)?;
        Some(Pass {
            id: rule.id.clone(),
            part,
            name: rule.name.clone(),
            role: role.id.clone(),
            purpose: role.purpose.clone(),
            keep_years: rule.keep_years,
        })
    }

    fn base(&self) -> String {
        format!("/sealed/{}", self.id)
    }

    /// Their first page.
    pub(crate) fn home(&self) -> String {
        match self.part {
            Part::Staff => self.base(),
            Part::Reviewer => format!("{}/looks", self.base()),
        }
    }

    /// What stands in their menu.
    pub(crate) fn nav(&self, here: &str) -> NavItem {
        let key = match self.part {
            Part::Staff => "nav-compartment",
            Part::Reviewer => "nav-compartment-looks",
        };
        let href = self.home();
        NavItem { key, current: href == here, href, news: 0 }
    }
}

/// What lets a visitor in.
pub(crate) fn pass(visit: &Visit) -> Option<Pass> {
    let actor = visit.visitor?;
    let view = visit.app.city.shared.read();
    Pass::of(&actor, &view.town)
}

/// What an address in a compartment names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Address {
    List,
    New,
    TakeIn,
    Record(String),
    Note(String),
    Close(String),
    Looks,
}

impl Address {
    /// What somebody with this pass finds there; nothing at everybody else's addresses.
    fn of(pass: &Pass, method: &Method, path: &str) -> Option<Address> {
        let rest = path.strip_prefix(&pass.base())?;
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let named = |id: &str| id.to_owned();
        let get = *method == Method::GET || *method == Method::HEAD;
        let post = *method == Method::POST;
        match (pass.part, parts.as_slice()) {
            (Part::Staff, []) if get => Some(Address::List),
            (Part::Staff, ["new"]) if get => Some(Address::New),
            (Part::Staff, ["new"]) if post => Some(Address::TakeIn),
            (Part::Staff, [id, "notes"]) if post => Some(Address::Note(named(id))),
            (Part::Staff, [id, "close"]) if post => Some(Address::Close(named(id))),
            (Part::Reviewer, ["looks"]) if get => Some(Address::Looks),
            (Part::Staff, [id]) if get && *id != "looks" => Some(Address::Record(named(id))),
            _ => None,
        }
    }
}

/// Answers somebody who works in a compartment; elsewhere they are like everybody.
pub(crate) async fn answer(visit: Visit, pass: Pass, request: Request) -> Response {
    let path = request.uri().path();
    let Some(address) = Address::of(&pass, request.method(), path) else {
        let app = Arc::clone(&visit.app);
        return nowhere(&app, visit, path);
    };
    let Some(room) = visit.app.city.compartment(&pass.id) else {
        let home = pass.home();
        let shut = Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "compartment.shut");
        return unseen(visit.refuse(shut, &home));
    };
    let inside = Inside { visit, pass, room };
    unseen(match address {
        Address::List => show::list(inside, request).await,
        Address::New => show::new(inside),
        Address::Record(id) => show::record(inside, &id).await,
        Address::Looks => show::looks(inside, request).await,
        Address::TakeIn => forms::take_in(inside, request).await,
        Address::Note(id) => forms::note(inside, &id, request).await,
        Address::Close(id) => forms::close(inside, &id, request).await,
    })
}

/// A page like all others, which nobody watches.
fn unseen(response: Response) -> Response {
    let mut response = as_page(response);
    response.extensions_mut().insert(Unwatched);
    response
}

/// Somebody in a compartment.
struct Inside {
    visit: Visit,
    pass: Pass,
    room: Arc<Room>,
}

impl Inside {
    /// The first day on which a record may be gone, once it has ended and the pack says how long it is kept.
    fn goes(&self, standing: &Standing) -> Option<Date> {
        let years = self.pass.keep_years.filter(|_| standing.closed)?;
        let closed = self.visit.app.city.shared.read().town.zone.date(standing.last);
        years_after(closed, years).tomorrow().ok()
    }

    /// The account they came in with, as it stands beside what they write and see.
    fn who(&self) -> String {
        self.visit.visitor.map(city::looks::who).unwrap_or_default()
    }

    /// Notes that records are about to be shown: only when it says so may they be.
    async fn looked(&self, what: &str, records: &[RecordId]) -> Result<(), Rejected> {
        let (at, from) = (self.visit.app.now(), self.visit.known.from.to_string());
        let look = |record: &RecordId| Look {
            at,
            who: self.who(),
            role: self.pass.role.clone(),
            whom: Room::whom(*record),
            what: what.to_owned(),
            purpose: self.pass.purpose.clone(),
            from: from.clone(),
            reason: None,
            task: None,
        };
        let looks: Vec<Look> = records.iter().map(look).collect();
        let away = || Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "access.away");
        if !looks.is_empty() {
            self.room.looked(looks).map_err(|_| away())?.await.map_err(|_| away())?;
        }
        Ok(())
    }

    /// Works in the room, off the async threads.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Room) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Rejected> {
        let room = Arc::clone(&self.room);
        let done = tokio::task::spawn_blocking(move || work(&room)).await;
        match done {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(Failure::Refused(refusal))) => Err(refusal.into()),
            Ok(Err(Failure::Broken(error))) => {
                // It names no record, and nobody.
                tracing::error!(%error, compartment = self.pass.id, "a compartment broke");
                Err(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"))
            }
            Err(_) => Err(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed")),
        }
    }

    fn refuse(self, rejected: impl Into<Rejected>) -> Response {
        let home = self.pass.home();
        self.visit.refuse(rejected, &home)
    }
}

/// A record by its id.
fn known(id: &str) -> Result<RecordId, Refusal> {
    id.parse().map_err(|_| Refusal::new("compartment.unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(part: Part) -> Pass {
        let name = rules::Name { ko: "방".into(), en: "Room".into() };
        Pass { id: "room".into(), part, name, role: "r".into(), purpose: "p".into(), keep_years: None }
    }

    #[test]
    fn addresses_are_of_ones_own_room_and_part() {
        let (staff, reviewer) = (pass(Part::Staff), pass(Part::Reviewer));
        let (get, post) = (Method::GET, Method::POST);
        let record = || "rec_0".to_owned();
        for (pass, method, path, found) in [
            (&staff, &get, "/sealed/room", Some(Address::List)),
            (&staff, &get, "/sealed/room/new", Some(Address::New)),
            (&staff, &post, "/sealed/room/new", Some(Address::TakeIn)),
            (&staff, &get, "/sealed/room/rec_0", Some(Address::Record(record()))),
            (&staff, &post, "/sealed/room/rec_0/notes", Some(Address::Note(record()))),
            (&staff, &post, "/sealed/room/rec_0/close", Some(Address::Close(record()))),
            (&staff, &get, "/sealed/room/looks", None),
            (&staff, &get, "/sealed/room2", None),
            (&staff, &get, "/sealed/roo", None),
            (&staff, &get, "/sealed", None),
            (&staff, &post, "/sealed/room", None),
            (&staff, &Method::DELETE, "/sealed/room/rec_0", None),
            (&staff, &get, "/sealed/room/rec_0/notes", None),
            (&reviewer, &get, "/sealed/room/looks", Some(Address::Looks)),
            (&reviewer, &get, "/sealed/room", None),
            (&reviewer, &get, "/sealed/room/rec_0", None),
            (&reviewer, &post, "/sealed/room/rec_0/notes", None),
        ] {
            assert_eq!(Address::of(pass, method, path), found, "{method} {path}");
        }
    }
}
