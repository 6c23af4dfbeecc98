//! With whom somebody lives: shown, and changed at the window.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::{Date, PersonId};
use city::read::households::{Member, Together};
use city::read::people::masked;
use city::{Command, OnHouseholds};
use people::household::{Basis, Relation, Size, Stay};
use people::{File, Kept};

use super::forms::{Named, Post, error, refused, somebody, window, wrong};
use super::show::{Sent, Which, choices, field, left};
use super::{Subject, words};
use crate::frame::Visit;
use crate::look::{HouseholdForm, HouseholdHere, HouseholdShown, HousemateLine};
use crate::problem::Rejected;

const RELATIONS: [&str; 6] = ["partner", "child", "parent", "kin", "housemate", "head"];

fn relation(text: &str) -> Relation {
    match text {
        "head" => Relation::Head,
        "partner" => Relation::Partner,
        "child" => Relation::Child,
        "parent" => Relation::Parent,
        "housemate" => Relation::Housemate,
        _ => Relation::Kin,
    }
}

fn named(visit: &Visit, relation: Relation) -> String {
    let key = match relation {
        Relation::Head => "relation-head",
        Relation::Partner => "relation-partner",
        Relation::Child => "relation-child",
        Relation::Parent => "relation-parent",
        Relation::Kin => "relation-kin",
        Relation::Housemate => "relation-housemate",
    };
    visit.t.say(key).to_string()
}

fn since(visit: &Visit, relation: Relation, from: Date) -> String {
    let said = visit.t.say("household-since").text("relation", named(visit, relation));
    said.text("from", visit.t.full_day(from)).to_string()
}

/// All of it, as this visitor sees it.
pub(super) fn shown(
    visit: &Visit,
    subject: Subject,
    file: &File,
    (together, size): (Option<&Together>, Option<Size>),
    sent: &Sent,
) -> HouseholdShown {
    let t = visit.t;
    let count = |key: &str, count: u16| t.say(key).count("count", i64::from(count)).to_string();
    let members = together.map_or(0, Together::people);
    let against = size.and_then(|size| size.against.map(|other| (size.basis, other)));
    HouseholdShown {
        size: match (together, size) {
            (Some(_), Some(size)) => Some(count("household-size", size.people)),
            (Some(_), None) => Some(count("household-size", members)),
            (None, Some(size)) => Some(count("household-size-said", size.people)),
            (None, None) => None,
        },
        why: against.map(|(basis, other)| {
            let key = match basis {
                Basis::Members => "household-counts-members",
                Basis::Fact => "household-counts-paper",
            };
            t.say(key).count("other", i64::from(other)).to_string()
        }),
        here: together.map(|together| here(visit, subject, file, together, sent)),
        past: file.households.iter().rev().filter_map(|kept| past(visit, kept)).collect(),
        begin: form(visit, sent, Which::HouseBegin),
        join: form(visit, sent, Which::HouseJoin),
    }
}

fn here(visit: &Visit, subject: Subject, file: &File, together: &Together, sent: &Sent) -> HouseholdHere {
    let line = |member: &Member| {
        let known = member.known.as_ref()?;
        Some(HousemateLine {
            name: if subject.at_window { known.name.clone() } else { masked(&known.name) },
            href: subject.at_window.then(|| format!("/clerk/people/{}/records", known.id)),
            about: since(visit, member.membership.relation, member.membership.period.from()),
        })
    };
    let members: Vec<HousemateLine> = together.others.iter().filter_map(line).collect();
    let elsewhere = together.others.len() - members.len();
    let holds = |kept: &&Kept<Stay>| {
        let stay = kept.what.membership();
        stay.is_some_and(|stay| stay.household == together.id && stay.period.contains(visit.t.today))
    };
    HouseholdHere {
        id: together.id.to_string(),
        stay: file.households.iter().rfind(holds).map(|kept| kept.id.to_string()).unwrap_or_default(),
        own: since(visit, together.own.relation, together.own.period.from()),
        members,
        elsewhere: (elsewhere > 0)
            .then(|| visit.t.say("household-elsewhere").count("count", elsewhere).to_string()),
        strike_key: visit.app.request_key(),
        add: form(visit, sent, Which::HouseAdd),
        change: form(visit, sent, Which::HouseChange),
        leave: form(visit, sent, Which::HouseLeave),
    }
}

/// A household they were of, or were said to be of.
fn past(visit: &Visit, kept: &Kept<Stay>) -> Option<String> {
    let (t, stay) = (visit.t, &kept.what);
    let (relation, came) = (stay.came.membership.relation, stay.came.membership.period.from());
    if let Some(struck) = &stay.struck {
        let said = t.say("household-struck").text("relation", named(visit, relation));
        return Some(said.text("from", t.full_day(came)).text("why", &struck.why).to_string());
    }
    let until = stay.membership()?.period.until().filter(|until| *until < t.today)?;
    let said = t.say("household-was").text("relation", named(visit, relation));
    Some(said.text("from", t.full_day(came)).text("until", t.full_day(until)).to_string())
}

fn form(visit: &Visit, sent: &Sent, which: Which) -> HouseholdForm {
    let (post, open) = left(sent, which);
    let name = |part: &str| format!("{}_{part}", which.prefix());
    HouseholdForm {
        request_key: visit.app.request_key(),
        to: field(sent, &name("to"), &post.to),
        relations: choices(visit, &RELATIONS, "relation-", &post.relation),
        from: field(sent, &name("from"), &post.from),
        until: field(sent, &name("until"), &post.until),
        open,
    }
}

/// A day that was typed; nothing is today.
fn typed(text: &str) -> Result<Option<Date>, ()> {
    if text.trim().is_empty() { Ok(None) } else { words::day(text).map(Some).ok_or(()) }
}

/// What a form says, or what is wrong with it.
struct Sheet {
    other: Option<PersonId>,
    from: Option<Date>,
    until: Option<Date>,
}

impl Which {
    /// What the names of its fields begin with.
    fn prefix(self) -> &'static str {
        match self {
            Which::HouseBegin => "house_begin",
            Which::HouseJoin => "house_join",
            Which::HouseAdd => "house_add",
            Which::HouseChange => "house_change",
            _ => "house_leave",
        }
    }

    fn fields(self) -> [&'static str; 3] {
        match self {
            Which::HouseBegin => ["house_begin_to", "house_begin_from", "house_begin_until"],
            Which::HouseJoin => ["house_join_to", "house_join_from", "house_join_until"],
            Which::HouseAdd => ["house_add_to", "house_add_from", "house_add_until"],
            Which::HouseChange => ["house_change_to", "house_change_from", "house_change_until"],
            _ => ["house_leave_to", "house_leave_from", "house_leave_until"],
        }
    }
}

/// Reads a form, and asks for what it wants.
async fn sent(
    visit: Visit,
    id: &str,
    which: Which,
    post: Post,
    command: impl FnOnce(PersonId, &Sheet, &Post) -> Option<OnHouseholds>,
    did: &str,
) -> Response {
    let (visit, subject) = match window(visit, id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let [to, from, until] = which.fields();
    let mut errors = Vec::new();
    let mut sheet = Sheet { other: None, from: None, until: None };
    if matches!(which, Which::HouseJoin | Which::HouseAdd) {
        match somebody(&visit, subject, &post.to, Named::InSight).await {
            Err(rejected) => return visit.refuse(rejected, &subject.page()),
            Ok(Ok(other)) => sheet.other = Some(other),
            Ok(Err(key)) => errors.push(error(&visit, to, key)),
        }
    }
    for (name, text, day) in [(from, &post.from, &mut sheet.from), (until, &post.until, &mut sheet.until)] {
        match typed(text) {
            Ok(typed) => *day = typed,
            Err(()) => errors.push(error(&visit, name, "field-day")),
        }
    }
    if !errors.is_empty() {
        return wrong(visit, subject, which, post, errors).await;
    }
    let Some(command) = command(subject.person, &sheet, &post) else {
        let gone = Rejected::from(
            base::Refusal::new("household.not-member").with("day", base::Arg::Date(visit.t.today)),
        );
        return refused(visit, subject, Some(which), post, gone).await;
    };
    match visit.ask(&post.request_key, Command::OnHouseholds(command)).await {
        Ok(_) => visit.go(&format!("{}?did={did}", subject.page())),
        Err(rejected) => refused(visit, subject, Some(which), post, rejected).await,
    }
}

pub(super) async fn begin(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let form = |person, sheet: &Sheet, _: &Post| Some(OnHouseholds::Form { person, from: sheet.from });
    sent(visit, &id, Which::HouseBegin, post, form, "household-in").await
}

pub(super) async fn join(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let join = |person, sheet: &Sheet, post: &Post| {
        let (with, relation) = (sheet.other?, relation(&post.relation));
        Some(OnHouseholds::Join { person, with, relation, from: sheet.from })
    };
    sent(visit, &id, Which::HouseJoin, post, join, "household-in").await
}

pub(super) async fn add(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let add = |with, sheet: &Sheet, post: &Post| {
        let (person, relation) = (sheet.other?, relation(&post.relation));
        Some(OnHouseholds::Join { person, with, relation, from: sheet.from })
    };
    sent(visit, &id, Which::HouseAdd, post, add, "household-in").await
}

pub(super) async fn change(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let change = |person, sheet: &Sheet, post: &Post| {
        let (household, relation) = (post.household.parse().ok()?, relation(&post.relation));
        Some(OnHouseholds::Change { person, household, relation, from: sheet.from })
    };
    sent(visit, &id, Which::HouseChange, post, change, "household-as").await
}

pub(super) async fn leave(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let leave = |person, sheet: &Sheet, post: &Post| {
        Some(OnHouseholds::Leave { person, household: post.household.parse().ok()?, last: sheet.until })
    };
    sent(visit, &id, Which::HouseLeave, post, leave, "household-out").await
}
