//! A window's own work: drafts of takings in, and handing over.

use ::people::draft::{Handing, Typed};
use base::{AccountId, Area, DraftId, HandoverId, PersonId, Refusal, Role};
use economy::Facts;
use pen::Stop;

use super::{keys, known_person, note, people};
use crate::memory::{CityMemory, CityTurn};
use crate::window::over_before;
use crate::window::store::{
    CHANGE_HANDOVER, DELETE_DRAFT, DELETE_ENDED, DELETE_HANDOVERS_OF, DRAFT, DraftRow, GIVE_DRAFT, HANDOVER,
    HandoverRow, INSERT_DRAFT, INSERT_HANDOVER, KEEP_DRAFT, OLD_DRAFTS, OPEN_OF_DRAFT, OPEN_OF_PERSON, TYPED,
    WHY,
};
use crate::{Matter, NewPerson, OnWindow, Reply, looks, may};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnWindow,
) -> Result<Reply, Stop> {
    match command {
        OnWindow::Keep { draft, fresh, typed } => keep(city, turn, (*draft, *fresh), typed),
        OnWindow::Drop { draft } => {
            let row = seen(city, turn, *draft)?;
            turn.write(DELETE_DRAFT, vec![row.id.into()]);
            turn.write(DELETE_HANDOVERS_OF, vec![row.id.into()]);
            Ok(done(turn, "drop", row.id, None))
        }
        OnWindow::TakeIn { draft, fresh, person } => take_in(city, turn, (*draft, *fresh), person),
        OnWindow::HandOver { what, to, why } => hand_over(city, turn, *what, *to, why),
        OnWindow::Accept { handover } => accept(city, turn, *handover),
        OnWindow::End { handover } => end(turn, *handover),
        OnWindow::Forget { at_most } => forget(city, turn, *at_most),
    }
}

fn done(turn: &mut CityTurn<'_>, action: &str, id: impl ToString, person: Option<PersonId>) -> Reply {
    note(turn, "window", Facts::Window { action: action.into(), id: id.to_string(), person })
}

fn found(turn: &mut CityTurn<'_>, draft: DraftId) -> Result<Option<DraftRow>, Stop> {
    Ok(turn.query::<DraftRow>(DRAFT, &[draft.into()])?.into_iter().next())
}

/// A draft, to those who may see it; to everybody else there is none.
fn seen(city: &CityMemory, turn: &mut CityTurn<'_>, draft: DraftId) -> Result<DraftRow, Stop> {
    let actor = turn.request.actor;
    let row = found(turn, draft)?.filter(|row| row.is_seen(&actor, &city.pack));
    Ok(row.ok_or_else(|| Refusal::new("draft.unknown"))?)
}

fn keep(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    (draft, fresh): (DraftId, bool),
    typed: &Typed,
) -> Result<Reply, Stop> {
    typed.check()?;
    let actor = turn.request.actor;
    let known = match found(turn, draft)? {
        Some(row) if row.is_seen(&actor, &city.pack) => true,
        None if fresh => false,
        _ => return Err(Refusal::new("draft.unknown").into()),
    };
    let text = serde_json::to_string(typed).unwrap_or_default();
    let sealed = TYPED.seal(&city.keys.vault, draft, &text, turn.entropy).map_err(keys::locked)?;
    let holder = looks::who(actor);
    if known {
        turn.write(KEEP_DRAFT, vec![draft.into(), holder.into(), turn.now.into(), sealed.into()]);
    } else {
        let district = match actor.area {
            Area::City => None,
            Area::District(here) => city.pack.city.districts.get(usize::from(here)).map(|d| d.code.clone()),
        };
        let (begun, changed) = (turn.now, turn.now);
        turn.write(
            INSERT_DRAFT,
            vec![draft.into(), district.into(), holder.into(), begun.into(), changed.into(), sealed.into()],
        );
    }
    Ok(done(turn, "keep", draft, None))
}

/// The person and the end of the draft are one commit: nobody is taken in twice out of one.
fn take_in(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (draft, fresh): (DraftId, bool),
    person: &NewPerson,
) -> Result<Reply, Stop> {
    let actor = turn.request.actor;
    let kept = match found(turn, draft)? {
        Some(row) if row.is_seen(&actor, &city.pack) => true,
        None if fresh => false,
        _ => return Err(Refusal::new("draft.unknown").into()),
    };
    let reply = people::enrol(city, turn, person)?;
    if kept {
        turn.write(DELETE_DRAFT, vec![draft.into()]);
        turn.write(DELETE_HANDOVERS_OF, vec![draft.into()]);
    }
    Ok(reply)
}

/// Who acts, where it has to be an account.
fn me(turn: &CityTurn<'_>) -> Result<AccountId, Refusal> {
    turn.request.actor.account.ok_or_else(|| Refusal::new("handover.unknown"))
}

fn hand_over(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    what: Matter,
    to: AccountId,
    why: &str,
) -> Result<Reply, Stop> {
    let me = me(turn)?;
    let (open, draft, person): (Vec<HandoverRow>, _, _) = match what {
        Matter::Draft(draft) => {
            seen(city, turn, draft)?;
            (turn.query(OPEN_OF_DRAFT, &[draft.into()])?, Some(draft), None)
        }
        Matter::Person(person) => {
            known_person(city, person)?;
            (turn.query(OPEN_OF_PERSON, &[person.into()])?, None, Some(person))
        }
    };
    let district = person.and_then(|person| city.directory.holder(person)?.person.district);
    let fits = |actor: &base::Actor| {
        actor.role == Role::Clerk
            && may::holds(actor, "accept-hand-over", &city.pack)
            && (person.is_none() || may::sees(actor, district))
    };
    let roles = city.doors.roles_of(to, turn.day, &city.pack);
    if !roles.iter().any(|(_, actor)| fits(actor)) {
        return Err(Refusal::new("handover.nobody").into());
    }
    // What somebody else has on its way of the same person is between those two.
    let mine = |row: &HandoverRow| draft.is_some() || row.by_account == me;
    let (handing, why) = Handing::begin(me, to, open.iter().any(mine), why)?;
    let id = HandoverId::new(turn.entropy);
    let sealed = WHY.seal(&city.keys.vault, id, why.as_str(), turn.entropy).map_err(keys::locked)?;
    turn.write(
        INSERT_HANDOVER,
        vec![
            id.into(),
            draft.into(),
            person.into(),
            handing.by.into(),
            handing.to.into(),
            turn.now.into(),
            sealed.into(),
        ],
    );
    Ok(done(turn, "hand-over", id, person))
}

fn handover(turn: &mut CityTurn<'_>, id: HandoverId) -> Result<HandoverRow, Stop> {
    let row = turn.query::<HandoverRow>(HANDOVER, &[id.into()])?.into_iter().next();
    Ok(row.ok_or_else(|| Refusal::new("handover.unknown"))?)
}

fn change(turn: &mut CityTurn<'_>, id: HandoverId, now: Handing) {
    turn.write(CHANGE_HANDOVER, vec![id.into(), now.accepted.into(), now.ended.into()]);
}

/// A draft changes hands and the handing over is done; of a person, it is the other one's to do from now on.
fn accept(city: &CityMemory, turn: &mut CityTurn<'_>, id: HandoverId) -> Result<Reply, Stop> {
    let me = me(turn)?;
    let row = handover(turn, id)?;
    let mut now = row.handing().accept(me, turn.now)?;
    let actor = turn.request.actor;
    if let Some(person) = row.person
        && !may::sees_person(&actor, person, &city.directory)
    {
        return Err(Refusal::new("handover.unknown").into());
    }
    if let Some(draft) = row.draft {
        found(turn, draft)?.ok_or_else(|| Refusal::new("draft.unknown"))?;
        turn.write(GIVE_DRAFT, vec![draft.into(), looks::who(actor).into()]);
        now = now.end(me, turn.now)?;
    }
    change(turn, id, now);
    Ok(done(turn, "accept", id, row.person))
}

fn end(turn: &mut CityTurn<'_>, id: HandoverId) -> Result<Reply, Stop> {
    let me = me(turn)?;
    let row = handover(turn, id)?;
    let now = row.handing().end(me, turn.now)?;
    change(turn, id, now);
    Ok(done(turn, "end", id, row.person))
}

fn forget(city: &CityMemory, turn: &mut CityTurn<'_>, at_most: u32) -> Result<Reply, Stop> {
    let before = over_before(turn.now, &city.pack);
    let rows: Vec<DraftRow> = turn.query(OLD_DRAFTS, &[before.into(), at_most.into()])?;
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if count == 0 {
        return Err(Refusal::new("draft.unknown").into());
    }
    for row in rows {
        turn.write(DELETE_DRAFT, vec![row.id.into()]);
        turn.write(DELETE_HANDOVERS_OF, vec![row.id.into()]);
    }
    turn.write(DELETE_ENDED, vec![before.into()]);
    Ok(done(turn, "forget", count, None))
}
