//! Accounts and their roles: opened, given, confirmed, taken back. Nobody gives a role to themself, and nobody confirms
//! what they gave.

use base::{AccountId, Arg, GrantId, OrganisationId, PersonId, Refusal, Role, date_of_day};
use economy::Facts;
use pen::Stop;
use people::account::store::{
    CONFIRM_GRANT, END_ACCOUNT, END_GRANT, INSERT_ACCOUNT, INSERT_GRANT, grant_values,
};
use people::second::second_to_give;
use people::{Account, Grant};
use rules::{Kind, Reach, RoleRule};

use super::proposals::hand;
use super::{known_person, note, vouched};
use crate::memory::{CityMemory, CityTurn};
use crate::{Door, NewGrant, Reply};

pub(super) fn open(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: Option<PersonId>,
) -> Result<Reply, Stop> {
    if let Some(person) = person {
        known_person(city, person)?;
        if city.doors.account_of(person).is_some() {
            return Err(Refusal::new("account.known").into());
        }
    }
    let account = opened(city, turn, person);
    Ok(note(turn, "open-account", Facts::Account { account, action: "open".into() }))
}

/// A new account, nothing noted yet.
pub(super) fn opened(city: &mut CityMemory, turn: &mut CityTurn<'_>, person: Option<PersonId>) -> AccountId {
    let id = loop {
        let id = AccountId::new(turn.entropy);
        if city.doors.account(id).is_none() {
            break id;
        }
    };
    turn.write(INSERT_ACCOUNT, vec![id.into(), person.into(), turn.now.into()]);
    city.put_door(turn, Door::Account(Account { id, person, ended: None }));
    id
}

/// Whoever leaves is out at once: their sessions and roles hold no more than their account.
pub(super) fn end(city: &mut CityMemory, turn: &mut CityTurn<'_>, account: AccountId) -> Result<Reply, Stop> {
    let known = *known_account(city, account)?;
    if turn.request.actor.account == Some(account) {
        return Err(Refusal::new("role.own").into());
    }
    turn.write(END_ACCOUNT, vec![account.into(), turn.now.into()]);
    vouched::forget(city, turn, account);
    city.put_door(turn, Door::Account(Account { ended: Some(turn.now), ..known }));
    Ok(note(turn, "end-account", Facts::Account { account, action: "end".into() }))
}

pub(super) fn known_account(city: &CityMemory, account: AccountId) -> Result<&Account, Refusal> {
    let known = city.doors.account(account).filter(|one| one.ended.is_none());
    known.ok_or_else(|| Refusal::new("account.unknown"))
}

pub(super) fn give(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewGrant) -> Result<Reply, Stop> {
    // A till's role is its owner's to give, with a key: from a desk a second person says yes to it.
    let is_till = city.pack.roles.iter().any(|rule| rule.id == wish.role && rule.kind == Kind::Till);
    give_as(city, turn, wish, is_till && turn.request.actor.role == Role::Officer)
}

/// The same; `waits`: for a second person's yes, whatever the pack says of the role.
pub(super) fn give_as(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &NewGrant,
    waits: bool,
) -> Result<Reply, Stop> {
    let known = *known_account(city, wish.account)?;
    let giver = turn.request.actor.account;
    if giver == Some(wish.account) {
        return Err(Refusal::new("role.own").into());
    }
    let pack = city.pack.clone();
    let rule = pack.roles.iter().find(|role| role.id == wish.role);
    let rule = rule.ok_or_else(|| Refusal::new("role.unknown"))?;
    let district = wish.district.as_deref().and_then(|code| economy::store::district(&pack.city, code));
    if (rule.reach == Reach::District) != district.is_some() {
        return Err(Refusal::new("role.area").into());
    }
    if wish.until.is_some_and(|until| until < wish.from) {
        return Err(Refusal::new("period.turned").with("day", Arg::Date(date_of_day(wish.from))).into());
    }
    let subject = match (rule.kind, &wish.subject, known.person) {
        // A citizen acts for themself; whoever acts for another is a helper.
        (Kind::Citizen, None, Some(person)) => Some(person.to_string()),
        (Kind::Merchant | Kind::Till, Some(shop), _) => {
            let known = shop.parse().ok().and_then(|shop| city.directory.shop(shop));
            known.map(|(_, shop)| Some(shop.id.to_string())).ok_or_else(|| Refusal::new("shop.unknown"))?
        }
        (Kind::Organisation, Some(text), _) => Some(speaks_for(city, turn.day, rule, text)?.to_string()),
        (Kind::Clerk | Kind::Officer | Kind::Auditor, None, _) => None,
        _ => return Err(Refusal::new("role.subject").into()),
    };
    let grant = Grant {
        id: fresh(city, turn),
        account: wish.account,
        role: wish.role.clone(),
        subject,
        district: wish.district.clone(),
        from: wish.from,
        until: wish.until,
        given_by: giver,
        // What the city's own machinery gives needs no second person: it is told to by who may.
        confirmed: giver.is_none() || !(rule.four_eyes || waits),
        ended: None,
    };
    Ok(given(city, turn, grant))
}

/// The organisation a role is for: one of the role's kind that is there today.
fn speaks_for(city: &CityMemory, today: i32, rule: &RoleRule, text: &str) -> Result<OrganisationId, Refusal> {
    let known = text.parse().ok().and_then(|id| city.directory.organisations.get(id));
    let known = known.filter(|one| rule.organisation.is_some_and(|kind| kind.code() == one.kind.code()));
    let known = known.ok_or_else(|| Refusal::new("organisation.unknown"))?;
    if !known.period.contains(date_of_day(today)) {
        return Err(Refusal::new("organisation.closed").with("day", Arg::Date(date_of_day(today))));
    }
    Ok(known.id)
}

pub(super) fn fresh(city: &CityMemory, turn: &mut CityTurn<'_>) -> GrantId {
    loop {
        let id = GrantId::new(turn.entropy);
        if city.doors.grant(id).is_none() {
            return id;
        }
    }
}

pub(super) fn given(city: &mut CityMemory, turn: &mut CityTurn<'_>, grant: Grant) -> Reply {
    turn.write(INSERT_GRANT, grant_values(&grant, turn.now));
    let (id, account, role) = (grant.id, grant.account, grant.role.clone());
    city.put_door(turn, Door::Grant(grant));
    note(turn, "give-role", Facts::Role { grant: id, account, role, action: "give".into() })
}

pub(super) fn confirm(city: &mut CityMemory, turn: &mut CityTurn<'_>, grant: GrantId) -> Result<Reply, Stop> {
    let known = city.doors.grant(grant).filter(|one| one.ended.is_none()).cloned();
    let known = known.ok_or_else(|| Refusal::new("role.unknown"))?;
    if known.confirmed {
        return Err(Refusal::new("role.confirmed").into());
    }
    let me = turn.request.actor.account;
    if let Some(me) = me {
        another(city, turn, me, &known)?;
    }
    turn.write(CONFIRM_GRANT, vec![grant.into(), me.into()]);
    let (account, role) = (known.account, known.role.clone());
    city.put_door(turn, Door::Grant(Grant { confirmed: true, ..known }));
    Ok(note(turn, "confirm-role", Facts::Role { grant, account, role, action: "confirm".into() }))
}

/// Neither who gave a role nor who gets it confirms it: not with this account, and with no other of theirs.
fn another(city: &CityMemory, turn: &mut CityTurn<'_>, me: AccountId, grant: &Grant) -> Result<(), Stop> {
    let mine = hand(city, turn, Some(me))?;
    for one in [grant.given_by, Some(grant.account)] {
        second_to_give(&hand(city, turn, one)?, &mine).map_err(|refusal| match refusal.code {
            "second.same" => Refusal::new("role.second-person"),
            _ => refusal,
        })?;
    }
    Ok(())
}

pub(super) fn end_role(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    grant: GrantId,
) -> Result<Reply, Stop> {
    let known = city.doors.grant(grant).filter(|one| one.ended.is_none()).cloned();
    let known = known.ok_or_else(|| Refusal::new("role.unknown"))?;
    turn.write(END_GRANT, vec![grant.into(), turn.now.into()]);
    let (account, role) = (known.account, known.role.clone());
    city.put_door(turn, Door::Grant(Grant { ended: Some(turn.now), ..known }));
    Ok(note(turn, "end-role", Facts::Role { grant, account, role, action: "end".into() }))
}
