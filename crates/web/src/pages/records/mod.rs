//! What is kept about a person: their own page (`/me`) and the window's (`/clerk/people/{id}/records`). The two are one
//! page with what each may do.

mod forms;
mod household;
mod looks;
mod papers;
mod payments;
mod show;
mod words;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use base::{PersonId, Refusal, Role};
use serde::Deserialize;
use tower_http::limit::RequestBodyLimitLayer;

use crate::auth::SharedApp;
use crate::frame::Visit;
use show::{Sent, show};

/// What a post has done.
const DONE: [(&str, &str); 13] = [
    ("fact", "done-fact"),
    ("strike", "done-strike"),
    ("consent", "done-consent"),
    ("withdraw", "done-withdraw"),
    ("help", "done-help"),
    ("revoke", "done-revoke"),
    ("link", "done-link"),
    ("unlink", "done-unlink"),
    ("paper", "done-paper"),
    ("paper-strike", "done-paper-strike"),
    ("household-in", "done-household-in"),
    ("household-as", "done-household-as"),
    ("household-out", "done-household-out"),
];
/// The form around a scan.
const LARGEST_FORM: usize = 64 * 1024;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/me", get(own))
        .route("/me/consents", post(forms::own_consent))
        .route("/me/consents/withdraw", post(forms::own_withdrawal))
        .route("/me/helpers", post(forms::own_help))
        .route("/me/helpers/{record}/revoke", post(forms::own_revocation))
        .route("/me/papers/{record}", get(papers::own))
        .route("/clerk/people/{id}/papers/{record}", post(papers::open))
        .route("/clerk/people/{id}/papers/{record}/strike", post(papers::strike))
        .route("/me/payments", post(payments::pay))
        .route("/me/helped", post(looks::look))
        .route("/clerk/people/{id}/records", get(at_window))
        .route("/clerk/people/{id}/facts", post(forms::fact))
        .route("/clerk/people/{id}/facts/{record}/strike", post(forms::strike))
        .route("/clerk/people/{id}/consents", post(forms::consent))
        .route("/clerk/people/{id}/consents/withdraw", post(forms::withdrawal))
        .route("/clerk/people/{id}/helpers", post(forms::help))
        .route("/clerk/people/{id}/helpers/{record}/revoke", post(forms::revocation))
        .route("/clerk/people/{id}/household", post(household::begin))
        .route("/clerk/people/{id}/household/join", post(household::join))
        .route("/clerk/people/{id}/household/members", post(household::add))
        .route("/clerk/people/{id}/household/relation", post(household::change))
        .route("/clerk/people/{id}/household/leave", post(household::leave))
        .route("/clerk/people/{id}/links", post(forms::link))
        .route("/clerk/people/{id}/links/{other}/unlink", post(forms::unlink))
}

/// Scans are larger than what is typed.
pub(crate) fn uploads() -> Router<SharedApp> {
    Router::new()
        .route("/clerk/people/{id}/papers", post(papers::keep))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(people::paper::LARGEST + LARGEST_FORM))
}

/// Whose records are shown, and where.
#[derive(Debug, Clone, Copy)]
struct Subject {
    person: PersonId,
    at_window: bool,
}

impl Subject {
    /// The visitor themselves.
    fn own(visit: &Visit) -> Option<Subject> {
        match visit.role {
            Some(Role::Citizen(me)) => Some(Subject { person: me, at_window: false }),
            _ => None,
        }
    }

    /// Who stands at the window, if a clerk is behind it. Inside: nobody of that id.
    fn at_window(visit: &Visit, id: &str) -> Option<Result<Subject, Refusal>> {
        if visit.role != Some(Role::Clerk) {
            return None;
        }
        let person = id.parse::<PersonId>().ok();
        let view = visit.app.city.shared.read();
        let actor = visit.visitor?;
        let known = person.filter(|person| city::may::sees_person(&actor, *person, &view.town.directory));
        Some(
            known
                .map(|person| Subject { person, at_window: true })
                .ok_or_else(|| Refusal::new("person.unknown")),
        )
    }

    /// Which of their records are shown: at a window those within the clerk's sight, to themselves all.
    fn sight(self, visit: &Visit) -> impl Fn(Option<&str>) -> bool + Send + use<> {
        let actor = visit.actor().unwrap_or(base::Actor::SYSTEM);
        let sight = city::may::sight(actor, &visit.app.city.shared.read().town.pack);
        move |code| !self.at_window || sight(code)
    }

    /// Whether the clerk at the window sees this person.
    fn sees(self, visit: &Visit, person: PersonId) -> bool {
        let view = visit.app.city.shared.read();
        visit.actor().is_some_and(|actor| city::may::sees_person(&actor, person, &view.town.directory))
    }

    /// Forms post below this.
    fn base(self) -> String {
        if self.at_window { format!("/clerk/people/{}", self.person) } else { "/me".to_owned() }
    }

    /// Where it is shown.
    fn page(self) -> String {
        if self.at_window { format!("{}/records", self.base()) } else { "/me".to_owned() }
    }
}

#[derive(Deserialize)]
struct Asked {
    paid: Option<String>,
}

async fn own(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(subject) = Subject::own(&visit) else { return visit.at_the_door() };
    let mut sent = Sent { alert: visit.did(&DONE), ..Sent::default() };
    if let Some(no) = asked.paid.and_then(|text| text.parse().ok()) {
        sent.alert = payments::done(&visit, subject.person, no).await;
    }
    show(visit, subject, sent).await
}

async fn at_window(visit: Visit, Path(id): Path<String>) -> Response {
    let subject = match Subject::at_window(&visit, &id) {
        None => return visit.at_the_door(),
        Some(Err(refusal)) => return visit.refuse(refusal, "/clerk"),
        Some(Ok(subject)) => subject,
    };
    let sent = Sent { alert: visit.did(&DONE), ..Sent::default() };
    show(visit, subject, sent).await
}
