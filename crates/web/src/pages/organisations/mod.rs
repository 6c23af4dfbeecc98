//! Organisations: the list at the city hall, one of them, and an organisation's own desk.

mod forms;
mod show;

use axum::Router;
use axum::routing::{get, post};
use base::{OrganisationId, Refusal, Role};

use crate::auth::SharedApp;
use crate::frame::Visit;

const LIST: &str = "/desk/organisations";
const OWN: &str = "/organisation";

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/organisation", get(show::own))
        .route("/organisation/members", post(forms::join_own))
        .route("/organisation/members/leave", post(forms::leave_own))
        .route("/desk/organisations", get(show::list).post(forms::found))
        .route("/desk/organisations/{id}", get(show::one))
        .route("/desk/organisations/{id}/members", post(forms::join))
        .route("/desk/organisations/{id}/members/leave", post(forms::leave))
        .route("/desk/organisations/{id}/close", post(forms::close))
}

/// Whether a visitor keeps the city's list of organisations.
fn keeps_list(visit: &Visit) -> bool {
    let view = visit.app.city.shared.read();
    visit.visitor.is_some_and(|actor| city::may::holds(&actor, "found-organisation", &view.town.pack))
}

/// Which organisation a page is about, and where it stands.
struct Place {
    id: OrganisationId,
    at_hall: bool,
}

impl Place {
    fn base(&self) -> String {
        if self.at_hall { format!("{LIST}/{}", self.id) } else { OWN.to_owned() }
    }

    /// The visitor's own.
    fn own(visit: &Visit) -> Option<Place> {
        match visit.role {
            Some(Role::Organisation(id)) => Some(Place { id, at_hall: false }),
            _ => None,
        }
    }

    /// One of the city's, by its id.
    fn at_hall(visit: &Visit, id: &str) -> Result<Place, Refusal> {
        let unknown = || Refusal::new("organisation.unknown");
        let id = id.parse().map_err(|_| unknown())?;
        let view = visit.app.city.shared.read();
        view.town.directory.organisations.get(id).ok_or_else(unknown)?;
        Ok(Place { id, at_hall: true })
    }
}
