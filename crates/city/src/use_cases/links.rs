//! Two records of one person: linked on a human's yes, unlinked when that was wrong.

use base::PersonId;
use pen::Stop;
use people::{Document, LinkEvent, Links, Reason};

use super::records::{by, file, keep, kept};
use super::{alike, known_person};
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

pub(super) fn link(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (one, other): (PersonId, PersonId),
    why: &str,
) -> Result<Reply, Stop> {
    let why = Reason::given(why)?;
    let links = known_links(city, turn, one, other)?;
    let event = links.link(one, other, turn.now, by(turn.request.actor), why)?;
    alike::end(turn, (one, other), true);
    keep_both(city, turn, event, "link")
}

pub(super) fn unlink(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (one, other): (PersonId, PersonId),
    why: &str,
) -> Result<Reply, Stop> {
    let why = Reason::given(why)?;
    let links = known_links(city, turn, one, other)?;
    let event = links.unlink(one, other, turn.now, by(turn.request.actor), why)?;
    keep_both(city, turn, event, "unlink")
}

/// The links around the two, and around who decides.
fn known_links(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    one: PersonId,
    other: PersonId,
) -> Result<Links, Stop> {
    known_person(city, one)?;
    known_person(city, other)?;
    let mut events = Vec::new();
    for person in [one, other, by(turn.request.actor)] {
        for event in file(city, turn, person)?.links {
            if !events.contains(&event) {
                events.push(event);
            }
        }
    }
    events.sort_by_key(|event: &LinkEvent| event.at);
    Ok(Links::after(&events))
}

fn keep_both(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    event: LinkEvent,
    action: &str,
) -> Result<Reply, Stop> {
    let (one, other) = (event.one, event.other);
    let document = Document::Link(event);
    let id = keep(city, turn, one, &document)?;
    keep(city, turn, other, &document)?;
    Ok(kept(turn, one, id, action))
}
