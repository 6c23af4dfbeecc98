//! The pages of organisations.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, Refusal};
use city::{CityView, Organisations};
use people::Organisation;
use people::organisation::{Kind, Member, Membership};

use super::{LIST, Place, keeps_list};
use crate::frame::Visit;
use crate::look::{
    Alert, Choice, FieldError, FoundForm, JoinForm, MemberLine, OrganisationLine, OrganisationPage,
    OrganisationsPage, Tongue,
};
use crate::pages::compartments;

/// As many members as one page lists.
const LISTED: usize = 200;

/// What a post has done.
const DONE: [(&str, &str); 4] = [
    ("founded", "organisation-did-founded"),
    ("joined", "organisation-did-joined"),
    ("left", "organisation-did-left"),
    ("closed", "organisation-did-closed"),
];

/// What a form left behind.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) errors: Vec<FieldError>,
    pub(super) alert: Option<Alert>,
    pub(super) status: StatusCode,
    pub(super) found: Option<FoundForm>,
    pub(super) join: Option<JoinForm>,
}

impl Sent {
    fn after(visit: &Visit) -> Sent {
        Sent { alert: visit.did(&DONE), ..Sent::default() }
    }
}

pub(super) async fn list(visit: Visit) -> Response {
    if !keeps_list(&visit) {
        return visit.at_the_door();
    }
    let sent = Sent::after(&visit);
    list_page(visit, sent)
}

pub(super) async fn one(visit: Visit, Path(id): Path<String>) -> Response {
    if !keeps_list(&visit) {
        return visit.at_the_door();
    }
    match Place::at_hall(&visit, &id) {
        Ok(place) => {
            let sent = Sent::after(&visit);
            page(visit, &place, sent)
        }
        Err(unknown) => visit.refuse(unknown, LIST),
    }
}

pub(super) async fn own(visit: Visit) -> Response {
    let Some(place) = Place::own(&visit) else { return visit.at_the_door() };
    if let Some(pass) = compartments::pass(&visit) {
        // Their work is there; of the organisation's other desks they are none.
        return visit.go(&pass.home());
    }
    let sent = Sent::after(&visit);
    page(visit, &place, sent)
}

fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Department => "organisation-kind-department",
        Kind::Window { .. } => "organisation-kind-window",
        Kind::Agency => "organisation-kind-agency",
        Kind::CommunityChest => "organisation-kind-community-chest",
        Kind::Association => "organisation-kind-association",
    }
}

fn is_over(one: &Organisation, today: Date) -> bool {
    one.period.until().is_some_and(|until| until <= today)
}

pub(super) fn found_form(visit: &Visit, chosen: &str) -> FoundForm {
    let kinds = [Kind::Department, Kind::Agency, Kind::Association];
    let choice = |one: &Kind| Choice {
        value: one.code().to_owned(),
        name: visit.t.say(kind(one)).to_string(),
        chosen: one.code() == chosen,
    };
    FoundForm {
        request_key: visit.app.request_key(),
        kinds: kinds.iter().map(choice).collect(),
        ..FoundForm::default()
    }
}

/// The list, with what a form left behind.
pub(super) fn list_page(visit: Visit, mut sent: Sent) -> Response {
    let (mut frame, t) = (visit.page(), visit.t);
    frame.alert = sent.alert.take();
    let found = sent.found.take().unwrap_or_else(|| found_form(&visit, "association"));
    let (mut all, mut windows) = (Vec::new(), Vec::new());
    {
        let view = visit.app.city.shared.read();
        let register = &view.town.directory.organisations;
        for one in register.all() {
            let line = OrganisationLine {
                name: one.named(t.lang).to_owned(),
                kind: kind(&one.kind),
                href: format!("{LIST}/{}", one.id),
                firms: (one.kind == Kind::Association).then(|| register.firms(one.id, t.today).len()),
                closed: is_over(one, t.today),
            };
            match one.kind {
                Kind::Window { .. } => windows.push(line),
                _ => all.push(line),
            }
        }
    }
    all.sort_by(|a, b| (a.closed, &a.name).cmp(&(b.closed, &b.name)));
    windows.sort_by(|a, b| a.name.cmp(&b.name));
    let status = sent.status;
    let page = OrganisationsPage { t, page: frame, errors: sent.errors, all, windows, found };
    visit.show_as(status, &page)
}

pub(super) fn join_form(visit: &Visit, town: &CityView, trade: &str) -> JoinForm {
    let choice = |one: &rules::Trade| Choice {
        value: one.id.clone(),
        name: one.name.in_lang(visit.t.lang).to_owned(),
        chosen: one.id == trade,
    };
    JoinForm {
        request_key: visit.app.request_key(),
        trades: town.pack.city.trades.iter().map(choice).collect(),
        ..JoinForm::default()
    }
}

/// One organisation, with what a form left behind.
pub(super) fn page(visit: Visit, place: &Place, mut sent: Sent) -> Response {
    let (mut frame, t) = (visit.page(), visit.t);
    frame.alert = sent.alert.take();
    let joins = {
        let view = visit.app.city.shared.read();
        visit.visitor.is_some_and(|actor| city::may::holds(&actor, "join-organisation", &view.town.pack))
    };
    let view = visit.app.city.shared.read();
    let register = &view.town.directory.organisations;
    let Some(one) = register.get(place.id) else {
        drop(view);
        return visit.refuse(Refusal::new("organisation.unknown"), "/");
    };
    let closed = one.period.until().map(|day| t.full_day(day));
    let has_members = one.kind == Kind::Association;
    let offers = joins && has_members && closed.is_none();
    let form = sent.join.take();
    let join = offers.then(|| form.unwrap_or_else(|| join_form(&visit, &view.town, "")));
    let (members, own, staff) = members(t, register, one, place.at_hall);
    let firms = register.firms(one.id, t.today).len();
    let above = register.with(Member::Organisation(one.id)).filter(|one| one.period.contains(t.today));
    let above = above.filter_map(|m| register.get(m.organisation));
    let more = members.len().saturating_sub(LISTED);
    let page = OrganisationPage {
        t,
        page: frame,
        errors: sent.errors,
        name: one.named(t.lang).to_owned(),
        id: one.id.to_string(),
        kind: kind(&one.kind),
        since: t.full_day(one.period.from()),
        closed,
        base: place.base(),
        at_hall: place.at_hall,
        part_of: above.map(|one| one.named(t.lang).to_owned()).collect(),
        staff,
        has_members,
        firms,
        through: firms.saturating_sub(own),
        members: members.into_iter().take(LISTED).collect(),
        more,
        join,
    };
    drop(view);
    visit.show_as(sent.status, &page)
}

/// Who is in it today: firms and associations in a list by name, how many firms by themselves, how many people.
fn members(
    t: Tongue,
    register: &Organisations,
    one: &Organisation,
    at_hall: bool,
) -> (Vec<MemberLine>, usize, usize) {
    let (mut lines, mut firms, mut staff) = (Vec::new(), 0, 0);
    for membership in register.of(one.id).filter(|m| m.period.contains(t.today)) {
        match membership.member {
            Member::Person(_) => staff += 1,
            Member::Business(id) => {
                firms += 1;
                let Some(business) = register.business(id) else { continue };
                lines.push(line(t, membership, &business.name, business.number.to_string(), None));
            }
            Member::Organisation(id) => {
                let Some(inner) = register.get(id) else { continue };
                let about = t.say("about-firms").count("count", register.firms(id, t.today).len());
                let href = at_hall.then(|| format!("{LIST}/{id}"));
                lines.push(line(t, membership, inner.named(t.lang), about.to_string(), href));
            }
        }
    }
    lines.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    (lines, firms, staff)
}

fn line(t: Tongue, membership: &Membership, name: &str, about: String, href: Option<String>) -> MemberLine {
    MemberLine {
        id: membership.member.to_string(),
        name: name.to_owned(),
        about,
        since: t.full_day(membership.period.from()),
        until: membership.period.until().map(|day| t.full_day(day)),
        href,
    }
}
