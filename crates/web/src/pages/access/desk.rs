//! `GET /desk/access?find=…`: who has which role, and who waits for a second person's yes.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use base::{AccountId, Instant, PersonId};
use city::CityView;
use city::read::people::{Register, Sought, masked};
use city::tokens::Token;
use people::Grant;
use rules::{Kind, Reach, RoleRule};
use serde::Deserialize;

use super::gives_access;
use super::tokens::called;
use super::words::{day, role_line, role_name, rule, sign_in_lines};
use crate::frame::Visit;
use crate::look::{
    AccessPage, AccountLine, Alert, Choice, Field, FieldError, FoundAccount, GiveForm, WithoutAccount,
};

/// As many accounts as are listed.
const LISTED: usize = 50;
/// What a post has done.
const DONE: [(&str, &str); 7] = [
    ("opened", "done-account-opened"),
    ("given", "done-role-given"),
    ("waits", "done-role-waits"),
    ("confirmed", "done-role-confirmed"),
    ("taken", "done-role-taken"),
    ("ended", "done-account-ended"),
    ("out", "done-session-ended"),
];

#[derive(Deserialize)]
pub(super) struct Asked {
    find: Option<String>,
}

/// What a form left behind.
#[derive(Default)]
pub(super) struct Sent {
    pub find: String,
    pub alert: Option<Alert>,
    pub errors: Vec<FieldError>,
    pub give: Option<Typed>,
    pub status: StatusCode,
}

/// A role to give, as it was typed.
#[derive(Default)]
pub(super) struct Typed {
    pub request_key: String,
    pub role: String,
    pub district: String,
    pub shop: Field,
    pub organisation: String,
    pub from: Field,
    pub until: Field,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !gives_access(&visit) {
        return visit.at_the_door();
    }
    let alert = visit.did(&DONE);
    page(visit, Sent { find: asked.find.unwrap_or_default(), alert, ..Sent::default() }).await
}

/// Whom a text means.
enum Meant {
    Account(AccountId),
    Person(PersonId),
}

fn meant(town: &CityView, text: &str) -> Option<Meant> {
    if let Ok(id) = text.trim().parse::<AccountId>() {
        return town.doors.account(id).map(|account| Meant::Account(account.id));
    }
    let Some(Sought::Person(person)) = Sought::read(text, &town.directory) else { return None };
    town.directory.holder(person)?;
    Some(town.doors.account_of(person).map_or(Meant::Person(person), |account| Meant::Account(account.id)))
}

/// Accounts with a duty that is not over, in the order of the pack's roles.
fn on_duty(town: &CityView, today: i32) -> Vec<AccountId> {
    let mut found: Vec<(usize, AccountId)> = Vec::new();
    for grant in town.doors.grants() {
        let place = town.pack.roles.iter().position(|rule| {
            rule.id == grant.role && matches!(rule.kind, Kind::Clerk | Kind::Officer | Kind::Auditor)
        });
        let lives = town.doors.account(grant.account).is_some_and(|account| account.ended.is_none());
        let open = grant.ended.is_none() && grant.until.is_none_or(|until| today <= until);
        if let Some(place) = place.filter(|_| lives && open) {
            found.push((place, grant.account));
        }
    }
    found.sort_unstable();
    let mut seen = BTreeSet::new();
    found.into_iter().map(|(_, account)| account).filter(|account| seen.insert(*account)).collect()
}

/// What is asked of the city's memory before names are read.
struct Standing {
    meant: Option<Meant>,
    waiting: Vec<Grant>,
    accounts: Vec<AccountId>,
    more: usize,
    /// Whose name each account goes by, where it is a person's.
    persons: BTreeMap<AccountId, PersonId>,
    /// What each account's key is for, of those that have one.
    keys: BTreeMap<AccountId, String>,
    /// The role that a second officer for access would need, where there is none to say yes.
    missing: Option<String>,
}

fn standing(visit: &Visit, find: &str) -> Standing {
    let view = visit.app.city.shared.read();
    let town = &view.town;
    let mut accounts = on_duty(town, day(visit.t.today));
    let more = accounts.len().saturating_sub(LISTED);
    accounts.truncate(LISTED);
    let waits = |grant: &&Grant| !grant.confirmed && grant.ended.is_none();
    let waiting: Vec<Grant> = town.doors.grants().filter(waits).take(LISTED).cloned().collect();
    let meant = meant(town, find);
    let mut named: Vec<AccountId> = accounts.clone();
    named.extend(waiting.iter().map(|grant| grant.account));
    if let Some(Meant::Account(account)) = meant {
        named.push(account);
    }
    let person = |id: &AccountId| Some((*id, town.doors.account(*id)?.person?));
    let persons = named.iter().filter_map(person).collect();
    let keys = keys(town, &named.into_iter().collect(), visit.app.now());
    let missing = missing(town, day(visit.t.today)).filter(|_| !waiting.is_empty());
    Standing { meant, waiting, accounts, more, persons, keys, missing }
}

/// What the keys of these accounts are for: the newest of each that lasts.
fn keys(town: &CityView, of: &BTreeSet<AccountId>, now: Instant) -> BTreeMap<AccountId, String> {
    let lasting = town.doors.tokens(now);
    let whose = lasting.into_iter().filter_map(|token| Some((town.doors.grant(token.grant)?.account, token)));
    let newest: BTreeMap<AccountId, &Token> = whose.filter(|(account, _)| of.contains(account)).collect();
    newest.into_iter().map(|(account, token)| (account, called(town, token))).collect()
}

/// The role of the pack that says yes to roles, where fewer than two accounts hold it today: then what one of them gives waits
/// for nobody.
fn missing(town: &CityView, today: i32) -> Option<String> {
    let confirms = |role: &&RoleRule| role.operations.iter().any(|one| one == "confirm-role");
    let role = town.pack.roles.iter().find(confirms)?;
    let lives = |grant: &&Grant| town.doors.account(grant.account).is_some_and(|one| one.ended.is_none());
    let holding = town.doors.grants().filter(|grant| grant.role == role.id && grant.holds_on(today));
    let able: BTreeSet<AccountId> = holding.filter(lives).map(|grant| grant.account).collect();
    (able.len() < 2).then(|| role.id.clone())
}

fn names(
    register: &mut Register<'_, '_>,
    persons: BTreeSet<PersonId>,
) -> Result<BTreeMap<PersonId, String>, store::Error> {
    let mut names = BTreeMap::new();
    for person in persons {
        if let Some(known) = register.naming(person)? {
            names.insert(person, masked(&known.name));
        }
    }
    Ok(names)
}

/// The desk, with what a form left behind.
pub(super) async fn page(visit: Visit, mut sent: Sent) -> Response {
    let standing = standing(&visit, &sent.find);
    let mut persons: BTreeSet<PersonId> = standing.persons.values().copied().collect();
    if let Some(Meant::Person(person)) = standing.meant {
        persons.insert(person);
    }
    let names = match visit
        .app
        .register(visit.looks("desk.access", "access"), move |register| names(register, persons))
        .await
    {
        Ok(names) => names,
        Err(error) => return visit.refuse(error, "/desk"),
    };
    let mine = visit.session().map(|(_, number)| number);
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let t = visit.t;
    let me = visit.visitor.and_then(|actor| actor.account);
    let view = visit.app.city.shared.read();
    let town = &view.town;
    // Whose name an account goes by: the person's, masked; else what its key is for; its own number stands beside it.
    let called = |account: AccountId| {
        let person = standing.persons.get(&account).and_then(|person| names.get(person));
        match (person, standing.keys.get(&account).filter(|name| !name.is_empty())) {
            (Some(name), _) => t.say("account-of").text("name", name).text("id", account).to_string(),
            (None, Some(key)) => t.say("account-with").text("name", key).text("id", account).to_string(),
            (None, None) => t.say("account-called").text("id", account).to_string(),
        }
    };
    let status = sent.status;
    let account = match standing.meant {
        Some(Meant::Account(id)) => found(&visit, town, (id, called(id)), mine, sent.give.take()),
        _ => None,
    };
    let page = AccessPage {
        t,
        page: frame,
        errors: sent.errors,
        waiting: standing
            .waiting
            .iter()
            .map(|grant| role_line(town, grant, t, me, called(grant.account)))
            .collect(),
        second: standing.missing.as_deref().map(command),
        none: standing.meant.is_none() && !sent.find.trim().is_empty(),
        without: match standing.meant {
            Some(Meant::Person(person)) => Some(WithoutAccount {
                person: person.to_string(),
                name: names.get(&person).cloned().unwrap_or_default(),
            }),
            _ => None,
        },
        find: Field::of(if standing.meant.is_some() { String::new() } else { sent.find }),
        account,
        open_key: visit.app.request_key(),
        accounts: standing
            .accounts
            .iter()
            .map(|id| AccountLine {
                name: called(*id),
                href: format!("/desk/access?find={id}"),
                roles: roles_in_a_line(town, *id, &visit),
            })
            .collect(),
        more: standing.more,
    };
    drop(view);
    visit.show_as(status, &page)
}

/// What whoever runs the server types for a second officer.
fn command(role: &str) -> String {
    format!("ongoeul token --config city.toml --role {role} --name \"…\"")
}

fn roles_in_a_line(town: &CityView, account: AccountId, visit: &Visit) -> String {
    let today = day(visit.t.today);
    let open = |grant: &&Grant| grant.ended.is_none() && grant.until.is_none_or(|until| today <= until);
    let grants = town.doors.grants_of(account).filter(open);
    let names: BTreeSet<String> =
        grants.map(|grant| role_name(&town.pack, &grant.role, visit.t.lang)).collect();
    names.into_iter().collect::<Vec<_>>().join(" · ")
}

fn found(
    visit: &Visit,
    town: &CityView,
    (id, name): (AccountId, String),
    mine: Option<u64>,
    typed: Option<Typed>,
) -> Option<FoundAccount> {
    let t = visit.t;
    let account = town.doors.account(id)?;
    let me = visit.visitor.and_then(|actor| actor.account);
    let mut roles: Vec<&Grant> = town.doors.grants_of(id).collect();
    roles.sort_by_key(|grant| (grant.ended.is_some(), std::cmp::Reverse(grant.from)));
    let sessions = match account.ended {
        Some(_) => Vec::new(),
        None => town.doors.sessions_of(id, visit.app.now()),
    };
    let newest = sessions.len().saturating_sub(LISTED);
    Some(FoundAccount {
        id: id.to_string(),
        name: name.clone(),
        ended: account.ended.is_some(),
        own: me == Some(id),
        roles: roles.iter().map(|grant| role_line(town, grant, t, me, name.clone())).collect(),
        sign_ins: sign_in_lines(t, town, &sessions[newest..], mine),
        give: give_form(visit, town, account.person.is_some(), typed),
    })
}

/// A citizen's role is a person's: it is offered only where there is one.
fn give_form(visit: &Visit, town: &CityView, of_person: bool, typed: Option<Typed>) -> GiveForm {
    let lang = visit.t.lang;
    let open = typed.is_some();
    let typed = typed.unwrap_or_else(|| Typed {
        request_key: visit.app.request_key(),
        from: Field::of(visit.t.today.to_string()),
        ..Typed::default()
    });
    let offered = town.pack.roles.iter().filter(|role| of_person || role.kind != Kind::Citizen);
    let choice = |value: &str, name: &str, chosen: &str| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        chosen: value == chosen,
    };
    let mut districts: Vec<Choice> = town
        .pack
        .city
        .districts
        .iter()
        .map(|d| choice(&d.code, d.name.in_lang(lang), &typed.district))
        .collect();
    districts.sort_by(|a, b| a.name.cmp(&b.name));
    GiveForm {
        roles: offered.map(|role| choice(&role.id, role.name.in_lang(lang), &typed.role)).collect(),
        districts,
        request_key: typed.request_key,
        shop: typed.shop,
        organisations: organisations(town, &typed.organisation, visit),
        from: typed.from,
        until: typed.until,
        open,
    }
}

/// The organisations that a role of the pack can speak for: those of its kinds that are open, by name.
fn organisations(town: &CityView, chosen: &str, visit: &Visit) -> Vec<Choice> {
    let kinds: Vec<&str> =
        town.pack.roles.iter().filter_map(|role| role.organisation).map(|kind| kind.code()).collect();
    let known = town.directory.organisations.all();
    let mut all: Vec<Choice> = known
        .filter(|one| one.period.contains(visit.t.today) && kinds.contains(&one.kind.code()))
        .map(|one| Choice {
            value: one.id.to_string(),
            name: one.named(visit.t.lang).to_owned(),
            chosen: one.id.to_string() == chosen,
        })
        .collect();
    all.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    all
}

/// Whether a role speaks for an organisation.
pub(super) fn is_of_an_organisation(town: &CityView, role: &str) -> bool {
    rule(&town.pack, role).is_some_and(|rule| rule.kind == Kind::Organisation)
}

/// Whether a role needs a neighbourhood.
pub(super) fn is_of_a_district(town: &CityView, role: &str) -> bool {
    rule(&town.pack, role).is_some_and(|rule| rule.reach == Reach::District)
}

/// Whether a role, as the city has it now, waits for a second person.
pub(super) fn waits(town: &CityView, id: base::GrantId) -> bool {
    town.doors.grant(id).is_some_and(|grant| !grant.confirmed)
}
