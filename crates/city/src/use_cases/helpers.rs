//! Helpers: given, revoked, and what they may pay.

use base::{Date, PersonId, RecordId, Refusal, Role, Won};
use economy::chart::{self, MOST_HELPERS};
use economy::decide::Helper;
use economy::facts::HelperPart;
use pen::Stop;
use people::delegation::{Act, Grants, Revoked, Tie, allows};
use people::{Delegation, Document, Notice, Period};

use super::known_person;
use super::records::{by, file, keep, kept};
use crate::helpers::Help;
use crate::memory::{CityMemory, CityTurn};
use crate::{CardRef, Reply};

/// What a delegation is made of.
pub(super) struct Wish {
    pub person: PersonId,
    pub helper: PersonId,
    pub tie: Tie,
    pub grants: Grants,
    pub until: Option<Date>,
}

pub(super) fn give(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &Wish) -> Result<Reply, Stop> {
    known_person(city, wish.person)?;
    known_person(city, wish.helper)?;
    let today = city.today(turn.day).date;
    // Under another of their records, a helper would still be the person.
    let own = file(city, turn, wish.person)?.records;
    if own.contains(&wish.helper) {
        return Err(Refusal::new("delegation.self").into());
    }
    let given = city.directory.helpers.of(wish.person);
    if given.iter().any(|help| help.delegation.helper == wish.helper && help.is_alive(today)) {
        return Err(Refusal::new("delegation.already").into());
    }
    let place = given.len();
    if place >= usize::from(MOST_HELPERS) {
        return Err(Refusal::new("delegation.many").into());
    }
    let period = Period::new(today, wish.until)?;
    let delegation = Delegation::give(wish.person, wish.helper, wish.tie, wish.grants, period)?;
    let record = keep(city, turn, wish.person, &Document::Delegation(delegation))?;
    city.put_help(turn, place, Help { record, delegation });
    Ok(kept(turn, wish.person, record, "help"))
}

pub(super) fn revoke(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    record: RecordId,
) -> Result<Reply, Stop> {
    let unknown = || Refusal::new("delegation.unknown");
    let (place, help) = city.directory.helpers.find(person, record).ok_or_else(unknown)?;
    let help = *help;
    if let Role::Citizen(me) = turn.request.actor.role
        && ![help.delegation.person, help.delegation.helper].contains(&me)
    {
        return Err(unknown().into());
    }
    let revoked = Revoked { on: city.today(turn.day).date, by: by(turn.request.actor) };
    let delegation = help.delegation.revoke(revoked.on, revoked.by)?;
    keep(city, turn, person, &Document::Revocation { of: record, revoked })?;
    city.put_help(turn, place, Help { delegation, ..help });
    Ok(kept(turn, person, record, "revoke"))
}

/// A helper looks: allowed, and the person told, before anything is shown.
pub(super) fn see(city: &mut CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<Reply, Stop> {
    let unknown = || Refusal::new("delegation.unknown");
    let Role::Citizen(me) = turn.request.actor.role else { return Err(unknown().into()) };
    let today = city.today(turn.day).date;
    let (_, help) = city.directory.helpers.between(person, me, today).ok_or_else(unknown)?;
    let notice = allows(&help.delegation, Act::See, today, Won::ZERO)?;
    let record = keep(city, turn, person, &Document::Notice { notice, posting: None })?;
    Ok(kept(turn, person, record, "see"))
}

/// A helper's payment that their delegation allows.
pub(super) struct Paying {
    /// As the decision sees them.
    pub helper: Helper,
    /// They may see what is there.
    pub sees: bool,
    /// What the person is told.
    pub notice: Notice,
}

/// Whether this is a helper paying with the card of whom they help: then under which delegation, and what the person is
/// told. `None`: it is the holder's own business, or a till's.
pub(super) fn paying(
    city: &mut CityMemory,
    turn: &CityTurn<'_>,
    card: CardRef,
    amount: i64,
) -> Result<Option<Paying>, Stop> {
    let Role::Citizen(me) = turn.request.actor.role else { return Ok(None) };
    let today = city.today(turn.day);
    let unknown = || Refusal::new("card.unknown");
    let person = city.directory.card(card).ok_or_else(unknown)?.person;
    if person == me {
        return Ok(None);
    }
    let (place, help) = city.directory.helpers.between(person, me, today.date).ok_or_else(unknown)?;
    let place = u16::try_from(place).map_err(|_| Refusal::new("delegation.many"))?;
    let spent = turn.books().balance_of(&chart::helper_meter(person, place, today.month).key);
    let notice = allows(&help.delegation, Act::Pay { amount: Won(amount) }, today.date, Won(spent))?;
    let per_month = help.delegation.grants.pay.map_or(0, |limits| limits.per_month.0);
    let helper = Helper { part: HelperPart { person: me, place }, per_month };
    Ok(Some(Paying { helper, sees: help.delegation.grants.see, notice }))
}
