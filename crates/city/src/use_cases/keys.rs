//! Keys come and change: data keys are added, wrapped under another master key, and what old ones sealed is sealed
//! anew, a few records a command, while everyone else goes on.

use std::sync::Arc;

use base::PersonId;
use economy::Facts;
use pen::Stop;
use people::store::{
    INSERT_KEY, PERSON, PersonRow, RECORDS, RESEAL_PERSON, RESEAL_RECORD, REWRAP_KEY, RecordRow,
};
use people::store::{key_values, reseal_record_values, reseal_values, rewrap_values};
use people::{Naming, naming};
use vault::{DataKey, Locked, Sealed, Vault};

use super::note;
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

/// A vault that can't seal or open is broken, not a matter of rules.
pub(super) fn locked(why: Locked) -> Stop {
    Stop::Broken(why.to_string())
}

/// A data key more. The newest of a compartment seals from now on.
pub(super) fn add(city: &mut CityMemory, turn: &mut CityTurn<'_>, key: &DataKey) -> Result<Reply, Stop> {
    let mut vault = Vault::clone(&city.keys.vault);
    vault.add(&city.keys.masters, key).map_err(locked)?;
    turn.write(INSERT_KEY, key_values(key, turn.now));
    city.use_vault(turn, vault);
    Ok(note(turn, "add-key", Facts::Keys { action: "add".into(), count: 1 }))
}

/// Wraps every data key under the master key in use. Nothing that is sealed changes.
pub(super) fn rewrap(city: &mut CityMemory, turn: &mut CityTurn<'_>) -> Result<Reply, Stop> {
    let keys = people::keys::all(turn.query(people::store::KEYS, &[])?)?;
    let mut count = 0;
    for key in people::keys::behind(&keys, &city.keys.masters) {
        let rewrapped = key.rewrapped(&city.keys.masters, turn.entropy).map_err(locked)?;
        turn.write(REWRAP_KEY, rewrap_values(&rewrapped));
        count += 1;
    }
    Ok(note(turn, "rewrap-keys", Facts::Keys { action: "rewrap".into(), count }))
}

/// Seals anew what older keys sealed, from a position on: persons in order of enrolment, with every document kept about
/// them, after them passkeys, then what was asked and said about looks; with each batch as many of the accounts that
/// payouts go to and of the bank's lines as are still under an older key. Whoever is enrolled meanwhile moves what follows
/// to later places: some are looked at twice, none is left out.
pub(super) fn reseal(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: u32,
    at_most: u32,
) -> Result<Reply, Stop> {
    let start = from as usize;
    let all = city.directory.holders();
    let end = all.len().min(start.saturating_add(at_most as usize));
    let people: Vec<PersonId> =
        all.get(start..end).unwrap_or_default().iter().map(|holder| holder.person.id).collect();
    let mut rows: Vec<PersonRow> = Vec::with_capacity(people.len());
    let mut records: Vec<RecordRow> = Vec::new();
    for person in people {
        rows.extend(turn.query(PERSON, &[person.into()])?);
        records.extend(turn.query(RECORDS, &[person.into()])?);
    }
    let (all_people, passkeys) = (all.len(), city.doors.passkeys().len());
    let stop = start.saturating_add(at_most as usize);
    let first = start.max(all_people + passkeys);
    let (texts, all_texts) =
        super::looks::texts(turn, first - all_people - passkeys, stop.saturating_sub(first))?;
    let vault = Arc::clone(&city.keys.vault);
    let vault = &*vault;
    let current = vault.sealing(naming::GENERAL);
    let stale = super::payouts::stale(turn, current, at_most)?;
    let mut done = super::payouts::reseal(vault, turn, &stale)?;
    let more = stale.more(at_most);
    for row in rows {
        let sealed = Sealed(row.naming);
        if sealed.key_no().ok() == current {
            continue;
        }
        let opened = Naming::open(vault, row.id, &sealed).map_err(|why| Stop::Broken(why.to_string()))?;
        let anew = opened.seal(vault, row.id, turn.entropy).map_err(locked)?;
        turn.write(RESEAL_PERSON, reseal_values(row.id, anew));
        done += 1;
    }
    for row in records.into_iter().filter(|row| Sealed(row.sealed.clone()).key_no().ok() != current) {
        let kept = row.open(vault).map_err(|why| Stop::Broken(why.to_string()))?;
        let anew = kept.what.seal(vault, kept.id, kept.person, turn.entropy).map_err(locked)?;
        turn.write(RESEAL_RECORD, reseal_record_values(kept.id, anew));
        done += 1;
    }
    let room = (at_most as usize).saturating_sub(end.saturating_sub(start));
    done += super::passkeys::reseal(city, turn, start.saturating_sub(all_people), room)?;
    done += super::looks::reseal(city, turn, texts)?;
    if done > 0 {
        note(turn, "reseal", Facts::Keys { action: "reseal".into(), count: done });
    }
    let whole = all_people + passkeys + all_texts;
    let next = (stop < whole || more).then_some(u32::try_from(stop).unwrap_or(u32::MAX));
    Ok(Reply::Batch { done, next })
}
