//! Roles and sign-ins in words.

use base::{AccountId, Date, Lang, date_of_day};
use city::CityView;
use people::{Grant, How, Session};
use rules::{Kind, Pack, RoleRule};

use crate::look::{RoleLine, RoleStanding, SignInLine, Tongue};

pub(super) fn rule<'p>(pack: &'p Pack, role: &str) -> Option<&'p RoleRule> {
    pack.roles.iter().find(|rule| rule.id == role)
}

/// A role's name; one that the pack knows no more keeps its id.
pub(super) fn role_name(pack: &Pack, role: &str, lang: Lang) -> String {
    rule(pack, role).map_or_else(|| role.to_owned(), |rule| rule.name.in_lang(lang).to_owned())
}

/// What a role that was given reaches: a neighbourhood, a shop, what is one's own, the city.
fn reach(town: &CityView, grant: &Grant, t: Tongue) -> String {
    let pack = &town.pack;
    if let Some(district) = grant.district.as_deref().and_then(|code| pack.city.district(code)) {
        return district.name.in_lang(t.lang).to_owned();
    }
    match rule(pack, &grant.role).map(|rule| rule.kind) {
        Some(Kind::Citizen) => t.say("reach-own").to_string(),
        Some(Kind::Merchant | Kind::Till) => {
            let shop = grant.subject.as_deref().and_then(|id| id.parse().ok());
            let shop = shop.and_then(|id| town.directory.shop(id)).map(|(_, shop)| shop.name.clone());
            shop.unwrap_or_default()
        }
        Some(Kind::Organisation) => {
            let one = grant.subject.as_deref().and_then(|id| id.parse().ok());
            let one = one.and_then(|id| town.directory.organisations.get(id));
            one.map(|one| one.named(t.lang).to_owned()).unwrap_or_default()
        }
        _ => t.say("reach-city").to_string(),
    }
}

fn days(grant: &Grant, t: Tongue) -> String {
    let since = (grant.from > 0).then(|| t.full_day(date_of_day(grant.from)));
    let until = grant.until.map(|day| t.full_day(date_of_day(day)));
    match (since, until) {
        (Some(since), Some(until)) => {
            t.say("days-both").text("since", since).text("until", until).to_string()
        }
        (None, Some(until)) => t.say("days-until").text("until", until).to_string(),
        (Some(since), None) => t.say("days-since").text("since", since).to_string(),
        (None, None) => t.say("days-open").to_string(),
    }
}

fn standing(grant: &Grant, today: i32) -> RoleStanding {
    if grant.ended.is_some() || grant.until.is_some_and(|until| until < today) {
        RoleStanding::Over
    } else if !grant.confirmed {
        RoleStanding::Waits
    } else if grant.from > today {
        RoleStanding::Ahead
    } else {
        RoleStanding::Holds
    }
}

/// A role that was given, as `me` reads of it.
pub(super) fn role_line(
    town: &CityView,
    grant: &Grant,
    t: Tongue,
    me: Option<AccountId>,
    who: String,
) -> RoleLine {
    RoleLine {
        id: grant.id.to_string(),
        name: role_name(&town.pack, &grant.role, t.lang),
        reach: reach(town, grant, t),
        days: days(grant, t),
        standing: standing(grant, day(t.today)),
        who,
        href: format!("/desk/access?find={}", grant.account),
        can_confirm: me.is_some() && me != grant.given_by && me != Some(grant.account),
    }
}

pub(super) fn day(date: Date) -> i32 {
    base::day_of_date(date)
}

fn how(how: How) -> &'static str {
    match how {
        How::Persona => "how-persona",
        How::Token => "how-token",
        How::Code => "how-code",
        How::Passkey | How::WeakPasskey => "how-passkey",
        How::Vouched | How::VouchedTwice | How::WeakVouched => "how-vouched",
    }
}

/// Sign-ins, the newest first; `mine` is the one the page is read in.
pub(super) fn sign_in_lines(
    t: Tongue,
    town: &CityView,
    sessions: &[Session],
    mine: Option<u64>,
) -> Vec<SignInLine> {
    let line = |session: &Session| SignInLine {
        number: format!("{:016x}", session.number()),
        since: t.moment(&town.zone.civil(session.since)),
        how: t.say(how(session.how)).to_string(),
        role: town
            .doors
            .grant(session.grant)
            .map(|grant| role_name(&town.pack, &grant.role, t.lang))
            .unwrap_or_default(),
        mine: mine == Some(session.number()),
    };
    sessions.iter().rev().map(line).collect()
}
