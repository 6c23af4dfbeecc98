//! A window's own work: takings in that were begun and not finished, and what clerks hand over to each other.
//!
//! A draft is seen by whoever holds it and by the clerks of the window it was begun at; a clerk of another window knows
//! nothing of it until it was handed over to them and they took it. A handing over is known to the two it is between.

pub(crate) mod store;

use ::store::{Error, Snapshot};
use base::{AccountId, Actor, Area, DraftId, HandoverId, Instant, Role};
use people::draft::{Handing, Typed};
use rules::Pack;
use vault::Vault;

use self::store::{
    ALL_DRAFTS, DRAFT, DRAFTS_OF_WINDOW, DraftRow, HandoverRow, OLD_DRAFTS, OPEN_BY, OPEN_OF_DRAFT,
    OPEN_OF_PERSON, OPEN_TO, TYPED, WHY,
};
use crate::{CityView, Matter, looks};

/// Microseconds a day.
const DAY: i64 = 86_400_000_000;

/// A taking in that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Opaque.
    pub id: DraftId,
    /// Whoever wrote it last, as the access ledger knows them.
    pub holder: String,
    /// When it was begun.
    pub begun: Instant,
    /// When it was written last.
    pub changed: Instant,
    /// What was typed.
    pub typed: Typed,
}

/// What one clerk hands over to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Opaque.
    pub id: HandoverId,
    /// What.
    pub what: Matter,
    /// When.
    pub at: Instant,
    /// What the other one should know.
    pub why: String,
    /// Between whom, and where it stands.
    pub handing: Handing,
}

/// A clerk to whom something can be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub account: AccountId,
    /// The role's id in the pack.
    pub role: String,
    /// The code of their neighbourhood, where they have one.
    pub district: Option<String>,
}

impl DraftRow {
    /// Whether a clerk may see it, and go on with it.
    pub(crate) fn is_seen(&self, actor: &Actor, pack: &Pack) -> bool {
        let own = match actor.area {
            Area::City => true,
            Area::District(here) => {
                self.district.as_deref().and_then(|code| economy::store::district(&pack.city, code))
                    == Some(here)
            }
        };
        actor.role == Role::Clerk && (own || self.holder == looks::who(*actor))
    }

    fn open(self, vault: &Vault) -> Result<Draft, Error> {
        let text = TYPED.open(vault, self.id, self.typed)?;
        let typed = serde_json::from_str(&text).map_err(|why| Error::Shape(why.to_string()))?;
        Ok(Draft { id: self.id, holder: self.holder, begun: self.begun, changed: self.changed, typed })
    }
}

impl HandoverRow {
    pub(crate) fn handing(&self) -> Handing {
        let (by, to, accepted, ended) = (self.by_account, self.to_account, self.accepted, self.ended);
        Handing { by, to, accepted, ended }
    }

    fn open(self, vault: &Vault) -> Result<Option<Handover>, Error> {
        let handing = self.handing();
        let what = match (self.draft, self.person) {
            (Some(draft), _) => Matter::Draft(draft),
            (None, Some(person)) => Matter::Person(person),
            (None, None) => return Ok(None),
        };
        let why = WHY.open(vault, self.id, self.why)?;
        Ok(Some(Handover { id: self.id, what, at: self.at, why, handing }))
    }
}

fn open(rows: Vec<HandoverRow>, vault: &Vault) -> Result<Vec<Handover>, Error> {
    let opened = rows.into_iter().map(|row| row.open(vault)).collect::<Result<Vec<_>, _>>()?;
    Ok(opened.into_iter().flatten().collect())
}

/// A draft, if this clerk may see it.
pub fn draft(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    (actor, pack): (&Actor, &Pack),
    id: DraftId,
) -> Result<Option<Draft>, Error> {
    let row = snapshot.one::<DraftRow>(DRAFT, &[id.into()])?;
    row.filter(|row| row.is_seen(actor, pack)).map(|row| row.open(vault)).transpose()
}

/// The drafts this clerk may see, whose days are not over; those that will be forgotten first stand first.
pub fn drafts(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    (actor, pack): (&Actor, &Pack),
    most: u32,
) -> Result<Vec<Draft>, Error> {
    let rows: Vec<DraftRow> = match actor.area {
        Area::City => snapshot.query(ALL_DRAFTS, &[most.into()])?,
        Area::District(here) => {
            let code = pack.city.districts.get(usize::from(here)).map(|one| one.code.clone());
            snapshot.query(DRAFTS_OF_WINDOW, &[code.into(), looks::who(*actor).into(), most.into()])?
        }
    };
    rows.into_iter().filter(|row| row.is_seen(actor, pack)).map(|row| row.open(vault)).collect()
}

/// What waits for a clerk, and what they took and have not done yet.
pub fn to(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    who: AccountId,
    most: u32,
) -> Result<Vec<Handover>, Error> {
    open(snapshot.query(OPEN_TO, &[who.into(), most.into()])?, vault)
}

/// What a clerk gave away, and where it is.
pub fn by(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    who: AccountId,
    most: u32,
) -> Result<Vec<Handover>, Error> {
    open(snapshot.query(OPEN_BY, &[who.into(), most.into()])?, vault)
}

/// What is on its way of one matter, as far as it concerns this clerk.
pub fn of(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    what: Matter,
    who: AccountId,
) -> Result<Vec<Handover>, Error> {
    let rows = match what {
        Matter::Draft(draft) => snapshot.query(OPEN_OF_DRAFT, &[draft.into()])?,
        Matter::Person(person) => snapshot.query(OPEN_OF_PERSON, &[person.into()])?,
    };
    let mut all = open(rows, vault)?;
    all.retain(|one| one.handing.concerns(who));
    Ok(all)
}

/// Clerks other than this one who can take a matter on today: of a person, those who may see them.
pub fn colleagues(town: &CityView, me: AccountId, what: Matter, today: i32) -> Vec<Colleague> {
    let mut found: Vec<Colleague> = Vec::new();
    for grant in town.doors.grants().filter(|grant| grant.account != me) {
        if found.iter().any(|one| one.account == grant.account) {
            continue;
        }
        let roles = town.doors.roles_of(grant.account, today, &town.pack);
        let fits = |actor: &Actor| takes(town, actor, what);
        if let Some((held, _)) = roles.into_iter().find(|(held, actor)| held.id == grant.id && fits(actor)) {
            let (role, district) = (held.role.clone(), held.district.clone());
            found.push(Colleague { account: grant.account, role, district });
        }
    }
    found
}

fn takes(town: &CityView, actor: &Actor, what: Matter) -> bool {
    let sees = match what {
        Matter::Draft(_) => true,
        Matter::Person(person) => crate::may::sees_person(actor, person, &town.directory),
    };
    sees && crate::may::holds(actor, "accept-hand-over", &town.pack)
}

/// Until when a draft is kept that was changed then.
pub fn kept_until(changed: Instant, pack: &Pack) -> Instant {
    Instant(changed.0.saturating_add(i64::from(pack.city.draft_days) * DAY))
}

/// Drafts changed before this are over.
pub(crate) fn over_before(now: Instant, pack: &Pack) -> Instant {
    Instant(now.0.saturating_sub(i64::from(pack.city.draft_days) * DAY))
}

/// Whether a draft's days are over.
pub(crate) fn any_over(snapshot: &mut Snapshot<'_>, now: Instant, pack: &Pack) -> Result<bool, Error> {
    let rows: Vec<DraftRow> = snapshot.query(OLD_DRAFTS, &[over_before(now, pack).into(), 1_u32.into()])?;
    Ok(!rows.is_empty())
}
