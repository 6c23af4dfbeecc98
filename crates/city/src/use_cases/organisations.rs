//! Organisations and businesses: founded, joined, left, closed; registered, handed over.

use base::{BusinessId, Date, OrganisationId, PersonId, Refusal};
use economy::Facts;
use economy::facts::OrganisationFacts;
use economy::store::trade;
use pen::Stop;
use people::account::store::END_GRANT;
use people::organisation::store::{
    END_MEMBER, END_ORGANISATION, INSERT_BUSINESS, INSERT_MEMBER, INSERT_ORGANISATION, business_values,
    left_values, member_values, organisation_values,
};
use people::organisation::{Kind, Member, Membership, join, leave};
use people::{Business, BusinessNumber, District, Grant, Organisation, Period};
use rules::{OrganisationKind, Pack};

use super::{handing_over, known_person, note, records::line};
use crate::memory::{CityMemory, CityTurn};
use crate::on_organisations::{NewBusiness, NewOrganisation, OnOrganisations};
use crate::organisations::Registered;
use crate::{Door, Reply};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnOrganisations,
) -> Result<Reply, Stop> {
    let today = city.today(turn.day).date;
    match command {
        OnOrganisations::Found(wish) => found(city, turn, wish, today),
        OnOrganisations::Close { organisation } => close(city, turn, *organisation, today),
        OnOrganisations::Join { organisation, member, from } => {
            joined(city, turn, (*organisation, *member), from.unwrap_or(today))
        }
        OnOrganisations::Leave { organisation, member, last } => {
            left(city, turn, (*organisation, *member), last.unwrap_or(today))
        }
        OnOrganisations::Register(wish) => register(city, turn, wish),
        OnOrganisations::Transfer { business, owner } => transfer(city, turn, *business, *owner),
    }
}

fn done(turn: &mut CityTurn<'_>, facts: OrganisationFacts) -> Reply {
    note(turn, "organisation", Facts::Organisation(facts))
}

fn about(organisation: OrganisationId, action: &str, member: Option<Member>) -> OrganisationFacts {
    let member = member.map(|member| member.to_string());
    OrganisationFacts::Organisation { organisation, action: action.to_owned(), member }
}

fn found(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &NewOrganisation,
    today: Date,
) -> Result<Reply, Stop> {
    let name = line(&wish.name, "organisation.name")?;
    let english = wish.english.as_deref().map(|text| line(text, "organisation.name")).transpose()?;
    if let Kind::Window { district } = &wish.kind {
        let known = city.pack.city.district(&district.0).is_some();
        if !known {
            return Err(Refusal::new("district.unknown").into());
        }
    }
    let period = Period::since(wish.from.unwrap_or(today));
    let already = city.directory.organisations.all().any(|one| {
        let sole = match (&one.kind, &wish.kind) {
            // Gifts have one collector; a neighbourhood has one window.
            (Kind::CommunityChest, Kind::CommunityChest) => true,
            (Kind::Window { district: one }, Kind::Window { district: other }) => one == other,
            _ => one.name == name,
        };
        sole && one.period.overlaps(period)
    });
    if already {
        return Err(Refusal::new("organisation.already").into());
    }
    let id = fresh(city, turn);
    put(city, turn, Organisation { id, kind: wish.kind.clone(), name, english, known_as: None, period });
    Ok(done(turn, about(id, "found", None)))
}

fn fresh(city: &CityMemory, turn: &mut CityTurn<'_>) -> OrganisationId {
    loop {
        let id = OrganisationId::new(turn.entropy);
        if city.directory.organisations.get(id).is_none() {
            return id;
        }
    }
}

fn put(city: &mut CityMemory, turn: &mut CityTurn<'_>, organisation: Organisation) {
    turn.write(INSERT_ORGANISATION, organisation_values(&organisation, turn.now));
    city.register(turn, Registered::Organisation(organisation));
}

fn known(city: &CityMemory, id: OrganisationId) -> Result<Organisation, Refusal> {
    city.directory.organisations.get(id).cloned().ok_or_else(|| Refusal::new("organisation.unknown"))
}

fn close(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: OrganisationId,
    last: Date,
) -> Result<Reply, Stop> {
    let organisation = known(city, id)?;
    if organisation.period.until().is_some() {
        return Err(Refusal::new("organisation.ended").into());
    }
    let period = organisation.period.ending(last)?;
    // Whoever is in it on its last day leaves with it; who was to come later never does.
    let mut leaving = Vec::new();
    for one in city.directory.organisations.of(id) {
        if one.period.from() > last {
            return Err(Refusal::new("organisation.members-to-come").into());
        }
        if one.period.until().is_none_or(|until| until > last) {
            leaving.push(Membership { period: one.period.ending(last)?, ..*one });
        }
    }
    for one in leaving {
        turn.write(END_MEMBER, left_values(&one));
        city.register(turn, Registered::Membership(one));
    }
    turn.write(END_ORGANISATION, vec![id.into(), base::day_of_date(last).into()]);
    city.register(turn, Registered::Organisation(Organisation { period, ..organisation }));
    let subject = id.to_string();
    let mut grants: Vec<Grant> = city.doors.grants().filter(|one| one.ended.is_none()).cloned().collect();
    grants.retain(|one| one.subject.as_ref() == Some(&subject));
    for grant in grants {
        turn.write(END_GRANT, vec![grant.id.into(), turn.now.into()]);
        city.put_door(turn, Door::Grant(Grant { ended: Some(turn.now), ..grant }));
    }
    Ok(done(turn, about(id, "close", None)))
}

fn joined(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (id, member): (OrganisationId, Member),
    from: Date,
) -> Result<Reply, Stop> {
    let organisation = known(city, id)?;
    match member {
        Member::Person(person) => known_person(city, person)?,
        Member::Business(firm) => {
            known_business(city, firm)?;
        }
        Member::Organisation(inner) => {
            known(city, inner)?;
        }
    }
    let membership = join(&organisation, &city.directory.organisations.around(id), member, from)?;
    taken_in(city, turn, membership);
    Ok(done(turn, about(id, "join", Some(member))))
}

fn taken_in(city: &mut CityMemory, turn: &mut CityTurn<'_>, membership: Membership) {
    turn.write(INSERT_MEMBER, member_values(&membership, turn.now));
    city.register(turn, Registered::Membership(membership));
}

fn left(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (id, member): (OrganisationId, Member),
    last: Date,
) -> Result<Reply, Stop> {
    known(city, id)?;
    let all: Vec<Membership> = city.directory.organisations.of(id).copied().collect();
    let membership = leave(&all, id, member, last)?;
    turn.write(END_MEMBER, left_values(&membership));
    city.register(turn, Registered::Membership(membership));
    Ok(done(turn, about(id, "leave", Some(member))))
}

fn known_business(city: &CityMemory, id: BusinessId) -> Result<Business, Refusal> {
    city.directory.organisations.business(id).cloned().ok_or_else(|| Refusal::new("business.unknown"))
}

fn register(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewBusiness) -> Result<Reply, Stop> {
    let name = line(&wish.name, "business.name")?;
    let number = BusinessNumber::of(&wish.number).ok_or_else(|| Refusal::new("business-number.wrong"))?;
    trade(&city.pack.city, &wish.trade).ok_or_else(|| Refusal::new("trade.unknown"))?;
    if let Some(owner) = wish.owner {
        known_person(city, owner)?;
    }
    if city.directory.organisations.business_numbered(number.as_str()).is_some() {
        return Err(Refusal::new("business.known").into());
    }
    let business = registered(city, turn, number, (name, wish.trade.clone(), wish.owner));
    Ok(done(turn, OrganisationFacts::Business { business, owner: wish.owner, action: "register".into() }))
}

/// The business of a number: the one that is known, or a new one of this name, trade and owner.
pub(super) fn registered(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    number: BusinessNumber,
    (name, trade, owner): (String, String, Option<PersonId>),
) -> BusinessId {
    if let Some(known) = city.directory.organisations.business_numbered(number.as_str()) {
        return known.id;
    }
    let id = loop {
        let id = BusinessId::new(turn.entropy);
        if city.directory.organisations.business(id).is_none() {
            break id;
        }
    };
    let business = Business { id, number, name, owner, trade };
    turn.write(INSERT_BUSINESS, business_values(&business, turn.now));
    city.register(turn, Registered::Business(business));
    id
}

fn transfer(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    id: BusinessId,
    owner: Option<PersonId>,
) -> Result<Reply, Stop> {
    let business = known_business(city, id)?;
    if let Some(owner) = owner {
        known_person(city, owner)?;
    }
    let shop = city.directory.shop_numbered(business.number.as_str());
    if business.owner == owner && shop.is_none_or(|shop| shop.owner == owner) {
        return Err(Refusal::new("business.owner-already").into());
    }
    handing_over::business(city, turn, business, owner);
    Ok(done(turn, OrganisationFacts::Business { business: id, owner, action: "transfer".into() }))
}

/// A pack comes into force: what it names and the city doesn't know yet is there from this day on, a window for each
/// neighbourhood among them. What a pack names no more stays; it is closed by who may.
pub(super) fn begin(city: &mut CityMemory, turn: &mut CityTurn<'_>, pack: &Pack) -> Result<(), Stop> {
    let period = Period::since(city.today(turn.day).date);
    if let Some(window) = &pack.organisations.window {
        for district in &pack.city.districts {
            let here = Kind::Window { district: District(district.code.clone()) };
            if city.directory.organisations.all().any(|one| one.kind == here) {
                continue;
            }
            let name = format!("{} {}", district.name.ko, window.ko);
            let english = Some(format!("{} {}", district.name.en, window.en));
            let id = fresh(city, turn);
            put(city, turn, Organisation { id, kind: here, name, english, known_as: None, period });
        }
    }
    for rule in &pack.organisations.all {
        if city.directory.organisations.known_as(&rule.id).is_some() {
            continue;
        }
        let kind = match rule.kind {
            OrganisationKind::Department => Kind::Department,
            OrganisationKind::Agency => Kind::Agency,
            OrganisationKind::CommunityChest => Kind::CommunityChest,
            OrganisationKind::Association => Kind::Association,
            // The pack's check refuses one that is written down.
            OrganisationKind::Window => continue,
        };
        let id = fresh(city, turn);
        let (name, english) = (rule.name.ko.clone(), Some(rule.name.en.clone()));
        let one = Organisation { id, kind, name, english, known_as: Some(rule.id.clone()), period };
        put(city, turn, one);
        for above in &rule.part_of {
            let above = city.directory.organisations.known_as(above).cloned();
            let Some(above) = above else { continue };
            let around = city.directory.organisations.around(above.id);
            // One that has closed since takes nobody in any more.
            if let Ok(membership) = join(&above, &around, Member::Organisation(id), period.from()) {
                taken_in(city, turn, membership);
            }
        }
    }
    Ok(())
}
